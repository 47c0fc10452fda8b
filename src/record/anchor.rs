//! Where in running text a record number may be read.

/// A character that a number is read around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Bei,
    Zheng,
    P,
    Class,
}

/// Whether two bytes behind each other may be of an anchor: few of a page are. Without a branch,
/// so that many are looked at in one step; in return it knows anchors by their last two bytes.
pub(crate) fn hints_at_number(first: u8, second: u8) -> bool {
    let is_class = matches!(first | 0x20, b'a' | b'b') & matches!(second, b'1' | b'2' | 0x80..);
    let is_word = (second | 0x20).wrapping_sub(b'a') < 26;
    is_class
        | (first | 0x20 == b'p') & !is_word
        | (first == 0xa4) & (second == 0x87)
        | (first == 0x82) & (second == 0x99)
        | (first == 0xaf) & (second == 0x81)
        | (first == 0xad) & (second == 0x89)
        | (first == 0xa8) & (second == 0xbc)
        | (first == 0xbc) & matches!(second, 0xa1 | 0xa2 | 0xb0)
        | (first == 0xbd) & matches!(second, 0x81 | 0x82 | 0x90)
}

/// Bytes that are looked at in one step; an anchor that begins among them ends two behind.
const STEP: usize = 32;

/// Where a number may be read, and around what.
pub(super) fn anchors(text: &str) -> impl Iterator<Item = (usize, Anchor)> {
    let bytes = text.as_bytes();
    let steps = (0..bytes.len()).step_by(STEP).filter(move |at| may_hold_anchor(bytes, *at));
    steps.flat_map(move |at| {
        let step = bytes.get(at..).unwrap_or_default();
        let begins = step.iter().take(STEP).enumerate().filter(|(_, byte)| begins_anchor(**byte));
        begins.filter_map(move |(by, _)| Some((at + by, anchor(step.get(by..)?)?)))
    })
}

/// Whether an anchor may begin in the step at a byte. The last ones are not worth asking.
fn may_hold_anchor(text: &[u8], at: usize) -> bool {
    let Some(step) = text.get(at..).and_then(|rest| rest.first_chunk::<{ STEP + 2 }>()) else {
        return true;
    };
    let pairs = step.iter().zip(step.iter().skip(1));
    pairs.fold(false, |any, (first, second)| any | hints_at_number(*first, *second))
}

/// Whether an anchor may begin with a byte.
fn begins_anchor(byte: u8) -> bool {
    matches!(byte, b'A' | b'B' | b'P' | b'a' | b'b' | b'p' | 0xe5 | 0xe8 | 0xef)
}

/// The anchor at the beginning of a text. Letters stand in words and scripts by the thousand,
/// so they count only where what follows may go on to a number.
fn anchor(text: &[u8]) -> Option<Anchor> {
    let next = text.get(1).copied().unwrap_or_default();
    match text {
        [b'P' | b'p', ..] => {
            let goes_on = next.is_ascii_digit()
                || matches!(next, b' ' | b'\t'..=b'\r' | b':' | b'-' | 0x80..);
            goes_on.then_some(Anchor::P)
        }
        [b'A' | b'B' | b'a' | b'b', ..] => {
            matches!(next, b'1' | b'2' | 0x80..).then_some(Anchor::Class)
        }
        // 备 and 備.
        [0xe5, 0xa4, 0x87, ..] | [0xe5, 0x82, 0x99, ..] => Some(Anchor::Bei),
        // 证, 證 and 証.
        [0xe8, 0xaf, 0x81, ..] | [0xe8, 0xad, 0x89, ..] | [0xe8, 0xa8, 0xbc, ..] => {
            Some(Anchor::Zheng)
        }
        // Ｐ and ｐ.
        [0xef, 0xbc, 0xb0, ..] | [0xef, 0xbd, 0x90, ..] => Some(Anchor::P),
        // Ａ, Ｂ, ａ and ｂ.
        [0xef, 0xbc, 0xa1 | 0xa2, ..] | [0xef, 0xbd, 0x81 | 0x82, ..] => Some(Anchor::Class),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_character_that_a_number_is_read_around_is_found(
            text in "([甲乙丙]{0,30}[备備证證証PpＰｐABabＡＢａｂX安版网0-9 :,\u{a0}\u{200b}-]{0,20}){0,4}",
        ) {
            let found: Vec<usize> = anchors(&text).map(|(at, _)| at).collect();
            let expected: Vec<usize> = text
                .match_indices(|c: char| "备備证證証PpＰｐABabＡＢａｂ".contains(c))
                .filter(|(at, c)| {
                    let after = text.get(at + c.len()..).unwrap_or_default();
                    match c.as_bytes() {
                        b"P" | b"p" => after.starts_with(|c| !matches!(c, 'A'..='Z' | 'a'..='z' | ',')),
                        [_] => after.starts_with(|c| matches!(c, '1' | '2') || !c.is_ascii()),
                        _ => true,
                    }
                })
                .map(|(at, _)| at)
                .collect();
            prop_assert_eq!(found, expected);
        }
    }
}
