//! The cells of a sheet, as rows of text.

use super::{
    Reason,
    column::{Columns, Damage, MOST_COLUMNS, Record},
    lines::LONGEST_ROW,
    text,
};
use calamine::{Cell, DataRef, XlsxCellReader};
use std::io::Cursor;

/// A sheet's cells, put together to rows.
pub(super) struct Rows<'a> {
    cells: XlsxCellReader<'a, Cursor<Vec<u8>>>,
    /// The first cell of the next row.
    ahead: Option<(u32, u32, String)>,
    line: u64,
    ended: bool,
    /// Why the sheet broke off, to be said behind its last row.
    broken: Option<String>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(cells: XlsxCellReader<'a, Cursor<Vec<u8>>>) -> Rows<'a> {
        Rows { cells, ahead: None, line: 0, ended: false, broken: None }
    }

    /// The next row that has a cell; behind the last, why the sheet broke off.
    pub(super) fn next(&mut self) -> Option<Record> {
        let mut row = Record::default();
        let mut size = 0;
        while let Some(next) = self.cell() {
            let (line, column, text) = match next {
                Ok(cell) => cell,
                Err(detail) => {
                    self.broken = Some(detail);
                    break;
                }
            };
            if row.line == 0 {
                row.line = u64::from(line) + 1;
            } else if row.line != u64::from(line) + 1 {
                self.ahead = Some((line, column, text));
                break;
            }
            size += text.len();
            put(&mut row, column as usize, text, size);
        }
        self.line = row.line.max(self.line);
        if row.line > 0 {
            Some(row)
        } else {
            self.broken.take().map(|detail| broken_off(self.line, &detail, &detail))
        }
    }

    fn cell(&mut self) -> Option<Result<(u32, u32, String), String>> {
        if let Some(ahead) = self.ahead.take() {
            return Some(Ok(ahead));
        }
        if self.ended {
            return None;
        }
        loop {
            match self.cells.next_cell() {
                Ok(Some(cell)) if *cell.get_value() == DataRef::Empty => {}
                Ok(Some(cell)) => {
                    let (line, column) = cell.get_position();
                    return Some(Ok((line, column, written(&cell))));
                }
                Ok(None) => {
                    self.ended = true;
                    return None;
                }
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error.to_string()));
                }
            }
        }
    }
}

/// What stands for the rows behind the last that could be read.
pub(super) fn broken_off(last: u64, zh: &str, en: &str) -> Record {
    let reason = Reason::new(
        format!("工作表从这里起无法读取（{zh}），其后的行本次未处理，请重新保存工作簿后再试"),
        format!(
            "the sheet cannot be read further ({en}); save the workbook anew, rows from here on are missing from this run"
        ),
    );
    let damage = Damage { column: String::new(), value: String::new(), reason };
    Record::damaged(last + 1, String::new(), damage)
}

fn put(row: &mut Record, column: usize, text: String, size: usize) {
    let too_much = if column >= MOST_COLUMNS {
        Some(Reason::new(
            format!("单元格在第 {MOST_COLUMNS} 列之外，请清除列表右侧的多余内容"),
            format!(
                "a cell beyond column {MOST_COLUMNS}; clear what stands to the right of the list"
            ),
        ))
    } else if size > LONGEST_ROW {
        Some(Reason::new(
            format!("这一行超过 {LONGEST_ROW} 字节，请删去多余的内容"),
            format!("the row is longer than {LONGEST_ROW} bytes"),
        ))
    } else {
        None
    };
    if let Some(reason) = too_much {
        let (column, value) = (format!("column {}", column + 1), text::excerpt(&text, 60));
        row.damage.get_or_insert(Damage { column, value, reason });
        return;
    }
    if row.cells.len() <= column {
        row.cells.resize(column + 1, Some(String::new()));
    }
    if let Some(cell) = row.cells.get_mut(column) {
        *cell = Some(text);
    }
}

/// A cell as a reader of the sheet would write it into a text file.
fn written(cell: &Cell<DataRef<'_>>) -> String {
    match cell.get_value() {
        DataRef::Empty => String::new(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        // Display writes neither `.0` nor an exponent.
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(yes) => yes.to_string().to_uppercase(),
        DataRef::DateTime(time) if time.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
            if (hour, minute, second) == (0, 0, 0) {
                format!("{year:04}-{month:02}-{day:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
            }
        }
        DataRef::DateTime(time) => time.as_f64().to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    }
}

/// The row as a line of CSV, so that it can be mended and fed in again; short rows are
/// filled up, since the sheet leaves out cells that are empty.
pub(super) fn with_raw(mut row: Record, columns: &Columns) -> Record {
    let width = columns.list().len();
    if row.cells.len() < width {
        row.cells.resize(width, Some(String::new()));
    }
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    let _ = writer.write_record(row.cells.iter().map(|cell| cell.as_deref().unwrap_or_default()));
    row.raw = writer
        .into_inner()
        .map(|bytes| String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned())
        .unwrap_or_default();
    row
}
