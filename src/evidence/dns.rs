use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Where a host points: what each resolver said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dns {
    /// What A and AAAA came to over all resolvers and retries.
    pub outcome: Resolution,
    /// The names from the host to the last alias, the host itself left out; empty without a CNAME.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<String>,
    /// The addresses, sorted, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Located>,
    /// Each question and what became of it, for the evidence file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
    /// What each vantage point was told; empty where only one place was asked from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vantages: Vec<Vantage>,
}

/// What one vantage point was told: a resolver of another network, or a client subnet (EDNS)
/// that the resolver was asked on behalf of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vantage {
    /// The name the settings give it.
    pub name: String,
    /// What it came to.
    pub outcome: Resolution,
    /// The names from the host to the last alias; empty without a CNAME.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<String>,
    /// The addresses, sorted, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Located>,
}

/// What the resolution of a host came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// There are addresses.
    Resolved,
    /// The name does not exist; where there are several resolvers, two agree.
    NxDomain,
    /// The name exists and has no address; where there are several resolvers, two agree.
    NoData,
    /// Every resolver failed to get an answer from the zone (SERVFAIL, lame).
    ServFail,
    /// Every resolver refused us.
    Refused,
    /// No answer in time.
    #[default]
    Timeout,
    /// The aliases go round in a circle.
    Loop,
    /// More than 16 aliases.
    ChainTooLong,
    /// The resolvers contradict each other.
    Disputed,
}

impl Resolution {
    /// Whether DNS itself answered: there is an address, or there surely is none.
    pub fn is_answer(self) -> bool {
        matches!(self, Resolution::Resolved | Resolution::NxDomain | Resolution::NoData)
    }
}

/// One question to one resolver.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// `address:port` of the resolver, or `system`.
    pub resolver: String,
    /// `A` or `AAAA`.
    pub question: String,
    /// `addresses`, `nxdomain`, `nodata`, `servfail`, `refused`, `timeout`, `loop`, `chain_too_long`, `malformed`.
    pub outcome: String,
    /// The records of the answer in their usual notation, at most 64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<String>,
}

/// An address and where it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Located {
    /// The address.
    pub address: IpAddr,
    /// Where it is.
    pub place: Place,
}

/// Where an address is, and whose network it lies in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The region.
    pub region: Region,
    /// ISO code of the country where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The network, where the table knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
}

/// The region of an address, as filing law divides the world.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    /// Mainland China.
    Mainland,
    /// 香港
    HongKong,
    /// 澳门
    Macau,
    /// 台湾
    Taiwan,
    /// Elsewhere.
    Abroad,
    /// The sources disagree.
    Disputed,
    /// Private, loopback, documentation and the like: no public site.
    Reserved,
    /// The table does not tell.
    #[default]
    Unknown,
}

/// The network that an address lies in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// Autonomous system number; 0 where the user gave the provider (`--place`).
    pub asn: u32,
    /// Key into `config/providers.toml`, where the network's owner is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// A cloud's or CDN's own network: who serves from it is that provider's customer.
    /// False for carriers and data centres, who lend addresses to other providers.
    pub certain: bool,
}
