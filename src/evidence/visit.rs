use crate::page::Page;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// The visits to one host: https first, http where https gave no page (or on request both).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    /// How many looks, some time apart, this outcome rests on: 1 or 2.
    pub looks: u8,
    /// Over https.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub https: Option<Attempt>,
    /// Over http.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http: Option<Attempt>,
}

impl Visit {
    /// The attempt that rules judge: the one that brought a page; of two, the one with
    /// the better status, https before http. Where none did, https's.
    pub fn best(&self) -> Option<&Attempt> {
        let rank = |a: &&Attempt| match &a.end {
            End::Answer(answer) if answer.status < 400 => 0,
            End::Answer(_) => 1,
            End::Failed(_) => 2,
        };
        [self.https.as_ref(), self.http.as_ref()].into_iter().flatten().min_by_key(rank)
    }

    /// The attempts that were made.
    pub fn attempts(&self) -> impl Iterator<Item = &Attempt> {
        [self.https.as_ref(), self.http.as_ref()].into_iter().flatten()
    }
}

/// One walk from an address to a page, or to where it broke off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// The hops, first to last; the last one's is the page's URL. Never empty.
    pub hops: Vec<Hop>,
    /// How it ended.
    pub end: End,
}

impl Attempt {
    /// One request that this page answered; `digest` tells its body from others.
    pub fn answered(hop: Hop, digest: impl Into<String>, page: Page) -> Attempt {
        let hop = Hop { status: Some(200), ..hop };
        let seen = PageSeen {
            status: 200,
            content_type: None,
            bytes: 0,
            digest: digest.into(),
            page: Some(page),
        };
        Attempt { hops: vec![hop], end: End::Answer(Box::new(seen)) }
    }

    /// The URL of the last hop.
    pub fn last_url(&self) -> &str {
        self.hops.last().map_or("", |hop| hop.url.as_str())
    }

    /// The answer, where there was one.
    pub fn answer(&self) -> Option<&PageSeen> {
        match &self.end {
            End::Answer(answer) => Some(answer),
            End::Failed(_) => None,
        }
    }

    pub(super) fn page_mut(&mut self) -> Option<&mut Page> {
        match &mut self.end {
            End::Answer(answer) => answer.page.as_mut(),
            End::Failed(_) => None,
        }
    }
}

/// One request and what came back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hop {
    /// The URL asked for.
    pub url: String,
    /// What led here.
    pub by: HopKind,
    /// The address connected to; `None` where no connection stood or a proxy chose it.
    pub address: Option<IpAddr>,
    /// Addresses that were tried before or in vain, and how each failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<(IpAddr, Failure)>,
    /// HTTP status; `None` where none came.
    pub status: Option<u16>,
    /// The `Location` header as sent, decoded leniently, at most 2,048 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The `Server` header, at most 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// What the certificate said; `None` over http.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Certificate>,
}

impl Hop {
    /// A hop to this URL of which nothing is known yet.
    pub fn to(url: impl Into<String>, by: HopKind) -> Hop {
        Hop {
            url: url.into(),
            by,
            address: None,
            tried: Vec::new(),
            status: None,
            location: None,
            server: None,
            certificate: None,
        }
    }
}

/// What led to a hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HopKind {
    /// The first one.
    Start,
    /// An HTTP redirect.
    Redirect,
    /// A meta refresh.
    MetaRefresh,
}

/// Facts of a server's certificate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    /// What a browser would say of it.
    pub trust: Trust,
    /// Names it is for, at most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// Who issued it, as the certificate says.
    pub issuer: String,
    /// First and last moment, RFC 3339 in UTC.
    pub not_before: String,
    /// Last moment, RFC 3339 in UTC.
    pub not_after: String,
}

/// What a browser would say of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// Good.
    Valid,
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// It is for other names.
    WrongName,
    /// Self-signed, or its issuer is not trusted.
    Untrusted,
    /// It cannot be read, or is broken otherwise.
    Malformed,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// An answer that is not a redirect we follow.
    Answer(Box<PageSeen>),
    /// No answer.
    Failed(Failure),
}

/// An answer as received.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageSeen {
    /// HTTP status.
    pub status: u16,
    /// The `Content-Type` header, at most 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Decoded bytes read.
    pub bytes: u64,
    /// SHA-256 of the decoded body, hex.
    pub digest: String,
    /// The page model; `None` where the answer is no HTML or text.
    pub page: Option<Page>,
}

impl PageSeen {
    /// Whether this is what a visitor calls a page: HTML or text, and no error.
    pub fn is_good(&self) -> bool {
        self.status < 400 && self.page.is_some()
    }
}

/// Every way in which looking at a site can fail. The names are stable: they stand in
/// `audits.jsonl` and `summary.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The host of a hop does not exist or has no address.
    DnsNone,
    /// The host of a hop could not be resolved.
    DnsFailed,
    /// The connection was refused (RST to our SYN).
    ConnectRefused,
    /// The network says that it cannot be reached.
    Unreachable,
    /// No connection in time.
    ConnectTimeout,
    /// The connection was reset during the TLS handshake.
    TlsReset,
    /// The TLS handshake failed otherwise: protocol, cipher, alert.
    TlsHandshake,
    /// The TLS handshake did not end in time.
    TlsTimeout,
    /// The connection was reset after the request was sent.
    Reset,
    /// The server closed the connection without an answer.
    Closed,
    /// No answer, or not the whole of it, in time.
    ReadTimeout,
    /// The answer is not HTTP, or its headers are over the limits.
    BadHttp,
    /// The body broke off or could not be decompressed.
    BadBody,
    /// More redirects than we follow.
    TooManyRedirects,
    /// The redirects go round in a circle.
    RedirectLoop,
    /// The target of a redirect cannot be followed (no URL, not http).
    BadRedirect,
    /// The address is one that the crawler refuses to connect to.
    AddressRefused,
    /// robots.txt, which the setting has us ask, wants us to stay away.
    Robots,
    /// The site's deadline ran out.
    Deadline,
    /// A fault of ours.
    Fault,
}

impl Failure {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Failure::DnsNone => "dns_none",
            Failure::DnsFailed => "dns_failed",
            Failure::ConnectRefused => "connect_refused",
            Failure::Unreachable => "unreachable",
            Failure::ConnectTimeout => "connect_timeout",
            Failure::TlsReset => "tls_reset",
            Failure::TlsHandshake => "tls_handshake",
            Failure::TlsTimeout => "tls_timeout",
            Failure::Reset => "reset",
            Failure::Closed => "closed",
            Failure::ReadTimeout => "read_timeout",
            Failure::BadHttp => "bad_http",
            Failure::BadBody => "bad_body",
            Failure::TooManyRedirects => "too_many_redirects",
            Failure::RedirectLoop => "redirect_loop",
            Failure::BadRedirect => "bad_redirect",
            Failure::AddressRefused => "address_refused",
            Failure::Robots => "robots",
            Failure::Deadline => "deadline",
            Failure::Fault => "fault",
        }
    }

    /// Whether the other side surely turned us away: nothing listens, or it hung up.
    /// A timeout or a TLS alert may be our own fault and is never one of these.
    pub fn is_refusal(self) -> bool {
        matches!(self, Failure::ConnectRefused | Failure::TlsReset | Failure::Reset)
    }
}
