//! Which site is looked at next. The journal is the queue; here stand numbers of rows.

use crate::probe::turn::Crowd;
use crate::spool::{Spool, Stage};
use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};
use tokio::time::Instant;

/// One look to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Task {
    pub(super) row: u32,
    /// It is the second one.
    pub(super) again: bool,
    /// It was put off once, and is not again.
    pub(super) patient: bool,
}

/// Rows to be looked at: fresh ones in the order of the list; those that wait for their second
/// look; and those that were put off, by the crowd that they would have waited in. Where there
/// are several kinds they take turns, so that the run does not end with nothing but sites
/// that keep it waiting.
pub(super) struct Queue {
    began: Instant,
    second_look_after: Duration,
    fresh: u32,
    /// When, in milliseconds since the queue began, and which row.
    waiting: VecDeque<(u32, u32)>,
    crowds: HashMap<Crowd, Put>,
    /// Put off before, now to be looked at.
    back: VecDeque<Task>,
    turn: u8,
    done: u64,
    of: u64,
}

/// Rows that were put off on account of one crowd.
#[derive(Default)]
struct Put {
    tasks: VecDeque<Task>,
    /// One of them came back since the crowds were last looked through.
    moves: bool,
}

impl Queue {
    pub(super) fn of(spool: &Spool, second_look_after: Duration) -> Queue {
        let mut queue = Queue::new(second_look_after);
        for row in 0..spool.len() {
            let (done, of) = match spool.stage(row) {
                Some(Stage::Unseen) => (0, 1),
                Some(Stage::Settled) => (1, 1),
                Some(Stage::Again) => {
                    // When the first look was is not known after a restart: wait once more.
                    queue.wait(row);
                    (1, 2)
                }
                _ => (0, 0),
            };
            queue.done += done;
            queue.of += of;
        }
        queue
    }

    fn new(second_look_after: Duration) -> Queue {
        Queue {
            began: Instant::now(),
            second_look_after,
            fresh: 0,
            waiting: VecDeque::new(),
            crowds: HashMap::new(),
            back: VecDeque::new(),
            turn: 0,
            done: 0,
            of: 0,
        }
    }

    /// Looks that are done.
    pub(super) fn done(&self) -> u64 {
        self.done
    }

    /// Looks that are known to be needed, done ones included.
    pub(super) fn of_all(&self) -> u64 {
        self.of
    }

    /// Whether a look can be begun now.
    pub(super) fn has_next(&mut self, spool: &Spool) -> bool {
        while spool.stage(self.fresh).is_some_and(|stage| stage != Stage::Unseen) {
            self.fresh += 1;
        }
        self.fresh < spool.len() || !self.back.is_empty() || self.is_due()
    }

    /// The next look.
    pub(super) fn next(&mut self, spool: &Spool) -> Option<Task> {
        if !self.has_next(spool) {
            return None;
        }
        loop {
            self.turn = (self.turn + 1) % 3;
            let task = match self.turn {
                0 if self.is_due() => self.waiting.pop_front().map(|(_, row)| Task::again(row)),
                1 => self.back.pop_front(),
                2 if self.fresh < spool.len() => {
                    self.fresh += 1;
                    Some(Task::first(self.fresh - 1))
                }
                _ => None,
            };
            if task.is_some() {
                return task;
            }
        }
    }

    /// When the next second look is due.
    pub(super) fn due(&self) -> Option<Instant> {
        let (due, _) = self.waiting.front()?;
        Some(self.began + Duration::from_millis(u64::from(*due)))
    }

    fn is_due(&self) -> bool {
        self.due().is_some_and(|due| due <= Instant::now())
    }

    /// A look has ended; `again` where there must be a second one. Who waits for what it has
    /// left may come.
    pub(super) fn ended(&mut self, task: Task, again: bool, crowds: &[Crowd]) {
        self.done += 1;
        if again {
            self.of += 1;
            self.wait(task.row);
        }
        for crowd in crowds {
            self.call_back(*crowd);
        }
    }

    /// A look was put off on account of a crowd.
    pub(super) fn put_off(&mut self, task: Task, crowd: Crowd) {
        let task = Task { patient: true, ..task };
        self.crowds.entry(crowd).or_default().tasks.push_back(task);
    }

    /// Calls back one of each crowd of which none came back since the last time, where there
    /// is room. Returns whether any did.
    pub(super) fn feed(&mut self, has_room: bool) -> bool {
        let still: Vec<Crowd> = match has_room {
            true => self.crowds.iter().filter(|(_, put)| !put.moves).map(|(c, _)| *c).collect(),
            false => Vec::new(),
        };
        self.crowds.values_mut().for_each(|put| put.moves = false);
        for crowd in still {
            self.call_back(crowd);
        }
        !self.back.is_empty()
    }

    fn call_back(&mut self, crowd: Crowd) {
        let Some(put) = self.crowds.get_mut(&crowd) else { return };
        put.moves = true;
        self.back.extend(put.tasks.pop_front());
        if put.tasks.is_empty() {
            self.crowds.remove(&crowd);
        }
    }

    fn wait(&mut self, row: u32) {
        let due = self.began.elapsed() + self.second_look_after;
        self.waiting.push_back((u32::try_from(due.as_millis()).unwrap_or(u32::MAX), row));
    }
}

impl Task {
    fn first(row: u32) -> Task {
        Task { row, again: false, patient: false }
    }

    fn again(row: u32) -> Task {
        Task { row, again: true, patient: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_off_comes_back_when_one_of_its_crowd_has_ended() {
        let (one, other) = (Crowd::of(&1), Crowd::of(&2));
        let mut queue = Queue::new(Duration::ZERO);
        for row in 0..3 {
            queue.put_off(Task::first(row), one);
        }
        queue.put_off(Task::again(9), other);
        queue.ended(Task::first(7), false, &[one]);
        assert_eq!(queue.back, [Task { patient: true, ..Task::first(0) }]);
        queue.ended(Task::first(8), false, &[other, one]);
        let rows: Vec<u32> = queue.back.iter().map(|task| task.row).collect();
        assert_eq!(rows, [0, 9, 1]);
        assert!(queue.back.iter().all(|task| task.patient && task.again == (task.row == 9)));
    }

    #[test]
    fn a_crowd_of_which_nobody_ends_is_not_forgotten() {
        let crowd = Crowd::of(&1);
        let mut queue = Queue::new(Duration::ZERO);
        queue.put_off(Task::first(0), crowd);
        queue.put_off(Task::first(1), crowd);
        assert!(!queue.feed(false), "no room");
        assert!(queue.feed(true));
        assert!(queue.feed(true));
        assert_eq!(queue.back.len(), 1, "it moved since the last time");
        queue.feed(true);
        assert_eq!(queue.back.len(), 2);
        assert!(queue.crowds.is_empty());
    }

    #[test]
    fn a_row_that_waits_costs_few_bytes() {
        assert_eq!((size_of::<(u32, u32)>(), size_of::<Task>()), (8, 8));
    }
}
