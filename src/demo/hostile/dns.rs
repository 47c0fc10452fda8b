//! Resolvers that lie, stall and shout.

use super::Ends::{Dns, Failed, Numbered};
use super::{Case, Server, Zone};
use crate::evidence::Failure::AddressRefused;
use crate::evidence::Resolution::{ChainTooLong, Loop, Refused, ServFail, Timeout};
use hickory_resolver::proto::op::{Message, Metadata, ResponseCode};
use hickory_resolver::proto::rr::rdata::{CNAME, SOA};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use std::net::{IpAddr, Ipv4Addr};

/// A question about a hostile host.
pub(super) struct Question<'a> {
    pub(super) message: &'a Message,
    /// The name asked for, without the dot at its end, in lower case.
    pub(super) name: &'a str,
    /// The host of the case; the name is it, or one below it.
    pub(super) host: &'a str,
    /// The case's own address.
    pub(super) own: IpAddr,
    pub(super) over_tcp: bool,
    /// How many questions of this kind came before.
    pub(super) before: u32,
}

/// The names that hostile sites lead to: each of these addresses is refused.
pub(super) const INNER: [(&str, IpAddr); 2] = [
    ("inner.hostile.example", IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1))),
    ("metadata.hostile.example", IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254))),
];

pub(super) const CASES: &[Case] = &[
    Case::of_dns("dns-servfail", "Every question is answered SERVFAIL.", &[Dns(ServFail)], |q| {
        code(q, ResponseCode::ServFail)
    }),
    Case::of_dns("dns-refused", "Every question is refused.", &[Dns(Refused)], |q| {
        code(q, ResponseCode::Refused)
    }),
    Case::of_dns(
        "dns-format-error",
        "FORMERR, as old resolvers say to EDNS.",
        &[Dns(ServFail)],
        |q| code(q, ResponseCode::FormErr),
    ),
    Case::of_dns(
        "dns-unknown-code",
        "A response code that nobody has defined.",
        &[Dns(ServFail)],
        |q| {
            let mut bytes = bytes(&answer(q, &[]));
            set(&mut bytes, 3, 0x8f);
            vec![bytes]
        },
    ),
    Case::of_dns("dns-silence", "No answer ever comes.", &[Dns(Timeout)], |_| Vec::new()),
    Case::of_dns("dns-wrong-id", "Answers to another question's number.", &[Dns(Timeout)], |q| {
        vec![forged(q, 0x5555)]
    }),
    Case::of_dns(
        "dns-forgeries",
        "A hundred forged numbers with a false address, then the right answer.",
        &[Numbered],
        |q| {
            let forged = (1..=100).map(|by| forged(q, by));
            forged.chain([bytes(&answer(q, &[q.own]))]).collect()
        },
    ),
    Case::of_dns(
        "dns-wrong-question",
        "The answer repeats another question.",
        &[Dns(Timeout)],
        |q| {
            let mut reply = answer(q, &[q.own]);
            if let (Some(query), Some(other)) = (reply.queries.first_mut(), name("other.example")) {
                query.set_name(other);
            }
            vec![bytes(&reply)]
        },
    ),
    Case::of_dns("dns-garbage", "The right number, then random bytes.", &[Dns(ServFail)], |q| {
        vec![tail(q, &[0xff; 300])]
    }),
    Case::of_dns("dns-empty-packet", "Packets of no bytes, and of one.", &[Dns(Timeout)], |_| {
        vec![Vec::new(), vec![0]]
    }),
    Case::of_dns(
        "dns-pointer-loop",
        "A compressed name that points at itself.",
        &[Dns(ServFail)],
        |q| {
            vec![one_record(q, &[0xc0, at_record(q)], &[0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 1, 2, 3, 4])]
        },
    ),
    Case::of_dns(
        "dns-long-label",
        "A label of 64 bytes, which is a pointer's mark.",
        &[Dns(ServFail)],
        |q| vec![one_record(q, &[&[0x40][..], &[b'a'; 64], &[0]].concat(), &[0, 1, 0, 1])],
    ),
    Case::of_dns(
        "dns-long-name",
        "A name of 2,000 bytes in labels of 63.",
        &[Dns(ServFail)],
        |q| {
            let label = [&[63][..], &[b'a'; 63]].concat();
            let owner = [label.repeat(31), vec![0]].concat();
            vec![one_record(q, &owner, &[0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 1, 2, 3, 4])]
        },
    ),
    Case::of_dns(
        "dns-false-counts",
        "A header that announces 65,535 records and brings one.",
        &[Dns(ServFail)],
        |q| {
            let mut bytes = bytes(&answer(q, &[q.own]));
            set(&mut bytes, 6, 0xff);
            set(&mut bytes, 7, 0xff);
            vec![bytes]
        },
    ),
    Case::of_dns("dns-short-address", "An address of three bytes.", &[Dns(ServFail)], |q| {
        vec![one_record(q, &[0xc0, 12], &[0, 1, 0, 1, 0, 0, 0, 60, 0, 3, 1, 2, 3])]
    }),
    Case::of_dns(
        "dns-stranger",
        "Addresses of names that nobody asked for.",
        &[Dns(ServFail)],
        |q| {
            let mut reply = reply(q);
            let stranger = name("stranger.example");
            let records =
                stranger.into_iter().map(|n| Record::from_rdata(n, 60, RData::from(q.own)));
            reply.add_answers(records);
            vec![bytes(&reply)]
        },
    ),
    Case::of_dns(
        "dns-denied-and-given",
        "NXDOMAIN with an address in the answer.",
        &[Dns(ServFail)],
        |q| {
            let mut reply = answer(q, &[q.own]);
            reply.metadata.response_code = ResponseCode::NXDomain;
            vec![bytes(&reply)]
        },
    ),
    Case::of_dns("dns-truncated", "Cut over UDP, silent over TCP.", &[Dns(Timeout)], |q| {
        match q.over_tcp {
            true => Vec::new(),
            false => vec![bytes(&truncated(q))],
        }
    }),
    Case::of_dns(
        "dns-truncated-garbage",
        "Cut over UDP, random bytes over TCP.",
        &[Dns(ServFail)],
        |q| match q.over_tcp {
            true => vec![tail(q, &[0xff; 60_000])],
            false => vec![bytes(&truncated(q))],
        },
    ),
    Case::of_dns(
        "dns-truncated-twice",
        "Cut over UDP and said to be cut over TCP.",
        &[Numbered],
        |q| {
            let mut reply = answer(q, &[q.own]);
            reply.metadata.truncation = true;
            vec![bytes(&reply)]
        },
    ),
    Case::of_dns("dns-self-alias", "An alias of itself.", &[Dns(Loop)], |q| {
        vec![bytes(&aliases(q, &[q.host.to_owned()]))]
    }),
    Case::of_dns("dns-alias-circle", "Two aliases of each other.", &[Dns(Loop)], |q| {
        vec![bytes(&aliases(q, &[format!("a.{}", q.host), q.host.to_owned()]))]
    }),
    Case::of_dns(
        "dns-chain-of-50",
        "Fifty aliases before the address.",
        &[Dns(ChainTooLong)],
        |q| {
            let chain: Vec<String> = (0..50).map(|i| format!("n{i}.{}", q.host)).collect();
            vec![bytes(&aliases(q, &chain))]
        },
    ),
    Case::of_dns(
        "dns-chain-by-piece",
        "Each answer brings one more alias and never an address.",
        &[Dns(ChainTooLong)],
        |q| vec![bytes(&aliases(q, &[format!("n{}.{}", q.name.len(), q.name)]))],
    ),
    Case::of_dns(
        "dns-lazy-resolver",
        "Each answer brings one more alias; the tenth has the address.",
        &[Numbered],
        |q| match q.name.matches('.').count() {
            dots @ 0..12 => vec![bytes(&aliases(q, &[format!("n{dots}.{}", q.name)]))],
            _ => vec![bytes(&answer(q, &[q.own]))],
        },
    ),
    Case::of_dns(
        "dns-odd-alias",
        "An alias with NUL, escape and newline in its labels.",
        &[Numbered],
        |q| {
            let owner = question_name(q);
            let alias = Name::from_labels([&b"a\0b\x1b[31m"[..], b"c\n<b>", b"example"]).ok();
            let mut reply = reply(q);
            if let Some(alias) = alias {
                let cname = RData::CNAME(CNAME(alias.clone()));
                reply.add_answer(Record::from_rdata(owner, 60, cname));
                push_addresses(&mut reply, q, &alias, &[q.own]);
            }
            vec![bytes(&reply)]
        },
    ),
    Case::of_dns("dns-1000-addresses", "A thousand addresses, over TCP.", &[Numbered], |q| match q
        .over_tcp
    {
        true => {
            let more = (0..1000u16).map(|i| {
                let [high, low] = i.to_be_bytes();
                IpAddr::V4(Ipv4Addr::new(49, 233, high, low))
            });
            let all: Vec<IpAddr> = std::iter::once(q.own).chain(more).collect();
            vec![bytes(&answer(q, &all))]
        }
        false => vec![bytes(&truncated(q))],
    }),
    Case::of_dns(
        "dns-inside",
        "Addresses inside private networks, and in every other refused range.",
        &[Failed(AddressRefused)],
        |q| vec![bytes(&answer(q, &refused()))],
    ),
    Case::of_dns(
        "dns-inside-and-outside",
        "Refused addresses beside a public one, which alone is used.",
        &[Numbered],
        |q| vec![bytes(&answer(q, &[refused(), vec![q.own]].concat()))],
    ),
    Case {
        name: "dns-rebinding",
        group: super::Group::Dns,
        what: "A public address at the first look, a private one when looked at again.",
        ends: &[Failed(AddressRefused)],
        zone: Zone::Says(|q| match q.before {
            0 => vec![bytes(&answer(q, &[q.own]))],
            _ => vec![bytes(&answer(q, &[IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1))]))],
        }),
        server: Server::Closed,
    },
];

