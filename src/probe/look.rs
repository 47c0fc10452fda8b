//! One site: which hosts are looked at, and how two looks become one.

use super::{Exchange, Look, Probe, Shot, deadline::Deadline, dns::Names, fetch::Walk, views};
use crate::evidence::{
    Attempt, Dns, End, Evidence, Failure, HostEvidence, PageSeen, Rendering, Resolution, Role,
    View, Visit,
};
use crate::filing::{Filing, Homepage, ServiceType};
use std::time::Duration;

/// Filed hosts that are looked at.
const MAX_FILED_HOSTS: usize = 32;

/// A host to look at, and where to knock.
#[derive(Clone, Debug, PartialEq)]
struct Goal {
    role: Role,
    start: Homepage,
    /// Whether to knock at all: an app's domain need not show a page.
    visits: bool,
}

impl Goal {
    fn of_host(role: Role, host: &str) -> Goal {
        let start = Homepage { host: host.to_owned(), port: None, path: "/".to_owned() };
        Goal { role, start, visits: true }
    }
}

/// Apex, www, the filed homepage, further filed hosts: each place once. Of an app, a mini
/// program or a quick app the domain and the filed hosts, and only where they point.
fn goals(filing: &Filing) -> Vec<Goal> {
    let apex = filing.domain.ascii();
    if filing.service_type != ServiceType::Website {
        let further = filing.hosts.iter().map(String::as_str).filter(|host| *host != apex);
        let further = further.take(MAX_FILED_HOSTS).map(|host| Goal::of_host(Role::Filed, host));
        let all = std::iter::once(Goal::of_host(Role::Apex, apex)).chain(further);
        return all.map(|goal| Goal { visits: false, ..goal }).collect();
    }
    let mut goals = vec![Goal::of_host(Role::Apex, apex)];
    // A domain below a registrable one was filed as it stands and needs no www of its own.
    if filing.domain.registrable() == apex && !apex.starts_with("www.") {
        goals.push(Goal::of_host(Role::Www, &format!("www.{apex}")));
    }
    let homepage = filing.homepage.iter().map(|start| {
        let mut start = start.clone();
        if start.path.is_empty() {
            start.path.push('/');
        }
        Goal { role: Role::Homepage, start, visits: true }
    });
    let filed = filing.hosts.iter().take(MAX_FILED_HOSTS);
    let filed = filed.map(|host| Goal::of_host(Role::Filed, host));
    for goal in homepage.chain(filed) {
        if !goals.iter().any(|known| known.start == goal.start) {
            goals.push(goal);
        }
    }
    goals
}

impl Probe {
    pub(super) async fn look_at_site(&self, filing: &Filing) -> Look {
        let registration = async {
            match &self.registries {
                Some(registries) => {
                    let names = Names::new(&self.resolvers, &self.places);
                    let domain = filing.domain.registrable();
                    // What is not asked for must not weigh on every look: see look_at.
                    Some(Box::pin(registries.ask(domain, &names)).await)
                }
                None => None,
            }
        };
        let (seen, asked) = tokio::join!(self.look_at(filing, goals(filing)), registration);
        let (hosts, mut exchanges, shots) = seen;
        let (registration, asked) = asked.unzip();
        exchanges.extend(asked.into_iter().flatten());
        Look { evidence: Evidence { hosts, registration, ..Evidence::default() }, exchanges, shots }
    }

    pub(super) async fn look_at_failed(&self, filing: &Filing, first: &Evidence) -> Look {
        let doubtful = |goal: &Goal| {
            let of_goal = first.hosts.iter().find(|host| is_of(host, goal));
            of_goal.is_none_or(HostEvidence::needs_second_look)
        };
        let again: Vec<Goal> = goals(filing).into_iter().filter(doubtful).collect();
        let (seen, exchanges, shots) = self.look_at(filing, again).await;
        let mut evidence = first.clone();
        for second in seen {
            let same = |h: &&mut HostEvidence| h.host == second.host && h.role == second.role;
            match evidence.hosts.iter_mut().find(same) {
                Some(host) => *host = merge(host, second),
                None => evidence.hosts.push(second),
            }
        }
        Look { evidence, exchanges, shots }
    }

