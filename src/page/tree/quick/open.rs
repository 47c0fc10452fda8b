//! The elements that are open.

use super::super::{FOREIGN, Id, NONE, Name, Set, tag};

/// What ends the search for an open element.
const SCOPE: Set = Set::of(&[
    tag::APPLET,
    tag::CAPTION,
    tag::HTML,
    tag::TABLE,
    tag::TD,
    tag::TH,
    tag::MARQUEE,
    tag::OBJECT,
    tag::SELECT,
    tag::TEMPLATE,
]);
pub(super) const NO_MORE: Set = Set::of(&[]);
pub(super) const LISTS: Set = Set::of(&[tag::OL, tag::UL]);
pub(super) const BUTTONS: Set = Set::of(&[tag::BUTTON]);
const TABLE_SCOPE: Set = Set::of(&[tag::HTML, tag::TABLE, tag::TEMPLATE]);
/// Elements whose end tags may be left out.
const IMPLIED: Set = Set::of(&[
    tag::DD,
    tag::DT,
    tag::LI,
    tag::OPTION,
    tag::OPTGROUP,
    tag::P,
    tag::RB,
    tag::RP,
    tag::RT,
    tag::RTC,
]);

/// The stack of open elements, the root first.
#[derive(Default)]
pub(super) struct Open {
    stack: Vec<(Id, Name)>,
    /// How many are open of each of the known names.
    counts: Vec<u32>,
}

impl Open {
    pub(super) fn push(&mut self, id: Id, name: Name) {
        self.stack.push((id, name));
        let at = usize::from(name & !FOREIGN);
        if self.counts.len() <= at {
            self.counts.resize(at + 1, 0);
        }
        if let Some(count) = self.counts.get_mut(at) {
            *count += 1;
        }
    }

    pub(super) fn pop(&mut self) {
        if let Some((_, name)) = self.stack.pop() {
            self.uncount(name);
        }
    }

    fn uncount(&mut self, name: Name) {
        if let Some(count) = self.counts.get_mut(usize::from(name & !FOREIGN)) {
            *count -= 1;
        }
    }

    pub(super) fn remove(&mut self, id: Id) {
        if let Some(at) = self.position(id) {
            self.remove_at(at);
        }
    }

    pub(super) fn remove_at(&mut self, at: usize) {
        if at < self.stack.len() {
            let (_, name) = self.stack.remove(at);
            self.uncount(name);
        }
    }

    /// Puts another element of the same name in the place of one.
    pub(super) fn replace(&mut self, at: usize, id: Id) {
        if let Some(entry) = self.stack.get_mut(at) {
            entry.0 = id;
        }
    }

    pub(super) fn insert(&mut self, at: usize, id: Id, name: Name) {
        self.push(id, name);
        if let Some(tail) = self.stack.get_mut(at..) {
            tail.rotate_right(1);
        }
    }

    pub(super) fn truncate(&mut self, length: usize) {
        while self.stack.len() > length {
            self.pop();
        }
    }

    pub(super) fn len(&self) -> usize {
        self.stack.len()
    }

    pub(super) fn get(&self, at: usize) -> Option<(Id, Name)> {
        self.stack.get(at).copied()
    }

    /// Where an element stands in the stack.
    pub(super) fn position(&self, id: Id) -> Option<usize> {
        self.stack.iter().rposition(|(open, _)| *open == id)
    }

    pub(super) fn first(&self) -> Id {
        self.stack.first().map_or(NONE, |(id, _)| *id)
    }

    pub(super) fn current(&self) -> (Id, Name) {
        self.stack.last().copied().unwrap_or((NONE, tag::HTML))
    }

    pub(super) fn is_current(&self, name: Name) -> bool {
        self.current().1 == name
    }

    pub(super) fn is_foreign(&self) -> bool {
        self.current().1 & FOREIGN != 0
    }

    /// Whether the current element is one of a drawing that holds text of HTML.
    pub(super) fn is_integration_point(&self) -> bool {
        is_integration_point(self.current().1)
    }

    /// The innermost ones first, each with its place.
    pub(super) fn inner_first(&self) -> impl Iterator<Item = (usize, Id, Name)> {
        self.stack.iter().enumerate().rev().map(|(at, (id, name))| (at, *id, *name))
    }

    /// Whether any element of the name is open; cheap, and too often true.
    fn may_be_open(&self, name: Name) -> bool {
        self.counts.get(usize::from(name)).is_some_and(|count| *count > 0)
    }

    pub(super) fn in_scope(&self, name: Name, more: &Set) -> bool {
        self.may_be_open(name) && self.any_in_scope(more, |_, open| open == name)
    }

    pub(super) fn any_in_scope(&self, more: &Set, is: impl Fn(Id, Name) -> bool) -> bool {
        for (id, name) in self.stack.iter().rev() {
            if is(*id, *name) {
                return true;
            }
            if SCOPE.has(*name) || more.has(*name) || is_integration_point(*name) {
                return false;
            }
        }
        false
    }

    pub(super) fn in_table_scope(&self, name: Name) -> bool {
        self.may_be_open(name) && self.any_in_table_scope(|open| open == name)
    }

    pub(super) fn any_in_table_scope(&self, is: impl Fn(Name) -> bool) -> bool {
        for (_, name) in self.stack.iter().rev() {
            if is(*name) {
                return true;
            }
            if TABLE_SCOPE.has(*name) {
                return false;
            }
        }
        false
    }

    /// Closes those at the end whose end tags may be left out, but for one name.
    pub(super) fn close_implied(&mut self, except: Name) {
        while self.stack.last().is_some_and(|(_, name)| *name != except && IMPLIED.has(*name)) {
            self.pop();
        }
    }

    /// Closes elements until one of the set has been closed.
    pub(super) fn close_through(&mut self, is: impl Fn(Name) -> bool) {
        while let Some((_, name)) = self.stack.last().copied() {
            self.pop();
            if is(name) {
                return;
            }
        }
    }

    /// Closes elements until the current one is of the set.
    pub(super) fn close_up_to(&mut self, set: &Set) {
        while self.stack.last().is_some_and(|(_, name)| !set.has(*name)) {
            self.pop();
        }
    }
}

fn is_integration_point(name: Name) -> bool {
    const POINTS: [Name; 3] =
        [tag::FOREIGNOBJECT | FOREIGN, tag::DESC | FOREIGN, tag::TITLE | FOREIGN];
    POINTS.contains(&name)
}
