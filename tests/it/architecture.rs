//! The house: who may import whom, which outside crate lives where, who is pure.
//! `docs/architecture.md` says why.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// A module of ours → what it may import of ours.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("record", &[]),
    ("filing", &["record"]),
    ("metrics", &[]),
    ("page", &["record"]),
    ("policy", &["record"]),
    ("evidence", &["page", "record"]),
    ("rules", &["record", "filing", "page", "evidence", "policy"]),
    ("audit", &["filing", "evidence", "policy", "rules"]),
    ("notice", &["filing", "policy", "rules", "audit"]),
    ("report", &["record", "filing", "evidence", "policy", "rules", "audit", "notice"]),
    ("store", &["filing", "policy", "rules", "notice"]),
    ("notify", &["record", "policy", "rules", "notice", "report", "store"]),
    ("schedule", &[]),
    ("probe", &["filing", "page", "evidence", "policy", "metrics"]),
    ("spool", &["filing", "evidence"]),
    (
        "pipeline",
        &[
            "filing", "evidence", "policy", "rules", "audit", "notice", "report", "probe", "spool",
            "metrics",
        ],
    ),
    (
        "demo",
        &["filing", "page", "evidence", "policy", "rules", "audit", "probe", "pipeline", "record"],
    ),
    (
        "cli",
        &[
            "audit", "demo", "evidence", "filing", "notice", "notify", "page", "pipeline",
            "policy", "probe", "record", "report", "rules", "schedule", "spool", "store",
        ],
    ),
];

/// An outside crate → the folders or files of `src` that may name it.
const HOMES: &[(&str, &[&str])] = &[
    ("hickory_resolver", &["probe/dns", "demo/"]),
    // It calls robots; sites are dialled by ourselves.
    ("reqwest", &["notify/robot"]),
    ("sqlx", &["store/"]),
    ("lettre", &["notify/mail"]),
    ("hmac", &["notify/robot"]),
    ("croner", &["schedule"]),
    ("rust_xlsxwriter", &["report/workbook"]),
    ("minijinja", &["report/letter"]),
    ("rustls", &["probe/", "demo/", "notify/robot"]),
    ("tokio_rustls", &["probe/fetch", "demo/"]),
    ("rcgen", &["demo/"]),
    ("hyper", &["probe/fetch", "demo/"]),
    ("hyper_util", &["probe/fetch", "demo/"]),
    ("http_body_util", &["probe/fetch", "demo/"]),
    ("html5ever", &["page/"]),
    ("chardetng", &["page/", "filing/"]),
    ("encoding_rs", &["page/", "filing/", "demo/", "probe/fetch", "probe/registration"]),
    ("calamine", &["filing/"]),
    ("lz4_flex", &["spool/"]),
    ("csv", &["filing/", "report/", "spool/", "cli/", "demo/"]),
    ("maxminddb", &["probe/place"]),
    ("governor", &["probe/"]),
    ("x509_parser", &["probe/"]),
    ("webpki_roots", &["probe/", "notify/robot"]),
    ("ferrous_opencc", &["rules/"]),
    ("base64", &["probe/browser", "probe/fetch", "notify/robot"]),
    ("futures_util", &["probe/browser"]),
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/"]),
    ("indicatif", &["cli/"]),
    ("console", &["cli/"]),
    ("rustix", &["cli/"]),
    ("tracing_subscriber", &["cli/"]),
    ("anyhow", &["cli/", "demo/"]),
    ("tokio", &["probe/", "pipeline", "demo/", "cli/", "notify/", "store/"]),
    ("tokio_util", &["probe/", "pipeline", "demo/", "cli/"]),
];

/// Modules that judge: no I/O, no clock, no environment.
const PURE: &[&str] = &[
    "record", "filing", "page", "evidence", "policy", "rules", "audit", "notice", "report",
    "schedule",
];
const IMPURE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::thread",
    "std::process",
    "std::net::TcpStream",
    "std::net::UdpSocket",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
];

/// The workbook reader borrows from the workbook: it runs in a thread of its own, and what
/// it says comes in order.
const EXCUSED: &[(&str, &str)] = &[("filing/workbook.rs", "std::thread")];

/// Who may read the clock or the environment.
const CLOCK: &[&str] = &["cli/", "probe/", "pipeline", "demo/", "spool/"];
const ENVIRONMENT: &[&str] = &["cli/"];

/// A source file: its path below `src` and its code without comments and tests.
struct Source {
    path: String,
    code: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Source {
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        let code: Vec<&str> =
            text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
        Source { path: path.to_owned(), code: code.join("\n") }
    }

    /// The top-level module that the file belongs to; `None` for the crate root.
    fn module(&self) -> Option<&str> {
        let first = self.path.split('/').next().unwrap_or_default();
        let name = first.strip_suffix(".rs").unwrap_or(first);
        (name != "lib" && name != "main").then_some(name)
    }

    /// How many modules the file is below the crate root.
    fn depth(&self) -> usize {
        let parts = self.path.split('/').count();
        if self.path.ends_with("/mod.rs") { parts - 1 } else { parts }
    }

    /// Top-level modules of ours that the code names, by `crate::` or by climbing out with `super::`.
    fn imports(&self) -> Vec<String> {
        let climbing = format!("{}{{", "super::".repeat(self.depth()));
        let climbing = climbing.trim_end_matches('{');
        let mut found = Vec::new();
        for root in ["crate::", climbing] {
            for (at, _) in self.code.match_indices(root) {
                let before = self.code[..at].chars().next_back();
                if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                    continue;
                }
                found.extend(names(&self.code[at + root.len()..]));
            }
        }
        found
    }

    /// Whether the code names an outside crate as the start of a path.
    fn names_crate(&self, name: &str) -> bool {
        self.code.match_indices(&format!("{name}::")).any(|(at, _)| {
            let before = self.code[..at].chars().next_back();
            !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
        })
    }
}

