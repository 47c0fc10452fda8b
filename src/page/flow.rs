use super::{
    doubt, region,
    region::Region,
    style::{self, Sheet},
};
use ego_tree::{NodeRef, iter::Edge};
use scraper::{Html, Node, node::Element};

/// The element around a text whose place in a browser's document is known; its `n` is the
/// text's number.
const MARK: &str = "beian-text";

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
    /// Reads the text of a page. Walks without recursion, whatever the depth.
    pub(super) fn read(html: &Html, sheet: &Sheet) -> Flow {
        let mut walk = Walk {
            flow: Flow { places: vec![Place::default()], ..Flow::default() },
            sheet,
            line: Line::default(),
            outer: Vec::new(),
            frames: vec![Frame::default()],
            blank: false,
            seam: false,
            orders: 0,
        };
        for edge in html.tree.root().traverse() {
            match edge {
                Edge::Open(node) => walk.open(node),
                Edge::Close(node) => walk.close(node),
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

struct Walk<'a> {
    flow: Flow,
    sheet: &'a Sheet,
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

impl Walk<'_> {
    fn open(&mut self, node: NodeRef<'_, Node>) {
        match node.value() {
            Node::Text(text) => self.text(text),
            Node::Element(element) => self.open_element(element),
            _ => {}
        }
    }

    fn open_element(&mut self, element: &Element) {
        let mut frame = self.frames.last().copied().unwrap_or_default();
        frame.block = is_block(element.name()) || style::is_block(element);
        frame.silent |= is_silent(element.name());
        frame.link = false;
        frame.turns_hidden = false;
        if !frame.hidden && (element.name() == "template" || self.sheet.hides(element)) {
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
    fn enter(&mut self, element: &Element, frame: &mut Frame) {
        let mut place = self.flow.places.get(frame.place).copied().unwrap_or_default();
        if element.name() == "a"
            && let Some(href) = element.attr("href")
        {
            place.link = Some(self.flow.links.len());
            let line = self.order();
            let href = href.chars().take(2_000).collect();
            self.flow.links.push(Anchor { href, line, hidden: frame.hidden });
            frame.link = true;
            self.line.borders.push(self.line.text.len());
        }
        if let Some(kind) = region::kind(element) {
            place.region = Some(self.flow.regions.len());
            let outer = self.flow.places.get(frame.place).and_then(|place| place.region);
            self.flow.regions.push(Region { kind, outer });
        }
        if matches!(element.name(), "img" | "input") {
            self.blank = true;
        }
        let turns_doubtful = !place.doubtful && doubt::is_raised_by(element, self.sheet);
        place.doubtful |= turns_doubtful;
        let is_mark = element.name() == MARK;
        if is_mark {
            place.mark = element.attr("n").and_then(|number| number.parse().ok());
        }
        if frame.link || is_mark || turns_doubtful || region::kind(element).is_some() {
            frame.place = self.flow.places.len();
            self.flow.places.push(place);
        }
    }

    fn close(&mut self, node: NodeRef<'_, Node>) {
        if !node.value().is_element() || self.frames.len() < 2 {
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
        for c in text.chars() {
            if is_space(c) {
                self.blank = true;
                continue;
            }
            self.character(c, frame.place);
        }
    }

    fn character(&mut self, c: char, place: usize) {
        let line = &mut self.line;
        if line.text.is_empty() {
            line.order = self.orders;
            self.orders += 1;
        } else {
            // Digits or letters that meet at an element border are not one word: a
            // serial and a neighbour's name would be. The grammar reads over the blank
            // where a number does go on.
            let meets = self.seam
                && c.is_ascii_alphanumeric()
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
        line.text.push(c);
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

/// White space as a browser folds it, with the blanks that people pad with.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\0'..='\u{1f}' | '\u{7f}')
}

fn is_silent(name: &str) -> bool {
    matches!(
        name,
        "head"
            | "script"
            | "style"
            | "title"
            | "noscript"
            | "iframe"
            | "noframes"
            | "noembed"
            | "textarea"
            | "select"
            | "datalist"
            | "object"
            | "video"
            | "audio"
            | "canvas"
            | "applet"
            | "desc"
            | "metadata"
    )
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "br"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "frameset"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "legend"
            | "li"
            | "main"
            | "marquee"
            | "menu"
            | "nav"
            | "ol"
            | "optgroup"
            | "option"
            | "p"
            | "plaintext"
            | "pre"
            | "search"
            | "section"
            | "select"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
            | "xmp"
            | "textarea"
    )
}
