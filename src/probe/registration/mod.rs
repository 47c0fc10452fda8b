//! What a domain's registry says of it: RDAP (RFC 9082, RFC 9083) where a base is known, else
//! WHOIS (RFC 3912). A registry is somebody's server that owes us nothing: each is asked
//! slowly, one question a domain and run, and answers are kept from one run to the next.

mod answer;
mod cache;
mod date;
mod rdap;
mod services;
mod turns;
mod whois;

pub use services::{Services, ServicesError};

use super::{
    Exchange, Options, ProbeError, SocketTable,
    deadline::Deadline,
    dns::Names,
    fetch::{Fetcher, Walk},
    guard::Guard,
};
use crate::evidence::{Failure, Registration, RegistrationFailure};
use answer::Answer;
use cache::{Kept, Known};
use services::{Service, WhoisServer};
use std::{path::PathBuf, time::Duration};
use turns::Turns;
use url::Url;

/// The longest RDAP answer that is read.
const MAX_RDAP: usize = 512 * 1024;

/// How registries are asked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whom to ask for which suffix.
    pub services: Services,
    /// Questions a minute to one server.
    pub per_minute: u32,
    /// Questions at a time to one server.
    pub at_a_time: usize,
    /// One question and its answer.
    pub timeout: Duration,
    /// The folder in which answers are kept between runs.
    pub cache: Option<PathBuf>,
    /// Days after which a kept answer is asked for again.
    pub cache_days: u16,
}

/// Asks registries, for a whole run.
pub(super) struct Registries {
    services: Services,
    turns: Turns,
    known: Known,
    kept: Option<Kept>,
    fetcher: Fetcher,
    guard: Guard,
    sockets: SocketTable,
    timeout: Duration,
}

/// A question that brought no answer.
type Failed = RegistrationFailure;

impl Registries {
    pub(super) fn new(settings: Settings, options: &Options) -> Result<Registries, ProbeError> {
        let trusted = settings.services.rdap_doors();
        Ok(Registries {
            turns: Turns::new(settings.per_minute, settings.at_a_time),
            known: Known::default(),
            kept: settings.cache.map(|folder| Kept::new(folder, settings.cache_days)),
            fetcher: Fetcher::of_registries(options, trusted, MAX_RDAP)?,
            guard: Guard::new(options.allow.clone()),
            sockets: options.sockets.clone(),
            timeout: settings.timeout,
            services: settings.services,
        })
    }

    /// What the registry says of a registrable domain, and the exchanges behind it where it was
    /// asked just now. Never fails: why there is no answer is part of it.
    pub(super) async fn ask(
        &self,
        domain: &str,
        names: &Names<'_>,
    ) -> (Registration, Vec<Exchange>) {
        let mut exchanges = Vec::new();
        let cell = self.known.cell(domain);
        let registration = cell.get_or_init(|| self.find_out(domain, names, &mut exchanges)).await;
        (registration.clone(), exchanges)
    }

    async fn find_out(
        &self,
        domain: &str,
        names: &Names<'_>,
        exchanges: &mut Vec<Exchange>,
    ) -> Registration {
        let now = jiff::Timestamp::now();
        if let Some(kept) = self.kept.as_ref().and_then(|kept| kept.get(domain, now)) {
            return kept;
        }
        let registration = match self.services.of(domain) {
            Some(service) => self.question(domain, service, names, exchanges).await,
            None => without_answer(domain, Failed::NoService),
        };
        tracing::debug!(domain, source = registration.source, failure = ?registration.failure, "registration");
        if let Some(kept) = &self.kept {
            kept.put(&registration, now);
        }
        registration
    }

    /// RDAP first, WHOIS where there is none or it gave no answer. Of two failures the one
    /// that says more counts.
    async fn question(
        &self,
        domain: &str,
        service: &Service,
        names: &Names<'_>,
        exchanges: &mut Vec<Exchange>,
    ) -> Registration {
        let mut failed = None;
        if let Some(base) = &service.rdap {
            match self.by_rdap(domain, service, base, names, exchanges).await {
                Ok(answer) => return answer.registration(domain, base.as_str()),
                // The registry has answered: WHOIS is the same data.
                Err(Failed::NotFound) => return without_answer(domain, Failed::NotFound),
                Err(failure) => failed = Some(failure),
            }
        }
        if let Some(server) = &service.whois {
            match self.by_whois(domain, service, server, names, exchanges).await {
                Ok(answer) => return answer.registration(domain, &server.host),
                Err(Failed::NotFound) => return without_answer(domain, Failed::NotFound),
                Err(failure) => failed = Some(failed.map_or(failure, |first| first.min(failure))),
            }
        }
        without_answer(domain, failed.unwrap_or(Failed::NoService))
    }

