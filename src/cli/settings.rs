//! The settings in force: the embedded file, the user's file, the environment, the
//! command line, each laid over the one before, with where each value comes from.

use anyhow::{Context, Result, anyhow, bail};
use serde::Deserialize;
use std::{collections::BTreeMap, fmt, path::Path};
use toml::{Table, Value};

/// The file that says every setting, its default and why.
pub(crate) const EMBEDDED: &str = include_str!("../../config/beian.toml");

/// The settings in force. What each means stands in `config/beian.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    pub output: Output,
    pub input: Input,
    pub store: Store,
    pub notices: Notices,
    pub notify: Notify,
    pub schedule: Schedule,
    pub dns: Dns,
    pub http: Http,
    pub browser: Browser,
    pub pace: Pace,
    pub place: Place,
    pub guard: Guard,
    pub registration: Registration,
    pub rules: Rules,
    #[serde(skip)]
    origins: Origins,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Output {
    pub dir: String,
    pub lang: String,
    pub evidence: String,
    pub metrics: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    pub registry: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Store {
    pub place: String,
    pub keep_days: u16,
    pub keep_run_days: u16,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Notices {
    pub extension: u16,
    pub sender: String,
    pub contact: String,
    pub letter: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Notify {
    pub file: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Schedule {
    pub file: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dns {
    pub resolvers: Vec<String>,
    pub vantages: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Http {
    pub timeout: u64,
    pub deadline: u64,
    pub max_body: usize,
    pub max_redirects: usize,
    pub both_schemes: bool,
    pub robots: bool,
    pub user_agent: String,
    pub views: String,
    pub phone_agent: String,
    pub spider_agent: String,
    pub proxy: String,
    pub proxy_resolves: bool,
    pub ca_certs: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Browser {
    pub render: String,
    pub path: String,
    pub width: usize,
    pub recycle_after: u32,
    pub timeout: u64,
    pub sandbox: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pace {
    pub concurrency: usize,
    pub rate: u32,
    pub resolving: usize,
    pub requests: usize,
    pub per_host: usize,
    pub per_address: usize,
    pub second_look_after: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    pub database: String,
    pub overrides: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Guard {
    pub allow: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Registration {
    pub enabled: bool,
    pub servers: String,
    pub per_minute: u32,
    pub per_server: usize,
    pub timeout: u64,
    pub cache: String,
    pub cache_days: u16,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rules {
    pub policy: String,
    pub profile: String,
    pub only: Vec<String>,
    pub skip: Vec<String>,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Default,
    File(String),
    Environment(String),
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File(name) => f.write_str(name),
            Origin::Environment(name) => f.write_str(name),
            Origin::Flag(name) => f.write_str(name),
        }
    }
}

/// The settings as they are laid over each other.
#[derive(Clone, Debug)]
pub(crate) struct Layers {
    values: Table,
    origins: Origins,
}

/// Where each value comes from that is not a default.
type Origins = BTreeMap<(String, String), Origin>;

fn origin(origins: &Origins, section: &str, key: &str) -> Origin {
    let found = origins.get(&(section.to_owned(), key.to_owned()));
    found.cloned().unwrap_or(Origin::Default)
}

impl Layers {
    /// The embedded defaults.
    pub(crate) fn defaults() -> Result<Layers> {
        let values: Table = EMBEDDED.parse().context("the embedded settings")?;
        Ok(Layers { values, origins: BTreeMap::new() })
    }

    /// Lays a user's file over what there is.
    pub(crate) fn file(&mut self, path: &Path) -> Result<()> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("{name}: the settings file cannot be read"))?;
        let table: Table = text.parse().map_err(|error: toml::de::Error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            anyhow!("{name}:{line}: not valid TOML: {}", error.message())
        })?;
        for (section, keys) in table {
            let Value::Table(keys) = keys else {
                bail!(
                    "{name}:{}: {section:?} stands outside of a section; write it below one of {}",
                    line_of(&text, "", &section),
                    self.sections()
                );
            };
            for (key, value) in keys {
                let at = || format!("{name}:{}", line_of(&text, &section, &key));
                let origin = Origin::File(at());
                self.set(&section, &key, value, origin).with_context(at)?;
            }
        }
        Ok(())
    }

    /// Lays the environment over what there is: `BEIAN_SECTION__KEY`.
    pub(crate) fn environment(
        &mut self,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<()> {
        for (name, text) in variables {
            let Some(rest) = name.strip_prefix("BEIAN_") else { continue };
            let Some((section, key)) = rest.split_once("__") else {
                // A setting that is written almost right must not be passed over in silence.
                if let Some(meant) = self.meant(rest) {
                    bail!("{name}: a setting is written {meant}, with two underscores");
                }
                continue;
            };
            let (section, key) = (section.to_ascii_lowercase(), key.to_ascii_lowercase());
            let kind = self.known(&section, &key).with_context(|| name.clone())?;
            let value = read_as(kind, &text).with_context(|| name.clone())?;
            self.set(&section, &key, value, Origin::Environment(name.clone()))
                .with_context(|| name.clone())?;
        }
        Ok(())
    }

    /// Lays one flag over what there is.
    pub(crate) fn flag(&mut self, flag: &str, setting: (&str, &str), value: Value) -> Result<()> {
        self.set(setting.0, setting.1, value, Origin::Flag(flag.to_owned()))
            .with_context(|| flag.to_owned())
    }

    /// The settings, read and checked.
    pub(crate) fn settings(&self) -> Result<Settings> {
        let mut settings: Settings =
            Value::Table(self.values.clone()).try_into().context("the settings")?;
        settings.origins.clone_from(&self.origins);
        settings.check_bounds()?;
        Ok(settings)
    }

    /// Every setting with its value and origin, sorted by name.
    pub(crate) fn rows(&self) -> Vec<(String, String, Origin)> {
        let mut rows = Vec::new();
        for (section, keys) in &self.values {
            for (key, value) in keys.as_table().into_iter().flatten() {
                let origin = self.origin(section, key);
                let shown = if ["proxy", "place"].contains(&key.as_str()) {
                    without_password(value)
                } else {
                    value.to_string()
                };
                rows.push((format!("{section}.{key}"), shown, origin));
            }
        }
        rows
    }

    /// The variable that somebody meant who wrote `HTTP_TIMEOUT` or `TIMEOUT`.
    fn meant(&self, written: &str) -> Option<String> {
        let written = written.to_ascii_lowercase();
        let mut all = self.values.iter().flat_map(|(section, keys)| {
            keys.as_table().into_iter().flatten().map(move |(key, _)| (section, key))
        });
        let (section, key) =
            all.find(|(section, key)| format!("{section}_{key}") == written || **key == written)?;
        Some(format!("BEIAN_{section}__{key}").to_ascii_uppercase())
    }

    fn origin(&self, section: &str, key: &str) -> Origin {
        origin(&self.origins, section, key)
    }

    fn sections(&self) -> String {
        let names: Vec<String> = self.values.keys().map(|name| format!("[{name}]")).collect();
        names.join(", ")
    }

    fn known(&self, section: &str, key: &str) -> Result<&Value> {
        let Some(keys) = self.values.get(section).and_then(Value::as_table) else {
            bail!("there is no section [{section}]; there are {}", self.sections());
        };
        keys.get(key).with_context(|| {
            let names: Vec<&str> = keys.keys().map(String::as_str).collect();
            format!("[{section}] has no setting {key:?}; it has {}", names.join(", "))
        })
    }

    fn set(&mut self, section: &str, key: &str, value: Value, origin: Origin) -> Result<()> {
        let kind = self.known(section, key)?;
        if !kind.same_type(&value) {
            bail!(
                "{section}.{key} must be {}, not {} ({value})",
                kind.type_str(),
                value.type_str()
            );
        }
        let mut values = self.values.clone();
        if let Some(keys) = values.get_mut(section).and_then(Value::as_table_mut) {
            keys.insert(key.to_owned(), value);
        }
        // Here the place of a value that no number of this kind, or no list, can hold is known.
        let read: Result<Settings, toml::de::Error> = Value::Table(values.clone()).try_into();
        read.map_err(|error| anyhow!("{section}.{key}: {}", error.message()))?;
        self.values = values;
        self.origins.insert((section.to_owned(), key.to_owned()), origin);
        Ok(())
    }
}

impl Settings {
    /// A setting and where its value comes from, for an error about it.
    pub(crate) fn named(&self, section: &str, key: &str) -> String {
        format!("{section}.{key} ({})", origin(&self.origins, section, key))
    }
}

/// A text from the environment or the command line as a value of the setting's type.
fn read_as(kind: &Value, text: &str) -> Result<Value> {
    let text = text.trim();
    Ok(match kind {
        Value::Integer(_) => Value::Integer(
            text.replace('_', "").parse().with_context(|| format!("{text:?} is not a number"))?,
        ),
        Value::Boolean(_) => Value::Boolean(
            text.parse().with_context(|| format!("{text:?} is neither true nor false"))?,
        ),
        Value::Array(_) => Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(|item| Value::String(item.to_owned()))
                .collect(),
        ),
        _ => Value::String(text.to_owned()),
    })
}

/// The line on which a key of a section stands, from 1; 1 where it is not found.
fn line_of(text: &str, section: &str, key: &str) -> usize {
    let mut inside = section.is_empty();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            let name = line.trim_matches(|c| c == '[' || c == ']').trim();
            inside = name == section;
            if section.is_empty() && name == key {
                return number + 1;
            }
        } else if inside && line.split('=').next().is_some_and(|name| name.trim() == key) {
            return number + 1;
        }
    }
    1
}

fn without_password(proxy: &Value) -> String {
    let text = proxy.as_str().unwrap_or_default();
    match url::Url::parse(text) {
        Ok(mut url) if url.password().is_some() => {
            // A URL that has a password also takes another one.
            let _ = url.set_password(Some("***"));
            format!("{:?}", url.as_str())
        }
        _ => proxy.to_string(),
    }
}

#[cfg(test)]
mod tests;
