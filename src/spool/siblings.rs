//! What filings of one list share: found by the tables of `kin`, named by what is read back.

use super::kin::{Company, Found, Glimpses, Kin, Known, Pages, Sharing, registrable_of};
use super::{Spool, SpoolError, Stage};
use crate::evidence::{Evidence, HostEvidence, Member, OneSite, Others, Sharers, Siblings, Twin};
use crate::filing::{Filing, Status};
use std::{collections::BTreeSet, ops::Range, panic::resume_unwind, thread};

/// Fewer rows are not worth a thread of their own.
const PART: u32 = 4_096;

impl Spool {
    /// Puts together what filings of the list may share, on several threads, before the first
    /// of them is judged. Returns whether it came to its end; `stopped` is asked now and then.
    pub fn gather(
        &mut self,
        threads: usize,
        stopped: impl Fn() -> bool + Sync,
    ) -> Result<bool, SpoolError> {
        let stopped = &stopped;
        let Some(known) = self.by_parts(threads, |spool, rows| spool.known(rows, stopped))? else {
            return Ok(false);
        };
        self.kin = Kin::of(known);
        let seen = self.by_parts(threads, |spool, rows| spool.glimpses(rows, stopped))?;
        Ok(seen.map(|seen| self.kin.gather(seen)).is_some())
    }

    /// Has each thread work on a part of the rows; what they bring is in the order of the list.
    /// `None` where one of them was stopped.
    fn by_parts<T: Send>(
        &self,
        threads: usize,
        work: impl Fn(&Spool, Range<u32>) -> Result<Option<T>, SpoolError> + Sync,
    ) -> Result<Option<Vec<T>>, SpoolError> {
        let part = self.len().div_ceil(u32::try_from(threads).unwrap_or(1).max(1)).max(PART);
        if self.len() <= part {
            return Ok(work(self, 0..self.len())?.map(|part| vec![part]));
        }
        let starts = (0..self.len()).step_by(part as usize);
        let (spool, work) = (self, &work);
        thread::scope(|scope| {
            let threads = starts.map(|start| {
                let rows = start..start.saturating_add(part).min(spool.len());
                scope.spawn(move || work(spool, rows))
            });
            let threads: Vec<_> = threads.collect();
            let parts = threads.into_iter().map(|t| t.join().unwrap_or_else(|p| resume_unwind(p)));
            parts.collect()
        })
    }

    /// What is kept of these rows; `None` where it was stopped.
    fn known(
        &self,
        rows: Range<u32>,
        stopped: impl Fn() -> bool,
    ) -> Result<Option<Pages<Known>>, SpoolError> {
        let mut known = Pages::default();
        for row in rows {
            if stopped() {
                return Ok(None);
            }
            if let Some(filing) = self.filing(row)? {
                known.push(Known::of(row, &filing));
            }
        }
        Ok(Some(known))
    }

    /// What was seen of these rows that may matter to others; `None` where it was stopped.
    fn glimpses(
        &self,
        rows: Range<u32>,
        stopped: impl Fn() -> bool,
    ) -> Result<Option<Glimpses>, SpoolError> {
        let mut glimpses = Glimpses::default();
        for row in rows {
            if stopped() {
                return Ok(None);
            }
            if self.stage(row) != Some(Stage::Rejected) && self.kin.may_share_site(row) {
                self.kin.see(row, &self.outline(row)?.evidence, &mut glimpses);
            }
        }
        Ok(Some(glimpses))
    }

    /// What other filings of the list share with that of a row, after what was seen of it,
    /// once all was gathered.
    pub fn siblings(
        &self,
        row: u32,
        filing: &Filing,
        evidence: &Evidence,
    ) -> Result<Siblings, SpoolError> {
        let (phone, email) = self.kin.contacts(row);
        let number = self.kin.same_number(row);
        let company = self.kin.company(row, evidence);
        Ok(Siblings {
            same_subject: self.ends(row, filing, evidence),
            same_domain: self.twins(row)?,
            phone: self.sharers(phone)?,
            email: self.sharers(email)?,
            household: self.kin.household(row),
            same_number: self.others(number)?,
            one_site: company.map(|company| self.one_site(company)).transpose()?,
        })
    }

    /// Where visits ended at other filings of the same subject.
    fn ends(&self, row: u32, filing: &Filing, evidence: &Evidence) -> Vec<String> {
        let own = filing.domain.registrable();
        let served = evidence.hosts.iter().flat_map(HostEvidence::attempts);
        let served = served.map(|attempt| attempt.last_url());
        let shown = evidence.hosts.iter().filter_map(|host| Some(host.rendered()?.url.as_str()));
        let ends: BTreeSet<String> = served
            .chain(shown)
            .filter_map(registrable_of)
            .filter(|end| end != own && self.kin.files(row, end))
            .collect();
        ends.into_iter().collect()
    }

    fn twins(&self, row: u32) -> Result<Vec<Twin>, SpoolError> {
        let mut twins = Vec::new();
        for (kinship, other) in self.kin.same_domain(row) {
            let Some(filing) = self.filing(other)? else { continue };
            let number = filing.filing_number().cloned();
            let cancelling = filing.status == Status::Cancelling;
            let pending = filing.status == Status::Pending;
            twins.push(Twin { kinship, number, cancelling, pending });
        }
        Ok(twins)
    }

    fn sharers(&self, sharing: Sharing) -> Result<Sharers, SpoolError> {
        Ok(Sharers {
            people: self.others(sharing.people)?,
            subjects: self.others(sharing.subjects)?,
            unsure: self.others(sharing.unsure)?,
        })
    }

    fn others(&self, found: Found) -> Result<Others, SpoolError> {
        let mut others = Others { count: found.count, domains: Vec::new() };
        for row in found.rows {
            let filing = self.filing(row)?;
            others.domains.extend(filing.map(|filing| filing.domain.unicode().to_owned()));
        }
        Ok(others)
    }

    fn one_site(&self, company: Company) -> Result<OneSite, SpoolError> {
        let Company { hosts, domains, direct_numbers, direct, others } = company;
        let mut members = Vec::new();
        for (row, direct) in others {
            let Some(filing) = self.filing(row)? else { continue };
            let police = filing.police_number.as_ref().and_then(|filed| filed.number.as_ref());
            members.push(Member {
                domain: filing.domain.unicode().to_owned(),
                number: filing.filing_number().cloned(),
                police_digits: police.map(|number| number.digits.clone()),
                service_name: filing.service_name.clone(),
                direct,
            });
        }
        Ok(OneSite { hosts, domains, direct_numbers, direct, members })
    }

    fn filing(&self, row: u32) -> Result<Option<Box<Filing>>, SpoolError> {
        Ok(self.row(row)?.and_then(Result::ok))
    }
}
