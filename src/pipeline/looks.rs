//! The second phase: sites are looked at, many at a time, and failed ones again later.

use super::count;
use super::open::{Ended, Open, TICK};
use super::queue::{Queue, Task};
use super::{Plan, Progress, RunError};
use crate::evidence::{
    Attempt, Dns, End, Evidence, Failure, Hop, HopKind, HostEvidence, Role, Visit,
};
use crate::filing::Filing;
use crate::metrics::{Metrics, Stage};
use crate::probe::turn::{self, Place};
use crate::probe::{self, Probe};
use crate::spool::{Exchange, Keep, Margin, Members, Packed, Seen, Spool};
use std::{future::Future, io, sync::Arc};
use tokio::{
    task::JoinError,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};
use tokio_util::sync::CancellationToken;

/// What a look brought; `None` where it broke off by a fault of ours.
pub(super) type Brought = Option<Look>;

/// A look, ready to be written down.
pub(super) struct Look {
    /// What was seen, without the lines of pages.
    evidence: Evidence,
    /// All of it, as it goes into the journal.
    packed: Packed,
    /// The records of its exchanges.
    members: Members,
}

/// What looks at sites: the probe, or a script in a test of the run itself.
pub trait Eyes: Send + Sync + 'static {
    /// Looks at one site.
    fn look(&self, filing: &Filing) -> impl Future<Output = probe::Look> + Send;
    /// Looks a second time at what failed, and returns both looks as one.
    fn look_again(
        &self,
        filing: &Filing,
        first: &Evidence,
    ) -> impl Future<Output = probe::Look> + Send;
}

impl Eyes for Probe {
    async fn look(&self, filing: &Filing) -> probe::Look {
        Probe::look(self, filing).await
    }

    async fn look_again(&self, filing: &Filing, first: &Evidence) -> probe::Look {
        Probe::look_again(self, filing, first).await
    }
}

/// Looks at every site that is not settled, and writes down what was seen as it comes.
pub(super) async fn look<E: Eyes>(
    spool: &mut Spool,
    eyes: Arc<E>,
    plan: &Plan<'_>,
    metrics: &Arc<Metrics>,
    progress: &dyn Progress,
    stop: &CancellationToken,
) -> Result<(), RunError> {
    let mut queue = Queue::of(spool, plan.second_look_after);
    let mut open = Open::new(plan, metrics);
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        progress.looked(queue.done(), queue.of_all());
        while queue.has_next(spool)
            && let Some(place) = open.turns.try_place()
        {
            begin(&mut open, &mut queue, spool, &eyes, plan, place)?;
        }
        let has_next = queue.has_next(spool);
        if open.is_empty() && !has_next {
            if queue.feed(true) {
                continue;
            }
            if queue.due().is_none() {
                return Ok(());
            }
        }
        let due = queue.due().filter(|_| !has_next);
        let turns = Arc::clone(&open.turns);
        tokio::select! {
            biased;
            () = stop.cancelled() => {
                open.shutdown().await;
                spool.sync()?;
                return Err(RunError::Interrupted(plan.output.clone()));
            }
            _ = tick.tick() => {
                open.watch();
                queue.feed(open.turns.has_room());
            }
            Some(ended) = open.next() => match ended {
                Ended::PutOff(task, crowd) => queue.put_off(task, crowd),
                Ended::Done(task, brought, crowds) => {
                    let again = record(spool, task, *brought, plan, metrics)?;
                    queue.ended(task, again, &crowds);
                }
            },
            place = turns.place(), if has_next => {
                begin(&mut open, &mut queue, spool, &eyes, plan, place)?;
            }
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {}
        }
    }
}

/// Begins the next look.
fn begin<E: Eyes>(
    open: &mut Open,
    queue: &mut Queue,
    spool: &Spool,
    eyes: &Arc<E>,
    plan: &Plan<'_>,
    place: Place,
) -> Result<(), RunError> {
    let Some(task) = queue.next(spool) else { return Ok(()) };
    let Some(Ok(filing)) = spool.row(task.row)? else { return Ok(()) };
    let first = if task.again { Some(spool.seen(task.row)?) } else { None };
    let domain = filing.domain.ascii().to_owned();
    let metrics = Arc::clone(&open.metrics);
    let work = one(Arc::clone(eyes), filing, first, plan.keep, plan.clock, metrics);
    open.begin(task, domain, place, work);
    Ok(())
}

