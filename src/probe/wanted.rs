//! When a page is looked at through a browser: where the page as served cannot settle what
//! a visitor sees.

use crate::evidence::{Attempt, End, Failure, HostEvidence};

/// Whether a browser may settle what the visit of this host left open.
pub(super) fn wants_browser(host: &HostEvidence) -> bool {
    let Some(best) = host.visit.as_ref().and_then(|visit| visit.best()) else { return false };
    match best.answer() {
        Some(answer) => answer.page.as_ref().is_some_and(|page| page.needs_rendering),
        None => is_hidden_by_tls(best),
    }
}

/// A handshake that fails with us may stand with a browser.
fn is_hidden_by_tls(attempt: &Attempt) -> bool {
    matches!(attempt.end, End::Failed(Failure::TlsHandshake | Failure::TlsReset))
}
