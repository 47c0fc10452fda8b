//! What markup says about visibility: attributes, inline styles, and the simple rules
//! of the page's own style sheets. Sheets that are loaded are unknown, so only what is
//! plainly said counts.

use std::{borrow::Cow, collections::HashMap};

/// Simple selectors that are read; a page has at most some thousand.
const SELECTORS: usize = 20_000;
/// Classes of an element that are read.
const CLASSES: usize = 50;

/// Whether a style declaration hides the element it stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    Hidden,
    Shown,
}

/// The page's own rules for single classes and ids.
#[derive(Default)]
pub(super) struct Sheet {
    rules: Named<Says>,
    /// Whether any of them hides.
    hides_any: bool,
    /// Classes and ids that a rule hides in some place or state.
    sometimes: Named<()>,
}

/// What is known of classes and of ids.
struct Named<V> {
    classes: HashMap<String, V>,
    ids: HashMap<String, V>,
}

impl<V> Default for Named<V> {
    fn default() -> Self {
        Named { classes: HashMap::new(), ids: HashMap::new() }
    }
}

impl<V> Named<V> {
    fn len(&self) -> usize {
        self.classes.len() + self.ids.len()
    }

    /// Those of the kind that a selector's first character tells.
    fn of(&mut self, mark: char) -> &mut HashMap<String, V> {
        if mark == '#' { &mut self.ids } else { &mut self.classes }
    }
}

impl Sheet {
    /// Takes up the text of a style element. Rules within `@media` and the like hold
    /// only sometimes and are passed over.
    pub(super) fn add(&mut self, css: &str) {
        let css = without_comments(css);
        let mut rest = css.as_str();
        while let Some((prelude, body)) = rest.split_once('{') {
            let prelude = prelude.rsplit([';', '}']).next().unwrap_or_default().trim().to_owned();
            if prelude.starts_with('@') {
                rest = after_block(body);
                continue;
            }
            let (declarations, after) = body.split_once('}').unwrap_or((body, ""));
            rest = after;
            if let Some(says) = read(declarations) {
                for selector in prelude.split(',') {
                    self.note(selector.trim(), says);
                }
            }
        }
    }

    /// A class that any rule shows, be it in some place only, is not held for hidden.
    fn note(&mut self, selector: &str, says: Says) {
        let last = selector.split([' ', '>', '+', '~']).next_back().unwrap_or_default();
        let is_simple = last == selector && !selector.contains([':', '[']);
        let Some(start) = last.find(['.', '#']) else { return };
        let mark = if last.get(start..).is_some_and(|m| m.starts_with('#')) { '#' } else { '.' };
        let name = last.get(start + 1..).unwrap_or_default();
        let is_single = !name.contains(['.', '#', ':', '[']);
        if says == Says::Hidden && is_single && self.sometimes.len() < SELECTORS {
            self.sometimes.of(mark).insert(name.to_owned(), ());
        }
        let says = if is_simple && is_single { says } else { Says::Shown };
        let name = name.split([':', '[']).next().unwrap_or_default();
        if says == Says::Shown {
            for part in name.split_terminator(['.', '#']) {
                for mark in ['.', '#'] {
                    self.insert(mark, part, Says::Shown);
                }
            }
        } else {
            self.insert(mark, name, says);
        }
    }

    fn insert(&mut self, mark: char, name: &str, says: Says) {
        self.hides_any |= says == Says::Hidden;
        if self.rules.len() < SELECTORS {
            let rule = self.rules.of(mark).entry(name.to_owned()).or_insert(says);
            if says == Says::Shown {
                *rule = Says::Shown;
            }
        }
    }

    /// What a rule says of an element of this id.
    pub(super) fn says_of_id(&self, id: Option<&str>) -> Option<Says> {
        if !self.hides_any || self.rules.ids.is_empty() {
            return None;
        }
        self.rules.ids.get(id?).copied()
    }

    /// Whether the rules hide an element of these classes.
    pub(super) fn hides_classes<'c>(&self, classes: impl Iterator<Item = &'c str>) -> bool {
        if !self.hides_any {
            return false;
        }
        let known = classes.take(CLASSES).filter_map(|class| self.rules.classes.get(class));
        let mut hidden = known.map(|says| *says == Says::Hidden);
        hidden.next().unwrap_or_default() && hidden.all(|is_hidden| is_hidden)
    }

    /// Whether a rule hides an element of this id somewhere: in another part of the page, or
    /// in another state of it.
    pub(super) fn may_hide_id(&self, id: Option<&str>) -> bool {
        !self.sometimes.ids.is_empty() && id.is_some_and(|id| self.sometimes.ids.contains_key(id))
    }

    /// The same for an element of these classes.
    pub(super) fn may_hide_classes<'c>(&self, classes: impl Iterator<Item = &'c str>) -> bool {
        !self.sometimes.classes.is_empty()
            && classes.take(CLASSES).any(|class| self.sometimes.classes.contains_key(class))
    }
}

