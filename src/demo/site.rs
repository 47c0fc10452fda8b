use super::DemoError;
use super::certificates::CertificateKind;
use super::ports::PortKind;
use super::registry::RegistrationFile;
use crate::policy::Level;
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr},
};

/// One site of the demo world, as its file describes it.
///
/// Whatever a file leaves out is that of a decent company's site: hosted on a mainland
/// cloud, filed, with its number linked at the foot. So a file shows just its trick.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Site {
    /// The file's name without its ending; also the default domain's first label.
    #[serde(skip)]
    pub name: String,
    /// Makes the default numbers, names and address; each site its own.
    pub id: u16,
    /// What the site shows, in Chinese.
    pub zh: String,
    /// What the site shows, in English.
    pub en: String,
    /// What an audit has to find here, and nothing else.
    pub planted: Vec<Planted>,
    /// The same of an audit without a browser, where that differs.
    pub without: Option<Vec<Planted>>,
    /// The column for which the list's row has to be rejected.
    pub(super) rejected: Option<String>,
    /// Cells of the filing list by field name; an empty one empties the default.
    pub(super) filing: BTreeMap<String, String>,
    /// Further rows of the list for the same site: cells that differ. They stand at the end.
    pub again: Vec<BTreeMap<String, String>>,
    /// Rows of the registry file; what a row leaves out is as the list has it.
    pub(super) registry: Vec<BTreeMap<String, String>>,
    /// What DNS says by name: `@`, a label under the domain, or a whole name with a dot at
    /// its end. Defaults for `@` and `www`: the site's address.
    pub(super) zone: BTreeMap<String, Vec<String>>,
    /// What the second resolver says where it differs.
    pub(super) second: BTreeMap<String, Vec<String>>,
    /// What a vantage point is told where that differs, by its name.
    pub(super) vantage: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// What the domain's registry says.
    pub(super) registration: RegistrationFile,
    /// What happens at the ports of an address; `own` is the site's own, `*` every one that
    /// the zone names.
    pub(super) address: BTreeMap<String, BTreeMap<String, PortKind>>,
    /// The certificate of its hosts.
    pub(super) certificate: CertificateKind,
    /// The page.
    pub(super) page: PageFile,
    /// Further pages, by name.
    pub(super) pages: BTreeMap<String, PageFile>,
    /// Answers other than the page: the first that matches counts.
    pub(super) web: Vec<Route>,
}

/// Through what an audit sees pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eyes {
    /// A browser, where the page as served leaves something open.
    Browser,
    /// The crawler alone.
    Crawler,
}

/// One finding that an audit has to make.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(from = "PlantedFile")]
pub struct Planted {
    /// The rule's code.
    pub code: String,
    /// Its level; none means the rule's own.
    pub level: Option<Level>,
    /// The hosts it has to name, as labels of the site; empty means that any will do.
    pub hosts: Vec<String>,
}

/// A page: a layout with parts of its own, or a whole document.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PageFile {
    /// A file of `fixtures/world/layouts/`; `company` by default.
    pub(super) layout: Option<String>,
    /// The title.
    pub(super) title: Option<String>,
    /// Further markup for the head.
    pub(super) head: Option<String>,
    /// The part between head and foot.
    pub(super) main: Option<String>,
    /// The foot: all of it.
    pub(super) foot: Option<String>,
    /// The foot's copyright line.
    pub(super) copyright: Option<String>,
    /// The foot's record number.
    pub(super) icp: Option<String>,
    /// The foot's police number.
    pub(super) police: Option<String>,
    /// The whole document, in place of a layout.
    pub(super) html: Option<String>,
    /// The encoding of the bytes; UTF-8 by default.
    pub(super) encoding: Option<String>,
    /// The encoding that the meta element declares; the true one by default, empty for none.
    pub(super) declared: Option<String>,
    /// The `Content-Type` header; empty for none.
    pub(super) content_type: Option<String>,
    /// Text put before the foot, in KiB.
    pub(super) padding: usize,
    /// Bytes in place of all of it.
    #[serde(skip)]
    pub(super) bytes: Option<Vec<u8>>,
}

