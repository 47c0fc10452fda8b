//! Every case of the hostile internet through the real looking code: real DNS, TCP, TLS and a
//! real browser. `docs/robustness.md` holds the table of what happened.

mod namespace;
mod table;

use beian::demo::hostile::{DEADLINE, Ground, Group, Internet, Outcome, STEP, outcomes};
use beian::demo::{at, policy};
use beian::evidence::Evidence;
use beian::filing::{self, Filing};
use beian::pipeline::{self, Eyes, Keep, Plan, Progress, Summary, Unfinished, Watch};
use beian::probe::{BrowserOptions, Look, Options, Probe, Render, place::Places};
use beian::rules::{self, Lang};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, HashMap},
    io::Cursor,
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;

/// Before a failed site is looked at again.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a page has to show what it has.
const SHOWING: Duration = Duration::from_secs(8);
/// What reading a page in the browser may take on top of that.
const AFTERWARDS: Duration = Duration::from_secs(60);
/// A look gets back what it waits for a processor that reads its page.
const READING: Duration = Duration::from_secs(10);

/// How much slower everything is than on a machine that has nothing else to do, as whoever
/// runs the tests says: all times are so much longer then.
fn patience() -> u32 {
    let said = std::env::var("BEIAN_TEST_PATIENCE").ok();
    said.map_or(1, |factor| factor.parse().expect("BEIAN_TEST_PATIENCE is a number"))
}

/// The groups that need no browser.
const CRAWLED: [Group; 4] = [Group::Dns, Group::Tcp, Group::Http, Group::Html];

/// A run over hostile sites, and the longest look at each.
struct Seen {
    summary: Summary,
    outcomes: Vec<Outcome>,
    took: HashMap<String, Duration>,
}

/// A probe whose looks are timed.
struct Timed {
    probe: Probe,
    took: Mutex<HashMap<String, Duration>>,
}

impl Timed {
    fn note(&self, filing: &Filing, since: Instant) {
        let name = filing.domain.ascii().split('.').next().unwrap().to_owned();
        let mut took = self.took.lock().unwrap();
        let longest = took.entry(name).or_default();
        *longest = (*longest).max(since.elapsed());
    }
}

impl Eyes for Timed {
    async fn look(&self, filing: &Filing) -> Look {
        let since = Instant::now();
        let look = self.probe.look(filing).await;
        self.note(filing, since);
        look
    }

    async fn look_again(&self, filing: &Filing, first: &Evidence) -> Look {
        let since = Instant::now();
        let look = self.probe.look_again(filing, first).await;
        self.note(filing, since);
        look
    }
}

struct Quiet;

impl Progress for Quiet {
    fn read(&self, _rows: u64, _done: bool) {}
    fn looked(&self, _sites: u64, _of: u64) {}
    fn judged(&self, _sites: u64) {}
}

/// Audits a whole hostile internet, as many sites at a time as this says.
async fn audit(internet: &Internet, options: Options, at_a_time: usize, folder: &Path) -> Seen {
    let policy = policy().unwrap();
    let list = Cursor::new(shuffled(&internet.list()).into_bytes());
    let rows = filing::open(Box::new(list), Some("list.csv"), &filing::Options::default()).unwrap();
    let plan = Plan {
        registry: None,
        ledger: None,
        output: folder.to_owned(),
        rules: rules::all().collect(),
        policy: &policy,
        at: at(),
        keep: Keep::Findings,
        lang: Lang::Zh,
        concurrency: at_a_time,
        second_look_after: PAUSE,
        unfinished: Unfinished::Refuse,
        site_limit: Duration::from_secs(600) * patience(),
        watch: Watch::default(),
        fingerprint: BTreeMap::new(),
        versions: BTreeMap::new(),
        clock: jiff::Timestamp::now,
    };
    let probe = Probe::new(options, Places::embedded(Vec::new())).unwrap();
    let timed = Arc::new(Timed { probe, took: Mutex::default() });
    let eyes = Arc::clone(&timed);
    let summary = pipeline::run(rows, eyes, &plan, &Quiet, CancellationToken::new()).await.unwrap();
    timed.probe.close().await;
    let audits = std::fs::read_to_string(folder.join("audits.jsonl")).unwrap();
    let took = timed.took.lock().unwrap().clone();
    Seen { summary, outcomes: outcomes(internet, &audits).unwrap(), took }
}

