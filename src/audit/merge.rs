use super::{Bench, Remark, Verdict, VerdictKind};
use crate::policy::Level;
use crate::rules::{Defect, Na, Outcome, Rule, Text};
use std::cmp::Reverse;

/// The longest text of a verdict, in characters: it has to fit a cell and a letter.
const LONGEST: usize = 600;

/// The longest cause or remedy: one text for each host at most.
const LONGEST_ADVICE: usize = 1_200;

/// One verdict of all that a rule said: the gravest kind wins, and names every host it holds for.
pub(super) fn one(rule: &Rule, remarks: &[Remark<'_>], bench: &Bench<'_>) -> Verdict {
    let kind = remarks.iter().map(|r| VerdictKind::of(&r.outcome)).max().unwrap_or(VerdictKind::Na);
    let winners: Vec<&Remark<'_>> =
        remarks.iter().filter(|r| VerdictKind::of(&r.outcome) == kind).collect();
    let mut verdict = Verdict {
        code: rule.code,
        kind,
        level: None,
        hosts: hosts(&winners),
        url: winners
            .iter()
            .map(|r| &r.url)
            .find(|u| !u.is_empty())
            .map_or_else(String::new, |u| u.to_string()),
        expected: Text::default(),
        found: Text::default(),
        place: Text::default(),
        problem: None,
        cause: None,
        first: None,
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
fn speak(verdict: &mut Verdict, rule: &Rule, winners: &[&Remark<'_>], bench: &Bench<'_>) {
    let defects = || winners.iter().filter_map(|r| r.outcome.defect());
    verdict.expected = joined(winners, |o| o.defect().map(|d| &d.expected));
    verdict.found = joined(winners, |o| o.defect().map(|d| &d.found));
    verdict.place = joined(winners, |o| o.defect().map(|d| &d.place));
    // Of equals the first: the domain itself comes before its www host.
    let gravest = defects().min_by_key(|d| Reverse(d.level.unwrap_or(rule.level)));
    verdict.problem = agreed(winners, |d| d.problem.as_ref());
    verdict.cause = causes(winners, rule);
    verdict.first = gravest.and_then(|d| d.first.clone());
    verdict.remedy =
        gravest.and_then(|d| d.remedy.clone()).map(|remedy| remedy.bounded(LONGEST_ADVICE));
    if verdict.kind == VerdictKind::Fail {
        let level = gravest.and_then(|d: &Defect| d.level).unwrap_or(rule.level);
        verdict.level = bench.level(rule, level, Some(bench.filing.domain.ascii())).or(Some(level));
    }
    if verdict.kind == VerdictKind::Fail && verdict.level == Some(Level::Review) {
        verdict.kind = VerdictKind::Review;
        // What a failure says of its case accuses; the rule's own words ask.
        verdict.problem = None;
    }
    if verdict.kind == VerdictKind::Review {
        verdict.level = Some(Level::Review);
    }
}

/// What all of them say; nothing, and so the rule's own words, where they differ.
fn agreed(winners: &[&Remark<'_>], part: impl Fn(&Defect) -> Option<&Text>) -> Option<Text> {
    let mut said = winners.iter().filter_map(|r| r.outcome.defect()).map(part);
    let first = said.next().flatten()?;
    said.all(|other| other == Some(first)).then(|| first.clone())
}

/// The cause where all agree, else each with its hosts before it.
fn causes(winners: &[&Remark<'_>], rule: &Rule) -> Option<Text> {
    let mut own = winners.iter().filter_map(|r| r.outcome.defect()).map(|d| d.cause.as_ref());
    let first = own.next().flatten();
    if own.all(|other| other == first) {
        return first.cloned().map(|cause| cause.bounded(LONGEST_ADVICE));
    }
    let general = Text::new(rule.texts.zh.cause, rule.texts.en.cause);
    let each =
        |outcome: &'_ Outcome| outcome.defect().map(|d| d.cause.clone().unwrap_or(general.clone()));
    Some(joined_within(LONGEST_ADVICE, winners, each))
}

fn hosts(winners: &[&Remark<'_>]) -> Vec<String> {
    let mut hosts: Vec<String> = Vec::new();
    for host in winners.iter().flat_map(|r| &r.hosts) {
        if !hosts.iter().any(|known| known == host) {
            hosts.push(host.to_string());
        }
    }
    hosts
}

/// The reason that says most.
fn reason(winners: &[&Remark<'_>]) -> Na {
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
fn joined(winners: &[&Remark<'_>], part: impl Fn(&Outcome) -> Option<&Text>) -> Text {
    joined_within(LONGEST, winners, |outcome| part(outcome).cloned())
}

fn joined_within(
    limit: usize,
    winners: &[&Remark<'_>],
    part: impl Fn(&Outcome) -> Option<Text>,
) -> Text {
    let mut parts: Vec<(Text, Vec<&str>)> = Vec::new();
    for remark in winners {
        let Some(text) = part(&remark.outcome).filter(|t| !t.is_empty()) else { continue };
        let hosts = remark.hosts.iter().map(|host| &**host);
        match parts.iter_mut().find(|(known, _)| *known == text) {
            Some((_, known)) => known.extend(hosts),
            None => parts.push((text, hosts.collect())),
        }
    }
    let text = match parts.as_slice() {
        [] => Text::default(),
        [(text, _)] => text.clone(),
        several => Text::list(several.iter().map(|(text, hosts)| {
            let hosts = hosts.join(" ");
            let end = ['。', '.'];
            let (zh, en) = (text.zh.trim_end_matches(end), text.en.trim_end_matches(end));
            Text::new(format!("{hosts}：{zh}"), format!("{hosts}: {en}"))
        })),
    };
    text.bounded(limit)
}
