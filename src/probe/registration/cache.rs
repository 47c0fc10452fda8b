//! Answers that are known already: of this run, and of runs before it.

use crate::evidence::Registration;
use jiff::{SignedDuration, Timestamp, ToSpan, tz::Offset};
use serde::{Deserialize, Serialize};
use std::{
    collections::{HashMap, VecDeque},
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::OnceCell;

/// Domains of a run that are remembered; older ones are asked for again. A list that names a
/// domain twice names it soon.
const MAX_KNOWN: usize = 50_000;

/// The longest kept answer that is read.
const MAX_FILE: u64 = 64 * 1024;

/// Days before its expiry from which an answer is not kept: it may be renewed any day.
const CLOSE: i32 = 45;

/// The answers of this run. Who comes second for a domain waits for who came first.
#[derive(Default)]
pub(super) struct Known(Mutex<Table>);

#[derive(Default)]
struct Table {
    cells: HashMap<String, Cell>,
    order: VecDeque<String>,
}

type Cell = Arc<OnceCell<Registration>>;

impl Known {
    pub(super) fn cell(&self, domain: &str) -> Cell {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cell) = table.cells.get(domain) {
            return Arc::clone(cell);
        }
        while table.order.len() >= MAX_KNOWN {
            let oldest = table.order.pop_front().unwrap_or_default();
            table.cells.remove(&oldest);
        }
        let cell = Cell::default();
        table.cells.insert(domain.to_owned(), Arc::clone(&cell));
        table.order.push_back(domain.to_owned());
        cell
    }
}

/// A folder of answers, a file a domain. They hold names of registrants: only their owner may
/// read them.
pub(super) struct Kept {
    folder: PathBuf,
    age: SignedDuration,
}

#[derive(Serialize, Deserialize)]
struct File {
    asked_at: Timestamp,
    registration: Registration,
}

impl Kept {
    pub(super) fn new(folder: PathBuf, days: u16) -> Kept {
        Kept { folder, age: SignedDuration::from_hours(24 * i64::from(days)) }
    }

    /// The answer of an earlier run where it is young enough.
    pub(super) fn get(&self, domain: &str, now: Timestamp) -> Option<Registration> {
        let path = self.path(domain)?;
        if fs::metadata(&path).ok()?.len() > MAX_FILE {
            return None;
        }
        let file: File = serde_json::from_slice(&fs::read(&path).ok()?).ok()?;
        let age = now.duration_since(file.asked_at);
        let is_young = age <= self.age && age >= SignedDuration::ZERO;
        let is_its_own = file.registration.domain == domain && is_quiet(&file.registration, now);
        (is_young && is_its_own).then_some(file.registration)
    }

    /// Keeps an answer from which no finding follows that may be mended tomorrow. That a file
    /// cannot be written costs a question the next time and nothing else.
    pub(super) fn put(&self, registration: &Registration, now: Timestamp) {
        let Some(path) = self.path(&registration.domain) else { return };
        if !is_quiet(registration, now) {
            let _ = fs::remove_file(&path);
            return;
        }
        let file = File { asked_at: now, registration: registration.clone() };
        if let Err(error) = write(&path, &file) {
            tracing::warn!(path = %path.display(), %error, "an answer cannot be kept");
        }
    }

    /// Two letters of a digest spread the files over folders.
    fn path(&self, domain: &str) -> Option<PathBuf> {
        let is_name = !domain.starts_with('.')
            && domain.len() <= 253
            && domain.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c));
        let spread = domain.bytes().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
        is_name.then(|| self.folder.join(format!("{spread:02x}")).join(format!("{domain}.json")))
    }
}

/// Whether nothing in an answer is likely to be another thing soon: what may draw a finding
/// is asked for anew.
fn is_quiet(registration: &Registration, now: Timestamp) -> bool {
    const LOUD: &[&str] = &[
        "autoRenewPeriod",
        "clientHold",
        "pendingDelete",
        "pendingRestore",
        "pendingTransfer",
        "redemptionPeriod",
        "serverHold",
    ];
    let today = Offset::constant(8).to_datetime(now).date();
    let is_far =
        registration.expires_on.is_some_and(|day| day > today.saturating_add(CLOSE.days()));
    registration.failure.is_none()
        && is_far
        && !registration.status.iter().any(|status| LOUD.contains(&status.as_str()))
}

/// Whole or not at all.
fn write(path: &Path, file: &File) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::NotFound)?;
    fs::create_dir_all(folder)?;
    // A fresh file of this kind is readable by its owner only.
    let mut part = tempfile::NamedTempFile::new_in(folder)?;
    part.write_all(&serde_json::to_vec(file).map_err(io::Error::from)?)?;
    part.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn at(days: i64) -> Timestamp {
        "2026-11-22T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24 * days)
    }

    fn registration() -> Registration {
        Registration {
            domain: "site.example".to_owned(),
            source: "whois.example".to_owned(),
            expires_on: Some(date(2028, 3, 17)),
            ..Registration::default()
        }
    }

    #[test]
    fn an_answer_is_kept_for_its_days_and_readable_by_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::new(folder.path().to_owned(), 7);
        kept.put(&registration(), at(0));
        assert_eq!(kept.get("site.example", at(7)), Some(registration()));
        assert_eq!(kept.get("site.example", at(8)), None);
        assert_eq!(kept.get("site.example", at(-1)), None);
        assert_eq!(kept.get("other.example", at(0)), None);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let path = kept.path("site.example").unwrap();
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o077, 0);
        }
    }

    #[test]
    fn what_may_draw_a_finding_is_asked_for_anew() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::new(folder.path().to_owned(), 7);
        let soon = Registration { expires_on: Some(date(2026, 12, 24)), ..registration() };
        let held = Registration { status: vec!["clientHold".to_owned()], ..registration() };
        let failed = Registration {
            failure: Some(crate::evidence::RegistrationFailure::Limited),
            ..registration()
        };
        for loud in [soon, held, failed] {
            kept.put(&registration(), at(0));
            kept.put(&loud, at(0));
            assert_eq!(kept.get("site.example", at(0)), None, "{loud:?}");
        }
    }

    #[test]
    fn a_spoiled_file_or_a_name_that_is_no_name_is_no_answer() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::new(folder.path().to_owned(), 7);
        kept.put(&registration(), at(0));
        fs::write(kept.path("site.example").unwrap(), b"{").unwrap();
        assert_eq!(kept.get("site.example", at(0)), None);
        for name in ["../site.example", "a/b", ".hidden", &"a".repeat(300)] {
            assert_eq!(kept.path(name), None, "{name}");
        }
    }

    #[test]
    fn a_run_remembers_no_more_than_it_may() {
        let known = Known::default();
        for i in 0..MAX_KNOWN + 10 {
            known.cell(&format!("{i}.example"));
        }
        assert_eq!(known.0.lock().unwrap().cells.len(), MAX_KNOWN);
    }
}
