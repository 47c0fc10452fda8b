//! What a run counts while it works, for whoever watches it: counters and times of steps.
//!
//! Every series is known beforehand: no label takes a value that a list or the network chose,
//! so a hostile one cannot make many of them. `docs/operations.md` says what each means.

mod text;

use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// What a site's looks came to.
const OUTCOMES: &[&str] = &["page", "error", "failed", "resolved", "unresolved", "fault"];

/// How a question to a resolver ended; the names of `audits.jsonl`.
const DNS_ANSWERS: &[&str] = &[
    "addresses",
    "nxdomain",
    "nodata",
    "servfail",
    "refused",
    "timeout",
    "loop",
    "chain_too_long",
    "malformed",
];

/// How a visit failed; the names of `audits.jsonl`.
const FAILURES: &[&str] = &[
    "dns_none",
    "dns_failed",
    "connect_refused",
    "unreachable",
    "connect_timeout",
    "tls_reset",
    "tls_handshake",
    "tls_timeout",
    "reset",
    "closed",
    "read_timeout",
    "bad_http",
    "bad_body",
    "too_many_redirects",
    "redirect_loop",
    "bad_redirect",
    "address_refused",
    "robots",
    "deadline",
    "fault",
];

/// Upper bounds of the times that are told apart, in seconds.
const BOUNDS: [f64; 17] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0,
    60.0, 120.0,
];

/// A step of the work on a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Asking where a host points.
    Dns,
    /// Connecting.
    Connect,
    /// The TLS handshake.
    Tls,
    /// From the request to the head of the answer.
    FirstByte,
    /// From there to the end of the body.
    Body,
    /// Reading the page.
    Page,
    /// Showing it in a browser.
    Render,
    /// Asking the domain's registry.
    Registration,
    /// Packing what was exchanged for the evidence files.
    Pack,
    /// Judging what was seen.
    Judge,
}

impl Stage {
    const ALL: [Stage; 10] = [
        Stage::Dns,
        Stage::Connect,
        Stage::Tls,
        Stage::FirstByte,
        Stage::Body,
        Stage::Page,
        Stage::Render,
        Stage::Registration,
        Stage::Pack,
        Stage::Judge,
    ];

    /// Whether the site itself is asked for something.
    pub fn is_asking(self) -> bool {
        matches!(self, Stage::Connect | Stage::Tls | Stage::FirstByte | Stage::Render)
    }

    /// The name in logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Dns => "dns",
            Stage::Connect => "connect",
            Stage::Tls => "tls",
            Stage::FirstByte => "first_byte",
            Stage::Body => "body",
            Stage::Page => "page",
            Stage::Render => "render",
            Stage::Registration => "registration",
            Stage::Pack => "pack",
            Stage::Judge => "judge",
        }
    }
}

/// The counts of one run, shared by all that work on it.
#[derive(Debug)]
pub struct Metrics {
    /// Rows of the list that were read.
    pub rows_read: Counter,
    /// Rows that were judged, rejected ones included.
    pub rows_judged: Counter,
    /// Looks that ended: first ones.
    pub first_looks: Counter,
    /// Looks that ended: second ones.
    pub second_looks: Counter,
    /// Looks that were put off, because an address or a host had too many waiting.
    pub put_off: Counter,
    /// Looks that took longer than the watchdog thinks right.
    pub slow_looks: Counter,
    /// Times that the watchdog found that nothing had ended for long.
    pub stalls: Counter,
    /// Addresses that the guard refused to connect to.
    pub addresses_refused: Counter,
    /// Bytes of answers, heads and bodies, as they were on the wire.
    pub received_bytes: Counter,
    /// Looks that are being made.
    pub in_flight: Counter,
    /// Of these, such as wait for their turn.
    pub waiting: Counter,
    sites: Labelled,
    dns_answers: Labelled,
    failures: Labelled,
    stages: [Histogram; Stage::ALL.len()],
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics {
            rows_read: Counter::default(),
            rows_judged: Counter::default(),
            first_looks: Counter::default(),
            second_looks: Counter::default(),
            put_off: Counter::default(),
            slow_looks: Counter::default(),
            stalls: Counter::default(),
            addresses_refused: Counter::default(),
            received_bytes: Counter::default(),
            in_flight: Counter::default(),
            waiting: Counter::default(),
            sites: Labelled::new(OUTCOMES),
            dns_answers: Labelled::new(DNS_ANSWERS),
            failures: Labelled::new(FAILURES),
            stages: Default::default(),
        }
    }
}

