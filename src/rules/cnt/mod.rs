//! CNT: what the page is about, against the filing.

mod cloaked;
mod crime;
mod not_individual;
mod other_operator;
mod paid_service;
mod stranger;
mod topic_offered;

use super::Rule;

/// The family, in order of code.
pub(super) const RULES: &[Rule] = &[
    not_individual::RULE,
    topic_offered::RULE,
    other_operator::RULE,
    crime::RULE,
    paid_service::RULE,
    cloaked::RULE,
];
