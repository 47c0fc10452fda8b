//! Makes `config/places.bin` from tables of facts; `docs/places.md` says where those are from.
//!
//! `cargo run --example make_places -- FOLDER DATE` reads `dbip_country_extract.csv`,
//! `asn_provider.csv`, `provider_ranges_v4.csv` and `provider_ranges_v6.csv` of the folder.
//! The same tables give the same bytes.

use anyhow::{Context as _, Result, bail};
use beian::probe::place::table::{Country, NetworkRow, Steps, Table, Zone};
use ipnet::IpNet;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::path::Path;

const SOURCE: &str = "IP Geolocation by DB-IP (https://db-ip.com, CC BY 4.0); \
                      networks from RouteViews and NRO data (CC BY 4.0)";

/// Ranges whose registration and announcement say one side of the border while they are in
/// use on both: number of the network, owner, range, and how it is known.
const MIXED: &[(u32, &str, &str, &str)] = &[
    (139_341, "tencent", "240d:c000::/20", "registered in Singapore, serves mainland edges"),
    (132_203, "tencent", "119.29.29.0/24", "DNSPod's public resolver, anycast in the mainland"),
];

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(date)) = (arguments.next(), arguments.next()) else {
        bail!("usage: make_places FOLDER DATE, e.g. make_places tables 2026-06-01");
    };
    let folder = Path::new(&folder);
    let [countries_v4, countries_v6] = countries(&folder.join("dbip_country_extract.csv"))?;
    let mut networks = networks(&folder.join("asn_provider.csv"))?;
    let files = ["provider_ranges_v4.csv", "provider_ranges_v6.csv"];
    let [networks_v4, networks_v6] = ranges(files.map(|file| folder.join(file)), &mut networks)?;
    let table = Table {
        date: date.parse().with_context(|| format!("{date} is not a date"))?,
        source: SOURCE.to_owned(),
        networks,
        countries_v4,
        countries_v6,
        networks_v4,
        networks_v6,
    };
    std::fs::write("config/places.bin", table.encode()?).context("config/places.bin")
}

/// `first,last,country`
fn countries(file: &Path) -> Result<[Steps; 2]> {
    let mut painted = [Painted::default(), Painted::default()];
    for row in rows(file)? {
        let (first, last): (IpAddr, IpAddr) = (cell(&row, "first")?, cell(&row, "last")?);
        let code: String = cell(&row, "country")?;
        let country = Country::of_code(&code).with_context(|| format!("{code} is not held"))?;
        let (family, first) = point(first);
        let (_, last) = point(last);
        painted.get_mut(family).context("family")?.paint(first, last, country as u16);
    }
    Ok(painted.map(Painted::steps))
}

/// `asn,provider_key,kind,zone` and more
fn networks(file: &Path) -> Result<Vec<NetworkRow>> {
    let mut networks = Vec::new();
    for row in rows(file)? {
        let (kind, zone): (String, String) = (cell(&row, "kind")?, cell(&row, "zone")?);
        networks.push(NetworkRow {
            asn: cell(&row, "asn")?,
            provider: cell(&row, "provider_key")?,
            zone: match zone.as_str() {
                "mainland" => Zone::Mainland,
                "mixed" => Zone::Mixed,
                _ => Zone::Outside,
            },
            certain: matches!(kind.as_str(), "cloud" | "cdn"),
        });
    }
    networks.sort_by_key(|network| network.asn);
    Ok(networks)
}

/// `cidr,asn,provider_key,zone`; the most specific range holds, and [`MIXED`] before all.
fn ranges(files: [std::path::PathBuf; 2], networks: &mut Vec<NetworkRow>) -> Result<[Steps; 2]> {
    let mut found: Vec<(IpNet, u16)> = Vec::new();
    for file in files {
        let places = places(networks);
        for row in rows(&file)? {
            let (network, asn): (IpNet, u32) = (cell(&row, "cidr")?, cell(&row, "asn")?);
            let place = places.get(&asn).with_context(|| format!("{asn} is nobody's"))?;
            found.push((network, *place));
        }
    }
    found.sort_by_key(|(network, place)| (network.prefix_len(), *network, *place));
    for (asn, provider, range, _) in MIXED {
        networks.push(NetworkRow {
            asn: *asn,
            provider: (*provider).to_owned(),
            zone: Zone::Mixed,
            certain: true,
        });
        found.push((range.parse()?, u16::try_from(networks.len())?));
    }
    let mut painted = [Painted::default(), Painted::default()];
    for (network, place) in found {
        let (family, first) = point(network.network());
        let (_, last) = point(network.broadcast());
        painted.get_mut(family).context("family")?.paint(first, last, place);
    }
    Ok(painted.map(Painted::steps))
}

/// Number of a network → its place in the table, from 1.
fn places(networks: &[NetworkRow]) -> HashMap<u32, u16> {
    networks.iter().zip(1..).map(|(network, place)| (network.asn, place)).collect()
}

/// Ranges laid over each other: from each point on, a value.
#[derive(Default)]
struct Painted(BTreeMap<u64, u16>);

impl Painted {
    fn paint(&mut self, first: u64, last: u64, value: u16) {
        let after = last.checked_add(1);
        let behind = self.0.range(..=after.unwrap_or(last)).next_back().map_or(0, |(_, v)| *v);
        let covered: Vec<u64> = self.0.range(first..=last).map(|(point, _)| *point).collect();
        for point in covered {
            self.0.remove(&point);
        }
        self.0.insert(first, value);
        if let Some(after) = after {
            self.0.entry(after).or_insert(behind);
        }
    }

    fn steps(self) -> Steps {
        let mut held = 0;
        Steps::new(
            self.0.into_iter().filter(|(_, value)| std::mem::replace(&mut held, *value) != *value),
        )
    }
}

/// Which family, and where in it: IPv6 by its upper half.
fn point(address: IpAddr) -> (usize, u64) {
    match address {
        IpAddr::V4(address) => (0, address.to_bits().into()),
        IpAddr::V6(address) => (1, (address.to_bits() >> 64) as u64),
    }
}

type Row = HashMap<String, String>;

fn rows(file: &Path) -> Result<Vec<Row>> {
    let mut reader = csv::Reader::from_path(file).with_context(|| file.display().to_string())?;
    reader.deserialize().map(|row| row.with_context(|| file.display().to_string())).collect()
}

fn cell<T: std::str::FromStr>(row: &Row, column: &str) -> Result<T> {
    let text = row.get(column).with_context(|| format!("there is no column {column}"))?;
    text.parse().ok().with_context(|| format!("{column} {text:?} cannot be read"))
}
