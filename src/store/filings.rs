//! Filings as they were imported, and how they changed.

use super::sql::{Row, Tx, Value, marks, values};
use super::{Store, StoreError, stamp};
use crate::filing::Filing;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};

/// What an import has come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Filings that were not known.
    pub added: u64,
    /// Filings that say something else than before.
    pub changed: u64,
    /// Filings that say the same.
    pub same: u64,
    /// Filings that a whole list no longer has.
    pub gone: u64,
}

/// Which filings are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pick {
    /// All that are not gone.
    All,
    /// Those with something open.
    Open,
    /// Those that the last look could not decide.
    Undecided,
    /// Those that changed after they were last looked at, the new ones among them.
    Changed,
    /// Those of this access provider.
    Provider(String),
    /// Those of this domain, in punycode.
    Domain(String),
}

/// What tells one filing from another: its subject's key and its domain in punycode.
pub(super) type Key = (String, String);

pub(super) fn key(filing: &Filing) -> Key {
    // PostgreSQL takes no NUL in a text.
    (filing.subject_key().replace('\0', ""), filing.domain.ascii().to_owned())
}

/// What is known of a filing before it is read again.
pub(super) struct Known {
    pub(super) digest: String,
    pub(super) looked: String,
    pub(super) gone: bool,
}

impl Store {
    /// Takes a part of a list: filings that are new or changed are remembered as of this time.
    /// Of two rows of one subject and domain the later one holds.
    pub async fn import(&self, at: Timestamp, filings: &[Filing]) -> Result<Imported, StoreError> {
        let mut tx = self.pool.begin().await?;
        let known = known(&mut tx, filings.iter()).await?;
        let (_, imported) = take(&mut tx, &stamp(at), filings.iter(), &known).await?;
        tx.commit().await?;
        Ok(imported)
    }

    /// Marks what a whole list, imported at this time, no longer has.
    pub async fn gone_since(&self, at: Timestamp) -> Result<u64, StoreError> {
        let at = stamp(at);
        let mut tx = self.pool.begin().await?;
        tx.run(
            "INSERT INTO filing_change (subject, domain, at, change, was)
             SELECT subject, domain, $1, 'gone', body FROM filing WHERE listed < $1 AND gone = 0",
            values![at.as_str()],
        )
        .await?;
        let gone = tx
            .run("UPDATE filing SET gone = 1 WHERE listed < $1 AND gone = 0", values![at.as_str()])
            .await?;
        tx.commit().await?;
        Ok(gone)
    }

    /// The number of filings that are not gone.
    pub async fn filing_count(&self) -> Result<u64, StoreError> {
        let mut tx = self.pool.read().await?;
        let count = tx.number("SELECT COUNT(*) FROM filing WHERE gone = 0", vec![]).await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Some of the filings that are wanted, those after a key, in the order of subject and
    /// domain; fewer than `limit` where there are no more.
    pub async fn filings(
        &self,
        pick: &Pick,
        after: Option<&(String, String)>,
        limit: usize,
    ) -> Result<Vec<Filing>, StoreError> {
        let (what, mut values) = match pick {
            Pick::All => ("f.gone = 0".to_owned(), vec![]),
            Pick::Open => (
                "EXISTS (SELECT 1 FROM finding n WHERE n.subject = f.subject
                 AND n.domain = f.domain AND n.status NOT IN ('waived', 'closed'))"
                    .to_owned(),
                vec![],
            ),
            Pick::Undecided => ("f.gone = 0 AND f.undecided = 1".to_owned(), vec![]),
            Pick::Changed => ("f.gone = 0 AND f.changed > f.looked".to_owned(), vec![]),
            Pick::Provider(name) => {
                ("f.gone = 0 AND ('、' || f.provider || '、') LIKE $1 ESCAPE '\\'".to_owned(), {
                    values![within(name)]
                })
            }
            Pick::Domain(name) => ("f.gone = 0 AND f.domain = $1".to_owned(), values![name]),
        };
        let (subject, domain) = after.cloned().unwrap_or_default();
        let first = values.len() + 1;
        values.extend(values![subject, domain]);
        let sql = format!(
            "SELECT f.body FROM filing f WHERE {what} AND (f.subject, f.domain) > (${first}, ${})
             ORDER BY f.subject, f.domain LIMIT {limit}",
            first + 1
        );
        let mut tx = self.pool.read().await?;
        tx.rows(&sql, values).await?.iter().map(|row| body(&row.text(0)?)).collect()
    }

