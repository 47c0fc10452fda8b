//! What is remembered from one run to the next: filings and how they changed, runs, findings
//! and their lives, messages to be sent, jobs.
//!
//! One file of SQLite, or PostgreSQL by a URL: the same tables and the same SQL.
//! Everything that belongs together happens in one transaction. Times are arguments.

mod acts;
mod care;
mod enter;
mod filings;
mod filter;
mod findings;
mod jobs;
mod message;
mod outbox;
mod runs;
mod schema;
mod sql;

pub use acts::{Act, Acted};
pub use care::{Care, Pruned};
pub use enter::RunHead;
pub use filings::{Imported, Pick};
pub use filter::Filter;
pub use findings::{Mark, Past, Seen, Sums};
pub use jobs::{Job, Turn};
pub use message::{Draft, Message, State};
pub use outbox::{Count, stage};
pub use runs::{Difference, RunRow};

use crate::notice::Status;
use jiff::Timestamp;
use sql::Pool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// The memory of the program.
#[derive(Clone, Debug)]
pub struct Store {
    pool: Pool,
}

/// Why the store cannot do what it is asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be opened.
    #[error("{0}: the store cannot be opened: {1}")]
    Open(String, String),
    /// There is none.
    #[error("{0}: there is no store; `beian import LIST --store …` or an audit makes one")]
    Missing(String),
    /// It was made by a newer program.
    #[error("the store has tables of version {0}, this program knows {1}: use a newer beian")]
    Newer(i64, i64),
    /// It was made by an older program.
    #[error("the store has tables of version {0}, this program needs {1}: run `beian db migrate`")]
    Older(i64, i64),
    /// The database says no.
    #[error("the store: {0}")]
    Sql(#[from] sqlx::Error),
    /// What stands in it is not what this program writes.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// Something is not there.
    #[error("there is no {0} in the store; {1}")]
    Unknown(String, &'static str),
}

/// A moment as it is kept: UTC, whole seconds, so that texts sort as times do.
pub(crate) fn stamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// How long a server may take to say its first word.
const GREETING: Duration = Duration::from_secs(15);

/// What waits for a lock does so for this long at most.
const PATIENCE: Duration = Duration::from_secs(60);

impl Store {
    /// Opens a store: a file, or a URL of PostgreSQL. One that is not there yet is made where
    /// `create` says so; an older one has to be migrated first.
    pub async fn open(place: &str, create: bool, at: Timestamp) -> Result<Store, StoreError> {
        let store = Store::connect(place, create).await?;
        let (version, newest) = (schema::version(&store.pool).await?, schema::newest());
        match version {
            0 if create => {
                schema::migrate(&store.pool, &stamp(at)).await?;
            }
            0 => return Err(StoreError::Missing(shown(place))),
            version if version > newest => return Err(StoreError::Newer(version, newest)),
            version if version < newest => return Err(StoreError::Older(version, newest)),
            _ => {}
        }
        Ok(store)
    }

    /// Brings a store's tables to this program's version; the versions before and after.
    pub async fn migrate(place: &str, at: Timestamp) -> Result<(i64, i64), StoreError> {
        let store = Store::connect(place, true).await?;
        let (version, newest) = (schema::version(&store.pool).await?, schema::newest());
        if version > newest {
            return Err(StoreError::Newer(version, newest));
        }
        schema::migrate(&store.pool, &stamp(at)).await
    }

    /// Ends all connections; what SQLite keeps beside its file goes into it.
    pub async fn close(self) {
        match self.pool {
            Pool::Sqlite(pool) => pool.close().await,
            Pool::Postgres(pool) => pool.close().await,
        }
    }

    async fn connect(place: &str, create: bool) -> Result<Store, StoreError> {
        let failed = |error: sqlx::Error| StoreError::Open(shown(place), error.to_string());
        if is_url(place) {
            let options = PgConnectOptions::from_str(place).map_err(failed)?;
            let options = options.application_name("beian").disable_statement_logging();
            // A pool would ask a server that is not there again and again.
            let first = tokio::time::timeout(GREETING, options.connect()).await;
            let silent = |_| StoreError::Open(shown(place), "the server does not answer".into());
            first.map_err(silent)?.map_err(failed)?.close().await.map_err(failed)?;
            let pool = PgPoolOptions::new().max_connections(4).acquire_timeout(PATIENCE);
            let pool = Pool::Postgres(pool.connect_with(options).await.map_err(failed)?);
            return Ok(Store { pool });
        }
        let file = PathBuf::from(place.strip_prefix("sqlite://").unwrap_or(place));
        if !create && !file.exists() {
            return Err(StoreError::Missing(shown(place)));
        }
        if create {
            make_private(&file)
                .map_err(|error| StoreError::Open(shown(place), error.to_string()))?;
        }
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(create)
            // What was said to be sent must be known to be sent after a power cut, too.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(PATIENCE)
            .disable_statement_logging();
        let first = with_wal(options.clone()).await.map_err(failed)?;
        let pool = SqlitePoolOptions::new().max_connections(4).acquire_timeout(PATIENCE);
        let pool = Pool::Sqlite(pool.connect_with(options).await.map_err(failed)?);
        first.close().await.map_err(failed)?;
        Ok(Store { pool })
    }
}

/// A connection to a file that has its write-ahead log from now on. Of several that give it one
/// SQLite lets one do so, and does not have the others wait.
async fn with_wal(options: SqliteConnectOptions) -> Result<SqliteConnection, sqlx::Error> {
    const PAUSE: Duration = Duration::from_millis(20);
    let options = options.journal_mode(SqliteJournalMode::Wal);
    let mut waited = Duration::ZERO;
    loop {
        match options.connect().await {
            Err(sqlx::Error::Database(error))
                if error.code().as_deref() == Some(BUSY) && waited < PATIENCE =>
            {
                tokio::time::sleep(PAUSE).await;
                waited += PAUSE;
            }
            done => return done,
        }
    }
}

/// SQLite's code for a file that somebody else has locked.
const BUSY: &str = "5";

/// Makes a file that is not there yet: persons stand in a store, and only its owner may read it.
/// SQLite gives what it keeps beside it the same rights.
fn make_private(file: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    match options.open(file) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Whether a place is PostgreSQL's.
fn is_url(place: &str) -> bool {
    place.starts_with("postgres://") || place.starts_with("postgresql://")
}

/// A place as it may be shown: without a password.
fn shown(place: &str) -> String {
    match url::Url::parse(place) {
        Ok(mut url) if url.password().is_some() => {
            // A URL that has a password takes another one.
            let _ = url.set_password(Some("***"));
            url.to_string()
        }
        _ => place.to_owned(),
    }
}
