//! The way of a page's requests: a forward proxy of our own on loopback, one for each visit.
//!
//! The browser resolves nothing and connects to nothing else. Names are resolved by us, every
//! address is looked at by the guard and connected to as it was looked at, whatever the page
//! asks for.

mod carry;
#[cfg(test)]
mod tests;

use super::head::{Asked, Head};
use crate::evidence::Resolution;
use crate::probe::{
    deadline::Deadline,
    dns::Names,
    fetch::{Fetcher, tunnel},
    guard::Guard,
    pace::Leave,
};
use futures_util::{StreamExt, stream::FuturesUnordered};
use std::{
    collections::HashMap,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    time::{Instant, sleep, timeout},
};
use url::{Host, Url};

/// Connections of one visit at a time; a browser itself opens no more than 32 to a proxy.
const CONNECTIONS: usize = 40;
/// Connections of one visit in all.
const MOST_CONNECTIONS: u32 = 2_000;
/// Bytes that one visit may bring.
const MOST_BYTES: u64 = 64 << 20;
/// Bytes that one visit may send away.
const MOST_SENT: u64 = 8 << 20;
/// Hosts of one visit that are kept in mind.
const HOSTS: usize = 256;
/// The pause after a connection could not be taken, as where files are used up.
const BREATH: Duration = Duration::from_millis(50);
/// Addresses of one host that are dialled.
const DIALLED: usize = 3;

/// The proxy of one visit.
pub(super) struct Proxy<'a> {
    listener: TcpListener,
    fetcher: &'a Fetcher,
    names: &'a Names<'a>,
    deadline: Deadline,
    /// What refuses addresses, for this page.
    guard: Guard,
    refused: AtomicU32,
    /// What became of the connections to each host.
    hosts: Mutex<HashMap<String, Contact>>,
    connections: AtomicU32,
    bytes: AtomicU64,
    sent: AtomicU64,
}

/// What became of the connections to a host.
#[derive(Clone, Copy, Debug, Default)]
struct Contact {
    refused: bool,
    reached: bool,
    /// Connections under way.
    open: u32,
    /// When something first moved on one: from then on it is the server's turn, however late a
    /// browser on a busy machine began to speak.
    moved: Option<Instant>,
    /// When the last one failed.
    failed: Option<Instant>,
}

/// Whether a host can be reached, as far as one knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// It was not asked for.
    Unasked,
    /// It has not answered, and something is under way.
    Silent,
    /// It cannot be connected to, does not speak what it should, or says nothing for longer than
    /// a step may take; for so long.
    Failed(Duration),
    /// It has answered.
    Answered,
}

/// The leave to speak with a host; given back while nothing is said.
struct Seat {
    address: Option<IpAddr>,
    leave: Option<Leave>,
}

/// Why a connection was not made.
enum Denied {
    /// By the guard.
    Refused,
    /// By the network, or a bound.
    Failed,
}

