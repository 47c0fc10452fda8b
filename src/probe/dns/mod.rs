//! Where hosts point: A and AAAA with the whole chain of aliases, over several resolvers.

mod fact;
mod heard;
mod said;
mod shared;
mod udp;
mod wire;

use super::{Options, ProbeError, deadline::Deadline, place::Places, turn};
use crate::evidence::{Answer, Dns, Located, Resolution, Vantage};
use crate::metrics::Stage;
use fact::{Fact, Kind, Question, merge, settled};
use said::Said;
pub use said::read_answer;
use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::Semaphore, time::Instant};

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
    /// Hosts resolved at a time. Who has a turn waits for nothing but the network.
    turns: Semaphore,
    /// Where hosts are asked for besides: what people call it, and who is asked.
    vantages: Vec<(String, wire::Server)>,
}

struct Server {
    label: String,
    address: SocketAddr,
    wire: wire::Server,
}

impl Resolvers {
    /// The resolvers that the options name, else the system's.
    pub(super) fn new(options: &Options) -> Result<Resolvers, ProbeError> {
        let mut servers: Vec<Server> = Vec::new();
        let mut add = |label: String, address: SocketAddr| {
            if !servers.iter().any(|known| known.address == address) {
                servers.push(Server { label, address, wire: wire::Server::new(address, None) });
            }
        };
        let turns = Semaphore::new(options.resolving.clamp(1, Semaphore::MAX_PERMITS));
        let vantages = options.vantages.iter();
        let vantages: Vec<_> = vantages
            .map(|point| (point.name.clone(), wire::Server::new(point.resolver, point.client)))
            .collect();
        if options.resolvers.is_empty() {
            for address in system()? {
                add("system".to_owned(), address);
            }
            // The system's stand in for each other; nobody chose them as second opinions.
            return Ok(Resolvers { servers, agree: 1, turns, vantages });
        }
        options.resolvers.iter().for_each(|address| add(address.to_string(), *address));
        let agree = servers.len().min(2);
        Ok(Resolvers { servers, agree, turns, vantages })
    }

    /// Resolves a host. Never fails: what went wrong is the outcome. Answers that others were
    /// given at `since` or later will do.
    async fn resolve(
        &self,
        host: &str,
        since: Option<Instant>,
        deadline: Deadline,
        places: &Places,
    ) -> Dns {
        let deadline = deadline.with_step(MAX_TIMEOUT);
        let (mut facts, aaaa) = tokio::join!(
            self.question(host, Question::A, since, deadline),
            self.question(host, Question::Aaaa, since, deadline)
        );
        facts.extend(aaaa);
        let dns = self.summary(facts, places);
        tracing::debug!(host, outcome = ?dns.outcome, addresses = dns.addresses.len(), "resolved");
        dns
    }

    /// Asks one resolver after the other until the matter is settled; twice round at most.
    async fn question(
        &self,
        host: &str,
        question: Question,
        since: Option<Instant>,
        deadline: Deadline,
    ) -> Vec<Fact> {
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
                let ask = at.wire.ask(host, question, since, deadline.step());
                facts.push(fact(server, question, deadline.run(ask).await));
                if settled(&facts, self.agree).is_some() || deadline.is_over() {
                    return facts;
                }
            }
        }
        facts
    }

    /// What a host is from each vantage point, all asked at the same time and once.
    async fn seen_from_vantages(
        &self,
        host: &str,
        since: Option<Instant>,
        deadline: Deadline,
        places: &Places,
    ) -> Vec<Vantage> {
        let deadline = deadline.with_step(MAX_TIMEOUT);
        let mut seen = Vec::with_capacity(self.vantages.len());
        for points in self.vantages.chunks(2) {
            let one = |point| seen_from_vantage(point, host, since, deadline, places);
            let (first, second) = tokio::join!(one(points.first()), one(points.get(1)));
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

/// What became of one question to one resolver; `None` is that time ran out.
fn fact(server: usize, question: Question, said: Option<Said>) -> Fact {
    let Said { kind, chain, addresses } =
        said.unwrap_or_else(|| Said { kind: Kind::Timeout, ..Said::default() });
    Fact { server, question, kind, chain, addresses }
}

/// What one vantage point is told of a host.
async fn seen_from_vantage(
    point: Option<&(String, wire::Server)>,
    host: &str,
    since: Option<Instant>,
    deadline: Deadline,
    places: &Places,
) -> Option<Vantage> {
    let (name, server) = point?;
    let ask = |question| deadline.run(server.ask(host, question, since, deadline.step()));
    let (a, aaaa) = tokio::join!(ask(Question::A), ask(Question::Aaaa));
    let facts = vec![fact(0, Question::A, a), fact(0, Question::Aaaa, aaaa)];
    let outcome = merge(&facts, 1);
    let chain = facts.iter().max_by_key(|fact| fact.chain.len());
    let chain = chain.map(|fact| fact.chain.clone()).unwrap_or_default();
    let addresses = match outcome {
        Resolution::Resolved => facts.into_iter().flat_map(|fact| fact.addresses).collect(),
        _ => Vec::new(),
    };
    Some(Vantage { name: name.clone(), outcome, chain, addresses: located(addresses, places) })
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
    /// What others were told before will not do.
    since: Option<Instant>,
    known: Mutex<HashMap<String, Dns>>,
}

impl<'a> Names<'a> {
    pub(super) fn new(resolvers: &'a Resolvers, places: &'a Places) -> Names<'a> {
        Names { resolvers, places, since: None, known: Mutex::default() }
    }

    /// The names of a second look: everything is asked for anew.
    pub(super) fn anew(resolvers: &'a Resolvers, places: &'a Places) -> Names<'a> {
        Names { since: Some(Instant::now()), ..Names::new(resolvers, places) }
    }

    /// Resolves a host in its turn; the site gets the time back that it waits for one.
    pub(super) async fn resolve(&self, host: &str, deadline: &mut Deadline) -> Dns {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(dns) = known().get(host) {
            return dns.clone();
        }
        let turn = deadline.wait(self.resolvers.turns.acquire()).await;
        let resolving = self.resolvers.resolve(host, self.since, *deadline, self.places);
        let dns = turn::timed(Stage::Dns, host, resolving).await;
        drop(turn);
        known().insert(host.to_owned(), dns.clone());
        dns
    }

    /// What a host is from each vantage point.
    pub(super) async fn seen_from_vantages(&self, host: &str, deadline: Deadline) -> Vec<Vantage> {
        self.resolvers.seen_from_vantages(host, self.since, deadline, self.places).await
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
