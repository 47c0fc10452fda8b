mod mmdb;

use super::table::{NetworkRow, Steps};
use super::*;
use std::fmt::Write as _;

/// Addresses whose place is known from their owners; XX is anycast the world over.
const KNOWN: &[(&str, &str)] = &[
    ("119.29.29.29", "CN"),
    ("111.231.98.86", "CN"),
    ("124.221.58.149", "CN"),
    ("49.232.0.1", "CN"),
    ("81.70.0.1", "CN"),
    ("43.138.0.1", "CN"),
    ("1.12.0.1", "CN"),
    ("129.28.0.1", "CN"),
    ("119.28.0.1", "HK"),
    ("150.109.0.1", "HK"),
    ("101.32.0.1", "HK"),
    ("124.156.128.1", "HK"),
    ("43.134.0.1", "SG"),
    ("43.156.0.1", "SG"),
    ("43.174.150.150", "HK"),
    ("2402:4e00::1", "CN"),
    ("240d:c010:18:6::81", "CN"),
    ("223.5.5.5", "CN"),
    ("2400:3200::1", "CN"),
    ("47.96.0.1", "CN"),
    ("120.55.0.1", "CN"),
    ("121.40.0.1", "CN"),
    ("39.96.0.1", "CN"),
    ("8.140.218.13", "CN"),
    ("8.135.45.55", "CN"),
    ("47.116.103.176", "CN"),
    ("112.74.27.188", "CN"),
    ("47.75.0.1", "HK"),
    ("47.52.0.1", "HK"),
    ("8.210.0.1", "HK"),
    ("47.242.0.1", "HK"),
    ("47.88.0.1", "US"),
    ("47.251.0.1", "US"),
    ("161.117.0.1", "SG"),
    ("2408:4000::1", "CN"),
    ("121.36.0.1", "CN"),
    ("114.115.128.1", "CN"),
    ("119.3.0.1", "CN"),
    ("139.9.0.1", "CN"),
    ("159.138.0.1", "HK"),
    ("94.74.64.1", "HK"),
    ("180.76.76.76", "CN"),
    ("106.12.0.1", "CN"),
    ("110.242.68.66", "CN"),
    ("39.156.66.10", "CN"),
    ("103.235.46.40", "HK"),
    ("116.196.64.1", "CN"),
    ("106.75.0.1", "CN"),
    ("152.32.128.1", "HK"),
    ("120.92.0.1", "CN"),
    ("139.198.0.1", "CN"),
    ("180.184.0.1", "CN"),
    ("14.103.0.1", "CN"),
    ("202.96.128.86", "CN"),
    ("114.114.114.114", "CN"),
    ("202.106.0.20", "CN"),
    ("221.130.33.52", "CN"),
    ("202.112.0.36", "CN"),
    ("166.111.4.100", "CN"),
    ("2001:da8::1", "CN"),
    ("240e::1", "CN"),
    ("2408:8000::1", "CN"),
    ("2409:8000::1", "CN"),
    ("218.102.23.228", "HK"),
    ("205.252.144.228", "HK"),
    ("203.80.96.10", "HK"),
    ("168.95.1.1", "TW"),
    ("2001:b000:168::1", "TW"),
    ("101.101.101.101", "TW"),
    ("202.175.3.3", "MO"),
    ("1.1.1.1", "XX"),
    ("104.16.0.1", "XX"),
    ("2606:4700:4700::1111", "XX"),
    ("8.8.8.8", "US"),
    ("2001:4860:4860::8888", "US"),
    ("203.208.39.225", "CN"),
    ("54.222.0.1", "CN"),
    ("52.80.0.1", "CN"),
    ("52.82.0.1", "CN"),
    ("161.189.0.1", "CN"),
    ("18.162.0.1", "HK"),
    ("40.72.0.1", "CN"),
    ("42.159.0.1", "CN"),
    ("139.217.0.1", "CN"),
    ("211.151.0.1", "CN"),
    ("34.92.0.1", "HK"),
    ("35.229.128.1", "TW"),
];

