//! The workbook that support staff work with. Rows go to the disk as they come: so many
//! findings as there are, it takes little memory.

mod formats;
mod names;
mod sums;

use super::{Item, ItemRows, Period, Sums, terminal};
use crate::filing::Filing;
use crate::notice::Status;
use crate::policy::Level;
use crate::rules::Lang;
use formats::Formats;
use jiff::civil::Date;
use names::Names;
use rust_xlsxwriter::{Format, Url, Workbook as Book, Worksheet, XlsxError};
use std::collections::BTreeMap;
use std::io::Write;
use sums::write_sums;

/// The workbook while it is written.
pub struct Workbook {
    book: Book,
    rows: ItemRows,
    today: Date,
    formats: Formats,
    /// The place of the sheets that rows are added to, and how many rows each has.
    notices: Sheet,
    reviews: Sheet,
    undecided: Sheet,
    of_province: BTreeMap<String, Sheet>,
    of_provider: BTreeMap<String, Sheet>,
    left_out: u64,
}

/// Why a workbook cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the workbook: {0}")]
pub struct WorkbookError(#[from] XlsxError);

#[derive(Clone, Copy, Debug)]
struct Sheet {
    at: usize,
    rows: u32,
    links: u32,
    /// Not one of those that show a part of another: links stand on it.
    is_main: bool,
}

/// Rows that a sheet takes, its head not counted.
const MOST_ROWS: u32 = 1_048_575;
/// Links on a sheet: Excel takes 65,530, and each takes memory until the end.
const MOST_LINKS: u32 = 20_000;
/// Sheets for single provinces (there are 31) and for single providers.
const PROVINCES: usize = 40;
const PROVIDERS: usize = 30;

/// A column of the sheets of findings: the name in `notices.csv`, the width in characters.
const COLUMNS: [(&str, f64); 21] = [
    ("status", 9.0),
    ("level", 8.0),
    ("deadline", 12.0),
    ("domain", 24.0),
    ("subject_name", 26.0),
    ("code", 9.0),
    ("problem", 44.0),
    ("found", 34.0),
    ("expected", 34.0),
    ("remedy", 44.0),
    ("cause", 34.0),
    ("url", 30.0),
    ("host", 24.0),
    ("service_name", 20.0),
    ("record_number", 22.0),
    ("province", 8.0),
    ("provider", 14.0),
    ("owner", 10.0),
    ("contact", 20.0),
    ("first_seen", 12.0),
    ("notice_id", 24.0),
];
/// A column of the sheet of filings that could not be looked at.
const FILED: [(&str, f64); 6] = [
    ("domain", 24.0),
    ("subject_name", 30.0),
    ("service_name", 24.0),
    ("record_number", 24.0),
    ("province", 10.0),
    ("provider", 20.0),
];
/// How many columns are printed: more would be too small to read.
const PRINTED: u16 = 10;
/// How many columns stay where they are when the rest is scrolled.
const FROZEN: u16 = 4;

impl Workbook {
    /// Begins a workbook with its sums; they tell which provinces and providers get a sheet.
    /// `today` is the day as of which deadlines are coloured.
    pub fn begin(
        sums: &Sums,
        period: Period,
        rows: ItemRows,
        today: Date,
    ) -> Result<Workbook, WorkbookError> {
        let mut book = Book::new();
        let formats = Formats::new();
        let pick = |zh: &'static str, en: &'static str| if rows.lang == Lang::Zh { zh } else { en };
        let mut names = Names::default();
        let mut next = 1_usize;
        {
            let sheet = book.add_worksheet();
            sheet.set_name(names.of(pick("汇总", "Sums")))?;
            write_sums(sheet, sums, period, rows.lang, &formats)?;
        }
        let mut add = |book: &mut Book, name: &str, columns: &[(&str, f64)]| {
            let sheet = book.add_worksheet_with_constant_memory()?;
            sheet.set_name(names.of(name))?;
            begin_sheet(sheet, columns, rows, &formats)?;
            next += 1;
            Ok::<_, WorkbookError>(Sheet { at: next - 1, rows: 0, links: 0, is_main: next <= 3 })
        };
        let notices = add(&mut book, pick("整改通知", "Notices"), &COLUMNS)?;
        let reviews = add(&mut book, pick("待复核", "For review"), &COLUMNS)?;
        let undecided = add(&mut book, pick("未能检测", "Not looked at"), &FILED)?;
        let (mut of_province, mut of_provider) = (BTreeMap::new(), BTreeMap::new());
        for (name, _) in Sums::most(&sums.by_province, PROVINCES) {
            if !name.is_empty() {
                of_province.insert(name.to_owned(), add(&mut book, name, &COLUMNS)?);
            }
        }
        for (name, _) in Sums::most(&sums.by_provider, PROVIDERS) {
            of_provider.insert(name.to_owned(), add(&mut book, name, &COLUMNS)?);
        }
        Ok(Workbook {
            book,
            rows,
            today,
            formats,
            notices,
            reviews,
            undecided,
            of_province,
            of_provider,
            left_out: 0,
        })
    }

    /// Adds a finding to its sheets.
    pub fn add(&mut self, item: &Item) -> Result<(), WorkbookError> {
        let cells: Vec<String> =
            COLUMNS.iter().map(|(name, _)| terminal(&self.rows.cell(name, item))).collect();
        let province = item.filing.province().map(|province| match self.rows.lang {
            Lang::Zh => province.name(),
            Lang::En => province.name_en(),
        });
        let is_review = item.finding.level == Level::Review;
        let main = if is_review { &mut self.reviews } else { &mut self.notices };
        let mut sheets = vec![main];
        sheets.extend(province.and_then(|name| self.of_province.get_mut(name)));
        let providers = item.filing.providers.as_deref().unwrap_or_default();
        for (name, sheet) in &mut self.of_provider {
            if providers.contains(name) {
                sheets.push(sheet);
            }
        }
        for sheet in sheets {
            if sheet.rows >= MOST_ROWS {
                self.left_out += 1;
                continue;
            }
            let worksheet = self.book.worksheet_from_index(sheet.at)?;
            write_row(worksheet, sheet, item, &cells, &self.formats, self.today)?;
        }
        Ok(())
    }

    /// Adds a filing whose site could not be looked at the last time.
    pub fn add_undecided(&mut self, filing: &Filing) -> Result<(), WorkbookError> {
        let sheet = &mut self.undecided;
        if sheet.rows >= MOST_ROWS {
            self.left_out += 1;
            return Ok(());
        }
        sheet.rows += 1;
        let worksheet = self.book.worksheet_from_index(sheet.at)?;
        for (column, (name, _)) in (0_u16..).zip(FILED) {
            let text = terminal(&self.rows.of_filing(name, filing));
            let format = &self.formats.plain;
            worksheet.write_string_with_format(sheet.rows, column, text, format)?;
        }
        Ok(())
    }

    /// Writes the workbook; the number of rows that no sheet had room for.
    pub fn finish<W: Write + Send>(mut self, file: W) -> Result<u64, WorkbookError> {
        let sheets = [self.notices, self.reviews, self.undecided];
        let more = self.of_province.values().chain(self.of_provider.values()).copied();
        for sheet in sheets.into_iter().chain(more) {
            let is_filed = sheet.at == self.undecided.at;
            let columns = if is_filed { FILED.len() } else { COLUMNS.len() };
            let last = u16::try_from(columns - 1).unwrap_or_default();
            let worksheet = self.book.worksheet_from_index(sheet.at)?;
            worksheet.autofilter(0, 0, sheet.rows.max(1), last)?;
            worksheet.set_print_area(0, 0, sheet.rows.max(1), last.min(PRINTED - 1))?;
        }
        self.book.save_to_writer(file)?;
        Ok(self.left_out)
    }
}

fn begin_sheet(
    sheet: &mut Worksheet,
    columns: &[(&str, f64)],
    rows: ItemRows,
    formats: &Formats,
) -> Result<(), WorkbookError> {
    sheet.set_freeze_panes(1, FROZEN)?;
    sheet.set_row_height(0, 24)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    for (column, (name, width)) in (0_u16..).zip(columns) {
        sheet.set_column_width(column, *width)?;
        sheet.write_string_with_format(0, column, rows.heading(name), &formats.head)?;
    }
    Ok(())
}

fn write_row(
    sheet: &mut Worksheet,
    of: &mut Sheet,
    item: &Item,
    cells: &[String],
    formats: &Formats,
    today: Date,
) -> Result<(), WorkbookError> {
    of.rows += 1;
    let row = of.rows;
    for (column, ((name, _), text)) in (0_u16..).zip(COLUMNS.iter().zip(cells)) {
        match *name {
            "level" => {
                let format = match item.finding.level {
                    Level::Violation => &formats.violation,
                    Level::Warning => &formats.warning,
                    Level::Review => &formats.review,
                };
                sheet.write_string_with_format(row, column, text, format)?;
            }
            "status" => {
                let format = match item.status {
                    Status::Overdue => &formats.violation,
                    Status::Closed => &formats.done,
                    _ => &formats.plain,
                };
                sheet.write_string_with_format(row, column, text, format)?;
            }
            "deadline" | "first_seen" => {
                let is_deadline = *name == "deadline";
                let day = if is_deadline { item.finding.deadline } else { item.finding.first_seen };
                let left = day.since(today).map_or(0, |span| span.get_days());
                let format = match (is_deadline && item.status.is_open(), left) {
                    (true, ..=-1) => &formats.late,
                    (true, 0..=2) => &formats.soon,
                    _ => &formats.date,
                };
                write_day(sheet, row, column, day, format)?;
            }
            "url" if of.is_main && is_link(text) && of.links < MOST_LINKS => {
                of.links += 1;
                sheet.write_url_with_format(row, column, Url::new(text), &formats.link)?;
            }
            _ => {
                let text: String = text.chars().take(32_000).collect();
                sheet.write_string_with_format(row, column, text, &formats.plain)?;
            }
        }
    }
    Ok(())
}

/// Days are numbers to Excel, so that they can be sorted and filtered: days since 1899-12-30.
fn write_day(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    day: Date,
    format: &Format,
) -> Result<(), WorkbookError> {
    let days = day.since(jiff::civil::date(1899, 12, 30)).map_or(0, |span| span.get_days());
    sheet.write_number_with_format(row, column, f64::from(days), format)?;
    Ok(())
}

/// Whether a text may become a link: pages of the web, and no longer than Excel takes.
fn is_link(text: &str) -> bool {
    let web = text.starts_with("https://") || text.starts_with("http://");
    web && text.len() <= 2_000 && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_web_become_links() {
        assert!(is_link("https://site.example/"));
        for text in ["javascript:alert(1)", "file:///etc/passwd", "https://a b", ""] {
            assert!(!is_link(text), "{text}");
        }
    }
}
