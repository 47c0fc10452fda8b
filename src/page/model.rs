use super::Passages;
use crate::record::{FilingNumber, Form, Number, PoliceNumber};
use serde::{Deserialize, Serialize};

/// The page model: what the rules read of a page. Its JSON is what
/// `beian page --format json` prints, and part of every recording.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Page {
    /// The encoding the page was read in, by its common name.
    pub charset: String,
    /// The title's text with its white space folded; `None` where there is no title element.
    pub title: Option<String>,
    /// A script of the page writes the title: a browser may show another one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub title_by_script: bool,
    /// A script of the page sends the browser to another address, or may: a visitor need
    /// not stay.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub leaves_by_script: bool,
    /// The record numbers that the page shows or hides in its markup, in page order.
    pub record_numbers: Vec<ShownNumber>,
    /// Pictures whose description or file name holds a record number, at most 16.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pictured: Vec<Pictured>,
    /// The police numbers, in page order.
    pub police_numbers: Vec<ShownPolice>,
    /// The copyright lines, in page order.
    pub copyright: Vec<Copyright>,
    /// Whether a visitor's browser may show what the markup as served does not tell:
    /// hardly any text, a number only in a script, a footer made by script.
    pub needs_rendering: bool,
    /// A number stands in a script's text and nowhere else.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub number_in_script: bool,
    /// Visible characters of the body, white space not counted.
    pub text_length: u32,
    /// The visible text where it is short (under 2,000 characters): what block pages,
    /// default pages and challenges are recognised by. Empty for a page with real text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub excerpt: String,
    /// What the page says, line by line, each once: at most 24 KiB from its head and its foot.
    /// Rules look for words in it; `audits.jsonl` leaves it out.
    #[serde(skip_serializing_if = "Passages::is_empty")]
    pub passages: Passages,
    /// Targets of frames and iframes as written, at most 16.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub frames: Vec<String>,
    /// Sources of scripts as written, at most 64.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scripts: Vec<String>,
    /// There is a script, of its own text or from a source: a browser may show more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub scripted: bool,
    /// A meta refresh that a browser would follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta_refresh: Option<MetaRefresh>,
    /// The body was cut at the cap: what stands behind the cut is unknown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
    /// What hints that other visitors are shown something else.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub varies: Vec<Varies>,
    /// Links to other sites in markup that hides them: one a domain, at most 16.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hidden_links: Vec<HiddenLink>,
    /// How many domains of others such links lead to.
    #[serde(skip_serializing_if = "is_zero")]
    pub hidden_domains: u32,
    /// Elements that show something without text: pictures, drawings, films, backgrounds.
    #[serde(skip_serializing_if = "is_zero")]
    pub pictures: u32,
    /// There is a field for a password.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub login: bool,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// What hints that a page is not the same for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Varies {
    /// The answer varies by the `User-Agent` header, as its `Vary` header says.
    UserAgent,
    /// The page announces another one for phones.
    PhonePage,
    /// A script looks at the visitor's browser and may lead or write something.
    DeviceScript,
    /// A script looks whether the visitor comes from a search engine, and may act on it.
    ReferrerScript,
    /// A script names the crawlers of search engines.
    SpiderScript,
}

/// A link to another site that the markup hides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HiddenLink {
    /// Its text, at most 60 characters.
    pub text: String,
    /// The host it leads to.
    pub host: String,
    /// Hidden as no menu is: off the page, in a box or a font without size.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub oddly: bool,
}

/// `<meta http-equiv="refresh" content="0;url=…">`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetaRefresh {
    /// Seconds until the browser leaves.
    pub seconds: u32,
    /// The target as written.
    pub url: String,
}

/// A record number on the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShownNumber {
    /// As shown, white space folded.
    pub text: String,
    /// The canonical form; for a placeholder the folded text.
    pub canonical: String,
    /// Filing or licence.
    pub kind: Kind,
    /// How it is written.
    pub form: Form,
    /// Where it stands.
    pub zone: Zone,
    /// Whether a visitor sees it, as far as the markup tells.
    pub visible: bool,
    /// The markup does not hide it, but raises doubt whether it is seen: an odd style, a
    /// class that hides elsewhere.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub doubtful: bool,
    /// The target of the link that wraps it or part of it, as written; empty where there is none.
    pub href: String,
    /// The class of that target.
    pub link: Link,
    /// A link wraps it whose target is empty (`<a href="">`): it leads nowhere, and counts
    /// as no link.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub empty_link: bool,
    /// The target of a link beside it that goes to the ministry; else empty.
    pub beside: String,
    /// What stands before it in its line, behind the number before it: at most 30 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub before: String,
}

impl ShownNumber {
    /// Whether it only holds the place of a number (京ICP备XXXXXXXX号).
    pub fn is_placeholder(&self) -> bool {
        self.form == Form::Placeholder
    }

    /// The number named; `None` for a placeholder that has no number's shape.
    pub fn number(&self) -> Option<Number> {
        self.canonical.parse().ok()
    }

    /// Whether it is a number of the subject that this one is of.
    pub fn is_of_subject(&self, own: &FilingNumber) -> bool {
        matches!(self.number(), Some(Number::Filing(number)) if number.same_subject(own))
    }
}

/// A picture that seems to show a record number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pictured {
    /// The number as its description or file name has it.
    pub text: String,
    /// The canonical form.
    pub canonical: String,
    /// The picture's address as written, at most 200 characters.
    pub source: String,
}

/// What a record number is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A filing.
    Filing,
    /// A telecom or ICP licence.
    Licence,
}

/// Where on the page something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Zone {
    /// The foot of the page.
    Footer,
    /// Anywhere else.
    Body,
}

/// Where the link behind a record number leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Link {
    /// The ministry's filing site of today.
    Miit,
    /// A host that the ministry has retired.
    Retired,
    /// The police site.
    Police,
    /// A host made to look like the ministry's.
    Lookalike,
    /// Anywhere else.
    Other,
    /// Nowhere: `#`, `javascript:`.
    Dead,
    /// No link, or one without a target.
    None,
}

/// A police number on the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShownPolice {
    /// As shown.
    pub text: String,
    /// `京公网安备11010802017518号`
    pub canonical: String,
    /// The link's target as written; empty where there is none.
    pub href: String,
    /// The class of the target.
    pub link: PoliceLink,
    /// Whether it is written as the police write it.
    #[serde(default = "yes")]
    pub official: bool,
    /// Whether a visitor sees it, as far as the markup tells.
    #[serde(default = "yes")]
    pub visible: bool,
}

fn yes() -> bool {
    true
}

impl ShownPolice {
    /// The number named.
    pub fn number(&self) -> Option<PoliceNumber> {
        self.canonical.parse().ok()
    }
}

/// Where the link behind a police number leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PoliceLink {
    /// The police record site, today's host or the one until 2023.
    Police,
    /// The ministry's.
    Miit,
    /// Anywhere else.
    Other,
    /// Nowhere.
    Dead,
    /// No link.
    None,
}

/// A copyright line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Copyright {
    /// As shown, white space folded, at most 300 characters.
    pub text: String,
    /// The owner named, without years, marks and the words around it; empty if none is named.
    pub holder: String,
}
