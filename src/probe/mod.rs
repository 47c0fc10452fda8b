//! Looking at sites: DNS, places of addresses, HTTP. Writes down what it sees as
//! [`crate::evidence`] and judges nothing.

#[cfg(feature = "browser")]
mod browser;
mod deadline;
mod dns;
mod fetch;
pub mod guard;
mod look;
mod pace;
pub mod place;
pub mod registration;
mod render;
pub mod turn;
pub mod views;
#[cfg(feature = "browser")]
mod wanted;

#[doc(hidden)]
pub use dns::read_answer;
pub use render::{BrowserOptions, Render, end_browsers};

use crate::evidence::{Attempt, Evidence};
use crate::filing::Filing;
use deadline::Deadline;
use dns::{Names, Resolvers};
pub use fetch::Body;
use fetch::{Fetcher, Walk};
use place::Places;
use registration::Registries;
use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

/// How to look.
#[derive(Clone, Debug)]
pub struct Options {
    /// Resolvers to ask; none means the system's.
    pub resolvers: Vec<SocketAddr>,
    /// Where hosts are asked for besides, to compare.
    pub vantages: Vec<VantagePoint>,
    /// How registries are asked; `None` where they are not.
    pub registration: Option<registration::Settings>,
    /// One step: a DNS question, a connection, a handshake, the wait for the next bytes.
    pub timeout: Duration,
    /// One site in all.
    pub deadline: Duration,
    /// Decoded bytes of a body.
    pub max_body: usize,
    /// Requests a second in all; none means as many as the width allows.
    pub rate: Option<u32>,
    /// Hosts resolved at a time.
    pub resolving: usize,
    /// Requests at a time in all.
    pub requests: usize,
    /// Requests at a time to one host.
    pub per_host: usize,
    /// Requests at a time to one address.
    pub per_address: usize,
    /// Redirects that are followed.
    pub max_redirects: usize,
    /// Whether http is asked also where https gave a page.
    pub both_schemes: bool,
    /// Whether robots.txt is asked first.
    pub robots: bool,
    /// Whether requests and answers are kept as they were on the wire ([`Look::exchanges`]).
    pub keep_exchanges: bool,
    /// The `User-Agent` header.
    pub user_agent: String,
    /// Other visitors than the one that this header names.
    pub views: views::Views,
    /// A proxy for all requests. It is given the addresses that we have looked up and checked.
    pub proxy: Option<url::Url>,
    /// Whether the proxy is given names instead, and finds addresses that nobody has checked:
    /// for networks that have no DNS of their own.
    pub proxy_resolves: bool,
    /// Networks that the crawler may connect to although it refuses such addresses.
    pub allow: Vec<ipnet::IpNet>,
    /// Further trusted roots, DER.
    pub extra_roots: Vec<Vec<u8>>,
    /// Which pages are looked at through a browser.
    pub render: Render,
    /// The browser; `None` where there is none.
    pub browser: Option<BrowserOptions>,
    /// Where an (address, port) is reached in fact; empty but for the demo world and tests.
    /// Where it is not empty, nothing outside of it can be reached.
    pub sockets: SocketTable,
}

impl Options {
    /// Whether hosts are asked for by name at a proxy.
    fn is_blind(&self) -> bool {
        self.proxy.is_some() && self.proxy_resolves
    }
}

/// A place from which a host may be told something else: a resolver of another network, or a
/// client subnet that a resolver is asked on behalf of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VantagePoint {
    /// What people call it.
    pub name: String,
    /// The resolver.
    pub resolver: SocketAddr,
    /// The subnet (EDNS client subnet, RFC 7871) where the resolver is to answer as for it.
    pub client: Option<ipnet::IpNet>,
}

/// (address, port) as the world has it → the socket that plays it.
pub type SocketTable = HashMap<(IpAddr, u16), SocketAddr>;

/// The prober: one for a run.
pub struct Probe {
    options: Options,
    resolvers: Resolvers,
    places: Places,
    fetcher: Fetcher,
    #[cfg(feature = "browser")]
    browsers: Option<browser::Browsers>,
    registries: Option<Registries>,
}

/// What a look brought.
#[derive(Debug)]
pub struct Look {
    /// What was seen.
    pub evidence: Evidence,
    /// The exchanges behind it, in order, for the evidence file.
    pub exchanges: Vec<Exchange>,
    /// What a browser showed, for the evidence file.
    pub shots: Vec<Shot>,
}

/// A page as a browser showed it.
#[derive(Clone, Debug)]
pub struct Shot {
    /// The host that was looked at.
    pub host: String,
    /// The address at which the browser ended.
    pub url: String,
    /// When it set out.
    pub at: jiff::Timestamp,
    /// The document, HTML in UTF-8: shadow roots and frames of the site in their places,
    /// scripts left out, what is hidden marked so.
    pub document: Vec<u8>,
    /// The picture, PNG.
    pub picture: Option<Vec<u8>>,
}

/// One request and its answer as they were on the wire.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The URL asked for; `whois://server/domain` for a WHOIS answer, whose text is
    /// the body and has no head.
    pub url: String,
    /// The address connected to.
    pub address: Option<IpAddr>,
    /// When the request was sent.
    pub at: jiff::Timestamp,
    /// Request line and headers, ending in an empty line.
    pub request: Vec<u8>,
    /// Status line and headers, ending in an empty line; transfer coding taken off.
    pub response_head: Vec<u8>,
    /// The body as received: still compressed where the headers say so. Who reads the page
    /// shares it.
    pub body: Arc<Body>,
    /// Whether the body was cut at the cap or broke off.
    pub truncated: bool,
}

/// Why a prober cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// A root certificate cannot be read.
    #[error("a trusted root certificate cannot be used: {0}")]
    Root(String),
    /// The system's resolvers cannot be found out.
    #[error("the system's resolvers cannot be read: {0}; name one with --resolver")]
    Resolver(String),
    /// The HTTP client cannot be built.
    #[error("the HTTP client cannot be built: {0}")]
    Client(String),
}

impl Probe {
    /// Makes a prober.
    ///
    /// # Errors
    /// Where the options name something that cannot be used.
    pub fn new(options: Options, places: Places) -> Result<Probe, ProbeError> {
        let resolvers = Resolvers::new(&options)?;
        let fetcher = Fetcher::new(&options)?;
        let registries = match &options.registration {
            Some(settings) => Some(Registries::new(settings.clone(), &options)?),
            None => None,
        };
        #[cfg(feature = "browser")]
        let browsers = match options.render {
            Render::Never => None,
            _ => options.browser.clone().map(browser::Browsers::new),
        };
        Ok(Probe {
            options,
            resolvers,
            places,
            fetcher,
            registries,
            #[cfg(feature = "browser")]
            browsers,
        })
    }

    /// Looks at one site. Never fails: what went wrong is part of the evidence.
    pub async fn look(&self, filing: &Filing) -> Look {
        self.look_at_site(filing).await
    }

    /// Walks from one URL to a page as a visit of a site does, once.
    pub async fn walk(&self, start: url::Url) -> Attempt {
        let deadline = Deadline::new(self.options.deadline, self.options.timeout);
        let names = Names::new(&self.resolvers, &self.places);
        Walk::new(&self.fetcher, &names, deadline).walk(start).await
    }

    /// Looks a second time, some time later, at what failed the first time, and returns both
    /// looks as one: a page that came now counts, a failure that came twice is confirmed
    /// (`looks` = 2).
    pub async fn look_again(&self, filing: &Filing, first: &Evidence) -> Look {
        self.look_at_failed(filing, first).await
    }
}
