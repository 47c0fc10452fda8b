//! What a look's evidence adds to the counts of the run.

use crate::evidence::{Attempt, End, Evidence, Failure, HostEvidence, PageSeen};
use crate::metrics::Metrics;

/// Counts what a look saw; of a second one, what the first one had not seen.
pub(super) fn look(metrics: &Metrics, evidence: &Evidence, first: Option<&Evidence>) {
    for host in &evidence.hosts {
        let is_it = |other: &&HostEvidence| other.host == host.host && other.role == host.role;
        let before = first.and_then(|first| first.hosts.iter().find(is_it));
        // A second look writes its answers behind those of the first.
        let known = before.map_or(0, |before| before.dns.answers.len());
        for answer in host.dns.answers.iter().skip(known) {
            metrics.dns_answer(&answer.outcome);
        }
        if before.is_some_and(|before| before.visit == host.visit && before.views == host.views) {
            continue;
        }
        for attempt in host.attempts() {
            if let End::Failed(failure) = &attempt.end {
                metrics.failure(failure.name());
            }
            let tried = attempt.hops.iter().flat_map(|hop| &hop.tried);
            let refused = tried.filter(|(_, failure)| *failure == Failure::AddressRefused);
            metrics.addresses_refused.add(refused.count() as u64);
        }
    }
}

/// What became of a site, by the best of its hosts.
pub(super) fn outcome(evidence: &Evidence, faulted: bool) -> &'static str {
    if faulted {
        return "fault";
    }
    let of_host = |host: &HostEvidence| match &host.visit {
        Some(visit) => match visit.best().map(|best| (best, Attempt::answer(best))) {
            Some((_, Some(seen))) if PageSeen::is_good(seen) => 0,
            Some((_, Some(_))) => 1,
            _ => 2,
        },
        None if host.dns.outcome.is_answer() && !host.dns.addresses.is_empty() => 3,
        None => 4,
    };
    match evidence.hosts.iter().map(of_host).min() {
        Some(0) => "page",
        Some(1) => "error",
        Some(2) => "failed",
        Some(3) => "resolved",
        _ => "unresolved",
    }
}
