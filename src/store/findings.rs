//! Findings as they are kept, and how they are asked for.

use super::filings::{self, Key};
use super::filter::{Filter, bounds};
use super::sql::{Row, Tx, Value, values};
use super::{Store, StoreError};
use crate::filing::Filing;
use crate::notice::{Finding, Life, Status};
use crate::policy::Level;
use crate::rules::{self, Text};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

/// A finding as it is kept.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) notice: String,
    pub(super) life: Life,
    pub(super) days: u16,
    pub(super) body: String,
    /// The last run that moved or saw it.
    pub(super) run: String,
}

/// What people read of a finding, as it is kept.
#[derive(Serialize, Deserialize)]
struct Body<'a> {
    problem: [Cow<'a, str>; 2],
    cause: [Cow<'a, str>; 2],
    remedy: [Cow<'a, str>; 2],
    expected: [Cow<'a, str>; 2],
    found: [Cow<'a, str>; 2],
    hosts: Cow<'a, [String]>,
    url: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    folder: Cow<'a, str>,
}

/// A finding, its life and its filing.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The subject's key.
    pub subject: String,
    /// The notice that holds it.
    pub notice: String,
    /// What people read; its status is that of its life.
    pub finding: Finding,
    /// Its life so far.
    pub life: Life,
    /// The filing as it was last read.
    pub filing: Filing,
    /// The folder of the run whose `evidence/` holds what was seen; empty where none does.
    pub folder: String,
    /// The last run that saw or moved it.
    pub run: String,
}

/// Something that happened to a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Past {
    /// When.
    pub at: String,
    /// The domain.
    pub domain: String,
    /// The rule.
    pub code: String,
    /// The notice.
    pub notice: String,
    /// What happened.
    pub change: String,
    /// The status before; empty of what is new.
    pub was: String,
    /// The status after.
    pub now: String,
    /// By when it had to be mended then.
    pub deadline: String,
    /// Who did it.
    pub actor: String,
    /// Why.
    pub reason: String,
}

/// How many findings there are of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sums {
    /// All of them.
    pub findings: u64,
    /// The notices that hold them.
    pub notices: u64,
    /// By status and level.
    pub by_status: BTreeMap<String, BTreeMap<String, u64>>,
    /// By rule and status.
    pub by_code: BTreeMap<String, BTreeMap<String, u64>>,
    /// By province and status.
    pub by_province: BTreeMap<String, BTreeMap<String, u64>>,
    /// By provider and status.
    pub by_provider: BTreeMap<String, BTreeMap<String, u64>>,
}

const COLUMNS: &str = "n.subject, n.domain, n.code, n.notice, n.status, n.level, n.opened,
    n.first_seen, n.last_seen, n.deadline, n.sent, n.extended, n.waived_until, n.reopened,
    n.days, n.body, n.run";

/// The key of a finding: subject, domain, code.
pub type Mark = (String, String, String);

impl Store {
    /// Some of the findings that are wanted: those after a mark, in the order of subject,
    /// domain and code; fewer than `limit` where there are no more.
    pub async fn findings(
        &self,
        filter: &Filter,
        after: Option<&Mark>,
        limit: usize,
    ) -> Result<Vec<Seen>, StoreError> {
        let mut tx = self.pool.read().await?;
        findings(&mut tx, filter, after, limit).await
    }

    /// All findings that are wanted.
    pub async fn all_findings(&self, filter: &Filter) -> Result<Vec<Seen>, StoreError> {
        const PART: usize = 2_000;
        let mut all: Vec<Seen> = Vec::new();
        loop {
            let after = all.last().map(Seen::mark);
            let part = self.findings(filter, after.as_ref(), PART).await?;
            let ended = part.len() < PART;
            all.extend(part);
            if ended {
                return Ok(all);
            }
        }
    }

    /// What happened to the findings of a notice, the oldest first.
    pub async fn history(&self, notice: &str) -> Result<Vec<Past>, StoreError> {
        let mut tx = self.pool.read().await?;
        let sql = "SELECT at, domain, code, notice, change, was, now, deadline, actor, reason
                   FROM history WHERE (subject, domain) IN
                   (SELECT subject, domain FROM finding WHERE notice = $1) ORDER BY id";
        let rows = tx.rows(sql, values![notice]).await?;
        rows.iter().map(past).collect()
    }

    /// What happened to the findings that are wanted, day by day: day → change → count. Where
    /// they stand now does not matter, nor when else something happened to them.
    pub async fn days(
        &self,
        filter: &Filter,
    ) -> Result<BTreeMap<Date, BTreeMap<String, u64>>, StoreError> {
        let mut tx = self.pool.read().await?;
        let ever = Filter { statuses: Vec::new(), since: None, until: None, ..filter.clone() };
        let (since, until) = bounds(filter);
        let mut values = values![since, until];
        let conditions = ever.conditions(&mut values);
        let sql = format!(
            "SELECT SUBSTR(h.at, 1, 13), h.change, COUNT(*) FROM history h
             JOIN finding n ON n.subject = h.subject AND n.domain = h.domain AND n.code = h.code
             JOIN filing f ON f.subject = n.subject AND f.domain = n.domain
             WHERE h.at >= $1 AND h.at < $2{conditions} GROUP BY SUBSTR(h.at, 1, 13), h.change"
        );
        let mut days: BTreeMap<Date, BTreeMap<String, u64>> = BTreeMap::new();
        for row in tx.rows(&sql, values).await? {
            let hour = format!("{}:00:00Z", row.text(0)?);
            let at: jiff::Timestamp =
                hour.parse().map_err(|_| StoreError::Damaged(format!("{hour:?} is no time")))?;
            let day = at.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).date();
            let count = u64::try_from(row.int(2)?).unwrap_or_default();
            *days.entry(day).or_default().entry(row.text(1)?).or_default() += count;
        }
        Ok(days)
    }

    /// How many findings of each kind are wanted.
    pub async fn sums(&self, filter: &Filter) -> Result<Sums, StoreError> {
        let mut tx = self.pool.read().await?;
        let mut sums = Sums::default();
        let mut values = Vec::new();
        let conditions = filter.conditions(&mut values);
        let from = format!(
            "FROM finding n JOIN filing f ON f.subject = n.subject AND f.domain = n.domain
             WHERE 1 = 1{conditions}"
        );
        let sql = format!("SELECT COUNT(DISTINCT n.notice) {from}");
        let notices = tx.number(&sql, values.clone()).await?;
        sums.notices = u64::try_from(notices).unwrap_or_default();
        for column in ["n.status", "n.code", "f.province", "f.provider"] {
            let by = if column == "n.status" { "n.level" } else { "n.status" };
            let sql = format!("SELECT {column}, {by}, COUNT(*) {from} GROUP BY {column}, {by}");
            for row in tx.rows(&sql, values.clone()).await? {
                let count = u64::try_from(row.int(2)?).unwrap_or_default();
                let table = match column {
                    "n.status" => {
                        sums.findings += count;
                        &mut sums.by_status
                    }
                    "n.code" => &mut sums.by_code,
                    "f.province" => &mut sums.by_province,
                    _ => &mut sums.by_provider,
                };
                *table.entry(row.text(0)?).or_default().entry(row.text(1)?).or_default() += count;
            }
        }
        Ok(sums)
    }
}

