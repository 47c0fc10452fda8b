//! What resolving hosts costs beside hickory's plain client, which opens a socket for each
//! question, in one run against the same resolver.
//!
//! `cargo bench --bench dns [HOSTS]` resolves so many hosts (default 20,000), A and AAAA of
//! each, 128 at a time. The resolver is a process of its own on loopback, so that CPU time,
//! where the system tells it, is that of the clients alone. Ours also looks up the place of
//! each address and writes the evidence.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench may break off")]

use beian::{
    filing::{Domain, Filing, ServiceType},
    probe::{Options, Probe, Render, place::Places},
};
use hickory_resolver::{
    net::{
        runtime::TokioRuntimeProvider,
        udp::UdpClientStream,
        xfer::{DnsRequestSender, FirstAnswer},
    },
    proto::{
        op::{DnsRequest, DnsRequestOptions, Query},
        rr::{Name, RecordType},
    },
};
use std::{
    future::Future,
    io::{BufRead, BufReader},
    net::{SocketAddr, UdpSocket},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

const HOSTS: usize = 20_000;
const WIDTH: usize = 128;
const TIMEOUT: Duration = Duration::from_secs(10);

fn main() {
    if std::env::args().any(|argument| argument == "--resolver") {
        return answer();
    }
    let hosts = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(HOSTS);
    let (mut child, resolver) = resolver();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let peer = runtime.block_on(timed("hickory, a socket each", hosts, move |host| async move {
        let (a, aaaa) =
            tokio::join!(ask(resolver, host, RecordType::A), ask(resolver, host, RecordType::AAAA));
        assert!(a && aaaa);
    }));
    let probe = Arc::new(Probe::new(options(resolver), Places::embedded(Vec::new())).unwrap());
    let ours = runtime.block_on(timed("beian", hosts, move |host| {
        let probe = probe.clone();
        async move {
            let mut filing = Filing::of_domain(1, Domain::parse(&name(host)).unwrap());
            // Of an app's domain it is only asked where it points.
            filing.service_type = ServiceType::App;
            let look = probe.look(&filing).await;
            assert_eq!(look.evidence.hosts[0].dns.addresses.len(), 2);
        }
    }));
    child.kill().unwrap();
    child.wait().unwrap();
    say(&format!("wall, ratio       {:6.2}", ours.0 / peer.0));
    if let (Some(ours), Some(peer)) = (ours.1, peer.1) {
        say(&format!("CPU, ratio        {:6.2}", ours / peer));
    }
}

/// Seconds, and seconds of CPU where the system tells them.
async fn timed<F>(
    what: &str,
    hosts: usize,
    resolve: impl Fn(usize) -> F + Clone + Send + 'static,
) -> (f64, Option<f64>)
where
    F: Future<Output = ()> + Send,
{
    let (start, before) = (Instant::now(), cpu());
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..WIDTH {
        let (next, resolve) = (next.clone(), resolve.clone());
        tasks.spawn(async move {
            loop {
                let host = next.fetch_add(1, Ordering::Relaxed);
                if host >= hosts {
                    return;
                }
                resolve(host).await;
            }
        });
    }
    tasks.join_all().await;
    let wall = start.elapsed().as_secs_f64();
    let cpu = cpu().zip(before).map(|(after, before)| after - before);
    let each = cpu.map(|cpu| format!(", {:6.1} µs CPU a host", cpu * 1e6 / hosts as f64));
    say(&format!(
        "{what:24} {:8.0} questions/s{}",
        2.0 * hosts as f64 / wall,
        each.unwrap_or_default()
    ));
    (wall, cpu)
}

fn name(host: usize) -> String {
    format!("site{host}.example")
}

/// One question as a plain client asks it.
async fn ask(resolver: SocketAddr, host: usize, kind: RecordType) -> bool {
    let query = Query::query(Name::from_ascii(name(host) + ".").unwrap(), kind);
    let request = DnsRequest::from_query(query, DnsRequestOptions::default());
    let mut stream = UdpClientStream::builder(resolver, TokioRuntimeProvider::new())
        .with_timeout(Some(TIMEOUT))
        .build();
    stream.send_message(request).first_answer().await.is_ok_and(|reply| reply.answers.len() == 1)
}

fn options(resolver: SocketAddr) -> Options {
    Options {
        resolvers: vec![resolver],
        vantages: Vec::new(),
        registration: None,
        timeout: TIMEOUT,
        deadline: TIMEOUT * 4,
        max_body: 1 << 20,
        rate: None,
        resolving: 2 * WIDTH,
        requests: WIDTH,
        per_host: 1,
        per_address: 1,
        max_redirects: 0,
        both_schemes: false,
        robots: false,
        keep_exchanges: false,
        user_agent: "beian".to_owned(),
        views: Default::default(),
        proxy: None,
        proxy_resolves: false,
        allow: Vec::new(),
        extra_roots: Vec::new(),
        render: Render::Never,
        browser: None,
        sockets: Default::default(),
    }
}

/// Starts this program once more, as the resolver.
fn resolver() -> (Child, SocketAddr) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .arg("--resolver")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (child, line.trim().parse().unwrap())
}

/// Answers each question with one address, until it is ended.
fn answer() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    say(&socket.local_addr().unwrap().to_string());
    let mut packet = [0; 512];
    loop {
        let (_, from) = socket.recv_from(&mut packet).unwrap();
        let name: usize = packet[12..].iter().position(|byte| *byte == 0).unwrap();
        let question = &packet[12..12 + name + 5];
        let kind = question[name + 2];
        let address: &[u8] = match kind {
            1 => &[47, 96, 1, 1],
            _ => &[0x24, 0, 0x32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        };
        let header = [packet[0], packet[1], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
        let record = [0xc0, 12, 0, kind, 0, 1, 0, 0, 0, 60, 0, address.len() as u8];
        let reply = [&header[..], question, &record, address].concat();
        // A client that has gone needs no answer.
        let _ = socket.send_to(&reply, from);
    }
}

/// Seconds of CPU that this process has used, in ticks of a hundredth.
fn cpu() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / 100.0)
}

#[expect(clippy::print_stdout, reason = "a benchmark's figures go to standard output")]
fn say(line: &str) {
    println!("{line}");
}
