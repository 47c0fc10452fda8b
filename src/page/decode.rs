use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::{memchr, memmem};
use std::borrow::Cow;

/// Bytes in which a meta declaration is looked for: browsers take a late one into
/// account too, as long as it stands in the head.
const META_WINDOW: usize = 64 * 1024;
/// Bytes of one such declaration that are read.
const META_TAG: usize = 4_000;
/// Bytes that a guess is made from; it costs more than all parsing.
const GUESS_WINDOW: usize = 16 * 1024;

/// A body as text, and how that was found out.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// The text.
    pub text: String,
    /// The encoding used, by its common name: `UTF-8`, `GBK`, `Big5`, …
    pub charset: &'static str,
}

/// Decodes a body: BOM, header, meta, guess; where the declared encoding decodes
/// badly and another one well, the other one.
pub fn decode(body: &[u8], content_type: Option<&str>) -> Decoded {
    let (text, charset) = read(body, content_type);
    Decoded { text: text.into_owned(), charset }
}

/// The same, with the body itself for a text that it holds as it is.
pub(super) fn read<'b>(body: &'b [u8], content_type: Option<&str>) -> (Cow<'b, str>, &'static str) {
    if let Some((encoding, mark)) = Encoding::for_bom(body) {
        let rest = body.get(mark..).unwrap_or_default();
        return (decoded(rest, encoding), common_name(encoding));
    }
    if let Some(encoding) = utf_16_without_mark(body) {
        return (decoded(body, encoding), common_name(encoding));
    }
    let declared = [content_type.and_then(from_header), from_meta(body)];
    let (encoding, text) = choose(body, declared);
    (text.unwrap_or_else(|| decoded(body, encoding)), common_name(encoding))
}

fn decoded<'b>(body: &'b [u8], encoding: &'static Encoding) -> Cow<'b, str> {
    encoding.decode_without_bom_handling(body).0
}

fn common_name(encoding: &'static Encoding) -> &'static str {
    if encoding == GB18030 { "GB18030" } else { encoding.name() }
}

/// An encoding, with the text where the body has been read in it already.
type Choice<'b> = (&'static Encoding, Option<Cow<'b, str>>);

/// The encoding that reads the body: the first declared one that fits; else any that does.
fn choose<'b>(body: &'b [u8], declared: [Option<&'static Encoding>; 2]) -> Choice<'b> {
    let shape = Utf8Shape::of(body);
    if shape.wide + shape.narrow + shape.broken == 0 {
        // Plain ASCII reads alike in all of them: the declared name stands.
        return (declared.into_iter().flatten().next().unwrap_or(UTF_8), None);
    }
    let utf_8 = (UTF_8, shape.text.clone());
    if shape.is_utf_8() && !declared.contains(&Some(UTF_8)) && shape.is_chinese() {
        return utf_8;
    }
    let mut candidates: Vec<&'static Encoding> = declared.into_iter().flatten().collect();
    if candidates.is_empty() && shape.is_utf_8() {
        return utf_8;
    }
    // Every byte is a letter in windows-1252: it fits only if nothing else was declared,
    // and a Chinese page that claims it is mostly something else.
    candidates.sort_by_key(|&encoding| encoding == WINDOWS_1252);
    let fitting = |encoding: &'static Encoding| match encoding {
        _ if encoding == UTF_8 => shape.is_utf_8().then(|| utf_8.clone()),
        _ if encoding == WINDOWS_1252 => None,
        _ => read_well(body, encoding).map(|text| (encoding, Some(text))),
    };
    if let Some(choice) = candidates.iter().copied().find_map(fitting) {
        return choice;
    }
    let guessed = guess(body);
    let others = [guessed, if shape.is_utf_8() { UTF_8 } else { GBK }, BIG5];
    let other = others.into_iter().find_map(fitting);
    other.unwrap_or_else(|| (candidates.first().copied().unwrap_or(guessed), None))
}

/// What a body looks like when it is read as UTF-8.
struct Utf8Shape<'b> {
    /// The body, where all of it is UTF-8.
    text: Option<Cow<'b, str>>,
    /// Sequences of three or four bytes: Chinese characters, when it is UTF-8.
    wide: usize,
    /// Sequences of two bytes.
    narrow: usize,
    /// Bytes that fit nowhere.
    broken: usize,
}

