//! Several filed domains of one subject that lead to one site.
//!
//! Two of them do where the visits end at the same host, or where different hosts show the
//! same bytes. What was seen is taken in once, before the first judgment; the order in
//! which it comes does not matter.

use super::Kin;
use super::known::{Known, hash, host_of, registrable, short};
use crate::evidence::{Evidence, HostEvidence, PageSeen, Role};
use std::collections::HashSet;

/// Visible characters under which equal pages prove nothing: an empty page, a frame, the
/// shell of a page that a script makes.
const LEAST_TEXT: u32 = 40;

/// What was seen of one host of a filing, under one of the two ways to tell a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Glimpse {
    /// Subject and final host, or subject and body.
    key: u64,
    row: u32,
    direct: bool,
}

/// A filing among those that lead to one site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    row: u32,
    /// The least row of the group.
    group: u32,
    direct: bool,
}

/// The sites that filings have in common.
#[derive(Debug, Default)]
pub(super) struct Sites {
    glimpses: Vec<Glimpse>,
    /// Sorted by row.
    places: Vec<Place>,
    /// One of each domain, by group; of each group, those that serve the site come first.
    groups: Vec<Place>,
    /// Groups of more than one domain, sorted.
    totals: Vec<Total>,
}

/// What a group comes to.
#[derive(Clone, Copy, Debug)]
struct Total {
    group: u32,
    domains: u32,
    direct_numbers: u32,
}

/// The filings that lead to the same site as one of them.
#[derive(Debug)]
pub(in crate::spool) struct Company {
    /// Hosts of the filing that show the site.
    pub(in crate::spool) hosts: Vec<String>,
    /// Different domains, its own included.
    pub(in crate::spool) domains: u32,
    /// Different service numbers of those that serve it under their own name.
    pub(in crate::spool) direct_numbers: u32,
    /// Whether this filing does.
    pub(in crate::spool) direct: bool,
    /// A row of each other domain, those that serve it first, and whether it does.
    pub(in crate::spool) others: Vec<(u32, bool)>,
}

/// Others that are read back: a page may bear the name and numbers of any of them.
const READ: usize = 20;

impl Kin {
    /// Whether what was seen of this row can matter: its subject has other filings.
    pub(in crate::spool) fn may_share_site(&self, row: u32) -> bool {
        let own = self.of_row(row);
        let at = self.households.binary_search_by_key(&own.subject, |(subject, _)| *subject);
        let household = at.ok().and_then(|at| self.households.get(at));
        own.is_site_in_force() && household.is_some_and(|(_, household)| household.sites > 1)
    }

    /// Takes in what was seen of a row.
    pub(in crate::spool) fn see(&mut self, row: u32, evidence: &Evidence) {
        let own = self.of_row(row);
        for host in &evidence.hosts {
            let Some(seen) = self.glimpse(&own, host) else { continue };
            let keys = seen.keys.into_iter().flatten();
            self.sites.glimpses.extend(keys.map(|key| Glimpse { key, row, direct: seen.direct }));
        }
    }

    /// Puts together what was seen, when all was taken in.
    pub(in crate::spool) fn gather(&mut self) {
        let mut glimpses = std::mem::take(&mut self.sites.glimpses);
        glimpses.sort_unstable();
        glimpses.dedup();
        let mut rows: Vec<u32> = glimpses.iter().map(|glimpse| glimpse.row).collect();
        rows.sort_unstable();
        rows.dedup();
        let mut union = Union::of(rows);
        for pair in glimpses.windows(2) {
            if let [one, other] = pair
                && one.key == other.key
            {
                union.join(one.row, other.row);
            }
        }
        let place = |glimpse: &Glimpse| {
            let group = union.least(glimpse.row);
            Place { row: glimpse.row, group, direct: glimpse.direct }
        };
        let mut places: Vec<Place> = glimpses.iter().map(place).collect();
        // Of one filing's glimpses the direct one counts.
        places.sort_unstable_by_key(|place| (place.row, !place.direct));
        places.dedup_by_key(|place| place.row);
        let groups = self.by_group(&places);
        let totals = self.totals(&groups);
        self.sites = Sites { glimpses, places, groups, totals };
    }

    /// The places of each group, of each domain one: a list may have a filing twice.
    fn by_group(&self, places: &[Place]) -> Vec<Place> {
        let domain = |place: &Place| self.of_row(place.row).own_domain();
        let mut groups = places.to_vec();
        groups.sort_by_cached_key(|p| (p.group, domain(p), !p.direct, p.row));
        groups.dedup_by_key(|place| (place.group, domain(place)));
        groups.sort_unstable_by_key(|place| (place.group, !place.direct, place.row));
        groups
    }

    fn totals(&self, groups: &[Place]) -> Vec<Total> {
        let of_one = groups.chunk_by(|one, other| one.group == other.group);
        let total = |places: &[Place]| {
            let direct = places.iter().filter(|place| place.direct);
            let numbers = direct.map(|place| self.of_row(place.row).number);
            let numbers: HashSet<u32> = numbers.filter(|number| *number != 0).collect();
            let group = places.first().map_or(0, |place| place.group);
            Total { group, domains: places.len() as u32, direct_numbers: numbers.len() as u32 }
        };
        of_one.filter(|places| places.len() > 1).map(total).collect()
    }

