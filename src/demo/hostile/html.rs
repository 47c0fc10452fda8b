//! Pages that cost their reader more than they cost their writer.

use super::Ends::{Cut, Failed, Numbered, Page};
use super::script::{Asked, Step, flood, head, page, say, typed};
use super::{Case, Ends, Group, Server};
use crate::evidence::Failure::AddressRefused;
use encoding_rs::{BIG5, Encoding, GB18030, GBK};
use std::fmt::Write as _;

pub(super) const CASES: &[Case] = &[
    page_of("deep-blocks", "100,000 blocks within each other.", NUMBERED, |asked| {
        asked.page_with(&b"<div>".repeat(100_000))
    }),
    page_of("deep-formats", "100,000 formatting elements within each other.", NUMBERED, |asked| {
        asked.page_with(&b"<b><i><font color=red>".repeat(33_000))
    }),
    page_of("deep-tables", "100,000 tables within each other.", NUMBERED, |asked| {
        asked.page_with(&b"<table><tr><td>".repeat(100_000))
    }),
    page_of(
        "deep-misnested",
        "Elements that end in the wrong order, 20,000 times.",
        NUMBERED,
        |asked| asked.page_with(&b"<a href=/><p><b></a>".repeat(20_000)),
    ),
    page_of("deep-svg", "100,000 groups of a drawing within each other.", NUMBERED, |asked| {
        asked.page_with(&[&b"<svg>"[..], &b"<g>".repeat(100_000)].concat())
    }),
    page_of("deep-templates", "100,000 templates, which hold the rest.", NUMBERED, |asked| {
        asked.page_with(&b"<template>".repeat(100_000))
    }),
    page_of("elements", "A million elements.", CUT, |asked| {
        asked.page_with(&b"<i></i>".repeat(1_000_000))
    }),
    page_of(
        "formats-reopened",
        "A thousand open fonts, reopened in each of 10,000 paragraphs.",
        NUMBERED,
        |asked| {
            let mut fonts = String::new();
            for size in 0..1000 {
                let _ = write!(fonts, "<font size={size}>");
            }
            asked.page_with(&[fonts.as_bytes(), &b"<p>x".repeat(10_000)].concat())
        },
    ),
    page_of("attributes", "One tag of five million attributes.", CUT, |asked| {
        asked.page_with(&[&b"<p "[..], &b"a ".repeat(5_000_000), b">"].concat())
    }),
    page_of("attributes-everywhere", "400,000 attributes, 190 a tag.", NUMBERED, |asked| {
        let mut tag = String::from("<p");
        for i in 0..190 {
            let _ = write!(tag, " a{i}=1");
        }
        tag.push('>');
        asked.page_with(&tag.repeat(2_100).into_bytes())
    }),
    page_of("line-of-50-mb", "One line of 50 MB.", CUT, |asked| {
        vec![
            head("200 OK", &["Content-Type: text/html; charset=utf-8"]),
            say(asked.before),
            flood("示例文字", 50_000_000 / 12),
            say(asked.after),
        ]
    }),
    page_of("line-of-3-mb", "One line of 3 MB, the number behind it.", NUMBERED, |asked| {
        asked.page_with(&"示例文字".repeat(250_000).into_bytes())
    }),
    page_of("nul", "A million NULs.", NUMBERED, |asked| asked.page_with(&[0; 1_000_000])),
    page_of("controls", "Every control character, bidi marks and escapes.", NUMBERED, |asked| {
        let mut text: String = (0..0x20).chain(0x7f..0xa0).filter_map(char::from_u32).collect();
        text.push_str("\u{202e}\u{2066}\u{feff}\u{200b}\x1b]0;x\x07\x1b[2J");
        asked.page_with(&text.repeat(2_000).into_bytes())
    }),
    page_of("invalid-utf-8", "Bytes that are no UTF-8.", NUMBERED, |asked| {
        invalid(asked, encoding_rs::UTF_8, &[0xc0, 0xaf, 0xed, 0xa0, 0x80, 0xf5, 0xff, 0xe4, 0xb8])
    }),
    page_of("invalid-gbk", "Bytes that are no GBK.", NUMBERED, |asked| {
        invalid(asked, GBK, &[0x81, 0x20, 0xff, 0xfe, 0x80, 0xff])
    }),
    page_of("invalid-gb18030", "Bytes that are no GB18030.", NUMBERED, |asked| {
        invalid(asked, GB18030, &[0x81, 0x30, 0xff, 0x84, 0x31, 0xa4, 0x40, 0xff])
    }),
    page_of("invalid-big5", "Bytes that are no Big5.", NUMBERED, |asked| {
        invalid(asked, BIG5, &[0x81, 0x20, 0xff, 0xfe, 0x80, 0xff])
    }),
    page_of(
        "utf-16-declared",
        "UTF-16 without a mark, lone surrogates within.",
        NUMBERED,
        |asked| {
            typed("text/html; charset=utf-16le", &utf16(asked, &[0xd800, 0xdc00, 0xdfff, 0xd800]))
        },
    ),
    page_of("utf-16-unsaid", "UTF-16 that nobody declares.", NUMBERED, |asked| {
        vec![head("200 OK", &["Content-Type: text/html"]), say(utf16(asked, &[]))]
    }),
    page_of("charset-lies", "Three charsets declared, each another.", NUMBERED, |asked| {
        let metas =
            b"<meta charset=big5><meta http-equiv=content-type content='text/html; charset=utf-7'>";
        let body = [&metas[..], asked.before, asked.after].concat();
        typed("text/html; charset=iso-2022-cn", &body)
    }),
    page_of("numbers", "100,000 record numbers before the site's own.", NUMBERED, |asked| {
        let mut text = String::new();
        for i in 0..100_000 {
            let _ = write!(text, "<p>粤ICP备2099{i:06}号-{}</p>", i % 9 + 1);
        }
        asked.page_with(text.as_bytes())
    }),
    page_of("numbers-in-a-line", "20,000 record numbers in one line.", NUMBERED, |asked| {
        let mut text = String::new();
        for i in 0..20_000 {
            let _ = write!(text, "粤ICP备2099{i:06}号 ");
        }
        asked.page_with(text.as_bytes())
    }),
    page_of("number-of-a-megabyte", "A record number of a million digits.", NUMBERED, |asked| {
        asked.page_with(&["粤ICP备".as_bytes(), &b"9".repeat(1_000_000)].concat())
    }),
    page_of(
        "numbers-begun",
        "The beginning of a record number, 100,000 times.",
        NUMBERED,
        |asked| asked.page_with(&"粤ICP备".repeat(100_000).into_bytes()),
    ),
    page_of("number-spaced", "A record number with 100,000 blanks within.", NUMBERED, |asked| {
        let text = format!(
            "粤ICP备{}2099{}000123号",
            " \u{3000}&nbsp;".repeat(30_000),
            " ".repeat(30_000)
        );
        asked.page_with(text.as_bytes())
    }),
    page_of(
        "words-begun",
        "What expressions look for, begun 30,000 times each.",
        NUMBERED,
        |asked| asked.page_with(&"©版权所有公网安备有限公".repeat(30_000).into_bytes()),
    ),
    page_of("script-begun", "Scripts full of half a redirect.", NUMBERED, |asked| {
        let text = format!("<script>{}</script>", "window.location.href=location=".repeat(20_000));
        asked.page_with(text.as_bytes())
    }),
    page_of("title-of-a-megabyte", "A title of a megabyte.", NUMBERED, |asked| {
        asked.page_with(format!("<title>{}</title>", "题".repeat(350_000)).as_bytes())
    }),
    page_of("comment-unclosed", "A comment that never ends.", NO_NUMBER, |asked| {
        asked.page_with(b"<!-- ")
    }),
    page_of("script-unclosed", "A script that never ends.", NO_NUMBER, |asked| {
        asked.page_with(b"<script>var a = '")
    }),
    page_of("style-unclosed", "A style sheet that never ends.", NO_NUMBER, |asked| {
        asked.page_with(b"<style>a{")
    }),
    page_of("textarea-unclosed", "A field that never ends.", Ends::ANY_PAGE, |asked| {
        asked.page_with(b"<textarea>")
    }),
    page_of("plaintext", "An element that no tag can end.", Ends::ANY_PAGE, |asked| {
        asked.page_with(b"<plaintext>")
    }),
    page_of("style-of-2-mb", "Two megabytes of style rules.", NUMBERED, |asked| {
        let rules = ".a:not(.b)>.c~.d{display:none!important}".repeat(50_000);
        asked.page_with(format!("<style>{rules}</style>").as_bytes())
    }),
    page_of("style-nested", "A million braces within each other.", NUMBERED, |asked| {
        asked.page_with(format!("<style>{}</style>", "a{".repeat(1_000_000)).as_bytes())
    }),
    page_of("links", "30,000 links.", NUMBERED, |asked| {
        asked.page_with(&b"<a href=//x.example/?y>x</a>".repeat(30_000))
    }),
    page_of("links-hidden", "20,000 hidden links.", NUMBERED, |asked| {
        asked.page_with(&b"<a style=display:none href=//x.example/>x</a>".repeat(20_000))
    }),
    page_of("frames", "20,000 frames.", NUMBERED, |asked| {
        asked.page_with(&b"<iframe src=//inner.hostile.example/></iframe>".repeat(20_000))
    }),
    page_of("entities", "Ten megabytes of character references.", CUT, |asked| {
        asked.page_with(&b"&CounterClockwiseContourIntegral;&#x7ca4;".repeat(250_000))
    }),
    page_of("entity-unended", "A character reference of a megabyte.", NUMBERED, |asked| {
        asked.page_with(&[&b"&#"[..], &b"9".repeat(1_000_000)].concat())
    }),
    page_of("laughs", "Entities within entities, a thousand million in all.", NUMBERED, |asked| {
        let mut types = String::from("<!DOCTYPE html [<!ENTITY a0 \"哈\">");
        for i in 1..10 {
            let _ = write!(types, "<!ENTITY a{i} \"{}\">", format!("&a{};", i - 1).repeat(10));
        }
        types.push_str("]><p>&a9;</p>");
        typed("application/xhtml+xml", &[types.as_bytes(), asked.before, asked.after].concat())
    }),
    page_of("refresh-self", "A page that reloads itself.", NUMBERED, |asked| {
        asked.page_with(refresh("/").as_bytes())
    }),
    page_of("refresh-circle", "Two pages that reload as each other.", NUMBERED, |asked| {
        asked.page_with(refresh(if asked.path == "/b" { "/" } else { "/b" }).as_bytes())
    }),
    page_of("refresh-endless", "Pages that reload as one further, for ever.", NUMBERED, |asked| {
        asked.page_with(refresh(&format!("{}a", asked.path)).as_bytes())
    }),
    page_of(
        "refresh-inside",
        "A page that reloads as a private address.",
        &[Failed(AddressRefused)],
        |asked| asked.page_with(refresh("http://0xa.1/").as_bytes()),
    ),
    page_of("refresh-file", "A page that reloads as a file of ours.", NUMBERED, |asked| {
        asked.page_with(refresh("file:///etc/passwd").as_bytes())
    }),
    page_of("base-inside", "All links lead inside by the page's base.", NUMBERED, |asked| {
        asked.page_with(b"<base href='http://169.254.169.254/'><a href=x>y</a>")
    }),
    page_of(
        "base-refresh",
        "A base that leads a reload inside.",
        &[Failed(AddressRefused), Numbered],
        |asked| {
            let text = format!("<base href='http://10.0.0.1/'>{}", refresh("x"));
            asked.page_with(text.as_bytes())
        },
    ),
    page_of("base-script", "A base that is a script.", NUMBERED, |asked| {
        asked.page_with(b"<base href='javascript:alert(1)//'><a href=x>y</a>")
    }),
    page_of("no-markup", "Sixteen megabytes of opening brackets.", CUT, |_| {
        page(&b"<".repeat(17_000_000))
    }),
];

