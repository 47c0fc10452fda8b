//! A small world on loopback: a resolver, and servers that behave as they are told.

use beian::{
    evidence::{Attempt, Evidence, Failure, HostEvidence, Role},
    filing::{Domain, Filing},
    probe::{Look, Options, Probe, Render, SocketTable, place::Places},
};
use hickory_resolver::proto::{
    op::{Message, MessageType, OpCode, ResponseCode},
    rr::{
        Name, RData, Record, RecordType,
        rdata::{A, AAAA, CNAME, SOA},
    },
};
use std::{
    collections::HashMap,
    future::Future,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream, UdpSocket},
};

/// What a resolver says of a name.
#[derive(Clone, Debug)]
pub(super) enum Zone {
    Addresses(Vec<IpAddr>),
    Alias(&'static str),
    /// No record of this kind.
    Empty,
    Code(ResponseCode),
    Silent,
    Rubbish,
    /// Cut over UDP, whole over TCP.
    Long(Vec<IpAddr>),
}

pub(super) type Zones = HashMap<String, Zone>;

/// A resolver on UDP and TCP; every name that it does not know does not exist.
pub(super) struct Resolver {
    pub(super) address: SocketAddr,
    pub(super) asked: Arc<AtomicUsize>,
    zones: Arc<Mutex<Zones>>,
}

impl Resolver {
    pub(super) async fn start(zones: impl IntoIterator<Item = (&'static str, Zone)>) -> Resolver {
        let (udp, tcp) = bind_both().await;
        let address = udp.local_addr().unwrap();
        let zones: Zones = zones.into_iter().map(|(name, zone)| (name.to_owned(), zone)).collect();
        let zones = Arc::new(Mutex::new(zones));
        let asked = Arc::new(AtomicUsize::new(0));
        let (for_udp, for_tcp, count) = (zones.clone(), zones.clone(), asked.clone());
        tokio::spawn(async move {
            let mut buffer = [0; 4096];
            while let Ok((length, from)) = udp.recv_from(&mut buffer).await {
                count.fetch_add(1, Ordering::SeqCst);
                let answer = answer(&buffer[..length], &for_udp.lock().unwrap(), false);
                if let Some(answer) = answer {
                    udp.send_to(&answer, from).await.unwrap();
                }
            }
        });
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = tcp.accept().await {
                let length = socket.read_u16().await.unwrap();
                let mut question = vec![0; usize::from(length)];
                socket.read_exact(&mut question).await.unwrap();
                let answer = answer(&question, &for_tcp.lock().unwrap(), true).unwrap();
                socket.write_u16(answer.len() as u16).await.unwrap();
                socket.write_all(&answer).await.unwrap();
            }
        });
        Resolver { address, asked, zones }
    }

    pub(super) fn set(&self, name: &str, zone: Zone) {
        self.zones.lock().unwrap().insert(name.to_owned(), zone);
    }
}

/// The same free port for both.
async fn bind_both() -> (UdpSocket, TcpListener) {
    loop {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        if let Ok(udp) = UdpSocket::bind(tcp.local_addr().unwrap()).await {
            return (udp, tcp);
        }
    }
}

fn answer(question: &[u8], zones: &Zones, tcp: bool) -> Option<Vec<u8>> {
    let question = Message::from_vec(question).unwrap();
    let query = question.queries[0].clone();
    let mut message = Message::new(question.id, MessageType::Response, OpCode::Query);
    message.metadata.recursion_desired = true;
    message.metadata.recursion_available = true;
    message.queries.push(query.clone());
    let mut name = query.name().clone();
    // Follows its own aliases as a recursive resolver does, but not for ever.
    for _ in 0..40 {
        let key = name.to_lowercase().to_ascii();
        let zone = zones.get(key.trim_end_matches('.')).cloned();
        match zone.unwrap_or(Zone::Code(ResponseCode::NXDomain)) {
            Zone::Silent => return None,
            Zone::Rubbish => {
                // The right number, then nonsense.
                let mut bytes = question.id.to_be_bytes().to_vec();
                bytes.extend([0x81, 0x80, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 1]);
                return Some(bytes);
            }
            Zone::Code(code) => message.metadata.response_code = code,
            Zone::Empty => message.authorities.push(soa()),
            Zone::Long(_) if !tcp => message.metadata.truncation = true,
            Zone::Addresses(all) | Zone::Long(all) => {
                let before = message.answers.len();
                for address in all {
                    let data = match (address, query.query_type()) {
                        (IpAddr::V4(v4), RecordType::A) => RData::A(A(v4)),
                        (IpAddr::V6(v6), RecordType::AAAA) => RData::AAAA(AAAA(v6)),
                        _ => continue,
                    };
                    message.answers.push(Record::from_rdata(name.clone(), 60, data));
                }
                if message.answers.len() == before {
                    message.authorities.push(soa());
                }
            }
            Zone::Alias(target) => {
                let target = Name::from_ascii(format!("{target}.")).unwrap();
                let data = RData::CNAME(CNAME(target.clone()));
                message.answers.push(Record::from_rdata(name, 60, data));
                name = target;
                continue;
            }
        }
        break;
    }
    Some(message.to_vec().unwrap())
}

