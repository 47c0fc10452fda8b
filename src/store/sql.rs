//! One way of asking for both databases: the same SQL, numbers and texts and nothing else.
//!
//! Columns are BIGINT or TEXT; only texts may be NULL. Statements are made of constants and
//! `$1` marks; values are always bound, never written into them.

use super::StoreError;
use sqlx::postgres::{PgPool, PgRow, Postgres};
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqlitePool, SqliteRow};
use sqlx::{AssertSqlSafe, Database, Decode, Encode, Row as _, Transaction, Type};
use std::borrow::Cow;
use std::fmt::Write as _;

/// A value to bind.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Int(i64),
    Text(String),
    Null,
}

macro_rules! texts {
    ($($kind:ty),*) => {
        $(impl From<$kind> for Value {
            fn from(value: $kind) -> Value {
                Value::Text(value.to_string())
            }
        })*
    };
}

texts!(&str, String, &String, jiff::civil::Date, super::Status);

impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value::Int(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Int(i64::from(value))
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

/// Values for the marks of a statement, e.g. `values!["甲", 7_i64]`.
macro_rules! values {
    ($($value:expr),* $(,)?) => {
        vec![$($crate::store::sql::Value::from($value)),*]
    };
}
pub(super) use values;

/// A database, with connections to it.
#[derive(Clone, Debug)]
pub(super) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// One transaction; what is not committed has not happened.
pub(super) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// A row of an answer.
pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Pool {
    /// Begins a transaction that will write, when it is its turn: one writes at a time, on a
    /// server as in a file. So nobody waits half done for another who waits for him, and what is
    /// numbered in the history is seen in the order of its numbers.
    pub(super) async fn begin(&self) -> Result<Tx, StoreError> {
        // Any number that no other program on the server takes. Who waits is told so after a
        // while; not by an option of the connection, which poolers refuse.
        const TURN: &str =
            "SELECT set_config('lock_timeout', $1, true), pg_advisory_xact_lock(7252114)";
        Ok(match self {
            Pool::Sqlite(pool) => Tx::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
            Pool::Postgres(pool) => {
                let mut tx = Tx::Postgres(pool.begin().await?);
                tx.run(TURN, values![format!("{}s", super::PATIENCE.as_secs())]).await?;
                tx
            }
        })
    }

    /// Begins a transaction that only reads, and sees one state throughout.
    pub(super) async fn read(&self) -> Result<Tx, StoreError> {
        const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        Ok(match self {
            Pool::Sqlite(pool) => Tx::Sqlite(pool.begin().await?),
            Pool::Postgres(pool) => Tx::Postgres(pool.begin_with(SNAPSHOT).await?),
        })
    }

    /// Whether it is a server's.
    pub(super) fn is_postgres(&self) -> bool {
        matches!(self, Pool::Postgres(_))
    }
}

impl Tx {
    /// Runs a statement; the number of rows that it changed.
    pub(super) async fn run(&mut self, sql: &str, values: Vec<Value>) -> Result<u64, StoreError> {
        Ok(match self {
            Tx::Sqlite(tx) => {
                let query = sqlx::query(AssertSqlSafe(for_sqlite(sql).into_owned()));
                bind(query, values).execute(&mut **tx).await?.rows_affected()
            }
            Tx::Postgres(tx) => {
                let query = sqlx::query(AssertSqlSafe(sql));
                bind(query, values).execute(&mut **tx).await?.rows_affected()
            }
        })
    }

    /// The rows that a question gives.
    pub(super) async fn rows(
        &mut self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        Ok(match self {
            Tx::Sqlite(tx) => {
                let query = bind(sqlx::query(AssertSqlSafe(for_sqlite(sql).into_owned())), values);
                query.fetch_all(&mut **tx).await?.into_iter().map(Row::Sqlite).collect()
            }
            Tx::Postgres(tx) => {
                let query = bind(sqlx::query(AssertSqlSafe(sql)), values);
                query.fetch_all(&mut **tx).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// The first row, where there is one.
    pub(super) async fn row(
        &mut self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// The one number that a question gives; 0 where it gives none.
    pub(super) async fn number(
        &mut self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<i64, StoreError> {
        self.row(sql, values).await?.map_or(Ok(0), |row| row.int(0))
    }

    /// Runs `{head} VALUES (…), (…) {tail}` over all these rows, as many at a time as either
    /// database takes.
    pub(super) async fn put(
        &mut self,
        head: &str,
        rows: Vec<Vec<Value>>,
        tail: &str,
    ) -> Result<(), StoreError> {
        let Some(width) = rows.first().map(Vec::len) else { return Ok(()) };
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let batch: Vec<Vec<Value>> = rows.by_ref().take((MARKS / width).max(1)).collect();
            let sql = format!("{head} VALUES {} {tail}", marks(batch.len(), width, 1));
            self.run(&sql, batch.into_iter().flatten().collect()).await?;
        }
        Ok(())
    }

    /// Makes all that was done hold.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await?,
            Tx::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// Values in one statement: below the 32,766 that SQLite takes and the 65,535 of PostgreSQL,
/// and few enough that the statement is short.
const MARKS: usize = 8_000;

/// `($1,$2),($3,$4)`: marks for rows of values, counted from `first`.
pub(super) fn marks(rows: usize, width: usize, first: usize) -> String {
    let mut text = String::with_capacity(rows * (width * 7 + 3));
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..width {
            let mark = first + row * width + column;
            let between = if column == 0 { "" } else { "," };
            // Writing to a String cannot fail.
            let _ = write!(text, "{between}${mark}");
        }
        text.push(')');
    }
    text
}

/// The statement with marks that have no names, where each stands once and in its order. A mark
/// `$7` is a name to SQLite, which looks through all names for each: of thousands of marks that
/// was nine tenths of all work. Other statements have few, and keep them.
fn for_sqlite(sql: &str) -> Cow<'_, str> {
    let mut parts = sql.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for (number, part) in (1_usize..).zip(parts) {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (said, rest) = part.split_at_checked(digits).unwrap_or((part, ""));
        if said.parse() != Ok(number) {
            return Cow::Borrowed(sql);
        }
        text.push('?');
        text.push_str(rest);
    }
    Cow::Owned(text)
}

fn bind<'q, DB>(
    mut query: Query<'q, DB, DB::Arguments>,
    values: Vec<Value>,
) -> Query<'q, DB, DB::Arguments>
where
    DB: Database,
    i64: Encode<'q, DB> + Type<DB>,
    String: Encode<'q, DB> + Type<DB>,
    Option<String>: Encode<'q, DB> + Type<DB>,
{
    for value in values {
        query = match value {
            Value::Int(value) => query.bind(value),
            Value::Text(value) => query.bind(value),
            Value::Null => query.bind(None::<String>),
        };
    }
    query
}

impl Row {
    /// A number.
    pub(super) fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.cell(column)
    }

    /// A text that is there.
    pub(super) fn text(&self, column: usize) -> Result<String, StoreError> {
        self.cell(column)
    }

    /// A text that may be missing.
    pub(super) fn maybe(&self, column: usize) -> Result<Option<String>, StoreError> {
        self.cell(column)
    }

    /// A day.
    pub(super) fn day(&self, column: usize) -> Result<jiff::civil::Date, StoreError> {
        let text = self.text(column)?;
        text.parse().map_err(|_| StoreError::Damaged(format!("{text:?} is no day")))
    }

    /// A day that may be missing.
    pub(super) fn maybe_day(&self, column: usize) -> Result<Option<jiff::civil::Date>, StoreError> {
        let Some(text) = self.maybe(column)? else { return Ok(None) };
        let day = text.parse().map_err(|_| StoreError::Damaged(format!("{text:?} is no day")))?;
        Ok(Some(day))
    }

    fn cell<T>(&self, column: usize) -> Result<T, StoreError>
    where
        T: for<'r> Decode<'r, Sqlite> + Type<Sqlite>,
        T: for<'r> Decode<'r, Postgres> + Type<Postgres>,
    {
        Ok(match self {
            Row::Sqlite(row) => row.try_get(column)?,
            Row::Postgres(row) => row.try_get(column)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_keep_their_numbers() {
        for (sql, own) in [
            ("SELECT 1", "SELECT 1"),
            ("VALUES ($1,$2),($3,$4) x", "VALUES (?,?),(?,?) x"),
            ("a = $1 AND c > $1 AND d = $2", "a = $1 AND c > $1 AND d = $2"),
            ("a = $2 AND b = $1", "a = $2 AND b = $1"),
        ] {
            assert_eq!(for_sqlite(sql), own);
        }
        assert_eq!(marks(2, 2, 3), "($3,$4),($5,$6)");
    }
}
