use super::frame::{self, Reader, json};
use super::kin::Kin;
use super::lock::private;
use super::look::{self, Margin, Packed, Part, Seen};
use super::{Folder, Keep, Member, Members, SpoolError};
use crate::filing::Row;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, BufWriter, Write},
};

/// The first bytes of a journal of any version.
pub(super) const KIND: &[u8] = b"beian spool ";

/// The first bytes of a journal; the digit is the version of its format.
pub(super) const MAGIC: &[u8] = b"beian spool 3\n";

pub(super) const HEADER: u8 = 1;
pub(super) const FILING: u8 = 2;
pub(super) const REJECTED: u8 = 3;
pub(super) const LIST_END: u8 = 4;
pub(super) const LOOK: u8 = 5;
/// A filing that is judged without a look.
pub(super) const FILING_ALONE: u8 = 6;
/// All before it has reached the disk.
pub(super) const SYNCED: u8 = 7;

/// Bytes of a look's record before its packed evidence: row (4), whether it is looked at
/// again (1), where the exchanges end with it (8), the checksum of those that it brought (4).
pub(super) const LOOK_HEAD: usize = 17;

/// Looks after which all is brought to the disk: what a power cut can cost.
const SYNC_EVERY: u32 = 1_000;

/// What a run is, written first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// What must be the same for the run to be resumed: name → value.
    pub fingerprint: BTreeMap<String, String>,
    /// The time that the run is said to have begun.
    pub at: jiff::Timestamp,
    /// When it began by the clock.
    pub began: jiff::Timestamp,
    /// What is kept as evidence.
    pub keep: Keep,
    /// Versions of rules and tables.
    pub versions: BTreeMap<String, String>,
}

/// How far a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It could not be read.
    Rejected,
    /// It is judged without a look.
    Alone,
    /// It was not looked at yet.
    Unseen,
    /// It waits for its second look.
    Again,
    /// It was looked at.
    Settled,
}

/// A run's journal, open for writing and for reading in any order.
pub struct Spool {
    pub(super) folder: Folder,
    header: Header,
    pub(super) journal: BufWriter<File>,
    pub(super) end: u64,
    pub(super) reader: Reader,
    pub(super) exchanges: File,
    pub(super) exchanges_end: u64,
    pub(super) slots: Vec<Slot>,
    pub(super) list_ended: bool,
    /// Looks that may not have reached the disk.
    unsynced: u32,
    /// Empty before the first judgment: while sites are looked at, nobody needs it.
    pub(super) kin: Kin,
}

/// What is held in memory of a row.
pub(super) struct Slot {
    pub(super) row: u64,
    /// Where its last look is; 0 before the first one.
    pub(super) look: u64,
    pub(super) stage: Stage,
}

impl Spool {
    /// Begins a journal. It comes into its place with its header in it: however early a run
    /// is killed, what stands there can be read.
    pub(super) fn begin(folder: Folder, header: Header) -> Result<Spool, SpoolError> {
        let failed = || SpoolError::at(&folder.file("journal"));
        let payload = json(&header).map_err(failed())?;
        let bytes = [MAGIC, &frame::encode(HEADER, &payload).map_err(failed())?].concat();
        folder.put("journal", &bytes)?;
        Spool::open(folder, header, bytes.len() as u64)
    }

