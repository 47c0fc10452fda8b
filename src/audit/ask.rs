use super::{Asked, Bench, Heard, Remark, scope};
use crate::evidence::{Evidence, HostEvidence, Registration};
use crate::rules::{
    Check, DnsCase, FilingCase, KnownOnce, ListCase, Na, Outcome, PageCase, RegistrationCase,
    RegistryCase, Rule, SiteCase, Text, WebCase,
};
use jiff::ToSpan;
use std::borrow::Cow;

/// Why the rule says nothing of this filing whatever was seen; `None` where it may speak.
pub(super) fn silence(rule: &Rule, bench: &Bench<'_>) -> Option<Na> {
    let filing = bench.filing;
    if !scope::applies(rule, &filing.status, filing.service_type) {
        return Some(Na::Status);
    }
    if bench.level(rule, rule.level, Some(filing.domain.ascii())).is_none() {
        // What is off for this domain only, with a reason and perhaps an end, is a waiver.
        let is_off_for_all = bench.level(rule, rule.level, None).is_none();
        return Some(if is_off_for_all { Na::Off } else { Na::Waived });
    }
    if let Some(field) = rule.needs.iter().find(|field| !field.is_in(filing)) {
        return Some(Na::MissingField(*field));
    }
    is_in_grace(rule, bench).then_some(Na::Grace)
}

/// A day counts as grace up to and including the last one: in doubt for the site.
fn is_in_grace(rule: &Rule, bench: &Bench<'_>) -> bool {
    let days = match scope::grace(rule) {
        Some(scope::Grace::Opening) => bench.policy.readings.opening_days,
        Some(scope::Grace::Unblocking) => bench.policy.readings.unblocking_days,
        None => return false,
    };
    bench
        .filing
        .approved_on
        .is_some_and(|approved| bench.today <= approved.saturating_add(i32::from(days).days()))
}

/// Asks the rule about the filing, or about each host it looks at.
pub(super) fn ask<'a>(rule: &Rule, bench: &Bench<'a>, heard: &Heard<'_>) -> Vec<Remark<'a>> {
    match rule.check {
        Check::Web(check) => ask_hosts(rule, bench, heard, check),
        Check::Page(check) => ask_pages(rule, bench, heard, check),
        Check::Filing(_)
        | Check::List(_)
        | Check::Registration(_)
        | Check::Registry(_)
        | Check::Dns(_)
        | Check::Site(_) => {
            vec![match better(rule, None, heard) {
                Some(code) => Remark::na(Na::Yields(code)),
                None => ask_once(rule, bench),
            }]
        }
    }
}

fn ask_once<'a>(rule: &Rule, bench: &Bench<'a>) -> Remark<'a> {
    let Bench { filing, evidence, policy, today, .. } = *bench;
    let outcome = match rule.check {
        Check::Filing(check) => check(&FilingCase { filing, policy, today }),
        Check::List(check) => {
            check(&ListCase { filing, policy, today, siblings: &evidence.siblings })
        }
        Check::Registration(check) => match answered(evidence) {
            Ok(registration) => check(&RegistrationCase { filing, policy, today, registration }),
            Err(na) => Outcome::Na(na),
        },
        Check::Registry(_) if evidence.registry.is_empty() => Outcome::Na(Na::Other(Text::new(
            "登记信息文件里没有这个网站（或没有提供登记信息文件，见 --registry）",
            "the registry file says nothing of this site, or none was given (--registry)",
        ))),
        Check::Registry(check) => {
            check(&RegistryCase { filing, policy, today, evidence, entries: &evidence.registry })
        }
        Check::Dns(_) if evidence.hosts.is_empty() => Outcome::Na(Na::Unseen),
        Check::Dns(check) => check(&DnsCase { filing, policy, today, hosts: &evidence.hosts }),
        Check::Site(check) => check(&SiteCase { filing, policy, today, evidence }),
        Check::Web(_) | Check::Page(_) => Outcome::Na(Na::Unseen),
    };
    let hosts = match &outcome {
        Outcome::Fail(defect) | Outcome::Review(defect) => defect.hosts.clone(),
        Outcome::Pass(_) | Outcome::Na(_) => Vec::new(),
    };
    // What a registry says was not seen at any address of the site.
    let of_site = !matches!(rule.check, Check::Registration(_));
    let first = hosts.first().filter(|_| of_site);
    let url = first.and_then(|first| url_of(bench, first)).unwrap_or_default().into();
    Remark { hosts: hosts.into_iter().map(Cow::Owned).collect(), url, outcome }
}

/// What the domain's registry answered; else why there is no answer.
fn answered(evidence: &Evidence) -> Result<&Registration, Na> {
    let Some(registration) = &evidence.registration else {
        return Err(Na::Other(Text::new(
            "未查询域名注册信息（用 --registration 开启）",
            "the domain's registration was not asked for (--registration turns it on)",
        )));
    };
    match registration.failure {
        None => Ok(registration),
        Some(_) => Err(Na::Unseen),
    }
}

/// Where the look at a host ended.
fn url_of<'a>(bench: &Bench<'a>, host: &str) -> Option<&'a str> {
    let seen = bench.evidence.hosts.iter().find(|h| h.host == host)?;
    Some(seen.visit.as_ref()?.best()?.last_url())
}

