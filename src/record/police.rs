use super::{
    ParseError, Province,
    cursor::{Cursor, is_han},
    filing::{is_blank_mark, is_placeholder},
    serial::serial,
};
use serde::{Deserialize, Serialize};
use std::{fmt, ops::Range, str::FromStr};

/// 安, 网 and 網, which a police number is read around.
const AN: &[u8] = "安".as_bytes();
const WANG: &[u8] = "网".as_bytes();
const OLD_WANG: &[u8] = "網".as_bytes();

/// Characters of an office's name, such as 朝阳.
const OFFICE: usize = 8;

/// The number of a site's police record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PoliceNumber {
    /// The province letter; `None` where a page leaves it out and the code does not tell.
    pub province: Option<Province>,
    /// 9 to 16 ASCII digits; today's numbers have 14, of which the first six are a
    /// division code, old ones 11 to 13. Others are malformed.
    pub digits: String,
    /// The serial that some old numbers carry: `京公网安备110102000000号-1`.
    pub serial: Option<u32>,
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

impl PoliceNumber {
    /// The division code (GB/T 2260) of a number of 14 digits: its first six.
    pub fn division(&self) -> Option<&str> {
        self.digits.get(..6).filter(|_| self.digits.len() == 14)
    }

    /// The province that the division code lies in.
    pub fn division_province(&self) -> Option<Province> {
        self.division()?;
        self.coded_province()
    }

    /// The province whose code the digits begin with: those of old numbers do so too.
    fn coded_province(&self) -> Option<Province> {
        let code: u8 = self.digits.get(..2)?.parse().ok()?;
        Province::ALL
            .iter()
            .copied()
            .find(|province| self.has_known_length() && province.division() == code)
    }

    /// Whether it has a length that numbers of some time have or had.
    pub fn has_known_length(&self) -> bool {
        (11..=14).contains(&self.digits.len())
    }
}

/// Whether two bytes behind each other may be of a police number: the last two of 安, 网 or 網.
pub(crate) fn hints_at_police(first: u8, second: u8) -> bool {
    (first == 0xae) & (second == 0x89)
        | (first == 0xbd) & (second == 0x91)
        | (first == 0xb6) & (second == 0xb2)
}

/// Finds police numbers in running text, in order, without overlap.
pub fn find_police(text: &str) -> Vec<FoundPolice> {
    let mut found: Vec<FoundPolice> = Vec::new();
    let mut free = 0;
    for (at, _) in text.bytes().enumerate().filter(|(_, byte)| matches!(byte, 0xe5 | 0xe7)) {
        let here = Cursor::new(text, at);
        let hit = match text.as_bytes().get(at..at + 3) {
            Some(AN) => around(here),
            Some(WANG | OLD_WANG) => without_an(here),
            _ => None,
        };
        let Some(mut hit) = hit else { continue };
        if hit.span.start < free {
            continue;
        }
        free = hit.span.end;
        if hit.number.province.is_none() {
            hit.number.province = hit.number.coded_province();
        }
        found.push(hit);
    }
    found
}

/// Reads a police number around the `安` of its letters.
fn around(an: Cursor<'_>) -> Option<FoundPolice> {
    // The letters in any order: people swap them (公安网备) and leave some out (公安备案号).
    let mut start = an;
    let mut letters = String::new();
    for _ in 0..4 {
        let mut ahead = start;
        ahead.blanks_back();
        let Some(c) = ahead.eat_back(|c| matches!(c, '公' | '网' | '备' | '安')) else { break };
        letters.insert(0, c);
        start = ahead;
    }
    let mut at = an;
    letters.push(at.next()?);
    let names_office = office(&mut at);
    for word in ["部", "机关", "互联网站", "联网", "网监", "网"] {
        if at.word(word) {
            letters.push_str(word);
        }
    }
    if at.word("备") {
        letters.push('备');
    }
    let is_whole = letters.contains('公') && letters.contains('备');
    let is_short = matches!(letters.as_str(), "公网安" | "网安备");
    let found = (is_whole || is_short).then(|| read(start, at, &letters)).flatten()?;
    // Where the letters alone do not tell, the digits must: a telephone number has not
    // the code of a division, and nobody's number is a count.
    let digits = &found.number.digits;
    let is_made_up = is_placeholder(digits) || digits.starts_with("123456");
    let tells = !is_made_up && found.number.coded_province().is_some();
    (tells || is_whole && !names_office).then_some(found)
}

