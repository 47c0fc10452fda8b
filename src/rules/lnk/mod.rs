//! LNK: the link behind the record number.

mod crossed;
mod dead;
mod elsewhere;
mod lookalike;
mod retired;
mod standing;
mod unlinked;

use super::icp::{place, remedy_with};
use super::sight::{self, pass, quoted, review};
use super::{Defect, Na, Outcome, PageCase, Rule, Text};
use crate::page::{Link, ShownNumber, Zone};
use crate::rules::icp::{Judged, Reading};
use standing::{Carrier, Fault, Linked, cover, linked};

/// The family, in order of code.
pub(super) const RULES: &[Rule] =
    &[unlinked::RULE, elsewhere::RULE, retired::RULE, lookalike::RULE, crossed::RULE, dead::RULE];

/// Where a record number has to lead.
const MINISTRY: &str = "https://beian.miit.gov.cn/";

/// Characters of a link target that a notice quotes.
const TARGET_CHARS: usize = 120;

/// Whether the rules of this family look at the page at all.
pub(super) fn speaks(case: &PageCase<'_>) -> bool {
    linked(case).is_ok()
}

/// What the rule of one fault says.
fn verdict(case: &PageCase<'_>, rule: &Rule, accused: Fault) -> Outcome {
    let (fault, carrier, judged) = match linked(case) {
        Err(na) => return Outcome::Na(na),
        Ok(Linked::Well(number)) => return well(number),
        Ok(Linked::Ill { fault, carrier, judged }) => (fault, carrier, judged),
    };
    if fault != accused {
        return Outcome::Na(Na::Yields(fault.code()));
    }
    match carrier {
        Carrier::Number(number) => ill(case, rule, number, &judged),
        Carrier::Police(police) => {
            doubted(crossed::police_to_ministry(police), sight::doubt_of_foot(case))
        }
    }
}

fn ill(case: &PageCase<'_>, rule: &Rule, number: &ShownNumber, judged: &Judged<'_>) -> Outcome {
    let defect = Defect {
        expected: Text::same(MINISTRY),
        found: found(number),
        place: place(number),
        remedy: remedy_with(case, &rule.texts, pasted(case, judged)),
        ..Defect::default()
    };
    if let Some(cover) = cover(case, number).filter(|_| number.link == Link::Miit) {
        let doubt = sight::doubt_of_foot(case).or_else(|| sight::doubt_of_looks(case));
        return doubted(dead::covered(cover, defect), doubt);
    }
    // The number of an article is judged only because the foot shows none; where the foot
    // may still be made by a script, so may the link.
    let doubt = match number.zone {
        Zone::Body => sight::doubt(case),
        Zone::Footer => sight::doubt_of_foot(case),
    };
    doubted(defect, doubt)
}

fn doubted(defect: Defect, doubt: Option<Text>) -> Outcome {
    match doubt {
        Some(reason) => review(defect, reason),
        None => Outcome::Fail(defect),
    }
}

/// The number to be written in the link: an accepted one stays, a wrong one goes.
fn pasted(case: &PageCase<'_>, judged: &Judged<'_>) -> Option<String> {
    match judged.reading {
        Reading::Accepted | Reading::Uncompared | Reading::UnknownLicence => {
            Some(judged.number.canonical.clone())
        }
        _ => super::icp::exact(case),
    }
}

fn found(number: &ShownNumber) -> Text {
    if number.empty_link {
        return Text::new(
            format!("{}（链接地址是空的）", number.text),
            format!("{} (a link without a target)", number.text),
        );
    }
    if number.href.trim().is_empty() {
        return Text::new(
            format!("{}（没有链接）", number.text),
            format!("{} (no link)", number.text),
        );
    }
    let target = quoted(&number.href, TARGET_CHARS);
    Text::same(format!("{} → {target}", number.text))
}

fn well(number: &ShownNumber) -> Outcome {
    let target = if number.beside.is_empty() { &number.href } else { &number.beside };
    let target = quoted(target, TARGET_CHARS);
    pass(format!("{} 链接到 {target}", number.text), format!("{} leads to {target}", number.text))
}
