//! Where hosts point: A and AAAA with the whole chain of aliases, over several resolvers.

mod fact;
mod wire;

use super::{Options, ProbeError, VantagePoint, deadline::Deadline, place::Places};
use crate::evidence::{Answer, Dns, Located, Resolution, Vantage};
use fact::{Fact, Kind, Question, merge, settled};
use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Addresses of a host that are kept.
const MAX_ADDRESSES: usize = 64;

/// By then a recursive resolver has itself given up on the zone.
const MAX_TIMEOUT: Duration = Duration::from_secs(10);

/// Before a resolver is asked again.
const PAUSE: Duration = Duration::from_millis(250);

/// The resolvers of a run.
pub(super) struct Resolvers {
    servers: Vec<Server>,
    /// How many must agree that there is nothing.
    agree: usize,
    /// Where hosts are asked for besides.
    vantages: Vec<VantagePoint>,
}

struct Server {
    label: String,
    address: SocketAddr,
}

impl Resolvers {
    /// The resolvers that the options name, else the system's.
    pub(super) fn new(options: &Options) -> Result<Resolvers, ProbeError> {
        let mut servers: Vec<Server> = Vec::new();
        let mut add = |label: String, address: SocketAddr| {
            if !servers.iter().any(|known| known.address == address) {
                servers.push(Server { label, address });
            }
        };
        if options.resolvers.is_empty() {
            for address in system()? {
                add("system".to_owned(), address);
            }
            // The system's stand in for each other; nobody chose them as second opinions.
            return Ok(Resolvers { servers, agree: 1, vantages: options.vantages.clone() });
        }
        options.resolvers.iter().for_each(|address| add(address.to_string(), *address));
        let agree = servers.len().min(2);
        Ok(Resolvers { servers, agree, vantages: options.vantages.clone() })
    }

    /// Resolves a host. Never fails: what went wrong is the outcome.
    pub(super) async fn resolve(&self, host: &str, deadline: Deadline, places: &Places) -> Dns {
        let deadline = deadline.with_step(MAX_TIMEOUT);
        let (mut facts, aaaa) = tokio::join!(
            self.question(host, Question::A, deadline),
            self.question(host, Question::Aaaa, deadline)
        );
        facts.extend(aaaa);
        let dns = self.summary(facts, places);
        tracing::debug!(host, outcome = ?dns.outcome, addresses = dns.addresses.len(), "resolved");
        dns
    }

    /// Asks one resolver after the other until the matter is settled; twice round at most.
    async fn question(&self, host: &str, question: Question, deadline: Deadline) -> Vec<Fact> {
        let mut facts: Vec<Fact> = Vec::new();
        for round in 0..2 {
            if round > 0 {
                tokio::time::sleep(PAUSE).await;
            }
            for (server, at) in self.servers.iter().enumerate() {
                let answered = |f: &Fact| f.server == server && is_answer(f.kind);
                if facts.iter().any(answered) {
                    continue;
                }
                let server_at = wire::Server { address: at.address, client: None };
                let ask = wire::ask(server_at, host, question, deadline.step());
                let (kind, chain, addresses) = match deadline.run(ask).await {
                    Some(said) => (said.kind, said.chain, said.addresses),
                    None => (Kind::Timeout, Vec::new(), Vec::new()),
                };
                facts.push(Fact { server, question, kind, chain, addresses });
                if settled(&facts, self.agree).is_some() || deadline.is_over() {
                    return facts;
                }
            }
        }
        facts
    }

    /// What a host is from each vantage point, all asked at the same time and once.
    pub(super) async fn seen_from_vantages(
        &self,
        host: &str,
        deadline: Deadline,
        places: &Places,
    ) -> Vec<Vantage> {
        let deadline = deadline.with_step(MAX_TIMEOUT);
        let mut seen = Vec::with_capacity(self.vantages.len());
        for points in self.vantages.chunks(2) {
            let (first, second) = (points.first(), points.get(1));
            let one = |point: Option<&VantagePoint>| {
                let point = point.cloned();
                async move {
                    match point {
                        Some(point) => {
                            Some(seen_from_vantage(&point, host, deadline, places).await)
                        }
                        None => None,
                    }
                }
            };
            let (first, second) = tokio::join!(one(first), one(second));
            seen.extend([first, second].into_iter().flatten());
        }
        seen
    }

