//! The flags that several commands share, and how they are laid over the settings.

use super::settings::{Layers, Settings};
use crate::pipeline::Unfinished;
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use std::path::PathBuf;
use toml::Value;

/// Flags of every command.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Settings over the built-in ones (see `beian config show`)
    #[arg(long, global = true, value_name = "FILE", help_heading = "General")]
    pub config: Option<PathBuf>,
    /// Language of what people read: notices, reports, this output (default: zh)
    #[arg(long, global = true, value_enum, help_heading = "General")]
    pub lang: Option<LangArg>,
    /// What goes to standard output
    #[arg(
        long,
        global = true,
        value_enum,
        default_value = "human",
        value_name = "FORMAT",
        help_heading = "General"
    )]
    pub format: Format,
}

/// What goes to standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Human,
    /// For programs
    Json,
}

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LangArg {
    /// Chinese
    Zh,
    /// English
    En,
}

/// Where something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum WhenArg {
    /// Where there is reason to
    Auto,
    /// Everywhere
    Always,
    /// Nowhere
    Never,
}

impl WhenArg {
    /// The name in settings.
    fn name(self) -> &'static str {
        match self {
            WhenArg::Auto => "auto",
            WhenArg::Always => "always",
            WhenArg::Never => "never",
        }
    }
}

/// Where runs are remembered.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct StoreArgs {
    /// The store: a file, or postgres://USER@HOST/DATABASE (one with a password:
    /// BEIAN_STORE__PLACE)
    #[arg(
        id = "store",
        long = "store",
        global = true,
        value_name = "FILE|URL",
        help_heading = "Remembering"
    )]
    pub place: Option<String>,
}

/// What is written to the output folder, and what becomes of an unfinished run in it.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct FolderArgs {
    /// What is kept of what was seen: of sites with findings (the default), of all, nothing
    #[arg(long, value_name = "WHAT", value_parser = ["findings", "all", "none"])]
    pub evidence: Option<String>,
    /// Go on with the unfinished run in the output folder
    #[arg(long, conflicts_with = "restart")]
    pub resume: bool,
    /// Discard the unfinished run in the output folder
    #[arg(long)]
    pub restart: bool,
}

impl FolderArgs {
    /// Without either flag, an unfinished run is left alone.
    pub(crate) fn unfinished(&self) -> Unfinished {
        match (self.resume, self.restart) {
            (true, _) => Unfinished::Resume,
            (_, true) => Unfinished::Restart,
            _ => Unfinished::Refuse,
        }
    }
}

/// How a list is read.
#[derive(Debug, Default, Args)]
pub(crate) struct ListArgs {
    /// Read the column HEADING as FIELD, e.g. --map 站点=domain (repeatable)
    #[arg(long, value_name = "HEADING=FIELD", help_heading = "Reading lists")]
    pub map: Vec<String>,
    /// The sheet of a workbook (default: the first that has a domain column)
    #[arg(long, value_name = "NAME", help_heading = "Reading lists")]
    pub sheet: Option<String>,
    /// The encoding of a text list (default: found out)
    #[arg(long, value_name = "NAME", help_heading = "Reading lists")]
    pub encoding: Option<String>,
    /// Read at most N rows of each list
    #[arg(long, value_name = "N", help_heading = "Reading lists")]
    pub limit: Option<u64>,
}

impl ListArgs {
    /// All of it as one text: the same file read otherwise is another list.
    pub(crate) fn told(&self) -> String {
        let ListArgs { map, sheet, encoding, limit } = self;
        format!("{map:?} {sheet:?} {encoding:?} {limit:?}")
    }
}

