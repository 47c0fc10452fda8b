//! What goes to the terminal: plain where it is piped, coloured and with progress where a
//! person looks, harmless whatever a page says.

use crate::pipeline::Progress;
use crate::policy::Level;
use crate::rules::Lang;
use anyhow::{Context, Error, Result};
use console::{Alignment, measure_text_width, pad_str, style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use serde::Serialize;
use std::fmt;
use std::io::{ErrorKind, Write};
use std::time::Duration;

/// Prints a text to standard output. A reader that has gone (`beian rules | head`) has what
/// it wanted: the command's exit code stays what its work made it.
pub(super) fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("standard output"),
    }
}

/// Prints a value to standard output as JSON.
pub(super) fn print_json(value: &impl Serialize) -> Result<()> {
    let mut text = crate::report::json(&serde_json::to_string_pretty(value)?);
    text.push('\n');
    print(&text)
}

/// Says something to the person beside the output: on standard error.
pub(super) fn remark(text: &str) {
    // Nobody is left to be told where standard error is closed.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Says why the tool could not do its work.
pub(super) fn complain(error: &Error) {
    remark(&format!(
        "{} {}",
        style("error:").red().bold().for_stderr(),
        safe(&format!("{error:#}"))
    ));
}

/// Page text made harmless for a terminal.
pub(super) fn safe(text: &str) -> String {
    crate::report::terminal(text)
}

/// The word for a level, coloured where a person looks.
pub(super) fn level(level: Level, lang: Lang) -> String {
    let word = crate::report::level_name(level, lang);
    match level {
        Level::Violation => style(word).red().to_string(),
        Level::Warning => style(word).yellow().to_string(),
        Level::Review => style(word).cyan().to_string(),
    }
}

/// The word for a rule that is switched off.
pub(super) fn off(lang: Lang) -> String {
    style(if lang == Lang::Zh { "关闭" } else { "off" }).dim().to_string()
}

/// A table whose columns are as wide as what stands in them; the last one runs on.
pub(super) struct Table<const N: usize> {
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    pub(super) fn new(head: [&str; N]) -> Table<N> {
        Table { rows: vec![head.map(|cell| style(cell).bold().to_string())] }
    }

    pub(super) fn row(&mut self, cells: [String; N]) {
        self.rows.push(cells);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.len() < 2
    }
}

impl<const N: usize> fmt::Display for Table<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut widths = [0; N];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = measure_text_width(cell).max(*width);
            }
        }
        for row in &self.rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(widths) {
                line.push_str(&pad_str(cell, width, Alignment::Left, None));
                line.push_str("  ");
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// The progress of a run on standard error; silent where nobody looks.
pub(super) struct Bar {
    bar: ProgressBar,
    lang: Lang,
}

impl Bar {
    pub(super) fn new(lang: Lang) -> Bar {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(4));
        let bar = Bar { bar, lang };
        bar.read(0, false);
        bar.bar.enable_steady_tick(Duration::from_millis(250));
        bar
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn say(&self, zh: &'static str, en: &'static str) {
        self.bar.set_message(if self.lang == Lang::Zh { zh } else { en });
    }

    fn style(&self, template: &str) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            let rate = |state: &ProgressState, text: &mut dyn fmt::Write| {
                // A frame that cannot be drawn is nobody's loss.
                let _ = write!(text, "{:.1}/s", state.per_sec());
            };
            self.bar.set_style(style.progress_chars("=> ").with_key("rate", rate));
        }
    }
}

impl Progress for Bar {
    fn read(&self, rows: u64, done: bool) {
        if !done {
            self.style("{msg} {human_pos}");
            self.say("读取名单", "reading the list");
        }
        self.bar.set_position(rows);
    }

    fn looked(&self, sites: u64, of: u64) {
        if self.bar.length() != Some(of) {
            self.style("{msg} [{bar:30}] {human_pos}/{human_len} {rate} {eta}");
            self.say("检查网站", "looking at sites");
            self.bar.set_length(of);
        }
        self.bar.set_position(sites);
    }

    fn judged(&self, sites: u64) {
        self.say("生成通知", "writing notices");
        self.bar.set_position(sites);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_chinese_needs() {
        let mut table = Table::new(["规则", "n"]);
        table.row(["ICP001".to_owned(), "1".to_owned()]);
        assert_eq!(console::strip_ansi_codes(&table.to_string()), "规则    n\nICP001  1\n");
    }
}
