//! The names of elements and attributes that reading a page knows of, as small numbers.

/// An element's name: one of the constants of [`tag`], or a number from [`OTHERS`] on for a
/// name that the page brings along. Elements of drawings have [`FOREIGN`] set as well.
pub(in crate::page) type Name = u16;

/// Set in the names of elements that are not of HTML.
pub(in crate::page) const FOREIGN: Name = 1 << 15;
/// The first number of a name that is none of [`tag`].
pub(in crate::page) const OTHERS: Name = 192;

macro_rules! names {
    ($($constant:ident $text:literal,)*) => {
        #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "numbers the names")]
        #[derive(Clone, Copy)]
        enum Number { $($constant,)* }

        /// The names of elements.
        pub(in crate::page) mod tag {
            use super::{Name, Number};
            $(pub(in crate::page) const $constant: Name = Number::$constant as Name;)*
        }

        const TEXTS: &[&str] = &[$($text,)*];
    };
}

names! {
    HTML "html", HEAD "head", BODY "body", FRAMESET "frameset", FRAME "frame",
    NOFRAMES "noframes", TITLE "title", BASE "base", LINK "link", META "meta", STYLE "style",
    SCRIPT "script", NOSCRIPT "noscript", TEMPLATE "template", BASEFONT "basefont",
    BGSOUND "bgsound", ADDRESS "address", ARTICLE "article", ASIDE "aside",
    BLOCKQUOTE "blockquote", CENTER "center", DETAILS "details", DIALOG "dialog", DIR "dir",
    DIV "div", DL "dl", FIELDSET "fieldset", FIGCAPTION "figcaption", FIGURE "figure",
    FOOTER "footer", HEADER "header", HGROUP "hgroup", MAIN "main", MENU "menu", NAV "nav",
    OL "ol", P "p", SEARCH "search", SECTION "section", SUMMARY "summary", UL "ul", H1 "h1",
    H2 "h2", H3 "h3", H4 "h4", H5 "h5", H6 "h6", PRE "pre", LISTING "listing", FORM "form",
    LI "li", DD "dd", DT "dt", PLAINTEXT "plaintext", BUTTON "button", A "a", B "b", BIG "big",
    CODE "code", EM "em", FONT "font", I "i", NOBR "nobr", S "s", SMALL "small",
    STRIKE "strike", STRONG "strong", TT "tt", U "u", APPLET "applet", MARQUEE "marquee",
    OBJECT "object", TABLE "table", CAPTION "caption", COLGROUP "colgroup", COL "col",
    TBODY "tbody", THEAD "thead", TFOOT "tfoot", TR "tr", TD "td", TH "th", AREA "area",
    BR "br", EMBED "embed", IMG "img", IMAGE "image", KEYGEN "keygen", WBR "wbr",
    INPUT "input", PARAM "param", SOURCE "source", TRACK "track", HR "hr",
    TEXTAREA "textarea", XMP "xmp", IFRAME "iframe", NOEMBED "noembed", SELECT "select",
    OPTION "option", OPTGROUP "optgroup", RB "rb", RTC "rtc", RP "rp", RT "rt", RUBY "ruby",
    MATH "math", SVG "svg", LEGEND "legend", DATALIST "datalist", VIDEO "video",
    AUDIO "audio", CANVAS "canvas", PICTURE "picture", DESC "desc", METADATA "metadata",
    SPAN "span", SUB "sub", SUP "sup", VAR "var", ISINDEX "isindex",
    FOREIGNOBJECT "foreignobject", BEIAN_TEXT "beian-text",
}

/// A set of names.
pub(in crate::page) struct Set([u64; 3]);

impl Set {
    pub(in crate::page) const fn of(names: &[Name]) -> Set {
        let mut bits = [0u64; 3];
        let mut at = 0;
        while let Some((name, _)) = names.split_at(at).1.split_first() {
            match *name / 64 {
                0 => bits[0] |= 1 << (*name % 64),
                1 => bits[1] |= 1 << (*name % 64),
                _ => bits[2] |= 1 << (*name % 64),
            }
            at += 1;
        }
        Set(bits)
    }

    pub(in crate::page) fn has(&self, name: Name) -> bool {
        self.0.get(usize::from(name / 64)).is_some_and(|bits| bits >> (name % 64) & 1 == 1)
    }
}

const SLOTS: usize = 512;

/// Short names by their letters; a slot holds the number of a name and one.
static SLOT_NAMES: [(u64, u8); SLOTS] = slots();

