//! What is fuzzed: for each target, where its inputs start from and what must hold.

use beian::{
    filing::{self, Options},
    page::{self, Context},
    probe, record,
};
use std::{collections::HashSet, io::Cursor};

/// One reader of hostile input.
pub(crate) struct Target {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    /// Folders of files to start from, under the project.
    pub(crate) seeds: &'static [&'static str],
    /// Pieces that are put in: what the reader looks out for.
    pub(crate) parts: &'static [&'static str],
    /// Reads an input; panics where an invariant is broken.
    pub(crate) check: fn(&[u8]),
}

/// Every target.
pub(crate) const TARGETS: &[Target] = &[
    Target { name: "record", seeds: &[], parts: NUMBERS, check: record },
    Target { name: "page", seeds: &["fixtures/pages"], parts: MARKUP, check: page },
    Target { name: "tree", seeds: &["fixtures/pages"], parts: MARKUP, check: tree },
    Target {
        name: "list",
        seeds: &["fixtures/filings/good", "fixtures/filings/bad"],
        parts: CELLS,
        check: list,
    },
    Target { name: "answer", seeds: &["fixtures/answers"], parts: RECORDS, check: answer },
];

const NUMBERS: &[&str] = &[
    "粤ICP备99000123号-1",
    "粤ICP备2099000123号-2A",
    "京ICP证990173号",
    "鄂ICP证:029901-5",
    "粤B2-20990059-1",
    "合字A2.B1.B2-20990017",
    "ICP证合字B2-20990004号",
    "粤公网安备44030599000123号",
    "公安备案号 11010599000123",
    "京公网安备:110102990042-1",
    "萌ICP备20990000号",
    "京ICP备XXXXXXXX号",
    "電信與信息服務業務經營許可證990007號",
    "備",
    "號",
    "証",
    "ＩＣＰ",
    "－",
    "—",
    "一",
    "\u{200b}",
    "\u{3000}",
    "川",
    "号",
    "-",
    "：",
    "0",
    "99",
    "\u{fe0f}",
    "㏚",
    "①",
    "e\u{301}",
    "\u{1f1e8}",
    " ",
    "第",
    "案",
    "(",
    ")",
    "1234567890123456",
];

const MARKUP: &[&str] = &[
    "<div class=footer>",
    "</div>",
    "<a href='https://beian.miit.gov.cn'>",
    "</a>",
    "<table><tr><td>",
    "</table>",
    "<template>",
    "</template>",
    "<svg><title>",
    "</svg>",
    "<math><mi>",
    "<select><option>",
    "</select>",
    "<p>",
    "<b>",
    "</b>",
    "<!--",
    "-->",
    "<script>",
    "</script>",
    "<style>.a{display:none}</style>",
    "<style>",
    "<title>",
    "</title>",
    "<textarea>",
    "<noscript>",
    "<frameset>",
    "<body a=1>",
    "<html b=2>",
    "<plaintext>",
    "style='display:none'",
    "class='a'",
    "hidden",
    "粤ICP备99000123号-1",
    "京公网安备11010599000123号",
    "版权所有 © 2010-2099 示例公司",
    "All Rights Reserved",
    "&nbsp;",
    "&copy;",
    "&#0;",
    "&#x110000;",
    "\0",
    "\r",
    "<meta charset=gbk>",
    "<meta charset=utf-16>",
    "<meta http-equiv=refresh content='0;url=/x'>",
    "<base href='//x'>",
    "<base href='data:,'>",
    "\u{feff}",
    "</html>",
    "<br>",
    "<form>",
    "<button>",
    "<li>",
    "<object>",
    "<![CDATA[",
    "<annotation-xml encoding=text/html>",
    "<foreignObject>",
    "<font color=x>",
    "<nobr>",
    "</p>",
    "</body>",
    "<tr>",
    "</tr>",
    "<td>",
    "</td>",
    "<tbody>",
    "</tbody>",
    "<caption>",
    "<col>",
    "<a href=/x>",
    "<font size=1>",
    "</font>",
    "<i>",
    "</i>",
    "</div>",
    "<ul>",
    "</li>",
    "<dd>",
    "<h1>",
    "</h2>",
    "<input type=hidden>",
    "<optgroup>",
    "<hr>",
    "</br>",
    "<svg/>",
    "<path d=x />",
    "<desc>",
    "<script>a<!--<script></script>--></script>",
    "<!-->",
    "<!--x--!>",
    "</>",
    "</ x>",
    "&amp",
    "&notit;",
    "&#128;",
    "<a b='&copy=1&quot'>",
    "<marquee>",
    "</marquee>",
    "<x-y>",
    "</x-y>",
    "<!doctype html>",
    "<rt>",
    "</form>",
];

