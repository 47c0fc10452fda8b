//! Links to other sites in markup that hides them: what an intruder leaves for search
//! engines on a page of somebody else's.

use super::{
    HiddenLink,
    facts::fold_space,
    look::Look,
    style::lower,
    tree::{Attr, Element, Inside, tag},
};
use std::collections::BTreeSet;
use url::{Host, Url};

/// Links that are kept.
const KEPT: usize = 16;
/// Domains that are told apart.
const DOMAINS: usize = 1_000;
/// Characters of a link's text.
const TEXT: usize = 60;
/// Elements of a link that are looked into.
const PARTS: usize = 200;
/// Bytes of a link's text, before its white space is folded.
const LONG: usize = 10_000;
/// Pixels under which a box shows nothing.
const TINY: f64 = 2.0;
/// How far off a box has to be to be out of sight.
const FAR: f64 = -200.0;

/// The hidden links of a page.
#[derive(Default)]
pub(super) struct HiddenLinks {
    /// One a registrable domain, those first that are hidden as no menu is.
    pub(super) links: Vec<HiddenLink>,
    /// How many domains of others they lead to.
    pub(super) domains: u32,
}

/// How an open element and what lies around it are hidden.
#[derive(Clone, Copy, Default)]
struct Cover {
    hidden: bool,
    oddly: bool,
}

/// Reads the hidden links of a page, an element after the other. `base` is what relative links
/// go by; without it only what names a host is known to lead elsewhere.
pub(super) struct Reader<'b> {
    base: Option<&'b Url>,
    /// What the page's own host is registered under.
    own: Option<String>,
    covers: Vec<Cover>,
    seen: BTreeSet<String>,
    links: Vec<HiddenLink>,
}