/// Outside of the mainland all the same: operators' Hong Kong by one account, Singapore and
/// Mexico by the tables.
const ELSEWHERE: &[&str] = &["150.109.0.1", "94.74.64.1"];

fn locate(address: &str) -> Place {
    Places::embedded(Vec::new()).locate(address.parse().unwrap())
}

fn stating(overrides: &[&str]) -> Places {
    Places::embedded(overrides.iter().map(|text| text.parse().unwrap()).collect())
}

fn refusal(text: &str) -> String {
    text.parse::<Override>().unwrap_err().to_string()
}

#[test]
fn known_addresses_are_placed_rightly_or_disputed() {
    let mut wrong = String::new();
    let mut disputed = 0;
    for (address, expected) in KNOWN {
        let expected = match *expected {
            "XX" => Region::Abroad,
            code => region(code),
        };
        let found = locate(address).region;
        let is_abroad_all_the_same = ELSEWHERE.contains(address) && found == Region::Abroad;
        disputed += usize::from(found == Region::Disputed);
        if found != expected && found != Region::Disputed && !is_abroad_all_the_same {
            writeln!(wrong, "{address}: {found:?}, not {expected:?}").unwrap();
        }
    }
    assert_eq!(wrong, "");
    assert!(disputed <= 7, "{disputed} of {} disputed", KNOWN.len());
}

#[test]
fn an_edge_in_use_on_both_sides_of_the_border_is_disputed() {
    for address in ["240d:c010:18:6::81", "119.29.29.29", "223.5.5.5", "114.114.114.114"] {
        assert_eq!(locate(address).region, Region::Disputed, "{address}");
    }
    assert_eq!(locate("119.29.28.1").country.as_deref(), locate("119.29.28.2").country.as_deref());
}

#[test]
fn networks_name_their_owners_and_only_clouds_and_cdns_are_certain() {
    let owner = |address| {
        let network = locate(address).network?;
        Some((network.asn, network.provider?, network.certain))
    };
    assert_eq!(owner("49.232.0.1"), Some((45090, "tencent".to_owned(), true)));
    assert_eq!(owner("47.96.0.1"), Some((37963, "aliyun".to_owned(), true)));
    assert_eq!(owner("2400:3200::1"), Some((37963, "aliyun".to_owned(), true)));
    assert_eq!(owner("1.12.34.1").unwrap().0, 132_203);
    let (_, provider, certain) =
        EMBEDDED.networks.iter().find(|n| n.provider == "21vianet").map(as_parts).unwrap();
    assert_eq!((provider, certain), ("21vianet", false));
    assert_eq!(locate("202.96.128.86").network, None);
}

fn as_parts(row: &NetworkRow) -> (u32, &str, bool) {
    (row.asn, row.provider.as_str(), row.certain)
}

#[test]
fn the_embedded_table_is_whole() {
    assert!(!EMBEDDED.is_empty());
    assert!(EMBEDDED.countries_v4.len() > 25_000 && EMBEDDED.countries_v6.len() > 10_000);
    assert!(EMBEDDED.networks_v4.len() > 5_000 && EMBEDDED.networks_v6.len() > 2_000);
    assert!(EMBEDDED.networks.len() > 100);
    let places = Places::embedded(Vec::new());
    assert_eq!(places.date(), Date::constant(2026, 6, 1));
    let attribution = "IP Geolocation by DB-IP";
    assert!(places.source().contains(attribution));
    assert!(include_str!("../../../NOTICE").contains(attribution));
    let providers = crate::policy::Policy::embedded().unwrap().providers;
    for row in &EMBEDDED.networks {
        assert!(providers.by_key(&row.provider).is_some(), "{}", row.provider);
    }
}

