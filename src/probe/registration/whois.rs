//! WHOIS (RFC 3912): a line to port 43, text back. Who writes it may use any words and any
//! charset; what is read is `Key: value` in the words that registries and registrars use.

use super::answer::{Answer, name, registrant, status};
use super::date::day;
use super::services::WhoisServer;
use crate::evidence::{RegistrationFailure, Resolution};
use crate::probe::{Exchange, SocketTable, deadline::Deadline, dns::Names, guard::Guard};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// The longest answer that is read; more is none.
const MAX_BYTES: usize = 64 * 1024;
/// Lines of an answer that are read.
const MAX_LINES: usize = 2_000;
/// Addresses of a server that are dialled.
const MAX_DIALLED: usize = 3;

/// What is asked, and whom.
pub(super) struct Question<'a> {
    pub(super) server: &'a WhoisServer,
    pub(super) query: &'a str,
    pub(super) domain: &'a str,
    /// Whether the operator chose the server; one that an answer names is held to the guard.
    pub(super) trusted: bool,
}

/// The line to the servers.
pub(super) struct Line<'a> {
    pub(super) names: &'a Names<'a>,
    pub(super) guard: &'a Guard,
    pub(super) sockets: &'a SocketTable,
}

/// Asks a server; the text as it came, decoded.
pub(super) async fn ask(
    question: &Question<'_>,
    line: &Line<'_>,
    deadline: Deadline,
    exchanges: &mut Vec<Exchange>,
) -> Result<String, RegistrationFailure> {
    let mut failed = RegistrationFailure::Unreachable;
    for address in line.addresses(question, deadline).await.into_iter().take(MAX_DIALLED) {
        let Some(socket) = line.socket(address, question.server.port) else { continue };
        let at = jiff::Timestamp::now();
        let mut body = Vec::new();
        let ended = converse(socket, question.query, &mut body).await;
        if body.is_empty() {
            continue;
        }
        exchanges.push(Exchange {
            url: format!("whois://{}/{}", question.server.host, question.domain),
            address: Some(address),
            at,
            request: format!("{}\r\n", question.query).into_bytes(),
            response_head: Vec::new(),
            body: Arc::new(body.clone().into()),
            truncated: !ended,
        });
        if ended {
            return Ok(decode(&body));
        }
        failed = RegistrationFailure::Malformed;
    }
    Err(failed)
}

impl Line<'_> {
    async fn addresses(&self, question: &Question<'_>, deadline: Deadline) -> Vec<IpAddr> {
        let found = match question.server.host.parse() {
            Ok(address) => vec![address],
            Err(_) => {
                let mut deadline = deadline;
                let dns = self.names.resolve(&question.server.host, &mut deadline).await;
                let is_there = dns.outcome == Resolution::Resolved;
                let there = dns.addresses.into_iter().filter(|_| is_there);
                there.map(|located| located.address).collect()
            }
        };
        let is_open = |address: &IpAddr| question.trusted || self.guard.refuses(*address).is_none();
        found.into_iter().filter(is_open).collect()
    }

    fn socket(&self, address: IpAddr, port: u16) -> Option<SocketAddr> {
        match self.sockets.is_empty() {
            true => Some(SocketAddr::new(address, port)),
            false => self.sockets.get(&(address, port)).copied(),
        }
    }
}

/// Sends the question and reads up to the end; whether that came.
async fn converse(socket: SocketAddr, query: &str, body: &mut Vec<u8>) -> bool {
    let Ok(mut stream) = TcpStream::connect(socket).await else { return false };
    if stream.write_all(format!("{query}\r\n").as_bytes()).await.is_err() {
        return false;
    }
    let mut chunk = [0; 4096];
    loop {
        match stream.read(&mut chunk).await {
            Ok(0) => return true,
            // Some servers end with a reset what others end with a farewell.
            Err(_) => return !body.is_empty(),
            Ok(length) => body.extend_from_slice(chunk.get(..length).unwrap_or_default()),
        }
        if body.len() > MAX_BYTES {
            body.truncate(MAX_BYTES);
            return false;
        }
    }
}

