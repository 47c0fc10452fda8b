//! FIL: the filing's own data. No network.

mod bad_name;
mod expired_papers;
mod identity_number;
mod individual_content;
mod naming;
mod no_provider;
mod not_representative;
mod province_mismatch;
mod short_remark;
pub(super) mod subject;
mod unapproved_suffix;
mod unapproved_topic;
mod unreachable_contact;
mod unreadable_number;
mod wrong_suffix;

use super::Rule;

/// The family, in order of code.
pub(super) const RULES: &[Rule] = &[
    unreadable_number::RULE,
    province_mismatch::RULE,
    bad_name::RULE,
    identity_number::RULE,
    expired_papers::RULE,
    unreachable_contact::RULE,
    no_provider::RULE,
    unapproved_topic::RULE,
    short_remark::RULE,
    unapproved_suffix::RULE,
    wrong_suffix::RULE,
    individual_content::RULE,
    not_representative::RULE,
];
