use super::Field;
use crate::policy::Level;
use std::borrow::Cow;

/// A language that people read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// Chinese.
    pub zh: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

impl Text {
    /// A text in both languages.
    pub fn new(zh: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Text {
        Text { zh: zh.into(), en: en.into() }
    }

    /// A text that reads the same in both: a number, a host, a quotation.
    pub fn same(text: impl Into<Cow<'static, str>>) -> Text {
        let text = text.into();
        Text { zh: text.clone(), en: text }
    }

    /// Several texts in a row, as each language separates them.
    pub fn list(parts: impl IntoIterator<Item = Text>) -> Text {
        let (zh, en): (Vec<_>, Vec<_>) = parts.into_iter().map(|t| (t.zh, t.en)).unzip();
        Text::new(zh.join("；"), en.join("; "))
    }

    /// At most this many characters; what is cut off shows as `…`.
    pub fn bounded(self, characters: usize) -> Text {
        Text { zh: bounded(self.zh, characters), en: bounded(self.en, characters) }
    }

    /// Whether it says nothing in either language.
    pub fn is_empty(&self) -> bool {
        self.zh.is_empty() && self.en.is_empty()
    }

    /// The text in one language.
    pub fn of(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

fn bounded(text: Cow<'static, str>, characters: usize) -> Cow<'static, str> {
    match text.char_indices().nth(characters) {
        None => text,
        Some(_) => Cow::Owned(cut(&text, characters)),
    }
}

fn cut(text: &str, characters: usize) -> String {
    let kept = text.chars().take(characters.saturating_sub(1));
    kept.chain(std::iter::once('…')).collect()
}

/// The longest quotation from a page, in characters.
const QUOTED: usize = 200;

/// Text of a page for a verdict: white space folded, at most 200 characters.
pub fn quote(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().take(QUOTED).collect();
    let text = words.join(" ");
    if text.chars().nth(QUOTED).is_some() { cut(&text, QUOTED) } else { text }
}

/// What a rule says of its case.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The requirement holds; the text names the evidence for it.
    Pass(Text),
    /// The requirement is broken.
    Fail(Defect),
    /// A machine cannot decide.
    Review(Defect),
    /// The rule does not apply or had nothing to look at.
    Na(Na),
}

impl Outcome {
    /// Whether it is a finding: a failure, or a question to a human.
    pub fn speaks(&self) -> bool {
        self.defect().is_some()
    }

    /// What is wrong or in doubt, of a finding.
    pub fn defect(&self) -> Option<&Defect> {
        match self {
            Outcome::Fail(defect) | Outcome::Review(defect) => Some(defect),
            Outcome::Pass(_) | Outcome::Na(_) => None,
        }
    }
}

/// What is wrong, or in doubt.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Defect {
    /// What should be there.
    pub expected: Text,
    /// What is there.
    pub found: Text,
    /// Where: a part of the page, a hop, an address; empty where the host says all.
    pub place: Text,
    /// The hosts concerned, where a rule that looks at several knows; the engine fills it
    /// for rules that look at one.
    pub hosts: Vec<String>,
    /// A level other than the rule's own, e.g. a warning where the fault is a small one.
    pub level: Option<Level>,
    /// What is wrong, in words that fit better than the rule's general ones.
    pub problem: Option<Text>,
    /// A cause that fits better than the rule's general one.
    pub cause: Option<Text>,
    /// What to do before the remedy: to look, where it may prove needless.
    pub first: Option<Text>,
    /// A remedy that fits better than the rule's general one.
    pub remedy: Option<Text>,
}

impl Defect {
    /// A question in place of an accusation: the reason is the cause, and a look, in Chinese and
    /// English, goes before the remedy.
    pub(super) fn for_review(self, reason: &Text, first: (&'static str, &'static str)) -> Outcome {
        Outcome::Review(Defect {
            // What a failure would say of its case is not proved.
            problem: None,
            cause: Some(Text::new(
                format!("需要人工复核：{}。", reason.zh),
                format!("A person has to look: {}.", reason.en),
            )),
            first: Some(Text::new(first.0, first.1)),
            ..self
        })
    }
}

/// Why a rule says nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum Na {
    /// The list does not have this field.
    MissingField(Field),
    /// The page or answer could not be seen.
    Unseen,
    /// Another rule says it.
    Yields(&'static str),
    /// Too soon after approval.
    Grace,
    /// The filing's status or service type is not one the rule looks at.
    Status,
    /// Switched off.
    Off,
    /// Waived.
    Waived,
    /// Something else, in words.
    Other(Text),
}

impl Na {
    /// The stable name of the reason.
    pub fn name(&self) -> &'static str {
        match self {
            Na::MissingField(_) => "missing-field",
            Na::Unseen => "unseen",
            Na::Yields(_) => "yields",
            Na::Grace => "grace",
            Na::Status => "status",
            Na::Off => "off",
            Na::Waived => "waived",
            Na::Other(_) => "other",
        }
    }
}
