//! FIL: the filing's own data. No network.

mod bad_name;
mod naming;
mod province_mismatch;
mod short_remark;
mod unapproved_topic;
mod unreadable_number;

use super::Rule;

/// The family, in order of code.
pub(super) const RULES: &[Rule] = &[
    unreadable_number::RULE,
    province_mismatch::RULE,
    bad_name::RULE,
    unapproved_topic::RULE,
    short_remark::RULE,
];
