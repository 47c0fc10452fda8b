//! When a page has shown what it has: waits for content, not for a timer.

use serde::Deserialize;
use std::time::Duration;

/// With a number in sight, what comes with it has come.
const STILL_WITH_NUMBER: Duration = Duration::from_millis(400);
/// A request that goes on for so long after the number came brings nothing of the foot.
const GRACE: Duration = Duration::from_secs(3);
/// Without a number, a page may still wait for a timer of its own.
const STILL: Duration = Duration::from_millis(3_000);
const NETWORK_STILL: Duration = Duration::from_millis(800);

/// The content at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Pulse {
    pub(super) elements: u64,
    /// A sum over the texts.
    pub(super) sum: i64,
    /// Whether a text looks like a record number.
    pub(super) number: bool,
    /// Whether the document has loaded.
    pub(super) loaded: bool,
}

impl Pulse {
    /// This and what a frame shows.
    pub(super) fn and(self, frame: Pulse) -> Pulse {
        Pulse {
            elements: self.elements.wrapping_add(frame.elements),
            sum: self.sum.wrapping_add(frame.sum),
            number: self.number || frame.number,
            loaded: self.loaded && frame.loaded,
        }
    }
}

/// The network at one moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Traffic {
    /// Requests under way that may bring content.
    pub(super) open: usize,
    /// How long none has begun or ended.
    pub(super) still: Duration,
}

/// Watches one page until it has settled.
#[derive(Debug, Default)]
pub(super) struct Patience {
    last: Option<Pulse>,
    changed: Duration,
    number_since: Option<Duration>,
}

impl Patience {
    /// Whether the page, so long after the begin, has shown what it has.
    pub(super) fn is_over(&mut self, now: Duration, pulse: Pulse, traffic: Traffic) -> bool {
        let before = self.last.replace(pulse);
        if before.is_none_or(|b| (b.elements, b.sum) != (pulse.elements, pulse.sum)) {
            self.changed = now;
        }
        if pulse.number {
            self.number_since.get_or_insert(now);
        } else {
            self.number_since = None;
        }
        let still = now.saturating_sub(self.changed);
        match self.number_since {
            Some(since) => {
                let waited = now.saturating_sub(since) >= GRACE;
                still >= STILL_WITH_NUMBER && ((traffic.open == 0 && pulse.loaded) || waited)
            }
            None => {
                let quiet = traffic.open == 0 && traffic.still >= NETWORK_STILL;
                pulse.loaded && quiet && still >= STILL
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIET: Traffic = Traffic { open: 0, still: Duration::from_secs(60) };
    const BUSY: Traffic = Traffic { open: 1, still: Duration::ZERO };

    /// The tenths of a second at which a page is done that shows these contents, the last one
    /// for good; `None` where it is not within a minute.
    fn done(contents: impl Fn(u64) -> (i64, bool), traffic: Traffic) -> Option<u64> {
        let mut patience = Patience::default();
        (0..600).find(|tenth| {
            let (sum, number) = contents(*tenth);
            let pulse = Pulse { elements: 1, sum, number, loaded: true };
            patience.is_over(Duration::from_millis(100 * tenth), pulse, traffic)
        })
    }

    #[test]
    fn a_number_ends_the_wait_once_the_page_stands_still() {
        assert_eq!(done(|_| (0, true), QUIET), Some(4));
        assert_eq!(done(|t| (i64::from(t >= 10), t >= 10), QUIET), Some(14));
        // What comes right after the number is waited for.
        assert_eq!(done(|t| (t.min(20) as i64, t >= 10), QUIET), Some(24));
    }

    #[test]
    fn without_a_number_a_page_gets_its_time() {
        assert_eq!(done(|_| (0, false), QUIET), Some(30));
        assert_eq!(done(|t| (i64::from(t >= 25), t >= 25), QUIET), Some(29));
        assert_eq!(done(|_| (0, false), BUSY), None);
    }

    #[test]
    fn a_request_that_never_ends_keeps_nobody_who_has_seen_the_number() {
        assert_eq!(done(|_| (0, true), BUSY), Some(30));
    }

    #[test]
    fn what_never_stands_still_is_never_done() {
        assert_eq!(done(|t| (t as i64, true), QUIET), None);
    }
}
