//! One record of the journal: kind, length, checksum, payload. What a kill left half
//! written is told from what is whole by length and checksum.

use flate2::Crc;
use lz4_flex::block;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    fs::File,
    io::{self, Read},
};

/// Bytes before the payload: kind (1), length (4), checksum (4), little-endian.
pub(super) const HEAD: usize = 9;

/// No record is longer; a greater length is damage, and is not allocated.
const LONGEST: u32 = 256 << 20;

/// What stands at a place of the journal.
#[derive(Debug, PartialEq)]
pub(super) enum Frame {
    /// A whole record.
    Whole(u8, Vec<u8>),
    /// The end of the file.
    End,
    /// Half a record, or bytes that are none.
    Torn,
}

/// A record's bytes.
pub(super) fn encode(kind: u8, payload: &[u8]) -> io::Result<Vec<u8>> {
    let length = u32::try_from(payload.len()).ok().filter(|length| *length <= LONGEST);
    let length = length.ok_or_else(|| io::Error::other("a record is too long for the journal"))?;
    let mut bytes = Vec::with_capacity(HEAD + payload.len());
    bytes.push(kind);
    bytes.extend(length.to_le_bytes());
    bytes.extend(checksum(kind, payload).to_le_bytes());
    bytes.extend(payload);
    Ok(bytes)
}

/// Reads the record at the reader's place.
pub(super) fn read(reader: &mut impl Read) -> io::Result<Frame> {
    let mut head = Vec::with_capacity(HEAD);
    reader.take(HEAD as u64).read_to_end(&mut head)?;
    if head.is_empty() {
        return Ok(Frame::End);
    }
    let &[kind, l0, l1, l2, l3, c0, c1, c2, c3] = head.as_slice() else { return Ok(Frame::Torn) };
    let length = u32::from_le_bytes([l0, l1, l2, l3]);
    if length > LONGEST {
        return Ok(Frame::Torn);
    }
    let mut payload = Vec::with_capacity((length as usize).min(ROOM));
    reader.take(u64::from(length)).read_to_end(&mut payload)?;
    let whole = payload.len() == length as usize
        && checksum(kind, &payload) == u32::from_le_bytes([c0, c1, c2, c3]);
    Ok(if whole { Frame::Whole(kind, payload) } else { Frame::Torn })
}

/// The checksum of a record of this kind.
pub(super) fn checksum(kind: u8, payload: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(&[kind]);
    crc.update(payload);
    crc.sum()
}

/// Most rows are shorter: one read brings head and payload.
pub(super) const ROW: usize = 1 << 10;

/// Most looks are shorter.
pub(super) const LOOK: usize = 16 << 10;

/// Bytes that are made room for before it is known that they are there.
const ROOM: usize = 64 << 10;

/// Reads records at any place. It holds no place of its own, so that several threads may
/// read at the same time.
pub(super) struct Reader(File);

impl Reader {
    pub(super) fn new(file: File) -> Reader {
        Reader(file)
    }

    /// The payload of the record at this place; `None` where there is no whole one. `at_once`
    /// bytes are read first, and the rest where there is more.
    pub(super) fn read(&self, at: u64, at_once: usize) -> io::Result<Option<Vec<u8>>> {
        let mut start = vec![0; at_once];
        let filled = fill(&self.0, &mut start, at)?;
        start.truncate(filled);
        if let Some(payload) = whole(&mut start) {
            return Ok(Some(payload));
        }
        let rest = At { file: &self.0, at: at + filled as u64 };
        match read(&mut start.as_slice().chain(rest))? {
            Frame::Whole(_, payload) => Ok(Some(payload)),
            _ => Ok(None),
        }
    }
}

/// The payload of a record that the bytes begin with, in the same memory; `None` of one that is
/// not whole.
fn whole(bytes: &mut Vec<u8>) -> Option<Vec<u8>> {
    let (&[kind, l0, l1, l2, l3, c0, c1, c2, c3], rest) = bytes.split_first_chunk::<HEAD>()?;
    let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    let payload = rest.get(..length)?;
    if checksum(kind, payload) != u32::from_le_bytes([c0, c1, c2, c3]) {
        return None;
    }
    bytes.truncate(HEAD + length);
    bytes.drain(..HEAD);
    Some(std::mem::take(bytes))
}

