//! The table in `config/places.bin`: what it holds, and how it is packed.
//!
//! Four sorted lists of steps (countries and networks, IPv4 and IPv6): from this address on,
//! this value holds. Starts are written as differences and, like all numbers, seven bits a
//! byte; the whole is deflated. IPv6 goes by its upper 64 bits: a /64 is one link, and
//! nobody divides it between countries. `docs/places.md` tells how the file is made.

use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use jiff::civil::Date;
use std::io::{Read as _, Write as _};
use std::net::IpAddr;

const MAGIC: &[u8] = b"beian places 1\n";
/// More than the unpacked table will ever have: a bound for a damaged file.
const MOST_BYTES: u64 = 16 << 20;

/// The table, unpacked: about a megabyte.
#[derive(Debug, Default, PartialEq)]
pub struct Table {
    /// The day of the data.
    pub date: Date,
    /// Where the data is from, with its attribution.
    pub source: String,
    /// The networks that the lists of networks refer to, from 1; also those of carriers, whose
    /// ranges are not held.
    pub networks: Vec<NetworkRow>,
    /// IPv4 address → [`Country`] by its number, 0 for elsewhere.
    pub countries_v4: Steps,
    /// IPv6, upper 64 bits → [`Country`] by its number, 0 for elsewhere.
    pub countries_v6: Steps,
    /// IPv4 address → place in `networks` from 1, 0 for none.
    pub networks_v4: Steps,
    /// IPv6, upper 64 bits → place in `networks` from 1, 0 for none.
    pub networks_v6: Steps,
}

/// The owner of some ranges.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NetworkRow {
    /// Autonomous system number.
    pub asn: u32,
    /// Key into `config/providers.toml`.
    pub provider: String,
    /// Where its addresses are used.
    pub zone: Zone,
    /// A cloud's or CDN's own network.
    pub certain: bool,
}

/// Where a network's addresses are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Zone {
    /// Nobody has said.
    Unknown,
    /// In the mainland.
    Mainland,
    /// Outside of it.
    Outside,
    /// On both sides.
    Mixed,
}

/// The countries and regions that the table tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Country {
    /// CN
    Mainland = 1,
    /// HK
    HongKong = 2,
    /// MO
    Macau = 3,
    /// TW
    Taiwan = 4,
}

impl Country {
    const ALL: [Country; 4] =
        [Country::Mainland, Country::HongKong, Country::Macau, Country::Taiwan];

    /// Its ISO code.
    pub fn code(self) -> &'static str {
        match self {
            Country::Mainland => "CN",
            Country::HongKong => "HK",
            Country::Macau => "MO",
            Country::Taiwan => "TW",
        }
    }

    /// The one of this ISO code.
    pub fn of_code(code: &str) -> Option<Country> {
        Country::ALL.into_iter().find(|country| country.code() == code)
    }
}

/// Who owns an address.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owner<'a> {
    pub(super) asn: u32,
    /// Empty where nobody is known.
    pub(super) provider: &'a str,
    pub(super) zone: Zone,
    pub(super) certain: bool,
}

impl Owner<'_> {
    pub(super) fn unknown(asn: u32) -> Owner<'static> {
        Owner { asn, provider: "", zone: Zone::Unknown, certain: false }
    }
}

impl<'a> From<&'a NetworkRow> for Owner<'a> {
    fn from(row: &'a NetworkRow) -> Owner<'a> {
        Owner { asn: row.asn, provider: &row.provider, zone: row.zone, certain: row.certain }
    }
}

/// Values by address: from each start on, its value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Steps {
    starts: Vec<u64>,
    values: Vec<u16>,
}

impl Steps {
    /// From steps whose starts rise.
    pub fn new(steps: impl IntoIterator<Item = (u64, u16)>) -> Steps {
        let (starts, values) = steps.into_iter().unzip();
        Steps { starts, values }
    }

    /// How many steps there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The value that holds at a point; 0 before the first start.
    fn at(&self, point: u64) -> u16 {
        let after = self.starts.partition_point(|start| *start <= point);
        after.checked_sub(1).and_then(|step| self.values.get(step)).copied().unwrap_or(0)
    }
}

