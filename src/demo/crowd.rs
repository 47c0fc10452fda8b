//! A world of any size: each site is a copy of one of the demo's, under a name, a number and
//! an address of its own. It is made from its number whenever somebody asks for it, so that
//! a million sites take no more memory than ten.

use super::filings::{headings, row, words};
use super::ports::PortKind;
use super::{DemoError, Site, embedded};
use serde::{Deserialize, Serialize};
use std::{
    io::{self, Write},
    net::{IpAddr, Ipv4Addr},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Which of the demo's sites are copied, and how many in ten thousand. What is planted in
/// them is planted in their copies.
const SHARES: &[(&str, u64)] = &[
    ("plain", 4_530),
    ("clean-to-https", 900),
    ("clean-apex-to-www", 900),
    ("clean-gzip", 900),
    ("clean-gbk", 300),
    ("clean-https-only", 400),
    ("clean-http-only", 700),
    ("clean-slow", 100),
    ("icp-none", 250),
    ("icp-other-subject", 100),
    ("icp-wrong-serial", 60),
    ("lnk-none", 150),
    ("ttl-default", 50),
    ("cpr-none", 100),
    ("psb-not-shown", 80),
    ("web-error", 60),
    ("dns-nowhere", 200),
    ("dns-servfail", 30),
    ("web-refused", 100),
    ("web-hangs-up", 20),
    ("web-silent", 20),
    ("list-bad-domain", 50),
];

/// Of ten sites behind ordinary ports so many stand on a few addresses.
const CROWDED: u64 = 6;
/// Those addresses, 49.232.1.1 and so on.
const FEW: u64 = 16;
/// Addresses of the others, 49.233.0.0 and so on.
const MANY: u16 = 4_096;
/// Addresses of the sites of each kind whose ports are not ordinary ones.
const ODD: u16 = 256;

/// Record numbers of one province and year that are used, from this one on.
const FIRST_SERIAL: u32 = 1_000;
const SERIALS: u32 = 900_000;
/// Provinces in whose names numbers are invented: letter, name, division of the police.
const PROVINCES: &[(&str, &str, &str)] =
    &[("浙", "浙江", "330106"), ("鲁", "山东", "370102"), ("皖", "安徽", "340103")];

/// How long servers take: the middle of a log-normal distribution and the spread of its
/// logarithm, so that two thirds of the pages come within 240 to 660 ms.
const WEB_DELAY: (f64, f64) = (400.0, 0.5);
const DNS_DELAY: (f64, f64) = (20.0, 0.6);
/// KiB of ordinary text on a page.
const PAGE_SIZE: (f64, f64) = (12.0, 0.8);

/// What tells one drawing of a site from another.
#[derive(Clone, Copy)]
enum Draw {
    Kind = 1,
    Place,
    Size,
    Delay,
    Dns,
}

/// The sites of a large world, numbered from 1.
#[derive(Debug)]
pub struct Crowd {
    size: CrowdSize,
    kinds: Vec<(Site, u64)>,
    shares: u64,
    asked: AtomicU64,
}

/// What a crowd is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrowdSize {
    /// Rows of its list.
    pub sites: u32,
    /// Makes other sites of the same number.
    pub seed: u64,
}

impl Crowd {
    /// The most sites that a crowd can have: as many as there are invented record numbers.
    pub const MOST: u32 = SERIALS * PROVINCES.len() as u32;

    /// A crowd of this size, at most [`Crowd::MOST`] sites.
    pub fn new(size: CrowdSize) -> Result<Crowd, DemoError> {
        let mut kinds = Vec::new();
        for site in embedded::sites()? {
            if let Some((_, share)) = SHARES.iter().find(|(name, _)| *name == site.name) {
                kinds.push((site, *share));
            }
        }
        let shares = kinds.iter().map(|(_, share)| share).sum();
        let size = CrowdSize { sites: size.sites.min(Self::MOST), ..size };
        Ok(Crowd { size, kinds, shares, asked: AtomicU64::new(0) })
    }

    /// What it is made from.
    pub fn size(&self) -> CrowdSize {
        self.size
    }

    /// All sites, in the order of the list.
    pub fn sites(&self) -> impl Iterator<Item = Site> {
        (1..=self.size.sites).filter_map(|number| self.site(number))
    }

