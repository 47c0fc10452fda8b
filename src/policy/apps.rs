//! What is filed of apps: platforms, stores that are none, words that a name may not have.

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

/// The lists about apps, folded.
#[derive(Clone, Debug, Default)]
pub struct Apps {
    platforms: Vec<String>,
    stores: Vec<String>,
    bait: Vec<String>,
    placeholders: Vec<String>,
}

/// What a word in the column of platforms names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// Something that apps run on.
    System,
    /// A store that apps are got from.
    Store,
}

/// `[apps]` as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct AppsText {
    platforms: Vec<String>,
    stores: Vec<String>,
    bait: Vec<String>,
    placeholders: Vec<String>,
}

impl Apps {
    /// What a word names, with or without a version behind it; `None` where it is not known.
    pub fn platform(&self, word: &str) -> Option<Platform> {
        let word = fold(word);
        let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let bare = ["系统", "平台", "版", "端"]
            .iter()
            .find_map(|end| bare.strip_suffix(end))
            .unwrap_or(bare);
        let is_any = |list: &[String]| list.iter().any(|known| *known == word || known == bare);
        if is_any(&self.stores) || self.stores.iter().any(|store| word.contains(store.as_str())) {
            return Some(Platform::Store);
        }
        is_any(&self.platforms).then_some(Platform::System)
    }

    /// The word of a price or a promise that a name holds.
    pub fn bait(&self, name: &str) -> Option<&str> {
        let name = fold(name);
        self.bait.iter().find(|word| name.contains(word.as_str())).map(String::as_str)
    }

    /// Whether a name is a placeholder and nothing else.
    pub fn is_placeholder(&self, name: &str) -> bool {
        let name = fold(name);
        self.placeholders.iter().any(|word| {
            name.strip_prefix(word.as_str())
                .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()))
        })
    }

    /// Adds the words of a file.
    pub(super) fn add(&mut self, text: AppsText) {
        let lists = [
            (&mut self.platforms, text.platforms),
            (&mut self.stores, text.stores),
            (&mut self.bait, text.bait),
            (&mut self.placeholders, text.placeholders),
        ];
        for (list, words) in lists {
            list.extend(words.iter().map(|word| fold(word)).filter(|word| !word.is_empty()));
        }
    }
}

/// One width and case, letters and digits only.
fn fold(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    #[test]
    fn platforms_and_stores_are_told_apart() {
        let apps = Policy::embedded().unwrap().apps;
        for word in
            ["安卓", "ANDROID", "Android 14", "iOS", "ＩＯＳ", "鸿蒙系统", "安卓平台", "HarmonyOS"]
        {
            assert_eq!(apps.platform(word), Some(Platform::System), "{word}");
        }
        for word in ["应用宝", "App Store", "华为应用市场", "小米应用商店（国内）", "google play"]
        {
            assert_eq!(apps.platform(word), Some(Platform::Store), "{word}");
        }
        assert_eq!(apps.platform("华为"), None);
    }

    #[test]
    fn a_user_s_words_are_added() {
        let mine = Policy::with("[apps]\nplatforms = [\"示例OS\"]\n", "mine.toml", None).unwrap();
        assert_eq!(mine.apps.platform("示例os"), Some(Platform::System));
        assert_eq!(mine.apps.platform("安卓"), Some(Platform::System));
        assert!(mine.apps.is_placeholder("测试1") && !mine.apps.is_placeholder("测试题库"));
    }
}
