//! A look's turn: the place that it takes among those under way, which it gives back while it
//! waits for others, and how far it is.
//!
//! A thousand sites of one slow address wait for each other, and must not keep the rest of
//! the list waiting. So a look that waits for an address, a host or a browser holds no place:
//! it rests, and another one works. Those that rest are bounded as well, for each holds what
//! it has seen so far: where an address has many waiting already, a look is put off before it
//! has asked for anything, and comes again when one of them has ended.
//!
//! Who has got what it waited for takes a place at once, even where all are taken, and new
//! looks wait until fewer work again: whoever holds an address must not wait for somebody who
//! waits for that address.
//!
//! What a look waits for its turn is our own doing and is not counted as the site's time.

use crate::metrics::{Metrics, Stage};
use std::{
    future::{Future, pending},
    hash::{DefaultHasher, Hash, Hasher},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};
use tokio::{sync::Notify, time::Instant};

/// Looks that rest, for each that may work: they take as much memory.
const RESTING: usize = 1;

/// Crowds that a look is remembered to have been in.
const CROWDS: usize = 32;

tokio::task_local! {
    /// The turn of the look that a task makes. Whatever waits finds it here, however deep: the
    /// way there is long, and few on it have to do with it.
    static TURN: Arc<Turn>;
}

/// The turns of a run.
#[derive(Debug)]
pub struct Turns {
    width: usize,
    working: AtomicUsize,
    freed: Notify,
    resting: AtomicUsize,
    metrics: Arc<Metrics>,
}

/// Those who want the same address, or the same host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Crowd(u64);

impl Crowd {
    /// The crowd before an address or a host.
    pub fn of(what: &impl Hash) -> Crowd {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        Crowd(hasher.finish())
    }
}

/// A place among those that work; given back on drop.
#[derive(Debug)]
pub struct Place(Arc<Turns>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.working.fetch_sub(1, SeqCst);
        self.0.freed.notify_one();
    }
}

/// How far a look is.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The step that it has been at for longest, the host, and for how long; `None` between
    /// steps, and where it waits for its turn.
    pub step: Option<(Stage, String, Duration)>,
    /// Whether it waits for its turn.
    pub waits: bool,
    /// How long it has been at work, its waits left out.
    pub worked: Duration,
    /// How long it has waited for its turn.
    pub waited: Duration,
}

/// One look's turn.
#[derive(Debug)]
pub struct Turn {
    turns: Arc<Turns>,
    /// It has been put off before, and now waits as long as it takes.
    patient: bool,
    state: Mutex<State>,
    away: Notify,
}

#[derive(Debug)]
struct State {
    place: Option<Place>,
    began: Instant,
    /// What it is at: one step, or one for each of two hosts at the same time.
    steps: Vec<At>,
    next: u32,
    /// Whether a server was asked for anything.
    asked: bool,
    /// Waits under way.
    waits: u32,
    /// Since when nothing but waits is under way.
    idle: Option<Instant>,
    waited: Duration,
    /// Whether it is counted among those that rest.
    rests: bool,
    crowds: Vec<Crowd>,
    /// The crowd of the last wait; `None` where it was for something else.
    waits_for: Option<Crowd>,
    put_off: Option<Crowd>,
}

#[derive(Debug)]
struct At {
    id: u32,
    stage: Stage,
    host: String,
    since: Instant,
}

impl Turns {
    /// The turns of a run that works on `width` sites at a time, at least one.
    pub fn new(width: usize, metrics: Arc<Metrics>) -> Arc<Turns> {
        Arc::new(Turns {
            width: width.max(1),
            working: AtomicUsize::new(0),
            freed: Notify::new(),
            resting: AtomicUsize::new(0),
            metrics,
        })
    }

    /// A place for a new look, where there is one.
    pub fn try_place(self: &Arc<Turns>) -> Option<Place> {
        let more = |working| (working < self.width).then_some(working + 1);
        self.working.fetch_update(SeqCst, SeqCst, more).ok()?;
        Some(Place(Arc::clone(self)))
    }

