//! The evidence files, and judging what was kept again.

use super::*;
use beian::pipeline::{Judging, judge_again};
use std::{io::Read, process::Command};

fn pages() -> Arc<Plain> {
    Plain::new(|domain, _| (0, page(domain)))
}

fn judging<'a>(rules: &'a [&'static Rule]) -> Judging<'a> {
    Judging {
        registry: None,
        rules,
        policy: &POLICY,
        lang: Lang::En,
        at: None,
        versions: BTreeMap::from([("rules".to_owned(), "2".to_owned())]),
        clock: || "2026-11-23T00:00:00Z".parse().unwrap(),
    }
}

pub(super) fn again(folder: &Path, rules: &[&'static Rule]) -> Result<Summary, RunError> {
    let quiet = Quiet { stop_after: None };
    judge_again(folder, folder, &judging(rules), &quiet, &CancellationToken::new())
}

/// The records of a WARC file that an index names, each unpacked from its own place.
fn records(folder: &Path) -> Vec<(BTreeMap<String, String>, String)> {
    let index = table(&folder.join("evidence"), "index.csv");
    let unpack = |row: BTreeMap<String, String>| {
        let bytes = std::fs::read(folder.join("evidence").join(&row["file"])).unwrap();
        let (from, length): (usize, usize) =
            (row["offset"].parse().unwrap(), row["length"].parse().unwrap());
        let mut text = String::new();
        let mut reader = flate2::read::GzDecoder::new(&bytes[from..from + length]);
        reader.read_to_string(&mut text).unwrap();
        (row, text)
    };
    index.into_iter().map(unpack).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sites_with_findings_what_the_browser_showed_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let eyes = Plain::new(|domain, _| {
        let shot = beian::probe::Shot {
            host: domain.to_owned(),
            url: format!("https://{domain}/"),
            at: jiff::Timestamp::UNIX_EPOCH,
            document: "<p>渲染后</p>".into(),
            picture: Some(b"picture".to_vec()),
        };
        (0, Look { shots: vec![shot], ..page(domain) })
    });
    all(list(3), &eyes, &plan(folder.path())).await.unwrap();
    let index = table(&folder.path().join("evidence"), "index.csv");
    let row = |kind: &str| index.iter().find(|row| row["type"] == kind).unwrap();
    assert_eq!(row("screenshot")["file"], "bad0.example.png");
    assert_eq!(read(&folder.path().join("evidence"), "bad0.example.png"), "picture");
    let (warc, from) = (&row("resource")["file"], row("resource")["offset"].parse().unwrap());
    let bytes = std::fs::read(folder.path().join("evidence").join(warc)).unwrap();
    let mut text = String::new();
    let mut reader = flate2::read::GzDecoder::new(&bytes[from..]);
    reader.read_to_string(&mut text).unwrap();
    assert!(text.starts_with("WARC/1.1\r\nWARC-Type: resource\r\n"), "{text}");
    assert!(text.contains("WARC-Target-URI: https://bad0.example/\r\n"));
    assert!(text.ends_with("<p>渲染后</p>\r\n\r\n"));
    let pictures = std::fs::read_dir(folder.path().join("evidence")).unwrap().flatten();
    let pictures = pictures.filter(|file| file.path().extension().is_some_and(|e| e == "png"));
    assert_eq!(pictures.count(), 1, "sites without findings leave none");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sites_with_findings_the_exchanges_are_kept_and_found_by_domain() {
    let folder = tempfile::tempdir().unwrap();
    all(list(3), &pages(), &plan(folder.path())).await.unwrap();
    let records = records(folder.path());
    let kinds: Vec<&str> = records.iter().map(|(row, _)| row["type"].as_str()).collect();
    assert_eq!(kinds, ["metadata", "request", "response"]);
    for (row, text) in &records {
        assert_eq!(row["domain"], "bad0.example");
        let head = format!("WARC/1.1\r\nWARC-Type: {}\r\n", row["type"]);
        assert!(text.starts_with(&head) && text.ends_with("\r\n\r\n"), "{text}");
    }
    assert!(records[0].1.contains("WARC-Target-URI: dns:bad0.example\r\n"));
    assert!(records[0].1.contains("A 192.0.2.1"));
    assert!(records[2].1.contains("WARC-IP-Address: 192.0.2.1\r\n"));
    assert!(records[2].1.contains("<title>bad0.example</title>"));
    let id = records[1].1.lines().find_map(|line| line.strip_prefix("WARC-Record-ID: ")).unwrap();
    assert!(records[2].1.contains(&format!("WARC-Concurrent-To: {id}\r\n")));
    assert_eq!(column(&table(folder.path(), "notices.csv"), "evidence"), ["bad0.example"]);
    assert!(!folder.path().join("spool/exchanges.warc.gz").exists(), "kept twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_or_nothing_is_kept_where_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    all(list(3), &pages(), &Plan { keep: Keep::All, ..plan(folder.path()) }).await.unwrap();
    assert_eq!(records(folder.path()).len(), 9);
    all(list(3), &pages(), &Plan { keep: Keep::None, ..plan(folder.path()) }).await.unwrap();
    assert!(!folder.path().join("evidence").exists(), "that of the run before is gone too");
    assert!(!folder.path().join("spool/journal").exists());
    assert_eq!(column(&table(folder.path(), "notices.csv"), "evidence"), [""]);
    let error = again(folder.path(), &[&ANY]).unwrap_err();
    assert!(error.to_string().contains("kept no evidence"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn both_looks_at_a_site_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let eyes = Script::new(|domain, number| match number {
        1 => (0, refused(domain)),
        _ => (0, page(domain)),
    });
    all(list(1), &eyes, &plan(folder.path())).await.unwrap();
    let kinds: Vec<String> = records(folder.path()).iter().map(|r| r.0["type"].clone()).collect();
    assert_eq!(kinds, ["metadata", "metadata", "request", "response"]);
}

/// A standard reader reads the files, checks every digest, and finds the pages.
#[tokio::test(flavor = "multi_thread")]
async fn a_standard_reader_reads_the_evidence_back() {
    const READER: &str = r#"
import sys
from warcio.archiveiterator import ArchiveIterator
with open(sys.argv[1], 'rb') as file:
    for record in ArchiveIterator(file, check_digests='raise'):
        uri = record.rec_headers.get_header('WARC-Target-URI') or '-'
        body = record.content_stream().read()
        assert record.digest_checker.passed is True, record.digest_checker.problems
        print(record.rec_type, uri, len(body))
"#;
    if !Command::new("python3")
        .args(["-c", "import warcio"])
        .output()
        .is_ok_and(|o| o.status.success())
    {
        crate::say_skipped_without("python3 with warcio (`pip install warcio`)");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    all(list(2), &pages(), &Plan { keep: Keep::All, ..plan(folder.path()) }).await.unwrap();
    let output = Command::new("python3")
        .args(["-c", READER])
        .arg(folder.path().join("evidence/beian-00001.warc.gz"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<String> =
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    assert!(lines[0].starts_with("warcinfo - "), "{lines:?}");
    assert!(lines[1].starts_with("metadata dns:bad0.example "), "{lines:?}");
    assert_eq!(lines[2], "request https://bad0.example/ 0");
    assert_eq!(lines[3], "response https://bad0.example/ 27");
    assert_eq!(lines.len(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_kept_is_judged_again_by_other_rules() {
    let folder = tempfile::tempdir().unwrap();
    let first = all(list(4), &pages(), &plan(folder.path())).await.unwrap();
    assert_eq!(first.notices, 1);
    let second = again(folder.path(), &[&ANY]).unwrap();
    assert_eq!((second.rows, second.audited, second.rejected, second.notices), (4, 3, 1, 3));
    assert_eq!(second.versions["rules"], "2");
    assert_eq!(second.versions["places"], "2026-06-01", "the table that was looked with");
    let notices = table(folder.path(), "notices.csv");
    assert_eq!(column(&notices, "code"), ["FIL902"; 3]);
    assert_eq!(column(&notices, "first_seen"), ["2026-11-22"; 3], "the day of the run");
    // Of the others no exchanges were kept, and the notice does not say that they were.
    assert_eq!(column(&notices, "evidence"), ["bad0.example", "", ""]);
    assert_eq!(records(folder.path()).len(), 3, "the evidence files stay as they are");

    let before = read(folder.path(), "notices.csv");
    again(folder.path(), &[&ANY]).unwrap();
    assert_eq!(read(folder.path(), "notices.csv"), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_judgment_may_go_to_another_folder() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    all(list(4), &pages(), &plan(folder.path())).await.unwrap();
    let before = read(folder.path(), "notices.csv");
    let quiet = Quiet { stop_after: None };
    let output = other.path().join("new");
    let stop = CancellationToken::new();
    judge_again(folder.path(), &output, &judging(&[&ANY]), &quiet, &stop).unwrap();
    assert_eq!(table(&output, "notices.csv").len(), 3);
    assert_eq!(read(folder.path(), "notices.csv"), before);

    stop.cancel();
    let error = judge_again(folder.path(), folder.path(), &judging(&[&ANY]), &quiet, &stop);
    assert_eq!(error.unwrap_err().exit_code(), 130);
    assert_eq!(
        read(folder.path(), "notices.csv"),
        before,
        "an interrupted judgment changes nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_finished_run_can_be_judged_again() {
    let folder = tempfile::tempdir().unwrap();
    let error = again(folder.path(), &[&ANY]).unwrap_err();
    assert!(error.to_string().contains("holds no finished run"), "{error}");
    assert!(!folder.path().join("spool").exists(), "asking leaves nothing behind");
    let slow = Script::new(|domain, _| (5, page(domain)));
    part(list(30), &slow, &plan(folder.path()), 3).await.unwrap_err();
    let error = again(folder.path(), &[&ANY]).unwrap_err();
    assert!(error.to_string().contains("unfinished run"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_journal_is_not_judged_as_if_it_were_whole() {
    let folder = tempfile::tempdir().unwrap();
    all(list(4), &pages(), &plan(folder.path())).await.unwrap();
    let file = folder.path().join("spool/journal");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() - 40;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let error = again(folder.path(), &[&ANY]).unwrap_err();
    assert!(error.to_string().contains("is damaged at byte"), "{error}");
}
