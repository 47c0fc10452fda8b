//! The list as a whole: which filings share a subject, a domain, a number, a contact or a
//! site. Hashes in sorted tables: 84 bytes a filing, 24 a subject of several filings, and
//! some 60 more a website of such a subject.

mod known;
mod pages;
mod site;

use crate::evidence::{Household, Kinship};
pub(super) use known::Known;
pub(super) use known::registrable_of;
use known::{Traits, household};
pub(super) use pages::Pages;
pub(super) use site::{Company, Glimpses};
use std::iter;

/// Rows of other filings that are read back to name them.
const NAMED: usize = 5;

/// Groups of other filings that are counted.
const COUNTED: usize = 100;

/// The filings of a list by what they may share.
#[derive(Debug, Default)]
pub(super) struct Kin {
    /// In the order of the list.
    rows: Pages<Known>,
    /// Places in `rows`, sorted.
    by_domain: Vec<u32>,
    by_subject: Vec<u32>,
    by_name: Vec<u32>,
    by_phone: Vec<u32>,
    by_email: Vec<u32>,
    /// Subjects of several filings.
    households: Vec<(u64, Household)>,
    sites: site::Sites,
}

/// Other filings: how many, and the rows of the first few.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) count: u32,
    pub(super) rows: Vec<u32>,
}

/// With whom a filing shares a phone or a mail address.
#[derive(Debug, Default)]
pub(super) struct Sharing {
    pub(super) people: Found,
    pub(super) subjects: Found,
    pub(super) unsure: Found,
}

impl Kin {
    /// The filings of a list, in its order, part by part.
    pub(super) fn of(parts: Vec<Pages<Known>>) -> Kin {
        let mut rows = Pages::default();
        parts.into_iter().for_each(|part| rows.append(part));
        let mut kin = Kin { rows, ..Kin::default() };
        kin.settle();
        kin
    }

    /// Sorts the tables.
    fn settle(&mut self) {
        self.adopt();
        self.by_subject = self.order(Known::has_subject, Known::in_subject);
        self.inherit();
        self.by_domain = self.order(|k| !k.is_cancelled(), Known::in_domain);
        self.by_name = self.order(|known| known.name != 0, |k| (k.name, k.is_cancelled(), k.row));
        self.by_phone =
            self.order(|k| k.phone != 0 && k.is_in_force(), |k| k.with_contact(k.phone));
        self.by_email =
            self.order(|k| k.email != 0 && k.is_in_force(), |k| k.with_contact(k.email));
    }

    /// Whether the list files this registrable domain under the subject of a row.
    pub(super) fn files(&self, row: u32, registrable: &str) -> bool {
        let subject = self.of_row(row).subject;
        let wanted = (known::hash(registrable), subject);
        let key = |k: &Known| (k.registrable, k.subject);
        !self.range(&self.by_domain, key, wanted).is_empty()
    }

    /// Further websites of the same domain, one of each subject and number, those of other
    /// subjects first. Of a row that is not in force itself also those that repeat it: they say
    /// what the domain may do.
    pub(super) fn same_domain(&self, row: u32) -> Vec<(Kinship, u32)> {
        let own = self.of_row(row);
        if !own.is_site() {
            return Vec::new();
        }
        let registrable = self.range(&self.by_domain, |k| k.registrable, own.registrable);
        let subjects = self.one_of_each(registrable, |k| k.subject).take(COUNTED);
        let mut twins: Vec<(Kinship, u32)> = subjects
            .flat_map(|one| {
                let of_one = self.range(registrable, |k| k.subject, one.subject);
                let rows = self.range(of_one, |k| k.domain, own.domain);
                self.one_of_each(rows, |k| (k.is_site_in_force(), k.number)).take(COUNTED)
            })
            .filter(|k| k.row != row && k.is_site_in_force())
            .filter(|k| !own.is_in_force() || k.subject != own.subject || k.number != own.number)
            .map(|known| (own.kinship(&known), known.row))
            .collect();
        twins.sort_by_key(|(kinship, row)| (*kinship != Kinship::Other, *row));
        twins.truncate(NAMED);
        twins
    }

    /// With whom a filing shares its phone, and with whom its mail address.
    pub(super) fn contacts(&self, row: u32) -> (Sharing, Sharing) {
        let own = self.of_row(row);
        (
            self.sharing(&own, &self.by_phone, own.phone, |k| k.phone),
            self.sharing(&own, &self.by_email, own.email, |k| k.email),
        )
    }

    /// Other registrable domains of websites under the same service number.
    pub(super) fn same_number(&self, row: u32) -> Found {
        let own = self.of_row(row);
        if own.number == 0 || !own.is_site_in_force() {
            return Found::default();
        }
        let key = |k: &Known| (k.subject, k.number);
        let run = self.range(&self.by_subject, key, (own.subject, own.number));
        let each = self.one_of_each(run, |k| (k.is_site_in_force(), k.registrable));
        Found::of(each.filter(|k| k.is_site_in_force() && k.registrable != own.registrable))
    }

    /// What the list has of the subject of a row.
    pub(super) fn household(&self, row: u32) -> Option<Household> {
        let own = self.of_row(row);
        if !own.has_subject() {
            return None;
        }
        let at = self.households.binary_search_by_key(&own.subject, |(subject, _)| *subject);
        let found = at.ok().and_then(|at| self.households.get(at));
        let household =
            found.map_or_else(|| household(iter::once(own)), |(_, household)| *household);
        // Those in force stand first.
        let named = self.range(&self.by_name, |k| k.name, own.name);
        let alive_by_name = named.first().is_some_and(|at| !self.at(*at).is_cancelled());
        Some(Household { alive_by_name, ..household })
    }