impl Table {
    /// Whether the table holds nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.countries_v4.is_empty()
    }

    pub(super) fn country(&self, address: IpAddr) -> Option<Country> {
        let number = match address {
            IpAddr::V4(address) => self.countries_v4.at(address.to_bits().into()),
            IpAddr::V6(address) => self.countries_v6.at(upper(address)),
        };
        Country::ALL.into_iter().find(|country| *country as u16 == number)
    }

    pub(super) fn owner(&self, address: IpAddr) -> Option<Owner<'_>> {
        let number = match address {
            IpAddr::V4(address) => self.networks_v4.at(address.to_bits().into()),
            IpAddr::V6(address) => self.networks_v6.at(upper(address)),
        };
        let place = usize::from(number).checked_sub(1)?;
        self.networks.get(place).map(Owner::from)
    }

    pub(super) fn owner_of_asn(&self, asn: u32) -> Option<Owner<'_>> {
        self.networks.iter().find(|row| row.asn == asn).map(Owner::from)
    }

    /// Whether a provider's networks are all its own; `None` where it has none here.
    pub(super) fn is_certain(&self, provider: &str) -> Option<bool> {
        let mut rows = self.networks.iter().filter(|row| row.provider == provider).peekable();
        rows.peek()?;
        Some(rows.any(|row| row.certain))
    }

    /// Packs the table.
    pub fn encode(&self) -> std::io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        put_text(&mut plain, &self.date.to_string());
        put_text(&mut plain, &self.source);
        put(&mut plain, self.networks.len() as u64);
        for row in &self.networks {
            put(&mut plain, row.asn.into());
            put_text(&mut plain, &row.provider);
            put(&mut plain, row.zone as u64);
            put(&mut plain, row.certain.into());
        }
        for steps in [&self.countries_v4, &self.countries_v6, &self.networks_v4, &self.networks_v6]
        {
            put(&mut plain, steps.starts.len() as u64);
            let before = std::iter::once(&0).chain(&steps.starts);
            let rises = steps.starts.iter().zip(before).map(|(start, before)| start - before);
            rises.for_each(|rise| put(&mut plain, rise));
            steps.values.iter().for_each(|value| put(&mut plain, (*value).into()));
        }
        let mut packed = ZlibEncoder::new(MAGIC.to_vec(), Compression::best());
        packed.write_all(&plain)?;
        packed.finish()
    }

    /// Unpacks a table; `None` where the bytes are none.
    pub fn decode(bytes: &[u8]) -> Option<Table> {
        let packed = bytes.strip_prefix(MAGIC)?;
        let mut plain = Vec::new();
        ZlibDecoder::new(packed).take(MOST_BYTES).read_to_end(&mut plain).ok()?;
        let mut rest = plain.as_slice();
        let table = Table {
            date: take_text(&mut rest)?.parse().ok()?,
            source: take_text(&mut rest)?,
            networks: take_networks(&mut rest)?,
            countries_v4: take_steps(&mut rest)?,
            countries_v6: take_steps(&mut rest)?,
            networks_v4: take_steps(&mut rest)?,
            networks_v6: take_steps(&mut rest)?,
        };
        rest.is_empty().then_some(table)
    }
}

/// The upper half of an IPv6 address.
fn upper(address: std::net::Ipv6Addr) -> u64 {
    (address.to_bits() >> 64) as u64
}

fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put(bytes, text.len() as u64);
    bytes.extend_from_slice(text.as_bytes());
}

fn take(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (first, behind) = rest.split_first()?;
        *rest = behind;
        number |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn take_text(rest: &mut &[u8]) -> Option<String> {
    let length = usize::try_from(take(rest)?).ok()?;
    let (text, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    String::from_utf8(text.to_vec()).ok()
}

/// A count of things that take a byte each at least.
fn take_count(rest: &mut &[u8]) -> Option<usize> {
    let count = usize::try_from(take(rest)?).ok()?;
    (count <= rest.len()).then_some(count)
}

fn take_networks(rest: &mut &[u8]) -> Option<Vec<NetworkRow>> {
    let count = take_count(rest)?;
    let mut networks = Vec::with_capacity(count);
    for _ in 0..count {
        networks.push(NetworkRow {
            asn: take(rest)?.try_into().ok()?,
            provider: take_text(rest)?,
            zone: match take(rest)? {
                0 => Zone::Unknown,
                1 => Zone::Mainland,
                2 => Zone::Outside,
                3 => Zone::Mixed,
                _ => return None,
            },
            certain: take(rest)? != 0,
        });
    }
    Some(networks)
}

fn take_steps(rest: &mut &[u8]) -> Option<Steps> {
    let count = take_count(rest)?;
    let (mut starts, mut values) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let mut start = 0_u64;
    for place in 0..count {
        let rise = take(rest)?;
        if rise == 0 && place > 0 {
            return None;
        }
        start = start.checked_add(rise)?;
        starts.push(start);
    }
    for _ in 0..count {
        values.push(take(rest)?.try_into().ok()?);
    }
    Some(Steps { starts, values })
}
