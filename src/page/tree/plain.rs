//! The tree as html5ever builds it, whatever stands in the page.

use super::{
    Attr, DOCUMENT, FOREIGN, Id, Kind, NONE, Name, Node, Span, Tree, gate::Gate, tame::tame,
};
use html5ever::{
    Attribute, LocalName, QualName, TokenizerResult,
    buffer_queue::BufferQueue,
    expanded_name,
    interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink},
    local_name, ns,
    tendril::StrTendril,
    tokenizer::{Tokenizer, TokenizerOpts},
};
use std::{
    borrow::Cow,
    cell::{Cell, Ref, RefCell},
};

/// Parses any page.
pub(in crate::page) fn parse(text: String) -> Tree {
    feed(&text).into_tree()
}

/// Whether browsers read a page that begins with this document type as they did of old.
pub(super) fn is_quirky(doctype: &str) -> bool {
    feed(doctype).quirky.get()
}

fn feed(text: &str) -> Sink {
    // The tokenizer would drop a mark behind a declared charset as well, where it pauses.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let opts = TokenizerOpts { discard_bom: false, ..Default::default() };
    let tokenizer = Tokenizer::new(Gate::new(Sink::new()), opts);
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(&tame(text)));
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    let is_full = tokenizer.sink.full.get();
    let sink = tokenizer.sink.builder.sink;
    sink.parts.borrow_mut().tree.whole = !is_full;
    sink
}

/// Takes what the tree builder makes.
pub(super) struct Sink {
    parts: RefCell<Parts>,
    quirky: Cell<bool>,
}

struct Parts {
    tree: Tree,
    /// The names of the nodes, by their numbers; those of no element have none.
    names: Vec<QualName>,
    nameless: QualName,
}

impl Sink {
    fn new() -> Sink {
        let nameless = QualName::new(None, ns!(), local_name!(""));
        let names = vec![nameless.clone()];
        let tree = Tree::new(String::new());
        Sink { parts: RefCell::new(Parts { tree, names, nameless }), quirky: Cell::new(false) }
    }

    fn into_tree(self) -> Tree {
        self.parts.into_inner().tree
    }

    pub(super) fn count(&self) -> usize {
        self.parts.borrow().tree.nodes.len()
    }
}

impl Parts {
    fn add(&mut self, kind: Kind, name: Option<QualName>) -> Id {
        self.names.push(name.unwrap_or_else(|| self.nameless.clone()));
        self.tree.add(kind)
    }

    fn attributes(&mut self, attributes: &[Attribute]) -> Vec<(Attr, Span)> {
        let known = attributes.iter().filter(|attribute| attribute.name.ns == ns!());
        let known = known.filter_map(|attribute| {
            Some((Attr::known(attribute.name.local.as_bytes())?, &attribute.value))
        });
        known.map(|(attribute, value)| (attribute, self.tree.write(value))).collect()
    }

    /// Puts a text behind another where it goes on, else as a new node where `place` says.
    fn text(&mut self, text: &str, before: Id, place: impl FnOnce(&mut Tree, Id)) {
        let written = self.tree.written.len();
        let added = self.tree.write(text);
        match self.tree.node(before).kind {
            Kind::Text(span) if span.end as usize == written => {
                let kind = Kind::Text(Span { end: added.end, ..span });
                self.tree.change(before, |node| node.kind = kind);
            }
            _ => {
                let id = self.add(Kind::Text(added), None);
                place(&mut self.tree, id);
            }
        }
    }

    fn element(&mut self, name: &LocalName, is_html: bool) -> Name {
        let number = self.tree.name(name).unwrap_or(FOREIGN - 1);
        if is_html { number } else { number | FOREIGN }
    }
}

impl TreeSink for Sink {
    type Handle = Id;
    type Output = Tree;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Tree {
        self.into_tree()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Id {
        DOCUMENT
    }

    fn elem_name<'a>(&'a self, id: &'a Id) -> Ref<'a, QualName> {
        Ref::map(self.parts.borrow(), |parts| {
            parts.names.get(*id as usize).unwrap_or(&parts.nameless)
        })
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> Id {
        let mut parts = self.parts.borrow_mut();
        let number = parts.element(&name.local, name.ns == ns!(html));
        let is_template = name.expanded() == expanded_name!(html "template");
        let known = parts.attributes(&attributes);
        let id = parts.add(Kind::Element(number), Some(name));
        parts.tree.add_attributes(id, &known);
        if is_template {
            let content = parts.add(Kind::Root, None);
            parts.tree.append(id, content);
        }
        id
    }

    fn create_comment(&self, _: StrTendril) -> Id {
        self.parts.borrow_mut().add(Kind::Comment, None)
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Id {
        self.parts.borrow_mut().add(Kind::Comment, None)
    }

    fn append(&self, parent: &Id, child: NodeOrText<Id>) {
        let mut parts = self.parts.borrow_mut();
        match child {
            NodeOrText::AppendNode(id) => parts.tree.append(*parent, id),
            NodeOrText::AppendText(text) => {
                let last = parts.tree.node(*parent).last;
                parts.text(&text, last, |tree, id| tree.append(*parent, id));
            }
        }
    }

    fn append_based_on_parent_node(&self, element: &Id, above: &Id, child: NodeOrText<Id>) {
        if self.parts.borrow().tree.node(*element).parent == NONE {
            self.append(above, child);
        } else {
            self.append_before_sibling(element, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, template: &Id) -> Id {
        self.parts.borrow().tree.node(*template).first
    }

    fn same_node(&self, one: &Id, other: &Id) -> bool {
        one == other
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.quirky.set(mode == QuirksMode::Quirks);
    }

    fn append_before_sibling(&self, sibling: &Id, child: NodeOrText<Id>) {
        let mut parts = self.parts.borrow_mut();
        if let NodeOrText::AppendNode(id) = child {
            parts.tree.detach(id);
        }
        let Node { parent, previous, .. } = *parts.tree.node(*sibling);
        match child {
            _ if parent == NONE => {}
            NodeOrText::AppendNode(id) => parts.tree.insert_before(*sibling, id),
            NodeOrText::AppendText(text) => {
                parts.text(&text, previous, |tree, id| tree.insert_before(*sibling, id));
            }
        }
    }

    fn add_attrs_if_missing(&self, target: &Id, attributes: Vec<Attribute>) {
        let mut parts = self.parts.borrow_mut();
        let known = parts.attributes(&attributes);
        parts.tree.add_attributes(*target, &known);
    }

    fn remove_from_parent(&self, target: &Id) {
        self.parts.borrow_mut().tree.detach(*target);
    }

    fn reparent_children(&self, from: &Id, to: &Id) {
        self.parts.borrow_mut().tree.move_children(*from, *to);
    }
}
