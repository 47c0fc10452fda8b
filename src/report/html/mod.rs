//! The report for a browser: pages that need nothing but themselves. No scripts, no requests:
//! the pages say so to the browser, too.

mod chart;

use super::{Item, ItemRows, Period, Sums, level_name, terminal};
use crate::notice::{Change, Status};
use crate::policy::Level;
use crate::rules::{self, Lang};
use jiff::civil::Date;
use std::fmt::{self, Write as _};

/// What all pages have in common.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// The language, and whether persons stand in clear.
    pub rows: ItemRows,
    /// The days that the report is about.
    pub period: Period,
    /// The day as of which deadlines are over.
    pub today: Date,
}

/// A domain as the lists show it, and the page that tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The page's file, below the folder of the report.
    pub file: String,
    /// The domain as a reader writes it.
    pub domain: String,
    /// The subject's name.
    pub subject: String,
    /// The gravest level of what is open; none where nothing is.
    pub level: Option<Level>,
    /// Where the most pressing finding stands.
    pub status: Status,
    /// The first deadline of what is open, or the last of what was.
    pub deadline: Date,
    /// How many findings are open.
    pub open: usize,
    /// How many there are in all.
    pub findings: usize,
}

/// The pages of a report.
pub struct Pages {
    style: Style,
}

/// A step of a finding's life: when, the rule, the change, who did it, why.
pub type Step<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str);

/// Domains on a page of the list.
const ON_A_PAGE: usize = 500;

impl Page {
    /// What the lists show of a domain's findings; `file` is below the folder of the report.
    pub fn of(items: &[Item], file: String) -> Option<Page> {
        let first = items.first()?;
        let open = || items.iter().filter(|item| item.status.is_open());
        let rank = |status| match status {
            Status::Overdue => 0,
            Status::Answered => 1,
            Status::Drafted => 2,
            Status::Found => 3,
            Status::Sent => 4,
            Status::Waived => 5,
            Status::Closed => 6,
        };
        let deadlines = || items.iter().map(|item| item.finding.deadline);
        Some(Page {
            file,
            domain: first.filing.domain.unicode().to_owned(),
            subject: first.filing.subject_name.clone().unwrap_or_default(),
            level: open().map(|item| item.finding.level).max(),
            status: items.iter().map(|item| item.status).min_by_key(|s| rank(*s))?,
            deadline: open().map(|i| i.finding.deadline).min().or_else(|| deadlines().max())?,
            open: open().count(),
            findings: items.len(),
        })
    }
}

impl Pages {
    /// Pages of one style.
    pub fn new(style: Style) -> Pages {
        Pages { style }
    }

    /// The first page: sums and charts.
    pub fn index(&self, sums: &Sums, lists: usize) -> String {
        let lang = self.lang();
        let mut page = self.begin(self.say("备案合规整改报告", "ICP filing compliance report"), "");
        let Period { since, until } = self.style.period;
        let days = match since {
            Some(since) => format!("{since} – {until}"),
            None => format!("{} {until}", self.say("截至", "as of")),
        };
        let _ = writeln!(page, "<p class=\"soft\">{days}</p>\n<ul class=\"facts\">");
        let whole = sums.whole;
        for (count, name, class) in [
            (sums.domains, self.say("涉及域名", "domains"), ""),
            (sums.notices, self.say("未关闭的通知", "open notices"), ""),
            (whole.violations, level_name(Level::Violation, lang), "violation"),
            (whole.warnings, level_name(Level::Warning, lang), "warning"),
            (whole.reviews, level_name(Level::Review, lang), "review"),
            (whole.overdue, Status::Overdue.word(lang), "late"),
            (whole.closed, Status::Closed.word(lang), "closed"),
        ] {
            let _ = writeln!(page, "<li class=\"{class}\"><b>{count}</b>{name}</li>");
        }
        page.push_str("</ul>\n");
        let _ = writeln!(page, "<h2>{}</h2>", self.say("按级别", "By level"));
        page.push_str(&chart::levels(&whole, lang));
        if !sums.by_day.is_empty() {
            let _ = writeln!(page, "<h2>{}</h2>", self.say("按日期", "Over time"));
            page.push_str(&chart::days(&sums.by_day, lang));
        }
        for (title, head, table) in [
            (self.say("按规则", "By rule"), self.say("规则", "rule"), &sums.by_code),
            (self.say("按省份", "By province"), self.say("省份", "province"), &sums.by_province),
            (
                self.say("按接入商", "By provider"),
                self.say("接入商", "provider"),
                &sums.by_provider,
            ),
        ] {
            if !table.is_empty() {
                let _ = writeln!(page, "<h2>{title}</h2>");
                page.push_str(&self.table(head, table));
            }
        }
        let _ = writeln!(page, "<h2>{}</h2>", self.say("域名", "Domains"));
        page.push_str(&self.nav(lists, usize::MAX, ""));
        page.push_str("</body>\n</html>\n");
        page
    }

