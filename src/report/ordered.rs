//! JSON as it goes into `audits.jsonl`, written in one go: nothing unseen in it, and of evidence
//! the fields in the order of their names and the personal data of the row masked.
//!
//! A tree of values would do the same, and take three times as long to be built and printed.

use super::escape::unplain;
use super::mask::Mask;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use std::cell::RefCell;
use std::io::{self, Write};
use std::ops::Range;

/// The keys of the evidence under which a page's or a registry's words stand, as they are written.
const PAGE_TEXTS: &[&[u8]] =
    &[b"\"title\"", b"\"text\"", b"\"excerpt\"", b"\"holder\"", b"\"registrant\""];

/// Appends a value, its fields in their own order.
pub(super) fn plain(out: &mut Vec<u8>, value: &impl Serialize) -> io::Result<()> {
    Ok(value.serialize(&mut Serializer::with_formatter(out, Shown))?)
}

/// Appends evidence.
pub(super) fn masked(out: &mut Vec<u8>, value: &impl Serialize, mask: &Mask<'_>) -> io::Result<()> {
    let written = Written(RefCell::new(std::mem::take(out)));
    let formatter = Ordered {
        out: &written,
        mask: (!mask.is_empty()).then_some(mask),
        open: Vec::new(),
        fields: Vec::new(),
        scratch: Vec::new(),
        text_at: None,
        masks_from: None,
    };
    let done = value.serialize(&mut Serializer::with_formatter(&written, formatter));
    *out = written.0.into_inner();
    Ok(done?)
}

/// Writes what nobody sees by its number.
struct Shown;

impl Formatter for Shown {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        shown(writer, fragment)
    }
}

fn shown<W: ?Sized + Write>(writer: &mut W, fragment: &str) -> io::Result<()> {
    let mut rest = fragment;
    while let Some((plain, escape, behind)) = unplain(rest) {
        writer.write_all(plain.as_bytes())?;
        writer.write_all(escape.as_bytes())?;
        rest = behind;
    }
    writer.write_all(rest.as_bytes())
}

/// What is written so far: by the serializer, and read by its formatter.
struct Written(RefCell<Vec<u8>>);

impl Written {
    fn len(&self) -> usize {
        self.0.borrow().len()
    }
}

impl Write for &Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A field of an object, by where it stands in what is written.
struct Field {
    key: Range<usize>,
    end: usize,
}

/// Its name without the quotes, so that a shorter one comes before one that goes on.
fn name<'o>(out: &'o [u8], field: &Field) -> &'o [u8] {
    let key = out.get(field.key.clone()).unwrap_or_default();
    key.get(1..key.len().saturating_sub(1)).unwrap_or_default()
}

/// Puts the fields of each object in order when it ends, and masks texts of pages.
struct Ordered<'a> {
    out: &'a Written,
    /// `None` where there is nothing to mask.
    mask: Option<&'a Mask<'a>>,
    /// Of each open object, its first place in `fields`.
    open: Vec<usize>,
    fields: Vec<Field>,
    scratch: Vec<u8>,
    /// Where the value of a field begins that may be a page's text.
    text_at: Option<usize>,
    /// Where the text begins that is masked when it ends.
    masks_from: Option<usize>,
}

impl Ordered<'_> {
    fn sort(&mut self, from: usize) {
        let fields = self.fields.get_mut(from..).unwrap_or_default();
        let [first, .., last] = &*fields else { return };
        let whole = first.key.start..last.end;
        let mut out = self.out.0.borrow_mut();
        let is_sorted = fields.is_sorted_by(|one, other| name(&out, one) <= name(&out, other));
        if is_sorted {
            return;
        }
        fields.sort_by(|one, other| name(&out, one).cmp(name(&out, other)));
        self.scratch.clear();
        for field in fields {
            if !self.scratch.is_empty() {
                self.scratch.push(b',');
            }
            self.scratch.extend_from_slice(out.get(field.key.start..field.end).unwrap_or_default());
        }
        if let Some(part) = out.get_mut(whole).filter(|part| part.len() == self.scratch.len()) {
            part.copy_from_slice(&self.scratch);
        }
    }

    /// Masks the text that ends here.
    fn mask(&self, from: usize, mask: &Mask<'_>) -> io::Result<()> {
        let text: String = match self.out.0.borrow().get(from..) {
            Some(json) => serde_json::from_slice(json)?,
            None => return Ok(()),
        };
        let masked = mask.text(&text);
        if masked == text {
            return Ok(());
        }
        let mut out = self.out.0.borrow_mut();
        out.truncate(from);
        plain(&mut out, &masked)
    }
}

