//! HTTP: walks from an address to a page, hop by hop. Every hop's host is resolved by us,
//! looked at by the guard, connected to at the address that was looked at, and recorded.

mod body;
mod client;
mod cookies;
mod failure;
mod page;
mod robots;
mod stage;
mod target;
mod tls;
mod walk;

pub(super) use walk::Walk;

use super::{Options, ProbeError, SocketTable, guard::Guard, pace::Pace};
use crate::evidence::Visitor;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use std::sync::Arc;
use tls::Tls;
use tokio::sync::Semaphore;
use url::Url;

/// What all walks of a run share.
pub(super) struct Fetcher {
    tls: Tls,
    pub(super) guard: Guard,
    pub(super) pace: Pace,
    headers: HeaderMap,
    /// The headers of other visitors.
    phone: HeaderMap,
    spider: HeaderMap,
    pub(super) proxy: Option<Url>,
    pub(super) sockets: SocketTable,
    /// Pages read at a time: parsing is work for the processor, not waiting.
    readers: Arc<Semaphore>,
    max_body: usize,
    max_redirects: usize,
    both_schemes: bool,
    robots: bool,
    agent: String,
}

impl Fetcher {
    pub(super) fn new(options: &Options) -> Result<Fetcher, ProbeError> {
        let of = |visitor| match options.views.agent(visitor) {
            "" => headers(&options.user_agent),
            agent => headers(agent),
        };
        let width = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Fetcher {
            tls: Tls::new(&options.extra_roots)?,
            guard: Guard::new(options.allow.clone()),
            pace: Pace::new(options.per_host, options.per_address, options.rate),
            headers: headers(&options.user_agent)?,
            phone: of(Visitor::Phone)?,
            spider: of(Visitor::Spider)?,
            proxy: proxy(options.proxy.as_ref())?,
            sockets: options.sockets.clone(),
            readers: Arc::new(Semaphore::new(width)),
            max_body: options.max_body,
            max_redirects: options.max_redirects,
            both_schemes: options.both_schemes,
            robots: options.robots,
            agent: options.user_agent.clone(),
        })
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
            Err(ProbeError::Client(format!("the proxy {url} is not an http:// one")))
        }
        other => Ok(other.cloned()),
    }
}