    /// Writes the filing list, CSV.
    pub fn write_list(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(headings().as_bytes())?;
        self.sites().try_for_each(|site| out.write_all(row(&site).as_bytes()))
    }

    /// Requests for pages that were answered so far.
    pub fn answered(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }

    /// The site that a host belongs to.
    pub(super) fn site_of(&self, host: &str) -> Option<Site> {
        number_of(host).and_then(|number| self.site(number))
    }

    /// How long the server of a host takes for an answer.
    pub(super) fn web_delay(&self, host: &str) -> Duration {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let draw = self.draw(number_of(host).unwrap_or(0), Draw::Delay);
        milliseconds(log_normal(draw, WEB_DELAY))
    }

    /// How long a resolver takes for the next answer.
    pub(super) fn dns_delay(&self) -> Duration {
        let turn = self.asked.load(Ordering::Relaxed) as u32;
        milliseconds(log_normal(self.draw(turn, Draw::Dns), DNS_DELAY))
    }

    /// What happens at each port of each address.
    pub(super) fn ports(&self) -> impl Iterator<Item = ((IpAddr, u16), PortKind)> {
        let few = (1..=FEW as u8).map(|last| (Ipv4Addr::new(49, 232, 1, last), usual()));
        let many = (0..MANY).map(|low| (spread(low), usual()));
        let odd = (0_u8..).zip(&self.kinds).filter(|(_, (site, _))| kinds_of(site) != usual());
        let odd = odd.flat_map(|(kind, (site, _))| {
            (0..ODD).map(move |low| (odd_address(kind, low), kinds_of(site)))
        });
        few.chain(many).chain(odd).flat_map(|(address, (http, https))| {
            let at = IpAddr::V4(address);
            [((at, 80), http), ((at, 443), https)]
        })
    }

    fn site(&self, number: u32) -> Option<Site> {
        let within = (1..=self.size.sites).contains(&number);
        let (kind, of) = within.then(|| self.kind(number)).flatten()?;
        let mut site = of.clone();
        site.name = format!("site{number}");
        site.placed = Some(IpAddr::V4(self.address(number, kind, of)));
        if site.page.padding == 0 {
            let size = log_normal(self.draw(number, Draw::Size), PAGE_SIZE);
            site.page.padding = size.clamp(1.0, 100.0) as usize;
        }
        let (serial, turn) = (FIRST_SERIAL + number % SERIALS, number / SERIALS);
        let (letter, province, division) = PROVINCES.get(turn as usize)?;
        let company = words(number);
        let cells = [
            ("record_number", format!("{letter}ICP备2099{serial:06}号-1")),
            ("police_number", format!("{letter}公网安备{division}99{serial:06}号")),
            ("province", (*province).to_owned()),
            ("service_name", format!("示例{company}网")),
            ("subject_name", format!("示例{company}科技有限公司")),
        ];
        for (field, value) in cells {
            site.filing.entry(field.to_owned()).or_insert(value);
        }
        Some(site)
    }

    fn kind(&self, number: u32) -> Option<(u8, &Site)> {
        let mut left = self.draw(number, Draw::Kind) % self.shares.max(1);
        for (at, (site, share)) in (0..).zip(&self.kinds) {
            if left < *share {
                return Some((at, site));
            }
            left -= share;
        }
        None
    }

    fn address(&self, number: u32, kind: u8, site: &Site) -> Ipv4Addr {
        let draw = self.draw(number, Draw::Place);
        let (which, low) = (draw % 10, draw / 10);
        if kinds_of(site) != usual() {
            odd_address(kind, (low % u64::from(ODD)) as u16)
        } else if which < CROWDED {
            Ipv4Addr::new(49, 232, 1, (1 + low % FEW) as u8)
        } else {
            spread((low % u64::from(MANY)) as u16)
        }
    }

    /// A number made of the crowd's seed, a site's number and what it is drawn for.
    fn draw(&self, number: u32, draw: Draw) -> u64 {
        let start = self.size.seed ^ (u64::from(number) << 8) ^ draw as u64;
        let mut mixed = start.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for factor in [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb] {
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(factor);
        }
        mixed ^ (mixed >> 31)
    }
}