/// How sites are looked at.
#[derive(Debug, Default, Args)]
pub(crate) struct LookArgs {
    #[command(flatten)]
    pub walk: WalkArgs,
    /// Another place to ask for hosts from, to compare: a resolver, or one that is asked on
    /// behalf of a client's subnet (repeatable)
    #[arg(long, value_name = "NAME=ADDR[:PORT][/SUBNET]", help_heading = "Looking")]
    pub vantage: Vec<String>,
    /// Ask registries who holds the domains and until when (RDAP, WHOIS)
    #[arg(long, help_heading = "Looking")]
    pub registration: bool,
    /// Where a network is, over the location table (repeatable)
    #[arg(long, value_name = "CIDR=CC[/PROVIDER]", help_heading = "Looking")]
    pub place: Vec<String>,
    /// A MaxMind-format database in place of the built-in location table
    #[arg(long, value_name = "FILE", help_heading = "Looking")]
    pub geo_db: Option<PathBuf>,
    /// Sites at a time (default: by the machine)
    #[arg(long, value_name = "N", help_heading = "Pace")]
    pub concurrency: Option<u32>,
    /// Requests a second in all (default: no limit)
    #[arg(long, value_name = "N", help_heading = "Pace")]
    pub rate: Option<u32>,
    /// Requests at a time to one host (default: 2)
    #[arg(long, value_name = "N", help_heading = "Pace")]
    pub per_host: Option<u32>,
    /// Requests at a time to one address (default: 8)
    #[arg(long, value_name = "N", help_heading = "Pace")]
    pub per_address: Option<u32>,
    /// Ask for pages as a phone and as a crawler too (default: auto, where something hints that
    /// others get another page)
    #[arg(long, value_enum, value_name = "WHEN", help_heading = "Looking")]
    pub views: Option<WhenArg>,
    /// Ask http too where https gave a page
    #[arg(long, help_heading = "Looking")]
    pub both_schemes: bool,
}

/// How one page is reached and read.
#[derive(Debug, Default, Args)]
pub(crate) struct WalkArgs {
    /// A resolver to ask (repeatable; default: the system's)
    #[arg(long, value_name = "ADDR[:PORT]", help_heading = "Looking")]
    pub resolver: Vec<String>,
    /// Let the crawler connect to addresses of audited sites that it refuses (repeatable)
    #[arg(long, value_name = "CIDR", help_heading = "Looking")]
    pub allow_address: Vec<String>,
    /// A file with further trusted root certificates, PEM (repeatable)
    #[arg(long, value_name = "FILE", help_heading = "Looking")]
    pub ca_cert: Vec<PathBuf>,
    /// Seconds for one step (default: 20)
    #[arg(long, value_name = "S", help_heading = "Pace")]
    pub timeout: Option<u32>,
    /// Seconds for one site in all (default: 90)
    #[arg(long, value_name = "S", help_heading = "Pace")]
    pub deadline: Option<u32>,
    /// Bytes of a page after decompression, at least 8 MiB (default: 16 MiB)
    #[arg(long, value_name = "BYTES", help_heading = "Looking")]
    pub max_body: Option<u64>,
    /// How the crawler introduces itself (default: names the program)
    #[arg(long, value_name = "TEXT", help_heading = "Looking")]
    pub user_agent: Option<String>,
    /// A proxy for all requests (one with a password: BEIAN_HTTP__PROXY)
    #[arg(long, value_name = "URL", help_heading = "Looking")]
    pub proxy: Option<String>,
    #[command(flatten)]
    pub browser: BrowserArgs,
}

/// How pages are rendered.
#[derive(Debug, Default, Args)]
pub(crate) struct BrowserArgs {
    /// Look at pages through a headless Chromium: where their markup leaves something open
    /// (auto, the default), always, never
    #[arg(long, value_name = "WHEN", value_parser = ["never", "auto", "always"], help_heading = "Looking")]
    pub render: Option<String>,
    /// The Chromium or Chrome to use (default: the one on the PATH)
    #[arg(long = "browser", value_name = "PATH", help_heading = "Looking")]
    pub path: Option<PathBuf>,
}

/// Which rules there are, and how grave they are.
#[derive(Debug, Default, Args)]
pub(crate) struct RuleArgs {
    /// Only these rules, by code or family, separated by commas
    #[arg(long, value_name = "CODES", value_delimiter = ',', help_heading = "Judging")]
    pub only: Vec<String>,
    /// All rules but these
    #[arg(long, value_name = "CODES", value_delimiter = ',', help_heading = "Judging")]
    pub skip: Vec<String>,
    /// A reading of the requirements: tencent, huawei, tolerant, strict, or one of the policy file
    #[arg(long, value_name = "NAME", help_heading = "Judging")]
    pub profile: Option<String>,
}

