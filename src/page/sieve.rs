//! Which stretches of a page's text may hold what its lines are looked through for. Few do: all
//! of the text is looked at once, many bytes in a step, where a look at each short line by itself
//! would be mostly beginnings and ends.

use std::ops::Range;

/// Bytes of a stretch.
const STRETCH: usize = 32;

/// For each stretch of a text, a bit for each kind that it may hold.
#[derive(Default)]
pub(super) struct Sieve(Vec<u8>);

/// What lines are looked through for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sought {
    /// Record numbers.
    Number = 1,
    /// Police numbers.
    Police = 2,
    /// The words of a foot and their like.
    Words = 4,
}

impl Sieve {
    /// Looks at a text.
    pub(super) fn of(text: &str) -> Sieve {
        let text = text.as_bytes();
        let mut sieve = Sieve(vec![0; text.len().div_ceil(STRETCH)]);
        sieve.note(text, Sought::Number, crate::record::hints_at_number);
        sieve.note(text, Sought::Police, crate::record::hints_at_police);
        sieve.note(text, Sought::Words, super::line_words::hints_at_word);
        sieve
    }

    /// Whether a part of the text may hold it.
    pub(super) fn may_hold(&self, part: &Range<usize>, sought: Sought) -> bool {
        let stretches = part.start / STRETCH..part.end.div_ceil(STRETCH);
        let bits = self.0.get(stretches).unwrap_or_default();
        bits.iter().any(|bits| bits & sought as u8 != 0)
    }

    /// Notes the stretches in which two bytes behind each other hint at it. Behind the end of
    /// the text stands nothing, which is 0.
    fn note(&mut self, text: &[u8], sought: Sought, hints: impl Fn(u8, u8) -> bool) {
        let any = |firsts: &[u8], seconds: &[u8]| {
            firsts.iter().zip(seconds).fold(false, |any, (one, two)| any | hints(*one, *two))
        };
        let behind = text.get(1..).unwrap_or_default();
        let whole = text.as_chunks::<STRETCH>().0.iter().zip(behind.as_chunks::<STRETCH>().0);
        let mut bits = self.0.iter_mut();
        let mut read = 0;
        // Of a constant length, which makes it a few steps.
        for ((firsts, seconds), bits) in whole.zip(&mut bits) {
            *bits |= u8::from(any(firsts, seconds)) * sought as u8;
            read += STRETCH;
        }
        let rest = text.get(read..).unwrap_or_default();
        for (firsts, bits) in rest.chunks(STRETCH).zip(bits) {
            let seconds = text.get(read + 1..).unwrap_or_default();
            let is_last = firsts.last().is_some_and(|last| hints(*last, 0));
            let found = any(firsts, seconds) | (seconds.len() < firsts.len() && is_last);
            *bits |= u8::from(found) * sought as u8;
            read += STRETCH;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::line_words::LineWords;
    use crate::record::{find, find_police};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_line_is_passed_over_that_holds_something(
            lines in prop::collection::vec(
                "[a-z甲乙安网支办 ]{0,40}(粤ICP备2099000123号|京公网安备11000002990001号|版权所有|copyright|\\(c\\)|\\(|B2-20990001|主办：)?[ 0-9丙]{0,9}",
                0..12,
            ),
        ) {
            let text = lines.concat();
            let sieve = Sieve::of(&text);
            let mut start = 0;
            for line in &lines {
                let part = start..start + line.len();
                start = part.end;
                let words = LineWords::of(line);
                prop_assert!(find(line).is_empty() || sieve.may_hold(&part, Sought::Number));
                prop_assert!(find_police(line).is_empty() || sieve.may_hold(&part, Sought::Police));
                let has_word = words.foot || words.result || words.mark;
                prop_assert!(!has_word || sieve.may_hold(&part, Sought::Words));
            }
        }
    }

    #[test]
    fn most_of_a_text_is_passed_over() {
        let text = format!("{}粤ICP备2099000123号", "示例公司的产品".repeat(40));
        let sieve = Sieve::of(&text);
        assert!(!sieve.may_hold(&(0..800), Sought::Number));
        assert!(!sieve.may_hold(&(0..text.len()), Sought::Police));
        assert!(sieve.may_hold(&(800..text.len()), Sought::Number));
        assert!(!Sieve::of("").may_hold(&(0..0), Sought::Words));
    }
}
