//! How the bytes of a list become text: by mark, by label, or by looking at its beginning.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

/// How the lines of a list are decoded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Charset {
    /// `None` until a line beyond ASCII has been seen: UTF-8 or GB18030, by what fits.
    encoding: Option<&'static Encoding>,
    /// Bytes of the mark at the beginning.
    pub(super) mark: usize,
    /// The byte that ends a line: LF, or CR where the beginning has no LF.
    pub(super) ending: u8,
}

impl Charset {
    /// Finds out from the beginning of a list, `prefix`; a label of the operator's goes first.
    /// `None`: there is no encoding of that name.
    pub(super) fn of(prefix: &[u8], label: Option<&str>) -> Option<Charset> {
        let marked = Encoding::for_bom(prefix);
        let encoding = match label {
            Some(label) => Some(named(label)?),
            None => marked.map(|(encoding, _)| encoding).or_else(|| guess(prefix)),
        };
        let mark =
            marked.filter(|(marked, _)| Some(*marked) == encoding).map_or(0, |(_, mark)| mark);
        let mut charset = Charset { encoding, mark, ending: b'\n' };
        let has_lf = charset.find_ending(prefix.get(mark..).unwrap_or_default(), 0).is_some();
        charset.ending = if has_lf { b'\n' } else { b'\r' };
        Some(charset)
    }

    /// The encoding's name, e.g. `UTF-8`, `GB18030` (of which GBK is a part), `UTF-16LE`.
    pub(super) fn name(&self) -> &'static str {
        self.encoding.unwrap_or(UTF_8).name()
    }

    /// Bytes of one code unit.
    pub(super) fn unit(&self) -> usize {
        if self.is_utf16() { 2 } else { 1 }
    }

    fn is_utf16(&self) -> bool {
        self.encoding == Some(UTF_16LE) || self.encoding == Some(UTF_16BE)
    }

    /// Where the next line ends: the index of its ending, at or behind `from` (on a unit's border).
    pub(super) fn find_ending(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let rest = bytes.get(from..)?;
        if !self.is_utf16() {
            return rest.iter().position(|&b| b == self.ending).map(|at| from + at);
        }
        let ending =
            if self.encoding == Some(UTF_16LE) { [self.ending, 0] } else { [0, self.ending] };
        rest.chunks_exact(2).position(|unit| unit == ending).map(|at| from + at * 2)
    }

    /// The text of one line's bytes, and whether every byte could be decoded.
    pub(super) fn decode(&mut self, line: &[u8]) -> (String, bool) {
        if line.is_ascii() && self.encoding.is_none_or(|encoding| encoding.is_ascii_compatible()) {
            return (String::from_utf8_lossy(line).into_owned(), true);
        }
        let encoding = self.encoding.or_else(|| {
            let fits = [UTF_8, GB18030].into_iter().find(|encoding| errors(encoding, line) == 0);
            self.encoding = fits;
            fits
        });
        let (text, damaged) = encoding.unwrap_or(UTF_8).decode_without_bom_handling(line);
        (text.into_owned(), !damaged)
    }
}

/// The encoding of a label; GBK and GB2312 are read as GB18030, which holds both.
fn named(label: &str) -> Option<&'static Encoding> {
    let label = label.trim();
    let label = match &*label.to_ascii_lowercase() {
        "utf8" => "utf-8",
        "utf16" | "utf16le" => "utf-16le",
        "utf16be" => "utf-16be",
        "cp936" | "gb2312" | "gbk" => "gb18030",
        _ => label,
    }
    .to_owned();
    let encoding = Encoding::for_label_no_replacement(label.as_bytes())?;
    Some(if encoding == encoding_rs::GBK { GB18030 } else { encoding })
}

