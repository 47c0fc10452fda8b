//! The floor that a Rust program can hope for: reqwest fetches every URL of a list and throws
//! the bodies away.   fetch_reqwest URLS ROOT_PEM

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench stops where its world is not as it expects, and prints what it found"
)]

use flate2::read::GzDecoder;
use std::{io::Read, sync::Arc, time::Duration};
use tokio::sync::Mutex;

const WIDTH: usize = 128;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(urls), Some(root)) = (arguments.next(), arguments.next()) else {
        panic!("fetch_reqwest URLS ROOT_PEM");
    };
    let pem = std::fs::read(root).unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(&pem).unwrap()])
        .pool_max_idle_per_host(0)
        .timeout(Duration::from_secs(20))
        .build()
        .unwrap();
    let urls = std::fs::read_to_string(urls).unwrap();
    let urls: Vec<String> = urls.lines().map(str::to_owned).collect();
    let next = Arc::new(Mutex::new(urls.into_iter()));
    let tasks: Vec<_> = (0..WIDTH)
        .map(|_| {
            let (client, next) = (client.clone(), next.clone());
            tokio::spawn(async move {
                let (mut pages, mut bytes) = (0u64, 0u64);
                loop {
                    let Some(url) = next.lock().await.next() else { return (pages, bytes) };
                    let answer = client.get(url).header("accept-encoding", "gzip").send().await;
                    let body = answer.unwrap().bytes().await.unwrap();
                    let mut plain = Vec::new();
                    GzDecoder::new(&body[..]).read_to_end(&mut plain).unwrap();
                    pages += 1;
                    bytes += plain.len() as u64;
                }
            })
        })
        .collect();
    let (mut pages, mut bytes) = (0, 0);
    for task in tasks {
        let (p, b) = task.await.unwrap();
        (pages, bytes) = (pages + p, bytes + b);
    }
    println!("{pages} pages, {bytes} bytes");
}
