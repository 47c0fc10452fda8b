//! Pages that are not the site's own: how block, default, parked and challenge pages are
//! recognised. `config/pages.toml` holds the signatures.

use super::PolicyError;
use crate::record::normal;
use regex::Regex;
use serde::Deserialize;
use std::cell::OnceCell;

/// What a page is, that is not the site's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// A provider blocks the site for its filing.
    IcpBlock,
    /// A provider or an authority blocks the site for another reason.
    SiteBlock,
    /// The default page of a server or a panel.
    Default,
    /// The domain is for sale or parked.
    Parked,
    /// The site's hosting is suspended.
    Suspended,
    /// Announced, not there yet.
    Construction,
    /// A listing of files.
    Listing,
    /// A firewall or captcha that stands between us and the site: it says nothing of the site.
    Challenge,
}

impl Category {
    /// The name in settings and outputs.
    pub fn name(self) -> &'static str {
        match self {
            Category::IcpBlock => "icp_block",
            Category::SiteBlock => "site_block",
            Category::Default => "default",
            Category::Parked => "parked",
            Category::Suspended => "suspended",
            Category::Construction => "construction",
            Category::Listing => "listing",
            Category::Challenge => "challenge",
        }
    }
}

/// How much a signature proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Strength {
    /// Also seen on other pages: a person has to look.
    Weak,
    /// Hardly ever seen elsewhere.
    Strong,
    /// Seen nowhere else.
    Certain,
}

/// What is known of a page, in plain words. All may be empty: a redirect that cannot be
/// followed has targets only.
#[derive(Clone, Debug, Default)]
pub struct PageFacts<'a> {
    /// HTTP status; 0 where none came.
    pub status: u16,
    /// The title.
    pub title: &'a str,
    /// The visible text, where it is short; else empty.
    pub text: &'a str,
    /// Visible characters of the whole page.
    pub text_length: u32,
    /// Where the page leads without a click: URLs of hops, `Location` headers, sources of
    /// frames and scripts, meta refresh.
    pub targets: Vec<&'a str>,
    /// The `Server` header.
    pub server: &'a str,
    /// The host that was asked for.
    pub first_host: &'a str,
    /// The host of the page.
    pub last_host: &'a str,
}

/// One signature: all the conditions that it states hold; of the values of one, any.
#[derive(Clone, Debug)]
pub struct Signature {
    /// The stable name.
    pub id: String,
    /// Key into `config/providers.toml`, a product's name, or `any`.
    pub vendor: String,
    /// What the page is.
    pub category: Category,
    /// How much that proves.
    pub strength: Strength,
    row: PageRow,
    title_like: Option<Regex>,
    text_like: Option<Regex>,
}

/// `[[page]]` as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageRow {
    id: String,
    vendor: String,
    category: Category,
    strength: Strength,
    /// The whole title.
    #[serde(default)]
    title_is: Vec<String>,
    /// A part of the title.
    #[serde(default)]
    title_has: Vec<String>,
    /// A pattern in the title.
    title_like: Option<String>,
    /// The whole text.
    #[serde(default)]
    text_is: Vec<String>,
    /// A part of the text.
    #[serde(default)]
    text_has: Vec<String>,
    /// A pattern in the text.
    text_like: Option<String>,
    /// A part of a target.
    #[serde(default)]
    target_has: Vec<String>,
    /// The whole `Server` header.
    #[serde(default)]
    server_is: Vec<String>,
    /// The page's host is one of these or below, and the host asked for is not.
    #[serde(default)]
    host_under: Vec<String>,
    /// The status.
    #[serde(default)]
    status: Vec<u16>,
    /// No more visible characters than this.
    max_text: Option<u32>,
}

#[cfg(test)]
impl PageRow {
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn reads_text(&self) -> bool {
        !self.text_has.is_empty() || self.text_like.is_some()
    }

    pub(super) fn bound(&self) -> Option<u32> {
        self.max_text
    }
}

impl PageRow {
    /// Refuses a row that would fit every page.
    fn check(&self) -> Result<(), String> {
        let texts = [&self.title_is, &self.title_has, &self.text_is, &self.text_has];
        let others = [&self.target_has, &self.server_is, &self.host_under];
        let mut values = texts.into_iter().chain(others).flatten().peekable();
        let patterns = [&self.title_like, &self.text_like];
        if values.peek().is_none() && patterns.iter().all(|p| p.is_none()) && self.status.is_empty()
        {
            return Err("states nothing that a page could be recognised by".to_owned());
        }
        if values.any(|value| squeeze(value).is_empty()) {
            return Err("an empty value would fit every page".to_owned());
        }
        Ok(())
    }
}

/// All signatures.
#[derive(Clone, Debug, Default)]
pub struct Signatures {
    rows: Vec<Signature>,
}

impl Signatures {
    /// The signature that proves most, of those that fit; of equals the first one.
    pub fn find(&self, facts: &PageFacts<'_>) -> Option<&Signature> {
        let folded = Folded::of(facts);
        self.rows
            .iter()
            .filter(|row| row.fits(facts, &folded))
            .reduce(|best, row| if row.strength > best.strength { row } else { best })
    }

