use crate::evidence::{HostEvidence, Located, Network, Region, Resolution, Role};
use crate::filing::Filing;
use crate::policy::{Cdn, Policy};
use crate::record::Number;
use crate::rules::{Defect, DnsCase, Na, Outcome, Text};
use std::{collections::BTreeMap, net::IpAddr};

/// Where all hosts of a filing point.
pub(super) struct Points<'a> {
    pub(super) filing: &'a Filing,
    pub(super) policy: &'a Policy,
    /// Every address of every host that resolves, in their order.
    pub(super) all: Vec<Point<'a>>,
    /// The filed providers' keys; `None` where one of the names is not in the table, so that
    /// nothing can be said of what they do not cover.
    pub(super) filed_with: Option<Vec<&'a str>>,
    is_gone: bool,
}

/// One address of one host.
pub(super) struct Point<'a> {
    pub(super) host: &'a str,
    pub(super) located: &'a Located,
    pub(super) kind: Kind<'a>,
    /// Whether it is one of the filed addresses.
    pub(super) filed: bool,
}

/// What an address is in the light of the filing: which rule may speak of it.
#[derive(Clone, Copy)]
pub(super) enum Kind<'a> {
    /// Outside the mainland for certain: DNS002 alone.
    Outside,
    /// An edge of a service that hides the origin, outside the mainland: it may be what this
    /// resolver alone is sent to. A review of DNS002 alone.
    EdgeOutside,
    /// The sources dispute its place: a review of DNS002 alone.
    Disputed,
    /// No public address: DNS001, where a site has no other.
    Reserved,
    /// An edge of a service that hides the origin: DNS006 alone.
    Edge(&'a Cdn, Edge),
    /// IPv6, where only IPv4 was filed: DNS009 alone.
    NewFamily,
    /// An address of the site itself: DNS003 to DNS005.
    Own,
}

/// Whose edge it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// The filed provider's own, at a mainland address, where the reading accepts that.
    Accepted,
    /// Any other: somebody has to confirm the origin.
    Foreign,
}

impl<'a> Points<'a> {
    pub(super) fn of(case: &DnsCase<'a>) -> Points<'a> {
        let (filing, policy) = (case.filing, case.policy);
        let names = filing.providers.as_deref().unwrap_or_default();
        let filed_with = names.iter().map(|name| policy.providers.key_of(name)).collect();
        let is_gone = case
            .hosts
            .iter()
            .all(|host| matches!(host.dns.outcome, Resolution::NxDomain | Resolution::NoData));
        let mut points = Points { filing, policy, all: Vec::new(), filed_with, is_gone };
        let resolved = || case.hosts.iter().filter(|h| h.dns.outcome == Resolution::Resolved);
        let front = |host: &'a HostEvidence| {
            let chain = host.dns.chain.iter().map(String::as_str);
            policy.cdns.of_chain(chain).filter(|cdn| cdn.kind.hides_origin())
        };
        // The domain itself cannot be an alias: it often points at the very addresses that
        // www reaches through the alias of its CDN.
        let mut edges: BTreeMap<IpAddr, &'a Cdn> = BTreeMap::new();
        for (host, cdn) in resolved().filter_map(|host| Some((host, front(host)?))) {
            edges.extend(host.dns.addresses.iter().map(|located| (located.address, cdn)));
        }
        for host in resolved() {
            for located in &host.dns.addresses {
                let filed = filing.addresses.iter().any(|range| range.contains(located.address));
                let kind = points.kind(located, edges.get(&located.address).copied(), filed);
                points.all.push(Point { host: &host.host, located, kind, filed });
            }
        }
        points
    }

    /// The place goes first, for a filed address abroad is abroad as well; then what was filed,
    /// for an edge that was filed is no longer a question.
    fn kind(&self, located: &Located, cdn: Option<&'a Cdn>, filed: bool) -> Kind<'a> {
        let is_new_family = located.address.is_ipv6()
            && !self.filing.addresses.is_empty()
            && !self.filing.addresses.iter().any(|range| range.first.is_ipv6());
        match (located.place.region, cdn) {
            (Region::Reserved, _) if !filed => Kind::Reserved,
            (region, Some(_)) if is_outside(region) && !filed => Kind::EdgeOutside,
            (region, _) if is_outside(region) => Kind::Outside,
            // DNS006 asks about the edge anyway, where it has addresses to ask with.
            (Region::Disputed, Some(cdn))
                if !filed && !self.filing.addresses.is_empty() && !self.is_own(cdn) =>
            {
                Kind::Edge(cdn, Edge::Foreign)
            }
            (Region::Disputed, _) => Kind::Disputed,
            (region, Some(cdn)) if !filed => {
                let accepted = region == Region::Mainland
                    && self.is_own(cdn)
                    && self.policy.readings.own_cdn_passes;
                Kind::Edge(cdn, if accepted { Edge::Accepted } else { Edge::Foreign })
            }
            _ if is_new_family => Kind::NewFamily,
            _ => Kind::Own,
        }
    }

    fn is_own(&self, cdn: &Cdn) -> bool {
        self.is_filed_with(&cdn.vendor)
    }

    /// Whether one of the filed providers may serve from this provider's network.
    pub(super) fn is_filed_with(&self, key: &str) -> bool {
        let filed = self.filed_with.iter().flatten();
        filed.into_iter().any(|own| self.policy.providers.covers(own, key))
    }

    /// Addresses of the site itself that are not filed.
    pub(super) fn unfiled(&self) -> impl Iterator<Item = &Point<'a>> {
        self.own().filter(|point| !point.filed)
    }

