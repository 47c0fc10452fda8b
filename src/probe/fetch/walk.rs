use super::{
    Fetcher,
    client::{Answered, Call, Caller, Heads, Received},
    cookies::Cookies,
    page::{self, Answer, Pages},
    robots, target,
    tunnel::Tunnels,
};
use crate::evidence::{Attempt, End, Failure, Hop, HopKind, PageSeen, Resolution, Visit, Visitor};
use crate::filing::Homepage;
use crate::metrics::Stage;
use crate::probe::{Exchange, deadline::Deadline, dns::Names, pace::Leave, turn};
use hyper::{HeaderMap, header};
use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use url::{Host, Url};

/// Addresses of one host that are dialled for one hop.
const MAX_DIALLED: usize = 6;

/// A browser that leaves later than that lets its visitor read the page first.
const MAX_REFRESH_SECONDS: u32 = 10;

/// The body of a redirect is read for the record only.
const MAX_REDIRECT_BODY: usize = 64 * 1024;
const REDIRECT_BODY_STEP: Duration = Duration::from_secs(2);

/// The visits to one host.
pub(in crate::probe) struct Walk<'a> {
    pub(super) fetcher: &'a Fetcher,
    headers: &'a HeaderMap,
    names: &'a Names<'a>,
    pub(super) deadline: Deadline,
    pub(super) caller: Caller,
    /// The ways through the operator's proxy, where there is one.
    tunnels: Option<Tunnels>,
    cookies: Cookies,
    /// The address that answered for a host: asked first from then on.
    answering: HashMap<String, IpAddr>,
    exchanges: Vec<Exchange>,
    /// What other walks of the same look have read.
    pages: Option<&'a Pages>,
}

/// What a request came to.
enum Arrived {
    Page(Box<PageSeen>),
    /// A redirect; `None` where its target cannot be followed.
    Redirect(Option<Url>),
}