#[expect(clippy::indexing_slicing, reason = "worked out when the program is built")]
const fn slots() -> [(u64, u8); SLOTS] {
    let mut slots = [(0u64, 0u8); SLOTS];
    let mut number = 0;
    while number < TEXTS.len() {
        let text = TEXTS[number].as_bytes();
        if text.len() <= 8 {
            let mut letters = 0u64;
            let mut at = 0;
            while at < text.len() {
                letters = letters << 8 | text[at] as u64;
                at += 1;
            }
            let mut slot = slot_of(letters);
            while slots[slot].1 != 0 {
                slot = (slot + 1) % SLOTS;
            }
            slots[slot] = (letters, number as u8 + 1);
        }
        number += 1;
    }
    slots
}

const fn slot_of(letters: u64) -> usize {
    (letters.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 55) as usize
}

/// Up to eight letters as one number, in lower case; `None` for more.
fn letters(text: &[u8]) -> Option<u64> {
    let fold = |letters, byte: &u8| letters << 8 | u64::from(byte.to_ascii_lowercase());
    (text.len() <= 8).then(|| text.iter().fold(0u64, fold))
}

/// The number of an element's name, in whatever case.
pub(super) fn known(text: &[u8]) -> Option<Name> {
    let Some(letters) = letters(text) else {
        let long = TEXTS.iter().enumerate().filter(|(_, name)| name.len() == text.len());
        let mut same = long.filter(|(_, name)| name.as_bytes().eq_ignore_ascii_case(text));
        return same.next().and_then(|(number, _)| Name::try_from(number).ok());
    };
    let mut slot = slot_of(letters);
    loop {
        match SLOT_NAMES.get(slot)? {
            (_, 0) => return None,
            (found, number) if *found == letters => return Some(Name::from(*number) - 1),
            _ => slot = (slot + 1) % SLOTS,
        }
    }
}

/// The text of a known name.
pub(super) fn text(name: Name) -> Option<&'static str> {
    TEXTS.get(usize::from(name)).copied()
}

/// An attribute that somebody reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(in crate::page) enum Attr {
    Id,
    Class,
    Style,
    Hidden,
    Href,
    Src,
    Name,
    Content,
    HttpEquiv,
    Type,
    Width,
    Height,
    Color,
    Open,
    Rel,
    Media,
    Background,
    N,
    Alt,
    Title,
}

impl Attr {
    /// The attribute of a name, in whatever case; `None` where nobody reads it.
    pub(super) fn known(name: &[u8]) -> Option<Attr> {
        if name.len() == 10 {
            return match () {
                () if name.eq_ignore_ascii_case(b"http-equiv") => Some(Attr::HttpEquiv),
                () if name.eq_ignore_ascii_case(b"background") => Some(Attr::Background),
                () => None,
            };
        }
        const fn word(text: &[u8]) -> u64 {
            let (mut letters, mut rest) = (0, text);
            while let Some((letter, behind)) = rest.split_first() {
                letters = letters << 8 | *letter as u64;
                rest = behind;
            }
            letters
        }
        macro_rules! by_letters {
            ($letters:expr, $($text:literal => $attribute:ident,)*) => {
                match $letters {
                    $(letters if letters == const { word($text) } => Some(Attr::$attribute),)*
                    _ => None,
                }
            };
        }
        by_letters! {
            letters(name)?,
            b"href" => Href, b"class" => Class, b"id" => Id, b"src" => Src, b"title" => Title,
            b"style" => Style, b"alt" => Alt, b"type" => Type, b"name" => Name,
            b"width" => Width, b"height" => Height, b"content" => Content, b"color" => Color,
            b"rel" => Rel, b"media" => Media, b"hidden" => Hidden, b"open" => Open, b"n" => N,
        }
    }

    /// The bit of the attribute in a set of them.
    pub(in crate::page) const fn bit(self) -> u32 {
        1 << self as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_known_by_its_text_in_any_case() {
        for (number, text) in TEXTS.iter().enumerate() {
            assert_eq!(known(text.as_bytes()), Some(number as Name), "{text}");
            assert_eq!(known(text.to_ascii_uppercase().as_bytes()), Some(number as Name));
        }
        assert!(TEXTS.len() <= usize::from(OTHERS));
        assert_eq!((known(b"foo"), known(b"el-carousel-item"), known(b"")), (None, None, None));
    }

    #[test]
    fn attributes_are_known_in_any_case() {
        assert_eq!(Attr::known(b"HREF"), Some(Attr::Href));
        assert_eq!(Attr::known(b"Http-Equiv"), Some(Attr::HttpEquiv));
        assert_eq!((Attr::known(b"data-src"), Attr::known(b"onclick")), (None, None));
    }

    #[test]
    fn a_set_has_what_it_was_made_of() {
        const SET: Set = Set::of(&[tag::HTML, tag::WBR, tag::BEIAN_TEXT]);
        assert!(SET.has(tag::HTML) && SET.has(tag::WBR) && SET.has(tag::BEIAN_TEXT));
        assert!(!SET.has(tag::HEAD) && !SET.has(OTHERS) && !SET.has(tag::HTML | FOREIGN));
    }
}
