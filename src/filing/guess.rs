//! What a list's first rows say about its columns.

use super::{
    Domain,
    column::{Columns, find_headings},
    delimited::Delimited,
    field::Field,
    lines::{Line, Lines},
    plain, text,
};

/// Rows within which the headings must stand.
pub(super) const FIRST_ROWS: usize = 20;

/// The layout of a text list, apart from JSONL.
pub(super) enum Text {
    /// Cells between delimiters. With headings, they are the n-th row (from 0).
    Cells { delimiter: char, headings: Option<usize>, columns: Columns },
    /// A domain a line.
    Plain,
}

/// Finds the layout of a text list from its first lines.
pub(super) fn layout(lines: &[Line], tabs_first: bool, map: &[(String, Field)]) -> Option<Text> {
    let delimiters = if tabs_first { ['\t', ',', ';'] } else { [',', '\t', ';'] };
    let trials: Vec<(char, Vec<Vec<String>>)> =
        delimiters.into_iter().map(|delimiter| (delimiter, rows(lines, delimiter))).collect();
    let mut best: Option<(char, usize, Columns)> = None;
    for (delimiter, rows) in &trials {
        let found = find_headings(rows.iter().map(Vec::as_slice), map);
        if let Some((at, columns)) = found
            && best.as_ref().is_none_or(|(_, _, other)| columns.known() > other.known())
        {
            best = Some((*delimiter, at, columns));
        }
    }
    if let Some((delimiter, at, columns)) = best {
        return Some(Text::Cells { delimiter, headings: Some(at), columns });
    }
    let positional = trials.iter().find_map(|(delimiter, rows)| {
        Some((*delimiter, domains_alone(rows).filter(|columns| columns.len() > 1)?))
    });
    if let Some((delimiter, columns)) = positional {
        return Some(Text::Cells { delimiter, headings: None, columns });
    }
    let mut says =
        lines.iter().map(|line| plain::content(&line.text)).filter(|text| !text.is_empty());
    says.by_ref().take(FIRST_ROWS).any(|text| Domain::parse(text).is_ok()).then_some(Text::Plain)
}

/// Finds the columns of a sheet from its first rows; with headings, at which row.
pub(super) fn columns(
    rows: &[Vec<String>],
    map: &[(String, Field)],
) -> Option<(Option<usize>, Columns)> {
    match find_headings(rows.iter().map(Vec::as_slice), map) {
        Some((at, columns)) => Some((Some(at), columns)),
        None => domains_alone(rows).map(|columns| (None, columns)),
    }
}

/// A row as an error message shows it.
pub(super) fn shown(cells: &[String]) -> String {
    let cells: Vec<String> =
        cells.iter().take(12).map(|cell| text::excerpt(&text::tidy(cell), 24)).collect();
    cells.join(" | ")
}

fn rows(lines: &[Line], delimiter: char) -> Vec<Vec<String>> {
    let mut reader = Delimited::new(Lines::trial(lines), delimiter);
    std::iter::from_fn(|| reader.next(None))
        .take(FIRST_ROWS)
        .map(|row| row.cells.into_iter().map(Option::unwrap_or_default).collect())
        .collect()
}

/// Columns without headings: rows of one width, of which exactly one column holds domains
/// in every row.
fn domains_alone(rows: &[Vec<String>]) -> Option<Columns> {
    let width = rows.first()?.len();
    if rows.iter().any(|row| row.len() != width) {
        return None;
    }
    let holds_domains = |at: &usize| {
        rows.iter().all(|row| row.get(*at).is_some_and(|cell| Domain::parse(cell).is_ok()))
    };
    let mut places = (0..width).filter(holds_domains);
    match (places.next(), places.next()) {
        (Some(at), None) => Some(Columns::unnamed(width, at)),
        _ => None,
    }
}
