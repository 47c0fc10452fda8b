//! The judgment: one filing and what was seen of it → a verdict of every rule.
//!
//! The engine decides *whether* a rule is asked (status, fields, grace, which rule says the
//! same fault better) and about which hosts; the rule decides what it says; the engine then
//! makes one verdict of what it said about several hosts, and stamps code and level on it.

mod ask;
mod merge;
mod scope;

use crate::evidence::Evidence;
use crate::filing::Filing;
use crate::policy::{Level, Policy, Scope};
use crate::rules::{Known, Lang, Na, Outcome, Rule, Text, provider_keys};
use jiff::civil::Date;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;

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
    /// What is wrong, in words that fit better than the rule's general ones.
    pub problem: Option<Text>,
    /// A cause that fits better than the rule's general one.
    pub cause: Option<Text>,
    /// What to do before the remedy.
    pub first: Option<Text>,
    /// A remedy that fits better than the rule's general one.
    pub remedy: Option<Text>,
    /// Why it says nothing, of `Na`.
    pub reason: Option<Na>,
}

/// The four verdicts, in the order in which one of several wins.
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

    fn of(outcome: &Outcome) -> VerdictKind {
        match outcome {
            Outcome::Pass(_) => VerdictKind::Pass,
            Outcome::Fail(_) => VerdictKind::Fail,
            Outcome::Review(_) => VerdictKind::Review,
            Outcome::Na(_) => VerdictKind::Na,
        }
    }
}

impl Audit {
    /// The findings: what goes into a notice.
    pub fn findings(&self) -> impl Iterator<Item = &Verdict> {
        self.verdicts.iter().filter(|v| matches!(v.kind, VerdictKind::Fail | VerdictKind::Review))
    }
}

/// What lies before the rules: one filing, what was seen of it, and by what it is judged.
struct Bench<'a> {
    filing: &'a Filing,
    evidence: &'a Evidence,
    policy: &'a Policy,
    today: Date,
    /// Keys of the filed providers.
    providers: Vec<String>,
    /// What rules know of each host so far, in the order of the hosts.
    hosts: &'a [Asked<'a>],
}

/// What is known of one host once it was asked for.
#[derive(Default)]
struct Asked<'a> {
    /// By the rules.
    known: Known<'a>,
    /// Why there is no page of the filing's own on it; asked when all is heard that tells.
    closed: OnceCell<Option<Na>>,
}

impl Bench<'_> {
    /// The level that the policy gives a failure of this rule; `None` where it is off.
    fn level(&self, rule: &Rule, default: Level, domain: Option<&str>) -> Option<Level> {
        let scope = Scope {
            province: self.filing.province(),
            providers: &self.providers,
            domain,
            subject: domain.and(self.filing.subject_name.as_deref()),
            today: Some(self.today),
        };
        self.policy.level_in(rule.code, default, &scope)
    }
}

/// What a rule said of some hosts, or of the filing as a whole.
struct Remark<'a> {
    /// The hosts it is about; empty for the filing as a whole.
    hosts: Vec<Cow<'a, str>>,
    url: Cow<'a, str>,
    outcome: Outcome,
}

/// What every rule asked so far has said, also those whose verdict is suppressed.
type Heard<'a> = BTreeMap<&'static str, Vec<Remark<'a>>>;

/// Rules in the order in which they are asked. It takes longer to find than a plain filing takes
/// to be judged, so it is found once a run.
pub struct Order {
    /// Each after those that it yields to, and whether it is one of those given.
    rules: Vec<(&'static Rule, bool)>,
}

impl Order {
    /// The order of these rules.
    ///
    /// Rules that a given one yields to are asked too, also where they are not among those given,
    /// are switched off or within their grace: a block page that nobody wants reported is still
    /// no page on which a record number could be missed.
    pub fn of(given: &[&'static Rule]) -> Order {
        let is_given = |rule: &Rule| given.iter().any(|given| given.code == rule.code);
        let order = scope::in_order(given).into_iter();
        Order { rules: order.map(|rule| (rule, is_given(rule))).collect() }
    }
}

/// Judges one filing as of a day. Every rule that the order was made of has exactly one verdict,
/// in order of code.
pub fn judge(
    order: &Order,
    filing: &Filing,
    evidence: &Evidence,
    policy: &Policy,
    today: Date,
) -> Audit {
    let providers = provider_keys(filing, policy);
    let hosts: Vec<Asked<'_>> = evidence.hosts.iter().map(|_| Asked::default()).collect();
    let bench = Bench { filing, evidence, policy, today, providers, hosts: &hosts };
    let mut heard = Heard::new();
    let mut verdicts = BTreeMap::new();
    for &(rule, is_given) in &order.rules {
        let silence = ask::silence(rule, &bench);
        let remarks = match &silence {
            Some(na @ (Na::Status | Na::MissingField(_))) => vec![Remark::na(na.clone())],
            _ => ask::ask(rule, &bench, &heard),
        };
        if is_given {
            let verdict = match silence {
                Some(na) => merge::one(rule, &[Remark::na(na)], &bench),
                None => merge::one(rule, &remarks, &bench),
            };
            verdicts.insert(rule.code, verdict);
        }
        heard.insert(rule.code, remarks);
    }
    Audit { verdicts: verdicts.into_values().collect() }
}

impl<'a> Remark<'a> {
    fn na(reason: Na) -> Remark<'a> {
        Remark { hosts: Vec::new(), url: Cow::Borrowed(""), outcome: Outcome::Na(reason) }
    }

    fn speaks(&self) -> bool {
        matches!(self.outcome, Outcome::Fail(_) | Outcome::Review(_))
    }

    /// Whether it is about this host; of `None`, about anything at all.
    fn concerns(&self, host: Option<&str>) -> bool {
        match host {
            Some(host) => self.hosts.is_empty() || self.hosts.iter().any(|h| h == host),
            None => true,
        }
    }
}

/// The words of a verdict in one language, for the terminal.
pub fn summary(verdict: &Verdict, lang: Lang) -> String {
    format!("{} {}", verdict.code, verdict.found.of(lang))
}

#[cfg(test)]
mod tests;
