use unicode_normalization::UnicodeNormalization;

/// Folds a text to the alphabet of the grammar: NFKC, zero-width and soft-hyphen
/// characters dropped, dashes to `-`, 備 號 證 to 备 号 证, the traditional province
/// letters to the simplified ones. Idempotent.
pub fn fold(text: &str) -> String {
    if let Some(folded) = quickly(text, simplify) {
        return folded;
    }
    // Dropped before normalising: a zero-width character may keep two marks from composing.
    text.chars().filter(|&c| !is_dropped(c)).nfkc().map(simplify).collect()
}

/// A text in the normal form NFKC.
pub fn normal(text: &str) -> String {
    quickly(text, |c| c).unwrap_or_else(|| text.nfkc().collect())
}

/// The normal form of a text, each character of it made into another one, where it can be told
/// character by character; of names, titles and lines nearly all can.
fn quickly(text: &str, then: impl Fn(char) -> char) -> Option<String> {
    let mut normal = String::with_capacity(text.len());
    for c in text.chars() {
        normal.push(then(alone(c)?));
    }
    Some(normal)
}

/// The normal form of a character that has one of one character, is never joined with its
/// neighbour, and is not dropped. `None` of all others, and of those that are rare.
fn alone(c: char) -> Option<char> {
    match c {
        '\0'..='\u{7f}'
        | '\u{4e00}'..='\u{9fff}'
        | '、'
        | '。'
        | '〈'..='】'
        | '‘'..='”'
        | '–'..='—'
        | '•'
        | '©'
        | '«'
        | '®'
        | '·'
        | '»'
        | '×' => Some(c),
        '\u{a0}' | '\u{3000}' => Some(' '),
        '！'..='～' => char::from_u32(u32::from(c) - 0xfee0),
        _ => None,
    }
}

/// Folds one character: `None` where it is dropped. A character that NFKC spells out
/// in several (`㏚`) is none of the grammar's and stays as it is.
pub(super) fn fold_char(c: char) -> Option<char> {
    match c {
        '!'..='~' => Some(c),
        '\u{4e00}'..='\u{9fff}' => Some(simplify(c)),
        _ if c.is_whitespace() => Some(' '),
        _ if is_dropped(c) => None,
        _ => {
            let mut folded = std::iter::once(c).nfkc();
            match (folded.next(), folded.next()) {
                (Some(one), None) => Some(simplify(one)),
                _ => Some(c),
            }
        }
    }
}

/// Characters without a width: they part nothing that a reader sees.
fn is_dropped(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{180b}'..='\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{e0100}'..='\u{e01ef}'
    )
}

pub(super) fn simplify(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}'
        | '\u{2212}'
        | '\u{2043}'
        | '\u{2d7}'
        | '\u{2500}'
        | '\u{2501}'
        | '\u{2e3a}'
        | '\u{2e3b}' => '-',
        '備' => '备',
        '號' => '号',
        '證' | '証' => '证',
        '網' => '网',
        '經' => '经',
        '營' => '营',
        '許' => '许',
        '業' => '业',
        '務' => '务',
        '與' => '与',
        '晉' => '晋',
        '遼' => '辽',
        '滬' => '沪',
        '蘇' => '苏',
        '閩' => '闽',
        '贛' => '赣',
        '魯' => '鲁',
        '粵' => '粤',
        '瓊' => '琼',
        '陝' => '陕',
        '隴' => '陇',
        '寧' => '宁',
        '貴' => '贵',
        '雲' => '云',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn full_width_and_traditional_forms_become_the_plain_ones() {
        assert_eq!(fold("粵ＩＣＰ備１２３４５６７８號－１"), "粤ICP备12345678号-1");
        assert_eq!(fold("京\u{200b}ICP\u{ad}备\u{feff}1"), "京ICP备1");
        assert_eq!(fold("— – − ‐ ─"), "- - - - -");
    }

    fn slowly(text: &str) -> String {
        text.chars().filter(|&c| !is_dropped(c)).nfkc().map(simplify).collect()
    }

    #[test]
    fn a_character_read_alone_is_the_same_beside_any_other() {
        let known: Vec<char> = ('\0'..=char::MAX).filter(|c| alone(*c).is_some()).collect();
        assert!(known.len() > 20_000);
        for c in &known {
            assert!(std::iter::once(*c).nfkc().eq(alone(*c)) && !is_dropped(*c), "{c:?}");
        }
        // None is joined with its neighbour, from either side.
        for text in [known.iter().collect::<String>(), known.iter().rev().collect()] {
            assert_eq!(normal(&text), text.nfkc().collect::<String>());
            assert_eq!(fold(&text), slowly(&text));
        }
    }

    proptest! {
        #[test]
        fn the_quick_way_leads_where_the_long_one_does(
            text in "[a-cＡｂ备號案、。，·–　\u{200b}\u{301}が각…]{0,12}",
        ) {
            prop_assert_eq!(fold(&text), slowly(&text));
            prop_assert_eq!(normal(&text), text.nfkc().collect::<String>());
        }

        #[test]
        fn folding_twice_is_folding_once(text in "\\PC*") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
