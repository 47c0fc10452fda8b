//! Whose turn it is: each server is asked so many questions at a time and so many a minute,
//! and left alone for a while where it asks for that or does not answer.

use crate::evidence::RegistrationFailure;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep_until},
};

/// Questions in a row without an answer after which a server is taken for down.
const MAX_SILENT: u32 = 3;
/// How long it is then not asked.
const DOWN: Duration = Duration::from_secs(600);
/// Turns that pass where a server says that it was asked too often.
const REST: u32 = 30;
/// Servers that are remembered; a list may name as many as there are registrars.
const MAX_SERVERS: usize = 4096;

pub(super) struct Turns {
    at_a_time: usize,
    pause: Duration,
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
    silent: u32,
    down_until: Option<Instant>,
}

/// Leave for one question.
pub(super) struct Turn {
    server: Arc<Server>,
    _seat: Option<OwnedSemaphorePermit>,
}

impl Turns {
    pub(super) fn new(per_minute: u32, at_a_time: usize) -> Turns {
        Turns {
            at_a_time: at_a_time.max(1),
            pause: Duration::from_secs(60) / per_minute.max(1),
            servers: Mutex::default(),
        }
    }

    /// Waits until this server may be asked; `None` where it is down.
    pub(super) async fn take(&self, server: &str) -> Option<Turn> {
        let server = self.server(server);
        // It is never closed, so there is always a permit in the end.
        let seat = Arc::clone(&server.seats).acquire_owned().await.ok();
        let at = server.state().reserve(self.pause)?;
        sleep_until(at).await;
        Some(Turn { server, _seat: seat })
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
                state: Mutex::new(State { next: Instant::now(), silent: 0, down_until: None }),
                pause: self.pause,
            })
        };
        Arc::clone(servers.entry(name.to_ascii_lowercase()).or_insert_with(fresh))
    }
}

impl State {
    fn reserve(&mut self, pause: Duration) -> Option<Instant> {
        let now = Instant::now();
        match self.down_until {
            Some(until) if now < until => return None,
            Some(_) => self.down_until = None,
            None => {}
        }
        let at = self.next.max(now);
        self.next = at + pause;
        Some(at)
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
            Some(RegistrationFailure::Unreachable) => {
                state.silent += 1;
                if state.silent >= MAX_SILENT {
                    state.down_until = Some(Instant::now() + DOWN);
                    state.silent = 0;
                }
            }
            Some(RegistrationFailure::Limited) => {
                state.silent = 0;
                state.next = state.next.max(Instant::now() + self.server.pause * REST);
            }
            _ => state.silent = 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_server_is_asked_no_faster_than_it_may_be_and_others_do_not_wait_for_it() {
        let turns = Turns::new(60, 1);
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
        let turns = Turns::new(60_000, 1);
        let held = turns.take("a.example").await.unwrap();
        let wait = tokio::time::timeout(Duration::from_secs(5), turns.take("A.example"));
        assert!(wait.await.is_err());
        held.ended(None);
        assert!(turns.take("a.example").await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_was_asked_too_often_is_given_a_rest() {
        let turns = Turns::new(60, 1);
        turns.take("a.example").await.unwrap().ended(Some(RegistrationFailure::Limited));
        let start = Instant::now();
        turns.take("a.example").await.unwrap().ended(None);
        assert!(start.elapsed() >= Duration::from_secs(29));
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_is_down_is_not_waited_for_by_every_domain() {
        let turns = Turns::new(6_000, 1);
        for _ in 0..MAX_SILENT {
            turns.take("a.example").await.unwrap().ended(Some(RegistrationFailure::Unreachable));
        }
        assert!(turns.take("a.example").await.is_none());
        tokio::time::sleep(DOWN).await;
        assert!(turns.take("a.example").await.is_some());
    }
}
