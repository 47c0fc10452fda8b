//! CPR: the copyright line.

mod holder;
mod missing;
mod other_holder;

use super::{PageCase, Rule, provider_keys};
use crate::policy::Level;

/// The family, in order of code.
pub(super) const RULES: &[Rule] = &[missing::RULE, other_holder::RULE];

/// Whether the copyright line must be there and name the subject: where the policy calls
/// its want a violation (Jiangsu).
fn is_required(case: &PageCase<'_>) -> bool {
    let providers = provider_keys(case.filing, case.policy);
    let level = case.policy.level("CPR002", Level::Warning, case.filing.province(), &providers);
    level == Some(Level::Violation)
}