/// The number in `site123.example` and in what lies below it.
fn number_of(host: &str) -> Option<u32> {
    let label = host.strip_suffix(".example")?.rsplit('.').next()?;
    label.strip_prefix("site")?.parse().ok()
}

/// The ports of a site as http and https: all its addresses are alike.
fn kinds_of(site: &Site) -> (PortKind, PortKind) {
    let all = site.address.get("*");
    let kind = |port| all.and_then(|ports| ports.get(port)).copied().unwrap_or(PortKind::Open);
    (kind("http"), kind("https"))
}

fn usual() -> (PortKind, PortKind) {
    (PortKind::Open, PortKind::Open)
}

fn spread(low: u16) -> Ipv4Addr {
    let [high, low] = low.to_be_bytes();
    Ipv4Addr::new(49, 233, high, low)
}

fn odd_address(kind: u8, low: u16) -> Ipv4Addr {
    Ipv4Addr::new(49, 234, kind, low as u8)
}

/// A value of a log-normal distribution, drawn by 64 even bits. The sum of four even numbers
/// is near enough to a normal one here.
fn log_normal(draw: u64, (middle, spread): (f64, f64)) -> f64 {
    let [a, b, c, d, e, f, g, h] = draw.to_be_bytes();
    let parts = [[a, b], [c, d], [e, f], [g, h]];
    let even = parts.map(|part| f64::from(u16::from_be_bytes(part)) / 65_536.0);
    let normal = (even.iter().sum::<f64>() - 2.0) * 3_f64.sqrt();
    middle * (normal * spread).exp()
}

fn milliseconds(value: f64) -> Duration {
    Duration::from_millis(value as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn crowd(sites: u32, seed: u64) -> Crowd {
        Crowd::new(CrowdSize { sites, seed }).unwrap()
    }

    #[test]
    fn every_share_is_a_site_of_the_demo_that_stands_alone() {
        let crowd = crowd(1, 1);
        assert_eq!(crowd.kinds.len(), SHARES.len());
        assert_eq!(crowd.shares, 10_000);
        for (site, _) in &crowd.kinds {
            let own = site.address.keys().all(|at| at == "*") && site.hosts().len() == 2;
            let alone = site.again.is_empty() && site.registry.is_empty();
            assert!(own && alone && site.vantage.is_empty(), "{} cannot be copied", site.name);
        }
    }

    #[test]
    fn a_site_is_the_same_whenever_it_is_asked_for_and_its_own() {
        let one = crowd(20_000, 1);
        let rows: Vec<String> = one.sites().map(|site| row(&site)).collect();
        let again = crowd(20_000, 1);
        assert!(again.sites().map(|site| row(&site)).eq(rows.iter().cloned()));
        assert_eq!(rows.iter().collect::<BTreeSet<_>>().len(), 20_000);
        assert!(!crowd(20_000, 2).sites().map(|site| row(&site)).eq(rows));
        let found = one.site_of("www.site77.example").unwrap();
        assert_eq!(found.domain(), "site77.example");
        assert!(one.site_of("site20001.example").is_none() && one.site_of("www.example").is_none());
    }

    #[test]
    fn addresses_are_played_and_most_sites_stand_on_few_of_them() {
        let crowd = crowd(20_000, 1);
        let ports: std::collections::HashMap<_, _> = crowd.ports().collect();
        let mut few = 0;
        for site in crowd.sites() {
            assert!(ports.contains_key(&(site.address(), 443)), "{}", site.address());
            few += u32::from(site.address().to_string().starts_with("49.232.1."));
        }
        assert!((10_500..12_500).contains(&few), "{few}");
    }

    #[test]
    fn delays_are_those_of_the_open_web() {
        let crowd = crowd(20_000, 1);
        let mut delays: Vec<u128> = (1..=20_000)
            .map(|n| crowd.web_delay(&format!("site{n}.example")).as_millis())
            .collect();
        delays.sort_unstable();
        let [low, middle, high] = [1_000, 10_000, 19_000].map(|at| delays[at]);
        assert!((150..200).contains(&low) && (380..420).contains(&middle), "{low} {middle}");
        assert!((800..1_100).contains(&high), "{high}");
    }
}
