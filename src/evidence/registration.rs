use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What the registry says of a registrable domain, by RDAP or WHOIS.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Registration {
    /// The registrable domain asked for, punycode.
    pub domain: String,
    /// The service that answered: an RDAP base address or a WHOIS server's name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Why there is no answer; then all else is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<RegistrationFailure>,
    /// First registered, in China's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registered_on: Option<Date>,
    /// Expires, in China's time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<Date>,
    /// Status values in EPP's spelling (`clientHold`), sorted, each once, at most 32.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub status: Vec<String>,
    /// The registrar's name as answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registrar: Option<String>,
    /// The registrar's number in IANA's list, where the answer has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registrar_id: Option<u32>,
    /// The registrant's name where the answer has one and it is not withheld. That of an
    /// organisation; a person's is kept as answered too, and masked in every output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registrant: Option<String>,
}

/// Why a registry gave no answer. The names are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationFailure {
    /// It says that there is no such domain.
    NotFound,
    /// Nobody is known to ask for this suffix.
    NoService,
    /// Too many questions.
    Limited,
    /// No connection, or no answer in time.
    Unreachable,
    /// An answer that is none.
    Malformed,
}

/// A row of the user's registry file: what the ministry's query says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RegistryEntry {
    /// The domain it is of, punycode; empty where the row names none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub domain: String,
    /// The service's number, canonical; empty where the row names none or none that can be read.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub number: String,
    /// The subject's name; empty where the row names none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// Whether the row says that the filing is cancelled.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cancelled: bool,
}
