//! One question to one resolver: UDP, and TCP where the answer was cut.
//!
//! hickory's `Resolver` would hide what an audit has to tell apart: it drops the aliases of
//! a negative answer, gives up after eight of them, folds loops into a failure, and answers
//! some names itself. So its messages are used, and the answer is read here.

use super::{
    fact::{Kind, MAX_ALIASES, Question},
    heard::Heard,
    said::{Said, Trail},
    shared::Answers,
    udp::{Reply, Sockets},
};
use hickory_resolver::proto::{
    op::{DnsRequest, DnsRequestOptions, Edns, Message, MessageType, Query},
    rr::{
        Name, RecordType,
        rdata::opt::{ClientSubnet, EdnsOption},
    },
};
use ipnet::IpNet;
use std::{
    net::SocketAddr,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, timeout},
};

/// Questions asked to follow one host's aliases where a resolver does not follow them itself:
/// each brings one more, and one too many says so.
const MAX_QUESTIONS: usize = MAX_ALIASES + 1;

/// A resolver that is asked.
pub(super) struct Server {
    address: SocketAddr,
    /// On whose behalf (RFC 7871); `None` is our own, of which nothing is said.
    client: Option<IpNet>,
    sockets: Sockets,
    answers: Answers,
    /// Proved over TCP: it does not repeat the case of letters.
    loses_case: AtomicBool,
}

impl Server {
    pub(super) fn new(address: SocketAddr, client: Option<IpNet>) -> Server {
        Server {
            address,
            client,
            sockets: Sockets::new(address),
            answers: Answers::default(),
            loses_case: AtomicBool::new(false),
        }
    }

    /// Asks for a host's addresses of one family and follows its aliases. An answer to others
    /// will do where it is not older than `since`.
    pub(super) async fn ask(
        &self,
        host: &str,
        question: Question,
        since: Option<Instant>,
        time: Duration,
    ) -> Said {
        let Some(mut trail) = Trail::from(host) else { return Said::default() };
        for _ in 0..MAX_QUESTIONS {
            let asked = (trail.at().clone(), question);
            // What holds this holds it several times over, and a site in flight all of those.
            let asking = Box::pin(self.exchange(trail.at().clone(), question, time));
            match self.answers.share(asked, since, asking).await {
                Ok(heard) if trail.goes_on(&heard) => {}
                Ok(_) => break,
                Err(kind) => return trail.broken_off(kind),
            }
        }
        trail.said()
    }

    async fn exchange(
        &self,
        name: Name,
        question: Question,
        time: Duration,
    ) -> Result<Heard, Kind> {
        let packet = self.packet(name, question)?;
        let reply = self.sockets.ask(packet.clone(), time).await;
        let message = match reply {
            Ok(Some(Reply::Answer(reply))) => message(&reply)?,
            Ok(Some(Reply::OtherCase)) => return self.over_tcp(&packet, question, time).await,
            // No socket is no answer.
            Ok(None) | Err(_) => return Err(Kind::Timeout),
        };
        if message.metadata.truncation {
            return self.over_tcp(&packet, question, time).await;
        }
        Ok(Heard::of(&message, question))
    }

    fn packet(&self, mut name: Name, question: Question) -> Result<Vec<u8>, Kind> {
        let kind = match question {
            Question::A => RecordType::A,
            Question::Aaaa => RecordType::AAAA,
        };
        if !self.loses_case.load(Ordering::Relaxed) {
            name.randomize_label_case();
        }
        let query = Query::query(name, kind);
        let mut request = DnsRequest::from_query(query, DnsRequestOptions::default());
        if let Some(client) = self.client {
            let subnet = ClientSubnet::new(client.network(), client.prefix_len(), 0);
            let edns = request.edns.get_or_insert_with(Edns::new);
            edns.options_mut().insert(EdnsOption::Subnet(subnet));
        }
        request.to_vec().map_err(|_| Kind::Malformed)
    }

    /// Asks the same over TCP, where nobody forges who does not see our packets.
    async fn over_tcp(
        &self,
        packet: &[u8],
        question: Question,
        time: Duration,
    ) -> Result<Heard, Kind> {
        let reply = match timeout(time, converse(self.address, packet)).await {
            Ok(reply) => message(&reply?)?,
            Err(_) => return Err(Kind::Timeout),
        };
        let asked = message_of_question(packet)?;
        if reply.metadata.id != asked.metadata.id || reply.queries != asked.queries {
            return Err(Kind::Malformed);
        }
        let (said, meant) = (reply.queries.first(), asked.queries.first());
        if let (Some(said), Some(meant)) = (said, meant)
            && !said.name().eq_case(meant.name())
            && !self.loses_case.swap(true, Ordering::Relaxed)
        {
            tracing::info!(resolver = %self.address, "this resolver does not keep the case of names");
        }
        Ok(Heard::of(&reply, question))
    }
}

fn message_of_question(packet: &[u8]) -> Result<Message, Kind> {
    Message::from_vec(packet).map_err(|_| Kind::Malformed)
}

/// A reply that is one.
pub(super) fn message(reply: &[u8]) -> Result<Message, Kind> {
    let message = Message::from_vec(reply).map_err(|_| Kind::Malformed)?;
    match message.metadata.message_type {
        MessageType::Response => Ok(message),
        MessageType::Query => Err(Kind::Malformed),
    }
}

async fn converse(server: SocketAddr, question: &[u8]) -> Result<Vec<u8>, Kind> {
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
    Ok(answer)
}
