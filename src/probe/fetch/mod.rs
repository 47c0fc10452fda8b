//! HTTP: walks from an address to a page, hop by hop. Every hop's host is resolved by us,
//! looked at by the guard, connected to at the address that was looked at, and recorded.

mod body;
mod client;
mod cookies;
mod document;
mod failure;
mod line;
mod page;
mod robots;
mod room;
mod target;
mod tls;
pub(super) mod tunnel;
mod walk;
mod wire;

pub(super) use page::Pages;
pub use room::Body;
pub(super) use walk::Walk;

use super::{
    Options, ProbeError, SocketTable,
    guard::Guard,
    pace::{Pace, Widths},
};
use crate::evidence::Visitor;
use hyper::{
    HeaderMap,
    header::{self, HeaderName, HeaderValue},
};
use room::Room;
use std::sync::Arc;
use tls::Tls;
use tokio::sync::Semaphore;
use url::Url;

/// What all walks of a run share.
pub(super) struct Fetcher {
    tls: Arc<Tls>,
    pub(super) guard: Guard,
    pub(super) pace: Pace,
    headers: HeaderMap,
    /// The headers of other visitors.
    phone: HeaderMap,
    spider: HeaderMap,
    pub(super) proxy: Option<Url>,
    /// Whether the proxy finds hosts by itself.
    pub(super) blind: bool,
    pub(super) sockets: SocketTable,
    /// Pages read at a time: parsing is work for the processor, not waiting.
    readers: Arc<Semaphore>,
    room: Room,
    max_body: usize,
    max_redirects: usize,
    both_schemes: bool,
    robots: bool,
    keep_exchanges: bool,
    agent: String,
    /// Hosts and ports that the operator has chosen himself: the guard does not apply to them.
    trusted: Vec<(String, u16)>,
}

impl Fetcher {
    pub(super) fn new(options: &Options) -> Result<Fetcher, ProbeError> {
        let of = |visitor| match options.views.agent(visitor) {
            "" => headers(&options.user_agent),
            agent => headers(agent),
        };
        let width = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Fetcher {
            tls: Arc::new(Tls::new(&options.extra_roots)?),
            guard: Guard::new(options.allow.clone()),
            pace: Pace::new(Widths {
                host: options.per_host,
                address: options.per_address,
                all: options.requests,
                rate: options.rate,
            }),
            headers: headers(&options.user_agent)?,
            phone: of(Visitor::Phone)?,
            spider: of(Visitor::Spider)?,
            proxy: proxy(options.proxy.as_ref())?,
            blind: options.is_blind(),
            sockets: options.sockets.clone(),
            readers: Arc::new(Semaphore::new(width)),
            room: Room::default(),
            max_body: options.max_body,
            max_redirects: options.max_redirects,
            both_schemes: options.both_schemes,
            robots: options.robots,
            keep_exchanges: options.keep_exchanges,
            agent: options.user_agent.clone(),
            trusted: Vec::new(),
        })
    }

    /// What asks registries: small JSON answers of servers that the operator has chosen, which
    /// keep a pace of their own.
    pub(super) fn of_registries(
        options: &Options,
        trusted: Vec<(String, u16)>,
        max_body: usize,
    ) -> Result<Fetcher, ProbeError> {
        let mut fetcher = Fetcher::new(options)?;
        let accept = HeaderValue::from_static("application/rdap+json, application/json;q=0.9");
        fetcher.headers.insert(header::ACCEPT, accept);
        fetcher.headers.remove(header::UPGRADE_INSECURE_REQUESTS);
        Ok(Fetcher { trusted, max_body, robots: false, ..fetcher })
    }

    fn trusts(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default();
        let is_it = |(name, at): &(String, u16)| name == host && Some(*at) == port;
        self.trusted.iter().any(is_it)
    }
}

/// A browser's headers that name the program.
fn headers(user_agent: &str) -> Result<HeaderMap, ProbeError> {
    let agent = HeaderValue::from_str(user_agent)
        .map_err(|_| ProbeError::Client(format!("{user_agent:?} is no User-Agent")))?;
    let fixed: [(HeaderName, &str); 4] = [
        (header::ACCEPT, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
        (header::ACCEPT_ENCODING, "gzip, deflate, br"),
        (header::ACCEPT_LANGUAGE, "zh-CN,zh;q=0.9,en;q=0.8"),
        (header::UPGRADE_INSECURE_REQUESTS, "1"),
    ];
    let mut headers = HeaderMap::new();
    headers.insert(header::USER_AGENT, agent);
    headers.extend(fixed.map(|(name, value)| (name, HeaderValue::from_static(value))));
    Ok(headers)
}

/// Only plain proxies: the certificate of another would be taken for the site's.
fn proxy(proxy: Option<&Url>) -> Result<Option<Url>, ProbeError> {
    match proxy {
        Some(url) if url.scheme() != "http" => {
            // Not the URL itself: it may hold a password.
            let scheme = url.scheme();
            Err(ProbeError::Client(format!("the proxy is to be an http:// one, not {scheme}://")))
        }
        other => Ok(other.cloned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_that_cannot_be_used_is_refused_without_its_password() {
        let url = Url::parse("socks5://desk:secret@10.0.0.8:1080").unwrap();
        let error = proxy(Some(&url)).unwrap_err().to_string();
        assert!(error.contains("socks5") && !error.contains("secret"), "{error}");
    }
}
