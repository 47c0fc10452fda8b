//! A run on its way into the memory: what it saw of each filing moves the lives of its findings.

use super::filings::{self, Key};
use super::findings::{Kept, body_of};
use super::sql::{Tx, Value, values};
use super::{Store, StoreError, stamp};
use crate::notice::{Change, Entry, Event, Finding, Since, Status, notice_id, step};
use crate::policy::{Level, Workdays};
use crate::rules::{self, Check};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{HashMap, HashSet};

/// What a run is.
#[derive(Clone, Debug)]
pub struct RunHead {
    /// Its name, the same whenever it is entered.
    pub id: String,
    /// The time that it is said to have begun; what was seen is as of then.
    pub at: Timestamp,
    /// That day, in China.
    pub day: Date,
    /// The folder of its files.
    pub folder: String,
    /// Whether its list held every filing that is known.
    pub whole: bool,
}

/// What belongs to a part of a list, read before it is changed.
struct Desk<'a> {
    head: &'a RunHead,
    workdays: &'a Workdays,
    findings: HashMap<(Key, String), Kept>,
    /// The notice that holds the open findings of a domain.
    notices: HashMap<Key, String>,
    touched: HashSet<(Key, String)>,
    history: Vec<Vec<Value>>,
    /// Closed by this run, and not closed after all: another row of the list shows them.
    unclosed: Vec<(Key, String)>,
}

impl Store {
    /// Begins a run, or goes on with it: whether its list held every filing is what was found
    /// when it began. `rows` is the length of the list.
    pub async fn begin_run(&self, head: &mut RunHead, rows: u64) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        let known = tx.number("SELECT COUNT(*) FROM filing WHERE gone = 0", vec![]).await?;
        let whole = rows >= u64::try_from(known).unwrap_or(u64::MAX);
        tx.run(
            "INSERT INTO run (id, at, folder, whole, detail) VALUES ($1, $2, $3, $4, 1)
             ON CONFLICT (id) DO UPDATE SET folder = excluded.folder, detail = 1",
            values![&head.id, stamp(head.at), &head.folder, whole],
        )
        .await?;
        let sql = "SELECT whole FROM run WHERE id = $1";
        head.whole = tx.number(sql, values![&head.id]).await? != 0;
        tx.commit().await
    }

    /// Enters a part of a run. Filings that it has entered before change nothing; neither does
    /// a run that is older than what is known of a filing. The notices come back with number,
    /// first day, deadline and status.
    pub async fn enter(
        &self,
        head: &RunHead,
        entries: &mut [Entry],
        workdays: &Workdays,
    ) -> Result<(), StoreError> {
        let at = stamp(head.at);
        let mut tx = self.pool.begin().await?;
        let known = filings::known(&mut tx, entries.iter().map(|entry| &entry.filing)).await?;
        let keys: HashSet<Key> = entries.iter().map(|entry| filings::key(&entry.filing)).collect();
        let keys: Vec<Key> = keys.into_iter().collect();
        let mut entered = entered(&mut tx, head, &keys).await?;
        let fresh = entries.iter().filter(|entry| {
            let stale = known.get(&filings::key(&entry.filing)).is_some_and(|k| k.looked > at);
            !stale
        });
        filings::take(&mut tx, &at, fresh.map(|entry| &entry.filing), &known).await?;
        let findings = Kept::of(&mut tx, &keys).await?;
        let open = findings.iter().filter(|(_, kept)| kept.life.status != Status::Closed);
        let notices = open.map(|((key, _), kept)| (key.clone(), kept.notice.clone())).collect();
        let mut desk = Desk {
            head,
            workdays,
            findings,
            notices,
            touched: HashSet::new(),
            history: Vec::new(),
            unclosed: Vec::new(),
        };
        let (mut audits, mut looked) = (Vec::new(), HashMap::new());
        for entry in entries.iter_mut() {
            let key = filings::key(&entry.filing);
            let line = i64::try_from(entry.filing.line).unwrap_or(i64::MAX);
            let lines = entered.entry(key.clone()).or_default();
            let is_twin = !lines.is_empty();
            if lines.insert(line) {
                if known.get(&key).is_none_or(|known| known.looked <= at) {
                    desk.look(&key, entry, is_twin)?;
                    looked.insert(key.clone(), entry.undecided);
                }
                let (verdicts, undecided) = (entry.verdicts.as_str(), entry.undecided);
                audits.push(values![&head.id, &key.0, &key.1, line, verdicts, undecided]);
            }
            desk.stamp(&key, entry);
        }
        desk.write(&mut tx, &at).await?;
        let head_sql = "INSERT INTO audit (run, subject, domain, line, verdicts, undecided)";
        tx.put(head_sql, audits, "ON CONFLICT DO NOTHING").await?;
        filings::looked_at(&mut tx, &at, &looked).await?;
        tx.commit().await
    }

    /// Ends a run; what has changed since the one before.
    pub async fn end_run(
        &self,
        head: &RunHead,
        ended: Timestamp,
        summary: &str,
    ) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        let sql = "UPDATE run SET ended = $1, summary = $2 WHERE id = $3";
        tx.run(sql, values![stamp(ended), summary, &head.id]).await?;
        tx.commit().await
    }

    /// What a run changed.
    pub async fn since(&self, run: &str) -> Result<Since, StoreError> {
        let mut tx = self.pool.read().await?;
        let sql = "SELECT change, COUNT(*) FROM history WHERE run = $1 GROUP BY change";
        let mut since = Since::default();
        for row in tx.rows(sql, values![run]).await? {
            let count = u64::try_from(row.int(1)?).unwrap_or_default();
            match row.text(0)?.as_str() {
                "found" => since.new = count,
                "mended" => since.mended = count,
                "reopened" => since.reopened = count,
                _ => {}
            }
        }
        let sql = "SELECT COUNT(*) FROM finding WHERE run = $1 AND status <> 'closed'";
        let seen = u64::try_from(tx.number(sql, values![run]).await?).unwrap_or_default();
        since.still = seen.saturating_sub(since.new + since.reopened);
        Ok(since)
    }
}

