//! A fixture: one filing and what was seen of it, in short-hand.
//!
//! ```toml
//! today = "2026-11-22"              # the day of judgment; this one by default
//! profile = "tolerant"              # a reading of config/rules.toml
//! settings = "[readings]\n…"        # a user's file over it
//! speaks = ["DNS003", "DNS004"]     # every rule that speaks; bad-*: by default its own, good-*: none
//! same_subject = ["other.example"]  # domains that the list files under the same subject
//! siblings = { … }                  # what else the list has in common with it, as in `Siblings`
//! page = '''<html>…'''              # the homepage; by default one that breaks no rule
//! www = false                       # no www host; by default it redirects to the first host
//!
//! [expect]                          # of the rule's own verdict, where it matters
//! verdict = "review"                # bad-*: `fail` by default
//! level = "warning"
//! hosts = ["www.site.example"]
//! found = "198.51.100.20"           # a part of the text, in either language
//! remedy = "© 示例商城"              # a part of the remedy that is of this case
//! reason = "yields"                 # of `na`
//!
//! [filing]                          # by field names, as strings; see `Filing` in this file
//! domain = "site.example"
//! addresses = ["1.2.3.4", "1.2.3.8-1.2.3.15"]
//!
//! [[registry]]                      # what the registry file says, as in `RegistryEntry`
//! domain = "site.example"
//!
//! [[host]]                          # the first is the domain itself where `host` is missing
//! dns = "resolved"                  # resolved nx_domain no_data serv_fail refused timeout loop …
//! chain = ["site.cdn.example"]
//! addresses = ["1.2.3.4 mainland aliyun", "5.6.7.8 mainland telecom?"]   # `?`: not certain
//! looks = 2
//! https = "connect_refused"         # how it failed, or a walk:
//! http = { status = 301, location = "https://…", failed = "connect_refused", … }
//! page = '''…'''                    # this host's page
//! view = [{ visitor = "phone", page = '''…''', … }]   # what another visitor got; a walk
//! rendered = '''…'''                # the document as a browser shows it; `true`: as served
//! rendered_at = "https://…"          # where the browser ended; by default where the walk did
//! rendered_status = 500              # 200 by default
//! unsettled = true                   # it still changed when it was read
//! missing = 2                        # scripts and style sheets that did not come
//! height = 4000                      # of the page, in CSS pixels; 3000 by default, 1280 wide
//! rendering = "hung"                 # the browser failed, and how
//!
//! [[host.number]]                    # how the numbers are laid out, in page order; by default
//! sight = "covered"                  # seen, 40 pixels above the page's end; `unknown`, or why not
//! from_foot = 40
//! x = 560
//! target = "https://…"               # where a click leads
//! covered_by = "div.mask"            # what lies over the link
//!
//! [[host.frame]]                     # frames of other sites that were looked into
//! url = "https://…"
//! page = '''…'''
//! [[host.vantage]]                  # what another place sees
//! name = "overseas"
//! dns = "nx_domain"                # resolved by default
//! chain = ["site.cdn.example"]
//! addresses = ["1.2.3.4 hong_kong"]
//!
//! [registration]                    # what the registry says; see `beian::evidence::Registration`
//! expires_on = "2027-03-01"
//! status = ["clientHold"]
//! ```
//! A host that resolves and says neither `https` nor `http` shows its page over https.

use beian::evidence::{
    Area, Attempt, Certificate, Dns, End, Evidence, Failure, Frame, Hop, HopKind, HostEvidence,
    Layout, Located, Network, PageSeen, Place, Region, Registration, RegistryEntry, Rendered,
    Rendering, Resolution, Role, Siblings, Sight, Trust, Vantage, View, Visit,
};
use beian::filing::{
    AddressRange, Domain, FiledNumber, FiledPolice, Filing, Homepage, ServiceType, Status,
};
use beian::page;
use beian::policy::{Level, Policy};
use beian::record::{Province, find_police};
use jiff::civil::{Date, date};
use serde::Deserialize;
use serde::de::{DeserializeOwned, value::StrDeserializer};
use sha2::{Digest, Sha256};
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::LazyLock;

