//! What the record numbers of a page come to: one classification, on which every rule of
//! the families ICP and LNK rests, so that they never contradict each other.

use super::yardstick::{Required, Yardstick};
use crate::page::{Kind, ShownNumber, Zone};
use crate::record::{FilingNumber, Form, Number, Relation};
use crate::rules::sight::{doubt, doubt_of_foot};
use crate::rules::{PageCase, Text};

/// What the record numbers of a page come to.
pub(in crate::rules) enum Standing<'a> {
    /// The page was read whole and shows no number.
    Missing,
    /// No number was seen, and the page as served does not tell whether a visitor sees one.
    Unclear(Text),
    /// The only numbers are in markup that no visitor sees.
    Hidden(&'a ShownNumber),
    /// There are visible numbers.
    Shown(Judged<'a>),
}

/// The number by which the page is judged.
pub(in crate::rules) struct Judged<'a> {
    /// The accepted one, else the one that comes nearest to it.
    pub(in crate::rules) number: &'a ShownNumber,
    /// How it compares with the filing.
    pub(in crate::rules) reading: Reading,
    /// All accepted ones of the zone that is judged, in page order.
    pub(in crate::rules) accepted: Vec<&'a ShownNumber>,
    /// Why the page may show an accepted number as well.
    pub(in crate::rules) doubt: Option<Text>,
    /// A licence beside it that the list does not have: it may be the filing's.
    pub(in crate::rules) licence: Option<&'a ShownNumber>,
}

/// How a shown number compares with the filing, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::rules) enum Reading {
    /// It is what the site must show, as far as the list tells.
    Accepted,
    /// The subject's number where the service's is required.
    SubjectForService,
    /// The service's number where the subject's is required.
    ServiceForSubject,
    /// The subject is right, the serial is not.
    WrongSerial,
    /// The number of an app, mini program or quick app of the same subject.
    OwnApp,
    /// Another subject's.
    OtherSubject,
    /// A licence that the list does not have.
    UnknownLicence,
    /// There is nothing to compare it with.
    Uncompared,
    /// The number of an app, mini program or quick app, of another subject or with nothing
    /// to compare it with.
    App,
    /// It names no record: a placeholder, or too malformed.
    Nameless,
}

impl Reading {
    /// Whether the number is one that the page must not show in place of its own.
    fn is_wrong(self) -> bool {
        !matches!(self, Reading::Accepted | Reading::Uncompared | Reading::UnknownLicence)
    }
}

/// Classifies the record numbers of a page.
pub(in crate::rules) fn standing<'a>(case: &PageCase<'a>) -> Standing<'a> {
    let yardstick = Yardstick::of(case);
    let read: Vec<_> = judged_zone(&case.page.record_numbers)
        .into_iter()
        .map(|number| (reading(number, &yardstick), number))
        .collect();
    // Of equals the one that the ministry would write, a filing before a licence;
    // `min_by_key` keeps the first.
    let best = read.iter().copied().min_by_key(|(reading, number)| {
        (*reading, number.form != Form::Official, number.kind != Kind::Filing)
    });
    let Some((reading, number)) = best else {
        return match (case.page.record_numbers.first(), doubt(case)) {
            (Some(hidden), _) => Standing::Hidden(hidden),
            (None, Some(reason)) => Standing::Unclear(reason),
            (None, None) => Standing::Missing,
        };
    };
    let of_kind = |kind| read.iter().filter(move |(r, _)| *r == kind).map(|(_, n)| *n);
    let wrong = reading.is_wrong();
    Standing::Shown(Judged {
        number,
        reading,
        accepted: of_kind(Reading::Accepted).collect(),
        doubt: if wrong { doubt_of_number(case, number, reading) } else { None },
        licence: if wrong { of_kind(Reading::UnknownLicence).next() } else { None },
    })
}

/// The visible numbers at the foot of the page; those of the body where the foot has none.
pub(in crate::rules) fn judged_zone(numbers: &[ShownNumber]) -> Vec<&ShownNumber> {
    let in_zone = |zone| numbers.iter().filter(move |n| n.visible && n.zone == zone);
    let foot: Vec<_> = in_zone(Zone::Footer).collect();
    if foot.is_empty() { in_zone(Zone::Body).collect() } else { foot }
}

/// A number of the body may come from an article while the foot is still to be made by a
/// script, and a placeholder may be filled in by one.
fn doubt_of_number(case: &PageCase<'_>, number: &ShownNumber, reading: Reading) -> Option<Text> {
    if number.zone == Zone::Body || reading == Reading::Nameless {
        doubt(case)
    } else {
        doubt_of_foot(case.page)
    }
}

fn reading(shown: &ShownNumber, yardstick: &Yardstick<'_>) -> Reading {
    let Some(number) = shown.number() else { return Reading::Nameless };
    match number {
        // A real number may happen to look like a placeholder: 66666666.
        Number::Filing(number) if shown.form == Form::Placeholder => match yardstick.filed {
            Some(filed) if filed.same_subject(&number) => filing_reading(&number, yardstick),
            _ => Reading::Nameless,
        },
        Number::Licence(_) if shown.form == Form::Placeholder => Reading::Nameless,
        Number::Filing(number) => filing_reading(&number, yardstick),
        Number::Licence(licence) if yardstick.has_licence(&licence) => Reading::Accepted,
        Number::Licence(_) if yardstick.filed.is_some() || !yardstick.licences.is_empty() => {
            Reading::UnknownLicence
        }
        Number::Licence(_) => Reading::Uncompared,
    }
}

fn filing_reading(number: &FilingNumber, yardstick: &Yardstick<'_>) -> Reading {
    let Some(filed) = yardstick.filed else {
        return if number.suffix.is_some() { Reading::App } else { Reading::Uncompared };
    };
    let strict = yardstick.required == Required::Subject;
    match number.relation_to(filed) {
        Relation::Unrelated if number.suffix.is_some() => Reading::App,
        Relation::Unrelated => Reading::OtherSubject,
        _ if number.suffix.is_some() => Reading::OwnApp,
        _ if !yardstick.serial_binds || filed.serial.is_none() => Reading::Accepted,
        Relation::Subject if yardstick.required == Required::Service => Reading::SubjectForService,
        Relation::Same | Relation::OtherService if strict => Reading::ServiceForSubject,
        Relation::OtherService => Reading::WrongSerial,
        // The list has an app's number for a website: its serial says nothing of the site's.
        Relation::Subject | Relation::Same | Relation::Service | Relation::OtherKind => {
            Reading::Accepted
        }
    }
}
