//! A client for one walk. Its requests are made one after the other, each to an address
//! that the walk has chosen.

use super::{
    Fetcher, failure,
    stage::{Pinned, Progress, Stage, Watch},
    tls::Witness,
};
use crate::evidence::{Certificate, Failure};
use crate::probe::{ProbeError, deadline::Deadline};
use hyper::ext::ReasonPhrase;
use reqwest::{
    Client, Method, Request, Response, Version,
    header::{self, HeaderMap, HeaderValue},
    redirect, retry,
};
use std::{collections::HashMap, fmt::Write as _, net::SocketAddr, pin::pin, sync::Arc};
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

/// A server may send so many headers; the client bounds their bytes.
const MAX_HEADERS: usize = 256;

/// Bytes that are reserved for a body before it comes.
const MAX_RESERVED: usize = 256 * 1024;

pub(super) struct Caller {
    client: Client,
    pinned: Pinned,
    progress: Progress,
    witness: Arc<Witness>,
    /// By host and port: a kept connection shows its certificate only once.
    certificates: HashMap<(String, u16), Certificate>,
    proxied: bool,
    /// Whether heads are written down.
    keeps: bool,
}

/// One request.
pub(super) struct Call<'a> {
    pub(super) url: &'a Url,
    /// The socket to dial; `None` where a proxy finds the host by itself.
    pub(super) socket: Option<SocketAddr>,
    /// Whether the socket is the world's own or one that plays it.
    pub(super) played: bool,
    pub(super) cookie: Option<String>,
}

/// An answer whose body is still to be read.
pub(super) struct Answered {
    pub(super) response: Response,
    /// When the request was sent.
    pub(super) at: jiff::Timestamp,
    /// `None` where nothing is kept.
    pub(super) heads: Option<Heads>,
}

/// An exchange but for the body.
pub(super) struct Heads {
    /// Request line and headers.
    pub(super) request: Vec<u8>,
    /// Status line and headers, without the transfer coding, which is taken off.
    pub(super) answer: Vec<u8>,
}

/// A body as far as it came.
pub(super) struct Received {
    pub(super) bytes: Arc<Vec<u8>>,
    /// Whether it was cut at the cap.
    pub(super) cut: bool,
    /// What broke it off.
    pub(super) broken: Option<Failure>,
}

impl Caller {
    pub(super) fn new(fetcher: &Fetcher) -> Result<Caller, ProbeError> {
        let progress = Progress::new();
        let witness = Arc::new(Witness::default());
        let proxy = fetcher.proxy.as_ref().filter(|_| fetcher.blind);
        let pinned = Pinned::new(proxy.and_then(|p| p.host_str()).map(str::to_owned));
        let mut builder = Client::builder()
            .tls_backend_preconfigured(fetcher.tls.config(&witness, &progress))
            .dns_resolver(pinned.clone())
            .connector_layer(Watch(progress.clone()))
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .no_proxy()
            .http1_only()
            .http1_title_case_headers()
            .http1_max_headers(MAX_HEADERS)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http1_allow_spaces_after_header_name_in_responses(true)
            .http1_ignore_invalid_headers_in_responses(true)
            .pool_max_idle_per_host(1);
        let unusable = |error: reqwest::Error| ProbeError::Client(error.to_string());
        if let Some(proxy) = proxy {
            builder = builder.proxy(reqwest::Proxy::all(proxy.clone()).map_err(unusable)?);
        }
        Ok(Caller {
            client: builder.build().map_err(unusable)?,
            pinned,
            progress,
            witness,
            certificates: HashMap::new(),
            proxied: proxy.is_some(),
            keeps: fetcher.keep_exchanges,
        })
    }

    /// Sends a request and waits for the head of the answer.
    pub(super) async fn call(
        &mut self,
        call: Call<'_>,
        headers: &HeaderMap,
        deadline: &Deadline,
    ) -> Result<Answered, Failure> {
        let request = self.request(&call, headers)?;
        let sent = self.keeps.then(|| request_head(call.url, request.headers()));
        self.witness.expect(call.url.host_str().unwrap_or_default());
        self.progress.start(call.url.host_str().unwrap_or_default());
        let at = jiff::Timestamp::now();
        let sending = self.send(request, deadline).await;
        self.progress.end();
        let response = sending?;
        if let (Some(socket), Some(remote)) = (call.socket, response.remote_addr())
            && remote.ip().to_canonical() != socket.ip().to_canonical()
        {
            // Cannot happen as long as the client asks us where to connect.
            tracing::warn!(url = %call.url, %remote, %socket, "connected elsewhere than told");
            return Err(Failure::AddressRefused);
        }
        let heads = sent.map(|request| Heads { request, answer: response_head(&response) });
        Ok(Answered { response, at, heads })
    }

    /// The certificate that the server of this URL has shown.
    pub(super) fn certificate(&mut self, url: &Url) -> Option<Certificate> {
        if url.scheme() != "https" {
            return None;
        }
        let key = (url.host_str()?.to_owned(), url.port_or_known_default()?);
        if let Some(fresh) = self.witness.certificate() {
            self.certificates.insert(key, fresh.clone());
            return Some(fresh);
        }
        self.certificates.get(&key).cloned()
    }

