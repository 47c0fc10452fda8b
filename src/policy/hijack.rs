//! Words that intruders put on pages of others: `config/words/hijack.toml`.

use super::PolicyError;
use super::pages::squeeze;
use serde::Deserialize;

/// `[hijack]` as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct HijackRow {
    words: Vec<String>,
}

/// The words.
#[derive(Clone, Debug, Default)]
pub struct Hijack {
    words: Vec<String>,
}

impl Hijack {
    /// The first word of the list that stands in a text, whatever its width, case and spaces.
    pub fn word_in(&self, text: &str) -> Option<&str> {
        let text = squeeze(text);
        self.words.iter().map(String::as_str).find(|word| text.contains(word))
    }

    /// Adds the words of a file; a user's come on top.
    pub(super) fn add(&mut self, row: HijackRow, file: &str) -> Result<(), PolicyError> {
        for word in row.words {
            let folded = squeeze(&word);
            if folded.chars().count() < 2 {
                return Err(PolicyError::Row {
                    file: file.to_owned(),
                    row: "hijack.words".to_owned(),
                    problem: format!("{word:?} is too short: it would be found everywhere"),
                });
            }
            self.words.push(folded);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::Policy;

    #[test]
    fn a_word_is_found_whatever_its_width_case_and_spaces() {
        let hijack = Policy::embedded().unwrap().hijack;
        assert_eq!(hijack.word_in("ＰＫ１０ 计划"), Some("pk10"));
        assert_eq!(hijack.word_in("在 线 百家 乐"), Some("百家乐"));
        assert_eq!(hijack.word_in("示例商城销售办公用品"), None);
    }

    #[test]
    fn a_users_words_come_on_top_and_short_ones_are_refused() {
        let with =
            |words: &str| Policy::with(&format!("[hijack]\nwords = {words}"), "own.toml", None);
        assert_eq!(
            with("[\"示例坏词\"]").unwrap().hijack.word_in("这里有示例坏词"),
            Some("示例坏词")
        );
        assert!(with("[\"赌\"]").unwrap_err().to_string().contains("too short"));
    }
}
