//! The second phase: sites are looked at, many at a time, and failed ones again later.

use super::{Plan, Progress, RunError};
use crate::evidence::{
    Attempt, Dns, End, Evidence, Failure, Hop, HopKind, HostEvidence, Role, Visit,
};
use crate::filing::Filing;
use crate::probe::{Look, Probe};
use crate::spool::{Exchange, Keep, Members, Seen, Spool, Stage};
use std::{
    collections::{HashMap, VecDeque},
    future::Future,
    io,
    sync::Arc,
};
use tokio::{
    task::{Id, JoinError, JoinSet},
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

/// What looks at sites: the probe, or a script in a test of the run itself.
pub trait Eyes: Send + Sync + 'static {
    /// Looks at one site.
    fn look(&self, filing: &Filing) -> impl Future<Output = Look> + Send;
    /// Looks a second time at what failed, and returns both looks as one.
    fn look_again(&self, filing: &Filing, first: &Evidence) -> impl Future<Output = Look> + Send;
}

impl Eyes for Probe {
    async fn look(&self, filing: &Filing) -> Look {
        Probe::look(self, filing).await
    }

    async fn look_again(&self, filing: &Filing, first: &Evidence) -> Look {
        Probe::look_again(self, filing, first).await
    }
}

/// Looks at every site that is not settled, and writes down what was seen as it comes.
pub(super) async fn look<E: Eyes>(
    spool: &mut Spool,
    eyes: Arc<E>,
    plan: &Plan<'_>,
    progress: &dyn Progress,
    stop: &CancellationToken,
) -> Result<(), RunError> {
    let mut queue = Queue::of(spool, plan);
    let mut looks = JoinSet::new();
    let mut open: HashMap<Id, Task> = HashMap::new();
    progress.looked(queue.done, queue.of);
    loop {
        while looks.len() < plan.concurrency.max(1) {
            let Some(task) = queue.next(spool) else { break };
            let Some(Ok(filing)) = spool.row(task.row)? else { continue };
            let first = if task.again { Some(spool.seen(task.row)?) } else { None };
            let work = one(Arc::clone(&eyes), filing, first, plan.keep, plan.clock);
            let handle = looks.spawn(timeout(plan.site_limit, work));
            open.insert(handle.id(), task);
        }
        let due = queue.due().filter(|_| looks.len() < plan.concurrency.max(1));
        if looks.is_empty() && due.is_none() {
            return Ok(());
        }
        tokio::select! {
            biased;
            () = stop.cancelled() => {
                looks.shutdown().await;
                spool.sync()?;
                return Err(RunError::Interrupted(plan.output.clone()));
            }
            Some(ended) = looks.join_next_with_id() => {
                let (id, seen) = match ended {
                    Ok((id, Ok(seen))) => (id, seen),
                    Ok((id, Err(_))) => (id, None),
                    Err(error) => (error.id(), fault(error)),
                };
                let Some(task) = open.remove(&id) else { continue };
                let again = record(spool, task, seen, plan)?;
                queue.ended(task.row, again, plan);
                progress.looked(queue.done, queue.of);
            }
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {}
        }
    }
}

/// One look to be made.
#[derive(Clone, Copy)]
struct Task {
    row: u32,
    again: bool,
}

/// What a look brought, and the records of its exchanges.
type Brought = Option<(Evidence, Members)>;

/// Rows to be looked at: fresh ones in the order of the list, and those that wait for their
/// second look. While there are both they take turns, so that the run does not end with
/// nothing but sites that keep it waiting.
struct Queue {
    fresh: u32,
    waiting: VecDeque<(Instant, u32)>,
    turn: bool,
    done: u64,
    of: u64,
}

impl Queue {
    fn of(spool: &Spool, plan: &Plan<'_>) -> Queue {
        let mut queue = Queue { fresh: 0, waiting: VecDeque::new(), turn: false, done: 0, of: 0 };
        let due = Instant::now() + plan.second_look_after;
        for row in 0..spool.len() {
            let (done, of) = match spool.stage(row) {
                Some(Stage::Unseen) => (0, 1),
                Some(Stage::Settled) => (1, 1),
                Some(Stage::Again) => {
                    // When the first look was is not known after a restart: wait once more.
                    queue.waiting.push_back((due, row));
                    (1, 2)
                }
                _ => (0, 0),
            };
            queue.done += done;
            queue.of += of;
        }
        queue
    }

