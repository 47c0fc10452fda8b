//! The file that says who is told what, read with its lines. Secrets stand in files or in the
//! environment, never in it.

use super::Quiet;
use crate::policy::Level;
use crate::record::Province;
use crate::rules;
use crate::store::Filter;
use jiff::civil::Time;
use serde::Deserialize;
use std::path::{Path, PathBuf};
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MailText {
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
struct QuietText {
    from: String,
    until: String,
    #[serde(default)]
    holidays: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RouteText {
    name: String,
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

impl MailText {
    fn mail(self, look: &Look<'_>) -> Result<Mail, String> {
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
            super::mail::mailbox(address).map_err(|why| format!("{address:?}: {why}"))?;
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
    fn quiet(self) -> Result<Quiet, String> {
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
    fn route(self, has_mail: bool, look: &Look<'_>) -> Result<Route, String> {
        let name = self.name.clone();
        let named = |problem: String| format!("route {name:?}: {problem}");
        let url = match self.url {
            Some(url) if self.by == By::Webhook => Some(url),
            Some(_) => {
                return Err(named(
                    "the address of a robot is its password: url_file or url_env".to_owned(),
                ));
            }
            None => secret("url", self.url_file, self.url_env, look).map_err(named)?,
        };
        let key = secret("secret", self.secret_file, self.secret_env, look).map_err(named)?;
        let url = match (self.by, url) {
            (By::Mail, Some(_)) => return Err(named("mail has no url".to_owned())),
            (By::Mail, None) => String::new(),
            (_, None) => return Err(named("url_file or url_env is missing".to_owned())),
            (_, Some(url)) => {
                let read = url::Url::parse(&url).ok();
                if !read.is_some_and(|url| ["http", "https"].contains(&url.scheme())) {
                    // The address is not repeated: it may be a password.
                    return Err(named("the url is none of http or https".to_owned()));
                }
                url
            }
        };
        if self.by == By::Mail && !has_mail {
            return Err(named("by mail, but there is no [mail]".to_owned()));
        }
        if self.by != By::Mail && !self.to.is_empty() {
            return Err(named("only mail has addresses (to)".to_owned()));
        }
        if self.by == By::Mail && self.tell == Kind::Digest && self.to.is_empty() {
            return Err(named("a digest by mail needs addresses (to)".to_owned()));
        }
        if self.tell == Kind::Notice && !matches!(self.by, By::Mail | By::Webhook) {
            return Err(named("owners are told by mail or webhook; robots get digests".to_owned()));
        }
        for address in &self.to {
            super::mail::mailbox(address).map_err(|why| named(format!("{address:?}: {why}")))?;
        }
        for code in &self.codes {
            if !rules::all().any(|rule| rule.code == code || rule.family() == code) {
                return Err(named(format!("{code:?} is neither a rule nor a family")));
            }
        }
        let province = |name: &String| {
            Province::from_name(name)
                .map(|province| province.name().to_owned())
                .ok_or_else(|| named(format!("{name:?} is no province")))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, ConfigError> {
        let environment =
            |name: &str| (name == "KEY").then(|| "https://robot.example/k".to_owned());
        let look = Look { folder: Path::new("/nowhere"), environment: &environment };
        Config::read(text, "notify.toml", &look)
    }

    const MAIL: &str =
        "[mail]\nserver = \"mx.example\"\nsecurity = \"starttls\"\nfrom = \"desk@mx.example\"\n";

    #[test]
    fn routes_are_read() {
        let config = read(&format!(
            "{MAIL}[quiet]\nfrom = \"20:00\"\nuntil = \"08:30\"\n\
             [[route]]\nname = \"owners\"\nby = \"mail\"\ntell = \"notice\"\nprovinces = [\"Guangdong\"]\n\
             [[route]]\nname = \"room\"\nby = \"wecom\"\ntell = \"digest\"\nurl_env = \"KEY\"\n"
        ))
        .unwrap();
        assert_eq!(config.mail.unwrap().port, 587);
        assert_eq!(config.routes[0].filter.provinces, ["广东"]);
        assert_eq!(format!("{:?}", config.routes[1].channel), "wecom", "the address stays secret");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line_and_without_secrets() {
        let route = |rest: &str| format!("{MAIL}\n[[route]]\nname = \"r\"\n{rest}");
        for (text, line, said) in [
            ("[mial]\n".to_owned(), 1, "mial"),
            (route("by = \"pigeon\"\ntell = \"digest\"\n"), 8, "pigeon"),
            (route("by = \"wecom\"\ntell = \"digest\"\nurl = \"https://s3cret\"\n"), 6, "password"),
            (
                route("by = \"wecom\"\ntell = \"digest\"\nurl_env = \"NONE\"\n"),
                6,
                "NONE is not set",
            ),
            (
                route("by = \"wecom\"\ntell = \"notice\"\nurl_env = \"KEY\"\n"),
                6,
                "robots get digests",
            ),
            (route("by = \"mail\"\ntell = \"digest\"\n"), 6, "needs addresses"),
            (route("by = \"mail\"\ntell = \"notice\"\ncodes = [\"XYZ\"]\n"), 6, "XYZ"),
            (route("by = \"mail\"\ntell = \"notice\"\nto = [\"no address\"]\n"), 6, "no address"),
            (format!("{MAIL}user = \"u\"\n"), 1, "password_file"),
            ("[quiet]\nfrom = \"8\"\nuntil = \"09:00\"\n".to_owned(), 1, "08:30"),
        ] {
            let error = read(&text).unwrap_err();
            assert_eq!(error.line, line, "{text}\n{error}");
            let told = error.to_string();
            assert!(told.contains(said) && !told.contains("s3cret"), "{told}");
        }
    }
}
