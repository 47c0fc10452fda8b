//! The looks that are under way, and the watchdog over them.

use super::looks::{Brought, fault};
use super::queue::Task;
use super::{Plan, Watch};
use crate::metrics::Metrics;
use crate::probe::turn::{Crowd, Place, Standing, Turn, Turns};
use std::{collections::HashMap, future::Future, sync::Arc, time::Duration};
use tokio::{
    task::{AbortHandle, Id, JoinSet},
    time::Instant,
};

/// How often the watchdog looks round.
pub(super) const TICK: Duration = Duration::from_millis(250);

/// The looks under way.
pub(super) struct Open {
    pub(super) turns: Arc<Turns>,
    pub(super) metrics: Arc<Metrics>,
    looks: JoinSet<Result<Brought, Crowd>>,
    each: HashMap<Id, One>,
    limit: Duration,
    watch: Watch,
    /// When the last look ended, or the first one began.
    moved: Instant,
    /// It was said that nothing moves.
    said: bool,
}

struct One {
    task: Task,
    domain: String,
    turn: Arc<Turn>,
    handle: AbortHandle,
    /// It was said that it takes long.
    named: bool,
    /// It was given up.
    given_up: bool,
}

/// How a look ended.
pub(super) enum Ended {
    /// It is done. Others may come, of the crowds that it was in.
    Done(Task, Box<Brought>, Vec<Crowd>),
    /// It was put off on account of a crowd.
    PutOff(Task, Crowd),
}

impl Open {
    pub(super) fn new(plan: &Plan<'_>, metrics: &Arc<Metrics>) -> Open {
        Open {
            turns: Turns::new(plan.concurrency, Arc::clone(metrics)),
            metrics: Arc::clone(metrics),
            looks: JoinSet::new(),
            each: HashMap::new(),
            limit: plan.site_limit,
            watch: plan.watch.clone(),
            moved: Instant::now(),
            said: false,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.looks.is_empty()
    }

    /// Begins a look.
    pub(super) fn begin(
        &mut self,
        task: Task,
        domain: String,
        place: Place,
        work: impl Future<Output = Brought> + Send + 'static,
    ) {
        if self.is_empty() {
            self.moved = Instant::now();
        }
        let turn = Turn::new(&self.turns, place, task.patient);
        let handle = self.looks.spawn(Arc::clone(&turn).run(work));
        let one = One { task, domain, turn, handle, named: false, given_up: false };
        self.each.insert(one.handle.id(), one);
        self.metrics.in_flight.set(self.each.len() as u64);
    }

    /// Waits until a look ends; `None` where there is none.
    pub(super) async fn next(&mut self) -> Option<Ended> {
        loop {
            let ended = self.looks.join_next_with_id().await?;
            let id = ended.as_ref().map_or_else(|error| error.id(), |(id, _)| *id);
            let Some(one) = self.each.remove(&id) else { continue };
            self.metrics.in_flight.set(self.each.len() as u64);
            (self.moved, self.said) = (Instant::now(), false);
            let brought = match ended {
                Ok((_, Ok(brought))) => brought,
                Ok((_, Err(crowd))) => return Some(Ended::PutOff(one.task, crowd)),
                Err(_) if one.given_up => None,
                Err(error) => fault(&one.domain, &error),
            };
            let Standing { worked, waited, .. } = one.turn.standing();
            tracing::debug!(
                domain = one.domain,
                ?worked,
                ?waited,
                second = one.task.again,
                "looked"
            );
            return Some(Ended::Done(one.task, Box::new(brought), one.turn.crowds()));
        }
    }

    /// Ends all looks.
    pub(super) async fn shutdown(&mut self) {
        self.looks.shutdown().await;
        self.each.clear();
        self.metrics.in_flight.set(0);
    }

    /// Names sites that take long, gives up those that take too long, and says where nothing
    /// has ended for long.
    pub(super) fn watch(&mut self) {
        for one in self.each.values_mut() {
            let standing = one.turn.standing();
            let Standing { worked, waited, .. } = standing;
            if worked < self.watch.slow_after.min(self.limit) {
                continue;
            }
            let (stage, host) = told(&standing);
            let domain = one.domain.as_str();
            if worked >= self.limit && !one.given_up {
                one.given_up = true;
                one.handle.abort();
                tracing::error!(domain, host, stage, elapsed = ?worked, ?waited, "a site is given up: its own deadline has not ended it");
            } else if !one.named {
                one.named = true;
                self.metrics.slow_looks.add(1);
                tracing::warn!(domain, host, stage, elapsed = ?worked, ?waited, "a site takes long");
            }
        }
        if !self.is_empty() && !self.said && self.moved.elapsed() >= self.watch.stuck_after {
            self.said = true;
            self.metrics.stalls.add(1);
            self.say_stuck();
        }
    }

    fn say_stuck(&self) {
        let standings = self.each.values().map(|one| (one, one.turn.standing()));
        let waiting = standings.clone().filter(|(_, standing)| standing.waits).count();
        let Some((one, standing)) = standings.max_by_key(|(_, s)| s.worked) else { return };
        let (stage, host) = told(&standing);
        tracing::warn!(
            in_flight = self.each.len(),
            waiting,
            quiet = ?self.moved.elapsed(),
            domain = one.domain,
            host,
            stage,
            elapsed = ?standing.worked,
            "no look has ended for long; the one named has been at work for longest"
        );
    }
}

/// Stage and host, for the log.
fn told(standing: &Standing) -> (&'static str, &str) {
    match &standing.step {
        Some((stage, host, _)) => (stage.name(), host.as_str()),
        None if standing.waits => ("turn", ""),
        None => ("none", ""),
    }
}
