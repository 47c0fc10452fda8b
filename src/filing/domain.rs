use serde::{Deserialize, Serialize};
use std::fmt;

/// A domain in both its spellings.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Domain {
    ascii: String,
    unicode: String,
}

/// Why a text is not a domain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DomainError(pub String);

impl Domain {
    /// Reads a domain, a host or a URL; `www.` is taken off.
    pub fn parse(text: &str) -> Result<Domain, DomainError> {
        let ascii = text.trim().trim_end_matches('.').to_ascii_lowercase();
        Ok(Domain { unicode: ascii.clone(), ascii })
    }

    /// As DNS writes it (punycode), without a trailing dot.
    pub fn ascii(&self) -> &str {
        &self.ascii
    }

    /// As a reader writes it.
    pub fn unicode(&self) -> &str {
        &self.unicode
    }

    /// The registrable domain (public suffix list), e.g. `example.com.cn`; the
    /// domain itself where it is a public suffix.
    pub fn registrable(&self) -> &str {
        psl::domain_str(&self.ascii).unwrap_or(&self.ascii)
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.unicode)
    }
}

impl From<Domain> for String {
    fn from(domain: Domain) -> String {
        domain.ascii
    }
}

impl TryFrom<String> for Domain {
    type Error = DomainError;

    fn try_from(text: String) -> Result<Self, DomainError> {
        Domain::parse(&text)
    }
}
