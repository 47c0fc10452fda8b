//! What makes the requests of one walk, one after the other, each to a socket that the walk
//! has chosen.

use super::{
    Body, Fetcher, failure,
    line::{Line, Times},
    room::{self, Room},
    tls::Tls,
};
use crate::evidence::{Certificate, Failure};
use crate::probe::deadline::Deadline;
use http_body_util::BodyExt;
use hyper::{
    HeaderMap, Response, Version,
    body::{Body as _, Incoming},
    ext::ReasonPhrase,
    header::{self, HeaderValue},
};
use std::{fmt::Write as _, net::SocketAddr, sync::Arc};
use tokio::time::{Instant, timeout_at};
use url::Url;

/// Bytes that are reserved for a body before it comes.
const MAX_RESERVED: usize = 256 * 1024;

pub(super) struct Caller {
    tls: Arc<Tls>,
    /// The operator's proxy, where it is to find hosts by itself.
    proxy: Option<Url>,
    /// The connection of the last answer, for the next request to the same place.
    line: Option<Line>,
    /// What the server of the last call has shown.
    certificate: Option<Certificate>,
    /// Whether heads are written down.
    keeps: bool,
    room: Room,
}

/// One request.
pub(super) struct Call<'a> {
    pub(super) url: &'a Url,
    /// Where to connect; `None` where a proxy finds the host by itself.
    pub(super) socket: Option<SocketAddr>,
    pub(super) cookie: Option<String>,
}

/// An answer whose body is still to be read.
pub(super) struct Answered {
    pub(super) response: Response<Incoming>,
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
    pub(super) bytes: Arc<Body>,
    /// Whether it was cut at the cap.
    pub(super) cut: bool,
    /// What broke it off.
    pub(super) broken: Option<Failure>,
}

impl Caller {
    pub(super) fn new(fetcher: &Fetcher) -> Caller {
        Caller {
            tls: Arc::clone(&fetcher.tls),
            proxy: fetcher.proxy.clone().filter(|_| fetcher.blind),
            line: None,
            certificate: None,
            keeps: fetcher.keep_exchanges,
            room: fetcher.room.clone(),
        }
    }

    /// Sends a request and waits for the head of the answer.
    pub(super) async fn call(
        &mut self,
        call: Call<'_>,
        headers: &HeaderMap,
        deadline: &Deadline,
    ) -> Result<Answered, Failure> {
        let headers = headers_of(&call, headers)?;
        let sent = self.keeps.then(|| request_head(call.url, &headers));
        let at = jiff::Timestamp::now();
        let response = self.send(&call, headers, deadline).await?;
        let heads = sent.map(|request| Heads { request, answer: response_head(&response) });
        Ok(Answered { response, at, heads })
    }

    /// The certificate that the server of the last call has shown.
    pub(super) fn certificate(&self) -> Option<Certificate> {
        self.certificate.clone()
    }

    async fn send(
        &mut self,
        call: &Call<'_>,
        headers: HeaderMap,
        deadline: &Deadline,
    ) -> Result<Response<Incoming>, Failure> {
        let mut times = Times::begin(call.url.host_str().unwrap_or_default(), deadline);
        self.certificate = None;
        let kept = self.line.take().filter(|line| line.leads_to(call.url, call.socket));
        if let Some(mut line) = kept {
            self.certificate = line.certificate().cloned();
            match line.ask(call.url, headers.clone(), &mut times).await {
                Ok(response) => {
                    self.line = Some(line);
                    return Ok(response);
                }
                // The server may have hung up at any time since the last answer.
                Err(Failure::Closed | Failure::Reset) => self.certificate = None,
                Err(failure) => return Err(failure),
            }
        }
        let proxy = self.proxy.as_ref();
        let opened =
            Line::open(call.url, call.socket, proxy, &self.tls, &mut self.certificate, &mut times);
        let mut line = opened.await?;
        let response = line.ask(call.url, headers, &mut times).await?;
        self.line = Some(line);
        Ok(response)
    }

    /// Reads the body of the last call's answer up to the cap, as it was sent. A long one is
    /// cut where there is no room for it.
    pub(super) async fn body(
        &mut self,
        response: Response<Incoming>,
        cap: usize,
        deadline: &Deadline,
    ) -> Received {
        // Only a body that was read to its end leaves the connection to the next request.
        let Some(mut line) = self.line.take() else {
            return Received { bytes: Arc::default(), cut: false, broken: Some(Failure::Fault) };
        };
        let is_chunked = response.headers().contains_key(header::TRANSFER_ENCODING);
        let mut body = response.into_body();
        let announced = body.size_hint().exact();
        let is_open_ended = announced.is_none() && !is_chunked;
        let announced = announced.and_then(|length| usize::try_from(length).ok());
        // What is announced need not come.
        let room = announced.unwrap_or_default().min(cap).min(MAX_RESERVED);
        let (mut bytes, mut cut, mut taken) = (Vec::with_capacity(room), false, None);
        let broken = loop {
            let next = line.carry(body.frame());
            match timeout_at(deadline.of_step(Instant::now()), next).await {
                Ok(None) => {
                    self.line = Some(line);
                    break None;
                }
                Ok(Some(Ok(frame))) => {
                    // What is no data are trailers.
                    let Ok(chunk) = frame.into_data() else { continue };
                    let room = cap - bytes.len();
                    bytes.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
                    if chunk.len() > room {
                        cut = true;
                        break None;
                    }
                    if bytes.len() > room::SHORT && taken.is_none() {
                        taken = self.room.take(cap, deadline).await;
                        if taken.is_none() {
                            tracing::warn!("no room for a long page: it is cut");
                            cut = true;
                            break None;
                        }
                    }
                }
                Ok(Some(Err(error))) if is_open_ended && failure::is_rude_end(&error) => {
                    break None;
                }
                Ok(Some(Err(_))) => break Some(Failure::BadBody),
                Err(_) if deadline.is_over() => break Some(Failure::Deadline),
                Err(_) => break Some(Failure::ReadTimeout),
            }
        };
        Received { bytes: Arc::new(Body::new(bytes, taken)), cut, broken }
    }
}

/// The headers of a request.
fn headers_of(call: &Call<'_>, fixed: &HeaderMap) -> Result<HeaderMap, Failure> {
    let mut headers = fixed.clone();
    let value = |text: &str| HeaderValue::from_str(text).map_err(|_| Failure::Fault);
    headers.insert(header::HOST, value(&authority(call.url))?);
    if let Some(cookie) = &call.cookie {
        headers.insert(header::COOKIE, value(cookie)?);
    }
    Ok(headers)
}

/// Host and, where it is not the scheme's own, port.
fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Path and query.
pub(super) fn path(url: &Url) -> String {
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}{query}", url.path())
}

fn request_head(url: &Url, headers: &HeaderMap) -> Vec<u8> {
    let mut head = format!("GET {} HTTP/1.1\r\n", path(url)).into_bytes();
    write_headers(&mut head, headers);
    head
}

fn response_head(response: &Response<Incoming>) -> Vec<u8> {
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
