//! The resolvers of the demo world: UDP and TCP, answering as a recursive resolver does.

use super::DemoError;
use super::site::Site;
use hickory_resolver::proto::op::{Message, Metadata, ResponseCode};
use hickory_resolver::proto::rr::rdata::opt::{EdnsCode, EdnsOption};
use hickory_resolver::proto::rr::rdata::{CNAME, SOA};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use ipnet::IpNet;
use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::Instant,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

/// Seconds that an answer may be kept.
const TTL: u32 = 60;
/// Aliases that one answer holds: a resolver gives up somewhere too.
const MOST_ALIASES: usize = 32;

/// Places from which the world is looked at besides, as site files name them: the first is a
/// resolver of its own, the second a subnet that the first resolver answers in its own way.
pub(super) const VANTAGES: [&str; 2] = ["overseas", "unicom"];
/// The subnet of the second.
pub(super) const SUBNET: &str = "123.125.0.0/16";

/// Whose answers a zone holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// The first resolver.
    First,
    /// The second resolver.
    Second,
    /// The resolver that is a vantage point.
    Overseas,
}

/// What one resolver knows.
#[derive(Debug, Default)]
pub(super) struct Zone {
    names: HashMap<String, Entry>,
    /// What clients of a subnet are told otherwise.
    line: Option<(IpNet, HashMap<String, Entry>)>,
}

/// What is said of one name.
#[derive(Debug, Default)]
struct Entry {
    addresses: Vec<IpAddr>,
    alias: Option<String>,
    manner: Manner,
    asked: OnceLock<Instant>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Manner {
    #[default]
    Answer,
    NxDomain,
    NoData,
    ServFail,
    Refused,
    Silence,
    /// Silent at first, then the answer.
    Late,
}

impl Zone {
    /// The zones of all sites as a resolver has them.
    pub(super) fn of(sites: &[Site], view: View) -> Result<Zone, DemoError> {
        let mut zone = Zone::default();
        for (host, address) in super::registry::HOSTS {
            let entry = Entry { addresses: vec![address], ..Entry::default() };
            zone.names.insert(host.to_owned(), entry);
        }
        let mut line = HashMap::new();
        for site in sites {
            let told = site.vantage.get("unicom").filter(|_| view == View::First);
            for (name, answers) in told.into_iter().flatten() {
                line.insert(site.host(name), Entry::parse(site, answers)?);
            }
            for (name, answers) in records(site, view) {
                let entry = Entry::parse(site, &answers)?;
                let host = site.host(&name);
                if zone.names.insert(host.clone(), entry).is_some() {
                    return Err(DemoError::site(
                        &site.name,
                        format!("{host} stands in another zone too"),
                    ));
                }
            }
        }
        zone.line = SUBNET.parse().ok().map(|net| (net, line));
        Ok(zone)
    }

    /// What clients of the question's subnet (RFC 7871) are told of a name.
    fn entry(&self, name: &str, request: &Message) -> Option<&Entry> {
        let own = self.line.as_ref().filter(|(net, _)| is_from(net, request));
        own.and_then(|(_, line)| line.get(name)).or_else(|| self.names.get(name))
    }

    /// The answer to a message; `None` where the resolver stays silent.
    fn answer(&self, bytes: &[u8]) -> Option<Message> {
        let request = Message::from_vec(bytes).ok()?;
        let query = request.queries.first()?;
        let mut reply = Message::response(request.metadata.id, request.metadata.op_code);
        reply.metadata = Metadata::response_from_request(&request.metadata);
        reply.metadata.recursion_available = true;
        reply.add_query(query.clone());
        if let Some(edns) = &request.edns {
            reply.set_edns(edns.clone());
        }
        let mut owner = query.name().clone();
        for _ in 0..MOST_ALIASES {
            let Some(entry) = self.entry(&plain(&owner), &request) else {
                return Some(negative(reply, ResponseCode::NXDomain));
            };
            match entry.manner_now() {
                Manner::Silence | Manner::Late => return None,
                Manner::NxDomain => return Some(negative(reply, ResponseCode::NXDomain)),
                Manner::NoData => return Some(negative(reply, ResponseCode::NoError)),
                Manner::ServFail => return Some(failed(reply, ResponseCode::ServFail)),
                Manner::Refused => return Some(failed(reply, ResponseCode::Refused)),
                Manner::Answer => {}
            }
            let Some(alias) = &entry.alias else {
                return Some(entry.with_addresses(reply, &owner, query.query_type()));
            };
            let target = Name::from_ascii(format!("{alias}.")).ok()?;
            let seen = reply.answers.iter().any(|record| record.name == owner);
            if seen {
                return Some(reply);
            }
            reply.add_answer(Record::from_rdata(owner, TTL, RData::CNAME(CNAME(target.clone()))));
            owner = target;
        }
        Some(reply)
    }
}

impl Entry {
    fn parse(site: &Site, answers: &[String]) -> Result<Entry, DemoError> {
        let mut entry = Entry::default();
        for answer in answers {
            match answer.as_str() {
                "nxdomain" => entry.manner = Manner::NxDomain,
                "nodata" => entry.manner = Manner::NoData,
                "servfail" => entry.manner = Manner::ServFail,
                "refused" => entry.manner = Manner::Refused,
                "silence" => entry.manner = Manner::Silence,
                "late" => entry.manner = Manner::Late,
                "address" => entry.addresses.push(site.address()),
                other => match (other.parse(), other.strip_prefix("alias ")) {
                    (Ok(address), _) => entry.addresses.push(address),
                    (_, Some(target)) => entry.alias = Some(site.host(target)),
                    _ => {
                        return Err(DemoError::site(
                            &site.name,
                            format!("no answer of a zone: {other}"),
                        ));
                    }
                },
            }
        }
        Ok(entry)
    }

