//! Where the link behind the judged number leads: one classification for the family, so
//! that exactly one of its rules speaks.

use crate::evidence::Sight;
use crate::filing::Domain;
use crate::page::{Kind, Link, PoliceLink, ShownNumber, ShownPolice, link_class};
use crate::rules::icp::{Judged, Reading, judged};
use crate::rules::layout::{eye, layout};
use crate::rules::{Na, PageCase};
use url::Url;

/// Hosts on which the ministry shows telecom and ICP licences.
const LICENCE_QUERY: &[&str] = &["tsm.miit.gov.cn", "dxzhgl.miit.gov.cn"];

/// What is wrong with the link, the more special first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fault {
    /// LNK004
    Lookalike,
    /// LNK003
    Retired,
    /// LNK005
    Crossed,
    /// LNK006
    Dead,
    /// LNK002
    Elsewhere,
    /// LNK001
    Unlinked,
}

impl Fault {
    /// The rule that speaks of it.
    pub(super) fn code(self) -> &'static str {
        match self {
            Fault::Lookalike => "LNK004",
            Fault::Retired => "LNK003",
            Fault::Crossed => "LNK005",
            Fault::Dead => "LNK006",
            Fault::Elsewhere => "LNK002",
            Fault::Unlinked => "LNK001",
        }
    }
}

/// What carries the link in question.
pub(super) enum Carrier<'a> {
    /// A record or licence number.
    Number(&'a ShownNumber),
    /// A police number that leads to the ministry.
    Police(&'a ShownPolice),
}

/// What the links of a page come to.
pub(super) enum Linked<'a> {
    /// The number leads where it should.
    Well(&'a ShownNumber),
    /// It does not.
    Ill {
        /// What is wrong.
        fault: Fault,
        /// Of which number.
        carrier: Carrier<'a>,
        /// The number by which the page is judged.
        judged: Judged<'a>,
    },
}

/// Classifies the links of a page; the reason where there is no number to look at.
pub(super) fn linked<'a>(case: &PageCase<'a>) -> Result<Linked<'a>, Na> {
    let judged = judged(case)?;
    if judged.reading == Reading::Nameless {
        return Err(Na::Yields("ICP006"));
    }
    let occurrences = occurrences(case, &judged);
    let well = occurrences
        .iter()
        .copied()
        .find(|n| is_well_linked(case, n))
        .or_else(|| judged.accepted.iter().copied().find(|n| leads_to_ministry(case, n)));
    let ill = occurrences.iter().map(|&n| (fault(case, n), n)).min_by_key(|(fault, _)| *fault);
    let of_number = match (well, ill) {
        (Some(well), _) => Err(well),
        (None, Some(ill)) => Ok(ill),
        (None, None) => Ok((fault(case, judged.number), judged.number)),
    };
    let crossed = crossed_police(&case.page.police_numbers);
    Ok(match (of_number, crossed) {
        (Ok((fault, number)), police) if police.is_none() || fault < Fault::Crossed => {
            Linked::Ill { fault, carrier: Carrier::Number(number), judged }
        }
        (_, Some(police)) => {
            Linked::Ill { fault: Fault::Crossed, carrier: Carrier::Police(police), judged }
        }
        (Ok((fault, number)), None) => {
            Linked::Ill { fault, carrier: Carrier::Number(number), judged }
        }
        (Err(well), None) => Linked::Well(well),
    })
}

/// The visible occurrences of the judged number, wherever on the page: one right link among
/// them is enough.
fn occurrences<'a>(case: &PageCase<'a>, judged: &Judged<'a>) -> Vec<&'a ShownNumber> {
    case.page
        .record_numbers
        .iter()
        .filter(|n| eye(case, n).shows() && n.kind == judged.number.kind)
        .filter(|n| n.canonical == judged.number.canonical)
        .collect()
}

/// Whether the number leads to the ministry, itself or by the link beside it. A licence may
/// also lead to the ministry's licence query, or to a picture or page of the certificate on
/// the site itself.
fn is_well_linked(case: &PageCase<'_>, number: &ShownNumber) -> bool {
    let is_licence = number.kind == Kind::Licence;
    leads_to_ministry(case, number)
        || is_licence
            && cover(case, number).is_none()
            && matches!(number.link, Link::Other | Link::Lookalike)
            && shows_licence(case, &number.href)
}

/// A link that lies under something else leads nowhere; one beside it may.
fn leads_to_ministry(case: &PageCase<'_>, number: &ShownNumber) -> bool {
    let own = number.link == Link::Miit || clicked(case, number) == Some(Link::Miit);
    (own && cover(case, number).is_none()) || !number.beside.is_empty()
}

/// Where the browser says that a click on the number leads.
fn clicked(case: &PageCase<'_>, number: &ShownNumber) -> Option<Link> {
    let target = &layout(case, number)?.target;
    (!target.is_empty()).then(|| link_class(target))
}

/// What lies over the link of a number that is surely seen itself.
pub(super) fn cover<'a>(case: &PageCase<'a>, number: &ShownNumber) -> Option<&'a str> {
    let layout = layout(case, number).filter(|layout| layout.sight == Sight::Seen)?;
    layout.link_covered_by.as_deref()
}

fn shows_licence(case: &PageCase<'_>, href: &str) -> bool {
    let here = case.url;
    let Some(target) = Url::parse(here).ok().and_then(|base| base.join(href.trim()).ok()) else {
        return false;
    };
    let Some(host) = target.host_str().map(|host| host.trim_end_matches('.')) else {
        return false;
    };
    if LICENCE_QUERY.contains(&host) {
        return true;
    }
    let is_homepage = target.path() == "/" && target.query().is_none();
    let own = Domain::parse(host)
        .is_ok_and(|domain| domain.registrable() == case.filing.domain.registrable());
    own && !is_homepage
}

fn fault(case: &PageCase<'_>, number: &ShownNumber) -> Fault {
    let is_covered = cover(case, number).is_some();
    match number.link {
        // A wrong target is the graver fault, and stays one when nothing lies over it.
        Link::Miit if is_covered => Fault::Dead,
        Link::Lookalike => Fault::Lookalike,
        Link::Retired => Fault::Retired,
        Link::Police => Fault::Crossed,
        Link::Dead => Fault::Dead,
        Link::Other | Link::Miit => Fault::Elsewhere,
        Link::None if number.empty_link => Fault::Dead,
        Link::None => Fault::Unlinked,
    }
}

/// A visible police number that leads to the ministry, at none of its occurrences to the police.
fn crossed_police(numbers: &[ShownPolice]) -> Option<&ShownPolice> {
    numbers.iter().find(|n| {
        n.visible
            && n.link == PoliceLink::Miit
            && !numbers.iter().any(|other| {
                other.visible && other.canonical == n.canonical && other.link == PoliceLink::Police
            })
    })
}
