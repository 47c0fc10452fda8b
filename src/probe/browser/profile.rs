//! The folder of a browser: its own, removed when it ends, or by the next run where this one
//! cannot: it was killed, or the machine went down.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant, SystemTime},
};

const PREFIX: &str = "beian-browser-";
/// Held for as long as the browser's owner lives.
const LOCK: &str = "beian.lock";
/// How long a folder is tried again that is still written into.
const PATIENCE: Duration = Duration::from_secs(10);
/// The same, where somebody waits for the program to end.
const HASTE: Duration = Duration::from_secs(2);
/// A folder without a lock may be one that is just being made.
const YOUNG: Duration = Duration::from_secs(60);

/// The folders that there are, with the leader of the processes that write into them.
static OPEN: Mutex<BTreeMap<PathBuf, Owner>> = Mutex::new(BTreeMap::new());

#[derive(Clone, Copy, Debug, Default)]
struct Owner {
    leader: Option<u32>,
    /// Its browser was given up; it is being removed.
    leaving: bool,
}

/// A folder, locked.
#[derive(Debug)]
pub(super) struct Profile {
    path: PathBuf,
    /// Held, not used.
    _lock: File,
}

impl Profile {
    pub(super) fn create() -> io::Result<Profile> {
        let path = tempfile::Builder::new().prefix(PREFIX).tempdir()?.keep();
        open().insert(path.clone(), Owner::default());
        let lock = File::create(path.join(LOCK))?;
        lock.try_lock()?;
        Ok(Profile { path, _lock: lock })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Says which process leads those that write into it.
    pub(super) fn belongs_to(&self, leader: Option<u32>) {
        open().insert(self.path.clone(), Owner { leader, leaving: false });
    }

    /// Removes it as soon as nobody writes into it any more. Takes its time.
    pub(super) fn remove(self) {
        remove(&self.path, PATIENCE);
    }

    /// Ends those who write into it and removes it, in a thread of its own.
    pub(super) fn abandon(self) {
        let owner = open().get(&self.path).copied().unwrap_or_default();
        open().insert(self.path.clone(), Owner { leaving: true, ..owner });
        thread::spawn(move || {
            end_group(owner.leader);
            self.remove();
        });
    }
}

/// Whether folders of given up browsers are still being removed.
pub(super) fn are_leaving() -> bool {
    open().values().any(|owner| owner.leaving)
}

/// Ends all browsers and removes their folders, for a program that ends at once.
pub(in crate::probe) fn end_all() {
    let all: Vec<_> = open().iter().map(|(path, owner)| (path.clone(), owner.leader)).collect();
    end(&all);
}

fn end(all: &[(PathBuf, Option<u32>)]) {
    for (_, leader) in all {
        end_group(*leader);
    }
    for (path, _) in all {
        remove(path, HASTE);
    }
}

/// Ends a process and all that it has started.
pub(super) fn end_group(leader: Option<u32>) {
    let Some(leader) = leader else { return };
    let mut kill = Command::new("/bin/sh");
    kill.args(["-c", "kill -s KILL -- \"-$0\""]).arg(leader.to_string());
    kill.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Err(error) = kill.status() {
        tracing::warn!(%error, "the helpers of a browser could not be ended");
    }
}

fn remove(path: &Path, patience: Duration) {
    let start = Instant::now();
    loop {
        let removed = fs::remove_dir_all(path);
        if !path.exists() {
            break;
        }
        if start.elapsed() >= patience {
            let path = path.display();
            tracing::warn!(%path, ?removed, "a browser's profile is left behind for the next run");
            break;
        }
        thread::sleep(Duration::from_millis(20));
    }
    open().remove(path);
}

/// Removes what runs have left behind that were killed: folders of ours, beside this one, that
/// nobody holds.
pub(super) fn sweep(own: &Path) {
    if let Some(folder) = own.parent() {
        sweep_in(folder, own);
    }
}

fn sweep_in(folder: &Path, own: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let is_named = entry.file_name().to_string_lossy().starts_with(PREFIX);
        if is_named && path != own && is_left(&path, own) && fs::remove_dir_all(&path).is_ok() {
            tracing::info!(path = %path.display(), "a browser's profile of an earlier run is removed");
        }
    }
}

/// Whether this is a folder of this user's that nobody holds.
fn is_left(path: &Path, own: &Path) -> bool {
    let (Ok(found), Ok(own)) = (fs::symlink_metadata(path), fs::symlink_metadata(own)) else {
        return false;
    };
    let age = found.modified().ok().and_then(|at| SystemTime::now().duration_since(at).ok());
    if !found.is_dir() || !is_same_user(&found, &own) || age.is_none_or(|age| age < YOUNG) {
        return false;
    }
    match File::open(path.join(LOCK)) {
        Ok(lock) => lock.try_lock().is_ok(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

#[cfg(unix)]
fn is_same_user(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    one.uid() == other.uid()
}

#[cfg(not(unix))]
fn is_same_user(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    false
}

fn open() -> MutexGuard<'static, BTreeMap<PathBuf, Owner>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::process::CommandExt;

    #[test]
    fn what_a_killed_run_has_left_is_removed_and_what_runs_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str, age: Duration| {
            let path = folder.path().join(name);
            fs::create_dir(&path).unwrap();
            let lock = File::create(path.join(LOCK)).unwrap();
            let made = SystemTime::now() - age;
            File::open(&path).unwrap().set_modified(made).unwrap();
            (path, lock)
        };
        let old = Duration::from_secs(3_600);
        let (own, _own) = make("beian-browser-own", old);
        let (left, _) = make("beian-browser-left", old);
        let (held, lock) = make("beian-browser-held", old);
        lock.try_lock().unwrap();
        let (young, _young) = make("beian-browser-young", Duration::ZERO);
        let (other, _other) = make("another", old);
        sweep(&own);
        assert!(!left.exists());
        assert!([own, held, young, other].iter().all(|path| path.exists()));
    }

    #[test]
    fn a_browser_that_is_given_up_takes_its_helpers_with_it() {
        let profile = Profile::create().unwrap();
        let path = profile.path().to_owned();
        // A helper that writes on when its leader is gone.
        let mut leader = Command::new("/bin/sh");
        leader.arg("-c").arg("(while :; do mkdir -p \"$0/x\"; done) & wait").arg(&path);
        let mut leader = leader.process_group(0).spawn().unwrap();
        profile.belongs_to(Some(leader.id()));
        while !path.join("x").exists() {
            thread::sleep(Duration::from_millis(5));
        }
        end(&[(path.clone(), Some(leader.id()))]);
        leader.wait().unwrap();
        thread::sleep(Duration::from_millis(100));
        assert!(!path.exists());
        assert!(!open().contains_key(&path));
    }
}
