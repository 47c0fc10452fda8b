//! What a page shows, however it is put there.

use super::*;
use beian::page::{Link, Zone};

#[tokio::test(flavor = "multi_thread")]
async fn a_footer_is_read_however_a_script_puts_it_there() {
    let by =
        |script: &str| long("").replace("</body>", &format!("<script>{script}</script></body>"));
    let write = format!("document.querySelector('footer').innerHTML = '{LINKED}';");
    let stage = Stage::open(pages([
        ("/plain", long(LINKED)),
        ("/at-once", by(&write)),
        ("/later", by(&format!("setTimeout(() => {{ {write} }}, 1500)"))),
        (
            "/fetched",
            by("fetch('/foot.html').then((r) => r.text()).then((t) => { document.querySelector('footer').innerHTML = t })"),
        ),
        ("/foot.html", LINKED.to_owned()),
        (
            "/open-root",
            by(&format!("document.querySelector('footer').attachShadow({{mode: 'open'}}).innerHTML = '<div>{LINKED}</div>'")),
        ),
        (
            "/closed-root",
            by(&format!("document.querySelector('footer').attachShadow({{mode: 'closed'}}).innerHTML = '<div>{LINKED}</div>'")),
        ),
        ("/slotted", by(&format!(
            "const f = document.querySelector('footer'); f.innerHTML = '{LINKED}'; f.attachShadow({{mode: 'closed'}}).innerHTML = '<b>©</b><slot></slot>'"
        ))),
        ("/frame", long("<iframe src='//foot.site.example/foot.html' width=400 height=60></iframe>")),
        ("/on-scroll", by(&format!("addEventListener('scroll', () => {{ {write} }}, {{once: true}})"))),
    ]))
    .await;
    let Some(stage) = stage else { return };
    for path in [
        "/plain",
        "/at-once",
        "/later",
        "/fetched",
        "/open-root",
        "/closed-root",
        "/slotted",
        "/frame",
        "/on-scroll",
    ] {
        let rendered = stage.page(path).await;
        let (number, layout) = only(&rendered);
        assert_eq!(number.canonical, NUMBER, "{path}");
        assert_eq!((number.link, number.visible), (Link::Miit, true), "{path}");
        assert_eq!(layout.sight, Sight::Seen, "{path}");
        assert_eq!(layout.target, "https://beian.miit.gov.cn/", "{path}");
        assert!(layout.from_foot < 120, "{path}: {layout:?}");
        assert!(!rendered.page.needs_rendering && rendered.settled, "{path}");
        assert_eq!((rendered.status, rendered.refused), (Some(200), 0), "{path}");
        if path == "/plain" {
            assert_eq!(number.zone, Zone::Footer);
            assert_eq!(rendered.page.title.as_deref(), Some("示例网站"));
        }
    }
}
