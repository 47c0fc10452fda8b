//! One connection: TCP to the socket that the guard has let pass, TLS over it, HTTP/1.1 over
//! that. Each stage has its own time, and where it fails the stage says what that means.

use super::{
    client::path,
    failure::{self, Stage},
    tls::{Tls, Witness},
    tunnel,
    wire::{Bound, Wire},
};
use crate::evidence::{Certificate, Failure};
use crate::metrics;
use crate::probe::{
    deadline::Deadline,
    turn::{self, Step},
};
use http_body_util::Empty;
use hyper::{
    HeaderMap, Request, Response, Uri,
    body::{Bytes, Incoming},
    client::conn::http1::{Builder, Connection, SendRequest},
    header::{HeaderValue, PROXY_AUTHORIZATION},
};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use std::{
    future::{Future, poll_fn},
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
};
use tokio::{
    net::TcpStream,
    time::{Instant, timeout_at},
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use url::Url;

/// A server may send so many headers; hyper bounds their bytes.
const MAX_HEADERS: usize = 256;

/// A connection to one server. It moves only while somebody waits for what it carries, and
/// ends when it is dropped.
pub(super) struct Line {
    to: Place,
    sender: SendRequest<Empty<Bytes>>,
    /// `None` when it has ended.
    connection: Option<Moving>,
    bound: Bound,
    certificate: Option<Certificate>,
    /// How the operator's proxy, where it is asked for the page itself, is addressed.
    asks_proxy: Option<Url>,
}

type Moving = Pin<Box<Connection<TokioIo<Wire>, Empty<Bytes>>>>;

/// Where a connection leads.
#[derive(PartialEq)]
struct Place {
    scheme: String,
    host: String,
    port: Option<u16>,
    socket: Option<SocketAddr>,
}

/// The times of one request: those of its stages, and for those who watch the run.
pub(super) struct Times<'a> {
    deadline: &'a Deadline,
    step: Step,
}

impl<'a> Times<'a> {
    /// A request to a host.
    pub(super) fn begin(host: &str, deadline: &'a Deadline) -> Times<'a> {
        Times { deadline, step: turn::step(metrics::Stage::FirstByte, host) }
    }

    /// Waits for a stage, no longer than a step may take.
    async fn stage<T>(
        &mut self,
        stage: Stage,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let (watched, too_late) = match stage {
            Stage::Connect => (metrics::Stage::Connect, Failure::ConnectTimeout),
            Stage::Handshake => (metrics::Stage::Tls, Failure::TlsTimeout),
            Stage::Answer => (metrics::Stage::FirstByte, Failure::ReadTimeout),
        };
        self.step.turns_to(watched);
        match timeout_at(self.deadline.of_step(Instant::now()), work).await {
            Ok(done) => done,
            Err(_) if self.deadline.is_over() => Err(Failure::Deadline),
            Err(_) => Err(too_late),
        }
    }
}

impl Line {
    /// Connects to the socket, or where there is none through the proxy. What the server
    /// shows is noted even where the handshake fails.
    pub(super) async fn open(
        url: &Url,
        socket: Option<SocketAddr>,
        proxy: Option<&Url>,
        tls: &Tls,
        certificate: &mut Option<Certificate>,
        times: &mut Times<'_>,
    ) -> Result<Line, Failure> {
        let is_secure = url.scheme() == "https";
        let stream = match (socket, proxy) {
            (Some(socket), _) => times.stage(Stage::Connect, dial(socket)).await?,
            (None, Some(proxy)) => {
                // Where the proxy cannot be reached, nothing was learnt about the site.
                let reached = times.stage(Stage::Connect, through(proxy, url)).await;
                reached.map_err(|failure| match failure {
                    Failure::Deadline => failure,
                    _ => Failure::Fault,
                })?
            }
            (None, None) => return Err(Failure::Fault),
        };
        let (wire, bound) = match is_secure {
            false => Wire::over(stream),
            true => {
                let witness = Arc::new(Witness::default());
                let secured =
                    times.stage(Stage::Handshake, secure(stream, url, tls, &witness)).await;
                *certificate = witness.certificate();
                Wire::over(secured?)
            }
        };
        let built = builder().handshake(TokioIo::new(wire)).await;
        let (sender, connection) = built.map_err(|_| Failure::Fault)?;
        Ok(Line {
            to: Place::of(url, socket),
            sender,
            connection: Some(Box::pin(connection)),
            bound,
            certificate: certificate.clone(),
            asks_proxy: proxy.filter(|_| socket.is_none() && !is_secure).cloned(),
        })
    }

