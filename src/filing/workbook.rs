//! Rows of an XLSX sheet.
//!
//! The format needs the whole file in memory (its index stands at the end), and the
//! strings of all its sheets; rows are read as they are asked for. The reader runs in a
//! thread of its own: it borrows from the workbook, and a fault in it ends that thread only.

use super::{
    column::{Columns, Damage, MOST_COLUMNS, Record},
    error::ListError,
    field::Field,
    guess,
    lines::LONGEST_ROW,
    text,
};
use calamine::{Cell, DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxCellReader};
use regex::bytes::Regex;
use std::{
    io::{Cursor, Read},
    sync::{
        LazyLock,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
};

/// Bytes of a workbook.
pub(super) const LARGEST: u64 = 512 << 20;
/// Bytes of all that it unpacks to.
const LARGEST_UNPACKED: u64 = 2 << 30;
/// Bytes of its table of strings, which stays in memory.
const LARGEST_STRINGS: u64 = 256 << 20;
/// Rows that wait between the reading thread and us.
const WAITING: usize = 64;

type Book = Xlsx<Cursor<Vec<u8>>>;

/// A sheet that is being read.
pub(super) struct Workbook {
    pub(super) sheet: String,
    pub(super) heading_line: Option<u64>,
    pub(super) columns: Columns,
    rows: Receiver<Record>,
}

struct Opened {
    sheet: String,
    heading_line: Option<u64>,
    columns: Columns,
}

/// Opens a workbook and finds the sheet: the one asked for, else the first with a domain column.
pub(super) fn open(
    list: &str,
    bytes: Vec<u8>,
    sheet: Option<&str>,
    map: &[(String, Field)],
) -> Result<Workbook, ListError> {
    let (say, told) = sync_channel(1);
    let (send, rows) = sync_channel(WAITING);
    let (name, sheet, map) = (list.to_owned(), sheet.map(str::to_owned), map.to_vec());
    std::thread::Builder::new()
        .name("workbook".to_owned())
        .spawn(move || run(&name, bytes, sheet.as_deref(), &map, &say, &send))
        .map_err(|error| ListError::Unreadable { list: list.to_owned(), error })?;
    let opened: Opened = told.recv().unwrap_or_else(|_| {
        Err(ListError::Workbook { list: list.to_owned(), detail: "it is damaged".to_owned() })
    })?;
    Ok(Workbook {
        sheet: opened.sheet,
        heading_line: opened.heading_line,
        columns: opened.columns,
        rows,
    })
}

impl Workbook {
    /// The next row that is not blank.
    pub(super) fn next(&mut self) -> Option<Record> {
        self.rows.recv().ok()
    }
}

/// The reading thread: it ends with the sheet, or when nobody listens any more.
fn run(
    list: &str,
    bytes: Vec<u8>,
    sheet: Option<&str>,
    map: &[(String, Field)],
    say: &SyncSender<Result<Opened, ListError>>,
    send: &SyncSender<Record>,
) {
    let unreadable = |detail: String| ListError::Workbook { list: list.to_owned(), detail };
    let found = weigh(list, &bytes).and_then(|()| {
        let mut book: Book =
            Xlsx::new(Cursor::new(bytes)).map_err(|error| unreadable(error.to_string()))?;
        let opened = choose(list, &mut book, sheet, map)?;
        Ok((book, opened))
    });
    let (mut book, opened) = match found {
        Ok(found) => found,
        Err(error) => {
            let _ = say.send(Err(error));
            return;
        }
    };
    let (sheet, heading_line) = (opened.sheet.clone(), opened.heading_line.unwrap_or(0));
    let columns = opened.columns.clone();
    if say.send(Ok(opened)).is_err() {
        return;
    }
    let Ok(cells) = book.worksheet_cells_reader(&sheet) else { return };
    let mut rows = Rows { cells, ahead: None, line: 0, ended: false, broken: None };
    while let Some(row) = rows.next() {
        if row.line > heading_line && !row.is_blank() && send.send(with_raw(row, &columns)).is_err()
        {
            return;
        }
    }
}

/// Refuses what unpacks to more than we hold, and a string table that lies about its size:
/// the reader makes room for as many as it claims.
fn weigh(list: &str, bytes: &[u8]) -> Result<(), ListError> {
    let unreadable = |detail: String| ListError::Workbook { list: list.to_owned(), detail };
    let too_large = |detail: String| ListError::TooLarge { list: list.to_owned(), detail };
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| unreadable(error.to_string()))?;
    let mut left = LARGEST_UNPACKED;
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(|error| unreadable(error.to_string()))?;
        let is_strings =
            entry.name().is_ok_and(|name| name.to_ascii_lowercase().ends_with("sharedstrings.xml"));
        let (size, claimed) =
            measure(entry.take(left + 1)).map_err(|e| unreadable(e.to_string()))?;
        left = left.checked_sub(size).ok_or_else(|| {
            too_large(format!("it unpacks to more than {LARGEST_UNPACKED} bytes"))
        })?;
        if is_strings && size > LARGEST_STRINGS {
            return Err(too_large(format!("more than {LARGEST_STRINGS} bytes of text")));
        }
        if is_strings && claimed > size {
            return Err(unreadable("its table of strings claims more than it holds".to_owned()));
        }
    }
    Ok(())
}