/// One fixture.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    today: Option<Date>,
    profile: Option<String>,
    #[serde(default)]
    settings: String,
    pub(super) speaks: Option<Vec<String>>,
    #[serde(default)]
    same_subject: Vec<String>,
    #[serde(default)]
    siblings: Siblings,
    #[serde(default)]
    registry: Vec<RegistryEntry>,
    page: Option<String>,
    #[serde(default = "yes")]
    www: bool,
    #[serde(default)]
    pub(super) expect: Expect,
    filing: Row,
    #[serde(default)]
    host: Vec<HostRow>,
    registration: Option<RegistrationRow>,
}

fn yes() -> bool {
    true
}

/// What the rule's own verdict has to be.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expect {
    pub(super) verdict: Option<String>,
    pub(super) level: Option<Level>,
    pub(super) hosts: Option<Vec<String>>,
    pub(super) found: Option<String>,
    pub(super) expected: Option<String>,
    pub(super) remedy: Option<String>,
    pub(super) reason: Option<String>,
}

/// The row of the list.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    domain: String,
    record_number: Option<String>,
    subject_number: Option<String>,
    licence: Option<String>,
    service_name: Option<String>,
    subject_name: Option<String>,
    subject_kind: Option<String>,
    province: Option<String>,
    #[serde(default)]
    addresses: Vec<String>,
    #[serde(default)]
    hosts: Vec<String>,
    providers: Option<Vec<String>>,
    police_number: Option<String>,
    status: Option<String>,
    service_type: Option<String>,
    approved_on: Option<Date>,
    opened_on: Option<Date>,
    homepage: Option<String>,
    written_domain: Option<String>,
    content_kind: Option<String>,
    pre_approvals: Option<String>,
    remark: Option<String>,
    platform: Option<String>,
    subject_id_kind: Option<String>,
    subject_id: Option<String>,
    id_expires_on: Option<Date>,
    legal_representative: Option<String>,
    subject_owner: Option<String>,
    authority: Option<String>,
    owner: Option<String>,
    phone: Option<String>,
    email: Option<String>,
}

/// What was seen of one host.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct HostRow {
    host: Option<String>,
    role: Option<String>,
    dns: Option<String>,
    #[serde(default)]
    chain: Vec<String>,
    addresses: Option<Vec<String>>,
    looks: Option<u8>,
    https: Option<Walk>,
    http: Option<Walk>,
    page: Option<String>,
    #[serde(default)]
    vantage: Vec<VantageRow>,
    rendered: Option<Document>,
    rendered_at: Option<String>,
    rendered_status: Option<u16>,
    #[serde(default)]
    unsettled: bool,
    #[serde(default)]
    missing: u32,
    height: Option<u32>,
    rendering: Option<String>,
    #[serde(default)]
    number: Vec<NumberRow>,
    #[serde(default)]
    frame: Vec<FrameRow>,
    #[serde(default)]
    view: Vec<ViewRow>,
}

/// What another visitor got.
#[derive(Clone, Deserialize)]
struct ViewRow {
    /// `phone` or `spider`.
    visitor: String,
    #[serde(flatten)]
    seen: Seen,
}

/// What a browser showed.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Document {
    AsServed(bool),
    Html(String),
}

/// How a number is laid out.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct NumberRow {
    sight: Option<String>,
    from_foot: Option<u32>,
    x: Option<i32>,
    #[serde(default)]
    target: String,
    covered_by: Option<String>,
}

/// A frame of another site.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct FrameRow {
    url: String,
    page: String,
}

/// What another place sees of a host.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct VantageRow {
    name: String,
    dns: Option<String>,
    #[serde(default)]
    chain: Vec<String>,
    #[serde(default)]
    addresses: Vec<String>,
}

/// What the registry says of the domain.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RegistrationRow {
    failure: Option<String>,
    registered_on: Option<Date>,
    expires_on: Option<Date>,
    #[serde(default)]
    status: Vec<String>,
    registrar: Option<String>,
    registrar_id: Option<u32>,
    registrant: Option<String>,
}

impl RegistrationRow {
    fn registration(&self) -> Registration {
        Registration {
            domain: "site.example".to_owned(),
            source: "whois.example".to_owned(),
            failure: self.failure.as_deref().map(named),
            registered_on: self.registered_on,
            expires_on: self.expires_on,
            status: self.status.clone(),
            registrar: self.registrar.clone(),
            registrar_id: self.registrar_id,
            registrant: self.registrant.clone(),
        }
    }
}

