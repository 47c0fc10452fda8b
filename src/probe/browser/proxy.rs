//! The way of a page's requests: a forward proxy of our own on loopback, one for each visit.
//!
//! The browser resolves nothing and connects to nothing else. Names are resolved by us, every
//! address is looked at by the guard and connected to as it was looked at, whatever the page
//! asks for.

use super::head::{Asked, Head};
use crate::evidence::Resolution;
use crate::probe::{deadline::Deadline, dns::Names, fetch::Fetcher, pace::Leave};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::{StreamExt, stream::FuturesUnordered};
use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use url::{Host, Url};

/// Connections of one visit at a time; a browser itself opens no more than 32 to a proxy.
const CONNECTIONS: usize = 64;
/// Connections of one visit in all.
const MOST_CONNECTIONS: u32 = 2_000;
/// Bytes that one visit may bring.
const MOST_BYTES: u64 = 64 << 20;
/// Addresses of one host that are dialled.
const DIALLED: usize = 3;
/// A connection on which nothing moves for so long gives its leave back until it does.
const IDLE: Duration = Duration::from_millis(300);
/// A connection on which nothing moves at all.
const DEAD: Duration = Duration::from_secs(60);
const PIECE: usize = 16 * 1024;

/// The proxy of one visit.
pub(super) struct Proxy<'a> {
    listener: TcpListener,
    fetcher: &'a Fetcher,
    names: &'a Names<'a>,
    deadline: Deadline,
    refused: AtomicU32,
    /// Hosts that the guard refused, for the reason of a failed page.
    refused_hosts: Mutex<Vec<String>>,
    connections: AtomicU32,
    bytes: AtomicU64,
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
    pub(super) async fn open(
        fetcher: &'a Fetcher,
        names: &'a Names<'a>,
        deadline: Deadline,
    ) -> io::Result<Proxy<'a>> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        Ok(Proxy {
            listener,
            fetcher,
            names,
            deadline,
            refused: AtomicU32::new(0),
            refused_hosts: Mutex::default(),
            connections: AtomicU32::new(0),
            bytes: AtomicU64::new(0),
        })
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
        self.hosts().iter().any(|refused| refused == host)
    }

    /// Whether the visit brought more than it may.
    pub(super) fn is_over_full(&self) -> bool {
        self.bytes.load(Ordering::Relaxed) >= MOST_BYTES
    }

    /// Serves until it is dropped.
    pub(super) async fn serve(&self) {
        let mut open = FuturesUnordered::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept(), if open.len() < CONNECTIONS => {
                    if let Ok((client, _)) = accepted {
                        open.push(self.meet(client));
                    }
                }
                Some(()) = open.next() => {}
            }
        }
    }

    fn hosts(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.refused_hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One connection of the browser. What cannot be served is hung up on: the browser
    /// takes that for a failure, never for a page.
    async fn meet(&self, mut client: TcpStream) {
        if self.connections.fetch_add(1, Ordering::Relaxed) >= MOST_CONNECTIONS {
            return;
        }
        let Some(head) = Head::read(&mut client, self.deadline.step()).await else { return };
        let Some(asked) = head.asked() else { return };
        match self.connect(&asked).await {
            Ok((server, seat)) => {
                let _ = self.pass(client, server, &asked, &head, seat).await;
            }
            Err(denied) => {
                if let (Denied::Refused, Asked { host, .. }) = (&denied, &asked) {
                    self.refused.fetch_add(1, Ordering::Relaxed);
                    tracing::debug!(%host, "a request of a page was refused");
                    let mut hosts = self.hosts();
                    if hosts.len() < 256 {
                        hosts.push(host.to_string());
                    }
                }
                if asked.tunnel {
                    let _ = client.write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n").await;
                }
            }
        }
    }

    /// A connection to the host that was asked for, at an address that the guard has let pass.
    async fn connect(&self, asked: &Asked) -> Result<(TcpStream, Seat), Denied> {
        let addresses = self.addresses(&asked.host).await?;
        let open: Vec<IpAddr> = addresses
            .iter()
            .copied()
            .filter(|address| self.fetcher.guard.refuses(*address).is_none())
            .collect();
        if open.is_empty() && !addresses.is_empty() {
            return Err(Denied::Refused);
        }
        let host = asked.host.to_string();
        if let Some(upstream) = &self.fetcher.proxy {
            let seat = self.seat(&host, open.first().copied()).await;
            let server = self.through(upstream, asked).await.ok_or(Denied::Failed)?;
            return Ok((server, seat));
        }
        for address in open.into_iter().take(DIALLED) {
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

    /// Empty only where the operator's proxy is to find the host.
    async fn addresses(&self, host: &Host<String>) -> Result<Vec<IpAddr>, Denied> {
        let name = match host {
            Host::Ipv4(v4) => return Ok(vec![IpAddr::V4(*v4)]),
            Host::Ipv6(v6) => return Ok(vec![IpAddr::V6(*v6)]),
            Host::Domain(name) => name.trim_end_matches('.'),
        };
        let dns = self.names.resolve(name, self.deadline).await;
        match dns.outcome {
            Resolution::Resolved => Ok(dns.addresses.iter().map(|at| at.address).collect()),
            Resolution::NxDomain | Resolution::NoData => Err(Denied::Failed),
            _ if self.fetcher.proxy.is_some() => Ok(Vec::new()),
            _ => Err(Denied::Failed),
        }
    }

    /// A connection to the operator's proxy; for a tunnel, one that stands.
    async fn through(&self, upstream: &Url, asked: &Asked) -> Option<TcpStream> {
        let host = upstream.host_str()?.trim_matches(['[', ']']).to_owned();
        let at = (host, upstream.port_or_known_default()?);
        let connect = timeout(self.deadline.step(), TcpStream::connect(at));
        let mut server = connect.await.ok()?.ok()?;
        if !asked.tunnel {
            return Some(server);
        }
        let to = format!("{}:{}", asked.host, asked.port);
        let credentials = credentials(upstream);
        let head = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n{credentials}\r\n");
        server.write_all(head.as_bytes()).await.ok()?;
        let answer = Head::read(&mut server, self.deadline.step()).await?;
        (answer.status() == Some(200)).then_some(server)
    }

    /// Carries bytes both ways until one side is done.
    async fn pass(
        &self,
        mut client: TcpStream,
        mut server: TcpStream,
        asked: &Asked,
        head: &Head,
        seat: Seat,
    ) -> io::Result<()> {
        if asked.tunnel {
            client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
            server.write_all(head.rest()).await?;
        } else {
            let upstream = self.fetcher.proxy.as_ref();
            let credentials = upstream.map(credentials).unwrap_or_default();
            server.write_all(&head.forwarded(upstream.is_some(), &credentials)).await?;
            self.answer_head(&mut client, &mut server).await?;
        }
        self.carry(client, server, &asked.host.to_string(), seat).await
    }

    /// Hands on the head of an answer, as the only one of its connection: the next request
    /// may be for another host.
    async fn answer_head(&self, client: &mut TcpStream, server: &mut TcpStream) -> io::Result<()> {
        for _ in 0..8 {
            let Some(head) = Head::read(server, self.deadline.step()).await else {
                return Err(io::ErrorKind::InvalidData.into());
            };
            // What comes before the answer proper (hints, "go on") is for nobody here.
            if head.status().is_some_and(|status| (100..200).contains(&status)) {
                if head.rest().is_empty() {
                    continue;
                }
                return Err(io::ErrorKind::InvalidData.into());
            }
            return client.write_all(&head.closing()).await;
        }
        Err(io::ErrorKind::InvalidData.into())
    }

    async fn carry(
        &self,
        mut client: TcpStream,
        mut server: TcpStream,
        host: &str,
        mut seat: Seat,
    ) -> io::Result<()> {
        let (mut up, mut down) = (vec![0; PIECE], vec![0; PIECE]);
        let mut client_done = false;
        loop {
            let wait = if seat.leave.is_some() { IDLE } else { DEAD };
            let (from_client, length) = tokio::select! {
                read = client.read(&mut up), if !client_done => (true, read?),
                read = server.read(&mut down) => (false, read?),
                () = sleep(wait) => {
                    if seat.leave.take().is_none() {
                        return Ok(());
                    }
                    continue;
                }
            };
            if length == 0 {
                if from_client {
                    client_done = true;
                    server.shutdown().await?;
                    continue;
                }
                return client.shutdown().await;
            }
            if seat.leave.is_none() {
                seat = self.seat(host, seat.address).await;
            }
            if from_client {
                server.write_all(up.get(..length).unwrap_or_default()).await?;
            } else {
                let brought = self.bytes.fetch_add(length as u64, Ordering::Relaxed);
                if brought >= MOST_BYTES {
                    return Ok(());
                }
                client.write_all(down.get(..length).unwrap_or_default()).await?;
            }
        }
    }
}

/// The header by which the operator's proxy knows us, with its line end; else nothing.
fn credentials(upstream: &Url) -> String {
    let Some(password) = upstream.password() else { return String::new() };
    let pair = [&decoded(upstream.username())[..], b":", &decoded(password)].concat();
    format!("Proxy-Authorization: Basic {}\r\n", STANDARD.encode(pair))
}

/// The bytes that a part of a URL stands for.
fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes();
    let mut plain = Vec::new();
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let hex = |byte: Option<u8>| char::from(byte?).to_digit(16);
        match (byte, hex(ahead.next()), hex(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                plain.push(u8::try_from(high * 16 + low).unwrap_or_default());
                bytes = ahead;
            }
            _ => plain.push(byte),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_sent_as_it_is_meant() {
        let url = Url::parse("http://desk:a%3Ab%25%@proxy.example:3128").unwrap();
        let expected = format!("Basic {}\r\n", STANDARD.encode("desk:a:b%%"));
        assert!(credentials(&url).ends_with(&expected));
        assert_eq!(credentials(&Url::parse("http://proxy.example").unwrap()), "");
    }
}
