//! Runs, and what differs between two of them.

use super::sql::{Row, values};
use super::{Store, StoreError};
use serde::Serialize;

/// A run as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunRow {
    /// Its name.
    pub id: String,
    /// As of when it judged.
    pub at: String,
    /// When it ended; none while it has not.
    pub ended: Option<String>,
    /// The folder of its files.
    pub folder: String,
    /// Whether its list held every filing that was known.
    pub whole: bool,
    /// Whether it is still known what it said of each filing.
    pub detail: bool,
    /// Its counts, as in `summary.json`.
    pub summary: Option<serde_json::Value>,
}

/// A filing of which two runs say different things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The subject's key.
    pub subject: String,
    /// The domain, punycode.
    pub domain: String,
    /// Codes that the later run finds and the earlier did not.
    pub appeared: Vec<String>,
    /// Codes that the earlier run found and the later does not.
    pub vanished: Vec<String>,
    /// Codes that both find, as something else: a failure has become a review, or a review one.
    pub turned: Vec<String>,
    /// `looked at`, `undecided` or `not in the run`, by the earlier and the later one.
    pub standing: [&'static str; 2],
}

const COLUMNS: &str = "id, at, ended, folder, whole, detail, summary";

impl Store {
    /// The runs, the latest first.
    pub async fn runs(&self, limit: usize) -> Result<Vec<RunRow>, StoreError> {
        let mut tx = self.pool.read().await?;
        let sql = format!("SELECT {COLUMNS} FROM run ORDER BY at DESC, id LIMIT {limit}");
        tx.rows(&sql, vec![]).await?.iter().map(run_row).collect()
    }

    /// The run of a name, or of the beginning of one.
    pub async fn run(&self, name: &str) -> Result<RunRow, StoreError> {
        let mut tx = self.pool.read().await?;
        let sql = format!(
            "SELECT {COLUMNS} FROM run
             WHERE SUBSTR(id, 1, LENGTH($1)) = $1 ORDER BY at DESC LIMIT 2"
        );
        let rows = tx.rows(&sql, values![name]).await?;
        match rows.as_slice() {
            [one] => run_row(one),
            [] => Err(StoreError::Unknown(format!("run {name:?}"), "`beian runs` lists them")),
            _ => {
                Err(StoreError::Unknown(format!("single run {name:?}"), "more than one begins so"))
            }
        }
    }

    /// What differs between two runs: the filings after a key, fewer than `limit` where there
    /// are no more.
    pub async fn differences(
        &self,
        earlier: &str,
        later: &str,
        after: Option<&(String, String)>,
        limit: usize,
    ) -> Result<Vec<Difference>, StoreError> {
        let (subject, domain) = after.cloned().unwrap_or_default();
        // One of a pair may be missing; what two runs agree on never leaves the database.
        let sql = format!(
            "SELECT subject, domain, MAX(was), MAX(now), SUM(open_was), SUM(open_now) FROM (
               SELECT a.subject, a.domain, a.verdicts AS was, b.verdicts AS now,
                      a.undecided AS open_was, b.undecided AS open_now
               FROM audit a JOIN audit b
                 ON b.run = $2 AND b.subject = a.subject AND b.domain = a.domain
               WHERE a.run = $1 AND (a.verdicts <> b.verdicts OR a.undecided <> b.undecided)
               UNION ALL
               SELECT a.subject, a.domain, a.verdicts, NULL, a.undecided, 0 FROM audit a
               WHERE a.run = $1 AND NOT EXISTS (SELECT 1 FROM audit b WHERE b.run = $2
                 AND b.subject = a.subject AND b.domain = a.domain)
               UNION ALL
               SELECT b.subject, b.domain, NULL, b.verdicts, 0, b.undecided FROM audit b
               WHERE b.run = $2 AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.run = $1
                 AND a.subject = b.subject AND a.domain = b.domain)
             ) AS pair WHERE (subject, domain) > ($3, $4)
             GROUP BY subject, domain ORDER BY subject, domain LIMIT {limit}"
        )
        .replace("SUM(open_was)", "CAST(SUM(open_was) AS BIGINT)")
        .replace("SUM(open_now)", "CAST(SUM(open_now) AS BIGINT)");
        let mut tx = self.pool.read().await?;
        let rows = tx.rows(&sql, values![earlier, later, subject, domain]).await?;
        rows.iter().map(difference).collect()
    }
}

fn run_row(row: &Row) -> Result<RunRow, StoreError> {
    let summary = row.maybe(6)?.map(|text| serde_json::from_str(&text)).transpose();
    Ok(RunRow {
        id: row.text(0)?,
        at: row.text(1)?,
        ended: row.maybe(2)?,
        folder: row.text(3)?,
        whole: row.int(4)? != 0,
        detail: row.int(5)? != 0,
        summary: summary.map_err(|error| StoreError::Damaged(format!("a run: {error}")))?,
    })
}

fn difference(row: &Row) -> Result<Difference, StoreError> {
    let (was, now) = (row.maybe(2)?, row.maybe(3)?);
    let standing = |verdicts: &Option<String>, undecided: i64| match verdicts {
        None => "not in the run",
        Some(_) if undecided != 0 => "undecided",
        Some(_) => "looked at",
    };
    let standing = [standing(&was, row.int(4)?), standing(&now, row.int(5)?)];
    let (was, now) = (was.unwrap_or_default(), now.unwrap_or_default());
    let split = |text: &str| -> Vec<(String, String)> {
        let pairs = text.split(' ').filter_map(|pair| pair.split_once('='));
        pairs.map(|(code, kind)| (code.to_owned(), kind.to_owned())).collect()
    };
    let (was, now) = (split(&was), split(&now));
    let codes_only = |of: &[(String, String)], not: &[(String, String)]| {
        let only = of.iter().filter(|(code, _)| !not.iter().any(|(other, _)| other == code));
        only.map(|(code, _)| code.clone()).collect()
    };
    let turned = now
        .iter()
        .filter(|(code, kind)| was.iter().any(|(other, before)| other == code && before != kind));
    Ok(Difference {
        subject: row.text(0)?,
        domain: row.text(1)?,
        appeared: codes_only(&now, &was),
        vanished: codes_only(&was, &now),
        turned: turned.map(|(code, _)| code.clone()).collect(),
        standing,
    })
}
