//! A finding as reports show it, and the rows made of findings.

use super::mask::Mask;
use super::{COLUMNS, Line, cell, json, level_name, masked};
use crate::filing::Filing;
use crate::notice::{Finding, Status};
use crate::policy::{Level, Workdays};
use crate::rules::{Lang, Text};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::json as object;
use std::io;

/// A finding, its filing, and where it stands.
#[derive(Clone, Debug)]
pub struct Item {
    /// The number of the notice that holds it.
    pub notice: String,
    /// The finding.
    pub finding: Finding,
    /// The filing.
    pub filing: Filing,
    /// Where it stands.
    pub status: Status,
    /// The day on which the owner was told.
    pub sent: Option<Date>,
    /// How many times it came back.
    pub reopened: u32,
    /// The folder of the run whose `evidence/` holds what was seen; empty where none does.
    pub folder: String,
}

impl Item {
    /// As its owner is told of it on a day: the time to mend what he was not told of before begins
    /// then.
    pub fn told_on(&mut self, day: Date, workdays: &Workdays) {
        if self.status == Status::Drafted {
            let due = day.saturating_add(i64::from(self.finding.days).days());
            self.finding.deadline = workdays.on_or_after(due);
        }
    }
}

/// Findings as rows of text.
#[derive(Clone, Copy, Debug)]
pub struct ItemRows {
    /// The language.
    pub lang: Lang,
    /// Whether the persons in charge and how to reach them stand in clear.
    pub contacts: bool,
}

/// The columns that hold personal data.
const PERSONAL: [&str; 2] = ["owner", "contact"];

impl ItemRows {
    /// The cell of a column of `notices.csv`, before escaping.
    pub fn cell(&self, name: &str, item: &Item) -> String {
        let Some(column) = COLUMNS.iter().find(|column| column.name_en == name) else {
            return String::new();
        };
        let line = Line {
            notice: &item.notice,
            finding: &item.finding,
            filing: &item.filing,
            lang: self.lang,
            evidence: !item.folder.is_empty(),
        };
        let text = (column.cell)(&line);
        match (PERSONAL.contains(&name), self.contacts) {
            (_, true) => text,
            (true, false) => text.split(' ').map(masked).collect::<Vec<_>>().join(" "),
            (false, false) => Mask::of(&item.filing, None).text(&text),
        }
    }

    /// The cell of a column of `notices.csv` that a filing alone fills, before escaping.
    pub fn of_filing(&self, name: &str, filing: &Filing) -> String {
        let day = Date::default();
        let finding = Finding {
            code: "".into(),
            level: Level::Review,
            problem: Text::default(),
            cause: Text::default(),
            remedy: Text::default(),
            expected: Text::default(),
            found: Text::default(),
            hosts: Vec::new(),
            url: String::new(),
            first_seen: day,
            last_seen: day,
            days: 0,
            deadline: day,
            status: None,
        };
        let column = COLUMNS.iter().find(|column| column.name_en == name);
        let line = Line { notice: "", finding: &finding, filing, lang: self.lang, evidence: false };
        let text = column.map_or_else(String::new, |column| (column.cell)(&line));
        if self.contacts { text } else { Mask::of(filing, None).text(&text) }
    }

    /// The heading of a column of `notices.csv`.
    pub fn heading(&self, name: &str) -> &'static str {
        let column = COLUMNS.iter().find(|column| column.name_en == name);
        column.map_or("", |c| if self.lang == Lang::Zh { c.name_zh } else { c.name_en })
    }

    /// The row of a finding as `notices.csv` has it, with its line end.
    pub fn csv(&self, item: &Item) -> io::Result<Vec<u8>> {
        let cells = COLUMNS.iter().map(|column| cell(&self.cell(column.name_en, item)));
        line(cells)
    }

    /// The headings of `notices.csv`, with the mark that Excel needs.
    pub fn csv_head(&self) -> io::Result<Vec<u8>> {
        let heads = COLUMNS.iter().map(|column| self.heading(column.name_en).to_owned());
        let mut bytes = "\u{feff}".as_bytes().to_vec();
        bytes.extend(line(heads)?);
        Ok(bytes)
    }

    /// A finding as one line of JSON, without its line end. Keys are the English headings of
    /// `notices.csv`; persons stand in it masked, if at all.
    pub fn json(&self, item: &Item) -> String {
        let of = |name: &str| self.cell(name, item);
        let value = object!({
            "notice_id": item.notice,
            "status": item.status.name(),
            "level": level_name(item.finding.level, Lang::En),
            "code": item.finding.code,
            "problem": of("problem"),
            "cause": of("cause"),
            "remedy": of("remedy"),
            "expected": of("expected"),
            "found": of("found"),
            "hosts": item.finding.hosts,
            "url": of("url"),
            "evidence": of("evidence"),
            "domain": item.filing.domain.ascii(),
            "service_name": of("service_name"),
            "record_number": of("record_number"),
            "subject_name": of("subject_name"),
            "province": of("province"),
            "provider": item.filing.providers.as_deref().unwrap_or_default(),
            "owner": of("owner"),
            "contact": of("contact"),
            "first_seen": item.finding.first_seen,
            "last_seen": item.finding.last_seen,
            "deadline": item.finding.deadline,
            "sent": item.sent,
            "reopened": item.reopened,
        });
        json(&value.to_string())
    }
}

fn line(cells: impl Iterator<Item = String>) -> io::Result<Vec<u8>> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(cells)?;
    writer.into_inner().map_err(|error| error.into_error())
}