    /// Looks at the places of one site within one deadline, the first two at the same time.
    async fn look_at(
        &self,
        filing: &Filing,
        goals: Vec<Goal>,
    ) -> (Vec<HostEvidence>, Vec<Exchange>, Vec<Shot>) {
        let deadline = Deadline::new(self.options.deadline, self.options.timeout);
        let names = Names::new(&self.resolvers, &self.places);
        let mut goals = goals.into_iter();
        let pair = (goals.next(), goals.next());
        let one = |goal: Option<Goal>| async {
            match goal {
                // The states of a look are large: on the heap, not twice on a thread's stack.
                Some(goal) => Some(Box::pin(self.look_at_host(goal, &names, deadline)).await),
                None => None,
            }
        };
        let (first, second) = tokio::join!(one(pair.0), one(pair.1));
        let mut seen: Vec<Seen> = [first, second].into_iter().flatten().collect();
        let mut deadline =
            deadline.later(seen.iter().map(|seen| seen.waited).max().unwrap_or_default());
        for goal in goals {
            let host = Box::pin(self.look_at_host(goal, &names, deadline)).await;
            deadline = deadline.later(host.waited);
            seen.push(host);
        }
        let (mut hosts, exchanges): (Vec<_>, Vec<_>) =
            seen.into_iter().map(|seen| (seen.host, seen.exchanges)).unzip();
        let mut exchanges: Vec<Exchange> = exchanges.into_iter().flatten().collect();
        let shots = self.render(&mut hosts, &names, deadline).await;
        exchanges.extend(self.look_as_others(filing, &mut hosts, &names, deadline).await);
        (hosts, exchanges, shots)
    }

    /// Asks for the pages of a site as other visitors, where there is reason and time to.
    async fn look_as_others(
        &self,
        filing: &Filing,
        hosts: &mut [HostEvidence],
        names: &Names<'_>,
        mut deadline: Deadline,
    ) -> Vec<Exchange> {
        let mut exchanges = Vec::new();
        for wanted in views::wanted(self.options.views.when, filing, hosts) {
            if deadline.is_over() {
                break;
            }
            let mut walk = Walk::of(wanted.visitor, &self.fetcher, names, deadline);
            let attempt = walk.walk(wanted.start).await;
            let (sent, waited) = walk.finish();
            exchanges.extend(sent);
            deadline = deadline.later(waited);
            if let Some(host) = hosts.get_mut(wanted.host) {
                host.views.push(View { visitor: wanted.visitor, attempt });
            }
        }
        exchanges
    }

    async fn look_at_host(&self, goal: Goal, names: &Names<'_>, deadline: Deadline) -> Seen {
        let Goal { role, start, visits } = goal;
        let dns = names.resolve(&start.host, deadline).await;
        // Through a proxy, a network may have no DNS of its own.
        let blind = self.options.proxy.is_some() && !dns.outcome.is_answer();
        if !visits || (dns.outcome != Resolution::Resolved && !blind) {
            let host = HostEvidence::of_dns(start.host, role, dns);
            return Seen { host, exchanges: Vec::new(), waited: Duration::ZERO };
        }
        let mut walk = Walk::new(&self.fetcher, names, deadline);
        let vantages = async {
            match dns.outcome {
                Resolution::Resolved => {
                    Box::pin(names.seen_from_vantages(&start.host, deadline)).await
                }
                _ => Vec::new(),
            }
        };
        let (visit, vantages) = tokio::join!(walk.visit(&start), vantages);
        let dns = Dns { vantages, ..dns };
        let (exchanges, waited) = walk.finish();
        Seen {
            host: HostEvidence {
                visit: Some(visit),
                ..HostEvidence::of_dns(start.host, role, dns)
            },
            exchanges,
            waited,
        }
    }
}