    /// Waits for a place for a new look. One at a time may wait so.
    pub async fn place(self: &Arc<Turns>) -> Place {
        loop {
            if let Some(place) = self.try_place() {
                return place;
            }
            // What was freed in between is not lost: it is kept for the next who asks.
            self.freed.notified().await;
        }
    }

    /// Whether one more look may rest.
    pub fn has_room(&self) -> bool {
        self.resting.load(SeqCst) < self.most_resting()
    }

    fn most_resting(&self) -> usize {
        self.width.saturating_mul(RESTING)
    }

    fn come_back(self: &Arc<Turns>) -> Place {
        self.working.fetch_add(1, SeqCst);
        Place(Arc::clone(self))
    }

    fn rest(&self, always: bool) -> bool {
        let more = |now| (always || now < self.most_resting()).then_some(now + 1);
        let rests = self.resting.fetch_update(SeqCst, SeqCst, more).is_ok();
        self.metrics.waiting.set(self.resting.load(SeqCst) as u64);
        rests
    }

    fn rested(&self) {
        self.resting.fetch_sub(1, SeqCst);
        self.metrics.waiting.set(self.resting.load(SeqCst) as u64);
    }
}

impl Turn {
    /// A turn that begins at this place. A `patient` one is not put off.
    pub fn new(turns: &Arc<Turns>, place: Place, patient: bool) -> Arc<Turn> {
        let state = State {
            place: Some(place),
            began: Instant::now(),
            steps: Vec::new(),
            next: 0,
            asked: false,
            waits: 0,
            idle: None,
            waited: Duration::ZERO,
            rests: false,
            crowds: Vec::new(),
            waits_for: None,
            put_off: None,
        };
        let (turns, state) = (Arc::clone(turns), Mutex::new(state));
        Arc::new(Turn { turns, patient, state, away: Notify::new() })
    }

    /// Makes a look in this turn; the crowd on account of which it was put off, where it was.
    ///
    /// # Errors
    /// Where the look was put off. Nothing of it is left.
    pub async fn run<T>(self: Arc<Turn>, look: impl Future<Output = T>) -> Result<T, Crowd> {
        let turn = Arc::clone(&self);
        let away = async {
            turn.away.notified().await;
            let put_off = turn.state().put_off;
            match put_off {
                Some(crowd) => crowd,
                None => pending().await,
            }
        };
        TURN.scope(self, async {
            tokio::select! {
                biased;
                crowd = away => Err(crowd),
                looked = look => Ok(looked),
            }
        })
        .await
    }

    /// How far the look is.
    pub fn standing(&self) -> Standing {
        let (state, now) = (self.state(), Instant::now());
        let waited = state.waited + state.idle.map_or(Duration::ZERO, |since| now - since);
        let longest = state.steps.iter().min_by_key(|at| at.since);
        Standing {
            step: longest.map(|at| (at.stage, at.host.clone(), now - at.since)),
            waits: state.idle.is_some(),
            worked: (now - state.began).saturating_sub(waited),
            waited,
        }
    }