/// UTF-8, else what Chinese registrars wrote before it. Where UTF-8 makes sense of more than it
/// fails of, a few bytes are spoiled and no more: read as GBK, they would make up names.
fn decode(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let spoiled = text.chars().filter(|c| *c == '\u{fffd}').count();
    let sound = text.chars().filter(|c| !c.is_ascii() && *c != '\u{fffd}').count();
    if spoiled <= sound {
        return text.trim_start_matches('\u{feff}').to_owned();
    }
    encoding_rs::GB18030.decode_without_bom_handling(body).0.into_owned()
}

const DOMAIN: &[&str] = &["domain name", "domain", "域名"];
const REGISTERED: &[&str] = &[
    "registration time",
    "creation date",
    "created on",
    "created",
    "created date",
    "registered on",
    "registered",
    "registration date",
    "domain registration date",
    "domain create date",
    "domain record activated",
    "注册时间",
    "注册日期",
];
const EXPIRES: &[&str] = &[
    "expiration time",
    "registry expiry date",
    "expiration date",
    "expiry date",
    "expires on",
    "expires",
    "expire date",
    "paid-till",
    "domain expiration date",
    "registrar registration expiration date",
    "到期时间",
    "过期时间",
    "到期日期",
];
const STATUS: &[&str] = &["domain status", "status", "state", "域名状态"];
const REGISTRAR: &[&str] = &["sponsoring registrar", "registrar", "registrar name", "注册商"];
const REGISTRAR_ID: &[&str] = &["registrar iana id", "sponsoring registrar iana id"];
/// In the order in which they are believed.
const REGISTRANT: &[&str] = &[
    "registrant organization",
    "registrant organisation",
    "registrant",
    "registrant name",
    "注册者",
    "注册人",
];
const REFERRAL: &[&str] = &["registrar whois server", "whois server"];

/// What servers say where there is no such domain: the beginning of a line.
const NOT_FOUND: &[&str] = &[
    "no matching record",
    "no match",
    "not found",
    "domain not found",
    "no data found",
    "no object found",
    "no entries found",
    "object does not exist",
    "the queried object does not exist",
    "domain name not known",
    "the domain has not been registered",
    "status: available",
    "status: free",
];
/// What they say where they were asked too often, anywhere in a short answer.
const LIMITED: &[&str] = &[
    "rate limit",
    "limit exceeded",
    "exceeded the",
    "quota",
    "too many",
    "too fast",
    "access denied",
    "try again later",
    "frequen",
    "blacklist",
    "查询过于频繁",
    "查询频率",
    "请稍后再试",
];

/// Reads the answer to a question for a domain. Times without a zone are `hours` east of UTC.
pub(super) fn read(text: &str, domain: &str, hours: i8) -> Result<Answer, RegistrationFailure> {
    let pairs: Vec<(String, &str)> = text.lines().take(MAX_LINES).filter_map(pair).collect();
    let values = |keys: &[&'static str]| -> Vec<&str> {
        let of_key = |key: &&'static str| {
            let key = *key;
            pairs.iter().filter(move |(own, _)| own == key).map(|(_, value)| *value)
        };
        keys.iter().flat_map(of_key).collect()
    };
    let is_other = |name: &&str| !name.trim_end_matches('.').eq_ignore_ascii_case(domain);
    // A value that is no domain is a heading or a remark.
    let named = values(DOMAIN).into_iter().filter(|name| name.contains('.')).collect::<Vec<_>>();
    if !named.is_empty() && named.iter().all(is_other) && named.iter().all(|n| n.is_ascii()) {
        return Err(RegistrationFailure::Malformed);
    }
    let first_day = |keys| values(keys).into_iter().find_map(|value| day(value, hours));
    let id = values(REGISTRAR_ID).into_iter().find_map(|id| id.parse().ok());
    let answer = Answer {
        registered_on: first_day(REGISTERED),
        expires_on: first_day(EXPIRES),
        status: values(STATUS).into_iter().filter_map(status).collect(),
        registrar: values(REGISTRAR).into_iter().find_map(name),
        registrar_id: id,
        registrant: values(REGISTRANT).into_iter().find_map(registrant),
        referral: values(REFERRAL).into_iter().find(|v| !v.is_empty()).map(str::to_owned),
    };
    let has_dates = answer.registered_on.is_some() || answer.expires_on.is_some();
    if has_dates || answer.registrant.is_some() {
        return Ok(answer);
    }
    Err(why_not(text))
}