const NUMBERED: &[Ends] = &[Numbered];
const NO_NUMBER: &[Ends] = &[Page(200)];
const CUT: &[Ends] = &[Cut];

impl Ends {
    /// Where browsers show the rest as text.
    const ANY_PAGE: &[Ends] = &[Numbered, Page(200)];
}

const fn page_of(
    name: &'static str,
    what: &'static str,
    ends: &'static [Ends],
    answer: fn(&Asked<'_>) -> Vec<Step>,
) -> Case {
    Case::served(Group::Html, name, what, ends, Server::Answer(answer))
}

fn refresh(target: &str) -> String {
    format!("<meta http-equiv=refresh content='0; url={target}'>")
}

/// The site's page in this encoding, with bytes within that do not belong to it.
fn invalid(asked: &Asked<'_>, encoding: &'static Encoding, wrong: &[u8]) -> Vec<Step> {
    let encoded = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        encoding.encode(&text).0.into_owned()
    };
    let body = [encoded(asked.before), wrong.repeat(50), encoded(asked.after)].concat();
    typed(&format!("text/html; charset={}", encoding.name()), &body)
}

/// The site's page as UTF-16, little end first, with these units within.
fn utf16(asked: &Asked<'_>, within: &[u16]) -> Vec<u8> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (before, after) = (text(asked.before), text(asked.after));
    let units = before.encode_utf16().chain(within.iter().copied()).chain(after.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}
