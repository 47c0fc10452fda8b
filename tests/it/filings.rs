//! Filing lists: `fixtures/filings/` holds one list per layout and per kind of damage, and
//! beside each what must be made of it, `<list>.toml`:
//!
//! - `why`: what the list stands for;
//! - `[options]`: what the operator says (`map`, `sheet`, `encoding`, `limit`);
//! - `error`: words of the error, where the list cannot be read at all; else
//! - `[layout]`: what is understood, `[[accepted]]` and `[[rejected]]`: every row, in order.
//!   Only the fields that are given are compared; of a reason, a part, or parts by `|`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends where what it needs is not there"
)]

use beian::filing::{self, Field, Filing, List, ListError, Options, Reason, Rejected};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fs,
    io::{Cursor, Read},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    why: String,
    #[serde(default)]
    options: Said,
    error: Option<Vec<String>>,
    layout: Option<toml::Table>,
    #[serde(default)]
    accepted: Vec<toml::Table>,
    #[serde(default)]
    rejected: Vec<ExpectedRejection>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Said {
    map: BTreeMap<String, String>,
    sheet: Option<String>,
    encoding: Option<String>,
    limit: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedRejection {
    line: u64,
    column: String,
    value: String,
    reason: String,
    row: Option<String>,
}

fn lists(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/filings").join(folder);
    let mut lists: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending != "toml"))
        .collect();
    lists.sort();
    assert!(!lists.is_empty());
    lists
}

fn expectation(list: &Path) -> Expectation {
    let path = PathBuf::from(format!("{}.toml", list.display()));
    let text =
        fs::read_to_string(&path).unwrap_or_else(|_| panic!("{} is missing", path.display()));
    let expectation: Expectation =
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(!expectation.why.is_empty(), "{}", path.display());
    expectation
}

fn open(bytes: Vec<u8>, name: &str, options: &Options) -> Result<List, ListError> {
    filing::open(Box::new(Cursor::new(bytes)), Some(name), options)
}

/// A filing as the expectations write it: every field a text, lists joined.
fn told(filing: &Filing) -> BTreeMap<String, String> {
    let mut told = BTreeMap::new();
    for (field, value) in serde_json::to_value(filing).unwrap().as_object().unwrap() {
        let text = match value {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Object(filed) if filed.contains_key("text") => {
                filed["text"].as_str().unwrap().to_owned()
            }
            other => other.to_string(),
        };
        told.insert(field.clone(), text);
    }
    let joined = |items: Vec<String>, by: &str| items.join(by);
    let addresses = filing.addresses.iter().map(ToString::to_string).collect();
    told.insert("addresses".into(), joined(addresses, ", "));
    let providers = filing.providers.clone().map_or("(none)".into(), |names| names.join(", "));
    told.insert("providers".into(), providers);
    let extra = filing.extra.iter().map(|(heading, cell)| format!("{heading}={cell}")).collect();
    told.insert("extra".into(), joined(extra, "; "));
    told
}

fn agrees(told: &BTreeMap<String, String>, expected: &toml::Table, at: &str) {
    for (field, value) in expected {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let found = told.get(field).map_or("", String::as_str);
        assert_eq!(found, value, "{at}: {field}");
    }
}

fn rejection_agrees(rejected: &Rejected, expected: &ExpectedRejection, at: &str) {
    assert_eq!(rejected.line, expected.line, "{at}: {rejected:?}");
    assert_eq!(rejected.column, expected.column, "{at}: {rejected:?}");
    assert_eq!(rejected.value, expected.value, "{at}: {rejected:?}");
    let says = expected.reason.split('|').any(|part| rejected.reason.en.contains(part));
    assert!(says, "{at}: {rejected:?}");
    assert_eq!(rejected.source.as_deref(), Some("list"), "{at}");
    if let Some(row) = &expected.row {
        assert_eq!(&rejected.row, row, "{at}");
    }
}

