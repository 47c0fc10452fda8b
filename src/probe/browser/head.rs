//! Heads of HTTP messages, as far as a proxy has to understand them.

use std::time::Duration;
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    time::timeout,
};
use url::{Host, Url};

const MAX_HEAD: usize = 64 * 1024;
const END: &[u8] = b"\r\n\r\n";

/// Headers that count for one connection only, or say whom we are.
const HOP_BY_HOP: &[&str] =
    &["connection", "keep-alive", "proxy-connection", "proxy-authorization", "proxy-authenticate"];

/// The head of a message and what came with it.
pub(super) struct Head {
    /// Up to the empty line, less that.
    text: Vec<u8>,
    rest: Vec<u8>,
}

/// What the browser wants.
#[derive(Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) host: Host<String>,
    pub(super) port: u16,
    /// A tunnel, rather than one request.
    pub(super) tunnel: bool,
}

impl Head {
    /// Reads a head; `None` where it does not end, in time or at all.
    pub(super) async fn read(
        from: &mut (impl AsyncRead + Unpin),
        within: Duration,
    ) -> Option<Head> {
        timeout(within, read(from)).await.ok()?
    }

    #[cfg(test)]
    fn of(bytes: &[u8]) -> Head {
        let end = bytes.windows(4).position(|four| four == END).unwrap();
        Head { text: bytes[..end].to_vec(), rest: bytes[end + 4..].to_vec() }
    }

    /// What came behind the head.
    pub(super) fn rest(&self) -> &[u8] {
        &self.rest
    }

    /// The status of an answer.
    pub(super) fn status(&self) -> Option<u16> {
        let line = self.lines().next()?;
        let mut words = line.split(|byte| *byte == b' ');
        words.next().filter(|version| version.starts_with(b"HTTP/"))?;
        std::str::from_utf8(words.next()?).ok()?.parse().ok()
    }

    /// What a request to a proxy asks for; `None` where it is none.
    pub(super) fn asked(&self) -> Option<Asked> {
        let (method, target, _) = self.request_line()?;
        if method == "CONNECT" {
            // Any scheme without a port of its own will do: a tunnel always names one.
            let url = Url::parse(&format!("tunnel://{target}")).ok()?;
            let port = url.port()?;
            let host = Host::parse(url.host_str()?).ok()?;
            return Some(Asked { host, port, tunnel: true });
        }
        let url = Url::parse(target).ok().filter(|url| url.scheme() == "http")?;
        let host = url.host()?.to_owned();
        Some(Asked { host, port: url.port_or_known_default()?, tunnel: false })
    }

    /// The request as the server gets it, or, where `whole`, the next proxy.
    pub(super) fn forwarded(&self, whole: bool, credentials: &str) -> Vec<u8> {
        let Some((method, target, version)) = self.request_line() else { return Vec::new() };
        let path = match Url::parse(target) {
            Ok(url) if !whole => {
                let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
                format!("{}{query}", url.path())
            }
            _ => target.to_owned(),
        };
        let mut bytes = format!("{method} {path} {version}\r\n").into_bytes();
        self.write_fields(&mut bytes);
        bytes.extend_from_slice(credentials.as_bytes());
        bytes.extend_from_slice(b"Connection: close\r\n\r\n");
        bytes.extend_from_slice(&self.rest);
        bytes
    }

    /// An answer after which the connection ends.
    pub(super) fn closing(&self) -> Vec<u8> {
        let mut bytes = self.lines().next().unwrap_or_default().to_vec();
        bytes.extend_from_slice(b"\r\n");
        self.write_fields(&mut bytes);
        bytes.extend_from_slice(b"Connection: close\r\n\r\n");
        bytes.extend_from_slice(&self.rest);
        bytes
    }

