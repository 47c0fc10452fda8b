//! PSB: the police record number on the page.

mod another_number;
mod linked;
mod malformed;
mod missing;
mod not_linked;

use super::sight::pass;
use super::{Field, Na, Outcome, PageCase, Rule, Text};
use crate::page::ShownPolice;
use crate::record::PoliceNumber;

/// The family, in order of code.
pub(super) const RULES: &[Rule] =
    &[missing::RULE, another_number::RULE, malformed::RULE, not_linked::RULE];

/// Characters of a link target that a notice quotes.
const TARGET_CHARS: usize = 120;

/// The police's page of one record, as the code that they hand out writes it.
pub(super) fn record_page(shown: &ShownPolice) -> String {
    let code = digits(shown).unwrap_or_default();
    format!("https://beian.mps.gov.cn/#/query/webSearch?code={code}")
}

/// The line to be pasted for a number.
fn anchor(code: &str, text: &str) -> String {
    format!(
        "<a href=\"https://beian.mps.gov.cn/#/query/webSearch?code={code}\" target=\"_blank\">{text}</a>"
    )
}

/// What is known of the filed police number.
enum Filed<'a> {
    /// The list has none.
    No,
    /// The list has something that is no police number.
    Unreadable,
    /// As written, and read.
    Number(&'a str, &'a PoliceNumber),
}

fn filed<'a>(case: &PageCase<'a>) -> Filed<'a> {
    match &case.filing.police_number {
        None => Filed::No,
        Some(filed) => match &filed.number {
            None => Filed::Unreadable,
            Some(number) => Filed::Number(&filed.text, number),
        },
    }
}

/// The number by which the page is judged: the filed one where the page shows it, else the
/// first that is seen. Without one, what the rules about it say.
fn judged<'a>(case: &PageCase<'a>) -> Result<&'a ShownPolice, Na> {
    let visible = || case.page.police_numbers.iter().filter(|shown| shown.visible);
    let filed = match filed(case) {
        Filed::Number(_, number) => Some(number),
        Filed::No | Filed::Unreadable => None,
    };
    filed
        .and_then(|filed| visible().find(|shown| is_record(shown, filed)))
        .or_else(|| visible().next())
        .ok_or_else(|| match missing::check(case) {
            Outcome::Na(na) => na,
            _ => Na::Yields("PSB001"),
        })
}

/// Whether a number names this record. The digits tell; a wrong letter is for PSB003.
fn is_record(shown: &ShownPolice, filed: &PoliceNumber) -> bool {
    shown.number().is_some_and(|number| number.digits == filed.digits)
}

fn digits(shown: &ShownPolice) -> Option<String> {
    shown.number().map(|number| number.digits)
}

fn place() -> Text {
    Text::new("公安备案号", "the police number")
}

fn unreadable() -> Na {
    Na::Other(Text::new(
        "名单里的公安备案号无法识别",
        "the police number in the list cannot be read",
    ))
}

fn shown(number: &ShownPolice) -> Outcome {
    pass(format!("展示 {}", number.text), format!("the page shows {}", number.text))
}

/// No police number is filed with the list.
fn no_filed_number() -> Na {
    Na::MissingField(Field::PoliceNumber)
}
