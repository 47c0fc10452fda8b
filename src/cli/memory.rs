//! The store as commands use it: opened by the settings, and told of a run while it is judged.

use super::run::Parts;
use super::settings::Settings;
use crate::filing::{Filing, Row};
use crate::notice::{Entry, Since};
use crate::pipeline::{Ledger, LedgerError, Plan, Summary};
use crate::policy::Workdays;
use crate::report::{china_day, json};
use crate::rules::Lang;
use crate::store::{Pick, RunHead, Store, StoreError};
use anyhow::{Context, Result, bail};
use jiff::{Timestamp, ToSpan};
use sha2::{Digest, Sha256};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

/// Opens the store of the settings; an error where they name none.
pub(super) async fn open(settings: &Settings, create: bool) -> Result<Store> {
    match maybe(settings, create).await? {
        Some(store) => Ok(store),
        None => bail!("no store is named: --store FILE|URL, or [store] place in the settings"),
    }
}

/// Opens the store of the settings, where they name one.
pub(super) async fn maybe(settings: &Settings, create: bool) -> Result<Option<Store>> {
    let place = settings.store.place.as_str();
    if place.is_empty() {
        return Ok(None);
    }
    let store = Store::open(place, create, Timestamp::now()).await;
    store.map(Some).with_context(|| settings.named("store", "place"))
}

/// Who does something, for the history: as the user says, or the name of his account.
pub(super) fn actor(said: Option<&str>) -> String {
    let account = || {
        let mut names =
            super::environment().filter(|(name, _)| name == "USER" || name == "LOGNAME");
        names.find(|(_, value)| !value.is_empty()).map(|(_, value)| value)
    };
    said.map(str::to_owned).or_else(account).unwrap_or_else(|| "unknown".to_owned())
}

/// A run's place in the store.
pub(super) struct Desk {
    store: Store,
    head: Mutex<RunHead>,
    workdays: Workdays,
    handle: Handle,
}

impl Desk {
    /// A place for a run; wanted inside a runtime.
    pub(super) fn new(store: Store, parts: &Parts, plan: &Plan<'_>) -> Desk {
        let folder = std::path::absolute(&plan.output).unwrap_or_else(|_| plan.output.clone());
        let head = RunHead {
            id: name(plan),
            at: plan.at,
            day: china_day(plan.at),
            folder: folder.display().to_string(),
            whole: false,
        };
        Desk {
            store,
            head: Mutex::new(head),
            workdays: parts.policy.workdays.clone(),
            handle: Handle::current(),
        }
    }

    fn head(&self) -> RunHead {
        self.head.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends the run: says so in the store, lets the day come, forgets what is to be forgotten.
    pub(super) async fn end(&self, summary: &Summary, settings: &Settings) -> Result<u64> {
        let (head, now) = (self.head(), Timestamp::now());
        self.store.end_run(&head, now, &json(&serde_json::to_string(summary)?)).await?;
        let overdue = self.store.day_came(head.at, head.day, &self.workdays).await?;
        forget(&self.store, settings, head.at).await?;
        Ok(overdue)
    }
}

/// Forgets what ended longer ago than the settings keep it.
pub(super) async fn forget(store: &Store, settings: &Settings, now: Timestamp) -> Result<()> {
    let ago = |days: u16| now.checked_sub((i64::from(days) * 24).hours());
    let (days, run_days) = (settings.store.keep_days, settings.store.keep_run_days);
    if run_days > 0 {
        store.prune_details(ago(run_days).context("[store] keep_run_days")?).await?;
    }
    if days > 0 {
        store.prune(ago(days).context("[store] keep_days")?).await?;
    }
    Ok(())
}

/// A run's name: when it began, and what it was over.
fn name(plan: &Plan<'_>) -> String {
    let mut digest = Sha256::new();
    for (name, value) in &plan.fingerprint {
        digest.update(name);
        digest.update([0]);
        digest.update(value);
        digest.update([0]);
    }
    digest.update(plan.at.to_string());
    let digest: String = digest.finalize().iter().take(3).map(|b| format!("{b:02X}")).collect();
    let at = crate::report::china_time(plan.at);
    let at: String = at.chars().take(19).filter(char::is_ascii_digit).collect();
    format!("R{at}-{digest}")
}

impl Ledger for Desk {
    fn begin(&self, rows: u64) -> Result<(), LedgerError> {
        let mut head = self.head();
        self.handle.block_on(self.store.begin_run(&mut head, rows))?;
        *self.head.lock().unwrap_or_else(PoisonError::into_inner) = head;
        Ok(())
    }

    fn enter(&self, entries: &mut [Entry]) -> Result<(), LedgerError> {
        let head = self.head();
        Ok(self.handle.block_on(self.store.enter(&head, entries, &self.workdays))?)
    }

    fn since(&self) -> Result<Since, LedgerError> {
        Ok(self.handle.block_on(self.store.since(&self.head().id))?)
    }
}

/// Filings of the store as the rows of a list, read as they are asked for.
pub(super) struct Rows {
    store: Store,
    pick: Pick,
    handle: Handle,
    part: VecDeque<Filing>,
    after: Option<(String, String)>,
    ended: bool,
    line: u64,
    stop: CancellationToken,
    failure: Failure,
}

/// Why the rows of a store could not be read to their end.
pub(super) type Failure = Arc<Mutex<Option<StoreError>>>;

impl Rows {
    /// The filings of a pick; wanted inside a runtime. What cannot be read stops the run, and
    /// is left where it is looked for afterwards.
    pub(super) fn new(store: Store, pick: Pick, stop: CancellationToken) -> (Rows, Failure) {
        let failure = Failure::default();
        let rows = Rows {
            store,
            pick,
            handle: Handle::current(),
            part: VecDeque::new(),
            after: None,
            ended: false,
            line: 0,
            stop,
            failure: Arc::clone(&failure),
        };
        (rows, failure)
    }
}

impl Iterator for Rows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        const PART: usize = 1_000;
        if self.part.is_empty() && !self.ended {
            let asked = self.store.filings(&self.pick, self.after.as_ref(), PART);
            match self.handle.block_on(asked) {
                Ok(part) => {
                    self.ended = part.len() < PART;
                    let key = |f: &Filing| (f.subject_key(), f.domain.ascii().to_owned());
                    self.after = part.last().map(key);
                    self.part = part.into();
                }
                Err(error) => {
                    self.ended = true;
                    *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    self.stop.cancel();
                }
            }
        }
        let mut filing = self.part.pop_front()?;
        self.line += 1;
        filing.line = self.line;
        Some(Ok(Box::new(filing)))
    }
}

/// What has changed since the last run, for people.
pub(super) fn since_told(since: &Since, overdue: u64, lang: Lang) -> String {
    let Since { new, still, mended, reopened } = since;
    match lang {
        Lang::Zh => format!(
            "与上次相比：新发现 {new} 项，仍存在 {still} 项，已整改 {mended} 项，重新出现 {reopened} 项；本次新逾期 {overdue} 项\n"
        ),
        Lang::En => format!(
            "since the last run: {new} new, {still} still there, {mended} mended, {reopened} reopened; {overdue} became overdue\n"
        ),
    }
}