/// An answer for some requests.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Route {
    /// `@`, a label under the domain or a whole name; any host by default.
    pub(super) host: Option<String>,
    /// `http` or `https`; any by default.
    pub(super) scheme: Option<String>,
    /// The path; any by default.
    pub(super) path: Option<String>,
    /// A part of the `User-Agent` header; any by default.
    pub(super) agent: Option<String>,
    /// 200 by default, 302 with a location.
    pub(super) status: Option<u16>,
    /// The `Location` header.
    pub(super) location: Option<String>,
    /// One of `pages`; the page by default.
    pub(super) page: Option<String>,
    /// A body in place of a page.
    pub(super) body: Option<String>,
    /// Further headers.
    pub(super) headers: BTreeMap<String, String>,
    /// `gzip`, `deflate` or `br`.
    pub(super) coding: Option<String>,
    /// Milliseconds before the answer begins.
    pub(super) delay: u64,
    /// Pieces in which the body comes, some time apart.
    pub(super) pieces: usize,
    /// Only half of the announced body comes.
    pub(super) cut: bool,
    /// The body never ends.
    pub(super) endless: bool,
    /// The answer is HTTP/1.0.
    pub(super) http10: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum PlantedFile {
    Code(String),
    Full {
        code: String,
        level: Option<Level>,
        #[serde(default)]
        hosts: Vec<String>,
    },
}

impl From<PlantedFile> for Planted {
    fn from(file: PlantedFile) -> Planted {
        match file {
            PlantedFile::Code(code) => Planted { code, level: None, hosts: Vec::new() },
            PlantedFile::Full { code, level, hosts } => Planted { code, level, hosts },
        }
    }
}

impl Site {
    /// Reads a site file.
    pub fn parse(name: &str, text: &str) -> Result<Site, DemoError> {
        let mut site: Site = toml::from_str(text).map_err(|e| DemoError::site(name, e))?;
        site.name = name.to_owned();
        site.check_cells()?;
        let place = site.vantage.keys().find(|name| !super::dns::VANTAGES.contains(&name.as_str()));
        if let Some(name) = place {
            return Err(DemoError::site(&site.name, format!("no such vantage point: {name}")));
        }
        Ok(site)
    }

    fn check_cells(&self) -> Result<(), DemoError> {
        let mut cells = self.again.iter().chain([&self.filing]).flat_map(BTreeMap::keys);
        if let Some(key) = cells.find(|key| !super::filings::is_field(key)) {
            return Err(DemoError::site(&self.name, format!("no such field of a filing: {key}")));
        }
        let mut cells = self.registry.iter().flat_map(BTreeMap::keys);
        match cells.find(|key| !super::filings::is_registered(key)) {
            Some(key) => {
                Err(DemoError::site(&self.name, format!("no such field of a registry: {key}")))
            }
            None => Ok(()),
        }
    }

    /// A site whose homepage is these bytes, and that has nothing else.
    pub fn of_bytes(
        name: &str,
        id: u16,
        filing: BTreeMap<String, String>,
        bytes: Vec<u8>,
        content_type: &str,
    ) -> Site {
        let page = PageFile {
            bytes: Some(bytes),
            content_type: Some(content_type.to_owned()),
            ..PageFile::default()
        };
        let home = Route { path: Some("/".to_owned()), ..Route::default() };
        let gone = Route { status: Some(404), body: Some(String::new()), ..Route::default() };
        let web = vec![home, gone];
        Site { name: name.to_owned(), id, filing, page, web, ..Site::default() }
    }

    /// What an audit through these eyes has to find, and nothing else.
    pub fn planted_for(&self, eyes: Eyes) -> &[Planted] {
        match (&self.without, eyes) {
            (Some(without), Eyes::Crawler) => without,
            _ => &self.planted,
        }
    }

    /// The domain as DNS writes it.
    pub fn domain(&self) -> String {
        let written = super::filings::cell(self, "domain");
        crate::filing::Domain::parse(&written).map_or(written, |d| d.ascii().to_owned())
    }

    /// The whole name of a host that the file names by `@`, a label or its whole name.
    pub fn host(&self, name: &str) -> String {
        match name {
            "@" => self.domain(),
            whole if whole.ends_with('.') => whole.trim_end_matches('.').to_ascii_lowercase(),
            label => format!("{label}.{}", self.domain()).to_ascii_lowercase(),
        }
    }

    /// Every name that the site's file mentions, the domain and `www` included.
    pub(super) fn hosts(&self) -> BTreeSet<String> {
        let named = self.zone.keys().chain(self.second.keys()).map(String::as_str);
        let routed = self.web.iter().filter_map(|route| route.host.as_deref());
        ["@", "www"].into_iter().chain(named).chain(routed).map(|name| self.host(name)).collect()
    }

    /// The address that the site has unless its zone says otherwise: an invented use of a
    /// mainland cloud's range.
    pub fn address(&self) -> IpAddr {
        let [high, low] = self.id.to_be_bytes();
        IpAddr::V4(Ipv4Addr::new(49, 232, 99 + high, low))
    }
}
