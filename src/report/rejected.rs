use super::cell;
use super::escape::{begins_formula, is_unseen};
use crate::filing::Rejected;
use crate::rules::Lang;
use std::io::{self, Write};

/// Writes `rejected.csv`. The reasons are in one language; the headings are the same in
/// every language, since scripts feed the rows in again.
pub struct RejectedRows<W: Write> {
    writer: csv::Writer<W>,
    lang: Lang,
}

impl<W: Write> RejectedRows<W> {
    /// Begins the file.
    pub fn begin(file: W, lang: Lang) -> io::Result<RejectedRows<W>> {
        let mut writer = csv::Writer::from_writer(file);
        writer.write_record(["line", "column", "value", "reason", "row"])?;
        Ok(RejectedRows { writer, lang })
    }

    /// Adds a row.
    pub fn add(&mut self, rejected: &Rejected) -> io::Result<()> {
        // The headings are fixed, so that of several lists the reason names the one.
        let (reason, colon) = match self.lang {
            Lang::Zh => (&rejected.reason.zh, "："),
            Lang::En => (&rejected.reason.en, ": "),
        };
        let reason = match &rejected.source {
            Some(source) => format!("{source}{colon}{reason}"),
            None => reason.to_string(),
        };
        self.writer.write_record([
            rejected.line.to_string(),
            cell(&rejected.column),
            cell(&rejected.value),
            cell(&reason),
            again(&rejected.row),
        ])?;
        Ok(())
    }

    /// The file, all rows written.
    pub fn finish(self) -> io::Result<W> {
        self.writer.into_inner().map_err(|error| error.into_error())
    }
}

/// A row as it stood, on one line, so that it can be mended and fed in again. A quote put
/// before a cell would change it; its first cell is quoted instead where it could be taken
/// for a formula, which means the same in a list and is text in a spreadsheet.
fn again(row: &str) -> String {
    let row = row.trim_end_matches(['\r', '\n']).replace("\r\n", " ");
    let row: String = row
        .chars()
        .map(
            |c| if matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}') { ' ' } else { c },
        )
        .filter(|c| *c == '\t' || !is_unseen(*c))
        .collect();
    if !begins_formula(&row) {
        return row;
    }
    let (first, rest) = row.split_at(row.find([',', '\t', ';']).unwrap_or(row.len()));
    format!("\"{}\"{rest}", first.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filing::Reason;

    fn written(row: &str, source: Option<&str>) -> (String, csv::StringRecord) {
        written_in(Lang::Zh, row, source)
    }

    fn written_in(lang: Lang, row: &str, source: Option<&str>) -> (String, csv::StringRecord) {
        let rejected = Rejected {
            source: source.map(str::to_owned),
            line: 7,
            column: "域名".to_owned(),
            value: "=bad\ndomain".to_owned(),
            reason: Reason::new("没有域名", "no domain"),
            row: row.to_owned(),
        };
        let mut rows = RejectedRows::begin(Vec::new(), lang).unwrap();
        rows.add(&rejected).unwrap();
        let file = String::from_utf8(rows.finish().unwrap()).unwrap();
        let record = csv::Reader::from_reader(file.as_bytes()).records().next().unwrap().unwrap();
        (file, record)
    }

    #[test]
    fn a_rejected_row_is_one_line_with_fixed_headings() {
        let (file, record) = written("bad,\"1.2.3.4\n5.6.7.8\"\n", None);
        assert_eq!(file.lines().count(), 2);
        assert!(file.starts_with("line,column,value,reason,row\n"));
        assert_eq!(&record[0], "7");
        assert_eq!(&record[2], "'=bad domain");
        assert_eq!(&record[4], "bad,\"1.2.3.4 5.6.7.8\"");
    }

    #[test]
    fn the_reason_is_in_the_language_of_the_run() {
        for (lang, alone, of_a_list) in [
            (Lang::Zh, "没有域名", "list.csv：没有域名"),
            (Lang::En, "no domain", "list.csv: no domain"),
        ] {
            assert_eq!(&written_in(lang, "x", None).1[3], alone);
            assert_eq!(&written_in(lang, "x", Some("list.csv")).1[3], of_a_list);
        }
    }

    #[test]
    fn a_row_fed_in_again_has_the_same_cells() {
        for row in ["=1+1,b,\"c,d\"", "-,b", "+86 \"x\",b", "@a\tb", "a,b", "{\"domain\":\"x\"}"] {
            let (_, record) = written(row, None);
            let delimiter = if row.contains('\t') { b'\t' } else { b',' };
            let cells = |row: &str| {
                let mut builder = csv::ReaderBuilder::new();
                builder.has_headers(false).delimiter(delimiter);
                let record = builder.from_reader(row.as_bytes()).records().next().unwrap().unwrap();
                record.iter().map(str::to_owned).collect::<Vec<_>>()
            };
            assert_eq!(cells(&record[4]), cells(row), "{row}");
            assert!(!begins_formula(&record[4]), "{row}");
        }
    }
}
