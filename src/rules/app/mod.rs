//! APP: what is filed of an app.

use super::Rule;

/// The family, in order of code.
pub(super) const RULES: &[Rule] = &[];
