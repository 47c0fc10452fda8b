//! The table of `docs/robustness.md`: written with `BEIAN_BLESS=1`, else compared but for the
//! measured times.

use super::{AFTERWARDS, DEADLINE, Group, SHOWING, Seen, patience};
use beian::demo::hostile::Outcome;
use std::{fs, path::PathBuf, time::Duration};

/// What stands before it is written by hand.
const MARK: &str = "<!-- Written by a test from here on; do not edit by hand. -->\n";

/// The generated part of the page is what these runs saw.
pub(super) fn is_current(runs: &[&Seen]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/robustness.md");
    let page = fs::read_to_string(&path).unwrap();
    let (head, kept) = page.split_once(MARK).expect("the page has its mark");
    let fresh = written(runs);
    if std::env::var_os("BEIAN_BLESS").is_some() {
        assert_eq!(runs.len(), 2, "the table is written where there is a browser");
        fs::write(&path, format!("{head}{MARK}{fresh}")).unwrap();
        return;
    }
    let (kept, fresh) = (rows(kept), rows(&fresh));
    // Without a browser its group is not seen, and everything else is as written.
    for row in &fresh {
        assert!(kept.contains(row), "docs/robustness.md has no such row:\n{row}");
    }
    let all = beian::demo::hostile::cases().count();
    assert_eq!(kept.len(), all, "docs/robustness.md; BEIAN_BLESS=1 cargo test writes it anew");
}

/// A table for each group.
fn written(runs: &[&Seen]) -> String {
    let mut text = String::new();
    for group in Group::ALL {
        let rows: Vec<String> = runs
            .iter()
            .flat_map(|seen| seen.outcomes.iter().map(move |outcome| (*seen, outcome)))
            .filter(|(_, outcome)| outcome.case.group == group)
            .map(|(seen, outcome)| row(outcome, seen.took[outcome.case.name]))
            .collect();
        if rows.is_empty() {
            continue;
        }
        text.push_str(&format!(
            "\n## {group}\n\n| case | what it does | what came of it | findings | deadline | took |\n\
             | --- | --- | --- | --- | --- | --- |\n{}",
            rows.concat()
        ));
    }
    text
}

fn row(outcome: &Outcome, took: Duration) -> String {
    // Where chance decides, the row says everything that may come of it.
    let ends: Vec<String> = outcome.case.ends.iter().map(ToString::to_string).collect();
    let findings = match outcome.case.ends.len() {
        1 => outcome.findings.join(", "),
        _ => "as it comes".to_owned(),
    };
    let deadline = match outcome.case.group {
        Group::Browser => DEADLINE + SHOWING + AFTERWARDS,
        _ => DEADLINE,
    };
    format!(
        "| {} | {} | {} | {findings} | {} s | {} |\n",
        outcome.case.name,
        outcome.case.what,
        ends.join(" or "),
        deadline.as_secs(),
        in_words(took),
    )
}

/// What was measured; nothing where all times were stretched.
fn in_words(took: Duration) -> String {
    match patience() {
        1 => format!("{:.1} s", took.as_secs_f64()),
        _ => "not measured".to_owned(),
    }
}

/// The rows of a table without their last column, which is measured.
fn rows(text: &str) -> Vec<String> {
    let rows = text.lines().filter(|line| {
        line.starts_with("| ") && !line.starts_with("| case ") && !line.starts_with("| --- ")
    });
    rows.map(|row| row.rsplitn(2, " | ").last().unwrap().to_owned()).collect()
}
