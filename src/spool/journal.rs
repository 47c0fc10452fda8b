use super::frame::{self, Frame, HEAD, Reader, deflate, inflate, json};
use super::kin::Kin;
use super::lock::{private, remove};
use super::{Folder, Keep, Member, Members, SpoolError};
use crate::evidence::Evidence;
use crate::filing::{Filing, Row};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    path::PathBuf,
};

/// The first bytes of a journal; the digit is the version of its format.
const MAGIC: &[u8] = b"beian spool 1\n";

const HEADER: u8 = 1;
const FILING: u8 = 2;
const REJECTED: u8 = 3;
const LIST_END: u8 = 4;
const LOOK: u8 = 5;
/// A filing that is judged without a look.
const FILING_ALONE: u8 = 6;

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

/// What was seen of one row so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// The evidence of all looks.
    pub evidence: Evidence,
    /// A look failed by a fault of ours.
    pub faulted: bool,
    /// Whether the row is to be looked at a second time.
    pub again: bool,
    /// Where the exchanges of all looks are kept.
    pub members: Vec<Member>,
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
    folder: Folder,
    header: Header,
    journal: BufWriter<File>,
    end: u64,
    reader: Reader,
    exchanges: File,
    exchanges_end: u64,
    slots: Vec<Slot>,
    list_ended: bool,
    pub(super) kin: Kin,
}

/// What is held in memory of a row.
struct Slot {
    row: u64,
    /// Where its last look is; 0 before the first one.
    look: u64,
    stage: Stage,
}

impl Spool {
    pub(super) fn begin(folder: Folder, header: Header) -> Result<Spool, SpoolError> {
        let mut spool = Spool::open(folder, header)?;
        spool.write(MAGIC)?;
        let bytes = json(&spool.header).map_err(spool.failed())?;
        spool.append(HEADER, &bytes)?;
        spool.flush()?;
        Ok(spool)
    }

    pub(super) fn recover(folder: Folder, finished: bool) -> Result<Spool, SpoolError> {
        let path = folder.file("journal");
        let file = File::open(&path).map_err(SpoolError::at(&path))?;
        let mut reader = BufReader::with_capacity(1 << 16, file);
        let header = read_header(&mut reader, &path)?;
        let at = reader.stream_position().map_err(SpoolError::at(&path))?;
        let mut spool = Spool::open(folder, header)?;
        spool.end = at;
        loop {
            let frame = frame::read(&mut reader).map_err(SpoolError::at(&path))?;
            let taken = match &frame {
                Frame::Whole(kind, payload) => spool.index(*kind, payload, finished),
                Frame::Torn => false,
                Frame::End => break,
            };
            match frame {
                Frame::Whole(_, payload) if taken => spool.end += (HEAD + payload.len()) as u64,
                _ if finished => return Err(SpoolError::Damaged(path, spool.end)),
                _ => break,
            }
        }
        spool.cut()?;
        Ok(spool)
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
        if let Ok(filing) = row {
            self.kin.add(self.len(), filing);
        }
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
        self.kin = Kin::default();
        self.cut()
    }

    /// Writes down a look. `members` are the exchanges that are new; `seen.members` those of
    /// earlier looks.
    pub fn push_look(
        &mut self,
        row: u32,
        mut seen: Seen,
        members: Members,
    ) -> Result<(), SpoolError> {
        let (bytes, list) = members.into_parts();
        let path = self.folder.file("exchanges.warc.gz");
        self.exchanges.write_all(&bytes).map_err(SpoolError::at(&path))?;
        for mut member in list {
            member.offset += self.exchanges_end;
            seen.members.push(member);
        }
        self.exchanges_end += bytes.len() as u64;

        let mut payload = row.to_le_bytes().to_vec();
        payload.push(u8::from(seen.again));
        payload.extend(self.exchanges_end.to_le_bytes());
        payload.extend(deflate(&seen).map_err(self.failed())?);
        let at = self.end;
        self.append(LOOK, &payload)?;
        self.flush()?;
        if let Some(slot) = self.slots.get_mut(row as usize) {
            slot.look = at;
            slot.stage = if seen.again { Stage::Again } else { Stage::Settled };
        }
        Ok(())
    }

    /// Reads a row back; `None` behind the last one.
    pub fn row(&mut self, row: u32) -> Result<Option<Row>, SpoolError> {
        let Some(slot) = self.slots.get(row as usize) else { return Ok(None) };
        let (at, rejected) = (slot.row, slot.stage == Stage::Rejected);
        let bytes = self.read(at)?;
        let row = if rejected {
            serde_json::from_slice(&bytes).map(Err)
        } else {
            serde_json::from_slice(&bytes).map(Ok)
        };
        row.map(Some).map_err(|_| self.damaged(at))
    }

    /// Reads back what was seen of a row; nothing before its first look.
    pub fn seen(&mut self, row: u32) -> Result<Seen, SpoolError> {
        let at = self.slots.get(row as usize).map_or(0, |slot| slot.look);
        if at == 0 {
            return Ok(Seen::default());
        }
        let bytes = self.read(at)?;
        let packed = bytes.get(13..).unwrap_or_default();
        inflate(packed).map_err(|_| self.damaged(at))
    }

