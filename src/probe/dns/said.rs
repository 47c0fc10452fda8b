//! What the answers of one resolver come to for one host: pure.

use super::{
    fact::{Kind, MAX_ALIASES, Question},
    heard::Heard,
    wire,
};
use hickory_resolver::proto::{op::ResponseCode, rr::Name};
use std::net::IpAddr;

/// What one resolver says of one host. As it stands by default, nothing that can be understood.
pub(super) struct Said {
    pub(super) kind: Kind,
    /// Names from the host to the last alias, the host left out.
    pub(super) chain: Vec<String>,
    pub(super) addresses: Vec<IpAddr>,
}

impl Default for Said {
    fn default() -> Said {
        Said { kind: Kind::Malformed, chain: Vec::new(), addresses: Vec::new() }
    }
}

/// The way from a host along its aliases, answer by answer.
pub(super) struct Trail {
    at: Name,
    seen: Vec<Name>,
    said: Said,
}

impl Trail {
    /// `None` where the host is no name that could be asked for.
    pub(super) fn from(host: &str) -> Option<Trail> {
        let name = Name::from_ascii(format!("{}.", host.trim_end_matches('.'))).ok()?;
        let at = name.to_lowercase();
        Some(Trail { seen: vec![at.clone()], at, said: Said::default() })
    }

    /// The name to ask for.
    pub(super) fn at(&self) -> &Name {
        &self.at
    }

    /// Takes in an answer; whether the rest is left to us, and the name where it ends is to be
    /// asked for.
    pub(super) fn goes_on(&mut self, heard: &Heard) -> bool {
        let before = self.said.chain.len();
        if let Err(kind) = self.follow(heard) {
            self.said.kind = kind;
            return false;
        }
        let is_further = self.said.chain.len() > before;
        let addresses = heard.addresses(&self.at);
        let is_given = !addresses.is_empty();
        self.said.kind = match heard.code() {
            ResponseCode::NoError if is_given => Kind::Addresses,
            // It speaks of other names only, and not of the one that was asked for: that is not
            // to say that this one has no address.
            ResponseCode::NoError if !is_further && heard.records() > 0 => Kind::Malformed,
            ResponseCode::NoError => Kind::NoData,
            // It gives what it denies.
            ResponseCode::NXDomain if is_given => Kind::Malformed,
            ResponseCode::NXDomain => Kind::NxDomain,
            ResponseCode::Refused => Kind::Refused,
            ResponseCode::FormErr => Kind::Malformed,
            _ => Kind::ServFail,
        };
        if self.said.kind == Kind::Addresses {
            self.said.addresses = addresses;
        }
        // An alias without its addresses and without the zone's word that there are none.
        self.said.kind == Kind::NoData && is_further && !heard.is_final()
    }

    fn follow(&mut self, heard: &Heard) -> Result<(), Kind> {
        while let Some(target) = heard.target(&self.at) {
            if self.seen.contains(target) {
                return Err(Kind::Loop);
            }
            if self.said.chain.len() == MAX_ALIASES {
                return Err(Kind::ChainTooLong);
            }
            self.said.chain.push(target.to_ascii().trim_end_matches('.').to_owned());
            self.seen.push(target.clone());
            self.at.clone_from(target);
        }
        Ok(())
    }

    /// What was said until no further answer came.
    pub(super) fn broken_off(self, kind: Kind) -> Said {
        Said { kind, ..self.said }
    }

    pub(super) fn said(self) -> Said {
        self.said
    }
}

/// What a packet says of a host that was asked for: the outcome as written into the evidence, the
/// aliases and the addresses. For the fuzzer.
#[doc(hidden)]
pub fn read_answer(
    host: &str,
    is_ipv6: bool,
    packet: &[u8],
) -> (&'static str, Vec<String>, Vec<IpAddr>) {
    let question = if is_ipv6 { Question::Aaaa } else { Question::A };
    let said = match (Trail::from(host), wire::message(packet)) {
        (Some(mut trail), Ok(message)) => {
            trail.goes_on(&Heard::of(&message, question));
            trail.said()
        }
        _ => Said::default(),
    };
    (said.kind.name(), said.chain, said.addresses)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_resolver::proto::{
        op::Message,
        rr::{RData, Record, rdata},
    };

    fn name(text: &str) -> Name {
        Name::from_ascii(text).unwrap()
    }

    fn address(of: &str) -> Record {
        Record::from_rdata(name(of), 60, RData::A(rdata::A::new(1, 12, 0, 7)))
    }

    fn alias(of: &str, target: &str) -> Record {
        Record::from_rdata(name(of), 60, RData::CNAME(rdata::CNAME(name(target))))
    }

    fn kind(records: Vec<Record>) -> (Kind, bool) {
        kind_under(ResponseCode::NoError, records)
    }

    fn kind_under(code: ResponseCode, records: Vec<Record>) -> (Kind, bool) {
        let mut message = Message::query();
        message.metadata.response_code = code;
        message.answers = records;
        let mut trail = Trail::from("Site.example").unwrap();
        let goes_on = trail.goes_on(&Heard::of(&message, Question::A));
        (trail.said().kind, goes_on)
    }

    #[test]
    fn an_answer_about_other_names_does_not_say_that_there_is_no_address() {
        assert_eq!(kind(vec![address("site.example.")]), (Kind::Addresses, false));
        assert_eq!(kind(vec![]), (Kind::NoData, false));
        assert_eq!(kind(vec![address("other.example.")]), (Kind::Malformed, false));
        assert_eq!(kind(vec![alias("other.example.", "site.example.")]), (Kind::Malformed, false));
        let stray = vec![alias("site.example.", "edge.example."), address("other.example.")];
        assert_eq!(kind(stray), (Kind::NoData, true));
    }

    #[test]
    fn a_name_that_is_denied_and_given_an_address_is_neither() {
        let denied = |records| kind_under(ResponseCode::NXDomain, records);
        assert_eq!(denied(vec![]), (Kind::NxDomain, false));
        assert_eq!(denied(vec![address("site.example.")]), (Kind::Malformed, false));
        assert_eq!(denied(vec![alias("site.example.", "gone.example.")]), (Kind::NxDomain, false));
    }
}
