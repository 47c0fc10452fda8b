use super::{
    Rejected, Row,
    charset::Charset,
    column::{Column, Columns, Record},
    delimited::Delimited,
    error::ListError,
    field::{Field, fold_heading},
    guess, jsonl,
    lines::{Line, Lines},
    plain, row, text,
    workbook::{self, Workbook},
};
use serde::Serialize;
use std::io::{self, Read};

/// Bytes of the beginning by which layout and encoding are found.
const PREFIX: usize = 64 * 1024;
/// Lines of the beginning among which the headings are looked for.
const FIRST_LINES: usize = 200;

/// What the operator knows of a list; all of it is found out otherwise.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Headings and the fields they are to be read as, before what is known of headings.
    pub map: Vec<(String, Field)>,
    /// The sheet of a workbook; other layouts have none, and it is not looked at.
    pub sheet: Option<String>,
    /// The label of the encoding of a text list.
    pub encoding: Option<String>,
    /// Rows to read, rejected ones among them.
    pub limit: Option<u64>,
    /// The name by which rows say which list they come from.
    pub source: Option<String>,
}

/// What was understood of a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Layout {
    /// How rows and cells are told apart.
    pub format: Format,
    /// The encoding of a text list, as far as it is known by now.
    pub encoding: Option<&'static str>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The line of the headings, from 1; `None` where the list has none.
    pub heading_line: Option<u64>,
    /// Each column, and what it is read as. Of JSONL, the keys seen so far.
    pub columns: Vec<Column>,
}

/// How rows and cells are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Cells between commas.
    Csv,
    /// Cells between semicolons, quoted as in CSV.
    Semicolon,
    /// Cells between tabs.
    Tsv,
    /// A JSON object a line.
    Jsonl,
    /// A domain or URL a line.
    Plain,
    /// A sheet of a workbook.
    Xlsx,
}

/// A filing list that is being read: an iterator over its rows, every data row once, in
/// order, as a filing or as why it is none. Blank lines do not count as rows.
///
/// Memory does not grow with the list, but for XLSX: the format needs the whole file and
/// the texts of its sheets.
pub struct List {
    layout: Layout,
    columns: Columns,
    reader: Reader,
    options: Options,
    read: u64,
}

enum Reader {
    Delimited(Delimited),
    Jsonl(Lines),
    Plain(Lines),
    Workbook(Workbook),
}

/// Opens a list: finds layout and encoding from its first 64 KiB, and its headings within
/// the first 20 rows. `name_hint` is the file's name, for messages and as a hint; `None`
/// is standard input.
pub fn open(
    mut input: Box<dyn Read + Send>,
    name_hint: Option<&str>,
    options: &Options,
) -> Result<List, ListError> {
    let name = name_hint.unwrap_or("standard input");
    let unreadable = |error| ListError::Unreadable { list: name.to_owned(), error };
    let mut prefix = Vec::new();
    read_up_to(&mut input, PREFIX, &mut prefix).map_err(unreadable)?;
    if prefix.is_empty() {
        return Err(ListError::Empty { list: name.to_owned() });
    }
    if prefix.starts_with(b"PK\x03\x04") {
        return open_workbook(name, prefix, input, options);
    }
    if let Some((what, remedy)) = foreign(&prefix) {
        return Err(ListError::NotAList { list: name.to_owned(), what, remedy });
    }
    let charset = Charset::of(&prefix, options.encoding.as_deref()).ok_or_else(|| {
        ListError::UnknownEncoding { label: options.encoding.clone().unwrap_or_default() }
    })?;
    open_text(name, Lines::new(prefix, input, charset), options)
}

impl List {
    /// What was understood of the list.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    fn next_record(&mut self) -> Option<Record> {
        let record = match &mut self.reader {
            Reader::Delimited(rows) => rows.next(Some(&self.columns)),
            Reader::Jsonl(lines) => jsonl::next(lines, &mut self.columns, &self.options.map),
            Reader::Plain(lines) => plain::next(lines),
            Reader::Workbook(rows) => rows.next(),
        }?;
        self.columns.widen(record.cells.len());
        if self.columns.len() != self.layout.columns.len() {
            self.layout.columns = self.columns.list().to_vec();
        }
        self.layout.encoding = self.encoding();
        Some(record)
    }

    fn encoding(&self) -> Option<&'static str> {
        match &self.reader {
            Reader::Delimited(rows) => Some(rows.encoding()),
            Reader::Jsonl(lines) | Reader::Plain(lines) => Some(lines.encoding()),
            Reader::Workbook(_) => None,
        }
    }
}

