use super::{Suffix, cursor::Cursor};

/// What follows `号`.
pub(super) struct Serial {
    pub(super) number: Option<u32>,
    pub(super) suffix: Option<Suffix>,
    /// Whether it hangs on something other than one hyphen.
    pub(super) odd: bool,
}

const NOTHING: Serial = Serial { number: None, suffix: None, odd: false };

/// Reads a serial, and the letter of an app, a mini program or a quick app behind it;
/// stays where it is if there is none.
pub(super) fn serial(at: &mut Cursor<'_>, may_have_suffix: bool) -> Serial {
    let mut ahead = *at;
    let apart = ahead.blanks();
    let mut dashes = 0;
    while dashes < 3 && ahead.eat(|c| c == '-').is_some() {
        dashes += 1;
    }
    if dashes == 0 && ahead.eat(|c| matches!(c, '一' | 'ー' | '_' | '~' | '丨')).is_none() {
        return NOTHING;
    }
    ahead.blanks();
    let Some(digits) = ahead.digits(4).filter(|digits| is_serial(digits, &ahead, apart)) else {
        return NOTHING;
    };
    let Ok(number) = digits.parse() else {
        return NOTHING;
    };
    let suffix = if may_have_suffix { suffix(&mut ahead) } else { None };
    *at = ahead;
    Serial { number: Some(number), suffix, odd: dashes != 1 }
}

/// Whether digits behind a dash are a serial, and no telephone number (`号 - 010-…`)
/// or year (`号 - 2015-2020`).
fn is_serial(digits: &str, after: &Cursor<'_>, apart: bool) -> bool {
    let more = matches!(after.peek(), Some('-' | '年'));
    match digits.len() {
        1 | 2 => true,
        3 => !digits.starts_with('0') && !more,
        4 => !(more || digits.starts_with('0') || apart && digits.starts_with(['1', '2'])),
        _ => false,
    }
}

fn suffix(at: &mut Cursor<'_>) -> Option<Suffix> {
    let mut ahead = *at;
    let suffix = match ahead.next()?.to_ascii_uppercase() {
        'A' => Suffix::App,
        'X' => Suffix::MiniProgram,
        'K' => Suffix::QuickApp,
        _ => return None,
    };
    if ahead.peek().is_some_and(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    *at = ahead;
    Some(suffix)
}
