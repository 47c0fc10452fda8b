//! ICP: the record number on the page.

mod another_subject;
mod app_number;
mod differs;
mod hidden;
mod malformed;
mod missing;
mod not_at_foot;
mod pair;
mod registered;
mod registry;
mod service_number;
mod several_subjects;
mod standing;
mod subject_number;
mod wrong_serial;
mod yardstick;

use standing::Concealed;
pub(super) use standing::{Judged, Reading, Standing, judged_zone, standing};

use super::layout::eye;
use super::one_site::served_by_several;
use super::sight::{doubt, of_other_filing, pass, review};
use super::{Defect, Na, Outcome, PageCase, Rule, Text, Texts};
use crate::page::{ShownNumber, Zone};
use crate::record::Number;
use yardstick::{Yardstick, uncompared};

/// The family, in order of code.
pub(super) const RULES: &[Rule] = &[
    missing::RULE,
    another_subject::RULE,
    subject_number::RULE,
    service_number::RULE,
    wrong_serial::RULE,
    malformed::RULE,
    not_at_foot::RULE,
    hidden::RULE,
    several_subjects::RULE,
    app_number::RULE,
    registry::RULE,
    differs::RULE,
];

/// The number by which the page is judged, or why there is none.
pub(super) fn judged<'a>(case: &PageCase<'a>) -> Result<Judged<'a>, Na> {
    match standing(case) {
        Standing::Shown(judged) => Ok(judged),
        Standing::Missing | Standing::Unclear(_) => Err(Na::Yields("ICP001")),
        Standing::Hidden(_) => Err(Na::Yields("ICP008")),
    }
}

/// The rule that asks a person to look at the page because it may not have been seen whole.
/// What else was not found on it has the same cause, and needs no second row.
pub(super) fn unclear(case: &PageCase<'_>) -> Option<Na> {
    match standing(case) {
        Standing::Unclear(_) => Some(Na::Yields("ICP001")),
        Standing::Hidden(_) => doubt(case).map(|_| Na::Yields("ICP008")),
        Standing::Missing | Standing::Shown(_) => None,
    }
}

/// The occurrences by which place and sight of the judged number are told: those of the zone
/// that is judged, and those of other accepted numbers with them.
fn occurrences<'a>(case: &PageCase<'a>, judged: &Judged<'a>) -> Vec<&'a ShownNumber> {
    let same = |number: &&ShownNumber| {
        number.canonical == judged.number.canonical
            || judged.accepted.iter().any(|accepted| accepted.canonical == number.canonical)
    };
    case.page.record_numbers.iter().filter(same).filter(|n| eye(case, n).shows()).collect()
}

/// The number that the site has to show, exactly; `None` where the list does not tell.
pub(super) fn exact(case: &PageCase<'_>) -> Option<String> {
    Yardstick::of(case).exact()
}

/// Where a number stands, in words.
pub(super) fn place(number: &ShownNumber) -> Text {
    match number.zone {
        Zone::Footer => Text::new("页脚", "the foot of the page"),
        Zone::Body => Text::new("正文（页脚没有备案号）", "the body (the foot has no number)"),
    }
}

/// A remedy with the number that has to be pasted, where that is not the filed one:
/// `{number}` in a rule's own remedy stands for the filed number as it is.
pub(super) fn remedy_with(
    case: &PageCase<'_>,
    texts: &Texts,
    number: Option<String>,
) -> Option<Text> {
    let filed = case.filing.record_number.as_ref().map(|filed| filed.text.as_str());
    if !texts.zh.remedy.contains("{number}") || (number.is_some() && number.as_deref() == filed) {
        return None;
    }
    let (zh, en) = match number {
        Some(number) => (number.clone(), number),
        None => ("您网站的备案号".to_owned(), "your site's record number".to_owned()),
    };
    // Nothing is filled in later into a text made here.
    let fill = |remedy: &str, number: &str| {
        remedy.replace("{number}", number).replace("{domain}", case.filing.domain.unicode())
    };
    Some(Text::new(fill(texts.zh.remedy, &zh), fill(texts.en.remedy, &en)))
}

/// What a rule says that compares the number with the filed one and accuses one kind of them.
fn accuse(case: &PageCase<'_>, rule: &Rule, accused: Reading) -> Outcome {
    let judged = match judged(case) {
        Ok(judged) => judged,
        Err(na) => return Outcome::Na(na),
    };
    match judged.reading {
        reading if reading == accused => wrong(case, &judged, rule),
        Reading::Accepted => serial_na(case, &judged, accused)
            .map_or_else(|| shown_as_required(judged.number), Outcome::Na),
        Reading::Uncompared => Outcome::Na(uncompared(case.filing)),
        other => Outcome::Na(Na::Yields(speaker(other))),
    }
}

/// Why the serial of an accepted number was not compared.
fn serial_na(case: &PageCase<'_>, judged: &Judged<'_>, accused: Reading) -> Option<Na> {
    let is_filing = matches!(judged.number.number(), Some(Number::Filing(_)));
    if accused == Reading::OtherSubject || !is_filing {
        return None;
    }
    of_other_filing(case).or_else(|| {
        let filed = Yardstick::of(case).filed?;
        filed.serial.is_none().then(|| {
            Na::Other(Text::new(
                "名单里的备案号不带“-n”，无从比较网站序号",
                "the filed number has no -n, so that the serial cannot be compared",
            ))
        })
    })
}

/// The rule that speaks of a number of this kind.
fn speaker(reading: Reading) -> &'static str {
    match reading {
        Reading::SubjectForService => "ICP003",
        Reading::ServiceForSubject => "ICP004",
        Reading::WrongSerial => "ICP005",
        Reading::Nameless => "ICP006",
        Reading::OwnApp | Reading::App => "ICP010",
        Reading::OtherSubject
        | Reading::UnknownLicence
        | Reading::Accepted
        | Reading::Uncompared => "ICP002",
    }
}

/// The failure of a wrong number; a review where the page may show the right one as well.
fn wrong(case: &PageCase<'_>, judged: &Judged<'_>, rule: &Rule) -> Outcome {
    let yardstick = Yardstick::of(case);
    let defect = Defect {
        expected: yardstick.expected(),
        found: Text::same(judged.number.text.clone()),
        place: place(judged.number),
        cause: (judged.reading == Reading::ServiceForSubject)
            .then_some(yardstick.shared)
            .flatten()
            .map(served_by_several),
        remedy: remedy_with(case, &rule.texts, yardstick.exact()),
        ..Defect::default()
    };
    if let Some(licence) = judged.licence {
        return review(defect, may_be_licensed(&licence.text));
    }
    match judged.doubt.clone() {
        Some(reason) => review(defect, reason),
        None => Outcome::Fail(defect),
    }
}

/// Why a page that shows a licence which the list does not have is not accused.
fn may_be_licensed(licence: &str) -> Text {
    Text::new(
        format!(
            "页面还展示了许可证号 {licence}，名单里没有登记；它若是本网站的许可证，可以代替备案号"
        ),
        format!(
            "the page shows the licence number {licence}, which the list does not have; if it is \
             this site's, it may stand in place of the record number"
        ),
    )
}

fn shown_as_required(number: &ShownNumber) -> Outcome {
    let place = place(number);
    pass(format!("{}展示 {}", place.zh, number.text), format!("{} shows {}", place.en, number.text))
}
