//! Settings → the parts of a run. The only place where concrete parts are chosen.

use super::bounds::views_when;
use super::browser;
use super::settings::Settings;
use crate::policy::Policy;
use crate::probe::place::{Override, Places};
use crate::probe::registration::{self, Services};
use crate::probe::views::Views;
use crate::probe::{Options, Probe, ProbeError, Render, VantagePoint};
use crate::rules::{self, Lang, Rule};
use anyhow::{Context, Error, Result, bail};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::Duration;

/// The language of what people read.
pub(crate) fn lang(settings: &Settings) -> Lang {
    if settings.output.lang == "en" { Lang::En } else { Lang::Zh }
}

/// The policy under the settings: the embedded one, the user's file, a profile.
pub(crate) fn policy(settings: &Settings) -> Result<Policy> {
    let profile = Some(settings.rules.profile.as_str()).filter(|name| !name.is_empty());
    let file = settings.rules.policy.as_str();
    let text = if file.is_empty() {
        String::new()
    } else {
        std::fs::read_to_string(file)
            .with_context(|| format!("{file}: the policy file cannot be read"))
            .with_context(|| settings.named("rules", "policy"))?
    };
    let policy = Policy::with(&text, file, profile)?;
    let known: Vec<&str> = rules::all().flat_map(|rule| [rule.code, rule.family()]).collect();
    if let Some(code) = policy.codes().find(|code| !known.contains(code)) {
        bail!("{file}: the policy names {code:?}, which is no rule; `beian rules` lists them");
    }
    Ok(policy)
}

/// The rules of a run: those of `only` (all where it is empty) less those of `skip`.
pub(crate) fn rules(settings: &Settings) -> Result<Vec<&'static Rule>> {
    for code in settings.rules.only.iter().chain(&settings.rules.skip) {
        if !rules::all().any(|rule| names(code, rule)) {
            bail!("{code:?} is neither a rule nor a family of rules; `beian rules` lists them");
        }
    }
    let only = &settings.rules.only;
    let chosen: Vec<&'static Rule> = rules::all()
        .filter(|rule| only.is_empty() || only.iter().any(|code| names(code, rule)))
        .filter(|rule| !settings.rules.skip.iter().any(|code| names(code, rule)))
        .collect();
    if chosen.is_empty() {
        bail!("--only and --skip leave no rule to judge by");
    }
    Ok(chosen)
}

fn names(code: &str, rule: &Rule) -> bool {
    code.eq_ignore_ascii_case(rule.code) || code.eq_ignore_ascii_case(rule.family())
}

/// The location table under the settings; the policy knows which providers there are.
pub(crate) fn places(settings: &Settings, policy: &Policy) -> Result<Places> {
    let overrides: Vec<Override> = settings
        .place
        .overrides
        .iter()
        .map(|text| text.parse())
        .collect::<Result<_, _>>()
        .with_context(|| settings.named("place", "overrides"))?;
    overrides
        .iter()
        .try_for_each(|place| place.check(&policy.providers))
        .with_context(|| settings.named("place", "overrides"))?;
    let database = &settings.place.database;
    Ok(if database.is_empty() {
        Places::embedded(overrides)
    } else {
        Places::from_database(Path::new(database), overrides)
            .with_context(|| settings.named("place", "database"))?
    })
}

/// How sites are looked at under the settings.
pub(crate) fn look(settings: &Settings) -> Result<Options> {
    let http = &settings.http;
    let proxy = match http.proxy.as_str() {
        "" => None,
        text => Some(
            text.parse()
                .with_context(|| format!("{} is not a URL", settings.named("http", "proxy")))?,
        ),
    };
    let allow = settings.guard.allow.iter().map(|text| {
        text.parse()
            .with_context(|| format!("{text:?} is not a network, e.g. 10.0.0.0/8"))
            .with_context(|| settings.named("guard", "allow"))
    });
    Ok(Options {
        resolvers: settings
            .dns
            .resolvers
            .iter()
            .map(|t| resolver(t))
            .collect::<Result<_>>()
            .with_context(|| settings.named("dns", "resolvers"))?,
        vantages: settings
            .dns
            .vantages
            .iter()
            .map(|text| vantage(text))
            .collect::<Result<_>>()
            .with_context(|| settings.named("dns", "vantages"))?,
        registration: registries(settings)?,
        timeout: Duration::from_secs(http.timeout),
        deadline: Duration::from_secs(http.deadline),
        max_body: http.max_body,
        rate: Some(settings.pace.rate).filter(|rate| *rate > 0),
        per_host: settings.pace.per_host,
        per_address: settings.pace.per_address,
        max_redirects: http.max_redirects,
        both_schemes: http.both_schemes,
        robots: http.robots,
        user_agent: agent(&http.user_agent),
        views: Views {
            when: views_when(&http.views).unwrap_or_default(),
            phone_agent: agent(&http.phone_agent),
            spider_agent: agent(&http.spider_agent),
        },
        proxy,
        allow: allow.collect::<Result<_>>()?,
        extra_roots: roots(&http.ca_certs).with_context(|| settings.named("http", "ca_certs"))?,
        render: Render::Never,
        browser: None,
        sockets: Default::default(),
    })
}

/// A `User-Agent` header with our version filled in.
fn agent(text: &str) -> String {
    text.replace("{version}", env!("CARGO_PKG_VERSION"))
}

/// The prober of a run.
pub(crate) fn probe(settings: &Settings, policy: &Policy) -> Result<Probe> {
    let mut options = look(settings)?;
    browser::lay(settings, &mut options)?;
    Probe::new(options, places(settings, policy)?).map_err(|error| match error {
        ProbeError::Root(_) => Error::new(error).context(settings.named("http", "ca_certs")),
        other => other.into(),
    })
}

