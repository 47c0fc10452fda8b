//! FIL: the filing's own data. No network.

mod province_mismatch;
mod unreadable_number;

use super::Rule;

/// The family, in order of code.
pub(super) const RULES: &[Rule] = &[unreadable_number::RULE, province_mismatch::RULE];