    /// The registry's answer; of a thin registry, who the registrant is from the
    /// registrar's service that it names.
    async fn by_rdap(
        &self,
        domain: &str,
        service: &Service,
        base: &Url,
        names: &Names<'_>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Answer, Failed> {
        let url = base.join(&format!("domain/{domain}")).map_err(|_| Failed::NoService)?;
        let mut answer = self.document(&url, domain, names, exchanges).await?;
        let next = answer.referral.take().and_then(|url| Url::parse(&url).ok());
        if let Some(next) = next.filter(|_| service.referral && answer.registrant.is_none())
            && next != url
            && (next.scheme() == "https" || next.scheme() == url.scheme())
            && let Ok(more) = self.document(&next, domain, names, exchanges).await
        {
            answer.complete(more);
        }
        Ok(answer)
    }

    async fn document(
        &self,
        url: &Url,
        domain: &str,
        names: &Names<'_>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Answer, Failed> {
        let host = url.host_str().unwrap_or_default();
        let turn = self.turns.take(host).await.ok_or(Failed::Unreachable)?;
        // One question may take a redirect or two.
        let deadline = Deadline::new(self.timeout * 3, self.timeout);
        let mut walk = Walk::new(&self.fetcher, names, deadline);
        let fetched = walk.document(url.clone()).await;
        exchanges.extend(walk.finish().0);
        let answer = match fetched {
            Ok(document) => match document.status {
                200 => rdap::read(&document.body, domain),
                404 => Err(Failed::NotFound),
                429 => Err(Failed::Limited),
                500 | 502..=504 => Err(Failed::Unreachable),
                _ => Err(Failed::Malformed),
            },
            Err(Failure::BadBody | Failure::BadHttp) => Err(Failed::Malformed),
            Err(_) => Err(Failed::Unreachable),
        };
        turn.ended(answer.as_ref().err().copied());
        answer
    }

    /// The registry's answer; of a thin registry, who the registrant is from the registrar's
    /// own server. That one's referrals lead nowhere: there is no circle to run in.
    async fn by_whois(
        &self,
        domain: &str,
        service: &Service,
        server: &WhoisServer,
        names: &Names<'_>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Answer, Failed> {
        let query = service.query.replace("{domain}", domain);
        let asked = whois::Question { server, query: &query, domain, trusted: true };
        let mut answer = self.whois(&asked, service.hours, names, exchanges).await?;
        let next = answer.referral.take().and_then(|name| WhoisServer::parse(&name).ok());
        if let Some(next) = next.filter(|_| service.referral && answer.registrant.is_none())
            && next != *server
        {
            let asked = whois::Question { server: &next, query: domain, domain, trusted: false };
            if let Ok(more) = self.whois(&asked, 0, names, exchanges).await {
                answer.complete(more);
            }
        }
        Ok(answer)
    }

    async fn whois(
        &self,
        question: &whois::Question<'_>,
        hours: i8,
        names: &Names<'_>,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Answer, Failed> {
        let turn = self.turns.take(&question.server.host).await.ok_or(Failed::Unreachable)?;
        let deadline = Deadline::new(self.timeout, self.timeout);
        let line = whois::Line { names, guard: &self.guard, sockets: &self.sockets };
        let asked = deadline.run(whois::ask(question, &line, deadline, exchanges)).await;
        let answer = match asked {
            Some(Ok(text)) => whois::read(&text, question.domain, hours),
            Some(Err(failure)) => Err(failure),
            None => Err(Failed::Unreachable),
        };
        turn.ended(answer.as_ref().err().copied());
        answer
    }
}

fn without_answer(domain: &str, failure: RegistrationFailure) -> Registration {
    Registration { domain: domain.to_owned(), failure: Some(failure), ..Registration::default() }
}
