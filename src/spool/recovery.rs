//! Reading a journal back: after a kill what is whole is taken and the rest is dropped.
//!
//! What a kill leaves is whole but for its last record. A power cut may leave anything
//! behind the last mark that says that all before it had reached the disk: journal and
//! exchanges are different files, and the one may know of bytes that the other never got.
//! So exchanges behind that mark are read and compared before a look is believed.

use super::frame::{self, Frame, HEAD};
use super::journal::{
    FILING, FILING_ALONE, HEADER, Header, KIND, LIST_END, LOOK, LOOK_HEAD, MAGIC, REJECTED, SYNCED,
    Slot, Spool, Stage,
};
use super::{Folder, SpoolError};
use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// A look that the journal tells of.
struct Told {
    /// Where its record is.
    at: u64,
    row: u32,
    again: bool,
    /// Where the exchanges end that were kept up to this look.
    exchanges_end: u64,
    /// The checksum of those that came with it.
    checksum: u32,
}

impl Spool {
    /// Reads a journal. `finished`: it must be whole, and its exchanges are gone.
    pub(super) fn recover(folder: Folder, finished: bool) -> Result<Spool, SpoolError> {
        let path = folder.file("journal");
        let file = File::open(&path).map_err(SpoolError::at(&path))?;
        let mut reader = BufReader::with_capacity(1 << 16, file);
        let header = read_header(&mut reader, &path)?;
        let at = reader.stream_position().map_err(SpoolError::at(&path))?;
        let mut spool = Spool::open(folder, header, at)?;
        // Looks behind the last mark.
        let mut told = Vec::new();
        loop {
            let frame = frame::read(&mut reader).map_err(SpoolError::at(&path))?;
            let taken = match &frame {
                Frame::Whole(kind, payload) => spool.take(*kind, payload, &mut told),
                Frame::Torn => false,
                Frame::End => break,
            };
            match frame {
                Frame::Whole(_, payload) if taken => spool.end += (HEAD + payload.len()) as u64,
                _ if finished => return Err(SpoolError::Damaged(path, spool.end)),
                _ => break,
            }
        }
        if finished {
            told.drain(..).for_each(|look| spool.settle(&look));
        } else {
            spool.believe(told)?;
        }
        spool.cut()?;
        Ok(spool)
    }

    /// Takes in a record of the journal; false where it cannot be of this journal.
    fn take(&mut self, kind: u8, payload: &[u8], told: &mut Vec<Told>) -> bool {
        let stage = match kind {
            FILING => Stage::Unseen,
            FILING_ALONE => Stage::Alone,
            REJECTED => Stage::Rejected,
            LIST_END => {
                self.list_ended = true;
                return true;
            }
            SYNCED => {
                told.drain(..).for_each(|look| self.settle(&look));
                return true;
            }
            LOOK => {
                let look = Told::read(self.end, payload).filter(|look| look.row < self.len());
                return look.map(|look| told.push(look)).is_some();
            }
            _ => return false,
        };
        self.slots.push(Slot { row: self.end, look: 0, stage });
        true
    }

    /// Takes looks up to the first whose exchanges are not those that were written.
    fn believe(&mut self, told: Vec<Told>) -> Result<(), SpoolError> {
        let path = self.folder.file("exchanges.warc.gz");
        let mut file = BufReader::new(File::open(&path).map_err(SpoolError::at(&path))?);
        file.seek(SeekFrom::Start(self.exchanges_end)).map_err(SpoolError::at(&path))?;
        for look in told {
            if !look.is_kept(&mut file, self.exchanges_end).map_err(SpoolError::at(&path))? {
                self.end = look.at;
                break;
            }
            self.settle(&look);
        }
        Ok(())
    }

    fn settle(&mut self, look: &Told) {
        if let Some(slot) = self.slots.get_mut(look.row as usize) {
            slot.look = look.at;
            slot.stage = if look.again { Stage::Again } else { Stage::Settled };
        }
        self.exchanges_end = look.exchanges_end;
    }

    /// Cuts off what stands behind the last record that was taken.
    pub(super) fn cut(&mut self) -> Result<(), SpoolError> {
        self.flush()?;
        self.journal.get_ref().set_len(self.end).map_err(self.failed())?;
        if self.exchanges.metadata().is_ok_and(|meta| meta.len() > self.exchanges_end) {
            self.exchanges.set_len(self.exchanges_end).map_err(self.failed())?;
        }
        Ok(())
    }
}

impl Told {
    fn read(at: u64, payload: &[u8]) -> Option<Told> {
        let (&[r0, r1, r2, r3, again, ref rest @ ..], _) =
            payload.split_first_chunk::<LOOK_HEAD>()?;
        let &[e0, e1, e2, e3, e4, e5, e6, e7, c0, c1, c2, c3] = rest;
        Some(Told {
            at,
            row: u32::from_le_bytes([r0, r1, r2, r3]),
            again: again != 0,
            exchanges_end: u64::from_le_bytes([e0, e1, e2, e3, e4, e5, e6, e7]),
            checksum: u32::from_le_bytes([c0, c1, c2, c3]),
        })
    }

    /// Whether its exchanges stand in the file, which is read from where they begin.
    fn is_kept(&self, file: &mut impl Read, from: u64) -> io::Result<bool> {
        let Some(length) = self.exchanges_end.checked_sub(from) else { return Ok(false) };
        let mut bytes = Vec::new();
        file.take(length).read_to_end(&mut bytes)?;
        Ok(bytes.len() as u64 == length && frame::checksum(LOOK, &bytes) == self.checksum)
    }
}

/// What a journal begins with.
pub(super) fn read_header(reader: &mut impl Read, path: &Path) -> Result<Header, SpoolError> {
    let foreign = |why: &str| SpoolError::Foreign(PathBuf::from(path), why.to_owned());
    let mut magic = Vec::new();
    let mut start = reader.take(MAGIC.len() as u64);
    start.read_to_end(&mut magic).map_err(SpoolError::at(path))?;
    if magic != MAGIC {
        let is_journal = magic.starts_with(KIND) && magic.ends_with(b"\n");
        return Err(foreign(match is_journal {
            true => "another version wrote it",
            false => "it does not begin like a journal",
        }));
    }
    match frame::read(reader).map_err(SpoolError::at(path))? {
        Frame::Whole(HEADER, bytes) => {
            serde_json::from_slice(&bytes).map_err(|error| foreign(&error.to_string()))
        }
        _ => Err(foreign("its first record is not whole")),
    }
}
