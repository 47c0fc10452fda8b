//! The timetable, done by real processes on one store.

use crate::store::at;
use beian::store::{Store, Turn};
use std::fs;
use std::net::UdpSocket;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

fn beian(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beian"));
    command
        .current_dir(folder)
        .args(["schedule", "--store", "beian.db", "--lang", "en"])
        .args(arguments)
        .env("BEIAN_SCHEDULE__FILE", "schedule.toml")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn end(child: Child) -> Output {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    child.wait_with_output().unwrap()
}

#[tokio::test]
async fn what_was_missed_is_made_up_for_by_one_of_two_schedules() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("beian.db").display().to_string();
    let timetable = "[[job]]\nname = \"count\"\ncron = \"0 3 * * *\"\n\
                     run = [[\"report\", \"--jsonl\", \"made.jsonl\"]]\n";
    fs::write(folder.path().join("schedule.toml"), timetable).unwrap();
    let store = Store::open(&place, true, at("2026-11-01T00:00:00Z")).await.unwrap();
    // Begun days ago, and not since: the machine was off.
    let long_ago = at("2026-11-02T19:00:00Z");
    let turn = store.take_turn("count", long_ago, "one", long_ago, long_ago).await.unwrap();
    assert_eq!(turn, Turn::Mine);
    store.end_turn("count", "one", long_ago, "0").await.unwrap();
    let both = [0, 1].map(|_| beian(folder.path(), &[]).spawn().unwrap());
    let made = folder.path().join("made.jsonl");
    let ended = async || {
        let jobs = store.jobs().await.unwrap();
        made.exists() && jobs[0].outcome == "0" && jobs[0].slot.as_str() > "2026-11-03"
    };
    for _ in 0..600 {
        if ended().await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(ended().await, "{:?}", store.jobs().await.unwrap());
    tokio::time::sleep(Duration::from_secs(1)).await;
    let outputs = both.map(end);
    let begun: usize = outputs.iter().map(|output| said(output).matches("begins").count()).sum();
    assert_eq!(begun, 1, "{} {}", said(&outputs[0]), said(&outputs[1]));
    assert!(outputs.iter().all(|output| output.status.code() == Some(130)));
}

#[test]
fn a_job_that_takes_too_long_is_ended_and_the_next_command_is_not_begun() {
    let folder = tempfile::tempdir().unwrap();
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let resolver = silent.local_addr().unwrap().to_string();
    fs::write(folder.path().join("list.txt"), "site.example\n").unwrap();
    let timetable = format!(
        "[[job]]\nname = \"slow\"\ncron = \"0 3 * * *\"\nlimit = 2\n\
         run = [[\"audit\", \"list.txt\", \"--resolver\", \"{resolver}\", \"-o\", \"out\"], \
         [\"report\", \"--jsonl\", \"made.jsonl\"]]\n"
    );
    fs::write(folder.path().join("schedule.toml"), timetable).unwrap();
    let output = beian(folder.path(), &["--now", "slow"]).output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", said(&output));
    assert!(said(&output).contains("longer than its limit"), "{}", said(&output));
    assert!(!folder.path().join("made.jsonl").exists());
    assert!(folder.path().join("out/spool").exists(), "what was done can be gone on with");
    let listed = beian(folder.path(), &["--list"]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.contains("slow") && listed.contains("130"), "{listed}");
}

#[test]
fn findings_do_not_keep_the_next_command_from_running() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("list.csv"), "域名\nsite.example\nno domain!\n").unwrap();
    let timetable = "[[job]]\nname = \"two\"\ncron = \"0 3 * * *\"\n\
         run = [[\"import\", \"list.csv\"], [\"report\", \"--jsonl\", \"made.jsonl\"]]\n\
         [[job]]\nname = \"bad\"\ncron = \"0 3 * * *\"\n\
         run = [[\"import\", \"nowhere.csv\"], [\"report\", \"--jsonl\", \"bad.jsonl\"]]\n";
    fs::write(folder.path().join("schedule.toml"), timetable).unwrap();
    let output = beian(folder.path(), &["--now", "two"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "a row was rejected: {}", said(&output));
    assert!(said(&output).contains("ended with 3 0"), "{}", said(&output));
    assert!(folder.path().join("made.jsonl").exists());
    let output = beian(folder.path(), &["--now", "bad"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(!folder.path().join("bad.jsonl").exists());
    let output = beian(folder.path(), &["--now", "none"]).output().unwrap();
    assert!(said(&output).contains("no job \"none\""), "{}", said(&output));
}
