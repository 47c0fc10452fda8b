use super::*;
use crate::evidence::{
    Attempt, Dns, End, Hop, HopKind, HostEvidence, Located, Resolution, Role, Visit,
};
use crate::filing::Domain;
use crate::page::Page;
use crate::rules::{Check, Defect, Field, PageCase, Texts, WebCase, Words};
use jiff::civil::date;

const WORDS: Words =
    Words { problem: "", doubt: "", checks: "", why: "", cause: "", remedy: "", bad: "", good: "" };

const BLANK: Rule = Rule {
    code: "ZZZ000",
    name: "blank",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &[],
    law: &[],
    texts: Texts { zh: WORDS, en: WORDS },
    check: Check::Filing(|_| Outcome::Pass(Text::same("fine"))),
};

/// Fails with the page's title; a page without one passes.
fn title(case: &PageCase<'_>) -> Outcome {
    match &case.page.title {
        Some(title) => Outcome::Fail(Defect {
            found: Text::same(title.clone()),
            level: title.starts_with("small").then_some(Level::Warning),
            ..Defect::default()
        }),
        None => Outcome::Pass(Text::default()),
    }
}

static TITLE: Rule = Rule { code: "ZZZ001", check: Check::Page(title), ..BLANK };
static AFTER_TITLE: Rule =
    Rule { code: "ZZZ000", yields_to: &["ZZZ001"], check: Check::Page(title), ..BLANK };

fn filing() -> Filing {
    Filing::of_domain(2, Domain::parse("site.example").unwrap())
}

fn host(name: &str, role: Role, url: &str, title: Option<&str>) -> HostEvidence {
    let page = Page { title: title.map(str::to_owned), text_length: 400, ..Page::default() };
    let hop = Hop::to(url, HopKind::Start);
    let attempt = Attempt::answered(hop, format!("{url}{title:?}"), page);
    let address = Located { address: [203, 0, 113, 1].into(), place: Default::default() };
    let dns = Dns { outcome: Resolution::Resolved, addresses: vec![address], ..Dns::default() };
    let visit = Visit { looks: 2, https: Some(attempt), http: None };
    HostEvidence { visit: Some(visit), ..HostEvidence::of_dns(name.to_owned(), role, dns) }
}

fn apex(title: Option<&str>) -> HostEvidence {
    host("site.example", Role::Apex, "https://site.example/", title)
}

fn www(title: Option<&str>) -> HostEvidence {
    host("www.site.example", Role::Www, "https://www.site.example/", title)
}