pub(super) async fn findings(
    tx: &mut Tx,
    filter: &Filter,
    after: Option<&Mark>,
    limit: usize,
) -> Result<Vec<Seen>, StoreError> {
    let (subject, domain, code) = after.cloned().unwrap_or_default();
    let mut values = values![subject, domain, code];
    let conditions = filter.conditions(&mut values);
    let sql = format!(
        "SELECT {COLUMNS}, f.body FROM finding n
         JOIN filing f ON f.subject = n.subject AND f.domain = n.domain
         WHERE (n.subject, n.domain, n.code) > ($1, $2, $3){conditions}
         ORDER BY n.subject, n.domain, n.code LIMIT {limit}"
    );
    tx.rows(&sql, values).await?.iter().map(seen).collect()
}

impl Seen {
    /// Its key.
    pub fn mark(&self) -> Mark {
        (self.subject.clone(), self.filing.domain.ascii().to_owned(), self.finding.code.to_string())
    }
}

fn past(row: &Row) -> Result<Past, StoreError> {
    Ok(Past {
        at: row.text(0)?,
        domain: row.text(1)?,
        code: row.text(2)?,
        notice: row.text(3)?,
        change: row.text(4)?,
        was: row.text(5)?,
        now: row.text(6)?,
        deadline: row.text(7)?,
        actor: row.text(8)?,
        reason: row.text(9)?,
    })
}

