use super::points::{
    Kind, Point, Points, is_kept_by_another_host, kept_by_another_host, region_name,
};
use crate::evidence::{Dns, HostEvidence, Region, Resolution, Vantage};
use crate::policy::Level;
use crate::rules::{Check, Defect, DnsCase, Na, Outcome, Rule, Text, Texts, Words, law};
use std::net::IpAddr;

/// DNS008
pub(super) const RULE: Rule = Rule {
    code: "DNS008",
    name: "vantage-points-disagree",
    level: Level::Warning,
    needs: &[],
    yields_to: &[],
    sources: &["observation"],
    law: &[&law::FILED],
    texts: TEXTS,
    check: Check::Dns(check),
};

/// Vantage points that must agree that a name does not exist: one may be behind a filter.
const AGREE: usize = 2;

fn check(case: &DnsCase<'_>) -> Outcome {
    let seen_by = |host: &HostEvidence| host.dns.vantages.iter().any(|v| v.outcome.is_answer());
    let compared = |host: &&HostEvidence| host.dns.outcome == Resolution::Resolved && seen_by(host);
    if !case.hosts.iter().any(|host| compared(&host)) {
        return Outcome::Na(nothing_to_compare(case));
    }
    if is_kept_by_another_host(case) {
        return Outcome::Pass(kept_by_another_host());
    }
    let main = faults(case);
    let mut news = News::default();
    for name in names(case) {
        news.compare(case, &main, name);
    }
    for host in case.hosts.iter().filter(compared) {
        news.missing(host);
    }
    news.outcome()
}

fn nothing_to_compare(case: &DnsCase<'_>) -> Na {
    let is_asked = case.hosts.iter().any(|host| !host.dns.vantages.is_empty());
    if is_asked {
        return Na::Unseen;
    }
    Na::Other(Text::new(
        "没有从多个观测点查询，或域名没有解析（观测点见 --vantage）",
        "nothing was asked from several vantage points (--vantage), or nothing resolves",
    ))
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

/// What vantage points see that the resolvers do not.
#[derive(Default)]
struct News {
    certain: Vec<Text>,
    doubtful: Vec<Text>,
    hosts: Vec<String>,
    /// The rule that speaks of it already.
    said: Option<&'static str>,
}

impl News {
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

    /// A host that resolves here and does not exist there.
    fn missing(&mut self, host: &HostEvidence) {
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

    fn outcome(mut self) -> Outcome {
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

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "从不同的观测点查询，域名解析到的地址不同，其中有的不符合备案要求",
        doubt: "从不同的观测点查询，域名解析的结果不同，请核对各条解析线路的设置",
        checks: "从多个观测点（其他网络的解析服务器，或以指定客户端网段查询）解析各主机，与本地解析的结果比较：有观测点看到境外地址、未登记的地址或其他接入商的网络，或多个观测点都查不到地址，而本地解析没有这些情况时提醒。经 CDN 对外服务而节点不同的不算；观测点查询失败的不算。",
        why: "备案要求对所有访问者都成立。部分地区或线路的访问者被引到境外或未备案的服务器，同样不符合要求。",
        cause: "解析控制台中为境外、某个运营商或某个地区单独设置了线路，指向另外的服务器；或者各域名服务器的记录不一致。",
        remedy: "请登录域名的解析控制台，逐条查看“线路类型”不是“默认”的记录，把指向境外或未登记地址的记录改为备案登记的地址；确需使用的内地服务器，请通过变更备案或接入备案补登。",
        bad: "默认线路解析到登记的地址，境外线路解析到中国香港的服务器",
        good: "各线路都解析到登记的地址，或同一家 CDN 的内地节点",
    },
    en: Words {
        problem: "Asked from different places the domain leads to different addresses, some of which are not in order",
        doubt: "Asked from different places the domain resolves differently; please check the lines set in the DNS console",
        checks: "Resolves each host from several vantage points (resolvers of other networks, or on behalf of given client subnets) and compares that with the resolvers in use: warns where one of them sees an address abroad, an address that is not filed or the network of another access provider, or several find no address, and the resolvers in use show nothing of the kind. Different nodes of one CDN do not count, nor do questions that failed.",
        why: "What a filing asks for holds for every visitor. A site that leads visitors of some regions or carriers abroad, or to servers that are not filed, is not in order either.",
        cause: "The DNS console has lines of their own for abroad, a carrier or a region that point at another server; or the name servers have different records.",
        remedy: "Log in to the domain's DNS console and go through the records whose line is not the default one; point those that lead abroad or to unfiled addresses back at the filed addresses. A mainland server that is needed is to be added by a change of the filing or an access filing.",
        bad: "the default line points at the filed address, the line for abroad at a server in Hong Kong",
        good: "all lines point at filed addresses, or at mainland nodes of one CDN",
    },
};
