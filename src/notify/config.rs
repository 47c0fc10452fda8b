//! The file that says who is told what, read with its lines. Secrets stand in files or in the
//! environment, never in it.

mod text;

use super::Quiet;
use crate::store::Filter;
use serde::Deserialize;
use std::path::Path;
use text::{MailText, QuietText, RouteText};
use toml::Spanned;

/// Who is told what.
#[derive(Clone, Debug)]
pub struct Config {
    /// The mail server, where there is one.
    pub mail: Option<Mail>,
    /// When nobody is told.
    pub quiet: Option<Quiet>,
    /// The routes, in the order of the file.
    pub routes: Vec<Route>,
}

/// The mail server.
#[derive(Clone)]
pub struct Mail {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
    pub(super) login: Option<(String, String)>,
    pub(super) from: String,
    pub(super) reply_to: Option<String>,
    pub(super) ca_certs: Vec<Vec<u8>>,
    pub(super) per_minute: u32,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The login holds a password.
        f.debug_struct("Mail").field("host", &self.host).finish_non_exhaustive()
    }
}

/// How a connection to the mail server is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS after a word in clear; not without it.
    Starttls,
    /// None: on one's own machine only.
    None,
}

/// One way on which some are told something.
#[derive(Clone, Debug)]
pub struct Route {
    /// Its name, which the outbox remembers.
    pub name: String,
    /// What is told.
    pub kind: Kind,
    /// How.
    pub channel: Channel,
    /// About which findings.
    pub filter: Filter,
    /// Whether owners are reminded of what is overdue.
    pub remind: bool,
    /// Whether quiet hours do not hold for it.
    pub urgent: bool,
}

/// What a route tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A subject's findings, to its owner.
    Notice,
    /// What is new, to staff.
    Digest,
}

/// How a route tells it.
#[derive(Clone)]
pub enum Channel {
    /// By mail, to these; to the filing's own address where there are none.
    Mail(Vec<String>),
    /// To a robot of WeCom.
    Wecom(String),
    /// To a robot of DingTalk, with its secret where it has one.
    Dingtalk(String, Option<String>),
    /// To a robot of Feishu, with its secret where it has one.
    Feishu(String, Option<String>),
    /// To a program of one's own, signed where there is a secret.
    Webhook(String, Option<String>),
}

impl std::fmt::Debug for Channel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The addresses of robots are their passwords.
        f.write_str(self.name())
    }
}

impl Channel {
    /// The name in the file.
    pub fn name(&self) -> &'static str {
        match self {
            Channel::Mail(_) => "mail",
            Channel::Wecom(_) => "wecom",
            Channel::Dingtalk(..) => "dingtalk",
            Channel::Feishu(..) => "feishu",
            Channel::Webhook(..) => "webhook",
        }
    }
}

/// Why the file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct ConfigError {
    file: String,
    line: usize,
    problem: String,
}

/// How secrets are found: files beside the configuration, and the environment.
pub struct Look<'a> {
    /// The folder that relative names are from.
    pub folder: &'a Path,
    /// A variable of the environment.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    mail: Option<Spanned<MailText>>,
    quiet: Option<Spanned<QuietText>>,
    #[serde(default)]
    route: Vec<Spanned<RouteText>>,
}

impl Config {
    /// Reads the file's text; `file` is what errors call it.
    pub fn read(text: &str, file: &str, look: &Look<'_>) -> Result<Config, ConfigError> {
        let at = |start: usize, problem: String| ConfigError {
            file: file.to_owned(),
            line: text.get(..start).unwrap_or(text).matches('\n').count() + 1,
            problem,
        };
        let read: File = toml::from_str(text).map_err(|error: toml::de::Error| {
            let start = error.span().map_or(0, |span| span.start);
            at(start, error.message().to_owned())
        })?;
        let mail = match read.mail {
            None => None,
            Some(mail) => {
                let start = mail.span().start;
                Some(mail.into_inner().mail(look).map_err(|problem| at(start, problem))?)
            }
        };
        let quiet = match read.quiet {
            None => None,
            Some(quiet) => {
                let start = quiet.span().start;
                Some(quiet.into_inner().quiet().map_err(|problem| at(start, problem))?)
            }
        };
        let mut routes: Vec<Route> = Vec::new();
        for route in read.route {
            let start = route.span().start;
            let route = route.into_inner();
            if routes.iter().any(|other| other.name == route.name) {
                return Err(at(start, format!("there are two routes {:?}", route.name)));
            }
            let has_mail = mail.is_some();
            routes.push(route.route(has_mail, look).map_err(|problem| at(start, problem))?);
        }
        Ok(Config { mail, quiet, routes })
    }
}

#[cfg(test)]
mod tests;