/// Passes over the office that keeps the record: `公安局`, `公安局海淀分局`.
fn office(at: &mut Cursor<'_>) -> bool {
    if !at.word("局") {
        return false;
    }
    let mut ahead = *at;
    for _ in 0..OFFICE {
        if ahead.word("分局") {
            *at = ahead;
            break;
        }
        if ahead.eat(|c| is_han(c) || c.is_ascii_alphabetic()).is_none() {
            break;
        }
    }
    true
}

/// Reads a police number that lacks its `安` (`沪公网备31010599000123号`), around its `网`.
fn without_an(wang: Cursor<'_>) -> Option<FoundPolice> {
    let mut start = wang;
    let mut at = wang;
    at.next()?;
    (start.word_back("公") && at.word("备")).then_some(())?;
    read(start, at, "公网备")
}

/// Reads what follows the letters, which begin at `start`.
fn read(start: Cursor<'_>, mut at: Cursor<'_>, letters: &str) -> Option<FoundPolice> {
    let marks = marks(&mut at);
    let digits = digits(&mut at)?;
    if at.peek().is_some_and(is_blank_mark) {
        return None;
    }
    let mut end = at;
    at.eat(|c| matches!(c, ')' | ']' | '】'));
    let closed = at.word("号");
    if closed {
        end = at;
    }
    let serial = serial(&mut end, false).number;
    let (start, province) = province(start);
    let number = PoliceNumber { province, digits, serial };
    let official = letters == "公网安备"
        && !marks
        && closed
        && number.has_known_length()
        && province.is_some()
        && serial.is_none();
    Some(FoundPolice { span: start..end.at(), number, official })
}

fn province(mut at: Cursor<'_>) -> (usize, Option<Province>) {
    let start = at.at();
    at.blanks_back();
    match at.back().and_then(Province::from_letter) {
        Some(province) => (at.at(), Some(province)),
        None => (start, None),
    }
}

/// Passes over what people put between the letters and the digits; whether anything was there.
fn marks(at: &mut Cursor<'_>) -> bool {
    let mut any = false;
    for word in [
        "信安", "案", "证", "编", "序", "号", "码", "字", ":", "(", "[", "【", "第", "NO", ".", "-",
    ] {
        any |= at.word(word);
    }
    at.blanks();
    any
}

/// Reads the digits, over blanks where `号` closes the number.
fn digits(at: &mut Cursor<'_>) -> Option<String> {
    let mut whole = *at;
    let mut joined = String::new();
    for _ in 0..8 {
        joined.push_str(&whole.digits(16)?);
        let mut ahead = whole;
        if !ahead.blanks() || !ahead.peek().is_some_and(|c| c.is_ascii_digit()) {
            break;
        }
        whole = ahead;
    }
    let mut closing = whole;
    if (11..=14).contains(&joined.len()) && closing.word("号") {
        *at = whole;
        return Some(joined);
    }
    at.digits(16).filter(|digits| digits.len() >= 9)
}

impl fmt::Display for PoliceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(province) = self.province {
            write!(f, "{}", province.letter())?;
        }
        write!(f, "公网安备{}号", self.digits)?;
        match self.serial {
            Some(serial) => write!(f, "-{serial}"),
            None => Ok(()),
        }
    }
}

impl FromStr for PoliceNumber {
    type Err = ParseError;

