//! The registry of the demo world: an RDAP service and WHOIS servers that speak the real
//! formats, and a registrar that knows what a thin registry does not.

use super::layout;
use super::reply::Reply;
use super::site::Site;
use crate::filing::Domain;
use encoding_rs::GBK;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    fmt::Write as _,
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Whom the prober of the world asks for every suffix it has.
pub(super) const SERVICES: &str = "[[registry]]\n\
    suffixes = [\"example\"]\n\
    rdap = \"https://rdap.nic.example/v1/\"\n\
    whois = \"whois.nic.example\"\n\
    query = \"domain {domain}\"\n\
    referral = true\n\
    hours = 8\n";

/// Servers of the registry and of a registrar, and where they are.
pub(super) const HOSTS: [(&str, IpAddr); 4] = [
    ("rdap.nic.example", address(1)),
    ("whois.nic.example", address(2)),
    ("rdap.registrar.example", address(3)),
    ("whois.registrar.example", address(4)),
];

/// Below those of the sites.
const fn address(last: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(49, 232, 98, last))
}

/// A question is a line.
const MOST_QUESTION: usize = 512;

/// What a site's registration is; what its file leaves out is that of a decent domain.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RegistrationFile {
    /// Who answers: RDAP, or WHOIS where RDAP has no such service.
    pub(super) by: By,
    /// When it was registered, as the server writes it.
    pub(super) registered: String,
    /// When it expires, as the server writes it; empty for none.
    pub(super) expires: String,
    /// In EPP's spelling.
    pub(super) status: Vec<String>,
    /// The registrar's name.
    pub(super) registrar: String,
    /// The registrar's number.
    pub(super) registrar_id: u32,
    /// The holder, as the answer names him; none by default.
    pub(super) registrant: Option<String>,
    /// The registry knows the registrar alone, who knows the holder.
    pub(super) thin: bool,
    /// Where the registrar is said to be asked, other than where it is.
    pub(super) referral: Option<String>,
    /// WHOIS in the format of the .cn registry.
    pub(super) cn: bool,
    /// WHOIS in GBK.
    pub(super) gbk: bool,
    /// What comes in place of an answer.
    pub(super) refused: Option<Refusal>,
}

impl Default for RegistrationFile {
    fn default() -> Self {
        RegistrationFile {
            by: By::Rdap,
            registered: "2015-06-01T03:00:00Z".to_owned(),
            expires: "2031-06-01T03:00:00Z".to_owned(),
            status: vec!["clientTransferProhibited".to_owned()],
            registrar: "Alibaba Cloud Computing (Beijing) Co., Ltd.".to_owned(),
            registrar_id: 420,
            registrant: None,
            thin: false,
            referral: None,
            cn: false,
            gbk: false,
            refused: None,
        }
    }
}

/// Who answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum By {
    #[default]
    Rdap,
    Whois,
}

/// What comes in place of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Refusal {
    /// Too many questions.
    Limited,
    /// No such domain.
    Missing,
}

/// Every domain of the world, as its registry has it.
#[derive(Debug, Default)]
pub(super) struct Registry {
    domains: HashMap<String, RegistrationFile>,
}

impl Registry {
    pub(super) fn of(sites: &[Site]) -> Registry {
        let mut domains: HashMap<String, RegistrationFile> = HashMap::new();
        for site in sites {
            let Ok(domain) = Domain::parse(&site.domain()) else { continue };
            let mut file = site.registration.clone();
            file.registrant = file.registrant.map(|name| layout::fill(site, &name));
            domains.entry(domain.registrable().to_owned()).or_insert(file);
        }
        Registry { domains }
    }

    /// The answers of an RDAP service: the path of the question, and what comes.
    pub(super) fn rdap(&self, host: &str) -> Vec<(String, Reply)> {
        let is_registry = host.contains(".nic.");
        let answers = self.domains.iter().map(|(domain, file)| {
            let (status, body) = match (file.refused, file.by) {
                (Some(Refusal::Limited), _) => (429, error(429, "Too Many Requests")),
                (Some(Refusal::Missing), _) => (404, error(404, "Not Found")),
                (None, By::Whois) => (501, error(501, "Not Implemented")),
                (None, By::Rdap) => (200, file.rdap(domain, is_registry)),
            };
            let mut reply = Reply::of_text(&body.to_string());
            reply.status = status;
            reply.headers = vec![("content-type".to_owned(), "application/rdap+json".to_owned())];
            (format!("/v1/domain/{domain}"), reply)
        });
        answers.collect()
    }

    /// What a WHOIS server answers to a line.
    fn whois(&self, question: &str, is_registry: bool) -> Vec<u8> {
        let domain = question.trim().trim_start_matches("domain ").to_ascii_lowercase();
        let Some(file) = self.domains.get(&domain) else {
            return format!("No match for \"{domain}\".\r\n").into_bytes();
        };
        let text = match file.refused {
            Some(Refusal::Limited) => "Query rate limit exceeded, try again later.\r\n".to_owned(),
            Some(Refusal::Missing) => "No matching record.\r\n".to_owned(),
            None if file.cn => file.whois_cn(&domain),
            None => file.whois(&domain, is_registry),
        };
        match file.gbk {
            true => GBK.encode(&text).0.into_owned(),
            false => text.into_bytes(),
        }
    }
}

