//! The tables, and how a store of an older version becomes one of this.

use super::StoreError;
use super::sql::{Pool, Tx, values};

/// What each version adds, the first one first. A version that was released is never changed.
const VERSIONS: &[&[&str]] = &[FIRST];

const FIRST: &[&str] = &[
    // Filings as they were last read; `looked` is the time of the last look that counted.
    "CREATE TABLE filing (
        subject TEXT NOT NULL, domain TEXT NOT NULL, body TEXT NOT NULL, digest TEXT NOT NULL,
        subject_name TEXT NOT NULL, service_name TEXT NOT NULL, record_number TEXT NOT NULL,
        province TEXT NOT NULL, provider TEXT NOT NULL, owner TEXT NOT NULL,
        added TEXT NOT NULL, changed TEXT NOT NULL, listed TEXT NOT NULL,
        looked TEXT NOT NULL, undecided BIGINT NOT NULL, gone BIGINT NOT NULL,
        PRIMARY KEY (subject, domain))",
    "CREATE INDEX filing_domain ON filing (domain)",
    "CREATE INDEX filing_changed ON filing (changed)",
    "CREATE INDEX filing_undecided ON filing (undecided)",
    // What a filing was before it changed.
    "CREATE TABLE filing_change (
        id {serial}, subject TEXT NOT NULL, domain TEXT NOT NULL, at TEXT NOT NULL,
        change TEXT NOT NULL, was TEXT)",
    "CREATE INDEX filing_change_of ON filing_change (subject, domain)",
    // `detail`: whether its rows of `audit` are still there.
    "CREATE TABLE run (
        id TEXT PRIMARY KEY, at TEXT NOT NULL, ended TEXT, folder TEXT NOT NULL,
        whole BIGINT NOT NULL, detail BIGINT NOT NULL, summary TEXT)",
    "CREATE INDEX run_at ON run (at)",
    // What a run said of a filing: findings and what was left open; all else passed.
    "CREATE TABLE audit (
        run TEXT NOT NULL, subject TEXT NOT NULL, domain TEXT NOT NULL, line BIGINT NOT NULL,
        verdicts TEXT NOT NULL, undecided BIGINT NOT NULL,
        PRIMARY KEY (run, subject, domain, line))",
    "CREATE TABLE finding (
        subject TEXT NOT NULL, domain TEXT NOT NULL, code TEXT NOT NULL,
        notice TEXT NOT NULL, status TEXT NOT NULL, level TEXT NOT NULL,
        opened TEXT NOT NULL, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
        deadline TEXT NOT NULL, sent TEXT, extended BIGINT NOT NULL, waived_until TEXT,
        reopened BIGINT NOT NULL, days BIGINT NOT NULL, body TEXT NOT NULL, run TEXT NOT NULL,
        PRIMARY KEY (subject, domain, code))",
    "CREATE INDEX finding_notice ON finding (notice)",
    "CREATE INDEX finding_status ON finding (status, deadline)",
    "CREATE TABLE history (
        id {serial}, at TEXT NOT NULL, subject TEXT NOT NULL, domain TEXT NOT NULL,
        code TEXT NOT NULL, notice TEXT NOT NULL, change TEXT NOT NULL, was TEXT NOT NULL,
        now TEXT NOT NULL, level TEXT NOT NULL, deadline TEXT NOT NULL, actor TEXT NOT NULL,
        reason TEXT NOT NULL, run TEXT NOT NULL)",
    "CREATE INDEX history_of ON history (subject, domain, code)",
    "CREATE INDEX history_run ON history (run)",
    "CREATE INDEX history_at ON history (at)",
    // What is to be said to somebody: the outbox.
    "CREATE TABLE message (
        id TEXT PRIMARY KEY, route TEXT NOT NULL, recipient TEXT NOT NULL, kind TEXT NOT NULL,
        subject TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL, created TEXT NOT NULL,
        due TEXT NOT NULL, lease TEXT NOT NULL, attempts BIGINT NOT NULL,
        error TEXT NOT NULL, sent TEXT)",
    "CREATE INDEX message_due ON message (state, due)",
    // The findings that a message tells of, and at which stage of their lives.
    "CREATE TABLE message_finding (
        message TEXT NOT NULL, subject TEXT NOT NULL, domain TEXT NOT NULL, code TEXT NOT NULL,
        stage TEXT NOT NULL, PRIMARY KEY (message, subject, domain, code))",
    "CREATE INDEX message_finding_of ON message_finding (subject, domain, code)",
    "CREATE TABLE job (
        name TEXT PRIMARY KEY, slot TEXT NOT NULL, holder TEXT NOT NULL, lease TEXT NOT NULL,
        began TEXT NOT NULL, ended TEXT NOT NULL, outcome TEXT NOT NULL)",
];

/// The version of the tables that this program works with.
pub(super) fn newest() -> i64 {
    i64::try_from(VERSIONS.len()).unwrap_or(i64::MAX)
}

/// The version of a store's tables; 0 where it has none.
pub(super) async fn version(pool: &Pool) -> Result<i64, StoreError> {
    let mut tx = pool.read().await?;
    if !exists(pool, &mut tx).await? {
        return Ok(0);
    }
    tx.number("SELECT COALESCE(MAX(version), 0) FROM beian_schema", vec![]).await
}

/// Brings the tables to the newest version; the versions before and after. Two programs that do
/// so at once wait for each other.
pub(super) async fn migrate(pool: &Pool, at: &str) -> Result<(i64, i64), StoreError> {
    let mut tx = pool.begin().await?;
    if !exists(pool, &mut tx).await? {
        let table = "CREATE TABLE beian_schema (version BIGINT PRIMARY KEY, at TEXT NOT NULL)";
        tx.run(table, vec![]).await?;
    }
    let was = tx.number("SELECT COALESCE(MAX(version), 0) FROM beian_schema", vec![]).await?;
    let serial = if pool.is_postgres() {
        "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"
    } else {
        "INTEGER PRIMARY KEY"
    };
    let done = usize::try_from(was).unwrap_or_default();
    for (version, statements) in (1_i64..).zip(VERSIONS).skip(done) {
        for statement in *statements {
            tx.run(&statement.replace("{serial}", serial), vec![]).await?;
        }
        let said = "INSERT INTO beian_schema (version, at) VALUES ($1, $2)";
        tx.run(said, values![version, at]).await?;
    }
    tx.commit().await?;
    Ok((was, newest().max(was)))
}

async fn exists(pool: &Pool, tx: &mut Tx) -> Result<bool, StoreError> {
    let tables = if pool.is_postgres() {
        "SELECT COUNT(*) FROM information_schema.tables
         WHERE table_name = 'beian_schema' AND table_schema = current_schema()"
    } else {
        "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'beian_schema'"
    };
    Ok(tx.number(tables, vec![]).await? > 0)
}
