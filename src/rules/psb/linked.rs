//! Where the link behind a police number leads.

use super::digits;
use crate::page::{PoliceLink, ShownPolice};

/// How a police number is linked, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Linked {
    /// To its record at today's host.
    Well,
    /// To its record at the host until 2023.
    OldHost,
    /// To another record.
    OtherCode,
    /// To the police's site, but to no record.
    NoCode,
    /// To the ministry's.
    Ministry,
    /// Elsewhere, nowhere, or not at all.
    Not,
}

/// Classifies the link of one occurrence.
pub(super) fn linked(number: &ShownPolice) -> Linked {
    match number.link {
        PoliceLink::Miit => Linked::Ministry,
        PoliceLink::Other | PoliceLink::Dead | PoliceLink::None => Linked::Not,
        PoliceLink::Police => {
            let mut codes = codes(&number.href).peekable();
            let shown = digits(number);
            if codes.peek().is_none() {
                Linked::NoCode
            } else if !codes.any(|code| Some(code) == shown.as_deref()) {
                Linked::OtherCode
            } else if number.href.to_ascii_lowercase().contains("mps.gov.cn") {
                Linked::Well
            } else {
                Linked::OldHost
            }
        }
    }
}

/// The record codes in a link: runs of digits as long as a police number's.
fn codes(href: &str) -> impl Iterator<Item = &str> {
    href.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() >= 9)
}

#[cfg(test)]
mod tests {
    use super::codes;

    #[test]
    fn a_code_is_a_long_run_of_digits_wherever_it_stands_in_the_link() {
        let code = |href| codes(href).collect::<Vec<_>>();
        assert_eq!(
            code("http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=44030099000123"),
            ["44030099000123"]
        );
        assert_eq!(
            code("https://beian.mps.gov.cn/#/query/webSearch?code=44030099000123&x=1"),
            ["44030099000123"]
        );
        assert!(code("https://beian.mps.gov.cn/").is_empty());
    }
}
