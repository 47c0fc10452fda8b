//! Where an address is: region, network, access provider.
//!
//! The embedded table knows the ranges of the mainland, Hong Kong, Macau and Taiwan
//! (the rest of the world is abroad) and the networks of clouds, CDNs and data centres.
//! A user's database takes the place of the ranges; the networks stay ours.

mod database;
mod overrides;
mod special;
pub mod table;

pub use overrides::Override;
pub use special::reserved;

use crate::evidence::{Network, Place, Region};
use database::Database;
use jiff::civil::Date;
use std::{net::IpAddr, path::Path, sync::LazyLock};
use table::{Country, Owner, Table, Zone};

/// The location table in force.
#[derive(Debug, Default)]
pub struct Places {
    database: Option<Database>,
    /// The most specific first.
    overrides: Vec<Override>,
}

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

/// From this age on a table is too old to be relied upon: networks move every month.
const OLD_AFTER_DAYS: i32 = 180;

/// Decoded once, at the first look-up. A table that cannot be decoded knows nothing, and
/// every place is unknown; a test holds that it can.
static EMBEDDED: LazyLock<Table> = LazyLock::new(|| {
    Table::decode(include_bytes!("../../../config/places.bin")).unwrap_or_default()
});

impl Places {
    /// The embedded table with the user's overrides.
    pub fn embedded(overrides: Vec<Override>) -> Places {
        Places { database: None, overrides: by_specificity(overrides) }
    }

    /// A MaxMind-format database in place of the embedded table of countries.
    pub fn from_database(file: &Path, overrides: Vec<Override>) -> Result<Places, PlaceError> {
        let database = Database::open(file)?;
        Ok(Places { database: Some(database), overrides: by_specificity(overrides) })
    }

    /// Where an address is. An override holds before all else, then the reserved ranges.
    /// Where the zone of the network contradicts the country, the place is disputed.
    pub fn locate(&self, address: IpAddr) -> Place {
        let stated = self.overrides.iter().find(|stated| stated.network.contains(&address));
        if stated.is_none() && reserved(address).is_some() {
            return Place { region: Region::Reserved, ..Place::default() };
        }
        let owner = EMBEDDED.owner(address).or_else(|| {
            let asn = self.database.as_ref()?.asn(address)?;
            EMBEDDED.owner_of_asn(asn).or(Some(Owner::unknown(asn)))
        });
        match stated {
            Some(stated) => by_override(stated, owner),
            None => {
                let (mut region, country) = self.country(address);
                if owner.as_ref().is_some_and(|owner| contradicts(owner.zone, region)) {
                    region = Region::Disputed;
                }
                Place { region, country, network: owner.map(network) }
            }
        }
    }

    /// The day the table was made.
    pub fn date(&self) -> Date {
        self.database.as_ref().map_or(EMBEDDED.date, |database| database.date)
    }

    /// The table's name for the summary, with its attribution.
    pub fn source(&self) -> &str {
        self.database.as_ref().map_or(&EMBEDDED.source, |database| &database.source)
    }

    /// What to tell the operator where the table is older than 180 days.
    pub fn age_warning(&self, today: Date) -> Option<String> {
        let date = self.date();
        let days = date.until(today).map_or(0, |span| span.get_days());
        (days > OLD_AFTER_DAYS).then(|| {
            format!(
                "the location table is of {date}, {days} days old; addresses move: \
                 name a newer database with --geo-db"
            )
        })
    }

    fn country(&self, address: IpAddr) -> (Region, Option<String>) {
        match &self.database {
            Some(database) => match database.country(address) {
                Some(code) => (region(&code), Some(code)),
                None => (Region::Unknown, None),
            },
            None if EMBEDDED.is_empty() => (Region::Unknown, None),
            None => match EMBEDDED.country(address) {
                Some(country) => (region(country.code()), Some(country.code().to_owned())),
                None => (Region::Abroad, None),
            },
        }
    }
}

fn by_specificity(mut overrides: Vec<Override>) -> Vec<Override> {
    overrides.reverse();
    overrides.sort_by_key(|o| std::cmp::Reverse(o.network.prefix_len()));
    overrides
}

fn by_override(stated: &Override, owner: Option<Owner<'_>>) -> Place {
    let network = match &stated.provider {
        Some(key) => Some(Network {
            asn: 0,
            provider: Some(key.clone()),
            certain: EMBEDDED.is_certain(key).unwrap_or(true),
        }),
        None => owner.map(network),
    };
    Place { region: region(&stated.country), country: Some(stated.country.clone()), network }
}

/// The region of an ISO code.
fn region(code: &str) -> Region {
    match Country::of_code(code) {
        Some(Country::Mainland) => Region::Mainland,
        Some(Country::HongKong) => Region::HongKong,
        Some(Country::Macau) => Region::Macau,
        Some(Country::Taiwan) => Region::Taiwan,
        None => Region::Abroad,
    }
}

/// Whether a network of this zone has no business in that region.
fn contradicts(zone: Zone, region: Region) -> bool {
    match zone {
        Zone::Unknown => false,
        Zone::Mixed => true,
        Zone::Mainland => region != Region::Mainland,
        Zone::Outside => region == Region::Mainland,
    }
}

fn network(owner: Owner<'_>) -> Network {
    let provider = (!owner.provider.is_empty()).then(|| owner.provider.to_owned());
    Network { asn: owner.asn, provider, certain: owner.certain }
}

#[cfg(test)]
mod tests;