/// Addresses that are refused, of both families.
fn refused() -> Vec<IpAddr> {
    let all = [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::1",
        "fd00::1",
        "fe80::1",
        "ff02::1",
    ];
    all.iter().filter_map(|text| text.parse().ok()).collect()
}

/// The usual answer to a question about a host at this address.
pub(super) fn plain(q: &Question<'_>, address: IpAddr) -> Vec<u8> {
    bytes(&answer(q, &[address]))
}

/// What is said of a name that does not exist.
pub(super) fn nobody(q: &Question<'_>) -> Vec<u8> {
    let mut reply = negative(reply(q));
    reply.metadata.response_code = ResponseCode::NXDomain;
    bytes(&reply)
}

fn reply(q: &Question<'_>) -> Message {
    let mut reply = Message::response(q.message.metadata.id, q.message.metadata.op_code);
    reply.metadata = Metadata::response_from_request(&q.message.metadata);
    reply.metadata.recursion_available = true;
    reply.add_queries(q.message.queries.iter().cloned());
    reply
}

fn code(q: &Question<'_>, code: ResponseCode) -> Vec<Vec<u8>> {
    let mut reply = reply(q);
    reply.metadata.response_code = code;
    vec![bytes(&reply)]
}

/// The addresses of the family that was asked for.
fn answer(q: &Question<'_>, addresses: &[IpAddr]) -> Message {
    let mut reply = reply(q);
    push_addresses(&mut reply, q, &question_name(q), addresses);
    reply
}