fn ask_hosts<'a>(
    rule: &Rule,
    bench: &Bench<'a>,
    heard: &Heard<'_>,
    check: fn(&WebCase<'_>) -> Outcome,
) -> Vec<Remark<'a>> {
    let Bench { filing, evidence, policy, today, .. } = *bench;
    let hosts = evidence.hosts.iter().zip(bench.hosts);
    let hosts = hosts.filter(|(host, _)| scope::looks_at(rule, host.role));
    let remarks = hosts.map(|(host, asked)| {
        let known = KnownOnce::Shared(&asked.known);
        let visit = host.visit.as_ref();
        let outcome = match (better(rule, Some(&host.host), heard), visit) {
            (Some(code), _) => Outcome::Na(Na::Yields(code)),
            (None, None) => Outcome::Na(Na::Unseen),
            (None, Some(visit)) => {
                check(&WebCase { filing, policy, today, evidence, host, visit, known })
            }
        };
        let url = visit.and_then(|v| v.best()).map(|a| a.last_url()).unwrap_or_default();
        Remark { hosts: vec![Cow::Borrowed(&host.host)], url: Cow::Borrowed(url), outcome }
    });
    remarks.collect()
}

/// A page of the filing's own, and all hosts that show it.
struct Shown<'a> {
    hosts: Vec<Cow<'a, str>>,
    case: PageCase<'a>,
}

/// Asks of each page once, however many hosts show it. Hosts without a page of the
/// filing's own are n/a, with the rule that says why.
fn ask_pages<'a>(
    rule: &Rule,
    bench: &Bench<'a>,
    heard: &Heard<'_>,
    check: fn(&PageCase<'_>) -> Outcome,
) -> Vec<Remark<'a>> {
    let mut remarks = Vec::new();
    let mut pages: Vec<Shown<'a>> = Vec::new();
    let hosts = bench.evidence.hosts.iter().zip(bench.hosts);
    for (host, asked) in hosts.filter(|(host, _)| scope::looks_at(rule, host.role)) {
        let hosts = vec![Cow::Borrowed(host.host.as_str())];
        match own_page(bench, host, asked, heard) {
            Ok(case) => match pages.iter_mut().find(|shown| is_same_page(&shown.case, &case)) {
                Some(shown) => {
                    shown.hosts.extend(hosts);
                    // Of two looks at one page the one through a browser tells more.
                    if shown.case.rendered.is_none() && case.rendered.is_some() {
                        shown.case = case;
                    }
                }
                None => pages.push(Shown { hosts, case }),
            },
            Err(na) => {
                remarks.push(Remark { hosts, url: Cow::Borrowed(""), outcome: Outcome::Na(na) });
            }
        }
    }
    remarks.extend(pages.into_iter().map(|Shown { hosts, case }| {
        let outcome = match better(rule, Some(&case.host.host), heard) {
            Some(code) => Outcome::Na(Na::Yields(code)),
            None => check(&case),
        };
        Remark { hosts, url: Cow::Borrowed(case.url), outcome }
    }));
    remarks
}

fn is_same_page(one: &PageCase<'_>, other: &PageCase<'_>) -> bool {
    let answers = one.attempt.answer().zip(other.attempt.answer());
    let same_bytes = answers.is_some_and(|(one, other)| one.digest == other.digest);
    // The same bytes may show something else under another name, as a browser tells.
    let same_sight = match (one.rendered, other.rendered) {
        (Some(one), Some(other)) => one.page == other.page,
        _ => true,
    };
    one.url == other.url || (same_bytes && same_sight)
}

/// The page of the filing's own that a host shows; else why a page rule has nothing to read.
fn own_page<'a>(
    bench: &Bench<'a>,
    host: &'a HostEvidence,
    asked: &'a Asked<'a>,
    heard: &Heard<'_>,
) -> Result<PageCase<'a>, Na> {
    // All that tells was heard before the first rule that reads a page.
    if let Some(na) = asked.closed.get_or_init(|| closed(host, heard)) {
        return Err(na.clone());
    }
    let attempt = host.visit.as_ref().and_then(|visit| visit.best()).ok_or(Na::Unseen)?;
    let rendered = host.rendered().filter(|rendered| rendered.status.is_none_or(|s| s < 400));
    let served = attempt.answer().filter(|seen| seen.status < 400).and_then(|s| s.page.as_ref());
    let (page, url) = match (rendered, served) {
        (Some(rendered), _) => (&rendered.page, rendered.url.as_str()),
        (None, Some(page)) => (page, attempt.last_url()),
        (None, None) => return Err(Na::Unseen),
    };
    let Bench { filing, evidence, policy, today, .. } = *bench;
    let known = KnownOnce::Shared(&asked.known);
    Ok(PageCase { filing, policy, today, evidence, host, attempt, url, rendered, page, known })
}

/// Why a host shows no page of the filing's own, by what was said of it.
fn closed(host: &HostEvidence, heard: &Heard<'_>) -> Option<Na> {
    let answers = host.rendered().is_some()
        || host.visit.iter().flat_map(|v| v.attempts()).any(|a| a.answer().is_some());
    for code in scope::NO_OWN_PAGE {
        // A filed homepage on a port of its own may answer under the name of a host that
        // does not open otherwise: there is a page to read.
        if *code == "WEB002" && answers {
            continue;
        }
        let said = heard.get(code).into_iter().flatten();
        match said.filter(|r| r.concerns(Some(&host.host))).map(|r| &r.outcome).find(|o| o.speaks())
        {
            Some(Outcome::Fail(_)) => return Some(Na::Yields(code)),
            Some(_) => return Some(Na::Unseen),
            None => {}
        }
    }
    None
}

/// The rule among those this one yields to that speaks of the host; of the filing, of any.
fn better(rule: &Rule, host: Option<&str>, heard: &Heard<'_>) -> Option<&'static str> {
    rule.yields_to.iter().copied().find(|code| {
        let mut said = heard.get(code).into_iter().flatten();
        said.any(|remark| remark.speaks() && remark.concerns(host))
    })
}
