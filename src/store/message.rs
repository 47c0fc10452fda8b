//! A message of the outbox.

use super::StoreError;
use super::findings::Mark;
use super::sql::Row;
use serde::Serialize;
use std::fmt;

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It waits for its time.
    Waiting,
    /// Somebody is at it; or was, and died.
    Sending,
    /// The receiver has it.
    Sent,
    /// It was tried as often as it is tried, or the receiver will not have it.
    Dead,
    /// What it would have said is no longer so.
    Outdated,
}

impl State {
    /// All of them.
    pub const ALL: [State; 5] =
        [State::Waiting, State::Sending, State::Sent, State::Dead, State::Outdated];

    /// The name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Sending => "sending",
            State::Sent => "sent",
            State::Dead => "dead",
            State::Outdated => "outdated",
        }
    }

    pub(super) fn named(name: &str) -> Result<State, StoreError> {
        let found = State::ALL.into_iter().find(|state| state.name() == name);
        found.ok_or_else(|| StoreError::Damaged(format!("{name:?} is no state of a message")))
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A message to be put into the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Derived from what it says and to whom: the same message is put there once.
    pub id: String,
    /// The route that it goes by.
    pub route: String,
    /// To whom.
    pub recipient: String,
    /// What kind of message it is.
    pub kind: String,
    /// The subject's key that it is about; empty of a digest.
    pub subject: String,
    /// What it says besides its findings.
    pub body: String,
    /// The findings that it tells of, and at which stage.
    pub findings: Vec<(Mark, String)>,
}

/// A message of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Its name.
    pub id: String,
    /// The route that it goes by.
    pub route: String,
    /// To whom.
    pub recipient: String,
    /// What kind of message it is.
    pub kind: String,
    /// The subject's key that it is about.
    pub subject: String,
    /// What it says besides its findings.
    #[serde(skip)]
    pub body: String,
    /// Where it stands.
    pub state: State,
    /// When it was written.
    pub created: String,
    /// Not before.
    pub due: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last try failed.
    pub error: String,
    /// When it was sent.
    pub sent: Option<String>,
}

/// The columns that a message is read from.
pub(super) const COLUMNS: &str =
    "id, route, recipient, kind, subject, body, state, created, due, attempts,
    error, sent";

impl Message {
    /// Reads a row of [`COLUMNS`].
    pub(super) fn read(row: &Row) -> Result<Message, StoreError> {
        Ok(Message {
            id: row.text(0)?,
            route: row.text(1)?,
            recipient: row.text(2)?,
            kind: row.text(3)?,
            subject: row.text(4)?,
            body: row.text(5)?,
            state: State::named(&row.text(6)?)?,
            created: row.text(7)?,
            due: row.text(8)?,
            attempts: u32::try_from(row.int(9)?).unwrap_or(u32::MAX),
            error: row.text(10)?,
            sent: row.maybe(11)?,
        })
    }
}
