//! Policy: levels and deadlines by rule, province and provider, the readings that
//! sources disagree on, and the tables of facts. All of it comes from `config/`,
//! embedded; a user's file is laid over it, and unknown keys are refused.

mod apps;
mod cdn;
mod document;
mod hijack;
mod pages;
mod phones;
mod providers;
mod provinces;
mod readings;
mod registrars;
mod suffixes;
mod words;
mod workdays;

pub use apps::{Apps, Platform};
pub use cdn::{Cdn, CdnKind, Cdns};
pub use document::PolicyError;
pub use hijack::Hijack;
pub use pages::{Category, PageFacts, Signature, Signatures, Strength};
pub use phones::{Block, Phones};
pub use providers::{Provider, ProviderKind, Providers};
pub use provinces::{Post, ProvinceFacts, Provinces};
pub use readings::{Guangdong, Readings};
pub use registrars::{RegistrarKind, Registrars, Standing};
pub use suffixes::Suffixes;
pub use words::{Topic, WordHit, WordList, Words};
pub use workdays::Workdays;

use crate::record::Province;
use document::{Document, Layer, LevelRow, parse};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// How grave a failed rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A person has to look.
    Review,
    /// Should be mended.
    Warning,
    /// Must be mended: the site can be fined or cut off.
    Violation,
}

/// The policy in force.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The readings.
    pub readings: Readings,
    /// Access providers, clouds, CDNs and carriers, by the names people give them.
    pub providers: Providers,
    /// The alias suffixes of CDNs, firewalls and site builders.
    pub cdns: Cdns,
    /// What block, default, parked and challenge pages are recognised by.
    pub signatures: Signatures,
    /// What single provinces ask of filings.
    pub provinces: Provinces,
    /// Words of names, remarks and pages.
    pub words: Words,
    /// Which mobile numbers can receive the ministry's message.
    pub phones: Phones,
    /// Top-level suffixes under which domains can be filed.
    pub suffixes: Suffixes,
    /// Platforms, stores and words about apps.
    pub apps: Apps,
    /// Words that intruders put on pages of others.
    pub hijack: Hijack,
    /// Registrars, and which of them the ministry has approved.
    pub registrars: Registrars,
    /// The days on which offices work.
    pub workdays: Workdays,
    levels: Vec<LevelRow>,
    days: BTreeMap<String, u16>,
    deadlines: BTreeMap<Level, u16>,
    codes: BTreeSet<String>,
    profiles: BTreeSet<String>,
}

/// What a level may depend on. What is left empty matches no row that asks for it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scope<'a> {
    /// The issuing province.
    pub province: Option<Province>,
    /// Keys of the filed providers.
    pub providers: &'a [String],
    /// The filed domain, punycode.
    pub domain: Option<&'a str>,
    /// The subject's name.
    pub subject: Option<&'a str>,
    /// The day as of which is judged: rows with an expiry date hold up to that date.
    pub today: Option<Date>,
}

/// A row of the settings whose last day is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lapsed<'a> {
    /// The rule or family.
    pub code: &'a str,
    /// The domains and subjects it was bound to; empty for all.
    pub bound: Vec<&'a str>,
    /// Its last day.
    pub until: Date,
    /// The reason that it gives.
    pub reason: &'a str,
}

/// Calendar days to mend where neither the settings nor a rule's own row say.
const DEFAULT_DEADLINE: u16 = 7;

const FILES: [(&str, &str); 16] = [
    ("config/rules.toml", include_str!("../../config/rules.toml")),
    ("config/providers.toml", include_str!("../../config/providers.toml")),
    ("config/cdn.toml", include_str!("../../config/cdn.toml")),
    ("config/pages.toml", include_str!("../../config/pages.toml")),
    ("config/provinces.toml", include_str!("../../config/provinces.toml")),
    ("config/words/approvals.toml", include_str!("../../config/words/approvals.toml")),
    ("config/words/crime.toml", include_str!("../../config/words/crime.toml")),
    ("config/words/names.toml", include_str!("../../config/words/names.toml")),
    ("config/words/pages.toml", include_str!("../../config/words/pages.toml")),
    ("config/words/places.toml", include_str!("../../config/words/places.toml")),
    ("config/phones.toml", include_str!("../../config/phones.toml")),
    ("config/suffixes.toml", include_str!("../../config/suffixes.toml")),
    ("config/apps.toml", include_str!("../../config/apps.toml")),
    ("config/words/hijack.toml", include_str!("../../config/words/hijack.toml")),
    ("config/registrars.toml", include_str!("../../config/registrars.toml")),
    ("config/workdays.toml", include_str!("../../config/workdays.toml")),
];

/// Read once: tests and demos ask for it by the thousand.
static EMBEDDED: LazyLock<Result<Policy, PolicyError>> = LazyLock::new(|| Policy::of(None, None));

impl Policy {
    /// The policy that the program carries, without any of its profiles.
    pub fn embedded() -> Result<Policy, PolicyError> {
        EMBEDDED.clone()
    }

    /// The embedded policy with a profile and a user's file over it, in this order; a
    /// profile of the user's own comes last. `file_name` is what errors call the file.
    pub fn with(
        user_toml: &str,
        file_name: &str,
        profile: Option<&str>,
    ) -> Result<Policy, PolicyError> {
        Policy::of(Some((file_name, user_toml)), profile)
    }

