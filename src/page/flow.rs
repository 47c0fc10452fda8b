use super::{
    doubt, region,
    region::{Region, RegionKind},
    style::{self, Sheet},
    tree::{Attr, DOCUMENT, Element, Name, Set, Step, Tree, tag},
};
use std::collections::HashMap;

/// The element around a text whose place in a browser's document is known; its `n` is the
/// text's number.
const MARK: Name = tag::BEIAN_TEXT;

/// A page as lines of text in reading order, with what is needed to tell of every part
/// of a line which link and which region it stands in. The tree is not needed any more.
#[derive(Default)]
pub(super) struct Flow {
    pub(super) lines: Vec<Line>,
    /// The links, in page order.
    pub(super) links: Vec<Anchor>,
    /// Where text stands; runs point here.
    pub(super) places: Vec<Place>,
    pub(super) regions: Vec<Region>,
}

/// A line: what stands between two block borders, white space folded.
#[derive(Default)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) runs: Vec<Run>,
    /// Byte offsets at which a link begins or ends.
    pub(super) borders: Vec<usize>,
    /// Hidden by the markup.
    pub(super) hidden: bool,
    /// The order in which lines begin; neighbours differ by one.
    pub(super) order: usize,
}

/// A part of a line that stands in one place.
pub(super) struct Run {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) place: usize,
}

/// What the elements around a text amount to.
#[derive(Clone, Copy, Default)]
pub(super) struct Place {
    /// Index of the link it stands in.
    pub(super) link: Option<usize>,
    /// Index of the innermost region it stands in.
    pub(super) region: Option<usize>,
    /// What the markup says raises doubt whether it is seen.
    pub(super) doubtful: bool,
    /// The number of the marked text it is.
    pub(super) mark: Option<u32>,
}

/// A link element with a target.
pub(super) struct Anchor {
    pub(super) href: String,
    /// The order of the line that it begins in.
    pub(super) line: usize,
    pub(super) hidden: bool,
}

impl Flow {
    /// Reads the text of a page. Walks without recursion, whatever the depth. Marks count only
    /// where we have set them: a page may know their name.
    pub(super) fn read(tree: &Tree, sheet: &Sheet, is_marked: bool) -> Flow {
        let mut walk = Walk {
            flow: Flow { places: vec![Place::default()], ..Flow::default() },
            sheet,
            is_marked,
            kinds: HashMap::new(),
            line: Line::default(),
            outer: Vec::new(),
            frames: vec![Frame::default()],
            blank: false,
            seam: false,
            orders: 0,
        };
        for step in tree.walk(DOCUMENT) {
            match step {
                Step::Open(element) => walk.open(element),
                Step::Text(text) => walk.text(text),
                Step::Close => walk.close(),
            }
        }
        walk.end_line();
        let mut flow = walk.flow;
        flow.lines.sort_by_key(|line| line.order);
        flow
    }
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

struct Walk<'t> {
    flow: Flow,
    sheet: &'t Sheet,
    is_marked: bool,
    /// What elements of a class and no id are.
    kinds: HashMap<&'t str, Option<RegionKind>>,
    line: Line,
    /// Lines that go on after the hidden element which interrupts them.
    outer: Vec<Line>,
    frames: Vec<Frame>,
    /// White space has been seen since the last character.
    blank: bool,
    /// An element border has been seen since the last character.
    seam: bool,
    orders: usize,
}

impl<'t> Walk<'t> {
    fn open(&mut self, element: Element<'t>) {
        let mut frame = self.frames.last().copied().unwrap_or_default();
        frame.block = BLOCKS.has(element.name()) || style::is_block(element);
        frame.silent |= SILENT.has(element.name());
        frame.link = false;
        frame.turns_hidden = false;
        if !frame.hidden && (element.name() == tag::TEMPLATE || self.sheet.hides(element)) {
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
            self.enter(element, &mut frame);
        }
        self.frames.push(frame);
    }

    /// Notes the link or the region that begins with an element.
    fn enter(&mut self, element: Element<'t>, frame: &mut Frame) {
        let mut place = self.flow.places.get(frame.place).copied().unwrap_or_default();
        if element.name() == tag::A
            && let Some(href) = element.attr(Attr::Href)
        {
            place.link = Some(self.flow.links.len());
            let line = self.order();
            let href = href.chars().take(2_000).collect();
            self.flow.links.push(Anchor { href, line, hidden: frame.hidden });
            frame.link = true;
            self.line.borders.push(self.line.text.len());
        }
        let kind = self.kind(element);
        if let Some(kind) = kind {
            place.region = Some(self.flow.regions.len());
            let outer = self.flow.places.get(frame.place).and_then(|place| place.region);
            self.flow.regions.push(Region { kind, outer });
        }
        if matches!(element.name(), tag::IMG | tag::INPUT) {
            self.blank = true;
        }
        let turns_doubtful = !place.doubtful && doubt::is_raised_by(element, self.sheet);
        place.doubtful |= turns_doubtful;
        let is_mark = self.is_marked && element.name() == MARK;
        if is_mark {
            place.mark = element.attr(Attr::N).and_then(|number| number.parse().ok());
        }
        if frame.link || is_mark || turns_doubtful || kind.is_some() {
            frame.place = self.flow.places.len();
            self.flow.places.push(place);
        }
    }

    /// What an element says it holds; nearly all classes stand on many elements.
    fn kind(&mut self, element: Element<'t>) -> Option<RegionKind> {
        if element.attr(Attr::Id).is_some() || !region::goes_by_names(element) {
            return region::kind(element);
        }
        let class = element.attr(Attr::Class)?;
        *self.kinds.entry(class).or_insert_with(|| region::kind(element))
    }

    fn close(&mut self) {
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

    fn text(&mut self, text: &str) {
        let frame = self.frames.last().copied().unwrap_or_default();
        if frame.silent {
            return;
        }
        let mut rest = text;
        loop {
            let word = rest.trim_start_matches(is_space);
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
        let hidden = self.line.hidden;
        let line = std::mem::take(&mut self.line);
        self.line.hidden = hidden;
        if !line.text.is_empty() {
            self.flow.lines.push(line);
        }
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