    fn summary(&self, facts: Vec<Fact>, places: &Places) -> Dns {
        let outcome = merge(&facts, self.agree);
        let chain = facts.iter().find(|f| f.kind == Kind::Addresses && !f.chain.is_empty());
        let chain = chain.or_else(|| facts.iter().max_by_key(|f| f.chain.len()));
        let chain = chain.map(|f| f.chain.clone()).unwrap_or_default();
        let addresses: Vec<IpAddr> = match outcome {
            Resolution::Resolved | Resolution::Disputed => {
                facts.iter().flat_map(|f| f.addresses.iter().copied()).collect()
            }
            _ => Vec::new(),
        };
        Dns {
            outcome,
            chain,
            addresses: located(addresses, places),
            answers: facts.into_iter().map(|fact| self.answer(fact)).collect(),
            vantages: Vec::new(),
        }
    }

    fn answer(&self, mut fact: Fact) -> Answer {
        // Without their time to live and in a fixed order: the same zone, the same record.
        fact.addresses.sort_unstable();
        let aliases = fact.chain.iter().map(|name| format!("CNAME {name}"));
        let question = fact.question.name();
        let addresses = fact.addresses.iter().map(|address| format!("{question} {address}"));
        Answer {
            resolver: self.servers.get(fact.server).map(|s| s.label.clone()).unwrap_or_default(),
            question: question.to_owned(),
            outcome: fact.kind.name().to_owned(),
            records: aliases.chain(addresses).take(MAX_ADDRESSES).collect(),
        }
    }
}

/// What one vantage point is told of a host.
async fn seen_from_vantage(
    point: &VantagePoint,
    host: &str,
    deadline: Deadline,
    places: &Places,
) -> Vantage {
    let server = wire::Server { address: point.resolver, client: point.client };
    let ask = |question| deadline.run(wire::ask(server, host, question, deadline.step()));
    let (a, aaaa) = tokio::join!(ask(Question::A), ask(Question::Aaaa));
    let asked = [(Question::A, a), (Question::Aaaa, aaaa)];
    let facts: Vec<Fact> = asked
        .into_iter()
        .map(|(question, said)| {
            let (kind, chain, addresses) = match said {
                Some(said) => (said.kind, said.chain, said.addresses),
                None => (Kind::Timeout, Vec::new(), Vec::new()),
            };
            Fact { server: 0, question, kind, chain, addresses }
        })
        .collect();
    let outcome = merge(&facts, 1);
    let chain = facts.iter().max_by_key(|fact| fact.chain.len());
    let chain = chain.map(|fact| fact.chain.clone()).unwrap_or_default();
    let addresses = match outcome {
        Resolution::Resolved => facts.into_iter().flat_map(|fact| fact.addresses).collect(),
        _ => Vec::new(),
    };
    let name = point.name.clone();
    Vantage { name, outcome, chain, addresses: located(addresses, places) }
}

/// The addresses in order, each once and with its place.
fn located(mut addresses: Vec<IpAddr>, places: &Places) -> Vec<Located> {
    addresses.sort_unstable();
    addresses.dedup();
    addresses.truncate(MAX_ADDRESSES);
    addresses
        .into_iter()
        .map(|address| Located { address, place: places.locate(address) })
        .collect()
}

/// The names that one look at a site has resolved: each is asked for once.
pub(super) struct Names<'a> {
    resolvers: &'a Resolvers,
    places: &'a Places,
    known: Mutex<HashMap<String, Dns>>,
}

impl<'a> Names<'a> {
    pub(super) fn new(resolvers: &'a Resolvers, places: &'a Places) -> Names<'a> {
        Names { resolvers, places, known: Mutex::default() }
    }

    pub(super) async fn resolve(&self, host: &str, deadline: Deadline) -> Dns {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(dns) = known().get(host) {
            return dns.clone();
        }
        let dns = self.resolvers.resolve(host, deadline, self.places).await;
        known().insert(host.to_owned(), dns.clone());
        dns
    }
}

impl Names<'_> {
    /// What a host is from each vantage point.
    pub(super) async fn seen_from_vantages(&self, host: &str, deadline: Deadline) -> Vec<Vantage> {
        self.resolvers.seen_from_vantages(host, deadline, self.places).await
    }
}

fn is_answer(kind: Kind) -> bool {
    matches!(kind, Kind::Addresses | Kind::NxDomain | Kind::NoData)
}

fn system() -> Result<Vec<SocketAddr>, ProbeError> {
    let (config, _) = hickory_resolver::system_conf::read_system_conf()
        .map_err(|error| ProbeError::Resolver(error.to_string()))?;
    let servers: Vec<SocketAddr> = config
        .name_servers()
        .iter()
        .map(|server| {
            let port = server.connections.first().map_or(53, |connection| connection.port);
            SocketAddr::new(server.ip, port)
        })
        .collect();
    if servers.is_empty() {
        return Err(ProbeError::Resolver("none is configured".to_owned()));
    }
    Ok(servers)
}
