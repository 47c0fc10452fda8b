//! What single provinces ask of filings, where a document that we know says so.

use super::PolicyError;
use crate::record::Province;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What one province asks. What is left out is not known, and nobody is measured by it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProvinceFacts {
    /// How many sites an individual may file.
    pub individual_sites: Option<u32>,
    /// From how many sites on an organisation has to hand in a plan for each of them.
    pub site_plan_from: Option<u32>,
    /// Who has to be the legal representative of the organisation, or to hold a letter of
    /// authority from him; empty where nobody has to, `None` where it is not known.
    pub representative_must_own: Option<Vec<Post>>,
    /// Whether a letter of authority is taken for the person responsible for the subject.
    pub letter_of_authority: Option<bool>,
    /// Words that an individual's site may not have in its name.
    pub forbidden_name_words: Vec<String>,
}

/// Whom a filing names as responsible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Post {
    /// 主体负责人
    Subject,
    /// 服务负责人
    Service,
}

/// What is known of each province.
#[derive(Clone, Debug, Default)]
pub struct Provinces {
    rows: BTreeMap<Province, ProvinceFacts>,
}

static NOTHING_KNOWN: ProvinceFacts = ProvinceFacts {
    individual_sites: None,
    site_plan_from: None,
    representative_must_own: None,
    letter_of_authority: None,
    forbidden_name_words: Vec::new(),
};

impl Provinces {
    /// What this province asks, as far as it is known.
    pub fn of(&self, province: Province) -> &ProvinceFacts {
        self.rows.get(&province).unwrap_or(&NOTHING_KNOWN)
    }

    /// The provinces of which something is known.
    pub fn rows(&self) -> impl Iterator<Item = (Province, &ProvinceFacts)> {
        self.rows.iter().map(|(province, facts)| (*province, facts))
    }

    /// Lays rows over those there are, field by field: a row that states one thing leaves the
    /// others as they were.
    pub(super) fn add(&mut self, rows: Vec<ProvinceRow>, file: &str) -> Result<(), PolicyError> {
        for row in rows {
            let wrong = |problem: &str| PolicyError::Row {
                file: file.to_owned(),
                row: format!("province {}", row.letter),
                problem: problem.to_owned(),
            };
            if row.forbidden_name_words.iter().flatten().any(|word| word.trim().is_empty()) {
                return Err(wrong("an empty word would forbid every name"));
            }
            if row.individual_sites == Some(0) || row.site_plan_from == Some(0) {
                return Err(wrong("a number of sites begins at 1"));
            }
            let Some(province) = Province::from_name(&row.letter) else {
                return Err(wrong("no such province"));
            };
            row.lay_over(self.rows.entry(province).or_default());
        }
        Ok(())
    }
}

/// `[[province]]` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProvinceRow {
    /// The letter of its record numbers, or its name.
    letter: String,
    individual_sites: Option<u32>,
    site_plan_from: Option<u32>,
    representative_must_own: Option<Vec<Post>>,
    letter_of_authority: Option<bool>,
    forbidden_name_words: Option<Vec<String>>,
}

impl ProvinceRow {
    fn lay_over(self, facts: &mut ProvinceFacts) {
        let ProvinceRow { letter: _, individual_sites, site_plan_from, .. } = self;
        facts.individual_sites = individual_sites.or(facts.individual_sites);
        facts.site_plan_from = site_plan_from.or(facts.site_plan_from);
        facts.letter_of_authority = self.letter_of_authority.or(facts.letter_of_authority);
        if let Some(posts) = self.representative_must_own {
            facts.representative_must_own = Some(posts);
        }
        if let Some(words) = self.forbidden_name_words {
            facts.forbidden_name_words = words;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    #[test]
    fn what_is_not_known_of_a_province_is_not_asked() {
        let policy = Policy::embedded().unwrap();
        assert_eq!(policy.provinces.of(Province::Jiangxi).individual_sites, Some(4));
        assert_eq!(policy.provinces.of(Province::Tibet).individual_sites, None);
    }

    #[test]
    fn a_user_s_row_changes_what_it_states_and_no_more() {
        let mine = "[[province]]\nletter = \"江西\"\nsite_plan_from = 6\n";
        let policy = Policy::with(mine, "mine.toml", None).unwrap();
        let facts = policy.provinces.of(Province::Jiangxi);
        assert_eq!((facts.individual_sites, facts.site_plan_from), (Some(4), Some(6)));
    }

    #[test]
    fn a_row_that_cannot_be_meant_is_refused() {
        for row in ["letter = \"萌\"", "letter = \"赣\"\nforbidden_name_words = [\" \"]"] {
            let mine = format!("[[province]]\n{row}\n");
            assert!(Policy::with(&mine, "mine.toml", None).is_err(), "{row}");
        }
        let mine = "[[province]]\nletter = \"赣\"\nindividual_sites = 0\n";
        assert!(Policy::with(mine, "mine.toml", None).is_err());
    }
}