/// The first names of a path or of a group of paths: `a::b` → a; `{a::b, c}` → a, c.
fn names(rest: &str) -> Vec<String> {
    let identifier =
        |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    if !rest.starts_with('{') {
        return vec![identifier(rest)];
    }
    let (mut depth, mut start, mut found) = (0, true, Vec::new());
    for (at, c) in rest.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => start = true,
            c if start && depth == 1 && (c.is_alphanumeric() || c == '_') => {
                found.push(identifier(&rest[at..]));
                start = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    found
}

fn violations(sources: &[Source]) -> Vec<String> {
    let table: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let mut wrong = Vec::new();
    for source in sources {
        let path = &source.path;
        for (name, homes) in HOMES {
            if source.names_crate(name) && !homes.iter().any(|home| path.starts_with(home)) {
                wrong.push(format!("{path} names {name}, whose home is {}", homes.join(", ")));
            }
        }
        let Some(module) = source.module() else { continue };
        let Some(may) = table.get(module) else {
            wrong.push(format!("{path}: the module {module} is not in the import table"));
            continue;
        };
        for import in source.imports() {
            let ours = table.contains_key(import.as_str());
            if ours && import != module && !may.contains(&import.as_str()) {
                wrong.push(format!("{path} imports {import}, which {module} may not"));
            }
        }
        if PURE.contains(&module) {
            for impure in IMPURE {
                let excused = EXCUSED.contains(&(path.as_str(), impure));
                if source.code.contains(impure) && !excused {
                    wrong.push(format!("{path} uses {impure}; {module} is pure"));
                }
            }
        }
        for (what, homes) in [
            ("SystemTime::now", CLOCK),
            ("Timestamp::now", CLOCK),
            ("Zoned::now", CLOCK),
            ("Instant::now", CLOCK),
            ("env::var", ENVIRONMENT),
        ] {
            if source.code.contains(what) && !homes.iter().any(|home| path.starts_with(home)) {
                wrong.push(format!("{path} reads {what}; only {} may", homes.join(", ")));
            }
        }
    }
    wrong
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
                found.push(path);
            }
        }
    }
    let src = root().join("src");
    let mut paths = Vec::new();
    walk(&src, &mut paths);
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let name = path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
            Source::new(&name, &fs::read_to_string(path).unwrap())
        })
        .collect()
}

#[test]
fn nothing_imports_what_it_may_not() {
    let wrong = violations(&sources());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_planted_import_is_found_however_it_is_written() {
    for (path, code, expected) in [
        ("rules/icp/icp001.rs", "use crate::probe::Probe;", "imports probe"),
        ("rules/icp/icp001.rs", "use crate::{page::Page, spool::Spool};", "imports spool"),
        ("rules/icp/icp001.rs", "fn f() { crate::pipeline::run() }", "imports pipeline"),
        ("rules/icp/icp001.rs", "use super::super::super::probe::Probe;", "imports probe"),
        ("audit.rs", "use super::notice::Notice;", "imports notice"),
        ("page/read.rs", "use reqwest::Client;", "names reqwest"),
        ("notice/draft.rs", "use tokio::fs;", "names tokio"),
        ("record/find.rs", "fn f() { std::fs::read(p); }", "uses std::fs"),
        ("filing/date.rs", "fn f() { jiff::Zoned::now() }", "uses Zoned::now"),
        ("spool/mod.rs", "fn f() { std::env::var(n) }", "reads env::var"),
        ("newcomer/mod.rs", "", "not in the import table"),
    ] {
        let found = violations(&[Source::new(path, code)]);
        assert!(
            found.iter().any(|line| line.contains(expected)),
            "{path} with {code:?} gave {found:?}"
        );
    }
    let fine = Source::new("rules/icp/icp001.rs", "use crate::{page::Page, record::{Form, fold}};");
    assert!(violations(&[fine]).is_empty());
}

#[test]
fn the_documented_import_table_is_the_one_that_is_held() {
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let rows: BTreeMap<&str, &str> = page
        .lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let module = cells.get(1)?.strip_prefix('`')?.strip_suffix('`')?;
            Some((module, *cells.get(3)?))
        })
        .collect();
    for (module, may) in MAY_IMPORT {
        let said = rows.get(module).unwrap_or_else(|| panic!("{module} is not documented"));
        // Nobody imports these two, and they may import whatever they put together.
        if !["demo", "cli"].contains(module) {
            let held = if may.is_empty() { "–".to_owned() } else { may.join(", ") };
            assert_eq!(*said, held, "{module}");
        }
    }
}

#[test]
fn every_module_of_the_map_is_in_the_table_and_the_other_way_round() {
    let map = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let modules: Vec<&str> =
        map.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let mut table: Vec<&str> = MAY_IMPORT.iter().map(|(module, _)| *module).collect();
    table.sort_unstable();
    assert_eq!(modules, table);
}

#[test]
fn the_top_level_holds_what_the_design_says() {
    for name in [
        "Cargo.toml",
        "src",
        "fixtures",
        "config",
        "tests",
        "README.md",
        "benches",
        "docs",
        ".ci/run",
        "CHANGELOG.md",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "NOTICE",
    ] {
        assert!(root().join(name).exists(), "{name} is missing");
    }
}

#[test]
fn one_tls_provider_serves_the_whole_program() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    for unwanted in ["aws-lc-rs", "aws-lc-sys", "openssl", "native-tls", "zhconv"] {
        let entry = format!("name = \"{unwanted}\"\n");
        assert!(!lock.contains(&entry), "{unwanted} has come into the tree");
    }
    assert!(lock.contains("name = \"ring\"\n"));
}
