//! What the proxy says of a host, where only the browser or only the server is slow.

use super::{Proxy, Reach};
use crate::demo::world::plain_options;
use crate::probe::{
    Options,
    deadline::Deadline,
    dns::{Names, Resolvers},
    fetch::Fetcher,
    place::Places,
};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::sleep,
};

const STEP: Duration = Duration::from_millis(200);
const HOST: &str = "127.0.0.1";

#[tokio::test]
async fn a_browser_that_connects_and_says_nothing_is_not_held_against_the_server() {
    let silent = TcpListener::bind((HOST, 0)).await.unwrap();
    let at = silent.local_addr().unwrap();
    let options = Options { allow: vec!["127.0.0.0/8".parse().unwrap()], ..plain_options() };
    let fetcher = Fetcher::new(&options).unwrap();
    let (resolvers, places) = (Resolvers::new(&options).unwrap(), Places::default());
    let names = Names::new(&resolvers, &places);
    let page = format!("https://{at}/").parse().unwrap();
    let deadline = Deadline::new(Duration::from_secs(60), STEP);
    let proxy = Proxy::open(&page, &fetcher, &names, deadline).await.unwrap();
    let told = async {
        assert_eq!(proxy.reach(HOST), Reach::Unasked);
        let mut browser = TcpStream::connect(proxy.address().unwrap()).await.unwrap();
        browser.write_all(connect(at).as_bytes()).await.unwrap();
        let (mut server, _) = silent.accept().await.unwrap();
        let _ = browser.read(&mut [0; 100]).await.unwrap();

        sleep(STEP * 3).await;
        assert_eq!(proxy.reach(HOST), Reach::Silent, "nothing was said to the server");

        browser.write_all(&[0x16, 3, 1]).await.unwrap();
        let _ = server.read(&mut [0; 3]).await.unwrap();
        sleep(STEP * 3).await;
        let Reach::Failed(since) = proxy.reach(HOST) else { panic!("{:?}", proxy.reach(HOST)) };
        assert!(since >= STEP, "{since:?}");

        server.write_all(&[0x16, 3, 3]).await.unwrap();
        let _ = browser.read(&mut [0; 3]).await.unwrap();
        assert_eq!(proxy.reach(HOST), Reach::Answered, "late is not never");
    };
    tokio::select! {
        () = proxy.serve() => {}
        () = told => {}
    }
}

/// What a browser says to a proxy for a tunnel.
fn connect(at: SocketAddr) -> String {
    format!("CONNECT {at} HTTP/1.1\r\nHost: {at}\r\n\r\n")
}