/// What is judged, and how.
#[derive(Debug, Default, Args)]
pub(crate) struct JudgeArgs {
    #[command(flatten)]
    pub rules: RuleArgs,
    /// What the ministry's query says, as a list: domain, record number, subject, status
    #[arg(long, value_name = "FILE", help_heading = "Judging")]
    pub registry: Option<PathBuf>,
    /// The time that the run is said to have begun, RFC 3339 (default: now; of `judge`, when the
    /// run began)
    #[arg(long, value_name = "TIME", value_parser = at, help_heading = "Judging")]
    pub at: Option<Timestamp>,
    /// Exit with 0 also where there are findings or rejected rows
    #[arg(long, help_heading = "Judging")]
    pub exit_zero: bool,
}

fn at(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| "expected RFC 3339, e.g. 2026-11-22T08:00:00+08:00".to_owned())
}

/// The layers without any command's own flags.
pub(crate) fn layers(common: &Common) -> Result<Layers> {
    let mut layers = Layers::defaults()?;
    if let Some(path) = &common.config {
        layers.file(path)?;
    }
    layers.environment(super::environment())?;
    if let Some(lang) = common.lang {
        let lang = if lang == LangArg::Zh { "zh" } else { "en" };
        layers.flag("--lang", ("output", "lang"), Value::String(lang.to_owned()))?;
    }
    Ok(layers)
}

/// The settings under a command's flags.
pub(crate) fn settings(
    common: &Common,
    look: Option<(&LookArgs, &FolderArgs)>,
    judge: Option<&JudgeArgs>,
    store: Option<&StoreArgs>,
) -> Result<Settings> {
    let mut layers = layers(common)?;
    if let Some(store) = store {
        lay_store(&mut layers, store)?;
    }
    if let Some((look, folder)) = look {
        lay_look(&mut layers, look)?;
        lay_folder(&mut layers, folder)?;
    }
    if let Some(judge) = judge {
        lay_rules(&mut layers, &judge.rules)?;
        let registry = path_text(judge.registry.as_ref())?;
        lay_text(&mut layers, "--registry", ("input", "registry"), registry)?;
    }
    layers.settings()
}

/// The settings of a command that works with the store.
pub(crate) fn store_settings(common: &Common, store: &StoreArgs) -> Result<Settings> {
    let mut layers = layers(common)?;
    lay_store(&mut layers, store)?;
    layers.settings()
}

/// Lays the store over the settings.
fn lay_store(layers: &mut Layers, store: &StoreArgs) -> Result<()> {
    if store.place.as_deref().is_some_and(has_password) {
        anyhow::bail!(
            "--store holds a password, which other users of this machine could read there; \
             give the URL in the environment as BEIAN_STORE__PLACE"
        );
    }
    lay_text(layers, "--store", ("store", "place"), store.place.as_deref())
}

/// The settings of a command that looks at one page.
pub(crate) fn walk_settings(common: &Common, walk: &WalkArgs) -> Result<Settings> {
    let mut layers = layers(common)?;
    lay_walk(&mut layers, walk)?;
    layers.settings()
}

/// The settings of a command that looks at the rules themselves.
pub(crate) fn rule_settings(common: &Common, rules: &RuleArgs) -> Result<Settings> {
    let mut layers = layers(common)?;
    lay_rules(&mut layers, rules)?;
    layers.settings()
}

fn lay_rules(layers: &mut Layers, rules: &RuleArgs) -> Result<()> {
    lay_list(layers, "--only", ("rules", "only"), &rules.only)?;
    lay_list(layers, "--skip", ("rules", "skip"), &rules.skip)?;
    lay_text(layers, "--profile", ("rules", "profile"), rules.profile.as_deref())
}

fn lay_look(layers: &mut Layers, look: &LookArgs) -> Result<()> {
    lay_list(layers, "--vantage", ("dns", "vantages"), &look.vantage)?;
    if look.registration {
        layers.flag("--registration", ("registration", "enabled"), Value::Boolean(true))?;
    }
    lay_list(layers, "--place", ("place", "overrides"), &look.place)?;
    lay_text(layers, "--geo-db", ("place", "database"), path_text(look.geo_db.as_ref())?)?;
    lay_number(layers, "--concurrency", ("pace", "concurrency"), look.concurrency)?;
    lay_number(layers, "--rate", ("pace", "rate"), look.rate)?;
    lay_number(layers, "--per-host", ("pace", "per_host"), look.per_host)?;
    lay_number(layers, "--per-address", ("pace", "per_address"), look.per_address)?;
    lay_text(layers, "--views", ("http", "views"), look.views.map(WhenArg::name))?;
    if look.both_schemes {
        layers.flag("--both-schemes", ("http", "both_schemes"), Value::Boolean(true))?;
    }
    lay_walk(layers, &look.walk)
}