impl<'a> Walk<'a> {
    pub(in crate::probe) fn new(
        fetcher: &'a Fetcher,
        names: &'a Names<'a>,
        deadline: Deadline,
    ) -> Walk<'a> {
        Walk {
            fetcher,
            headers: &fetcher.headers,
            names,
            deadline: deadline.of_part(),
            caller: Caller::new(fetcher),
            tunnels: fetcher.proxy.clone().map(|proxy| Tunnels::new(proxy, deadline.step())),
            cookies: Cookies::default(),
            answering: HashMap::new(),
            exchanges: Vec::new(),
            pages: None,
        }
    }

    /// Pages that the walks of a look have in common are read once.
    pub(in crate::probe) fn sharing(self, pages: &'a Pages) -> Walk<'a> {
        Walk { pages: Some(pages), ..self }
    }

    /// The walks of another visitor: the same but for how it introduces itself.
    pub(in crate::probe) fn of(
        visitor: Visitor,
        fetcher: &'a Fetcher,
        names: &'a Names<'a>,
        deadline: Deadline,
    ) -> Walk<'a> {
        let headers = match visitor {
            Visitor::Phone => &fetcher.phone,
            Visitor::Spider => &fetcher.spider,
        };
        Walk { headers, ..Walk::new(fetcher, names, deadline) }
    }

    /// https first, http where https gives no page, or both.
    pub(in crate::probe) async fn visit(&mut self, start: &Homepage) -> Visit {
        let https = self.attempt("https", start).await;
        let paged = https.as_ref().and_then(Attempt::answer).is_some_and(PageSeen::is_good);
        let http = match paged && !self.fetcher.both_schemes {
            true => None,
            false => self.attempt("http", start).await,
        };
        Visit { looks: 1, https, http }
    }

    /// What was asked and answered on the way, in order, and how long the walk had to wait
    /// for leave.
    pub(in crate::probe) fn finish(self) -> (Vec<Exchange>, Duration) {
        (self.exchanges, self.deadline.waited())
    }

    /// `None` where there is no time left to begin, or the host makes no URL.
    async fn attempt(&mut self, scheme: &str, start: &Homepage) -> Option<Attempt> {
        let port = start.port.map(|port| format!(":{port}")).unwrap_or_default();
        let mut url = Url::parse(&format!("{scheme}://{}{port}/", start.host)).ok()?;
        if let Ok(with_path) = url.join(&start.path)
            && with_path.host() == url.host()
        {
            url = with_path;
        }
        url.set_fragment(None);
        if scheme == "http" && self.deadline.is_over() {
            return None;
        }
        self.cookies = Cookies::default();
        Some(self.walk(url).await)
    }

    /// From one URL to a page, or to where it breaks off.
    pub(in crate::probe) async fn walk(&mut self, start: Url) -> Attempt {
        if self.fetcher.robots && !self.robots_allow(&start).await {
            let hops = vec![Hop::to(start.as_str(), HopKind::Start)];
            return Attempt { hops, end: End::Failed(Failure::Robots) };
        }
        let mut hops = Vec::new();
        let mut seen: Vec<Url> = vec![start.clone()];
        let (mut url, mut by) = (start, HopKind::Start);
        loop {
            let mut hop = Hop::to(url.as_str(), by);
            let mut news = false;
            let arrived = self.arrive(&url, &mut hop, &mut news).await;
            self.log(&hop, &arrived);
            hops.push(hop);
            let may_go_on = hops.len() <= self.fetcher.max_redirects;
            let failed = |failure| End::Failed(failure);
            let end = match arrived {
                Err(failure) => failed(failure),
                Ok(Arrived::Redirect(None)) => failed(Failure::BadRedirect),
                Ok(Arrived::Redirect(Some(next))) => match revisit(&seen, &next, news) {
                    true => failed(Failure::RedirectLoop),
                    false if !may_go_on => failed(Failure::TooManyRedirects),
                    false => {
                        (url, by) = (next, HopKind::Redirect);
                        seen.push(url.clone());
                        continue;
                    }
                },
                // A refresh that leads back or too far is no more than a page that reloads.
                Ok(Arrived::Page(page)) => match refresh(&url, &page) {
                    Some(next) if may_go_on && !seen.contains(&next) => {
                        (url, by) = (next, HopKind::MetaRefresh);
                        seen.push(url.clone());
                        continue;
                    }
                    _ => End::Answer(page),
                },
            };
            return Attempt { hops, end };
        }
    }

    /// Makes one request and reads what comes. `news` says whether it brought a cookie.
    async fn arrive(
        &mut self,
        url: &Url,
        hop: &mut Hop,
        news: &mut bool,
    ) -> Result<Arrived, Failure> {
        // Given back when the body has been read.
        let (answered, leave) = self.knock(url, hop).await?;
        let status = answered.response.status();
        let headers = answered.response.headers().clone();
        hop.status = Some(status.as_u16());
        hop.server = page::text(&headers, header::SERVER);
        // "Go on", hints, another protocol: no answer to what was asked.
        if status.is_informational() {
            return Err(Failure::BadHttp);
        }
        let host = url.host_str().unwrap_or_default();
        for cookie in headers.get_all(header::SET_COOKIE).iter().filter_map(|c| c.to_str().ok()) {
            *news |= self.cookies.set(host, cookie);
        }
        let location = headers.get(header::LOCATION).map(|value| value.as_bytes());
        let location = location.filter(|bytes| !bytes.trim_ascii().is_empty());
        hop.location = location.map(target::shown);
        let leads = location.filter(|_| matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308));
        let leads = leads.map(|location| target::of_location(url, location));

        let (cap, deadline) = match leads {
            Some(_) => (MAX_REDIRECT_BODY, self.deadline.with_step(REDIRECT_BODY_STEP)),
            None => (self.fetcher.max_body, self.deadline),
        };
        let cap = cap.min(self.fetcher.max_body);
        let (at, heads) = (answered.at, answered.heads);
        let receiving = self.caller.body(answered.response, cap, &deadline);
        let received = turn::timed(Stage::Body, host, receiving).await;
        drop(leave);
        self.record(hop, at, heads, &received);
        if let Some(next) = leads {
            return Ok(Arrived::Redirect(next));
        }
        let page = self.read(url, status.as_u16(), headers, received).await?;
        Ok(Arrived::Page(Box::new(page)))
    }

    async fn read(
        &mut self,
        url: &Url,
        status: u16,
        headers: HeaderMap,
        received: Received,
    ) -> Result<PageSeen, Failure> {
        if let Some(failure) = received.broken {
            return Err(failure);
        }
        let Received { bytes, cut, .. } = received;
        let answer = Answer { url: url.clone(), status, headers, body: bytes, cut };
        let host = url.host_str().unwrap_or_default();
        let reading = turn::timed(Stage::Page, host, self.fetcher.read(answer, self.pages));
        self.deadline.wait(reading).await
    }

    /// Keeps an exchange, where exchanges are kept.
    pub(super) fn record(
        &mut self,
        hop: &Hop,
        at: jiff::Timestamp,
        heads: Option<Heads>,
        received: &Received,
    ) {
        self.exchanges.extend(heads.map(|heads| Exchange {
            url: hop.url.clone(),
            address: hop.address,
            at,
            request: heads.request,
            response_head: heads.answer,
            body: Arc::clone(&received.bytes),
            truncated: received.cut || received.broken.is_some(),
        }));
    }

    /// Dials the addresses of a URL's host one by one until one answers.
    pub(super) async fn knock(
        &mut self,
        url: &Url,
        hop: &mut Hop,
    ) -> Result<(Answered, Leave), Failure> {
        let addresses = self.addresses(url).await?;
        let mut open = Vec::new();
        for address in &addresses {
            let refused = self.fetcher.guard.refuses(*address);
            match refused.filter(|_| !self.fetcher.trusts(url)) {
                None => open.push(*address),
                Some(range) => {
                    tracing::debug!(%url, %address, range, "address refused");
                    hop.tried.push((*address, Failure::AddressRefused));
                }
            }
        }
        if open.is_empty() && !addresses.is_empty() {
            return Err(Failure::AddressRefused);
        }
        if self.fetcher.blind {
            return self.call(url, open.first().copied(), None).await;
        }
        for address in open.into_iter().take(MAX_DIALLED) {
            let called = self.dial(url, address).await;
            if called.as_ref().err().is_none_or(|failure| stood(*failure)) {
                hop.address = Some(address);
                hop.certificate = self.caller.certificate();
            }
            match called {
                Ok(answered) => {
                    self.answering.insert(url.host_str().unwrap_or_default().into(), address);
                    return Ok(answered);
                }
                Err(failure) => hop.tried.push((address, failure)),
            }
            if self.deadline.is_over() {
                return Err(Failure::Deadline);
            }
        }
        Err(verdict(&hop.tried))
    }

    async fn dial(&mut self, url: &Url, address: IpAddr) -> Result<(Answered, Leave), Failure> {
        let port = url.port_or_known_default().ok_or(Failure::BadRedirect)?;
        let sockets = &self.fetcher.sockets;
        let to = SocketAddr::new(address, port);
        let socket = match &mut self.tunnels {
            Some(tunnels) => tunnels.door(to).await.map_err(|_| Failure::Fault)?,
            None if sockets.is_empty() => to,
            None => *sockets.get(&(address, port)).ok_or(Failure::Unreachable)?,
        };
        let called = self.call(url, Some(address), Some(socket)).await;
        let stands = self.tunnels.as_ref().is_none_or(|tunnels| tunnels.stands(address, port));
        // Where the proxy lets nobody through, nothing was learnt about the site.
        let is_known = |failure| stands || failure == Failure::Deadline;
        called.map_err(|failure| if is_known(failure) { failure } else { Failure::Fault })
    }

    async fn call(
        &mut self,
        url: &Url,
        address: Option<IpAddr>,
        socket: Option<SocketAddr>,
    ) -> Result<(Answered, Leave), Failure> {
        let fetcher = self.fetcher;
        let host = url.host_str().unwrap_or_default();
        let leave = self.deadline.wait(fetcher.pace.leave(host, address)).await;
        let call = Call { url, socket, cookie: self.cookies.header(host) };
        let answered = self.caller.call(call, self.headers, &self.deadline).await?;
        Ok((answered, leave))
    }

    /// The addresses of a URL's host, the one that has answered before first. Empty only
    /// where a proxy is to find them: its network may have no DNS of its own.
    async fn addresses(&mut self, url: &Url) -> Result<Vec<IpAddr>, Failure> {
        let host = match url.host().ok_or(Failure::BadRedirect)? {
            Host::Ipv4(v4) => return Ok(vec![v4.into()]),
            Host::Ipv6(v6) => return Ok(vec![v6.into()]),
            Host::Domain(host) => host.trim_end_matches('.'),
        };
        let dns = self.names.resolve(host, &mut self.deadline).await;
        match dns.outcome {
            Resolution::Resolved => {}
            Resolution::NxDomain | Resolution::NoData => return Err(Failure::DnsNone),
            _ if self.fetcher.blind => return Ok(Vec::new()),
            _ if self.deadline.is_over() => return Err(Failure::Deadline),
            _ => return Err(Failure::DnsFailed),
        }
        let mut addresses: Vec<IpAddr> = dns.addresses.iter().map(|at| at.address).collect();
        if let Some(known) = self.answering.get(host) {
            addresses.sort_by_key(|address| address != known);
        }
        Ok(addresses)
    }

    async fn robots_allow(&mut self, start: &Url) -> bool {
        let Ok(url) = start.join("/robots.txt") else { return true };
        let mut hop = Hop::to(url.as_str(), HopKind::Start);
        let Ok((answered, leave)) = self.knock(&url, &mut hop).await else { return true };
        if !answered.response.status().is_success() {
            return true;
        }
        let headers = answered.response.headers();
        let coding = page::text(headers, header::CONTENT_ENCODING);
        let received = self.caller.body(answered.response, robots::MAX_BYTES, &self.deadline).await;
        drop(leave);
        let cap = robots::MAX_BYTES;
        let decoded = super::body::decode(&received.bytes, coding.as_deref(), cap, true);
        let Ok(plain) = decoded else { return true };
        let text = String::from_utf8_lossy(&plain.bytes);
        robots::allows(&text, &self.fetcher.agent, start.path())
    }

    fn log(&self, hop: &Hop, arrived: &Result<Arrived, Failure>) {
        let failure = arrived.as_ref().err().map(|failure| failure.name());
        tracing::debug!(url = %hop.url, address = ?hop.address, status = ?hop.status, failure, "hop");
    }
}

