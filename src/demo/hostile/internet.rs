//! The hostile internet, running.

use super::dns::{self, INNER, Question};
use super::script::{self, Asked, Step};
use super::{Case, Group, Server, Zone};
use crate::demo::certificates::{CertificateKind, Certificates};
use crate::demo::layout;
use crate::demo::site::{PageFile, Site};
use crate::demo::{DemoError, filings};
use crate::probe::{Options, SocketTable};
use hickory_resolver::proto::op::Message;
use hyper::body::Bytes;
use std::{
    collections::{BTreeMap, HashMap},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream, UdpSocket};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long one step of a look at a hostile site may take.
pub const STEP: Duration = Duration::from_secs(4);
/// How long one look may take in all.
pub const DEADLINE: Duration = Duration::from_secs(24);

/// The domain below which the hostile hosts are.
const DOMAIN: &str = "hostile.example";
/// Stands in a page where its content goes.
const CONTENT: &str = "<!--content-->";
/// The first number of the sites; the demo world's are far below.
const FIRST: u16 = 20_000;

/// Where the hostile sites are played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// On free ports of loopback, which a table leads to.
    Loopback,
    /// At their own addresses and ports: in a network namespace in which all are local.
    Namespace,
}

/// A running hostile internet.
pub struct Internet {
    sites: Vec<Arc<Hostile>>,
    resolvers: Vec<SocketAddr>,
    sockets: SocketTable,
    root: Vec<u8>,
    root_pem: String,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// A case with the site that it is.
struct Hostile {
    case: &'static Case,
    site: Site,
    host: String,
    before: Bytes,
    after: Bytes,
    /// The answer for the first page, made before anybody looks.
    first: Vec<Step>,
}

impl Internet {
    /// Starts the cases of these groups.
    pub async fn start(ground: Ground, groups: &[Group]) -> Result<Internet, DemoError> {
        let sites: Vec<Arc<Hostile>> = super::cases()
            .zip(FIRST..)
            .filter(|(case, _)| groups.contains(&case.group))
            .map(|(case, id)| Hostile::new(case, id).map(Arc::new))
            .collect::<Result<_, _>>()?;
        let kinds: HashMap<String, CertificateKind> = sites
            .iter()
            .filter_map(|hostile| match hostile.case.server {
                Server::Tls(kind) => Some((hostile.host.clone(), kind)),
                _ => None,
            })
            .collect();
        let certificates = Arc::new(Certificates::new(kinds)?);
        let tls = TlsAcceptor::from(Arc::new(certificates.server()?));
        let mut internet = Internet {
            sites,
            resolvers: Vec::new(),
            sockets: SocketTable::new(),
            root: certificates.root().to_vec(),
            root_pem: certificates.root_pem().to_owned(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        for _ in 0..2 {
            internet.start_resolver().await?;
        }
        internet.start_servers(ground, &tls)?;
        Ok(internet)
    }

    /// The cases with their domains and record numbers, in the order of the list.
    pub fn cases(&self) -> impl Iterator<Item = (&'static Case, &str, String)> {
        self.sites.iter().map(|hostile| {
            let number = filings::cell(&hostile.site, "record_number");
            (hostile.case, hostile.host.as_str(), number)
        })
    }

    /// The filing list, CSV.
    pub fn list(&self) -> String {
        let sites: Vec<Site> = self.sites.iter().map(|hostile| hostile.site.clone()).collect();
        filings::list(&sites)
    }

    /// The root certificate, PEM.
    pub fn root(&self) -> &str {
        &self.root_pem
    }

    /// The addresses of the resolvers.
    pub fn resolvers(&self) -> &[SocketAddr] {
        &self.resolvers
    }

    /// How to look at it, without a browser.
    pub fn options(&self) -> Options {
        Options {
            resolvers: self.resolvers.clone(),
            timeout: STEP,
            deadline: DEADLINE,
            extra_roots: vec![self.root.clone()],
            sockets: self.sockets.clone(),
            ..crate::demo::world::plain_options()
        }
    }

    /// Stops every server and waits until they are gone.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    async fn start_resolver(&mut self) -> Result<(), DemoError> {
        let (udp, tcp) = crate::demo::world::pair_of_sockets().await?;
        self.resolvers.push(udp.local_addr()?);
        let zones = Arc::new(Zones::of(&self.sites));
        self.play(serve_udp(udp, Arc::clone(&zones)));
        self.play(serve_tcp(tcp, zones));
        Ok(())
    }

    fn start_servers(&mut self, ground: Ground, tls: &TlsAcceptor) -> Result<(), DemoError> {
        for hostile in self.sites.clone() {
            let address = hostile.site.address();
            for port in [80, 443] {
                let socket = TcpSocket::new_v4()?;
                socket.set_reuseaddr(true)?;
                socket.bind(match ground {
                    Ground::Loopback => SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
                    Ground::Namespace => SocketAddr::new(address, port),
                })?;
                if ground == Ground::Loopback {
                    self.sockets.insert((address, port), socket.local_addr()?);
                }
                let is_open =
                    port == hostile.case.port() && !matches!(hostile.case.server, Server::Closed);
                if is_open {
                    let listener = socket.listen(256)?;
                    self.play(serve(listener, Arc::clone(&hostile), tls.clone()));
                } else {
                    // Bound and never listening: the kernel refuses.
                    self.play(async move {
                        std::future::pending::<()>().await;
                        drop(socket);
                    });
                }
            }
        }
        Ok(())
    }

    fn play(&self, server: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = server => {}
            }
        });
    }
}