    /// The filings that lead to the same site as this one; `None` where there are no others.
    pub(in crate::spool) fn company(&self, row: u32, evidence: &Evidence) -> Option<Company> {
        let own = self.of_row(row);
        let sites = &self.sites;
        let at = sites.places.binary_search_by_key(&row, |place| place.row).ok()?;
        let place = sites.places.get(at)?;
        let at = sites.totals.binary_search_by_key(&place.group, |total| total.group).ok()?;
        let total = sites.totals.get(at)?;
        let start = sites.groups.partition_point(|other| other.group < place.group);
        let group = sites.groups.get(start..)?.iter().take_while(|p| p.group == place.group);
        let others = group.filter(|other| self.of_row(other.row).own_domain() != own.own_domain());
        Some(Company {
            hosts: self.shared_hosts(&own, evidence),
            domains: total.domains,
            direct_numbers: total.direct_numbers,
            direct: place.direct,
            others: others.take(READ).map(|other| (other.row, other.direct)).collect(),
        })
    }

    /// The hosts of a filing whose page another domain shows as well.
    fn shared_hosts(&self, own: &Known, evidence: &Evidence) -> Vec<String> {
        let glimpses = &self.sites.glimpses;
        let is_shared = |key: &u64| {
            let start = glimpses.partition_point(|glimpse| glimpse.key < *key);
            let end = glimpses.partition_point(|glimpse| glimpse.key <= *key);
            glimpses
                .get(start..end)
                .unwrap_or_default()
                .iter()
                .any(|glimpse| self.of_row(glimpse.row).own_domain() != own.own_domain())
        };
        let hosts = evidence.hosts.iter().filter(|host| {
            let keys = self.glimpse(own, host).into_iter().flat_map(|seen| seen.keys);
            keys.flatten().any(|key| is_shared(&key))
        });
        hosts.map(|host| host.host.clone()).collect()
    }

    fn glimpse(&self, own: &Known, host: &HostEvidence) -> Option<Seen> {
        if host.role == Role::Filed {
            return None;
        }
        let attempt = host.visit.as_ref()?.best()?;
        let rendered = host.rendered().filter(|rendered| rendered.status.is_none_or(|s| s < 400));
        let served = attempt.answer().filter(|seen| seen.is_good());
        let url = match (rendered, served) {
            (Some(rendered), _) => rendered.url.as_str(),
            (None, Some(_)) => attempt.last_url(),
            (None, None) => return None,
        };
        let end = host_of(url)?;
        let owner = self.owner(own, &end)?;
        let aliased = host
            .dns
            .chain
            .iter()
            .any(|name| self.owner(own, name).is_some_and(|owner| owner != own.own_domain()));
        let direct = owner == own.own_domain() && !aliased;
        let key = |kind: &str, text: &str| hash(&format!("{:x} {kind} {text}", own.subject));
        let body = served.filter(|seen| tells(seen)).map(|seen| key("body", &seen.digest));
        Some(Seen { keys: [Some(key("host", &end)), body], direct })
    }

    /// The filing of the same subject that a host belongs to: its own domain, `www.` before
    /// one, or a domain below which it lies.
    fn owner(&self, own: &Known, host: &str) -> Option<(u64, u32)> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let registrable = hash(registrable(&host));
        let key = |k: &Known| (k.registrable, k.subject);
        let run = self.range(&self.by_domain, key, (registrable, own.subject));
        if run.is_empty() {
            return None;
        }
        let mut name = host.as_str();
        loop {
            let domain = short(hash(name));
            if !self.range(run, |k| k.domain, domain).is_empty() {
                return Some((registrable, domain));
            }
            name = name.split_once('.')?.1;
        }
    }
}

/// What was seen of one host.
struct Seen {
    keys: [Option<u64>; 2],
    direct: bool,
}

/// Whether a body equal to this one proves that it is the same page.
fn tells(seen: &PageSeen) -> bool {
    seen.page.as_ref().is_some_and(|page| {
        let is_shell = page.needs_rendering && page.record_numbers.is_empty();
        page.text_length >= LEAST_TEXT && !is_shell
    })
}

/// Rows that are found to belong together, step by step.
struct Union {
    rows: Vec<u32>,
    /// Places in `rows`: of each row a lesser one of its group, or its own.
    lesser: Vec<u32>,
}

impl Union {
    /// Sorted rows, each alone.
    fn of(rows: Vec<u32>) -> Union {
        let lesser = (0..rows.len() as u32).collect();
        Union { rows, lesser }
    }

    fn join(&mut self, one: u32, other: u32) {
        let (Some(one), Some(other)) = (self.root(one), self.root(other)) else { return };
        if let Some(place) = self.lesser.get_mut(one.max(other) as usize) {
            *place = one.min(other);
        }
    }

    /// The least row of the group of a row.
    fn least(&mut self, row: u32) -> u32 {
        let root = self.root(row).and_then(|root| self.rows.get(root as usize));
        root.copied().unwrap_or(row)
    }

    fn root(&mut self, row: u32) -> Option<u32> {
        let mut place = self.rows.binary_search(&row).ok()? as u32;
        loop {
            let lesser = *self.lesser.get(place as usize)?;
            if lesser == place {
                return Some(place);
            }
            // Every second step of the way is taken out, so that long ways grow short.
            let next = *self.lesser.get(lesser as usize)?;
            *self.lesser.get_mut(place as usize)? = next;
            place = next;
        }
    }
}
