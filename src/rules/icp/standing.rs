//! What the record numbers of a page come to: one classification, on which every rule of
//! the families ICP and LNK rests, so that they never contradict each other.

use super::several_subjects::is_of_other;
use super::yardstick::{Required, Yardstick};
use crate::evidence::Frame;
use crate::page::{Kind, Pictured, ShownNumber, Zone};
use crate::record::{FilingNumber, Form, Number, Relation};
use crate::rules::layout::eye;
use crate::rules::sight::{doubt, doubt_of_absence, doubt_of_foot};
use crate::rules::{PageCase, Text};
use url::Url;

/// What the record numbers of a page come to.
#[derive(Clone)]
pub(in crate::rules) enum Standing<'a> {
    /// The page was read whole and shows no number.
    Missing,
    /// No number was seen, and the page as served does not tell whether a visitor sees one.
    Unclear(Text),
    /// The site's number is there, and not where a visitor sees it as text of the page.
    Hidden(Concealed<'a>),
    /// There are visible numbers.
    Shown(Judged<'a>),
}

/// Where a number is that no visitor sees as text of the page.
#[derive(Clone, Copy)]
pub(in crate::rules) enum Concealed<'a> {
    /// In the document, hidden.
    Hidden(&'a ShownNumber),
    /// In a picture, or in its description.
    Picture(&'a Pictured),
    /// In a frame of another site.
    Frame(&'a Frame, &'a ShownNumber),
}

/// The number by which the page is judged.
#[derive(Clone)]
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

    /// Whether the number is the subject's, as far as the list tells.
    pub(in crate::rules) fn is_own(self) -> bool {
        matches!(
            self,
            Reading::Accepted
                | Reading::SubjectForService
                | Reading::ServiceForSubject
                | Reading::WrongSerial
                | Reading::Uncompared
        )
    }
}

/// Classifies the record numbers of a page.
pub(in crate::rules) fn standing<'a>(case: &PageCase<'a>) -> Standing<'a> {
    case.known.standing.get_or_init(|| classified(case)).clone()
}

fn classified<'a>(case: &PageCase<'a>) -> Standing<'a> {
    let yardstick = Yardstick::of(case);
    let read = judged_numbers(case, &yardstick);
    // Of equals the one that the ministry would write, a filing before a licence;
    // `min_by_key` keeps the first.
    let best = read.iter().copied().min_by_key(|(reading, number)| {
        (*reading, number.form != Form::Official, number.kind != Kind::Filing)
    });
    let Some((reading, number)) = best else {
        let reason = doubt(case).or_else(|| doubt_of_absence(case));
        return match (concealed(case, &yardstick), reason) {
            (Some(concealed), _) => Standing::Hidden(concealed),
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

/// The visible numbers by which the page is judged: those at its foot, what is marked there as
/// somebody else's aside; those of the body where the foot has none, or has none that is
/// accepted and the body has.
fn judged_numbers<'a>(
    case: &PageCase<'a>,
    yardstick: &Yardstick<'_>,
) -> Vec<(Reading, &'a ShownNumber)> {
    let shown = case.page.record_numbers.iter().filter(|number| eye(case, number).shows());
    let read: Vec<_> = shown.map(|number| (reading(number, yardstick), number)).collect();
    let here = Url::parse(case.url).ok();
    let is_site_s = |(reading, number): &(Reading, &ShownNumber)| match reading {
        Reading::OtherSubject => !is_of_other(number, here.as_ref()),
        // A link elsewhere may be the fault of the site's own number.
        Reading::Uncompared => !is_of_other(number, None),
        _ => true,
    };
    let own: Vec<_> = read.iter().copied().filter(is_site_s).collect();
    // Where all are somebody else's, these are what the page shows.
    let read = if own.is_empty() { read } else { own };
    let (foot, body): (Vec<_>, Vec<_>) = read.iter().partition(|(_, n)| n.zone == Zone::Footer);
    let is_accepted = |numbers: &[(Reading, &ShownNumber)]| {
        numbers.iter().any(|(reading, _)| *reading == Reading::Accepted)
    };
    if foot.is_empty() || (is_accepted(&body) && !is_accepted(&foot)) { body } else { foot }
}

/// The site's own number on a page that shows none: hidden, as a picture, in a frame. Another
/// subject's is none of its, wherever it is hidden.
fn concealed<'a>(case: &PageCase<'a>, yardstick: &Yardstick<'_>) -> Option<Concealed<'a>> {
    let is_own = |number: &&ShownNumber| reading(number, yardstick).is_own();
    let page = case.page;
    if let Some(number) = page.record_numbers.iter().find(is_own) {
        return Some(Concealed::Hidden(number));
    }
    let is_named = |pictured: &&Pictured| {
        pictured.canonical.parse().is_ok_and(|number| number_reading(number, yardstick).is_own())
    };
    if let Some(pictured) = page.pictured.iter().find(is_named) {
        return Some(Concealed::Picture(pictured));
    }
    case.rendered?.frames.iter().find_map(|frame| {
        let mut shown = frame.record_numbers.iter().filter(|number| number.visible);
        shown.find(is_own).map(|number| Concealed::Frame(frame, number))
    })
}

/// The same of a page that no browser laid out.
pub(in crate::rules) fn judged_zone(numbers: &[ShownNumber]) -> Vec<&ShownNumber> {
    let visible: Vec<_> = numbers.iter().filter(|number| number.visible).collect();
    let own: Vec<_> = visible.iter().copied().filter(|n| !is_of_other(n, None)).collect();
    let visible = if own.is_empty() { visible } else { own };
    let foot: Vec<_> = visible.iter().copied().filter(|n| n.zone == Zone::Footer).collect();
    if foot.is_empty() { visible } else { foot }
}

/// A number of the body may come from an article while the foot is still to be made by a
/// script, and a placeholder may be filled in by one.
fn doubt_of_number(case: &PageCase<'_>, number: &ShownNumber, reading: Reading) -> Option<Text> {
    if number.zone == Zone::Body || reading == Reading::Nameless {
        doubt(case)
    } else {
        doubt_of_foot(case)
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
        number => number_reading(number, yardstick),
    }
}

fn number_reading(number: Number, yardstick: &Yardstick<'_>) -> Reading {
    match number {
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
