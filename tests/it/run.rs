//! A run from rows to files. What looks at sites is a script here, so that order, faults
//! and interruptions are ours to choose; the probe itself is tested with real sockets.

mod evidence;
mod list;
mod looks;
mod resume;
mod siblings;
mod watch;

use beian::evidence::{
    Answer, Attempt, Dns, End, Evidence, Failure, Hop, HopKind, HostEvidence, PageSeen, Resolution,
    Role, Visit,
};
use beian::filing::{Domain, Filing, Reason, Rejected, Row};
use beian::pipeline::{Eyes, Keep, Plan, Progress, RunError, Summary, Unfinished, Watch, run};
use beian::policy::{Level, Policy};
use beian::probe::{Exchange, Look};
use beian::rules::{Check, Defect, Lang, Na, Outcome, Rule, Text, Texts, Words};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

const WORDS: Words = Words {
    problem: "{domain}: {found}",
    doubt: "{domain}",
    checks: "",
    why: "",
    cause: "{subject}",
    remedy: "{expected}",
    bad: "",
    good: "",
};

const fn rule(code: &'static str, check: Check) -> Rule {
    let texts = Texts { zh: WORDS, en: WORDS };
    let level = Level::Violation;
    Rule {
        code,
        name: "test",
        level,
        needs: &[],
        yields_to: &[],
        sources: &[],
        law: &[],
        texts,
        check,
    }
}

/// Sites whose name begins with `bad` break this one.
static BAD: Rule = rule(
    "FIL901",
    Check::Filing(|case| {
        let domain = case.filing.domain.ascii();
        assert!(!domain.starts_with("broken"), "a rule that panics");
        if domain.starts_with("bad") {
            let phone = case.filing.phone.clone().unwrap_or_default();
            Outcome::Fail(Defect { found: Text::same(phone), ..Defect::default() })
        } else {
            Outcome::Pass(Text::default())
        }
    }),
);

/// Every site breaks this one.
static ANY: Rule = rule("FIL902", Check::Filing(|_| Outcome::Fail(Defect::default())));

/// Speaks of the siblings that a site's visit ended at.
static KIN: Rule = rule(
    "WEB903",
    Check::Site(|case| match case.evidence.siblings.same_subject.as_slice() {
        [] => Outcome::Na(Na::Unseen),
        kin => Outcome::Fail(Defect { found: Text::same(kin.join(" ")), ..Defect::default() }),
    }),
);

static POLICY: LazyLock<Policy> = LazyLock::new(Policy::default);

/// Says nothing, but can stop a run after so many looks.
struct Quiet {
    stop_after: Option<(u64, CancellationToken)>,
}

impl Progress for Quiet {
    fn read(&self, _rows: u64, _done: bool) {}

    fn looked(&self, sites: u64, _of: u64) {
        if let Some((after, stop)) = &self.stop_after
            && sites >= *after
        {
            stop.cancel();
        }
    }

    fn judged(&self, _sites: u64) {}
}

/// Looks as a script says: domain and number of the look → the look.
struct Script<F> {
    look: F,
    /// Every look that was asked for, with the time.
    asked: Mutex<Vec<(String, u8, tokio::time::Instant)>>,
}

/// A script that remembers nothing.
type Plain = Script<fn(&str, u8) -> (u64, Look)>;

impl<F: Fn(&str, u8) -> (u64, Look) + Send + Sync + 'static> Script<F> {
    fn new(look: F) -> Arc<Script<F>> {
        Arc::new(Script { look, asked: Mutex::default() })
    }

    fn asked(&self) -> Vec<(String, u8)> {
        let asked = self.asked.lock().unwrap();
        asked.iter().map(|(domain, number, _)| (domain.clone(), *number)).collect()
    }

    async fn play(&self, filing: &Filing, number: u8) -> Look {
        let domain = filing.domain.ascii().to_owned();
        let now = tokio::time::Instant::now();
        self.asked.lock().unwrap().push((domain.clone(), number, now));
        let (milliseconds, look) = (self.look)(&domain, number);
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        look
    }
}

impl<F: Fn(&str, u8) -> (u64, Look) + Send + Sync + 'static> Eyes for Script<F> {
    async fn look(&self, filing: &Filing) -> Look {
        self.play(filing, 1).await
    }

    async fn look_again(&self, filing: &Filing, _first: &Evidence) -> Look {
        self.play(filing, 2).await
    }
}

