use super::{Flaw, Form, Province, find, find_police, fold::fold_char};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A number that a website may show: of a filing, or of a licence.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Number {
    /// `粤ICP备12345678号-3`
    Filing(FilingNumber),
    /// `粤B2-20090059`, `京ICP证030173号`
    Licence(Licence),
}

/// A filing number: the subject's (no serial) or a service's.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct FilingNumber {
    /// The province that issued it.
    pub province: Province,
    /// 6 to 10 ASCII digits, kept as written: leading zeros count.
    pub digits: String,
    /// The service's serial under its subject; `None` in the subject's own number.
    pub serial: Option<u32>,
    /// What kind of service other than a website the number is of.
    pub suffix: Option<Suffix>,
}

/// The letter behind the serial of a service that is not a website.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Suffix {
    /// `A`
    App,
    /// `X`
    MiniProgram,
    /// `K`
    QuickApp,
}

/// A licence number in its canonical form, as the certificate writes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Licence {
    /// The form of the certificate, without the site's serial: `粤B2-20090059`, `京ICP证030173号`.
    pub base: String,
    /// The serial that some holders add for one of their sites.
    pub serial: Option<u32>,
}

/// Why a text is not a record number, in words for the person who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ParseError(pub &'static str);

impl FilingNumber {
    /// The number of the subject that this service belongs to.
    pub fn subject(&self) -> FilingNumber {
        FilingNumber { serial: None, suffix: None, ..self.clone() }
    }

    /// Whether both numbers are of one subject.
    pub fn same_subject(&self, other: &FilingNumber) -> bool {
        self.province == other.province && self.digits == other.digits
    }
}

impl fmt::Display for FilingNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}ICP备{}号", self.province.letter(), self.digits)?;
        if let Some(serial) = self.serial {
            write!(f, "-{serial}")?;
        }
        match self.suffix {
            Some(Suffix::App) => f.write_str("A"),
            Some(Suffix::MiniProgram) => f.write_str("X"),
            Some(Suffix::QuickApp) => f.write_str("K"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Licence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)?;
        match self.serial {
            Some(serial) => write!(f, "-{serial}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Filing(number) => number.fmt(f),
            Number::Licence(number) => number.fmt(f),
        }
    }
}

impl FromStr for Number {
    type Err = ParseError;

    /// Reads one whole text as a number, folding it first; a missing `号`, missing
    /// letters or a colloquial province letter are read, other text around it is refused.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let whole = text.trim();
        if let Some(number) = official(whole) {
            return Ok(Number::Filing(number));
        }
        searched(whole)
    }
}

/// Reads a whole text by what is found in it.
fn searched(whole: &str) -> Result<Number, ParseError> {
    let mut found = find(whole).into_iter();
    let Some(first) = found.next() else {
        return Err(ParseError(nothing_found(whole)));
    };
    if found.next().is_some() {
        return Err(ParseError("more than one number"));
    }
    if first.span != (0..whole.len()) {
        return Err(ParseError("other text stands around the number"));
    }
    first.number.ok_or(ParseError(match first.form {
        Form::Placeholder => "a placeholder stands where the digits should",
        _ if first.flaws.contains(&Flaw::NoProvince) => "the province letter is missing",
        _ => "a number has 6 to 10 digits",
    }))
}

/// A whole text that is a number just as the ministry writes it; most are.
fn official(text: &str) -> Option<FilingNumber> {
    let mut rest = text.chars();
    let letter = rest.next()?;
    let province = Province::from_letter(letter).filter(|province| province.letter() == letter)?;
    let (digits, behind) = rest.as_str().strip_prefix("ICP备")?.split_once('号')?;
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !(6..=10).contains(&digits.len()) || !is_digits(digits) {
        return None;
    }
    let serial = match behind.strip_prefix('-') {
        Some(serial) if (1..=3).contains(&serial.len()) && is_digits(serial) => serial,
        None if behind.is_empty() => "",
        _ => return None,
    };
    if serial.starts_with('0') {
        return None;
    }
    let serial = if serial.is_empty() { None } else { Some(serial.parse().ok()?) };
    Some(FilingNumber { province, digits: digits.to_owned(), serial, suffix: None })
}

fn nothing_found(text: &str) -> &'static str {
    if text.is_empty() {
        "the text is empty"
    } else if !text.chars().any(|c| fold_char(c).is_some_and(|c| c.is_ascii_digit())) {
        "there are no digits in it"
    } else if find_police(text).is_empty() {
        "it has not the form of a record number, such as 粤ICP备2099000123号-1"
    } else {
        "this is the number of a police record"
    }
}

impl TryFrom<String> for Number {
    type Error = ParseError;

    fn try_from(text: String) -> Result<Self, ParseError> {
        text.parse()
    }
}

impl TryFrom<String> for FilingNumber {
    type Error = ParseError;

    fn try_from(text: String) -> Result<Self, ParseError> {
        match text.parse()? {
            Number::Filing(number) => Ok(number),
            Number::Licence(_) => Err(ParseError("this is the number of a licence")),
        }
    }
}

impl From<FilingNumber> for String {
    fn from(number: FilingNumber) -> String {
        number.to_string()
    }
}

impl From<Number> for String {
    fn from(number: Number) -> String {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_ministry_s_form_is_read_without_a_search() {
        for text in ["粤ICP备2099000123号", "粤ICP备2099000123号-1", "京ICP备00000000号-120"]
        {
            let number = official(text).unwrap();
            assert_eq!(number.to_string(), text);
            assert_eq!(searched(text), Ok(Number::Filing(number)));
        }
        for text in ["川ICP备20990001号", "粤ICP备20990001号-01", "粤ICP备20990001号-1A", ""]
        {
            assert_eq!(official(text), None, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn what_is_read_without_a_search_is_what_a_search_finds(
            text in "[粤京蜀川P1]ICP备(2099|1234|0000|1)?[0-9]{2,8}号(-{0,2}[0-9]{1,4}[AXK]?)?[ -]?",
        ) {
            if let Some(number) = official(&text) {
                prop_assert_eq!(searched(&text), Ok(Number::Filing(number)));
            }
        }
    }
}