fn seen(row: &Row) -> Result<Seen, StoreError> {
    let kept = Kept::read(row)?;
    let body: Body<'_> = serde_json::from_str(&kept.body)
        .map_err(|error| StoreError::Damaged(format!("a finding: {error}")))?;
    let text = |[zh, en]: [Cow<'_, str>; 2]| Text::new(zh.into_owned(), en.into_owned());
    let code = row.text(2)?;
    let life = kept.life;
    let finding = Finding {
        code: rules::find(&code).map_or(Cow::Owned(code), |rule| Cow::Borrowed(rule.code)),
        level: life.level,
        problem: text(body.problem),
        cause: text(body.cause),
        remedy: text(body.remedy),
        expected: text(body.expected),
        found: text(body.found),
        hosts: body.hosts.into_owned(),
        url: body.url.into_owned(),
        first_seen: life.first_seen,
        last_seen: life.last_seen,
        days: kept.days,
        deadline: life.deadline,
        status: Some(life.status),
    };
    Ok(Seen {
        subject: row.text(0)?,
        notice: kept.notice,
        finding,
        life,
        filing: filings::body(&row.text(17)?)?,
        folder: body.folder.into_owned(),
        run: kept.run,
    })
}

/// What people read of a finding, as text.
pub(super) fn body_of(finding: &Finding, folder: &str) -> Result<String, StoreError> {
    fn pair(text: &Text) -> [Cow<'_, str>; 2] {
        [Cow::Borrowed(&*text.zh), Cow::Borrowed(&*text.en)]
    }
    let body = Body {
        problem: pair(&finding.problem),
        cause: pair(&finding.cause),
        remedy: pair(&finding.remedy),
        expected: pair(&finding.expected),
        found: pair(&finding.found),
        hosts: Cow::Borrowed(&finding.hosts),
        url: Cow::Borrowed(&finding.url),
        folder: Cow::Borrowed(folder),
    };
    let text = serde_json::to_string(&body)
        .map_err(|error| StoreError::Damaged(format!("a finding: {error}")))?;
    Ok(text.replace("\\u0000", ""))
}

impl Kept {
    /// The findings of these filings.
    pub(super) async fn of(
        tx: &mut Tx,
        keys: &[Key],
    ) -> Result<HashMap<(Key, String), Kept>, StoreError> {
        let mut found = HashMap::new();
        for (with, values) in filings::keyed(keys) {
            let sql = format!(
                "{with} SELECT {COLUMNS} FROM k CROSS JOIN finding n
                 WHERE n.subject = k.s AND n.domain = k.d"
            );
            for row in tx.rows(&sql, values).await? {
                let key = (row.text(0)?, row.text(1)?);
                found.insert((key, row.text(2)?), Kept::read(&row)?);
            }
        }
        Ok(found)
    }

    fn read(row: &Row) -> Result<Kept, StoreError> {
        let status = row.text(4)?;
        let status = Status::named(&status)
            .ok_or_else(|| StoreError::Damaged(format!("{status:?} is no status")))?;
        Ok(Kept {
            notice: row.text(3)?,
            life: Life {
                status,
                level: level_named(&row.text(5)?)?,
                opened: row.day(6)?,
                first_seen: row.day(7)?,
                last_seen: row.day(8)?,
                deadline: row.day(9)?,
                sent: row.maybe_day(10)?,
                extended: row.int(11)? != 0,
                waived_until: row.maybe_day(12)?,
                reopened: u32::try_from(row.int(13)?).unwrap_or(u32::MAX),
            },
            days: u16::try_from(row.int(14)?).unwrap_or(u16::MAX),
            body: row.text(15)?,
            run: row.text(16)?,
        })
    }

    /// Its row, in the order of `COLUMNS`.
    pub(super) fn row(&self, (subject, domain): &Key, code: &str) -> Vec<Value> {
        let life = &self.life;
        values![
            subject,
            domain,
            code,
            &self.notice,
            life.status,
            level_text(life.level),
            life.opened,
            life.first_seen,
            life.last_seen,
            life.deadline,
            life.sent,
            life.extended,
            life.waived_until,
            i64::from(life.reopened),
            i64::from(self.days),
            &self.body,
            &self.run,
        ]
    }

    /// Writes rows in place of those that are there.
    pub(super) async fn put(tx: &mut Tx, rows: Vec<Vec<Value>>) -> Result<(), StoreError> {
        let columns = COLUMNS.replace("n.", "");
        let head = format!("INSERT INTO finding ({columns})");
        let names = columns.split(',').map(str::trim).skip(3);
        let set: Vec<String> = names.map(|name| format!("{name} = excluded.{name}")).collect();
        let tail = format!("ON CONFLICT (subject, domain, code) DO UPDATE SET {}", set.join(", "));
        tx.put(&head, rows, &tail).await
    }
}

/// A level as it is kept.
pub(super) fn level_text(level: Level) -> &'static str {
    match level {
        Level::Violation => "violation",
        Level::Warning => "warning",
        Level::Review => "review",
    }
}

fn level_named(text: &str) -> Result<Level, StoreError> {
    match text {
        "violation" => Ok(Level::Violation),
        "warning" => Ok(Level::Warning),
        "review" => Ok(Level::Review),
        _ => Err(StoreError::Damaged(format!("{text:?} is no level"))),
    }
}
