use super::rig::*;
use beian::{
    evidence::{End, Failure, HopKind, Role},
    filing::Homepage,
    probe::Probe,
};
use hickory_resolver::proto::op::ResponseCode;
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::io::AsyncWriteExt;

#[tokio::test]
async fn each_hop_is_recorded_with_address_status_and_target() {
    let mut world = World::new().await;
    world.host("www.site.example", "47.96.1.2");
    world.http(|_| redirect("http://www.site.example/home?a=1#top")).await;
    let www = http(|request| {
        assert!(request.starts_with("GET /home?a=1 HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("\r\nHost: www.site.example\r\n"), "{request}");
        respond("200 OK", &["Content-Type: text/html", "Server: example/1"], b"<p>home")
    })
    .await;
    world.at("47.96.1.2", 80, www);
    let attempt = world.over_http().await;
    let [first, second] = &attempt.hops[..] else { panic!("{:?}", attempt.hops) };
    assert_eq!((first.url.as_str(), first.by), ("http://site.example/", HopKind::Start));
    assert_eq!((first.address, first.status), (Some(ip(SITE)), Some(302)));
    assert_eq!(first.location.as_deref(), Some("http://www.site.example/home?a=1#top"));
    assert_eq!(second.url, "http://www.site.example/home?a=1");
    assert_eq!((second.by, second.address), (HopKind::Redirect, Some(ip("47.96.1.2"))));
    assert_eq!(second.server.as_deref(), Some("example/1"));
    let seen = attempt.answer().unwrap();
    assert_eq!((seen.status, seen.bytes), (200, 7));
    assert_eq!(seen.content_type.as_deref(), Some("text/html"));
    assert_eq!(seen.digest.len(), 64);
    assert!(seen.page.is_some());
}

#[tokio::test]
async fn the_request_looks_like_a_browsers_and_names_the_program() {
    let mut world = World::new().await;
    let seen = Arc::new(Mutex::new(String::new()));
    let kept = seen.clone();
    world
        .http(move |request| {
            *kept.lock().unwrap() = request.to_owned();
            page("x")
        })
        .await;
    let look = world.look().await;
    let request = seen.lock().unwrap().clone();
    assert!(request.contains("\r\nUser-Agent: beian/0.1 (+https://desk.example)\r\n"));
    assert!(request.contains("\r\nAccept-Encoding: gzip, deflate, br\r\n"), "{request}");
    assert!(request.contains("\r\nAccept-Language: zh-CN"), "{request}");
    let recorded = String::from_utf8(look.exchanges[0].request.clone()).unwrap();
    let sorted = |head: &str| {
        let mut lines: Vec<String> = head.lines().map(str::to_ascii_lowercase).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&recorded), sorted(&request));
}

#[tokio::test]
async fn all_kinds_of_redirects_are_followed_and_others_are_answers() {
    for status in ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"] {
        let mut world = World::new().await;
        world
            .http(move |request| match request.starts_with("GET /next ") {
                true => page("x"),
                false => respond(status, &["Location: /next"], b"gone"),
            })
            .await;
        assert_eq!(world.over_http().await.hops.len(), 2, "{status}");
    }
    for (status, header) in [("300 Many", "Location: /next"), ("302 Found", "X-Location: /next")] {
        let mut world = World::new().await;
        world.http(move |_| respond(status, &[header], b"")).await;
        let attempt = world.over_http().await;
        assert_eq!(attempt.hops.len(), 1);
        assert!(matches!(attempt.end, End::Answer(_)), "{status}");
    }
}

#[tokio::test]
async fn circles_and_too_many_redirects_end() {
    let mut world = World::new().await;
    world
        .http(|request| match request.starts_with("GET /b ") {
            true => redirect("/"),
            false => redirect("/b"),
        })
        .await;
    let attempt = world.over_http().await;
    assert_eq!(attempt.end, End::Failed(Failure::RedirectLoop));
    assert_eq!(attempt.hops.len(), 2);

    let mut world = World::new().await;
    let count = AtomicUsize::new(0);
    world.http(move |_| redirect(&format!("/{}", count.fetch_add(1, Ordering::SeqCst)))).await;
    let attempt = world.over_http().await;
    assert_eq!(attempt.end, End::Failed(Failure::TooManyRedirects));
    assert_eq!(attempt.hops.len(), world.options.max_redirects + 1);
}

