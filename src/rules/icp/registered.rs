//! What a registry file says of a filing's numbers and domain.

use crate::evidence::{Evidence, HostEvidence, RegistryEntry, Role};
use crate::page::{Page, Zone};
use crate::record::{FilingNumber, Form, Number};
use crate::rules::names::key;
use crate::rules::{Defect, Na, Outcome, RegistryCase, Text};

/// What the registry file says of one number.
pub(super) enum Said<'a> {
    /// Nothing.
    Nothing,
    /// That it is this domain's.
    Own(&'a RegistryEntry),
    /// That it is cancelled.
    Cancelled,
    /// That it is another domain's.
    Elsewhere(&'a str),
}

/// What the file says of one number.
pub(super) fn said<'a>(case: &RegistryCase<'a>, number: &FilingNumber) -> Said<'a> {
    let number = number.to_string();
    let rows = || case.entries.iter().filter(|entry| entry.number == number);
    let mut living = rows().filter(|entry| !entry.cancelled);
    if let Some(own) = living.clone().find(|entry| is_of_domain(case, entry)) {
        return Said::Own(own);
    }
    match (living.next(), rows().next()) {
        (Some(other), _) => Said::Elsewhere(&other.domain),
        (None, Some(_)) => Said::Cancelled,
        (None, None) => Said::Nothing,
    }
}

fn is_of_domain(case: &RegistryCase<'_>, entry: &RegistryEntry) -> bool {
    let domain = &case.filing.domain;
    [domain.ascii(), domain.registrable()].contains(&entry.domain.as_str())
}

/// What is wrong with a number; `None` where nothing is, or where another site of the same
/// subject may bear it rightly.
pub(super) fn accused(
    number: &FilingNumber,
    said: &Said<'_>,
    is_this_domain_s: bool,
) -> Option<Outcome> {
    let defect = |zh: String, en: String| Defect {
        expected: Text::new(
            "登记信息中属于本域名、没有注销的备案号",
            "a number that the registry has for this domain, and not as cancelled",
        ),
        found: Text::new(zh, en),
        ..Defect::default()
    };
    match said {
        Said::Cancelled => Some(Outcome::Fail(defect(
            format!("登记信息显示 {number} 已注销"),
            format!("the registry says that {number} is cancelled"),
        ))),
        Said::Elsewhere(domain) if is_this_domain_s => {
            let defect = defect(
                format!("登记信息显示 {number} 属于 {domain}"),
                format!("the registry says that {number} is that of {domain}"),
            );
            Some(if has_one_domain(number) { Outcome::Fail(defect) } else { doubtful(defect) })
        }
        Said::Nothing | Said::Own(_) | Said::Elsewhere(_) => None,
    }
}

/// Whether the number's sites have one domain each: those of subjects that filed since 2020.
fn has_one_domain(number: &FilingNumber) -> bool {
    let year = number.digits.get(..4).filter(|_| number.digits.len() == 10);
    year.is_some_and(|year| year >= "2020")
}

/// The number is this domain's; whether the name agrees too.
pub(super) fn same_subject(case: &RegistryCase<'_>, entry: &RegistryEntry) -> Outcome {
    let filed = case.filing.subject_name.as_deref().map(key).unwrap_or_default();
    let registered = key(&entry.subject);
    if filed.is_empty() || registered.is_empty() || filed == registered {
        return Outcome::Pass(Text::new(
            format!("登记信息与备案号 {} 一致", entry.number),
            format!("the registry has {} for this domain", entry.number),
        ));
    }
    doubtful(Defect {
        expected: Text::new(
            "主办单位名称与登记信息一致",
            "the subject's name as the registry has it",
        ),
        found: Text::new(
            format!("{} 的主办单位名称与登记信息不同", entry.number),
            format!("the registry has another name for the subject of {}", entry.number),
        ),
        ..Defect::default()
    })
}

/// The file does not know the filed number: what it says of the domain.
pub(super) fn by_domain(case: &RegistryCase<'_>) -> Outcome {
    let mut rows = case.entries.iter().filter(|entry| is_of_domain(case, entry)).peekable();
    let nothing = || {
        Outcome::Na(Na::Other(Text::new(
            "登记信息没有提到本域名和名单中的备案号",
            "the registry says nothing of this domain and its filed number",
        )))
    };
    let (Some(filed), true) = (case.filing.filing_number(), rows.peek().is_some()) else {
        return nothing();
    };
    let living: Vec<&RegistryEntry> = rows.filter(|entry| !entry.cancelled).collect();
    let numbers: Vec<&str> =
        living.iter().map(|entry| entry.number.as_str()).filter(|n| !n.is_empty()).collect();
    let is_filed_s = |number: &&str| match number.parse() {
        Ok(Number::Filing(number)) => {
            number.same_subject(filed) && (filed.serial.is_none() || number.serial.is_none())
        }
        _ => false,
    };
    let found = match (living.is_empty(), numbers.as_slice()) {
        (true, _) => Text::new(
            "登记信息显示本域名的备案已注销",
            "the registry says that the domain's filing is cancelled",
        ),
        (false, []) => return nothing(),
        (false, numbers) if numbers.iter().any(is_filed_s) => {
            return Outcome::Pass(Text::same(numbers.join(" ")));
        }
        (false, numbers) => {
            let numbers = numbers.join(" ");
            Text::new(
                format!("登记信息显示本域名的备案号是 {numbers}"),
                format!("the registry has {numbers} for this domain"),
            )
        }
    };
    doubtful(Defect { expected: Text::same(filed.to_string()), found, ..Defect::default() })
}

fn doubtful(defect: Defect) -> Outcome {
    Outcome::Review(Defect {
        first: Some(Text::new(
            "请先在工信部备案管理系统按域名查询：名单有误或名称只是更新过的，无需处理，告诉我们更正即可；确实不符的：",
            "Please look the domain up in the ministry's filing system first: where the list is \
             wrong, or a name has merely been updated, just tell us; where they differ indeed:",
        )),
        ..defect
    })
}

/// The numbers that a visitor sees: of each page those of the foot, else those of the body.
pub(super) fn shown(evidence: &Evidence) -> Vec<FilingNumber> {
    let mut numbers = Vec::new();
    for page in evidence.hosts.iter().filter(|h| h.role != Role::Filed).filter_map(page) {
        let visible = page.record_numbers.iter();
        let visible = visible.filter(|shown| shown.visible && shown.form != Form::Placeholder);
        let foot = visible.clone().any(|shown| shown.zone == Zone::Footer);
        let judged = visible.filter(|shown| !foot || shown.zone == Zone::Footer);
        let judged = judged.filter_map(|shown| shown.number()?.filing().cloned());
        numbers.extend(judged.filter(|number| number.serial.is_some()));
    }
    numbers
}

fn page(host: &HostEvidence) -> Option<&Page> {
    let served = host.visit.as_ref()?.best()?.answer().filter(|seen| seen.is_good());
    host.rendered().map(|rendered| &rendered.page).or(served?.page.as_ref())
}
