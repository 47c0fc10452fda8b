//! Answers that are shared: who asks what is being asked, or was a short while ago, gets the
//! same answer.
//!
//! What is shared is what the resolver said, so that evidence is the same whoever asked
//! first. An answer is kept as long as its records say, at most [`LONGEST`]. That there is
//! nothing accuses the owner of a name: it is asked for each time.

use super::{Question, fact::Kind, heard::Heard};
use hickory_resolver::proto::rr::Name;
use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::OnceCell, time::Instant};

/// Answers of one resolver that are kept: two generations of so many.
const KEPT: usize = 4096;
/// Records of an answer that is kept.
const MOST_RECORDS: usize = 64;
const LONGEST: Duration = Duration::from_secs(300);

/// What is asked for: the name in lower case.
pub(super) type Asked = (Name, Question);

/// What came of a question.
pub(super) type Outcome = Result<Arc<Heard>, Kind>;

/// The answers of one resolver.
#[derive(Default)]
pub(super) struct Answers(Mutex<Generations>);

/// When the young are many, they become the old, and the old are forgotten.
#[derive(Default)]
struct Generations {
    young: HashMap<Asked, Arc<Shared>>,
    old: HashMap<Asked, Arc<Shared>>,
}

/// One question, asked once for all who want to know.
struct Shared {
    asked: Instant,
    outcome: OnceCell<(Outcome, Option<Instant>)>,
}

impl Shared {
    /// Whether it is being asked, or its answer holds, and is not older than wanted.
    fn holds(&self, since: Option<Instant>) -> bool {
        let is_fresh = since.is_none_or(|since| self.asked >= since);
        let until = self.outcome.get().map(|(_, until)| *until);
        is_fresh && until.is_none_or(|until| until.is_some_and(|until| Instant::now() < until))
    }
}

impl Answers {
    /// The answer to a question, asked at `since` or later; `ask` asks it. Who is first asks
    /// for all; should he give up, the next one does.
    pub(super) async fn share(
        &self,
        asked: Asked,
        since: Option<Instant>,
        ask: impl Future<Output = Result<Heard, Kind>>,
    ) -> Outcome {
        let shared = self.lock().find(&asked, since);
        let (outcome, until) = shared
            .outcome
            .get_or_init(|| async move {
                let heard = ask.await;
                let until = heard.as_ref().ok().and_then(keep_until);
                (heard.map(Arc::new), until)
            })
            .await;
        if until.is_none() {
            self.lock().forget(&asked, &shared);
        }
        outcome.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Until when others get this answer too; `None` where it is for those only who waited.
fn keep_until(heard: &Heard) -> Option<Instant> {
    let time = heard.time_to_live().filter(|_| heard.records() <= MOST_RECORDS)?;
    Some(Instant::now() + time.min(LONGEST))
}

impl Generations {
    fn find(&mut self, asked: &Asked, since: Option<Instant>) -> Arc<Shared> {
        let known = self.young.get(asked).or_else(|| self.old.get(asked));
        if let Some(shared) = known.filter(|shared| shared.holds(since)) {
            return Arc::clone(shared);
        }
        let fresh = Arc::new(Shared { asked: Instant::now(), outcome: OnceCell::new() });
        if self.young.len() >= KEPT {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(asked.clone(), Arc::clone(&fresh));
        fresh
    }

    fn forget(&mut self, asked: &Asked, shared: &Arc<Shared>) {
        for generation in [&mut self.young, &mut self.old] {
            if generation.get(asked).is_some_and(|kept| Arc::ptr_eq(kept, shared)) {
                generation.remove(asked);
            }
        }
    }
}
