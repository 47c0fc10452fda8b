//! Rows of CSV and TSV.
//!
//! The `csv` crate reads a quote that never closes to the end of the file and does not
//! say where it opened; here such a row is given up at its own line, and reading goes on
//! with the next.

use super::{
    Domain, Reason,
    column::{Columns, Damage, MOST_COLUMNS, Record},
    lines::{LONGEST_ROW, Line, LineFault, Lines},
    text,
};

/// Lines that one row may span.
const MOST_LINES: usize = 200;

/// The rows of a list whose cells stand between delimiters.
pub(super) struct Delimited {
    lines: Lines,
    delimiter: char,
}

impl Delimited {
    pub(super) fn new(lines: Lines, delimiter: char) -> Delimited {
        Delimited { lines, delimiter }
    }

    /// The encoding, as far as it is known by now.
    pub(super) fn encoding(&self) -> &'static str {
        self.lines.encoding()
    }

    /// The next row that is not blank. Before the headings are known, `columns` is `None`.
    pub(super) fn next(&mut self, columns: Option<&Columns>) -> Option<Record> {
        let first = loop {
            let line = self.lines.next()?;
            if line.fault.is_some() || !line.text.trim().is_empty() {
                break line;
            }
        };
        match &first.fault {
            None => Some(self.row(first, columns)),
            Some(fault) if fault.is_in_a_cell() => Some(self.row(first, columns)),
            Some(fault) => {
                let damage = Damage {
                    column: String::new(),
                    value: text::excerpt(&first.text, 60),
                    reason: fault.reason(),
                };
                Some(Record::damaged(first.number, first.text, damage))
            }
        }
    }

    /// The row that begins with this line, and takes more where a quote is open.
    fn row(&mut self, first: Line, columns: Option<&Columns>) -> Record {
        let mut splitter = Splitter::new(self.delimiter);
        let mut taken: Vec<Line> = Vec::new();
        let mut size = first.text.len();
        splitter.feed(&first.text);
        let closed = loop {
            match splitter.end_of_line() {
                End::Closed => break true,
                End::Stray => break false,
                End::Open => {}
            }
            let Some(line) = self.lines.next() else { break false };
            size += line.text.len();
            let fits = taken.len() < MOST_LINES && size <= LONGEST_ROW;
            let readable = line.fault.as_ref().is_none_or(LineFault::is_in_a_cell);
            let goes_on = fits && readable && !self.is_row(&line.text, columns);
            splitter.feed(&line.text);
            taken.push(line);
            if !goes_on {
                break false;
            }
        };
        let width = columns.map_or(splitter.cells.len(), Columns::len);
        if !closed || (!taken.is_empty() && splitter.cells.len() != width) {
            let damage = splitter.damage(columns);
            self.lines.give_back(taken);
            return Record::damaged(first.number, first.text, damage);
        }
        finish(first, taken, splitter.cells, width, columns)
    }

    /// Whether a line within an open quote is a whole row itself: then the quote never closes.
    fn is_row(&self, line: &str, columns: Option<&Columns>) -> bool {
        let Some((columns, domain)) = columns.and_then(|c| Some((c, c.domain()?))) else {
            return false;
        };
        if columns.len() < 2 {
            return false;
        }
        let mut splitter = Splitter::new(self.delimiter);
        splitter.feed(line);
        splitter.end_of_line() == End::Closed
            && splitter.cells.len() == columns.len()
            && splitter.cells.get(domain).is_some_and(|cell| Domain::parse(cell).is_ok())
    }
}