    /// What a filing was before, the oldest first: when it changed, how, and the filing of before.
    pub async fn filing_changes(
        &self,
        subject: &str,
        domain: &str,
    ) -> Result<Vec<(String, String, Option<Filing>)>, StoreError> {
        let mut tx = self.pool.read().await?;
        let sql = "SELECT at, change, was FROM filing_change
                   WHERE subject = $1 AND domain = $2 ORDER BY id";
        let rows = tx.rows(sql, values![subject, domain]).await?;
        let change = |row: &Row| {
            let was = row.maybe(2)?.map(|text| body(&text)).transpose()?;
            Ok((row.text(0)?, row.text(1)?, was))
        };
        rows.iter().map(change).collect()
    }
}

/// A part of a list between 、 as it is looked for by LIKE.
pub(super) fn within(name: &str) -> String {
    let escaped: String = name
        .chars()
        .flat_map(|c| matches!(c, '%' | '_' | '\\').then_some('\\').into_iter().chain([c]))
        .collect();
    format!("%、{escaped}、%")
}

pub(super) fn body(text: &str) -> Result<Filing, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(format!("a filing: {error}")))
}

/// What is known of these filings.
pub(super) async fn known(
    tx: &mut Tx,
    filings: impl Iterator<Item = &Filing>,
) -> Result<HashMap<Key, Known>, StoreError> {
    let keys: HashSet<Key> = filings.map(key).collect();
    let mut known = HashMap::new();
    for (with, values) in keyed(&keys.into_iter().collect::<Vec<_>>()) {
        let sql = format!(
            "{with} SELECT f.subject, f.domain, f.digest, f.looked, f.gone
             FROM k CROSS JOIN filing f WHERE f.subject = k.s AND f.domain = k.d"
        );
        for row in tx.rows(&sql, values).await? {
            let of = Known { digest: row.text(2)?, looked: row.text(3)?, gone: row.int(4)? != 0 };
            known.insert((row.text(0)?, row.text(1)?), of);
        }
    }
    Ok(known)
}

/// Pairs of subject and domain as a table `k (s, d)` to join with, as many at a time as both
/// databases like. SQLite would go through a whole table for `(subject, domain) IN (VALUES …)`, and
/// may do so for a plain JOIN; a CROSS JOIN it takes in the order in which it is written.
pub(super) fn keyed(keys: &[Key]) -> Vec<(String, Vec<Value>)> {
    let part = |keys: &[Key]| {
        let values = keys.iter().flat_map(|(s, d)| values![s, d]).collect();
        (format!("WITH k (s, d) AS (VALUES {})", marks(keys.len(), 2, 1)), values)
    };
    keys.chunks(500).map(part).collect()
}

