//! Headings → fields, and one row's cells before they mean anything.

use super::field::{self, Field};
use serde::Serialize;

/// Columns that a list may have.
pub(super) const MOST_COLUMNS: usize = 1024;

/// A column of a list, and what it is read as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// The heading as written; `column 3` where there is none.
    pub heading: String,
    /// The field; `None` where the column is only kept and handed through.
    pub field: Option<Field>,
}

/// The columns of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Columns {
    columns: Vec<Column>,
    /// The field that each heading names, though another column may be read as it.
    named: Vec<Option<Field>>,
}

/// One row of a list, before its cells mean anything.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    /// The line on which it begins.
    pub(super) line: u64,
    /// As it stood.
    pub(super) raw: String,
    /// By column; `None` where the row has no such cell (JSONL only).
    pub(super) cells: Vec<Option<String>>,
    /// Why the row cannot be read at all.
    pub(super) damage: Option<Damage>,
}

/// What cannot be read, where, and what to do.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Damage {
    pub(super) column: String,
    pub(super) value: String,
    pub(super) reason: super::Reason,
}

impl Record {
    pub(super) fn is_blank(&self) -> bool {
        self.damage.is_none()
            && self.cells.iter().flatten().all(|cell| super::text::tidy(cell).is_empty())
    }

    /// A row of which only the text is known.
    pub(super) fn damaged(line: u64, raw: String, damage: Damage) -> Record {
        Record { line, raw, cells: Vec::new(), damage: Some(damage) }
    }
}

impl Columns {
    /// Gives each field the most telling of its headings; what the operator mapped goes first.
    pub(super) fn of(headings: &[String], map: &[(String, Field)]) -> Columns {
        let named: Vec<Option<(Field, usize)>> = headings.iter().map(|h| named(h, map)).collect();
        let is_best = |at: usize, (field, rank): (Field, usize)| {
            field == Field::PreApprovals
                || named.iter().enumerate().all(|(other, found)| match found {
                    Some((f, r)) => *f != field || (rank, at) <= (*r, other),
                    None => true,
                })
        };
        let columns = headings
            .iter()
            .enumerate()
            .map(|(at, heading)| Column {
                heading: heading_of(heading, at),
                field: named
                    .get(at)
                    .copied()
                    .flatten()
                    .filter(|&found| is_best(at, found))
                    .map(|(field, _)| field),
            })
            .collect();
        Columns {
            columns,
            named: named.iter().map(|found| found.map(|(field, _)| field)).collect(),
        }
    }

    /// Columns without headings, of which one holds the domains.
    pub(super) fn unnamed(width: usize, domain: usize) -> Columns {
        let column = |at| Column {
            heading: heading_of("", at),
            field: (at == domain).then_some(Field::Domain),
        };
        let columns: Vec<Column> = (0..width).map(column).collect();
        Columns { named: columns.iter().map(|column| column.field).collect(), columns }
    }

    pub(super) fn list(&self) -> &[Column] {
        &self.columns
    }

    pub(super) fn len(&self) -> usize {
        self.columns.len()
    }

    /// The place of the domain.
    pub(super) fn domain(&self) -> Option<usize> {
        self.columns.iter().position(|column| column.field == Some(Field::Domain))
    }

    /// How many columns are known.
    pub(super) fn known(&self) -> usize {
        self.columns.iter().filter(|column| column.field.is_some()).count()
    }

    pub(super) fn heading(&self, at: usize) -> String {
        self.columns.get(at).map_or_else(|| heading_of("", at), |column| column.heading.clone())
    }

    /// The column of this heading, made where it is new (a key that earlier objects did
    /// not have); `None` where there are too many.
    pub(super) fn place(&mut self, heading: &str, map: &[(String, Field)]) -> Option<usize> {
        let heading = heading_of(heading, self.columns.len());
        if let Some(at) = self.columns.iter().position(|column| column.heading == heading) {
            return Some(at);
        }
        if self.columns.len() >= MOST_COLUMNS {
            return None;
        }
        let found = named(&heading, map).map(|(field, _)| field);
        let field = found.filter(|&field| {
            field == Field::PreApprovals
                || self.columns.iter().all(|column| column.field != Some(field))
        });
        self.columns.push(Column { heading, field });
        self.named.push(found);
        Some(self.columns.len() - 1)
    }

    /// The column that is read as the field which this one names too: `域名` for `domain`,
    /// where a list has objects with either.
    pub(super) fn rival(&self, at: usize) -> Option<usize> {
        let field = self.named.get(at).copied().flatten()?;
        self.columns
            .iter()
            .position(|column| column.field == Some(field))
            .filter(|&rival| rival != at)
    }

    /// Adds columns without a heading until there are so many.
    pub(super) fn widen(&mut self, width: usize) {
        for at in self.columns.len()..width.min(MOST_COLUMNS) {
            self.columns.push(Column { heading: heading_of("", at), field: None });
            self.named.push(None);
        }
    }
}

/// Among the first rows of a list, the one that holds the headings: the first with a
/// heading for the domain. Consoles put titles and notes above it.
pub(super) fn find_headings<'a>(
    rows: impl IntoIterator<Item = &'a [String]>,
    map: &[(String, Field)],
) -> Option<(usize, Columns)> {
    rows.into_iter().enumerate().find_map(|(at, row)| {
        let columns = Columns::of(row, map);
        columns.domain().map(|_| (at, columns))
    })
}

fn named(heading: &str, map: &[(String, Field)]) -> Option<(Field, usize)> {
    let folded = field::fold_heading(heading);
    let mapped =
        map.iter().find(|(name, _)| name == heading || field::fold_heading(name) == folded);
    match mapped {
        Some((_, field)) if !heading.is_empty() => Some((*field, 0)),
        _ => field::rank(heading).map(|(field, rank)| (field, rank + 1)),
    }
}

fn heading_of(heading: &str, at: usize) -> String {
    match super::text::tidy(heading) {
        empty if empty.is_empty() => format!("column {}", at + 1),
        heading => heading,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(headings: &[&str], map: &[(String, Field)]) -> Vec<Option<Field>> {
        let headings: Vec<String> = headings.iter().map(ToString::to_string).collect();
        Columns::of(&headings, map).list().iter().map(|column| column.field).collect()
    }

    #[test]
    fn of_two_headings_for_one_field_the_more_telling_is_read() {
        assert_eq!(
            columns(&["备案号", "域名", "网站备案号", "域名", "合同"], &[]),
            [None, Some(Field::Domain), Some(Field::RecordNumber), None, None]
        );
        assert_eq!(columns(&["前置审批项", "前置审批号"], &[]), [Some(Field::PreApprovals); 2]);
    }

    #[test]
    fn what_the_operator_maps_goes_before_what_is_known() {
        let map = [("站点".to_owned(), Field::Domain)];
        assert_eq!(columns(&["域名", "站 点"], &map), [None, Some(Field::Domain)]);
    }
}