    /// The level of a failed rule for a filing of this province and these providers (keys);
    /// `None` where the rule is switched off. Rows bound to a domain or a date are left out:
    /// see [`Policy::level_in`].
    pub fn level(
        &self,
        code: &str,
        default: Level,
        province: Option<Province>,
        providers: &[String],
    ) -> Option<Level> {
        self.level_in(code, default, &Scope { province, providers, ..Scope::default() })
    }

    /// The level of a failed rule for a filing; `None` where the rule is switched off.
    /// Of the rows that match, the last one holds.
    pub fn level_in(&self, code: &str, default: Level, scope: &Scope<'_>) -> Option<Level> {
        self.row_in(code, scope).map_or(Some(default), |row| row.level.level())
    }

    /// The reason that the settings give for the level of this rule, where they set one.
    pub fn reason_in(&self, code: &str, scope: &Scope<'_>) -> Option<&str> {
        self.row_in(code, scope).map(|row| row.reason.as_str())
    }

    /// The rows whose last day is over as of this one: waivers that hold no more. Somebody
    /// has to renew or to remove them.
    pub fn lapsed(&self, today: Date) -> impl Iterator<Item = Lapsed<'_>> {
        self.levels.iter().filter_map(move |row| {
            let until = row.until.filter(|until| *until < today)?;
            let bound = row.domains.iter().chain(&row.subjects).map(String::as_str).collect();
            Some(Lapsed { code: &row.code, bound, until, reason: &row.reason })
        })
    }

    /// Calendar days from finding to deadline.
    pub fn deadline_days(&self, code: &str, level: Level) -> u16 {
        let family = code.get(..3).unwrap_or(code);
        let own = self.days.get(code).or_else(|| self.days.get(family));
        own.or_else(|| self.deadlines.get(&level)).copied().unwrap_or(DEFAULT_DEADLINE)
    }

    /// Every code and family (three letters) that the settings name, also in profiles that
    /// are not in force, so that who knows the rules can refuse the unknown ones.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.codes.iter().map(String::as_str)
    }

    /// The names of the profiles, the user's own among them.
    pub fn profiles(&self) -> impl Iterator<Item = &str> {
        self.profiles.iter().map(String::as_str)
    }

    fn of(user: Option<(&str, &str)>, profile: Option<&str>) -> Result<Policy, PolicyError> {
        let mut policy = Policy::default();
        let mut base = Vec::new();
        let mut overlays = Vec::new();
        for (name, text) in FILES.iter().chain(user.as_ref()) {
            let is_embedded = base.len() < FILES.len();
            let mut document = parse(text, name)?;
            policy.take_facts(&mut document, name)?;
            policy.codes.extend(document.codes().map(str::to_owned));
            policy.profiles.extend(document.profiles.keys().cloned());
            let overlay = profile.and_then(|wanted| document.profiles.remove(wanted));
            let layer = document.into_layer();
            match (is_embedded, overlay) {
                (true, overlay) => {
                    base.push((*name, *text, layer));
                    overlays.extend(overlay.map(|o| (*name, *text, o)));
                }
                (false, overlay) => {
                    overlays.push((*name, *text, layer));
                    overlays.extend(overlay.map(|o| (*name, *text, o)));
                }
            }
        }
        if let Some(wanted) = profile.filter(|wanted| !policy.profiles.contains(*wanted)) {
            return Err(PolicyError::unknown_profile(wanted, policy.profiles()));
        }
        policy.words.compile();
        for (name, text, layer) in base.into_iter().chain(overlays) {
            policy.lay(layer, name, text)?;
        }
        Ok(policy)
    }

    fn take_facts(&mut self, document: &mut Document, file: &str) -> Result<(), PolicyError> {
        self.providers.add(std::mem::take(&mut document.provider));
        let listed = std::mem::take(&mut document.registrars);
        self.registrars.add(std::mem::take(&mut document.registrar), listed, file)?;
        self.cdns.add(std::mem::take(&mut document.cdn), file)?;
        self.provinces.add(std::mem::take(&mut document.province), file)?;
        self.words.add(std::mem::take(&mut document.words), file)?;
        self.phones.add(std::mem::take(&mut document.phones), file)?;
        self.suffixes.add(std::mem::take(&mut document.suffixes), file)?;
        self.apps.add(std::mem::take(&mut document.apps));
        self.hijack.add(std::mem::take(&mut document.hijack), file)?;
        self.workdays.add(std::mem::take(&mut document.workdays), file)?;
        self.signatures.add(std::mem::take(&mut document.page), file)
    }

    fn lay(&mut self, layer: Layer, file: &str, text: &str) -> Result<(), PolicyError> {
        layer.readings.apply(&mut self.readings);
        if !(0.0..=1.0).contains(&self.readings.title_similarity) {
            return Err(PolicyError::Row {
                file: file.to_owned(),
                row: "readings.title_similarity".to_owned(),
                problem: format!("{} is not 0 to 1", self.readings.title_similarity),
            });
        }
        self.deadlines.extend(layer.deadlines.iter());
        self.days.extend(layer.days());
        for row in layer.level {
            self.levels.push(row.resolve(&self.providers, file, text)?);
        }
        Ok(())
    }

    fn row_in(&self, code: &str, scope: &Scope<'_>) -> Option<&LevelRow> {
        self.levels.iter().rev().find(|row| row.matches(code, scope))
    }
}

#[cfg(test)]
mod tests;
