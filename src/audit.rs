//! The judgment: one filing and what was seen of it → a verdict of every rule.

use crate::evidence::Evidence;
use crate::filing::{Filing, ServiceType, Status};
use crate::policy::{Level, Policy};
use crate::rules::{Lang, Na, Rule, Text};
use jiff::civil::Date;

/// The verdicts on one filing.
#[derive(Clone, Debug, PartialEq)]
pub struct Audit {
    /// One verdict a rule, in order of code.
    pub verdicts: Vec<Verdict>,
}

/// What one rule says of one filing.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The rule's code.
    pub code: &'static str,
    /// What it says.
    pub kind: VerdictKind,
    /// The level, of `Fail` and `Review`.
    pub level: Option<Level>,
    /// The hosts concerned.
    pub hosts: Vec<String>,
    /// The URL at which it was seen; empty where there is none.
    pub url: String,
    /// What should be there.
    pub expected: Text,
    /// What is there; of a pass, the evidence for it.
    pub found: Text,
    /// Where.
    pub place: Text,
    /// A cause that fits better than the rule's general one.
    pub cause: Option<Text>,
    /// A remedy that fits better than the rule's general one.
    pub remedy: Option<Text>,
    /// Why it says nothing, of `Na`.
    pub reason: Option<Na>,
}

/// The four verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VerdictKind {
    /// The rule does not apply or had nothing to look at.
    Na,
    /// The requirement holds.
    Pass,
    /// A machine cannot decide.
    Review,
    /// The requirement is broken.
    Fail,
}

impl VerdictKind {
    /// The name in `audits.jsonl`.
    pub fn name(self) -> &'static str {
        match self {
            VerdictKind::Na => "na",
            VerdictKind::Pass => "pass",
            VerdictKind::Review => "review",
            VerdictKind::Fail => "fail",
        }
    }
}

impl Audit {
    /// The findings: what goes into a notice.
    pub fn findings(&self) -> impl Iterator<Item = &Verdict> {
        self.verdicts.iter().filter(|v| matches!(v.kind, VerdictKind::Fail | VerdictKind::Review))
    }
}

/// Judges one filing by these rules as of a day.
pub fn judge(
    _rules: &[&'static Rule],
    _filing: &Filing,
    _evidence: &Evidence,
    _policy: &Policy,
    _today: Date,
) -> Audit {
    Audit { verdicts: Vec::new() }
}

/// Whether a rule looks at filings of this status and service type at all.
fn applies(_rule: &Rule, _status: &Status, _service: ServiceType) -> bool {
    true
}

/// The words of a verdict in one language, for the terminal.
pub fn summary(verdict: &Verdict, lang: Lang) -> String {
    format!("{} {}", verdict.code, verdict.found.of(lang))
}