impl Iterator for List {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        if self.options.limit.is_some_and(|limit| self.read >= limit) {
            return None;
        }
        let record = loop {
            let record = self.next_record()?;
            // An object without keys is a row; an empty line of cells is none.
            if self.layout.format == Format::Jsonl || !record.is_blank() {
                break record;
            }
        };
        self.read += 1;
        let source = self.options.source.clone();
        Some(match row::filing(&record, &self.columns) {
            Ok(mut filing) => {
                filing.source = source;
                Ok(Box::new(filing))
            }
            Err(damage) => Err(Box::new(Rejected {
                source,
                line: record.line,
                column: damage.column,
                value: damage.value,
                reason: damage.reason,
                row: record.raw,
            })),
        })
    }
}

fn open_workbook(
    name: &str,
    mut bytes: Vec<u8>,
    mut input: Box<dyn Read + Send>,
    options: &Options,
) -> Result<List, ListError> {
    let room = workbook::LARGEST as usize + 1;
    read_up_to(&mut input, room, &mut bytes)
        .map_err(|error| ListError::Unreadable { list: name.to_owned(), error })?;
    if bytes.len() >= room {
        let detail = format!("more than {} bytes", workbook::LARGEST);
        return Err(ListError::TooLarge { list: name.to_owned(), detail });
    }
    let book = workbook::open(name, bytes, options.sheet.as_deref(), &options.map)?;
    let columns = book.columns.clone();
    check_map(name, &columns, options)?;
    let layout = Layout {
        format: Format::Xlsx,
        encoding: None,
        sheet: Some(book.sheet.clone()),
        heading_line: book.heading_line,
        columns: columns.list().to_vec(),
    };
    let options = options.clone();
    Ok(List { layout, columns, reader: Reader::Workbook(book), options, read: 0 })
}

fn open_text(name: &str, mut lines: Lines, options: &Options) -> Result<List, ListError> {
    let beginning = lines.beginning(FIRST_LINES);
    if is_noise(&beginning) {
        let (what, remedy) =
            ("a file of another kind than text", "give a CSV, TSV, JSONL, XLSX or plain list");
        return Err(ListError::NotAList { list: name.to_owned(), what, remedy });
    }
    let Some(first) = beginning.iter().find(|line| !text::tidy(&line.text).is_empty()) else {
        return Err(ListError::Empty { list: name.to_owned() });
    };
    let head = first.text.trim_start_matches(|c: char| c.is_whitespace() || text::is_invisible(c));
    if let Some((what, remedy)) = foreign_text(head) {
        return Err(ListError::NotAList { list: name.to_owned(), what, remedy });
    }
    if head.starts_with('{') {
        return open_jsonl(name, lines, &beginning, options, first.number);
    }
    let tabs_first = name.to_ascii_lowercase().ends_with(".tsv");
    let Some(found) = guess::layout(&beginning, tabs_first, &options.map) else {
        return Err(ListError::NoDomainColumn {
            list: name.to_owned(),
            line: first.number,
            seen: text::excerpt(&text::tidy(&first.text), 200),
        });
    };
    let (format, headings, columns, reader) = match found {
        guess::Text::Plain => (Format::Plain, None, Columns::unnamed(1, 0), Reader::Plain(lines)),
        guess::Text::Cells { delimiter, headings, columns } => {
            let format = match delimiter {
                '\t' => Format::Tsv,
                ';' => Format::Semicolon,
                _ => Format::Csv,
            };
            let mut rows = Delimited::new(lines, delimiter);
            // What stands above the headings, and they themselves, are not rows.
            let above = headings.map_or(0, |at| at + 1);
            let line = (0..above).filter_map(|_| rows.next(None)).last().map(|row| row.line);
            (format, line, columns, Reader::Delimited(rows))
        }
    };
    check_map(name, &columns, options)?;
    let layout = Layout {
        format,
        encoding: None,
        sheet: None,
        heading_line: headings,
        columns: columns.list().to_vec(),
    };
    let mut list = List { layout, columns, reader, options: options.clone(), read: 0 };
    list.layout.encoding = list.encoding();
    Ok(list)
}

