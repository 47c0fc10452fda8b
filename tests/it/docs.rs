//! Generated text is as the program makes it; `BEIAN_BLESS=1 cargo test` writes it anew.

use std::{fs, path::PathBuf, process::Command};

const COMMANDS: &[&str] = &[
    "",
    "audit",
    "check",
    "judge",
    "page",
    "import",
    "notices",
    "notices list",
    "notices extend",
    "notices waive",
    "report",
    "deliver",
    "deliver list",
    "runs",
    "runs diff",
    "schedule",
    "db",
    "db prune",
    "rules",
    "explain",
    "config",
    "demo",
    "completions",
];

#[test]
fn the_reference_of_the_command_line_is_current() {
    let mut text = String::from(
        "# The command line\n\nWhat `beian help` prints. Written by a test; do not edit by hand.\n",
    );
    for command in COMMANDS {
        let output = Command::new(env!("CARGO_BIN_EXE_beian"))
            .args(command.split_whitespace())
            .arg("--help")
            .env("COLUMNS", "100")
            .output()
            .unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        let name = format!("beian {command}");
        text.push_str(&format!("\n## {}\n\n```text\n{}\n```\n", name.trim(), help.trim_end()));
    }
    // A line of help must not depend on trailing space.
    let text: Vec<&str> = text.lines().map(str::trim_end).collect();
    held("docs/cli.md", &(text.join("\n") + "\n"));
}

fn held(file: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os("BEIAN_BLESS").is_some() {
        fs::write(&path, text).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "{file} is not current; BEIAN_BLESS=1 cargo test writes it anew");
}
