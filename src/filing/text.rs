//! Cells as people fill them: invisible characters, words that stand for nothing, lists.

/// Characters that take no room and that copying brings along.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
        || (c.is_control() && !c.is_whitespace())
}

/// A cell on one line, without invisible characters and outer space.
pub(super) fn tidy(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    for word in cell.split(['\r', '\n', '\t']).map(str::trim).filter(|word| !word.is_empty()) {
        if !text.is_empty() {
            text.push(' ');
        }
        text.extend(word.chars().filter(|&c| !is_invisible(c)));
    }
    text.trim().to_owned()
}

/// Whether a tidied cell says that there is nothing to say.
pub(super) fn is_absent(text: &str) -> bool {
    let word = text.trim_matches(|c: char| c == '-' || c == '—' || c == '/' || c.is_whitespace());
    word.is_empty()
        || ["无", "暂无", "空", "null", "none", "nil", "n/a", "#n/a", "na"]
            .contains(&&*word.to_lowercase())
}

/// The text of a tidied cell, where it says anything.
pub(super) fn present(cell: &str) -> Option<String> {
    let text = tidy(cell);
    (!is_absent(&text)).then_some(text)
}

/// The items of a cell that holds a list of names. A comma with a space behind it
/// belongs to the name (`Example Cloud Co., Ltd.`).
pub(super) fn names(cell: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut chars = cell.chars().peekable();
    while let Some(c) = chars.next() {
        let splits = match c {
            '、' | ';' | '；' | '|' | '，' | '\n' | '\r' => true,
            ',' => chars.peek() != Some(&' '),
            _ => false,
        };
        match items.last_mut() {
            Some(item) if !splits => item.push(c),
            _ => items.push(String::new()),
        }
    }
    items.iter().filter_map(|item| present(item)).collect()
}

/// The beginning of a text, for a message: at most `limit` characters.
pub(super) fn excerpt(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_at_separators_but_not_within_a_name() {
        assert_eq!(
            names("示例云、样例云；Example Cloud Co., Ltd."),
            ["示例云", "样例云", "Example Cloud Co., Ltd."]
        );
        assert_eq!(names("a,b\nc"), ["a", "b", "c"]);
        assert!(names(" - ").is_empty());
    }

    #[test]
    fn a_cell_that_says_nothing_is_absent() {
        for cell in ["", " ", "-", "——", "无", "N/A", "null", "\u{feff}"] {
            assert_eq!(present(cell), None, "{cell:?}");
        }
        assert_eq!(present(" 示例\n科技 "), Some("示例 科技".to_owned()));
    }
}
