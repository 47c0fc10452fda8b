//! FIL: the filing's own data. No network.

mod bad_name;
mod domain_twice;
mod expired_papers;
mod identity_number;
mod individual_content;
mod listed;
mod naming;
mod no_provider;
mod not_representative;
mod province_mismatch;
mod several_domains;
mod shared_contact;
mod shell_subject;
mod short_remark;
pub(super) mod subject;
mod too_many_sites;
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
    shared_contact::RULE,
    shell_subject::RULE,
    no_provider::RULE,
    unapproved_topic::RULE,
    short_remark::RULE,
    unapproved_suffix::RULE,
    wrong_suffix::RULE,
    domain_twice::RULE,
    too_many_sites::RULE,
    individual_content::RULE,
    not_representative::RULE,
    several_domains::RULE,
];
