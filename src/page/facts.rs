//! What a page says in elements that show no text of the page: title, scripts, frames.

use super::{
    MetaRefresh,
    style::Sheet,
    tree::{Attr, Element, Inside, Tree, tag},
};
use crate::record::find;
use memchr::memmem;
use std::borrow::Cow;

const FRAMES: usize = 16;
const SCRIPTS: usize = 64;
/// Characters of a title or a target that are kept.
const TEXT: usize = 2_000;

/// What the elements of a page say besides its text.
#[derive(Default)]
pub(super) struct Facts {
    pub(super) title: Option<String>,
    /// A script's text assigns `document.title`.
    pub(super) title_by_script: bool,
    /// A script's text assigns `location`.
    pub(super) leaves_by_script: bool,
    /// The target of the first base element.
    pub(super) base: Option<String>,
    pub(super) refresh: Option<MetaRefresh>,
    pub(super) frames: Vec<String>,
    pub(super) scripts: Vec<String>,
    pub(super) sheet: Sheet,
    /// A script's text holds a record number.
    pub(super) number_in_script: bool,
    pub(super) has_script: bool,
    /// An element that scripts fill is empty: the root of an application, the foot.
    pub(super) empty_mount: bool,
    /// A script's name or text says that it writes the foot.
    pub(super) foot_script: bool,
}

impl Facts {
    pub(super) fn read(tree: &Tree) -> Facts {
        let mut facts = Facts::default();
        tree.elements().for_each(|element| facts.note(element));
        facts
    }

    fn note(&mut self, element: Element<'_>) {
        match element.name() {
            tag::TITLE if element.is_html() && self.title.is_none() => {
                self.title = Some(fold_space(&element.text(), TEXT));
            }
            tag::BASE if self.base.is_none() => {
                self.base = element.attr(Attr::Href).map(str::to_owned);
            }
            tag::META if self.refresh.is_none() => self.refresh = refresh(element),
            tag::FRAME | tag::IFRAME if self.frames.len() < FRAMES => {
                let source = element.attr(Attr::Src).map(str::trim).unwrap_or_default();
                if !source.is_empty()
                    && !source.starts_with("about:")
                    && !source.starts_with("javascript:")
                {
                    self.frames.push(source.chars().take(TEXT).collect());
                }
            }
            tag::STYLE => self.sheet.add(&element.text()),
            tag::SCRIPT => self.note_script(element),
            tag::DIV | tag::FOOTER | tag::SECTION | tag::MAIN if is_mount(element) => {
                self.empty_mount |= !element.inside().any(|inside| match inside {
                    Inside::Text(text) => !text.trim().is_empty(),
                    Inside::Element(element) => matches!(element.name(), tag::IMG | tag::A),
                });
            }
            _ => {}
        }
    }

    fn note_script(&mut self, element: Element<'_>) {
        self.has_script = true;
        if let Some(source) = element.attr(Attr::Src) {
            let file = source.split(['?', '#']).next().unwrap_or_default();
            let file = file.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
            let names = ["foot", "bottom", "copyright", "beian", "icp"];
            self.foot_script |= names.iter().any(|name| file.contains(name));
            if self.scripts.len() < SCRIPTS {
                self.scripts.push(source.chars().take(TEXT).collect());
            }
            return;
        }
        let text = element.text();
        if !self.number_in_script {
            let readable = match memmem::find(text.as_bytes(), b"\\u") {
                Some(_) => Cow::Owned(unescape(&text)),
                None => Cow::Borrowed(&*text),
            };
            self.number_in_script = find(&readable).iter().any(|found| found.number.is_some());
        }
        self.title_by_script |= writes_title(&text);
        self.leaves_by_script |= writes_location(&text);
        self.foot_script |= memmem::find(text.as_bytes(), b"document.write").is_some() && {
            let lower = text.to_ascii_lowercase();
            ["footer", "copyright", "版权所有", "备案", "icp"]
                .iter()
                .any(|word| lower.contains(word))
        };
    }
}

/// Whether a script assigns `document.title`, rather than read or compare it.
fn writes_title(script: &str) -> bool {
    script.split("document.title").skip(1).any(|after| {
        let after = after.trim_start();
        after.starts_with('=') && !after.starts_with("==")
    })
}

/// Whether a script sends the browser elsewhere, rather than read where it is. What only a
/// click would set off cannot be told apart.
fn writes_location(script: &str) -> bool {
    const WORD: &str = "location";
    memmem::find_iter(script.as_bytes(), WORD).any(|at| {
        let before = script.get(..at).and_then(|text| text.chars().next_back());
        let after = script.get(at + WORD.len()..).unwrap_or_default().trim_start();
        let after = after.strip_prefix(".href").map_or(after, str::trim_start);
        let is_word = !before.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        let is_set = after.starts_with('=') && !after.starts_with("==");
        is_word && (is_set || [".replace(", ".assign("].iter().any(|call| after.starts_with(call)))
    })
}

