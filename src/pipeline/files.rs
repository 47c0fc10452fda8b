//! Files of the output folder: written beside their place and put into it when all are whole.

use super::judge::{Audited, Judged};
use super::judging::{Bench, Shelf};
use super::{RunError, Summary};
use crate::report::{Notices, RejectedRows};
use crate::spool::{Archive, Spool, SpoolError, sync_folder};
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

/// All files of the output folder while they are written.
pub(super) struct Files {
    folder: PathBuf,
    notices: Notices<Part>,
    audits: Part,
    rejected: RejectedRows<Part>,
    archive: Option<Archive>,
}

impl Files {
    pub(super) fn begin(bench: &Bench<'_>) -> Result<Files, RunError> {
        let (folder, lang) = (bench.output, bench.lang);
        let of = |name: &str| failed(&folder.join(name));
        let notices = Notices::begin(Part::begin(folder, "notices.csv")?, lang);
        let rejected = RejectedRows::begin(Part::begin(folder, "rejected.csv")?, lang);
        Ok(Files {
            folder: folder.to_owned(),
            notices: notices.map_err(of("notices.csv"))?,
            audits: Part::begin(folder, "audits.jsonl")?,
            rejected: rejected.map_err(of("rejected.csv"))?,
            archive: match bench.shelf {
                Shelf::Written(_) => Some(Archive::begin(folder, bench.at)?),
                Shelf::Nothing | Shelf::Kept(_) => None,
            },
        })
    }

    /// Adds what has become of the next row.
    pub(super) fn add(&mut self, spool: &Spool, judged: Judged) -> Result<(), RunError> {
        let Audited { audit, notices, domain, kept } = match judged {
            Judged::Audited(audited) => audited,
            Judged::Rejected(row) => {
                return self.rejected.add(&row).map_err(self.failed("rejected.csv"));
            }
        };
        self.audits.write_all(&audit).map_err(self.failed("audits.jsonl"))?;
        self.notices.add(&notices).map_err(self.failed("notices.csv"))?;
        if let Some(archive) = &mut self.archive {
            for member in &kept {
                archive.add(&domain, member, &spool.exchanges(member)?)?;
            }
        }
        Ok(())
    }

    /// Puts all files in their places, the summary last.
    pub(super) fn place(self, bench: &Bench<'_>, summary: &Summary) -> Result<(), RunError> {
        let mut last = Part::begin(&self.folder, "summary.json")?;
        let json = serde_json::to_vec_pretty(summary).map_err(io::Error::from);
        let mut json = json.map_err(self.failed("summary.json"))?;
        json.push(b'\n');
        last.write_all(&json).map_err(self.failed("summary.json"))?;
        let rejected = self.rejected.finish().map_err(failed(&self.folder.join("rejected.csv")))?;
        let mut parts = [self.notices.finish(), self.audits, rejected];
        for part in &mut parts {
            part.complete()?;
        }
        last.complete()?;
        match (&bench.shelf, self.archive) {
            (_, Some(archive)) => archive.finish()?,
            (Shelf::Nothing, None) => Archive::remove(&self.folder)?,
            (Shelf::Written(_) | Shelf::Kept(_), None) => {}
        }
        for part in parts {
            part.place()?;
        }
        last.place()?;
        sync_folder(&self.folder);
        Ok(())
    }

    fn failed(&self, name: &str) -> impl FnOnce(io::Error) -> RunError + use<> {
        failed(&self.folder.join(name))
    }
}

/// A file on its way to its place. Dropped before it got there, it leaves nothing.
struct Part {
    writer: BufWriter<File>,
    part: PathBuf,
    place: PathBuf,
}

impl Part {
    fn begin(folder: &Path, name: &str) -> Result<Part, RunError> {
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
    fn complete(&mut self) -> Result<(), RunError> {
        self.writer.flush().map_err(failed(&self.place))?;
        self.writer.get_ref().sync_all().map_err(failed(&self.place))
    }

    /// Puts the file in its place.
    fn place(self) -> Result<(), RunError> {
        fs::rename(&self.part, &self.place).map_err(failed(&self.place))
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