/// What a table of strings says that it holds.
#[expect(clippy::unwrap_used, reason = "a constant pattern, compiled by a test")]
static CLAIM: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"uniqueCount[^0-9]{0,32}([0-9]{1,32})").unwrap());

/// The size of an entry, and the largest number that stands behind a `uniqueCount` in it.
fn measure(mut entry: impl Read) -> std::io::Result<(u64, u64)> {
    let (mut size, mut claimed) = (0_u64, 0_u64);
    let mut window: Vec<u8> = Vec::new();
    let mut block = vec![0; 256 * 1024];
    loop {
        let count = entry.read(&mut block)?;
        window.extend_from_slice(block.get(..count).unwrap_or_default());
        for digits in CLAIM.captures_iter(&window).filter_map(|found| found.get(1)) {
            let number = std::str::from_utf8(digits.as_bytes()).ok().and_then(|n| n.parse().ok());
            claimed = claimed.max(number.unwrap_or(u64::MAX));
        }
        // A claim may be cut by the block's end.
        let kept = window.len().saturating_sub(128);
        window.drain(..kept);
        size += count as u64;
        if count == 0 {
            return Ok((size, claimed));
        }
    }
}

fn choose(
    list: &str,
    book: &mut Book,
    wanted: Option<&str>,
    map: &[(String, Field)],
) -> Result<Opened, ListError> {
    let sheets: Vec<(String, bool)> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
        .collect();
    let chosen: Vec<&String> = match wanted {
        Some(wanted) => sheets
            .iter()
            .map(|(name, _)| name)
            .filter(|name| name.trim() == wanted.trim())
            .collect(),
        None => sheets.iter().filter(|(_, visible)| *visible).map(|(name, _)| name).collect(),
    };
    if let (Some(wanted), true) = (wanted, chosen.is_empty()) {
        let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
        let (list, sheet, sheets) = (list.to_owned(), wanted.to_owned(), names.join(", "));
        return Err(ListError::NoSuchSheet { list, sheet, sheets });
    }
    let mut seen: Option<(u64, String)> = None;
    for sheet in chosen {
        let rows = first_rows(list, book, sheet)?;
        let cells: Vec<Vec<String>> = rows.iter().map(texts).collect();
        if let Some((headings, columns)) = guess::columns(&cells, map) {
            let heading_line = headings.and_then(|at| rows.get(at)).map(|row| row.line);
            return Ok(Opened { sheet: sheet.clone(), heading_line, columns });
        }
        if let (None, Some(row), Some(cells)) = (&seen, rows.first(), cells.first()) {
            seen = Some((row.line, guess::shown(cells)));
        }
    }
    Err(match seen {
        Some((line, seen)) => ListError::NoDomainColumn { list: list.to_owned(), line, seen },
        None => ListError::Empty { list: list.to_owned() },
    })
}

fn first_rows(list: &str, book: &mut Book, sheet: &str) -> Result<Vec<Record>, ListError> {
    let cells = book.worksheet_cells_reader(sheet).map_err(|error| ListError::Workbook {
        list: list.to_owned(),
        detail: error.to_string(),
    })?;
    let mut rows = Rows { cells, ahead: None, line: 0, ended: false, broken: None };
    Ok(std::iter::from_fn(|| rows.next())
        .filter(|row| !row.is_blank())
        .take(guess::FIRST_ROWS)
        .collect())
}

fn texts(row: &Record) -> Vec<String> {
    row.cells.iter().map(|cell| cell.clone().unwrap_or_default()).collect()
}

/// A sheet's cells, put together to rows.
struct Rows<'a> {
    cells: XlsxCellReader<'a, Cursor<Vec<u8>>>,
    /// The first cell of the next row.
    ahead: Option<(u32, u32, String)>,
    line: u64,
    ended: bool,
    /// Why the sheet broke off, to be said behind its last row.
    broken: Option<String>,
}

impl Rows<'_> {
    fn next(&mut self) -> Option<Record> {
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
            self.broken.take().map(|detail| self.broken_off(detail))
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

    fn broken_off(&self, detail: String) -> Record {
        let reason = format!(
            "the sheet cannot be read further ({detail}); save the workbook anew, rows from here on are missing from this run"
        );
        let damage = Damage { column: String::new(), value: String::new(), reason };
        Record::damaged(self.line + 1, String::new(), damage)
    }
}

fn put(row: &mut Record, column: usize, text: String, size: usize) {
    let too_much = if column >= MOST_COLUMNS {
        Some(format!(
            "a cell beyond column {MOST_COLUMNS}; clear what stands to the right of the list"
        ))
    } else if size > LONGEST_ROW {
        Some(format!("the row is longer than {LONGEST_ROW} bytes"))
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
fn with_raw(mut row: Record, columns: &Columns) -> Record {
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
