//! What an error of the HTTP client means, read off its chain of causes.

use crate::evidence::Failure;
use std::{error::Error, io};

/// How far a request has come. That something failed is all that an error says; the stage
/// tells whether nobody listens, the handshake broke, or the server had the request and hung up.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stage {
    Connect,
    Handshake,
    Answer,
}

/// The failure behind an error that came at this stage.
pub(super) fn of_request(error: &(dyn Error + 'static), stage: Stage) -> Failure {
    let io = cause::<io::Error>(error).map(io::Error::kind);
    match stage {
        Stage::Connect => match io {
            Some(io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset) => {
                Failure::ConnectRefused
            }
            Some(io::ErrorKind::TimedOut) => Failure::ConnectTimeout,
            Some(
                io::ErrorKind::HostUnreachable
                | io::ErrorKind::NetworkUnreachable
                | io::ErrorKind::NetworkDown
                | io::ErrorKind::AddrNotAvailable
                | io::ErrorKind::Unsupported
                | io::ErrorKind::PermissionDenied,
            ) => Failure::Unreachable,
            // No address family, no permission, no more sockets: ours, if anybody's.
            _ => Failure::Fault,
        },
        Stage::Handshake => match io {
            Some(io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) => Failure::TlsReset,
            Some(io::ErrorKind::TimedOut) => Failure::TlsTimeout,
            _ => Failure::TlsHandshake,
        },
        Stage::Answer => of_answer(error, io),
    }
}

fn of_answer(error: &(dyn Error + 'static), io: Option<io::ErrorKind>) -> Failure {
    if cause::<rustls::Error>(error).is_some() {
        // TLS 1.3 servers turn a client away after the client thinks that it is done.
        return Failure::TlsHandshake;
    }
    match io {
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) => return Failure::Reset,
        Some(io::ErrorKind::TimedOut) => return Failure::ReadTimeout,
        Some(io::ErrorKind::UnexpectedEof) => return Failure::Closed,
        _ => {}
    }
    match cause::<hyper::Error>(error) {
        Some(hyper) if hyper.is_incomplete_message() || hyper.is_closed() => Failure::Closed,
        Some(hyper) if hyper.is_canceled() => Failure::Closed,
        Some(hyper) if hyper.is_timeout() => Failure::ReadTimeout,
        Some(_) => Failure::BadHttp,
        None => Failure::Fault,
    }
}

/// Whether a body that was delimited by the end of the connection just ended without the
/// farewell of TLS, as many servers do.
pub(super) fn is_rude_end(error: &(dyn Error + 'static)) -> bool {
    cause::<io::Error>(error).is_some_and(|io| io.kind() == io::ErrorKind::UnexpectedEof)
}

/// The deepest cause of this type.
fn cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let chain = std::iter::successors(Some(error), |error| inner(*error)).take(16);
    chain.filter_map(|error| error.downcast_ref::<T>()).last()
}

/// What an error wraps. An I/O error's `source` skips the error that it was made from.
fn inner<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(made_from) => Some(made_from),
        None => error.source(),
    }
}
