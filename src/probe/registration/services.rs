//! Whom to ask for which suffix.

use serde::Deserialize;
use std::{collections::HashMap, sync::LazyLock};
use url::Url;

const EMBEDDED: &str = include_str!("../../../config/registration.toml");

/// RFC 3912.
const WHOIS_PORT: u16 = 43;

static TABLE: LazyLock<Result<Services, ServicesError>> =
    LazyLock::new(|| Services::default().with(EMBEDDED, "config/registration.toml"));

/// Registries by suffix.
#[derive(Clone, Debug, Default)]
pub struct Services {
    by_suffix: HashMap<String, Service>,
}

/// Why a table of registries cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct ServicesError {
    /// The file as the caller named it.
    file: String,
    /// What is wrong in it.
    problem: String,
}

/// One registry.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Service {
    pub(super) rdap: Option<Url>,
    pub(super) whois: Option<WhoisServer>,
    /// What the WHOIS server is sent, with `{domain}` in it.
    pub(super) query: String,
    /// Whether the registrar's own WHOIS server knows more.
    pub(super) referral: bool,
    /// The zone of times that name none, hours east of UTC.
    pub(super) hours: i8,
}

/// A WHOIS server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WhoisServer {
    /// A name or an address.
    pub(super) host: String,
    pub(super) port: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    registry: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    suffixes: Vec<String>,
    rdap: Option<String>,
    whois: Option<String>,
    query: Option<String>,
    #[serde(default)]
    referral: bool,
    #[serde(default)]
    hours: i8,
}

impl Services {
    /// The table that the program carries.
    ///
    /// # Errors
    /// Never in a released program: a test reads the table.
    pub fn embedded() -> Result<Services, ServicesError> {
        TABLE.clone()
    }

    /// This table with a file's rows laid over it; `file` is what errors call it.
    ///
    /// # Errors
    /// Where the file cannot be understood.
    pub fn with(mut self, text: &str, file: &str) -> Result<Services, ServicesError> {
        let wrong = |problem: String| ServicesError { file: file.to_owned(), problem };
        let document: Document =
            toml::from_str(text).map_err(|error| wrong(error.to_string().trim().to_owned()))?;
        for row in document.registry {
            let suffixes = row.suffixes.clone();
            let service = row
                .service()
                .map_err(|problem| wrong(format!("{}: {problem}", suffixes.join(", "))))?;
            for suffix in suffixes {
                let suffix = suffix.trim_matches('.').to_ascii_lowercase();
                self.by_suffix.insert(suffix, service.clone());
            }
        }
        Ok(self)
    }

    /// The registry of a domain: that of its longest suffix in the table.
    pub(super) fn of(&self, domain: &str) -> Option<&Service> {
        let tails =
            std::iter::successors(Some(domain), |tail| tail.split_once('.').map(|(_, rest)| rest));
        tails.skip(1).find_map(|tail| self.by_suffix.get(tail))
    }

    /// Host and port of all RDAP services.
    pub(super) fn rdap_doors(&self) -> Vec<(String, u16)> {
        let bases = self.by_suffix.values().filter_map(|service| service.rdap.as_ref());
        let door = |base: &Url| Some((base.host_str()?.to_owned(), base.port_or_known_default()?));
        let mut doors: Vec<(String, u16)> = bases.filter_map(door).collect();
        doors.sort_unstable();
        doors.dedup();
        doors
    }
}

impl Row {
    fn service(self) -> Result<Service, String> {
        let rdap = self.rdap.as_deref().map(base).transpose()?;
        let whois = self.whois.as_deref().map(WhoisServer::parse).transpose()?;
        if rdap.is_none() && whois.is_none() {
            return Err("names neither rdap nor whois".to_owned());
        }
        let query = self.query.unwrap_or_else(|| "{domain}".to_owned());
        if !query.contains("{domain}") || query.contains(char::is_control) {
            return Err(format!("{query:?} is no question: one line with {{domain}} in it"));
        }
        if !(-12..=14).contains(&self.hours) {
            return Err(format!("{} is not a zone: -12 to 14 hours", self.hours));
        }
        Ok(Service { rdap, whois, query, referral: self.referral, hours: self.hours })
    }
}

fn base(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| format!("{text:?} is not a URL"))?;
    let is_base = matches!(url.scheme(), "https" | "http") && url.path().ends_with('/');
    if is_base { Ok(url) } else { Err(format!("{text:?} is not an https:// base ending in /")) }
}

impl WhoisServer {
    /// Reads `NAME`, `ADDRESS` or either with `:PORT`.
    pub(super) fn parse(text: &str) -> Result<WhoisServer, String> {
        let wrong = || format!("{text:?} is not a WHOIS server: NAME or NAME:PORT");
        let text = text.trim().trim_start_matches("whois://").trim_end_matches('/');
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                (host, port.parse().map_err(|_| wrong())?)
            }
            _ => (text, WHOIS_PORT),
        };
        let host = host.trim_matches(['[', ']', '.']).to_ascii_lowercase();
        let is_host = host.len() <= 253
            && host.contains(['.', ':'])
            && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:".contains(c));
        if is_host { Ok(WhoisServer { host, port }) } else { Err(wrong()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_table_knows_the_usual_suffixes() {
        let table = Services::embedded().unwrap();
        let whois = |domain| table.of(domain).and_then(|s| s.whois.as_ref()).map(|w| &*w.host);
        assert_eq!(whois("site.cn"), Some("whois.cnnic.cn"));
        assert_eq!(whois("site.com.cn"), Some("whois.cnnic.cn"));
        assert_eq!(whois("xn--fsqu00a.xn--fiqs8s"), Some("cwhois.cnnic.cn"));
        assert_eq!(table.of("site.com").unwrap().query, "domain {domain}");
        for suffix in ["com", "net", "org", "cn", "top", "xyz", "vip", "shop"] {
            assert!(table.of(&format!("site.{suffix}")).is_some(), "{suffix}");
        }
        assert!(table.of("site.example").is_none());
        assert!(table.of("com").is_none());
    }

    #[test]
    fn a_row_of_ones_own_takes_the_place_of_the_built_in_one() {
        let mine = "[[registry]]\nsuffixes = [\".CN\"]\nwhois = \"10.0.0.9:4343\"\n";
        let table = Services::embedded().unwrap().with(mine, "mine.toml").unwrap();
        let server = table.of("site.cn").unwrap().whois.clone().unwrap();
        assert_eq!((server.host.as_str(), server.port), ("10.0.0.9", 4343));
    }

    #[test]
    fn mistakes_are_named_with_the_file_and_the_row() {
        for (row, part) in [
            ("rdap = \"ftp://rdap.example/\"", "not an https"),
            ("rdap = \"https://rdap.example/v1\"", "ending in /"),
            ("whois = \"no server\"", "not a WHOIS server"),
            ("", "neither rdap nor whois"),
            ("whois = \"whois.example\"\nquery = \"a\"", "no question"),
            ("whois = \"whois.example\"\nhours = 99", "not a zone"),
            ("wohis = \"whois.example\"", "wohis"),
        ] {
            let text = format!("[[registry]]\nsuffixes = [\"x\"]\n{row}\n");
            let error = Services::default().with(&text, "mine.toml").unwrap_err().to_string();
            assert!(error.starts_with("mine.toml") && error.contains(part), "{error}");
        }
    }
}