/// Remembers filings as they are read now; the keys of those that changed or are new.
pub(super) async fn take(
    tx: &mut Tx,
    at: &str,
    filings: impl Iterator<Item = &Filing>,
    known: &HashMap<Key, Known>,
) -> Result<(HashSet<Key>, Imported), StoreError> {
    let mut latest: HashMap<Key, (&Filing, String, String)> = HashMap::new();
    for filing in filings {
        let (text, digest) = told(filing)?;
        latest.insert(key(filing), (filing, text, digest));
    }
    let mut imported = Imported::default();
    let (mut rows, mut same, mut changes, mut moved) = (vec![], vec![], vec![], HashSet::new());
    for (key, (filing, text, digest)) in latest {
        let change = match known.get(&key) {
            Some(old) if old.digest == digest && !old.gone => {
                imported.same += 1;
                same.push(key);
                continue;
            }
            Some(old) if old.gone => "back",
            Some(_) => "changed",
            None => "added",
        };
        if change == "added" {
            imported.added += 1
        } else {
            imported.changed += 1
        }
        if change != "added" {
            changes.push((key.clone(), change));
        }
        rows.push(row(&key, filing, text, digest, at));
        moved.insert(key);
    }
    // What is overwritten is kept first.
    for (key, change) in &changes {
        tx.run(
            "INSERT INTO filing_change (subject, domain, at, change, was)
             SELECT subject, domain, $1, $2, body FROM filing WHERE subject = $3 AND domain = $4",
            values![at, *change, &key.0, &key.1],
        )
        .await?;
    }
    tx.put(
        "INSERT INTO filing (subject, domain, body, digest, subject_name, service_name,
         record_number, province, provider, owner, added, changed, listed, looked, undecided, gone)",
        rows,
        "ON CONFLICT (subject, domain) DO UPDATE SET body = excluded.body,
         digest = excluded.digest, subject_name = excluded.subject_name,
         service_name = excluded.service_name, record_number = excluded.record_number,
         province = excluded.province, provider = excluded.provider, owner = excluded.owner,
         changed = excluded.changed, listed = excluded.listed, gone = 0",
    )
    .await?;
    listed(tx, at, &same).await?;
    Ok((moved, imported))
}

/// Remembers that a list still has filings.
async fn listed(tx: &mut Tx, at: &str, keys: &[Key]) -> Result<(), StoreError> {
    for (with, mut values) in keyed(keys) {
        let listed = format!(
            "{with} UPDATE filing SET listed = ${} FROM k
             WHERE filing.subject = k.s AND filing.domain = k.d",
            values.len() + 1
        );
        values.push(Value::from(at));
        tx.run(&listed, values).await?;
    }
    Ok(())
}

/// Remembers when filings were looked at, and whether something was left undecided.
pub(super) async fn looked_at(
    tx: &mut Tx,
    at: &str,
    looked: &HashMap<Key, bool>,
) -> Result<(), StoreError> {
    for undecided in [false, true] {
        let keys = looked.iter().filter(|(_, is)| **is == undecided).map(|(key, _)| key);
        let keys: Vec<Key> = keys.cloned().collect();
        for (with, mut values) in keyed(&keys) {
            let first = values.len() + 1;
            let second = first + 1;
            values.extend(values![at, undecided]);
            let sql = format!(
                "{with} UPDATE filing SET looked = ${first}, undecided = ${second} FROM k
                 WHERE filing.subject = k.s AND filing.domain = k.d"
            );
            tx.run(&sql, values).await?;
        }
    }
    Ok(())
}

/// A filing as text, and its digest; where it stood in its list is no part of it.
fn told(filing: &Filing) -> Result<(String, String), StoreError> {
    let plain = Filing { line: 0, source: None, ..filing.clone() };
    let text = serde_json::to_string(&plain)
        .map_err(|error| StoreError::Damaged(format!("a filing: {error}")))?;
    // SQLite and PostgreSQL both end a text at NUL, or refuse it.
    let text = text.replace("\\u0000", "");
    let digest = Sha256::digest(text.as_bytes());
    let digest = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    Ok((text, digest))
}

fn row(key: &Key, filing: &Filing, text: String, digest: String, at: &str) -> Vec<Value> {
    let numbers = [&filing.record_number, &filing.subject_number, &filing.licence];
    let number = numbers.into_iter().flatten().next().map_or_else(String::new, |n| n.shown());
    let of = |text: &Option<String>| text.clone().unwrap_or_default().replace('\0', "");
    values![
        &key.0,
        &key.1,
        text,
        digest,
        of(&filing.subject_name),
        of(&filing.service_name),
        number.replace('\0', ""),
        filing.province().map_or("", |province| province.name()),
        filing.providers.as_deref().unwrap_or_default().join("、").replace('\0', ""),
        of(&filing.owner),
        at,
        at,
        at,
        "",
        0_i64,
        0_i64,
    ]
}