/// An element that scripts use to put the page, or its foot, in.
fn is_mount(element: Element<'_>) -> bool {
    let is_root = element.attr(Attr::Id).is_some_and(|id| {
        matches!(
            id,
            "app" | "root" | "__next" | "__nuxt" | "___gatsby" | "main-app" | "ice-container"
        )
    });
    let mut names = element.attr(Attr::Id).into_iter().chain(element.classes()).take(20);
    is_root || element.name() == tag::FOOTER || names.any(|name| name.contains("foot"))
}

/// `content="5; url='/next'"`; a refresh without a target stays on the page.
fn refresh(element: Element<'_>) -> Option<MetaRefresh> {
    let is_refresh = element.attr(Attr::HttpEquiv)?.trim().eq_ignore_ascii_case("refresh");
    let content = element.attr(Attr::Content).filter(|_| is_refresh)?.trim();
    let digits = content.find(|c: char| !c.is_ascii_digit()).unwrap_or(content.len());
    let seconds = content.get(..digits)?;
    let rest = content.get(digits..)?.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let rest = rest.trim_start().trim_start_matches([';', ',']).trim_start();
    let rest = match rest.get(..3).filter(|head| head.eq_ignore_ascii_case("url")) {
        Some(_) => {
            let after = rest.get(3..)?.trim_start();
            after.strip_prefix('=').unwrap_or(rest).trim_start()
        }
        None => rest,
    };
    let url = match rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        Some(quote) => rest.get(1..)?.split(quote).next().unwrap_or_default(),
        None => rest,
    };
    if url.is_empty() || (seconds.is_empty() && !content.starts_with('.')) {
        return None;
    }
    // A number too large for us is a wait that nobody sees the end of.
    let seconds = if seconds.is_empty() { 0 } else { seconds.parse().unwrap_or(u32::MAX) };
    Some(MetaRefresh { seconds, url: url.trim().chars().take(TEXT).collect() })
}

/// The first characters of a text.
pub(super) fn head(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let end = text.char_indices().nth(most).map_or(text.len(), |(end, _)| end);
    text.get(..end).unwrap_or_default()
}

/// Folds white space, and keeps so many characters.
pub(super) fn fold_space(text: &str, most: usize) -> String {
    let mut folded = String::new();
    let mut count = 0;
    for word in text.split_whitespace() {
        if count > 0 {
            if count + 1 >= most {
                break;
            }
            folded.push(' ');
            count += 1;
        }
        for c in word.chars() {
            if count >= most {
                return folded;
            }
            folded.push(c);
            count += 1;
        }
    }
    folded
}

/// Writes out the `\uXXXX` of a script's strings.
fn unescape(text: &str) -> String {
    let mut parts = text.split("\\u");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.get(..4).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        match code.and_then(char::from_u32) {
            Some(c) => {
                plain.push(c);
                plain.push_str(part.get(4..).unwrap_or_default());
            }
            None => {
                plain.push_str("\\u");
                plain.push_str(part);
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(html: &str) -> Facts {
        Facts::read(&crate::page::tree::parse(html.to_owned()))
    }

    #[test]
    fn the_title_is_the_first_of_the_document_and_none_of_a_drawing() {
        let page =
            "<body><svg><title>图标</title></svg><title>\n 示例 \n 首页 </title><title>二</title>";
        assert_eq!(facts(page).title.as_deref(), Some("示例 首页"));
        assert_eq!(facts("<p>无").title, None);
        assert_eq!(facts("<title></title>").title.as_deref(), Some(""));
    }

    #[test]
    fn a_refresh_is_read_as_browsers_do() {
        for (content, expected) in [
            ("0;url=/next", Some((0, "/next"))),
            ("5; URL = 'https://site.example/'", Some((5, "https://site.example/"))),
            ("1,/next", Some((1, "/next"))),
            ("0.5;url=\"x y\"z", Some((0, "x y"))),
            ("30", None),
            ("x;url=/", None),
            ("", None),
        ] {
            let page =
                format!("<meta http-equiv=Refresh content='{}'>", content.replace('\'', "&#39;"));
            let refresh = facts(&page).refresh.map(|refresh| (refresh.seconds, refresh.url));
            assert_eq!(refresh, expected.map(|(s, url)| (s, url.to_owned())), "{content}");
        }
    }

    #[test]
    fn a_script_that_sets_the_location_may_leave() {
        for script in [
            "location.href = 'https://other.example/'",
            "window.location=u",
            "top.location.replace(u)",
            "self.location.assign('/m/')",
        ] {
            assert!(facts(&format!("<script>{script}</script>")).leaves_by_script, "{script}");
        }
        for script in [
            "var p = window.location.protocol.split(':')[0]",
            "if (location.href == x) {}",
            "var allocation = 1, geo_location = 2",
            "f({location: 'x'}); location.hash.replace('#', '')",
        ] {
            assert!(!facts(&format!("<script>{script}</script>")).leaves_by_script, "{script}");
        }
    }

    #[test]
    fn numbers_in_scripts_are_seen_escaped_or_not() {
        assert!(facts("<script>f('粤ICP备99000123号')</script>").number_in_script);
        assert!(facts("<script>f('\\u7ca4ICP\\u590799000123\\u53f7')</script>").number_in_script);
        assert!(!facts("<script>f('萌ICP备20990000号')</script>").number_in_script);
    }
}
