//! The web servers of the demo world.

use super::DemoError;
use super::registry::{HOSTS, Registry};
use super::reply::{Pieces, Reply};
use super::site::{Route, Site};
use http_body_util::Either;
use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response, Version};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{collections::HashMap, convert::Infallible, sync::Arc, time::Duration};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

/// Bytes of a request's head that the sloppy server reads.
const MOST_HEAD: usize = 16 * 1024;

/// Who answers for a host.
#[derive(Debug, Default)]
pub(super) struct Web {
    hosts: HashMap<String, Arc<Answers>>,
}

/// The answers of one site.
#[derive(Debug)]
struct Answers {
    routes: Vec<Rule>,
    page: Reply,
}

/// For which requests a route counts.
#[derive(Debug)]
struct Rule {
    host: Option<String>,
    scheme: Option<String>,
    path: Option<String>,
    agent: Option<String>,
    reply: Reply,
}

/// What a request asks for, and who asks.
#[derive(Clone, Copy)]
struct Asked<'a> {
    host: &'a str,
    scheme: &'a str,
    path: &'a str,
    agent: &'a str,
}

/// What a server can send.
type Sent = Response<Either<Pieces, Empty<Bytes>>>;

impl Web {
    /// The answers of all sites, by every host of theirs.
    pub(super) fn of(sites: &[Site]) -> Result<Web, DemoError> {
        let mut web = Web::default();
        for site in sites {
            let routes = site.web.iter().map(|route| Rule::of(site, route));
            let answers = Arc::new(Answers {
                routes: routes.collect::<Result<_, _>>()?,
                page: Reply::of_page(site, None)?,
            });
            for host in site.hosts() {
                web.hosts.insert(host, Arc::clone(&answers));
            }
        }
        let registry = Registry::of(sites);
        for (host, _) in HOSTS.iter().filter(|(host, _)| host.starts_with("rdap.")) {
            let routes = registry.rdap(host).into_iter().map(|(path, reply)| Rule {
                host: None,
                scheme: None,
                path: Some(path),
                agent: None,
                reply,
            });
            let mut page = Reply::of_text("{\"errorCode\": 404}");
            page.status = 404;
            let answers = Answers { routes: routes.collect(), page };
            web.hosts.insert((*host).to_owned(), Arc::new(answers));
        }
        Ok(web)
    }

    fn reply(&self, asked: &Asked<'_>) -> Reply {
        let path = asked.path;
        let host = asked.host.split(':').next().unwrap_or_default().to_ascii_lowercase();
        let Some(answers) = self.hosts.get(&host) else {
            let mut reply = Reply::of_text("<title>404</title><p>no such site here</p>");
            reply.status = 404;
            return reply;
        };
        let route = answers.routes.iter().find(|rule| rule.fits(&Asked { host: &host, ..*asked }));
        let mut reply = route.map_or(&answers.page, |rule| &rule.reply).clone();
        if path == "/robots.txt" && route.is_none_or(|rule| rule.path.is_none()) {
            reply = Reply::of_text("User-agent: *\nDisallow:\n");
        }
        // A redirect may name the host that was asked for.
        for (name, value) in &mut reply.headers {
            if name == "location" {
                *value = value.replace("{{host}}", &host);
            }
        }
        reply
    }
}

impl Rule {
    fn of(site: &Site, route: &Route) -> Result<Rule, DemoError> {
        Ok(Rule {
            host: route.host.as_deref().map(|name| site.host(name)),
            scheme: route.scheme.clone(),
            path: route.path.clone(),
            agent: route.agent.clone(),
            reply: Reply::of_route(site, route)?,
        })
    }

    fn fits(&self, asked: &Asked<'_>) -> bool {
        let fits = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|w| w == is);
        fits(&self.host, asked.host)
            && fits(&self.scheme, asked.scheme)
            && fits(&self.path, asked.path)
            && self.agent.as_deref().is_none_or(|part| asked.agent.contains(part))
    }
}

/// Plays a web server on a connection.
pub(super) async fn serve_plain(stream: TcpStream, web: Arc<Web>) {
    serve(stream, web, "http").await;
}

/// Plays a web server over TLS on a connection.
pub(super) async fn serve_tls(stream: TcpStream, tls: TlsAcceptor, web: Arc<Web>) {
    if let Ok(stream) = tls.accept(stream).await {
        serve(stream, web, "https").await;
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, web: Arc<Web>, scheme: &'static str) {
    let service = service_fn(move |request: Request<Incoming>| {
        let web = Arc::clone(&web);
        async move { Ok::<_, Infallible>(answer(&web, scheme, &request).await) }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(30))
        .serve_connection(TokioIo::new(stream), service);
    // A client that hangs up, or a body that is meant to break, ends a connection too.
    let _ = connection.await;
}

async fn answer(web: &Web, scheme: &str, request: &Request<Incoming>) -> Sent {
    let header = |name: &str| {
        request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    };
    let (host, agent) = (header("host"), header("user-agent"));
    let reply = web.reply(&Asked { host, scheme, path: request.uri().path(), agent });
    tokio::time::sleep(reply.delay).await;
    let mut response = Response::new(Either::Left(reply.stream()));
    *response.status_mut() = reply.status.try_into().unwrap_or_default();
    if reply.http10 {
        *response.version_mut() = Version::HTTP_10;
    }
    for (name, value) in &reply.headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// Answers one request the way old servers do: bare line feeds, no reason phrase, odd
/// capitals, bytes over 127 in a header, the body up to the end of the connection.
pub(super) async fn serve_sloppy(mut stream: TcpStream, web: &Web) {
    let mut head = Vec::new();
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        let mut more = [0; 1024];
        match stream.read(&mut more).await {
            Ok(length) if length > 0 && head.len() < MOST_HEAD => {
                head.extend_from_slice(more.get(..length).unwrap_or_default());
            }
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or("/");
    let header = |wanted: &str| {
        let value = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case(wanted).then(|| value.trim())
        });
        value.unwrap_or_default()
    };
    let (host, agent) = (header("host"), header("user-agent"));
    let reply = web.reply(&Asked { host, scheme: "http", path, agent });
    let mut answer = format!("HTTP/1.1 {}\nsERVER:  旧服务器/0.9\n", reply.status).into_bytes();
    for (name, value) in &reply.headers {
        answer.extend_from_slice(format!("{}:{value}\n", name.to_uppercase()).as_bytes());
    }
    answer.extend_from_slice(b"X-Empty:\nConnection: close\n\n");
    answer.extend_from_slice(&reply.body);
    let _ = stream.write_all(&answer).await;
    let _ = stream.shutdown().await;
}
