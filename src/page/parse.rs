use super::tame::tame;
use html5ever::{
    LocalName, TokenizerResult,
    buffer_queue::BufferQueue,
    local_name,
    tendril::StrTendril,
    tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer},
    tree_builder::{TreeBuilder, TreeSink},
};
use scraper::{Html, HtmlTreeSink};
use std::{cell::Cell, cell::RefCell, collections::HashMap};

/// Open elements that are nested into each other. Browsers stop at 512 as well; the tree
/// builder looks through all of them for many a tag.
const DEPTH: u32 = 512;
/// Formatting elements left open: each is opened again in every block that follows.
const FORMATS: u32 = 48;
/// Nodes of a tree; what follows is not read.
const NODES: usize = 600_000;
/// Further `html` and `body` tags, whose attributes are added to the first.
const ROOTS: u32 = 20;

/// A page as a tree.
pub(super) struct Tree {
    pub(super) html: Html,
    /// Whether the whole page is in it.
    pub(super) whole: bool,
}

/// Parses a page as browsers do, in time and memory in proportion to its length.
pub(super) fn parse(text: &str) -> Tree {
    let builder = TreeBuilder::new(HtmlTreeSink::new(Html::new_document()), Default::default());
    let gate = Gate {
        builder,
        open: RefCell::default(),
        depth: Cell::new(0),
        formats: Cell::new(0),
        roots: Cell::new(0),
        full: Cell::new(false),
    };
    let tokenizer = Tokenizer::new(gate, Default::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(&tame(text)));
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    let whole = !tokenizer.sink.full.get();
    Tree { html: tokenizer.sink.builder.sink.0.into_inner(), whole }
}

type Handle = <HtmlTreeSink as TreeSink>::Handle;
type Builder = TreeBuilder<Handle, HtmlTreeSink>;

/// Stands between the tokenizer and the tree builder and drops the start tags that
/// would make the builder's work grow faster than the page.
struct Gate {
    builder: Builder,
    /// How many elements of a name are open, as far as tags tell.
    open: RefCell<HashMap<LocalName, u32>>,
    depth: Cell<u32>,
    formats: Cell<u32>,
    roots: Cell<u32>,
    full: Cell<bool>,
}

impl Gate {
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
    type Handle = Handle;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Self::Handle> {
        match &token {
            Token::ParseError(_) => return TokenSinkResult::Continue,
            Token::TagToken(tag) if !self.lets_in(tag) => return TokenSinkResult::Continue,
            Token::EOFToken => {}
            _ if self.full.get() => return TokenSinkResult::Continue,
            _ => {
                let nodes = self.builder.sink.0.borrow().tree.nodes().len();
                self.full.set(nodes >= NODES);
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
fn nests(name: &LocalName) -> bool {
    !matches!(
        &**name,
        "a" | "p"
            | "li"
            | "dd"
            | "dt"
            | "option"
            | "optgroup"
            | "tr"
            | "td"
            | "th"
            | "tbody"
            | "thead"
            | "tfoot"
            | "colgroup"
            | "col"
            | "caption"
            | "head"
            | "area"
            | "base"
            | "br"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
            | "script"
            | "style"
            | "title"
            | "textarea"
            | "iframe"
            | "noscript"
            | "noframes"
            | "noembed"
            | "xmp"
            | "frame"
    )
}

fn is_format(name: &LocalName) -> bool {
    matches!(
        &**name,
        "b" | "big"
            | "code"
            | "em"
            | "font"
            | "i"
            | "nobr"
            | "s"
            | "small"
            | "strike"
            | "strong"
            | "tt"
            | "u"
    )
}