/// The list in an order of no meaning: sites that are long to read do not come one after the
/// other, where each would wait for the ones before it.
fn shuffled(list: &str) -> String {
    let (head, rows) = list.split_once('\n').unwrap();
    let mut rows: Vec<&str> = rows.lines().collect();
    rows.sort_by_key(|row| Sha256::digest(row).to_vec());
    format!("{head}\n{}\n", rows.join("\n"))
}

/// The same look on a machine that is busy with other things.
fn unhurried(options: Options) -> Options {
    let (timeout, deadline) = (STEP * patience(), DEADLINE * patience());
    Options { timeout, deadline, ..options }
}

/// Sites at a time: many, and few enough that what a site took is not what others did.
const CRAWLED_AT_A_TIME: usize = 8;

/// The crawler among the groups that need no browser.
async fn crawled() -> Seen {
    let internet = Internet::start(Ground::Loopback, &CRAWLED).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let options = unhurried(internet.options());
    let seen = audit(&internet, options, CRAWLED_AT_A_TIME, folder.path()).await;
    internet.stop().await;
    seen
}

/// The browser among its own group.
async fn shown(browser: BrowserOptions) -> Seen {
    let internet = Internet::start(Ground::Loopback, &[Group::Browser]).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let at_a_time = browser.width;
    let options = Options { render: Render::Always, browser: Some(browser), ..internet.options() };
    let seen = audit(&internet, options, at_a_time, folder.path()).await;
    internet.stop().await;
    seen
}

/// What is wrong with a run: a site that is lost or ended otherwise than it must, a fault of
/// ours, somebody accused of what could not be seen.
fn faults(seen: &Seen) -> Vec<String> {
    let mut wrong = Vec::new();
    let summary = &seen.summary;
    let rows = (summary.rows, summary.audited, summary.rejected, summary.faults);
    let all = seen.outcomes.len() as u64;
    if rows != (all, all, 0, 0) {
        wrong.push(format!("rows, audited, rejected, faults: {rows:?}, of {all}"));
    }
    for outcome in &seen.outcomes {
        let name = outcome.case.name;
        if !outcome.is_right() {
            wrong.push(format!("{name}: {} {:?}", outcome.ended(), outcome.findings));
        }
        let accused = outcome.findings.iter().find(|finding| is_of_page(finding));
        if let Some(accused) = accused.filter(|_| !is_seen(outcome)) {
            wrong.push(format!("{name}: its page was not seen, and yet {accused}"));
        }
    }
    wrong
}

/// The sites that took longer than they may.
fn late(seen: &Seen, most: Duration) -> Vec<String> {
    let late = seen.took.iter().filter(|(_, took)| **took > most);
    late.map(|(name, took)| format!("{name}: {took:?}, over {most:?}")).collect()
}

/// Whether the page came, and whole.
fn is_seen(outcome: &Outcome) -> bool {
    use beian::demo::hostile::Ends::{Certificate, Numbered, Page, Shown, ShownWithout};
    let end = outcome.end.as_ref();
    end.is_some_and(|end| matches!(end, Numbered | Certificate(_) | Page(_) | Shown | ShownWithout))
}

/// Whether a finding holds something against what a page shows.
fn is_of_page(finding: &str) -> bool {
    let families = ["ICP", "LNK", "PSB", "TTL", "CPR", "CNT"];
    finding.ends_with(" violation") && families.iter().any(|family| finding.starts_with(family))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_hostile_site_ends_as_it_must_within_its_deadline() {
    let browser = crate::world::run::browser();
    let shown = async {
        match browser {
            Some(browser) => Some(
                shown(BrowserOptions { timeout: SHOWING * patience(), width: 3, ..browser }).await,
            ),
            None => None,
        }
    };
    let (crawled, shown) = tokio::join!(crawled(), shown);
    let mut runs = vec![(crawled, DEADLINE + READING)];
    runs.extend(shown.map(|shown| (shown, DEADLINE + SHOWING + AFTERWARDS)));
    let wrong: Vec<String> = runs.iter().flat_map(|(seen, _)| faults(seen)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    table::is_current(&runs.iter().map(|(seen, _)| seen).collect::<Vec<_>>());
    let late: Vec<String> =
        runs.iter().flat_map(|(seen, most)| late(seen, *most * patience())).collect();
    assert!(late.is_empty(), "{}", late.join("\n"));
}

#[test]
fn every_hostile_site_has_a_name_of_its_own() {
    let mut names: Vec<&str> = beian::demo::hostile::cases().map(|case| case.name).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}
