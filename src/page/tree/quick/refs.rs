//! Characters that are written by their names or numbers.

use super::super::{Span, Tree};
use html5ever::{
    TokenizerResult,
    buffer_queue::BufferQueue,
    tendril::StrTendril,
    tokenizer::{
        Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::{RawKind, State},
    },
};
use memchr::memchr;
use std::cell::RefCell;

/// The names that nearly all pages make do with.
const NAMES: [(&str, char); 30] = [
    ("nbsp", '\u{a0}'),
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("middot", '·'),
    ("bull", '•'),
    ("raquo", '»'),
    ("laquo", '«'),
    ("rsaquo", '›'),
    ("lsaquo", '‹'),
    ("mdash", '—'),
    ("ndash", '–'),
    ("hellip", '…'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("times", '×'),
    ("yen", '¥'),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("rarr", '→'),
    ("larr", '←'),
    ("deg", '°'),
];

/// A text of the page as it is read.
pub(super) fn resolve(tree: &mut Tree, source: &str, span: Span, is_attribute: bool) -> Span {
    let text = source.get(span.start as usize..span.end as usize).unwrap_or_default();
    if memchr(b'&', text.as_bytes()).is_none() {
        return span;
    }
    let start = tree.written.len() as u32;
    write_out(text, is_attribute, &mut tree.written);
    Span { start, end: tree.written.len() as u32, is_written: true }
}

pub(super) fn written_out(text: &str, is_attribute: bool) -> String {
    let mut out = String::new();
    write_out(text, is_attribute, &mut out);
    out
}

fn write_out(text: &str, is_attribute: bool, out: &mut String) {
    let mut rest = text;
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default();
        let Some((c, length)) = common(rest.as_bytes(), is_attribute) else {
            out.push_str(&uncommon(rest, is_attribute));
            return;
        };
        out.push(c);
        rest = rest.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
}

/// The character that stands at the beginning, and how many bytes it is written in; `None`
/// where that takes the whole list of names.
fn common(text: &[u8], is_attribute: bool) -> Option<(char, usize)> {
    let name = text.get(1..).unwrap_or_default();
    let length = name.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let (name, behind) = name.split_at(length);
    match (name, behind.first()) {
        ([], Some(b'#')) => number(text),
        ([], _) => Some(('&', 1)),
        (_, Some(b';')) => {
            let known = NAMES.iter().find(|(known, _)| known.as_bytes() == name);
            known.map(|(_, c)| (*c, length + 2))
        }
        // `?a=1&b=2`: a name that goes on is none, in an attribute.
        (_, Some(b'=')) if is_attribute => Some(('&', 1)),
        _ => None,
    }
}

/// `&#169;` or `&#xA9;`
fn number(text: &[u8]) -> Option<(char, usize)> {
    let is_hex = matches!(text.get(2), Some(b'x' | b'X'));
    let (head, radix) = if is_hex { (3, 16) } else { (2, 10) };
    let digits = text.get(head..)?.iter().map_while(|byte| char::from(*byte).to_digit(radix));
    let (count, value) = digits.take(9).fold((0, 0u64), |(count, value), digit| {
        (count + 1, value * u64::from(radix) + u64::from(digit))
    });
    // Some of the controls stand for others.
    let is_plain = matches!(value, 1..=0x7f | 0xa0..=0xd7ff | 0xe000..=0x10_ffff);
    if count == 0 || count == 9 || !is_plain || text.get(head + count) != Some(&b';') {
        return None;
    }
    Some((char::from_u32(u32::try_from(value).ok()?)?, head + count + 1))
}

/// The same by html5ever, which has all names, and knows what is meant by halves of them.
fn uncommon(text: &str, is_attribute: bool) -> String {
    let (state, text) = match is_attribute {
        false => (State::RawData(RawKind::Rcdata), text.to_owned()),
        true if !text.contains('"') => (State::Data, format!("<a b=\"{text}\">")),
        true if !text.contains('\'') => (State::Data, format!("<a b='{text}'>")),
        true => (State::Data, format!("<a b={text}>")),
    };
    let opts =
        TokenizerOpts { initial_state: Some(state), discard_bom: false, ..Default::default() };
    let tokenizer = Tokenizer::new(Texts::default(), opts);
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(&text));
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    tokenizer.sink.text.into_inner()
}

/// Takes the characters, and the value of the only attribute.
#[derive(Default)]
struct Texts {
    text: RefCell<String>,
}

impl TokenSink for Texts {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut text = self.text.borrow_mut();
        match token {
            Token::CharacterTokens(characters) => text.push_str(&characters),
            Token::TagToken(tag) => tag.attrs.iter().for_each(|found| text.push_str(&found.value)),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}
