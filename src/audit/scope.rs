use crate::evidence::Role;
use crate::filing::{ServiceType, Status};
use crate::rules::{self, Check, Rule};

/// The rules that say why a host shows no page of the filing's own, in the order in which
/// one of them speaks. The page rules have nothing to say of a host that one of these names.
pub(super) const NO_OWN_PAGE: &[&str] =
    &["DNS001", "WEB001", "WEB004", "WEB009", "WEB003", "WEB006", "WEB005", "WEB002"];

/// Rules that are lenient for `opening_days` after approval: a site need not be up yet.
const OPENING: &[&str] = &["DNS001", "WEB001", "WEB002", "WEB003", "WEB005", "WEB009"];

/// Rules that are lenient for `unblocking_days` after approval: systems have yet to agree.
const UNBLOCKING: &[&str] = &["WEB004"];

/// Which grace after approval a rule has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grace {
    Opening,
    Unblocking,
}

/// The rules given and all that they yield to, each after those it yields to.
pub(super) fn in_order(given: &[&'static Rule]) -> Vec<&'static Rule> {
    let find = |code: &str| given.iter().copied().find(|r| r.code == code).or(rules::find(code));
    let mut waiting: Vec<&'static Rule> = given.to_vec();
    let mut next = 0;
    while let Some(rule) = waiting.get(next).copied() {
        for needed in dependencies(rule).filter_map(find) {
            if !waiting.iter().any(|w| w.code == needed.code) {
                waiting.push(needed);
            }
        }
        next += 1;
    }
    waiting.sort_by_key(|rule| rule.code);
    waiting.dedup_by_key(|rule| rule.code);
    let mut ordered: Vec<&'static Rule> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_open = |code: &str| waiting.iter().any(|w| w.code == code);
        let (mut ready, blocked): (Vec<_>, Vec<_>) =
            waiting.iter().copied().partition(|rule| !dependencies(rule).any(is_open));
        if ready.is_empty() {
            // A circle among the rules is a mistake that a test names; here all still speak.
            ordered.extend(blocked);
            break;
        }
        ordered.append(&mut ready);
        waiting = blocked;
    }
    ordered
}

/// The codes that must have been heard before this rule is asked.
fn dependencies(rule: &'static Rule) -> impl Iterator<Item = &'static str> {
    let gate: &[&str] = if matches!(rule.check, Check::Page(_)) { NO_OWN_PAGE } else { &[] };
    rule.yields_to.iter().chain(gate).copied()
}

/// Whether a rule looks at filings of this status and service type at all.
pub(super) fn applies(rule: &Rule, status: &Status, service: ServiceType) -> bool {
    let by_service = match service {
        ServiceType::Website => rule.family() != "APP",
        ServiceType::App => matches!(rule.family(), "FIL" | "APP"),
        ServiceType::MiniProgram | ServiceType::QuickApp => rule.family() == "FIL",
    };
    let by_status = match status {
        Status::Pending => rule.family() == "FIL" || matches!(rule.code, "DNS007" | "WEB007"),
        // What is not approved is asked of nothing but its own data, and whether it is open
        // all the same: as a question, for the word may mean that of another provider.
        Status::Unapproved(_) => rule.family() == "FIL" || rule.code == "DNS007",
        Status::Cancelled => rule.family() == "FIL" || rule.code == "DNS011",
        Status::Filed
        | Status::Connecting
        | Status::Changing
        | Status::Cancelling
        | Status::Other(_) => !matches!(rule.code, "DNS007" | "WEB007" | "DNS011"),
    };
    by_service && by_status
}

/// The grace that a rule has.
pub(super) fn grace(rule: &Rule) -> Option<Grace> {
    if OPENING.contains(&rule.code) {
        Some(Grace::Opening)
    } else if UNBLOCKING.contains(&rule.code) {
        Some(Grace::Unblocking)
    } else {
        None
    }
}

/// Whether a rule that is asked of each host looks at hosts of this role. A further filed host
/// may be a mail gateway or an interface: it need not show a page, but it has to point where
/// it is filed (the DNS rules see to that), and its certificate is read where it has one.
pub(super) fn looks_at(rule: &Rule, role: Role) -> bool {
    role != Role::Filed || rule.code == "WEB008"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_comes_after_those_it_yields_to() {
        let rules: Vec<_> = rules::all().collect();
        let order = in_order(&rules);
        assert_eq!(order.len(), rules.len());
        for (at, rule) in order.iter().enumerate() {
            for code in dependencies(rule) {
                let earlier = order.iter().take(at).any(|r| r.code == code);
                assert!(
                    earlier || rules::find(code).is_none(),
                    "{} is asked before {code}, to which it yields: a circle?",
                    rule.code
                );
            }
        }
    }

    #[test]
    fn one_rule_brings_those_it_yields_to_along() {
        let Some(web) = rules::find("WEB006") else { panic!("WEB006 is gone") };
        let order: Vec<_> = in_order(&[web]).iter().map(|r| r.code).collect();
        assert!(order.contains(&"DNS001") && order.contains(&"WEB004"), "{order:?}");
        assert_eq!(order.last(), Some(&"WEB006"));
    }
}