const CELLS: &[&str] = &[
    "域名,备案号,备案IP,审核通过日期\n",
    "domain\taddresses\n",
    "{\"domain\": \"site.example\", \"addresses\": [\"1.12.0.1\"]}\n",
    "site.example",
    "示例.example",
    "https://www.site.example:8080/a",
    "1.12.0.1-1.12.0.9",
    "1.12.0.0/24",
    "2099年1月2日",
    "46000",
    "长期",
    "\"",
    "\"\"",
    ",",
    ";",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\0",
    "\u{feff}",
    "、",
    "，",
    "。",
    "#",
    "{",
    "}",
    "[",
    "null",
    "PK\u{3}\u{4}",
];

/// Labels, and the tops of records: type, class and time.
const RECORDS: &[&str] = &[
    "\u{3}www\u{4}site\u{7}example\0",
    "\u{5}other\u{7}example\0",
    "\u{3}WWW\u{4}site\u{7}example\0",
    "\0\u{1}\0\u{1}\0\0\0\u{3c}\0\u{4}\u{1}\u{c}\0\u{7}",
    "\0\u{5}\0\u{1}\0\0\0\u{3c}\0\u{e}",
    "\0\u{1c}\0\u{1}\0\0\0\0\0\u{10}",
    "\0\u{6}\0\u{1}\0\0\0\0\0\u{20}",
    "\0\0\u{29}\u{4}\0\0\0\0\0\0\0",
    "\u{3f}",
    "\u{1}.\u{2}\n\u{1b}\0",
    "\0",
    "\u{7f}",
];

/// Every row begins on a line of the list, no line is read twice, and reading ends.
fn list(input: &[u8]) {
    let lines = input.len() as u64 + 1;
    let Ok(rows) =
        filing::open(Box::new(Cursor::new(input.to_vec())), Some("list"), &Options::default())
    else {
        return;
    };
    let mut before = 0;
    for row in rows {
        let line = row.as_ref().map_or_else(|rejected| rejected.line, |filing| filing.line);
        assert!((1..=lines).contains(&line), "line {line} of at most {lines}");
        assert!(line > before, "line {line} comes after line {before}");
        before = line;
    }
}

/// Folding is idempotent, spans are ordered and on character borders, and what is printed
/// reads back as the same number.
fn record(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let folded = record::fold(&text);
    assert_eq!(record::fold(&folded), folded);
    let mut free = 0;
    for found in record::find(&text) {
        assert!(found.span.start >= free && found.span.start < found.span.end);
        assert!(text.get(found.span.clone()).is_some());
        free = found.span.end;
        if let Some(number) = found.number {
            assert_eq!(number.to_string().parse(), Ok(number));
        }
    }
    let mut free = 0;
    for found in record::find_police(&text) {
        assert!(found.span.start >= free && text.get(found.span.clone()).is_some());
        free = found.span.end;
        assert_eq!(found.number.to_string().parse(), Ok(found.number));
    }
}

/// The fast way to a page's tree comes to the same one as html5ever, and so to the same page.
fn tree(input: &[u8]) {
    let difference = page::tree_difference(input);
    assert!(difference.is_none(), "{difference:?}");
    let context = Context::default();
    assert_eq!(page::read(input, context), page::read_plainly(input, context));
}

/// An answer is read whatever it holds; its chain has an end and no name twice, its names are
/// plain letters, and there is an address where it says so and only there.
fn answer(input: &[u8]) {
    for is_ipv6 in [false, true] {
        let (outcome, chain, addresses) = probe::read_answer("www.site.example", is_ipv6, input);
        assert_eq!(outcome == "addresses", !addresses.is_empty(), "{outcome}");
        assert!(addresses.iter().all(|address| address.is_ipv6() == is_ipv6));
        let names: HashSet<&String> = chain.iter().collect();
        assert!(names.len() == chain.len() && chain.len() <= 16, "{chain:?}");
        let is_plain = |name: &&String| name.chars().all(|c| c.is_ascii_graphic());
        assert!(chain.iter().filter(is_plain).count() == chain.len(), "{chain:?}");
    }
}

/// A page is read whatever it holds; its bounds hold, and its numbers parse.
fn page(input: &[u8]) {
    let url = url::Url::parse("https://site.example/").expect("an address");
    let content_type = input.len().is_multiple_of(3).then_some("text/html; charset=gbk");
    let page = page::read(input, Context { content_type, url: Some(&url), cut: false });
    assert!(
        page.record_numbers.len() <= 2_000 && page.frames.len() <= 16 && page.scripts.len() <= 64
    );
    assert!(page.copyright.iter().all(|line| line.text.chars().count() <= 300));
    assert!(page.copyright.iter().all(|line| line.holder.chars().count() <= 300));
    for number in &page.record_numbers {
        let is_named = number.form == record::Form::Official;
        assert!(!is_named || number.number().is_some(), "{number:?}");
    }
    for number in &page.police_numbers {
        assert!(number.number().is_some(), "{number:?}");
    }
    assert_eq!(page, page::read(input, Context { content_type, url: Some(&url), cut: false }));
}
