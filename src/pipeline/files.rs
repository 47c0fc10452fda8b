//! Files of the output folder: written beside their place and put into it when all are whole.

use super::RunError;
use crate::spool::SpoolError;
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

/// A file on its way to its place. Dropped before it got there, it leaves nothing.
pub(super) struct Part {
    writer: BufWriter<File>,
    part: PathBuf,
    place: PathBuf,
}

impl Part {
    pub(super) fn begin(folder: &Path, name: &str) -> Result<Part, RunError> {
        let part = folder.join(format!(".{name}.part"));
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(false).open(&part);
        let file = file.map_err(failed(&part))?;
        // Two judgments into one folder must not write into one file.
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(SpoolError::InUse(folder.into()).into()),
            Err(TryLockError::Error(error)) => return Err(RunError::Output(part, error)),
            Ok(()) => file.set_len(0).map_err(failed(&part))?,
        }
        Ok(Part { writer: BufWriter::with_capacity(1 << 16, file), part, place: folder.join(name) })
    }

    /// Brings the file to the disk: what can fail for want of space fails here, before any
    /// file of the last run is replaced.
    pub(super) fn complete(&mut self) -> Result<(), RunError> {
        self.writer.flush().map_err(failed(&self.place))?;
        self.writer.get_ref().sync_all().map_err(failed(&self.place))
    }

    /// Puts the file in its place.
    pub(super) fn place(self) -> Result<(), RunError> {
        fs::rename(&self.part, &self.place).map_err(failed(&self.place))
    }

    /// Where the file is going, to name it in an error.
    pub(super) fn error(&self) -> impl FnOnce(io::Error) -> RunError + use<> {
        failed(&self.place)
    }
}

impl Write for Part {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // In its place it is not here any more.
        let _ = fs::remove_file(&self.part);
    }
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> RunError + use<> {
    let path = path.to_owned();
    move |error| RunError::Output(path, error)
}