#[tokio::test]
async fn a_site_that_asks_for_its_cookie_back_gets_it() {
    let mut world = World::new().await;
    world
        .http(|request| match request.contains("\r\nCookie: seen=1; sid=abc\r\n") {
            true => page("welcome"),
            false => {
                let headers = ["Location: /", "Set-Cookie: sid=abc; Path=/", "Set-Cookie: seen=1"];
                respond("302 Found", &headers, b"")
            }
        })
        .await;
    let attempt = world.over_http().await;
    assert_eq!((attempt.hops.len(), attempt.answer().unwrap().status), (2, 200));
    // One that only ever sets new ones goes in a circle.
    let mut world = World::new().await;
    let count = AtomicUsize::new(0);
    world
        .http(move |_| {
            let cookie = format!("Set-Cookie: n={}", count.fetch_add(1, Ordering::SeqCst));
            respond("302 Found", &["Location: /", &cookie], b"")
        })
        .await;
    let attempt = world.over_http().await;
    assert_eq!(attempt.end, End::Failed(Failure::RedirectLoop));
}

#[tokio::test]
async fn a_redirect_cannot_lead_us_to_a_refused_address() {
    for target in [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data",
        "http://inner.example/",
        "http://inner.example:8080/",
        "//0/",
    ] {
        let mut world = World::new().await;
        let touched = Arc::new(AtomicUsize::new(0));
        let count = touched.clone();
        let inside = http(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
            page("secret")
        })
        .await;
        for address in ["127.0.0.1", "::1", "169.254.169.254", "10.0.0.1", "0.0.0.0"] {
            world.at(address, 80, inside);
            world.at(address, 8080, inside);
        }
        world.host("inner.example", "10.0.0.1");
        world.http(move |_| redirect(target)).await;
        let attempt = world.over_http().await;
        assert_eq!(attempt.end, End::Failed(Failure::AddressRefused), "{target}");
        assert_eq!(attempt.hops.len(), 2);
        assert_eq!(attempt.hops[1].address, None);
        assert_eq!(touched.load(Ordering::SeqCst), 0, "{target}");
    }
}

#[tokio::test]
async fn a_first_hop_at_a_refused_address_is_not_dialled_unless_allowed() {
    let mut world = World::new().await;
    world.resolver.set("site.example", Zone::Addresses(vec![ip("10.0.0.1"), ip(SITE)]));
    world.at("10.0.0.1", 80, http(|_| page("inside")).await);
    world.at(SITE, 80, http(|_| page("outside")).await);
    let hop = world.over_http().await.hops.remove(0);
    assert_eq!(hop.address, Some(ip(SITE)));
    assert_eq!(hop.tried, [(ip("10.0.0.1"), Failure::AddressRefused)]);
    world.options.allow = vec!["10.0.0.0/8".parse().unwrap()];
    assert_eq!(world.over_http().await.hops[0].address, Some(ip("10.0.0.1")));
}

