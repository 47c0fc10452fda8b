//! What vantage points see that the resolvers in use do not (DNS008): pure comparison.

use super::points::{Kind, Point, Points, region_name};
use crate::evidence::{Dns, HostEvidence, Region, Resolution, Vantage};
use crate::rules::{Defect, DnsCase, Na, Outcome, Text};
use std::net::IpAddr;

/// Vantage points that must agree that a name does not exist: one may be behind a filter.
const AGREE: usize = 2;

/// What vantage points see that the resolvers do not.
#[derive(Default)]
pub(super) struct News {
    certain: Vec<Text>,
    doubtful: Vec<Text>,
    hosts: Vec<String>,
    /// The rule that speaks of it already.
    said: Option<&'static str>,
}

impl News {
    /// Of the addresses that hosts have at each vantage point.
    pub(super) fn of(case: &DnsCase<'_>) -> News {
        let main = faults(case);
        let mut news = News::default();
        for name in names(case) {
            news.compare(case, &main, name);
        }
        news
    }

    /// Compares what one vantage point sees with what the resolvers see.
    fn compare(&mut self, case: &DnsCase<'_>, main: &[Fault], name: &str) {
        let seen: Vec<HostEvidence> =
            case.hosts.iter().filter_map(|host| as_seen(host, name)).collect();
        for fault in faults(&DnsCase { hosts: &seen, ..*case }) {
            let is_known = |other: &&Fault| {
                other.code == fault.code
                    && (other.host == fault.host || other.address == fault.address)
            };
            if let Some(known) = main.iter().find(is_known) {
                self.said = self.said.or(Some(known.code));
                continue;
            }
            let (host, address) = (&fault.host, fault.address);
            let text = Text::new(
                format!("{name} 看到 {host} → {address}（{}）", fault.what.zh),
                format!("{name} sees {host} → {address} ({})", fault.what.en),
            );
            self.add(text, fault.is_certain);
            self.hosts.push(fault.host.clone());
        }
    }

    /// Adds a host that resolves here and does not exist there.
    pub(super) fn missing(&mut self, host: &HostEvidence) {
        let is_gone = |v: &&Vantage| matches!(v.outcome, Resolution::NxDomain | Resolution::NoData);
        let gone: Vec<&str> =
            host.dns.vantages.iter().filter(is_gone).map(|v| v.name.as_str()).collect();
        if gone.is_empty() {
            return;
        }
        let (zh, en) = (gone.join("、"), gone.join(", "));
        let text = Text::new(
            format!("{zh} 查询 {} 没有地址", host.host),
            format!("no address of {} for {en}", host.host),
        );
        self.add(text, gone.len() >= AGREE);
        self.hosts.push(host.host.clone());
    }

    fn add(&mut self, text: Text, is_certain: bool) {
        let list = if is_certain { &mut self.certain } else { &mut self.doubtful };
        if !list.contains(&text) {
            list.push(text);
        }
    }

    pub(super) fn outcome(mut self) -> Outcome {
        self.hosts.sort_unstable();
        self.hosts.dedup();
        let is_certain = !self.certain.is_empty();
        if !is_certain && self.doubtful.is_empty() {
            return match self.said {
                Some(code) => Outcome::Na(Na::Yields(code)),
                None => Outcome::Pass(Text::new(
                    "各观测点看到的结果没有影响判断的差别",
                    "the vantage points see nothing that would be judged otherwise",
                )),
            };
        }
        let defect = Defect {
            expected: Text::new(
                "各地、各线路解析到同样合规的地址",
                "every region and carrier is led to addresses that are in order",
            ),
            found: Text::list(self.certain.into_iter().chain(self.doubtful)).bounded(400),
            hosts: self.hosts,
            ..Defect::default()
        };
        if is_certain { Outcome::Fail(defect) } else { Outcome::Review(defect) }
    }
}

/// The vantage points, in the order of the settings.
fn names<'a>(case: &DnsCase<'a>) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for vantage in case.hosts.iter().flat_map(|host| &host.dns.vantages) {
        if !names.contains(&vantage.name.as_str()) {
            names.push(&vantage.name);
        }
    }
    names
}

/// The host as a vantage point sees it, where it does.
fn as_seen(host: &HostEvidence, name: &str) -> Option<HostEvidence> {
    if host.dns.outcome != Resolution::Resolved {
        return None;
    }
    let vantage = host.dns.vantages.iter().find(|v| v.name == name)?;
    let dns = Dns {
        outcome: vantage.outcome,
        chain: vantage.chain.clone(),
        addresses: vantage.addresses.clone(),
        ..Dns::default()
    };
    Some(HostEvidence::of_dns(host.host.clone(), host.role, dns))
}

/// What is wrong with an address, and which rule would say so.
struct Fault {
    code: &'static str,
    host: String,
    address: IpAddr,
    what: Text,
    is_certain: bool,
}

/// The addresses of these hosts of which a rule about addresses would speak.
fn faults(case: &DnsCase<'_>) -> Vec<Fault> {
    let points = Points::of(case);
    // A CDN may serve visitors abroad from abroad.
    let is_behind_edge = |point: &Point<'_>| {
        let host = case.hosts.iter().find(|host| host.host == point.host);
        let chain = host.into_iter().flat_map(|host| &host.dns.chain).map(String::as_str);
        case.policy.cdns.of_chain(chain).is_some_and(|cdn| cdn.kind.hides_origin())
    };
    let fault = |point: &Point<'_>| {
        let (code, what, is_certain) = match point.kind {
            Kind::Outside => ("DNS002", region_name(point), !is_behind_edge(point)),
            Kind::Own if point.filed => return None,
            Kind::Own if !case.filing.addresses.is_empty() => {
                let is_certain =
                    point.region() == Region::Mainland && !points.moved_within_provider(point);
                ("DNS003", Text::new("未登记的地址", "not a filed address"), is_certain)
            }
            Kind::Own => ("DNS004", other_provider(point, &points)?, true),
            Kind::Disputed | Kind::Reserved | Kind::Edge(..) | Kind::NewFamily => return None,
        };
        let host = point.host.to_owned();
        Some(Fault { code, host, address: point.address(), what, is_certain })
    };
    points.all.iter().filter_map(fault).collect()
}

/// The provider in whose network the address lies for certain, where it is not on file.
fn other_provider(point: &Point<'_>, points: &Points<'_>) -> Option<Text> {
    let key = point.certain_provider()?;
    let has_filed = points.filed_with.as_ref().is_some_and(|filed| !filed.is_empty());
    let names = &points.policy.providers;
    let name = |english| names.name(key, english).to_owned();
    (has_filed && !points.is_filed_with(key)).then(|| Text::new(name(false), name(true)))
}
