//! Memory for long bodies. Most pages take some kilobytes; a few sites that send megabytes at
//! the same time must not take what the machine has.

use crate::probe::deadline::Deadline;
use std::{ops::Deref, sync::Arc};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout_at},
};

/// A body up to this length needs no leave, bytes.
pub(super) const SHORT: usize = 1 << 20;

/// What long bodies may take together, in units.
const ROOM: u32 = 256;
/// Bytes of a unit.
const UNIT: usize = 1 << 20;

/// The room for the long bodies of a run.
#[derive(Clone)]
pub(super) struct Room(Arc<Semaphore>);

impl Default for Room {
    fn default() -> Room {
        Room(Arc::new(Semaphore::new(ROOM as usize)))
    }
}

impl Room {
    /// Room for all that a body may become, so that nobody waits with half of one in his hands.
    /// Who holds other bodies may: then there is none within a step's time (`None`).
    pub(super) async fn take(&self, cap: usize, deadline: &Deadline) -> Option<Taken> {
        let units = u32::try_from(cap.div_ceil(UNIT)).map_or(ROOM, |units| units.min(ROOM));
        let taken = Arc::clone(&self.0).acquire_many_owned(units);
        let taken = timeout_at(deadline.of_step(Instant::now()), taken).await;
        taken.ok()?.ok().map(Taken)
    }
}

/// Room that was taken; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Taken(#[expect(dead_code, reason = "held")] OwnedSemaphorePermit);

/// A body as it came, with the room that it takes.
#[derive(Debug, Default)]
pub struct Body {
    bytes: Vec<u8>,
    _room: Option<Taken>,
}

impl Body {
    pub(super) fn new(bytes: Vec<u8>, room: Option<Taken>) -> Body {
        Body { bytes, _room: room }
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Body {
        Body::new(bytes, None)
    }
}

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn long_bodies_wait_for_room_and_no_longer_than_a_step() {
        let deadline = Deadline::new(Duration::from_secs(60), Duration::from_secs(10));
        let room = Room::default();
        let mut held = Vec::new();
        for _ in 0..16 {
            held.push(room.take(16 * UNIT, &deadline).await.unwrap());
        }
        let began = Instant::now();
        assert!(room.take(16 * UNIT, &deadline).await.is_none());
        assert_eq!(began.elapsed(), Duration::from_secs(10));
        let waiting = async { room.take(16 * UNIT, &deadline).await.is_some() };
        let leaving = async {
            tokio::time::sleep(Duration::from_secs(3)).await;
            held.pop();
        };
        assert!(tokio::join!(waiting, leaving).0);
    }

    #[tokio::test]
    async fn a_body_longer_than_all_room_takes_all_of_it() {
        let deadline = Deadline::new(Duration::from_secs(60), Duration::from_secs(10));
        let room = Room::default();
        let all = room.take(usize::MAX, &deadline).await;
        assert!(all.is_some());
        assert_eq!(room.0.available_permits(), 0);
        drop(Body::new(Vec::new(), all));
        assert_eq!(room.0.available_permits(), ROOM as usize);
    }
}
