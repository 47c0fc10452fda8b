use super::{ParseError, Province};
use serde::{Deserialize, Serialize};
use std::{fmt, ops::Range, str::FromStr};

/// The number of a site's police record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PoliceNumber {
    /// The province letter; `None` where a page leaves it out.
    pub province: Option<Province>,
    /// 11 to 14 ASCII digits; of 14, the first six are a division code.
    pub digits: String,
}

/// A police number found in running text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundPolice {
    /// Bytes of the text as given.
    pub span: Range<usize>,
    /// What it names, with swapped or missing letters mended.
    pub number: PoliceNumber,
    /// Whether it is written as the police write it.
    pub official: bool,
}

/// Finds police numbers in running text, in order, without overlap.
pub fn find_police(_text: &str) -> Vec<FoundPolice> {
    Vec::new()
}

impl fmt::Display for PoliceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(province) = self.province {
            write!(f, "{}", province.letter())?;
        }
        write!(f, "公网安备{}号", self.digits)
    }
}

impl FromStr for PoliceNumber {
    type Err = ParseError;

    fn from_str(_text: &str) -> Result<Self, ParseError> {
        Err(ParseError("not built yet"))
    }
}

impl TryFrom<String> for PoliceNumber {
    type Error = ParseError;

    fn try_from(text: String) -> Result<Self, ParseError> {
        text.parse()
    }
}

impl From<PoliceNumber> for String {
    fn from(number: PoliceNumber) -> String {
        number.to_string()
    }
}