impl<'b> Reader<'b> {
    pub(super) fn new(base: Option<&'b Url>) -> Reader<'b> {
        let own = base.and_then(Url::host_str).map(registrable);
        let covers = vec![Cover::default()];
        Reader { base, own, covers, seen: BTreeSet::new(), links: Vec::new() }
    }

    pub(super) fn open(&mut self, element: Element<'_>, look: Look) {
        let outer = self.covers.last().copied().unwrap_or_default();
        let oddly = outer.oddly || look.hides_oddly;
        let hidden = oddly || outer.hidden || look.hides;
        self.covers.push(Cover { hidden, oddly });
        if !hidden || element.name() != tag::A || self.seen.len() >= DOMAINS {
            return;
        }
        let Some(link) = link(element, self.base, oddly) else { return };
        let domain = registrable(&link.host);
        if self.own.as_ref() != Some(&domain) && self.seen.insert(domain) {
            self.links.push(link);
        }
    }

    pub(super) fn close(&mut self) {
        if self.covers.len() > 1 {
            self.covers.pop();
        }
    }

    pub(super) fn finish(mut self) -> HiddenLinks {
        self.links.sort_by_key(|link| !link.oddly);
        self.links.truncate(KEPT);
        let domains = u32::try_from(self.seen.len()).unwrap_or(u32::MAX);
        HiddenLinks { links: self.links, domains }
    }
}

/// A link with a text, to a host that has a name.
fn link(element: Element<'_>, base: Option<&Url>, oddly: bool) -> Option<HiddenLink> {
    let href = element.attr(Attr::Href).filter(|href| href.len() <= 2_000)?.trim();
    let url = match base {
        Some(base) => base.join(href).ok()?,
        None => Url::parse(href).ok()?,
    };
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let Host::Domain(host) = url.host()? else { return None };
    let mut text = String::new();
    let mut parts = 0;
    for inside in element.inside() {
        match inside {
            Inside::Text(part) => text.push_str(part),
            Inside::Element(_) => parts += 1,
        }
        if parts > PARTS || text.len() > LONG {
            break;
        }
    }
    let text = fold_space(&text, TEXT);
    let host = host.trim_end_matches('.').chars().take(253).collect();
    (!text.is_empty()).then_some(HiddenLink { text, host, oddly })
}

fn registrable(host: &str) -> String {
    psl::domain_str(host).unwrap_or(host).to_owned()
}

/// Whether a box with running text shows nothing of it.
pub(super) fn is_tiny(marquee: Element<'_>) -> bool {
    let is_tiny = |name| marquee.attr(name).and_then(number).is_some_and(|n| n <= TINY);
    is_tiny(Attr::Width) || is_tiny(Attr::Height)
}

/// Whether a style hides what an element holds as no menu, tab or dialog does: a box without a
/// size, far off the page, or text without a height.
pub(super) fn is_odd(style: &str) -> bool {
    let (mut lifted, mut far, mut tiny, mut clips) = (false, false, false, false);
    for declaration in style.split(';').take(100) {
        let Some((name, value)) = declaration.split_once(':') else { continue };
        let value = lower(value.trim());
        let size = || number(&value);
        match &*lower(name.trim()) {
            "position" => lifted |= value.starts_with("absolute") || value.starts_with("fixed"),
            "left" | "top" | "right" | "bottom" | "margin-left" | "margin-top" => {
                far |= size().is_some_and(|n| n <= FAR);
            }
            "width" | "height" | "max-height" | "max-width" => {
                tiny |= size().is_some_and(|n| n <= TINY) && !value.ends_with(['%', 'm', 'w', 'h']);
            }
            "overflow" => clips |= value.starts_with("hidden"),
            "font-size" if size() == Some(0.0) => return true,
            _ => {}
        }
    }
    (lifted && far) || (tiny && clips)
}

/// The number at the head of a value, whatever its unit.
fn number(value: &str) -> Option<f64> {
    let value = value.trim();
    let end = value.find(|c: char| !(c.is_ascii_digit() || c == '-' || c == '.'));
    value.get(..end.unwrap_or(value.len()))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{
        look::Looks,
        style::Sheet,
        tree::{self, DOCUMENT, Step},
    };

    fn read(html: &str) -> HiddenLinks {
        let base = Url::parse("https://www.site.example/").unwrap();
        let (tree, sheet) = (tree::parse(html.to_owned()), Sheet::default());
        let (mut looks, mut reader) = (Looks::new(&sheet), Reader::new(Some(&base)));
        for step in tree.walk(DOCUMENT) {
            match step {
                Step::Open(element) => reader.open(element, looks.of(element)),
                Step::Close => reader.close(),
                Step::Text(_) => {}
            }
        }
        reader.finish()
    }

    #[test]
    fn links_to_others_in_hidden_markup_are_kept_once_a_domain() {
        let links = read(
            "<div style='display:none'><a href='https://a.other.example/'>甲</a>\
             <a href='https://b.other.example/'>乙</a><a href=/own>自己</a>\
             <a href='//m.site.example/'>手机版</a><a href='javascript:x()'>关闭</a></div>\
             <a href='https://seen.example/'>看得见</a>",
        );
        assert_eq!(links.domains, 1);
        assert_eq!(
            links.links,
            [HiddenLink {
                text: "甲".to_owned(),
                host: "a.other.example".to_owned(),
                oddly: false
            }]
        );
    }

    #[test]
    fn what_has_no_size_or_lies_far_off_is_odd_and_a_menu_is_not() {
        let odd = |style: &str| {
            let page = format!("<div style='{style}'><p><a href='//x.example/'>甲</a></p></div>");
            read(&page).links.first().map(|link| link.oddly)
        };
        for style in [
            "position:absolute;left:-9999px",
            "POSITION: fixed; top: -500px",
            "height:1px;overflow:hidden",
            "width:0;height:0;overflow:hidden",
            "font-size:0",
        ] {
            assert_eq!(odd(style), Some(true), "{style}");
        }
        assert_eq!(odd("display:none"), Some(false));
        for style in ["height:1em;overflow:hidden", "left:-9999px", "width:1%;overflow:hidden", ""]
        {
            assert_eq!(odd(style), None, "{style}");
        }
        assert!(read("<marquee height=1><a href='//x.example/'>甲</a></marquee>").links[0].oddly);
        assert!(
            read("<marquee height=30><a href='//x.example/'>甲</a></marquee>").links.is_empty()
        );
    }

    #[test]
    fn many_links_are_counted_and_the_oddly_hidden_kept_first() {
        let plain: String = (0..40).map(|n| format!("<a href='//n{n}.example/'>{n}</a>")).collect();
        let page = format!(
            "<div style='display:none'>{plain}</div><p style='font-size:0'><a href='//odd.example/'>x</a></p>"
        );
        let links = read(&page);
        assert_eq!((links.domains, links.links.len()), (41, KEPT));
        assert_eq!(links.links[0].host, "odd.example");
    }
}