/// A whole row's cells against the columns: fewer are filled up, more are refused.
fn finish(
    first: Line,
    taken: Vec<Line>,
    mut cells: Vec<String>,
    width: usize,
    columns: Option<&Columns>,
) -> Record {
    let heading =
        |at: usize| columns.map_or_else(|| format!("column {}", at + 1), |c| c.heading(at));
    let fault = [&first].into_iter().chain(&taken).find_map(|line| line.fault.clone());
    let mut raw = first.text;
    for line in &taken {
        raw.push('\n');
        raw.push_str(&line.text);
    }
    let surplus =
        cells.iter().skip(width.min(MOST_COLUMNS)).position(|cell| !cell.trim().is_empty());
    let at_fault = |reason: Reason, at: usize| Damage {
        column: heading(at),
        value: cells.get(at).map(|cell| text::excerpt(cell, 60)).unwrap_or_default(),
        reason,
    };
    let damage = match (fault, surplus) {
        (Some(fault), _) => {
            let at =
                cells.iter().position(|cell| cell.contains(['\u{fffd}', '\0'])).unwrap_or_default();
            Some(at_fault(fault.reason(), at))
        }
        (None, Some(behind)) => Some(at_fault(
            Reason::new(
                format!(
                    "这一行有 {} 格，而表头只有 {width} 列，含有分隔符的单元格请加上英文双引号",
                    cells.len()
                ),
                format!(
                    "the row has {} cells where the headings are {width}; a cell that holds the separator must stand in quotes",
                    cells.len()
                ),
            ),
            width.min(MOST_COLUMNS) + behind,
        )),
        (None, None) => None,
    };
    cells.resize(width, String::new());
    Record { line: first.number, raw, cells: cells.into_iter().map(Some).collect(), damage }
}

/// Where a line's end meets a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The row is whole.
    Closed,
    /// A quote is open: the row goes on.
    Open,
    /// Something stands behind a closing quote.
    Stray,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing of the cell was seen but space.
    Start,
    /// In a cell without quotes.
    Bare,
    Quoted,
    /// Behind a quote within a quoted cell: a doubled one, or the end.
    Closing,
    Stray,
}

/// Cuts lines into cells (RFC 4180; spaces around quotes are forgiven).
struct Splitter {
    delimiter: char,
    cells: Vec<String>,
    cell: String,
    state: State,
    /// The cell whose quote was open at the end of the first line, and what it held.
    opened: Option<(usize, String)>,
}

impl Splitter {
    fn new(delimiter: char) -> Splitter {
        Splitter {
            delimiter,
            cells: Vec::new(),
            cell: String::new(),
            state: State::Start,
            opened: None,
        }
    }

    fn feed(&mut self, line: &str) {
        for c in line.chars() {
            match self.state {
                State::Stray => {}
                State::Start | State::Bare | State::Closing if c == self.delimiter => {
                    self.end_cell()
                }
                State::Start if c == '"' => {
                    self.cell.clear();
                    self.state = State::Quoted;
                }
                State::Start => {
                    self.cell.push(c);
                    if !c.is_whitespace() {
                        self.state = State::Bare;
                    }
                }
                State::Quoted if c == '"' => self.state = State::Closing,
                State::Bare | State::Quoted => self.cell.push(c),
                State::Closing if c == '"' => {
                    self.cell.push('"');
                    self.state = State::Quoted;
                }
                State::Closing if c.is_whitespace() => self.state = State::Closing,
                State::Closing => {
                    self.cell.push('"');
                    self.cell.push(c);
                    self.state = State::Stray;
                }
            }
        }
    }

    fn end_cell(&mut self) {
        self.cells.push(std::mem::take(&mut self.cell));
        self.state = State::Start;
    }

    fn end_of_line(&mut self) -> End {
        match self.state {
            State::Quoted => {
                self.opened.get_or_insert_with(|| (self.cells.len(), self.cell.clone()));
                self.cell.push('\n');
                End::Open
            }
            State::Stray => End::Stray,
            State::Start | State::Bare | State::Closing => {
                self.end_cell();
                End::Closed
            }
        }
    }

    /// Why the row is none: text behind a closing quote, or a quote that never closes.
    fn damage(&self, columns: Option<&Columns>) -> Damage {
        let (at, value, reason) = match &self.opened {
            Some((at, value)) => (
                *at,
                value,
                Reason::new(
                    "英文双引号从这里开始，之后没有结束，请补上右引号；单元格内的双引号请写两遍（\"\"）",
                    "a quote opens here and never closes; close it, or write a quote within a cell twice (\"\")",
                ),
            ),
            None => (
                self.cells.len(),
                &self.cell,
                Reason::new(
                    "右引号后面还有文字，单元格内的英文双引号请写两遍（\"\"）",
                    "text stands behind a closing quote; write a quote within a cell twice (\"\")",
                ),
            ),
        };
        Damage {
            column: columns.map_or_else(|| format!("column {}", at + 1), |c| c.heading(at)),
            value: text::excerpt(&format!("\"{value}"), 60),
            reason,
        }
    }
}
