//! A location database of the user's, in MaxMind's format (GeoLite2, GeoIP2, DB-IP).

use super::PlaceError;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use maxminddb::{PathElement, Reader};
use std::{net::IpAddr, path::Path};

/// An open database, in memory.
#[derive(Debug)]
pub(super) struct Database {
    reader: Reader<Vec<u8>>,
    pub(super) date: Date,
    pub(super) source: String,
}

impl Database {
    /// Reads a file. One that is no such database, or holds no countries, is an error.
    pub(super) fn open(file: &Path) -> Result<Database, PlaceError> {
        let wrong = |problem: String| PlaceError::Database(file.display().to_string(), problem);
        let bytes = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
        let reader = Reader::from_source(bytes)
            .map_err(|error| wrong(format!("it is no MaxMind-format database ({error})")))?;
        let kind = &reader.metadata().database_type;
        let known = ["country", "city", "enterprise", "location"];
        if !known.iter().any(|word| kind.to_ascii_lowercase().contains(word)) {
            let problem =
                format!("it is a {kind:?} database; one of countries or cities is needed");
            return Err(wrong(problem));
        }
        let seconds = i64::try_from(reader.metadata().build_epoch).ok();
        let built = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        let built = built.ok_or_else(|| wrong("its build date cannot be read".to_owned()))?;
        let date = built.to_zoned(TimeZone::UTC).date();
        let source = format!("{kind} of {date}, given by --geo-db");
        Ok(Database { source, reader, date })
    }

    /// The ISO code of the country in which the address is used.
    pub(super) fn country(&self, address: IpAddr) -> Option<String> {
        let path = [PathElement::Key("country"), PathElement::Key("iso_code")];
        let code = self.reader.lookup(address).ok()?.decode_path::<String>(&path).ok()??;
        Some(code.to_ascii_uppercase())
    }

    /// The number of the network, where the database has it.
    pub(super) fn asn(&self, address: IpAddr) -> Option<u32> {
        let found = self.reader.lookup(address).ok()?;
        let at = |path: &[PathElement<'_>]| found.decode_path::<u32>(path).ok().flatten();
        let number = "autonomous_system_number";
        at(&[PathElement::Key(number)])
            .or_else(|| at(&[PathElement::Key("traits"), PathElement::Key(number)]))
    }
}
