//! REG: the domain's registration, as its registry tells it.

mod expired;
mod expires_soon;
mod on_hold;
mod other_registrant;
mod registered_late;
mod registrar;

use super::{RegistrationCase, Rule, Text};
use jiff::civil::Date;

/// The family, in order of code.
pub(super) const RULES: &[Rule] = &[
    expired::RULE,
    expires_soon::RULE,
    registered_late::RULE,
    registrar::RULE,
    other_registrant::RULE,
    on_hold::RULE,
];

/// Days from today to the expiry, negative behind it.
fn days_left(case: &RegistrationCase<'_>) -> Option<(Date, i32)> {
    let day = case.registration.expires_on?;
    let days = case.today.until(day).ok()?.get_days();
    Some((day, days))
}

/// Those of these status values that the registration has.
fn status<'a>(case: &'a RegistrationCase<'_>, wanted: &[&str]) -> Vec<&'a str> {
    let own = case.registration.status.iter().map(String::as_str);
    own.filter(|status| wanted.contains(status)).collect()
}

/// `到期日 2026-11-01`.
fn expiry(day: Date) -> Text {
    Text::new(format!("到期日 {day}"), format!("expires on {day}"))
}
