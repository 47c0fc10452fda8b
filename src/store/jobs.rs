//! Whose turn it is to do a job that must not be done twice at a time.

use super::sql::values;
use super::{Store, StoreError, stamp};
use jiff::Timestamp;
use serde::Serialize;

/// A job as it is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Job {
    /// Its name.
    pub name: String,
    /// The time for which it was last begun.
    pub slot: String,
    /// When it was begun.
    pub began: String,
    /// When it ended; empty while it has not.
    pub ended: String,
    /// How it ended.
    pub outcome: String,
}

/// Whether somebody may begin a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is his.
    Mine,
    /// It was begun for this time before, by whomever.
    Done,
    /// Somebody is at it until this time at least.
    Held(String),
}

impl Store {
    /// Takes the turn of a job for a time, by somebody who will say every so often that he is
    /// still at it; `until` is when others may think that he is not.
    pub async fn take_turn(
        &self,
        name: &str,
        slot: Timestamp,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Turn, StoreError> {
        let mut tx = self.pool.begin().await?;
        tx.run(
            "INSERT INTO job (name, slot, holder, lease, began, ended, outcome)
             VALUES ($1, '', '', '', '', '', '') ON CONFLICT (name) DO NOTHING",
            values![name],
        )
        .await?;
        let taken = tx
            .run(
                "UPDATE job SET slot = $1, holder = $2, lease = $3, began = $4, ended = '',
                 outcome = '' WHERE name = $5 AND slot < $1 AND lease <= $4",
                values![stamp(slot), holder, stamp(until), stamp(now), name],
            )
            .await?;
        let row = tx.row("SELECT slot, lease FROM job WHERE name = $1", values![name]).await?;
        tx.commit().await?;
        let (last, lease) = match row {
            Some(row) => (row.text(0)?, row.text(1)?),
            None => Default::default(),
        };
        Ok(match taken {
            1 => Turn::Mine,
            _ if last >= stamp(slot) => Turn::Done,
            _ => Turn::Held(lease),
        })
    }

    /// Says that the holder is still at it.
    pub async fn hold_turn(
        &self,
        name: &str,
        holder: &str,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        let sql = "UPDATE job SET lease = $1 WHERE name = $2 AND holder = $3";
        tx.run(sql, values![stamp(until), name, holder]).await?;
        tx.commit().await
    }

    /// Ends a job.
    pub async fn end_turn(
        &self,
        name: &str,
        holder: &str,
        now: Timestamp,
        outcome: &str,
    ) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        let sql = "UPDATE job SET lease = '', ended = $1, outcome = $2
                   WHERE name = $3 AND holder = $4";
        tx.run(sql, values![stamp(now), outcome, name, holder]).await?;
        tx.commit().await
    }

    /// The jobs that were ever begun.
    pub async fn jobs(&self) -> Result<Vec<Job>, StoreError> {
        let mut tx = self.pool.read().await?;
        let sql = "SELECT name, slot, began, ended, outcome FROM job ORDER BY name";
        let rows = tx.rows(sql, vec![]).await?;
        let job = |row: &super::sql::Row| {
            Ok(Job {
                name: row.text(0)?,
                slot: row.text(1)?,
                began: row.text(2)?,
                ended: row.text(3)?,
                outcome: row.text(4)?,
            })
        };
        rows.iter().map(job).collect()
    }
}