    fn request(&self, call: &Call<'_>, headers: &HeaderMap) -> Result<Request, Failure> {
        let mut dialled = call.url.clone();
        if let Some(socket) = call.socket {
            self.pinned.choose(call.url.host_str().unwrap_or_default(), socket);
            // A port or an address in the URL goes before what the resolver says.
            if call.played {
                redirect_dial(&mut dialled, socket).map_err(|()| Failure::Fault)?;
            }
        }
        let mut request = Request::new(Method::GET, dialled);
        *request.headers_mut() = headers.clone();
        let value = |text: &str| HeaderValue::from_str(text).map_err(|_| Failure::Fault);
        request.headers_mut().insert(header::HOST, value(&authority(call.url))?);
        if let Some(cookie) = &call.cookie {
            request.headers_mut().insert(header::COOKIE, value(cookie)?);
        }
        Ok(request)
    }

    /// Waits for the answer, giving each stage its own time.
    async fn send(&self, request: Request, deadline: &Deadline) -> Result<Response, Failure> {
        let mut sending = pin!(self.client.execute(request));
        loop {
            let (stage, since) = self.progress.now();
            let sent = timeout_at(deadline.of_step(since), &mut sending).await;
            let now = self.progress.now();
            let failure = match sent {
                Ok(Ok(response)) => return Ok(response),
                Ok(Err(error)) => {
                    tracing::trace!(?error, stage = ?now.0, "request failed");
                    failure::of_request(&error, now.0)
                }
                Err(_) if deadline.is_over() => return Err(Failure::Deadline),
                Err(_) if now != (stage, since) => continue,
                Err(_) => match stage {
                    Stage::Connect => Failure::ConnectTimeout,
                    Stage::Handshake => Failure::TlsTimeout,
                    Stage::Answer => Failure::ReadTimeout,
                },
            };
            // Where the proxy cannot be reached, nothing was learnt about the site.
            let ours = self.proxied && now.0 == Stage::Connect;
            return Err(if ours { Failure::Fault } else { failure });
        }
    }
}

/// Reads the body of an answer up to the cap, as it was sent.
pub(super) async fn body(mut response: Response, cap: usize, deadline: &Deadline) -> Received {
    let announced = response.content_length();
    let is_open_ended =
        announced.is_none() && !response.headers().contains_key(header::TRANSFER_ENCODING);
    let announced = announced.and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
    // What is announced need not come.
    let mut bytes = Vec::with_capacity(announced.min(cap).min(MAX_RESERVED));
    let mut cut = false;
    let broken = loop {
        let next = timeout_at(deadline.of_step(Instant::now()), response.chunk()).await;
        match next {
            Ok(Ok(None)) => break None,
            Ok(Ok(Some(chunk))) => {
                let room = cap - bytes.len();
                bytes.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
                if chunk.len() > room {
                    cut = true;
                    break None;
                }
            }
            Ok(Err(error)) if is_open_ended && failure::is_rude_end(&error) => break None,
            Ok(Err(_)) => break Some(Failure::BadBody),
            Err(_) if deadline.is_over() => break Some(Failure::Deadline),
            Err(_) => break Some(Failure::ReadTimeout),
        }
    };
    Received { bytes: Arc::new(bytes), cut, broken }
}

fn redirect_dial(url: &mut Url, socket: SocketAddr) -> Result<(), ()> {
    if matches!(url.host(), Some(Host::Ipv4(_) | Host::Ipv6(_))) {
        url.set_ip_host(socket.ip())?;
        return url.set_port(Some(socket.port()));
    }
    match url.port() {
        Some(_) => url.set_port(Some(socket.port())),
        None => Ok(()),
    }
}

/// Host and, where it is not the scheme's own, port.
fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn request_head(url: &Url, headers: &HeaderMap) -> Vec<u8> {
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut head = format!("GET {}{query} HTTP/1.1\r\n", url.path()).into_bytes();
    write_headers(&mut head, headers);
    head
}

fn response_head(response: &Response) -> Vec<u8> {
    let version = if response.version() == Version::HTTP_10 { "1.0" } else { "1.1" };
    let status = response.status();
    let mut line = String::new();
    let _ = write!(line, "HTTP/{version} {} ", status.as_u16());
    let mut head = line.into_bytes();
    match response.extensions().get::<ReasonPhrase>() {
        Some(reason) => head.extend_from_slice(reason.as_bytes()),
        None => head.extend_from_slice(status.canonical_reason().unwrap_or_default().as_bytes()),
    }
    head.extend_from_slice(b"\r\n");
    write_headers(&mut head, response.headers());
    head
}

fn write_headers(head: &mut Vec<u8>, headers: &HeaderMap) {
    let kept = headers.iter().filter(|(name, _)| *name != header::TRANSFER_ENCODING);
    for (name, value) in kept {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
}
