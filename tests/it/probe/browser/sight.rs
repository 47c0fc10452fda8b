//! Whether a visitor sees the number: ways of hiding it, and what only looks like them.

use super::*;
use beian::evidence::Unseen::{self, *};

/// Each way of hiding the number, and what it is called.
const HIDDEN: &[(&str, &str, Unseen)] = &[
    ("/display", "<p style='display:none'>N</p>", NotLaidOut),
    ("/attribute", "<p hidden>N</p>", NotLaidOut),
    ("/details", "<details><summary>更多</summary>N</details>", NotLaidOut),
    ("/content-visibility", "<div style='content-visibility:hidden'><p>N</p></div>", NotLaidOut),
    ("/visibility", "<p style='visibility:hidden'>N</p>", Invisible),
    ("/opacity", "<p style='opacity:0'>N</p>", Transparent),
    (
        "/opacity-above",
        "<div style='opacity:.2'><div style='opacity:.2'><p>N</p></div></div>",
        Transparent,
    ),
    ("/filter", "<p style='filter:opacity(0)'>N</p>", Transparent),
    ("/no-font", "<p style='font-size:0'>N</p>", TooSmall),
    ("/tiny-font", "<p style='font-size:1px'>N</p>", TooSmall),
    (
        "/flat-box",
        "<div style='height:0;overflow:hidden'><p style='margin:0'>N</p></div>",
        TooSmall,
    ),
    ("/scaled", "<p style='transform:scale(0)'>N</p>", TooSmall),
    ("/left", "<p style='position:absolute;left:-9999px'>N</p>", OffPage),
    ("/above", "<p style='position:absolute;top:-200px'>N</p>", OffPage),
    ("/indent", "<p style='text-indent:-9999px'>N</p>", OffPage),
    ("/white", "<p style='color:#fff'>N</p>", SameColour),
    (
        "/near-white",
        "<div style='background:#fff'><p style='color:#fafafa'>N</p></div>",
        SameColour,
    ),
    ("/transparent", "<p style='color:transparent'>N</p>", SameColour),
    (
        "/dark",
        "<div style='background:#222'><p style='color:rgb(34,34,34)'>N</p></div>",
        SameColour,
    ),
    ("/clip", "<p style='position:absolute;clip:rect(0 0 0 0)'>N</p>", Clipped),
    ("/clip-path", "<p style='clip-path:inset(50%)'>N</p>", Clipped),
    (
        "/cut-off",
        "<div style='height:20px;overflow:hidden'><p style='margin:60px 0 0'>N</p></div>",
        Clipped,
    ),
    (
        "/covered",
        "<div style='position:relative'><p>N</p><div style='position:absolute;inset:0;background:#eee'></div></div>",
        Covered,
    ),
    (
        "/covered-lightly",
        "<div style='position:relative'><p>N</p><div style='position:absolute;inset:0;background:#fff;pointer-events:none'></div></div>",
        Covered,
    ),
    ("/hidden-frame", "<iframe style='display:none' srcdoc='<p>N</p>'></iframe>", NotLaidOut),
    ("/flat-frame", "<iframe style='height:0;border:0' srcdoc='<p>N</p>'></iframe>", TooSmall),
];

/// What a visitor sees, or may see.
const SEEN: &[(&str, &str, Sight)] = &[
    ("/grey", "<p style='color:#ccc'>N</p>", Sight::Seen),
    ("/small", "<p style='font-size:9px'>N</p>", Sight::Seen),
    (
        "/gradient",
        "<div style='background:linear-gradient(#000,#333)'><p style='color:#fff'>N</p></div>",
        Sight::Seen,
    ),
    (
        "/dark-behind",
        "<div style='position:relative'><div style='position:absolute;inset:0;background:#000;z-index:-1'></div><p style='color:#fff'>N</p></div>",
        Sight::Seen,
    ),
    ("/shadow", "<p style='color:#fff;text-shadow:0 0 3px #000'>N</p>", Sight::Seen),
    (
        "/cookie-bar",
        "<p>N</p><div style='position:fixed;left:0;right:0;bottom:0;height:300px;background:#333'>同意</div>",
        Sight::Seen,
    ),
    (
        "/sticky-bar",
        "<p>N</p><div style='position:sticky;bottom:0;height:60px;background:#333'>导航</div>",
        Sight::Seen,
    ),
    (
        "/age-gate",
        "<p>N</p><div style='position:fixed;inset:0;background:#000'>进入</div>",
        Sight::Seen,
    ),
    ("/modal", "<p>N</p><dialog id=d>公告</dialog><script>d.showModal()</script>", Sight::Seen),
    ("/marquee", "<marquee>N</marquee>", Sight::Seen),
    (
        "/scrolls",
        "<div style='width:100px;overflow-x:auto;white-space:nowrap'><span style='margin-left:400px'>N</span></div>",
        Sight::Seen,
    ),
    (
        "/ellipsis",
        "<p style='width:120px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap'>N</p>",
        Sight::Seen,
    ),
    ("/drawer", "<nav style='position:fixed;left:-280px;width:260px'>N</nav>", Sight::Unknown),
    (
        "/slide",
        "<div style='width:300px;overflow:hidden'><div style='transform:translateX(-3000px)'>N</div></div>",
        Sight::Unknown,
    ),
    (
        "/blinks",
        "<style>@keyframes b{from,98%{visibility:hidden}to{visibility:visible}}</style><p style='animation:b 900s step-end'>N</p>",
        Sight::Unknown,
    ),
    (
        "/fades",
        "<style>@keyframes f{from{opacity:0}to{opacity:0.01}}</style><p style='animation:f 900s'>N</p>",
        Sight::Unknown,
    ),
    (
        "/fixed",
        "<div style='position:fixed;bottom:0;left:0;right:0;background:#fff'>N</div>",
        Sight::Seen,
    ),
    (
        "/veil",
        "<div style='position:relative'><p>N</p><div style='position:absolute;inset:0;background:rgba(255,255,255,.4)'></div></div>",
        Sight::Seen,
    ),
    ("/contents", "<div style='display:contents'>N</div>", Sight::Seen),
];

