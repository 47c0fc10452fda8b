//! A faster way to the same tree: the parser of the HTML standard for what ordinary pages
//! hold. Where a page holds anything else (templates, framesets, formulas, markup that breaks
//! out of a drawing), it gives up, and the page is parsed the plain way. That both give the
//! same tree is tested on every page at hand and on mutated ones.

mod adopt;
mod body;
mod ends;
mod open;
mod outside;
mod place;
mod raw;
mod refs;
mod scan;
mod sets;
mod table;

use super::{
    Attr, Id, Kind, NODES, NONE, Name, Node, Span, Tree,
    gate::{self, DEPTH, FORMATS, ROOTS},
    plain, tag,
};
use open::Open;
use scan::{Markup, Scanner};

/// The page holds what is left to the plain way.
struct Beyond;

/// Whether a token is to be looked at again, in the mode that has been set.
type Again = Result<bool, Beyond>;

/// Parses a page; gives its text back where it is beyond this parser.
pub(super) fn parse(text: String) -> Result<Tree, String> {
    let bytes = text.as_bytes();
    if memchr::memchr(0, bytes).is_some() {
        return Err(text);
    }
    match Builder::new(&text).run() {
        Ok(mut tree) => {
            tree.source = text;
            Ok(tree)
        }
        Err(Beyond) => Err(text),
    }
}

/// What the standard calls insertion modes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Initial,
    BeforeHtml,
    BeforeHead,
    InHead,
    AfterHead,
    InBody,
    InTable,
    InCaption,
    InColumnGroup,
    InTableBody,
    InRow,
    InCell,
    AfterBody,
    AfterAfterBody,
}

/// A start tag. Its attributes stand in the tree already.
#[derive(Clone, Copy)]
struct Tag {
    name: Name,
    attributes: u32,
    has: u32,
    /// Where its attributes stand in the page.
    written: (u32, u32),
    closes_itself: bool,
}

impl Tag {
    /// One that the page leaves out.
    const fn implied(name: Name) -> Tag {
        Tag { name, attributes: 0, has: 0, written: (0, 0), closes_itself: false }
    }
}

/// An entry of the list of formatting elements.
#[derive(Clone, Copy)]
enum Format {
    Marker,
    Element(Id, Tag),
}

struct Builder<'s> {
    scanner: Scanner<'s>,
    tree: Tree,
    mode: Mode,
    open: Open,
    formats: Vec<Format>,
    head: Id,
    form: Id,
    /// Text within a table that has not found its place.
    pending: Vec<Span>,
    /// What does not belong into a table goes before it.
    fosters: bool,
    quirky: bool,
    gate: Count,
}

/// Counts what the plain way's gate counts.
struct Count {
    open: Vec<u32>,
    depth: u32,
    formats: u32,
    roots: u32,
}

