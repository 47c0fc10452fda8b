//! What filings of one list share: found by the tables of `kin`, named by what is read back.

use super::kin::{Company, Found, Sharing, registrable_of};
use super::{Spool, SpoolError, Stage};
use crate::evidence::{Evidence, HostEvidence, Member, OneSite, Others, Sharers, Siblings, Twin};
use crate::filing::{Filing, Status};
use std::collections::BTreeSet;

impl Spool {
    /// Takes in what was seen of filings that may lead to one site, before the first of them
    /// is judged. Returns whether it came to its end; `stopped` is asked now and then.
    pub fn gather(&mut self, stopped: impl Fn() -> bool) -> Result<bool, SpoolError> {
        self.kin.settle();
        for row in 0..self.len() {
            if stopped() {
                return Ok(false);
            }
            if self.stage(row) != Some(Stage::Rejected) && self.kin.may_share_site(row) {
                let seen = self.seen(row)?;
                self.kin.see(row, &seen.evidence);
            }
        }
        self.kin.gather();
        Ok(true)
    }

    /// What other filings of the list share with that of a row, after what was seen of it.
    /// Of sites in common it knows once all was gathered.
    pub fn siblings(
        &mut self,
        row: u32,
        filing: &Filing,
        evidence: &Evidence,
    ) -> Result<Siblings, SpoolError> {
        self.kin.settle();
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

    fn twins(&mut self, row: u32) -> Result<Vec<Twin>, SpoolError> {
        let mut twins = Vec::new();
        for (kinship, other) in self.kin.same_domain(row) {
            let Some(filing) = self.filing(other)? else { continue };
            let number = filing.filing_number().cloned();
            let cancelling = filing.status == Status::Cancelling;
            twins.push(Twin { kinship, number, cancelling });
        }
        Ok(twins)
    }

    fn sharers(&mut self, sharing: Sharing) -> Result<Sharers, SpoolError> {
        Ok(Sharers {
            people: self.others(sharing.people)?,
            subjects: self.others(sharing.subjects)?,
            unsure: self.others(sharing.unsure)?,
        })
    }

    fn others(&mut self, found: Found) -> Result<Others, SpoolError> {
        let mut others = Others { count: found.count, domains: Vec::new() };
        for row in found.rows {
            let filing = self.filing(row)?;
            others.domains.extend(filing.map(|filing| filing.domain.unicode().to_owned()));
        }
        Ok(others)
    }

    fn one_site(&mut self, company: Company) -> Result<OneSite, SpoolError> {
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

    fn filing(&mut self, row: u32) -> Result<Option<Box<Filing>>, SpoolError> {
        Ok(self.row(row)?.and_then(Result::ok))
    }
}