    /// Reads one whole text as a police number, folding it first; swapped or missing
    /// letters are read, other text around it is refused.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let whole = text.trim();
        if whole.is_empty() {
            return Err(ParseError("the text is empty"));
        }
        let mut hits = whole.match_indices(['安', '网', '網']).filter_map(|(at, c)| {
            let here = Cursor::new(whole, at);
            if c == "安" { around(here) } else { without_an(here) }
        });
        match (hits.next(), hits.next()) {
            (Some(hit), None) if hit.span == (0..whole.len()) => Ok(hit.number),
            (Some(_), None) => Err(ParseError("other text stands around the number")),
            (Some(_), Some(_)) => Err(ParseError("more than one number")),
            (None, _) => Err(ParseError(
                "it has not the form of a police number, such as 粤公网安备44030599000123号",
            )),
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn canonical(text: &str) -> Vec<String> {
        find_police(text).iter().map(|found| found.number.to_string()).collect()
    }

    #[test]
    fn numbers_are_found_in_every_spelling_that_pages_use() {
        for (text, expected, official) in [
            ("粤公网安备44030599000123号", "粤公网安备44030599000123号", true),
            ("粤公网安备 44030599000123号", "粤公网安备44030599000123号", true),
            ("粵公網安備 ４４０３０５９９０００１２３ 號", "粤公网安备44030599000123号", true),
            ("粤公安网备44030599000123号", "粤公网安备44030599000123号", false),
            ("湘公安网备号43010499000123号", "湘公网安备43010499000123号", false),
            ("沪公网备31010599000123号", "沪公网安备31010599000123号", false),
            ("公安备案号 11010599000123", "京公网安备11010599000123号", false),
            ("公安联网备案号：13063899000123", "冀公网安备13063899000123号", false),
            ("[京公网安备:110102990042-1]", "京公网安备110102990042号-1", false),
            ("京公网安备110000990016号", "京公网安备110000990016号", true),
            ("粤公网安备 4403 0599 000123 号", "粤公网安备44030599000123号", true),
            ("粤公网安备【44030599000123】号", "粤公网安备44030599000123号", false),
            ("粤公网安备字第44030599000123号", "粤公网安备44030599000123号", false),
            ("京公网备信安110105990008号", "京公网安备110105990008号", false),
            ("粤公网安44030599000123号", "粤公网安备44030599000123号", false),
            ("京公安网安备11010599000123号", "京公网安备11010599000123号", false),
            ("京市公安局海淀分局备案编号：11010899000123", "京公网安备11010899000123号", false),
            ("深公网安备：4403019991066", "粤公网安备4403019991066号", false),
        ] {
            let found = find_police(text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].number.to_string(), expected, "{text}");
            assert_eq!(found[0].official, official, "{text}");
        }
    }

    #[test]
    fn a_number_is_not_glued_to_its_neighbours() {
        assert_eq!(
            canonical("网站标识码3300009920浙公网安备 33010699000123号网站标识码：1400000045"),
            ["浙公网安备33010699000123号"]
        );
        assert_eq!(
            canonical("公安备案号 11010599000123 京ICP备99000123号"),
            ["京公网安备11010599000123号"]
        );
    }

    #[test]
    fn words_about_the_police_record_are_no_number() {
        for text in [
            "公安备案",
            "公安备案流程 2020",
            "京公网安备XXXXXXXXXXXXXX号",
            "联网安全 12345678901234",
            "北京市公安局 01012345678",
            "某市公安局备案 01012345678",
            "某市公安局分局备案编号：123456789123",
            "沪公网备310105990000xx号",
        ] {
            assert_eq!(canonical(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn the_code_tells_the_province() {
        let number: PoliceNumber = "京公网安备44030599000123号".parse().unwrap();
        assert_eq!(number.division(), Some("440305"));
        assert_eq!(number.division_province(), Some(Province::Guangdong));
        let without: PoliceNumber = "公网安备44030599000123号".parse().unwrap();
        assert_eq!(without.province, None);
    }

    proptest! {
        #[test]
        fn a_printed_number_reads_back(province in proptest::option::of(proptest::sample::select(Province::ALL)), digits in "[0-9]{9,16}", serial in proptest::option::of(0u32..100)) {
            let number = PoliceNumber { province, digits, serial };
            prop_assert_eq!(number.to_string().parse(), Ok(number));
        }

        #[test]
        fn any_text_is_read_without_panic_and_with_ordered_spans(text in "(\\PC|[公网安备京0-9号 -]){0,60}") {
            let mut free = 0;
            for found in find_police(&text) {
                prop_assert!(found.span.start >= free && text.get(found.span.clone()).is_some());
                free = found.span.end;
            }
        }
    }
}