impl Drop for Internet {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Hostile {
    fn new(case: &'static Case, id: u16) -> Result<Hostile, DemoError> {
        let host = format!("{}.{DOMAIN}", case.name);
        let filing = BTreeMap::from([("domain".to_owned(), host.clone())]);
        let site = Site { name: case.name.to_owned(), id, filing, ..Site::default() };
        let with_mark = PageFile { main: Some(CONTENT.to_owned()), ..PageFile::default() };
        let page = layout::markup(&site, &with_mark)?;
        let (before, after) = page.split_once(CONTENT).unwrap_or_default();
        let wants = if case.group == Group::Browser { WANTS_BROWSER } else { "" };
        let (before, after) =
            (Bytes::from(format!("{before}{wants}{TEXT}")), Bytes::from(after.to_owned()));
        let first = Vec::new();
        let mut hostile = Hostile { case, site, host, before, after, first };
        hostile.first = hostile.made("/");
        Ok(hostile)
    }

    fn answer(&self, path: &str) -> Vec<Step> {
        if path == "/" { self.first.clone() } else { self.made(path) }
    }

    /// What the case says to a request.
    fn made(&self, path: &str) -> Vec<Step> {
        let asked = Asked { path, host: &self.host, before: &self.before, after: &self.after };
        match self.case.server {
            Server::Answer(answer) => answer(&asked),
            Server::LeadsTo(target) => script::leads_to(target),
            Server::GoesTo(target) => {
                super::browser::script(&asked, &format!("location.href = '{target}'"))
            }
            Server::Page | Server::Tls(_) => asked.page_with(b""),
            Server::Closed | Server::Connection(..) => Vec::new(),
        }
    }
}

/// What a decent page says, so that it is no shell for scripts.
const TEXT: &str = "<h1>示例</h1><p>我们为本地的工厂和商店提供设备维护、零件配送和使用培训，十余年来服务过三百多家单位。</p><ul><li>定期巡检：每月一次，当场出具检查单，并且说明下一次巡检的时间和注意事项</li><li>故障维修：工作日两小时内到场，节假日另行约定，维修以后保修三个月</li><li>零件配送：常用零件备有库存，当天发货，七天以内可以退换</li><li>使用培训：新设备安装后免费培训一次，以后每年可以再次预约</li></ul><p>如需了解服务范围和收费标准，请在工作时间来电，或者把需求发送到我们的邮箱，我们会在一个工作日内答复。</p>";

/// What leaves to a browser what a page shows.
const WANTS_BROWSER: &str = "<script>document.title = document.title</script>";

/// What a resolver knows.
struct Zones {
    sites: HashMap<String, Arc<Hostile>>,
    asked: Mutex<HashMap<(String, u16), u32>>,
}

impl Zones {
    fn of(sites: &[Arc<Hostile>]) -> Zones {
        let sites = sites.iter().map(|hostile| (hostile.host.clone(), Arc::clone(hostile)));
        Zones { sites: sites.collect(), asked: Mutex::default() }
    }