#[test]
fn a_table_survives_packing_and_damage_makes_none() {
    let row = NetworkRow { asn: 64_500, provider: "x".into(), zone: Zone::Mixed, certain: true };
    let table = Table {
        date: Date::constant(2099, 1, 2),
        source: "invented".to_owned(),
        networks: vec![row],
        countries_v4: Steps::new([(0, 2), (300, 0), (0xffff_ffff, 1)]),
        countries_v6: Steps::new([(u64::MAX, 4)]),
        networks_v4: Steps::new([(1 << 40, 1)]),
        networks_v6: Steps::default(),
    };
    let bytes = table.encode().unwrap();
    assert_eq!(Table::decode(&bytes), Some(table));
    for end in 0..bytes.len() {
        assert_eq!(Table::decode(&bytes[..end]), None, "cut at {end}");
    }
    for place in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x15;
        // Must come back, whatever it finds.
        let _ = Table::decode(&damaged);
    }
}

#[test]
fn special_ranges_are_reserved() {
    for address in [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.31.255.255",
        "192.0.2.1",
        "192.168.1.1",
        "198.19.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:1.2.3.4",
        "64:ff9b::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:102:304::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fe80::1",
        "ff02::1",
    ] {
        assert_eq!(locate(address).region, Region::Reserved, "{address}");
    }
    for address in [
        "9.255.255.255",
        "11.0.0.0",
        "100.128.0.1",
        "172.32.0.1",
        "192.0.3.1",
        "198.20.0.1",
        "223.255.255.255",
        "2001:da8::1",
        "2001:db9::1",
        "2003::1",
        "3ffe::1",
    ] {
        assert_eq!(reserved(address.parse().unwrap()), None, "{address}");
    }
}

#[test]
fn the_most_specific_override_holds_and_of_equals_the_last() {
    let places = stating(&[
        "203.0.113.0/24=cn/aliyun",
        "203.0.113.128/25=HK",
        "203.0.0.0/8=US",
        "2001:db8::/32=TW/chinatelecom",
        "198.51.100.1=CN/our-own",
        "192.0.2.0/24=US",
        "192.0.2.0/24=MO",
    ]);
    let at = |address: &str| places.locate(address.parse().unwrap());
    assert_eq!(at("203.0.113.5").region, Region::Mainland);
    assert_eq!(at("203.0.113.200").region, Region::HongKong);
    assert_eq!(at("203.9.9.9").region, Region::Abroad);
    assert_eq!(at("203.9.9.9").country.as_deref(), Some("US"));
    assert_eq!(at("192.0.2.4").region, Region::Macau);
    let network = at("203.0.113.5").network.unwrap();
    assert_eq!(
        (network.asn, network.provider.as_deref(), network.certain),
        (0, Some("aliyun"), true)
    );
    assert!(!at("2001:db8::1").network.unwrap().certain, "a carrier lends addresses");
    assert!(at("198.51.100.1").network.unwrap().certain);
    assert_eq!(at("198.51.100.2").region, Region::Reserved);
}

#[test]
fn an_override_settles_a_dispute_and_keeps_the_network() {
    let place = stating(&["119.29.29.0/24=CN"]).locate("119.29.29.29".parse().unwrap());
    assert_eq!(place.region, Region::Mainland);
    assert_eq!(place.network.unwrap().provider.as_deref(), Some("tencent"));
}