impl<'b> Utf8Shape<'b> {
    fn of(body: &'b [u8]) -> Self {
        // Most bodies are all of a piece, and that is found out fastest in one go.
        let text = UTF_8.decode_without_bom_handling_and_without_replacement(body);
        let valid = text.as_ref().map_or_else(|| Encoding::utf8_valid_up_to(body), |_| body.len());
        let (whole, rest) = body.split_at_checked(valid).unwrap_or_default();
        let mut shape = Utf8Shape { text, wide: 0, narrow: 0, broken: 0 };
        shape.count(whole);
        let mut left = rest.len();
        for chunk in rest.utf8_chunks() {
            shape.count(chunk.valid().as_bytes());
            shape.broken += chunk.invalid().len();
            left -= chunk.valid().len() + chunk.invalid().len();
            // Not even a rest of nothing but Chinese would make up for so many.
            if shape.broken * 20 > shape.wide + left / 3 {
                break;
            }
        }
        shape
    }

    /// Counts the sequences of what is UTF-8: each has one first byte, which tells its length.
    fn count(&mut self, valid: &[u8]) {
        for part in valid.chunks(usize::from(u8::MAX)) {
            // As bytes, so that many are counted at a time.
            let narrow: u8 = part.iter().map(|byte| u8::from((0xc0..0xe0).contains(byte))).sum();
            let wide: u8 = part.iter().map(|byte| u8::from(*byte >= 0xe0)).sum();
            self.narrow += usize::from(narrow);
            self.wide += usize::from(wide);
        }
    }

    /// A page of UTF-8 may hold a few bytes of something else, or be cut in a character.
    fn is_utf_8(&self) -> bool {
        self.broken == 0 || (self.wide >= 10 && self.broken * 20 <= self.wide)
    }

    /// Two-byte sequences alone may be characters of GBK (the word 联通 is).
    fn is_chinese(&self) -> bool {
        self.wide > self.narrow / 2
    }
}

/// The text, where hardly any of its characters cannot be read in an encoding.
fn read_well<'b>(body: &'b [u8], encoding: &'static Encoding) -> Option<Cow<'b, str>> {
    let (text, faulty) = encoding.decode_without_bom_handling(body);
    (!faulty || fault_share(&text) < 0.01).then_some(text)
}

/// The share of characters that could not be read.
fn fault_share(text: &str) -> f64 {
    let (faults, wide) = text.chars().fold((0u32, 0u32), |(faults, wide), c| {
        (faults + u32::from(c == '\u{fffd}'), wide + u32::from(!c.is_ascii()))
    });
    f64::from(faults) / f64::from(wide.max(1))
}

fn guess(body: &[u8]) -> &'static Encoding {
    // From the first byte that is not ASCII on: long scripts before it say nothing.
    let start = body.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
    let rest = body.get(start..).unwrap_or_default();
    let window = rest.get(..GUESS_WINDOW).unwrap_or(rest);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(window, true);
    detector.guess(Some(b"cn"), Utf8Detection::Allow)
}

/// UTF-16 whose mark is missing: no markup begins with a NUL beside its first bracket otherwise.
fn utf_16_without_mark(body: &[u8]) -> Option<&'static Encoding> {
    match body {
        [b'<', 0, next, 0, ..] if *next != 0 => Some(UTF_16LE),
        [0, b'<', 0, next, ..] if *next != 0 => Some(UTF_16BE),
        _ => None,
    }
}

fn from_header(content_type: &str) -> Option<&'static Encoding> {
    charset_in(&content_type.to_ascii_lowercase()).and_then(known)
}

fn from_meta(body: &[u8]) -> Option<&'static Encoding> {
    let window = body.get(..META_WINDOW).unwrap_or(body);
    let mut rest = window;
    while let Some(at) = memchr(b'<', rest) {
        rest = rest.get(at + 1..).unwrap_or_default();
        if rest.starts_with(b"!--") {
            let end = memmem::find(rest, b"-->").unwrap_or(rest.len());
            rest = rest.get(end..).unwrap_or_default();
        } else if rest.get(..4).is_some_and(|name| name.eq_ignore_ascii_case(b"meta")) {
            let long = rest.get(4..rest.len().min(META_TAG)).unwrap_or_default();
            let tag = long.get(..memchr(b'>', long).unwrap_or(long.len())).unwrap_or_default();
            let tag = String::from_utf8_lossy(tag).to_ascii_lowercase();
            let tag = tag.split("<meta").next().unwrap_or_default();
            if let Some(encoding) = charset_in(tag).and_then(known) {
                // A declaration that can be read as ASCII at all is not in UTF-16.
                let is_utf_16 = encoding == UTF_16LE || encoding == UTF_16BE;
                return Some(if is_utf_16 { UTF_8 } else { encoding });
            }
        }
    }
    None
}

