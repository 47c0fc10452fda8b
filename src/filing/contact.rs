//! Phones and mail addresses as lists have them: what form they are of.

use super::{Domain, text};
use unicode_normalization::UnicodeNormalization;

/// The most numbers or addresses of one cell that are read.
const MOST: usize = 16;

/// The form of a phone number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phone {
    /// The eleven digits of a mobile phone of the mainland.
    Mobile(String),
    /// A fixed line, with or without its area code.
    Landline,
    /// A short or service number: 400…, 95….
    Service,
    /// Of another country or region.
    Elsewhere,
    /// The list hides some digits.
    Masked,
    /// No number that can be dialled.
    Malformed,
}

/// Every phone number of a cell, each with the text as it stands.
pub fn phones(cell: &str) -> Vec<(String, Phone)> {
    let folded: String = cell.nfkc().filter(|&c| !text::is_invisible(c)).collect();
    let parts = folded.split([';', ',', '、', '/', '|', '\n', '或']).map(str::trim);
    let parts = parts.filter(|part| !text::is_absent(part)).take(MOST);
    parts.flat_map(numbers).take(MOST).collect()
}

/// The number of one part; two that only a space parts.
fn numbers(part: &str) -> Vec<(String, Phone)> {
    let words: Vec<&str> = part.split_whitespace().collect();
    let all: Vec<(String, Phone)> =
        words.iter().map(|word| ((*word).to_owned(), phone(word))).collect();
    let is_whole = |(_, phone): &(String, Phone)| matches!(phone, Phone::Mobile(_));
    if all.len() > 1 && all.iter().filter(|one| is_whole(one)).count() > 0 {
        return all.into_iter().filter(is_whole).collect();
    }
    vec![(part.to_owned(), phone(part))]
}

fn phone(written: &str) -> Phone {
    if written.contains('*') || written.to_lowercase().contains("xx") {
        return Phone::Masked;
    }
    // A word before the number (手机：…), and an extension behind it.
    let start = written.find(|c: char| c.is_ascii_digit() || "+(".contains(c));
    let number = written.get(start.unwrap_or(written.len())..).unwrap_or_default();
    let number = number.split(['转', '#', 'x', 'e', 'E']).next().unwrap_or(number);
    let is_odd = |c: char| !c.is_ascii_digit() && !c.is_whitespace() && !"+-–—‐()._".contains(c);
    if number.contains(is_odd) {
        return Phone::Malformed;
    }
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    if number.starts_with('+') || number.starts_with("(+") {
        return match digits.strip_prefix("86") {
            Some(rest) => inland(rest.trim_start_matches('0')),
            None => Phone::Elsewhere,
        };
    }
    if let Some(rest) = digits.strip_prefix("0086") {
        return inland(rest.trim_start_matches('0'));
    }
    if digits.starts_with("00") {
        return Phone::Elsewhere;
    }
    // 086 and 86 without a sign stand before a whole number only.
    for prefix in ["086", "86"] {
        if let Some(rest) = digits.strip_prefix(prefix).filter(|rest| rest.len() >= 10) {
            let read = inland(rest.trim_start_matches('0'));
            if read != Phone::Malformed {
                return read;
            }
        }
    }
    match digits.strip_prefix('0') {
        Some(rest) => area(rest),
        None => local(&digits),
    }
}

/// What stands behind the country's code: a mobile number, or an area code without its 0.
fn inland(digits: &str) -> Phone {
    if is_mobile(digits) { Phone::Mobile(digits.to_owned()) } else { area(digits) }
}

/// A fixed line by its area code, without the 0 before it: 10 and 2x have eight digits behind
/// them, the three-digit codes seven or eight.
fn area(digits: &str) -> Phone {
    let has_code =
        digits.starts_with("10") || digits.starts_with(['2', '3', '4', '5', '6', '7', '8', '9']);
    match digits.len() {
        9..=12 if is_mobile(digits) => Phone::Mobile(digits.to_owned()),
        9..=11 if has_code => Phone::Landline,
        _ => Phone::Malformed,
    }
}

/// A number without any code before it.
fn local(digits: &str) -> Phone {
    let begins = |starts: &[&str]| starts.iter().any(|start| digits.starts_with(start));
    match digits.len() {
        11 if is_mobile(digits) => Phone::Mobile(digits.to_owned()),
        11 if begins(&["852", "853"]) => Phone::Elsewhere,
        12 if begins(&["886"]) => Phone::Elsewhere,
        10 if begins(&["400", "800"]) => Phone::Service,
        5 | 6 if begins(&["95", "96", "10", "12", "11"]) => Phone::Service,
        // The 0 of an area code got lost, as a spreadsheet does to it.
        10 | 11 if begins(&["10", "2", "3", "4", "5", "6", "7", "8", "9"]) => Phone::Landline,
        7 | 8 if !begins(&["0", "1"]) => Phone::Landline,
        _ => Phone::Malformed,
    }
}

fn is_mobile(digits: &str) -> bool {
    let mut first = digits.chars();
    digits.len() == 11
        && first.next() == Some('1')
        && first.next().is_some_and(|second| ('3'..='9').contains(&second))
}

