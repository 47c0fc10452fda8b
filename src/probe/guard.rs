//! The address guard: which addresses the crawler refuses to connect to.
//!
//! The list is ours and explicit, because the standard library has no stable word for
//! "global". It follows the IANA special-purpose registries of IPv4 and IPv6.

use ipnet::IpNet;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::LazyLock,
};

/// Refuses private, loopback, link-local, reserved, multicast and mapped addresses.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    allow: Vec<IpNet>,
}

impl Guard {
    /// A guard that lets these networks through.
    pub fn new(allow: Vec<IpNet>) -> Guard {
        Guard { allow }
    }

    /// The name of the refused range that the address lies in; `None` where it may be connected to.
    pub fn refuses(&self, address: IpAddr) -> Option<&'static str> {
        if self.allows(address) {
            return None;
        }
        match address {
            IpAddr::V4(v4) => refused_v4(v4),
            IpAddr::V6(v6) => self.refuses_v6(v6),
        }
    }

    fn refuses_v6(&self, address: Ipv6Addr) -> Option<&'static str> {
        // A translator would carry us on to the IPv4 address inside.
        if let Some(inner) = translated(address) {
            return if self.allows(IpAddr::V4(inner)) { None } else { refused_v4(inner) };
        }
        // A mapped address is a second spelling of an IPv4 address, never a site's AAAA.
        let mapped = address.to_ipv4_mapped();
        if mapped.is_some_and(|inner| self.allows(IpAddr::V4(inner))) {
            return None;
        }
        let address = IpAddr::V6(address);
        let named = REFUSED_V6.iter().find(|(net, _)| net.contains(&address));
        named
            .map(|(_, name)| *name)
            .or_else(|| (!GLOBAL_UNICAST.contains(&address)).then_some("outside of global unicast"))
    }

    fn allows(&self, address: IpAddr) -> bool {
        self.allow.iter().any(|net| net.contains(&address))
    }
}

fn refused_v4(address: Ipv4Addr) -> Option<&'static str> {
    let address = IpAddr::V4(address);
    REFUSED_V4.iter().find(|(net, _)| net.contains(&address)).map(|(_, name)| *name)
}

/// The IPv4 address that 64:ff9b::/96 (NAT64) or 2002::/16 (6to4) carries.
fn translated(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let join = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match (a, b, c, d, e, f) {
        (0x64, 0xff9b, 0, 0, 0, 0) => Some(join(g, h)),
        (0x2002, ..) => Some(join(b, c)),
        _ => None,
    }
}

