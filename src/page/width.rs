//! Folds texts to plain width, as [`fold`] does, without normalising what nearly all pages
//! are written in.

use crate::record::fold;
use std::sync::LazyLock;

/// Characters that compose with no neighbour, so that each can be folded for itself: dashes
/// and quotes, Chinese punctuation, Chinese, the wide forms of ASCII.
const RANGES: [(u32, u32); 4] =
    [(0x2010, 0x2027), (0x3001, 0x3020), (0x4e00, 0x9fff), (0xff01, 0xff5e)];

/// What [`fold`] makes of each of them; none where that is not one character.
static FOLDED: LazyLock<Vec<Vec<Option<char>>>> = LazyLock::new(|| {
    let alone = |code| {
        let folded = fold(&char::from_u32(code)?.to_string());
        let mut chars = folded.chars();
        chars.next().filter(|_| chars.next().is_none())
    };
    RANGES.iter().map(|(first, last)| (*first..=*last).map(alone).collect()).collect()
});

/// The same text as [`fold`] gives.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match alone(c) {
            Some(c) => folded.push(c),
            None => return fold(text),
        }
    }
    folded
}

fn alone(c: char) -> Option<char> {
    if matches!(c, ' '..='~') {
        return Some(c);
    }
    let code = u32::from(c);
    let (range, (first, _)) =
        RANGES.iter().enumerate().find(|(_, (first, last))| (*first..=*last).contains(&code))?;
    FOLDED.get(range)?.get((code - first) as usize).copied().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_character_is_folded_as_it_is_alone() {
        for c in (0..=0xffffu32).filter_map(char::from_u32) {
            assert_eq!(folded(&c.to_string()), fold(&c.to_string()), "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn a_text_is_folded_as_it_is_by_the_grammar(text in "[ -~一-龥，：（）ａ-ｚ“”…—・\u{300}-\u{310}가-각ｶﾞé備]*") {
            prop_assert_eq!(folded(&text), fold(&text));
        }
    }
}