    /// Whether it leads where this URL is to be asked for, and still stands as far as is known.
    pub(super) fn leads_to(&self, url: &Url, socket: Option<SocketAddr>) -> bool {
        self.connection.is_some() && !self.sender.is_closed() && self.to == Place::of(url, socket)
    }

    /// What its server has shown.
    pub(super) fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    /// Sends a request and waits for the head of the answer.
    pub(super) async fn ask(
        &mut self,
        url: &Url,
        mut headers: HeaderMap,
        times: &mut Times<'_>,
    ) -> Result<Response<Incoming>, Failure> {
        let target = match &self.asks_proxy {
            None => path(url),
            Some(proxy) => {
                if let Some(value) = tunnel::authorization(proxy) {
                    let value = HeaderValue::try_from(value).map_err(|_| Failure::Fault)?;
                    headers.insert(PROXY_AUTHORIZATION, value);
                }
                url.as_str().to_owned()
            }
        };
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = Uri::try_from(target).map_err(|_| Failure::Fault)?;
        *request.headers_mut() = headers;
        times.stage(Stage::Answer, self.exchange(request)).await
    }

    async fn exchange(
        &mut self,
        request: Request<Empty<Bytes>>,
    ) -> Result<Response<Incoming>, Failure> {
        self.bound.set();
        let answer = self.sender.send_request(request);
        let answered = carry(&mut self.connection, answer).await;
        self.bound.lift();
        answered.map_err(|error| {
            tracing::trace!(?error, "request failed");
            failure::of_request(&error, Stage::Answer)
        })
    }

    /// Waits for something that comes over this connection.
    pub(super) async fn carry<T>(&mut self, coming: impl Future<Output = T>) -> T {
        carry(&mut self.connection, coming).await
    }
}

/// Moves a connection until what is waited for has come. What it fails of, it tells the one
/// who waits.
async fn carry<T>(connection: &mut Option<Moving>, coming: impl Future<Output = T>) -> T {
    let mut coming = pin!(coming);
    poll_fn(|context| {
        if let Poll::Ready(come) = coming.as_mut().poll(context) {
            return Poll::Ready(come);
        }
        let Some(moving) = connection.as_mut() else { return Poll::Pending };
        if moving.as_mut().poll(context).is_ready() {
            *connection = None;
        }
        coming.as_mut().poll(context)
    })
    .await
}

impl Place {
    fn of(url: &Url, socket: Option<SocketAddr>) -> Place {
        Place {
            scheme: url.scheme().to_owned(),
            host: url.host_str().unwrap_or_default().to_owned(),
            port: url.port(),
            socket,
        }
    }
}

/// Lenient where browsers are.
fn builder() -> Builder {
    let mut builder = Builder::new();
    builder
        .title_case_headers(true)
        .max_headers(MAX_HEADERS)
        .allow_obsolete_multiline_headers_in_responses(true)
        .allow_spaces_after_header_name_in_responses(true)
        .ignore_invalid_headers_in_responses(true);
    builder
}

async fn dial(socket: SocketAddr) -> Result<TcpStream, Failure> {
    let connected = async {
        let stream = TcpStream::connect(socket).await?;
        stream.set_nodelay(true)?;
        io::Result::Ok(stream)
    };
    connected.await.map_err(|error| {
        tracing::trace!(?error, %socket, "no connection");
        failure::of_request(&error, Stage::Connect)
    })
}

/// Through the operator's proxy to a host that it finds by itself.
async fn through(proxy: &Url, url: &Url) -> Result<TcpStream, Failure> {
    let reached = match url.scheme() {
        "https" => {
            let host = url.host_str().unwrap_or_default();
            let port = url.port_or_known_default().unwrap_or(443);
            tunnel::open(proxy, &format!("{host}:{port}")).await
        }
        _ => tunnel::reach(proxy).await,
    };
    reached.map_err(|error| {
        tracing::debug!(%error, "the proxy lets nobody through");
        Failure::Fault
    })
}

async fn secure(
    stream: TcpStream,
    url: &Url,
    tls: &Tls,
    witness: &Arc<Witness>,
) -> Result<TlsStream<TcpStream>, Failure> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    // A name that TLS cannot say.
    let name = ServerName::try_from(host).map_err(|_| Failure::TlsHandshake)?;
    let connected = TlsConnector::from(tls.config(witness)).connect(name, stream).await;
    connected.map_err(|error| {
        tracing::trace!(?error, "no handshake");
        failure::of_request(&error, Stage::Handshake)
    })
}