    /// The packets that answer a question.
    fn answer(&self, bytes: &[u8], over_tcp: bool) -> Vec<Vec<u8>> {
        let Ok(message) = Message::from_vec(bytes) else { return Vec::new() };
        let Some(query) = message.queries.first() else { return Vec::new() };
        let name = query.name().to_ascii().trim_end_matches('.').to_ascii_lowercase();
        let inner = INNER.iter().find(|(known, _)| *known == name);
        let hostile = self.of_name(&name);
        let own = inner.map(|(_, address)| *address);
        let own = own.or(hostile.map(|hostile| hostile.site.address()));
        let question = Question {
            message: &message,
            name: &name,
            host: hostile.map_or("", |hostile| hostile.host.as_str()),
            own: own.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            over_tcp,
            before: self.count(&name, u16::from(query.query_type())),
        };
        match (hostile.map(|hostile| hostile.case.zone), own) {
            (Some(Zone::Says(says)), _) => says(&question),
            (_, Some(address)) => vec![dns::plain(&question, address)],
            _ => vec![dns::nobody(&question)],
        }
    }

    /// Whose name it is: the host of a case, or below it.
    fn of_name(&self, name: &str) -> Option<&Arc<Hostile>> {
        let labels: Vec<&str> = name.rsplitn(4, '.').take(3).collect();
        let host: Vec<&str> = labels.into_iter().rev().collect();
        self.sites.get(&host.join("."))
    }

    fn count(&self, name: &str, kind: u16) -> u32 {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let count = asked.entry((name.to_owned(), kind)).or_default();
        *count += 1;
        *count - 1
    }
}

async fn serve_udp(socket: UdpSocket, zones: Arc<Zones>) {
    let mut buffer = vec![0; 4096];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else { continue };
        for packet in zones.answer(buffer.get(..length).unwrap_or_default(), false) {
            let _ = socket.send_to(&packet, from).await;
        }
    }
}

async fn serve_tcp(listener: TcpListener, zones: Arc<Zones>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                connections.spawn(converse(stream, Arc::clone(&zones)));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn converse(mut stream: TcpStream, zones: Arc<Zones>) {
    while let Ok(length) = stream.read_u16().await {
        let mut bytes = vec![0; usize::from(length)];
        if stream.read_exact(&mut bytes).await.is_err() {
            return;
        }
        for packet in zones.answer(&bytes, true) {
            let Ok(length) = u16::try_from(packet.len()) else { return };
            if stream.write_all(&[&length.to_be_bytes()[..], &packet].concat()).await.is_err() {
                return;
            }
        }
    }
}

async fn serve(listener: TcpListener, hostile: Arc<Hostile>, tls: TlsAcceptor) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                connections.spawn(meet(stream, Arc::clone(&hostile), tls.clone()));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn meet(mut stream: TcpStream, hostile: Arc<Hostile>, tls: TlsAcceptor) {
    match hostile.case.server {
        Server::Connection(_, steps) => script::play(stream, steps()).await,
        Server::Tls(_) => {
            let Ok(stream) = tls.accept(stream).await else { return };
            answer_over_tls(stream, &hostile).await;
        }
        _ => {
            let Some(path) = script::request(&mut stream).await else { return };
            script::play(stream, hostile.answer(&path)).await;
        }
    }
}

/// The decent page, whole, over TLS.
async fn answer_over_tls(
    mut stream: tokio_rustls::server::TlsStream<TcpStream>,
    hostile: &Hostile,
) {
    let _ = stream.read(&mut [0; 16_384]).await;
    for step in hostile.answer("/") {
        let Step::Say(bytes) = step else { return };
        if stream.write_all(&bytes).await.is_err() {
            return;
        }
    }
    let _ = stream.shutdown().await;
}
