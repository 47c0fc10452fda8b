//! What a hostile server says, step by step.

use hyper::body::Bytes;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

/// Bytes of a request's head that are read.
const MOST_HEAD: usize = 64 * 1024;
/// As much as is said at a time where much is said.
const PIECE: usize = 64 * 1024;

/// One step of a server.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Waits until the client has said something.
    Listen,
    /// Says this.
    Say(Bytes),
    /// Says this so many times, each time after a pause.
    Repeat(Bytes, u64, Duration),
    /// Keeps the connection and says nothing more.
    Hold,
    /// Ends the connection with RST.
    Reset,
}

/// What a request asks for, and what a decent server would say.
pub(super) struct Asked<'a> {
    /// The path, with its query.
    pub(super) path: &'a str,
    /// The host of the case.
    pub(super) host: &'a str,
    /// The site's page up to where its content begins.
    pub(super) before: &'a [u8],
    /// The rest of it: the foot with its number.
    pub(super) after: &'a [u8],
}

impl Asked<'_> {
    /// The site's page with this as its content.
    pub(super) fn page_with(&self, content: &[u8]) -> Vec<Step> {
        page(&[self.before, content, self.after].concat())
    }

    /// The path without its query.
    pub(super) fn bare_path(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }
}

pub(super) fn say(bytes: impl Into<Vec<u8>>) -> Step {
    Step::Say(Bytes::from(bytes.into()))
}

/// Says this for ever, so often.
pub(super) fn drip(bytes: &'static [u8]) -> Step {
    Step::Repeat(Bytes::from_static(bytes), u64::MAX, Duration::from_secs(1))
}

/// Says this so many times, as fast as it is taken.
pub(super) fn flood(bytes: impl Into<Vec<u8>>, times: u64) -> Step {
    let one: Vec<u8> = bytes.into();
    // In larger pieces, so that it is the client who works hard.
    let fold = (PIECE / one.len().max(1)).max(1);
    let rounds = times.div_ceil(u64::try_from(fold).unwrap_or(1));
    Step::Repeat(Bytes::from(one.repeat(fold)), rounds, Duration::ZERO)
}

/// Status line and headers, ending in an empty line.
pub(super) fn head(status: &str, headers: &[&str]) -> Step {
    let mut head = format!("HTTP/1.1 {status}\r\nConnection: close\r\n");
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    say(head)
}

/// A page in UTF-8.
pub(super) fn page(body: &[u8]) -> Vec<Step> {
    typed("text/html; charset=utf-8", body)
}

/// A body of this type.
pub(super) fn typed(content_type: &str, body: &[u8]) -> Vec<Step> {
    let content_type = format!("Content-Type: {content_type}");
    let length = format!("Content-Length: {}", body.len());
    vec![head("200 OK", &[&content_type, &length]), say(body)]
}

/// A redirect.
pub(super) fn leads_to(target: &str) -> Vec<Step> {
    vec![head("302 Found", &[&format!("Location: {target}"), "Content-Length: 0"])]
}

pub(super) fn not_found() -> Vec<Step> {
    vec![head("404 Not Found", &["Content-Length: 0"])]
}

/// The request line's target; `None` where the client went away or says no HTTP.
pub(super) async fn request(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        let mut more = [0; 4096];
        let length = stream.read(&mut more).await.ok().filter(|length| *length > 0)?;
        head.extend_from_slice(more.get(..length)?);
        if head.len() > MOST_HEAD {
            return None;
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    head.split(' ').nth(1).map(str::to_owned)
}

/// Plays a server's part until it is over or the client has gone.
pub(super) async fn play(mut stream: TcpStream, steps: Vec<Step>) {
    for step in steps {
        let went_on = match step {
            Step::Listen => stream.read(&mut [0; 16_384]).await.is_ok_and(|length| length > 0),
            Step::Say(bytes) => stream.write_all(&bytes).await.is_ok(),
            Step::Repeat(bytes, times, pause) => repeat(&mut stream, &bytes, times, pause).await,
            Step::Hold => wait_for_end(&mut stream).await,
            Step::Reset => {
                // Zero linger throws away what is unsent, so what was said goes out first.
                sleep(Duration::from_millis(100)).await;
                let _ = stream.set_zero_linger();
                return;
            }
        };
        if !went_on {
            return;
        }
    }
    // The end is a plain one: what the client still says is read before the socket goes.
    if stream.shutdown().await.is_ok() {
        wait_for_end(&mut stream).await;
    }
}

async fn repeat(stream: &mut TcpStream, bytes: &Bytes, times: u64, pause: Duration) -> bool {
    for _ in 0..times {
        if !pause.is_zero() {
            sleep(pause).await;
        }
        if stream.write_all(bytes).await.is_err() {
            return false;
        }
    }
    true
}

/// Reads until the client ends the connection; says then that there is nobody left.
async fn wait_for_end(stream: &mut TcpStream) -> bool {
    let mut sink = [0; 4096];
    while matches!(stream.read(&mut sink).await, Ok(length) if length > 0) {}
    false
}
