//! Filing numbers: `粤ICP备2099000123号-1`.

use super::{
    FilingNumber, Flaw, Form, Found, Number, Province,
    cursor::{Cursor, is_han},
    serial::{Serial, serial},
};
use std::ops::Range;

/// What stands before the digits.
struct Head {
    start: usize,
    province: Option<Province>,
    flaws: Vec<Flaw>,
}

/// Reads a filing number around its `备`.
pub(super) fn around_bei(bei: Cursor<'_>) -> Option<Found> {
    // 设备, 准备: neither a letter nor a mark stands before it, and so no number around it.
    let before = bei.peek_back();
    if before.is_some_and(|c| is_han(c) && Province::from_letter(c).is_none()) {
        return None;
    }
    let head = letters(bei).or_else(|| province_alone(bei))?;
    let mut after = bei;
    after.next()?;
    tail(bei, after, head)
}

/// Reads a filing number that lacks its `备`: `京ICP12345678号`, around its `P`.
pub(super) fn without_bei(p: Cursor<'_>) -> Option<Found> {
    let mut after = p;
    after.next()?;
    after.blanks();
    after.eat(|c| matches!(c, ':' | '-'));
    after.blanks();
    after.peek().filter(char::is_ascii_digit)?;
    let mut head = letters(after)?;
    head.province?;
    head.flaws.push(Flaw::NoBei);
    let found = tail(p, after, head)?;
    let Some(Number::Filing(number)) = &found.number else { return None };
    // Without 号 too, only the usual lengths tell it from a part number.
    (!found.flaws.contains(&Flaw::NoHao) || has_usual_length(&number.digits)).then_some(found)
}

/// Whether digits are as many as the ministry gives: a year of two digits and six, or of
/// four and six.
fn has_usual_length(digits: &str) -> bool {
    matches!(digits.len(), 8 | 10)
}

/// Whether digits begin like those of other registers: a year of four digits and a count
/// (`药备20190013号`). A filing number of eight digits has a year of two.
fn is_dated(digits: &str) -> bool {
    digits.len() == 8 && (digits.starts_with("201") || digits.starts_with("202"))
}

/// Reads back over `ICP` and the province letter.
fn letters(from: Cursor<'_>) -> Option<Head> {
    let mut behind = from;
    let mut flaws = Vec::new();
    behind.blanks_back();
    if behind.eat_back(is_bracket_or_colon).is_some() {
        flaws.push(Flaw::ExtraMarks);
    }
    if !behind.word_back("ICP") {
        if !["IPC", "LCP", "CIP", "1CP"].iter().any(|misspelt| behind.word_back(misspelt)) {
            return None;
        }
        flaws.push(Flaw::NoLetters);
    }
    let start = behind.at();
    behind.blanks_back();
    if behind.eat_back(is_bracket).is_some() {
        flaws.push(Flaw::ExtraMarks);
        behind.blanks_back();
    }
    let before = behind.back();
    match before.and_then(Province::from_letter) {
        Some(province) => {
            if before.is_some_and(Province::is_colloquial) {
                flaws.push(Flaw::ColloquialProvince);
            }
            Some(Head { start: behind.at(), province: Some(province), flaws })
        }
        // A letter of no province is a joke (萌ICP备), and not ours to read.
        None if before.is_some_and(is_han) && !is_label_end(behind, before) => None,
        None if before.is_some_and(|c| c.is_ascii_alphanumeric()) => None,
        None => {
            flaws.push(Flaw::NoProvince);
            Some(Head { start, province: None, flaws })
        }
    }
}

/// Whether a Chinese character before `ICP` ends a label (`备案号 ICP备…`) or a word
/// (`版权所有 ICP备…`), rather than stand for a province.
fn is_label_end(at: Cursor<'_>, c: Option<char>) -> bool {
    let mut after = at;
    after.next();
    matches!(c, Some('号' | '案' | '序'))
        || (after.peek() == Some(' ') && at.peek_back().is_some_and(is_han))
}

/// Reads back over a province letter that stands directly before `备`.
fn province_alone(bei: Cursor<'_>) -> Option<Head> {
    let mut behind = bei;
    let letter = behind.back()?;
    let province = Province::from_letter(letter)?;
    let mut flaws = vec![Flaw::NoLetters];
    if Province::is_colloquial(letter) {
        flaws.push(Flaw::ColloquialProvince);
    }
    Some(Head { start: behind.at(), province: Some(province), flaws })
}