/// The lines of these filings that the run has entered before.
async fn entered(
    tx: &mut Tx,
    head: &RunHead,
    keys: &[Key],
) -> Result<HashMap<Key, HashSet<i64>>, StoreError> {
    let mut entered: HashMap<Key, HashSet<i64>> = HashMap::new();
    for (with, mut values) in filings::keyed(keys) {
        let sql = format!(
            "{with} SELECT a.subject, a.domain, a.line FROM k CROSS JOIN audit a
             WHERE a.run = ${} AND a.subject = k.s AND a.domain = k.d",
            values.len() + 1
        );
        values.push(Value::from(&head.id));
        for row in tx.rows(&sql, values).await? {
            entered.entry((row.text(0)?, row.text(1)?)).or_default().insert(row.int(2)?);
        }
    }
    Ok(entered)
}

impl Desk<'_> {
    /// What one row of the list says moves the findings of its filing. Of two rows of one
    /// subject and domain the one that shows a fault outweighs the other.
    fn look(&mut self, key: &Key, entry: &Entry, is_twin: bool) -> Result<(), StoreError> {
        for finding in entry.notice.iter().flat_map(|notice| &notice.findings) {
            // A question that comes of not having seen the site is not worth a person's time
            // tomorrow, when it is looked at again.
            if entry.undecided && finding.level == Level::Review {
                continue;
            }
            let of = (key.clone(), finding.code.to_string());
            if is_twin {
                self.unclose(&of);
            }
            let event = Event::Seen { level: finding.level, days: finding.days };
            self.happen(&of, event, Some((finding, entry.evidence)))?;
        }
        if is_twin {
            return Ok(());
        }
        for code in &entry.passed {
            let of = (key.clone(), (*code).to_owned());
            let Some(kept) = self.findings.get(&of) else { continue };
            if kept.life.status != Status::Closed && (self.head.whole || !is_of_lists(code)) {
                self.happen(&of, Event::Mended, None)?;
            }
        }
        Ok(())
    }

    /// A row before this one closed it in this very run: that has not happened.
    fn unclose(&mut self, of: &(Key, String)) {
        let run = &self.head.id;
        let Some(kept) = self.findings.get_mut(of).filter(|kept| kept.run == *run) else { return };
        if kept.life.status == Status::Closed {
            kept.life.status =
                if kept.life.sent.is_some() { Status::Sent } else { Status::Drafted };
            self.unclosed.push(of.clone());
            let is_it = |row: &Vec<Value>| {
                matches!(
                    (row.get(1), row.get(2), row.get(3), row.get(5)),
                    (Some(Value::Text(s)), Some(Value::Text(d)), Some(Value::Text(c)), Some(Value::Text(change)))
                        if *s == of.0.0 && *d == of.0.1 && *c == of.1 && change == Change::Mended.name()
                )
            };
            self.history.retain(|row| !is_it(row));
        }
    }

    fn happen(
        &mut self,
        of: &(Key, String),
        event: Event,
        seen: Option<(&Finding, bool)>,
    ) -> Result<(), StoreError> {
        let was = self.findings.get(of).map(|kept| kept.life.clone());
        let stepped = step(was.as_ref(), event, self.head.day, self.workdays);
        // What a look shows is never refused.
        let (life, change) = stepped.map_err(|error| StoreError::Damaged(error.to_string()))?;
        let Some(life) = life else { return Ok(()) };
        let notice = match (self.findings.get(of), change) {
            (Some(kept), change) if change != Some(Change::Reopened) => kept.notice.clone(),
            _ => self.notice_of(&of.0),
        };
        if let Some(change) = change {
            let was = was.map_or("", |life| life.status.name());
            self.history.push(values![
                "",
                &of.0.0,
                &of.0.1,
                &of.1,
                &notice,
                change.name(),
                was,
                life.status,
                super::findings::level_text(life.level),
                life.deadline,
                "beian",
                "",
                &self.head.id,
            ]);
        }
        // A question about what was sure leaves its words as they were.
        let words = seen.filter(|(finding, _)| finding.level == life.level || was_new(change));
        let kept = self.findings.get(of);
        let (days, body) = match (words, kept) {
            (Some((finding, evidence)), _) => {
                let folder = if evidence { self.head.folder.as_str() } else { "" };
                (finding.days, body_of(finding, folder)?)
            }
            (None, Some(kept)) => (kept.days, kept.body.clone()),
            (None, None) => return Ok(()),
        };
        let run = self.head.id.clone();
        self.findings.insert(of.clone(), Kept { notice, life, days, body, run });
        self.touched.insert(of.clone());
        Ok(())
    }

    /// The notice that holds the open findings of a domain; a new one where there is none.
    fn notice_of(&mut self, key: &Key) -> String {
        let fresh = || notice_id(&key.0, &key.1, self.head.day);
        self.notices.entry(key.clone()).or_insert_with(fresh).clone()
    }

    /// Writes number, days, deadline and status into the notice of an entry.
    fn stamp(&mut self, key: &Key, entry: &mut Entry) {
        let Some(notice) = &mut entry.notice else { return };
        notice.id = self.notice_of(key);
        for finding in &mut notice.findings {
            let of = (key.clone(), finding.code.to_string());
            match self.findings.get(&of) {
                Some(kept) => {
                    finding.first_seen = kept.life.first_seen;
                    finding.deadline = kept.life.deadline;
                    finding.status = Some(kept.life.status);
                }
                // A question of this run alone.
                None => finding.status = Some(Status::Found),
            }
        }
    }

    async fn write(self, tx: &mut Tx, at: &str) -> Result<(), StoreError> {
        for ((subject, domain), code) in &self.unclosed {
            let sql = "DELETE FROM history WHERE run = $1 AND subject = $2 AND domain = $3
                       AND code = $4 AND change = 'mended'";
            tx.run(sql, values![&self.head.id, subject, domain, code]).await?;
        }
        let mut touched: Vec<&(Key, String)> = self.touched.iter().collect();
        touched.sort();
        let rows = touched.iter().filter_map(|of| Some((of, self.findings.get(*of)?)));
        let rows = rows.map(|(of, kept)| kept.row(&of.0, &of.1)).collect();
        Kept::put(tx, rows).await?;
        let mut history = self.history;
        for row in &mut history {
            if let Some(first) = row.first_mut() {
                *first = Value::from(at);
            }
        }
        put_history(tx, history).await
    }
}

fn was_new(change: Option<Change>) -> bool {
    matches!(change, Some(Change::Found | Change::Reopened | Change::Confirmed))
}

/// Whether a rule compares the filings of a list: it passes where the others are missing.
fn is_of_lists(code: &str) -> bool {
    rules::find(code).is_none_or(|rule| matches!(rule.check, Check::List(_)))
}

/// Writes rows of history: at, subject, domain, code, notice, change, was, now, level,
/// deadline, actor, reason, run.
pub(super) async fn put_history(tx: &mut Tx, rows: Vec<Vec<Value>>) -> Result<(), StoreError> {
    let head = "INSERT INTO history (at, subject, domain, code, notice, change, was, now, level,
                deadline, actor, reason, run)";
    tx.put(head, rows, "").await
}