/// One attempt.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Walk {
    Failed(String),
    Status(u16),
    Seen(Box<Seen>),
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    /// The status of the last hop; 200 by default.
    status: Option<u16>,
    /// The URLs of the hops behind the first one.
    #[serde(default)]
    hops: Vec<String>,
    /// How the last hop ended in place of a page.
    failed: Option<String>,
    /// The `Location` header of the last hop, where it could not be followed.
    location: Option<String>,
    /// Addresses tried in vain on the first hop, each with its failure: `1.2.3.4 connect_timeout`.
    #[serde(default)]
    tried: Vec<String>,
    server: Option<String>,
    content_type: Option<String>,
    /// `valid`, `expired`, `wrong_name` …
    certificate: Option<String>,
    page: Option<String>,
    /// The answer holds no page.
    #[serde(default)]
    no_page: bool,
}

impl Case {
    pub(super) fn read(path: &Path) -> Result<Case, String> {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        toml::from_str(&text).map_err(|error| error.to_string())
    }

    pub(super) fn today(&self) -> Date {
        self.today.unwrap_or(date(2026, 11, 22))
    }

    pub(super) fn policy(&self) -> Policy {
        static EMBEDDED: LazyLock<Policy> = LazyLock::new(|| Policy::embedded().unwrap());
        if self.settings.is_empty() && self.profile.is_none() {
            return EMBEDDED.clone();
        }
        Policy::with(&self.settings, "the fixture's settings", self.profile.as_deref()).unwrap()
    }

    pub(super) fn filing(&self) -> Filing {
        self.filing.filing()
    }

    pub(super) fn evidence(&self) -> Evidence {
        let filing = self.filing();
        let default = clean_page(&filing);
        let mut hosts: Vec<HostEvidence> = Vec::new();
        let mut rows = self.host.clone();
        let domain = filing.domain.ascii();
        if !rows.iter().any(|row| row.host.as_deref().is_none_or(|host| host == domain)) {
            rows.insert(0, HostRow::default());
        }
        let www = format!("www.{domain}");
        if self.www && !rows.iter().any(|row| row.host.as_deref() == Some(&*www)) {
            let mut copy = rows[0].clone();
            copy.host = Some(www.clone());
            copy.view.clear();
            if copy.https.is_none() && copy.http.is_none() {
                let hops = vec![format!("https://{domain}/")];
                copy.https = Some(Walk::Seen(Box::new(Seen { hops, ..Seen::default() })));
            }
            rows.insert(1, copy);
        }
        for row in &rows {
            let page = row.page.as_ref().or(self.page.as_ref()).unwrap_or(&default);
            hosts.push(row.evidence(&filing, page));
        }
        hosts.sort_by_key(|host| host.role as u8);
        Evidence {
            hosts,
            siblings: Siblings { same_subject: self.same_subject.clone(), ..self.siblings.clone() },
            registry: self.registry.clone(),
            registration: self.registration.as_ref().map(RegistrationRow::registration),
        }
    }
}

impl Row {
    fn filing(&self) -> Filing {
        let number = |text: &Option<String>| {
            text.as_ref().map(|text| FiledNumber { text: text.clone(), number: text.parse().ok() })
        };
        let mut filing = Filing::of_domain(2, Domain::parse(&self.domain).unwrap());
        filing.record_number = number(&self.record_number);
        filing.subject_number = number(&self.subject_number);
        filing.licence = number(&self.licence);
        filing.service_name = self.service_name.clone();
        filing.subject_name = self.subject_name.clone();
        filing.subject_kind = self.subject_kind.clone();
        filing.filed_province =
            self.province.as_ref().map(|name| Province::from_name(name).expect(name));
        filing.addresses = self.addresses.iter().map(|text| range(text)).collect();
        filing.hosts = self.hosts.clone();
        filing.providers = self.providers.clone();
        filing.police_number = self.police_number.as_ref().map(|text| FiledPolice {
            text: text.clone(),
            number: find_police(text).first().map(|found| found.number.clone()),
        });
        filing.status = self.status.as_deref().map_or(Status::Filed, status);
        filing.service_type = self.service_type.as_deref().map_or(ServiceType::Website, named);
        filing.approved_on = self.approved_on;
        filing.opened_on = self.opened_on;
        filing.homepage = self.homepage.as_ref().map(|text| {
            let url = url::Url::parse(text).unwrap();
            let host = url.host_str().unwrap().to_owned();
            Homepage { host, port: url.port(), path: url.path().to_owned() }
        });
        self.fill_papers(&mut filing);
        filing
    }
}

