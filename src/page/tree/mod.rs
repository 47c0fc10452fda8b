//! A page as a tree, kept small: names are numbers, texts and attributes are spans of the
//! page, and attributes that nobody reads are not in it.

mod compare;
mod element;
mod gate;
mod names;
mod plain;
mod quick;
mod tame;

pub(super) use compare::{difference, is_beyond};
pub(super) use element::{Element, Inside, Step, Walk};
pub(super) use names::{Attr, FOREIGN, Name, Set, tag};
pub(super) use plain::parse as parse_plainly;

use std::{borrow::Cow, collections::HashMap};

/// Nodes of a tree; what follows is not read.
const NODES: usize = 600_000;
/// Bytes of a page that are read; a span has 32 bits.
const BYTES: usize = 1 << 30;

/// The number of a node; [`NONE`] for none. The document has number 0.
pub(super) type Id = u32;
pub(super) const NONE: Id = Id::MAX;
pub(super) const DOCUMENT: Id = 0;

/// Parses a page as browsers do, in time and memory in proportion to its length.
pub(super) fn parse<'p>(text: impl Into<Cow<'p, str>>) -> Tree {
    match quick::parse(readable(text.into())) {
        Ok(tree) => tree,
        Err(text) => plain::parse(text),
    }
}

/// Line ends as the standard has them, so that no reader need look out for them, and no more
/// than can be numbered.
fn readable(text: Cow<'_, str>) -> String {
    let bound = text.floor_char_boundary(BYTES);
    let head = text.get(..bound).unwrap_or_default();
    if memchr::memchr(b'\r', head.as_bytes()).is_none() {
        let mut text = text.into_owned();
        text.truncate(bound);
        return text;
    }
    let mut plain = String::with_capacity(head.len());
    let mut rest = head;
    while let Some(at) = memchr::memchr(b'\r', rest.as_bytes()) {
        plain.push_str(rest.get(..at).unwrap_or_default());
        plain.push('\n');
        rest = rest.get(at + 1..).unwrap_or_default();
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    plain.push_str(rest);
    plain
}

/// A part of the page, or of what was written out of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) end: u32,
    /// It is of [`Tree::written`].
    pub(super) is_written: bool,
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The document, or the content of a template.
    Root,
    /// What shows nothing and is not read.
    Comment,
    Text(Span),
    Element(Name),
}

/// A node and its neighbours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) parent: Id,
    pub(super) first: Id,
    pub(super) last: Id,
    pub(super) previous: Id,
    pub(super) next: Id,
    /// Its attributes stand from here on.
    attributes: u32,
    /// Which it has, by their bits.
    has: u32,
}

impl Node {
    const fn new(kind: Kind) -> Node {
        Node {
            kind,
            parent: NONE,
            first: NONE,
            last: NONE,
            previous: NONE,
            next: NONE,
            attributes: 0,
            has: 0,
        }
    }
}

static NOTHING: Node = Node::new(Kind::Comment);

/// A page as a tree.
pub(super) struct Tree {
    source: String,
    /// Texts that do not stand in the page as they are read: with characters by their names.
    written: String,
    nodes: Vec<Node>,
    attributes: Vec<(Attr, Span)>,
    /// Names that are none of [`tag`].
    others: HashMap<Box<str>, Name>,
    /// Whether the whole page is in it.
    pub(super) whole: bool,
}

impl Tree {
    fn new(source: String) -> Tree {
        let mut tree = Tree {
            nodes: Vec::with_capacity(64 + source.len() / 24),
            attributes: Vec::with_capacity(64 + source.len() / 48),
            source,
            written: String::new(),
            others: HashMap::new(),
            whole: true,
        };
        tree.nodes.push(Node::new(Kind::Root));
        tree
    }

    pub(super) fn node(&self, id: Id) -> &Node {
        self.nodes.get(id as usize).unwrap_or(&NOTHING)
    }

    /// Bytes of the page.
    pub(super) fn length(&self) -> usize {
        self.source.len()
    }

    fn text(&self, span: Span) -> &str {
        let text = if span.is_written { &self.written } else { &self.source };
        text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// The elements in the order in which the page brings them up, but for those that were
    /// taken out of the tree again.
    pub(super) fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        (0u32..).zip(&self.nodes).filter_map(|(id, node)| match node.kind {
            Kind::Element(name) if node.parent != NONE => {
                Some(Element { tree: self, id, name, node })
            }
            _ => None,
        })
    }

