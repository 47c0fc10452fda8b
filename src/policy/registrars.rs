//! Registrars: whom the ministry has approved, as far as anybody knows.

use super::providers::fold;
use super::{PolicyError, document::RegistrarList};
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};

/// What a registrar is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RegistrarKind {
    /// Approved by the ministry.
    Approved,
    /// Known to be abroad.
    Abroad,
}

/// How a registrar stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Approved, by the user's list or by the built-in table.
    Approved,
    /// Known to be abroad.
    Abroad,
    /// The user's list does not have it.
    NotListed,
    /// Nobody knows.
    Unknown,
}

/// `[[registrar]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Registrar {
    zh: String,
    en: String,
    kind: RegistrarKind,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    iana: Vec<u32>,
}

/// All registrars that are known, and the user's list of those that are approved.
#[derive(Clone, Debug, Default)]
pub struct Registrars {
    rows: Vec<Registrar>,
    by_name: HashMap<String, usize>,
    by_id: HashMap<u32, usize>,
    /// Folded; empty where the user has none.
    listed: BTreeSet<String>,
}

impl Registrars {
    /// How the registrar of this name, or of this number in IANA's list, stands. Where the
    /// user has a list of his own, it decides.
    pub fn standing(&self, name: &str, id: Option<u32>) -> Standing {
        let row = self.row(name, id);
        let kind = row.and_then(|at| self.rows.get(at)).map(|row| row.kind);
        if self.listed.is_empty() {
            return match kind {
                Some(RegistrarKind::Approved) => Standing::Approved,
                Some(RegistrarKind::Abroad) => Standing::Abroad,
                None => Standing::Unknown,
            };
        }
        let is_same = |listed: &String| row.is_some() && self.by_name.get(listed).copied() == row;
        match self.listed.contains(&fold(name)) || self.listed.iter().any(is_same) {
            true => Standing::Approved,
            false => Standing::NotListed,
        }
    }

    fn row(&self, name: &str, id: Option<u32>) -> Option<usize> {
        let by_name = self.by_name.get(&fold(name));
        by_name.or_else(|| self.by_id.get(&id?)).copied()
    }

    pub(super) fn add(
        &mut self,
        rows: Vec<Registrar>,
        list: RegistrarList,
        file: &str,
    ) -> Result<(), PolicyError> {
        for row in rows {
            let place = self.rows.len();
            for name in [&row.zh, &row.en].into_iter().chain(&row.aliases) {
                self.by_name.insert(key(name, file)?, place);
            }
            self.by_id.extend(row.iana.iter().map(|id| (*id, place)));
            self.rows.push(row);
        }
        for name in &list.approved {
            self.listed.insert(key(name, file)?);
        }
        Ok(())
    }
}

fn key(name: &str, file: &str) -> Result<String, PolicyError> {
    let key = fold(name);
    match key.is_empty() {
        false => Ok(key),
        true => Err(PolicyError::Row {
            file: file.to_owned(),
            row: format!("registrar {name:?}"),
            problem: "is no name".to_owned(),
        }),
    }
}
