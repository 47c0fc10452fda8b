//! What resolvers said, and what it comes to: pure.

use crate::evidence::Resolution;
use std::net::IpAddr;

/// Aliases that are followed.
pub(super) const MAX_ALIASES: usize = 16;

/// The two questions that a host is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Question {
    A,
    Aaaa,
}

impl Question {
    pub(super) fn name(self) -> &'static str {
        match self {
            Question::A => "A",
            Question::Aaaa => "AAAA",
        }
    }
}

/// What became of one question to one resolver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Addresses,
    NxDomain,
    NoData,
    ServFail,
    Refused,
    Timeout,
    Loop,
    ChainTooLong,
    Malformed,
}

impl Kind {
    /// The stable name in [`crate::evidence::Answer`].
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Addresses => "addresses",
            Kind::NxDomain => "nxdomain",
            Kind::NoData => "nodata",
            Kind::ServFail => "servfail",
            Kind::Refused => "refused",
            Kind::Timeout => "timeout",
            Kind::Loop => "loop",
            Kind::ChainTooLong => "chain_too_long",
            Kind::Malformed => "malformed",
        }
    }

    fn is_none(self) -> bool {
        matches!(self, Kind::NxDomain | Kind::NoData)
    }
}

/// One question to one resolver and its answer.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    /// Which of the resolvers.
    pub(super) server: usize,
    pub(super) question: Question,
    pub(super) kind: Kind,
    pub(super) chain: Vec<String>,
    pub(super) addresses: Vec<IpAddr>,
}

/// What the answers to one question come to; `None` where more must be asked. `agree` is how
/// many resolvers it takes to say that there is nothing.
pub(super) fn settled(facts: &[Fact], agree: usize) -> Option<Resolution> {
    let votes = Votes::count(facts);
    match (votes.some, votes.nx + votes.empty) {
        (some, 0) if some > 0 => Some(Resolution::Resolved),
        (0, none) if none >= agree => Some(votes.none()),
        _ => None,
    }
}

/// What the answers to one question come to when nobody is left to ask.
fn of_question(facts: &[Fact], agree: usize) -> Resolution {
    if let Some(settled) = settled(facts, agree) {
        return settled;
    }
    let votes = Votes::count(facts);
    let none = votes.nx + votes.empty;
    match votes.some {
        some if some > none => Resolution::Resolved,
        some if some > 0 && none > some && none >= agree => votes.none(),
        some if some > 0 => Resolution::Disputed,
        _ => failure(facts),
    }
}

/// The votes for and against: each resolver has one, its last answer that is none of the
/// failures.
#[derive(Default)]
struct Votes {
    some: usize,
    nx: usize,
    empty: usize,
}

impl Votes {
    fn count(facts: &[Fact]) -> Votes {
        let mut votes = Votes::default();
        for (i, fact) in facts.iter().enumerate() {
            let answered = |f: &Fact| f.kind == Kind::Addresses || f.kind.is_none();
            let again = facts.iter().skip(i + 1).any(|f| f.server == fact.server && answered(f));
            match fact.kind {
                _ if again => {}
                Kind::Addresses => votes.some += 1,
                Kind::NxDomain => votes.nx += 1,
                Kind::NoData => votes.empty += 1,
                _ => {}
            }
        }
        votes
    }

    /// "No address" says less than "no such name": where they differ, it is the former.
    fn none(&self) -> Resolution {
        if self.empty == 0 { Resolution::NxDomain } else { Resolution::NoData }
    }
}

/// Why there is no answer. A timeout among the failures stands for all: it is the one that
/// may be our own.
fn failure(facts: &[Fact]) -> Resolution {
    let failed = || facts.iter().map(|f| f.kind).filter(|k| !k.is_none());
    let any = |kind: Kind| failed().any(|k| k == kind);
    if any(Kind::Loop) {
        Resolution::Loop
    } else if any(Kind::ChainTooLong) {
        Resolution::ChainTooLong
    } else if any(Kind::Timeout) || failed().next().is_none() {
        Resolution::Timeout
    } else if any(Kind::ServFail) || any(Kind::Malformed) {
        Resolution::ServFail
    } else {
        Resolution::Refused
    }
}