impl<'s> Builder<'s> {
    fn new(text: &'s str) -> Builder<'s> {
        let mut tree = Tree::new(String::new());
        tree.nodes.reserve(text.len() / 24);
        tree.attributes.reserve(text.len() / 48);
        Builder {
            scanner: Scanner::new(text),
            tree,
            mode: Mode::Initial,
            open: Open::default(),
            formats: Vec::new(),
            head: NONE,
            form: NONE,
            pending: Vec::new(),
            fosters: false,
            quirky: false,
            gate: Count { open: Vec::new(), depth: 0, formats: 0, roots: 0 },
        }
    }

    fn run(mut self) -> Result<Tree, Beyond> {
        while let Some(markup) = self.scanner.next_markup() {
            match markup {
                Markup::Text(span) => {
                    let span = refs::resolve(&mut self.tree, self.scanner.text, span, false);
                    self.text(span)?;
                }
                Markup::Start(name) => {
                    let Some(tag) = self.scanner.tag(&mut self.tree, name)? else { break };
                    self.start(tag)?;
                }
                Markup::End(name) => {
                    let Some(tag) = self.scanner.tag(&mut self.tree, name)? else { break };
                    self.end(tag.name)?;
                }
                Markup::Doctype(start, end) => {
                    if self.mode == Mode::Initial {
                        self.quirky = is_quirky(self.scanner.slice(start, end));
                        self.mode = Mode::BeforeHtml;
                    }
                }
                Markup::Comment => self.settle_pending()?,
                Markup::Section if self.open.is_foreign() => return Err(Beyond),
                Markup::Section => {
                    self.scanner.skip_bogus();
                    self.settle_pending()?;
                }
            }
            // The plain way says what becomes of a page of that size.
            if self.tree.nodes.len() > NODES / 2 {
                return Err(Beyond);
            }
        }
        self.finish()?;
        Ok(self.tree)
    }

    /// Counts a tag; the plain way drops those that are too many.
    fn count_start(&mut self, name: Name) -> Result<(), Beyond> {
        if matches!(name, tag::HTML | tag::BODY) {
            self.gate.roots += 1;
            return if self.gate.roots <= ROOTS { Ok(()) } else { Err(Beyond) };
        }
        if !gate::may_pile_up(name) {
            return Ok(());
        }
        let is_format = gate::FORMATTING.has(name);
        let (total, most) = match is_format {
            true => (&mut self.gate.formats, FORMATS),
            false => (&mut self.gate.depth, DEPTH),
        };
        if *total >= most {
            return Err(Beyond);
        }
        *total += 1;
        let at = usize::from(name);
        if self.gate.open.len() <= at {
            self.gate.open.resize(at + 1, 0);
        }
        if let Some(open) = self.gate.open.get_mut(at) {
            *open += 1;
        }
        Ok(())
    }

    fn count_end(&mut self, name: Name) {
        let open = self.gate.open.get_mut(usize::from(name)).filter(|open| **open > 0);
        if let Some(open) = open {
            *open -= 1;
            let is_format = gate::FORMATTING.has(name);
            let total = if is_format { &mut self.gate.formats } else { &mut self.gate.depth };
            *total = total.saturating_sub(1);
        }
    }

    fn start(&mut self, tag: Tag) -> Result<(), Beyond> {
        self.count_start(tag.name)?;
        if matches!(tag.name, tag::TEMPLATE | tag::FRAMESET | tag::MATH | tag::PLAINTEXT) {
            return Err(Beyond);
        }
        self.settle_pending()?;
        if self.open.is_foreign() {
            return self.start_in_drawing(tag);
        }
        while match self.mode {
            Mode::InBody => self.start_in_body(tag)?,
            Mode::InTable => self.start_in_table(tag)?,
            Mode::InCaption => self.start_in_caption(tag)?,
            Mode::InColumnGroup => self.start_in_column_group(tag)?,
            Mode::InTableBody => self.start_in_table_body(tag)?,
            Mode::InRow => self.start_in_row(tag)?,
            Mode::InCell => self.start_in_cell(tag)?,
            _ => self.start_outside(tag)?,
        } {}
        Ok(())
    }

    fn end(&mut self, name: Name) -> Result<(), Beyond> {
        if matches!(name, tag::HTML | tag::BODY) {
            // The plain way drops them behind too many start tags.
        } else {
            self.count_end(name);
        }
        self.settle_pending()?;
        if self.open.is_foreign() && self.end_in_drawing(name)? {
            return Ok(());
        }
        while match self.mode {
            Mode::InBody => self.end_in_body(name)?,
            Mode::InTable => self.end_in_table(name)?,
            Mode::InCaption => self.end_in_caption(name)?,
            Mode::InColumnGroup => self.end_in_column_group(name)?,
            Mode::InTableBody => self.end_in_table_body(name)?,
            Mode::InRow => self.end_in_row(name)?,
            Mode::InCell => self.end_in_cell(name)?,
            _ => self.end_outside(name),
        } {}
        Ok(())
    }

    fn text(&mut self, span: Span) -> Result<(), Beyond> {
        if self.open.is_foreign() && !self.open.is_integration_point() {
            self.insert_text(span);
            return Ok(());
        }
        match self.mode {
            Mode::InBody | Mode::InCell | Mode::InCaption => {
                self.reconstruct();
                self.insert_text(span);
            }
            Mode::InTable | Mode::InTableBody | Mode::InRow => self.text_in_table(span),
            _ => return self.text_outside(span),
        }
        Ok(())
    }

    fn read(&self, span: Span) -> &str {
        let text = if span.is_written { &self.tree.written } else { self.scanner.text };
        text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}

/// The document types that most pages have, none of which is a quirky one.
const COMMON: [&str; 3] = [
    "<!doctype html>",
    "<!doctype html public \"-//w3c//dtd xhtml 1.0 transitional//en\" \
     \"http://www.w3.org/tr/xhtml1/dtd/xhtml1-transitional.dtd\">",
    "<!doctype html public \"-//w3c//dtd xhtml 1.0 strict//en\" \
     \"http://www.w3.org/tr/xhtml1/dtd/xhtml1-strict.dtd\">",
];

/// The document type of most pages needs no second look.
fn is_quirky(doctype: &str) -> bool {
    let is_common = COMMON.iter().any(|common| doctype.eq_ignore_ascii_case(common));
    !is_common && plain::is_quirky(doctype)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_document_types_are_not_quirky() {
        assert!(COMMON.iter().all(|common| !plain::is_quirky(common)));
        assert!(is_quirky("<!doctype html public \"-//w3c//dtd html 3.2//en\">"));
    }
}
