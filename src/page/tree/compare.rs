//! Holds the two ways to a tree against each other.

use super::{DOCUMENT, Element, Step, Tree, names, plain, quick, readable};

/// Whether a page is left to html5ever.
pub(in crate::page) fn is_beyond(text: String) -> bool {
    quick::parse(readable(text.into())).is_err()
}

/// The first place where the two ways to a tree differ.
pub(in crate::page) fn difference(text: &str) -> Option<String> {
    let text = readable(text.into());
    let quick = quick::parse(text.clone()).ok()?;
    let plain = plain::parse(text);
    let (mut one, mut other) = (quick.shape().into_iter(), plain.shape().into_iter());
    for at in 0.. {
        match (one.next(), other.next()) {
            (None, None) => break,
            (quick, plain) if quick != plain => {
                return Some(format!("step {at}: {quick:?} is {plain:?} the plain way"));
            }
            _ => {}
        }
    }
    None
}

impl Tree {
    /// Everything in it in words: elements with their attributes, texts without their ends.
    fn shape(&self) -> Vec<String> {
        let mut shape: Vec<String> = Vec::new();
        let mut in_text = false;
        for step in self.walk(DOCUMENT) {
            let is_text = matches!(step, Step::Text(_));
            match step {
                Step::Open(element) => shape.push(self.in_words(element)),
                Step::Close => shape.push("end".to_owned()),
                Step::Text(text) if in_text => {
                    if let Some(last) = shape.last_mut() {
                        last.push_str(text);
                    }
                }
                Step::Text(text) => shape.push(format!("text {text}")),
            }
            in_text = is_text;
        }
        shape
    }

    fn in_words(&self, element: Element<'_>) -> String {
        let known = names::text(element.name()).map(str::to_owned);
        let mut others = self.others.iter().filter(|(_, name)| **name == element.name());
        let name = known.or_else(|| others.next().map(|(text, _)| text.to_string()));
        let from = element.node.attributes as usize;
        let own = self.attributes.iter().skip(from).take(element.node.has.count_ones() as usize);
        let mut own: Vec<String> =
            own.map(|(attribute, span)| format!("{attribute:?}={}", self.text(*span))).collect();
        own.sort_unstable();
        format!("{} {} {}", name.unwrap_or_default(), element.is_html(), own.join(" "))
    }
}
