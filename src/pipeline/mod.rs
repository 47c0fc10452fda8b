//! A run: filings → probe → spool → judge → audits, in bounded memory.

use crate::filing::Row;
use crate::policy::Policy;
use crate::probe::Probe;
use crate::rules::{Lang, Rule};
pub use crate::spool::Keep;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::PathBuf, time::Duration};
use tokio_util::sync::CancellationToken;

/// What a run is to do.
pub struct Plan<'a> {
    /// Where the files go.
    pub output: PathBuf,
    /// The rules to judge by.
    pub rules: Vec<&'static Rule>,
    /// The policy in force.
    pub policy: &'a Policy,
    /// The time that the run is said to have begun.
    pub at: jiff::Timestamp,
    /// What is kept as evidence.
    pub keep: Keep,
    /// Language of the files.
    pub lang: Lang,
    /// Sites at a time.
    pub concurrency: usize,
    /// Least time between the two looks at a failed site.
    pub second_look_after: Duration,
    /// What to do with an unfinished run in the folder.
    pub unfinished: Unfinished,
    /// Identifies list and settings: an unfinished run is resumed only where it is the same.
    pub fingerprint: String,
    /// Versions of rules and tables, for the summary.
    pub versions: BTreeMap<String, String>,
}

/// What to do with an unfinished run in the output folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unfinished {
    /// Say so and stop.
    #[default]
    Refuse,
    /// Go on with it.
    Resume,
    /// Discard it.
    Restart,
}

/// The counts of a run; `summary.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Rows of the input.
    pub rows: u64,
    /// Rows that ended as an audit.
    pub audited: u64,
    /// Rows that were rejected.
    pub rejected: u64,
}

/// How far a run is; called often, must be cheap.
pub trait Progress: Sync {
    /// Rows read so far, and whether that is all.
    fn read(&self, rows: u64, done: bool);
    /// Sites looked at so far, second looks included, of those known to be needed.
    fn looked(&self, sites: u64, of: u64);
    /// Sites judged so far.
    fn judged(&self, sites: u64);
}

/// Why a run could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A file of the output folder.
    #[error("{0}: {1}")]
    Output(PathBuf, std::io::Error),
}

/// Runs a plan over a list. On cancellation it stops cleanly and can be resumed.
pub async fn run(
    _rows: impl Iterator<Item = Row> + Send,
    _probe: &Probe,
    _plan: &Plan<'_>,
    _progress: &dyn Progress,
    _stop: CancellationToken,
) -> Result<Summary, RunError> {
    Ok(Summary::default())
}
