//! APP: what is filed of an app.

mod bad_name;
mod number_without_a;
mod points_elsewhere;
mod store_as_platform;

use super::Rule;

/// The family, in order of code.
pub(super) const RULES: &[Rule] =
    &[points_elsewhere::RULE, number_without_a::RULE, store_as_platform::RULE, bad_name::RULE];