fn verdicts(rules: &[&'static Rule], hosts: Vec<HostEvidence>) -> Vec<Verdict> {
    let evidence = Evidence { hosts, ..Evidence::default() };
    let today = date(2026, 11, 22);
    judge(&Order::of(rules), &filing(), &evidence, &Policy::default(), today).verdicts
}

fn verdict(rule: &'static Rule, hosts: Vec<HostEvidence>) -> Verdict {
    let mut verdicts = verdicts(&[rule], hosts);
    assert_eq!(verdicts.len(), 1);
    verdicts.remove(0)
}

#[test]
fn the_same_fault_on_two_hosts_is_one_verdict_that_names_both() {
    let verdict = verdict(&TITLE, vec![apex(Some("bad")), www(Some("bad"))]);
    assert_eq!(verdict.kind, VerdictKind::Fail);
    assert_eq!(verdict.hosts, ["site.example", "www.site.example"]);
    assert_eq!(verdict.found, Text::same("bad"));
    assert_eq!(verdict.url, "https://site.example/");
}

#[test]
fn different_findings_are_told_apart_by_host() {
    let found = verdict(&TITLE, vec![apex(Some("one")), www(Some("two"))]).found;
    assert_eq!(found.en, "site.example: one; www.site.example: two");
    assert_eq!(found.zh, "site.example：one；www.site.example：two");
}

#[test]
fn a_failure_wins_over_a_pass_and_names_only_its_own_hosts() {
    let verdict = verdict(&TITLE, vec![apex(None), www(Some("bad"))]);
    assert_eq!((verdict.kind, verdict.hosts), (VerdictKind::Fail, vec!["www.site.example".into()]));
}

#[test]
fn the_graver_of_two_levels_holds() {
    let small = verdict(&TITLE, vec![apex(Some("small")), www(None)]);
    assert_eq!(small.level, Some(Level::Warning));
    let both = verdict(&TITLE, vec![apex(Some("small")), www(Some("bad"))]);
    assert_eq!(both.level, Some(Level::Violation));
}

#[test]
fn hosts_that_end_at_one_page_are_judged_once() {
    fn first_host(case: &PageCase<'_>) -> Outcome {
        Outcome::Pass(Text::same(case.host.host.clone()))
    }
    static FIRST: Rule = Rule { code: "ZZZ002", check: Check::Page(first_host), ..BLANK };
    let same = host("www.site.example", Role::Www, "https://site.example/", None);
    let verdict = verdict(&FIRST, vec![apex(None), same]);
    assert_eq!(verdict.found, Text::same("site.example"));
    assert_eq!(verdict.hosts, ["site.example", "www.site.example"]);
}

#[test]
fn further_filed_hosts_need_show_no_page() {
    let filed = host("api.site.example", Role::Filed, "https://api.site.example/", Some("bad"));
    assert_eq!(verdict(&TITLE, vec![apex(None), filed]).kind, VerdictKind::Pass);
}

#[test]
fn a_rule_yields_only_for_the_hosts_that_the_other_speaks_of() {
    let both = verdicts(&[&AFTER_TITLE, &TITLE], vec![apex(Some("bad")), www(Some("bad"))]);
    assert_eq!(both.iter().map(|v| v.code).collect::<Vec<_>>(), ["ZZZ000", "ZZZ001"]);
    assert_eq!(both[0].reason, Some(Na::Yields("ZZZ001")));
    let one = verdicts(&[&AFTER_TITLE, &TITLE], vec![apex(None), www(Some("bad"))]);
    assert_eq!((one[0].kind, one[0].hosts.len()), (VerdictKind::Pass, 1));
}

#[test]
fn a_page_behind_an_error_is_unseen_and_one_that_leads_away_yields() {
    let mut forbidden = apex(None);
    if let Some(End::Answer(seen)) =
        forbidden.visit.as_mut().and_then(|v| v.https.as_mut()).map(|a| &mut a.end)
    {
        seen.status = 403;
    }
    assert_eq!(verdict(&TITLE, vec![forbidden]).reason, Some(Na::Unseen));
    let away = host("site.example", Role::Apex, "https://other.example/", Some("bad"));
    let mut named = filing();
    named.subject_name = Some("示例科技有限公司".to_owned());
    let evidence = Evidence { hosts: vec![away], ..Evidence::default() };
    let policy = Policy::default();
    let audit = judge(&Order::of(&[&TITLE]), &named, &evidence, &policy, date(2026, 11, 22));
    assert_eq!(audit.verdicts[0].reason, Some(Na::Yields("WEB006")));
}

#[test]
fn without_hosts_nothing_was_seen() {
    assert_eq!(verdict(&TITLE, Vec::new()).reason, Some(Na::Unseen));
}

#[test]
fn a_failure_of_level_review_is_a_review() {
    static ASK: Rule =
        Rule { code: "ZZZ003", level: Level::Review, check: Check::Page(title), ..BLANK };
    let verdict = verdict(&ASK, vec![apex(Some("bad"))]);
    assert_eq!((verdict.kind, verdict.level), (VerdictKind::Review, Some(Level::Review)));
}

#[test]
fn the_policy_sets_the_level_over_rule_and_defect() {
    let settings = "[[level]]\ncode = \"ZZZ001\"\nlevel = \"violation\"\nreason = \"ours\"\n";
    let policy = Policy::with(settings, "settings", None).unwrap();
    let evidence = Evidence { hosts: vec![apex(Some("small"))], ..Evidence::default() };
    let audit = judge(&Order::of(&[&TITLE]), &filing(), &evidence, &policy, date(2026, 11, 22));
    assert_eq!(audit.verdicts[0].level, Some(Level::Violation));
}

#[test]
fn a_field_that_the_list_lacks_is_named() {
    static NAMED: Rule = Rule { code: "ZZZ004", needs: &[Field::ServiceName], ..BLANK };
    let reason = verdict(&NAMED, vec![apex(None)]).reason;
    assert_eq!(reason, Some(Na::MissingField(Field::ServiceName)));
}

#[test]
fn a_circle_of_rules_still_gives_every_verdict() {
    static ONE: Rule = Rule { code: "ZZZ005", yields_to: &["ZZZ006"], ..BLANK };
    static TWO: Rule = Rule { code: "ZZZ006", yields_to: &["ZZZ005"], ..BLANK };
    assert_eq!(verdicts(&[&ONE, &TWO], vec![apex(None)]).len(), 2);
}

fn site_title(case: &PageCase<'_>) -> Outcome {
    let said = case.page.title.clone().unwrap_or_default();
    let own = (said != "usual").then(|| Text::same(format!("because of {said}.")));
    Outcome::Fail(Defect { problem: own.clone(), cause: own, ..Defect::default() })
}

static CAUSES: Rule = Rule {
    code: "ZZZ008",
    check: Check::Page(site_title),
    texts: Texts { zh: Words { cause: "惯常", ..WORDS }, en: Words { cause: "habit", ..WORDS } },
    ..BLANK
};

#[test]
fn causes_that_differ_stand_side_by_side_and_the_problem_is_the_rule_s_own() {
    let both = verdict(&CAUSES, vec![apex(Some("rain")), www(Some("usual"))]);
    let cause = both.cause.map(|cause| cause.en.into_owned());
    assert_eq!(cause.as_deref(), Some("site.example: because of rain; www.site.example: habit"));
    assert_eq!(both.problem, None);
    let same = verdict(&CAUSES, vec![apex(Some("rain"))]);
    assert_eq!(same.cause, Some(Text::same("because of rain.")));
    assert_eq!(same.problem, same.cause);
    assert_eq!(verdict(&CAUSES, vec![apex(Some("usual")), www(Some("usual"))]).cause, None);
}

#[test]
fn a_failure_that_the_policy_makes_a_review_accuses_nobody() {
    let settings = "[[level]]\ncode = \"ZZZ008\"\nlevel = \"review\"\nreason = \"ours\"\n";
    let policy = Policy::with(settings, "settings", None).unwrap();
    let evidence = Evidence { hosts: vec![apex(Some("rain"))], ..Evidence::default() };
    let audit = judge(&Order::of(&[&CAUSES]), &filing(), &evidence, &policy, date(2026, 11, 22));
    assert_eq!((audit.verdicts[0].kind, &audit.verdicts[0].problem), (VerdictKind::Review, &None));
}

#[test]
fn long_texts_are_cut() {
    fn talk(_: &WebCase<'_>) -> Outcome {
        let found = Text::same("长".repeat(10_000));
        Outcome::Fail(Defect { found, ..Defect::default() })
    }
    static TALK: Rule = Rule { code: "ZZZ007", check: Check::Web(talk), ..BLANK };
    assert_eq!(verdict(&TALK, vec![apex(None)]).found.zh.chars().count(), 600);
}
