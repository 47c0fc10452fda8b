use super::{Bench, Remark, Verdict, VerdictKind};
use crate::policy::Level;
use crate::rules::{Defect, Na, Outcome, Rule, Text};

/// The longest text of a verdict, in characters: it has to fit a cell and a letter.
const LONGEST: usize = 600;

/// One verdict of all that a rule said: the gravest kind wins, and names every host it holds for.
pub(super) fn one(rule: &Rule, remarks: &[Remark], bench: &Bench<'_>) -> Verdict {
    let kind = remarks.iter().map(|r| VerdictKind::of(&r.outcome)).max().unwrap_or(VerdictKind::Na);
    let winners: Vec<&Remark> =
        remarks.iter().filter(|r| VerdictKind::of(&r.outcome) == kind).collect();
    let mut verdict = Verdict {
        code: rule.code,
        kind,
        level: None,
        hosts: hosts(&winners),
        url: winners.iter().map(|r| &r.url).find(|u| !u.is_empty()).cloned().unwrap_or_default(),
        expected: Text::default(),
        found: Text::default(),
        place: Text::default(),
        cause: None,
        remedy: None,
        reason: None,
    };
    match kind {
        VerdictKind::Na => verdict.reason = Some(reason(&winners)),
        VerdictKind::Pass => {
            verdict.found = joined(&winners, |outcome| match outcome {
                Outcome::Pass(evidence) => Some(evidence),
                _ => None,
            });
        }
        VerdictKind::Review | VerdictKind::Fail => speak(&mut verdict, rule, &winners, bench),
    }
    verdict
}

/// Fills in what a finding says. A failure whose level the policy sets to `review` becomes one.
fn speak(verdict: &mut Verdict, rule: &Rule, winners: &[&Remark], bench: &Bench<'_>) {
    let defects = || winners.iter().filter_map(|r| r.outcome.defect());
    verdict.expected = joined(winners, |o| o.defect().map(|d| &d.expected));
    verdict.found = joined(winners, |o| o.defect().map(|d| &d.found));
    verdict.place = joined(winners, |o| o.defect().map(|d| &d.place));
    let gravest = defects().max_by_key(|d| d.level.unwrap_or(rule.level));
    verdict.cause = gravest.and_then(|d| d.cause.clone());
    verdict.remedy = gravest.and_then(|d| d.remedy.clone());
    if verdict.kind == VerdictKind::Fail {
        let level = gravest.and_then(|d: &Defect| d.level).unwrap_or(rule.level);
        verdict.level = bench.level(rule, level, Some(bench.filing.domain.ascii())).or(Some(level));
    }
    if verdict.kind == VerdictKind::Review || verdict.level == Some(Level::Review) {
        verdict.kind = VerdictKind::Review;
        verdict.level = Some(Level::Review);
    }
}

fn hosts(winners: &[&Remark]) -> Vec<String> {
    let mut hosts: Vec<String> = Vec::new();
    for host in winners.iter().flat_map(|r| &r.hosts) {
        if !hosts.contains(host) {
            hosts.push(host.clone());
        }
    }
    hosts
}

/// The reason that says most.
fn reason(winners: &[&Remark]) -> Na {
    let rank = |na: &&Na| match na {
        Na::Yields(_) => 0,
        Na::Other(_) => 1,
        Na::Unseen => 3,
        _ => 2,
    };
    let reasons = winners.iter().filter_map(|r| match &r.outcome {
        Outcome::Na(na) => Some(na),
        _ => None,
    });
    reasons.min_by_key(rank).cloned().unwrap_or(Na::Unseen)
}

/// One text of several: the text itself where all agree, else each with its hosts before it.
fn joined(winners: &[&Remark], part: impl Fn(&Outcome) -> Option<&Text>) -> Text {
    let mut parts: Vec<(&Text, Vec<&str>)> = Vec::new();
    for remark in winners {
        let Some(text) = part(&remark.outcome).filter(|t| !t.is_empty()) else { continue };
        let hosts = remark.hosts.iter().map(String::as_str);
        match parts.iter_mut().find(|(known, _)| *known == text) {
            Some((_, known)) => known.extend(hosts),
            None => parts.push((text, hosts.collect())),
        }
    }
    let text = match parts.as_slice() {
        [] => Text::default(),
        [(text, _)] => (*text).clone(),
        several => Text::list(several.iter().map(|(text, hosts)| {
            let hosts = hosts.join(" ");
            Text::new(format!("{hosts}：{}", text.zh), format!("{hosts}: {}", text.en))
        })),
    };
    text.bounded(LONGEST)
}
