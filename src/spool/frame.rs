//! One record of the journal: kind, length, checksum, payload. What a kill left half
//! written is told from what is whole by length and checksum.

use flate2::{Compression, Crc, read::DeflateDecoder, write::DeflateEncoder};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
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
    let mut payload = Vec::new();
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

/// Reads records at any place, and those that follow each other without a seek.
pub(super) struct Reader {
    file: BufReader<File>,
    at: u64,
}

impl Reader {
    pub(super) fn new(file: File) -> Reader {
        Reader { file: BufReader::new(file), at: 0 }
    }

    /// The payload of the record at this place; `None` where there is no whole one.
    pub(super) fn read(&mut self, at: u64) -> io::Result<Option<Vec<u8>>> {
        self.file.seek_relative(at.wrapping_sub(self.at) as i64)?;
        match read(&mut self.file)? {
            Frame::Whole(_, payload) => {
                self.at = at + (HEAD + payload.len()) as u64;
                Ok(Some(payload))
            }
            _ => self.forget().map(|()| None),
        }
    }

    /// Forgets what was read ahead, where the file may have been cut.
    pub(super) fn forget(&mut self) -> io::Result<()> {
        self.at = self.file.seek(SeekFrom::Start(0))?;
        Ok(())
    }
}

/// A value as the payload of a record.
pub(super) fn json(value: &impl Serialize) -> io::Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(io::Error::from)
}

/// A value packed: evidence repeats itself.
pub(super) fn deflate(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&json(value)?)?;
    encoder.finish()
}

/// A packed value.
pub(super) fn inflate<T: DeserializeOwned>(bytes: &[u8]) -> io::Result<T> {
    // The journal is the operator's own file; the bound is against damage, not malice.
    let mut text = Vec::new();
    DeflateDecoder::new(bytes).take(1 << 30).read_to_end(&mut text)?;
    serde_json::from_slice(&text).map_err(io::Error::from)
}

#[cfg(test)]
mod tests {
    use super::*;

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