    /// The crowds that it was in.
    pub fn crowds(&self) -> Vec<Crowd> {
        self.state().crowds.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a wait; false where the look is put off instead.
    fn begin_wait(&self, crowd: Option<Crowd>, is_long: bool) -> bool {
        let mut state = self.state();
        state.waits += 1;
        state.waits_for = crowd;
        state.settle();
        let early = is_long && !state.asked && !self.patient;
        if early || (state.is_idle() && !self.rest(&mut state)) {
            return !self.put_off(&mut state, crowd);
        }
        true
    }

    /// Gives the place back, if there is room to rest.
    fn rest(&self, state: &mut State) -> bool {
        if !state.rests && self.turns.rest(self.patient) {
            state.rests = true;
            state.place = None;
        }
        state.rests
    }

    /// Puts the look off, which a patient one is not, nor one that waits for no crowd.
    fn put_off(&self, state: &mut State, crowd: Option<Crowd>) -> bool {
        if self.patient || crowd.is_none() {
            return false;
        }
        state.put_off = crowd;
        self.turns.metrics.put_off.add(1);
        self.away.notify_one();
        true
    }

    /// Ends a wait: the look works again.
    fn end_wait(&self) {
        let mut state = self.state();
        if state.place.is_none() {
            state.place = Some(self.turns.come_back());
        }
        if std::mem::take(&mut state.rests) {
            self.turns.rested();
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.state().rests {
            self.turns.rested();
        }
    }
}

impl State {
    fn is_idle(&self) -> bool {
        self.waits > 0 && self.steps.is_empty()
    }

    /// Takes note of whether it waits or works, after either may have changed.
    fn settle(&mut self) {
        let now = Instant::now();
        match (self.idle, self.is_idle()) {
            (None, true) => self.idle = Some(now),
            (Some(since), false) => {
                self.waited += now - since;
                self.idle = None;
            }
            _ => {}
        }
    }
}

/// Waits for what others hold, without a place among those under way. `is_long`: the crowd is
/// so great that a look that has asked for nothing yet is put off. Outside of a turn it just
/// waits.
pub(crate) async fn wait<T>(
    crowd: Option<Crowd>,
    is_long: bool,
    what: impl Future<Output = T>,
) -> T {
    let Ok(turn) = TURN.try_with(Arc::clone) else { return what.await };
    if let Some(crowd) = crowd {
        join(crowd);
    }
    let waiting = Waiting(&turn);
    if !turn.begin_wait(crowd, is_long) {
        // The look is dropped from outside, and all that it holds with it.
        return pending().await;
    }
    let value = what.await;
    turn.end_wait();
    drop(waiting);
    value
}

/// One of a look's waits, for as long as it lasts.
struct Waiting<'a>(&'a Turn);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.waits = state.waits.saturating_sub(1);
        state.settle();
    }
}

/// The look wants something of a crowd's: when it ends, another one of it may come.
pub(crate) fn join(crowd: Crowd) {
    let _ = TURN.try_with(|turn| {
        let mut state = turn.state();
        if state.crowds.len() < CROWDS && !state.crowds.contains(&crowd) {
            state.crowds.push(crowd);
        }
    });
}

/// One of two things that are done together is done: where the other one waits, the look rests
/// from now on.
pub(crate) fn one_is_done() {
    let _ = TURN.try_with(|turn| {
        let mut state = turn.state();
        if state.is_idle() && !turn.rest(&mut state) {
            let crowd = state.waits_for;
            turn.put_off(&mut state, crowd);
        }
    });
}

/// A step of the look that this task makes, until dropped; how long it took is counted.
#[derive(Debug)]
pub(crate) struct Step {
    turn: Option<Arc<Turn>>,
    id: u32,
}

/// Begins a step. Outside of a turn nobody counts it.
pub(crate) fn step(stage: Stage, host: &str) -> Step {
    let Ok(turn) = TURN.try_with(Arc::clone) else { return Step { turn: None, id: 0 } };
    let mut state = turn.state();
    let id = state.next;
    state.next = id.wrapping_add(1);
    state.asked |= stage.is_asking();
    state.steps.push(At { id, stage, host: host.to_owned(), since: Instant::now() });
    state.settle();
    drop(state);
    Step { turn: Some(turn), id }
}

/// A step from its begin to its end.
pub(crate) async fn timed<T>(stage: Stage, host: &str, work: impl Future<Output = T>) -> T {
    let _step = step(stage, host);
    work.await
}

impl Step {
    /// The same request at its next stage. A request that finds no kept connection begins anew.
    pub(crate) fn turns_to(&self, stage: Stage) {
        let Some(turn) = &self.turn else { return };
        let mut state = turn.state();
        state.asked |= stage.is_asking();
        let Some(at) = state.steps.iter_mut().find(|at| at.id == self.id) else { return };
        let now = Instant::now();
        if stage != Stage::Connect {
            turn.turns.metrics.took(at.stage, now - at.since);
        }
        (at.stage, at.since) = (stage, now);
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        let Some(turn) = &self.turn else { return };
        let mut state = turn.state();
        let Some(place) = state.steps.iter().position(|at| at.id == self.id) else { return };
        let at = state.steps.swap_remove(place);
        turn.turns.metrics.took(at.stage, at.since.elapsed());
        state.settle();
    }
}

#[cfg(test)]
mod tests;