impl Row {
    /// What the filing says of papers and people.
    fn fill_papers(&self, filing: &mut Filing) {
        filing.written_domain = self.written_domain.clone();
        filing.content_kind = self.content_kind.clone();
        filing.pre_approvals = self.pre_approvals.clone();
        filing.remark = self.remark.clone();
        filing.platform = self.platform.clone();
        filing.subject_id_kind = self.subject_id_kind.clone();
        filing.subject_id = self.subject_id.clone();
        filing.id_expires_on = self.id_expires_on;
        filing.legal_representative = self.legal_representative.clone();
        filing.subject_owner = self.subject_owner.clone();
        filing.authority = self.authority.clone();
        filing.owner = self.owner.clone();
        filing.phone = self.phone.clone();
        filing.email = self.email.clone();
    }
}

fn range(text: &str) -> AddressRange {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    AddressRange { first: first.parse().unwrap(), last: last.parse().unwrap() }
}

fn status(text: &str) -> Status {
    match text {
        "已备案" => Status::Filed,
        "备案中" => Status::Pending,
        "接入中" => Status::Connecting,
        "变更中" => Status::Changing,
        "注销中" => Status::Cancelling,
        "已注销" => Status::Cancelled,
        word @ ("未备案" | "驳回" | "审核中") => Status::Unapproved(word.to_owned()),
        other => Status::Other(other.to_owned()),
    }
}

/// A value by its name in recordings.
fn named<T: DeserializeOwned>(name: &str) -> T {
    let name: StrDeserializer<'_, serde::de::value::Error> =
        serde::de::IntoDeserializer::into_deserializer(name);
    T::deserialize(name).unwrap()
}

impl HostRow {
    fn evidence(&self, filing: &Filing, page: &str) -> HostEvidence {
        let domain = filing.domain.ascii();
        let host = self.host.clone().unwrap_or_else(|| domain.to_owned());
        let role = match &self.role {
            Some(role) => named(role),
            None if host == domain => Role::Apex,
            None if host.strip_prefix("www.") == Some(domain) => Role::Www,
            None if filing.homepage.as_ref().is_some_and(|h| h.host == host) => Role::Homepage,
            None => Role::Filed,
        };
        let dns = self.dns(filing);
        let resolved = dns.outcome == Resolution::Resolved;
        let visit = resolved.then(|| self.visit(&host, &dns, page));
        let address = dns.addresses.first().map(|located| located.address);
        let views = self.view.iter().map(|row| View {
            visitor: named(&row.visitor),
            attempt: row.seen.attempt("https", &host, address, page),
        });
        let views = views.collect();
        let rendering = self.rendering(visit.as_ref(), page);
        HostEvidence { visit, views, rendering, ..HostEvidence::of_dns(host, role, dns) }
    }

    fn rendering(&self, visit: Option<&Visit>, served: &str) -> Option<Rendering> {
        if let Some(failure) = &self.rendering {
            return Some(Rendering::Failed(named(failure)));
        }
        let html = match self.rendered.as_ref()? {
            Document::AsServed(false) => return None,
            Document::AsServed(true) => served,
            Document::Html(html) => html,
        };
        let walked = visit.and_then(|visit| visit.best()).map(|best| best.last_url().to_owned());
        let url = self.rendered_at.clone().or(walked).unwrap();
        let page = read_page(html, &url);
        let height = self.height.unwrap_or(3_000);
        let rows = self.number.iter().cloned().chain(std::iter::repeat(NumberRow::default()));
        let numbers = page.record_numbers.iter().zip(rows).map(|(_, row)| row.layout(height));
        let frames = self.frame.iter().map(|frame| Frame {
            url: frame.url.clone(),
            record_numbers: read_page(&frame.page, &frame.url).record_numbers,
        });
        Some(Rendering::Shown(Box::new(Rendered {
            status: Some(self.rendered_status.unwrap_or(200)),
            width: 1_280,
            height,
            numbers: numbers.collect(),
            frames: frames.collect(),
            settled: !self.unsettled,
            missing: self.missing,
            url,
            page,
            ..Rendered::default()
        })))
    }

