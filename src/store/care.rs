//! Looking after the store: is it whole, a copy of it, forgetting.

use super::sql::{Pool, values};
use super::{Store, StoreError, schema, stamp};
use jiff::Timestamp;
use serde::Serialize;
use std::path::Path;

/// What a look at the store says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Care {
    /// `sqlite` or `postgres`.
    pub kind: &'static str,
    /// The version of its tables.
    pub version: i64,
    /// The rows of each table.
    pub rows: Vec<(&'static str, i64)>,
    /// What is wrong with it; nothing where all is well.
    pub faults: Vec<String>,
}

/// What was forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pruned {
    /// Runs, with what they said of each filing.
    pub runs: u64,
    /// Findings that were closed, with their history.
    pub findings: u64,
    /// Filings that are gone and have no findings.
    pub filings: u64,
    /// Messages that were sent.
    pub messages: u64,
}

const TABLES: [&str; 9] = [
    "filing",
    "filing_change",
    "run",
    "audit",
    "finding",
    "history",
    "message",
    "message_finding",
    "job",
];

impl Store {
    /// Looks whether the store is whole.
    pub async fn check(&self) -> Result<Care, StoreError> {
        let mut tx = self.pool.read().await?;
        let (mut rows, mut faults) = (Vec::new(), Vec::new());
        for table in TABLES {
            let count = tx.number(&format!("SELECT COUNT(*) FROM {table}"), vec![]).await?;
            rows.push((table, count));
        }
        if !self.pool.is_postgres() {
            for row in tx.rows("PRAGMA integrity_check", vec![]).await? {
                let said = row.text(0)?;
                if said != "ok" {
                    faults.push(said);
                }
            }
        }
        for (what, sql) in [
            (
                "findings without a filing",
                "SELECT COUNT(*) FROM finding n WHERE NOT EXISTS (SELECT 1 FROM filing f
                 WHERE f.subject = n.subject AND f.domain = n.domain)",
            ),
            (
                "findings without a history",
                "SELECT COUNT(*) FROM finding n WHERE NOT EXISTS (SELECT 1 FROM history h
                 WHERE h.subject = n.subject AND h.domain = n.domain AND h.code = n.code)",
            ),
            (
                "findings whose history ends otherwise",
                "SELECT COUNT(*) FROM finding n WHERE n.status <> (SELECT h.now FROM history h
                 WHERE h.subject = n.subject AND h.domain = n.domain AND h.code = n.code
                 ORDER BY h.id DESC LIMIT 1)",
            ),
        ] {
            let count = tx.number(sql, vec![]).await?;
            if count > 0 {
                faults.push(format!("{count} {what}"));
            }
        }
        let kind = if self.pool.is_postgres() { "postgres" } else { "sqlite" };
        drop(tx);
        Ok(Care { kind, version: schema::version(&self.pool).await?, rows, faults })
    }

    /// Copies the store into a file that is not there yet, while others work with it. SQLite's
    /// alone: a server has tools of its own for that.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let Pool::Sqlite(pool) = &self.pool else {
            let why = "it is PostgreSQL's: use pg_dump".to_owned();
            return Err(StoreError::Open("backup".to_owned(), why));
        };
        let shown = to.display().to_string();
        if to.exists() {
            return Err(StoreError::Open(shown, "the file exists already".to_owned()));
        }
        // SQLite takes an empty file for none, and leaves its rights as they are.
        super::make_private(to)
            .map_err(|error| StoreError::Open(shown.clone(), error.to_string()))?;
        sqlx::query("VACUUM INTO $1").bind(&shown).execute(pool).await?;
        Ok(())
    }

    /// Forgets what runs before a time said of each filing. What they found stays, and so do
    /// their counts; the last two runs can always be compared. The number of runs.
    pub async fn prune_details(&self, before: Timestamp) -> Result<u64, StoreError> {
        let old = "SELECT id FROM run WHERE at < $1 AND detail = 1
                   AND id NOT IN (SELECT id FROM run ORDER BY at DESC, id LIMIT 2)";
        self.of_runs(old, &stamp(before), "UPDATE run SET detail = 0 WHERE id = $1").await
    }

    /// Forgets what the runs that `which` names said of each filing, and does something to each
    /// of them: a transaction a run, so that others have their turn between two millions of rows.
    async fn of_runs(&self, which: &str, at: &str, then: &str) -> Result<u64, StoreError> {
        let mut tx = self.pool.read().await?;
        let rows = tx.rows(which, values![at]).await?;
        drop(tx);
        let ids = rows.iter().map(|row| row.text(0)).collect::<Result<Vec<_>, _>>()?;
        for id in &ids {
            let mut tx = self.pool.begin().await?;
            tx.run("DELETE FROM audit WHERE run = $1", values![id]).await?;
            tx.run(then, values![id]).await?;
            tx.commit().await?;
        }
        Ok(u64::try_from(ids.len()).unwrap_or(u64::MAX))
    }

    /// Forgets what ended before a time: runs, closed findings, filings that are gone, messages
    /// that were sent. What is open stays, however old, and the last run does.
    pub async fn prune(&self, before: Timestamp) -> Result<Pruned, StoreError> {
        let (at, day) = (stamp(before), before.strftime("%Y-%m-%d").to_string());
        let old = "SELECT id FROM run WHERE at < $1 AND at < (SELECT MAX(at) FROM run)";
        let runs = self.of_runs(old, &at, "DELETE FROM run WHERE id = $1").await?;
        let mut tx = self.pool.begin().await?;
        let ended = "FROM finding WHERE status = 'closed' AND last_seen < $1 AND NOT EXISTS (
             SELECT 1 FROM history h WHERE h.subject = finding.subject
             AND h.domain = finding.domain AND h.code = finding.code AND h.at >= $2)";
        let findings =
            tx.run(&format!("DELETE {ended}"), values![day.as_str(), at.as_str()]).await?;
        tx.run(
            "DELETE FROM history WHERE at < $1 AND NOT EXISTS (SELECT 1 FROM finding n
             WHERE n.subject = history.subject AND n.domain = history.domain
             AND n.code = history.code)",
            values![at.as_str()],
        )
        .await?;
        let unneeded = "NOT EXISTS (SELECT 1 FROM finding n WHERE n.subject = filing.subject
                        AND n.domain = filing.domain)";
        let filings = tx
            .run(
                &format!("DELETE FROM filing WHERE gone = 1 AND listed < $1 AND {unneeded}"),
                values![at.as_str()],
            )
            .await?;
        tx.run("DELETE FROM filing_change WHERE at < $1", values![at.as_str()]).await?;
        // Who was told of something that is still open must stay known: nobody is told twice.
        let told = "NOT EXISTS (SELECT 1 FROM message_finding m JOIN finding n
             ON n.subject = m.subject AND n.domain = m.domain AND n.code = m.code
             WHERE m.message = message.id AND n.status <> 'closed')";
        let messages = tx
            .run(
                &format!(
                    "DELETE FROM message WHERE state IN ('sent', 'outdated') AND created < $1
                     AND created < (SELECT MAX(m.created) FROM message m
                     WHERE m.route = message.route) AND {told}"
                ),
                values![at.as_str()],
            )
            .await?;
        tx.run(
            "DELETE FROM message_finding WHERE NOT EXISTS
             (SELECT 1 FROM message WHERE message.id = message_finding.message)",
            vec![],
        )
        .await?;
        tx.commit().await?;
        Ok(Pruned { runs, findings, filings, messages })
    }
}