    /// How many pages the list of so many domains takes.
    pub fn lists(domains: usize) -> usize {
        domains.div_ceil(ON_A_PAGE).max(1)
    }

    /// The file of a page of the list, counted from 0.
    pub fn list_file(number: usize) -> String {
        format!("domains-{:04}.html", number + 1)
    }

    /// Sorts domains as the list has them, the most pressing first.
    pub fn sort(pages: &mut [Page]) {
        pages.sort_by(|a, b| {
            let key = |page: &Page| {
                let late = page.status != Status::Overdue;
                (late, std::cmp::Reverse(page.level), page.deadline)
            };
            key(a).cmp(&key(b)).then_with(|| a.domain.cmp(&b.domain))
        });
    }

    /// A page of the list of domains, counted from 0.
    pub fn list(&self, pages: &[Page], number: usize) -> String {
        let lang = self.lang();
        let mut page = self.begin(self.say("域名", "Domains"), "");
        let of = Pages::lists(pages.len());
        page.push_str(&self.nav(of, number, ""));
        let heads = match lang {
            Lang::Zh => ["域名", "主办单位", "级别", "状态", "整改期限", "未关闭"],
            Lang::En => ["domain", "subject", "level", "status", "deadline", "open"],
        };
        page.push_str("<table>\n<thead><tr>");
        heads.iter().for_each(|head| {
            let _ = write!(page, "<th>{head}</th>");
        });
        page.push_str("</tr></thead>\n<tbody>\n");
        for row in pages.iter().skip(number * ON_A_PAGE).take(ON_A_PAGE) {
            let level = row.level.map_or_else(String::new, |level| self.tag(level));
            let deadline = self.deadline(row.deadline, row.status);
            let (file, domain, subject) = (Safe(&row.file), Safe(&row.domain), Safe(&row.subject));
            let _ = writeln!(
                page,
                "<tr><td><a href=\"{file}\">{domain}</a></td><td>{subject}</td><td>{level}</td>\
                 <td>{}</td><td>{deadline}</td><td class=\"n\">{} / {}</td></tr>",
                row.status.word(lang),
                row.open,
                row.findings
            );
        }
        page.push_str("</tbody>\n</table>\n");
        page.push_str(&self.nav(of, number, ""));
        page.push_str("</body>\n</html>\n");
        page
    }

