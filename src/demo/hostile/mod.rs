//! A hostile internet: what the web does to whoever looks at it, a case each.
//!
//! A case is a row of a table: a name, a sentence, everything that a look at it may end as,
//! and the small function that plays it. [`Internet::start`] plays all of them at once, on
//! free ports of loopback or, in a network namespace, at their own addresses.

mod bomb;
mod browser;
mod dns;
mod html;
mod http;
mod internet;
mod outcome;
mod redirect;
mod script;
mod tcp;

pub use internet::{DEADLINE, Ground, Internet, STEP};
pub use outcome::{Outcome, outcomes};

use super::certificates::CertificateKind;
use crate::evidence::{Attempt, End, Failure, HostEvidence, RenderFailure, Rendering};
use crate::evidence::{PageSeen, Resolution, Trust};
use crate::page::Page;
use script::{Asked, Step};
use std::fmt;

/// Which part of the way is hostile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// The resolver.
    Dns,
    /// The connection and its encryption.
    Tcp,
    /// What is said over it.
    Http,
    /// The page as served.
    Html,
    /// The page as it runs.
    Browser,
}

impl Group {
    /// All of them, in the order of the table.
    pub const ALL: [Group; 5] = [Group::Dns, Group::Tcp, Group::Http, Group::Html, Group::Browser];
}

/// One hostile site.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name, which is its host's first label.
    pub name: &'static str,
    /// Which part of the way is hostile.
    pub group: Group,
    /// What it does, a sentence.
    pub what: &'static str,
    /// Everything that a look at it may end as: several only where chance decides.
    pub ends: &'static [Ends],
    zone: Zone,
    server: Server,
}