/// What A and AAAA come to together.
pub(super) fn merge(facts: &[Fact], agree: usize) -> Resolution {
    let of = |question: Question| {
        let facts: Vec<Fact> = facts.iter().filter(|f| f.question == question).cloned().collect();
        of_question(&facts, agree)
    };
    use Resolution::{Disputed, NoData, NxDomain, Resolved};
    match (of(Question::A), of(Question::Aaaa)) {
        (Resolved, _) | (_, Resolved) => Resolved,
        (Disputed, _) | (_, Disputed) => Disputed,
        // A name that does not exist has no addresses of either kind.
        (NxDomain, NxDomain) => NxDomain,
        (NxDomain | NoData, NxDomain | NoData) => NoData,
        (NxDomain, _) => NxDomain,
        // Some servers wrongly deny a name when asked for AAAA: not trusted alone.
        (NoData, failure) | (failure, _) => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Kind::*;
    use Resolution as R;

    fn facts(question: Question, kinds: &[(usize, Kind)]) -> Vec<Fact> {
        let fact = |&(server, kind): &(usize, Kind)| Fact {
            server,
            question,
            kind,
            chain: Vec::new(),
            addresses: Vec::new(),
        };
        kinds.iter().map(fact).collect()
    }

    fn merged(a: &[(usize, Kind)], aaaa: &[(usize, Kind)], agree: usize) -> Resolution {
        let mut all = facts(Question::A, a);
        all.extend(facts(Question::Aaaa, aaaa));
        merge(&all, agree)
    }

    #[test]
    fn an_address_of_either_family_resolves_the_host() {
        assert_eq!(merged(&[(0, Addresses)], &[(0, NoData)], 1), R::Resolved);
        assert_eq!(merged(&[(0, NoData)], &[(0, Addresses)], 1), R::Resolved);
        assert_eq!(merged(&[(0, Addresses)], &[(0, Timeout)], 1), R::Resolved);
        assert_eq!(merged(&[(0, ServFail), (1, Addresses)], &[(0, NoData)], 2), R::Resolved);
    }

    #[test]
    fn does_not_exist_takes_two_resolvers_where_there_are_several() {
        let two = [(0, NxDomain), (1, NxDomain)];
        assert_eq!(merged(&two, &two, 2), R::NxDomain);
        let one = [(0, NxDomain), (1, Timeout), (1, Timeout)];
        assert_eq!(merged(&one, &one, 2), R::Timeout);
        assert_eq!(merged(&[(0, NxDomain)], &[(0, NxDomain)], 1), R::NxDomain);
        // The same resolver asked twice is still one.
        let same = [(0, NxDomain), (1, ServFail), (0, NxDomain)];
        assert_eq!(merged(&same, &same, 2), R::ServFail);
    }

    #[test]
    fn resolvers_that_contradict_each_other_are_disputed_unless_most_agree() {
        let none = [(0, NoData), (1, NoData)];
        assert_eq!(merged(&[(0, NxDomain), (1, Addresses)], &none, 2), R::Disputed);
        assert_eq!(merged(&[(0, NxDomain), (1, Addresses), (2, Addresses)], &none, 2), R::Resolved);
        assert_eq!(merged(&[(0, NxDomain), (1, Addresses), (2, NxDomain)], &none, 2), R::NoData);
    }

    #[test]
    fn no_address_is_told_from_no_name_and_a_failure_from_both() {
        assert_eq!(merged(&[(0, NoData)], &[(0, NoData)], 1), R::NoData);
        assert_eq!(merged(&[(0, NoData)], &[(0, NxDomain)], 1), R::NoData);
        assert_eq!(merged(&[(0, NxDomain)], &[(0, Timeout)], 1), R::NxDomain);
        assert_eq!(merged(&[(0, NoData)], &[(0, Timeout)], 1), R::Timeout);
        assert_eq!(merged(&[(0, ServFail)], &[(0, NxDomain)], 1), R::ServFail);
    }

    #[test]
    fn failures_are_told_apart_and_a_timeout_stands_for_all() {
        let all = |kinds: &[(usize, Kind)]| merged(kinds, kinds, 2);
        assert_eq!(all(&[(0, ServFail), (1, ServFail)]), R::ServFail);
        assert_eq!(all(&[(0, Refused), (1, Refused)]), R::Refused);
        assert_eq!(all(&[(0, Refused), (1, ServFail)]), R::ServFail);
        assert_eq!(all(&[(0, ServFail), (1, Timeout)]), R::Timeout);
        assert_eq!(all(&[(0, Malformed), (1, Malformed)]), R::ServFail);
        assert_eq!(all(&[(0, Loop), (1, ServFail)]), R::Loop);
        assert_eq!(all(&[(0, ChainTooLong)]), R::ChainTooLong);
        assert_eq!(all(&[]), R::Timeout);
    }
}