    /// The page of one domain: its findings, what happened to them, and what the site looked
    /// like. `shot` is the picture's file, beside the page.
    pub fn domain(&self, items: &[Item], steps: &[Step<'_>], shot: Option<&str>) -> String {
        let lang = self.lang();
        let Some(first) = items.first() else { return String::new() };
        let of = |name: &str| terminal(&self.style.rows.cell(name, first));
        let mut page = self.begin(&of("domain"), "../");
        page.push_str("<dl>\n");
        for name in [
            "subject_name",
            "service_name",
            "record_number",
            "province",
            "provider",
            "owner",
            "contact",
            "notice_id",
        ] {
            self.fact(&mut page, self.style.rows.heading(name), &of(name));
        }
        page.push_str("</dl>\n");
        for item in items {
            page.push_str(&self.finding(item));
        }
        if let Some(shot) = shot {
            let caption = self.say("检测时看到的首页", "the homepage as it was seen");
            let _ = writeln!(
                page,
                "<figure><img src=\"{}\" alt=\"{caption}\" loading=\"lazy\">\
                 <figcaption class=\"soft\">{caption}</figcaption></figure>",
                Safe(shot)
            );
        }
        if !steps.is_empty() {
            let _ = writeln!(page, "<h2>{}</h2>\n<table>", self.say("经过", "History"));
            for (at, code, change, actor, reason) in steps {
                let _ = writeln!(
                    page,
                    "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                    Safe(at),
                    Safe(code),
                    Safe(Change::word(change, lang)),
                    Safe(actor),
                    Safe(reason)
                );
            }
            page.push_str("</table>\n");
        }
        page.push_str("</body>\n</html>\n");
        page
    }

    fn finding(&self, item: &Item) -> String {
        let lang = self.lang();
        let finding = &item.finding;
        let rows = &self.style.rows;
        let mut html = String::new();
        let deadline = self.deadline(finding.deadline, item.status);
        let _ = writeln!(
            html,
            "<section class=\"finding {}\">\n<h3>{} {} {}</h3>\n<p class=\"soft\">{} · {} {deadline}</p>\n<dl>",
            class(finding.level),
            self.tag(finding.level),
            Safe(&finding.code),
            Safe(&rows.cell("problem", item)),
            item.status.word(lang),
            rows.heading("deadline"),
        );
        for name in
            ["expected", "found", "host", "url", "cause", "remedy", "first_seen", "last_seen"]
        {
            self.fact(&mut html, rows.heading(name), &terminal(&rows.cell(name, item)));
        }
        html.push_str("</dl>\n</section>\n");
        html
    }

    fn fact(&self, page: &mut String, name: &str, value: &str) {
        if !value.is_empty() {
            let _ = writeln!(page, "<dt>{}</dt><dd>{}</dd>", Safe(name), Safe(value));
        }
    }

    fn table(
        &self,
        head: &str,
        table: &std::collections::BTreeMap<String, super::Tally>,
    ) -> String {
        let lang = self.lang();
        let rows = Sums::most(table, 100);
        let most = rows.iter().map(|(_, tally)| tally.all).max().unwrap_or(1).max(1);
        let mut html = format!(
            "<table>\n<thead><tr><th>{head}</th><th></th><th class=\"n\">{}</th><th class=\"n\">{}</th>\
             <th class=\"n\">{}</th></tr></thead>\n<tbody>\n",
            self.say("未关闭", "open"),
            Status::Overdue.word(lang),
            Status::Closed.word(lang),
        );
        for (name, tally) in rows {
            let title = rules::find(name).map_or("", |rule| rule.texts.of(lang).problem);
            let shown =
                if name.is_empty() { self.say("（未填）", "(not in the list)") } else { name };
            let _ = writeln!(
                html,
                "<tr><td>{}{}</td><td class=\"bars\">{}</td><td class=\"n\">{}</td>\
                 <td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                Safe(shown),
                if title.is_empty() {
                    String::new()
                } else {
                    format!("<br><span class=\"soft\">{}</span>", Safe(title))
                },
                chart::bar(&tally, most),
                tally.open(),
                tally.overdue,
                tally.closed
            );
        }
        html.push_str("</tbody>\n</table>\n");
        html
    }

    fn nav(&self, lists: usize, here: usize, up: &str) -> String {
        let mut html = String::from("<nav>");
        if here != usize::MAX {
            let _ = write!(html, "<a href=\"{up}index.html\">{}</a>", self.say("汇总", "Sums"));
        }
        for number in 0..lists {
            let _ = match number == here {
                true => write!(html, "<b>{}</b>", number + 1),
                false => {
                    write!(html, "<a href=\"{up}{}\">{}</a>", Pages::list_file(number), number + 1)
                }
            };
        }
        html.push_str("</nav>\n");
        html
    }

    fn begin(&self, title: &str, up: &str) -> String {
        let lang = if self.lang() == Lang::Zh { "zh-CN" } else { "en" };
        let title = Safe(title);
        let home = match up {
            "" => String::new(),
            up => {
                format!("<nav><a href=\"{up}index.html\">{}</a></nav>\n", self.say("汇总", "Sums"))
            }
        };
        format!(
            "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             img-src 'self' file: data:; style-src 'unsafe-inline'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <link rel=\"icon\" href=\"data:,\">\n\
             <title>{title}</title>\n<style>\n{}</style>\n</head>\n<body>\n{home}<h1>{title}</h1>\n",
            include_str!("style.css")
        )
    }

    fn tag(&self, level: Level) -> String {
        format!("<span class=\"tag {}\">{}</span>", class(level), level_name(level, self.lang()))
    }

    fn deadline(&self, day: Date, status: Status) -> String {
        let late = status.is_open() && day < self.style.today;
        let class = if late { " class=\"late\"" } else { "" };
        format!("<time{class} datetime=\"{day}\">{day}</time>")
    }

    fn say(&self, zh: &'static str, en: &'static str) -> &'static str {
        if self.lang() == Lang::Zh { zh } else { en }
    }

    fn lang(&self) -> Lang {
        self.style.rows.lang
    }
}

fn class(level: Level) -> &'static str {
    level_name(level, Lang::En)
}

/// Text of a list or a page, harmless in HTML, in an attribute as well.
struct Safe<'a>(&'a str);

impl fmt::Display for Safe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in terminal(self.0).chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_says_is_text_and_nothing_else() {
        let hostile = "<script>alert('1')</script>\" onload=\"x\u{202e}&";
        assert_eq!(
            Safe(hostile).to_string(),
            "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot; onload=&quot;x&amp;"
        );
    }
}
