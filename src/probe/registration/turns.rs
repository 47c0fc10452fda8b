//! Whose turn it is: each server is asked so many questions at a time and so many a minute,
//! and left alone for a while where it asks for that or does not answer.

use crate::evidence::RegistrationFailure;
use crate::probe::turn;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep_until, timeout_at},
};

/// Questions in a row that came to nothing, for silence or for being too many, after which a
/// server is left alone.
const MAX_VAIN: u32 = 3;
/// How long it is then not asked.
const DOWN: Duration = Duration::from_secs(600);
/// Turns that pass where a server says that it was asked too often.
const REST: u32 = 30;
/// Servers that are remembered; a list may name as many as there are registrars.
const MAX_SERVERS: usize = 4096;

pub(super) struct Turns {
    at_a_time: usize,
    pause: Duration,
    /// How long a turn is waited for.
    patience: Duration,
    servers: Mutex<HashMap<String, Arc<Server>>>,
}

struct Server {
    seats: Arc<Semaphore>,
    state: Mutex<State>,
    pause: Duration,
}

struct State {
    /// When the next question may be sent.
    next: Instant,
    vain: u32,
    /// Until when it is left alone, and why.
    left_alone: Option<(Instant, RegistrationFailure)>,
}

/// Leave for one question.
pub(super) struct Turn {
    server: Arc<Server>,
    _seat: Option<OwnedSemaphorePermit>,
}

impl Turns {
    pub(super) fn new(per_minute: u32, at_a_time: usize, patience: Duration) -> Turns {
        Turns {
            at_a_time: at_a_time.max(1),
            pause: Duration::from_secs(60) / per_minute.max(1),
            patience,
            servers: Mutex::default(),
        }
    }

    /// Waits until this server may be asked.
    ///
    /// # Errors
    /// Why it is not: it is left alone, or so many wait for it that the turn would come too late.
    pub(super) async fn take(&self, server: &str) -> Result<Turn, RegistrationFailure> {
        let server = self.server(server);
        let latest = Instant::now() + self.patience;
        let seats = timeout_at(latest, Arc::clone(&server.seats).acquire_owned());
        let seat = turn::wait(None, false, seats).await;
        // It is never closed, so there is always a permit in the end.
        let seat = seat.map_err(|_| RegistrationFailure::Limited)?.ok();
        let at = server.state().reserve(self.pause, latest)?;
        if at > Instant::now() {
            turn::wait(None, false, sleep_until(at)).await;
        }
        Ok(Turn { server, _seat: seat })
    }

    fn server(&self, name: &str) -> Arc<Server> {
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        if servers.len() >= MAX_SERVERS && !servers.contains_key(name) {
            let now = Instant::now();
            servers.retain(|_, known| Arc::strong_count(known) > 1 || known.state().next > now);
        }
        let fresh = || {
            Arc::new(Server {
                seats: Arc::new(Semaphore::new(self.at_a_time)),
                state: Mutex::new(State { next: Instant::now(), vain: 0, left_alone: None }),
                pause: self.pause,
            })
        };
        Arc::clone(servers.entry(name.to_ascii_lowercase()).or_insert_with(fresh))
    }
}

impl State {
    fn reserve(
        &mut self,
        pause: Duration,
        latest: Instant,
    ) -> Result<Instant, RegistrationFailure> {
        let now = Instant::now();
        match self.left_alone {
            Some((until, why)) if now < until => return Err(why),
            Some(_) => self.left_alone = None,
            None => {}
        }
        let at = self.next.max(now);
        if at > latest {
            return Err(RegistrationFailure::Limited);
        }
        self.next = at + pause;
        Ok(at)
    }

    fn in_vain(&mut self, why: RegistrationFailure) {
        self.vain += 1;
        if self.vain >= MAX_VAIN {
            self.left_alone = Some((Instant::now() + DOWN, why));
            self.vain = 0;
        }
    }
}

impl Server {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// Takes note of how the question ended.
    pub(super) fn ended(self, failure: Option<RegistrationFailure>) {
        let mut state = self.server.state();
        match failure {
            Some(why @ RegistrationFailure::Unreachable) => state.in_vain(why),
            Some(why @ RegistrationFailure::Limited) => {
                state.next = state.next.max(Instant::now() + self.server.pause * REST);
                state.in_vain(why);
            }
            _ => state.vain = 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(100);

    #[tokio::test(start_paused = true)]
    async fn a_server_is_asked_no_faster_than_it_may_be_and_others_do_not_wait_for_it() {
        let turns = Turns::new(60, 1, PATIENCE);
        let start = Instant::now();
        for _ in 0..5 {
            turns.take("a.example").await.unwrap().ended(None);
        }
        assert!(start.elapsed() >= Duration::from_secs(4));
        let before = Instant::now();
        turns.take("b.example").await.unwrap().ended(None);
        assert!(before.elapsed() < Duration::from_millis(10));
    }

    #[tokio::test(start_paused = true)]
    async fn one_question_waits_for_the_other() {
        let turns = Turns::new(60_000, 1, PATIENCE);
        let held = turns.take("a.example").await.unwrap();
        let wait = tokio::time::timeout(Duration::from_secs(5), turns.take("A.example"));
        assert!(wait.await.is_err());
        held.ended(None);
        assert!(turns.take("a.example").await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_was_asked_too_often_is_given_a_rest() {
        let turns = Turns::new(60, 1, PATIENCE);
        turns.take("a.example").await.unwrap().ended(Some(RegistrationFailure::Limited));
        let start = Instant::now();
        turns.take("a.example").await.unwrap().ended(None);
        assert!(start.elapsed() >= Duration::from_secs(29));
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_gives_nothing_is_not_waited_for_by_every_domain() {
        for why in [RegistrationFailure::Unreachable, RegistrationFailure::Limited] {
            let turns = Turns::new(6_000, 1, PATIENCE);
            for _ in 0..MAX_VAIN {
                turns.take("a.example").await.unwrap().ended(Some(why));
            }
            let before = Instant::now();
            assert_eq!(turns.take("a.example").await.err(), Some(why));
            assert_eq!(before.elapsed(), Duration::ZERO);
            tokio::time::sleep(DOWN).await;
            assert!(turns.take("a.example").await.is_ok());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_that_would_come_too_late_is_not_waited_for() {
        let turns = Turns::new(1, 1, PATIENCE);
        let late = Some(RegistrationFailure::Limited);
        turns.take("a.example").await.unwrap().ended(None);
        turns.take("a.example").await.unwrap().ended(late);
        let before = Instant::now();
        assert_eq!(turns.take("a.example").await.err(), late, "its rest takes half an hour");
        assert_eq!(before.elapsed(), Duration::ZERO);
        let _held = turns.take("b.example").await.unwrap();
        assert_eq!(turns.take("b.example").await.err(), late, "somebody has the only seat");
        assert_eq!(before.elapsed(), PATIENCE);
    }
}