/// Sites at a time.
pub(crate) fn width(settings: &Settings) -> usize {
    match settings.pace.concurrency {
        0 => {
            let processors = std::thread::available_parallelism().map_or(1, usize::from);
            (64 * processors).min(512)
        }
        width => width,
    }
}

fn resolver(text: &str) -> Result<SocketAddr> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(SocketAddr::new(address, 53));
    }
    text.parse().with_context(|| {
        format!("{text:?} is not a resolver: give ADDRESS or ADDRESS:PORT, e.g. 10.0.0.2 or [2001:db8::1]:53")
    })
}

/// `NAME=RESOLVER` or `NAME=RESOLVER/SUBNET`, the subnet an address with or without a length.
fn vantage(text: &str) -> Result<VantagePoint> {
    let wrong = || {
        format!(
            "{text:?} is not a vantage point: give NAME=ADDRESS[:PORT] or \
             NAME=ADDRESS[:PORT]/SUBNET, e.g. unicom=10.0.0.2/123.125.0.0/16"
        )
    };
    let (name, rest) = text.split_once('=').with_context(wrong)?;
    let (at, client) = match rest.split_once('/') {
        Some((at, client)) => (at, Some(subnet(client).with_context(wrong)?)),
        None => (rest, None),
    };
    let name = name.trim();
    if name.is_empty() || name.chars().any(char::is_control) {
        bail!(wrong());
    }
    let resolver = resolver(at.trim()).with_context(wrong)?;
    Ok(VantagePoint { name: name.to_owned(), resolver, client })
}

/// A client's subnet; of a single address the part that resolvers pass on (RFC 7871, 11.1).
fn subnet(text: &str) -> Option<ipnet::IpNet> {
    let text = text.trim();
    if let Ok(net) = text.parse::<ipnet::IpNet>() {
        return Some(net.trunc());
    }
    let address: IpAddr = text.parse().ok()?;
    let length = if address.is_ipv4() { 24 } else { 56 };
    ipnet::IpNet::new(address, length).ok().map(|net| net.trunc())
}

/// How registries are asked; `None` where they are not.
fn registries(settings: &Settings) -> Result<Option<registration::Settings>> {
    let own = &settings.registration;
    if !own.enabled {
        return Ok(None);
    }
    let mut services = Services::embedded()?;
    if !own.servers.is_empty() {
        let at = || settings.named("registration", "servers");
        let text = std::fs::read_to_string(&own.servers)
            .with_context(|| format!("{}: the table of registries cannot be read", own.servers))
            .with_context(at)?;
        services = services.with(&text, &own.servers).with_context(at)?;
    }
    Ok(Some(registration::Settings {
        services,
        per_minute: own.per_minute,
        at_a_time: own.per_server,
        timeout: Duration::from_secs(own.timeout),
        cache: Some(own.cache.as_str()).filter(|path| !path.is_empty()).map(Into::into),
        cache_days: own.cache_days,
    }))
}

/// How long a look at a site may wait for registries: its turn behind all others, and servers
/// that keep silent.
pub(crate) fn registration_wait(settings: &Settings) -> Duration {
    let own = &settings.registration;
    if !own.enabled {
        return Duration::ZERO;
    }
    let turns = u64::try_from(width(settings)).unwrap_or(u64::MAX).saturating_add(60);
    let pause = Duration::from_secs(60) / own.per_minute.max(1);
    let queue = pause.saturating_mul(u32::try_from(turns).unwrap_or(u32::MAX));
    let silent = Duration::from_secs(own.timeout.saturating_mul(3 * 8));
    // Registry and registrar, RDAP and WHOIS.
    (queue + silent).saturating_mul(3)
}

fn roots(files: &[String]) -> Result<Vec<Vec<u8>>> {
    let mut roots = Vec::new();
    for file in files {
        let certificates = CertificateDer::pem_file_iter(file)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .with_context(|| format!("{file}: no PEM certificates can be read from it"))?;
        if certificates.is_empty() {
            bail!(
                "{file}: there is no certificate in it; a PEM file with BEGIN CERTIFICATE is expected"
            );
        }
        roots.extend(certificates.into_iter().map(|certificate| certificate.to_vec()));
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vantage_point_has_a_name_a_resolver_and_perhaps_a_subnet() {
        let point = vantage("overseas=10.0.0.2:5353").unwrap();
        assert_eq!((point.name.as_str(), point.client), ("overseas", None));
        let client = |text| vantage(text).unwrap().client.unwrap().to_string();
        assert_eq!(client("unicom=10.0.0.2/123.125.7.9/16"), "123.125.0.0/16");
        assert_eq!(client("unicom=10.0.0.2/123.125.7.9"), "123.125.7.0/24");
        assert_eq!(client("v6=[2001:db8::1]:53/2001:db8:1:2::/64"), "2001:db8:1:2::/64");
        for wrong in
            ["10.0.0.2", "=10.0.0.2", "a=dns.example", "a=10.0.0.2/x", "a=10.0.0.2/1.2.3.4/99"]
        {
            let error = format!("{:#}", vantage(wrong).unwrap_err());
            assert!(error.contains("NAME=ADDRESS"), "{error}");
        }
    }

    #[test]
    fn a_resolver_has_a_port_or_gets_the_usual_one() {
        assert_eq!(resolver("10.0.0.2").unwrap().to_string(), "10.0.0.2:53");
        assert_eq!(resolver("10.0.0.2:5353").unwrap().to_string(), "10.0.0.2:5353");
        assert_eq!(resolver("::1").unwrap().to_string(), "[::1]:53");
        let error = resolver("dns.example").unwrap_err().to_string();
        assert!(error.contains("\"dns.example\" is not a resolver"), "{error}");
    }
}
