//! Pictures, as far as a browser takes them.

use std::io::Read;

/// The colour of the frames around record numbers.
pub(crate) const FRAME: [u8; 3] = [0xe6, 0x00, 0x2d];

/// The pixels of a PNG of eight bits a channel, without a palette.
pub(crate) struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Bytes of a pixel: three, or four where it has an alpha channel.
    each: usize,
    pixels: Vec<u8>,
}

impl Picture {
    pub(crate) fn at(&self, x: usize, y: usize) -> [u8; 3] {
        let at = (y * self.width + x) * self.each;
        self.pixels[at..at + 3].try_into().unwrap()
    }

    pub(crate) fn has(&self, colour: [u8; 3]) -> bool {
        self.pixels.chunks(self.each).any(|pixel| pixel[..3] == colour)
    }
}

pub(crate) fn decode(png: &[u8]) -> Picture {
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let (width, height, kind) = (number(16), number(20), png[25]);
    let each = if kind == 6 { 4 } else { 3 };
    let (mut at, mut packed) = (8, Vec::new());
    while at < png.len() {
        let length = number(at);
        if &png[at + 4..at + 8] == b"IDAT" {
            packed.extend(&png[at + 8..at + 8 + length]);
        }
        at += length + 12;
    }
    let mut raw = Vec::new();
    flate2::read::ZlibDecoder::new(packed.as_slice()).read_to_end(&mut raw).unwrap();
    let line = width * each;
    let mut pixels = vec![0u8; line * height];
    for y in 0..height {
        let filter = raw[y * (line + 1)];
        for x in 0..line {
            let byte = raw[y * (line + 1) + 1 + x];
            let left = if x >= each { pixels[y * line + x - each] } else { 0 } as i32;
            let up = if y > 0 { pixels[(y - 1) * line + x] } else { 0 } as i32;
            let corner =
                if x >= each && y > 0 { pixels[(y - 1) * line + x - each] } else { 0 } as i32;
            let guess = match filter {
                0 => 0,
                1 => left,
                2 => up,
                3 => (left + up) / 2,
                _ => {
                    let near = left + up - corner;
                    let by = |value: i32| (near - value).abs();
                    if by(left) <= by(up) && by(left) <= by(corner) {
                        left
                    } else if by(up) <= by(corner) {
                        up
                    } else {
                        corner
                    }
                }
            };
            pixels[y * line + x] = byte.wrapping_add(guess as u8);
        }
    }
    Picture { width, height, each, pixels }
}
