//! CPR: the copyright line.

pub(super) mod holder;
mod missing;
mod other_holder;

use super::names::{is_organisation, key};
use super::{PageCase, Rule, provider_keys};
use crate::filing::Filing;
use crate::policy::{Level, Scope};

/// The family, in order of code.
pub(super) const RULES: &[Rule] = &[missing::RULE, other_holder::RULE];

/// Whether the copyright line must be there and name the subject: where the policy calls
/// its want a violation (Jiangsu).
fn is_required(case: &PageCase<'_>) -> bool {
    let providers = provider_keys(case.filing, case.policy);
    let scope = Scope {
        province: case.filing.province(),
        providers: &providers,
        domain: Some(case.filing.domain.ascii()),
        subject: case.filing.subject_name.as_deref(),
        today: Some(case.today),
    };
    case.policy.level_in("CPR002", Level::Warning, &scope) == Some(Level::Violation)
}

/// Whether the subject is a person: as the list says, else by a name of two to four
/// characters that is no organisation's.
fn is_individual(filing: &Filing) -> bool {
    if let Some(kind) = &filing.subject_kind {
        return kind.contains("个人");
    }
    let name = filing.subject_name.as_deref().map(key).unwrap_or_default();
    (2..=4).contains(&name.chars().count()) && !is_organisation(&name)
}