impl Formatter for Ordered<'_> {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        shown(writer, fragment)
    }

    fn begin_string<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.text_at.is_some() && self.text_at.take() == Some(self.out.len()) {
            self.masks_from = Some(self.out.len());
        }
        writer.write_all(b"\"")
    }

    fn end_string<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b"\"")?;
        match (self.masks_from.take(), self.mask) {
            (Some(from), Some(mask)) => self.mask(from, mask),
            _ => Ok(()),
        }
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open.push(self.fields.len());
        writer.write_all(b"{")
    }

    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        let at = self.out.len();
        self.fields.push(Field { key: at..at, end: at });
        Ok(())
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        if let Some(field) = self.fields.last_mut() {
            field.key.end = self.out.len();
        }
        Ok(())
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b":")?;
        let out = self.out.0.borrow();
        let key = self.fields.last().and_then(|field| out.get(field.key.clone()));
        let is_text = self.mask.is_some() && key.is_some_and(|key| PAGE_TEXTS.contains(&key));
        self.text_at = is_text.then_some(out.len());
        Ok(())
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        if let Some(field) = self.fields.last_mut() {
            field.end = self.out.len();
        }
        Ok(())
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let from = self.open.pop().unwrap_or_default();
        self.sort(from);
        self.fields.truncate(from);
        writer.write_all(b"}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filing::{Domain, Filing};
    use proptest::prelude::*;
    use serde::ser::SerializeMap;
    use serde_json::Value;

    /// Anything that may be written, its fields in any order.
    #[derive(Clone, Debug)]
    enum Tree {
        Nothing,
        Number(i64),
        Text(String),
        List(Vec<Tree>),
        Fields(Vec<(&'static str, Tree)>),
    }

    impl Serialize for Tree {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match self {
                Tree::Nothing => serializer.serialize_none(),
                Tree::Number(number) => serializer.serialize_i64(*number),
                Tree::Text(text) => serializer.serialize_str(text),
                Tree::List(list) => serializer.collect_seq(list),
                Tree::Fields(fields) => {
                    let mut map = serializer.serialize_map(Some(fields.len()))?;
                    for (key, value) in fields {
                        map.serialize_entry(key, value)?;
                    }
                    map.end()
                }
            }
        }
    }

    fn tree() -> impl Strategy<Value = Tree> {
        const KEYS: &[&str] = &["title", "tit", "titles", "text", "host", "a", "holder", "b"];
        let text = "(13800000000|[a\"\\\\备，\u{202e}\u{1}\n\u{85}\u{e0041}]){0,4}";
        let leaf = prop_oneof![
            Just(Tree::Nothing),
            any::<i64>().prop_map(Tree::Number),
            text.prop_map(Tree::Text),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            let fields = prop::sample::subsequence(KEYS, 0..=KEYS.len()).prop_shuffle();
            let fields = fields.prop_flat_map({
                let inner = inner.clone();
                move |keys| {
                    let values = prop::collection::vec(inner.clone(), keys.len());
                    values.prop_map(move |values| keys.iter().copied().zip(values).collect())
                }
            });
            prop_oneof![
                prop::collection::vec(inner, 0..4).prop_map(Tree::List),
                fields.prop_map(Tree::Fields),
            ]
        })
    }

    /// The long way: a tree of values, masked, printed and made harmless.
    fn slowly(tree: &Tree, mask: &Mask<'_>) -> String {
        let mut value = serde_json::to_value(tree).unwrap();
        let mut open = vec![&mut value];
        while let Some(value) = open.pop() {
            match value {
                Value::Array(values) => open.extend(values),
                Value::Object(fields) => {
                    for (key, value) in fields {
                        match value {
                            Value::String(text)
                                if PAGE_TEXTS.contains(&format!("{key:?}").as_bytes()) =>
                            {
                                *text = mask.text(text);
                            }
                            value => open.push(value),
                        }
                    }
                }
                _ => {}
            }
        }
        super::super::escape::json(&serde_json::to_string(&value).unwrap())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn it_writes_what_a_tree_of_values_prints(tree in tree(), has_phone in any::<bool>()) {
            let mut filing = Filing::of_domain(1, Domain::parse("site.example").unwrap());
            filing.phone = has_phone.then(|| "13800000000".to_owned());
            let mask = Mask::of(&filing, None);
            let mut out = b"before ".to_vec();
            masked(&mut out, &tree, &mask).unwrap();
            let expected = format!("before {}", slowly(&tree, &mask));
            prop_assert_eq!(String::from_utf8(out).unwrap(), expected);
        }

        #[test]
        fn a_plain_value_is_what_the_serializer_writes_made_harmless(tree in tree()) {
            let mut out = Vec::new();
            plain(&mut out, &tree).unwrap();
            let expected = super::super::escape::json(&serde_json::to_string(&tree).unwrap());
            prop_assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
