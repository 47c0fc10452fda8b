//! Rows of an XLSX sheet.
//!
//! The format needs the whole file in memory (its index stands at the end), and the
//! strings of all its sheets; rows are read as they are asked for. The reader runs in a
//! thread of its own: it borrows from the workbook, and a fault in it ends that thread only.

use super::{
    column::{Columns, Record},
    error::ListError,
    field::Field,
    guess,
    sheet::{Rows, broken_off, with_raw},
};
use calamine::{Reader, SheetType, SheetVisible, Xlsx};
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
    /// Rows as they are read, and `None` behind the last.
    rows: Receiver<Option<Record>>,
    /// The line of the last row.
    line: u64,
    ended: bool,
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
        line: 0,
        ended: false,
    })
}

impl Workbook {
    /// The next row that is not blank.
    pub(super) fn next(&mut self) -> Option<Record> {
        if self.ended {
            return None;
        }
        match self.rows.recv() {
            Ok(Some(row)) => {
                self.line = row.line;
                Some(row)
            }
            Ok(None) => {
                self.ended = true;
                None
            }
            // The thread is gone before the sheet's end.
            Err(_) => {
                self.ended = true;
                Some(broken_off(self.line, "工作簿已损坏", "it is damaged"))
            }
        }
    }
}

/// The reading thread: it ends with the sheet, or when nobody listens any more.
fn run(
    list: &str,
    bytes: Vec<u8>,
    sheet: Option<&str>,
    map: &[(String, Field)],
    say: &SyncSender<Result<Opened, ListError>>,
    send: &SyncSender<Option<Record>>,
) {
    let unreadable = |detail: String| ListError::Workbook { list: list.to_owned(), detail };
    let found = weigh(list, &bytes, LARGEST_UNPACKED, LARGEST_STRINGS).and_then(|()| {
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
    let mut rows = Rows::new(cells);
    while let Some(row) = rows.next() {
        if row.line > heading_line
            && !row.is_blank()
            && send.send(Some(with_raw(row, &columns))).is_err()
        {
            return;
        }
    }
    let _ = send.send(None);
}

/// Refuses what unpacks to more than we hold, and a string table that lies about its size:
/// the reader makes room for as many as it claims.
fn weigh(list: &str, bytes: &[u8], unpacked: u64, strings: u64) -> Result<(), ListError> {
    let unreadable = |detail: String| ListError::Workbook { list: list.to_owned(), detail };
    let too_large = |detail: String| ListError::TooLarge { list: list.to_owned(), detail };
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| unreadable(error.to_string()))?;
    let mut left = unpacked;
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(|error| unreadable(error.to_string()))?;
        let is_strings =
            entry.name().is_ok_and(|name| name.to_ascii_lowercase().ends_with("sharedstrings.xml"));
        let (size, claimed) =
            measure(entry.take(left + 1)).map_err(|e| unreadable(e.to_string()))?;
        left = left
            .checked_sub(size)
            .ok_or_else(|| too_large(format!("it unpacks to more than {unpacked} bytes")))?;
        if is_strings && size > strings {
            return Err(too_large(format!("more than {strings} bytes of text")));
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
    let mut rows = Rows::new(cells);
    Ok(std::iter::from_fn(|| rows.next())
        .filter(|row| !row.is_blank())
        .take(guess::FIRST_ROWS)
        .collect())
}

fn texts(row: &Record) -> Vec<String> {
    row.cells.iter().map(|cell| cell.clone().unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive of one entry full of zeros.
    fn zip_of_zeros(name: &str, size: u64) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::copy(&mut std::io::repeat(0).take(size), &mut writer).unwrap();
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn what_unpacks_too_far_is_refused_before_it_is_read() {
        let sheet = zip_of_zeros("xl/worksheets/sheet1.xml", 1 << 20);
        let strings = zip_of_zeros("xl/SharedStrings.xml", 1 << 20);
        assert!(sheet.len() < 4096 && strings.len() < 4096);
        assert!(weigh("x", &sheet, 1 << 20, 1).is_ok());
        let refused = |bytes: &[u8], unpacked, strings| {
            matches!(weigh("x", bytes, unpacked, strings), Err(ListError::TooLarge { .. }))
        };
        assert!(refused(&sheet, (1 << 20) - 1, 1));
        assert!(refused(&strings, 2 << 20, (1 << 20) - 1));
    }

    #[test]
    fn a_claim_is_found_also_where_a_block_cuts_it() {
        for before in [0, 256 * 1024 - 5, 256 * 1024 - 14, 256 * 1024 + 3] {
            let xml = [&vec![b' '; before][..], b"<sst uniqueCount = '123456'>"].concat();
            assert_eq!(measure(&xml[..]).unwrap(), (xml.len() as u64, 123_456), "{before}");
        }
    }
}