    /// What the run is.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Rows so far, rejected ones included.
    pub fn len(&self) -> u32 {
        self.slots.len() as u32
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Whether the list was read to its end.
    pub fn list_ended(&self) -> bool {
        self.list_ended
    }

    /// How far a row is; `None` behind the last one.
    pub fn stage(&self, row: u32) -> Option<Stage> {
        self.slots.get(row as usize).map(|slot| slot.stage)
    }

    /// Adds the next row of the list; `looked_at` is false for a filing that is judged without a look.
    pub fn push(&mut self, row: &Row, looked_at: bool) -> Result<(), SpoolError> {
        if self.slots.len() >= u32::MAX as usize {
            return Err(SpoolError::TooManyRows);
        }
        let at = self.end;
        let (kind, stage, bytes) = match row {
            Ok(filing) if looked_at => (FILING, Stage::Unseen, json(filing)),
            Ok(filing) => (FILING_ALONE, Stage::Alone, json(filing)),
            Err(rejected) => (REJECTED, Stage::Rejected, json(rejected)),
        };
        self.append(kind, &bytes.map_err(self.failed())?)?;
        self.slots.push(Slot { row: at, look: 0, stage });
        Ok(())
    }

    /// Says that there are no more rows.
    pub fn end_list(&mut self) -> Result<(), SpoolError> {
        self.append(LIST_END, &[])?;
        self.list_ended = true;
        self.sync()
    }

    /// Discards the rows of a list that was not read to its end: it is read anew.
    pub fn forget_rows(&mut self) -> Result<(), SpoolError> {
        self.end = self.slots.first().map_or(self.end, |slot| slot.row);
        self.slots.clear();
        self.cut()
    }

    /// Writes down a look. `members` are the exchanges that are new; those of the margin, of
    /// earlier looks.
    pub fn push_look(
        &mut self,
        row: u32,
        mut margin: Margin,
        packed: &Packed,
        members: Members,
    ) -> Result<(), SpoolError> {
        let (bytes, list) = members.into_parts();
        let path = self.folder.file("exchanges.warc.gz");
        self.exchanges.write_all(&bytes).map_err(SpoolError::at(&path))?;
        for mut member in list {
            member.offset += self.exchanges_end;
            margin.members.push(member);
        }
        self.exchanges_end += bytes.len() as u64;

        let mut payload = row.to_le_bytes().to_vec();
        payload.push(u8::from(margin.again));
        payload.extend(self.exchanges_end.to_le_bytes());
        payload.extend(frame::checksum(LOOK, &bytes).to_le_bytes());
        payload.extend(look::encode(&margin, packed).map_err(self.failed())?);
        let at = self.end;
        self.append(LOOK, &payload)?;
        self.flush()?;
        if let Some(slot) = self.slots.get_mut(row as usize) {
            slot.look = at;
            slot.stage = if margin.again { Stage::Again } else { Stage::Settled };
        }
        self.unsynced += 1;
        if self.unsynced >= SYNC_EVERY { self.sync() } else { Ok(()) }
    }

    /// Reads a row back; `None` behind the last one.
    pub fn row(&self, row: u32) -> Result<Option<Row>, SpoolError> {
        let Some(slot) = self.slots.get(row as usize) else { return Ok(None) };
        let (at, rejected) = (slot.row, slot.stage == Stage::Rejected);
        let bytes = self.read(at, frame::ROW)?;
        let row =
            if rejected { frame::of_json(&bytes).map(Err) } else { frame::of_json(&bytes).map(Ok) };
        row.map(Some).map_err(|_| self.damaged(at))
    }

    /// Reads back what was seen of a row; nothing before its first look.
    pub fn seen(&self, row: u32) -> Result<Seen, SpoolError> {
        self.look(row, Part::Whole)
    }

    /// The same without the lines of pages, which are most of it.
    pub fn outline(&self, row: u32) -> Result<Seen, SpoolError> {
        self.look(row, Part::Outline)
    }

    fn look(&self, row: u32, part: Part) -> Result<Seen, SpoolError> {
        let at = self.slots.get(row as usize).map_or(0, |slot| slot.look);
        if at == 0 {
            return Ok(Seen::default());
        }
        let bytes = self.read(at, frame::LOOK)?;
        let look = bytes.get(LOOK_HEAD..).unwrap_or_default();
        look::decode(look, part).map_err(|_| self.damaged(at))
    }

    /// The bytes of kept exchanges; nothing where they are gone, as after the end of a run.
    pub fn exchanges(&self, member: &Member) -> Result<Vec<u8>, SpoolError> {
        let path = self.folder.file("exchanges.warc.gz");
        let bytes = frame::bytes_at(&self.exchanges, member.offset, member.length);
        let bytes = bytes.map_err(SpoolError::at(&path))?;
        if bytes.len() as u64 == member.length {
            Ok(bytes)
        } else {
            Err(SpoolError::Damaged(path, member.offset))
        }
    }

    /// Brings all that was written to the disk, and writes down that it is there.
    pub fn sync(&mut self) -> Result<(), SpoolError> {
        self.flush()?;
        self.exchanges.sync_data().map_err(self.failed())?;
        self.journal.get_ref().sync_data().map_err(self.failed())?;
        self.unsynced = 0;
        self.append(SYNCED, &[])?;
        self.flush()
    }

    /// Ends the run. The exchanges stand in the evidence files by now and are dropped; so is
    /// the journal, where no evidence is to be kept.
    pub fn finish(mut self, summary: &impl Serialize) -> Result<(), SpoolError> {
        self.sync()?;
        let summary = serde_json::to_vec_pretty(summary).map_err(io::Error::from);
        self.folder.put("finished.json", &summary.map_err(self.failed())?)?;
        self.folder.sweep(self.header.keep)
    }

    /// Opens the files of a journal that ends here so far.
    pub(super) fn open(folder: Folder, header: Header, end: u64) -> Result<Spool, SpoolError> {
        let (path, exchanges) = (folder.file("journal"), folder.file("exchanges.warc.gz"));
        let journal = private(&path, OpenOptions::new().append(true).create(true))?;
        let reader = File::open(&path).map_err(SpoolError::at(&path))?;
        Ok(Spool {
            header,
            journal: BufWriter::with_capacity(1 << 16, journal),
            end,
            reader: Reader::new(reader),
            exchanges: private(
                &exchanges,
                OpenOptions::new().read(true).append(true).create(true),
            )?,
            exchanges_end: 0,
            slots: Vec::new(),
            list_ended: false,
            unsynced: 0,
            kin: Kin::default(),
            folder,
        })
    }

    fn append(&mut self, kind: u8, payload: &[u8]) -> Result<(), SpoolError> {
        let bytes = frame::encode(kind, payload).map_err(self.failed())?;
        self.journal.write_all(&bytes).map_err(self.failed())?;
        self.end += bytes.len() as u64;
        Ok(())
    }

    pub(super) fn flush(&mut self) -> Result<(), SpoolError> {
        self.journal.flush().map_err(self.failed())
    }

    fn read(&self, at: u64, at_once: usize) -> Result<Vec<u8>, SpoolError> {
        match self.reader.read(at, at_once).map_err(self.failed())? {
            Some(bytes) => Ok(bytes),
            None => Err(self.damaged(at)),
        }
    }

    pub(super) fn failed(&self) -> impl FnOnce(io::Error) -> SpoolError + use<> {
        SpoolError::at(&self.folder.file("journal"))
    }

    fn damaged(&self, at: u64) -> SpoolError {
        SpoolError::Damaged(self.folder.file("journal"), at)
    }
}