/// `None`: ASCII so far.
fn guess(prefix: &[u8]) -> Option<&'static Encoding> {
    if let Some(encoding) = guess_utf16(prefix) {
        return Some(encoding);
    }
    if prefix.is_ascii() {
        return None;
    }
    // What the prefix cuts in two is no sign of anything.
    let end = prefix.iter().rposition(|&b| b == b'\n').unwrap_or(prefix.len());
    let whole = prefix.get(..end).filter(|whole| !whole.is_ascii()).unwrap_or(prefix);
    let (text, _) = UTF_8.decode_without_bom_handling(whole);
    let damaged = text.chars().filter(|&c| c == '\u{fffd}').count();
    let sound = text.chars().filter(|&c| !c.is_ascii() && c != '\u{fffd}').count();
    // A damaged byte or two do not make a UTF-8 list GBK, nor the other way round:
    // hardly any GBK text is UTF-8 by chance, while much UTF-8 can be read as GBK.
    if sound > damaged { Some(UTF_8) } else { Some(GB18030) }
}

/// UTF-16 without a mark: commas, digits and line ends show as every other byte zero.
fn guess_utf16(prefix: &[u8]) -> Option<&'static Encoding> {
    let units = prefix.chunks_exact(2).take(4096);
    let (mut little, mut big) = (0_usize, 0_usize);
    for unit in units {
        match unit {
            [low, 0] if *low != 0 => little += 1,
            [0, low] if *low != 0 => big += 1,
            _ => {}
        }
    }
    let seen = (prefix.len() / 2).min(4096);
    if little > 4 * big && little * 10 >= seen && little > 1 {
        Some(UTF_16LE)
    } else if big > 4 * little && big * 10 >= seen && big > 1 {
        Some(UTF_16BE)
    } else {
        None
    }
}

fn errors(encoding: &'static Encoding, bytes: &[u8]) -> usize {
    usize::from(encoding.decode_without_bom_handling_and_without_replacement(bytes).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8]) -> &'static str {
        Charset::of(bytes, None).unwrap().name()
    }

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() })
            .collect()
    }

    #[test]
    fn the_encoding_is_found_from_the_bytes() {
        let text = "域名,网站名称\nsite.example,示例网站\n";
        assert_eq!(found(text.as_bytes()), "UTF-8");
        assert_eq!(found(format!("\u{feff}{text}").as_bytes()), "UTF-8");
        assert_eq!(found(&GB18030.encode(text).0), "gb18030");
        assert_eq!(found(&utf16(text, false)), "UTF-16LE");
        assert_eq!(found(&utf16(text, true)), "UTF-16BE");
        assert_eq!(found(&utf16(&format!("\u{feff}{text}"), true)), "UTF-16BE");
        assert_eq!(found(b"site.example\n"), "UTF-8");
    }

    #[test]
    fn a_damaged_byte_does_not_change_the_encoding() {
        let mut utf8 = "域名,网站名称\nsite.example,示例网站\n".as_bytes().to_vec();
        utf8.extend(b"b.example,\xff\n");
        assert_eq!(found(&utf8), "UTF-8");
        let mut gbk = GB18030.encode("域名,网站名称\nsite.example,示例网站\n").0.into_owned();
        gbk.extend(b"b.example,\xff\n");
        assert_eq!(found(&gbk), "gb18030");
    }

    #[test]
    fn a_list_that_begins_in_ascii_is_decided_at_its_first_other_line() {
        let mut charset = Charset::of(b"domain,name\na.example,a\n", None).unwrap();
        let line = GB18030.encode("b.example,示例").0.into_owned();
        assert_eq!(charset.decode(&line), ("b.example,示例".to_owned(), true));
        assert_eq!(charset.name(), "gb18030");
    }

    #[test]
    fn labels_are_read_and_unknown_ones_refused() {
        assert_eq!(Charset::of(b"", Some("GBK")).unwrap().name(), "gb18030");
        assert_eq!(Charset::of(b"", Some("utf16le")).unwrap().name(), "UTF-16LE");
        assert_eq!(Charset::of(b"", Some("big5")).unwrap().name(), "Big5");
        assert_eq!(Charset::of(b"", Some("klingon")), None);
    }
}