    /// The bytes of kept exchanges; nothing where they are gone, as after the end of a run.
    pub fn exchanges(&self, member: &Member) -> Result<Vec<u8>, SpoolError> {
        let path = self.folder.file("exchanges.warc.gz");
        let mut file = File::open(&path).map_err(SpoolError::at(&path))?;
        file.seek(SeekFrom::Start(member.offset)).map_err(SpoolError::at(&path))?;
        let mut bytes = Vec::new();
        file.take(member.length).read_to_end(&mut bytes).map_err(SpoolError::at(&path))?;
        if bytes.len() as u64 == member.length {
            Ok(bytes)
        } else {
            Err(SpoolError::Damaged(path, member.offset))
        }
    }

    /// Brings all that was written to the disk.
    pub fn sync(&mut self) -> Result<(), SpoolError> {
        self.flush()?;
        self.exchanges.sync_data().map_err(self.failed())?;
        self.journal.get_ref().sync_data().map_err(self.failed())
    }

    /// Ends the run. The exchanges stand in the evidence files by now and are dropped; so is
    /// the journal, where no evidence is to be kept.
    pub fn finish(mut self, summary: &impl Serialize) -> Result<(), SpoolError> {
        self.sync()?;
        self.folder.finish(summary)?;
        remove(&self.folder.file("exchanges.warc.gz"))?;
        if self.header.keep == Keep::None {
            remove(&self.folder.file("journal"))?;
        }
        Ok(())
    }

    fn open(folder: Folder, header: Header) -> Result<Spool, SpoolError> {
        let (path, exchanges) = (folder.file("journal"), folder.file("exchanges.warc.gz"));
        let journal = private(&path, OpenOptions::new().append(true).create(true))?;
        let reader = File::open(&path).map_err(SpoolError::at(&path))?;
        Ok(Spool {
            header,
            journal: BufWriter::with_capacity(1 << 16, journal),
            end: 0,
            reader: Reader::new(reader),
            exchanges: private(&exchanges, OpenOptions::new().append(true).create(true))?,
            exchanges_end: 0,
            slots: Vec::new(),
            list_ended: false,
            kin: Kin::default(),
            folder,
        })
    }

    /// Takes a record of the journal into the index; false where it cannot be of this journal.
    fn index(&mut self, kind: u8, payload: &[u8], finished: bool) -> bool {
        let stage = match kind {
            FILING => Stage::Unseen,
            FILING_ALONE => Stage::Alone,
            REJECTED => Stage::Rejected,
            LIST_END => {
                self.list_ended = true;
                return true;
            }
            LOOK => return self.index_look(payload, finished),
            _ => return false,
        };
        if stage != Stage::Rejected {
            let Ok(filing) = serde_json::from_slice::<Filing>(payload) else { return false };
            self.kin.add(self.len(), &filing);
        }
        self.slots.push(Slot { row: self.end, look: 0, stage });
        true
    }

    fn index_look(&mut self, payload: &[u8], finished: bool) -> bool {
        let Some((&[r0, r1, r2, r3, again, ref end @ ..], _)) = payload.split_first_chunk::<13>()
        else {
            return false;
        };
        let row = u32::from_le_bytes([r0, r1, r2, r3]);
        let exchanges_end = u64::from_le_bytes(*end);
        // After a power cut the journal may know of exchanges that never reached the disk.
        let kept = self.exchanges.metadata().map_or(0, |meta| meta.len());
        let Some(slot) = self.slots.get_mut(row as usize) else { return false };
        if !finished && exchanges_end > kept {
            return false;
        }
        slot.look = self.end;
        slot.stage = if again == 0 { Stage::Settled } else { Stage::Again };
        self.exchanges_end = exchanges_end;
        true
    }

    /// Cuts off what stands behind the last whole record.
    fn cut(&mut self) -> Result<(), SpoolError> {
        self.flush()?;
        self.journal.get_ref().set_len(self.end).map_err(self.failed())?;
        if self.exchanges.metadata().is_ok_and(|meta| meta.len() > self.exchanges_end) {
            self.exchanges.set_len(self.exchanges_end).map_err(self.failed())?;
        }
        self.reader.forget().map_err(self.failed())
    }

    fn append(&mut self, kind: u8, payload: &[u8]) -> Result<(), SpoolError> {
        let bytes = frame::encode(kind, payload).map_err(self.failed())?;
        self.write(&bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), SpoolError> {
        self.journal.write_all(bytes).map_err(self.failed())?;
        self.end += bytes.len() as u64;
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SpoolError> {
        self.journal.flush().map_err(self.failed())
    }

    fn read(&mut self, at: u64) -> Result<Vec<u8>, SpoolError> {
        match self.reader.read(at).map_err(self.failed())? {
            Some(bytes) => Ok(bytes),
            None => Err(self.damaged(at)),
        }
    }

    fn failed(&self) -> impl FnOnce(io::Error) -> SpoolError + use<> {
        SpoolError::at(&self.folder.file("journal"))
    }

    fn damaged(&self, at: u64) -> SpoolError {
        SpoolError::Damaged(self.folder.file("journal"), at)
    }
}

fn read_header(reader: &mut impl Read, path: &std::path::Path) -> Result<Header, SpoolError> {
    let foreign = |why: &str| SpoolError::Foreign(PathBuf::from(path), why.to_owned());
    let mut magic = Vec::new();
    let mut start = reader.take(MAGIC.len() as u64);
    start.read_to_end(&mut magic).map_err(SpoolError::at(path))?;
    if magic != MAGIC {
        return Err(foreign("it does not begin like a journal"));
    }
    match frame::read(reader).map_err(SpoolError::at(path))? {
        Frame::Whole(HEADER, bytes) => {
            serde_json::from_slice(&bytes).map_err(|error| foreign(&error.to_string()))
        }
        _ => Err(foreign("its first record is not whole")),
    }
}
