//! From the list to the files: order, counts, names.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn files_come_in_the_order_of_the_list_whatever_order_sites_answer_in() {
    let folder = tempfile::tempdir().unwrap();
    // The later in the list, the sooner it answers.
    let eyes = Script::new(|domain, _| {
        let number: u64 =
            domain.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap();
        ((40 - number) * 3, page(domain))
    });
    let summary = all(list(40), &eyes, &plan(folder.path())).await.unwrap();

    let rows: Vec<u64> = audits(folder.path()).iter().map(|a| a["row"].as_u64().unwrap()).collect();
    let expected: Vec<u64> = (0..40).filter(|n| n % 4 != 3).map(|n| n + 2).collect();
    assert_eq!(rows, expected);
    let notices = column(&table(folder.path(), "notices.csv"), "domain");
    assert_eq!(notices, (0..40).step_by(4).map(|n| format!("bad{n}.example")).collect::<Vec<_>>());
    let rejected = column(&table(folder.path(), "rejected.csv"), "line");
    assert_eq!(rejected, (3..40).step_by(4).map(|n| (n + 2).to_string()).collect::<Vec<_>>());

    assert_eq!((summary.rows, summary.audited, summary.rejected), (40, 30, 10));
    assert_eq!((summary.notices, summary.by_level[&Level::Violation]), (10, 10));
    assert_eq!(summary.exit_code(), 3, "rows were rejected");
    let written: Summary = serde_json::from_str(&read(folder.path(), "summary.json")).unwrap();
    assert_eq!(written, summary);
    assert_eq!(written.times.begun, "2026-11-22T08:00:00+08:00");
    assert_eq!(written.versions["places"], "2026-06-01");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_leaves_its_files_and_nothing_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let eyes = Script::new(|domain, _| (0, page(domain)));
    all(list(4), &eyes, &plan(folder.path())).await.unwrap();
    let mut names: Vec<String> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["audits.jsonl", "evidence", "notices.csv", "rejected.csv", "spool", "summary.json"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_as_of_the_same_time_give_the_same_bytes() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let keep_all = |folder: &Path| Plan { keep: Keep::All, ..plan(folder) };
    let slow_first =
        Script::new(|domain, _| (if domain.starts_with("bad") { 30 } else { 0 }, page(domain)));
    let slow_last =
        Script::new(|domain, _| (if domain.starts_with("bad") { 0 } else { 30 }, page(domain)));
    all(list(12), &slow_first, &keep_all(one.path())).await.unwrap();
    all(list(12), &slow_last, &keep_all(two.path())).await.unwrap();
    for file in [
        "notices.csv",
        "audits.jsonl",
        "rejected.csv",
        "evidence/index.csv",
        "evidence/beian-00001.warc.gz",
    ] {
        let bytes = |folder: &tempfile::TempDir| std::fs::read(folder.path().join(file)).unwrap();
        assert!(bytes(&one) == bytes(&two), "{file} differs");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_list_is_a_run_with_empty_files() {
    let folder = tempfile::tempdir().unwrap();
    let eyes = Script::new(|domain, _| (0, page(domain)));
    let summary = all(Vec::new(), &eyes, &plan(folder.path())).await.unwrap();
    assert_eq!((summary.rows, summary.exit_code()), (0, 0));
    assert!(audits(folder.path()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_ends_at_a_filing_of_the_same_subject_is_known_to() {
    let folder = tempfile::tempdir().unwrap();
    let of = |line, domain: &str, subject: &str| {
        let mut filing = Filing::of_domain(line, Domain::parse(domain).unwrap());
        filing.subject_name = Some(subject.to_owned());
        Ok(Box::new(filing))
    };
    let rows = vec![
        of(2, "one.example", "示例甲"),
        of(3, "two.example", "示例甲"),
        of(4, "six.example", "示例乙"),
    ];
    // All three end at the second one.
    let eyes = Script::new(|_, _| (0, page("two.example")));
    let plan = Plan { rules: vec![&KIN], ..plan(folder.path()) };
    all(rows, &eyes, &plan).await.unwrap();
    let rows = table(folder.path(), "notices.csv");
    assert_eq!(column(&rows, "domain"), ["one.example"]);
    assert_eq!(column(&rows, "found"), ["two.example"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn personal_data_stands_in_the_notices_and_in_no_other_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut bad = Filing::of_domain(2, Domain::parse("bad.example").unwrap());
    bad.phone = Some("13800000000".to_owned());
    bad.email = Some("desk@site.example".to_owned());
    let eyes = Script::new(|domain, _| (0, page(domain)));
    let keep_all = Plan { keep: Keep::All, ..plan(folder.path()) };
    all(vec![Ok(Box::new(bad))], &eyes, &keep_all).await.unwrap();
    let notices = read(folder.path(), "notices.csv");
    assert!(notices.contains("13800000000 desk@site.example"), "{notices}");
    for file in ["audits.jsonl", "summary.json", "rejected.csv", "evidence/index.csv"] {
        let text = read(folder.path(), file);
        assert!(!text.contains("13800000000") && !text.contains("desk@"), "{file}: {text}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_journal_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let eyes = Script::new(|domain, _| (0, page(domain)));
    all(list(4), &eyes, &plan(folder.path())).await.unwrap();
    for entry in std::fs::read_dir(folder.path().join("spool")).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.file_name());
    }
}

/// Rows of 16 kilobytes each, 32 MB in all, go through a process of their own.
#[cfg(target_os = "linux")]
#[test]
fn a_long_list_needs_no_memory_of_its_length() {
    const ROWS: u64 = 2_000;
    if std::env::var_os("BEIAN_TEST_LONG_LIST").is_none() {
        let name = "run::list::a_long_list_needs_no_memory_of_its_length";
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .env("BEIAN_TEST_LONG_LIST", "1")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let peak_after = |rows: u64| {
        let folder = tempfile::tempdir().unwrap();
        let row = |number: u64| {
            let domain = Domain::parse(&format!("site{number}.example")).unwrap();
            let mut filing = Filing::of_domain(number + 2, domain);
            filing.remark = Some("x".repeat(16_384));
            Ok(Box::new(filing))
        };
        let eyes = Script::new(|domain, _| (0, refused(domain)));
        let plan = Plan { second_look_after: Duration::ZERO, ..plan(folder.path()) };
        let quiet = Quiet { stop_after: None };
        let rows_in = (0..rows).map(row);
        let ended = run(rows_in, Arc::clone(&eyes), &plan, &quiet, CancellationToken::new());
        assert_eq!(runtime.block_on(ended).unwrap().audited, rows);
        assert_eq!(eyes.asked().len() as u64, 2 * rows, "each is looked at twice");
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        peak.split_whitespace().next().unwrap().parse::<u64>().unwrap()
    };
    // What the program needs by itself, tables and all, is known after a short list.
    let (short, long) = (peak_after(50), peak_after(ROWS));
    println!("{short} KB after 50 rows, {long} KB after {ROWS} rows of 16 KB");
    assert!(long - short < 12_000, "{short} KB after a short list, {long} KB after a long one");
}
