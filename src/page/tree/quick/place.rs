//! Where nodes go.

use super::{super::Set, Builder, Format, Id, Kind, NONE, Name, Node, Span, Tag, tag};

/// Elements that hold nothing but parts of tables.
pub(super) const TABLE_PARTS: Set =
    Set::of(&[tag::TABLE, tag::TBODY, tag::TFOOT, tag::THEAD, tag::TR]);

/// Where a node goes: before another, or behind the children of one.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Last(Id),
    Before(Id),
}

impl Builder<'_> {
    pub(super) fn element(&mut self, tag: Tag) -> Id {
        let id = self.tree.add(Kind::Element(tag.name));
        self.tree.change(id, |node| (node.attributes, node.has) = (tag.attributes, tag.has));
        id
    }

    /// Inserts an element, which stays open.
    pub(super) fn insert(&mut self, tag: Tag) -> Id {
        let id = self.insert_closed(tag);
        self.open.push(id, tag.name);
        id
    }

    /// Inserts an element that holds nothing.
    pub(super) fn insert_closed(&mut self, tag: Tag) -> Id {
        let place = self.place(self.open.current());
        let id = self.element(tag);
        self.put(place, id);
        id
    }

    pub(super) fn put(&mut self, place: Place, id: Id) {
        match place {
            Place::Last(parent) => self.tree.append(parent, id),
            Place::Before(sibling) => self.tree.insert_before(sibling, id),
        }
    }

    /// Where what is put into an element goes: out of a table, what does not belong there.
    pub(super) fn place(&self, (target, name): (Id, Name)) -> Place {
        if !self.fosters || !TABLE_PARTS.has(name) {
            return Place::Last(target);
        }
        let table = self.open.inner_first().find(|(_, _, name)| *name == tag::TABLE);
        let Some((at, table, _)) = table else { return Place::Last(self.open.first()) };
        if self.tree.node(table).parent != NONE {
            return Place::Before(table);
        }
        let above = at.checked_sub(1).and_then(|above| self.open.get(above));
        Place::Last(above.map_or(self.open.first(), |(id, _)| id))
    }

    pub(super) fn insert_text(&mut self, span: Span) {
        let place = self.place(self.open.current());
        let before = match place {
            Place::Last(parent) => self.tree.node(parent).last,
            Place::Before(sibling) => self.tree.node(sibling).previous,
        };
        match self.tree.node(before) {
            Node { kind: Kind::Text(text), .. }
                if text.end == span.start && text.is_written == span.is_written =>
            {
                let kind = Kind::Text(Span { end: span.end, ..*text });
                self.tree.change(before, |node| node.kind = kind);
            }
            _ => {
                let id = self.tree.add(Kind::Text(span));
                self.put(place, id);
            }
        }
    }

    /// Opens again the formatting elements that a block has closed.
    pub(super) fn reconstruct(&mut self) {
        let is_closed = |builder: &Self, at: usize| match builder.formats.get(at) {
            Some(Format::Element(id, _)) => builder.open.position(*id).is_none(),
            _ => false,
        };
        let mut first = self.formats.len();
        while let Some(before) = first.checked_sub(1).filter(|at| is_closed(self, *at)) {
            first = before;
        }
        for at in first..self.formats.len() {
            if let Some(Format::Element(_, tag)) = self.formats.get(at).copied() {
                let id = self.insert(tag);
                if let Some(entry) = self.formats.get_mut(at) {
                    *entry = Format::Element(id, tag);
                }
            }
        }
    }
}
