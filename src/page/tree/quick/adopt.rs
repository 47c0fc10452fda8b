//! Formatting elements: those that are closed where blocks within them are open.

use super::{
    Beyond, Builder, Format, Id, NONE, Name, Tag, open::NO_MORE, scan::same_attributes,
    sets::SPECIAL, tag,
};

/// How often the adoption agency looks for another element to close.
const ROUNDS: usize = 8;
/// Equal formatting elements that are remembered.
const EQUAL: usize = 3;
/// Bytes of the attributes of a formatting element that is compared with others.
const LONG: u32 = 2_000;
/// Elements between block and formatting element that are made anew.
const INNER: usize = 3;

impl Builder<'_> {
    /// The formatting elements from the last marker on, the latest first.
    fn latest_formats(&self) -> impl Iterator<Item = (usize, Id, Tag)> {
        let entries = self.formats.iter().enumerate().rev();
        entries.map_while(|(at, entry)| match entry {
            Format::Element(id, tag) => Some((at, *id, *tag)),
            Format::Marker => None,
        })
    }

    fn format_position(&self, element: Id) -> Option<usize> {
        let is = |entry: &Format| matches!(entry, Format::Element(id, _) if *id == element);
        self.formats.iter().position(is)
    }

    pub(super) fn clear_formats_to_marker(&mut self) {
        while let Some(Format::Element(..)) = self.formats.pop() {}
    }

    /// Opens a formatting element; of equal ones at most three are remembered.
    pub(super) fn insert_format(&mut self, tag: Tag) -> Result<(), Beyond> {
        let latest = self.latest_formats();
        let same_name: Vec<(usize, Id, Tag)> =
            latest.filter(|(_, _, other)| other.name == tag.name).collect();
        if same_name.len() >= EQUAL {
            // Each is compared with each: the plain way does so without reading them again.
            let mut tags = same_name.iter().map(|(_, _, other)| *other).chain([tag]);
            if tags.any(|tag| tag.written.1 - tag.written.0 > LONG) {
                return Err(Beyond);
            }
            let source = self.scanner.text;
            let equal: Vec<usize> = same_name
                .iter()
                .filter(|(_, _, other)| same_attributes(source, tag.written, other.written))
                .map(|(at, ..)| *at)
                .collect();
            if let Some(first) = equal.last().filter(|_| equal.len() >= EQUAL) {
                self.formats.remove(*first);
            }
        }
        let id = self.insert(tag);
        self.formats.push(Format::Element(id, tag));
        Ok(())
    }

    /// A link closes the one that is open.
    pub(super) fn close_open_link(&mut self) {
        let open = self.latest_formats().find(|(_, _, open)| open.name == tag::A);
        let Some((_, link, _)) = open else { return };
        self.adopt(tag::A);
        if let Some(at) = self.format_position(link) {
            self.formats.remove(at);
        }
        self.open.remove(link);
    }

    /// The adoption agency of the standard, for the end tag of a formatting element.
    pub(super) fn adopt(&mut self, name: Name) {
        let (current, current_name) = self.open.current();
        if current_name == name && self.format_position(current).is_none() {
            self.open.pop();
            return;
        }
        for _ in 0..ROUNDS {
            let format = self.latest_formats().find(|(_, _, format)| format.name == name);
            let Some((at, format, tag)) = format else { return self.end_any_other(name) };
            let Some(place) = self.open.position(format) else {
                self.formats.remove(at);
                return;
            };
            if !self.open.any_in_scope(&NO_MORE, |id, _| id == format) {
                return;
            }
            let Some((block_at, block)) = self.first_special_from(place) else {
                self.open.truncate(place);
                self.formats.remove(at);
                return;
            };
            self.hand_over(format, tag, place, (block_at, block));
        }
    }

    /// The outermost block that is open within the element at a place.
    fn first_special_from(&self, place: usize) -> Option<(usize, Id)> {
        let from = place..self.open.len();
        from.filter_map(|at| self.open.get(at).map(|(id, name)| (at, id, name)))
            .find(|(_, _, name)| SPECIAL.has(*name))
            .map(|(at, id, _)| (at, id))
    }

    /// Takes a block out of a formatting element and puts the element into the block.
    fn hand_over(&mut self, format: Id, tag: Tag, place: usize, (block_at, block): (usize, Id)) {
        let above = place.checked_sub(1).and_then(|above| self.open.get(above));
        let Some(above) = above else { return };
        let (last, behind) = self.renew_between(format, (block_at, block));
        self.tree.detach(last);
        let target = self.place(above);
        self.put(target, last);

        let anew = self.element(tag);
        self.tree.move_children(block, anew);
        self.tree.append(block, anew);

        let entry = Format::Element(anew, tag);
        match behind.and_then(|behind| self.format_position(behind)) {
            Some(at) => {
                self.formats.insert(at + 1, entry);
                if let Some(old) = self.format_position(format) {
                    self.formats.remove(old);
                }
            }
            None => {
                let old = self.format_position(format);
                if let Some(slot) = old.and_then(|old| self.formats.get_mut(old)) {
                    *slot = entry;
                }
            }
        }
        self.open.remove(format);
        if let Some(at) = self.open.position(block) {
            self.open.insert(at + 1, anew, tag.name);
        }
    }

    /// Makes the elements between a formatting element and a block anew, each around the
    /// one within; gives the outermost, and behind which entry of the list the new one goes.
    fn renew_between(&mut self, format: Id, (block_at, block): (usize, Id)) -> (Id, Option<Id>) {
        let (mut last, mut behind) = (block, None);
        let mut at = block_at;
        for count in 1.. {
            let Some(next) = at.checked_sub(1) else { break };
            at = next;
            let (node, name) = self.open.get(at).unwrap_or((NONE, tag::HTML));
            if node == format || node == NONE {
                break;
            }
            let listed = self.format_position(node);
            let (Some(entry), false) = (listed, count > INNER) else {
                if let Some(entry) = listed {
                    self.formats.remove(entry);
                }
                self.open.remove_at(at);
                continue;
            };
            let Some(Format::Element(_, tag)) = self.formats.get(entry).copied() else { break };
            debug_assert_eq!(tag.name, name);
            let anew = self.element(tag);
            self.open.replace(at, anew);
            if let Some(slot) = self.formats.get_mut(entry) {
                *slot = Format::Element(anew, tag);
            }
            if last == block {
                behind = Some(anew);
            }
            self.tree.detach(last);
            self.tree.append(anew, last);
            last = anew;
        }
        (last, behind)
    }

    /// The end tag of an element that has no rule of its own.
    pub(super) fn end_any_other(&mut self, name: Name) {
        let mut found = None;
        for (at, _, open) in self.open.inner_first() {
            if open == name {
                found = Some(at);
                break;
            }
            if SPECIAL.has(open) {
                return;
            }
        }
        if let Some(at) = found {
            self.open.close_implied(name);
            self.open.truncate(at);
        }
    }
}
