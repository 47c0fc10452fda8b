//! The letter to a subject: all of its domains together, from a template that users can edit,
//! as a document (DOCX) or as plain text.

use super::{Item, ItemRows, level_name, terminal};
use crate::rules::Lang;
use jiff::civil::Date;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The templates that the program carries: Chinese and English.
pub const LETTER: [&str; 2] =
    [include_str!("../../config/letter.zh.txt"), include_str!("../../config/letter.en.txt")];

/// A template of letters, ready to be filled.
#[derive(Debug)]
pub struct Letter {
    environment: Environment<'static>,
    rows: ItemRows,
    sender: String,
    contact: String,
    extension: u16,
}

/// Why a letter cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// The template is not right.
    #[error("{file}:{line}: {problem}")]
    Template {
        /// The file as the caller named it.
        file: String,
        /// From 1; 0 where it is not known.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// The document cannot be put together.
    #[error("the letter: {0}")]
    Document(#[from] zip::result::ZipError),
    /// The document cannot be put together.
    #[error("the letter: {0}")]
    Io(#[from] std::io::Error),
}

/// What a template can name.
#[derive(Serialize)]
struct Fields<'a> {
    subject: &'a str,
    domains: &'a [Site],
    count: usize,
    deadline: Option<Date>,
    today: Date,
    sender: &'a str,
    contact: &'a str,
    extension: u16,
}

#[derive(Serialize)]
struct Site {
    domain: String,
    service: String,
    record_number: String,
    notice: String,
    deadline: Date,
    findings: Vec<Point>,
}

#[derive(Serialize)]
struct Point {
    code: String,
    level: &'static str,
    problem: String,
    expected: String,
    found: String,
    host: String,
    url: String,
    cause: String,
    remedy: String,
    deadline: Date,
    last_seen: Date,
}

const NAME: &str = "letter";

impl Letter {
    /// Reads a template; `file` is what errors call it. It is tried on a letter of nothing, so
    /// that a wrong name in it is told now and not in the night.
    pub fn new(
        template: &str,
        file: &str,
        rows: ItemRows,
        sender: (&str, &str),
        extension: u16,
    ) -> Result<Letter, LetterError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let wrong = |error: &minijinja::Error| LetterError::Template {
            file: file.to_owned(),
            line: error.line().unwrap_or_default(),
            problem: error.detail().map_or_else(|| error.kind().to_string(), str::to_owned),
        };
        environment.add_template_owned(NAME, template.to_owned()).map_err(|error| wrong(&error))?;
        let letter = Letter {
            environment,
            rows,
            sender: terminal(sender.0),
            contact: terminal(sender.1),
            extension,
        };
        let trial = [Site {
            domain: String::new(),
            service: String::new(),
            record_number: String::new(),
            notice: String::new(),
            deadline: Date::default(),
            findings: vec![Point {
                code: String::new(),
                level: "",
                problem: String::new(),
                expected: "-".to_owned(),
                found: "-".to_owned(),
                host: "-".to_owned(),
                url: "-".to_owned(),
                cause: "-".to_owned(),
                remedy: "-".to_owned(),
                deadline: Date::default(),
                last_seen: Date::default(),
            }],
        }];
        letter.fill("", &trial, Date::default()).map_err(|error| wrong(&error))?;
        Ok(letter)
    }

    /// The letter about the findings of one subject, as marked-up text; see `docs/reports.md`.
    pub fn marked(&self, items: &[Item], today: Date) -> Result<String, LetterError> {
        let of = |name: &str, item: &Item| {
            // A stroke would begin another cell of a table.
            terminal(&self.rows.cell(name, item)).replace('|', "｜")
        };
        let mut sites: Vec<Site> = Vec::new();
        for item in items {
            let domain = of("domain", item);
            let point = Point {
                code: item.finding.code.to_string(),
                level: level_name(item.finding.level, self.rows.lang),
                problem: of("problem", item),
                expected: of("expected", item),
                found: of("found", item),
                host: of("host", item),
                url: of("url", item),
                cause: of("cause", item),
                remedy: of("remedy", item),
                deadline: item.finding.deadline,
                last_seen: item.finding.last_seen,
            };
            match sites.last_mut().filter(|site| site.domain == domain) {
                Some(site) => {
                    site.deadline = site.deadline.min(point.deadline);
                    site.findings.push(point);
                }
                None => sites.push(Site {
                    domain,
                    service: of("service_name", item),
                    record_number: of("record_number", item),
                    notice: item.notice.clone(),
                    deadline: point.deadline,
                    findings: vec![point],
                }),
            }
        }
        let subject = items.first().map_or_else(String::new, |item| {
            let name = of("subject_name", item);
            if name.is_empty() { of("domain", item) } else { name }
        });
        self.fill(&subject, &sites, today).map_err(|error| LetterError::Template {
            file: NAME.to_owned(),
            line: error.line().unwrap_or_default(),
            problem: error.to_string(),
        })
    }

    /// The letter as plain text, for a mail.
    pub fn text(&self, items: &[Item], today: Date) -> Result<String, LetterError> {
        let mut text = String::new();
        for line in lines(&self.marked(items, today)?) {
            let _ = match line {
                Line::Title(words) | Line::Head(words) => writeln!(text, "\n{}\n", plain(words)),
                Line::Point(words) => writeln!(text, "  • {}", plain(words)),
                Line::Cells(cells) => writeln!(text, "{}", plain(&cells.join(self.colon()))),
                Line::Right(words) | Line::Plain(words) => writeln!(text, "{}", plain(words)),
            };
        }
        Ok(text.trim_start().to_owned())
    }

    /// The letter as a document of Word.
    pub fn document(&self, items: &[Item], today: Date) -> Result<Vec<u8>, LetterError> {
        let marked = self.marked(items, today)?;
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        // The same letter gives the same bytes: no times of day in it.
        let options = SimpleFileOptions::default();
        for (name, text) in [
            ("[Content_Types].xml", TYPES.to_owned()),
            ("_rels/.rels", RELATIONS.to_owned()),
            ("word/document.xml", document(&marked)),
            ("word/styles.xml", STYLES.to_owned()),
            ("word/_rels/document.xml.rels", STYLE_RELATION.to_owned()),
        ] {
            zip.start_file(name, options)?;
            zip.write_all(text.as_bytes())?;
        }
        Ok(zip.finish()?.into_inner())
    }

    fn fill(
        &self,
        subject: &str,
        domains: &[Site],
        today: Date,
    ) -> Result<String, minijinja::Error> {
        let count: usize = domains.iter().map(|site| site.findings.len()).sum();
        let deadline = domains.iter().map(|site| site.deadline).min();
        self.environment.get_template(NAME)?.render(Serde(Fields {
            subject,
            domains,
            count,
            deadline,
            today,
            sender: &self.sender,
            contact: &self.contact,
            extension: self.extension,
        }))
    }

    fn colon(&self) -> &'static str {
        if self.rows.lang == Lang::Zh { "：" } else { ": " }
    }
}