    /// Every signature, in the order of the files.
    pub fn rows(&self) -> impl Iterator<Item = &Signature> {
        self.rows.iter()
    }

    pub(super) fn add(&mut self, rows: Vec<PageRow>, file: &str) -> Result<(), PolicyError> {
        for row in rows {
            let signature = Signature::of(row, file)?;
            self.rows.push(signature);
        }
        Ok(())
    }
}

impl Signature {
    fn of(mut row: PageRow, file: &str) -> Result<Signature, PolicyError> {
        let wrong =
            |problem| PolicyError::Row { file: file.to_owned(), row: row.id.clone(), problem };
        let pattern = |text: &Option<String>| {
            let pattern = text.as_ref().map(|text| Regex::new(text));
            pattern.transpose().map_err(|error| wrong(format!("not a pattern: {error}")))
        };
        let (title_like, text_like) = (pattern(&row.title_like)?, pattern(&row.text_like)?);
        row.check().map_err(wrong)?;
        for text in [&mut row.title_is, &mut row.title_has, &mut row.text_is, &mut row.text_has] {
            text.iter_mut().for_each(|value| *value = squeeze(value));
        }
        let (id, vendor) = (row.id.clone(), row.vendor.clone());
        let (category, strength) = (row.category, row.strength);
        Ok(Signature { id, vendor, category, strength, row, title_like, text_like })
    }

    fn fits(&self, facts: &PageFacts<'_>, folded: &Folded<'_>) -> bool {
        let row = &self.row;
        let any = |values: &[String], holds: &dyn Fn(&str) -> bool| {
            values.is_empty() || values.iter().any(|value| holds(value))
        };
        let under = |host: &str, suffix: &str| {
            host.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        row.max_text.is_none_or(|most| facts.text_length <= most)
            && (row.status.is_empty() || row.status.contains(&facts.status))
            && any(&row.server_is, &|v| facts.server.trim().eq_ignore_ascii_case(v))
            && any(&row.title_is, &|v| folded.title.squeezed() == v)
            && any(&row.title_has, &|v| folded.title.squeezed().contains(v))
            && any(&row.text_is, &|v| folded.text.squeezed() == v)
            && any(&row.text_has, &|v| folded.text.squeezed().contains(v))
            && any(&row.target_has, &|v| facts.targets.iter().any(|target| target.contains(v)))
            && any(&row.host_under, &|v| under(facts.last_host, v) && !under(facts.first_host, v))
            && self.title_like.as_ref().is_none_or(|p| p.is_match(folded.title.plain()))
            && self.text_like.as_ref().is_none_or(|p| p.is_match(folded.text.plain()))
    }
}

/// Texts made comparable, each when it is first asked for: most rows do not fit for the length
/// of the page alone.
struct Folded<'a> {
    title: Comparable<'a>,
    text: Comparable<'a>,
}

impl<'a> Folded<'a> {
    fn of(facts: &PageFacts<'a>) -> Folded<'a> {
        Folded { title: Comparable::of(facts.title), text: Comparable::of(facts.text) }
    }
}

/// A text as it is compared.
struct Comparable<'a> {
    text: &'a str,
    squeezed: OnceCell<String>,
    plain: OnceCell<String>,
}

impl<'a> Comparable<'a> {
    fn of(text: &'a str) -> Comparable<'a> {
        Comparable { text, squeezed: OnceCell::new(), plain: OnceCell::new() }
    }

    /// Without any white space, for literals.
    fn squeezed(&self) -> &str {
        self.squeezed.get_or_init(|| squeeze(self.text))
    }

    /// With single spaces, for patterns.
    fn plain(&self) -> &str {
        self.plain.get_or_init(|| plain(self.text))
    }
}

/// NFKC, lower case, no white space.
pub(super) fn squeeze(text: &str) -> String {
    let mut squeezed = String::with_capacity(text.len());
    for c in normal(text).chars().filter(|c| !c.is_whitespace()) {
        match c {
            '\0'..='\u{7f}' => squeezed.push(c.to_ascii_lowercase()),
            // Most of a text, and it has no case.
            '\u{4e00}'..='\u{9fff}' => squeezed.push(c),
            _ => squeezed.extend(c.to_lowercase()),
        }
    }
    squeezed
}

/// NFKC, single spaces.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in normal(text).split_whitespace() {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.push_str(word);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn a_chinese_character_has_no_case() {
        assert!(('\u{4e00}'..='\u{9fff}').all(|c| c.to_lowercase().eq([c])));
    }

    proptest! {
        #[test]
        fn texts_are_compared_in_their_normal_form(text in "[aBＡİ\u{301}备 　\n，。]{0,12}") {
            let long: String =
                text.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
            prop_assert_eq!(squeeze(&text), long);
            let folded: String = text.nfkc().collect();
            let words: Vec<&str> = folded.split_whitespace().collect();
            prop_assert_eq!(plain(&text), words.join(" "));
        }
    }
}
