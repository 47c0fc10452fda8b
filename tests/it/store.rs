//! The store: one suite against SQLite and PostgreSQL, each real.

mod care;
mod lives;
mod outbox;

use beian::filing::{Domain, Filing};
use beian::notice::{Entry, Finding, Notice};
use beian::policy::{Level, Policy, Workdays};
use beian::rules::Text;
use beian::store::{RunHead, Store};
use jiff::Timestamp;
use jiff::civil::Date;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A place for a store, and what it lives on.
pub struct Place {
    pub url: String,
    _folder: tempfile::TempDir,
    _server: Option<Postgres>,
}

impl Place {
    pub async fn open(&self) -> Store {
        Store::open(&self.url, true, at("2026-11-23T01:00:00Z")).await.unwrap()
    }
}

/// An empty store's place on each database: SQLite's, and PostgreSQL's where it is installed.
pub fn places() -> Vec<Place> {
    let mut places = vec![file()];
    if let Some((server, folder)) = Postgres::start() {
        places.push(Place { url: server.url.clone(), _folder: folder, _server: Some(server) });
    }
    places
}

/// An empty store's place in a file.
pub fn file() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let url = folder.path().join("beian.db").display().to_string();
    Place { url, _folder: folder, _server: None }
}

/// A server of our own, ended with us.
struct Postgres {
    url: String,
    child: Child,
}

impl Postgres {
    fn start() -> Option<(Postgres, tempfile::TempDir)> {
        let Some(bin) = programs() else {
            crate::say_skipped_without("PostgreSQL");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        // The superuser may not run the server; the package makes a user who may.
        let root = fs::metadata("/proc/self").is_ok_and(|own| {
            use std::os::unix::fs::MetadataExt;
            own.uid() == 0
        });
        let run = |program: &str| match root {
            true => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
                command.arg(bin.join(program));
                command
            }
            false => Command::new(bin.join(program)),
        };
        if root {
            let owned = Command::new("chown").arg("postgres").arg(folder.path()).status().unwrap();
            assert!(owned.success());
        }
        let made = run("initdb")
            .args(["-A", "trust", "-U", "beian", "-E", "UTF8", "--locale=C.UTF-8", "-N", "-D"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = run("postgres")
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Postgres { url: format!("postgres://beian@127.0.0.1:{port}/postgres"), child };
        let began = Instant::now();
        let ready = || {
            let mut asked = Command::new(bin.join("pg_isready"));
            let asked = asked.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]);
            asked.status().is_ok_and(|status| status.success())
        };
        while !ready() {
            assert!(began.elapsed() < Duration::from_secs(60), "PostgreSQL does not come up");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some((server, folder))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn programs() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let mut found: Vec<PathBuf> = std::env::split_paths(&folders).collect();
    if let Ok(versions) = fs::read_dir("/usr/lib/postgresql") {
        found.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    let has = |folder: &Path, name: &str| folder.join(name).is_file();
    found.into_iter().find(|f| has(f, "initdb") && has(f, "postgres") && has(f, "pg_isready"))
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn workdays() -> Workdays {
    Policy::embedded().unwrap().workdays
}

/// A filing of a subject.
pub fn filing(line: u64, domain: &str, subject: &str) -> Filing {
    let mut filing = Filing::of_domain(line, Domain::parse(domain).unwrap());
    filing.subject_name = Some(subject.to_owned());
    filing.providers = Some(vec!["甲云".to_owned()]);
    filing
}

/// What a run says of a filing: findings of these codes and levels, and what passed.
pub fn entry(filing: Filing, found: &[(&str, Level)], passed: &[&'static str]) -> Entry {
    let day = day("2026-01-01");
    let finding = |(code, level): &(&str, Level)| Finding {
        code: (*code).to_owned().into(),
        level: *level,
        problem: Text::new(format!("{code} 有问题"), format!("{code} is wrong")),
        cause: Text::default(),
        remedy: Text::new("请改正", "mend it"),
        expected: Text::same("A"),
        found: Text::same("B"),
        hosts: vec![filing.domain.ascii().to_owned()],
        url: format!("https://{}/", filing.domain.ascii()),
        first_seen: day,
        last_seen: day,
        days: 7,
        deadline: day,
        status: None,
    };
    let findings: Vec<Finding> = found.iter().map(finding).collect();
    let verdicts: Vec<String> = found.iter().map(|(code, _)| format!("{code}=fail")).collect();
    Entry {
        notice: (!findings.is_empty()).then(|| Notice { id: String::new(), findings }),
        passed: passed.to_vec(),
        verdicts: verdicts.join(" "),
        undecided: false,
        evidence: false,
        filing,
    }
}

/// A run of this day; entered whole.
pub async fn run(store: &Store, day_text: &str, entries: &mut [Entry]) -> RunHead {
    let head = begin(store, day_text, entries.len() as u64).await;
    store.enter(&head, entries, &workdays()).await.unwrap();
    store.end_run(&head, head.at, "{}").await.unwrap();
    head
}

pub async fn begin(store: &Store, day_text: &str, rows: u64) -> RunHead {
    let mut head = RunHead {
        id: format!("R{}", day_text.replace('-', "")),
        at: at(&format!("{day_text}T02:00:00Z")),
        day: day(day_text),
        folder: "/out".to_owned(),
        whole: false,
    };
    store.begin_run(&mut head, rows).await.unwrap();
    head
}
