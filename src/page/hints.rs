//! What hints that a page is not the same for everybody, or has no text for anybody:
//! scripts that look at the visitor, pages announced for phones, pictures, login forms.

use super::Varies;
use ego_tree::NodeRef;
use scraper::{Html, Node, node::Element};

/// Names by which scripts know search engines and their crawlers.
const ENGINES: [&str; 7] = ["baidu", "sogou", "haosou", "so.com", "360spider", "yisou", "google"];
/// The same of crawlers alone.
const SPIDERS: [&str; 7] = [
    "baiduspider",
    "sogou web spider",
    "360spider",
    "yisouspider",
    "bytespider",
    "googlebot",
    "bingbot",
];

/// What the elements of a page hint at.
#[derive(Default)]
pub(super) struct Hints {
    pub(super) varies: Vec<Varies>,
    pub(super) pictures: u32,
    pub(super) login: bool,
}

impl Hints {
    pub(super) fn read(html: &Html) -> Hints {
        let mut hints = Hints::default();
        for node in html.tree.nodes() {
            if let (Node::Element(element), true) = (node.value(), node.parent().is_some()) {
                hints.note(node, element);
            }
        }
        hints.varies.sort_unstable();
        hints.varies.dedup();
        hints
    }

    fn note(&mut self, node: NodeRef<'_, Node>, element: &Element) {
        let is = |attribute: &str, value: &str| {
            element.attr(attribute).is_some_and(|v| v.trim().eq_ignore_ascii_case(value))
        };
        match element.name() {
            "meta" if is("name", "mobile-agent") || is("http-equiv", "mobile-agent") => {
                self.varies.push(Varies::PhonePage);
            }
            // `pc,mobile` says that one page serves both.
            "meta" if is("name", "applicable-device") => {
                let devices = element.attr("content").unwrap_or_default().to_ascii_lowercase();
                if devices.contains("pc") != devices.contains("mobile") {
                    self.varies.push(Varies::PhonePage);
                }
            }
            "link" if is("rel", "alternate") && element.attr("media").is_some() => {
                self.varies.push(Varies::PhonePage);
            }
            "script" if element.attr("src").is_none() => self.note_script(node),
            "img" | "svg" | "video" | "canvas" | "object" | "embed" | "picture" => self.draw(),
            "input" if is("type", "password") => self.login = true,
            "style" if text_of(node).contains("url(") => self.draw(),
            _ if element.attr("background").is_some() => self.draw(),
            _ if element.attr("style").is_some_and(|style| style.contains("url(")) => self.draw(),
            _ => {}
        }
    }

    fn draw(&mut self) {
        self.pictures = self.pictures.saturating_add(1);
    }

    /// Looking at the visitor's browser or where they came from is common (statistics do);
    /// it counts together with what a script would do about it.
    fn note_script(&mut self, node: NodeRef<'_, Node>) {
        let text = text_of(node).to_ascii_lowercase();
        let moves = text.contains("location") || text.contains("document.write");
        if moves && text.contains("navigator.useragent") {
            self.varies.push(Varies::DeviceScript);
        }
        let asks_referrer = text.contains("document.referrer");
        if moves && asks_referrer && ENGINES.iter().any(|engine| text.contains(engine)) {
            self.varies.push(Varies::ReferrerScript);
        }
        if SPIDERS.iter().any(|spider| text.contains(spider)) {
            self.varies.push(Varies::SpiderScript);
        }
    }
}

fn text_of(node: NodeRef<'_, Node>) -> String {
    let parts = node.children().filter_map(|child| match child.value() {
        Node::Text(part) => Some(&**part),
        _ => None,
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn varies(html: &str) -> Vec<Varies> {
        Hints::read(&Html::parse_document(html)).varies
    }

    #[test]
    fn a_page_of_its_own_for_phones_is_announced_in_the_head() {
        for head in [
            "<meta name=mobile-agent content='format=html5;url=https://m.site.example/'>",
            "<meta http-equiv=mobile-agent content='format=xhtml;url=https://m.site.example/'>",
            "<meta name=applicable-device content=pc>",
            "<link rel=alternate media='only screen and (max-width:640px)' href=/m/>",
        ] {
            assert_eq!(varies(head), [Varies::PhonePage], "{head}");
        }
        for head in [
            "<meta name=applicable-device content='pc,mobile'>",
            "<meta name=viewport content='width=device-width'>",
            "<link rel=alternate hreflang=en href=/en/>",
            "<link rel=stylesheet media=print href=/print.css>",
        ] {
            assert_eq!(varies(head), [], "{head}");
        }
    }

    #[test]
    fn a_script_counts_where_it_could_act_on_what_it_looks_at() {
        let script = |text: &str| varies(&format!("<script>{text}</script>"));
        assert_eq!(
            script("if(/iPhone/.test(navigator.userAgent)){location.href='/m/'}"),
            [Varies::DeviceScript]
        );
        assert_eq!(
            script("if(document.referrer.indexOf('baidu')>0){window.location='//x.example/'}"),
            [Varies::ReferrerScript]
        );
        assert_eq!(script("var s='Baiduspider|Sogou web spider'"), [Varies::SpiderScript]);
        assert_eq!(script("var old=/MSIE/.test(navigator.userAgent)"), []);
        assert_eq!(script("send(document.referrer)"), []);
        assert_eq!(varies("<script src=/ua.js></script>"), []);
    }

    #[test]
    fn pictures_and_password_fields_are_counted() {
        let hints = Hints::read(&Html::parse_document(
            "<img src=a.png><div style='background:url(b.png)'></div><input type=Password>",
        ));
        assert_eq!((hints.pictures, hints.login), (2, true));
        let hints = Hints::read(&Html::parse_document("<p>文字</p><input type=text>"));
        assert_eq!((hints.pictures, hints.login), (0, false));
    }
}
