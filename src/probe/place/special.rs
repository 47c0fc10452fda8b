use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 ranges that no public site can have (IANA special-purpose registry, RFC 6890 and
/// its successors): first address, prefix length, name.
const V4: &[([u8; 4], u32, &str)] = &[
    ([0, 0, 0, 0], 8, "this network"),
    ([10, 0, 0, 0], 8, "private"),
    ([100, 64, 0, 0], 10, "carrier-grade NAT"),
    ([127, 0, 0, 0], 8, "loopback"),
    ([169, 254, 0, 0], 16, "link-local"),
    ([172, 16, 0, 0], 12, "private"),
    ([192, 0, 0, 0], 24, "protocol assignments"),
    ([192, 0, 2, 0], 24, "documentation"),
    ([192, 88, 99, 0], 24, "6to4 relay"),
    ([192, 168, 0, 0], 16, "private"),
    ([198, 18, 0, 0], 15, "benchmarking"),
    ([198, 51, 100, 0], 24, "documentation"),
    ([203, 0, 113, 0], 24, "documentation"),
    ([224, 0, 0, 0], 4, "multicast"),
    ([240, 0, 0, 0], 4, "reserved"),
];

/// The same of IPv6: first two groups, prefix length (at most 32), name.
const V6: &[([u16; 2], u32, &str)] = &[
    ([0x2001, 0x0000], 32, "Teredo"),
    ([0x2001, 0x0002], 32, "benchmarking"),
    ([0x2001, 0x0010], 28, "ORCHID"),
    ([0x2001, 0x0020], 28, "ORCHID"),
    ([0x2001, 0x0db8], 32, "documentation"),
    ([0x2002, 0x0000], 16, "6to4"),
    ([0x3fff, 0x0000], 20, "documentation"),
    ([0xfc00, 0x0000], 7, "unique local"),
    ([0xfe80, 0x0000], 10, "link-local"),
    ([0xff00, 0x0000], 8, "multicast"),
];

/// The name of the special range that an address lies in; `None` for a public one. IPv6
/// addresses outside of 2000::/3 are public nowhere, mapped IPv4 ones among them.
pub fn reserved(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => reserved_v4(address),
        IpAddr::V6(address) => reserved_v6(address),
    }
}

fn reserved_v4(address: Ipv4Addr) -> Option<&'static str> {
    let bits = address.to_bits();
    let lies_in =
        |first: [u8; 4], length: u32| (bits ^ u32::from_be_bytes(first)) >> (32 - length) == 0;
    V4.iter().find(|(first, length, _)| lies_in(*first, *length)).map(|(_, _, name)| *name)
}

fn reserved_v6(address: Ipv6Addr) -> Option<&'static str> {
    let bits = address.to_bits();
    let head = |[first, second]: [u16; 2]| (u128::from(first) << 112) | (u128::from(second) << 96);
    let lies_in = |first: [u16; 2], length: u32| (bits ^ head(first)) >> (128 - length) == 0;
    let named = V6.iter().find(|(first, length, _)| lies_in(*first, *length));
    let is_global = lies_in([0x2000, 0], 3);
    named.map(|(_, _, name)| *name).or((!is_global).then_some("not public"))
}
