//! A page as a visitor reads it: title, record numbers with place and link,
//! police numbers, copyright lines. Reading never fails; what is doubtful says so.

mod alike;
mod copyright;
mod decode;
mod doubt;
mod facts;
mod flow;
mod hidden;
mod hints;
mod holder;
mod line_words;
mod link;
mod look;
mod model;
mod passage;
mod passages;
mod picture;
mod region;
mod shown;
mod sieve;
mod style;
mod tree;
mod width;
mod words;

pub use alike::reads_alike;
pub use decode::{Decoded, decode};
pub use link::link_class;
pub use model::{
    Copyright, HiddenLink, Kind, Link, MetaRefresh, Page, Pictured, PoliceLink, ShownNumber,
    ShownPolice, Varies, Zone,
};

pub use passage::{Passage, Passages, together};
pub use shown::{MARKED, Mark};

use facts::Facts;
use flow::Flow;
use hidden::HiddenLinks;
use hints::Hints;
use look::Looks;
use region::Zones;
use style::Sheet;
use tree::{DOCUMENT, Step, Tree};
use url::Url;

/// Visible characters under which a page's whole text is kept.
const EXCERPT: u32 = 2_000;
/// Visible characters under which a page with scripts may be nothing but a shell.
const SHELL: u32 = 200;

/// What is known of a page besides its bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// The `Content-Type` header, where there was one.
    pub content_type: Option<&'a str>,
    /// The address of the page, for relative links.
    pub url: Option<&'a Url>,
    /// Whether the body was cut at the cap: then it has no foot.
    pub cut: bool,
}

/// Reads a page from the bytes of its body.
pub fn read(body: &[u8], context: Context<'_>) -> Page {
    read_either(body, context, false).0
}

/// The same, with the marked texts (`<beian-text n="7">`) that hold each of its record
/// numbers, in their order: so a browser's document is told where the numbers stand. The marks
/// of the first [`MARKED`] numbers are told.
pub fn read_marked(body: &[u8], context: Context<'_>) -> (Page, Vec<Vec<Mark>>) {
    read_either(body, context, true)
}

fn read_either(body: &[u8], context: Context<'_>, is_marked: bool) -> (Page, Vec<Vec<Mark>>) {
    let (text, charset) = decode::read(body, context.content_type);
    model(&tree::parse(text), charset, context, is_marked)
}

/// The same by html5ever alone, whatever the page holds: what a faster way is held against.
#[doc(hidden)]
pub fn read_plainly(body: &[u8], context: Context<'_>) -> Page {
    let Decoded { text, charset } = decode(body, context.content_type);
    model(&tree::parse_plainly(text), charset, context, false).0
}

/// Whether a page holds what is left to html5ever.
#[doc(hidden)]
pub fn is_beyond(body: &[u8]) -> bool {
    tree::is_beyond(decode(body, None).text)
}

/// Where the two ways to a tree come to different ones.
#[doc(hidden)]
pub fn tree_difference(body: &[u8]) -> Option<String> {
    tree::difference(&decode(body, None).text)
}

fn model(
    tree: &Tree,
    charset: &str,
    context: Context<'_>,
    is_marked: bool,
) -> (Page, Vec<Vec<Mark>>) {
    let facts = Facts::read(tree);
    let base = base_of(&facts, context.url);
    let (flow, hidden) = walk(tree, &facts.sheet, base.as_ref(), is_marked);
    let zones = Zones::new(&flow);
    let numbers = shown::record_numbers(&flow, &zones, base.as_ref());
    let mut page = Page {
        charset: charset.to_owned(),
        record_numbers: numbers.shown,
        pictured: picture::pictured(tree),
        police_numbers: shown::police_numbers(&flow, base.as_ref()),
        copyright: copyright::copyright_lines(&flow, &zones),
        passages: passages::passages(&flow, &zones, base.as_ref()),
        text_length: text_length(&flow),
        cut: context.cut || !tree.whole || numbers.cut,
        ..Page::default()
    };
    page.cut |= page.police_numbers.len() >= shown::NUMBERS;
    if page.text_length < EXCERPT {
        page.excerpt = visible_text(&flow);
    }
    page.number_in_script = facts.number_in_script && page.record_numbers.is_empty();
    page.needs_rendering = needs_rendering(&page, &facts);
    page.title = facts.title;
    page.title_by_script = facts.title_by_script;
    page.leaves_by_script = facts.leaves_by_script;
    page.scripted = facts.has_script;
    page.frames = facts.frames;
    page.scripts = facts.scripts;
    page.meta_refresh = facts.refresh;
    let hints = Hints::read(tree);
    page.varies = hints.varies;
    page.pictures = hints.pictures;
    page.login = hints.login;
    page.hidden_links = hidden.links;
    page.hidden_domains = hidden.domains;
    (page, numbers.marks)
}

/// Goes through a page once, for its text and for the links in what is hidden.
fn walk<'t>(
    tree: &'t Tree,
    sheet: &'t Sheet,
    base: Option<&Url>,
    is_marked: bool,
) -> (Flow<'t>, HiddenLinks) {
    let mut looks = Looks::new(sheet);
    let mut flow = flow::Reader::new(tree.length(), is_marked);
    let mut hidden = hidden::Reader::new(base);
    for step in tree.walk(DOCUMENT) {
        match step {
            Step::Open(element) => {
                let look = looks.of(element);
                flow.open(element, look);
                hidden.open(element, look);
            }
            Step::Text(text) => flow.text(text),
            Step::Close => {
                flow.close();
                hidden.close();
            }
        }
    }
    (flow.finish(), hidden.finish())
}

/// What relative links go by: the base element, itself relative to the page's address.
fn base_of(facts: &Facts, url: Option<&Url>) -> Option<Url> {
    let base = facts.base.as_deref().and_then(|base| match url {
        Some(url) => url.join(base).ok(),
        None => Url::parse(base).ok(),
    });
    base.filter(|base| !base.cannot_be_a_base()).or_else(|| url.cloned())
}

/// Whether a browser may show a number that the markup as served does not hold.
fn needs_rendering(page: &Page, facts: &Facts) -> bool {
    // One in an article says nothing of the foot.
    let shows_number =
        page.record_numbers.iter().any(|number| number.visible && number.zone == Zone::Footer);
    if shows_number {
        return false;
    }
    let is_shell = page.text_length < SHELL && (facts.has_script || !facts.frames.is_empty());
    // A foot that stands in the markup is not made by script.
    let is_filled = facts.has_script && facts.empty_mount && page.copyright.is_empty();
    page.number_in_script || is_shell || is_filled || facts.foot_script
}

fn text_length(flow: &Flow<'_>) -> u32 {
    let visible = flow.lines().filter(|line| !line.hidden);
    // All white space of a line is folded to blanks.
    let first_bytes = |part: &[u8]| -> u8 {
        part.iter().map(|b| u8::from((*b != b' ') & (*b & 0xc0 != 0x80))).sum()
    };
    // As bytes, so that many are counted at a time.
    let parts = visible.flat_map(|line| line.text.as_bytes().chunks(usize::from(u8::MAX)));
    let length: usize = parts.map(|part| usize::from(first_bytes(part))).sum();
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn visible_text(flow: &Flow<'_>) -> String {
    let lines: Vec<&str> = flow.lines().filter(|line| !line.hidden).map(|line| line.text).collect();
    lines.join("\n")
}