/// A site that answers with a page.
fn page(domain: &str) -> Look {
    let url = format!("https://{domain}/");
    let seen = PageSeen {
        status: 200,
        content_type: Some("text/html".to_owned()),
        bytes: 4,
        digest: String::new(),
        page: Some(beian::page::Page::default()),
    };
    let exchange = Exchange {
        url: url.clone(),
        address: Some("192.0.2.1".parse().unwrap()),
        at: jiff::Timestamp::UNIX_EPOCH,
        request: format!("GET / HTTP/1.1\r\nHost: {domain}\r\n\r\n").into_bytes(),
        response_head: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec(),
        body: beian::probe::Body::from(format!("<title>{domain}</title>").into_bytes()).into(),
        truncated: false,
    };
    Look { exchanges: vec![exchange], ..look(domain, url, End::Answer(Box::new(seen))) }
}

/// A site that does not.
fn refused(domain: &str) -> Look {
    look(domain, format!("https://{domain}/"), End::Failed(Failure::ConnectRefused))
}

fn look(domain: &str, url: String, end: End) -> Look {
    let hop = Hop::to(url, HopKind::Start);
    let answer = Answer {
        resolver: "system".to_owned(),
        question: "A".to_owned(),
        outcome: "addresses".to_owned(),
        records: vec!["A 192.0.2.1".to_owned()],
    };
    let dns = Dns { outcome: Resolution::Resolved, answers: vec![answer], ..Dns::default() };
    let host = HostEvidence {
        visit: Some(Visit { looks: 1, https: Some(Attempt { hops: vec![hop], end }), http: None }),
        ..HostEvidence::of_dns(domain.to_owned(), Role::Apex, dns)
    };
    let evidence = Evidence { hosts: vec![host], ..Evidence::default() };
    Look { evidence, exchanges: Vec::new(), shots: Vec::new() }
}

fn filing(line: u64, domain: &str) -> Row {
    Ok(Box::new(Filing::of_domain(line, Domain::parse(domain).unwrap())))
}

fn rejected(line: u64) -> Row {
    Err(Box::new(Rejected {
        source: None,
        line,
        column: "域名".to_owned(),
        value: "-".to_owned(),
        reason: Reason::new("没有域名", "no domain"),
        row: "-,示例".to_owned(),
    }))
}

/// `bad0.example`, `site1.example`, `site2.example`, a rejected row, `bad4.example`, …
fn list(rows: u64) -> Vec<Row> {
    let row = |number| match number % 4 {
        0 => filing(number + 2, &format!("bad{number}.example")),
        3 => rejected(number + 2),
        _ => filing(number + 2, &format!("site{number}.example")),
    };
    (0..rows).map(row).collect()
}

pub(crate) fn plan(output: &Path) -> Plan<'static> {
    Plan {
        registry: None,
        ledger: None,
        output: output.to_owned(),
        rules: vec![&BAD],
        policy: &POLICY,
        at: "2026-11-22T08:00:00+08:00".parse().unwrap(),
        keep: Keep::Findings,
        lang: Lang::En,
        concurrency: 8,
        second_look_after: Duration::from_millis(50),
        site_limit: Duration::from_secs(60),
        watch: Watch::default(),
        unfinished: Unfinished::Refuse,
        fingerprint: BTreeMap::from([("list".to_owned(), "one".to_owned())]),
        versions: BTreeMap::from([("places".to_owned(), "2026-06-01".to_owned())]),
        clock: || "2026-11-22T00:00:01Z".parse().unwrap(),
    }
}

/// Runs to the end.
async fn all(rows: Vec<Row>, eyes: &Arc<impl Eyes>, plan: &Plan<'_>) -> Result<Summary, RunError> {
    let quiet = Quiet { stop_after: None };
    run(rows.into_iter(), Arc::clone(eyes), plan, &quiet, CancellationToken::new()).await
}

/// Runs until so many looks are done.
async fn part(
    rows: Vec<Row>,
    eyes: &Arc<impl Eyes>,
    plan: &Plan<'_>,
    looks: u64,
) -> Result<Summary, RunError> {
    let stop = CancellationToken::new();
    let quiet = Quiet { stop_after: Some((looks, stop.clone())) };
    run(rows.into_iter(), Arc::clone(eyes), plan, &quiet, stop).await
}

fn read(folder: &Path, file: &str) -> String {
    std::fs::read_to_string(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The lines of `audits.jsonl`.
pub(crate) fn audits(folder: &Path) -> Vec<serde_json::Value> {
    let audits = read(folder, "audits.jsonl");
    audits.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The rows of a CSV file by heading.
fn table(folder: &Path, file: &str) -> Vec<BTreeMap<String, String>> {
    let text = read(folder, file);
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    reader.deserialize().map(|row| row.unwrap()).collect()
}

fn column(rows: &[BTreeMap<String, String>], name: &str) -> Vec<String> {
    rows.iter().map(|row| row[name].clone()).collect()
}
