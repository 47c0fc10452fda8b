//! Top-level suffixes that the ministry has approved.

use super::PolicyError;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The approved suffixes, and who says so.
#[derive(Clone, Debug, Default)]
pub struct Suffixes {
    approved: BTreeSet<String>,
    /// Whether the list is the user's own: the program's is not official, and proves nothing
    /// against a suffix that it lacks.
    pub is_users: bool,
}

/// `[suffixes]` as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SuffixesText {
    approved: Vec<String>,
}

impl Suffixes {
    /// Whether the domain (punycode) ends in an approved suffix.
    pub fn covers(&self, domain: &str) -> bool {
        let dots = domain.match_indices('.');
        let tails = dots.filter_map(|(at, _)| domain.get(at + 1..));
        tails.into_iter().any(|tail| self.approved.contains(tail))
    }

    /// Takes the list of a file: the first is the program's own, a later one a user's, which
    /// holds in its place.
    pub(super) fn add(&mut self, text: SuffixesText, file: &str) -> Result<(), PolicyError> {
        if text.approved.is_empty() {
            return Ok(());
        }
        let ascii = text.approved.iter().map(|suffix| {
            match url::Host::parse(suffix.trim().trim_matches('.')) {
                Ok(url::Host::Domain(ascii)) => Ok(ascii),
                _ => Err(PolicyError::Row {
                    file: file.to_owned(),
                    row: "suffixes.approved".to_owned(),
                    problem: format!("{suffix:?} is not a suffix such as cn or 中国"),
                }),
            }
        });
        self.is_users = !self.approved.is_empty();
        self.approved = ascii.collect::<Result<_, _>>()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::Policy;

    #[test]
    fn a_suffix_is_known_in_either_spelling() {
        let suffixes = Policy::embedded().unwrap().suffixes;
        assert!(!suffixes.is_users);
        for domain in ["site.cn", "site.com.cn", "site.com", "site.xn--fiqs8s", "site.xn--zfr164b"]
        {
            assert!(suffixes.covers(domain), "{domain}");
        }
        for domain in ["site.zz", "cn", "site.example", "com.zz"] {
            assert!(!suffixes.covers(domain), "{domain}");
        }
    }

    #[test]
    fn a_users_list_holds_in_place_of_the_programs() {
        let mine = Policy::with("[suffixes]\napproved = [\".中国\"]\n", "mine.toml", None).unwrap();
        assert!(mine.suffixes.is_users);
        assert!(mine.suffixes.covers("site.xn--fiqs8s") && !mine.suffixes.covers("site.cn"));
        let error = Policy::with("[suffixes]\napproved = [\"a b\"]\n", "mine.toml", None);
        assert!(error.is_err());
    }
}