    /// Addresses of the site itself.
    pub(super) fn own(&self) -> impl Iterator<Item = &Point<'a>> {
        self.all.iter().filter(|point| matches!(point.kind, Kind::Own))
    }

    /// Whether the address moved within the network of a filed provider, and no licence ties
    /// the site to its filed addresses.
    pub(super) fn moved_within_provider(&self, point: &Point<'_>) -> bool {
        let is_licensed = self.filing.licence.is_some()
            || matches!(
                self.filing.record_number.as_ref().and_then(|filed| filed.number.as_ref()),
                Some(Number::Licence(_))
            );
        !is_licensed && point.certain_provider().is_some_and(|key| self.is_filed_with(key))
    }

    /// Whether there is anything but addresses that are the matter of DNS001 and DNS002.
    pub(super) fn has_more(&self) -> bool {
        let is_said = |kind: &Kind<'_>| {
            matches!(kind, Kind::Outside | Kind::EdgeOutside | Kind::Disputed | Kind::Reserved)
        };
        self.all.iter().any(|point| !is_said(&point.kind))
    }

    /// Why the rules about addresses have nothing to look at.
    pub(super) fn nothing_seen(&self) -> Na {
        let first = self.all.first().map(|point| point.kind);
        match first {
            Some(Kind::Outside | Kind::EdgeOutside | Kind::Disputed) => Na::Yields("DNS002"),
            Some(Kind::Reserved) => Na::Yields("DNS001"),
            Some(Kind::NewFamily) => Na::Yields("DNS009"),
            Some(Kind::Edge(_, Edge::Foreign)) => Na::Yields("DNS006"),
            Some(Kind::Edge(..)) => Na::Other(Text::new(
                "网站经已登记接入商自己的加速或防护服务对外提供，源站地址从外部看不到",
                "the site is served through the filed provider's own CDN or firewall; its own addresses cannot be seen from outside",
            )),
            None if self.is_gone => Na::Yields("DNS001"),
            Some(Kind::Own) | None => Na::Unseen,
        }
    }
}

impl<'a> Point<'a> {
    pub(super) fn address(&self) -> IpAddr {
        self.located.address
    }

    pub(super) fn region(&self) -> Region {
        self.located.place.region
    }

    pub(super) fn network(&self) -> Option<&'a Network> {
        self.located.place.network.as_ref()
    }

    /// The provider in whose own network the address lies for certain.
    pub(super) fn certain_provider(&self) -> Option<&'a str> {
        self.network().filter(|network| network.certain)?.provider.as_deref()
    }
}

/// What the comparison with the filed addresses comes to: DNS003 says it where none is filed,
/// DNS005 where some are. `code` is the rule that asks.
pub(super) fn compared(case: &DnsCase<'_>, code: &str) -> Outcome {
    let points = Points::of(case);
    if points.own().next().is_none() {
        return Outcome::Na(points.nothing_seen());
    }
    if points.unfiled().next().is_none() {
        return Outcome::Pass(listing(points.own(), |_| None));
    }
    if is_kept_by_another_host(case) {
        return Outcome::Pass(kept_by_another_host());
    }
    let speaker = if points.own().any(|point| point.filed) { "DNS005" } else { "DNS003" };
    if speaker != code {
        return Outcome::Na(Na::Yields(speaker));
    }
    // The reading is of a site that moved; where only some of its addresses did, the fault
    // weighs no more.
    let moved = points.unfiled().all(|point| points.moved_within_provider(point));
    let defect = Defect {
        expected: filed_addresses(case.filing),
        found: listing(points.unfiled(), |point| {
            (point.region() != Region::Mainland).then(|| region_name(point))
        }),
        hosts: hosts(points.unfiled()),
        level: moved.then_some(case.policy.readings.moved_within_provider),
        ..Defect::default()
    };
    // An address of unknown place may lie abroad, which is another fault.
    if points.unfiled().any(|point| point.region() == Region::Mainland) {
        Outcome::Fail(defect)
    } else {
        Outcome::Review(Defect {
            cause: Some(Text::new(
                "地址库不能确定该地址在哪里：可能是换了内地的服务器而备案没有更新，也可能是解析指到了别处。",
                "The location table does not know the address: the site may have moved within the mainland and the filing not followed, or the record may point elsewhere.",
            )),
            first: Some(Text::new(
                "请先核对列出的地址是不是本网站的服务器、是否在中国内地；备案登记的地址其实无误的，告诉我们即可。",
                "Please find out first whether the address named is this site's server and in mainland China; where the filing is right as it stands, just tell us.",
            )),
            ..defect
        })
    }
}