/// Whether an inline style makes an inline element a block of its own.
pub(super) fn is_block(style: &str) -> bool {
    declarations(style).any(|(name, value)| {
        name == "display" && matches!(&*value, "block" | "flex" | "grid" | "list-item" | "table")
    })
}

/// What declarations say about visibility; `None` where they say nothing.
pub(super) fn read(style: &str) -> Option<Says> {
    let mut says = None;
    let mut is_lifted = false;
    let mut is_cut = false;
    let mut is_flat = false;
    for (name, value) in declarations(style) {
        let far = || number(&value).is_some_and(|far| far <= -999.0);
        let nothing = || number(&value) == Some(0.0);
        match (&*name, &*value) {
            ("display", "none") | ("visibility", "hidden" | "collapse") => {
                says = Some(Says::Hidden)
            }
            ("display", _) | ("visibility", "visible") => says = says.or(Some(Says::Shown)),
            ("opacity" | "font-size", _) if nothing() => says = Some(Says::Hidden),
            ("text-indent", _) if far() => says = Some(Says::Hidden),
            ("position", "absolute" | "fixed") => is_lifted = true,
            ("left" | "top" | "right" | "bottom" | "margin-left" | "margin-top", _) if far() => {
                is_cut = true;
            }
            ("width" | "height" | "max-height" | "max-width", _) if nothing() => is_flat = true,
            ("overflow", "hidden") => is_lifted |= is_flat,
            ("clip", value) if value.starts_with("rect(0") => is_cut = true,
            _ => {}
        }
    }
    let is_flat = is_flat && style.to_ascii_lowercase().contains("hidden");
    if (is_lifted && is_cut) || is_flat { Some(Says::Hidden) } else { says }
}

pub(super) fn declarations(style: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    style.split(';').filter_map(|declaration| {
        let (name, value) = declaration.split_once(':')?;
        let value = if value.contains('!') {
            let plain = value.replace("!important", "");
            Cow::Owned(plain.trim().to_ascii_lowercase())
        } else {
            lower(value.trim())
        };
        Some((lower(name.trim()), value))
    })
}

pub(super) fn lower(text: &str) -> Cow<'_, str> {
    match text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => Cow::Owned(text.to_ascii_lowercase()),
        false => Cow::Borrowed(text),
    }
}

/// The number at the head of a value, whatever its unit.
pub(super) fn number(value: &str) -> Option<f64> {
    let end = value.find(|c: char| !(c.is_ascii_digit() || c == '-' || c == '.'));
    value.get(..end.unwrap_or(value.len()))?.parse().ok()
}

fn without_comments(css: &str) -> String {
    let mut kept = String::new();
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

/// What follows the block that has just been entered.
fn after_block(css: &str) -> &str {
    let mut depth = 1usize;
    for (at, byte) in css.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return css.get(at + 1..).unwrap_or_default();
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_tell_what_hides() {
        for style in [
            "display:none",
            "DISPLAY : None !important",
            "visibility:hidden",
            "opacity:0",
            "font-size:0px",
            "text-indent:-9999px",
            "position:absolute;left:-9999px",
            "height:0;overflow:hidden",
            "position:absolute; clip: rect(0 0 0 0)",
        ] {
            assert_eq!(read(style), Some(Says::Hidden), "{style}");
        }
        for style in [
            "",
            "color:red",
            "opacity:0.5",
            "display:block",
            "left:-9999px",
            "height:0",
            "font-size:0.8em",
            "width:0",
        ] {
            assert_ne!(read(style), Some(Says::Hidden), "{style}");
        }
    }

    fn hidden(css: &str, class: &str) -> bool {
        let mut sheet = Sheet::default();
        sheet.add(css);
        sheet.rules.classes.get(class) == Some(&Says::Hidden)
    }

    #[test]
    fn only_plain_rules_that_nothing_contradicts_hide() {
        assert!(hidden(".x{display:none}", "x"));
        assert!(hidden("/* a{ */ .y, .x { color:red; display:none }", "x"));
        assert!(!hidden(".x{display:none} .page .x{display:block}", "x"));
        assert!(!hidden(".open .x{display:none}", "x"));
        assert!(!hidden(".x:hover{display:none}", "x"));
        assert!(!hidden("@media print{.x{display:none}}", "x"));
        assert!(hidden("@media print{.z{a:b}} .x{display:none}", "x"));
        assert!(!hidden("@media print{.x{display:none}", "x"));
    }
}