#[test]
fn malformed_overrides_are_told_what_is_wrong() {
    insta::assert_snapshot!(refusal("203.0.113.0/24"), @r#""203.0.113.0/24" is not CIDR=CC or CIDR=CC/PROVIDER, e.g. 203.0.113.0/24=CN/aliyun: there is no ="#);
    for (text, problem) in [
        ("203.0.113.1/24=CN", "did you mean 203.0.113.0/24?"),
        ("203.0.113.0/33=CN", "is not a network"),
        ("site.example=CN", "is not a network"),
        ("203.0.113.0/24=", "two letters"),
        ("203.0.113.0/24=CHN", "two letters"),
        ("203.0.113.0/24=中国", "two letters"),
        ("203.0.113.0/24=CN/", "provider's key"),
        ("203.0.113.0/24=CN/阿里云", "provider's key"),
        ("203.0.113.0/24=CN/ali/yun", "provider's key"),
    ] {
        assert!(refusal(text).contains(problem), "{text}: {}", refusal(text));
    }
    let providers = crate::policy::Policy::embedded().unwrap().providers;
    let check = |text: &str| text.parse::<Override>().unwrap().check(&providers);
    assert!(check("203.0.113.0/24=CN/aliyun").is_ok());
    assert!(check("203.0.113.0/24=CN").is_ok());
    let error = check("203.0.113.0/24=CN/qcloud").unwrap_err().to_string();
    assert!(error.contains("its key is tencent"), "{error}");
    assert!(check("203.0.113.0/24=CN/nobody").is_err());
}

#[test]
fn a_table_older_than_180_days_is_warned_of() {
    let places = Places::embedded(Vec::new());
    assert_eq!(places.age_warning(Date::constant(2026, 6, 1)), None);
    assert_eq!(places.age_warning(Date::constant(2026, 11, 28)), None);
    let warning = places.age_warning(Date::constant(2026, 11, 29)).unwrap();
    assert!(warning.contains("2026-06-01, 181 days old"), "{warning}");
    assert_eq!(places.age_warning(Date::constant(2020, 1, 1)), None);
}

fn database(kind: &str) -> Result<Places, PlaceError> {
    let rows = [
        ([9, 9, 9, 0], 24, "CN", 64_500),
        ([9, 9, 10, 0], 24, "HK", 45_090),
        ([49, 232, 0, 0], 16, "CN", 0),
        ([47, 96, 0, 0], 16, "SG", 0),
        ([202, 96, 128, 0], 24, "CN", 4_134),
    ];
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), mmdb::write(kind, 1_790_000_000, &rows)).unwrap();
    Places::from_database(file.path(), vec!["9.9.9.128/25=US".parse().unwrap()])
}

#[test]
fn a_users_database_replaces_the_countries_and_not_the_networks() {
    let places = database("GeoLite2-Country").unwrap();
    let at = |address: &str| places.locate(address.parse().unwrap());
    assert_eq!(at("9.9.9.9").region, Region::Mainland);
    assert_eq!(at("9.9.9.9").network.unwrap().asn, 64_500);
    assert_eq!(at("9.9.9.200").region, Region::Abroad);
    assert_eq!(at("49.232.0.1").region, Region::Mainland);
    assert_eq!(at("49.232.0.1").network.unwrap().provider.as_deref(), Some("tencent"));
    assert_eq!(at("47.96.0.1").region, Region::Disputed, "a mainland network placed abroad");
    assert_eq!(at("9.9.10.1").region, Region::Disputed, "by the number of the network");
    assert_eq!(at("8.8.8.8").region, Region::Unknown);
    let carrier = at("202.96.128.86").network.unwrap();
    assert_eq!((carrier.provider.as_deref(), carrier.certain), (Some("chinatelecom"), false));
    assert_eq!(places.date(), Date::constant(2026, 9, 21));
    assert_eq!(places.source(), "GeoLite2-Country of 2026-09-21, given by --geo-db");
}

#[test]
fn a_file_that_is_no_country_database_is_refused_with_the_reason() {
    let wrong = database("GeoLite2-ASN").unwrap_err().to_string();
    assert!(wrong.contains("\"GeoLite2-ASN\" database; one of countries or cities"), "{wrong}");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "first,last,country\n").unwrap();
    let wrong = Places::from_database(file.path(), Vec::new()).unwrap_err().to_string();
    assert!(wrong.contains("no MaxMind-format database"), "{wrong}");
    let nowhere = Path::new("/nowhere/at-all.mmdb");
    let wrong = Places::from_database(nowhere, Vec::new()).unwrap_err().to_string();
    assert!(
        wrong.starts_with("the location database /nowhere/at-all.mmdb cannot be read"),
        "{wrong}"
    );
}
