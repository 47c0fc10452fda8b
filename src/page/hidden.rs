//! Links to other sites in markup that hides them: what an intruder leaves for search
//! engines on a page of somebody else's.

use super::{HiddenLink, facts::fold_space, style::Sheet};
use ego_tree::{NodeRef, iter::Edge};
use scraper::{Html, Node, node::Element};
use std::collections::BTreeSet;
use url::{Host, Url};

/// Links that are kept.
const KEPT: usize = 16;
/// Domains that are told apart.
const DOMAINS: usize = 1_000;
/// Characters of a link's text.
const TEXT: usize = 60;
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

impl HiddenLinks {
    /// Reads them, without recursion, whatever the depth. `base` is what relative links go by;
    /// without it only what names a host is known to lead elsewhere.
    pub(super) fn read(html: &Html, sheet: &Sheet, base: Option<&Url>) -> HiddenLinks {
        let own = base.and_then(Url::host_str).map(registrable);
        let mut covers = vec![Cover::default()];
        let mut seen = BTreeSet::new();
        let mut links: Vec<HiddenLink> = Vec::new();
        for edge in html.tree.root().traverse() {
            match edge {
                Edge::Open(node) => {
                    let Node::Element(element) = node.value() else { continue };
                    let outer = covers.last().copied().unwrap_or_default();
                    let oddly = outer.oddly || is_odd(element);
                    let hidden = oddly || outer.hidden || sheet.hides(element);
                    covers.push(Cover { hidden, oddly });
                    if !hidden || element.name() != "a" || seen.len() >= DOMAINS {
                        continue;
                    }
                    let Some(link) = link(node, element, base, oddly) else { continue };
                    let domain = registrable(&link.host);
                    if own.as_ref() != Some(&domain) && seen.insert(domain) {
                        links.push(link);
                    }
                }
                Edge::Close(node) if node.value().is_element() && covers.len() > 1 => {
                    covers.pop();
                }
                Edge::Close(_) => {}
            }
        }
        links.sort_by_key(|link| !link.oddly);
        links.truncate(KEPT);
        HiddenLinks { links, domains: u32::try_from(seen.len()).unwrap_or(u32::MAX) }
    }
}

/// A link with a text, to a host that has a name.
fn link(
    node: NodeRef<'_, Node>,
    element: &Element,
    base: Option<&Url>,
    oddly: bool,
) -> Option<HiddenLink> {
    let href = element.attr("href").filter(|href| href.len() <= 2_000)?.trim();
    let url = match base {
        Some(base) => base.join(href).ok()?,
        None => Url::parse(href).ok()?,
    };
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let Host::Domain(host) = url.host()? else { return None };
    let mut text = String::new();
    for inside in node.descendants().take(200) {
        if let Node::Text(part) = inside.value() {
            text.push_str(part);
        }
    }
    let text = fold_space(&text, TEXT);
    let host = host.trim_end_matches('.').chars().take(253).collect();
    (!text.is_empty()).then_some(HiddenLink { text, host, oddly })
}

fn registrable(host: &str) -> String {
    psl::domain_str(host).unwrap_or(host).to_owned()
}

/// Whether an element hides what it holds as no menu, tab or dialog does: a box without a
/// size, far off the page, or text without a height.
fn is_odd(element: &Element) -> bool {
    if element.name() == "marquee" {
        let is_tiny = |name| element.attr(name).and_then(number).is_some_and(|n| n <= TINY);
        return is_tiny("width") || is_tiny("height");
    }
    let Some(style) = element.attr("style") else { return false };
    let (mut lifted, mut far, mut tiny, mut clips) = (false, false, false, false);
    for declaration in style.split(';').take(100) {
        let Some((name, value)) = declaration.split_once(':') else { continue };
        let value = value.trim().to_ascii_lowercase();
        let size = number(&value);
        match name.trim().to_ascii_lowercase().as_str() {
            "position" => lifted |= value.starts_with("absolute") || value.starts_with("fixed"),
            "left" | "top" | "right" | "bottom" | "margin-left" | "margin-top" => {
                far |= size.is_some_and(|n| n <= FAR);
            }
            "width" | "height" | "max-height" | "max-width" => {
                tiny |= size.is_some_and(|n| n <= TINY) && !value.ends_with(['%', 'm', 'w', 'h']);
            }
            "overflow" => clips |= value.starts_with("hidden"),
            "font-size" if size == Some(0.0) => return true,
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

    fn read(html: &str) -> HiddenLinks {
        let base = Url::parse("https://www.site.example/").unwrap();
        HiddenLinks::read(&Html::parse_document(html), &Sheet::default(), Some(&base))
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