    fn sharing(
        &self,
        own: &Known,
        order: &[u32],
        contact: u64,
        of: impl Fn(&Known) -> u64,
    ) -> Sharing {
        if contact == 0 || !own.is_in_force() || !own.has_subject() {
            return Sharing::default();
        }
        let run = self.range(order, of, contact);
        let same = self.range(run, |k| k.subject, own.subject);
        let people = self.one_of_each(same, |k| k.person);
        let people = people.filter(|k| own.person != 0 && k.person != 0 && k.person != own.person);
        let others = self.one_of_each(run, |k| k.subject);
        let (mut subjects, mut unsure) = (Vec::new(), Vec::new());
        for other in others.take(COUNTED).filter(|k| own.kinship(k) == Kinship::Other) {
            match (own.representative, other.representative) {
                (0, _) | (_, 0) => unsure.push(other),
                (one, another) if one != another => subjects.push(other),
                _ => {}
            }
        }
        Sharing {
            people: Found::of(people),
            subjects: Found::of(subjects.into_iter()),
            unsure: Found::of(unsure.into_iter()),
        }
    }

    /// Rows that name a subject by name alone belong to the one numbered subject of that name,
    /// where there is just one: a filing under way has no number yet.
    fn adopt(&mut self) {
        let is_numbered = |k: &Known| k.has(Traits::NUMBERED) && k.name != 0;
        let numbered = self.order(is_numbered, |k| (k.name, k.subject));
        let mut adopted = Vec::new();
        for (at, known) in (0..).zip(self.rows.iter()) {
            if known.has(Traits::NUMBERED) || known.name == 0 {
                continue;
            }
            let run = self.range(&numbered, |k| k.name, known.name);
            let ends = [run.first(), run.last()].map(|at| at.map(|at| self.at(*at).subject));
            if let [Some(first), Some(last)] = ends
                && first == last
            {
                adopted.push((at, first));
            }
        }
        for (at, subject) in adopted {
            if let Some(known) = self.rows.get_mut(at) {
                known.subject = subject;
            }
        }
    }

    /// Counts what each subject has, and gives its rows the legal representative that any of
    /// them names, where they do not contradict each other.
    fn inherit(&mut self) {
        let mut households = Vec::new();
        let mut representatives = Vec::new();
        let mut rest = self.by_subject.as_slice();
        while let Some(first) = rest.first() {
            let subject = self.at(*first).subject;
            let run = rest.partition_point(|at| self.at(*at).subject <= subject);
            let (of_one, behind) = rest.split_at_checked(run).unwrap_or((rest, &[]));
            rest = behind;
            if of_one.len() < 2 {
                continue;
            }
            let all = || of_one.iter().map(|at| self.at(*at));
            households.push((subject, household(all())));
            let mut named = all().map(|k| k.representative).filter(|hash| *hash != 0);
            let one = named.next();
            let agreed = one.filter(|one| named.all(|other| other == *one)).unwrap_or(0);
            representatives.extend(of_one.iter().map(|at| (*at, agreed)));
        }
        self.households = households;
        for (at, representative) in representatives {
            if let Some(known) = self.rows.get_mut(at as usize) {
                known.representative = representative;
            }
        }
    }

    fn order<K: Ord>(&self, is_in: impl Fn(&Known) -> bool, key: impl Fn(&Known) -> K) -> Vec<u32> {
        let places = (0..).zip(self.rows.iter()).filter(|(_, known)| is_in(known));
        let mut order: Vec<u32> = places.map(|(at, _)| at).collect();
        order.sort_unstable_by_key(|at| key(&self.at(*at)));
        order.shrink_to_fit();
        order
    }

    /// The part of a sorted table that has this key.
    fn range<'a, K: Ord>(
        &self,
        order: &'a [u32],
        key: impl Fn(&Known) -> K,
        wanted: K,
    ) -> &'a [u32] {
        let start = order.partition_point(|at| key(&self.at(*at)) < wanted);
        let end = order.partition_point(|at| key(&self.at(*at)) <= wanted);
        order.get(start..end).unwrap_or_default()
    }

    /// The first of each group of equal keys of a table that is sorted by them: however long
    /// the groups are, the way through is short.
    fn one_of_each<K: Ord>(
        &self,
        mut order: &[u32],
        key: impl Fn(&Known) -> K,
    ) -> impl Iterator<Item = Known> {
        iter::from_fn(move || {
            let first = self.at(*order.first()?);
            let group = key(&first);
            let end = order.partition_point(|at| key(&self.at(*at)) <= group);
            order = order.get(end..).unwrap_or_default();
            Some(first)
        })
    }

    fn at(&self, place: u32) -> Known {
        self.rows.get(place as usize).copied().unwrap_or_default()
    }

    fn of_row(&self, row: u32) -> Known {
        self.rows.find(row, |known| known.row).copied().unwrap_or_default()
    }
}

impl Found {
    fn of(rows: impl Iterator<Item = Known>) -> Found {
        let mut found = Found::default();
        for known in rows.take(COUNTED) {
            found.count += 1;
            if found.rows.len() < NAMED {
                found.rows.push(known.row);
            }
        }
        found.rows.sort_unstable();
        found
    }
}

#[cfg(test)]
mod tests;
