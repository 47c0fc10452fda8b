//! A connection that stands: bytes are carried both ways until one side is done.

use super::{Asked, Head, MOST_BYTES, MOST_SENT, Proxy, Seat, tunnel};
use std::{
    io,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    time::{Instant, sleep},
};

/// A connection on which nothing moves for so long gives its leave back until it does.
const IDLE: Duration = Duration::from_millis(300);
/// A connection on which nothing moves at all.
const DEAD: Duration = Duration::from_secs(60);
const PIECE: usize = 16 * 1024;

/// Bytes that one visit carries one way, counted over all its connections, and their bound.
type Bound<'a> = (&'a AtomicU64, u64);

/// How one way of a connection ended.
enum Done {
    /// Whoever speaks has said all.
    Said,
    /// Whoever listens takes no more.
    Shut,
    /// It is more than a visit may carry.
    Full,
}

/// A connection under way.
struct Line<'p, 'a> {
    proxy: &'p Proxy<'a>,
    host: String,
    tunnel: bool,
    seat: tokio::sync::Mutex<Seat>,
    /// When something last moved.
    moved: Mutex<Instant>,
    /// Whether the server has begun to answer.
    answered: AtomicBool,
}

impl Proxy<'_> {
    /// Carries a connection until one side is done. Both ways at once: a server may answer
    /// before it has read the question, and has to have read it before it answers.
    pub(super) async fn pass(
        &self,
        mut client: TcpStream,
        mut server: TcpStream,
        asked: &Asked,
        head: &Head,
        seat: Seat,
    ) -> io::Result<()> {
        let line = Line {
            proxy: self,
            host: asked.host.to_string(),
            tunnel: asked.tunnel,
            seat: tokio::sync::Mutex::new(seat),
            moved: Mutex::new(Instant::now()),
            answered: AtomicBool::new(false),
        };
        if asked.tunnel {
            client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
        }
        let first = if asked.tunnel {
            head.rest().to_vec()
        } else {
            let upstream = self.blind();
            let credentials = upstream.map(tunnel::credentials).unwrap_or_default();
            head.forwarded(upstream.is_some(), &credentials)
        };
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        tokio::select! {
            ended = line.up(&first, from_client, to_server) => ended,
            ended = line.down(from_server, to_client) => ended,
            () = line.watch() => Ok(()),
        }
    }
}

impl Line<'_, '_> {
    /// What the browser says. That it has said all, or that the server has heard enough, is
    /// not the end: there is an answer to come.
    async fn up(&self, first: &[u8], from: ReadHalf<'_>, mut to: WriteHalf<'_>) -> io::Result<()> {
        to.write_all(first).await?;
        self.proxy.sent.fetch_add(first.len() as u64, Ordering::Relaxed);
        if !first.is_empty() {
            self.touch();
        }
        match self.carry(from, &mut to, (&self.proxy.sent, MOST_SENT)).await? {
            Done::Full => return Ok(()),
            Done::Said => to.shutdown().await.unwrap_or_default(),
            Done::Shut => {}
        }
        std::future::pending().await
    }

    /// What the server says.
    async fn down(&self, mut from: ReadHalf<'_>, mut to: WriteHalf<'_>) -> io::Result<()> {
        if self.tunnel {
            let mut first = [0; PIECE];
            let length = from.read(&mut first).await?;
            let first = first.get(..length).unwrap_or_default();
            if speaks_tls(first) {
                self.answer();
            }
            self.stir().await;
            to.write_all(first).await?;
            if first.is_empty() {
                return to.shutdown().await;
            }
        } else {
            let head = answer_head(&mut from).await?;
            self.answer();
            self.stir().await;
            to.write_all(&head).await?;
        }
        self.answered.store(true, Ordering::Relaxed);
        match self.carry(from, &mut to, (&self.proxy.bytes, MOST_BYTES)).await? {
            Done::Said => to.shutdown().await,
            Done::Shut | Done::Full => Ok(()),
        }
    }

    fn answer(&self) {
        self.proxy.note(&self.host, |contact| contact.reached = true);
    }

    /// Hands on all that comes.
    async fn carry(
        &self,
        mut from: ReadHalf<'_>,
        to: &mut WriteHalf<'_>,
        (carried, most): Bound<'_>,
    ) -> io::Result<Done> {
        let mut piece = vec![0; PIECE];
        loop {
            let length = from.read(&mut piece).await?;
            if length == 0 {
                return Ok(Done::Said);
            }
            self.stir().await;
            if carried.fetch_add(length as u64, Ordering::Relaxed) >= most {
                return Ok(Done::Full);
            }
            if to.write_all(piece.get(..length).unwrap_or_default()).await.is_err() {
                return Ok(Done::Shut);
            }
            self.touch();
        }
    }

    /// Something moves: the leave is taken again where it was given back.
    async fn stir(&self) {
        let mut seat = self.seat.lock().await;
        if seat.leave.is_none() {
            *seat = self.proxy.seat(&self.host, seat.address).await;
        }
        self.touch();
    }

    fn touch(&self) {
        let now = Instant::now();
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner) = now;
        self.proxy.note(&self.host, |contact| {
            contact.moved.get_or_insert(now);
        });
    }

    /// Gives the leave back while nothing moves; ends where nothing has moved for too long.
    async fn watch(&self) {
        loop {
            sleep(IDLE / 2).await;
            // Held: somebody waits for the leave.
            let Ok(mut seat) = self.seat.try_lock() else { continue };
            let still = self.moved.lock().unwrap_or_else(PoisonError::into_inner).elapsed();
            let answered = self.answered.load(Ordering::Relaxed);
            if still >= IDLE && (answered || self.tunnel) {
                seat.leave = None;
            }
            let most = if answered || self.tunnel { DEAD } else { self.proxy.deadline.step() };
            if still >= most {
                return;
            }
        }
    }
}

/// Whether a server's first bytes are TLS: a handshake, or an alert. What a server speaks that
/// knows no TLS begins with a letter.
fn speaks_tls(first: &[u8]) -> bool {
    matches!(first.first(), Some(0x14..=0x18))
}

/// The head of an answer, as the only one of its connection: the next request may be for
/// another host.
async fn answer_head(from: &mut ReadHalf<'_>) -> io::Result<Vec<u8>> {
    // Who watches the line says how long it may take.
    const LONG: Duration = Duration::from_secs(24 * 60 * 60);
    for _ in 0..8 {
        let Some(head) = Head::read(from, LONG).await else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        // What comes before the answer proper (hints, "go on") is for nobody here.
        if head.status().is_some_and(|status| (100..200).contains(&status)) {
            if head.rest().is_empty() {
                continue;
            }
            return Err(io::ErrorKind::InvalidData.into());
        }
        return Ok(head.closing());
    }
    Err(io::ErrorKind::InvalidData.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_is_told_from_what_is_none() {
        assert!(speaks_tls(&[0x16, 3, 3]) && speaks_tls(&[0x15, 3, 1]));
        assert!(!speaks_tls(b"HTTP/1.1 400 Bad Request") && !speaks_tls(b""));
    }
}
