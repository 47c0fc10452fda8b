//! Text made harmless for where it goes. Nothing that the network or a list says may move a
//! cursor, turn the reading direction, begin a formula, or break a row.

/// Longer cells are cut: Excel takes 32,767 characters at most.
const LONGEST_CELL: usize = 32_000;

/// A text as a spreadsheet cell: one line, without control or bidi characters, and no formula.
pub fn cell(text: &str) -> String {
    let flat = flat(text);
    let mut cell = String::with_capacity(flat.len() + 1);
    if begins_formula(&flat) {
        cell.push('\'');
    }
    let room = LONGEST_CELL - cell.len();
    match flat.char_indices().nth(room) {
        Some((cut, _)) => {
            cell.push_str(flat.get(..cut).unwrap_or_default());
            cell.push('…');
        }
        None => cell.push_str(&flat),
    }
    cell
}

/// A text as one line on a terminal: without control or bidi characters.
pub fn terminal(text: &str) -> String {
    flat(text)
}

/// JSON text with what nobody sees, and what some readers take for a line end, as `\\uXXXX`:
/// the same value, on one line for every reader, and harmless when printed.
pub fn json(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some((plain, escape, behind)) = unplain(rest) {
        json.push_str(plain);
        json.push_str(&escape);
        rest = behind;
    }
    json.push_str(rest);
    json
}

/// The text before the first character that JSON text must not hold, that one by its number, and
/// the rest.
pub(super) fn unplain(text: &str) -> Option<(&str, String, &str)> {
    let (plain, c, rest) = before_unplain(text)?;
    // Such characters stand in strings only, where two units may be written for one.
    let units = c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
    Some((plain, units, rest))
}

/// The text before that character, the character, and the rest. By far most text has none: its
/// bytes are looked through for those that could begin one.
fn before_unplain(text: &str) -> Option<(&str, char, &str)> {
    let may_begin = |byte: &u8| MAY_BEGIN.get(usize::from(*byte)).is_some_and(|may| *may);
    let bytes = text.as_bytes();
    let mut from = 0;
    loop {
        let at = from + bytes.get(from..)?.iter().position(may_begin)?;
        let mut behind = text.get(at..)?.chars();
        let c = behind.next()?;
        if is_unseen(c) || is_line_end(c) {
            return Some((text.get(..at)?, c, behind.as_str()));
        }
        from = at + c.len_utf8();
    }
}

/// Whether a byte may begin such a character.
const MAY_BEGIN: [bool; 256] = {
    let mut table = [false; 256];
    let mut rest = table.as_mut_slice();
    let mut byte = 0_u8;
    while let [first, behind @ ..] = rest {
        *first = matches!(byte, 0..=0x9 | 0xb..=0x1f | 0x7f | 0xc2 | 0xd8 | 0xe2 | 0xef | 0xf3);
        byte = byte.wrapping_add(1);
        rest = behind;
    }
    table
};

/// Whether some readers end a line here.
fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether a spreadsheet may take the text for a formula. Some programs drop leading space
/// before they look, and some read full-width signs.
pub(super) fn begins_formula(text: &str) -> bool {
    let first = text.trim_start().chars().next();
    first
        .is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠'))
}

/// Whether a character is dropped: control, bidi, and others that are not seen.
pub(super) fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// One line: line breaks and tabs become a space, unseen characters go, edges are trimmed.
fn flat(text: &str) -> String {
    let mut flat = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c == '\t' || is_line_end(c) => {
                if !flat.ends_with(' ') {
                    flat.push(' ');
                }
            }
            c if is_unseen(c) => {}
            c => flat.push(c),
        }
    }
    flat.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        for start in
            ["=", "+", "-", "@", "\t=", "\r\n=", " =", "＝", "\u{200b}=", "\u{feff}@", "|", "%"]
        {
            let text = cell(&format!("{start}HYPERLINK(\"http://site.example\",\"x\")"));
            assert!(text.starts_with('\''), "{start:?} gave {text:?}");
        }
        assert_eq!(cell("粤ICP备2099000123号-1"), "粤ICP备2099000123号-1");
        assert_eq!(cell("a=b"), "a=b");
    }

    #[test]
    fn a_cell_is_one_line_that_hides_nothing() {
        assert_eq!(cell("a\r\nb\tc\u{2028}d\u{85}e"), "a b c d e");
        assert_eq!(cell("\u{1b}[31mred\u{202e}txt.exe\u{0}\u{7f}\u{9b}"), "[31mredtxt.exe");
        assert_eq!(cell("zero\u{200b}width\u{ad}"), "zerowidth\u{ad}");
    }

    #[test]
    fn a_cell_has_a_length_that_spreadsheets_take() {
        let long = cell(&"备".repeat(100_000));
        assert_eq!(long.chars().count(), LONGEST_CELL + 1);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn json_keeps_its_value_and_shows_all_of_it() {
        let hostile = "a\u{202e}b\u{2028}c\u{85}d\u{e0041}\u{9b}e\u{1b}\n";
        let plain = serde_json::to_string(hostile).unwrap();
        let safe = json(&plain);
        assert_eq!(safe, r#""a\u202eb\u2028c\u0085d\udb40\udc41\u009be\u001b\n""#);
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), hostile);
        assert_eq!(json("{\n  \"备案\": 1\n}"), "{\n  \"备案\": 1\n}");
    }

    #[test]
    fn every_character_is_written_as_it_is_or_by_its_number() {
        for c in '\0'..=char::MAX {
            let is_plain = c == '\n' || !(is_unseen(c) || is_line_end(c));
            let safe = json(c.encode_utf8(&mut [0; 4]));
            assert_eq!(safe.starts_with("\\u"), !is_plain, "{c:?} gave {safe:?}");
        }
    }

    #[test]
    fn a_terminal_gets_no_escape_sequences() {
        let hostile = "\u{1b}]0;title\u{7}\u{9b}2J\u{202e}\u{2066}ok\r\nnext";
        assert_eq!(terminal(hostile), "]0;title2Jok next");
    }
}
