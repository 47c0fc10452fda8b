//! What a page says, in passages: the text that rules look for words in.

use super::{
    Passage, Passages, Zone,
    flow::{Flow, Line},
    region::Zones,
    width::folded,
};
use std::{borrow::Cow, collections::HashSet};
use url::Url;

/// Bytes of the passages that are kept from the beginning of a page, and from its end. What
/// a site is shows at its head and its foot; in between a long page repeats itself.
const HEAD: usize = 18 << 10;
const TAIL: usize = 6 << 10;
/// Characters of a passage; a longer line is cut at the ends of its sentences.
const LONGEST: usize = 160;
/// Bytes of a long line in which the last passages of a page are looked for.
const END: usize = 64 << 10;
/// Passages of most pages, at most.
const USUAL: usize = 1_000;
/// Lines of a page that are looked at, from its beginning and from its end.
const LINES: usize = 6_000;

/// The visible passages of a page, each text once, in page order.
pub(super) fn passages(flow: &Flow<'_>, zones: &Zones<'_>, base: Option<&Url>) -> Passages {
    let own = base.and_then(registrable);
    let leaves = vec![None; flow.links.len()];
    let mut reader = Reader { flow, zones, own, leaves };
    let visible = || flow.lines().enumerate().filter(|(_, line)| !line.hidden);
    let mut known = HashSet::with_capacity(flow.lines().len().min(USUAL));
    let mut kept = Kept::new(HEAD);
    let mut read = 0;
    for (at, line) in visible().take(LINES) {
        if !kept.take(reader.passages(at, line, 0), &mut known) {
            break;
        }
        read += 1;
    }
    let left = visible().count() - read;
    let mut tail = Kept::new(TAIL);
    for (at, line) in visible().rev().take(left.min(LINES)) {
        // The parts of a long line come last first as well.
        let from = line.text.floor_char_boundary(line.text.len().saturating_sub(END));
        let passages: Vec<Draft<'_>> = reader.passages(at, line, from).collect();
        if !tail.take(passages.into_iter().rev(), &mut known) {
            break;
        }
    }
    let all = kept.drafts.iter().chain(tail.drafts.iter().rev());
    all.map(|draft| Passage { text: &draft.text, foot: draft.foot, away: draft.away }).collect()
}

/// A passage whose text is still that of its line, where nothing had to be folded.
struct Draft<'f> {
    text: Cow<'f, str>,
    foot: bool,
    away: bool,
}

/// Passages up to a number of bytes.
struct Kept<'f> {
    drafts: Vec<Draft<'f>>,
    room: usize,
}

impl<'f> Kept<'f> {
    fn new(room: usize) -> Kept<'f> {
        Kept { drafts: Vec::new(), room }
    }

    /// Takes the passages of a line; false where there is no more room.
    fn take(
        &mut self,
        drafts: impl Iterator<Item = Draft<'f>>,
        known: &mut HashSet<Cow<'f, str>>,
    ) -> bool {
        for draft in drafts {
            if !known.insert(draft.text.clone()) {
                continue;
            }
            let Some(room) = self.room.checked_sub(draft.text.len()) else {
                known.remove(&draft.text);
                return false;
            };
            self.room = room;
            self.drafts.push(draft);
        }
        true
    }
}

struct Reader<'f> {
    flow: &'f Flow<'f>,
    zones: &'f Zones<'f>,
    /// What the page's own host is registered under.
    own: Option<String>,
    /// Whether each link leaves the site, as far as that has been asked.
    leaves: Vec<Option<bool>>,
}

impl<'f> Reader<'f> {
    /// The passages of a line; of one that is read from a byte within, those that begin behind it.
    /// A piece of a sentence may lack the word that makes it harmless.
    fn passages(
        &mut self,
        index: usize,
        line: Line<'f>,
        from: usize,
    ) -> impl Iterator<Item = Draft<'f>> + use<'f> {
        let away = self.leads_away(line);
        let zones = self.zones;
        let sentences = sentences(line.text.get(from..).unwrap_or_default());
        sentences.skip(usize::from(from > 0)).filter_map(move |(start, text)| {
            let text = folded(text, LONGEST);
            text.chars().filter(|c| is_letter(*c)).nth(1)?;
            let foot = zones.zone(index, from + start) == Zone::Footer;
            Some(Draft { text, foot, away })
        })
    }

    /// Whether nearly all of a line stands in links that leave the site.
    fn leads_away(&mut self, line: Line<'_>) -> bool {
        if self.own.is_none() {
            return false;
        }
        let outside: usize = line
            .runs
            .iter()
            .filter(|run| {
                let link = self.flow.places.get(run.place).and_then(|place| place.link);
                link.is_some_and(|link| self.leaves(link))
            })
            .map(|run| run.end - run.start)
            .sum();
        outside * 5 >= line.text.len() * 4
    }

    /// Whether a link leaves the site.
    fn leaves(&mut self, link: usize) -> bool {
        if let Some(Some(leaves)) = self.leaves.get(link) {
            return *leaves;
        }
        let href = self.flow.links.get(link).map_or("", |anchor| anchor.href.trim());
        // What begins with neither a scheme nor a host is relative.
        let names_host = href.starts_with("//") || href.contains(':');
        let target = names_host.then(|| outside_target(href)).flatten();
        let other = target.and_then(|url| registrable(&url));
        let leaves = other.is_some_and(|other| Some(&other) != self.own.as_ref());
        if let Some(known) = self.leaves.get_mut(link) {
            *known = Some(leaves);
        }
        leaves
    }
}