/// The value behind `charset=`, in a text of lower case.
fn charset_in(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        rest = rest.split_once("charset")?.1.trim_start();
        let Some(value) = rest.strip_prefix('=') else { continue };
        let value = value.trim_start().trim_start_matches(['"', '\'']);
        let end = value.find(|c: char| c.is_whitespace() || "\"';,/>".contains(c));
        return value.get(..end.unwrap_or(value.len())).filter(|value| !value.is_empty());
    }
}

fn known(label: &str) -> Option<&'static Encoding> {
    let label = match label {
        "utf8mb4" | "utf" | "utf_8" => "utf-8",
        "gb_18030" | "gb-18030" => "gb18030",
        other => other,
    };
    Encoding::for_label_no_replacement(label.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "<title>示例科技有限公司</title><p>版权所有，未经许可不得转载。备案号在页面底部。</p>";

    fn bytes(encoding: &'static Encoding, text: &str) -> Vec<u8> {
        encoding.encode(text).0.into_owned()
    }

    #[track_caller]
    fn check(body: &[u8], header: Option<&str>, charset: &str) {
        let decoded = decode(body, header);
        assert_eq!(decoded.charset, charset);
        assert!(decoded.text.contains("示例科技有限公司"), "{}", decoded.text);
    }

    #[test]
    fn what_is_declared_rightly_is_used() {
        check(&bytes(UTF_8, TEXT), Some("text/html; charset=utf-8"), "UTF-8");
        check(&bytes(GBK, TEXT), Some("text/html;charset=GBK"), "GBK");
        check(&bytes(GBK, TEXT), Some("text/html; charset=\"gb2312\""), "GBK");
        check(&bytes(GB18030, TEXT), Some("text/html; charset=gb18030"), "GB18030");
        let with_meta =
            format!("<meta http-equiv=Content-Type content='text/html; charset=gb2312'>{TEXT}");
        check(&bytes(GBK, &with_meta), None, "GBK");
    }

    #[test]
    fn the_mark_at_the_start_goes_before_the_header() {
        let body = [b"\xef\xbb\xbf", TEXT.as_bytes()].concat();
        check(&body, Some("text/html; charset=gbk"), "UTF-8");
        let wide: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&[b"\xff\xfe", wide.as_slice()].concat(), None, "UTF-16LE");
        check(&wide, None, "UTF-16LE");
    }

    #[test]
    fn a_wrong_declaration_gives_way_to_what_the_bytes_are() {
        check(TEXT.as_bytes(), Some("text/html; charset=gbk"), "UTF-8");
        check(TEXT.as_bytes(), Some("text/html; charset=big5"), "UTF-8");
        check(TEXT.as_bytes(), Some("text/html; charset=iso-8859-1"), "UTF-8");
        check(&bytes(GBK, TEXT), Some("text/html; charset=utf-8"), "GBK");
        check(&bytes(GBK, TEXT), Some("text/html; charset=iso-8859-1"), "GBK");
        let meta = format!("<meta charset=gbk>{TEXT}");
        check(&bytes(GBK, &meta), Some("text/html; charset=utf-8"), "GBK");
        let meta = format!("<meta charset=utf-8>{TEXT}");
        check(meta.as_bytes(), Some("text/html; charset=gbk"), "UTF-8");
    }

    #[test]
    fn what_nobody_declares_is_guessed() {
        check(TEXT.as_bytes(), None, "UTF-8");
        check(&bytes(GBK, TEXT), None, "GBK");
    }

    #[test]
    fn big5_is_read_where_it_is_declared() {
        let body = bytes(BIG5, "<meta charset=big5><title>範例科技</title>版權所有");
        let decoded = decode(&body, None);
        assert_eq!((decoded.charset, decoded.text.contains("範例科技")), ("Big5", true));
    }

    #[test]
    fn a_declaration_in_a_comment_or_with_an_unknown_name_is_none() {
        let body = format!("<!-- <meta charset=gbk> --><meta charset=nonsense>{TEXT}");
        check(body.as_bytes(), None, "UTF-8");
        assert_eq!(charset_in("charset = 'gbk'; x"), Some("gbk"));
        assert_eq!(charset_in("charset"), None);
    }

    #[test]
    fn a_few_broken_bytes_do_not_turn_a_page_into_another_encoding() {
        let mut body = TEXT.repeat(20).into_bytes();
        body.extend_from_slice(b"\xe4\xb8");
        check(&body, Some("text/html; charset=utf-8"), "UTF-8");
    }
}
