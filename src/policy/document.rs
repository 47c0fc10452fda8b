//! The files of the policy: one shape for the embedded ones and the user's.

use super::apps::AppsText;
use super::cdn::CdnRow;
use super::hijack::HijackRow;
use super::pages::PageRow;
use super::phones::PhonesText;
use super::providers::Provider;
use super::provinces::ProvinceRow;
use super::readings::SomeReadings;
use super::registrars::Registrar;
use super::suffixes::SuffixesText;
use super::words::WordsRow;
use super::workdays::WorkdaysRow;
use super::{Level, Providers, Scope};
use crate::record::Province;
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;

/// Why a policy file cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PolicyError {
    /// Something in a file is not understood.
    #[error("{file}:{line}:{column}: {problem}")]
    File {
        /// The file as the caller named it.
        file: String,
        /// From 1.
        line: usize,
        /// In characters, from 1.
        column: usize,
        /// What is wrong there, with the nearest known name where there is one.
        problem: String,
    },
    /// A row of a table of facts is not right.
    #[error("{file}: {row}: {problem}")]
    Row {
        /// The file as the caller named it.
        file: String,
        /// The row's name.
        row: String,
        /// What is wrong.
        problem: String,
    },
    /// No such profile.
    #[error("there is no profile {name:?}; there are {known}")]
    Profile {
        /// As asked for.
        name: String,
        /// Those there are, comma-separated.
        known: String,
    },
}

impl PolicyError {
    pub(super) fn unknown_profile<'a>(
        name: &str,
        known: impl Iterator<Item = &'a str>,
    ) -> PolicyError {
        let known = known.collect::<Vec<_>>().join(", ");
        PolicyError::Profile { name: name.to_owned(), known }
    }

    fn at(file: &str, text: &str, span: Range<usize>, problem: String) -> PolicyError {
        let before = text.get(..span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        PolicyError::File {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            problem,
        }
    }
}

/// A file, whole.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Document {
    readings: SomeReadings,
    deadlines: Deadlines,
    rules: BTreeMap<Code, RuleRow>,
    level: Vec<LevelRowText>,
    pub(super) profiles: BTreeMap<String, Layer>,
    pub(super) provider: Vec<Provider>,
    pub(super) cdn: Vec<CdnRow>,
    pub(super) page: Vec<PageRow>,
    pub(super) phones: PhonesText,
    pub(super) suffixes: SuffixesText,
    pub(super) apps: AppsText,
    pub(super) province: Vec<ProvinceRow>,
    pub(super) words: Vec<WordsRow>,
    pub(super) hijack: HijackRow,
    pub(super) registrar: Vec<Registrar>,
    pub(super) registrars: RegistrarList,
    pub(super) workdays: Vec<WorkdaysRow>,
}

/// `[registrars]`: the registrars that the ministry has approved, as the user knows.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RegistrarList {
    pub(super) approved: Vec<String>,
}

impl Document {
    /// Codes and families that the file names anywhere.
    pub(super) fn codes(&self) -> impl Iterator<Item = &str> {
        let profiles = self.profiles.values();
        let rules = profiles.clone().flat_map(|p| p.rules.keys()).chain(self.rules.keys());
        let rows = profiles.flat_map(|p| &p.level).chain(&self.level).map(|row| &row.code);
        rules.chain(rows).map(|code| code.0.as_str())
    }

    /// What the file says outside of its profiles.
    pub(super) fn into_layer(self) -> Layer {
        Layer {
            readings: self.readings,
            deadlines: self.deadlines,
            rules: self.rules,
            level: self.level,
        }
    }
}

/// What a file or a profile lays over what came before.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Layer {
    pub(super) readings: SomeReadings,
    pub(super) deadlines: Deadlines,
    rules: BTreeMap<Code, RuleRow>,
    pub(super) level: Vec<LevelRowText>,
}

impl Layer {
    /// The days that single rules or families have.
    pub(super) fn days(&self) -> impl Iterator<Item = (String, u16)> {
        self.rules.iter().map(|(code, row)| (code.0.clone(), row.deadline_days.0))
    }
}

/// Calendar days by level.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Deadlines {
    violation: Option<Days>,
    warning: Option<Days>,
    review: Option<Days>,
}

impl Deadlines {
    pub(super) fn iter(self) -> impl Iterator<Item = (Level, u16)> {
        let each = [
            (Level::Violation, self.violation),
            (Level::Warning, self.warning),
            (Level::Review, self.review),
        ];
        each.into_iter().filter_map(|(level, days)| Some((level, days?.0)))
    }
}

/// What is set for one rule or family.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleRow {
    deadline_days: Days,
}

/// A number of days to mend something: one to 365.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "u16")]
struct Days(u16);

impl TryFrom<u16> for Days {
    type Error = String;

    fn try_from(days: u16) -> Result<Days, String> {
        (1..=365)
            .contains(&days)
            .then_some(Days(days))
            .ok_or(format!("{days} is not 1 to 365 days"))
    }
}

/// `ICP001`, or `ICP` for the family.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Code(String);

impl TryFrom<String> for Code {
    type Error = String;

    fn try_from(text: String) -> Result<Code, String> {
        let (letters, digits) = text.split_at_checked(3).unwrap_or((&text, ""));
        let is_family = letters.len() == 3 && letters.bytes().all(|b| b.is_ascii_uppercase());
        let is_code = digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit());
        if is_family && (digits.is_empty() || is_code) {
            Ok(Code(text))
        } else {
            Err(format!("{text:?} is not a rule's code such as ICP001 or a family such as ICP"))
        }
    }
}

