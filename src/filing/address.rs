use super::{AddressRange, Reason, text};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use unicode_normalization::UnicodeNormalization;

/// What one cell may list; a filing names a handful.
const MOST_ADDRESSES: usize = 4096;

/// Why an address of a cell cannot be read: the address, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AddressError {
    pub(super) value: String,
    pub(super) reason: Reason,
}

/// Reads the addresses of a cell: single ones, `a-b`, `192.0.2.1-9`, CIDR; separated by
/// comma, semicolon, 、, `|`, space or newline of any width. Notes in brackets are left out.
pub(super) fn addresses(cell: &str) -> Result<Vec<AddressRange>, AddressError> {
    let folded: String = super::field::outside_brackets(&unwrapped(cell)).nfkc().collect();
    let mut ranges = Vec::new();
    for item in join_ranges(&folded).split_whitespace().filter(|item| !text::is_absent(item)) {
        if ranges.len() >= MOST_ADDRESSES {
            return Err(AddressError {
                value: text::excerpt(cell, 60),
                reason: Reason::new(
                    format!("地址超过 {MOST_ADDRESSES} 个，请改写为地址段或 CIDR"),
                    format!("more than {MOST_ADDRESSES} addresses; write them as ranges or CIDR"),
                ),
            });
        }
        ranges.push(range(item).map_err(|reason| AddressError { value: item.to_owned(), reason })?);
    }
    Ok(ranges)
}

/// `[2001:db8::1]` is an address, not a note.
fn unwrapped(cell: &str) -> String {
    let literal = |inside: &str| inside.parse::<Ipv6Addr>().is_ok();
    let mut kept = String::new();
    let mut rest = cell;
    while let Some((before, behind)) = rest.split_once('[') {
        kept.push_str(before);
        match behind.split_once(']') {
            Some((inside, after)) if literal(inside) => {
                kept.push_str(inside);
                rest = after;
            }
            _ => {
                kept.push('[');
                rest = behind;
            }
        }
    }
    kept + rest
}

/// Separators to spaces, and the signs of a range to one hyphen without spaces around it.
fn join_ranges(folded: &str) -> String {
    let mut joined = String::with_capacity(folded.len());
    for c in folded.chars().filter(|&c| !text::is_invisible(c)) {
        match c {
            ',' | ';' | '、' | '|' | '。' => joined.push(' '),
            '~' | '～' | '〜' | '至' | '–' | '—' | '−' | '‐' | '-' => {
                joined.truncate(joined.trim_end().len());
                joined.push('-');
            }
            _ if c.is_whitespace() && joined.ends_with('-') => {}
            _ => joined.push(c),
        }
    }
    joined
}

fn range(item: &str) -> Result<AddressRange, Reason> {
    let (first, last) = match (item.split_once('/'), item.split_once('-')) {
        (Some(_), _) => {
            let network: IpNet =
                item.parse().map_err(|_| expected("网段", "network", ["192.0.2.0/24"; 2]))?;
            (network.network(), network.broadcast())
        }
        (None, Some((first, last))) => {
            let first = address(first)?;
            (first, last_of(first, last)?)
        }
        (None, None) => address(item).map(|only| (only, only))?,
    };
    if first > last {
        return Err(Reason::new(
            "地址段的终点在起点之前，请对调两端",
            "the range ends before it begins; swap its ends",
        ));
    }
    if is_too_wide(first, last) {
        return Err(Reason::new(
            "地址段过大（超过 /8，IPv6 超过 /16），不会是备案的地址，请填写备案的地址",
            "the range is wider than any filing's (/8, IPv6 /16); write the filed addresses",
        ));
    }
    Ok(AddressRange { first, last })
}

fn expected(zh: &str, en: &str, [like_zh, like_en]: [&str; 2]) -> Reason {
    Reason::new(
        format!("无法识别为{zh}，请按这样的格式填写：{like_zh}"),
        format!("no {en} can be read here; write it like {like_en}"),
    )
}

fn address(text: &str) -> Result<IpAddr, Reason> {
    match text.parse::<IpAddr>() {
        Ok(address) => Ok(address.to_canonical()),
        Err(_) if text.parse::<std::net::SocketAddr>().is_ok() => Err(Reason::new(
            "地址带有端口，请去掉端口",
            "an address with a port; write it without the port",
        )),
        Err(_) => Err(expected(
            " IP 地址",
            "IP address",
            [
                "192.0.2.1、192.0.2.1-192.0.2.9 或 192.0.2.0/24",
                "192.0.2.1, 192.0.2.1-192.0.2.9 or 192.0.2.0/24",
            ],
        )),
    }
}