    /// A late answer comes once some time has passed since the first question.
    fn manner_now(&self) -> Manner {
        if self.manner == Manner::Late
            && self.asked.get_or_init(Instant::now).elapsed() >= super::ports::RECOVERY
        {
            return Manner::Answer;
        }
        self.manner
    }

    fn with_addresses(&self, mut reply: Message, owner: &Name, wanted: RecordType) -> Message {
        let fits = |address: &&IpAddr| match wanted {
            RecordType::A => address.is_ipv4(),
            RecordType::AAAA => address.is_ipv6(),
            _ => false,
        };
        for address in self.addresses.iter().filter(fits) {
            reply.add_answer(Record::from_rdata(owner.clone(), TTL, RData::from(*address)));
        }
        if self.addresses.iter().any(|address| fits(&address)) {
            return reply;
        }
        negative(reply, ResponseCode::NoError)
    }
}

/// Every address that a name of the site has, in order and each once.
pub(super) fn addresses(site: &Site) -> Vec<IpAddr> {
    let mut found: Vec<IpAddr> = [View::First, View::Second]
        .into_iter()
        .flat_map(|view| records(site, view))
        .flat_map(|(_, answers)| answers)
        .filter_map(|answer| match answer.as_str() {
            "address" => Some(site.address()),
            other => other.parse().ok(),
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Names and answers of a site's zone, defaults filled in.
fn records(site: &Site, view: View) -> BTreeMap<String, Vec<String>> {
    let usual = || vec!["address".to_owned()];
    let mut records = BTreeMap::from([("@".to_owned(), usual()), ("www".to_owned(), usual())]);
    records.extend(site.zone.clone());
    match view {
        View::First => {}
        View::Second => records.extend(site.second.clone()),
        View::Overseas => records.extend(site.vantage.get("overseas").cloned().unwrap_or_default()),
    }
    records
}

/// Whether a question is asked on behalf of a client in this subnet.
fn is_from(net: &IpNet, request: &Message) -> bool {
    let option = request.edns.as_ref().and_then(|edns| edns.option(EdnsCode::Subnet));
    matches!(option, Some(EdnsOption::Subnet(client)) if net.contains(&client.addr()))
}

fn plain(name: &Name) -> String {
    name.to_ascii().trim_end_matches('.').to_ascii_lowercase()
}

fn failed(mut reply: Message, code: ResponseCode) -> Message {
    reply.metadata.response_code = code;
    reply
}

fn negative(mut reply: Message, code: ResponseCode) -> Message {
    reply.metadata.response_code = code;
    if let (Ok(zone), Ok(server), Ok(desk)) = (
        Name::from_ascii("example."),
        Name::from_ascii("ns.example."),
        Name::from_ascii("desk.example."),
    ) {
        let soa = SOA::new(server, desk, 1, 3600, 600, 86_400, TTL);
        reply.add_authority(Record::from_rdata(zone, TTL, RData::SOA(soa)));
    }
    reply
}

/// Answers questions over UDP, as long as it is polled.
pub(super) async fn serve_udp(socket: UdpSocket, zone: Arc<Zone>) {
    let mut buffer = vec![0; 4096];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else { continue };
        let Some(reply) = zone.answer(buffer.get(..length).unwrap_or_default()) else { continue };
        let Ok(mut bytes) = reply.to_vec() else { continue };
        if bytes.len() > usize::from(reply.max_payload()) {
            let Ok(cut) = reply.truncate().to_vec() else { continue };
            bytes = cut;
        }
        let _ = socket.send_to(&bytes, from).await;
    }
}

/// Answers questions over TCP, as long as it is polled.
pub(super) async fn serve_tcp(listener: TcpListener, zone: Arc<Zone>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(converse(stream, Arc::clone(&zone)));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn converse(mut stream: TcpStream, zone: Arc<Zone>) {
    loop {
        let Ok(length) = stream.read_u16().await else { return };
        let mut bytes = vec![0; usize::from(length)];
        if stream.read_exact(&mut bytes).await.is_err() {
            return;
        }
        // A silent name is silent over TCP too: the question is read and nothing comes.
        let Some(reply) = zone.answer(&bytes) else { continue };
        let Ok(bytes) = reply.to_vec() else { return };
        let Ok(length) = u16::try_from(bytes.len()) else { return };
        let framed = [&length.to_be_bytes()[..], &bytes].concat();
        if stream.write_all(&framed).await.is_err() {
            return;
        }
    }
}