/// A host as seen, with what came over the wire and how long we made it wait.
struct Seen {
    host: HostEvidence,
    exchanges: Vec<Exchange>,
    waited: Duration,
}

fn is_of(host: &HostEvidence, goal: &Goal) -> bool {
    host.host == goal.start.host && host.role == goal.role
}

/// Both looks at one host as one.
fn merge(first: &HostEvidence, mut second: HostEvidence) -> HostEvidence {
    let views = match second.views.is_empty() {
        true => first.views.clone(),
        false => std::mem::take(&mut second.views),
    };
    // Looked at again for the views alone: what the visit brought stands.
    if first.dns.outcome == Resolution::Resolved && first.visit.as_ref().is_some_and(is_good) {
        return HostEvidence { views, ..first.clone() };
    }
    let rendering = merge_renderings(first, &mut second);
    let (dns, visit) = match (&first.visit, second.visit) {
        (Some(first), Some(second_visit)) => (second.dns, Some(merge_visits(first, second_visit))),
        (Some(visit), None) if first.dns.outcome == Resolution::Resolved => {
            (merge_dns(&first.dns, second.dns), Some(visit.clone()))
        }
        (_, visit) => (second.dns, visit),
    };
    HostEvidence { dns: with_answers(&first.dns, dns), visit, views, rendering, ..first.clone() }
}

/// What a browser showed once, it has shown; else the later visit counts.
fn merge_renderings(first: &HostEvidence, second: &mut HostEvidence) -> Option<Rendering> {
    let is_fresh = second.visit.is_some();
    let later = second.rendering.take().filter(|_| is_fresh);
    match (&first.rendering, later) {
        (Some(Rendering::Shown(shown)), Some(Rendering::Failed(_))) => {
            Some(Rendering::Shown(shown.clone()))
        }
        (earlier, None) if !is_fresh => earlier.clone(),
        (_, later) => later,
    }
}

/// Every question of both looks, in order.
fn with_answers(first: &Dns, mut second: Dns) -> Dns {
    let later = std::mem::take(&mut second.answers);
    second.answers = first.answers.iter().cloned().chain(later).collect();
    second
}

/// A host that was visited at the first look and does not resolve at the second.
fn merge_dns(first: &Dns, second: Dns) -> Dns {
    let outcome = if second.outcome.is_answer() { Resolution::Disputed } else { first.outcome };
    Dns { outcome, answers: second.answers, ..first.clone() }
}

fn merge_visits(first: &Visit, second: Visit) -> Visit {
    let looks = if !is_good(&second) && kinds(first) == kinds(&second) { 2 } else { 1 };
    Visit { looks, ..second }
}

fn is_good(visit: &Visit) -> bool {
    visit.best().and_then(Attempt::answer).is_some_and(PageSeen::is_good)
}

/// What an attempt came to, as far as a second look can confirm it.
#[derive(PartialEq)]
enum Came {
    Refused,
    Failed(Failure),
    Status(u16),
}

