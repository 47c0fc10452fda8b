//! What happens at a port: the sockets that play open, closed and misbehaving ones.

use super::web::{Web, serve_plain, serve_sloppy, serve_tls};
use serde::Deserialize;
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_rustls::TlsAcceptor;

/// How long a flaky port or name fails, from the first contact on: longer than the first
/// look takes to give up, shorter than the wait for the second.
pub(super) const RECOVERY: Duration = Duration::from_millis(1200);

/// What happens at a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PortKind {
    /// A web server; over TLS on port 443.
    Open,
    /// Nobody listens.
    Closed,
    /// The connection is reset once the client has spoken: in the midst of a TLS handshake
    /// on port 443. A reset as soon as it stands would be seen as a refusal or as a reset,
    /// as chance has it, and two runs would differ.
    Reset,
    /// The connection stands and nothing comes.
    Silent,
    /// The connection is closed once the client has spoken.
    HangUp,
    /// A web server without TLS, whatever the port.
    Plain,
    /// A web server whose heads are as sloppy as a client may meet them.
    Sloppy,
    /// Resets at first, and is a web server after a while.
    Flaky,
    /// A web server behind a firewall that shakes hands with browsers alone: it looks for
    /// what only they put into their greeting.
    Picky,
}

/// A socket that plays ports of one kind.
pub(super) enum Door {
    /// Bound, never listening: the kernel refuses, and nobody else gets the port.
    Closed(TcpSocket),
    /// Listening.
    Open(TcpListener),
}

impl Door {
    /// Opens a socket on a free port of loopback.
    pub(super) fn new(kind: PortKind) -> std::io::Result<(Door, SocketAddr)> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let at = socket.local_addr()?;
        if kind == PortKind::Closed {
            return Ok((Door::Closed(socket), at));
        }
        Ok((Door::Open(socket.listen(1024)?), at))
    }
}

/// Plays a port, as long as it is polled.
pub(super) async fn serve(door: Door, kind: PortKind, tls: Option<TlsAcceptor>, web: Arc<Web>) {
    let listener = match door {
        Door::Open(listener) => listener,
        Door::Closed(socket) => {
            std::future::pending::<()>().await;
            drop(socket);
            return;
        }
    };
    let first = Arc::new(OnceLock::new());
    let mut connections = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                let (tls, web, first) = (tls.clone(), Arc::clone(&web), Arc::clone(&first));
                connections.spawn(async move { meet(stream, kind, tls, web, &first).await });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// One connection.
async fn meet(
    mut stream: TcpStream,
    kind: PortKind,
    tls: Option<TlsAcceptor>,
    web: Arc<Web>,
    first: &OnceLock<Instant>,
) {
    match kind {
        PortKind::Closed | PortKind::Reset => reset(stream).await,
        PortKind::Flaky if first.get_or_init(Instant::now).elapsed() < RECOVERY => {
            reset(stream).await;
        }
        PortKind::HangUp => {
            // All that came is read, so that the close is a plain one and not a reset.
            let _ = stream.read(&mut [0; 16_384]).await;
        }
        PortKind::Silent => {
            let mut sink = [0; 4096];
            while matches!(stream.read(&mut sink).await, Ok(length) if length > 0) {}
        }
        PortKind::Sloppy => serve_sloppy(stream, &web).await,
        PortKind::Picky if !greets_like_a_browser(&stream).await => refuse_tls(stream).await,
        PortKind::Open | PortKind::Plain | PortKind::Flaky | PortKind::Picky => match tls {
            Some(tls) => serve_tls(stream, tls, web).await,
            None => serve_plain(stream, web).await,
        },
    }
}

/// Ends a connection with RST, once the client has spoken.
async fn reset(mut stream: TcpStream) {
    let _ = stream.read(&mut [0; 512]).await;
    // Zero linger throws away what is unsent, so the close is a reset at once.
    let _ = stream.set_zero_linger();
}

/// A fatal alert, `handshake_failure`, in a record of its own.
const HANDSHAKE_FAILURE: [u8; 7] = [21, 3, 3, 0, 2, 2, 40];

/// Turns a TLS client away as a server does that finds nothing in common with it.
async fn refuse_tls(mut stream: TcpStream) {
    // What came is read first, so that the close is a plain one and not a reset.
    let _ = stream.read(&mut [0; 16_384]).await;
    let _ = stream.write_all(&HANDSHAKE_FAILURE).await;
    let _ = stream.shutdown().await;
}

/// Whether the first bytes of a connection are a browser's; they stay to be read.
async fn greets_like_a_browser(stream: &TcpStream) -> bool {
    let mut start = [0; 256];
    match stream.peek(&mut start).await {
        Ok(length) => start.get(..length).is_some_and(has_reserved_cipher),
        Err(_) => false,
    }
}

/// Whether a TLS greeting offers a cipher of the reserved values (RFC 8701) that browsers mix
/// in, to keep servers used to values they do not know.
fn has_reserved_cipher(start: &[u8]) -> bool {
    // Record header 5, handshake header 4, version 2, random 32: then the session's length.
    let Some(session) = start.get(43) else { return false };
    let ciphers = start.get(46 + usize::from(*session)..).unwrap_or_default();
    start.first() == Some(&22)
        && ciphers.chunks_exact(2).take(4).any(|cipher| match cipher {
            [high, low] => high == low && high & 0x0f == 0x0a,
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::has_reserved_cipher;

    fn greeting(ciphers: &[u8]) -> Vec<u8> {
        let mut start = vec![22, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3];
        start.extend([7; 32]);
        start.push(2);
        start.extend([9, 9, 0, 4]);
        start.extend(ciphers);
        start
    }

    #[test]
    fn a_browser_is_known_by_the_reserved_cipher_it_offers() {
        assert!(has_reserved_cipher(&greeting(&[0x3a, 0x3a, 0x13, 0x01])));
        assert!(!has_reserved_cipher(&greeting(&[0x13, 0x02, 0x13, 0x01])));
        assert!(!has_reserved_cipher(b"GET / HTTP/1.1\r\nHost: site.example\r\n\r\n"));
        assert!(!has_reserved_cipher(&[]));
    }
}
