//! CNT: what the page is about, against the filing.

mod cloaked;
mod stranger;

use super::Rule;

/// The family, in order of code.
pub(super) const RULES: &[Rule] = &[cloaked::RULE];
