//! The picture of a page.

use super::*;
use std::io::Read;

/// Width, height and pixels (three or four bytes each) of a PNG.
fn decode(png: &[u8]) -> (usize, usize, usize, Vec<u8>) {
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
    (width, height, each, pixels)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_page_is_pictured_with_its_numbers_framed() {
    let Some(path) = chromium() else { return };
    let browser = BrowserOptions { screenshots: true, ..options(path) };
    let frame = "<iframe src='/foot' width=500 height=80></iframe>";
    let stage = Stage::with(
        browser,
        pages([("/", long(LINKED)), ("/framed", long(frame)), ("/foot", LINKED.to_owned())]),
    )
    .await;
    let Some(stage) = stage else { return };
    for path in ["/", "/framed"] {
        let seen = stage.see(&format!("http://site.example{path}")).await;
        let Rendering::Shown(rendered) = seen.rendering else { panic!("{path}") };
        assert!(rendered.screenshot);
        let shot = &seen.shots[0];
        let (width, height, each, pixels) = decode(shot.picture.as_ref().unwrap());
        assert_eq!((width, height), (rendered.width as usize, rendered.height as usize));
        assert!(height > 1_500, "{height}");
        let area = only(&rendered).1.area;
        let is_frame = |x: usize, y: usize| {
            let at = (y * width + x) * each;
            pixels[at..at + 3] == [0xe6, 0x00, 0x2d]
        };
        // Left of the number there is its frame, and within it there is none.
        let (left, middle) = (area.x as usize - 4, area.y as usize + area.height as usize / 2);
        assert!(is_frame(left, middle), "{path}: no frame at {left},{middle}");
        assert!(!is_frame(area.x as usize + 2, middle));
        assert!(String::from_utf8_lossy(&shot.document).contains(NUMBER));
    }
}
