//! A page as a visitor reads it: title, record numbers with place and link,
//! police numbers, copyright lines. Reading never fails; what is doubtful says so.

mod copyright;
mod decode;
mod doubt;
mod facts;
mod flow;
mod hidden;
mod hints;
mod holder;
mod link;
mod model;
mod parse;
mod passages;
mod picture;
mod region;
mod shown;
mod style;
mod tame;
mod words;

pub use decode::{Decoded, decode};
pub use link::link_class;
pub use model::{
    Copyright, HiddenLink, Kind, Link, MetaRefresh, Page, Passage, Pictured, PoliceLink,
    ShownNumber, ShownPolice, Varies, Zone,
};

pub use shown::Mark;

use facts::Facts;
use flow::Flow;
use hidden::HiddenLinks;
use hints::Hints;
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
    read_marked(body, context).0
}

/// The same, with the marked texts (`<beian-text n="7">`) that hold each of its record
/// numbers, in their order: so a browser's document is told where the numbers stand.
pub fn read_marked(body: &[u8], context: Context<'_>) -> (Page, Vec<Vec<Mark>>) {
    let Decoded { text, charset } = decode(body, context.content_type);
    let tree = parse::parse(&text);
    drop(text);
    let facts = Facts::read(&tree.html);
    let flow = Flow::read(&tree.html, &facts.sheet);
    let base = base_of(&facts, context.url);
    let (record_numbers, marks) = shown::record_numbers(&flow, base.as_ref());
    let mut page = Page {
        charset: charset.to_owned(),
        record_numbers,
        pictured: picture::pictured(&tree.html),
        police_numbers: shown::police_numbers(&flow, base.as_ref()),
        copyright: copyright::copyright_lines(&flow),
        passages: passages::passages(&flow, base.as_ref()),
        text_length: text_length(&flow),
        cut: context.cut || !tree.whole,
        ..Page::default()
    };
    if page.text_length < EXCERPT {
        page.excerpt = visible_text(&flow);
    }
    page.number_in_script = facts.number_in_script && page.record_numbers.is_empty();
    page.needs_rendering = needs_rendering(&page, &facts);
    page.title = facts.title;
    page.title_by_script = facts.title_by_script;
    page.leaves_by_script = facts.leaves_by_script;
    page.frames = facts.frames;
    page.scripts = facts.scripts;
    page.meta_refresh = facts.refresh;
    let hints = Hints::read(&tree.html);
    page.varies = hints.varies;
    page.pictures = hints.pictures;
    page.login = hints.login;
    let hidden = HiddenLinks::read(&tree.html, &facts.sheet, base.as_ref());
    page.hidden_links = hidden.links;
    page.hidden_domains = hidden.domains;
    (page, marks)
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

fn text_length(flow: &Flow) -> u32 {
    let visible = flow.lines.iter().filter(|line| !line.hidden);
    let length: usize =
        visible.map(|line| line.text.chars().filter(|c| !c.is_whitespace()).count()).sum();
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn visible_text(flow: &Flow) -> String {
    let lines: Vec<&str> =
        flow.lines.iter().filter(|line| !line.hidden).map(|line| line.text.as_str()).collect();
    lines.join("\n")
}
