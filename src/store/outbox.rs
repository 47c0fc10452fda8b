//! The outbox: what is to be said to somebody, said at least once, and not twice but where the
//! receiver's protocol leaves no other way.

use super::filings::Key;
use super::filter::Filter;
use super::findings::{Kept, Mark, Seen, findings, level_text};
use super::message::{COLUMNS, Draft, Message, State};
use super::sql::{Row, Tx, values};
use super::{Store, StoreError, enter::put_history, stamp};
use crate::notice::{Event, step};
use crate::policy::Workdays;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{BTreeMap, HashMap, HashSet};

/// How many messages stand where.
pub type Count = BTreeMap<State, u64>;

impl Store {
    /// Puts messages into the outbox; the number of those that were not there yet. What somebody
    /// else has put there to be told since it was asked for is left out of them.
    pub async fn put_messages(
        &self,
        drafts: &[Draft],
        at: Timestamp,
        due: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut tx = self.pool.begin().await?;
        let mut routes: BTreeMap<&str, HashSet<Key>> = BTreeMap::new();
        for draft in drafts {
            let keys = draft.findings.iter().map(|((s, d, _), _)| (s.clone(), d.clone()));
            routes.entry(&draft.route).or_default().extend(keys);
        }
        let mut before = HashMap::new();
        for (route, keys) in routes {
            let keys: Vec<Key> = keys.into_iter().collect();
            before.insert(route, told(&mut tx, route, &keys).await?);
        }
        let mut put = 0;
        for draft in drafts {
            let told = |(mark, stage): &&(Mark, String)| {
                let told = before.get(draft.route.as_str());
                told.is_some_and(|told| told.contains(&(mark.clone(), stage.clone())))
            };
            let findings: Vec<_> = draft.findings.iter().filter(|f| !told(f)).collect();
            if findings.is_empty() && !draft.findings.is_empty() {
                continue;
            }
            let fresh = tx
                .run(
                    "INSERT INTO message (id, route, recipient, kind, subject, body, state,
                     created, due, lease, attempts, error)
                     VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8, '', 0, '')
                     ON CONFLICT (id) DO NOTHING",
                    values![
                        &draft.id,
                        &draft.route,
                        &draft.recipient,
                        &draft.kind,
                        &draft.subject,
                        &draft.body,
                        stamp(at),
                        stamp(due)
                    ],
                )
                .await?;
            if fresh == 0 {
                continue;
            }
            put += 1;
            let rows = findings.into_iter().map(|((subject, domain, code), stage)| {
                values![&draft.id, subject, domain, code, stage]
            });
            let head = "INSERT INTO message_finding (message, subject, domain, code, stage)";
            tx.put(head, rows.collect(), "ON CONFLICT DO NOTHING").await?;
        }
        tx.commit().await?;
        Ok(put)
    }

    /// The findings of a filter that no message of a route has told of at this stage: the day of
    /// their opening and a word.
    pub async fn untold(
        &self,
        route: &str,
        word: &str,
        filter: &Filter,
    ) -> Result<Vec<Seen>, StoreError> {
        const PART: usize = 2_000;
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let mut tx = self.pool.read().await?;
            let part = findings(&mut tx, filter, after.as_ref(), PART).await?;
            after = part.last().map(Seen::mark);
            let ended = part.len() < PART;
            let key = |seen: &Seen| (seen.subject.clone(), seen.filing.domain.ascii().to_owned());
            let keys: Vec<Key> = part.iter().map(key).collect();
            let told = told(&mut tx, route, &keys).await?;
            all.extend(
                part.into_iter().filter(|seen| !told.contains(&(seen.mark(), stage(seen, word)))),
            );
            if ended {
                return Ok(all);
            }
        }
    }

    /// Takes the next message whose time has come, and keeps others from it until a time.
    /// `skipping`: routes that are not to be served now.
    pub async fn take_message(
        &self,
        now: Timestamp,
        until: Timestamp,
        skipping: &[String],
    ) -> Result<Option<Message>, StoreError> {
        let mut values = values![stamp(now), stamp(until)];
        let marks: Vec<String> = (3..3 + skipping.len()).map(|n| format!("${n}")).collect();
        values.extend(skipping.iter().map(super::sql::Value::from));
        let not = match marks.is_empty() {
            true => String::new(),
            false => format!(" AND route NOT IN ({})", marks.join(",")),
        };
        let free = "((state = 'waiting' AND due <= $1) OR (state = 'sending' AND lease <= $1))";
        let sql = format!(
            "UPDATE message SET state = 'sending', lease = $2, attempts = attempts + 1
             WHERE id = (SELECT id FROM message WHERE {free}{not} ORDER BY due, id LIMIT 1)
             RETURNING {COLUMNS}"
        );
        let mut tx = self.pool.begin().await?;
        let row = tx.row(&sql, values).await?;
        tx.commit().await?;
        row.as_ref().map(Message::read).transpose()
    }

    /// The findings that a message tells of and that are still open, or waived no more.
    pub async fn message_findings(&self, id: &str) -> Result<Vec<Seen>, StoreError> {
        let mut tx = self.pool.read().await?;
        Ok(of_message(&mut tx, id).await?.into_iter().filter(|s| s.life.status.is_open()).collect())
    }

    /// The receiver has a message. Where it told an owner, his findings are sent from now on.
    pub async fn message_sent(
        &self,
        id: &str,
        now: Timestamp,
        told: Option<(Date, &Workdays)>,
    ) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        let sql = "UPDATE message SET state = 'sent', sent = $1, lease = '', error = ''
                   WHERE id = $2 AND state <> 'sent'";
        let fresh = tx.run(sql, values![stamp(now), id]).await?;
        if let Some((day, workdays)) = told.filter(|_| fresh > 0) {
            let (mut lives, mut history) = (Vec::new(), Vec::new());
            for seen in of_message(&mut tx, id).await? {
                let event = Event::Sent { days: seen.finding.days };
                // Whoever closed or waived it meanwhile has the last word.
                let Ok((Some(life), Some(change))) = step(Some(&seen.life), event, day, workdays)
                else {
                    continue;
                };
                let (subject, domain, code) = seen.mark();
                history.push(values![
                    stamp(now),
                    &subject,
                    &domain,
                    &code,
                    &seen.notice,
                    change.name(),
                    seen.life.status,
                    life.status,
                    level_text(life.level),
                    life.deadline,
                    "beian deliver",
                    format!("message {id}"),
                    "",
                ]);
                lives.push((subject, domain, code, life));
            }
            Kept::live(&mut tx, lives).await?;
            put_history(&mut tx, history).await?;
        }
        tx.commit().await
    }

    /// A try failed: the message is due again, or dead where there is no time for that.
    pub async fn message_failed(
        &self,
        id: &str,
        error: &str,
        due: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let state = if due.is_some() { State::Waiting } else { State::Dead };
        let mut tx = self.pool.begin().await?;
        let sql = "UPDATE message SET state = $1, error = $2, due = COALESCE($3, due), lease = ''
                   WHERE id = $4 AND state = 'sending'";
        let error = error.replace('\0', "");
        tx.run(sql, values![state.name(), error, due.map(stamp), id]).await?;
        tx.commit().await
    }

    /// A message that is put off, not tried: its attempt does not count.
    pub async fn message_later(&self, id: &str, due: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        let sql = "UPDATE message SET state = 'waiting', due = $1, lease = '',
                   attempts = attempts - 1 WHERE id = $2 AND state = 'sending'";
        tx.run(sql, values![stamp(due), id]).await?;
        tx.commit().await
    }

    /// What a message would have said is no longer so.
    pub async fn message_outdated(&self, id: &str) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        let sql = "UPDATE message SET state = 'outdated', lease = '' WHERE id = $1";
        tx.run(sql, values![id]).await?;
        tx.commit().await
    }

    /// Has dead messages tried again: those of these names, or all of them.
    pub async fn retry(&self, ids: &[String], now: Timestamp) -> Result<u64, StoreError> {
        const SQL: &str = "UPDATE message SET state = 'waiting', due = $1, attempts = 0
                           WHERE state = 'dead'";
        let mut tx = self.pool.begin().await?;
        let mut count = 0;
        if ids.is_empty() {
            count = tx.run(SQL, values![stamp(now)]).await?;
        }
        for id in ids {
            let sql = format!("{SQL} AND id = $2");
            count += tx.run(&sql, values![stamp(now), id]).await?;
        }
        tx.commit().await?;
        Ok(count)
    }

    /// The messages in a state, or all of them, the latest first.
    pub async fn messages(
        &self,
        state: Option<State>,
        limit: usize,
    ) -> Result<Vec<Message>, StoreError> {
        let mut tx = self.pool.read().await?;
        let mut values = Vec::new();
        let which = match state {
            Some(state) => {
                values.extend(values![state.name()]);
                "WHERE state = $1"
            }
            None => "",
        };
        let sql = format!(
            "SELECT {COLUMNS} FROM message {which} ORDER BY created DESC, id LIMIT {limit}"
        );
        tx.rows(&sql, values).await?.iter().map(Message::read).collect()
    }

    /// What the messages of a route and kind say besides their findings, each text once.
    pub async fn bodies(&self, route: &str, kind: &str) -> Result<Vec<String>, StoreError> {
        let mut tx = self.pool.read().await?;
        let sql = "SELECT DISTINCT body FROM message WHERE route = $1 AND kind = $2";
        tx.rows(sql, values![route, kind]).await?.iter().map(|row| row.text(0)).collect()
    }

    /// How often each change happened to the findings of a filter after a place in the history,
    /// and the place up to which that is so.
    pub async fn changes_since(
        &self,
        filter: &Filter,
        after: i64,
    ) -> Result<(BTreeMap<String, u64>, i64), StoreError> {
        let mut tx = self.pool.read().await?;
        let mut values = values![after];
        let conditions = filter.conditions(&mut values);
        let sql = format!(
            "SELECT h.change, COUNT(*) FROM history h
             JOIN finding n ON n.subject = h.subject AND n.domain = h.domain AND n.code = h.code
             JOIN filing f ON f.subject = n.subject AND f.domain = n.domain
             WHERE h.id > $1{conditions} GROUP BY h.change"
        );
        let rows = tx.rows(&sql, values).await?;
        let count = |row: &Row| Ok((row.text(0)?, u64::try_from(row.int(1)?).unwrap_or_default()));
        let changes = rows.iter().map(count).collect::<Result<_, StoreError>>()?;
        let last = tx.number("SELECT COALESCE(MAX(id), 0) FROM history", vec![]).await?;
        Ok((changes, last))
    }

    /// How many messages stand where.
    pub async fn message_count(&self) -> Result<Count, StoreError> {
        let mut tx = self.pool.read().await?;
        let rows = tx.rows("SELECT state, COUNT(*) FROM message GROUP BY state", vec![]).await?;
        let count = |row: &Row| {
            Ok((State::named(&row.text(0)?)?, u64::try_from(row.int(1)?).unwrap_or_default()))
        };
        rows.iter().map(count).collect()
    }
}

