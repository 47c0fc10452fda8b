//! Where an address is: region, network, access provider.

use crate::evidence::Place;
use ipnet::IpNet;
use jiff::civil::Date;
use std::{net::IpAddr, path::Path};

/// The location table in force.
#[derive(Debug, Default)]
pub struct Places {}

/// Why a location table cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The user's database cannot be read.
    #[error("the location database {0} cannot be read: {1}")]
    Database(String, String),
    /// A `--place` value is malformed.
    #[error("{0:?} is not CIDR=CC or CIDR=CC/PROVIDER, e.g. 203.0.113.0/24=CN/aliyun: {1}")]
    Override(String, String),
}

/// `CIDR=CC[/PROVIDER]`
#[derive(Clone, Debug, PartialEq)]
pub struct Override {
    /// The network.
    pub network: IpNet,
    /// ISO code.
    pub country: String,
    /// Key into `config/providers.toml`.
    pub provider: Option<String>,
}

impl std::str::FromStr for Override {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        Err(PlaceError::Override(text.to_owned(), "not built yet".to_owned()))
    }
}

impl Places {
    /// The embedded table with the user's overrides.
    pub fn embedded(_overrides: Vec<Override>) -> Places {
        Places {}
    }

    /// A MaxMind-format database in place of the embedded table of countries.
    pub fn from_database(_file: &Path, _overrides: Vec<Override>) -> Result<Places, PlaceError> {
        Ok(Places {})
    }

    /// Where an address is.
    pub fn locate(&self, _address: IpAddr) -> Place {
        Place::default()
    }

    /// The day the table was made.
    pub fn date(&self) -> Date {
        Date::constant(2026, 6, 1)
    }

    /// The table's name for the summary, with its attribution.
    pub fn source(&self) -> &str {
        ""
    }
}
