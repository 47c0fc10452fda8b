//! Files of the output folder: written beside their place and put into it when all are whole.

use super::judge::{Audited, Judged};
use super::judging::{Bench, Shelf};
use super::{Ledger, RunError, Summary};
use crate::notice::Entry;
use crate::report::{Notices, RejectedRows, notice_rows};
use crate::rules::Lang;
use crate::spool::{Archive, Spool, SpoolError, sync_folder};
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

/// All files of the output folder while they are written.
pub(super) struct Files<'a> {
    folder: PathBuf,
    lang: Lang,
    ledger: Option<&'a dyn Ledger>,
    /// What the memory has not been told yet.
    untold: Vec<Entry>,
    notices: Notices<Part>,
    audits: Part,
    rejected: RejectedRows<Part>,
    archive: Option<Archive>,
}

/// Filings that the memory takes at a time: enough that its transactions are few, and few enough
/// that they take no memory to speak of.
const TOGETHER: usize = 500;

impl<'a> Files<'a> {
    pub(super) fn begin(bench: &Bench<'a>) -> Result<Files<'a>, RunError> {
        let (folder, lang) = (bench.output, bench.lang);
        let of = |name: &str| failed(&folder.join(name));
        let notices = Notices::begin(Part::begin(folder, "notices.csv")?, lang);
        let rejected = RejectedRows::begin(Part::begin(folder, "rejected.csv")?, lang);
        Ok(Files {
            folder: folder.to_owned(),
            lang,
            ledger: bench.ledger,
            untold: Vec::new(),
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
        let Audited { audit, notices, entry, domain, kept } = match judged {
            Judged::Audited(audited) => audited,
            Judged::Rejected(row) => {
                return self.rejected.add(&row).map_err(self.failed("rejected.csv"));
            }
        };
        self.audits.write_all(&audit).map_err(self.failed("audits.jsonl"))?;
        self.notices.add(&notices).map_err(self.failed("notices.csv"))?;
        if let Some(entry) = entry {
            self.untold.push(*entry);
            if self.untold.len() >= TOGETHER {
                self.remember()?;
            }
        }
        if let Some(archive) = &mut self.archive {
            for member in &kept {
                archive.add(&domain, member, &spool.exchanges(member)?)?;
            }
        }
        Ok(())
    }

    /// Tells the memory what it has not been told yet, and writes the notices as it gives them
    /// back.
    pub(super) fn remember(&mut self) -> Result<(), RunError> {
        let Some(ledger) = self.ledger else { return Ok(()) };
        ledger.enter(&mut self.untold).map_err(RunError::Ledger)?;
        for entry in std::mem::take(&mut self.untold) {
            let Some(notice) = &entry.notice else { continue };
            let rows = notice_rows(notice, &entry.filing, entry.evidence, self.lang);
            let rows = rows.map_err(self.failed("notices.csv"))?;
            self.notices.add(&rows).map_err(self.failed("notices.csv"))?;
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
