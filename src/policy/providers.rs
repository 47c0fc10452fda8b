//! Who gives access: clouds, data centres, carriers, CDNs, by the names people give them.

use crate::record::normal;
use serde::Deserialize;
use std::collections::HashMap;

/// One access provider, cloud, CDN or carrier.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// The stable key, e.g. `tencent`.
    pub key: String,
    /// The common Chinese name, e.g. `腾讯云`.
    pub zh: String,
    /// The common English name.
    pub en: String,
    /// What it is.
    pub kind: ProviderKind,
    /// Other names: companies that hold its licence, short names, former names.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Beginnings of names that are all its own, e.g. `中国电信` for its provincial companies.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// Keys of providers under whose names its customers may be filed as well, e.g. the
    /// licence holder that runs a foreign cloud's mainland regions.
    #[serde(default)]
    pub filed_as: Vec<String>,
}

/// What kind of provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProviderKind {
    /// Rents servers out of networks of its own.
    Cloud,
    /// Carries other people's sites, or shields them.
    Cdn,
    /// A telecom carrier: it lends addresses to all the others.
    Carrier,
    /// A data centre or hosting company.
    Idc,
    /// Makes sites for its customers on its own servers.
    Builder,
    /// Serves nothing but itself.
    Content,
}

/// All providers, and what they are called.
#[derive(Clone, Debug, Default)]
pub struct Providers {
    by_key: HashMap<String, Provider>,
    by_name: HashMap<String, String>,
    prefixes: Vec<(String, String)>,
}

impl Providers {
    /// The provider that a text names (接入商 as people write it): width, case, spaces,
    /// bracketed parts and the words of a company's form do not count.
    pub fn key_of(&self, text: &str) -> Option<&str> {
        let name = fold(text);
        let key = self.by_name.get(&name).or_else(|| {
            let begins = |(start, _): &&(String, String)| name.starts_with(start.as_str());
            self.prefixes.iter().find(begins).map(|(_, key)| key)
        });
        key.map(String::as_str)
    }

    /// The provider of this key.
    pub fn by_key(&self, key: &str) -> Option<&Provider> {
        self.by_key.get(key)
    }

    /// What the provider of this key is called, in Chinese or English; the key itself where
    /// there is none.
    pub fn name<'a>(&'a self, key: &'a str, english: bool) -> &'a str {
        self.by_key.get(key).map_or(key, |p| if english { &p.en } else { &p.zh })
    }

    /// Whether a filing with the provider `filed` may serve from the network of `network`
    /// (both keys): the same, or one whose customers are filed under the other's name.
    pub fn covers(&self, filed: &str, network: &str) -> bool {
        let lends = |a: &str, b: &str| {
            self.by_key.get(a).is_some_and(|provider| provider.filed_as.iter().any(|f| f == b))
        };
        filed == network || lends(network, filed) || lends(filed, network)
    }

    /// Every key, in no order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.by_key.keys().map(String::as_str)
    }

    /// Adds providers; one whose key is there already takes its place.
    pub(super) fn add(&mut self, providers: Vec<Provider>) {
        for provider in providers {
            let own = [&provider.key, &provider.zh, &provider.en];
            for name in own.into_iter().chain(&provider.aliases) {
                self.by_name.insert(fold(name), provider.key.clone());
            }
            let prefixes = provider.prefixes.iter().map(|p| (fold(p), provider.key.clone()));
            self.prefixes.extend(prefixes);
            self.by_key.insert(provider.key.clone(), provider);
        }
    }
}

/// Words that tell a company's form: what follows them (a branch) does not count either.
const FORMS: [&str; 3] = ["股份有限公司", "有限责任公司", "有限公司"];

/// The same at the end of English names, longest first.
const FORMS_EN: [&str; 6] = ["coltd", "colimited", "limited", "ltd", "inc", "llc"];

/// Folds width, case, spaces and punctuation; drops bracketed parts and the company's form.
pub(super) fn fold(text: &str) -> String {
    let mut depth = 0_usize;
    let mut name = String::new();
    for letter in normal(text).chars().flat_map(char::to_lowercase) {
        match letter {
            '(' | '[' | '【' | '〔' => depth += 1,
            ')' | ']' | '】' | '〕' => depth = depth.saturating_sub(1),
            _ if depth == 0 && letter.is_alphanumeric() => name.push(letter),
            _ => {}
        }
    }
    let end = FORMS.iter().filter_map(|form| name.find(form)).filter(|end| *end > 0).min();
    name.truncate(end.unwrap_or(name.len()));
    let bare = FORMS_EN.iter().find_map(|form| name.strip_suffix(form));
    bare.filter(|bare| !bare.is_empty()).map_or(name.clone(), str::to_owned)
}