fn push_addresses(reply: &mut Message, q: &Question<'_>, owner: &Name, addresses: &[IpAddr]) {
    let wanted = q.message.queries.first().map(|query| query.query_type());
    let fits = |address: &&IpAddr| match wanted {
        Some(RecordType::A) => address.is_ipv4(),
        Some(RecordType::AAAA) => address.is_ipv6(),
        _ => false,
    };
    for address in addresses.iter().filter(fits) {
        reply.add_answer(Record::from_rdata(owner.clone(), 0, RData::from(*address)));
    }
    if !addresses.iter().any(|address| fits(&address)) {
        *reply = negative(reply.clone());
    }
}

fn negative(mut reply: Message) -> Message {
    if let (Some(zone), Some(server), Some(desk)) =
        (name("example"), name("ns.example"), name("desk.example"))
    {
        let soa = SOA::new(server, desk, 1, 3600, 600, 86_400, 60);
        reply.add_authority(Record::from_rdata(zone, 60, RData::SOA(soa)));
    }
    reply
}

/// A chain of aliases from the name asked for, and nothing at its end.
fn aliases(q: &Question<'_>, chain: &[String]) -> Message {
    let mut reply = reply(q);
    let mut owner = question_name(q);
    for target in chain.iter().filter_map(|target| name(target)) {
        let cname = RData::CNAME(CNAME(target.clone()));
        reply.add_answer(Record::from_rdata(owner, 60, cname));
        owner = target;
    }
    reply
}

fn truncated(q: &Question<'_>) -> Message {
    let mut reply = reply(q);
    reply.metadata.truncation = true;
    reply
}

/// An answer with a false address under a number that is off by so much.
fn forged(q: &Question<'_>, by: u16) -> Vec<u8> {
    let mut reply = answer(q, &[IpAddr::V4(Ipv4Addr::new(49, 232, 0, 1))]);
    reply.metadata.id = q.message.metadata.id.wrapping_add(by);
    bytes(&reply)
}

/// The number of the question, then these bytes.
fn tail(q: &Question<'_>, rest: &[u8]) -> Vec<u8> {
    [&q.message.metadata.id.to_be_bytes()[..], rest].concat()
}

/// An answer whose one record is this owner and the rest of it, as bytes.
fn one_record(q: &Question<'_>, owner: &[u8], rest: &[u8]) -> Vec<u8> {
    let mut head = bytes(&reply(q));
    set(&mut head, 7, 1);
    [&head, owner, rest].concat()
}

/// Where the first record begins.
fn at_record(q: &Question<'_>) -> u8 {
    u8::try_from(bytes(&reply(q)).len()).unwrap_or(12)
}

fn set(bytes: &mut [u8], at: usize, value: u8) {
    if let Some(byte) = bytes.get_mut(at) {
        *byte = value;
    }
}

fn bytes(message: &Message) -> Vec<u8> {
    message.to_vec().unwrap_or_default()
}

fn name(text: &str) -> Option<Name> {
    Name::from_ascii(format!("{text}.")).ok()
}

fn question_name(q: &Question<'_>) -> Name {
    q.message.queries.first().map(|query| query.name().clone()).unwrap_or_default()
}