fn lay_walk(layers: &mut Layers, walk: &WalkArgs) -> Result<()> {
    if walk.proxy.as_deref().is_some_and(has_password) {
        anyhow::bail!(
            "--proxy holds a password, which other users of this machine could read there; \
             give the URL in the environment as BEIAN_HTTP__PROXY"
        );
    }
    lay_list(layers, "--resolver", ("dns", "resolvers"), &walk.resolver)?;
    lay_list(layers, "--allow-address", ("guard", "allow"), &walk.allow_address)?;
    let certs: Vec<String> = walk.ca_cert.iter().map(|path| path.display().to_string()).collect();
    lay_list(layers, "--ca-cert", ("http", "ca_certs"), &certs)?;
    lay_number(layers, "--timeout", ("http", "timeout"), walk.timeout)?;
    lay_number(layers, "--deadline", ("http", "deadline"), walk.deadline)?;
    if let Some(bytes) = walk.max_body {
        let bytes = i64::try_from(bytes).context("--max-body")?;
        layers.flag("--max-body", ("http", "max_body"), Value::Integer(bytes))?;
    }
    lay_text(layers, "--user-agent", ("http", "user_agent"), walk.user_agent.as_deref())?;
    lay_text(layers, "--proxy", ("http", "proxy"), walk.proxy.as_deref())?;
    lay_browser(layers, &walk.browser)
}

fn lay_folder(layers: &mut Layers, folder: &FolderArgs) -> Result<()> {
    lay_text(layers, "--evidence", ("output", "evidence"), folder.evidence.as_deref())
}

/// The settings of a command that writes its counts to a file.
pub(crate) fn lay_metrics(settings: &mut Settings, metrics: Option<&PathBuf>) -> Result<()> {
    if let Some(path) = path_text(metrics)? {
        path.clone_into(&mut settings.output.metrics);
    }
    Ok(())
}

fn lay_browser(layers: &mut Layers, browser: &BrowserArgs) -> Result<()> {
    lay_text(layers, "--render", ("browser", "render"), browser.render.as_deref())?;
    lay_text(layers, "--browser", ("browser", "path"), path_text(browser.path.as_ref())?)
}

/// The settings of a command that looks only at a world of its own.
pub(crate) fn demo_settings(
    common: &Common,
    browser: &BrowserArgs,
    folder: &FolderArgs,
) -> Result<Settings> {
    let mut layers = layers(common)?;
    lay_folder(&mut layers, folder)?;
    lay_browser(&mut layers, browser)?;
    layers.settings()
}

fn has_password(proxy: &str) -> bool {
    url::Url::parse(proxy).is_ok_and(|url| url.password().is_some())
}

fn path_text(path: Option<&PathBuf>) -> Result<Option<&str>> {
    path.map(|path| {
        path.to_str().with_context(|| format!("{}: the path is not UTF-8", path.display()))
    })
    .transpose()
}

fn lay_list(
    layers: &mut Layers,
    flag: &str,
    setting: (&str, &str),
    items: &[String],
) -> Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    let items = items.iter().cloned().map(Value::String).collect();
    layers.flag(flag, setting, Value::Array(items))
}

fn lay_text(
    layers: &mut Layers,
    flag: &str,
    setting: (&str, &str),
    text: Option<&str>,
) -> Result<()> {
    match text {
        Some(text) => layers.flag(flag, setting, Value::String(text.to_owned())),
        None => Ok(()),
    }
}

fn lay_number(
    layers: &mut Layers,
    flag: &str,
    setting: (&str, &str),
    number: Option<u32>,
) -> Result<()> {
    match number {
        Some(number) => layers.flag(flag, setting, Value::Integer(i64::from(number))),
        None => Ok(()),
    }
}
