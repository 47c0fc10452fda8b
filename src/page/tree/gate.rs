//! What is kept from the tree builder.

use super::{
    Id, NODES, Name, Set,
    names::{self, tag},
    plain::Sink,
};
use html5ever::{
    LocalName, local_name,
    tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult},
    tree_builder::TreeBuilder,
};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

/// Open elements that are nested into each other. Browsers stop at 512 as well; the tree
/// builder looks through all of them for many a tag.
pub(super) const DEPTH: u32 = 512;
/// Formatting elements left open: each is opened again in every block that follows.
pub(super) const FORMATS: u32 = 48;
/// Further `html` and `body` tags, whose attributes are added to the first.
pub(super) const ROOTS: u32 = 20;

type Builder = TreeBuilder<Id, Sink>;

/// Stands between the tokenizer and the tree builder and drops the start tags that
/// would make the builder's work grow faster than the page.
pub(super) struct Gate {
    pub(super) builder: Builder,
    /// How many elements of a name are open, as far as tags tell.
    open: RefCell<HashMap<LocalName, u32>>,
    depth: Cell<u32>,
    formats: Cell<u32>,
    roots: Cell<u32>,
    /// There are too many nodes.
    pub(super) full: Cell<bool>,
}

impl Gate {
    pub(super) fn new(sink: Sink) -> Gate {
        Gate {
            builder: TreeBuilder::new(sink, Default::default()),
            open: RefCell::default(),
            depth: Cell::new(0),
            formats: Cell::new(0),
            roots: Cell::new(0),
            full: Cell::new(false),
        }
    }

    fn lets_in(&self, tag: &Tag) -> bool {
        if matches!(tag.name, local_name!("html") | local_name!("body")) {
            let count = self.roots.get() + u32::from(tag.kind == TagKind::StartTag);
            self.roots.set(count);
            return count <= ROOTS;
        }
        if !nests(&tag.name) {
            return true;
        }
        let total = if is_format(&tag.name) { &self.formats } else { &self.depth };
        let most = if is_format(&tag.name) { FORMATS } else { DEPTH };
        let mut open = self.open.borrow_mut();
        match tag.kind {
            // Only svg and math elements close themselves; others stay open.
            TagKind::StartTag if total.get() >= most => false,
            TagKind::StartTag => {
                total.set(total.get() + 1);
                *open.entry(tag.name.clone()).or_default() += 1;
                true
            }
            TagKind::EndTag => {
                if let Some(count) = open.get_mut(&tag.name).filter(|count| **count > 0) {
                    *count -= 1;
                    total.set(total.get().saturating_sub(1));
                }
                true
            }
        }
    }
}

impl TokenSink for Gate {
    type Handle = Id;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Self::Handle> {
        match &token {
            Token::ParseError(_) => return TokenSinkResult::Continue,
            Token::TagToken(tag) if !self.lets_in(tag) => return TokenSinkResult::Continue,
            Token::EOFToken => {}
            _ if self.full.get() => return TokenSinkResult::Continue,
            _ => {
                self.full.set(self.builder.sink.count() >= NODES);
            }
        }
        self.builder.process_token(token, line)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Whether open elements of this name may pile up. Those left out close each other, or
/// hold nothing; a link closes the one before it, and dropping links would lose evidence.
pub(super) fn may_pile_up(name: Name) -> bool {
    const NEVER: Set = Set::of(&[
        tag::A,
        tag::P,
        tag::LI,
        tag::DD,
        tag::DT,
        tag::OPTION,
        tag::OPTGROUP,
        tag::TR,
        tag::TD,
        tag::TH,
        tag::TBODY,
        tag::THEAD,
        tag::TFOOT,
        tag::COLGROUP,
        tag::COL,
        tag::CAPTION,
        tag::HEAD,
        tag::AREA,
        tag::BASE,
        tag::BR,
        tag::EMBED,
        tag::HR,
        tag::IMG,
        tag::INPUT,
        tag::LINK,
        tag::META,
        tag::PARAM,
        tag::SOURCE,
        tag::TRACK,
        tag::WBR,
        tag::SCRIPT,
        tag::STYLE,
        tag::TITLE,
        tag::TEXTAREA,
        tag::IFRAME,
        tag::NOSCRIPT,
        tag::NOFRAMES,
        tag::NOEMBED,
        tag::XMP,
        tag::FRAME,
    ]);
    !NEVER.has(name)
}

/// Elements that give a text its looks; they are opened again in each block that follows.
pub(super) const FORMATTING: Set = Set::of(&[
    tag::B,
    tag::BIG,
    tag::CODE,
    tag::EM,
    tag::FONT,
    tag::I,
    tag::NOBR,
    tag::S,
    tag::SMALL,
    tag::STRIKE,
    tag::STRONG,
    tag::TT,
    tag::U,
]);

fn number(name: &LocalName) -> Name {
    names::known(name.as_bytes()).unwrap_or(names::OTHERS)
}

fn nests(name: &LocalName) -> bool {
    may_pile_up(number(name))
}

fn is_format(name: &LocalName) -> bool {
    FORMATTING.has(number(name))
}
