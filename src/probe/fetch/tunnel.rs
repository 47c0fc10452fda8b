//! The way through the operator's proxy to an address that the guard has let pass.
//!
//! A proxy that is given a name looks it up by itself, and may find another address than the
//! one that was looked at. So it is given the address: each connection is a tunnel of its own
//! (CONNECT), behind a socket of ours on loopback that the HTTP client is told to dial.

use base64::{Engine, engine::general_purpose::STANDARD};
use std::{
    collections::HashMap,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::task::AbortOnDropHandle;
use url::Url;

/// The longest answer to CONNECT that is read.
const MAX_HEAD: usize = 16 * 1024;
/// Pause after a connection that could not be taken, for want of descriptors say.
const BREATH: Duration = Duration::from_millis(100);

/// The tunnels of one walk.
pub(super) struct Tunnels {
    upstream: Url,
    step: Duration,
    open: HashMap<SocketAddr, Tunnel>,
}

struct Tunnel {
    /// Where the client dials it.
    door: SocketAddr,
    stands: Arc<AtomicBool>,
    _server: AbortOnDropHandle<()>,
}

impl Tunnels {
    pub(super) fn new(upstream: Url, step: Duration) -> Tunnels {
        Tunnels { upstream, step, open: HashMap::new() }
    }

    /// The socket that leads to this one.
    pub(super) async fn door(&mut self, to: SocketAddr) -> io::Result<SocketAddr> {
        if let Some(tunnel) = self.open.get(&to) {
            return Ok(tunnel.door);
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let door = listener.local_addr()?;
        let stands = Arc::new(AtomicBool::new(false));
        let way = Way { upstream: self.upstream.clone(), to, step: self.step };
        let server = tokio::spawn(serve(listener, Arc::new(way), Arc::clone(&stands)));
        let tunnel = Tunnel { door, stands, _server: AbortOnDropHandle::new(server) };
        self.open.insert(to, tunnel);
        Ok(door)
    }

    /// Whether the proxy has let us through. Where it has not, nothing was learnt of the site.
    pub(super) fn stands(&self, address: IpAddr, port: u16) -> bool {
        let tunnel = self.open.get(&SocketAddr::new(address, port));
        tunnel.is_some_and(|tunnel| tunnel.stands.load(Ordering::Relaxed))
    }
}

struct Way {
    upstream: Url,
    to: SocketAddr,
    step: Duration,
}

async fn serve(listener: TcpListener, way: Arc<Way>, stands: Arc<AtomicBool>) {
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                stands.store(false, Ordering::Relaxed);
                match accepted {
                    Ok((client, _)) => {
                        open.spawn(pass(client, Arc::clone(&way), Arc::clone(&stands)));
                    }
                    Err(_) => sleep(BREATH).await,
                }
            }
            Some(_) = open.join_next() => {}
        }
    }
}

async fn pass(mut client: TcpStream, way: Arc<Way>, stands: Arc<AtomicBool>) {
    match timeout(way.step, open(&way.upstream, &way.to.to_string())).await {
        Ok(Ok(mut server)) => {
            stands.store(true, Ordering::Relaxed);
            // How it ends, the client sees.
            let _ = copy_bidirectional(&mut client, &mut server).await;
        }
        Ok(Err(error)) => tracing::debug!(to = %way.to, %error, "the proxy gives no tunnel"),
        Err(_) => tracing::debug!(to = %way.to, "the proxy keeps silent"),
    }
}

/// A tunnel through the operator's proxy to `HOST:PORT`.
pub(in crate::probe) async fn open(upstream: &Url, to: &str) -> io::Result<TcpStream> {
    let mut server = reach(upstream).await?;
    let credentials = credentials(upstream);
    let head = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n{credentials}\r\n");
    server.write_all(head.as_bytes()).await?;
    match status(&mut server).await? {
        200..=299 => Ok(server),
        other => Err(io::Error::other(format!("it answers {other}"))),
    }
}

/// A connection to the operator's proxy.
pub(in crate::probe) async fn reach(upstream: &Url) -> io::Result<TcpStream> {
    let host = upstream.host_str().unwrap_or_default().trim_matches(['[', ']']);
    TcpStream::connect((host, upstream.port_or_known_default().unwrap_or(80))).await
}

/// The header by which the operator's proxy knows us, with its line end; else nothing.
pub(in crate::probe) fn credentials(upstream: &Url) -> String {
    let known = authorization(upstream).map(|who| format!("Proxy-Authorization: {who}\r\n"));
    known.unwrap_or_default()
}

/// What the operator's proxy knows us by, where its address says so.
pub(super) fn authorization(upstream: &Url) -> Option<String> {
    let password = upstream.password()?;
    let pair = [&decoded(upstream.username())[..], b":", &decoded(password)].concat();
    Some(format!("Basic {}", STANDARD.encode(pair)))
}

/// Reads the head of the answer and not a byte of what comes behind it.
async fn status(server: &mut TcpStream) -> io::Result<u16> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= MAX_HEAD {
            return Err(io::ErrorKind::InvalidData.into());
        }
        head.push(server.read_u8().await?);
    }
    let code = head.split(|byte| *byte == b' ').nth(1);
    let code = code.and_then(|code| std::str::from_utf8(code.get(..3)?).ok()?.parse().ok());
    code.ok_or_else(|| io::ErrorKind::InvalidData.into())
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
        let expected = format!("Basic {}", STANDARD.encode("desk:a:b%%"));
        assert_eq!(authorization(&url), Some(expected));
        assert_eq!(authorization(&Url::parse("http://proxy.example").unwrap()), None);
    }
}
