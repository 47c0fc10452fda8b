use std::borrow::Cow;

/// Attributes that are read of one tag. The tokenizer compares each with all before it.
const ATTRIBUTES: usize = 200;

/// Cuts tags with more attributes than any page needs, so that reading a tag takes
/// time in proportion to its length.
pub(super) fn tame(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut kept = String::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(bracket) = find(bytes, at, b'<') {
        let next = bytes.get(bracket + 1).copied().unwrap_or_default();
        if bytes.get(bracket..).is_some_and(|rest| rest.starts_with(b"<!--")) {
            at = find_text(text, bracket + 4, "-->");
            continue;
        }
        if !next.is_ascii_alphabetic() {
            at = bracket + 1;
            continue;
        }
        let tag = Tag::read(bytes, bracket + 1);
        if let Some(cut) = tag.cut {
            // Both stand at ASCII bytes, so both are character borders.
            kept.push_str(text.get(from..cut).unwrap_or_default());
            from = tag.end;
        }
        at = match raw_text_end(bytes.get(bracket + 1..tag.name_end).unwrap_or_default()) {
            Some(name) => find_end_tag(bytes, tag.end, name),
            None => tag.end + 1,
        };
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    kept.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(kept)
}

struct Tag {
    name_end: usize,
    /// Where the closing bracket stands, or the end of the text.
    end: usize,
    /// Where the first attribute too many begins.
    cut: Option<usize>,
}

impl Tag {
    /// Reads a tag from its name on, in the states of the HTML standard as far as they
    /// decide where attributes begin and where the tag ends.
    fn read(bytes: &[u8], name: usize) -> Tag {
        let ends_name = |byte: u8| byte.is_ascii_whitespace() || byte == b'/' || byte == b'>';
        let name_end = skip(bytes, name, |byte| !ends_name(byte));
        let mut tag = Tag { name_end, end: bytes.len(), cut: None };
        let mut at = name_end;
        for count in 0.. {
            at = skip(bytes, at, |byte| byte.is_ascii_whitespace() || byte == b'/');
            if bytes.get(at).is_none_or(|&byte| byte == b'>') {
                break;
            }
            if count == ATTRIBUTES {
                tag.cut = Some(at);
            }
            // An equals sign that begins a name belongs to it.
            at = skip(bytes, at + 1, |byte| !ends_name(byte) && byte != b'=');
            let value = skip(bytes, at, |byte| byte.is_ascii_whitespace());
            if bytes.get(value) != Some(&b'=') {
                continue;
            }
            let value = skip(bytes, value + 1, |byte| byte.is_ascii_whitespace());
            at = match bytes.get(value) {
                Some(&quote @ (b'"' | b'\'')) => {
                    find(bytes, value + 1, quote).map_or(bytes.len(), |end| end + 1)
                }
                _ => skip(bytes, value, |byte| !byte.is_ascii_whitespace() && byte != b'>'),
            };
        }
        tag.end = at.min(bytes.len());
        tag
    }
}

/// The name of an element whose content is text until its end tag.
fn raw_text_end(name: &[u8]) -> Option<&'static [u8]> {
    let names: [&'static [u8]; 9] = [
        b"script",
        b"style",
        b"textarea",
        b"title",
        b"xmp",
        b"iframe",
        b"noembed",
        b"noframes",
        b"noscript",
    ];
    names.into_iter().find(|raw| raw.eq_ignore_ascii_case(name))
}

fn find_end_tag(bytes: &[u8], from: usize, name: &[u8]) -> usize {
    let mut at = from;
    while let Some(bracket) = find(bytes, at, b'<') {
        let rest = bytes.get(bracket + 1..).unwrap_or_default();
        let ends = rest.first() == Some(&b'/')
            && rest.get(1..=name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
        if ends {
            return bracket;
        }
        at = bracket + 1;
    }
    bytes.len()
}

fn find_text(text: &str, from: usize, wanted: &str) -> usize {
    match text.get(from..).and_then(|rest| rest.find(wanted)) {
        Some(offset) => from + offset + wanted.len(),
        None => text.len(),
    }
}

fn find(bytes: &[u8], from: usize, wanted: u8) -> Option<usize> {
    bytes.get(from..)?.iter().position(|&byte| byte == wanted).map(|offset| from + offset)
}

fn skip(bytes: &[u8], from: usize, while_true: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().position(|&byte| !while_true(byte)).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_pages_stay_as_they_are() {
        let page =
            "<!-- <a b c> --><a href='x>y' b=\"1\">t</a><script>if(a<b && c>'</x'){}</script>";
        assert!(matches!(tame(page), Cow::Borrowed(same) if same == page));
    }

    #[test]
    fn a_tag_with_too_many_attributes_is_cut_and_the_rest_stays() {
        let many: String = (0..1000).map(|n| format!(" a{n}='{n}>'")).collect();
        let page = format!("<p>前</p><div{many}>中</div><script>{many}<b{many}></script><i>后</i>");
        let tamed = tame(&page);
        assert!(
            tamed.starts_with("<p>前</p><div a0='0>'") && tamed.contains("a199='199>' >中</div>")
        );
        assert!(
            !tamed.contains("a200='200>' >")
                && tamed.ends_with(&format!("<b{many}></script><i>后</i>"))
        );
    }

    #[test]
    fn unfinished_tags_and_quotes_end_with_the_text() {
        for page in [
            "<",
            "<a",
            "<a b",
            "<a b=",
            "<a b='",
            "<a b=\"x",
            "<!--",
            "<script",
            "<script>x",
            "</a",
        ] {
            assert_eq!(tame(page), page);
        }
        let open = format!("<a {}", "b ".repeat(1000));
        assert_eq!(tame(&open).len(), "<a ".len() + 2 * ATTRIBUTES);
    }
}