/// The bytes of a file from a place to `length` behind it, or to its end.
pub(super) fn bytes_at(file: &File, at: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    At { file, at }.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A file from a place on.
struct At<'a> {
    file: &'a File,
    at: u64,
}

impl Read for At<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let length = read_at(self.file, bytes, self.at)?;
        self.at += length as u64;
        Ok(length)
    }
}

/// Reads until the bytes are full or the file ends.
fn fill(file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(room) = bytes.get_mut(filled..).filter(|room| !room.is_empty()) {
        match read_at(file, room, at + filled as u64) {
            Ok(0) => break,
            Ok(length) => filled += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, bytes, at)
}

#[cfg(windows)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, bytes, at)
}

/// A value as the payload of a record.
pub(super) fn json(value: &impl Serialize) -> io::Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(io::Error::from)
}

/// A value packed: evidence repeats itself. LZ4 takes little more room than deflate, a third of its
/// time, and a quarter for unpacking.
pub(super) fn pack(value: &impl Serialize) -> io::Result<Vec<u8>> {
    Ok(block::compress_prepend_size(&json(value)?))
}

/// A packed value.
pub(super) fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> io::Result<T> {
    let (length, packed) = block::uncompressed_size(bytes).map_err(io::Error::other)?;
    // The journal is the operator's own file; the bound is against damage, not malice.
    if length > LONGEST as usize {
        return Err(io::Error::other("a packed value says that it is longer than any"));
    }
    of_json(&block::decompress(packed, length).map_err(io::Error::other)?)
}

/// A value of the payload of a record. That it is UTF-8 is looked at once, not string by string.
pub(super) fn of_json<T: DeserializeOwned>(bytes: &[u8]) -> io::Result<T> {
    let text = str::from_utf8(bytes).map_err(io::Error::other)?;
    serde_json::from_str(text).map_err(io::Error::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_record_reads_back_as_it_was_written() {
        let mut bytes = encode(7, b"one").unwrap();
        bytes.extend(encode(8, b"").unwrap());
        let mut reader = bytes.as_slice();
        assert_eq!(read(&mut reader).unwrap(), Frame::Whole(7, b"one".to_vec()));
        assert_eq!(read(&mut reader).unwrap(), Frame::Whole(8, Vec::new()));
        assert_eq!(read(&mut reader).unwrap(), Frame::End);
    }

    #[test]
    fn records_are_read_at_any_place_by_several_threads() {
        let mut file = tempfile::tempfile().unwrap();
        let mut places = Vec::new();
        let mut at = 0;
        // Around the length of one read, and well over it.
        for length in [0, 1, ROW - HEAD - 1, ROW - HEAD, ROW, 3 * ROW] {
            let bytes = encode(7, &vec![7; length]).unwrap();
            file.write_all(&bytes).unwrap();
            places.push((at, length));
            at += bytes.len() as u64;
        }
        let reader = Reader::new(file);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for (at, length) in places.iter().rev() {
                        assert_eq!(reader.read(*at, ROW).unwrap().unwrap(), vec![7; *length]);
                    }
                });
            }
        });
        assert_eq!(reader.read(at, ROW).unwrap(), None, "behind the end");
        assert_eq!(reader.read(1, ROW).unwrap(), None, "not where a record begins");
        assert_eq!(bytes_at(&reader.0, HEAD as u64, 0).unwrap(), Vec::<u8>::new());
    }

    #[test]
    fn a_record_cut_anywhere_or_with_a_flipped_bit_is_torn() {
        let bytes = encode(7, b"payload").unwrap();
        for length in 1..bytes.len() {
            assert_eq!(read(&mut &bytes[..length]).unwrap(), Frame::Torn, "cut at {length}");
        }
        for at in 0..bytes.len() {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1;
            assert_eq!(read(&mut bytes.as_slice()).unwrap(), Frame::Torn, "flipped at {at}");
        }
    }
}
