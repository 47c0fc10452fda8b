//! Names that sites are aliased to, and whose they are.

use super::PolicyError;
use regex::Regex;
use serde::Deserialize;
use std::collections::HashMap;

/// The owner of an alias suffix, as `[[cdn]]` of `config/cdn.toml` has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cdn {
    /// Key into `config/providers.toml`.
    pub vendor: String,
    /// The product's name in Chinese, e.g. `腾讯云 CDN`.
    pub zh: String,
    /// What the product is.
    pub kind: CdnKind,
    /// Whether the vendor is one of the mainland's.
    pub mainland: bool,
}

/// What an alias leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CdnKind {
    /// A content delivery network.
    Cdn,
    /// A web application firewall.
    Waf,
    /// A shield against floods.
    Ddos,
    /// Traffic management by DNS: it leads to the site's own addresses.
    Gtm,
    /// Object storage or static hosting.
    Storage,
    /// A cloud's own host name.
    Cloud,
    /// Shared hosting.
    Hosting,
    /// A site builder.
    SiteBuilder,
    /// A parking service.
    Parking,
}

impl CdnKind {
    /// Whether the site's own servers stand unseen behind it.
    pub fn hides_origin(self) -> bool {
        matches!(
            self,
            CdnKind::Cdn | CdnKind::Waf | CdnKind::Ddos | CdnKind::Storage | CdnKind::SiteBuilder
        )
    }
}

/// `[[cdn]]` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CdnRow {
    vendor: String,
    zh: String,
    kind: CdnKind,
    mainland: bool,
    #[serde(default)]
    suffixes: Vec<String>,
    #[serde(default)]
    patterns: Vec<String>,
}

/// All suffixes.
#[derive(Clone, Debug, Default)]
pub struct Cdns {
    rows: Vec<Cdn>,
    suffixes: HashMap<String, usize>,
    patterns: Vec<(Regex, usize)>,
}

impl Cdns {
    /// Whose the name is: its longest suffix of whole labels that the table knows.
    pub fn of_name(&self, name: &str) -> Option<&Cdn> {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let tails = std::iter::successors(Some(name.as_str()), |tail| {
            tail.split_once('.').map(|(_, rest)| rest)
        });
        let row = tails.clone().find_map(|tail| self.suffixes.get(tail).copied()).or_else(|| {
            tails.clone().find_map(|tail| {
                self.patterns.iter().find(|(pattern, _)| pattern.is_match(tail)).map(|p| p.1)
            })
        });
        row.and_then(|row| self.rows.get(row))
    }

    /// What a chain of aliases (first to last) leads to: the last name that hides the site's
    /// own servers, else the last one that is known at all.
    pub fn of_chain<'a>(&self, chain: impl IntoIterator<Item = &'a str>) -> Option<&Cdn> {
        let known: Vec<&Cdn> = chain.into_iter().filter_map(|name| self.of_name(name)).collect();
        known.iter().rev().find(|cdn| cdn.kind.hides_origin()).or_else(|| known.last()).copied()
    }

    /// Every row.
    pub fn rows(&self) -> impl Iterator<Item = &Cdn> {
        self.rows.iter()
    }

    pub(super) fn add(&mut self, rows: Vec<CdnRow>, file: &str) -> Result<(), PolicyError> {
        for row in rows {
            let place = self.rows.len();
            for pattern in row.patterns {
                let regex = Regex::new(&format!("^(?:{pattern})$")).map_err(|error| {
                    let problem = format!("{pattern:?} is not a pattern: {error}");
                    PolicyError::Row { file: file.to_owned(), row: row.zh.clone(), problem }
                })?;
                self.patterns.push((regex, place));
            }
            self.suffixes.extend(row.suffixes.into_iter().map(|s| (s.to_ascii_lowercase(), place)));
            let Self { rows, .. } = self;
            rows.push(Cdn {
                vendor: row.vendor,
                zh: row.zh,
                kind: row.kind,
                mainland: row.mainland,
            });
        }
        Ok(())
    }
}
