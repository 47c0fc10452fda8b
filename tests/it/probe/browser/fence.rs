//! Nothing of a page gets past the guard, whatever it tries.

use super::*;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::net::{TcpListener, UdpSocket};

/// A socket on loopback that nobody may ever reach.
struct Victim {
    port: u16,
    met: Arc<AtomicUsize>,
}

impl Victim {
    async fn start() -> Victim {
        let (tcp, udp) = loop {
            let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
            if let Ok(udp) = UdpSocket::bind(tcp.local_addr().unwrap()).await {
                break (tcp, udp);
            }
        };
        let port = tcp.local_addr().unwrap().port();
        let met = Arc::new(AtomicUsize::new(0));
        let (over_tcp, over_udp) = (met.clone(), met.clone());
        tokio::spawn(async move {
            while tcp.accept().await.is_ok() {
                over_tcp.fetch_add(1, Ordering::SeqCst);
            }
        });
        tokio::spawn(async move {
            while udp.recv_from(&mut [0; 1500]).await.is_ok() {
                over_udp.fetch_add(1, Ordering::SeqCst);
            }
        });
        Victim { port, met }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_reaches_no_private_address_by_any_way_it_tries() {
    let Some(path) = chromium() else { return };
    let victim = Victim::start().await;
    let port = victim.port;
    let tries = format!(
        "<img src='http://127.0.0.1:{port}/a.png'>
         <iframe src='http://2130706433:{port}/b'></iframe>
         <iframe src='http://[::1]:{port}/c'></iframe>
         <iframe src='http://private.example:{port}/d'></iframe>
         <link rel=stylesheet href='http://0x7f.1:{port}/e.css'>
         <link rel=prefetch href='http://127.1:{port}/f'>
         <link rel=preconnect href='http://127.0.0.1:{port}/'>
         <link rel=dns-prefetch href='//private.example'>
         <iframe src='file:///etc/passwd'></iframe>
         <script src='http://localhost:{port}/g.js'></script>
         <script>
           fetch('http://127.0.0.1:{port}/h').catch(() => 0);
           fetch('file:///etc/passwd').catch(() => 0);
           new WebSocket('ws://127.0.0.1:{port}/i');
           navigator.sendBeacon('http://127.0.0.1:{port}/j', 'x');
           new EventSource('http://169.254.169.254/latest/');
           new Worker(URL.createObjectURL(new Blob(['fetch(\"http://127.0.0.1:{port}/k\")'])));
           try {{ const p = new RTCPeerConnection({{iceServers: [{{urls: 'stun:127.0.0.1:{port}'}}]}});
             p.createDataChannel('x'); p.createOffer().then((o) => p.setLocalDescription(o)); }} catch (e) {{}}
           try {{ new WebTransport('https://127.0.0.1:{port}/l') }} catch (e) {{}}
           window.open('http://127.0.0.1:{port}/m');
           navigator.serviceWorker && navigator.serviceWorker.register('/sw.js').catch(() => 0);
         </script>{LINKED}"
    );
    let answer = pages([
        ("/", long(&tries)),
        ("/to-file", "<script>location = 'file:///etc/passwd'</script>示例".to_owned()),
    ]);
    let redirect = format!("http://127.0.0.1:{port}/");
    let stage = Stage::with(options(path), move |request| match super::path(request) {
        "/redirect" => rig::redirect(&redirect),
        "/script-redirect" => {
            rig::page(&format!("<script>location.replace('{redirect}')</script>"))
        }
        _ => answer(request),
    })
    .await;
    let Some(mut stage) = stage else { return };
    // Only the guard stands between: were the address let through, it would be reached.
    for address in ["127.0.0.1", "::1", "10.0.0.1"] {
        let socket = format!("127.0.0.1:{port}").parse().unwrap();
        stage.world.at(address, port, socket);
    }
    stage.world.host("localhost", "127.0.0.1");
    stage.probe = stage.world.probe();
    let rendered = stage.page("/").await;
    assert_eq!(only(&rendered).0.canonical, NUMBER);
    assert!(rendered.refused >= 6, "{}", rendered.refused);
    let text = format!("{:?}", rendered.page);
    assert!(!text.contains("root:"), "{text}");
    let to_file = stage.page("/to-file").await;
    assert_eq!(to_file.url, "http://site.example/to-file");
    let refused = RenderFailure::AddressRefused;
    assert_eq!(stage.failure("http://site.example/redirect").await, refused);
    assert_eq!(stage.failure("http://site.example/script-redirect").await, refused);
    assert_eq!(stage.failure(&format!("http://127.0.0.1:{port}/")).await, refused);
    assert_eq!(stage.failure("http://private.example/").await, refused);
    stage.probe.close().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(victim.met.load(Ordering::SeqCst), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_reached_is_told_from_what_is_refused() {
    let Some(stage) = Stage::open(|_| rig::redirect("/again")).await else { return };
    assert_eq!(stage.failure("http://nowhere.example/").await, RenderFailure::Unreachable);
    assert_eq!(stage.failure("http://site.example:81/").await, RenderFailure::Unreachable);
    assert_eq!(stage.failure("http://site.example/").await, RenderFailure::Redirects);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_proxy_is_asked_for_everything_and_told_its_password() {
    let Some(path) = chromium() else { return };
    let asked = Arc::new(std::sync::Mutex::new(Vec::new()));
    let kept = asked.clone();
    let upstream = rig::http(move |request| {
        kept.lock().unwrap().push(request.to_owned());
        rig::page(&long(LINKED))
    })
    .await;
    let mut world = World::new().await;
    world.options.render = Render::Always;
    world.options.browser = Some(options(path));
    world.options.proxy = Some(format!("http://desk:secret@{upstream}").parse().unwrap());
    let stage = Stage { probe: world.probe(), world };
    let rendered = stage.page("/").await;
    assert_eq!(only(&rendered).0.canonical, NUMBER);
    let asked = asked.lock().unwrap();
    assert!(asked[0].starts_with("GET http://site.example/ HTTP/1.1\r\n"), "{asked:?}");
    assert!(asked[0].contains("Proxy-Authorization: Basic ZGVzazpzZWNyZXQ=\r\n"), "{asked:?}");
}