fn soa() -> Record {
    let name = |text: &str| Name::from_ascii(text).unwrap();
    let soa = SOA::new(name("ns.example."), name("desk.example."), 1, 2, 3, 4, 5);
    Record::from_rdata(name("example."), 60, RData::SOA(soa))
}

/// Starts a server whose connections are handled by `handle`.
pub(super) async fn serve<F>(handle: impl Fn(TcpStream) -> F + Send + Sync + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(handle(socket));
        }
    });
    address
}

/// A server that answers each request with what `respond` makes of it, and closes.
pub(super) async fn http(respond: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> SocketAddr {
    let respond = Arc::new(respond);
    serve(move |mut socket| {
        let respond = respond.clone();
        async move {
            let Some(request) = read_request(&mut socket).await else { return };
            let _ = socket.write_all(&respond(&request)).await;
            let _ = socket.shutdown().await;
        }
    })
    .await
}

pub(super) async fn read_request(socket: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        if socket.read(&mut byte).await.ok()? == 0 {
            return None;
        }
        request.push(byte[0]);
    }
    Some(String::from_utf8(request).unwrap())
}

pub(super) fn page(body: &str) -> Vec<u8> {
    respond("200 OK", &["Content-Type: text/html; charset=utf-8"], body.as_bytes())
}

pub(super) fn redirect(to: &str) -> Vec<u8> {
    respond("302 Found", &[&format!("Location: {to}")], b"")
}

pub(super) fn respond(status: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut answer = format!("HTTP/1.1 {status}\r\nConnection: close\r\n").into_bytes();
    for header in headers {
        answer.extend(format!("{header}\r\n").into_bytes());
    }
    answer.extend(format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes());
    answer.extend(body);
    answer
}

/// Reads one request and answers it over anything.
pub(super) async fn answer_once(mut socket: impl AsyncRead + AsyncWrite + Unpin, answer: &[u8]) {
    if read_request(&mut socket).await.is_some() {
        let _ = socket.write_all(answer).await;
        let _ = socket.shutdown().await;
    }
}

/// The world that a probe is shown.
pub(super) struct World {
    pub(super) resolver: Resolver,
    pub(super) options: Options,
}

pub(super) const SITE: &str = "47.96.1.1";

pub(super) fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

impl World {
    /// A world in which `site.example` is at [`SITE`] and has no www.
    pub(super) async fn new() -> World {
        let resolver = Resolver::start([("site.example", Zone::Addresses(vec![ip(SITE)]))]).await;
        // One socket that plays nothing, so that the table is never empty.
        let sockets = SocketTable::from([((ip("192.0.2.1"), 1), resolver.address)]);
        let options = Options {
            resolvers: vec![resolver.address],
            vantages: Vec::new(),
            registration: None,
            timeout: Duration::from_millis(1000),
            deadline: Duration::from_secs(20),
            max_body: 1 << 20,
            rate: None,
            per_host: 4,
            per_address: 8,
            max_redirects: 10,
            both_schemes: false,
            robots: false,
            user_agent: "beian/0.1 (+https://desk.example)".to_owned(),
            views: Default::default(),
            proxy: None,
            allow: Vec::new(),
            extra_roots: Vec::new(),
            render: Render::Never,
            browser: None,
            sockets,
        };
        World { resolver, options }
    }

    pub(super) fn host(&self, name: &'static str, address: &str) {
        self.resolver.set(name, Zone::Addresses(vec![ip(address)]));
    }

    pub(super) fn at(&mut self, address: &str, port: u16, socket: SocketAddr) {
        self.options.sockets.insert((ip(address), port), socket);
    }

    /// Has `site.example` answer over http.
    pub(super) async fn http(&mut self, respond: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) {
        let socket = http(respond).await;
        self.at(SITE, 80, socket);
    }

    pub(super) fn probe(&self) -> Probe {
        Probe::new(self.options.clone(), Places::embedded(Vec::new())).unwrap()
    }

    pub(super) async fn look(&self) -> Look {
        self.probe().look(&filing()).await
    }

    /// What became of `site.example`.
    pub(super) async fn apex(&self) -> HostEvidence {
        of_role(&self.look().await.evidence, Role::Apex)
    }

    /// How the attempt over http ended.
    pub(super) async fn over_http(&self) -> Attempt {
        self.apex().await.visit.unwrap().http.unwrap()
    }

    pub(super) async fn over_https(&self) -> Attempt {
        self.apex().await.visit.unwrap().https.unwrap()
    }
}

pub(super) fn filing() -> Filing {
    Filing::of_domain(1, Domain::parse("site.example").unwrap())
}

pub(super) fn of_role(evidence: &Evidence, role: Role) -> HostEvidence {
    evidence.hosts.iter().find(|host| host.role == role).unwrap().clone()
}

pub(super) fn failure(attempt: &Attempt) -> Option<Failure> {
    match attempt.end {
        beian::evidence::End::Failed(failure) => Some(failure),
        beian::evidence::End::Answer(_) => None,
    }
}
