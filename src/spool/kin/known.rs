//! What is kept of one filing: hashes of what it may share with others.

use crate::evidence::{Household, Kinship};
use crate::filing::{Filing, ServiceType, Status};
use sha2::{Digest, Sha256};
use std::collections::HashSet;

/// One filing. A hash of 0 stands for what the list does not say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    pub(super) registrable: u64,
    pub(super) subject: u64,
    pub(super) name: u64,
    pub(super) phone: u64,
    pub(super) email: u64,
    pub(super) domain: u32,
    /// The service's number; 0 without a serial.
    pub(super) number: u32,
    pub(super) representative: u32,
    pub(super) person: u32,
    pub(super) row: u32,
    traits: Traits,
}

/// Yes-or-no facts of a filing, a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Traits(u8);

impl Traits {
    pub(super) const CANCELLED: Traits = Traits(1);
    pub(super) const WEBSITE: Traits = Traits(2);
    pub(super) const NUMBERED: Traits = Traits(4);

    fn when(self, holds: bool) -> Traits {
        if holds { self } else { Traits(0) }
    }
}

impl Known {
    pub(super) fn of(row: u32, filing: &Filing) -> Known {
        let number = filing.filing_number();
        let service = number.filter(|number| number.serial.is_some());
        let is_person = filing.subject_kind.as_deref().is_some_and(|kind| kind.contains("个人"));
        // A person is his own representative.
        let himself = filing.subject_name.as_ref().filter(|_| is_person);
        let representative = filing.legal_representative.as_ref().or(himself);
        let folded = |name: Option<&String>| name.map_or(0, |name| short(hash(&fold(name))));
        let traits = [
            Traits::CANCELLED.when(filing.status == Status::Cancelled),
            Traits::WEBSITE.when(filing.service_type == ServiceType::Website),
            Traits::NUMBERED.when(number.is_some()),
        ];
        Known {
            registrable: hash(filing.domain.registrable()),
            subject: hash(&filing.subject_key()),
            name: filing.subject_name.as_ref().map_or(0, |name| hash(&fold(name))),
            phone: filing.phone.as_deref().and_then(phone).map_or(0, |phone| hash(&phone)),
            email: filing.email.as_deref().and_then(email).map_or(0, |email| hash(&email)),
            domain: short(hash(filing.domain.ascii())),
            number: service.map_or(0, |number| short(hash(&number.to_string()))),
            representative: folded(representative),
            person: folded(filing.owner.as_ref()),
            row,
            traits: Traits(traits.iter().fold(0, |all, one| all | one.0)),
        }
    }

    pub(super) fn has(&self, traits: Traits) -> bool {
        self.traits.0 & traits.0 == traits.0
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.has(Traits::CANCELLED)
    }

    pub(super) fn is_in_force(&self) -> bool {
        !self.is_cancelled()
    }

    pub(super) fn is_site_in_force(&self) -> bool {
        self.is_in_force() && self.has(Traits::WEBSITE)
    }

    /// Whether the list says whose it is.
    pub(super) fn has_subject(&self) -> bool {
        self.has(Traits::NUMBERED) || self.name != 0
    }

    /// How another filing stands to this one's subject. In doubt it is the same.
    pub(super) fn kinship(&self, other: &Known) -> Kinship {
        let same_name = self.name != 0 && self.name == other.name;
        if self.subject == other.subject || same_name {
            return Kinship::Same;
        }
        let both = |has: fn(&Known) -> bool| has(self) && has(other);
        if both(|k| k.has(Traits::NUMBERED)) || both(|k| k.name != 0) {
            Kinship::Other
        } else {
            Kinship::Unknown
        }
    }

    /// What tells its domain from all others of the list.
    pub(super) fn own_domain(&self) -> (u64, u32) {
        (self.registrable, self.domain)
    }

    pub(super) fn in_subject(&self) -> (u64, u32, bool, u64, u32) {
        (self.subject, self.number, self.is_site_in_force(), self.registrable, self.row)
    }

    pub(super) fn in_domain(&self) -> (u64, u64, u32, bool, u32, u32) {
        let is_site = self.is_site_in_force();
        (self.registrable, self.subject, self.domain, is_site, self.number, self.row)
    }

    pub(super) fn with_contact(&self, contact: u64) -> (u64, u64, u32, u32) {
        (contact, self.subject, self.person, self.row)
    }
}

/// What filings of one subject come to.
pub(super) fn household(rows: impl Iterator<Item = Known>) -> Household {
    let mut household = Household::default();
    let mut sites: HashSet<(u64, u32)> = HashSet::new();
    for known in rows {
        household.services += 1;
        household.cancelled += u32::from(known.is_cancelled());
        if known.is_site_in_force() {
            sites.insert(known.own_domain());
        }
    }
    Household { sites: sites.len() as u32, ..household }
}

/// The registrable domain of a URL's host; `None` of an address.
pub(in crate::spool) fn registrable_of(url: &str) -> Option<String> {
    host_of(url).map(|host| registrable(&host).to_owned())
}

/// The host of a URL, punycode; `None` of an address.
pub(super) fn host_of(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    let url::Host::Domain(host) = url.host()? else { return None };
    Some(host.trim_end_matches('.').to_owned())
}

pub(super) fn registrable(host: &str) -> &str {
    psl::domain_str(host).unwrap_or(host)
}

/// The first eight bytes of SHA-256: of a million domains two collide once in ten million lists.
pub(super) fn hash(text: &str) -> u64 {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}

/// Half of a hash, for what is compared among few; never 0.
pub(super) fn short(hash: u64) -> u32 {
    ((hash >> 32) as u32).max(1)
}

/// A name as people may write it another time: width, case and white space do not matter.
fn fold(name: &str) -> String {
    crate::filing::name_key(name)
}

/// The digits of a phone number, without China's own prefix. `None` of what nobody has: too
/// short, or a placeholder that ends in six zeros.
pub(super) fn phone(text: &str) -> Option<String> {
    let digits: String = fold(text).chars().filter(char::is_ascii_digit).collect();
    let digits = digits.strip_prefix("0086").unwrap_or(&digits);
    let digits = digits.strip_prefix("86").filter(|rest| rest.len() == 11).unwrap_or(digits);
    (digits.len() >= 7 && !digits.ends_with("000000")).then(|| digits.to_owned())
}

fn email(text: &str) -> Option<String> {
    let folded = fold(text).to_lowercase();
    let (name, host) = folded.split_once('@')?;
    (!name.is_empty() && host.contains('.')).then_some(folded.clone())
}
