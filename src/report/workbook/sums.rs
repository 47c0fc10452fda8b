//! The sheet of sums.

use super::WorkbookError;
use super::formats::Formats;
use crate::report::{Period, Sums, Tally, terminal};
use crate::rules::{self, Lang};
use rust_xlsxwriter::Worksheet;

/// Writes the sheet.
pub(super) fn write_sums(
    sheet: &mut Worksheet,
    sums: &Sums,
    period: Period,
    lang: Lang,
    formats: &Formats,
) -> Result<(), WorkbookError> {
    let pick = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    sheet.set_column_width(0, 30)?;
    for column in 1..8 {
        sheet.set_column_width(column, 12)?;
    }
    sheet.set_column_width(8, 60)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    let title = pick("备案合规整改汇总", "ICP filing compliance: sums");
    sheet.write_string_with_format(0, 0, title, &formats.title)?;
    let days = match period.since {
        Some(since) => format!("{since} – {}", period.until),
        None => format!("{} {}", pick("截至", "as of"), period.until),
    };
    sheet.write_string_with_format(1, 0, days, &formats.said)?;
    let facts = [
        (pick("有未关闭事项的通知", "notices with open findings"), sums.notices),
        (pick("涉及域名", "domains concerned"), sums.domains),
    ];
    let mut row = 2;
    for (name, count) in facts {
        sheet.write_string_with_format(row, 0, name, &formats.said)?;
        write_count(sheet, row, 1, count, formats)?;
        row += 1;
    }
    row += 1;
    let tables = [
        (pick("规则", "rule"), &sums.by_code),
        (pick("省份", "province"), &sums.by_province),
        (pick("接入商", "provider"), &sums.by_provider),
    ];
    let everything = pick("全部", "everything");
    row = write_table(sheet, row, pick("合计", "all"), &[(everything, sums.whole)], lang, formats)?;
    for (name, table) in tables {
        let rows = Sums::most(table, 200);
        if !rows.is_empty() {
            row = write_table(sheet, row + 1, name, &rows, lang, formats)?;
        }
    }
    Ok(())
}

fn write_table(
    sheet: &mut Worksheet,
    mut row: u32,
    name: &str,
    rows: &[(&str, Tally)],
    lang: Lang,
    formats: &Formats,
) -> Result<u32, WorkbookError> {
    let heads = match lang {
        Lang::Zh => ["未关闭", "违规", "提醒", "待复核", "已逾期", "已关闭", "已豁免"],
        Lang::En => ["open", "violation", "warning", "review", "overdue", "closed", "waived"],
    };
    sheet.write_string_with_format(row, 0, name, &formats.head)?;
    for (column, head) in (1_u16..).zip(heads) {
        sheet.write_string_with_format(row, column, head, &formats.head)?;
    }
    for (name, tally) in rows {
        row += 1;
        let unnamed = if lang == Lang::Zh { "（未填）" } else { "(not in the list)" };
        let shown = if name.is_empty() { unnamed.to_owned() } else { terminal(name) };
        sheet.write_string_with_format(row, 0, shown, &formats.said)?;
        let Tally { violations, warnings, reviews, overdue, closed, waived, .. } = *tally;
        let counts = [tally.open(), violations, warnings, reviews, overdue, closed, waived];
        for (column, count) in (1_u16..).zip(counts) {
            write_count(sheet, row, column, count, formats)?;
        }
        if let Some(rule) = rules::find(name) {
            sheet.write_string_with_format(row, 8, rule.texts.of(lang).problem, &formats.said)?;
        }
    }
    Ok(row + 1)
}

fn write_count(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    count: u64,
    formats: &Formats,
) -> Result<(), WorkbookError> {
    // Counts are far below where a double would begin to round.
    let count = count as f64;
    sheet.write_number_with_format(row, column, count, &formats.number)?;
    Ok(())
}
