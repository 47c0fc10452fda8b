//! One test for each way in which looking at a site can fail.

use super::rig::*;
use beian::evidence::{End, Failure};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::sleep,
};

fn reset(socket: TcpStream) {
    socket.set_zero_linger().unwrap();
    drop(socket);
}

/// A port where nothing listens.
async fn closed_port() -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

/// How http ends where the server does this with the socket once it has the request.
async fn after_request<F>(handle: impl Fn(TcpStream) -> F + Send + Sync + Copy + 'static) -> End
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut world = World::new().await;
    let server = serve(move |mut socket| async move {
        read_request(&mut socket).await;
        handle(socket).await;
    })
    .await;
    world.at(SITE, 80, server);
    let attempt = world.over_http().await;
    assert_eq!(attempt.hops[0].address, Some(ip(SITE)));
    attempt.end
}

async fn after_sending(bytes: &'static [u8]) -> End {
    after_request(move |mut socket| async move {
        socket.write_all(bytes).await.unwrap();
        socket.shutdown().await.unwrap();
    })
    .await
}

/// How https ends where the server does this with a fresh connection.
async fn in_handshake<F>(handle: impl Fn(TcpStream) -> F + Send + Sync + 'static) -> Option<Failure>
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut world = World::new().await;
    let server = serve(handle).await;
    world.at(SITE, 443, server);
    failure(&world.over_https().await)
}

#[tokio::test]
async fn a_closed_port_refuses_over_both_schemes() {
    let mut world = World::new().await;
    world.at(SITE, 80, closed_port().await);
    world.at(SITE, 443, closed_port().await);
    let visit = world.apex().await.visit.unwrap();
    for attempt in visit.attempts() {
        assert_eq!(failure(attempt), Some(Failure::ConnectRefused));
        assert_eq!(attempt.hops[0].tried, [(ip(SITE), Failure::ConnectRefused)]);
        assert_eq!(attempt.hops[0].address, None);
    }
    assert_eq!(visit.attempts().count(), 2);
}

#[tokio::test]
async fn what_is_not_in_the_table_is_unreachable() {
    let world = World::new().await;
    assert_eq!(failure(&world.over_http().await), Some(Failure::Unreachable));
}

#[tokio::test]
async fn a_handshake_that_is_reset_hangs_or_is_no_tls() {
    assert_eq!(in_handshake(|socket| async { reset(socket) }).await, Some(Failure::TlsReset));
    let after_hello = in_handshake(|mut socket| async {
        let _ = socket.read(&mut [0; 1024]).await;
        reset(socket);
    });
    assert_eq!(after_hello.await, Some(Failure::TlsReset));
    let silent = in_handshake(|socket| async move {
        sleep(Duration::from_secs(60)).await;
        drop(socket);
    });
    assert_eq!(silent.await, Some(Failure::TlsTimeout));
    let plain = in_handshake(|socket| async { answer_once(socket, &page("x")).await });
    assert_eq!(plain.await, Some(Failure::TlsTimeout), "waits for a request that never comes");
    let talks = in_handshake(|mut socket| async move {
        let _ = socket.read(&mut [0; 1024]).await;
        let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    });
    assert_eq!(talks.await, Some(Failure::TlsHandshake));
    let hangs_up = in_handshake(|mut socket| async move {
        let _ = socket.read(&mut [0; 1024]).await;
        socket.shutdown().await.unwrap();
    });
    assert_eq!(hangs_up.await, Some(Failure::TlsHandshake));
}

#[tokio::test]
async fn after_the_request_the_server_resets_closes_or_keeps_silent() {
    let end = after_request(|socket| async { reset(socket) }).await;
    assert_eq!(end, End::Failed(Failure::Reset));
    assert_eq!(after_sending(b"").await, End::Failed(Failure::Closed));
    assert_eq!(after_sending(b"HTTP/1.1 200 OK\r\nContent-").await, End::Failed(Failure::Closed));
    let silent = after_request(|socket| async move {
        sleep(Duration::from_secs(60)).await;
        drop(socket);
    });
    assert_eq!(silent.await, End::Failed(Failure::ReadTimeout));
}

