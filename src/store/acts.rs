//! What people do to findings, and what the days do.

use super::enter::put_history;
use super::filter::Filter;
use super::findings::{Kept, findings, level_text};
use super::sql::values;
use super::{Store, StoreError, stamp};
use crate::notice::{Change, Event, Refused, Status, step};
use crate::policy::Workdays;
use jiff::Timestamp;
use jiff::civil::Date;

/// What somebody does.
#[derive(Clone, Debug)]
pub struct Act<'a> {
    /// What is done; of [`Event::Sent`] the days are those of each finding.
    pub event: Event,
    /// Who does it.
    pub actor: &'a str,
    /// Why.
    pub reason: &'a str,
    /// When.
    pub at: Timestamp,
    /// That day, in China.
    pub day: Date,
}

/// What became of one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acted {
    /// The notice that holds it.
    pub notice: String,
    /// Its domain, punycode.
    pub domain: String,
    /// Its rule.
    pub code: String,
    /// What has changed, and where it stands now; or why nothing has.
    pub result: Result<(Option<Change>, Status, Date), Refused>,
}

/// Findings in one transaction.
const PART: usize = 1_000;

impl Store {
    /// Does something to all findings that are wanted. What does not fit where a finding stands
    /// is refused for it, and the others go on.
    pub async fn act(
        &self,
        filter: &Filter,
        act: &Act<'_>,
        workdays: &Workdays,
    ) -> Result<Vec<Acted>, StoreError> {
        let (mut acted, mut after) = (Vec::new(), None);
        loop {
            let mut tx = self.pool.begin().await?;
            let part = findings(&mut tx, filter, after.as_ref(), PART).await?;
            after = part.last().map(super::Seen::mark);
            let ended = part.len() < PART;
            let (mut rows, mut history) = (Vec::new(), Vec::new());
            for seen in part {
                let (subject, domain, code) = seen.mark();
                let event = match act.event {
                    Event::Sent { .. } => Event::Sent { days: seen.finding.days },
                    event => event,
                };
                let result = match step(Some(&seen.life), event, act.day, workdays) {
                    Err(refused) => Err(refused),
                    Ok((life, change)) => {
                        let life = life.unwrap_or_else(|| seen.life.clone());
                        if let Some(change) = change {
                            history.push(values![
                                stamp(act.at),
                                &subject,
                                &domain,
                                &code,
                                &seen.notice,
                                change.name(),
                                seen.life.status,
                                life.status,
                                level_text(life.level),
                                life.deadline,
                                act.actor.replace('\0', ""),
                                act.reason.replace('\0', ""),
                                "",
                            ]);
                            rows.push((subject, domain.clone(), code.clone(), life.clone()));
                        }
                        Ok((change, life.status, life.deadline))
                    }
                };
                acted.push(Acted { notice: seen.notice, domain, code, result });
            }
            Kept::live(&mut tx, rows).await?;
            put_history(&mut tx, history).await?;
            tx.commit().await?;
            if ended {
                return Ok(acted);
            }
        }
    }

    /// A day has come: what was sent and is not mended by its deadline is overdue. The number
    /// of findings that became so.
    pub async fn day_came(
        &self,
        at: Timestamp,
        day: Date,
        workdays: &Workdays,
    ) -> Result<u64, StoreError> {
        let due_by = day.yesterday().ok();
        let filter = Filter { statuses: vec![Status::Sent], due_by, ..Filter::default() };
        let act = Act { event: Event::Day, actor: "beian", reason: "", at, day };
        let acted = self.act(&filter, &act, workdays).await?;
        let overdue = acted.iter().filter(|a| matches!(a.result, Ok((Some(_), ..)))).count();
        Ok(u64::try_from(overdue).unwrap_or(u64::MAX))
    }
}

impl Kept {
    /// Writes lives in place of those that are there.
    pub(super) async fn live(
        tx: &mut super::sql::Tx,
        rows: Vec<(String, String, String, crate::notice::Life)>,
    ) -> Result<(), StoreError> {
        for (subject, domain, code, life) in rows {
            tx.run(
                "UPDATE finding SET status = $1, level = $2, deadline = $3, sent = $4,
                 extended = $5, waived_until = $6 WHERE subject = $7 AND domain = $8 AND code = $9",
                values![
                    life.status,
                    level_text(life.level),
                    life.deadline,
                    life.sent,
                    life.extended,
                    life.waived_until,
                    subject,
                    domain,
                    code
                ],
            )
            .await?;
        }
        Ok(())
    }
}
