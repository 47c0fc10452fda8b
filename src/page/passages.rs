//! What a page says, in passages: the text that rules look for words in.

use super::{
    Passage, Zone,
    facts::fold_space,
    flow::{Flow, Line},
    region::Zones,
    width::folded,
};
use std::collections::HashSet;
use url::Url;

/// Bytes of the passages that are kept from the beginning of a page, and from its end. What
/// a site is shows at its head and its foot; in between a long page repeats itself.
const HEAD: usize = 18 << 10;
const TAIL: usize = 6 << 10;
/// Characters of a passage; a longer line is cut at the ends of its sentences.
const LONGEST: usize = 160;
/// Lines of a page that are looked at, from its beginning and from its end.
const LINES: usize = 6_000;

/// The visible passages of a page, each text once, in page order.
pub(super) fn passages(flow: &Flow<'_>, zones: &Zones<'_>, base: Option<&Url>) -> Vec<Passage> {
    let visible: Vec<usize> = (0..flow.lines().len())
        .filter(|at| flow.line(*at).is_some_and(|line| !line.hidden))
        .collect();
    let own = base.and_then(registrable);
    let leaves = vec![None; flow.links.len()];
    let mut reader = Reader { flow, zones, own, leaves };
    let mut known = HashSet::new();
    let mut kept = Kept::new(HEAD);
    let mut read = 0;
    for at in visible.iter().take(LINES) {
        if !kept.take(reader.passages(*at), &mut known) {
            break;
        }
        read += 1;
    }
    let mut tail = Kept::new(TAIL);
    for at in visible.iter().skip(read).rev().take(LINES) {
        let mut passages = reader.passages(*at);
        passages.reverse();
        if !tail.take(passages, &mut known) {
            break;
        }
    }
    kept.passages.extend(tail.passages.into_iter().rev());
    kept.passages
}

/// Passages up to a number of bytes.
struct Kept {
    passages: Vec<Passage>,
    room: usize,
}

impl Kept {
    fn new(room: usize) -> Kept {
        Kept { passages: Vec::new(), room }
    }

    /// Takes the passages of a line; false where there is no more room.
    fn take(&mut self, passages: Vec<Passage>, known: &mut HashSet<String>) -> bool {
        for passage in passages {
            if known.contains(&passage.text) {
                continue;
            }
            let Some(room) = self.room.checked_sub(passage.text.len()) else { return false };
            self.room = room;
            known.insert(passage.text.clone());
            self.passages.push(passage);
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

impl Reader<'_> {
    fn passages(&mut self, index: usize) -> Vec<Passage> {
        let Some(line) = self.flow.line(index) else { return Vec::new() };
        let away = self.leads_away(line);
        let mut passages = Vec::new();
        for (start, text) in sentences(line.text) {
            let text = fold_space(&folded(text), LONGEST);
            if text.chars().filter(|c| c.is_alphanumeric()).nth(1).is_some() {
                let foot = self.zones.zone(index, start) == Zone::Footer;
                passages.push(Passage { text, foot, away });
            }
        }
        passages
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

/// A line in parts of at most [`LONGEST`] characters, cut behind the ends of sentences where
/// there are any, each with the byte at which it begins.
fn sentences(line: &str) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let (mut start, mut length, mut end) = (0, 0, None);
    for (at, c) in line.char_indices() {
        if length >= LONGEST {
            let cut = end.unwrap_or(at);
            parts.push((start, line.get(start..cut).unwrap_or_default()));
            length = line.get(cut..at).unwrap_or_default().chars().count();
            (start, end) = (cut, None);
        }
        length += 1;
        if matches!(c, '。' | '！' | '？' | '；' | '!' | '?' | ';') {
            end = Some(at + c.len_utf8());
        }
    }
    parts.push((start, line.get(start..).unwrap_or_default()));
    parts
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
        page.passages.iter().map(|passage| passage.text.as_str()).collect()
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
        let (first, last) = (page.passages.first().unwrap(), page.passages.last().unwrap());
        assert!(!first.foot && last.foot);
        assert_eq!(last.text, "© 2099 示例网");
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