#[tokio::test]
async fn without_a_table_nothing_is_dialled_that_the_guard_refuses() {
    let mut world = World::new().await;
    let touched = Arc::new(AtomicUsize::new(0));
    let count = touched.clone();
    let inside = http(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        page("secret")
    })
    .await;
    world.options.sockets.clear();
    world.host("site.example", "127.0.0.1");
    let mut filing = filing();
    filing.homepage =
        Some(Homepage { host: "site.example".into(), port: Some(inside.port()), path: "/".into() });
    let look = world.probe().look(&filing).await;
    let visit = of_role(&look.evidence, Role::Homepage).visit.unwrap();
    assert_eq!(failure(&visit.http.unwrap()), Some(Failure::AddressRefused));
    assert_eq!(touched.load(Ordering::SeqCst), 0);
    // Allowed, it is dialled as the URL says: so the guard is what kept us out.
    world.options.allow = vec!["127.0.0.0/8".parse().unwrap()];
    let look = world.probe().look(&filing).await;
    let visit = of_role(&look.evidence, Role::Homepage).visit.unwrap();
    assert_eq!(visit.http.unwrap().hops[0].address, Some(ip("127.0.0.1")));
    assert_eq!(touched.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn ports_and_address_literals_are_reached_through_the_table() {
    let mut world = World::new().await;
    let by_port = http(|request| {
        assert!(request.contains("\r\nHost: site.example:8080\r\n"), "{request}");
        redirect("http://47.96.1.7/x")
    })
    .await;
    let by_address = http(|request| {
        assert!(request.contains("\r\nHost: 47.96.1.7\r\n"), "{request}");
        page("x")
    })
    .await;
    world.at(SITE, 8080, by_port);
    world.at("47.96.1.7", 80, by_address);
    world.http(|_| redirect("http://site.example:8080/")).await;
    let attempt = world.over_http().await;
    let urls: Vec<&str> = attempt.hops.iter().map(|hop| hop.url.as_str()).collect();
    assert_eq!(urls, ["http://site.example/", "http://site.example:8080/", "http://47.96.1.7/x"]);
    assert_eq!(attempt.hops[2].address, Some(ip("47.96.1.7")));
    assert_eq!(attempt.answer().unwrap().status, 200);
}

#[tokio::test]
async fn targets_that_cannot_be_followed_say_so() {
    for target in ["javascript:void(0)", "ftp://site.example/", "http://"] {
        let mut world = World::new().await;
        world.http(move |_| redirect(target)).await;
        assert_eq!(world.over_http().await.end, End::Failed(Failure::BadRedirect), "{target}");
    }
    let mut world = World::new().await;
    world.http(|_| redirect("http://nowhere.example/")).await;
    assert_eq!(world.over_http().await.end, End::Failed(Failure::DnsNone));
}

#[tokio::test]
async fn a_kept_connection_is_used_again_within_a_walk() {
    let mut world = World::new().await;
    let connections = Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    let server = serve(move |mut socket| {
        count.fetch_add(1, Ordering::SeqCst);
        async move {
            while let Some(request) = read_request(&mut socket).await {
                let answer = match request.starts_with("GET /next ") {
                    true => "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n<p>".to_owned(),
                    false => {
                        "HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 4\r\n\r\ngone"
                            .to_owned()
                    }
                };
                socket.write_all(answer.as_bytes()).await.unwrap();
            }
        }
    })
    .await;
    world.at(SITE, 80, server);
    assert_eq!(world.over_http().await.hops.len(), 2);
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn sloppy_answers_are_read() {
    for answer in [
        &b"HTTP/1.0 200 OK\r\n\r\n<html>no type, no length"[..],
        b"HTTP/1.1 200\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<p>no reason",
        b"HTTP/1.1 200 OK\nContent-Type : text/html\nBroken header\nConnection: close\n\n<p>x",
        b"HTTP/1.1 200 \xb3\xc9\xb9\xa6\r\nServer: \xb3\xc9\r\nConnection: close\r\n\r\n<html>",
    ] {
        let mut world = World::new().await;
        world.http(move |_| answer.to_vec()).await;
        let attempt = world.over_http().await;
        let seen = attempt.answer().unwrap_or_else(|| panic!("{:?}", attempt.end));
        assert!(seen.page.is_some(), "{}", String::from_utf8_lossy(answer));
    }
}

#[tokio::test]
async fn a_picture_is_an_answer_without_a_page() {
    let mut world = World::new().await;
    world.http(|_| respond("200 OK", &["Content-Type: image/png"], b"\x89PNG")).await;
    assert_eq!(world.over_http().await.answer().unwrap().page, None);
}

#[tokio::test]
async fn a_meta_refresh_is_followed_as_a_browser_does() {
    let mut world = World::new().await;
    world
        .http(|request| match request.split(' ').nth(1).unwrap() {
            "/" => page("<meta http-equiv=refresh content='0; url=/home'><title>x</title>"),
            "/home" => page("<meta http-equiv=refresh content='5; url=/'><title>home</title>"),
            _ => respond("404 Not Found", &[], b""),
        })
        .await;
    let attempt = world.over_http().await;
    let end: Vec<_> = attempt.hops.iter().map(|hop| (hop.url.as_str(), hop.by)).collect();
    let home = ("http://site.example/home", HopKind::MetaRefresh);
    assert_eq!(end, [("http://site.example/", HopKind::Start), home]);
    assert_eq!(attempt.answer().unwrap().page.as_ref().unwrap().title.as_deref(), Some("home"));
}

#[tokio::test]
async fn robots_txt_is_asked_only_where_the_setting_says_so() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let mut world = World::new().await;
    world
        .http(move |request| match request.starts_with("GET /robots.txt ") {
            true => {
                count.fetch_add(1, Ordering::SeqCst);
                respond("200 OK", &[], b"User-agent: beian\nDisallow: /\n")
            }
            false => page("x"),
        })
        .await;
    assert!(world.over_http().await.answer().is_some());
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    world.options.robots = true;
    assert_eq!(world.over_http().await.end, End::Failed(Failure::Robots));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_proxy_is_given_the_address_that_was_checked_and_its_failure_is_ours() {
    let mut world = World::new().await;
    let (proxy, asked) = tunnelling(|request| {
        assert!(request.starts_with("GET / HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("Host: site.example\r\n"), "{request}");
        page("by proxy")
    })
    .await;
    world.options.proxy = Some(format!("http://desk:secret@{proxy}").parse().unwrap());
    let attempt = world.over_http().await;
    assert_eq!(attempt.answer().unwrap().bytes, 8);
    assert_eq!(attempt.hops[0].address, Some(ip(SITE)));
    {
        let asked = asked.lock().unwrap();
        let heads: Vec<&str> = asked.iter().map(|head| head.lines().next().unwrap()).collect();
        assert_eq!(
            heads,
            [format!("CONNECT {SITE}:443 HTTP/1.1"), format!("CONNECT {SITE}:80 HTTP/1.1")]
        );
        assert!(asked.iter().all(|head| head.contains("Basic ZGVzazpzZWNyZXQ=\r\n")), "{asked:?}");
    }
    for unwilling in [
        http(|_| respond("502 Bad Gateway", &[], b"")).await,
        http(|_| respond("403 Forbidden", &[], b"")).await,
        "127.0.0.1:1".parse().unwrap(),
    ] {
        world.options.proxy = Some(format!("http://{unwilling}").parse().unwrap());
        assert_eq!(world.over_http().await.end, End::Failed(Failure::Fault), "{unwilling}");
    }
}

#[tokio::test]
async fn a_proxy_is_not_asked_for_a_host_whose_address_nobody_could_check() {
    let mut world = World::new().await;
    world.resolver.set("site.example", Zone::Code(ResponseCode::ServFail));
    let (proxy, asked) = tunnelling(|_| page("by proxy")).await;
    world.options.proxy = Some(format!("http://{proxy}").parse().unwrap());
    assert_eq!(world.apex().await.visit, None);
    world.host("site.example", "10.0.0.8");
    assert_eq!(world.over_http().await.end, End::Failed(Failure::AddressRefused));
    assert!(asked.lock().unwrap().is_empty(), "{asked:?}");
}

#[tokio::test]
async fn a_proxy_finds_hosts_by_itself_only_where_the_operator_says_so() {
    let mut world = World::new().await;
    world.resolver.set("site.example", Zone::Code(ResponseCode::ServFail));
    let proxy = http(|request| {
        assert!(request.starts_with("GET http://site.example/ HTTP/1.1\r\n"), "{request}");
        page("by proxy")
    })
    .await;
    world.options.proxy = Some(format!("http://{proxy}").parse().unwrap());
    world.options.proxy_resolves = true;
    let attempt = world.over_http().await;
    assert_eq!(attempt.answer().unwrap().bytes, 8);
    assert_eq!(attempt.hops[0].address, None);
}

#[tokio::test]
async fn one_host_gets_no_more_requests_at_a_time_than_allowed() {
    let mut world = World::new().await;
    world.options.per_address = 1;
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (count, peak) = (now.clone(), most.clone());
    let server = serve(move |mut socket| {
        let (count, peak) = (count.clone(), peak.clone());
        async move {
            read_request(&mut socket).await;
            peak.fetch_max(count.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(200)).await;
            count.fetch_sub(1, Ordering::SeqCst);
            let _ = socket.write_all(&page("x")).await;
        }
    })
    .await;
    world.host("www.site.example", SITE);
    world.at(SITE, 80, server);
    let probe: Probe = world.probe();
    let filing = filing();
    tokio::join!(probe.look(&filing), probe.look(&filing));
    assert_eq!(most.load(Ordering::SeqCst), 1);
}