/// A link that names a host; a relative one stays on the site.
fn outside_target(href: &str) -> Option<Url> {
    let href = href.trim();
    match href.strip_prefix("//") {
        Some(rest) => Url::parse(&format!("https://{rest}")).ok(),
        None => Url::parse(href).ok().filter(|url| url.scheme().starts_with("http")),
    }
}

fn registrable(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(psl::domain_str(host).unwrap_or(host).to_owned())
}

/// Whether a character is one of a word. Nearly all are Chinese, and need no table.
fn is_letter(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}') || c.is_alphanumeric()
}

/// A line in parts of at most [`LONGEST`] characters, cut behind the ends of sentences where
/// there are any, each with the byte at which it begins.
fn sentences(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = Some(0);
    std::iter::from_fn(move || {
        let from = start?;
        let rest = line.get(from..).unwrap_or_default();
        let cut = cut(rest);
        start = cut.map(|cut| from + cut);
        Some((from, cut.map_or(rest, |cut| rest.get(..cut).unwrap_or_default())))
    })
}

/// Where a part ends that begins with a text; `None` where it is all of the text.
fn cut(text: &str) -> Option<usize> {
    if text.len() <= LONGEST {
        return None;
    }
    let mut end = None;
    for (count, (at, c)) in text.char_indices().enumerate() {
        if count == LONGEST {
            return Some(end.unwrap_or(at));
        }
        if matches!(c, '。' | '！' | '？' | '；' | '!' | '?' | ';') {
            end = Some(at + c.len_utf8());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::page::{Context, Page, read};
    use url::Url;

    fn page(html: &str) -> Page {
        let url = Url::parse("https://www.site.example/").unwrap();
        read(html.as_bytes(), Context { url: Some(&url), ..Context::default() })
    }

    fn texts(page: &Page) -> Vec<&str> {
        page.passages.iter().map(|passage| passage.text).collect()
    }

    #[test]
    fn a_passage_is_a_visible_line_in_plain_width_and_stands_once() {
        let page = page(
            "<p>示例　Ａ店</p><p>示例 A店</p><p style='display:none'>藏着的字</p><p>·</p>\
             <script>var 脚本 = 1</script>",
        );
        assert_eq!(texts(&page), ["示例 A店"]);
    }

    #[test]
    fn a_long_line_is_cut_behind_a_sentence_and_nothing_is_lost() {
        let sentence = format!("{}。", "字甲乙".repeat(30));
        let page = page(&format!("<p>{sentence}第二句{sentence}末句</p>"));
        assert_eq!(texts(&page).concat(), format!("{sentence}第二句{sentence}末句"));
        assert!(texts(&page).iter().all(|text| text.chars().count() <= super::LONGEST));
        assert!(texts(&page)[0].ends_with('。'));
    }

    #[test]
    fn links_to_others_are_told_from_links_within_the_site() {
        let page = page(
            "<a href='/a'>站内 一</a><br><a href='https://m.site.example/'>站内二</a><br>\
             <a href='//other.example/'>别家甲</a> <a href='https://third.example'>别家乙</a><br>\
             见 <a href='https://other.example/'>别家</a> 的长长的一段说明文字",
        );
        let away: Vec<bool> = page.passages.iter().map(|passage| passage.away).collect();
        assert_eq!(away, [false, false, true, false]);
    }

    #[test]
    fn the_foot_is_told_from_the_rest() {
        let text: String =
            (0..100).map(|at| format!("<p>正文第 {at} 句，说的是别的。</p>")).collect();
        let page = page(&format!("{text}<footer><p>© 2099 示例网</p></footer>"));
        let (first, last) = (page.passages.get(0).unwrap(), page.passages.iter().last().unwrap());
        assert!(!first.foot && last.foot);
        assert_eq!(last.text, "© 2099 示例网");
    }

    #[test]
    fn all_chinese_characters_are_letters() {
        assert!(('\u{4e00}'..='\u{9fff}').all(char::is_alphanumeric));
    }

    #[test]
    fn of_a_line_without_end_the_end_is_read_from_a_sentence_on() {
        // The head fills its room; behind it a sentence repeats itself, so that the end does not.
        let head: String = (0..1_500).map(|at| format!("并非第 {at} 次违法。")).collect();
        let sentences = head + &"并非违法之事。".repeat(10_000);
        let page = page(&format!("<p>{sentences}末尾的话</p>"));
        let texts = texts(&page);
        assert!(texts[0].starts_with("并非第 0 次"));
        assert!(texts.last().unwrap().ends_with("末尾的话"));
        let begun = |text: &&&str| !text.starts_with("并非") && !text.starts_with("末尾");
        assert_eq!(texts.iter().find(begun), None);
    }

    #[test]
    fn of_a_long_page_head_and_foot_are_kept_within_bounds() {
        let lines: String = (0..20_000).map(|at| format!("<p>第 {at} 行文字</p>")).collect();
        let page = page(&format!("<h1>开头</h1>{lines}<footer>末尾</footer>"));
        let bytes: usize = page.passages.iter().map(|passage| passage.text.len()).sum();
        assert!(bytes <= super::HEAD + super::TAIL, "{bytes}");
        let texts = texts(&page);
        assert_eq!((texts[0], *texts.last().unwrap()), ("开头", "末尾"));
    }
}
