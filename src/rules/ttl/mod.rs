//! TTL: the title against the filed name of the service.

mod missing;
mod nearly;
mod standing;
mod without_name;

use super::Rule;

/// The family, in order of code.
pub(super) const RULES: &[Rule] = &[missing::RULE, without_name::RULE, nearly::RULE];