type Named = Vec<(IpNet, &'static str)>;

static REFUSED_V4: LazyLock<Named> = LazyLock::new(|| {
    networks(&[
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "AS112"),
        ("192.52.193.0/24", "AMT"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "AS112"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("255.255.255.255/32", "broadcast"),
        ("240.0.0.0/4", "reserved"),
    ])
});

static REFUSED_V6: LazyLock<Named> = LazyLock::new(|| {
    networks(&[
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("::/96", "IPv4-compatible"),
        ("64:ff9b:1::/48", "local-use translation"),
        ("100::/64", "discard"),
        ("2001::/32", "Teredo"),
        // Of IETF's own 2001::/23 nothing is a public web site.
        ("2001::/23", "protocol assignments"),
        ("2001:db8::/32", "documentation"),
        ("2620:4f:8000::/48", "AS112"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "segment routing"),
        ("fc00::/7", "unique local"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    ])
});

#[expect(clippy::unwrap_used, reason = "a constant network, parsed by a test")]
static GLOBAL_UNICAST: LazyLock<IpNet> = LazyLock::new(|| "2000::/3".parse().unwrap());

#[expect(clippy::unwrap_used, reason = "constant networks, parsed by a test")]
fn networks(table: &[(&str, &'static str)]) -> Named {
    table.iter().map(|(net, name)| (net.parse().unwrap(), *name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use url::{Host, Url};

    /// The address that a URL's host names, as the hop loop reads it.
    fn address_of(host: &str) -> IpAddr {
        let url = Url::parse(&format!("http://{host}/")).unwrap();
        match url.host().unwrap() {
            Host::Ipv4(v4) => v4.into(),
            Host::Ipv6(v6) => v6.into(),
            Host::Domain(name) => panic!("{host} is read as the name {name}"),
        }
    }

    #[test]
    fn each_refused_range_is_refused_in_every_spelling() {
        let guard = Guard::default();
        let table: &[(&str, &[&str])] = &[
            ("this network", &["0.0.0.0", "0", "0x0", "0.1.2.3"]),
            ("private", &["10.0.0.1", "10.1", "167772161", "0xa000001", "012.0.0.1"]),
            ("private", &["172.16.0.1", "172.31.255.255", "0xac100001", "2886729729"]),
            ("private", &["192.168.1.1", "192.168.257", "3232235777", "0300.0250.1.1"]),
            ("carrier-grade NAT", &["100.64.0.1", "100.127.255.255", "0x64400001"]),
            ("loopback", &["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1"]),
            ("loopback", &["[::1]", "[0:0:0:0:0:0:0:1]", "１２７.0.0.1", "127。0。0。1"]),
            ("link-local", &["169.254.169.254", "2852039166", "0xa9fea9fe", "[fe80::1]"]),
            ("protocol assignments", &["192.0.0.8", "[2001:2::1]", "[2001:20::1]"]),
            ("documentation", &["192.0.2.1", "198.51.100.7", "203.0.113.9", "[2001:db8::1]"]),
            ("6to4 relay", &["192.88.99.1"]),
            ("benchmarking", &["198.18.0.1", "198.19.255.255"]),
            ("multicast", &["224.0.0.1", "239.255.255.255", "[ff02::1]"]),
            ("reserved", &["240.0.0.1", "255.255.255.254"]),
            ("broadcast", &["255.255.255.255", "4294967295", "0xffffffff"]),
            ("IPv4-mapped", &["[::ffff:127.0.0.1]", "[::ffff:8.8.8.8]", "[::ffff:a00:1]"]),
            ("IPv4-compatible", &["[::127.0.0.1]", "[::8.8.8.8]"]),
            ("unspecified", &["[::]"]),
            ("unique local", &["[fc00::1]", "[fd12:3456::1]"]),
            ("site-local", &["[fec0::1]"]),
            ("Teredo", &["[2001:0:4136:e378:8000:63bf:3fff:fdd2]"]),
            ("local-use translation", &["[64:ff9b:1::1]"]),
            ("loopback", &["[64:ff9b::127.0.0.1]", "[2002:7f00:1::]"]),
            ("private", &["[64:ff9b::a00:1]", "[2002:c0a8:101::1]"]),
            ("outside of global unicast", &["[4000::1]", "[::ffff:0:127.0.0.1]"]),
        ];
        for (name, hosts) in table {
            for host in *hosts {
                assert_eq!(guard.refuses(address_of(host)), Some(*name), "{host}");
            }
        }
    }

    #[test]
    fn public_addresses_pass_also_inside_a_translation_prefix() {
        let guard = Guard::default();
        for host in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.1",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "[2400:3200::1]",
            "[2001:200::1]",
            "[64:ff9b::101:101]",
            "[2002:101:101::1]",
        ] {
            assert_eq!(guard.refuses(address_of(host)), None, "{host}");
        }
    }

    #[test]
    fn an_allowed_network_is_let_through_and_nothing_beside_it() {
        let guard = Guard::new(vec!["10.1.0.0/16".parse().unwrap(), "fd00::/64".parse().unwrap()]);
        for host in ["10.1.2.3", "[::ffff:10.1.2.3]", "[64:ff9b::10.1.2.3]", "[fd00::7]"] {
            assert_eq!(guard.refuses(address_of(host)), None, "{host}");
        }
        for host in ["10.2.0.1", "127.0.0.1", "[fd00:0:0:1::7]", "[::ffff:10.2.0.1]"] {
            assert!(guard.refuses(address_of(host)).is_some(), "{host}");
        }
    }
}