fn check(path: &Path) {
    let at = path.file_name().unwrap().to_string_lossy().into_owned();
    let expected = expectation(path);
    let map = expected.options.map.iter();
    let options = Options {
        map: map.map(|(heading, field)| (heading.clone(), field.parse().unwrap())).collect(),
        sheet: expected.options.sheet,
        encoding: expected.options.encoding,
        limit: expected.options.limit,
        source: Some("list".into()),
    };
    let list = match (open(fs::read(path).unwrap(), &at, &options), &expected.error) {
        (Ok(list), None) => list,
        (Err(error), Some(words)) => {
            let error = error.to_string();
            for word in words {
                assert!(error.contains(word.as_str()), "{at}: `{word}` is not in: {error}");
            }
            return;
        }
        (Ok(_), Some(_)) => panic!("{at}: was read"),
        (Err(error), None) => panic!("{at}: {error}"),
    };
    if let Some(layout) = &expected.layout {
        let found = serde_json::to_value(list.layout()).unwrap();
        for (key, value) in layout {
            let found = found[key].as_str().map_or_else(|| found[key].to_string(), str::to_owned);
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            assert_eq!(found, value, "{at}: {key}");
        }
        assert!(
            layout.contains_key("heading_line") || list.layout().heading_line.is_none(),
            "{at}"
        );
    }
    let (mut accepted, mut rejected) = (Vec::new(), Vec::new());
    for row in list {
        match row {
            Ok(filing) => accepted.push(*filing),
            Err(row) => rejected.push(*row),
        }
    }
    let lines = |rows: &mut dyn Iterator<Item = u64>| rows.collect::<Vec<_>>();
    assert_eq!(
        (accepted.len(), rejected.len()),
        (expected.accepted.len(), expected.rejected.len()),
        "{at}: accepted lines {:?}, rejected {rejected:#?}",
        lines(&mut accepted.iter().map(|filing| filing.line)),
    );
    for (filing, expected) in accepted.iter().zip(&expected.accepted) {
        agrees(&told(filing), expected, &format!("{at}:{}", filing.line));
    }
    for (row, expected) in rejected.iter().zip(&expected.rejected) {
        rejection_agrees(row, expected, &at);
    }
}

#[test]
fn every_accepted_layout_is_read_as_expected() {
    for list in lists("good") {
        check(&list);
        assert!(expectation(&list).rejected.is_empty(), "{} is not good", list.display());
    }
}

#[test]
fn every_kind_of_damage_is_named_and_the_other_rows_go_on() {
    for list in lists("bad") {
        check(&list);
        let expected = expectation(&list);
        assert!(
            expected.error.is_some() || !expected.rejected.is_empty(),
            "{} is not bad",
            list.display()
        );
    }
}

#[test]
fn every_rejected_row_says_why_in_chinese_too() {
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let mut reasons = 0;
    for path in lists("bad") {
        let expected = expectation(&path);
        let map = expected.options.map.iter();
        let options = Options {
            map: map.map(|(heading, field)| (heading.clone(), field.parse().unwrap())).collect(),
            sheet: expected.options.sheet,
            encoding: expected.options.encoding,
            ..Options::default()
        };
        let Ok(list) = open(fs::read(&path).unwrap(), "list", &options) else { continue };
        for rejected in list.filter_map(Result::err) {
            let Reason { zh, en } = &rejected.reason;
            let at = format!("{}:{}: {zh} | {en}", path.display(), rejected.line);
            assert!(zh.contains(is_han) && zh.contains('请'), "{at}");
            assert!(!en.is_empty() && !en.contains(is_han) || en.contains("2023年5月6日"), "{at}");
            assert!(!zh.contains(['`', ';']), "half-width signs: {at}");
            reasons += 1;
        }
    }
    assert!(reasons > 30, "only {reasons} rejected rows");
}

#[test]
fn no_expectation_is_left_without_its_list() {
    for folder in ["good", "bad"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/filings").join(folder);
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "toml") {
                assert!(path.with_extension("").exists(), "{}", path.display());
            }
        }
    }
}

#[test]
fn a_rejected_row_can_be_mended_and_fed_in_again() {
    let list = "域名,备案IP,备注\na.example,192.0.2.300,\"一,二\"\n";
    let rejected =
        open(list.into(), "list.csv", &Options::default()).unwrap().next().unwrap().unwrap_err();
    let mended = format!("域名,备案IP,备注\n{}\n", rejected.row.replace("300", "30"));
    let filing =
        open(mended.into(), "mended.csv", &Options::default()).unwrap().next().unwrap().unwrap();
    assert_eq!(filing.remark.as_deref(), Some("一,二"));
    assert_eq!(filing.addresses[0].to_string(), "192.0.2.30");
}

#[test]
fn an_overlong_line_is_one_rejected_row() {
    let list = format!("域名,备注\na.example,x\nb.example,{}\nc.example,x\n", "x".repeat(3 << 20));
    let rows: Vec<_> = open(list.into(), "list.csv", &Options::default()).unwrap().collect();
    assert_eq!(rows.len(), 3);
    let rejected = rows[1].as_ref().unwrap_err();
    assert_eq!(rejected.line, 3);
    assert!(rejected.value.starts_with("b.example,x") && rejected.row.len() < 10_000);
    assert!(rejected.reason.en.contains("longer than"));
    assert_eq!(rows[2].as_ref().unwrap().line, 4);
}

