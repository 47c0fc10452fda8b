use super::cell;
use crate::filing::Filing;
use crate::notice::{Finding, Notice};
use crate::policy::Level;
use crate::rules::Lang;
use std::io::{self, Write};

/// One row of `notices.csv`: a finding, and what it is of.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    /// The number of the notice that the finding belongs to.
    pub notice: &'a str,
    /// The finding.
    pub finding: &'a Finding,
    /// The filing.
    pub filing: &'a Filing,
    /// The language of the file.
    pub lang: Lang,
    /// Whether `evidence/` holds what was seen.
    pub evidence: bool,
}

/// A column of `notices.csv`.
pub struct Column {
    /// Its English heading.
    pub name_en: &'static str,
    /// Its Chinese heading.
    pub name_zh: &'static str,
    /// Its cell, before escaping.
    pub cell: fn(&Line<'_>) -> String,
}

const fn column(
    name_en: &'static str,
    name_zh: &'static str,
    cell: fn(&Line<'_>) -> String,
) -> Column {
    Column { name_en, name_zh, cell }
}

/// The columns of `notices.csv`, in their order.
pub const COLUMNS: &[Column] = &[
    column("notice_id", "通知编号", |line| line.notice.to_owned()),
    column("level", "级别", |line| level_name(line.finding.level, line.lang).to_owned()),
    column("code", "规则编号", |line| line.finding.code.to_string()),
    column("problem", "整改事项", |line| line.finding.problem.of(line.lang).to_owned()),
    column("cause", "可能原因", |line| line.finding.cause.of(line.lang).to_owned()),
    column("remedy", "整改建议", |line| line.finding.remedy.of(line.lang).to_owned()),
    column("expected", "应为", |line| line.finding.expected.of(line.lang).to_owned()),
    column("found", "实际", |line| line.finding.found.of(line.lang).to_owned()),
    column("host", "主机", |line| line.finding.hosts.join(" ")),
    column("url", "网址", |line| line.finding.url.clone()),
    column("evidence", "证据", |line| {
        if line.evidence { line.filing.domain.ascii().to_owned() } else { String::new() }
    }),
    column("domain", "域名", |line| line.filing.domain.unicode().to_owned()),
    column("service_name", "网站名称", |line| {
        line.filing.service_name.clone().unwrap_or_default()
    }),
    column("record_number", "备案号", |line| {
        let filing = line.filing;
        let filed = [&filing.record_number, &filing.subject_number, &filing.licence];
        filed.into_iter().flatten().next().map_or_else(String::new, |filed| filed.shown())
    }),
    column("subject_name", "主办单位", |line| {
        line.filing.subject_name.clone().unwrap_or_default()
    }),
    column("province", "省份", |line| {
        let province = line.filing.province();
        let name = province.map(|p| if line.lang == Lang::Zh { p.name() } else { p.name_en() });
        name.unwrap_or_default().to_owned()
    }),
    column("provider", "接入商", |line| {
        let between = if line.lang == Lang::Zh { "、" } else { ", " };
        line.filing.providers.as_deref().unwrap_or_default().join(between)
    }),
    column("owner", "负责人", |line| line.filing.owner.clone().unwrap_or_default()),
    column("contact", "联系方式", |line| {
        let contact = [&line.filing.phone, &line.filing.email];
        contact.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ")
    }),
    column("first_seen", "首次发现", |line| line.finding.first_seen.to_string()),
    column("last_seen", "最近检测", |line| line.finding.last_seen.to_string()),
    column("deadline", "整改期限", |line| line.finding.deadline.to_string()),
    column("status", "状态", |line| match (line.finding.status, line.lang) {
        (Some(status), lang) => status.word(lang).to_owned(),
        (None, Lang::Zh) => "待处理".to_owned(),
        (None, Lang::En) => "open".to_owned(),
    }),
];

/// The name of a level in the files and on the screen.
pub fn level_name(level: Level, lang: Lang) -> &'static str {
    match (lang, level) {
        (Lang::Zh, Level::Violation) => "违规",
        (Lang::Zh, Level::Warning) => "提醒",
        (Lang::Zh, Level::Review) => "待复核",
        (Lang::En, Level::Violation) => "violation",
        (Lang::En, Level::Warning) => "warning",
        (Lang::En, Level::Review) => "review",
    }
}

/// The rows of a notice, a finding each, ready to be added to `notices.csv`. `evidence` says
/// whether `evidence/` holds what was seen.
pub fn notice_rows(
    notice: &Notice,
    filing: &Filing,
    evidence: bool,
    lang: Lang,
) -> io::Result<Vec<u8>> {
    let mut writer = rows_writer(Vec::new());
    for finding in &notice.findings {
        let line = Line { notice: &notice.id, finding, filing, lang, evidence };
        let cells = COLUMNS.iter().map(|column| cell(&(column.cell)(&line)));
        writer.write_record(cells)?;
    }
    writer.into_inner().map_err(|error| error.into_error())
}

/// Writes `notices.csv`.
pub struct Notices<W> {
    file: W,
}

impl<W: Write> Notices<W> {
    /// Begins the file: a byte order mark, without which Excel misreads Chinese, and the headings.
    pub fn begin(mut file: W, lang: Lang) -> io::Result<Notices<W>> {
        file.write_all("\u{feff}".as_bytes())?;
        let heading = |column: &Column| match lang {
            Lang::Zh => column.name_zh,
            Lang::En => column.name_en,
        };
        let mut writer = rows_writer(file);
        writer.write_record(COLUMNS.iter().map(heading))?;
        let file = writer.into_inner().map_err(|error| error.into_error())?;
        Ok(Notices { file })
    }