    fn next(&mut self, spool: &Spool) -> Option<Task> {
        while spool.stage(self.fresh).is_some_and(|stage| stage != Stage::Unseen) {
            self.fresh += 1;
        }
        let has_fresh = self.fresh < spool.len();
        let due = self.waiting.front().filter(|(due, _)| *due <= Instant::now());
        if let Some(&(_, row)) = due
            && (self.turn || !has_fresh)
        {
            self.waiting.pop_front();
            self.turn = false;
            return Some(Task { row, again: true });
        }
        self.turn = true;
        let row = self.fresh;
        has_fresh.then(|| {
            self.fresh += 1;
            Task { row, again: false }
        })
    }

    /// When the next second look is due.
    fn due(&self) -> Option<Instant> {
        self.waiting.front().map(|(due, _)| *due)
    }

    fn ended(&mut self, row: u32, again: bool, plan: &Plan<'_>) {
        self.done += 1;
        if again {
            self.of += 1;
            self.waiting.push_back((Instant::now() + plan.second_look_after, row));
        }
    }
}

/// One look, with its exchanges packed for the evidence file.
async fn one<E: Eyes>(
    eyes: Arc<E>,
    filing: Box<Filing>,
    first: Option<Seen>,
    keep: Keep,
    clock: fn() -> jiff::Timestamp,
) -> Brought {
    let at = clock();
    let look = match &first {
        // A first look that broke off by a fault of ours showed nothing: this is the first one.
        Some(seen) if !seen.faulted => eyes.look_again(&filing, &seen.evidence).await,
        _ => eyes.look(&filing).await,
    };
    if keep == Keep::None {
        return Some((look.evidence, Members::default()));
    }
    // Packing a long body takes a while: not on a thread that others' timers wait for.
    let packed = tokio::task::spawn_blocking(move || {
        let first = first.map(|seen| seen.evidence);
        pack(&look, first.as_ref(), at).map(|members| (look.evidence, members))
    });
    match packed.await {
        Ok(Ok(brought)) => Some(brought),
        Ok(Err(error)) => {
            tracing::error!(domain = filing.domain.ascii(), %error, "exchanges cannot be packed");
            None
        }
        Err(error) => fault(error),
    }
}

/// The exchanges of a look. Of a second one, hosts that stand as the first one saw them
/// were not asked for again.
fn pack(look: &Look, first: Option<&Evidence>, at: jiff::Timestamp) -> io::Result<Members> {
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

fn fault(error: JoinError) -> Brought {
    tracing::error!(%error, "a look broke off by a fault of ours");
    None
}

/// Writes down a look; `None` is one that broke off by a fault of ours. Returns whether the
/// row is to be looked at again.
fn record(
    spool: &mut Spool,
    task: Task,
    brought: Brought,
    plan: &Plan<'_>,
) -> Result<bool, RunError> {
    let earlier = spool.seen(task.row)?;
    let faulted = brought.is_none();
    let (mut evidence, members) = match brought {
        Some(brought) => brought,
        None if task.again && !earlier.faulted => (earlier.evidence, Members::default()),
        None => match spool.row(task.row)? {
            Some(Ok(filing)) => (fault_evidence(&filing), Members::default()),
            _ => return Ok(false),
        },
    };
    // It is kept with the evidence: who judges again needs no file.
    if let (Some(registry), Some(Ok(filing))) = (plan.registry, spool.row(task.row)?) {
        evidence.registry = registry.entries(&filing, &evidence)?;
    }
    let again = !task.again && (faulted || evidence.needs_second_look());
    let seen = Seen { evidence, faulted, again, members: earlier.members };
    spool.push_look(task.row, seen, members)?;
    Ok(again)
}

/// What is known of a site that our own fault kept us from seeing: nothing, and why.
fn fault_evidence(filing: &Filing) -> Evidence {
    let host = filing.domain.ascii().to_owned();
    let hop = Hop {
        url: format!("https://{host}/"),
        by: HopKind::Start,
        address: None,
        tried: Vec::new(),
        status: None,
        location: None,
        server: None,
        certificate: None,
    };
    let attempt = Attempt { hops: vec![hop], end: End::Failed(Failure::Fault) };
    let visit = Visit { looks: 1, https: Some(attempt), http: None };
    let seen = HostEvidence {
        visit: Some(visit),
        ..HostEvidence::of_dns(host, Role::Apex, Dns::default())
    };
    Evidence { hosts: vec![seen], ..Evidence::default() }
}
