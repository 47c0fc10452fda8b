//! Reads a page's lines off its tree.

use super::{Anchor, Flow, Place, Run};
use crate::page::{
    facts::head,
    look::Look,
    region::Region,
    sieve::Sieve,
    tree::{Attr, Element, Name, Set, tag},
};

/// The element around a text whose place in a browser's document is known; its `n` is the
/// text's number.
const MARK: Name = tag::BEIAN_TEXT;
/// Characters of a target that are kept.
const TARGET: usize = 2_000;

/// Reads the text of a page, step by step, whatever its depth.
pub(in crate::page) struct Reader<'t> {
    flow: Flow<'t>,
    /// Marks count only where we have set them: a page may know their name.
    is_marked: bool,
    line: Draft,
    /// Lines that go on after the hidden element which interrupts them.
    outer: Vec<Draft>,
    frames: Vec<Frame>,
    /// White space has been seen since the last character.
    blank: bool,
    /// An element border has been seen since the last character.
    seam: bool,
    orders: usize,
}

/// A line that is not finished.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) text: String,
    pub(super) runs: Vec<Run>,
    pub(super) borders: Vec<usize>,
    pub(super) hidden: bool,
    pub(super) order: usize,
}

/// What an open element set, to be undone when it closes.
#[derive(Clone, Copy, Default)]
struct Frame {
    place: usize,
    /// Text of this element is read by nobody: scripts, styles, the head.
    silent: bool,
    hidden: bool,
    block: bool,
    link: bool,
    /// The hidden part began here.
    turns_hidden: bool,
}

impl<'t> Reader<'t> {
    /// A reader of a page of so many bytes, a part of which are its text.
    pub(in crate::page) fn new(length: usize, is_marked: bool) -> Reader<'t> {
        Reader {
            flow: Flow {
                text: String::with_capacity(length / 4),
                places: vec![Place::default()],
                ..Flow::default()
            },
            is_marked,
            line: Draft::default(),
            outer: Vec::new(),
            frames: vec![Frame::default()],
            blank: false,
            seam: false,
            orders: 0,
        }
    }

    pub(in crate::page) fn finish(mut self) -> Flow<'t> {
        self.end_line();
        self.flow.lines.sort_by_key(|line| line.order);
        self.flow.sieve = Sieve::of(&self.flow.text);
        self.flow
    }

    pub(in crate::page) fn open(&mut self, element: Element<'t>, look: Look) {
        let mut frame = self.frames.last().copied().unwrap_or_default();
        frame.block = look.is_block || BLOCKS.has(element.name());
        frame.silent |= SILENT.has(element.name());
        frame.link = false;
        frame.turns_hidden = false;
        if !frame.hidden && (look.hides || element.name() == tag::TEMPLATE) {
            frame.hidden = true;
            frame.turns_hidden = true;
        }
        self.border(&frame);
        if frame.turns_hidden {
            let visible = std::mem::take(&mut self.line);
            self.outer.push(visible);
            self.line.hidden = true;
        }
        if !frame.silent {
            self.enter(element, look, &mut frame);
        }
        self.frames.push(frame);
    }

    /// Notes the link or the region that begins with an element.
    fn enter(&mut self, element: Element<'t>, look: Look, frame: &mut Frame) {
        let mut place = self.flow.places.get(frame.place).copied().unwrap_or_default();
        if element.name() == tag::A
            && let Some(href) = element.attr(Attr::Href)
        {
            place.link = Some(self.flow.links.len());
            let line = self.order();
            let href = head(href, TARGET);
            self.flow.links.push(Anchor { href, line, hidden: frame.hidden });
            frame.link = true;
            self.line.borders.push(self.line.text.len());
        }
        if let Some(kind) = look.kind {
            let outer = place.region.replace(self.flow.regions.len());
            self.flow.regions.push(Region { kind, outer });
        }
        if matches!(element.name(), tag::IMG | tag::INPUT) {
            self.blank = true;
        }
        let turns_doubtful = look.is_doubtful && !place.doubtful;
        place.doubtful |= turns_doubtful;
        let is_mark = self.is_marked && element.name() == MARK;
        if is_mark {
            place.mark = element.attr(Attr::N).and_then(|number| number.parse().ok());
        }
        if frame.link || is_mark || turns_doubtful || look.kind.is_some() {
            frame.place = self.flow.places.len();
            self.flow.places.push(place);
        }
    }

    pub(in crate::page) fn close(&mut self) {
        if self.frames.len() < 2 {
            return;
        }
        let Some(frame) = self.frames.pop() else { return };
        if frame.turns_hidden {
            self.end_line();
            self.line = self.outer.pop().unwrap_or_default();
            self.seam = true;
        }
        if frame.link {
            self.line.borders.push(self.line.text.len());
        }
        self.border(&frame);
    }

    fn border(&mut self, frame: &Frame) {
        if frame.block {
            self.end_line();
        }
        self.seam = true;
    }

    fn order(&mut self) -> usize {
        if self.line.text.is_empty() { self.orders } else { self.line.order }
    }

    pub(in crate::page) fn text(&mut self, text: &str) {
        let frame = self.frames.last().copied().unwrap_or_default();
        if frame.silent {
            return;
        }
        let mut rest = text;
        loop {
            let word = rest.get(space_end(rest)..).unwrap_or_default();
            self.blank |= word.len() < rest.len();
            if word.is_empty() {
                return;
            }
            let end = word_end(word);
            self.word(word.get(..end).unwrap_or_default(), frame.place);
            rest = word.get(end..).unwrap_or_default();
        }
    }

    /// Takes up characters between which there is no white space.
    fn word(&mut self, word: &str, place: usize) {
        let line = &mut self.line;
        if line.text.is_empty() {
            line.order = self.orders;
            self.orders += 1;
        } else {
            // Digits or letters that meet at an element border are not one word: a
            // serial and a neighbour's name would be. The grammar reads over the blank
            // where a number does go on.
            let meets = self.seam
                && word.starts_with(|first: char| first.is_ascii_alphanumeric())
                && line.text.ends_with(|last: char| last.is_ascii_alphanumeric());
            if self.blank || meets {
                line.text.push(' ');
                if let Some(run) = line.runs.last_mut().filter(|run| run.place == place) {
                    run.end += 1;
                }
            }
        }
        self.blank = false;
        self.seam = false;
        let start = line.text.len();
        line.text.push_str(word);
        let end = line.text.len();
        match line.runs.last_mut() {
            Some(run) if run.place == place && run.end == start => run.end = end,
            _ => line.runs.push(Run { start, end, place }),
        }
    }

    fn end_line(&mut self) {
        self.blank = false;
        if !self.line.text.is_empty() {
            self.flow.push(&mut self.line);
            self.line.text.clear();
        }
        self.line.borders.clear();
    }
}

