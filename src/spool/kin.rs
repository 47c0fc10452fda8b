//! Who else in the list is of the same subject: registrable domain → subject, as sorted
//! pairs of hashes, sixteen bytes a filing.

use crate::evidence::{Evidence, HostEvidence, Siblings};
use crate::filing::{Filing, Status};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// The list's filings by registrable domain and subject.
#[derive(Debug, Default)]
pub(super) struct Kin {
    pairs: Vec<(u64, u64)>,
    sorted: bool,
}

impl Kin {
    /// Adds a filing. One that was cancelled files nothing any more.
    pub(super) fn add(&mut self, filing: &Filing) {
        if filing.status != Status::Cancelled {
            self.pairs.push((hash(filing.domain.registrable()), hash(&filing.subject_key())));
            self.sorted = false;
        }
    }

    /// What other filings of the list share with this one, after what was seen of it.
    pub(super) fn siblings(&mut self, filing: &Filing, evidence: &Evidence) -> Siblings {
        if !self.sorted {
            self.pairs.sort_unstable();
            self.pairs.dedup();
            self.sorted = true;
        }
        let subject = hash(&filing.subject_key());
        let own = filing.domain.registrable();
        let ends: BTreeSet<String> = evidence
            .hosts
            .iter()
            .flat_map(HostEvidence::attempts)
            .filter_map(|attempt| registrable_of(attempt.last_url()))
            .filter(|end| end != own)
            .filter(|end| self.pairs.binary_search(&(hash(end), subject)).is_ok())
            .collect();
        Siblings { same_subject: ends.into_iter().collect() }
    }
}

fn registrable_of(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    let url::Host::Domain(host) = url.host()? else { return None };
    let host = host.trim_end_matches('.');
    Some(psl::domain_str(host).unwrap_or(host).to_owned())
}

/// The first eight bytes of SHA-256: of a million domains two collide once in ten million lists.
fn hash(text: &str) -> u64 {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Attempt, Dns, End, Failure, Hop, HopKind, HostEvidence, Role, Visit};
    use crate::filing::Domain;

    fn filing(domain: &str, subject: &str) -> Filing {
        let mut filing = Filing::of_domain(1, Domain::parse(domain).unwrap());
        filing.subject_name = Some(subject.to_owned());
        filing
    }

    fn ended_at(url: &str) -> Evidence {
        let hop = Hop {
            url: url.to_owned(),
            by: HopKind::Start,
            address: None,
            tried: Vec::new(),
            status: None,
            location: None,
            server: None,
            certificate: None,
        };
        let attempt = Attempt { hops: vec![hop], end: End::Failed(Failure::Closed) };
        let visit = Visit { looks: 1, https: Some(attempt), http: None };
        let host = HostEvidence::of_dns("one.example".to_owned(), Role::Apex, Dns::default());
        let host = HostEvidence { visit: Some(visit), ..host };
        Evidence { hosts: vec![host], ..Evidence::default() }
    }

    #[test]
    fn a_visit_that_ends_at_a_filing_of_the_same_subject_names_it() {
        let one = filing("one.example", "示例甲");
        let mut gone = filing("gone.example", "示例甲");
        gone.status = Status::Cancelled;
        let mut kin = Kin::default();
        for filing in
            [&one, &filing("two.example", "示例甲"), &filing("six.example", "示例乙"), &gone]
        {
            kin.add(filing);
        }
        let mut ends = |url| kin.siblings(&one, &ended_at(url)).same_subject;
        assert_eq!(ends("https://www.two.example/"), ["two.example"]);
        assert!(ends("https://six.example/").is_empty(), "another subject's");
        assert!(ends("https://gone.example/").is_empty(), "a cancelled filing");
        assert!(ends("https://www.one.example/").is_empty(), "its own");
        assert!(ends("https://192.0.2.1/").is_empty(), "an address");
    }
}