/// One look, packed for the journal and with its exchanges for the evidence file.
async fn one<E: Eyes>(
    eyes: Arc<E>,
    filing: Box<Filing>,
    first: Option<Seen>,
    keep: Keep,
    clock: fn() -> jiff::Timestamp,
    metrics: Arc<Metrics>,
) -> Brought {
    let at = clock();
    let look = match &first {
        // A first look that broke off by a fault of ours showed nothing: this is the first one.
        Some(seen) if !seen.faulted => eyes.look_again(&filing, &seen.evidence).await,
        _ => eyes.look(&filing).await,
    };
    let received = look.exchanges.iter().map(|e| e.response_head.len() + e.body.len());
    metrics.received_bytes.add(received.sum::<usize>() as u64);
    let packed = if keep == Keep::None {
        Ok(Look::of(look.evidence, Members::default()))
    } else {
        // Packing a long body takes a while: not on a thread that others' timers wait for.
        let packed = tokio::task::spawn_blocking(move || {
            let first = first.map(|seen| seen.evidence);
            let members = pack(&look, first.as_ref(), at)?;
            Look::of(look.evidence, members)
        });
        turn::timed(Stage::Pack, filing.domain.ascii(), packed).await
    };
    match packed {
        Ok(Ok(look)) => Some(look),
        Ok(Err(error)) => {
            tracing::error!(domain = filing.domain.ascii(), %error, "a look cannot be packed");
            None
        }
        Err(error) => fault(filing.domain.ascii(), &error),
    }
}

impl Look {
    fn of(mut evidence: Evidence, members: Members) -> io::Result<Look> {
        let packed = Packed::of(&mut evidence)?;
        Ok(Look { evidence, packed, members })
    }
}

/// The exchanges of a look. Of a second one, hosts that stand as the first one saw them
/// were not asked for again.
fn pack(look: &probe::Look, first: Option<&Evidence>, at: jiff::Timestamp) -> io::Result<Members> {
    let mut members = Members::default();
    for host in &look.evidence.hosts {
        if !first.is_some_and(|first| first.hosts.contains(host)) {
            members.dns(host, at)?;
        }
    }
    for exchange in &look.exchanges {
        let record = Exchange {
            url: &exchange.url,
            address: exchange.address,
            at: exchange.at,
            request: &exchange.request,
            response_head: &exchange.response_head,
            body: &exchange.body,
            truncated: exchange.truncated,
        };
        match exchange.url.starts_with("whois:") {
            true => members.resource(&record)?,
            false => members.exchange(&record)?,
        }
    }
    for shot in &look.shots {
        members.document(&shot.url, shot.at, &shot.document)?;
        if let Some(picture) = &shot.picture {
            members.picture(&shot.host, picture);
        }
    }
    Ok(members)
}

/// A look that broke off by a fault of ours.
pub(super) fn fault(domain: &str, error: &JoinError) -> Brought {
    tracing::error!(domain, %error, "a look broke off by a fault of ours");
    None
}

/// Writes down a look; `None` is one that broke off by a fault of ours. Returns whether the
/// row is to be looked at again.
fn record(
    spool: &mut Spool,
    task: Task,
    brought: Brought,
    plan: &Plan<'_>,
    metrics: &Metrics,
) -> Result<bool, RunError> {
    let earlier = spool.outline(task.row)?;
    let faulted = brought.is_none();
    let Some(mut look) = (match brought {
        Some(look) => {
            let first = Some(&earlier.evidence).filter(|_| task.again && !earlier.faulted);
            count::look(metrics, &look.evidence, first);
            Some(look)
        }
        None => unlooked(spool, task, earlier.faulted, plan)?,
    }) else {
        return Ok(false);
    };
    // It is kept with the evidence: who judges again needs no file.
    if let (Some(registry), Some(Ok(filing))) = (plan.registry, spool.row(task.row)?) {
        look.evidence.registry = registry.entries(&filing, &look.evidence)?;
    }
    let again = !task.again && (faulted || look.evidence.needs_second_look());
    match task.again {
        true => metrics.second_looks.add(1),
        false => metrics.first_looks.add(1),
    }
    if !again {
        metrics.site(count::outcome(&look.evidence, faulted));
    }
    let registry = look.evidence.registry;
    let margin = Margin { faulted, again, members: earlier.members, registry };
    spool.push_look(task.row, margin, &look.packed, look.members)?;
    Ok(again)
}

/// What is known where a look broke off by a fault of ours: what an earlier one saw, or nothing.
/// `None` where there is no such filing.
fn unlooked(
    spool: &Spool,
    task: Task,
    faulted: bool,
    plan: &Plan<'_>,
) -> Result<Option<Look>, RunError> {
    let evidence = if task.again && !faulted {
        spool.seen(task.row)?.evidence
    } else {
        match spool.row(task.row)? {
            Some(Ok(filing)) => fault_evidence(&filing),
            _ => return Ok(None),
        }
    };
    let look = Look::of(evidence, Members::default());
    look.map(Some).map_err(|error| RunError::Output(plan.output.clone(), error))
}

/// What is known of a site that our own fault kept us from seeing: nothing, and why.
fn fault_evidence(filing: &Filing) -> Evidence {
    let host = filing.domain.ascii().to_owned();
    let hop = Hop::to(format!("https://{host}/"), HopKind::Start);
    let attempt = Attempt { hops: vec![hop], end: End::Failed(Failure::Fault) };
    let visit = Visit { looks: 1, https: Some(attempt), http: None };
    let seen = HostEvidence {
        visit: Some(visit),
        ..HostEvidence::of_dns(host, Role::Apex, Dns::default())
    };
    Evidence { hosts: vec![seen], ..Evidence::default() }
}
