//! What a message says, as far as it matters here.

use super::fact::Question;
use hickory_resolver::proto::{
    op::{Message, ResponseCode},
    rr::{Name, RData},
};
use std::{net::IpAddr, time::Duration};

/// One resolver's answer to one question.
#[derive(Debug)]
pub(super) struct Heard {
    code: ResponseCode,
    aliases: Vec<(Name, Name)>,
    addresses: Vec<(Name, IpAddr)>,
    /// Whether the zone itself says that there is no more.
    is_final: bool,
    /// The least of the records', in seconds.
    time_to_live: u32,
}

impl Heard {
    pub(super) fn of(message: &Message, question: Question) -> Heard {
        let mut heard = Heard {
            code: message.metadata.response_code,
            aliases: Vec::new(),
            addresses: Vec::new(),
            is_final: message.authorities.iter().any(|r| matches!(r.data, RData::SOA(_))),
            time_to_live: u32::MAX,
        };
        for record in &message.answers {
            match (&record.data, question) {
                (RData::CNAME(target), _) => {
                    heard.aliases.push((record.name.clone(), target.0.to_lowercase()));
                }
                (RData::A(a), Question::A) => {
                    heard.addresses.push((record.name.clone(), IpAddr::V4(a.0)));
                }
                (RData::AAAA(aaaa), Question::Aaaa) => {
                    heard.addresses.push((record.name.clone(), IpAddr::V6(aaaa.0)));
                }
                _ => continue,
            }
            heard.time_to_live = heard.time_to_live.min(record.ttl);
        }
        heard
    }

    /// How long an answer with records may be kept; `None` for any other.
    pub(super) fn time_to_live(&self) -> Option<Duration> {
        let is_answer = self.code == ResponseCode::NoError && self.records() > 0;
        let time = Duration::from_secs(self.time_to_live.into());
        (is_answer && !time.is_zero()).then_some(time)
    }

    /// How many records it has.
    pub(super) fn records(&self) -> usize {
        self.aliases.len() + self.addresses.len()
    }

    /// The name that a name is an alias of.
    pub(super) fn target(&self, at: &Name) -> Option<&Name> {
        self.aliases.iter().find(|(name, _)| name == at).map(|(_, target)| target)
    }

    /// The addresses of a name.
    pub(super) fn addresses(&self, at: &Name) -> Vec<IpAddr> {
        let of_name = self.addresses.iter().filter(|(name, _)| name == at);
        of_name.map(|(_, address)| *address).collect()
    }

    /// What its code means where the records are left out.
    pub(super) fn code(&self) -> ResponseCode {
        self.code
    }

    /// Whether the zone itself says that there is no more.
    pub(super) fn is_final(&self) -> bool {
        self.is_final
    }
}