/// Where the first character stands that is not white space, or the end.
fn space_end(text: &str) -> usize {
    let blank = text.bytes().take_while(|byte| matches!(byte, b'\0'..=b' ' | b'\x7f')).count();
    match text.as_bytes().get(blank) {
        None | Some(b'!'..=b'~' | 0xe4..) => blank,
        Some(_) => text.len() - text.trim_start_matches(is_space).len(),
    }
}

/// Where the first white space stands, or the end.
fn word_end(text: &str) -> usize {
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'!'..=b'~' => {}
            // Nearly all Chinese: none of these is white space.
            0xe4..=0xef => {
                bytes.nth(1);
            }
            _ if text.get(at..).is_some_and(|rest| rest.starts_with(is_space)) => return at,
            _ => {}
        }
    }
    text.len()
}

/// White space as a browser folds it, with the blanks that people pad with.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\0'..='\u{1f}' | '\u{7f}')
}

/// Elements whose text nobody reads.
const SILENT: Set = Set::of(&[
    tag::HEAD,
    tag::SCRIPT,
    tag::STYLE,
    tag::TITLE,
    tag::NOSCRIPT,
    tag::IFRAME,
    tag::NOFRAMES,
    tag::NOEMBED,
    tag::TEXTAREA,
    tag::SELECT,
    tag::DATALIST,
    tag::OBJECT,
    tag::VIDEO,
    tag::AUDIO,
    tag::CANVAS,
    tag::APPLET,
    tag::DESC,
    tag::METADATA,
]);

/// Elements that begin a line.
const BLOCKS: Set = Set::of(&[
    tag::ADDRESS,
    tag::ARTICLE,
    tag::ASIDE,
    tag::BLOCKQUOTE,
    tag::BODY,
    tag::BR,
    tag::CAPTION,
    tag::CENTER,
    tag::DD,
    tag::DETAILS,
    tag::DIALOG,
    tag::DIR,
    tag::DIV,
    tag::DL,
    tag::DT,
    tag::FIELDSET,
    tag::FIGCAPTION,
    tag::FIGURE,
    tag::FOOTER,
    tag::FORM,
    tag::FRAMESET,
    tag::H1,
    tag::H2,
    tag::H3,
    tag::H4,
    tag::H5,
    tag::H6,
    tag::HEADER,
    tag::HGROUP,
    tag::HR,
    tag::HTML,
    tag::LEGEND,
    tag::LI,
    tag::MAIN,
    tag::MARQUEE,
    tag::MENU,
    tag::NAV,
    tag::OL,
    tag::OPTGROUP,
    tag::OPTION,
    tag::P,
    tag::PLAINTEXT,
    tag::PRE,
    tag::SEARCH,
    tag::SECTION,
    tag::SELECT,
    tag::SUMMARY,
    tag::TABLE,
    tag::TBODY,
    tag::TD,
    tag::TFOOT,
    tag::TH,
    tag::THEAD,
    tag::TR,
    tag::UL,
    tag::XMP,
    tag::TEXTAREA,
]);
