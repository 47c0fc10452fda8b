//! The parts of the file as they are written, and what is wrong with them.

use super::{Channel, Kind, Look, Mail, Route, Security};
use crate::notify::Quiet;
use crate::notify::mail::mailbox;
use crate::policy::Level;
use crate::record::Province;
use crate::rules;
use crate::store::Filter;
use jiff::civil::Time;
use serde::Deserialize;
use std::path::PathBuf;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MailText {
    server: String,
    security: Security,
    from: String,
    reply_to: Option<String>,
    user: Option<String>,
    password_file: Option<PathBuf>,
    password_env: Option<String>,
    #[serde(default)]
    ca_certs: Vec<PathBuf>,
    per_minute: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuietText {
    from: String,
    until: String,
    #[serde(default)]
    holidays: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RouteText {
    pub(super) name: String,
    by: By,
    tell: Kind,
    #[serde(default)]
    to: Vec<String>,
    url: Option<String>,
    url_file: Option<PathBuf>,
    url_env: Option<String>,
    secret_file: Option<PathBuf>,
    secret_env: Option<String>,
    #[serde(default)]
    levels: Vec<Level>,
    #[serde(default)]
    codes: Vec<String>,
    #[serde(default)]
    subjects: Vec<String>,
    #[serde(default)]
    provinces: Vec<String>,
    #[serde(default)]
    providers: Vec<String>,
    #[serde(default)]
    owners: Vec<String>,
    #[serde(default)]
    remind: bool,
    #[serde(default)]
    urgent: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum By {
    Mail,
    Wecom,
    Dingtalk,
    Feishu,
    Webhook,
}

impl MailText {
    pub(super) fn mail(self, look: &Look<'_>) -> Result<Mail, String> {
        let (host, port) = match self.server.rsplit_once(':') {
            Some((host, port)) => {
                let port = port.parse().map_err(|_| format!("mail.server: {port:?} is no port"))?;
                (host.trim_matches(['[', ']']).to_owned(), port)
            }
            None => {
                let port = match self.security {
                    Security::Tls => 465,
                    Security::Starttls => 587,
                    Security::None => 25,
                };
                (self.server.clone(), port)
            }
        };
        let password = secret("mail.password", self.password_file, self.password_env, look)?;
        let login = match (self.user, password) {
            (Some(user), Some(password)) => Some((user, password)),
            (None, None) => None,
            (Some(_), None) => {
                return Err("mail.user needs password_file or password_env".to_owned());
            }
            (None, Some(_)) => return Err("a password needs mail.user".to_owned()),
        };
        if self.security == Security::None && login.is_some() {
            return Err(
                "with security = \"none\" a password would cross the network in clear".to_owned()
            );
        }
        for address in self.reply_to.iter().chain([&self.from]) {
            mailbox(address).map_err(|why| format!("{address:?}: {why}"))?;
        }
        let certificate = |path: &PathBuf| {
            let path = look.folder.join(path);
            std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
        };
        let per_minute = self.per_minute.unwrap_or(60);
        if !(1..=6_000).contains(&per_minute) {
            return Err("mail.per_minute must be 1 to 6000".to_owned());
        }
        Ok(Mail {
            host,
            port,
            security: self.security,
            login,
            from: self.from,
            reply_to: self.reply_to,
            ca_certs: self.ca_certs.iter().map(certificate).collect::<Result<_, _>>()?,
            per_minute,
        })
    }
}

impl QuietText {
    pub(super) fn quiet(self) -> Result<Quiet, String> {
        let hour = |text: &str| -> Result<Time, String> {
            let full = if text.len() == 5 { format!("{text}:00") } else { text.to_owned() };
            full.parse().map_err(|_| format!("quiet: {text:?} is no time such as 08:30"))
        };
        let (from, until) = (hour(&self.from)?, hour(&self.until)?);
        if from == until {
            return Err("quiet: from and until are the same".to_owned());
        }
        Ok(Quiet { from, until, holidays: self.holidays })
    }
}

impl RouteText {
    pub(super) fn route(self, has_mail: bool, look: &Look<'_>) -> Result<Route, String> {
        let name = self.name.clone();
        self.checked(has_mail, look).map_err(|problem| format!("route {name:?}: {problem}"))
    }

    fn checked(mut self, has_mail: bool, look: &Look<'_>) -> Result<Route, String> {
        let url = self.url(look)?;
        let key = secret("secret", self.secret_file.take(), self.secret_env.take(), look)?;
        self.fits(has_mail)?;
        let province = |name: &String| {
            let province = Province::from_name(name);
            let province = province.map(|province| province.name().to_owned());
            province.ok_or_else(|| format!("{name:?} is no province"))
        };
        let provinces = self.provinces.iter().map(province).collect::<Result<_, _>>()?;
        Ok(Route {
            kind: self.tell,
            channel: match self.by {
                By::Mail => Channel::Mail(self.to),
                By::Wecom => Channel::Wecom(url),
                By::Dingtalk => Channel::Dingtalk(url, key),
                By::Feishu => Channel::Feishu(url, key),
                By::Webhook => Channel::Webhook(url, key),
            },
            filter: Filter {
                levels: self.levels,
                codes: self.codes,
                subjects: self.subjects,
                provinces,
                providers: self.providers,
                owners: self.owners,
                ..Filter::default()
            },
            remind: self.remind,
            urgent: self.urgent,
            name: self.name,
        })
    }

    /// The address to call; empty of mail.
    fn url(&mut self, look: &Look<'_>) -> Result<String, String> {
        let url = match self.url.take() {
            Some(url) if self.by == By::Webhook => Some(url),
            Some(_) => {
                let why = "the address of a robot is its password: url_file or url_env";
                return Err(why.to_owned());
            }
            None => secret("url", self.url_file.take(), self.url_env.take(), look)?,
        };
        match (self.by, url) {
            (By::Mail, Some(_)) => Err("mail has no url".to_owned()),
            (By::Mail, None) => Ok(String::new()),
            (_, None) => Err("url_file or url_env is missing".to_owned()),
            (_, Some(url)) => {
                let read = url::Url::parse(&url).ok();
                match read.is_some_and(|url| ["http", "https"].contains(&url.scheme())) {
                    true => Ok(url),
                    // The address is not repeated: it may be a password.
                    false => Err("the url is none of http or https".to_owned()),
                }
            }
        }
    }

    /// Whether what is said of a route fits together.
    fn fits(&self, has_mail: bool) -> Result<(), String> {
        let (mail, digest) = (self.by == By::Mail, self.tell == Kind::Digest);
        if mail && !has_mail {
            return Err("by mail, but there is no [mail]".to_owned());
        }
        if !mail && !self.to.is_empty() {
            return Err("only mail has addresses (to)".to_owned());
        }
        if mail && digest && self.to.is_empty() {
            return Err("a digest by mail needs addresses (to)".to_owned());
        }
        if !digest && !matches!(self.by, By::Mail | By::Webhook) {
            return Err("owners are told by mail or webhook; robots get digests".to_owned());
        }
        for address in &self.to {
            mailbox(address).map_err(|why| format!("{address:?}: {why}"))?;
        }
        for code in &self.codes {
            if !rules::all().any(|rule| rule.code == code || rule.family() == code) {
                return Err(format!("{code:?} is neither a rule nor a family"));
            }
        }
        Ok(())
    }
}

/// A secret from a file, its edges trimmed, or from the environment.
fn secret(
    what: &str,
    file: Option<PathBuf>,
    variable: Option<String>,
    look: &Look<'_>,
) -> Result<Option<String>, String> {
    let text = match (file, variable) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            return Err(format!("{what} stands in a file and in the environment"));
        }
        (Some(path), None) => {
            let path = look.folder.join(path);
            std::fs::read_to_string(&path)
                .map_err(|error| format!("{what}: {}: {error}", path.display()))?
        }
        (None, Some(name)) => {
            (look.environment)(&name).ok_or_else(|| format!("{what}: {name} is not set"))?
        }
    };
    match text.trim() {
        "" => Err(format!("{what} is empty")),
        text => Ok(Some(text.to_owned())),
    }
}
