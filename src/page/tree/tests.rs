use super::*;

/// The same tree by both ways, and by the fast one at all.
#[track_caller]
fn same(page: &str) {
    assert!(!is_beyond(page.to_owned()), "left to html5ever: {page}");
    assert_eq!(difference(page), None, "{page}");
}

#[test]
fn what_old_pages_get_wrong_gives_the_tree_that_html5ever_builds() {
    for page in [
        "",
        "文字",
        "<p>一<p>二</p></p>三",
        "<div><span>一</div>二</span>",
        "<b><p>一</b>二</p>三",
        "<a href=1>一<a href=2>二<div>三</a>四</div>",
        "<font size=1><font size=1><font size=1><font size=1><p>一</font>二",
        "<font color=red size=1><b><i><font size=1 color=red><u><p>一</font>二</u>三",
        "<table>甲<tr><td>乙</table>丙",
        "<table><div>甲</div><form><tr><td><input></form>乙<input type=hidden></table>",
        "<table><tr><td><table><td>甲</table><b>乙<td>丙</table>丁",
        "<table> <caption>甲<tr> 乙 <th>丙<tbody></thead><col></table>",
        "<b>甲<table><tr>乙<td>丙</b>丁</table>戊",
        "<ul><li>一<ul><li>二</ul><li>三</ul><dl><dt>四<dd>五</dl>",
        "<select><option>一<option>二<optgroup><option>三</select><hr><input>",
        "<button>一<p>二<button>三</p></button>",
        "<h1>一<h2>二</h1>三</h3>",
        "<nobr>一<nobr>二</nobr></p></br></body>三</html>四",
        "<svg><title>图</title><path d=1 /></svg>一<svg viewBox=1><g><desc>说</div></g></svg>二",
        "<head><meta charset=utf-8><p>一</head>二<title>三</title>",
        "<html a=1><body class=x><html id=y><body class=z hidden>一",
        "<marquee><b>一</marquee>二<object>三</p></object></b>四",
        "</div></p><!-- x --!>一<!-->二<!doctype html>三</>四</ >五<?x>六",
        "<script>a<!--<script>b</script>--></script>一<script><!--</script>二",
        "<title>一&amp;二</title>&copy;&nbsp&notit;&#128;&#x4e00;&#0;&unknown;&",
        "<a href='?a=1&b=2&copy=3&amp;c&quot' href=x title=\"&lt;'\">一</a>",
        "<textarea>\n一<b>二</textarea>三<xmp><b>四</xmp><iframe><p>五</iframe>",
        "<el-row>一<EL-COL>二</el-row>三</el-col><ruby>四<rt>五<rp>六</ruby>",
        "<a b='",
        "<p>一<div",
        "一<",
        "一</",
    ] {
        same(page);
        same(&format!("<!doctype html><title>t</title><div><p>{page}</div>末"));
    }
}

#[test]
fn what_is_beyond_the_fast_way_is_left_to_html5ever() {
    for page in [
        "<template><p>一</template>",
        "<frameset><frame src=a></frameset>",
        "<math><mi>x</math>",
        "<plaintext>一",
        "<svg><p>一</svg>",
        "<svg><![CDATA[x]]></svg>",
        "一\0二",
    ] {
        assert!(is_beyond(page.to_owned()), "{page}");
    }
    let many: String = (0..300).map(|n| format!(" a{n}")).collect();
    assert!(is_beyond(format!("<p{many}>")));
    assert!(is_beyond("<div>".repeat(600)));
    assert!(is_beyond("<b>".repeat(60)));
}

#[test]
fn line_ends_are_the_standards_own() {
    assert_eq!(readable("一\r\n二\r三\n\r\r\n四".into()), "一\n二\n三\n\n\n四");
}

#[test]
fn a_mark_behind_a_declared_charset_is_text() {
    for page in ["<meta charset=utf-8>\u{feff}<title>示例</title>", "\u{feff}<title>示例</title>"]
    {
        assert_eq!(super::difference(page), None, "{page}");
    }
}

/// What a tree takes: its nodes, its attributes, and the bytes written out for it.
fn size(page: &str) -> usize {
    let tree = parse(page.to_owned());
    tree.nodes.len() + tree.attributes.len() + tree.written.len()
}

#[test]
fn what_a_hostile_page_takes_grows_no_faster_than_the_page() {
    type Hostile = fn(usize) -> String;
    let hostile: [(&str, Hostile); 9] = [
        ("nesting", |n| "<div>".repeat(n)),
        ("formats", |n| "<b><p>".repeat(n)),
        ("different formats", |n| (0..n).map(|n| format!("<font id=x{n}><p>")).collect()),
        ("misnested", |n| "<a><div></a></div>".repeat(n)),
        ("attributes", |n| format!("<p{}>", " id=a class=b".repeat(n))),
        ("roots", |n| (0..n).map(|n| format!("<body a{n}=1 id=x>")).collect()),
        ("fostered", |n| format!("<table>{}", "<tr>一&amp;<i>".repeat(n))),
        ("references", |n| format!("<p>{}", "&notit;&".repeat(n))),
        ("one line", |n| format!("<p>{}", "粤ICP备".repeat(n))),
    ];
    for (name, page) in hostile {
        let (once, twice) = (size(&page(2_000)), size(&page(4_000)));
        assert!(twice <= 2 * once + 100, "{name}: {once}, then {twice}");
    }
}
