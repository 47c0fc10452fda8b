//! CNT: what the page is about, against the filing.

use super::Rule;

/// The family, in order of code.
pub(super) const RULES: &[Rule] = &[];
