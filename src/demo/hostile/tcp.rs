//! Connections and handshakes that break, stall and lie.

use super::Ends::{Certificate, Failed};
use super::script::{Step, drip, flood, head, say};
use super::{Case, Ends, Group, Server};
use crate::demo::certificates::CertificateKind;
use crate::evidence::Failure::{
    BadBody, Closed, ConnectRefused, Deadline, ReadTimeout, Reset, TlsHandshake, TlsReset,
    TlsTimeout,
};
use crate::evidence::Trust::{Expired, Untrusted, Valid, WrongName};

/// What a web server says first of an answer of a hundred bytes.
const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100\r\n\r\n";

pub(super) const CASES: &[Case] = &[
    Case::served(
        Group::Tcp,
        "tcp-closed",
        "Nothing listens.",
        &[Failed(ConnectRefused)],
        Server::Closed,
    ),
    // Seen as a refusal or as a reset, as chance has it.
    over_http(
        "tcp-reset-at-once",
        "The connection is reset as soon as it stands.",
        &[Failed(Reset), Failed(ConnectRefused)],
        || vec![Step::Reset],
    ),
    over_http(
        "tcp-reset-after-request",
        "Reset once the request is sent.",
        &[Failed(Reset)],
        || vec![Step::Listen, Step::Reset],
    ),
    over_http("tcp-reset-in-head", "Reset within the headers.", &[Failed(Reset)], || {
        vec![Step::Listen, say(&b"HTTP/1.1 200 OK\r\nContent-"[..]), Step::Reset]
    }),
    over_http("tcp-reset-in-body", "Reset within the body.", &[Failed(BadBody)], || {
        vec![Step::Listen, say(HEAD), say(&b"<p>half"[..]), Step::Reset]
    }),
    over_http("tcp-hang-up", "Closed without an answer.", &[Failed(Closed)], || vec![Step::Listen]),
    over_http("tcp-half-a-head", "Closed within the headers.", &[Failed(Closed)], || {
        vec![Step::Listen, say(&b"HTTP/1.1 200 OK\r\nContent-"[..])]
    }),
    over_http("tcp-half-a-body", "Closed within the body.", &[Failed(BadBody)], || {
        vec![Step::Listen, say(HEAD), say(&b"<p>half"[..])]
    }),
    over_http("tcp-silence", "Takes the request and says nothing.", &[Failed(ReadTimeout)], || {
        vec![Step::Listen, Step::Hold]
    }),
    over_http("tcp-stalled-body", "Half a body, then nothing.", &[Failed(ReadTimeout)], || {
        vec![Step::Listen, say(HEAD), say(&b"<p>half"[..]), Step::Hold]
    }),
    over_http(
        "tcp-slow-head",
        "Headers at a byte a second, for ever.",
        &[Failed(ReadTimeout)],
        || vec![Step::Listen, say(&b"HTTP/1.1 200 OK\r\nX-Slow: "[..]), drip(b"x")],
    ),
    over_http("tcp-slow-body", "A body at a byte a second, for ever.", &[Failed(Deadline)], || {
        vec![Step::Listen, head("200 OK", &["Content-Type: text/html"]), drip(b"x")]
    }),
    over_https("tls-stall", "Takes the greeting and says nothing.", &[Failed(TlsTimeout)], || {
        vec![Step::Hold]
    }),
    over_https("tls-slow", "A handshake at a byte a second.", &[Failed(TlsTimeout)], || {
        vec![say([22, 3, 3, 0x40, 0, 2, 0, 0x3f, 0xfc, 3, 3]), drip(b"x")]
    }),
    over_https("tls-reset", "Reset after the greeting.", &[Failed(TlsReset)], || {
        vec![Step::Listen, Step::Reset]
    }),
    over_https("tls-hang-up", "Closed after the greeting.", &[Failed(TlsHandshake)], || {
        vec![Step::Listen]
    }),
    over_https("tls-alert", "A fatal alert.", &[Failed(TlsHandshake)], || {
        vec![Step::Listen, say([21, 3, 3, 0, 2, 2, 40])]
    }),
    over_https("tls-1-0", "A server that knows TLS 1.0 alone.", &[Failed(TlsHandshake)], || {
        vec![Step::Listen, server_hello(1), Step::Hold]
    }),
    over_https("tls-1-1", "A server that knows TLS 1.1 alone.", &[Failed(TlsHandshake)], || {
        vec![Step::Listen, server_hello(2), Step::Hold]
    }),
    over_https("tls-plaintext", "HTTP without TLS on port 443.", &[Failed(TlsHandshake)], || {
        vec![Step::Listen, say(&b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"[..])]
    }),
    over_https("tls-other-protocol", "An SSH server on port 443.", &[Failed(TlsHandshake)], || {
        vec![say(&b"SSH-2.0-OpenSSH_9.6\r\n"[..]), Step::Hold]
    }),
    over_https("tls-garbage", "Random bytes without end.", &[Failed(TlsHandshake)], || {
        vec![Step::Listen, flood([0x16, 3, 3, 0x10, 0, 0xff, 0xee, 0x99, 7], u64::MAX)]
    }),
    over_https(
        "tls-huge-message",
        "A handshake message of 16 MB.",
        &[Failed(TlsHandshake)],
        || {
            let mut record = vec![22, 3, 3, 0x40, 0, 2, 0xff, 0xff, 0xff];
            record.resize(5 + 0x4000, 0);
            let more = [&[22, 3, 3, 0x40, 0][..], &[0; 0x4000]].concat();
            vec![Step::Listen, say(record), flood(more, 1200), Step::Hold]
        },
    ),
    over_tls("tls-good", "A good certificate.", Valid, CertificateKind::Good),
    over_tls("tls-expired", "A certificate whose time is over.", Expired, CertificateKind::Expired),
    over_tls("tls-wrong-name", "For another name.", WrongName, CertificateKind::WrongName),
    over_tls("tls-self-signed", "Signed by itself.", Untrusted, CertificateKind::SelfSigned),
    over_tls("tls-long-chain", "A hundred certificates.", Valid, CertificateKind::LongChain),
    Case::served(
        Group::Tcp,
        "tls-endless-chain",
        "Five thousand certificates, 2 MB.",
        &[Failed(TlsHandshake)],
        Server::Tls(CertificateKind::EndlessChain),
    ),
];

const fn over_http(
    name: &'static str,
    what: &'static str,
    ends: &'static [Ends],
    steps: fn() -> Vec<Step>,
) -> Case {
    Case::served(Group::Tcp, name, what, ends, Server::Connection(80, steps))
}

const fn over_https(
    name: &'static str,
    what: &'static str,
    ends: &'static [Ends],
    steps: fn() -> Vec<Step>,
) -> Case {
    Case::served(Group::Tcp, name, what, ends, Server::Connection(443, steps))
}

const fn over_tls(
    name: &'static str,
    what: &'static str,
    trust: crate::evidence::Trust,
    kind: CertificateKind,
) -> Case {
    let ends: &'static [Ends] = match trust {
        Expired => &[Certificate(Expired)],
        WrongName => &[Certificate(WrongName)],
        Untrusted => &[Certificate(Untrusted)],
        _ => &[Certificate(Valid)],
    };
    Case::served(Group::Tcp, name, what, ends, Server::Tls(kind))
}

/// The greeting of a server of this minor version: RSA with AES-128, no session.
fn server_hello(minor: u8) -> Step {
    let mut record = vec![22, 3, minor, 0, 42, 2, 0, 0, 38, 3, minor];
    record.extend([7; 32]);
    record.extend([0, 0, 0x2f, 0]);
    say(record)
}
