//! DNS: where the domain points. What an address is in the light of the filing is decided
//! once, in `points`; each rule then speaks of its own kind, so that one address is never
//! reported twice for one cause.

mod broken_zone;
mod elsewhere;
mod ipv6_unfiled;
mod lines;
mod mainland;
mod of_app;
mod open_after_cancellation;
mod open_before_approval;
mod origin_hidden;
mod other_provider;
mod outside_mainland;
mod partly_elsewhere;
mod points;
mod unresolved;
mod vantage;

pub(super) use of_app::compared as of_app;

use super::Rule;

/// The family, in order of code.
pub(super) const RULES: &[Rule] = &[
    unresolved::RULE,
    outside_mainland::RULE,
    elsewhere::RULE,
    other_provider::RULE,
    partly_elsewhere::RULE,
    origin_hidden::RULE,
    open_before_approval::RULE,
    vantage::RULE,
    ipv6_unfiled::RULE,
    broken_zone::RULE,
    open_after_cancellation::RULE,
];