    /// Everything in the order of the page, without recursion.
    pub(super) fn walk(&self, from: Id) -> Walk<'_> {
        Walk::new(self, from)
    }

    fn add(&mut self, kind: Kind) -> Id {
        let id = u32::try_from(self.nodes.len()).unwrap_or(NONE);
        self.nodes.push(Node::new(kind));
        id
    }

    fn change(&mut self, id: Id, change: impl FnOnce(&mut Node)) {
        if let Some(node) = self.nodes.get_mut(id as usize) {
            change(node);
        }
    }

    /// Puts a node without a parent behind the children of another.
    fn append(&mut self, parent: Id, child: Id) {
        let last = self.node(parent).last;
        self.change(child, |node| (node.parent, node.previous) = (parent, last));
        if last == NONE {
            self.change(parent, |node| node.first = child);
        } else {
            self.change(last, |node| node.next = child);
        }
        self.change(parent, |node| node.last = child);
    }

    /// Puts a node without a parent right before another that has one.
    fn insert_before(&mut self, sibling: Id, child: Id) {
        let Node { parent, previous, .. } = *self.node(sibling);
        self.change(child, |node| {
            (node.parent, node.previous, node.next) = (parent, previous, sibling);
        });
        self.change(sibling, |node| node.previous = child);
        if previous == NONE {
            self.change(parent, |node| node.first = child);
        } else {
            self.change(previous, |node| node.next = child);
        }
    }

    /// Takes a node with all it holds out of the tree.
    fn detach(&mut self, id: Id) {
        let Node { parent, previous, next, .. } = *self.node(id);
        if parent == NONE {
            return;
        }
        if previous == NONE {
            self.change(parent, |node| node.first = next);
        } else {
            self.change(previous, |node| node.next = next);
        }
        if next == NONE {
            self.change(parent, |node| node.last = previous);
        } else {
            self.change(next, |node| node.previous = previous);
        }
        self.change(id, |node| (node.parent, node.previous, node.next) = (NONE, NONE, NONE));
    }

    /// Moves the children of a node behind those of another.
    fn move_children(&mut self, from: Id, to: Id) {
        let Node { first, last, .. } = *self.node(from);
        if first == NONE {
            return;
        }
        let mut child = first;
        while child != NONE {
            self.change(child, |node| node.parent = to);
            child = self.node(child).next;
        }
        let before = self.node(to).last;
        self.change(first, |node| node.previous = before);
        if before == NONE {
            self.change(to, |node| node.first = first);
        } else {
            self.change(before, |node| node.next = first);
        }
        self.change(to, |node| node.last = last);
        self.change(from, |node| (node.first, node.last) = (NONE, NONE));
    }

    /// Gives an element those of the attributes that it has not.
    fn add_attributes(&mut self, id: Id, attributes: &[(Attr, Span)]) {
        let Node { attributes: from, has, .. } = *self.node(id);
        let missing = attributes.iter().filter(|(attribute, _)| has & attribute.bit() == 0);
        let missing: Vec<(Attr, Span)> = missing.copied().collect();
        if missing.is_empty() {
            return;
        }
        let count = has.count_ones() as usize;
        let own = self.attributes.get(from as usize..from as usize + count);
        let own = own.unwrap_or_default().to_vec();
        let start = u32::try_from(self.attributes.len()).unwrap_or(NONE);
        self.attributes.extend(own.into_iter().chain(missing.iter().copied()));
        let bits = missing.iter().fold(has, |bits, (attribute, _)| bits | attribute.bit());
        self.change(id, |node| (node.attributes, node.has) = (start, bits));
    }

    /// The number of a name; `None` where a page has more names than there are numbers.
    fn name(&mut self, text: &str) -> Option<Name> {
        if let Some(name) = names::known(text.as_bytes()) {
            return Some(name);
        }
        let lower = match text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => Cow::Owned(text.to_ascii_lowercase()),
            false => Cow::Borrowed(text),
        };
        if let Some(name) = self.others.get(&*lower) {
            return Some(*name);
        }
        let name = names::OTHERS + Name::try_from(self.others.len()).ok()?;
        if name >= FOREIGN {
            return None;
        }
        self.others.insert(lower.into(), name);
        Some(name)
    }

    fn write(&mut self, text: &str) -> Span {
        let start = u32::try_from(self.written.len()).unwrap_or(NONE);
        self.written.push_str(text);
        let end = u32::try_from(self.written.len()).unwrap_or(NONE);
        Span { start, end, is_written: true }
    }
}

#[cfg(test)]
mod tests;
