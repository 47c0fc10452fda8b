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

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_of_another_site_is_looked_into_apart() {
    let stage = Stage::open(pages([
        ("/", long("<iframe src='//other.example/foot' width=400 height=60></iframe>")),
        ("/foot", LINKED.to_owned()),
    ]))
    .await;
    let Some(stage) = stage else { return };
    let rendered = stage.page("/").await;
    assert_eq!(rendered.page.record_numbers, []);
    assert_eq!(rendered.page.frames, ["http://other.example/foot"]);
    let [frame] = rendered.frames.as_slice() else { panic!("{:?}", rendered.frames) };
    assert_eq!(frame.url, "http://other.example/foot");
    assert_eq!(frame.record_numbers[0].canonical, NUMBER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_put_together_of_many_elements_is_found_in_the_layout() {
    let foot = "<span>粤ICP备</span><a href='https://beian.miit.gov.cn/'><b>2099</b>000123<i>号</i>-1</a> \
                京ICP备2099000001号-1 京ICP备2099000001号-1";
    let stage = Stage::open(pages([("/", long(foot))])).await;
    let Some(stage) = stage else { return };
    let rendered = stage.page("/").await;
    assert_eq!(rendered.page.record_numbers.len(), 3, "{:?}", rendered.page.record_numbers);
    assert!(rendered.numbers.iter().all(|layout| layout.sight == Sight::Seen));
    assert_eq!(rendered.numbers[0].target, "https://beian.miit.gov.cn/");
    let x = |at: usize| rendered.numbers[at].area.x;
    assert!(x(0) < x(1) && x(1) < x(2), "{:?}", rendered.numbers);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_title_and_what_a_stylesheet_writes_are_read_as_shown() {
    let stage = Stage::open(pages([(
        "/",
        long("<p class=n></p>")
            .replace("<body>", "<style>.n::after{content:'粤ICP备2099000123号-1'}</style><body>")
            .replace("</body>", "<script>document.title = '新标题'</script></body>"),
    )]))
    .await;
    let Some(stage) = stage else { return };
    let rendered = stage.page("/").await;
    assert_eq!(rendered.page.title.as_deref(), Some("新标题"));
    let (number, layout) = only(&rendered);
    assert_eq!((number.canonical.as_str(), layout.sight), (NUMBER, Sight::Unknown));
}
