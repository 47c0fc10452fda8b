//! One question to one resolver: UDP, and TCP where the answer was cut.
//!
//! hickory's `Resolver` would hide what an audit has to tell apart: it drops the aliases of
//! a negative answer, gives up after eight of them, folds loops into a failure, and answers
//! some names itself. So its transport is used, and the answer is read here.

use super::fact::{Kind, MAX_ALIASES, Question};
use hickory_resolver::{
    net::{
        NetError,
        runtime::TokioRuntimeProvider,
        udp::UdpClientStream,
        xfer::{DnsRequestSender, FirstAnswer},
    },
    proto::{
        op::{DnsRequest, DnsRequestOptions, DnsResponse, Edns, Message, Query, ResponseCode},
        rr::{
            Name, RData, RecordType,
            rdata::opt::{ClientSubnet, EdnsOption},
        },
    },
};
use ipnet::IpNet;
use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Questions asked to follow one host's aliases where a resolver does not follow them itself.
const MAX_QUESTIONS: usize = 6;

/// Who is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Server {
    pub(super) address: SocketAddr,
    /// On whose behalf (RFC 7871); `None` is our own, of which nothing is said.
    pub(super) client: Option<IpNet>,
}

/// What one resolver says of one host.
pub(super) struct Said {
    pub(super) kind: Kind,
    /// Names from the host to the last alias, the host left out.
    pub(super) chain: Vec<String>,
    pub(super) addresses: Vec<IpAddr>,
}

/// Asks for a host's addresses of one family and follows its aliases.
pub(super) async fn ask(server: Server, host: &str, question: Question, timeout: Duration) -> Said {
    let mut said = Said { kind: Kind::Malformed, chain: Vec::new(), addresses: Vec::new() };
    let Ok(mut at) = Name::from_ascii(format!("{}.", host.trim_end_matches('.'))) else {
        return said;
    };
    let mut seen = vec![at.to_lowercase()];
    for _ in 0..MAX_QUESTIONS {
        let response = match exchange(server, &at, question, timeout).await {
            Ok(response) => response,
            Err(kind) => {
                said.kind = kind;
                return said;
            }
        };
        let before = said.chain.len();
        if let Err(kind) = follow(&response, &mut at, &mut seen, &mut said.chain) {
            said.kind = kind;
            return said;
        }
        said.addresses = addresses(&response, &at, question);
        said.kind = match response.response_code {
            ResponseCode::NoError if !said.addresses.is_empty() => Kind::Addresses,
            ResponseCode::NoError => Kind::NoData,
            ResponseCode::NXDomain => Kind::NxDomain,
            ResponseCode::Refused => Kind::Refused,
            ResponseCode::FormErr => Kind::Malformed,
            _ => Kind::ServFail,
        };
        // An alias without its addresses and without the zone's word that there are none:
        // the resolver left the rest to us.
        let unfinished =
            said.kind == Kind::NoData && said.chain.len() > before && response.soa().is_none();
        if !unfinished {
            return said;
        }
    }
    said
}

/// Goes along the answer's aliases.
fn follow(
    response: &Message,
    at: &mut Name,
    seen: &mut Vec<Name>,
    chain: &mut Vec<String>,
) -> Result<(), Kind> {
    loop {
        let alias = response.answers.iter().find_map(|record| match &record.data {
            RData::CNAME(target) if record.name == *at => Some(target.0.to_lowercase()),
            _ => None,
        });
        let Some(target) = alias else { return Ok(()) };
        if seen.contains(&target) {
            return Err(Kind::Loop);
        }
        if chain.len() == MAX_ALIASES {
            return Err(Kind::ChainTooLong);
        }
        chain.push(target.to_ascii().trim_end_matches('.').to_owned());
        seen.push(target.clone());
        *at = target;
    }
}

fn addresses(response: &Message, at: &Name, question: Question) -> Vec<IpAddr> {
    let of_host = response.answers.iter().filter(|record| record.name == *at);
    let found = of_host.filter_map(|record| match (&record.data, question) {
        (RData::A(a), Question::A) => Some(IpAddr::V4(a.0)),
        (RData::AAAA(aaaa), Question::Aaaa) => Some(IpAddr::V6(aaaa.0)),
        _ => None,
    });
    found.collect()
}

async fn exchange(
    server: Server,
    name: &Name,
    question: Question,
    timeout: Duration,
) -> Result<DnsResponse, Kind> {
    let kind = match question {
        Question::A => RecordType::A,
        Question::Aaaa => RecordType::AAAA,
    };
    let mut options = DnsRequestOptions::default();
    // Packets get lost: the question is sent again within its time.
    options.retry_interval = timeout / 4;
    let query = Query::query(name.clone(), kind);
    let mut request = DnsRequest::from_query(query, options);
    if let Some(client) = server.client {
        let subnet = ClientSubnet::new(client.network(), client.prefix_len(), 0);
        let edns = request.edns.get_or_insert_with(Edns::new);
        edns.options_mut().insert(EdnsOption::Subnet(subnet));
    }
    let bytes = request.to_vec().map_err(|_| Kind::Malformed)?;
    let mut stream = UdpClientStream::builder(server.address, TokioRuntimeProvider::new())
        .with_timeout(Some(timeout))
        .build();
    let response = stream.send_message(request).first_answer().await.map_err(|e| failed(&e))?;
    if !response.truncation {
        return Ok(response);
    }
    match tokio::time::timeout(timeout, over_tcp(server.address, &bytes)).await {
        Ok(Ok(whole)) if whole.id == response.id => Ok(whole),
        Ok(Ok(_)) => Err(Kind::Malformed),
        Ok(Err(kind)) => Err(kind),
        Err(_) => Err(Kind::Timeout),
    }
}

fn failed(error: &NetError) -> Kind {
    match error {
        NetError::Proto(_) | NetError::QueryCaseMismatch => Kind::Malformed,
        _ => Kind::Timeout,
    }
}

async fn over_tcp(server: SocketAddr, question: &[u8]) -> Result<DnsResponse, Kind> {
    // A resolver that does not take TCP is no answer, like one that keeps silent.
    let io = |_: std::io::Error| Kind::Timeout;
    let length = u16::try_from(question.len()).map_err(|_| Kind::Malformed)?;
    let mut socket = TcpStream::connect(server).await.map_err(io)?;
    let mut message = length.to_be_bytes().to_vec();
    message.extend_from_slice(question);
    socket.write_all(&message).await.map_err(io)?;
    let length = socket.read_u16().await.map_err(io)?;
    let mut answer = vec![0; usize::from(length)];
    socket.read_exact(&mut answer).await.map_err(io)?;
    DnsResponse::from_buffer(answer).map_err(|_| Kind::Malformed)
}
