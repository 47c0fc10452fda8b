//! The integration tests: one binary, real sockets, the embedded demo world.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::print_stderr,
    unreachable_pub,
    reason = "a test that cannot go on has failed"
)]

mod architecture;
mod cli;
mod content;
mod corpus;
mod deliver;
mod docs;
mod filings;
mod hostile;
mod kill;
mod page;
#[cfg_attr(not(feature = "browser"), expect(dead_code, reason = "there is less to look at"))]
mod png;
mod probe;
mod remember;
mod reports;
mod rules;
mod run;
mod schedule;
mod served;
mod store;
mod world;

/// Says loudly that a test is skipped for want of something, past the harness that keeps a
/// passing test's output to itself.
fn say_skipped(why: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "\nSKIPPED: {why}\n");
}

/// The same for want of a program, which CI (`BEIAN_NO_SKIP`) has to have installed.
fn say_skipped_without(program: &str) {
    assert!(std::env::var_os("BEIAN_NO_SKIP").is_none(), "{program} has to be here");
    say_skipped(program);
}

/// The browser of this machine, or the one that `BEIAN_TEST_BROWSER` names; `None`, and a loud
/// word, where it has none.
fn chromium() -> Option<std::path::PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let named = std::env::var("BEIAN_TEST_BROWSER").ok();
    let names: Vec<&str> = match &named {
        Some(name) => vec![name],
        None => beian::cli::BROWSERS.to_vec(),
    };
    let found = std::env::split_paths(&folders)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)).collect::<Vec<_>>())
        .find(|program| program.is_file());
    if found.is_none() {
        say_skipped_without("chromium");
    }
    found
}
