//! How a tree is read: its elements, and walks through it.

use super::{Attr, FOREIGN, Id, Kind, NONE, Name, Node, Tree};
use std::borrow::Cow;

/// An element of a tree.
#[derive(Clone, Copy)]
pub(in crate::page) struct Element<'t> {
    pub(super) tree: &'t Tree,
    pub(super) id: Id,
    pub(super) name: Name,
    pub(super) node: &'t Node,
}

impl<'t> Element<'t> {
    pub(in crate::page) fn name(self) -> Name {
        self.name & !FOREIGN
    }

    pub(in crate::page) fn is_html(self) -> bool {
        self.name & FOREIGN == 0
    }

    /// Whether it has any of the attributes whose bits are set.
    pub(in crate::page) fn has_any(self, bits: u32) -> bool {
        self.node.has & bits != 0
    }

    pub(in crate::page) fn attr(self, attribute: Attr) -> Option<&'t str> {
        if self.node.has & attribute.bit() == 0 {
            return None;
        }
        let from = self.node.attributes as usize;
        let own =
            self.tree.attributes.get(from..)?.iter().take(self.node.has.count_ones() as usize);
        let (_, span) = own.into_iter().find(|(found, _)| *found == attribute)?;
        Some(self.tree.text(*span))
    }

    pub(in crate::page) fn classes(self) -> impl Iterator<Item = &'t str> {
        self.attr(Attr::Class).unwrap_or_default().split_ascii_whitespace()
    }

    /// What lies in it, in the order of the page.
    pub(in crate::page) fn inside(self) -> impl Iterator<Item = Inside<'t>> {
        self.tree.walk(self.id).skip(1).filter_map(|step| match step {
            Step::Text(text) => Some(Inside::Text(text)),
            Step::Open(element) => Some(Inside::Element(element)),
            Step::Close => None,
        })
    }

    /// The texts right in it.
    pub(in crate::page) fn text(self) -> Cow<'t, str> {
        let mut text = Cow::Borrowed("");
        let mut child = self.node.first;
        while child != NONE {
            let node = self.tree.node(child);
            if let Kind::Text(span) = node.kind {
                if text.is_empty() {
                    text = Cow::Borrowed(self.tree.text(span));
                } else {
                    text.to_mut().push_str(self.tree.text(span));
                }
            }
            child = node.next;
        }
        text
    }
}

/// A text or an element within another.
pub(in crate::page) enum Inside<'t> {
    Text(&'t str),
    Element(Element<'t>),
}

/// A step of a walk through the tree.
pub(in crate::page) enum Step<'t> {
    Open(Element<'t>),
    Text(&'t str),
    /// The element that was opened last, and not closed, ends.
    Close,
}

/// Goes through a tree in the order of the page.
pub(in crate::page) struct Walk<'t> {
    tree: &'t Tree,
    root: Id,
    at: Id,
    begun: bool,
    /// The node at hand has been left, and not entered.
    closing: bool,
}

impl<'t> Walk<'t> {
    pub(super) fn new(tree: &'t Tree, root: Id) -> Walk<'t> {
        Walk { tree, root, at: root, begun: false, closing: false }
    }

    fn advance(&mut self) -> Option<()> {
        if !self.begun {
            self.begun = true;
            return Some(());
        }
        let node = self.tree.node(self.at);
        if !self.closing && node.first != NONE {
            self.at = node.first;
        } else if !self.closing {
            self.closing = true;
        } else if self.at == self.root {
            return None;
        } else if node.next != NONE {
            self.at = node.next;
            self.closing = false;
        } else {
            self.at = node.parent;
        }
        Some(())
    }
}

impl<'t> Iterator for Walk<'t> {
    type Item = Step<'t>;

    fn next(&mut self) -> Option<Step<'t>> {
        loop {
            self.advance()?;
            let node = self.tree.node(self.at);
            match node.kind {
                Kind::Element(_) if self.closing => return Some(Step::Close),
                Kind::Element(name) => {
                    return Some(Step::Open(Element { tree: self.tree, id: self.at, name, node }));
                }
                Kind::Text(span) => {
                    self.closing = true;
                    return Some(Step::Text(self.tree.text(span)));
                }
                Kind::Root => {}
                Kind::Comment => self.closing = true,
            }
        }
    }
}
