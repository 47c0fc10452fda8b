//! The page in tokens, as the standard's tokenizer has them.

use super::{
    super::{Attr, Span, Tree},
    Beyond, Tag, refs,
};
use memchr::memchr;

/// Attributes of one tag; the plain way says what becomes of more.
const ATTRIBUTES: usize = 200;

/// What stands next in the page.
pub(super) enum Markup {
    Text(Span),
    /// A start tag, whose name begins here.
    Start(usize),
    End(usize),
    /// A document type, from bracket to bracket.
    Doctype(usize, usize),
    Comment,
    /// What is a section of characters in a drawing, and a comment elsewhere.
    Section,
}

/// A part of the page: no more than can be numbered.
pub(super) fn span(start: usize, end: usize) -> Span {
    Span { start: start as u32, end: end as u32, is_written: false }
}

pub(super) struct Scanner<'s> {
    pub(super) text: &'s str,
    bytes: &'s [u8],
    at: usize,
}

impl<'s> Scanner<'s> {
    pub(super) fn new(text: &'s str) -> Scanner<'s> {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Scanner { text, bytes: text.as_bytes(), at }
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &'s str {
        self.text.get(start..end).unwrap_or_default()
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    fn find(&self, byte: u8, from: usize) -> Option<usize> {
        memchr(byte, self.bytes.get(from..)?).map(|offset| from + offset)
    }

    fn starts_with(&self, at: usize, text: &[u8]) -> bool {
        self.bytes.get(at..).is_some_and(|rest| rest.starts_with(text))
    }

    /// Passes over a line end, if there is one.
    pub(super) fn skip_line_end(&mut self) {
        if self.byte(self.at) == Some(b'\n') {
            self.at += 1;
        }
    }

    /// What comes next; `None` at the end of the page.
    pub(super) fn next_markup(&mut self) -> Option<Markup> {
        let mut start = self.at;
        let mut from = start;
        while let Some(bracket) = self.find(b'<', from) {
            let (next, third) = (self.byte(bracket + 1), self.byte(bracket + 2));
            let is_markup = match next {
                Some(b'/') => third.is_some(),
                Some(byte) => byte.is_ascii_alphabetic() || matches!(byte, b'!' | b'?'),
                None => false,
            };
            if !is_markup {
                from = bracket + 1;
                continue;
            }
            if bracket > start {
                self.at = bracket;
                return Some(Markup::Text(span(start, bracket)));
            }
            if (next, third) == (Some(b'/'), Some(b'>')) {
                // An end tag of nothing is nothing.
                self.at = bracket + 3;
                (start, from) = (self.at, self.at);
                continue;
            }
            return Some(match (next, third) {
                (Some(b'/'), Some(third)) if third.is_ascii_alphabetic() => {
                    Markup::End(bracket + 2)
                }
                (Some(b'!'), _) => self.declaration(bracket),
                (Some(b'/' | b'?'), _) => {
                    self.skip_bogus();
                    Markup::Comment
                }
                _ => Markup::Start(bracket + 1),
            });
        }
        self.at = self.bytes.len();
        (start < self.at).then(|| Markup::Text(span(start, self.at)))
    }

    /// What begins with an exclamation mark.
    fn declaration(&mut self, bracket: usize) -> Markup {
        if self.starts_with(bracket + 2, b"--") {
            self.at = self.comment_end(bracket + 4);
            return Markup::Comment;
        }
        if self.starts_with(bracket + 2, b"[CDATA[") {
            return Markup::Section;
        }
        self.skip_bogus();
        let word = self.bytes.get(bracket + 2..bracket + 9);
        match word.is_some_and(|word| word.eq_ignore_ascii_case(b"doctype")) {
            true => Markup::Doctype(bracket, self.at),
            false => Markup::Comment,
        }
    }

    /// Passes over markup that ends with its first closing bracket.
    pub(super) fn skip_bogus(&mut self) {
        self.at = self.find(b'>', self.at + 2).map_or(self.bytes.len(), |end| end + 1);
    }

    fn comment_end(&self, start: usize) -> usize {
        if self.byte(start) == Some(b'>') {
            return start + 1;
        }
        if self.starts_with(start, b"->") {
            return start + 2;
        }
        let mut from = start;
        while let Some(end) = self.find(b'>', from) {
            let inside = self.bytes.get(start..end).unwrap_or_default();
            if inside.ends_with(b"--") || inside.ends_with(b"--!") {
                return end + 1;
            }
            from = end + 1;
        }
        self.bytes.len()
    }

    /// Reads a tag from its name on; `None` where the page ends in it.
    pub(super) fn tag(&mut self, tree: &mut Tree, start: usize) -> Result<Option<Tag>, Beyond> {
        let length = self.bytes.get(start..).unwrap_or_default().iter();
        let Some(length) = length.copied().position(ends_name) else { return Ok(self.ends()) };
        let name_end = start + length;
        let name = tree.name(self.slice(start, name_end)).ok_or(Beyond)?;
        let attributes = tree.attributes.len() as u32;
        let (mut has, mut count, mut closes_itself) = (0, 0, false);
        let mut at = name_end;
        loop {
            at = skip_space(self.bytes, at);
            match self.byte(at) {
                None => return Ok(self.ends()),
                Some(b'>') => break,
                Some(b'/') => {
                    at += 1;
                    closes_itself = self.byte(at) == Some(b'>');
                    continue;
                }
                Some(_) => {}
            }
            count += 1;
            if count > ATTRIBUTES {
                return Err(Beyond);
            }
            let Some(written) = Written::read(self.bytes, at) else { return Ok(self.ends()) };
            at = written.end;
            let known = self.bytes.get(written.name.0..written.name.1).and_then(Attr::known);
            if let Some(known) = known.filter(|known| has & known.bit() == 0) {
                has |= known.bit();
                let value = span(written.value.0, written.value.1);
                let value = refs::resolve(tree, self.text, value, true);
                tree.attributes.push((known, value));
            }
        }
        self.at = at + 1;
        let written = (name_end as u32, at as u32);
        Ok(Some(Tag { name, attributes, has, written, closes_itself }))
    }

    /// The page ends here.
    fn ends(&mut self) -> Option<Tag> {
        self.at = self.bytes.len();
        None
    }

    /// The text of an element that holds nothing but text; behind it stands the end tag of
    /// this name, if there is one, whose name's place comes along.
    pub(super) fn raw_text(&mut self, name: &str) -> (Span, Option<usize>) {
        let start = self.at;
        let end = match name {
            "script" => self.script_end(start),
            _ => self.end_tag(name, start),
        };
        let stop = end.unwrap_or(self.bytes.len());
        self.at = stop;
        (span(start, stop), end.map(|end| end + 2))
    }

    fn end_tag(&self, name: &str, from: usize) -> Option<usize> {
        let mut from = from;
        loop {
            let bracket = self.find(b'<', from)?;
            if self.byte(bracket + 1) == Some(b'/') && self.is_word(bracket + 2, name) {
                return Some(bracket);
            }
            from = bracket + 1;
        }
    }

    /// Whether a word stands here, and ends as a tag's name does.
    fn is_word(&self, at: usize, word: &str) -> bool {
        let end = at + word.len();
        let found = self.bytes.get(at..end);
        found.is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
            && self.byte(end).is_some_and(ends_name)
    }

    /// Where a script ends: within what looks like a comment, a script in the script is
    /// passed over.
    fn script_end(&self, from: usize) -> Option<usize> {
        let (mut is_escaped, mut is_nested) = (false, false);
        let mut from = from;
        loop {
            let rest = self.bytes.get(from..)?;
            let at = from
                + if is_escaped { memchr::memchr2(b'<', b'-', rest) } else { memchr(b'<', rest) }?;
            from = at + 1;
            if self.byte(at) == Some(b'-') {
                if self.starts_with(at, b"-->") {
                    (is_escaped, is_nested) = (false, false);
                }
            } else if self.byte(at + 1) == Some(b'/') && self.is_word(at + 2, "script") {
                if !is_nested {
                    return Some(at);
                }
                is_nested = false;
            } else if is_escaped {
                is_nested |= self.is_word(at + 1, "script");
            } else if self.starts_with(at, b"<!--") {
                is_escaped = true;
                from = at + 2;
            }
        }
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\x0c')
}

fn ends_name(byte: u8) -> bool {
    is_space(byte) || matches!(byte, b'/' | b'>')
}

fn skip_space(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().position(|byte| !is_space(*byte)).unwrap_or(rest.len())
}

/// An attribute as it is written.
struct Written {
    name: (usize, usize),
    value: (usize, usize),
    /// What follows stands here.
    end: usize,
}

impl Written {
    /// Reads an attribute from the first byte of its name on; `None` where the page ends in it.
    fn read(bytes: &[u8], start: usize) -> Option<Written> {
        // An equals sign that begins a name belongs to it.
        let rest = bytes.get(start + 1..)?.iter();
        let name_end = rest.copied().position(|byte| ends_name(byte) || byte == b'=')? + start + 1;
        let name = (start, name_end);
        let at = skip_space(bytes, name_end);
        if bytes.get(at) != Some(&b'=') {
            return Some(Written { name, value: (at, at), end: at });
        }
        let at = skip_space(bytes, at + 1);
        match *bytes.get(at)? {
            quote @ (b'"' | b'\'') => {
                let end = at + 1 + memchr(quote, bytes.get(at + 1..)?)?;
                Some(Written { name, value: (at + 1, end), end: end + 1 })
            }
            b'>' => Some(Written { name, value: (at, at), end: at }),
            _ => {
                let rest = bytes.get(at..)?.iter();
                let end = at + rest.copied().position(|byte| is_space(byte) || byte == b'>')?;
                Some(Written { name, value: (at, end), end })
            }
        }
    }
}

/// Whether two tags have the same attributes, in whatever order.
pub(super) fn same_attributes(source: &str, one: (u32, u32), other: (u32, u32)) -> bool {
    let text = |(start, end): (u32, u32)| source.get(start as usize..end as usize);
    let (Some(one), Some(other)) = (text(one), text(other)) else { return false };
    one == other || attributes(one) == attributes(other)
}

/// The attributes of a tag, given the text behind its name, in the order of their names.
fn attributes(text: &str) -> Vec<(String, String)> {
    // As behind the text in the page, a bracket ends the last one.
    let text = format!("{text}>");
    let bytes = text.as_bytes();
    let mut found: Vec<(String, String)> = Vec::new();
    let mut at = 0;
    loop {
        at = skip_space(bytes, at);
        match bytes.get(at) {
            None | Some(b'>') => break,
            Some(b'/') => {
                at += 1;
                continue;
            }
            Some(_) => {}
        }
        let Some(written) = Written::read(bytes, at) else { break };
        at = written.end;
        let part = |(start, end): (usize, usize)| text.get(start..end).unwrap_or_default();
        let name = part(written.name).to_ascii_lowercase();
        if !found.iter().any(|(known, _)| *known == name) {
            found.push((name, refs::written_out(part(written.value), true)));
        }
    }
    found.sort_unstable();
    found
}
