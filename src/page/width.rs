//! Folds texts to plain width, as [`fold`] does, without normalising what nearly all pages
//! are written in.

use super::facts::fold_space;
use crate::record::fold;
use std::{borrow::Cow, sync::LazyLock};

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

/// Which characters of the basic plane stay as they are, a bit each: small enough to be at hand.
static SAME: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let mut same = vec![0; 1 << 10];
    for c in (' '..='\u{ffff}').filter(|c| alone(*c) == Some(*c)) {
        let code = u32::from(c);
        if let Some(bits) = same.get_mut((code >> 6) as usize) {
            *bits |= 1 << (code & 63);
        }
    }
    same
});

/// The text as [`fold`] and then [`fold_space`] make it: the text itself where nothing changes.
pub(super) fn folded(text: &str, most: usize) -> Cow<'_, str> {
    let trimmed = text.trim();
    let same: &[u64] = &SAME;
    let mut folded = String::new();
    // Up to here the text has been taken over.
    let mut from = 0;
    let (mut is_behind_blank, mut is_loose) = (false, false);
    for (at, c) in trimmed.char_indices() {
        is_loose |= is_behind_blank && c == ' ';
        is_behind_blank = c == ' ';
        if is_in(same, c) {
            continue;
        }
        if from == 0 {
            folded.reserve(trimmed.len() + 2);
        }
        folded.push_str(trimmed.get(from..at).unwrap_or_default());
        from = at + c.len_utf8();
        match alone(c) {
            Some(c) => folded.push(c),
            None if c == '…' => folded.push_str("..."),
            None => return Cow::Owned(fold_space(&fold(text), most)),
        }
    }
    let folded = if from == 0 {
        Cow::Borrowed(trimmed)
    } else {
        folded.push_str(trimmed.get(from..).unwrap_or_default());
        Cow::Owned(folded)
    };
    let fits = !is_loose && (folded.len() <= most || folded.chars().nth(most).is_none());
    if fits { folded } else { Cow::Owned(fold_space(&folded, most)) }
}

fn is_in(set: &[u64], c: char) -> bool {
    let code = u32::from(c);
    set.get((code >> 6) as usize).is_some_and(|bits| bits >> (code & 63) & 1 == 1)
}

/// What a character is folded to, whatever stands beside it.
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
        for c in (0..=0x1_ffffu32).filter_map(char::from_u32) {
            let text = c.to_string();
            assert_eq!(folded(&text, 9), fold_space(&fold(&text), 9), "{c:?}");
        }
    }

    #[test]
    fn a_text_that_stays_as_it_is_is_not_copied() {
        assert!(matches!(folded("示例 A店", 9), Cow::Borrowed("示例 A店")));
        assert!(matches!(folded(" 示例 ", 2), Cow::Borrowed("示例")));
        assert_eq!(folded("示例，店…", 9), "示例,店...");
        assert_eq!(folded("示例店", 2), "示例");
    }

    proptest! {
        #[test]
        fn a_text_is_folded_as_it_is_by_the_grammar(
            text in "[ -~一-龥，：（）ａ-ｚ“”…—・\u{300}-\u{310}가-각ｶﾞé備 ]*",
            most in 1usize..60,
        ) {
            prop_assert_eq!(folded(&text, most), fold_space(&fold(&text), most));
        }
    }
}
