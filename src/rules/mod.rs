//! The rules: each a const value with its texts and a pure function over the evidence.
//!
//! The listing of a family's folder is its catalogue. A rule returns what it found;
//! code, level and texts are stamped on by the engine (`audit`).

mod case;
mod found;
mod known;
mod law;
mod layout;
mod names;
mod one_site;
mod outcome;
mod reference;
mod rule;
mod sight;
mod topics;
mod visitors;

mod app;
mod cnt;
mod cpr;
mod dns;
mod fil;
mod icp;
mod lnk;
mod psb;
mod reg;
mod ttl;
mod web;

pub use self::law::Law;
pub use case::{
    DnsCase, FilingCase, ListCase, PageCase, RegistrationCase, RegistryCase, SiteCase, WebCase,
    provider_keys,
};
pub use known::{Known, KnownOnce};
pub(crate) use names::is_no_person;
pub use outcome::{Defect, Lang, Na, Outcome, Text, quote};
pub use reference::{example, index, law, law_heading, page};
pub use rule::{Check, Field, Rule, Texts, Words};
pub(crate) use web::{failure_words, host_words, resolution_words};

/// Every family, by code.
pub const ALL: &[&[Rule]] = &[
    app::RULES,
    cnt::RULES,
    cpr::RULES,
    dns::RULES,
    fil::RULES,
    icp::RULES,
    lnk::RULES,
    psb::RULES,
    reg::RULES,
    ttl::RULES,
    web::RULES,
];

/// Every rule of the catalogue, in order of code.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    ALL.iter().flat_map(|family| family.iter())
}

/// The rule of this code, in any case.
pub fn find(code: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.code.eq_ignore_ascii_case(code))
}

#[cfg(test)]
mod tests;
