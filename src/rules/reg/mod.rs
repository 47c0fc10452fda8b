//! REG: the domain's registration.

use super::Rule;

/// The family, in order of code.
pub(super) const RULES: &[Rule] = &[];
