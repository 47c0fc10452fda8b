//! What was seen for one filing: the recording format. Facts only; nothing here
//! judges, and nothing here reads a clock, so that one evidence gives one verdict
//! and the same bytes whenever it is judged.

mod registration;
mod rendering;
mod siblings;

pub use registration::{Registration, RegistrationFailure, RegistryEntry};
pub use rendering::{Area, Frame, Layout, RenderFailure, Rendered, Rendering, Sight, Unseen};
pub use siblings::{Household, Kinship, Member, OneSite, Others, Sharers, Siblings, Twin};

use crate::page::Page;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Everything that was seen for one filing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Apex, www, the homepage's host, filed hosts: in this order, each once.
    pub hosts: Vec<HostEvidence>,
    /// What other filings of the list share with this one; filled between look and judgment.
    #[serde(default)]
    pub siblings: Siblings,
    /// What the domain's registry says; `None` where it was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<Registration>,
    /// What the user's registry file says of this filing's numbers and domain; empty where
    /// there is no such file, or it says nothing of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub registry: Vec<RegistryEntry>,
}

/// What was seen of one host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HostEvidence {
    /// Punycode.
    pub host: String,
    /// Why the host was looked at.
    pub role: Role,
    /// Where it points.
    pub dns: Dns,
    /// What it answered; `None` where it resolves to nothing, DNS could not tell, or the
    /// filing is no website's, so that no page was asked for.
    pub visit: Option<Visit>,
    /// What other visitors than a person at a desk were shown, where that was asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<View>,
    /// What a browser made of it; `None` where none was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rendering: Option<Rendering>,
}

/// The page as another kind of visitor gets it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Who asked.
    pub visitor: Visitor,
    /// The walk.
    pub attempt: Attempt,
}

/// A kind of visitor that a server may tell from a person at a desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visitor {
    /// A phone's browser.
    Phone,
    /// A search engine's crawler.
    Spider,
}

impl View {
    /// Whether it broke off for want of time, ours or theirs.
    fn ran_out_of_time(&self) -> bool {
        use Failure::{ConnectTimeout, Deadline, ReadTimeout, TlsTimeout};
        matches!(
            self.attempt.end,
            End::Failed(ConnectTimeout | Deadline | ReadTimeout | TlsTimeout)
        )
    }
}

impl Evidence {
    /// Whether a verdict could rest on something that another look, some time later, may
    /// show otherwise: a name that does not resolve, a failure, an error status.
    pub fn needs_second_look(&self) -> bool {
        self.hosts.iter().any(HostEvidence::needs_second_look)
    }
}

impl HostEvidence {
    /// A host of which no more than its DNS is known.
    pub fn of_dns(host: String, role: Role, dns: Dns) -> HostEvidence {
        HostEvidence { host, role, dns, visit: None, views: Vec::new(), rendering: None }
    }

    /// Every walk that was made from it, other visitors' included.
    pub fn attempts(&self) -> impl Iterator<Item = &Attempt> {
        let visits = self.visit.iter().flat_map(Visit::attempts);
        visits.chain(self.views.iter().map(|view| &view.attempt))
    }

    /// What the browser showed, where it showed anything.
    pub fn rendered(&self) -> Option<&Rendered> {
        match self.rendering.as_ref()? {
            Rendering::Shown(rendered) => Some(rendered),
            Rendering::Failed(_) => None,
        }
    }

    /// The same for one host; no more after two looks that agree.
    pub fn needs_second_look(&self) -> bool {
        match &self.visit {
            _ if self.dns.outcome != Resolution::Resolved => true,
            // Only our own handshake failed: a visitor sees the page.
            Some(_)
                if self.rendered().is_some_and(|shown| shown.status.is_some_and(|s| s < 400)) =>
            {
                false
            }
            // No more than its addresses was asked for.
            None => false,
            Some(visit) => {
                let best = visit.best().and_then(Attempt::answer);
                let is_good = best.is_some_and(PageSeen::is_good);
                visit.looks < 2 && (!is_good || self.views.iter().any(View::ran_out_of_time))
            }
        }
    }
}

/// Why a host was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The filed domain itself.
    Apex,
    /// `www.` before it.
    Www,
    /// The host of the filed homepage.
    Homepage,
    /// A further host that the filing names.
    Filed,
}

/// Where a host points: what each resolver said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dns {
    /// What A and AAAA came to over all resolvers and retries.
    pub outcome: Resolution,
    /// The names from the host to the last alias, the host itself left out; empty without a CNAME.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<String>,
    /// The addresses, sorted, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Located>,
    /// Each question and what became of it, for the evidence file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
    /// What each vantage point was told; empty where only one place was asked from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vantages: Vec<Vantage>,
}

/// What one vantage point was told: a resolver of another network, or a client subnet (EDNS)
/// that the resolver was asked on behalf of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vantage {
    /// The name the settings give it.
    pub name: String,
    /// What it came to.
    pub outcome: Resolution,
    /// The names from the host to the last alias; empty without a CNAME.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<String>,
    /// The addresses, sorted, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Located>,
}

/// What the resolution of a host came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// There are addresses.
    Resolved,
    /// The name does not exist; where there are several resolvers, two agree.
    NxDomain,
    /// The name exists and has no address; where there are several resolvers, two agree.
    NoData,
    /// Every resolver failed to get an answer from the zone (SERVFAIL, lame).
    ServFail,
    /// Every resolver refused us.
    Refused,
    /// No answer in time.
    #[default]
    Timeout,
    /// The aliases go round in a circle.
    Loop,
    /// More than 16 aliases.
    ChainTooLong,
    /// The resolvers contradict each other.
    Disputed,
}

impl Resolution {
    /// Whether DNS itself answered: there is an address, or there surely is none.
    pub fn is_answer(self) -> bool {
        matches!(self, Resolution::Resolved | Resolution::NxDomain | Resolution::NoData)
    }
}

/// One question to one resolver.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// `address:port` of the resolver, or `system`.
    pub resolver: String,
    /// `A` or `AAAA`.
    pub question: String,
    /// `addresses`, `nxdomain`, `nodata`, `servfail`, `refused`, `timeout`, `loop`, `chain_too_long`, `malformed`.
    pub outcome: String,
    /// The records of the answer in their usual notation, at most 64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<String>,
}

/// An address and where it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Located {
    /// The address.
    pub address: IpAddr,
    /// Where it is.
    pub place: Place,
}

/// Where an address is, and whose network it lies in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The region.
    pub region: Region,
    /// ISO code of the country where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The network, where the table knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
}

/// The region of an address, as filing law divides the world.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    /// Mainland China.
    Mainland,
    /// 香港
    HongKong,
    /// 澳门
    Macau,
    /// 台湾
    Taiwan,
    /// Elsewhere.
    Abroad,
    /// The sources disagree.
    Disputed,
    /// Private, loopback, documentation and the like: no public site.
    Reserved,
    /// The table does not tell.
    #[default]
    Unknown,
}

/// The network that an address lies in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// Autonomous system number; 0 where the user gave the provider (`--place`).
    pub asn: u32,
    /// Key into `config/providers.toml`, where the network's owner is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// A cloud's or CDN's own network: who serves from it is that provider's customer.
    /// False for carriers and data centres, who lend addresses to other providers.
    pub certain: bool,
}

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
}

/// One request and what came back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hop {
    /// The URL asked for.
    pub url: String,
    /// What led here.
    pub by: HopKind,
    /// The address connected to; `None` where no connection stood or a proxy made it.
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