    fn dns(&self, filing: &Filing) -> Dns {
        let outcome = self.dns.as_deref().map_or(Resolution::Resolved, named);
        // Without a word about it the host points where it was filed.
        let default = || {
            let filed = filing.addresses.first().map(|range| range.first);
            let address = filed.unwrap_or(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 10)));
            vec![format!("{address} mainland")]
        };
        let addresses = match outcome {
            Resolution::Resolved => self.addresses.clone().unwrap_or_else(default),
            _ => Vec::new(),
        };
        let addresses = addresses.iter().map(|text| located(text)).collect();
        let vantages = self.vantage.iter().map(|row| Vantage {
            name: row.name.clone(),
            outcome: row.dns.as_deref().map_or(Resolution::Resolved, named),
            chain: row.chain.clone(),
            addresses: row.addresses.iter().map(|text| located(text)).collect(),
        });
        let vantages = vantages.collect();
        Dns { outcome, chain: self.chain.clone(), addresses, vantages, ..Dns::default() }
    }

    fn visit(&self, host: &str, dns: &Dns, page: &str) -> Visit {
        let address = dns.addresses.first().map(|located| located.address);
        let attempt = |scheme: &str, walk: &Walk| walk.attempt(scheme, host, address, page);
        let mut https = self.https.as_ref().map(|walk| attempt("https", walk));
        let http = self.http.as_ref().map(|walk| attempt("http", walk));
        if https.is_none() && http.is_none() {
            https = Some(attempt("https", &Walk::Status(200)));
        }
        Visit { looks: self.looks.unwrap_or(2), https, http }
    }
}

impl NumberRow {
    fn layout(&self, height: u32) -> Layout {
        let from_foot = self.from_foot.unwrap_or(40);
        let (x, high) = (self.x.unwrap_or(560), 20);
        let y = i32::try_from(height.saturating_sub(from_foot + high)).unwrap();
        Layout {
            area: Area { x, y, width: 160, height: high },
            sight: match self.sight.as_deref() {
                None => Sight::Seen,
                Some("unknown") => Sight::Unknown,
                Some(why) => Sight::Hidden(named(why)),
            },
            from_foot,
            centred: self.x.is_none(),
            target: self.target.clone(),
            link_covered_by: self.covered_by.clone(),
        }
    }
}

fn read_page(html: &str, url: &str) -> page::Page {
    let url = url::Url::parse(url).unwrap();
    let content_type = Some("text/html; charset=utf-8");
    page::read(html.as_bytes(), page::Context { content_type, url: Some(&url), cut: false })
}

/// `1.2.3.4 mainland aliyun`: address, region, network; `?` behind a network that is not certain.
fn located(text: &str) -> Located {
    let mut words = text.split_whitespace();
    let address = words.next().unwrap().parse().expect(text);
    let region: Region = words.next().map_or(Region::Mainland, named);
    let network = words.next().map(|provider| Network {
        asn: 64_500,
        provider: Some(provider.trim_end_matches('?').to_owned()),
        certain: !provider.ends_with('?'),
    });
    Located { address, place: Place { region, country: None, network } }
}

impl Walk {
    fn attempt(&self, scheme: &str, host: &str, address: Option<IpAddr>, page: &str) -> Attempt {
        let seen = match self {
            Walk::Failed(failure) => Seen { failed: Some(failure.clone()), ..Seen::default() },
            Walk::Status(status) => Seen { status: Some(*status), ..Seen::default() },
            Walk::Seen(seen) => (**seen).clone(),
        };
        seen.attempt(scheme, host, address, page)
    }
}

