use crate::evidence::{HostEvidence, Located, Region, Resolution, Role};
use crate::rules::{Na, SiteCase, Text};

/// Whether a site that ought not to be open points at the mainland: DNS007 and DNS011.
pub(super) enum Mainland {
    /// It does: these hosts, at these addresses.
    Yes(Vec<String>, Text),
    /// It may: the tables dispute or do not know the place.
    Perhaps(Vec<String>, Text),
    /// It surely does not; the text says what was seen.
    No(Text),
    /// DNS could not tell.
    Unseen,
}

impl Mainland {
    /// Where the site's own hosts point; further hosts may be gateways and serve no page.
    pub(super) fn of(case: &SiteCase<'_>) -> Mainland {
        let hosts = &case.evidence.hosts;
        let site = || hosts.iter().filter(|host| host.role != Role::Filed);
        let resolved = || site().filter(|host| host.dns.outcome == Resolution::Resolved);
        let found = |wanted: fn(Region) -> bool| listing(resolved(), wanted);
        let (hosts, text) = found(|region| region == Region::Mainland);
        if !hosts.is_empty() {
            return Mainland::Yes(hosts, text);
        }
        let (hosts, text) = found(|region| matches!(region, Region::Disputed | Region::Unknown));
        if !hosts.is_empty() {
            return Mainland::Perhaps(hosts, text);
        }
        if hosts.is_empty() || site().any(|host| !host.dns.outcome.is_answer()) {
            return Mainland::Unseen;
        }
        match listing(resolved(), |_| true) {
            (hosts, _) if hosts.is_empty() => Mainland::No(Text::new("不解析", "does not resolve")),
            (_, text) => Mainland::No(text),
        }
    }
}

/// Why nothing is said where another row of the list has the same domain, in force or about
/// to be: then that row tells what the domain may do.
pub(super) fn told_by_another_row(case: &SiteCase<'_>) -> Option<Na> {
    (!case.evidence.siblings.same_domain.is_empty()).then(|| {
        Na::Other(Text::new(
            "名单中另有一行是同一域名的备案",
            "another row of the list is a filing of the same domain",
        ))
    })
}

/// Hosts with an address in such a region, and these addresses.
fn listing<'a>(
    hosts: impl Iterator<Item = &'a HostEvidence>,
    wanted: fn(Region) -> bool,
) -> (Vec<String>, Text) {
    let mut names = Vec::new();
    let mut lines = Vec::new();
    for host in hosts {
        let is_wanted = |located: &&Located| wanted(located.place.region);
        let addresses = host.dns.addresses.iter().filter(is_wanted).take(4);
        let addresses: Vec<String> = addresses.map(|located| located.address.to_string()).collect();
        if !addresses.is_empty() {
            names.push(host.host.clone());
            lines.push(Text::same(format!("{} → {}", host.host, addresses.join(" "))));
        }
    }
    (names, Text::list(lines))
}
