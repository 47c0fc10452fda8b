//! gzip members (RFC 1952), many by one compressor: what a compressor sets up costs more than
//! most records. What came packed is stored as it stands, since packing it again saves nothing.

use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use std::io;

/// A part of what a member holds.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    /// To be packed.
    Loose(&'a [u8]),
    /// Packed already.
    Packed(&'a [u8]),
}

impl<'a> Part<'a> {
    pub(super) fn bytes(self) -> &'a [u8] {
        match self {
            Part::Loose(bytes) | Part::Packed(bytes) => bytes,
        }
    }
}

/// Makes members.
#[derive(Debug, Default)]
pub(super) struct Packer(Option<Compress>);

/// Deflate, no flags, no time, no hint, unknown system.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// Bytes of a stored block, at most (RFC 1951, 3.2.4).
const STORED: usize = u16::MAX as usize;

/// Room that is made at a time for what a compressor writes.
const STEP: usize = 4096;

impl Packer {
    pub(super) fn member(&mut self, parts: &[Part<'_>]) -> io::Result<Vec<u8>> {
        let compress = self.0.get_or_insert_with(|| Compress::new(Compression::fast(), false));
        compress.reset();
        let mut out = HEAD.to_vec();
        let mut crc = Crc::new();
        for part in parts {
            crc.update(part.bytes());
            match part {
                Part::Loose(bytes) => deflate(compress, bytes, FlushCompress::None, &mut out)?,
                Part::Packed(bytes) => {
                    // Nothing behind a full flush refers to what stands before it: the
                    // compressor need not know what is put in between.
                    deflate(compress, &[], FlushCompress::Full, &mut out)?;
                    store(bytes, &mut out);
                }
            }
        }
        deflate(compress, &[], FlushCompress::Finish, &mut out)?;
        out.extend(crc.sum().to_le_bytes());
        out.extend(crc.amount().to_le_bytes());
        Ok(out)
    }
}

fn deflate(
    compress: &mut Compress,
    bytes: &[u8],
    flush: FlushCompress,
    out: &mut Vec<u8>,
) -> io::Result<()> {
    let begun = compress.total_in();
    loop {
        out.reserve(STEP);
        let done = usize::try_from(compress.total_in() - begun).map_err(io::Error::other)?;
        let rest = bytes.get(done..).unwrap_or_default();
        let status = compress.compress_vec(rest, out, flush)?;
        let taken = compress.total_in() - begun == bytes.len() as u64;
        // What did not fit waits for room.
        let written = out.len() < out.capacity();
        let ended = !matches!(flush, FlushCompress::Finish) || status == Status::StreamEnd;
        if taken && written && ended {
            return Ok(());
        }
    }
}

fn store(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(bytes.len() + 5 * (bytes.len() / STORED + 1));
    for block in bytes.chunks(STORED) {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        out.push(0);
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(block);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use proptest::prelude::*;
    use std::io::Read;

    fn unpacked(member: &[u8]) -> Vec<u8> {
        let mut decoder = GzDecoder::new(member);
        let mut bytes = Vec::new();
        decoder.read_to_end(&mut bytes).unwrap();
        assert!(decoder.into_inner().is_empty(), "bytes behind the member");
        bytes
    }

    proptest! {
        #[test]
        fn every_member_unpacks_to_its_parts(
            parts in prop::collection::vec((any::<bool>(), 0..200_000_usize, any::<u8>()), 0..6),
        ) {
            let of = |(_, length, first): &(bool, usize, u8)| -> Vec<u8> {
                (0..*length).map(|at| first.wrapping_add((at * at / 7) as u8)).collect()
            };
            let bytes: Vec<Vec<u8>> = parts.iter().map(of).collect();
            let parts: Vec<Part> = parts
                .iter()
                .zip(&bytes)
                .map(|((packed, ..), bytes)| match packed {
                    true => Part::Packed(bytes),
                    false => Part::Loose(bytes),
                })
                .collect();
            let mut packer = Packer::default();
            // The second is made by a compressor that was used before.
            for _ in 0..2 {
                prop_assert_eq!(unpacked(&packer.member(&parts).unwrap()), bytes.concat());
            }
        }
    }

    #[test]
    fn what_came_packed_grows_by_next_to_nothing() {
        let body: Vec<u8> =
            (0..100_000_u32).flat_map(|at| at.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        let member =
            Packer::default().member(&[Part::Loose(b"head"), Part::Packed(&body)]).unwrap();
        assert!(member.len() < body.len() + 100);
    }
}