/// At which stage of its life a message tells of a finding.
pub fn stage(seen: &Seen, word: &str) -> String {
    format!("{} {word}", seen.life.opened)
}

/// What the messages of a route tell of filings, and at which stages.
async fn told(
    tx: &mut Tx,
    route: &str,
    keys: &[Key],
) -> Result<HashSet<(Mark, String)>, StoreError> {
    let mut told = HashSet::new();
    for (with, mut values) in super::filings::keyed(keys) {
        let sql = format!(
            "{with} SELECT f.subject, f.domain, f.code, f.stage FROM k
             CROSS JOIN message_finding f CROSS JOIN message m
             WHERE f.subject = k.s AND f.domain = k.d AND m.id = f.message AND m.route = ${}",
            values.len() + 1
        );
        values.push(super::sql::Value::from(route));
        for row in tx.rows(&sql, values).await? {
            told.insert(((row.text(0)?, row.text(1)?, row.text(2)?), row.text(3)?));
        }
    }
    Ok(told)
}

async fn of_message(tx: &mut Tx, id: &str) -> Result<Vec<Seen>, StoreError> {
    let sql = "SELECT DISTINCT domain FROM message_finding WHERE message = $1";
    let mut domains = Vec::new();
    for row in tx.rows(sql, values![id]).await? {
        domains.push(row.text(0)?);
    }
    let sql = "SELECT subject, domain, code, stage FROM message_finding WHERE message = $1";
    let mut marks = BTreeMap::new();
    for row in tx.rows(sql, values![id]).await? {
        marks.insert((row.text(0)?, row.text(1)?, row.text(2)?), row.text(3)?);
    }
    let mut all = Vec::new();
    for domains in domains.chunks(400) {
        let filter = Filter { domains: domains.to_vec(), ..Filter::default() };
        all.extend(findings(tx, &filter, None, 1_000_000).await?);
    }
    all.retain(|seen| {
        // Opened again since, it is another message's.
        marks.get(&seen.mark()).is_some_and(|stage| {
            stage.split(' ').next() == Some(seen.life.opened.to_string().as_str())
        })
    });
    Ok(all)
}