/// Whether a redirect goes in a circle. Once back is no circle where a cookie came on the
/// way: the server may answer whoever brings it.
fn revisit(seen: &[Url], next: &Url, news: bool) -> bool {
    let times = seen.iter().filter(|url| *url == next).count();
    times > usize::from(news)
}

fn refresh(url: &Url, page: &PageSeen) -> Option<Url> {
    let refresh = page.page.as_ref()?.meta_refresh.as_ref()?;
    let soon = refresh.seconds <= MAX_REFRESH_SECONDS && page.status < 300;
    soon.then(|| target::of_text(url, &refresh.url)).flatten()
}

/// Whether a connection stood when a request failed.
fn stood(failure: Failure) -> bool {
    !matches!(
        failure,
        Failure::ConnectRefused
            | Failure::ConnectTimeout
            | Failure::Unreachable
            | Failure::AddressRefused
            | Failure::Deadline
            | Failure::Fault
    )
}

/// What a hop failed of, of all that its addresses failed of: the one that accuses least.
fn verdict(tried: &[(IpAddr, Failure)]) -> Failure {
    let dialled: Vec<_> =
        tried.iter().filter(|(_, failure)| *failure != Failure::AddressRefused).collect();
    // Where IPv4 was tried, IPv6 may just be missing here.
    let has_v4 = dialled.iter().any(|(address, _)| address.is_ipv4());
    let counted = || dialled.iter().filter(|(address, _)| !has_v4 || address.is_ipv4());
    let doubtful = counted().find(|(_, failure)| !failure.is_refusal());
    doubtful.or_else(|| counted().next()).map_or(Failure::AddressRefused, |(_, failure)| *failure)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_hop_is_refused_only_where_every_address_refuses() {
        use Failure::*;
        let (a, b, six) = (ip("47.96.1.1"), ip("47.96.1.2"), ip("2400:3200::1"));
        assert_eq!(verdict(&[(a, ConnectRefused), (b, Reset)]), ConnectRefused);
        assert_eq!(verdict(&[(a, ConnectRefused), (b, ConnectTimeout)]), ConnectTimeout);
        assert_eq!(verdict(&[(a, ConnectRefused), (six, Unreachable)]), ConnectRefused);
        assert_eq!(verdict(&[(six, Unreachable)]), Unreachable);
        assert_eq!(verdict(&[(ip("10.0.0.1"), AddressRefused)]), AddressRefused);
        assert_eq!(
            verdict(&[(ip("10.0.0.1"), AddressRefused), (a, ConnectRefused)]),
            ConnectRefused
        );
        assert_eq!(verdict(&[]), AddressRefused);
    }

    #[test]
    fn a_redirect_back_is_a_circle_unless_a_cookie_came_on_the_way() {
        let url = |path: &str| Url::parse(&format!("https://site.example/{path}")).unwrap();
        assert!(!revisit(&[url("a")], &url("b"), false));
        assert!(revisit(&[url("a"), url("b")], &url("a"), false));
        assert!(!revisit(&[url("a")], &url("a"), true));
        assert!(revisit(&[url("a"), url("a")], &url("a"), true));
    }
}
