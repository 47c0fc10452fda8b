//! Settings → the parts of a run. The only place where concrete parts are chosen.

use super::bounds::views_when;
use super::browser;
use super::settings::Settings;
use crate::policy::Policy;
use crate::probe::place::{Override, Places};
use crate::probe::views::Views;
use crate::probe::{Options, Probe, ProbeError, Render};
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
    fn a_resolver_has_a_port_or_gets_the_usual_one() {
        assert_eq!(resolver("10.0.0.2").unwrap().to_string(), "10.0.0.2:53");
        assert_eq!(resolver("10.0.0.2:5353").unwrap().to_string(), "10.0.0.2:5353");
        assert_eq!(resolver("::1").unwrap().to_string(), "[::1]:53");
        let error = resolver("dns.example").unwrap_err().to_string();
        assert!(error.contains("\"dns.example\" is not a resolver"), "{error}");
    }
}