/// The end of a range: a whole address, or the last number of an IPv4 one.
fn last_of(first: IpAddr, last: &str) -> Result<IpAddr, Reason> {
    if let (IpAddr::V4(first), Ok(end)) = (first, last.parse::<u8>()) {
        let [a, b, c, _] = first.octets();
        return Ok(Ipv4Addr::new(a, b, c, end).into());
    }
    let last = address(last)?;
    if first.is_ipv4() != last.is_ipv4() {
        return Err(Reason::new(
            "地址段的一端是 IPv4 地址，另一端是 IPv6 地址，请改为同一种地址",
            "the range begins with one kind of address and ends with the other",
        ));
    }
    Ok(last)
}

fn is_too_wide(first: IpAddr, last: IpAddr) -> bool {
    match (first, last) {
        (IpAddr::V4(first), IpAddr::V4(last)) => last.to_bits() - first.to_bits() > u32::MAX >> 8,
        (IpAddr::V6(first), IpAddr::V6(last)) => last.to_bits() - first.to_bits() > u128::MAX >> 16,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(cell: &str) -> Vec<String> {
        addresses(cell).unwrap().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn addresses_are_read_in_every_form_that_consoles_write() {
        assert_eq!(read("192.0.2.1"), ["192.0.2.1"]);
        assert_eq!(
            read(
                "192.0.2.1, 192.0.2.2;192.0.2.3、192.0.2.4；192.0.2.5|192.0.2.6\n192.0.2.7 192.0.2.8"
            ),
            (1..=8).map(|n| format!("192.0.2.{n}")).collect::<Vec<_>>()
        );
        assert_eq!(read("192.0.2.1-192.0.2.9"), ["192.0.2.1-192.0.2.9"]);
        assert_eq!(read("192.0.2.1 － 9"), ["192.0.2.1-192.0.2.9"]);
        assert_eq!(read("192.0.2.1～192.0.2.9"), ["192.0.2.1-192.0.2.9"]);
        assert_eq!(read("192.0.2.7/30"), ["192.0.2.4-192.0.2.7"]);
        assert_eq!(read("２００.０.２.１"), ["200.0.2.1"]);
        assert_eq!(read("2001:DB8::1，[2001:db8::2]"), ["2001:db8::1", "2001:db8::2"]);
        assert_eq!(read("2001:db8::/126"), ["2001:db8::-2001:db8::3"]);
        assert_eq!(read("::ffff:192.0.2.1"), ["192.0.2.1"]);
        assert_eq!(read("192.0.2.1（电信）192.0.2.2(联通)"), ["192.0.2.1", "192.0.2.2"]);
    }

    #[test]
    fn an_empty_cell_has_no_address() {
        for cell in ["", "-", "无", " ；", "\u{feff}"] {
            assert!(read(cell).is_empty(), "{cell:?}");
        }
    }

    #[test]
    fn a_bad_address_is_named_with_what_was_expected() {
        for (cell, value, reason) in [
            ("192.0.2.1, 192.0.2.300", "192.0.2.300", "no IP address"),
            ("192.0.2.9-192.0.2.1", "192.0.2.9-192.0.2.1", "swap"),
            ("192.0.2.1-2001:db8::1", "192.0.2.1-2001:db8::1", "other"),
            ("0.0.0.0/0", "0.0.0.0/0", "wider"),
            ("192.0.2.1:80", "192.0.2.1:80", "port"),
            ("192.0.2.0/33", "192.0.2.0/33", "network"),
            ("www.site.example", "www.site.example", "no IP address"),
            ("010.0.2.1", "010.0.2.1", "no IP address"),
            ("192.0.2", "192.0.2", "no IP address"),
        ] {
            let error = addresses(cell).unwrap_err();
            assert_eq!(error.value, value);
            assert!(error.reason.en.contains(reason), "{cell}: {}", error.reason);
        }
    }

    proptest! {
        #[test]
        fn any_cell_is_read_or_refused(cell in "[0-9a-f.:/,;~\\- \\[\\]（）、]{0,60}") {
            if let Ok(ranges) = addresses(&cell) {
                prop_assert!(ranges.iter().all(|range| range.first <= range.last));
            }
        }
    }
}