    /// Adds the rows of a notice.
    pub fn add(&mut self, rows: &[u8]) -> io::Result<()> {
        self.file.write_all(rows)
    }

    /// The file, all rows written.
    pub fn finish(self) -> W {
        self.file
    }
}

fn rows_writer<W: Write>(file: W) -> csv::Writer<W> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filing::Domain;
    use crate::rules::Text;
    use jiff::civil::date;

    fn written(lang: Lang, found: &str) -> String {
        let mut filing = Filing::of_domain(1, Domain::parse("site.example").unwrap());
        filing.phone = Some("+8613800000000".to_owned());
        filing.owner = Some("网站负责人".to_owned());
        let finding = Finding {
            code: "TST001".into(),
            level: Level::Violation,
            problem: Text::new("问题", "problem"),
            cause: Text::default(),
            remedy: Text::default(),
            expected: Text::default(),
            found: Text::same(found.to_owned()),
            hosts: vec!["site.example".to_owned(), "www.site.example".to_owned()],
            url: "https://site.example/".to_owned(),
            first_seen: date(2026, 11, 22),
            last_seen: date(2026, 11, 22),
            days: 7,
            deadline: date(2026, 11, 29),
            status: None,
        };
        let notice = Notice { id: "BA-1".to_owned(), findings: vec![finding] };
        let mut notices = Notices::begin(Vec::new(), lang).unwrap();
        notices.add(&notice_rows(&notice, &filing, true, lang).unwrap()).unwrap();
        String::from_utf8(notices.finish()).unwrap()
    }

    #[test]
    fn the_columns_are_those_that_scripts_rely_on() {
        assert_eq!(
            written(Lang::En, "").lines().next().unwrap(),
            "\u{feff}notice_id,level,code,problem,cause,remedy,expected,found,host,url,evidence,\
             domain,service_name,record_number,subject_name,province,provider,owner,contact,\
             first_seen,last_seen,deadline,status"
        );
        assert_eq!(
            written(Lang::Zh, "").lines().next().unwrap(),
            "\u{feff}通知编号,级别,规则编号,整改事项,可能原因,整改建议,应为,实际,主机,网址,证据,\
             域名,网站名称,备案号,主办单位,省份,接入商,负责人,联系方式,首次发现,最近检测,整改期限,状态"
        );
    }

    #[test]
    fn a_row_is_a_finding() {
        assert_eq!(
            written(Lang::Zh, "实际").split("\r\n").nth(1).unwrap(),
            "BA-1,违规,TST001,问题,,,,实际,site.example www.site.example,https://site.example/,\
             site.example,site.example,,,,,,网站负责人,'+8613800000000,2026-11-22,2026-11-22,\
             2026-11-29,待处理"
        );
    }

    #[test]
    fn a_hostile_page_cannot_break_the_row() {
        let file = written(Lang::En, "=cmd|' /C calc'!A0\r\n\",\u{202e}evil");
        assert_eq!(file.matches("\r\n").count(), 2, "{file}");
        let mut reader = csv::Reader::from_reader(file.trim_start_matches('\u{feff}').as_bytes());
        let row = reader.records().next().unwrap().unwrap();
        assert_eq!(&row[7], "'=cmd|' /C calc'!A0 \",evil");
    }
}
