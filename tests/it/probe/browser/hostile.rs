//! Pages that mean to blind the browser's eyes, to use its place in the network, or to use it up.

use super::bounds::{marked, processes};
use super::*;
use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// What scripts ask a node, or the document, for by name.
const NAMES: &[&str] = &[
    "nodeType",
    "nodeName",
    "childNodes",
    "children",
    "firstChild",
    "parentNode",
    "parentElement",
    "localName",
    "tagName",
    "namespaceURI",
    "textContent",
    "childElementCount",
    "shadowRoot",
    "getAttribute",
    "hasAttribute",
    "querySelector",
    "querySelectorAll",
    "closest",
    "contains",
    "getRootNode",
    "checkVisibility",
    "getAnimations",
    "getBoundingClientRect",
    "getClientRects",
    "scrollIntoView",
    "scrollTop",
    "scrollLeft",
    "scrollHeight",
    "clientHeight",
    "offsetParent",
    "style",
    "className",
    "id",
    "href",
    "append",
    "isConnected",
    "ownerDocument",
    "body",
    "documentElement",
    "createRange",
    "createElement",
    "elementFromPoint",
    "elementsFromPoint",
    "getElementsByTagName",
    "adoptedStyleSheets",
    "readyState",
    "title",
    "characterSet",
    "defaultView",
    "location",
];

#[tokio::test(flavor = "multi_thread")]
async fn names_that_a_page_gives_its_fields_and_images_blind_nobody() {
    let fields: String =
        NAMES.iter().map(|name| format!("<input type=hidden name={name}>")).collect();
    let images: String = NAMES.iter().map(|name| format!("<img name={name} alt=''>")).collect();
    let forms: String = NAMES.iter().map(|name| format!("<form name={name}></form>")).collect();
    let stage = Stage::open(pages([
        ("/form", long(&format!("<form>{fields}<p>{LINKED}</p></form>"))),
        ("/type", long(&format!("<form><input name=nodeType><p>{LINKED}</p></form>"))),
        ("/attribute", long(&format!("<form><input name=getAttribute></form><p>{LINKED}</p>"))),
        ("/document", long(&format!("{images}{forms}<p>{LINKED}</p>"))),
        (
            "/closed-root",
            long(&format!(
                "<p id=f></p><script>f.attachShadow({{mode: 'closed'}}).innerHTML = '<form>{fields}{LINKED}</form>'</script>"
            )),
        ),
    ]))
    .await;
    let Some(stage) = stage else { return };
    for path in ["/form", "/type", "/attribute", "/document", "/closed-root"] {
        let rendered = stage.page(path).await;
        let (number, layout) = only(&rendered);
        assert_eq!((number.canonical.as_str(), number.visible), (NUMBER, true), "{path}");
        assert_eq!(layout.sight, Sight::Seen, "{path}");
        assert_eq!(layout.target, "https://beian.miit.gov.cn/", "{path}");
        if path != "/document" {
            assert_eq!(rendered.page.title.as_deref(), Some("示例网站"), "{path}");
        }
    }
}

/// The head and the body of one request.
async fn read_whole(socket: &mut TcpStream) -> io::Result<(String, usize)> {
    let head = rig::read_request(socket).await.ok_or(io::ErrorKind::UnexpectedEof)?;
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
    let length = length.map_or(0, |length| length.parse().unwrap());
    let (mut left, mut piece) = (length, vec![0; 1 << 16]);
    while left > 0 {
        let most = left.min(piece.len());
        match socket.read(&mut piece[..most]).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => left -= read,
        }
    }
    Ok((head, length))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_page_posts_arrives_up_to_a_bound_and_what_it_brings_is_shown() {
    let Some(path) = chromium() else { return };
    let posted = Arc::new(AtomicUsize::new(0));
    let counted = posted.clone();
    let socket = rig::serve(move |mut socket| {
        let counted = counted.clone();
        async move {
            let Ok((head, length)) = read_whole(&mut socket).await else { return };
            counted.fetch_max(length, Ordering::SeqCst);
            let write = "fetch('/posted', {method: 'POST', body: 'x'.repeat(5e6)})
                .then((r) => r.text()).then((t) => { document.querySelector('footer').innerHTML = t })";
            let answer = match path_of(&head).as_str() {
                "/" => rig::page(&format!("{}<script>{write}</script>", long(""))),
                "/posted" => rig::page(LINKED),
                "/sends" => rig::page(&long(
                    "<script>setInterval(() => fetch('/sink', {method: 'POST', body: 'x'.repeat(3e6)}), 100)</script>",
                )),
                "/too-long" => rig::page(&long(&format!(
                    "{LINKED}<script>fetch('/sink', {{method: 'POST', body: 'x'.repeat(2.5e7)}}).catch(() => 0)</script>"
                ))),
                _ => rig::page("ok"),
            };
            let _ = socket.write_all(&answer).await;
            let _ = socket.shutdown().await;
        }
    })
    .await;
    let stage = Stage::over(options(path), socket).await;
    let rendered = stage.page("/").await;
    assert_eq!(only(&rendered).0.canonical, NUMBER);
    assert_eq!(posted.load(Ordering::SeqCst), 5_000_000);
    // A request of which the browser cannot even tell us ends nobody's visit.
    let rendered = stage.page("/too-long").await;
    assert_eq!(only(&rendered).0.canonical, NUMBER);
    assert_eq!(stage.failure("http://site.example/sends").await, RenderFailure::TooLarge);
    assert_eq!(posted.load(Ordering::SeqCst), 5_000_000);
}