/// Whether one of the hosts that the filing names besides the site points at a filed address,
/// where the reading lets that suffice for DNS001, DNS002, DNS003 and, with it, DNS005.
pub(super) fn is_kept_by_another_host(case: &DnsCase<'_>) -> bool {
    let filed = |located: &Located| {
        !is_outside(located.place.region)
            && case.filing.addresses.iter().any(|range| range.contains(located.address))
    };
    let keeps = |host: &HostEvidence| {
        host.role == Role::Filed
            && host.dns.outcome == Resolution::Resolved
            && host.dns.addresses.iter().any(filed)
    };
    case.policy.readings.any_host_suffices && case.hosts.iter().any(keeps)
}

/// What is said where that is so.
pub(super) fn kept_by_another_host() -> Text {
    Text::new("另一个已登记的主机指向备案的地址", "another filed host points at a filed address")
}

/// Whether filing law takes the region for abroad.
pub(super) fn is_outside(region: Region) -> bool {
    matches!(region, Region::HongKong | Region::Macau | Region::Taiwan | Region::Abroad)
}

/// The most addresses that a text lists.
const LISTED: usize = 8;

/// `www.site.example → 192.0.2.1 (note), …`; each host once, its addresses behind it.
pub(super) fn listing<'p, 'a: 'p>(
    points: impl IntoIterator<Item = &'p Point<'a>>,
    note: impl Fn(&Point<'a>) -> Option<Text>,
) -> Text {
    let mut zh: Vec<(&str, Vec<String>)> = Vec::new();
    let mut en: Vec<(&str, Vec<String>)> = Vec::new();
    let mut count = 0;
    for point in points {
        count += 1;
        if count > LISTED {
            continue;
        }
        let note = note(point);
        let address = point.address();
        let with = |note: Option<&str>, (open, close)| match note {
            Some(note) => format!("{address}{open}{note}{close}"),
            None => address.to_string(),
        };
        push(&mut zh, point.host, with(note.as_ref().map(|n| &*n.zh), ("（", "）")));
        push(&mut en, point.host, with(note.as_ref().map(|n| &*n.en), (" (", ")")));
    }
    let more = count > LISTED;
    let (zh, en) = (join(zh, "、", "；"), join(en, ", ", "; "));
    if more {
        Text::new(format!("{zh} 等共 {count} 个"), format!("{en} and others, {count} in all"))
    } else {
        Text::new(zh, en)
    }
}

fn push<'h>(lines: &mut Vec<(&'h str, Vec<String>)>, host: &'h str, address: String) {
    match lines.last_mut().filter(|(last, _)| *last == host) {
        Some((_, addresses)) => addresses.push(address),
        None => lines.push((host, vec![address])),
    }
}

fn join(lines: Vec<(&str, Vec<String>)>, comma: &str, semicolon: &str) -> String {
    let lines = lines.into_iter().map(|(host, list)| format!("{host} → {}", list.join(comma)));
    lines.collect::<Vec<_>>().join(semicolon)
}

/// The hosts of these points, each once.
pub(super) fn hosts<'p, 'a: 'p>(points: impl IntoIterator<Item = &'p Point<'a>>) -> Vec<String> {
    let mut hosts: Vec<String> = Vec::new();
    for point in points {
        if hosts.last().is_none_or(|last| last != point.host) {
            hosts.push(point.host.to_owned());
        }
    }
    hosts
}

/// What was filed: `192.0.2.1、192.0.2.8-192.0.2.15`.
pub(super) fn filed_addresses(filing: &Filing) -> Text {
    let ranges: Vec<String> =
        filing.addresses.iter().take(LISTED).map(ToString::to_string).collect();
    let more = filing.addresses.len() > LISTED;
    let (zh, en) = (ranges.join("、"), ranges.join(", "));
    Text::new(
        format!("{zh}{}", if more { " 等" } else { "" }),
        format!("{en}{}", if more { ", …" } else { "" }),
    )
}

/// The region's name.
pub(super) fn region_name(point: &Point<'_>) -> Text {
    match point.region() {
        Region::Mainland => Text::new("中国内地", "mainland China"),
        Region::HongKong => Text::new("中国香港", "Hong Kong, China"),
        Region::Macau => Text::new("中国澳门", "Macau, China"),
        Region::Taiwan => Text::new("中国台湾", "Taiwan, China"),
        Region::Abroad => match &point.located.place.country {
            Some(code) => Text::new(format!("境外 {code}"), format!("abroad, {code}")),
            None => Text::new("境外", "abroad"),
        },
        Region::Disputed => Text::new("归属地有争议", "place disputed"),
        Region::Reserved => Text::new("非公网地址", "not a public address"),
        Region::Unknown => Text::new("归属地未知", "place unknown"),
    }
}
