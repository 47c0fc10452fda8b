//! One domain or URL a line; `#` begins a comment.

use super::{
    column::{Damage, Record},
    lines::Lines,
    text,
};

/// What a line of a plain list says; empty for a blank line or a comment.
pub(super) fn content(line: &str) -> &str {
    let line = line.trim_matches(|c: char| c.is_whitespace() || text::is_invisible(c));
    if line.starts_with('#') {
        return "";
    }
    // A `#` within a word is part of a URL.
    [" #", "\t#", "　#"]
        .iter()
        .filter_map(|sign| line.split_once(sign))
        .map(|(before, _)| before.trim_end())
        .min_by_key(|before| before.len())
        .unwrap_or(line)
}

/// The next line that says anything.
pub(super) fn next(lines: &mut Lines) -> Option<Record> {
    loop {
        let line = lines.next()?;
        let content = content(&line.text);
        if content.is_empty() && line.fault.is_none() {
            continue;
        }
        let damage = line.fault.map(|fault| Damage {
            column: String::new(),
            value: text::excerpt(content, 60),
            reason: fault.reason(),
        });
        let cells = vec![Some(content.to_owned())];
        return Some(Record { line: line.number, cells, damage, raw: line.text });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_left_out_and_the_fragment_of_a_url_is_not_one() {
        assert_eq!(content(" site.example  # our first # one"), "site.example");
        assert_eq!(content("# nothing"), "");
        assert_eq!(content("https://site.example/#top"), "https://site.example/#top");
    }
}
