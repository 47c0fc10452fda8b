//! FIL: the filing's own data. No network.

mod domain_twice;
mod listed;
mod province_mismatch;
mod several_domains;
mod shared_contact;
mod shell_subject;
mod too_many_sites;
mod unreadable_number;

use super::Rule;

/// The family, in order of code.
pub(super) const RULES: &[Rule] = &[
    unreadable_number::RULE,
    province_mismatch::RULE,
    shared_contact::RULE,
    shell_subject::RULE,
    domain_twice::RULE,
    too_many_sites::RULE,
    several_domains::RULE,
];
