//! What sheets are called.

use crate::report::terminal;

/// Names that Excel takes for sheets, each once.
#[derive(Default)]
pub(super) struct Names {
    taken: Vec<String>,
}

impl Names {
    /// The name nearest to one that is wanted: without the signs that Excel refuses, at most 31
    /// characters, and none twice, whatever its case.
    pub(super) fn of(&mut self, wanted: &str) -> String {
        let plain: String = terminal(wanted)
            .chars()
            .map(|c| if matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\') { '_' } else { c })
            .take(28)
            .collect();
        let plain = plain.trim_matches(|c: char| c == '\'' || c.is_whitespace());
        let plain = if plain.is_empty() { "_" } else { plain };
        let mut name = plain.to_owned();
        let mut number = 2;
        while self.taken.iter().any(|taken| taken.to_lowercase() == name.to_lowercase())
            || name.eq_ignore_ascii_case("history")
        {
            name = format!("{plain}~{number}");
            number += 1;
        }
        self.taken.push(name.clone());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_s_name_is_one_that_excel_takes() {
        let mut names = Names::default();
        assert_eq!(names.of("广东"), "广东");
        assert_eq!(names.of("广东"), "广东~2");
        assert_eq!(names.of("a/b[c]:*?"), "a_b_c____");
        assert_eq!(names.of("A/B[c]:*?"), "A_B_c____~2");
        assert_eq!(names.of("'"), "_");
        assert_eq!(names.of(&"云".repeat(60)).chars().count(), 28);
        assert_eq!(names.of("History"), "History~2");
    }
}
