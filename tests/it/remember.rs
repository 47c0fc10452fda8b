//! The command line remembers: audits over lists and over what the store knows. Sites do not
//! answer here; what the filing alone shows is found all the same.

use std::fs;
use std::net::UdpSocket;
use std::path::Path;
use std::process::{Command, Output};

struct Desk {
    folder: tempfile::TempDir,
    silent: UdpSocket,
}

impl Desk {
    fn new() -> Desk {
        let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
        Desk { folder: tempfile::tempdir().unwrap(), silent }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn list(&self, name: &str, rows: &str) -> String {
        let path = self.path(name);
        fs::write(&path, format!("域名,备案号,主办单位名称,接入商\n{rows}")).unwrap();
        path
    }

    fn beian(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_beian"))
            .args(arguments)
            .args(["--store", &self.path("beian.db"), "--lang", "en"])
            .env("BEIAN_PACE__SECOND_LOOK_AFTER", "1")
            .output()
            .unwrap()
    }

    /// Audits, and gives what has changed: new, still, mended, reopened; and how many filings.
    fn audit(&self, arguments: &[&str], at: &str) -> ([u64; 4], u64) {
        let (output, resolver) = (self.path("out"), self.silent.local_addr().unwrap().to_string());
        let mut all = vec!["audit"];
        all.extend(arguments);
        all.extend(["-o", &output, "--restart", "--at", at, "--resolver", &resolver]);
        all.extend(["--timeout", "1", "--deadline", "1", "--render", "never", "--only", "FIL001"]);
        let done = self.beian(&all);
        let code = done.status.code();
        assert!(matches!(code, Some(1 | 3)), "{code:?} {}", String::from_utf8_lossy(&done.stderr));
        let read = |name: &str| fs::read(Path::new(&output).join(name)).unwrap();
        let summary: serde_json::Value = serde_json::from_slice(&read("summary.json")).unwrap();
        let count = |name: &str| summary["since"][name].as_u64().unwrap();
        (["new", "still", "mended", "reopened"].map(count), summary["audited"].as_u64().unwrap())
    }

    fn notices(&self) -> String {
        fs::read_to_string(Path::new(&self.path("out")).join("notices.csv")).unwrap()
    }
}

const BAD: &str = "a.example,京ICP备X号,甲公司,甲云\n";
const GOOD: &str = "a.example,京ICP备2099000001号-1,甲公司,甲云\n";
const OTHER: &str = "b.example,京ICP备2099000002号-1,乙公司,乙云\n";

#[test]
fn runs_over_lists_and_over_the_store_move_the_same_findings() {
    let desk = Desk::new();
    let all = desk.list("all.csv", &format!("{BAD}{OTHER}"));
    assert_eq!(desk.audit(&[&all], "2026-11-02T02:00:00Z"), ([1, 0, 0, 0], 2));
    assert!(desk.notices().contains("drafted"), "{}", desk.notices());
    // Only what is open; and what the last look could not decide, which is both.
    assert_eq!(desk.audit(&["--only-open"], "2026-11-03T02:00:00Z"), ([0, 1, 0, 0], 1));
    assert_eq!(desk.audit(&["--failed"], "2026-11-04T02:00:00Z"), ([0, 1, 0, 0], 2));
    assert_eq!(desk.audit(&["--filed", "乙云"], "2026-11-05T02:00:00Z"), ([0; 4], 1));
    assert!(desk.notices().lines().count() == 1);
    // The list is mended. With a number that can be read the subject is told by it: the filing
    // without one is gone, and what was found of it is closed.
    let mended = desk.list("mended.csv", &format!("{GOOD}{OTHER}"));
    let imported = desk.beian(&["import", &mended, "--whole", "--format", "json"]);
    let said: serde_json::Value = serde_json::from_slice(&imported.stdout).unwrap();
    assert_eq!((&said["stored"]["added"], &said["stored"]["gone"]), (&1.into(), &1.into()));
    let open = desk.beian(&["notices", "list"]);
    assert!(String::from_utf8_lossy(&open.stdout).contains("0 in all"));
    let ([new, _, _, _], audited) = desk.audit(&["--changed"], "2027-11-06T02:00:00Z");
    assert_eq!((new, audited), (0, 1));
    // A year later only the last two runs can be compared.
    assert!(desk.beian(&["runs", "diff"]).status.success());
    let refused = desk.beian(&["runs", "diff", "R20261102"]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.status.code() == Some(2) && said.contains("keep_run_days"), "{said}");
}

#[test]
fn what_cannot_be_remembered_is_told_before_anything_is_audited() {
    let desk = Desk::new();
    let output = Command::new(env!("CARGO_BIN_EXE_beian"))
        .args(["audit", "--only-open", "--lang", "en"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && said.contains("--store"), "{said}");
    let missing = desk.beian(&["audit", "--failed"]);
    let said = String::from_utf8_lossy(&missing.stderr);
    assert!(missing.status.code() == Some(2) && said.contains("there is no store"), "{said}");
    let list = desk.list("all.csv", OTHER);
    for arguments in [["import", &list, "--whole", "--limit", "1"].as_slice(), &["import", &list]] {
        let code = desk.beian(arguments).status.code();
        assert_eq!(code, Some(if arguments.len() > 2 { 2 } else { 0 }), "{arguments:?}");
    }
    let url = "postgres://desk:secret@127.0.0.1:1/none";
    let output = Command::new(env!("CARGO_BIN_EXE_beian"))
        .args(["db", "check", "--store", url])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("BEIAN_STORE__PLACE") && !said.contains("secret"), "{said}");
}

#[test]
fn a_check_compares_with_the_filing_of_the_store_and_remembers_nothing() {
    let desk = Desk::new();
    let all = desk.list("all.csv", &format!("{BAD}{OTHER}"));
    assert!(desk.beian(&["import", &all]).status.success());
    let resolver = desk.silent.local_addr().unwrap().to_string();
    let mut asked = vec!["check", "a.example", "www.b.example", "c.example", "--resolver"];
    asked.extend([resolver.as_str(), "--timeout", "1", "--deadline", "1", "--render", "never"]);
    asked.extend(["--only", "FIL001"]);
    let done = desk.beian(&asked);
    let said = String::from_utf8_lossy(&done.stdout);
    let lines: Vec<&str> = said.lines().map(str::trim).collect();
    let after = |name: &str| lines.iter().skip_while(move |line| **line != name).nth(1).unwrap();
    assert!(after("a.example").contains("京ICP备X号"), "{said}");
    assert!(after("b.example").contains("京ICP备2099000002号-1"), "{said}");
    assert!(after("c.example").contains("no filing of this domain"), "{said}");
    assert!(said.contains("✗ FIL001"), "{said}");
    // What is filed no more is nothing to compare with.
    assert!(desk.beian(&["import", &desk.list("less.csv", OTHER), "--whole"]).status.success());
    let done = desk.beian(&asked);
    let said = String::from_utf8_lossy(&done.stdout);
    assert_eq!(said.matches("no filing of this domain").count(), 2, "{said}");
    // A store that the settings name and that is not there yet is none; one that is asked for is
    // an error.
    let none = desk.path("none.db");
    let check = |place: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_beian"));
        command.args(&asked).args(place).env("BEIAN_STORE__PLACE", &none).output().unwrap()
    };
    assert_ne!(check(&[]).status.code(), Some(2));
    assert_eq!(check(&["--store", &none]).status.code(), Some(2));
    assert!(!Path::new(&none).exists());
    let runs = desk.beian(&["runs", "list", "--format", "json"]);
    assert_eq!(String::from_utf8_lossy(&runs.stdout).trim(), "[]");
}