fn path_of(head: &str) -> String {
    path(head).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_without_end_is_kept_in_part() {
    let script = "<script>history.replaceState(0, '', '/' + 'a'.repeat(1e6))</script>";
    let Some(stage) = Stage::open(pages([("/", long(&format!("{LINKED}{script}")))])).await else {
        return;
    };
    let rendered = stage.page("/").await;
    assert!(rendered.url.starts_with("http://site.example/aaa") && rendered.url.len() <= 8_192);
    assert_eq!(only(&rendered).0.canonical, NUMBER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_the_operator_has_opened_is_open_to_its_own_sites_alone() {
    let Some(path) = chromium() else { return };
    let met = Arc::new(Mutex::new(Vec::new()));
    let kept = met.clone();
    let inside = rig::http(move |request| {
        if super::path(request) != "/favicon.ico" {
            kept.lock().unwrap().push(super::path(request).to_owned());
        }
        rig::page(&long(&format!("{LINKED}<script src='http://private.example/own.js'></script>")))
    })
    .await;
    let tries = "<script>
        fetch('http://private.example/post', {method: 'POST', mode: 'no-cors', body: 'x'}).catch(() => 0);
        fetch('http://10.0.0.1/get', {mode: 'no-cors'}).catch(() => 0);
        new WebSocket('ws://private.example/socket');
        </script><iframe src='http://private.example/frame'></iframe>";
    let outside = rig::http(move |_| rig::page(&long(&format!("{tries}{LINKED}")))).await;
    let mut stage = Stage::over(options(path), outside).await;
    stage.world.options.allow = vec!["10.0.0.0/8".parse().unwrap()];
    stage.world.at("10.0.0.1", 80, inside);
    stage.probe = stage.world.probe();
    let rendered = stage.page("/").await;
    assert_eq!(only(&rendered).0.canonical, NUMBER);
    assert!(rendered.refused >= 3, "{}", rendered.refused);
    assert!(met.lock().unwrap().is_empty(), "{met:?}");
    let seen = stage.see("http://private.example/").await;
    assert!(matches!(seen.rendering, Rendering::Shown(_)));
    assert_eq!(*met.lock().unwrap(), ["/", "/own.js"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_learns_nothing_of_the_environment_that_it_does_not_need() {
    let Some(path) = chromium() else { return };
    let folder = tempfile::tempdir().unwrap();
    let told = folder.path().join("environment");
    let (program, _) = marked(&path, folder.path(), &format!("env >{}", told.display()));
    let stage = Stage::with(options(program), pages([("/", long(LINKED))])).await.unwrap();
    stage.page("/").await;
    let told = std::fs::read_to_string(&told).unwrap();
    assert!(told.lines().any(|line| line.starts_with("PATH=")), "{told}");
    // What is needed, and what shells add of their own.
    let known =
        ["PATH", "HOME", "TMPDIR", "TZ", "LANG", "LD_LIBRARY_PATH", "PWD", "OLDPWD", "SHLVL", "_"];
    for line in told.lines() {
        let name = line.split('=').next().unwrap();
        let of_kind = ["LC_", "XDG_", "FONTCONFIG_"].iter().any(|kind| name.starts_with(kind));
        assert!(known.contains(&name) || of_kind, "{name}");
    }
}

/// Stops the browser of this mark, as a machine with too much to do all but does.
fn stop(mark: &str) {
    for (pid, _) in processes(mark) {
        let stopped = std::process::Command::new("kill").arg("-STOP").arg(pid.to_string()).status();
        assert!(stopped.unwrap().success());
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn that_a_host_cannot_be_reached_is_known_without_the_browser_and_nothing_else_is() {
    let Some(path) = chromium() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (program, mark) = marked(&path, folder.path(), "");
    let (plain, deaf) = (mark.clone(), mark.clone());
    // It answers, and the browser does not hear it: the page's fault is it not.
    let socket = rig::http(move |_| {
        stop(&deaf);
        rig::page(&long(LINKED))
    })
    .await;
    let browser = BrowserOptions { timeout: Duration::from_secs(4), ..options(program.clone()) };
    let stage = Stage::over(browser, socket).await;
    assert_eq!(stage.failure("http://site.example/").await, RenderFailure::Hung);
    // A port that speaks no TLS: whether the browser comes to say so or not.
    let no_tls = rig::serve(move |mut socket| {
        let mark = plain.clone();
        async move {
            let _ = socket.read(&mut [0; 512]).await;
            stop(&mark);
            let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    })
    .await;
    let patient = BrowserOptions { timeout: Duration::from_secs(600), ..options(program) };
    let mut stage = Stage::over(patient, no_tls).await;
    stage.world.at(rig::SITE, 443, no_tls);
    stage.world.options.deadline = Duration::from_secs(900);
    stage.probe = stage.world.probe();
    let seen = tokio::time::timeout(Duration::from_secs(300), stage.see("https://site.example/"));
    let rendering = seen.await.expect("known long before the browser's time is over").rendering;
    assert_eq!(rendering, Rendering::Failed(RenderFailure::Unreachable));
    stage.probe.close().await;
    drop(stage);
    assert_eq!(processes(&mark), []);
}

/// Where a log is written to, to be read.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn that_the_superuser_has_no_sandbox_is_said_once_unless_it_is_known() {
    use std::os::unix::fs::MetadataExt;
    let Some(path) = chromium() else { return };
    let is_root = tempfile::tempdir().unwrap().path().metadata().unwrap().uid() == 0;
    for (sandbox, expected) in [(true, usize::from(is_root)), (false, 0)] {
        let log = Log::default();
        let to = log.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || to.clone()).finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let browser = BrowserOptions { sandbox, recycle_after: 1, ..options(path.clone()) };
        let stage = Stage::with(browser, pages([("/", long(LINKED))])).await.unwrap();
        for _ in 0..2 {
            stage.page("/").await;
        }
        let said = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert_eq!(said.matches("no sandbox").count(), expected, "{said}");
    }
}
