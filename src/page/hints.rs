//! What hints that a page is not the same for everybody, or has no text for anybody:
//! scripts that look at the visitor, pages announced for phones, pictures, login forms.

use super::{
    Varies,
    tree::{Attr, Element, Tree, tag},
};
use memchr::memmem;

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
    pub(super) fn read(tree: &Tree) -> Hints {
        let mut hints = Hints::default();
        tree.elements().for_each(|element| hints.note(element));
        hints.varies.sort_unstable();
        hints.varies.dedup();
        hints
    }

    fn note(&mut self, element: Element<'_>) {
        let is = |attribute: Attr, value: &str| {
            element.attr(attribute).is_some_and(|v| v.trim().eq_ignore_ascii_case(value))
        };
        match element.name() {
            tag::META if is(Attr::Name, "mobile-agent") || is(Attr::HttpEquiv, "mobile-agent") => {
                self.varies.push(Varies::PhonePage);
            }
            // `pc,mobile` says that one page serves both.
            tag::META if is(Attr::Name, "applicable-device") => {
                let devices = element.attr(Attr::Content).unwrap_or_default().to_ascii_lowercase();
                if devices.contains("pc") != devices.contains("mobile") {
                    self.varies.push(Varies::PhonePage);
                }
            }
            tag::LINK if is(Attr::Rel, "alternate") && element.attr(Attr::Media).is_some() => {
                self.varies.push(Varies::PhonePage);
            }
            tag::SCRIPT if element.attr(Attr::Src).is_none() => self.note_script(element),
            tag::IMG
            | tag::SVG
            | tag::VIDEO
            | tag::CANVAS
            | tag::OBJECT
            | tag::EMBED
            | tag::PICTURE => self.draw(),
            tag::INPUT if is(Attr::Type, "password") => self.login = true,
            tag::STYLE if element.text().contains("url(") => self.draw(),
            _ if element.attr(Attr::Background).is_some() => self.draw(),
            _ if element.attr(Attr::Style).is_some_and(|style| style.contains("url(")) => {
                self.draw()
            }
            _ => {}
        }
    }

    fn draw(&mut self) {
        self.pictures = self.pictures.saturating_add(1);
    }

    /// Looking at the visitor's browser or where they came from is common (statistics do);
    /// it counts together with what a script would do about it.
    fn note_script(&mut self, element: Element<'_>) {
        let text = element.text().to_ascii_lowercase();
        let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
        let (asks_browser, asks_referrer) = (has("navigator.useragent"), has("document.referrer"));
        let moves = || has("location") || has("document.write");
        if asks_browser && moves() {
            self.varies.push(Varies::DeviceScript);
        }
        if asks_referrer && ENGINES.iter().any(|engine| has(engine)) && moves() {
            self.varies.push(Varies::ReferrerScript);
        }
        // All their names end alike.
        if (has("spider") || has("bot")) && SPIDERS.iter().any(|spider| has(spider)) {
            self.varies.push(Varies::SpiderScript);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn varies(html: &str) -> Vec<Varies> {
        Hints::read(&crate::page::tree::parse(html.to_owned())).varies
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
        let hints = Hints::read(&crate::page::tree::parse(String::from(
            "<img src=a.png><div style='background:url(b.png)'></div><input type=Password>",
        )));
        assert_eq!((hints.pictures, hints.login), (2, true));
        let hints =
            Hints::read(&crate::page::tree::parse(String::from("<p>文字</p><input type=text>")));
        assert_eq!((hints.pictures, hints.login), (0, false));
    }
}