/// Reads what follows `备`: the digits or what stands for them, `号`, the serial.
fn tail(anchor: Cursor<'_>, after: Cursor<'_>, head: Head) -> Option<Found> {
    let Head { start, mut province, mut flaws } = head;
    let mut at = after;
    if marks(&mut at) {
        flaws.push(Flaw::ExtraMarks);
    }
    if province.is_none() {
        province = late_province(&mut at, &mut flaws);
    }
    let blank = blank(at, anchor, start, province);
    if blank.is_some() {
        return blank;
    }
    let digits = digits(&mut at)?;
    let mut end = at;
    at.blanks();
    at.eat(|c| matches!(c, ')' | ']' | '】'));
    if at.word("号") {
        end = at;
    } else {
        flaws.push(Flaw::NoHao);
    }
    let Serial { number: serial, suffix, odd } = serial(&mut end, true);
    if odd {
        flaws.push(Flaw::OddDash);
    }
    let has_letters = !flaws.contains(&Flaw::NoLetters);
    let has_length = (6..=10).contains(&digits.len());
    // Without the letters, only the whole shape tells a number from prose and from the
    // numbers of other registers.
    let is_unclosed = flaws.contains(&Flaw::NoHao) && serial.is_none();
    if !has_letters && (!has_usual_length(&digits) || is_dated(&digits) || is_unclosed) {
        return None;
    }
    if !has_length {
        (3..=14).contains(&digits.len()).then(|| flaws.push(Flaw::WrongLength))?;
    }
    let fake = is_placeholder(&digits);
    let number = province
        .filter(|_| has_length)
        .map(|province| Number::Filing(FilingNumber { province, digits, serial, suffix }));
    let span = start..end.at();
    let form = match (fake, flaws.is_empty()) {
        (true, _) => Form::Placeholder,
        (false, true) => Form::Official,
        (false, false) => Form::Malformed,
    };
    let canonical = match &number {
        Some(number) => number.to_string(),
        None => bare(anchor, &span),
    };
    flaws.sort_unstable();
    flaws.dedup();
    Some(Found { span, number, canonical, form, flaws, licence: false })
}

/// Passes over what people put between `备` and the digits; whether anything was there.
fn marks(at: &mut Cursor<'_>) -> bool {
    let mut any = false;
    for word in ["案", "序", "编", "号", "码", "字", "第", "字", "NO"] {
        any |= at.word(word);
    }
    at.blanks();
    while at.eat(|c| is_bracket_or_colon(c) || matches!(c, '.' | '-' | '#')).is_some() {
        any = true;
        at.blanks();
        if at.word("第") {
            at.blanks();
        }
    }
    any
}

/// Reads a province letter that stands behind the letters: `ICP备案号：粤99000123号`.
fn late_province(at: &mut Cursor<'_>, flaws: &mut Vec<Flaw>) -> Option<Province> {
    let mut ahead = *at;
    let letter = ahead.next()?;
    let province = Province::from_letter(letter)?;
    ahead.blanks();
    ahead.peek().filter(char::is_ascii_digit)?;
    *at = ahead;
    flaws.retain(|flaw| *flaw != Flaw::NoProvince);
    flaws.push(Flaw::ExtraMarks);
    if Province::is_colloquial(letter) {
        flaws.push(Flaw::ColloquialProvince);
    }
    Some(province)
}

/// Reads what stands in for the digits: `XXXXXXXX`, `2026****`, or nothing at all before `号`.
fn blank(
    at: Cursor<'_>,
    anchor: Cursor<'_>,
    start: usize,
    province: Option<Province>,
) -> Option<Found> {
    let mut end = at;
    let run = end.run(24, |c| c.is_ascii_digit() || is_blank_mark(c))?;
    if run.chars().filter(|&c| is_blank_mark(c)).count() < 3 && !run.contains('…') {
        return None;
    }
    province?;
    let mut ahead = end;
    if ahead.word("号") {
        end = ahead;
        serial(&mut end, true);
    }
    let span = start..end.at();
    let canonical = bare(anchor, &span);
    Some(Found {
        span,
        number: None,
        canonical,
        form: Form::Placeholder,
        flaws: Vec::new(),
        licence: false,
    })
}

/// Reads the digits. Blanks inside are passed over only where `号` closes the number,
/// so that it is never glued to the digits of its neighbour.
fn digits(at: &mut Cursor<'_>) -> Option<String> {
    let mut whole = *at;
    let mut joined = String::new();
    for _ in 0..10 {
        joined.push_str(&whole.digits(14)?);
        let mut ahead = whole;
        if !ahead.blanks() || !ahead.peek().is_some_and(|c| c.is_ascii_digit()) {
            break;
        }
        whole = ahead;
    }
    if (6..=10).contains(&joined.len()) && whole.clone().word("号") {
        *at = whole;
        return Some(joined);
    }
    let first = at.digits(14)?;
    (!first.is_empty()).then_some(first)
}

/// Whether digits were made up: one digit repeated, a count, or a year without a serial.
pub(super) fn is_placeholder(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    let steps = |by: u8| {
        bytes.windows(2).all(|pair| match pair {
            [a, b] => (a - b'0' + by) % 10 == b - b'0',
            _ => false,
        })
    };
    let serial = digits.get(digits.len().saturating_sub(6)..).unwrap_or_default();
    steps(0) || steps(1) || steps(9) || (digits.len() >= 8 && serial == "000000")
}

/// The folded text of a span without its blanks.
pub(super) fn bare(text: Cursor<'_>, span: &Range<usize>) -> String {
    super::fold(text.part(span)).chars().filter(|c| !c.is_whitespace()).collect()
}

pub(super) fn is_blank_mark(c: char) -> bool {
    matches!(c, 'X' | 'x' | '*' | '?' | '×' | '●' | '○' | '〇' | '某' | '…' | '_' | '✕' | '■' | '□')
}

fn is_bracket(c: char) -> bool {
    matches!(c, '(' | ')' | '[' | ']' | '【' | '】' | '〔' | '〕')
}

fn is_bracket_or_colon(c: char) -> bool {
    is_bracket(c) || c == ':'
}
