//! What remembering costs: a list into the store, again with one filing in a hundred changed, two
//! runs over it, and what differs between them.
//!
//! `cargo bench --bench store [ROWS] [URL]` (default 1,000,000) works on a file in a temporary
//! folder, or on an empty database of PostgreSQL. Memory is the process's peak so far, where the
//! system tells.

use beian::filing::{Domain, Filing};
use beian::notice::Entry;
use beian::policy::Policy;
use beian::store::{RunHead, Store};
use jiff::Timestamp;
use std::time::{Duration, Instant};

const ROWS: u64 = 1_000_000;
const PART: u64 = 2_000;

fn main() {
    let rows = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(ROWS);
    let runtime = tokio::runtime::Runtime::new();
    match runtime {
        Ok(runtime) => runtime.block_on(work(rows)),
        Err(error) => say(&format!("no threads: {error}")),
    }
}

#[expect(clippy::unwrap_used, reason = "a bench that cannot go on has nothing to say")]
async fn work(rows: u64) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("beian.db");
    let url = std::env::args().find(|argument| argument.starts_with("postgres"));
    let place = url.unwrap_or_else(|| file.display().to_string());
    let store = Store::open(&place, true, at(0)).await.unwrap();
    say(&format!("rows {rows}"));

    let first = Instant::now();
    let mut added = 0;
    for part in parts(rows) {
        let filings: Vec<Filing> = part.map(|row| filing(row, false)).collect();
        added += store.import(at(1), &filings).await.unwrap().added;
    }
    assert_eq!(added, rows);
    told("import", first.elapsed(), rows);

    let again = Instant::now();
    let mut changed = 0;
    for part in parts(rows) {
        let filings: Vec<Filing> = part.map(|row| filing(row, row.is_multiple_of(100))).collect();
        changed += store.import(at(2), &filings).await.unwrap().changed;
    }
    assert_eq!(changed, rows.div_ceil(100));
    told("import, 1 % changed", again.elapsed(), rows);

    for (name, day, shift) in [("R1", 3, 0), ("R2", 4, 1)] {
        let begun = Instant::now();
        run(&store, name, day, shift, rows).await;
        told(&format!("run {name} entered"), begun.elapsed(), rows);
    }

    let begun = Instant::now();
    let (mut after, mut differ) = (None, 0);
    loop {
        let part = store.differences("R1", "R2", after.as_ref(), 50_000).await.unwrap();
        differ += part.len() as u64;
        after = part.last().map(|last| (last.subject.clone(), last.domain.clone()));
        if part.len() < 50_000 {
            break;
        }
    }
    told(&format!("diff of two runs, {differ} differ"), begun.elapsed(), rows);
    if let Ok(file) = std::fs::metadata(&file) {
        say(&format!("store            {} MB on disk", file.len() >> 20));
    }
    if let Some(peak) = peak() {
        say(&format!("peak memory      {} MB", peak >> 10));
    }
}

/// A run in which one filing in fifty has a finding: other ones in every run.
#[expect(clippy::unwrap_used, reason = "a bench that cannot go on has nothing to say")]
async fn run(store: &Store, name: &str, day: i64, shift: u64, rows: u64) {
    let workdays = Policy::embedded().unwrap().workdays;
    let mut head = RunHead {
        id: name.to_owned(),
        at: at(day),
        day: beian::report::china_day(at(day)),
        folder: String::new(),
        whole: false,
    };
    store.begin_run(&mut head, rows).await.unwrap();
    for part in parts(rows) {
        let mut entries: Vec<Entry> = part.map(|row| entry(row, shift)).collect();
        store.enter(&head, &mut entries, &workdays).await.unwrap();
    }
    store.end_run(&head, at(day), "{}").await.unwrap();
}

fn parts(rows: u64) -> impl Iterator<Item = std::ops::Range<u64>> {
    (0..rows).step_by(PART as usize).map(move |from| from..(from + PART).min(rows))
}

#[expect(clippy::unwrap_used, reason = "the domain is well made")]
fn filing(row: u64, changed: bool) -> Filing {
    let mut filing = Filing::of_domain(row + 1, Domain::parse(&format!("n{row}.example")).unwrap());
    filing.subject_name = Some(format!("第{}有限公司", row / 3));
    filing.service_name = Some(if changed { "改名后的网站" } else { "一个网站" }.to_owned());
    filing.providers = Some(vec!["甲云".to_owned()]);
    filing.owner = Some("负责人".to_owned());
    filing
}

fn entry(row: u64, shift: u64) -> Entry {
    use beian::notice::{Finding, Notice};
    use beian::rules::Text;
    let filing = filing(row, row.is_multiple_of(100));
    let has = row % 50 == shift;
    let day = beian::report::china_day(at(0));
    let finding = Finding {
        code: "ICP001".into(),
        level: beian::policy::Level::Violation,
        problem: Text::new("首页底部没有显示备案号", "no record number at the foot"),
        cause: Text::same("-"),
        remedy: Text::new("请在首页底部显示备案号并链接到备案系统", "show it, and link it"),
        expected: Text::same("京ICP备00000000号-1"),
        found: Text::same("-"),
        hosts: vec![filing.domain.ascii().to_owned()],
        url: format!("https://{}/", filing.domain.ascii()),
        first_seen: day,
        last_seen: day,
        days: 7,
        deadline: day,
        status: None,
    };
    Entry {
        filing,
        passed: if has { vec![] } else { vec!["ICP001", "LNK001"] },
        verdicts: if has { "ICP001=fail".to_owned() } else { String::new() },
        undecided: false,
        notice: has.then(|| Notice { id: String::new(), findings: vec![finding] }),
        evidence: false,
    }
}

/// So many days after a day.
fn at(days: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + days * 86_400).unwrap_or_default()
}

fn told(what: &str, took: Duration, rows: u64) {
    let seconds = took.as_secs_f64();
    say(&format!("{what:32} {seconds:8.1} s {:10.0} rows/s", rows as f64 / seconds));
}

/// The process's peak memory in KiB, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[expect(clippy::print_stdout, reason = "it is what a bench is for")]
fn say(text: &str) {
    println!("{text}");
}