impl Seen {
    fn attempt(&self, scheme: &str, host: &str, address: Option<IpAddr>, page: &str) -> Attempt {
        let failed: Option<Failure> = self.failed.as_deref().map(named);
        let first = format!("{scheme}://{host}/");
        let urls: Vec<&String> = std::iter::once(&first).chain(&self.hops).collect();
        let last = urls.len() - 1;
        let status = match (failed, &self.location) {
            (Some(_), None) => self.status,
            (_, Some(_)) => Some(self.status.unwrap_or(302)),
            (None, None) => Some(self.status.unwrap_or(200)),
        };
        let hops = urls.iter().enumerate().map(|(at, url)| Hop {
            url: (*url).clone(),
            by: if at == 0 { HopKind::Start } else { HopKind::Redirect },
            address: (at < last || failed.is_none()).then_some(address).flatten(),
            tried: if at == 0 { self.tried.iter().map(|t| tried(t)).collect() } else { Vec::new() },
            status: if at < last { Some(302) } else { status },
            location: match urls.get(at + 1) {
                Some(next) => Some((*next).clone()),
                None => self.location.clone(),
            },
            server: self.server.clone(),
            certificate: (url.starts_with("https:") && failed != Some(Failure::ConnectRefused))
                .then(|| certificate(self.certificate.as_deref().unwrap_or("valid"), host)),
        });
        let hops: Vec<Hop> = hops.collect();
        let url = hops.last().unwrap().url.clone();
        let end = match failed {
            Some(failure) => End::Failed(failure),
            None => End::Answer(Box::new(self.page_seen(&url, page))),
        };
        Attempt { hops, end }
    }

    fn page_seen(&self, url: &str, page: &str) -> PageSeen {
        let body = self.page.as_deref().unwrap_or(page).as_bytes();
        let content_type =
            self.content_type.clone().unwrap_or_else(|| "text/html; charset=utf-8".to_owned());
        let url = url::Url::parse(url).unwrap();
        let context =
            page::Context { content_type: Some(&content_type), url: Some(&url), cut: false };
        let page = (!self.no_page).then(|| page::read(body, context));
        let digest = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
        PageSeen {
            status: self.status.unwrap_or(200),
            content_type: Some(content_type),
            bytes: body.len() as u64,
            digest,
            page,
        }
    }
}

fn tried(text: &str) -> (IpAddr, Failure) {
    let (address, failure) = text.split_once(' ').expect(text);
    (address.parse().unwrap(), named(failure))
}

fn certificate(trust: &str, host: &str) -> Certificate {
    let trust: Trust = named(trust);
    let name = if trust == Trust::WrongName { "elsewhere.example" } else { host };
    let (not_before, not_after) = match trust {
        Trust::Expired => ("2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        Trust::NotYetValid => ("2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z"),
        _ => ("2026-01-01T00:00:00Z", "2027-06-30T00:00:00Z"),
    };
    Certificate {
        trust,
        names: vec![name.to_owned()],
        issuer: "Example Authority".to_owned(),
        not_before: not_before.to_owned(),
        not_after: not_after.to_owned(),
    }
}

/// A homepage that breaks no rule: title, footer with the filed number linked to the ministry,
/// the police number with its link, the copyright line with the subject.
fn clean_page(filing: &Filing) -> String {
    let number = match (&filing.record_number, &filing.licence) {
        (Some(filed), _) if filed.number.is_some() => filed.number.clone().unwrap().to_string(),
        (None, Some(licence)) => licence.text.clone(),
        _ => "粤ICP备2099000123号-1".to_owned(),
    };
    let name = filing.service_name.as_deref().unwrap_or("示例网站");
    let subject = filing.subject_name.as_deref().unwrap_or("示例科技有限公司");
    let police = filing.police_number.as_ref().map_or(String::new(), |filed| {
        let code: String = filed.text.chars().filter(char::is_ascii_digit).collect();
        let link = format!("https://beian.mps.gov.cn/#/query/webSearch?code={code}");
        format!("<a href=\"{link}\">{}</a>", filed.text)
    });
    let text = "本公司长期提供示例产品的设计、生产和销售，欢迎来电咨询。".repeat(20);
    format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><title>{name}</title></head><body>\
         <h1>{name}</h1><p>{text}</p><footer><p>版权所有 © 2026 {subject}</p>\
         <p><a href=\"https://beian.miit.gov.cn/\">{number}</a> {police}</p></footer></body></html>"
    )
}
