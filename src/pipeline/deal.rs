//! Rows are dealt to several threads like cards, and what becomes of them is taken back in the
//! order of the rows: the same bytes, whoever was faster.

use super::RunError;
use std::{
    panic::resume_unwind,
    sync::mpsc::{Receiver, sync_channel},
    thread,
};

/// Rows in a row that one thread is dealt: neighbours stand near each other in the journal.
const RUN: u32 = 8;

/// What a thread may have done before it is asked for: so much of memory judging takes,
/// however long the list.
const AHEAD: usize = 2 * RUN as usize;

/// No more threads than this: behind them the one that writes cannot follow.
const MOST: usize = 16;

/// Threads that work on so many rows.
pub(super) fn hands(rows: u32) -> usize {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    processors.min(MOST).min(rows.div_ceil(RUN).max(1) as usize)
}

/// What one thread does with the rows that it is dealt.
pub(super) trait Hand: Send {
    /// What becomes of a row.
    type Done: Send;
    /// Works on a row. After an error it is dealt no more.
    fn work(&mut self, row: u32) -> Result<Self::Done, RunError>;
}

/// Has all rows worked on, and takes what comes of them in their order; gives the hands back.
/// The first error in the order of the rows ends it.
pub(super) fn deal<H: Hand>(
    hands: Vec<H>,
    rows: u32,
    mut take: impl FnMut(u32, H::Done) -> Result<(), RunError>,
) -> Result<Vec<H>, RunError> {
    let dealt = hands.len().max(1);
    thread::scope(|scope| {
        let (mut takers, mut threads) = (Vec::new(), Vec::new());
        for (at, mut hand) in hands.into_iter().enumerate() {
            let (give, taker) = sync_channel(AHEAD);
            let work = move || {
                for row in (0..rows).filter(|row| whose(*row, dealt) == at) {
                    let done = hand.work(row);
                    let failed = done.is_err();
                    // Nobody takes it any more where another row has ended all.
                    if give.send(done).is_err() || failed {
                        break;
                    }
                }
                hand
            };
            let thread = thread::Builder::new().name("judge".to_owned());
            threads.push(thread.spawn_scoped(scope, work).map_err(RunError::Threads)?);
            takers.push(taker);
        }
        let taken = (0..rows).try_for_each(|row| match receive(&takers, whose(row, dealt)) {
            Some(done) => take(row, done?),
            None => Ok(()),
        });
        drop(takers);
        let hands = threads.into_iter().map(|thread| thread.join());
        let hands = hands.map(|hand| hand.unwrap_or_else(|panic| resume_unwind(panic))).collect();
        taken.map(|()| hands)
    })
}

/// The hand that a row is dealt to.
fn whose(row: u32, hands: usize) -> usize {
    (row / RUN) as usize % hands
}

/// Nothing comes from a hand that has panicked, which its thread's end tells.
fn receive<T>(takers: &[Receiver<T>], at: usize) -> Option<T> {
    takers.get(at)?.recv().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{path::PathBuf, time::Duration};

    struct Slow {
        every: u32,
        seen: u32,
        fails_at: Option<u32>,
    }

    impl Hand for Slow {
        type Done = u32;

        fn work(&mut self, row: u32) -> Result<u32, RunError> {
            if row.is_multiple_of(self.every) {
                thread::sleep(Duration::from_millis(2));
            }
            self.seen += 1;
            assert_ne!(row, 900, "a hand that panics");
            match self.fails_at {
                Some(at) if row >= at => Err(RunError::NoRun(PathBuf::from(row.to_string()))),
                _ => Ok(row),
            }
        }
    }

    fn hands(number: u32, fails_at: Option<u32>) -> Vec<Slow> {
        (0..number).map(|at| Slow { every: 5 + 7 * at, seen: 0, fails_at }).collect()
    }

    #[test]
    fn rows_come_in_their_order_whoever_is_faster_and_each_once() {
        for number in 1..=5 {
            let mut taken = Vec::new();
            let back = deal(hands(number, None), 300, |row, done| {
                assert_eq!(row, done);
                taken.push(row);
                Ok(())
            });
            let seen: u32 = back.unwrap().iter().map(|hand| hand.seen).sum();
            assert_eq!(taken, (0..300).collect::<Vec<_>>());
            assert_eq!(seen, 300);
        }
    }

    #[test]
    fn the_first_error_in_the_order_of_the_rows_ends_it() {
        let mut taken = 0;
        let ended = deal(hands(3, Some(77)), 500, |row, _| {
            taken = row;
            Ok(())
        });
        assert!(matches!(ended.err(), Some(RunError::NoRun(at)) if at.as_os_str() == "77"));
        assert_eq!(taken, 76);
        let ended = deal(hands(3, None), 500, |row, _| match row {
            40 => Err(RunError::NoRun(PathBuf::new())),
            _ => Ok(()),
        });
        assert!(ended.is_err());
    }

    #[test]
    fn nobody_works_far_ahead_of_what_is_taken() {
        use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
        struct Fast<'a>(&'a AtomicU32);
        impl Hand for Fast<'_> {
            type Done = ();
            fn work(&mut self, _: u32) -> Result<(), RunError> {
                self.0.fetch_add(1, SeqCst);
                Ok(())
            }
        }
        let worked = AtomicU32::new(0);
        let bound = 4 * (AHEAD as u32 + 1) + RUN;
        let hands = (0..4).map(|_| Fast(&worked)).collect();
        deal(hands, 2_000, |row, ()| {
            assert!(worked.load(SeqCst) <= row + bound, "row {row}");
            thread::yield_now();
            Ok(())
        })
        .unwrap();
        assert_eq!(worked.load(SeqCst), 2_000);
    }

    #[test]
    #[should_panic(expected = "a hand that panics")]
    fn a_panic_of_a_hand_is_not_swallowed() {
        let _ = deal(hands(2, None), 1_000, |_, _| Ok(()));
    }
}