    fn lines(&self) -> impl Iterator<Item = &[u8]> {
        let lines = self.text.split(|byte| *byte == b'\n');
        lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line))
    }

    fn request_line(&self) -> Option<(&str, &str, &str)> {
        let mut words = std::str::from_utf8(self.lines().next()?).ok()?.split(' ');
        let line = (words.next()?, words.next()?, words.next()?);
        words.next().is_none().then_some(line)
    }

    fn write_fields(&self, bytes: &mut Vec<u8>) {
        for line in self.lines().skip(1) {
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
            let name = String::from_utf8_lossy(name).trim().to_ascii_lowercase();
            if !HOP_BY_HOP.contains(&name.as_str()) {
                bytes.extend_from_slice(line);
                bytes.extend_from_slice(b"\r\n");
            }
        }
    }
}

async fn read(from: &mut (impl AsyncRead + Unpin)) -> Option<Head> {
    let mut bytes = Vec::new();
    loop {
        let from_here = bytes.len().saturating_sub(END.len());
        let length = from.read_buf(&mut bytes).await.ok()?;
        // Servers of old end their lines with a bare line feed.
        let news = bytes.get(from_here..).unwrap_or_default();
        let ends = [END, b"\n\n"].map(|end| Some((position(news, end)?, end.len())));
        if let Some((at, length)) = ends.into_iter().flatten().min() {
            let rest = bytes.split_off(from_here + at + length);
            bytes.truncate(from_here + at);
            return Some(Head { text: bytes, rest });
        }
        if length == 0 || bytes.len() > MAX_HEAD {
            return None;
        }
    }
}

fn position(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tunnel_and_a_plain_request_name_their_host_in_every_spelling() {
        let asked = |line: &str| Head::of(format!("{line} HTTP/1.1\r\n\r\n").as_bytes()).asked();
        let of = |host: &str, port, tunnel| {
            Some(Asked { host: Host::parse(host).unwrap(), port, tunnel })
        };
        assert_eq!(asked("CONNECT site.example:443"), of("site.example", 443, true));
        assert_eq!(asked("CONNECT 0x7f.1:443"), of("127.0.0.1", 443, true));
        assert_eq!(asked("CONNECT [::1]:8443"), of("[::1]", 8443, true));
        assert_eq!(asked("GET http://site.example/a?b"), of("site.example", 80, false));
        assert_eq!(asked("GET http://2130706433:81/"), of("127.0.0.1", 81, false));
        for line in ["CONNECT site.example", "GET /", "GET ftp://site.example/", "GET", "A B C"] {
            assert_eq!(asked(line), None, "{line}");
        }
    }

    #[test]
    fn what_counts_for_one_connection_is_not_handed_on() {
        let head = Head::of(
            b"POST http://site.example/a?b=1 HTTP/1.1\r\nHost: site.example\r\n\
              Proxy-Connection: keep-alive\r\nContent-Length: 1\r\n\r\nx",
        );
        let sent = String::from_utf8(head.forwarded(false, "")).unwrap();
        assert_eq!(
            sent,
            "POST /a?b=1 HTTP/1.1\r\nHost: site.example\r\nContent-Length: 1\r\n\
             Connection: close\r\n\r\nx"
        );
        let answer = Head::of(b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nA: b\r\n\r\nbody");
        assert_eq!(answer.status(), Some(200));
        assert_eq!(
            answer.closing(),
            b"HTTP/1.1 200 OK\r\nA: b\r\nConnection: close\r\n\r\nbody".to_vec()
        );
    }

    #[tokio::test]
    async fn a_head_without_end_is_given_up() {
        let endless = vec![b'a'; 2 * MAX_HEAD];
        assert!(read(&mut endless.as_slice()).await.is_none());
        assert!(read(&mut b"GET / HTTP/1.1\r\n".as_slice()).await.is_none());
        let mut bare = b"HTTP/1.0 200 OK\nA: b\n\nbody".as_slice();
        let head = read(&mut bare).await.unwrap();
        assert_eq!((head.status(), head.rest()), (Some(200), b"body".as_slice()));
    }
}
