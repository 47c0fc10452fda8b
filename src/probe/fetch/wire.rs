//! What bytes go over: TCP or TLS, with a bound on what a server may say before its answer.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that a server may send up to its answer's head, what of the body comes along included.
/// The client bounds a head, but listens for ever to one who says that the answer will come (1xx).
const MAX_BEFORE: usize = 1 << 20;

/// Any stream of bytes.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A stream of which no more is read than is left.
pub(super) struct Wire {
    stream: Box<dyn Stream>,
    left: Arc<AtomicUsize>,
}

/// Says how much a wire may bring.
pub(super) struct Bound(Arc<AtomicUsize>);

impl Wire {
    pub(super) fn over(stream: impl Stream + 'static) -> (Wire, Bound) {
        let left = Arc::new(AtomicUsize::new(MAX_BEFORE));
        (Wire { stream: Box::new(stream), left: Arc::clone(&left) }, Bound(left))
    }
}

impl Bound {
    /// A request is sent.
    pub(super) fn set(&self) {
        self.0.store(MAX_BEFORE, Relaxed);
    }

    /// The answer has come: its body is bounded by who reads it.
    pub(super) fn lift(&self) {
        self.0.store(usize::MAX, Relaxed);
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let read = buffer.filled().len() - before;
        match self.left.load(Relaxed) {
            usize::MAX => {}
            left => match left.checked_sub(read) {
                Some(left) => self.left.store(left, Relaxed),
                None => return Poll::Ready(Err(io::Error::other("too much before an answer"))),
            },
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