#[tokio::test]
async fn what_is_no_http_is_bad_http() {
    assert_eq!(after_sending(b"SSH-2.0-OpenSSH_9\r\n").await, End::Failed(Failure::BadHttp));
    assert_eq!(after_sending(b"HTTP/1.1 abc\r\n\r\n").await, End::Failed(Failure::BadHttp));
    let endless = after_request(|mut socket| async move {
        let _ = socket.write_all(b"HTTP/1.1 200 OK\r\n").await;
        while socket.write_all(&b"X-More: more\r\n".repeat(100)).await.is_ok() {}
    });
    assert_eq!(endless.await, End::Failed(Failure::BadHttp));
    let endless_line = after_request(|mut socket| async move {
        let _ = socket.write_all(b"HTTP/1.1 200 OK\r\nX-Long: ").await;
        while socket.write_all(&[b'x'; 1000]).await.is_ok() {}
    });
    assert_eq!(endless_line.await, End::Failed(Failure::BadHttp));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_bad_and_its_beginning_is_kept() {
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<title>half";
    assert_eq!(after_sending(half).await, End::Failed(Failure::BadBody));
    let chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n";
    assert_eq!(after_sending(chunks).await, End::Failed(Failure::BadBody));
    let rubbish = b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nrubbish";
    assert_eq!(after_sending(rubbish).await, End::Failed(Failure::BadBody));
    let stalls = after_request(move |mut socket| async move {
        socket.write_all(half).await.unwrap();
        sleep(Duration::from_secs(60)).await;
    });
    assert_eq!(stalls.await, End::Failed(Failure::ReadTimeout));

    let mut world = World::new().await;
    world.http(|_| half.to_vec()).await;
    let exchanges = world.look().await.exchanges;
    assert_eq!(exchanges.len(), 1);
    assert_eq!(&exchanges[0].body[..], b"<title>half");
    assert!(exchanges[0].truncated);
    let head = String::from_utf8(exchanges[0].response_head.clone()).unwrap();
    assert_eq!(head, "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n");
}

#[tokio::test]
async fn an_endless_body_and_a_bomb_end_as_a_cut_page() {
    let endless = after_request(|mut socket| async move {
        let _ = socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n").await;
        while socket.write_all(&[b'x'; 65536]).await.is_ok() {}
    });
    let End::Answer(seen) = endless.await else { panic!("no answer") };
    assert_eq!((seen.status, seen.bytes), (200, 1 << 20));

    let mut world = World::new().await;
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut bomb, &vec![b' '; 16 << 20]).unwrap();
    let bomb = bomb.finish().unwrap();
    world
        .http(move |_| {
            respond("200 OK", &["Content-Type: text/html", "Content-Encoding: gzip"], &bomb)
        })
        .await;
    let look = world.look().await;
    let visit = of_role(&look.evidence, beian::evidence::Role::Apex).visit.unwrap();
    assert_eq!(visit.http.unwrap().answer().unwrap().bytes, 1 << 20);
    assert!(look.exchanges[0].body.len() < 1 << 20, "kept as received");
}

#[tokio::test]
async fn a_slow_but_fine_server_is_waited_for() {
    let slow = after_request(|mut socket| async move {
        for part in [
            &b"HTTP/1.1 200 OK\r\n"[..],
            b"Content-Type: text/html\r\n",
            b"Content-Length: 9\r\n\r\n",
            b"<p>",
            b"slow",
            b"</",
        ] {
            sleep(Duration::from_millis(90)).await;
            socket.write_all(part).await.unwrap();
        }
        sleep(Duration::from_millis(300)).await;
        let _ = socket.write_all(b"p>").await;
    });
    let End::Answer(seen) = slow.await else { panic!("no answer") };
    assert_eq!(seen.bytes, 9);
}

#[tokio::test]
async fn the_deadline_ends_a_site_and_keeps_what_was_seen() {
    let mut world = World::new().await;
    world.options.deadline = Duration::from_millis(1500);
    let server = serve(|mut socket| async move {
        let Some(request) = read_request(&mut socket).await else { return };
        if request.starts_with("GET / ") {
            let _ = socket.write_all(&redirect("/slow")).await;
            return;
        }
        let _ = socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n").await;
        while socket.write_all(b"drip").await.is_ok() {
            sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    world.at(SITE, 80, server);
    let attempt = world.over_http().await;
    assert_eq!(attempt.end, End::Failed(Failure::Deadline));
    assert_eq!(attempt.hops.len(), 2);
    assert_eq!(attempt.hops[0].status, Some(302));
    assert_eq!(attempt.hops[1].status, Some(200));
}

#[tokio::test]
async fn every_address_is_tried_and_the_one_that_answers_is_named() {
    let mut world = World::new().await;
    let all = ["47.96.1.1", "47.96.1.2", "47.96.1.3"].map(ip).to_vec();
    world.resolver.set("site.example", Zone::Addresses(all));
    world.at("47.96.1.1", 80, closed_port().await);
    let resets = serve(|mut socket| async move {
        read_request(&mut socket).await;
        reset(socket);
    });
    world.at("47.96.1.2", 80, resets.await);
    world.at("47.96.1.3", 80, http(|_| page("third")).await);
    let attempt = world.over_http().await;
    assert_eq!(attempt.answer().unwrap().status, 200);
    let hop = &attempt.hops[0];
    assert_eq!(hop.address, Some(ip("47.96.1.3")));
    assert_eq!(
        hop.tried,
        [(ip("47.96.1.1"), Failure::ConnectRefused), (ip("47.96.1.2"), Failure::Reset)]
    );
}