impl Metrics {
    /// A site was looked at to the end. `outcome`: `page`, `error` (an error status), `failed` (no
    /// answer), `resolved` (an app: only where it points was asked), `unresolved`, `fault`.
    pub fn site(&self, outcome: &str) {
        self.sites.add(outcome);
    }

    /// A resolver answered, or did not.
    pub fn dns_answer(&self, outcome: &str) {
        self.dns_answers.add(outcome);
    }

    /// A visit failed.
    pub fn failure(&self, name: &str) {
        self.failures.add(name);
    }

    /// A step took so long.
    pub fn took(&self, stage: Stage, time: Duration) {
        if let Some(histogram) = self.stages.get(stage as usize) {
            histogram.add(time);
        }
    }

    /// What was counted so far, for `summary.json`.
    pub fn snapshot(&self) -> Snapshot {
        text::snapshot(self)
    }

    /// What was counted so far, in Prometheus' text format.
    pub fn text(&self) -> String {
        text::prometheus(self)
    }
}

/// The counts of a run under the names that Prometheus knows them by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot(BTreeMap<String, Measure>);

impl Snapshot {
    /// A count, the sum over all labels; `None` of a name that is none.
    pub fn total(&self, name: &str) -> Option<u64> {
        Some(match self.0.get(name)? {
            Measure::Count(count) => *count,
            Measure::By(counts) => counts.values().sum(),
            Measure::Times(times) => times.values().map(|time| time.count).sum(),
        })
    }

    /// A count by its label.
    pub fn of(&self, name: &str, label: &str) -> Option<u64> {
        match self.0.get(name)? {
            Measure::Count(_) => None,
            Measure::By(counts) => counts.get(label).copied(),
            Measure::Times(times) => times.get(label).map(|time| time.count),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Measure {
    Count(u64),
    By(BTreeMap<String, u64>),
    Times(BTreeMap<String, Time>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Time {
    count: u64,
    seconds: f64,
}

/// A number that goes up; of looks that are under way, also down.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Goes up.
    pub fn add(&self, by: u64) {
        self.0.fetch_add(by, Relaxed);
    }

    /// Is now so much.
    pub fn set(&self, to: u64) {
        self.0.store(to, Relaxed);
    }

    /// How much it is.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// Counters by the value of a label, and one for values that nobody thought of.
#[derive(Debug)]
struct Labelled {
    names: &'static [&'static str],
    counts: Vec<Counter>,
    other: Counter,
}

impl Labelled {
    fn new(names: &'static [&'static str]) -> Labelled {
        let counts = names.iter().map(|_| Counter::default()).collect();
        Labelled { names, counts, other: Counter::default() }
    }

    fn add(&self, name: &str) {
        let at = self.names.iter().position(|known| *known == name);
        at.and_then(|at| self.counts.get(at)).unwrap_or(&self.other).add(1);
    }

    fn each(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let counts = self.counts.iter().chain([&self.other]).map(Counter::get);
        self.names.iter().copied().chain(["other"]).zip(counts)
    }
}

/// Times, told apart by [`BOUNDS`].
#[derive(Debug, Default)]
struct Histogram {
    /// How many were in each bound and over the one before; the last ones were over all.
    counts: [Counter; BOUNDS.len() + 1],
    microseconds: Counter,
}

impl Histogram {
    fn add(&self, time: Duration) {
        let at = BOUNDS.partition_point(|bound| *bound < time.as_secs_f64());
        if let Some(count) = self.counts.get(at) {
            count.add(1);
        }
        self.microseconds.add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    }

    fn seconds(&self) -> f64 {
        self.microseconds.get() as f64 / 1e6
    }

    /// How many were within each bound, and how many there were.
    fn cumulated(&self) -> (Vec<(f64, u64)>, u64) {
        let mut all = 0;
        let mut within = Vec::with_capacity(BOUNDS.len());
        let mut counts = self.counts.iter();
        for (bound, count) in BOUNDS.iter().zip(&mut counts) {
            all += count.get();
            within.push((*bound, all));
        }
        (within, all + counts.map(Counter::get).sum::<u64>())
    }
}

#[cfg(test)]
mod tests;
