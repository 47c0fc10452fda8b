use super::points::{
    Edge, Kind, Point, Points, filed_addresses, hosts, is_kept_by_another_host,
    kept_by_another_host, listing, region_name,
};
use crate::evidence::Region;
use crate::rules::{Defect, DnsCase, Na, Outcome, Text};

/// Where an app's domain points: what DNS002 to DNS006 say of a site in five rules, in one.
/// An app often serves from hosts that the filing does not name, so a domain without any
/// address proves nothing.
pub(in crate::rules) fn compared(case: &DnsCase<'_>) -> Outcome {
    let points = Points::of(case);
    let of = |wanted: fn(&Point<'_>) -> bool| -> Vec<&Point<'_>> {
        points.all.iter().filter(|point| wanted(point)).collect()
    };
    let outside = of(|point| matches!(point.kind, Kind::Outside));
    let elsewhere = of(|point| {
        let is_own = matches!(point.kind, Kind::Own) && !point.filed;
        is_own && point.region() == Region::Mainland
    });
    let doubtful = of(|point| match point.kind {
        Kind::Disputed | Kind::Edge(_, Edge::Foreign) => true,
        Kind::Own => !point.filed && point.region() != Region::Mainland,
        _ => false,
    });
    let home = of(|point| point.filed || matches!(point.kind, Kind::Edge(_, Edge::Accepted)));
    if is_kept_by_another_host(case) {
        return Outcome::Pass(kept_by_another_host());
    }
    let wrong: Vec<&Point<'_>> = outside.iter().chain(&elsewhere).copied().collect();
    let defect = |found: &[&Point<'_>]| Defect {
        expected: filed_addresses(case.filing),
        found: listing(found.iter().copied(), note),
        hosts: hosts(found.iter().copied()),
        ..Defect::default()
    };
    if !wrong.is_empty() {
        let moved = outside.is_empty() && elsewhere.iter().all(|p| points.moved_within_provider(p));
        let level = moved.then_some(case.policy.readings.moved_within_provider);
        return Outcome::Fail(Defect { level, ..defect(&wrong) });
    }
    if !doubtful.is_empty() {
        return Outcome::Review(defect(&doubtful));
    }
    if home.is_empty() {
        return Outcome::Na(Na::Other(Text::new(
            "域名没有可以比较的地址；APP 可能使用名单之外的主机",
            "the domain has no address to compare; the app may use hosts that the list does not name",
        )));
    }
    Outcome::Pass(listing(home, |_| None))
}

fn note(point: &Point<'_>) -> Option<Text> {
    match point.kind {
        Kind::Edge(cdn, _) => Some(Text::same(cdn.zh.clone())),
        _ => Some(region_name(point)),
    }
}