fn served() -> impl Fn(&str) -> Vec<u8> + Send + Sync {
    |request| {
        let foot = |at: &str| {
            HIDDEN
                .iter()
                .map(|row| (row.0, row.1))
                .chain(SEEN.iter().map(|row| (row.0, row.1)))
                .find(|row| row.0 == at)
        };
        match foot(path(request)) {
            Some((_, foot)) => rig::page(&long(&foot.replace('N', NUMBER))),
            None => rig::respond("404 Not Found", &[], b""),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_way_of_hiding_the_number_is_told() {
    let Some(stage) = Stage::open(served()).await else { return };
    let mut wrong = Vec::new();
    for (path, _, why) in HIDDEN {
        let rendered = stage.page(path).await;
        let (number, layout) = only(&rendered);
        if layout.sight != Sight::Hidden(*why) || number.visible {
            wrong.push(format!("{path}: {:?}, visible {}", layout.sight, number.visible));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_called_hidden_that_a_visitor_may_see() {
    let Some(stage) = Stage::open(served()).await else { return };
    let mut wrong = Vec::new();
    for (path, _, sight) in SEEN {
        let rendered = stage.page(path).await;
        let (number, layout) = only(&rendered);
        let visible = number.visible || *sight == Sight::Unknown;
        if layout.sight != *sight || !visible {
            wrong.push(format!("{path}: {:?}, visible {}", layout.sight, number.visible));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_a_click_does_not_reach_is_told_with_what_lies_over_it() {
    let mask = "<div class='mask' style='position:absolute;inset:0'></div>";
    let stage = Stage::open(pages([
        ("/covered", long(&format!("<div style='position:relative'>{LINKED}{mask}</div>"))),
        ("/passes", long(&format!(
            "<div style='position:relative'>{LINKED}<div style='position:absolute;inset:0;pointer-events:none'></div></div>"
        ))),
        ("/script", long(&format!("<a href='javascript:void(0)'>{NUMBER}</a>"))),
        ("/top", long(&format!("<a href='#'>{NUMBER}</a>"))),
        ("/high", format!("<title>示例</title><header>{LINKED}</header>{}", "<p>正文</p>".repeat(200))),
        ("/left", long(&format!("<div style='text-align:left'>{LINKED}</div>"))),
        ("/middle", long(&format!("<div style='text-align:center'>{LINKED}</div>"))),
    ]))
    .await;
    let Some(stage) = stage else { return };
    let layout = |rendered: Rendered| only(&rendered).1.clone();
    let covered = layout(stage.page("/covered").await);
    assert_eq!(covered.link_covered_by.as_deref(), Some("div.mask"));
    assert_eq!(covered.sight, Sight::Seen);
    assert_eq!(layout(stage.page("/passes").await).link_covered_by, None);
    assert_eq!(layout(stage.page("/script").await).target, "javascript:void(0)");
    assert_eq!(layout(stage.page("/top").await).target, "http://site.example/top#");
    let high = layout(stage.page("/high").await);
    assert!(high.from_foot > 3_000 && high.area.y < 100, "{high:?}");
    assert!(!layout(stage.page("/left").await).centred);
    assert!(layout(stage.page("/middle").await).centred);
}
