//! Licence numbers: of the old form (`京ICP证030173号`) and of today's telecom
//! licences (`粤B2-20090059`, `合字A2.B1.B2-20180017`).

use super::{
    Flaw, Form, Found, Licence, Number, Province,
    cursor::{Cursor, is_han},
    filing::{bare, is_blank_mark, is_placeholder},
    serial::{Serial, serial},
};

/// Reads a licence number of the old form around its `证`.
pub(super) fn old(zheng: Cursor<'_>) -> Option<Found> {
    let mut behind = zheng;
    if !behind.word_back("ICP") {
        return unlettered(zheng);
    }
    let mut start = behind.at();
    behind.blanks_back();
    let before = behind.back();
    let province = before.and_then(Province::from_letter);
    let mut flaws = Vec::new();
    if province.is_some() {
        start = behind.at();
        if before.is_some_and(Province::is_colloquial) {
            flaws.push(Flaw::ColloquialProvince);
        }
    } else if before.is_some_and(is_han) && !behind.peek_back().is_some_and(is_han) {
        // A single character that is no province: a joke.
        return None;
    }
    let mut at = zheng;
    at.next()?;
    read_old(zheng, at, start, province, flaws)
}

/// `电信与信息服务业务经营许可证000007号`: the licence by its full name, without the letters.
fn unlettered(zheng: Cursor<'_>) -> Option<Found> {
    let mut behind = zheng;
    if !behind.word_back("信息服务业务经营许可") {
        return None;
    }
    for word in ["互联网", "与", "电信", "第二类", "增值"] {
        behind.word_back(word);
    }
    let mut at = zheng;
    at.next()?;
    let found = read_old(zheng, at, behind.at(), None, vec![Flaw::NoLetters])?;
    (!found.flaws.contains(&Flaw::NoHao)).then_some(found)
}

fn read_old(
    zheng: Cursor<'_>,
    mut at: Cursor<'_>,
    start: usize,
    province: Option<Province>,
    mut flaws: Vec<Flaw>,
) -> Option<Found> {
    let mut marks = false;
    for word in ["编", "号", "字"] {
        marks |= at.word(word);
    }
    at.blanks();
    while at.eat(|c| matches!(c, ':' | '(' | '[' | '第' | '.' | '-')).is_some() {
        marks = true;
        at.blanks();
    }
    if marks {
        flaws.push(Flaw::ExtraMarks);
    }
    let run = at.run(16, |c| c.is_ascii_digit() || is_blank_mark(c))?;
    let blanks = run.chars().filter(|&c| is_blank_mark(c)).count();
    if blanks == 0 && !(6..=10).contains(&run.len()) || (1..3).contains(&blanks) {
        return None;
    }
    let mut end = at;
    at.eat(|c| matches!(c, ')' | ']'));
    if at.word("号") {
        end = at;
    } else {
        flaws.push(Flaw::NoHao);
    }
    let Serial { number: serial, odd, .. } = serial(&mut end, false);
    if odd {
        flaws.push(Flaw::OddDash);
    }
    let letter = province.map(Province::letter).map(String::from).unwrap_or_default();
    let base = format!("{letter}ICP证{run}号");
    Some(found(zheng, start..end.at(), Licence { base, serial }, &run, flaws))
}

/// Reads a telecom licence from the first of its classes (`B2`, `A2.B1.B2`) on.
pub(super) fn telecom(class: Cursor<'_>) -> Option<Found> {
    if class.peek_back().is_some_and(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    let mut at = class;
    let classes = classes(&mut at)?;
    let (start, issuer) = issuer(class);
    let mut flaws = Vec::new();
    at.blanks();
    let mut dashes = 0;
    while dashes < 3 && at.eat(|c| c == '-').is_some() {
        dashes += 1;
    }
    if dashes != 1 {
        flaws.push(Flaw::OddDash);
    }
    at.blanks();
    let run = at.run(12, |c| c.is_ascii_digit() || is_blank_mark(c))?;
    let is_blank = run.chars().filter(|&c| is_blank_mark(c)).count() >= 3;
    // Eight digits that begin with a year: else it is the name of some product.
    let is_dated = run.len() == 8 && (run.starts_with("19") || run.starts_with("20"));
    if !is_blank && (!is_dated || run.contains(is_blank_mark)) || (dashes == 0 && issuer.is_empty())
    {
        return None;
    }
    let mut end = at;
    if at.eat(|c| c == '号').is_some() {
        end = at;
    }
    let Serial { number: serial, odd, .. } = serial(&mut end, false);
    if odd {
        flaws.push(Flaw::OddDash);
    }
    let base = format!("{issuer}{classes}-{run}");
    Some(found(class, start..end.at(), Licence { base, serial }, &run, flaws))
}

fn classes(at: &mut Cursor<'_>) -> Option<String> {
    let mut classes = String::new();
    for _ in 0..6 {
        let letter = at.eat(|c| matches!(c.to_ascii_uppercase(), 'A' | 'B'))?;
        let digit = at.eat(|c| matches!(c, '1' | '2'))?;
        classes.push(letter.to_ascii_uppercase());
        classes.push(digit);
        let mut ahead = *at;
        ahead.blanks();
        ahead.eat(|c| matches!(c, '.' | ',' | '、' | '·' | '/' | '。'));
        ahead.blanks();
        if !ahead.peek().is_some_and(|c| matches!(c.to_ascii_uppercase(), 'A' | 'B')) {
            return Some(classes);
        }
        *at = ahead;
        classes.push('.');
    }
    None
}

/// Who issued a telecom licence, as its number says it: a province's letter, `合字` for
/// the ministry, or nothing; and where the number begins.
fn issuer(class: Cursor<'_>) -> (usize, String) {
    let mut behind = class;
    if behind.word_back("合字") {
        return (behind.at(), "合字".to_owned());
    }
    if behind.word_back("(合字)") {
        return (behind.at(), "合字".to_owned());
    }
    behind.blanks_back();
    let direct = behind;
    if let Some(province) = behind.back().and_then(Province::from_letter) {
        return (behind.at(), province.letter().to_string());
    }
    // 京ICP证B2-…, 浙ICP备B2-…: the letter stands before the name of what it is taken for.
    let mut behind = direct;
    behind.eat_back(|c| c == ':');
    if behind.word_back("ICP证") || behind.word_back("ICP备") {
        behind.blanks_back();
        if let Some(province) = behind.back().and_then(Province::from_letter) {
            return (behind.at(), province.letter().to_string());
        }
    }
    (class.at(), String::new())
}

fn found(
    text: Cursor<'_>,
    span: std::ops::Range<usize>,
    licence: Licence,
    digits: &str,
    mut flaws: Vec<Flaw>,
) -> Found {
    flaws.sort_unstable();
    flaws.dedup();
    let is_blank = digits.contains(is_blank_mark);
    let form = if is_blank || is_placeholder(digits) {
        Form::Placeholder
    } else if flaws.is_empty() {
        Form::Official
    } else {
        Form::Malformed
    };
    let canonical = if is_blank { bare(text, &span) } else { licence.to_string() };
    let number = (!is_blank).then_some(Number::Licence(licence));
    Found { span, number, canonical, form, flaws, licence: true }
}