impl RegistrationFile {
    fn rdap(&self, domain: &str, is_registry: bool) -> Value {
        let card = |name: &str| {
            json!([
                "vcard",
                [["version", {}, "text", "4.0"], ["fn", {}, "text", ""], ["org", {}, "text", name]]
            ])
        };
        let mut entities = vec![json!({
            "objectClassName": "entity", "roles": ["registrar"],
            "handle": self.registrar_id.to_string(),
            "publicIds": [{"type": "IANA Registrar ID", "identifier": self.registrar_id.to_string()}],
            "vcardArray": ["vcard", [["version", {}, "text", "4.0"],
                ["fn", {}, "text", self.registrar]]],
        })];
        if let Some(registrant) = self.registrant.as_deref().filter(|_| !self.thin || !is_registry)
        {
            entities.push(json!({
                "objectClassName": "entity", "roles": ["registrant"],
                "vcardArray": card(registrant),
            }));
        }
        let mut links = vec![link("self", &format!("https://rdap.nic.example/v1/domain/{domain}"))];
        if self.thin && is_registry {
            links.push(link(
                "related",
                &format!("https://rdap.registrar.example/v1/domain/{domain}"),
            ));
        }
        let event = |action: &str, date: &str| json!({"eventAction": action, "eventDate": date});
        let mut events = vec![event("registration", &self.registered)];
        if !self.expires.is_empty() {
            events.push(event("expiration", &self.expires));
        }
        events.push(event("last update of RDAP database", "2026-11-22T00:00:00Z"));
        json!({
            "rdapConformance": ["rdap_level_0"],
            "objectClassName": "domain",
            "ldhName": domain.to_ascii_uppercase(),
            "links": links,
            "status": self.status.iter().map(|status| spaced(status)).collect::<Vec<_>>(),
            "events": events,
            "entities": entities,
            "secureDNS": {"delegationSigned": false},
        })
    }

    /// As the .cn registry writes it.
    fn whois_cn(&self, domain: &str) -> String {
        let mut text = format!("Domain Name: {domain}\r\nROID: 20990301s10001s00099999-cn\r\n");
        self.write_status(&mut text, "");
        if let Some(registrant) = &self.registrant {
            let _ = write!(text, "Registrant: {registrant}\r\n");
        }
        let (registrar, registered) = (&self.registrar, &self.registered);
        let _ = write!(text, "Sponsoring Registrar: {registrar}\r\n");
        let _ = write!(text, "Name Server: ns1.dns.example\r\nRegistration Time: {registered}\r\n");
        if !self.expires.is_empty() {
            let _ = write!(text, "Expiration Time: {}\r\n", self.expires);
        }
        text.push_str("DNSSEC: unsigned\r\n");
        text
    }

    /// As registries and registrars of generic suffixes write it.
    fn whois(&self, domain: &str, is_registry: bool) -> String {
        let indent = if self.thin && is_registry { "   " } else { "" };
        let mut text = format!("{indent}Domain Name: {}\r\n", domain.to_ascii_uppercase());
        if self.thin && is_registry {
            let referral = self.referral.as_deref().unwrap_or("whois.registrar.example");
            let _ = write!(text, "{indent}Registrar WHOIS Server: {referral}\r\n");
        }
        let (registered, expires) = (&self.registered, &self.expires);
        let _ = write!(text, "{indent}Creation Date: {registered}\r\n");
        if !expires.is_empty() {
            let key = if is_registry {
                "Registry Expiry Date"
            } else {
                "Registrar Registration Expiration Date"
            };
            let _ = write!(text, "{indent}{key}: {expires}\r\n");
        }
        let _ = write!(text, "{indent}Registrar: {}\r\n", self.registrar);
        let _ = write!(text, "{indent}Registrar IANA ID: {}\r\n", self.registrar_id);
        self.write_status(&mut text, indent);
        if let Some(registrant) = self.registrant.as_ref().filter(|_| !self.thin || !is_registry) {
            let _ = write!(text, "{indent}Registrant Organization: {registrant}\r\n");
        }
        text.push_str(">>> Last update of whois database: 2026-11-22T00:00:00Z <<<\r\n");
        text.push_str("\r\nNOTICE: The expiration date displayed in this record is invented.\r\n");
        text
    }

    fn write_status(&self, text: &mut String, indent: &str) {
        for status in &self.status {
            let _ =
                write!(text, "{indent}Domain Status: {status} https://icann.org/epp#{status}\r\n");
        }
    }
}

fn error(code: u16, title: &str) -> Value {
    json!({"rdapConformance": ["rdap_level_0"], "errorCode": code, "title": title})
}

fn link(rel: &str, href: &str) -> Value {
    json!({"rel": rel, "type": "application/rdap+json", "href": href})
}

/// EPP's spelling → RDAP's (RFC 8056): `clientHold` → `client hold`.
fn spaced(status: &str) -> String {
    let mut text = String::new();
    for letter in status.chars() {
        if letter.is_ascii_uppercase() {
            text.push(' ');
        }
        text.push(letter.to_ascii_lowercase());
    }
    if text == "ok" { "active".to_owned() } else { text }
}

/// Plays a WHOIS server, as long as it is polled.
pub(super) async fn serve(listener: TcpListener, registry: Arc<Registry>, is_registry: bool) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    let registry = Arc::clone(&registry);
                    connections.spawn(async move { answer(stream, &registry, is_registry).await });
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn answer(mut stream: TcpStream, registry: &Registry, is_registry: bool) {
    let mut question = Vec::new();
    let mut byte = [0];
    while question.len() < MOST_QUESTION && !question.ends_with(b"\r\n") {
        match stream.read(&mut byte).await {
            Ok(1) => question.extend(byte),
            _ => return,
        }
    }
    let text = registry.whois(&String::from_utf8_lossy(&question), is_registry);
    let _ = stream.write_all(&text).await;
    let _ = stream.shutdown().await;
}
