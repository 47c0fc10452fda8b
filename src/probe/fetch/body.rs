//! Bodies: compressed bytes as received → the page's bytes, both within the cap.

use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};
use std::{borrow::Cow, io::Read};

/// Codings laid over each other that are taken off.
const MAX_CODINGS: usize = 3;

/// The size of most pages, in bytes.
const PAGE: usize = 64 * 1024;

/// A body without its codings.
#[derive(Debug, PartialEq)]
pub(super) struct Plain<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    /// Whether it was cut at the cap.
    pub(super) cut: bool,
}

/// The body cannot be decompressed.
#[derive(Debug, PartialEq)]
pub(super) struct Undecodable;

/// Takes the codings off. `cut` says that the compressed body itself was cut: then a stream
/// that ends early is no fault.
pub(super) fn decode<'a>(
    body: &'a [u8],
    content_encoding: Option<&str>,
    cap: usize,
    cut: bool,
) -> Result<Plain<'a>, Undecodable> {
    let mut plain = Plain { bytes: Cow::Borrowed(body), cut };
    let codings: Vec<&str> = content_encoding
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"))
        .collect();
    if codings.len() > MAX_CODINGS {
        return Err(Undecodable);
    }
    // The last one named was applied last.
    for coding in codings.into_iter().rev() {
        if plain.bytes.is_empty() {
            return Ok(plain);
        }
        plain = match coding.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => gunzip(plain, cap)?,
            "deflate" => inflate(plain, cap)?,
            "br" => {
                let reader = brotli_decompressor::Decompressor::new(&*plain.bytes, 4096);
                bounded(reader, cap, plain.cut)?
            }
            _ => return Err(Undecodable),
        };
    }
    if plain.bytes.len() > cap {
        plain.cut = true;
        plain.bytes.to_mut().truncate(cap);
    }
    Ok(plain)
}

/// One gzip member or several. What follows them is ignored, and a body that is no gzip at
/// all is taken as it stands, both as browsers do.
fn gunzip(body: Plain<'_>, cap: usize) -> Result<Plain<'_>, Undecodable> {
    const MAGIC: [u8; 2] = [0x1f, 0x8b];
    if !body.bytes.starts_with(&MAGIC) {
        return Ok(body);
    }
    let mut rest = &*body.bytes;
    let mut out = Plain { bytes: Cow::Borrowed(&[]), cut: body.cut };
    while rest.starts_with(&MAGIC) {
        let member = bounded(GzDecoder::new(&mut rest), cap - out.bytes.len(), body.cut)?;
        match out.bytes.is_empty() {
            true => out.bytes = member.bytes,
            false => out.bytes.to_mut().extend_from_slice(&member.bytes),
        }
        out.cut |= member.cut;
        if out.cut || out.bytes.len() >= cap {
            break;
        }
    }
    Ok(out)
}

/// `deflate` means zlib, and many servers send the bare stream.
fn inflate(body: Plain<'_>, cap: usize) -> Result<Plain<'static>, Undecodable> {
    let wrapped = bounded(ZlibDecoder::new(&*body.bytes), cap, body.cut);
    match wrapped {
        Ok(plain) if !plain.bytes.is_empty() => Ok(plain),
        _ => bounded(DeflateDecoder::new(&*body.bytes), cap, body.cut),
    }
}

/// Reads up to the cap; a bomb ends there.
fn bounded(reader: impl Read, cap: usize, cut: bool) -> Result<Plain<'static>, Undecodable> {
    let mut bytes = Vec::with_capacity(cap.min(PAGE));
    // One byte more tells a page that ends at the cap from one that does not.
    let one_more = u64::try_from(cap).unwrap_or(u64::MAX).saturating_add(1);
    // What was read before an error is kept.
    let ended = reader.take(one_more).read_to_end(&mut bytes);
    if bytes.len() > cap {
        bytes.truncate(cap);
        return Ok(Plain { bytes: bytes.into(), cut: true });
    }
    match ended {
        Ok(_) => Ok(Plain { bytes: bytes.into(), cut }),
        Err(_) if cut => Ok(Plain { bytes: bytes.into(), cut: true }),
        Err(_) => Err(Undecodable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{
        Compression,
        write::{DeflateEncoder, GzEncoder, ZlibEncoder},
    };
    use std::io::Write;

    const TEXT: &[u8] = "示例网站 示例网站 示例网站".as_bytes();

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn raw(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn whole(body: Vec<u8>, coding: &str) -> Vec<u8> {
        let plain = decode(&body, Some(coding), 1 << 20, false).unwrap();
        assert!(!plain.cut);
        plain.bytes.into_owned()
    }

    #[test]
    fn each_coding_comes_off() {
        assert_eq!(whole(TEXT.to_vec(), "identity"), TEXT);
        assert_eq!(whole(gzip(TEXT), "gzip"), TEXT);
        assert_eq!(whole(gzip(TEXT), "X-GZIP"), TEXT);
        assert_eq!(whole(zlib(TEXT), "deflate"), TEXT);
        assert_eq!(whole(raw(TEXT), "deflate"), TEXT);
        // brotli: one uncompressed metablock and the end, by hand from RFC 7932.
        assert_eq!(
            whole(vec![0x0b, 0x02, 0x80, b'h', b'e', b'l', b'l', b'o', 0x03], "br"),
            b"hello"
        );
        assert_eq!(whole(zlib(&gzip(TEXT)), "gzip, deflate"), TEXT);
    }

    #[test]
    fn members_follow_each_other_and_rubbish_behind_them_is_ignored() {
        let mut body = gzip(TEXT);
        body.extend(gzip(b"!"));
        body.extend(b"<!-- cache -->");
        assert_eq!(whole(body, "gzip"), [TEXT, b"!"].concat());
        assert_eq!(whole(TEXT.to_vec(), "gzip"), TEXT);
    }

    #[test]
    fn a_bomb_ends_at_the_cap_as_a_cut_page() {
        let bomb = gzip(&vec![b'a'; 10 << 20]);
        let plain = decode(&bomb, Some("gzip"), 1 << 20, false).unwrap();
        assert_eq!((plain.bytes.len(), plain.cut), (1 << 20, true));
        let twice = gzip(&gzip(&vec![0; 40 << 20]));
        let plain = decode(&twice, Some("gzip, gzip"), 1 << 20, false).unwrap();
        assert_eq!((plain.bytes.len(), plain.cut), (1 << 20, true));
    }

    #[test]
    fn exactly_the_cap_is_not_cut() {
        let body = gzip(&[b'a'; 1000]);
        let plain = decode(&body, Some("gzip"), 1000, false).unwrap();
        assert_eq!((plain.bytes.len(), plain.cut), (1000, false));
        let plain = decode(&[b'a'; 1001], None, 1000, false).unwrap();
        assert_eq!((plain.bytes.len(), plain.cut), (1000, true));
    }

    #[test]
    fn a_stream_that_breaks_off_is_undecodable_unless_we_cut_it() {
        let mut half = gzip(&(0..=255).cycle().take(5000).collect::<Vec<u8>>());
        half.truncate(half.len() - 20);
        assert_eq!(decode(&half, Some("gzip"), 1 << 20, false), Err(Undecodable));
        assert!(decode(&half, Some("gzip"), 1 << 20, true).unwrap().cut);
        assert_eq!(decode(b"rubbish", Some("br"), 1 << 20, false), Err(Undecodable));
        assert_eq!(decode(b"rubbish", Some("zstd"), 1 << 20, false), Err(Undecodable));
    }
}
