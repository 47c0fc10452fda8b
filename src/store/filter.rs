//! Which findings are asked for.

use super::filings::within;
use super::findings::level_text;
use super::sql::{Value, values};
use crate::notice::Status;
use crate::policy::Level;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Which findings are wanted; what is empty asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// By number of their notice.
    pub notices: Vec<String>,
    /// By status.
    #[serde(skip)]
    pub statuses: Vec<Status>,
    /// By level.
    pub levels: Vec<Level>,
    /// By rule or family.
    pub codes: Vec<String>,
    /// By domain, punycode.
    pub domains: Vec<String>,
    /// By the subject's name or number.
    pub subjects: Vec<String>,
    /// By the issuing province's Chinese name.
    pub provinces: Vec<String>,
    /// By access provider, as filed.
    pub providers: Vec<String>,
    /// By the site's person in charge, as filed.
    pub owners: Vec<String>,
    /// Those whose deadline is this day or before.
    #[serde(skip)]
    pub due_by: Option<Date>,
    /// Those that something happened to from this day on.
    #[serde(skip)]
    pub since: Option<Date>,
    /// Those that something happened to up to this day.
    #[serde(skip)]
    pub until: Option<Date>,
    /// Those of filings that a whole list no longer had.
    #[serde(skip)]
    pub gone: bool,
    /// Those that this run saw or moved.
    #[serde(skip)]
    pub run: Option<String>,
}

impl Filter {
    /// The conditions on `n` (finding) and `f` (filing), beginning with AND; their values come
    /// after those that are there already.
    pub(super) fn conditions(&self, values: &mut Vec<Value>) -> String {
        let mut sql = String::new();
        fn one_of(sql: &mut String, values: &mut Vec<Value>, column: &str, any: Vec<Value>) {
            if any.is_empty() {
                return;
            }
            let first = values.len() + 1;
            let marks: Vec<String> = (first..first + any.len()).map(|n| format!("${n}")).collect();
            sql.push_str(&format!(" AND {column} IN ({})", marks.join(",")));
            values.extend(any);
        }
        let texts = |texts: &[String]| texts.iter().map(Value::from).collect::<Vec<_>>();
        one_of(&mut sql, values, "n.notice", texts(&self.notices));
        let statuses = self.statuses.iter().map(|s| Value::from(s.name())).collect();
        one_of(&mut sql, values, "n.status", statuses);
        let levels = self.levels.iter().map(|level| Value::from(level_text(*level))).collect();
        one_of(&mut sql, values, "n.level", levels);
        one_of(&mut sql, values, "n.domain", texts(&self.domains));
        one_of(&mut sql, values, "f.province", texts(&self.provinces));
        one_of(&mut sql, values, "f.owner", texts(&self.owners));
        let mut any_of = |each: &str, any: Vec<Value>, values: &mut Vec<Value>| {
            let clauses: Vec<String> = (values.len() + 1..values.len() + 1 + any.len())
                .map(|n| each.replace('?', &format!("${n}")))
                .collect();
            if !clauses.is_empty() {
                sql.push_str(&format!(" AND ({})", clauses.join(" OR ")));
                values.extend(any);
            }
        };
        let starts = self.codes.iter().map(|code| Value::from(format!("{code}%"))).collect();
        any_of("n.code LIKE ?", starts, values);
        any_of("(f.subject_name = ? OR n.subject = ?)", texts(&self.subjects), values);
        let providers = self.providers.iter().map(|name| Value::from(within(name))).collect();
        any_of("('、' || f.provider || '、') LIKE ? ESCAPE '\\'", providers, values);
        any_of("n.deadline <= ?", self.due_by.map(Value::from).into_iter().collect(), values);
        any_of("n.run = ?", self.run.as_ref().map(Value::from).into_iter().collect(), values);
        if self.gone {
            sql.push_str(" AND f.gone = 1");
        }
        if self.since.is_some() || self.until.is_some() {
            let first = values.len() + 1;
            let (since, until) = bounds(self);
            values.extend(values![since, until]);
            sql.push_str(&format!(
                " AND EXISTS (SELECT 1 FROM history h WHERE h.subject = n.subject
                 AND h.domain = n.domain AND h.code = n.code AND h.at >= ${first}
                 AND h.at < ${})",
                first + 1
            ));
        }
        sql
    }
}

/// The moments between which a filter's days lie. History is kept by UTC; days are China's.
pub(super) fn bounds(filter: &Filter) -> (String, String) {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    let begins = |day: Date| {
        let at = day.to_zoned(zone.clone()).map(|day| super::stamp(day.timestamp()));
        at.unwrap_or_else(|_| day.to_string())
    };
    let until = filter.until.and_then(|day| day.tomorrow().ok());
    (filter.since.map_or_else(String::new, begins), until.map_or_else(|| "9999".to_owned(), begins))
}