/// What the resolvers say of the host and of all names below it.
#[derive(Clone, Copy, Debug)]
enum Zone {
    /// Its address.
    Own,
    /// The packets that this makes of a question, none for silence.
    Says(fn(&dns::Question<'_>) -> Vec<Vec<u8>>),
}

/// What listens at the host's address; its other port is closed.
#[derive(Clone, Copy, Debug)]
enum Server {
    /// A decent page on port 80.
    Page,
    /// Nothing.
    Closed,
    /// What happens from the moment a connection to this port stands.
    Connection(u16, fn() -> Vec<Step>),
    /// What comes for a request on port 80.
    Answer(fn(&Asked<'_>) -> Vec<Step>),
    /// A redirect on port 80.
    LeadsTo(&'static str),
    /// A page on port 80 whose script leads away.
    GoesTo(&'static str),
    /// A decent page on port 443 behind such a certificate.
    Tls(CertificateKind),
}

/// How a look at a hostile site ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// DNS gives no address.
    Dns(Resolution),
    /// There is no answer.
    Failed(Failure),
    /// The site's page with its record number.
    Numbered,
    /// The same over TLS with a certificate that browsers say this of.
    Certificate(Trust),
    /// A page that was cut at a bound, so that nothing missing is held against it.
    Cut,
    /// A page without the number.
    Page(u16),
    /// An answer that is no page.
    Other(u16),
    /// The browser shows the page with its number.
    Shown,
    /// The browser shows a page without it.
    ShownWithout,
    /// The browser shows nothing.
    NotShown(RenderFailure),
}

impl Case {
    const fn of_dns(
        name: &'static str,
        what: &'static str,
        ends: &'static [Ends],
        says: fn(&dns::Question<'_>) -> Vec<Vec<u8>>,
    ) -> Case {
        Case { name, group: Group::Dns, what, ends, zone: Zone::Says(says), server: Server::Page }
    }

    const fn served(
        group: Group,
        name: &'static str,
        what: &'static str,
        ends: &'static [Ends],
        server: Server,
    ) -> Case {
        Case { name, group, what, ends, zone: Zone::Own, server }
    }

    /// How a look at its host ended.
    pub fn end(&self, host: &HostEvidence, number: &str) -> Ends {
        if host.dns.outcome != Resolution::Resolved {
            return Ends::Dns(host.dns.outcome);
        }
        if self.group == Group::Browser {
            match &host.rendering {
                Some(Rendering::Failed(failure)) => return Ends::NotShown(*failure),
                Some(Rendering::Shown(shown)) if shows(&shown.page, number) => return Ends::Shown,
                Some(Rendering::Shown(_)) => return Ends::ShownWithout,
                None => {}
            }
        }
        let visit = host.visit.as_ref();
        let attempt = match self.port() {
            443 => visit.and_then(|visit| visit.https.as_ref()),
            _ => visit.and_then(|visit| visit.http.as_ref()),
        };
        attempt.map_or(Ends::Failed(Failure::Deadline), |attempt| of_attempt(attempt, number))
    }

    /// The port that is not closed.
    fn port(&self) -> u16 {
        match self.server {
            Server::Connection(port, _) => port,
            Server::Tls(_) => 443,
            _ => 80,
        }
    }
}

fn of_attempt(attempt: &Attempt, number: &str) -> Ends {
    let trust = attempt.hops.last().and_then(|hop| hop.certificate.as_ref()).map(|c| c.trust);
    match &attempt.end {
        End::Failed(failure) => Ends::Failed(*failure),
        End::Answer(answer) => match (of_answer(answer, number), trust) {
            (Ends::Numbered, Some(trust)) => Ends::Certificate(trust),
            (end, _) => end,
        },
    }
}

fn of_answer(answer: &PageSeen, number: &str) -> Ends {
    match &answer.page {
        None => Ends::Other(answer.status),
        Some(page) if shows(page, number) => Ends::Numbered,
        Some(page) if page.cut => Ends::Cut,
        Some(_) => Ends::Page(answer.status),
    }
}

fn shows(page: &Page, number: &str) -> bool {
    page.record_numbers.iter().any(|shown| shown.canonical == number)
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Group::Dns => "DNS",
            Group::Tcp => "TCP and TLS",
            Group::Http => "HTTP",
            Group::Html => "HTML",
            Group::Browser => "browser",
        })
    }
}

impl fmt::Display for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ends::Dns(outcome) => write!(f, "`{}`", of_resolution(*outcome)),
            Ends::Failed(failure) => write!(f, "`{}`", failure.name()),
            Ends::Numbered => f.write_str("page, number read"),
            Ends::Certificate(trust) => write!(f, "page, certificate `{}`", of_trust(*trust)),
            Ends::Cut => f.write_str("page, cut at a bound"),
            Ends::Page(status) => write!(f, "page {status}, no number"),
            Ends::Other(status) => write!(f, "answer {status}, no page"),
            Ends::Shown => f.write_str("shown, number read"),
            Ends::ShownWithout => f.write_str("shown, no number"),
            Ends::NotShown(failure) => write!(f, "not shown: `{}`", failure.name()),
        }
    }
}

fn of_resolution(outcome: Resolution) -> &'static str {
    match outcome {
        Resolution::Resolved => "resolved",
        Resolution::NxDomain => "nx_domain",
        Resolution::NoData => "no_data",
        Resolution::ServFail => "serv_fail",
        Resolution::Refused => "refused",
        Resolution::Timeout => "timeout",
        Resolution::Loop => "loop",
        Resolution::ChainTooLong => "chain_too_long",
        Resolution::Disputed => "disputed",
    }
}

fn of_trust(trust: Trust) -> &'static str {
    match trust {
        Trust::Valid => "valid",
        Trust::Expired => "expired",
        Trust::NotYetValid => "not_yet_valid",
        Trust::WrongName => "wrong_name",
        Trust::Untrusted => "untrusted",
        Trust::Malformed => "malformed",
    }
}

/// Every case, in the order of the table.
pub fn cases() -> impl Iterator<Item = &'static Case> {
    let groups =
        [dns::CASES, tcp::CASES, redirect::CASES, http::CASES, html::CASES, browser::CASES];
    groups.into_iter().flatten()
}