/// `Key: value`, the key folded. A bracketed or dotted key (`[Domain Name]`, `domain......:`)
/// is read without its ornaments.
fn pair(line: &str) -> Option<(String, &str)> {
    let line = line.trim();
    let (key, value) = match line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some(pair) => pair,
        None => {
            let at = line.find([':', '：'])?;
            let (key, rest) = line.split_at_checked(at)?;
            (key, rest.trim_start_matches([':', '：']))
        }
    };
    let key: Vec<&str> = key.trim_matches(['.', '%', '*', ' ']).split_whitespace().collect();
    let is_key = (1..=5).contains(&key.len());
    is_key.then(|| (key.join(" ").to_lowercase(), value.trim()))
}

fn why_not(text: &str) -> RegistrationFailure {
    let lines = || {
        text.lines()
            .take(MAX_LINES)
            .map(|line| line.trim().trim_start_matches(['%', '>', '#', ' ']).to_lowercase())
    };
    if lines().any(|line| NOT_FOUND.iter().any(|words| line.starts_with(words))) {
        RegistrationFailure::NotFound
    } else if lines().any(|line| LIMITED.iter().any(|words| line.contains(words))) {
        RegistrationFailure::Limited
    } else {
        RegistrationFailure::Malformed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const CNNIC: &str = "Domain Name: site.example\r\nROID: 20990301s10001s00099999-cn\r\nDomain Status: clientDeleteProhibited\r\nDomain Status: clientTransferProhibited\r\nRegistrant: 示例科技有限公司\r\nRegistrant Contact Email: desk@site.example\r\nSponsoring Registrar: 阿里云计算有限公司（万网）\r\nName Server: ns1.dns.example\r\nRegistration Time: 2015-06-01 23:20:05\r\nExpiration Time: 2031-06-01 23:20:05\r\nDNSSEC: unsigned\r\n";

    const THIN: &str = "   Domain Name: SITE.EXAMPLE\r\n   Registry Domain ID: 999_DOMAIN_TEST\r\n   Registrar WHOIS Server: whois.registrar.example\r\n   Registrar URL: http://www.registrar.example\r\n   Updated Date: 2026-05-01T03:00:00Z\r\n   Creation Date: 2015-06-01T16:30:00Z\r\n   Registry Expiry Date: 2031-06-01T03:00:00Z\r\n   Registrar: Example Registrar Co., Ltd.\r\n   Registrar IANA ID: 9999\r\n   Registrar Abuse Contact Email: desk@registrar.example\r\n   Domain Status: clientTransferProhibited https://icann.org/epp#clientTransferProhibited\r\n   Name Server: NS1.DNS.EXAMPLE\r\n   DNSSEC: unsigned\r\n   URL of the ICANN Whois Inaccuracy Complaint Form: https://www.icann.org/wicf/\r\n>>> Last update of whois database: 2026-11-22T00:00:00Z <<<\r\n\r\nNOTICE: The expiration date displayed in this record is the date the\r\nregistrar's sponsorship of the domain name registration in the registry is\r\ncurrently set to expire. TERMS OF USE: you agree that you may not exceed a rate limit.\r\n";

    const REGISTRAR: &str = "Domain Name: site.example\nRegistrar URL: http://www.registrar.example\nRegistrar Registration Expiration Date: 2031-06-01T03:00:00Z\nRegistrar: Example Registrar Co., Ltd.\nRegistrant Name: Redacted for privacy\nRegistrant Organization: Example Technology Co., Ltd.\nRegistrant State/Province: Zhejiang\n";

    fn of(text: &str) -> Result<Answer, RegistrationFailure> {
        read(text, "site.example", 0)
    }

    #[test]
    fn the_cn_format_is_read_in_chinas_time() {
        let answer = read(CNNIC, "site.example", 8).unwrap();
        assert_eq!(answer.registered_on, Some(date(2015, 6, 1)));
        assert_eq!(answer.expires_on, Some(date(2031, 6, 1)));
        assert_eq!(answer.status, ["clientDeleteProhibited", "clientTransferProhibited"]);
        assert_eq!(answer.registrar.as_deref(), Some("阿里云计算有限公司（万网）"));
        assert_eq!(answer.registrant.as_deref(), Some("示例科技有限公司"));
        assert_eq!(answer.referral, None);
    }

    #[test]
    fn a_thin_answer_names_the_registrar_s_server_and_no_registrant() {
        let answer = of(THIN).unwrap();
        assert_eq!(answer.registered_on, Some(date(2015, 6, 2)));
        assert_eq!(answer.expires_on, Some(date(2031, 6, 1)));
        assert_eq!(answer.registrar_id, Some(9999));
        assert_eq!(answer.referral.as_deref(), Some("whois.registrar.example"));
        assert_eq!((answer.status.len(), answer.registrant), (1, None));
    }

    #[test]
    fn the_registrar_completes_what_the_registry_said() {
        let mut answer = of(THIN).unwrap();
        answer.complete(of(REGISTRAR).unwrap());
        assert_eq!(answer.registrant.as_deref(), Some("Example Technology Co., Ltd."));
        assert_eq!(answer.expires_on, Some(date(2031, 6, 1)));
        assert_eq!(answer.registrar.as_deref(), Some("Example Registrar Co., Ltd."));
    }

    #[test]
    fn gbk_is_read_as_such_and_rubbish_harms_nobody() {
        let (bytes, _, _) = encoding_rs::GB18030.encode(CNNIC);
        let answer = read(&decode(&bytes), "site.example", 8).unwrap();
        assert_eq!(answer.registrant.as_deref(), Some("示例科技有限公司"));
        let utf16: Vec<u8> = CNNIC.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(of(&decode(&utf16)), Err(RegistrationFailure::Malformed));
        // The charset is wrong, the dates are right: no name is made up of its ruins.
        let mut broken = CNNIC.as_bytes().to_vec();
        broken.push(0xff);
        let answer = read(&decode(&broken), "site.example", 8).unwrap();
        assert_eq!(answer.expires_on, Some(date(2031, 6, 1)));
        assert_eq!(answer.registrant.as_deref(), Some("示例科技有限公司"));
        let cut = CNNIC.as_bytes().to_vec();
        let at = CNNIC.find("示例科技").unwrap() + 1;
        let cut = [&cut[..at], &cut[at + 1..]].concat();
        let answer = read(&decode(&cut), "site.example", 8).unwrap();
        assert_eq!((answer.registrant, answer.expires_on), (None, Some(date(2031, 6, 1))));
    }

    #[test]
    fn other_ways_of_writing_keys_are_read() {
        for text in [
            "[Domain Name] site.example\n[Expires on] 2031/06/01\n",
            "domain......: site.example\nexpires.....: 2031-06-01\n",
            "域名：site.example\n到期时间：2031-06-01 10:00:00\n",
            "Domain:  site.example\npaid-till:  2031-06-01T00:00:00Z\n",
        ] {
            assert_eq!(of(text).unwrap().expires_on, Some(date(2031, 6, 1)), "{text}");
        }
    }

    #[test]
    fn no_answer_says_why() {
        for (text, failure) in [
            ("No matching record.\r\n", RegistrationFailure::NotFound),
            (
                "No match for \"SITE.EXAMPLE\".\r\n>>> Last update <<<\r\n",
                RegistrationFailure::NotFound,
            ),
            ("% The queried object does not exist: site.example\n", RegistrationFailure::NotFound),
            ("Queries too frequent, please try again later\n", RegistrationFailure::Limited),
            ("查询过于频繁，请稍后再试\n", RegistrationFailure::Limited),
            ("", RegistrationFailure::Malformed),
            ("<html><body>welcome</body></html>", RegistrationFailure::Malformed),
            (
                "Domain Name: other.example\nExpiration Date: 2020-01-01\n",
                RegistrationFailure::Malformed,
            ),
        ] {
            assert_eq!(of(text), Err(failure), "{text}");
        }
    }

    #[test]
    fn nothing_makes_it_fail() {
        for text in
            ["\0\0\0", ":::::", "[", "]", "：", &"a:b\n".repeat(100_000), &"示".repeat(10_000)]
        {
            assert!(of(text).is_err());
        }
    }
}
