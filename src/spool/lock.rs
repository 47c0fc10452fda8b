//! The spool's folder: one process at a time, and whether a run in it has ended.

use super::recovery::read_header;
use super::{Header, Keep, Spool, SpoolError};
use serde::de::DeserializeOwned;
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The spool's folder, held by this process until dropped.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// The system lets go of the lock when the process ends, however it ends.
    _lock: File,
}

/// What stands in the folder.
#[derive(Debug, PartialEq, Eq)]
pub enum State {
    /// No run.
    Empty,
    /// A run that has not ended.
    Unfinished,
    /// A run that has.
    Finished,
}

impl Folder {
    /// Takes `spool/` of an output folder, making both where they are not there.
    pub fn take(output: &Path) -> Result<Folder, SpoolError> {
        let path = output.join("spool");
        fs::create_dir_all(&path).map_err(SpoolError::at(&path))?;
        let file = path.join("lock");
        let lock = private(&file, OpenOptions::new().write(true).create(true))?;
        match lock.try_lock() {
            Ok(()) => Ok(Folder { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(SpoolError::InUse(output.to_owned())),
            Err(TryLockError::Error(error)) => Err(SpoolError::Io(file, error)),
        }
    }

    /// What stands in the folder.
    pub fn state(&self) -> State {
        let has_bytes = |file| fs::metadata(self.file(file)).is_ok_and(|meta| meta.len() > 0);
        if has_bytes("finished.json") {
            State::Finished
        } else if has_bytes("journal") {
            State::Unfinished
        } else {
            State::Empty
        }
    }

    /// Discards what stands in the folder and begins a journal.
    pub fn begin(self, header: Header) -> Result<Spool, SpoolError> {
        // A kill in between must not make a finished run look like an unfinished one.
        for file in ["journal", "exchanges.warc.gz", "finished.json"] {
            remove(&self.file(file))?;
        }
        Spool::begin(self, header)
    }

    /// Reads the journal of an unfinished run, drops its torn tail, and goes on with it.
    pub fn recover(self) -> Result<Spool, SpoolError> {
        Spool::recover(self, false)
    }

    /// Reads the journal of a finished run, which must be whole; `None` where none was kept.
    pub fn reread(self) -> Result<Option<Spool>, SpoolError> {
        if !self.file("journal").exists() {
            return Ok(None);
        }
        Spool::recover(self, true).map(Some)
    }

    /// The summary of the run that has ended here. What a kill at its very end left behind
    /// is removed.
    pub fn summary<T: DeserializeOwned>(&self) -> Result<T, SpoolError> {
        let (file, journal) = (self.file("finished.json"), self.file("journal"));
        let bytes = fs::read(&file).map_err(SpoolError::at(&file))?;
        let summary =
            serde_json::from_slice(&bytes).map_err(|e| SpoolError::Foreign(file, e.to_string()))?;
        if let Ok(mut journal) = File::open(&journal)
            && let Ok(header) = read_header(&mut journal, &self.file("journal"))
        {
            self.sweep(header.keep)?;
        }
        Ok(summary)
    }

    /// Removes what a finished run needs no more. The exchanges stand in the evidence files;
    /// the journal goes, too, where no evidence is to be kept.
    pub(super) fn sweep(&self, keep: Keep) -> Result<(), SpoolError> {
        remove(&self.file("exchanges.warc.gz"))?;
        if keep == Keep::None { remove(&self.file("journal")) } else { Ok(()) }
    }

    /// Puts a file into its place whole, and to the disk: there it is or it is not.
    pub(super) fn put(&self, name: &str, bytes: &[u8]) -> Result<(), SpoolError> {
        let (part, file) = (self.file(&format!("{name}.part")), self.file(name));
        let mut writer =
            private(&part, OpenOptions::new().write(true).create(true).truncate(true))?;
        writer.write_all(bytes).map_err(SpoolError::at(&part))?;
        writer.sync_all().map_err(SpoolError::at(&part))?;
        fs::rename(&part, &file).map_err(SpoolError::at(&file))?;
        sync_folder(&self.path);
        Ok(())
    }

    /// A file of the folder.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

/// Opens a file that its owner only may read.
pub(super) fn private(path: &Path, options: &mut OpenOptions) -> Result<File, SpoolError> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path).map_err(SpoolError::at(path))
}

/// Removes a file that may not be there.
pub(super) fn remove(path: &Path) -> Result<(), SpoolError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(SpoolError::Io(path.to_owned(), error))
        }
        _ => Ok(()),
    }
}

/// Brings the entries of a folder to the disk, where the system can.
pub fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}
