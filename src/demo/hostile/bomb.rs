//! Bodies that are far larger than what comes over the wire.

use super::script::{Step, head, say};
use flate2::{Compress, Compression, FlushCompress, write::GzEncoder};
use std::io::Write;

/// A body under these codings.
pub(super) fn coded(codings: &str, body: Vec<Step>) -> Vec<Step> {
    let coding = format!("Content-Encoding: {codings}");
    let head = head("200 OK", &["Content-Type: text/html; charset=utf-8", &coding]);
    std::iter::once(head).chain(body).collect()
}

/// One chunk of a body in chunks.
pub(super) fn chunk(bytes: &[u8]) -> Step {
    let size = format!("{:x}\r\n", bytes.len());
    say([size.as_bytes(), bytes, b"\r\n"].concat())
}

/// The head of a gzip member (RFC 1952): deflate, no flags, no time, unknown system.
pub(super) fn gzip_head() -> Vec<u8> {
    vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]
}

/// A part of a deflate stream that needs nothing of what stands before it and is not its end.
pub(super) fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut compress = Compress::new(Compression::best(), false);
    let mut out = Vec::with_capacity(bytes.len() + 1024);
    let _ = compress.compress_vec(bytes, &mut out, FlushCompress::Full);
    out
}

/// A whole gzip member.
pub(super) fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Into memory, where there is nothing to fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// Such a part that is a thousandth of the megabyte of blanks that it stands for.
pub(super) fn zeros() -> Vec<u8> {
    deflated(&vec![b' '; 1_000_000])
}

/// Brotli (RFC 7932) that becomes so many times 16 MiB of blanks: each block is one command
/// that inserts a letter which, being the only one there is, takes no bits at all.
pub(super) fn brotli_bomb(blocks: u32) -> Vec<u8> {
    let mut bits = Bits::default();
    // WBITS: a window of 64 KiB.
    bits.push(0, 1);
    for _ in 0..blocks {
        // ISLAST 0, MNIBBLES 2 (six nibbles), MLEN - 1, ISUNCOMPRESSED 0.
        bits.push(0, 1);
        bits.push(2, 2);
        bits.push(LENGTH - 1, 24);
        bits.push(0, 1);
        // One block type of each of three kinds; NPOSTFIX and NDIRECT 0; context mode 0; one
        // tree for letters, one for distances.
        bits.push(0, 3 + 6 + 2 + 2);
        // Three codes of one symbol: the letter, the command, the distance.
        for (symbol, length) in [(u32::from(b' '), 8), (INSERT_COPY, 10), (0, 6)] {
            bits.push(1, 2);
            bits.push(0, 2);
            bits.push(symbol, length);
        }
        // How many letters beyond the least that the command inserts.
        bits.push(LENGTH - LEAST, 24);
    }
    // ISLAST 1, ISLASTEMPTY 1.
    bits.push(3, 2);
    bits.done()
}

/// Bytes of a block: the most there can be.
const LENGTH: u32 = 1 << 24;
/// The command of insert length code 23 and copy length code 0, and its least length.
const INSERT_COPY: u32 = 504;
const LEAST: u32 = 22_594;

/// Bits, the lowest first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    open: u64,
    count: u32,
}

impl Bits {
    fn push(&mut self, value: u32, count: u32) {
        self.open |= u64::from(value) << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.open.to_le_bytes()[0]);
            self.open >>= 8;
            self.count -= 8;
        }
    }

    fn done(mut self) -> Vec<u8> {
        let rest = (8 - self.count) % 8;
        self.push(0, rest);
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn the_bombs_become_what_they_say() {
        let mut out = vec![0; 40 << 20];
        brotli_decompressor::Decompressor::new(&brotli_bomb(640)[..], 4096)
            .read_exact(&mut out)
            .unwrap();
        assert!(out.iter().all(|byte| *byte == b' '));
        assert!(brotli_bomb(640).len() < 10_000);

        let gzip = [gzip_head(), zeros().repeat(30)].concat();
        let mut out = vec![0; 30_000_000];
        flate2::read::GzDecoder::new(&gzip[..]).read_exact(&mut out).unwrap();
        assert!(out.iter().all(|byte| *byte == b' '));
        assert!(gzip.len() < 60_000, "{}", gzip.len());
    }
}