fn kinds(visit: &Visit) -> [Option<Came>; 2] {
    let kind = |attempt: &Attempt| match &attempt.end {
        End::Failed(failure) if failure.is_refusal() => Came::Refused,
        End::Failed(failure) => Came::Failed(*failure),
        End::Answer(page) => Came::Status(page.status),
    };
    [visit.https.as_ref().map(kind), visit.http.as_ref().map(kind)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{RenderFailure, Rendered};

    fn host(outcome: Resolution, failure: Option<Failure>) -> HostEvidence {
        let attempt = |failure| Attempt { hops: Vec::new(), end: End::Failed(failure) };
        let visit = failure.map(|f| Visit { looks: 1, https: Some(attempt(f)), http: None });
        let dns = Dns { outcome, ..Dns::default() };
        HostEvidence { visit, ..HostEvidence::of_dns("site.example".to_owned(), Role::Apex, dns) }
    }

    #[test]
    fn what_a_fault_of_ours_kept_from_us_disputes_nothing() {
        let faulted = host(Resolution::Timeout, Some(Failure::Fault));
        let gone = host(Resolution::NxDomain, None);
        assert_eq!(merge(&faulted, gone.clone()), gone);
        let there = host(Resolution::Resolved, Some(Failure::Reset));
        assert_eq!(merge(&there, gone).dns.outcome, Resolution::Disputed);
    }

    fn shown(host: HostEvidence, rendering: Rendering) -> HostEvidence {
        HostEvidence { rendering: Some(rendering), ..host }
    }

    fn page(status: u16) -> Rendering {
        Rendering::Shown(Box::new(Rendered { status: Some(status), ..Rendered::default() }))
    }

    #[test]
    fn a_page_that_the_browser_could_open_needs_no_second_look() {
        let hidden = || host(Resolution::Resolved, Some(Failure::TlsHandshake));
        assert!(hidden().needs_second_look());
        assert!(!shown(hidden(), page(200)).needs_second_look());
        assert!(shown(hidden(), page(502)).needs_second_look());
        let failed = Rendering::Failed(RenderFailure::Unreachable);
        assert!(shown(hidden(), failed).needs_second_look());
    }

    #[test]
    fn what_a_browser_has_shown_once_is_not_lost_by_a_failure() {
        let hidden = || host(Resolution::Resolved, Some(Failure::TlsHandshake));
        let failed = || Rendering::Failed(RenderFailure::Browser);
        let merged = |first, second| merge(&first, second).rendering;
        assert_eq!(merged(shown(hidden(), page(502)), shown(hidden(), failed())), Some(page(502)));
        assert_eq!(merged(shown(hidden(), failed()), shown(hidden(), page(200))), Some(page(200)));
        let gone = host(Resolution::NxDomain, None);
        assert_eq!(merged(shown(hidden(), page(502)), gone), Some(page(502)));
        // A page that needs no browser any more speaks for itself.
        assert_eq!(merged(shown(hidden(), failed()), hidden()), None);
    }

    #[test]
    fn a_second_look_for_the_views_leaves_a_good_visit_as_it_was() {
        let page = crate::page::read(b"<p>x</p>", crate::page::Context::default());
        let answer = PageSeen {
            status: 200,
            content_type: None,
            bytes: 8,
            digest: String::new(),
            page: Some(page),
        };
        let end = |failure| Attempt { hops: Vec::new(), end: End::Failed(failure) };
        let view = |attempt| View { visitor: crate::evidence::Visitor::Phone, attempt };
        let mut first = host(Resolution::Resolved, Some(Failure::Reset));
        let good = Attempt { hops: Vec::new(), end: End::Answer(Box::new(answer)) };
        first.visit = Some(Visit { looks: 1, https: Some(good.clone()), http: None });
        assert!(!first.needs_second_look());
        first.views = vec![view(end(Failure::Reset))];
        assert!(!first.needs_second_look(), "turned away is an answer");
        first.views = vec![view(end(Failure::Deadline))];
        assert!(first.needs_second_look());

        let gone = host(Resolution::Resolved, Some(Failure::ConnectTimeout));
        assert_eq!(merge(&first, gone), first);
        let again = HostEvidence { views: vec![view(good)], ..first.clone() };
        assert_eq!(merge(&first, again.clone()), again);
    }

    #[test]
    fn refusals_of_different_kinds_confirm_each_other_and_timeouts_do_not() {
        let looks = |first, second| {
            let (first, second) =
                (host(Resolution::Resolved, Some(first)), host(Resolution::Resolved, Some(second)));
            merge(&first, second).visit.unwrap().looks
        };
        assert_eq!(looks(Failure::ConnectRefused, Failure::TlsReset), 2);
        assert_eq!(looks(Failure::ConnectTimeout, Failure::ConnectTimeout), 2);
        assert_eq!(looks(Failure::ConnectRefused, Failure::ConnectTimeout), 1);
    }
}