/// A line of a letter.
enum Line<'a> {
    Title(&'a str),
    Head(&'a str),
    Point(&'a str),
    Cells(Vec<&'a str>),
    Right(&'a str),
    Plain(&'a str),
}

fn lines(marked: &str) -> impl Iterator<Item = Line<'_>> {
    marked.lines().map(str::trim).filter(|line| !line.is_empty() && *line != ">").map(|line| {
        let behind = |mark: &str| line.strip_prefix(mark).map(str::trim);
        if let Some(words) = behind("## ") {
            Line::Head(words)
        } else if let Some(words) = behind("# ") {
            Line::Title(words)
        } else if let Some(words) = behind("- ") {
            Line::Point(words)
        } else if let Some(words) = behind("> ") {
            Line::Right(words)
        } else if let Some(cells) = behind("| ") {
            Line::Cells(cells.trim_end_matches('|').split('|').map(str::trim).collect())
        } else {
            Line::Plain(line)
        }
    })
}

fn plain(words: &str) -> String {
    words.replace("**", "")
}

fn document(marked: &str) -> String {
    let mut body = String::new();
    let mut in_table = false;
    for line in lines(marked) {
        if in_table && !matches!(line, Line::Cells(_)) {
            body.push_str("</w:tbl><w:p/>");
            in_table = false;
        }
        match line {
            Line::Title(words) => paragraph(&mut body, "Title", words),
            Line::Head(words) => paragraph(&mut body, "Heading1", words),
            Line::Point(words) => paragraph(&mut body, "ListParagraph", &format!("• {words}")),
            Line::Right(words) => paragraph(&mut body, "Signature", words),
            Line::Plain(words) => paragraph(&mut body, "Normal", words),
            Line::Cells(cells) => {
                if !in_table {
                    body.push_str(TABLE);
                    in_table = true;
                }
                body.push_str("<w:tr>");
                for cell in cells {
                    body.push_str("<w:tc><w:tcPr><w:tcW w:w=\"0\" w:type=\"auto\"/></w:tcPr>");
                    paragraph(&mut body, "Normal", cell);
                    body.push_str("</w:tc>");
                }
                body.push_str("</w:tr>");
            }
        }
    }
    if in_table {
        body.push_str("</w:tbl>");
    }
    format!(
        "{XML}<w:document xmlns:w=\"{SPACE}\"><w:body>{body}<w:sectPr>\
         <w:pgSz w:w=\"11906\" w:h=\"16838\"/>\
         <w:pgMar w:top=\"1440\" w:right=\"1440\" w:bottom=\"1440\" w:left=\"1440\" \
         w:header=\"720\" w:footer=\"720\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>"
    )
}

fn paragraph(body: &mut String, style: &str, words: &str) {
    let _ = write!(body, "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>");
    for (at, part) in words.split("**").enumerate() {
        if part.is_empty() {
            continue;
        }
        let bold = if at % 2 == 1 { "<w:rPr><w:b/></w:rPr>" } else { "" };
        let _ =
            write!(body, "<w:r>{bold}<w:t xml:space=\"preserve\">{}</w:t></w:r>", escaped(part));
    }
    body.push_str("</w:p>");
}

fn escaped(text: &str) -> String {
    terminal_keeping_edges(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Without what XML cannot hold; the space at the edges of a run is wanted.
fn terminal_keeping_edges(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')).collect()
}

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const SPACE: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

const TYPES: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">",
    "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>",
    "<Default Extension=\"xml\" ContentType=\"application/xml\"/>",
    "<Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>",
    "<Override PartName=\"/word/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml\"/>",
    "</Types>"
);

const RELATIONS: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">",
    "<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/>",
    "</Relationships>"
);

const STYLE_RELATION: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">",
    "<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/>",
    "</Relationships>"
);

const STYLES: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    "<w:styles xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">",
    "<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"Calibri\" w:hAnsi=\"Calibri\" w:eastAsia=\"宋体\"/>",
    "<w:sz w:val=\"22\"/><w:lang w:val=\"en-US\" w:eastAsia=\"zh-CN\"/></w:rPr></w:rPrDefault>",
    "<w:pPrDefault><w:pPr><w:spacing w:after=\"100\" w:line=\"320\" w:lineRule=\"auto\"/></w:pPr></w:pPrDefault></w:docDefaults>",
    "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/></w:style>",
    "<w:style w:type=\"paragraph\" w:styleId=\"Title\"><w:name w:val=\"Title\"/><w:pPr><w:spacing w:after=\"300\"/><w:jc w:val=\"center\"/></w:pPr>",
    "<w:rPr><w:rFonts w:eastAsia=\"黑体\"/><w:b/><w:sz w:val=\"36\"/></w:rPr></w:style>",
    "<w:style w:type=\"paragraph\" w:styleId=\"Heading1\"><w:name w:val=\"heading 1\"/><w:pPr><w:keepNext/><w:spacing w:before=\"240\"/><w:outlineLvl w:val=\"0\"/></w:pPr>",
    "<w:rPr><w:rFonts w:eastAsia=\"黑体\"/><w:b/><w:sz w:val=\"26\"/></w:rPr></w:style>",
    "<w:style w:type=\"paragraph\" w:styleId=\"ListParagraph\"><w:name w:val=\"List Paragraph\"/><w:pPr><w:ind w:left=\"420\" w:hanging=\"210\"/></w:pPr></w:style>",
    "<w:style w:type=\"paragraph\" w:styleId=\"Signature\"><w:name w:val=\"Signature\"/><w:pPr><w:jc w:val=\"right\"/></w:pPr></w:style>",
    "</w:styles>"
);

const TABLE: &str = concat!(
    "<w:tbl><w:tblPr><w:tblW w:w=\"5000\" w:type=\"pct\"/><w:tblBorders>",
    "<w:top w:val=\"single\" w:sz=\"4\" w:color=\"999999\"/><w:left w:val=\"single\" w:sz=\"4\" w:color=\"999999\"/>",
    "<w:bottom w:val=\"single\" w:sz=\"4\" w:color=\"999999\"/><w:right w:val=\"single\" w:sz=\"4\" w:color=\"999999\"/>",
    "<w:insideH w:val=\"single\" w:sz=\"4\" w:color=\"999999\"/><w:insideV w:val=\"single\" w:sz=\"4\" w:color=\"999999\"/>",
    "</w:tblBorders></w:tblPr><w:tblGrid><w:gridCol w:w=\"2200\"/><w:gridCol w:w=\"6800\"/></w:tblGrid>"
);

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(lang: Lang) -> ItemRows {
        ItemRows { lang, contacts: false }
    }

    #[test]
    fn the_templates_that_the_program_carries_can_be_filled() {
        for (template, lang) in LETTER.into_iter().zip([Lang::Zh, Lang::En]) {
            Letter::new(template, "letter", rows(lang), ("", ""), 7).unwrap();
        }
    }

    #[test]
    fn a_wrong_template_is_refused_with_its_line() {
        for (template, line, said) in [
            ("a\n{{ sbject }}\n", 2, "undefined"),
            ("a\n\n{% for x in domains %}\n", 3, "end of input"),
        ] {
            let error = Letter::new(template, "own.txt", rows(Lang::En), ("", ""), 7).unwrap_err();
            let text = error.to_string();
            assert!(text.starts_with(&format!("own.txt:{line}: ")), "{text}");
            assert!(text.contains(said) || text.contains("undefined"), "{text}");
        }
    }

    #[test]
    fn what_a_page_says_cannot_break_the_document() {
        let xml = document("# a <b> & \u{1}c\n- **x** y\n| 1 | 2 |\nend");
        assert!(xml.contains("a &lt;b&gt; &amp; c"), "{xml}");
        assert!(xml.contains("<w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">x</w:t>"), "{xml}");
        assert_eq!(xml.matches("<w:tc>").count(), 2);
        assert!(xml.contains("</w:tbl><w:p/>"));
    }
}