#[test]
fn an_open_quote_over_many_lines_costs_one_row() {
    let mut list = String::from("域名,备注\na.example,\"x\n");
    for n in 0..5_000 {
        list += &format!("s{n}.example,x\n");
    }
    let rows: Vec<_> = open(list.into(), "list.csv", &Options::default()).unwrap().collect();
    assert_eq!(rows.len(), 5_001);
    assert_eq!(rows.iter().filter(|row| row.is_err()).count(), 1);
}

const HEADINGS: &str = "域名,网站名称,备案号,备案IP\n";

fn endless_row(n: u64) -> String {
    format!("s{n}.example,示例{n},粤ICP备2099{n:06}号-1,192.0.2.1\n")
}

/// A list that never ends, and how much of it was asked for.
struct Endless {
    row: u64,
    block: Vec<u8>,
    given: Arc<AtomicU64>,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.block.len() < buffer.len() {
            if self.row == 0 {
                self.block.extend(HEADINGS.bytes());
            }
            self.row += 1;
            self.block.extend(endless_row(self.row).bytes());
        }
        buffer.copy_from_slice(&self.block[..buffer.len()]);
        self.block.drain(..buffer.len());
        self.given.fetch_add(buffer.len() as u64, Ordering::Relaxed);
        Ok(buffer.len())
    }
}

#[test]
fn a_list_without_end_is_read_as_it_comes() {
    let given = Arc::new(AtomicU64::new(0));
    let input = Endless { row: 0, block: Vec::new(), given: Arc::clone(&given) };
    let mut list = filing::open(Box::new(input), None, &Options::default()).unwrap();
    let mut handed_out = HEADINGS.len() as u64;
    for n in 1..=20_000_u64 {
        let filing = list.next().unwrap().unwrap();
        assert_eq!(filing.line, n + 1);
        handed_out += endless_row(n).len() as u64;
        if n % 1_000 == 0 {
            // What was read and not yet handed out is a few blocks, however far we are.
            let ahead = given.load(Ordering::Relaxed) - handed_out;
            assert!(ahead <= 4 * 64 * 1024, "{ahead} bytes ahead at row {n}");
        }
    }
}

#[test]
fn a_filed_number_is_read_and_a_bad_one_rejects_nothing() {
    let list = "域名,备案号,公安备案号\na.example,粤icp备2099000123号-1,粤公网安备44030099000123\nb.example,待定,x\n";
    let rows: Vec<Filing> = open(list.into(), "list.csv", &Options::default())
        .unwrap()
        .map(|row| *row.unwrap())
        .collect();
    assert_eq!(rows[0].filing_number().unwrap().to_string(), "粤ICP备2099000123号-1");
    assert!(rows[0].police_number.as_ref().unwrap().number.is_some());
    let bad = rows[1].record_number.as_ref().unwrap();
    assert_eq!((&*bad.text, bad.number.is_some()), ("待定", false));
}

#[test]
fn the_documentation_lists_every_field_and_heading() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/lists.md");
    let page = fs::read_to_string(path).unwrap();
    let mut table = String::from("| field | headings | what it holds |\n| --- | --- | --- |\n");
    for field in Field::ALL {
        let headings = field.headings().join(" · ");
        table += &format!("| `{}` | {headings} | {} |\n", field.name(), field.meaning());
    }
    assert!(page.contains(&table), "docs/lists.md must hold this table:\n{table}");
}

mod hostile {
    use super::*;
    use proptest::prelude::*;

    fn read_all(bytes: Vec<u8>) {
        let lines = bytes.len() as u64 + 1;
        if let Ok(list) = open(bytes, "list", &Options::default()) {
            let mut last = 0;
            for row in list {
                let line = row.map_or_else(|rejected| rejected.line, |filing| filing.line);
                assert!(line > last && line <= lines, "line {line} after {last}");
                last = line;
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            read_all(bytes);
        }

        #[test]
        fn any_damaged_list_gives_rows_in_the_order_of_their_lines(
            rows in proptest::collection::vec("[a-c\",;\\t\\r. 域]{0,12}|[ab]\\.example,\"?x\"?,\"?", 0..40),
            ending in "\n|\r\n|\r",
        ) {
            read_all(format!("域名,备注,备案号\n{}", rows.join(&ending)).into_bytes());
        }
    }

    proptest! {
        // Each case unpacks a workbook in a thread of its own.
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_damaged_workbook_is_read_or_refused(at in 0_usize..2900, value: u8) {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/filings/good/console.xlsx");
            let mut bytes = fs::read(path).unwrap();
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
            read_all(bytes);
        }
    }
}