/// The level that a row sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Setting {
    Violation,
    Warning,
    Review,
    Off,
}

impl Setting {
    pub(super) fn level(self) -> Option<Level> {
        match self {
            Setting::Violation => Some(Level::Violation),
            Setting::Warning => Some(Level::Warning),
            Setting::Review => Some(Level::Review),
            Setting::Off => None,
        }
    }
}

/// `[[level]]` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LevelRowText {
    code: Code,
    level: Setting,
    reason: Spanned<String>,
    #[serde(default, rename = "source")]
    _source: Option<String>,
    #[serde(default)]
    provinces: Vec<Spanned<String>>,
    #[serde(default)]
    providers: Vec<Spanned<String>>,
    #[serde(default)]
    domains: Vec<Spanned<String>>,
    /// Names of subjects, compared as written but for white space around them.
    #[serde(default)]
    subjects: Vec<String>,
    until: Option<Spanned<toml::value::Datetime>>,
}

impl LevelRowText {
    /// Reads provinces, providers, domains and the date, whose mistakes are named by place.
    pub(super) fn resolve(
        self,
        providers: &Providers,
        file: &str,
        text: &str,
    ) -> Result<LevelRow, PolicyError> {
        let each = |words: &[Spanned<String>], read: &dyn Fn(&str) -> Result<String, String>| {
            let read = |word: &Spanned<String>| {
                read(word.get_ref()).map_err(|p| PolicyError::at(file, text, word.span(), p))
            };
            words.iter().map(read).collect::<Result<Vec<_>, _>>()
        };
        if self.reason.get_ref().trim().is_empty() {
            let problem = "a reason is needed, for who reads the next audit".to_owned();
            return Err(PolicyError::at(file, text, self.reason.span(), problem));
        }
        let letters = each(&self.provinces, &|word| {
            let province = Province::from_name(word);
            province.map(|p| p.letter().into()).ok_or(format!("{word:?} is not a province"))
        })?;
        let until = self.until.map(|date| {
            let problem = format!("{} is not a date such as 2026-12-31", date.get_ref());
            let error = PolicyError::at(file, text, date.span(), problem);
            date.get_ref().to_string().parse::<Date>().map_err(|_| error)
        });
        Ok(LevelRow {
            code: self.code.0,
            level: self.level,
            reason: self.reason.into_inner(),
            provinces: letters.iter().filter_map(|letter| Province::from_name(letter)).collect(),
            providers: each(&self.providers, &|word| provider_key(providers, word))?,
            domains: each(&self.domains, &|word| domain(word))?,
            subjects: self.subjects.iter().map(|name| name.trim().to_owned()).collect(),
            until: until.transpose()?,
        })
    }
}

fn provider_key(providers: &Providers, word: &str) -> Result<String, String> {
    let known = providers.key_of(word).map(str::to_owned);
    known.ok_or_else(|| {
        let nearest = nearest(word, providers.keys());
        format!("no access provider is known as {word:?}{nearest}")
    })
}

fn domain(word: &str) -> Result<String, String> {
    match url::Host::parse(word.trim_end_matches('.')) {
        Ok(url::Host::Domain(host)) => Ok(host),
        _ => Err(format!("{word:?} is not a domain")),
    }
}

/// `[[level]]` as it holds. Empty lists match all.
#[derive(Clone, Debug)]
pub(super) struct LevelRow {
    pub(super) code: String,
    pub(super) level: Setting,
    pub(super) reason: String,
    provinces: Vec<Province>,
    providers: Vec<String>,
    pub(super) domains: Vec<String>,
    pub(super) subjects: Vec<String>,
    pub(super) until: Option<Date>,
}

impl LevelRow {
    pub(super) fn matches(&self, code: &str, scope: &Scope<'_>) -> bool {
        let names = |domain: &str| {
            self.domains.iter().any(|own| {
                domain.strip_suffix(own.as_str()).is_some_and(|d| d.is_empty() || d.ends_with('.'))
            })
        };
        (self.code == code || code.get(..3) == Some(self.code.as_str()))
            && (self.provinces.is_empty()
                || scope.province.is_some_and(|p| self.provinces.contains(&p)))
            && (self.providers.is_empty()
                || scope.providers.iter().any(|p| self.providers.contains(p)))
            && (self.domains.is_empty() || scope.domain.is_some_and(names))
            && (self.subjects.is_empty()
                || scope.subject.is_some_and(|name| self.subjects.iter().any(|s| s == name.trim())))
            && self.until.is_none_or(|until| scope.today.is_some_and(|today| today <= until))
    }
}

/// Reads a file; an error names line and column, and the nearest known key.
pub(super) fn parse(text: &str, file: &str) -> Result<Document, PolicyError> {
    toml::from_str(text).map_err(|error| {
        let message = error.message();
        let mut quoted = message.split('`').skip(1).step_by(2);
        let hint = match quoted.next() {
            Some(unknown) if message.starts_with("unknown") => nearest(unknown, quoted),
            _ => String::new(),
        };
        let problem = format!("{message}{hint}");
        PolicyError::at(file, text, error.span().unwrap_or_default(), problem)
    })
}

/// `; did you mean …?`, or nothing where no name is near.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    known
        .map(|name| (strsim::damerau_levenshtein(word, name), name))
        .filter(|(distance, name)| *distance <= 2.max(name.len() / 4))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| format!("; did you mean `{name}`?"))
        .unwrap_or_default()
}