/// The form of a mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mailbox {
    /// Mail can be sent to it.
    Sound,
    /// The list hides some of it.
    Masked,
    /// No mail address.
    Malformed,
}

/// Every mail address of a cell, each with the text as it stands.
pub fn mailboxes(cell: &str) -> Vec<(String, Mailbox)> {
    let folded: String = cell.nfkc().filter(|&c| !text::is_invisible(c)).collect();
    let is_between = |c: char| c.is_whitespace() || ";,、|".contains(c);
    let parts = folded.split(is_between).filter(|part| !text::is_absent(part)).take(MOST);
    parts.map(|part| (part.to_owned(), mailbox(part))).collect()
}

/// Pragmatic: what mail servers take, and what people mean by an address.
fn mailbox(written: &str) -> Mailbox {
    if written.contains('*') {
        return Mailbox::Masked;
    }
    let address = written.strip_prefix("mailto:").unwrap_or(written);
    let Some((local, domain)) = address.split_once('@') else { return Mailbox::Malformed };
    let is_odd = |c: char| c.is_control() || "()<>[]:;\\\"@".contains(c);
    let is_local = (1..=64).contains(&local.chars().count())
        && !local.contains(is_odd)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let is_domain =
        !domain.contains(['/', ':', '?', '#', '\\', '@']) && Domain::parse(domain).is_ok();
    if is_local && is_domain { Mailbox::Sound } else { Mailbox::Malformed }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(cell: &str) -> Phone {
        let read = phones(cell);
        assert_eq!(read.len(), 1, "{cell}: {read:?}");
        read[0].1.clone()
    }

    #[test]
    fn a_mobile_number_is_read_from_every_spelling_of_it() {
        for cell in [
            "13800000000",
            "138 0000 0000",
            "138-0000-0000",
            "+86 138-0000-0000",
            "+8613800000000",
            "(+86)13800000000",
            "008613800000000",
            "8613800000000",
            "086-13800000000",
            "１３８００００００００",
            "手机：13800000000",
            "013800000000",
        ] {
            assert_eq!(one(cell), Phone::Mobile("13800000000".to_owned()), "{cell}");
        }
    }

    #[test]
    fn other_numbers_are_told_apart() {
        for (cell, expected) in [
            ("010-88888888", Phone::Landline),
            ("(0571) 8888 8888", Phone::Landline),
            ("0571-8888888转801", Phone::Landline),
            ("+86 10 8888 8888", Phone::Landline),
            ("57188888888", Phone::Landline),
            ("88888888", Phone::Landline),
            ("400-000-0000", Phone::Service),
            ("95000", Phone::Service),
            ("+852 2000 0000", Phone::Elsewhere),
            ("00852-20000000", Phone::Elsewhere),
            ("138****0000", Phone::Masked),
            ("138xxxx0000", Phone::Masked),
            ("1380000000", Phone::Malformed),
            ("138000000000", Phone::Malformed),
            ("12800000000", Phone::Malformed),
            ("1.38E+10", Phone::Malformed),
            ("见附件", Phone::Malformed),
        ] {
            assert_eq!(one(cell), expected, "{cell}");
        }
    }

    #[test]
    fn a_cell_may_hold_several_numbers() {
        let forms = |cell| phones(cell).into_iter().map(|(_, phone)| phone).collect::<Vec<_>>();
        let mobile = |digits: &str| Phone::Mobile(digits.to_owned());
        assert_eq!(forms("010-88888888 / 13800000000"), [Phone::Landline, mobile("13800000000")]);
        assert_eq!(
            forms("13800000000 13900000000"),
            [mobile("13800000000"), mobile("13900000000")]
        );
        assert_eq!(forms("网站负责人 13800000000"), [mobile("13800000000")]);
        assert_eq!(forms(" - "), []);
    }

    #[test]
    fn mail_addresses_are_told_from_what_is_none() {
        for (cell, expected) in [
            ("desk@site.example", Mailbox::Sound),
            ("DESK+a.b_c-d@SITE.example", Mailbox::Sound),
            ("ｄｅｓｋ＠ｓｉｔｅ.example", Mailbox::Sound),
            ("desk@示例商店.example", Mailbox::Sound),
            ("客服@示例商店.example", Mailbox::Sound),
            ("mailto:desk@site.example", Mailbox::Sound),
            ("d***@site.example", Mailbox::Masked),
            ("desk.site.example", Mailbox::Malformed),
            ("desk@", Mailbox::Malformed),
            ("@site.example", Mailbox::Malformed),
            ("desk@site", Mailbox::Malformed),
            ("desk@@site.example", Mailbox::Malformed),
            ("desk@site..example", Mailbox::Malformed),
            ("desk@192.0.2.1", Mailbox::Malformed),
            ("desk@site.example/", Mailbox::Malformed),
        ] {
            assert_eq!(mailboxes(cell), [(cell.nfkc().collect::<String>(), expected)], "{cell}");
        }
        assert_eq!(mailboxes("a@site.example; b@site.example").len(), 2);
    }

    proptest! {
        #[test]
        fn any_cell_is_read(cell in "[0-9+() ;、转-]{0,40}|\\PC{0,40}") {
            prop_assert!(phones(&cell).len() <= MOST && mailboxes(&cell).len() <= MOST);
        }
    }
}