impl<'a> Proxy<'a> {
    /// Opens the way for one page.
    pub(super) async fn open(
        page: &Url,
        fetcher: &'a Fetcher,
        names: &'a Names<'a>,
        deadline: Deadline,
    ) -> io::Result<Proxy<'a>> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let mut proxy = Proxy {
            listener,
            fetcher,
            names,
            deadline,
            guard: Guard::default(),
            refused: AtomicU32::new(0),
            hosts: Mutex::default(),
            connections: AtomicU32::new(0),
            bytes: AtomicU64::new(0),
            sent: AtomicU64::new(0),
        };
        // Networks that the operator has opened are open for sites that stand in them, not for
        // what any page of the list asks for.
        if proxy.stands_in_opened(page).await {
            proxy.guard = fetcher.guard.clone();
        }
        Ok(proxy)
    }

    /// Whether a page's own host is at an address that only the operator's word lets pass.
    async fn stands_in_opened(&self, page: &Url) -> bool {
        let opens = |address: &IpAddr| {
            self.fetcher.guard.refuses(*address).is_none()
                && Guard::default().refuses(*address).is_some()
        };
        let Some(host) = page.host() else { return false };
        self.addresses(&host.to_owned()).await.is_ok_and(|all| all.iter().any(opens))
    }

    /// Where the browser finds it.
    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Requests that the guard refused.
    pub(super) fn refused(&self) -> u32 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Whether the guard refused this host.
    pub(super) fn has_refused(&self, host: &str) -> bool {
        self.hosts().get(host).is_some_and(|contact| contact.refused)
    }

    /// Whether the visit brought, or sent, more than it may.
    pub(super) fn is_over_full(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) >= MOST_BYTES
            || self.sent.load(Ordering::Relaxed) >= MOST_SENT
    }

    /// Whether this host can be reached.
    pub(super) fn reach(&self, host: &str) -> Reach {
        match self.hosts().get(host) {
            None => Reach::Unasked,
            Some(contact) if contact.reached => Reach::Answered,
            Some(Contact { open: 0, failed: Some(at), .. }) => Reach::Failed(at.elapsed()),
            Some(Contact { moved: Some(at), .. }) if at.elapsed() >= self.deadline.step() => {
                Reach::Failed(at.elapsed())
            }
            Some(_) => Reach::Silent,
        }
    }

    /// Serves until it is dropped.
    pub(super) async fn serve(&self) {
        let mut open = FuturesUnordered::new();
        loop {
            tokio::select! {
                client = self.accept(), if open.len() < CONNECTIONS => {
                    open.push(self.meet(client));
                }
                Some(()) = open.next() => {}
            }
        }
    }

    /// The next connection of the browser.
    async fn accept(&self) -> TcpStream {
        loop {
            match self.listener.accept().await {
                Ok((client, _)) => return client,
                Err(error) => {
                    tracing::debug!(%error, "a connection of the browser is not taken");
                    sleep(BREATH).await;
                }
            }
        }
    }

    fn hosts(&self) -> std::sync::MutexGuard<'_, HashMap<String, Contact>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps in mind what is known of a host.
    fn note(&self, host: &str, change: impl FnOnce(&mut Contact)) {
        let mut hosts = self.hosts();
        // Asked at every piece that moves: a host is known by then.
        if let Some(contact) = hosts.get_mut(host) {
            change(contact);
        } else if hosts.len() < HOSTS {
            change(hosts.entry(host.to_owned()).or_default());
        }
    }

    /// One connection of the browser. What cannot be served is hung up on: the browser
    /// takes that for a failure, never for a page.
    async fn meet(&self, mut client: TcpStream) {
        if self.connections.fetch_add(1, Ordering::Relaxed) >= MOST_CONNECTIONS {
            return;
        }
        let Some(head) = Head::read(&mut client, self.deadline.step()).await else { return };
        let Some(asked) = head.asked() else { return };
        let host = asked.host.to_string();
        self.note(&host, |contact| contact.open += 1);
        let denied = match self.connect(&asked).await {
            Ok((server, seat)) => {
                let _ = self.pass(client, server, &asked, &head, seat).await;
                None
            }
            Err(denied) => {
                if asked.tunnel {
                    let _ = client.write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n").await;
                }
                Some(denied)
            }
        };
        let is_refused = matches!(denied, Some(Denied::Refused));
        if is_refused {
            self.refused.fetch_add(1, Ordering::Relaxed);
            tracing::debug!(%host, "a request of a page was refused");
        }
        self.note(&host, |contact| {
            contact.open = contact.open.saturating_sub(1);
            contact.refused |= is_refused;
            // Where it has answered, this does not count.
            contact.failed = Some(Instant::now());
        });
    }

    /// A connection to the host that was asked for, at an address that the guard has let pass.
    async fn connect(&self, asked: &Asked) -> Result<(TcpStream, Seat), Denied> {
        let addresses = self.addresses(&asked.host).await?;
        let open: Vec<IpAddr> = addresses
            .iter()
            .copied()
            .filter(|address| self.guard.refuses(*address).is_none())
            .collect();
        if open.is_empty() && !addresses.is_empty() {
            return Err(Denied::Refused);
        }
        let host = asked.host.to_string();
        if let Some(upstream) = self.blind() {
            let seat = self.seat(&host, open.first().copied()).await;
            let server = self.by_name(upstream, asked).await.ok_or(Denied::Failed)?;
            return Ok((server, seat));
        }
        for address in open.into_iter().take(DIALLED) {
            if let Some(upstream) = &self.fetcher.proxy {
                let seat = self.seat(&host, Some(address)).await;
                let to = SocketAddr::new(address, asked.port).to_string();
                let opened = timeout(self.deadline.step(), tunnel::open(upstream, &to)).await;
                if let Ok(Ok(server)) = opened {
                    return Ok((server, seat));
                }
                continue;
            }
            let sockets = &self.fetcher.sockets;
            let socket = match sockets.is_empty() {
                true => SocketAddr::new(address, asked.port),
                false => match sockets.get(&(address, asked.port)) {
                    Some(socket) => *socket,
                    None => continue,
                },
            };
            let seat = self.seat(&host, Some(address)).await;
            if let Ok(Ok(server)) = timeout(self.deadline.step(), TcpStream::connect(socket)).await
            {
                return Ok((server, seat));
            }
        }
        Err(Denied::Failed)
    }

    async fn seat(&self, host: &str, address: Option<IpAddr>) -> Seat {
        Seat { address, leave: Some(self.fetcher.pace.leave(host, address).await) }
    }

    /// The operator's proxy, where it is to find hosts by itself.
    fn blind(&self) -> Option<&Url> {
        self.fetcher.proxy.as_ref().filter(|_| self.fetcher.blind)
    }

    /// Empty only where the operator's proxy is to find the host.
    async fn addresses(&self, host: &Host<String>) -> Result<Vec<IpAddr>, Denied> {
        let name = match host {
            Host::Ipv4(v4) => return Ok(vec![IpAddr::V4(*v4)]),
            Host::Ipv6(v6) => return Ok(vec![IpAddr::V6(*v6)]),
            Host::Domain(name) => name.trim_end_matches('.'),
        };
        let mut deadline = self.deadline;
        let dns = self.names.resolve(name, &mut deadline).await;
        match dns.outcome {
            Resolution::Resolved => Ok(dns.addresses.iter().map(|at| at.address).collect()),
            Resolution::NxDomain | Resolution::NoData => Err(Denied::Failed),
            _ if self.blind().is_some() => Ok(Vec::new()),
            _ => Err(Denied::Failed),
        }
    }

    /// A connection to the operator's proxy, which finds the host; for a tunnel, one that stands.
    async fn by_name(&self, upstream: &Url, asked: &Asked) -> Option<TcpStream> {
        let to = format!("{}:{}", asked.host, asked.port);
        let server = async {
            match asked.tunnel {
                true => tunnel::open(upstream, &to).await,
                false => tunnel::reach(upstream).await,
            }
        };
        timeout(self.deadline.step(), server).await.ok()?.ok()
    }
}