fn open_jsonl(
    name: &str,
    lines: Lines,
    beginning: &[Line],
    options: &Options,
    line: u64,
) -> Result<List, ListError> {
    let mut keys: Vec<String> = Vec::new();
    for line in beginning.iter().take(guess::FIRST_ROWS) {
        for (key, _) in jsonl::object(&line.text).unwrap_or_default() {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    keys.truncate(super::column::MOST_COLUMNS);
    let columns = Columns::of(&keys, &options.map);
    if columns.domain().is_none() {
        let (list, seen) = (name.to_owned(), guess::shown(&keys));
        return Err(ListError::NoDomainColumn { list, line, seen });
    }
    check_map(name, &columns, options)?;
    let layout = Layout {
        format: Format::Jsonl,
        encoding: Some(lines.encoding()),
        sheet: None,
        heading_line: None,
        columns: columns.list().to_vec(),
    };
    Ok(List { layout, columns, reader: Reader::Jsonl(lines), options: options.clone(), read: 0 })
}

/// A heading that the operator names and the list does not have is a slip worth stopping for.
fn check_map(name: &str, columns: &Columns, options: &Options) -> Result<(), ListError> {
    let has = |heading: &str| {
        let folded = fold_heading(heading);
        columns.list().iter().any(|c| c.heading == heading || fold_heading(&c.heading) == folded)
    };
    match options.map.iter().find(|(heading, _)| !has(heading)) {
        None => Ok(()),
        Some((heading, _)) => {
            let headings: Vec<String> = columns.list().iter().map(|c| c.heading.clone()).collect();
            let (list, heading, seen) = (name.to_owned(), heading.clone(), guess::shown(&headings));
            Err(ListError::NoSuchHeading { list, heading, seen })
        }
    }
}

/// Files that people take for lists, by their first bytes.
fn foreign(prefix: &[u8]) -> Option<(&'static str, &'static str)> {
    const SAVE: &str = "open it and save the list as .xlsx or as CSV";
    [
        (&b"\xd0\xcf\x11\xe0"[..], "an old .xls workbook, or one with a password", SAVE),
        (b"%PDF", "a PDF file", "export the list as .xlsx or CSV where it comes from"),
        (b"\x1f\x8b", "a gzip archive", "unpack it: gunzip -c FILE | beian audit -"),
        (b"Rar!", "a RAR archive", "unpack it"),
        (b"7z\xbc\xaf", "a 7z archive", "unpack it"),
        (b"\x89PNG", "a picture", "the list itself is needed, not a picture of it"),
        (b"\xff\xd8\xff", "a picture", "the list itself is needed, not a picture of it"),
    ]
    .into_iter()
    .find_map(|(magic, what, remedy)| prefix.starts_with(magic).then_some((what, remedy)))
}

/// The same by the first lines.
fn foreign_text(head: &str) -> Option<(&'static str, &'static str)> {
    if head.starts_with('<') {
        return Some((
            "a web page or XML (consoles export such as .xls)",
            "open it with a spreadsheet program and save it as .xlsx or as CSV",
        ));
    }
    if head.starts_with("[{") || head == "[" {
        return Some((
            "one JSON array",
            "write one object a line, e.g. with jq -c '.[]' FILE | beian audit -",
        ));
    }
    None
}

/// Whether the beginning is full of signs that no text has.
fn is_noise(beginning: &[Line]) -> bool {
    let (mut strange, mut all) = (0_usize, 0_usize);
    for c in beginning.iter().flat_map(|line| line.text.chars()).take(PREFIX) {
        all += 1;
        strange += usize::from(c.is_control() && c != '\t' && c != '\r' && c != '\0');
    }
    strange * 10 > all
}

/// Reads until `target` holds `size` bytes, or to the end.
fn read_up_to(input: &mut dyn Read, size: usize, target: &mut Vec<u8>) -> io::Result<()> {
    let left = size.saturating_sub(target.len()) as u64;
    input.take(left).read_to_end(target).map(|_| ())
}
