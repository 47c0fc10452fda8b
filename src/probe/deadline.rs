//! One site's time.

use std::{future::Future, time::Duration};
use tokio::time::{Instant, timeout_at};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The moment by which a site must be done, and how long one step may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    end: Instant,
    step: Duration,
    waited: Duration,
}

impl Deadline {
    /// Longer times than a day are taken for a day: a clock has an end.
    pub(crate) fn new(site: Duration, step: Duration) -> Deadline {
        let (site, step) = (site.min(DAY), step.min(DAY));
        Deadline { end: Instant::now() + site, step, waited: Duration::ZERO }
    }

    /// The same site with shorter steps.
    pub(crate) fn with_step(self, step: Duration) -> Deadline {
        Deadline { step: self.step.min(step), ..self }
    }

    /// The same site for a part of the work that counts its own waiting.
    pub(crate) fn of_part(self) -> Deadline {
        Deadline { waited: Duration::ZERO, ..self }
    }

    /// Whether the site's time is over.
    pub(crate) fn is_over(&self) -> bool {
        Instant::now() >= self.end
    }

    /// How long one step may take.
    pub(crate) fn step(&self) -> Duration {
        self.step
    }

    /// When a step that began at `start` has to be given up.
    pub(crate) fn of_step(&self, start: Instant) -> Instant {
        self.end.min(start + self.step)
    }

    /// The same site with so much time given back.
    pub(crate) fn later(self, by: Duration) -> Deadline {
        Deadline { end: self.end + by, waited: self.waited + by, ..self }
    }

    /// How much time the site was given back.
    pub(crate) fn waited(&self) -> Duration {
        self.waited
    }

    /// Runs what times its own steps; `None` where the site's time ran out.
    pub(crate) async fn run<T>(&self, steps: impl Future<Output = T>) -> Option<T> {
        timeout_at(self.end, steps).await.ok()
    }

    /// Waits for something of ours; the site gets the time back.
    pub(crate) async fn wait<T>(&mut self, wait: impl Future<Output = T>) -> T {
        let start = Instant::now();
        let value = wait.await;
        *self = self.later(start.elapsed());
        value
    }
}
