//! WARC/1.1 records, a gzip member each (ISO 28500:2017): what was asked and answered.

use super::gzip::{Packer, Part};
use crate::evidence::HostEvidence;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{fmt::Write as _, io, net::IpAddr};

/// One request and its answer as they were on the wire.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// The URL asked for.
    pub url: &'a str,
    /// The address connected to.
    pub address: Option<IpAddr>,
    /// When the request was sent.
    pub at: Timestamp,
    /// Request line and headers, ending in an empty line.
    pub request: &'a [u8],
    /// Status line and headers, ending in an empty line; empty where no answer came.
    pub response_head: &'a [u8],
    /// The body as received, transfer coding taken off, content coding not.
    pub body: &'a [u8],
    /// Whether the body was cut at the cap or broke off.
    pub truncated: bool,
}

/// One record and where it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The URL, `dns:host` for DNS answers.
    pub url: String,
    /// `request`, `response`, `metadata` or `resource`; `screenshot` for a file beside them.
    pub kind: String,
    /// Where its gzip member begins.
    pub offset: u64,
    /// How many bytes it has.
    pub length: u64,
}

/// The kind of what is no record but a PNG file of its own.
pub(super) const PICTURE: &str = "screenshot";

/// Records of one look, packed.
#[derive(Debug, Default)]
pub struct Members {
    bytes: Vec<u8>,
    list: Vec<Member>,
    packer: Packer,
}

impl Members {
    /// Adds what DNS said of a host.
    pub fn dns(&mut self, host: &HostEvidence, at: Timestamp) -> io::Result<()> {
        let block = serde_json::to_vec_pretty(&host.dns).map_err(io::Error::from)?;
        let record = Record {
            kind: "metadata",
            url: &format!("dns:{}", host.host),
            at,
            content_type: "application/json",
            ordinal: self.list.len(),
            ..Record::default()
        };
        self.add(&record, &[Part::Loose(&block)], None)?;
        Ok(())
    }

    /// Adds the document that a browser made of a page.
    pub fn document(&mut self, url: &str, at: Timestamp, html: &[u8]) -> io::Result<()> {
        let record = Record {
            kind: "resource",
            url,
            at,
            content_type: "text/html; charset=utf-8",
            ordinal: self.list.len(),
            ..Record::default()
        };
        self.add(&record, &[Part::Loose(html)], Some(html))?;
        Ok(())
    }

    /// Adds a picture of the page of a host, PNG.
    pub fn picture(&mut self, host: &str, png: &[u8]) {
        self.list.push(Member {
            url: one_word(host),
            kind: PICTURE.to_owned(),
            offset: self.bytes.len() as u64,
            length: png.len() as u64,
        });
        self.bytes.extend_from_slice(png);
    }

    /// Adds a request, and its answer where one came.
    pub fn exchange(&mut self, exchange: &Exchange<'_>) -> io::Result<()> {
        let request = Record {
            kind: "request",
            url: exchange.url,
            at: exchange.at,
            address: exchange.address,
            content_type: "application/http; msgtype=request",
            ordinal: self.list.len(),
            ..Record::default()
        };
        let id = self.add(&request, &[Part::Loose(exchange.request)], None)?;
        if exchange.response_head.is_empty() {
            return Ok(());
        }
        let response = Record {
            kind: "response",
            content_type: "application/http; msgtype=response",
            concurrent_to: Some(&id),
            truncated: exchange.truncated,
            ordinal: self.list.len(),
            ..request
        };
        let head = without_transfer_coding(exchange.response_head);
        let body = match is_coded(&head) {
            true => Part::Packed(exchange.body),
            false => Part::Loose(exchange.body),
        };
        self.add(&response, &[Part::Loose(&head), body], Some(exchange.body))?;
        Ok(())
    }

    /// Adds a text that came without HTTP: what a WHOIS server answered.
    pub fn resource(&mut self, exchange: &Exchange<'_>) -> io::Result<()> {
        let record = Record {
            kind: "resource",
            url: exchange.url,
            at: exchange.at,
            address: exchange.address,
            content_type: "text/plain",
            truncated: exchange.truncated,
            ordinal: self.list.len(),
            ..Record::default()
        };
        self.add(&record, &[Part::Loose(exchange.body)], Some(exchange.body))?;
        Ok(())
    }

    pub(super) fn into_parts(self) -> (Vec<u8>, Vec<Member>) {
        (self.bytes, self.list)
    }

    fn add(
        &mut self,
        record: &Record<'_>,
        block: &[Part<'_>],
        payload: Option<&[u8]>,
    ) -> io::Result<String> {
        let (id, packed) = record.pack(block, payload, &mut self.packer)?;
        self.list.push(Member {
            url: one_word(record.url),
            kind: record.kind.to_owned(),
            offset: self.bytes.len() as u64,
            length: packed.len() as u64,
        });
        self.bytes.extend(packed);
        Ok(id)
    }
}

/// The record that each file begins with.
pub(super) fn warcinfo(file: &str, at: Timestamp) -> io::Result<Vec<u8>> {
    let block = format!(
        "software: beian/{}\r\nformat: WARC File Format 1.1\r\nconformsTo: \
         http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n",
        env!("CARGO_PKG_VERSION")
    );
    let record = Record {
        kind: "warcinfo",
        at,
        content_type: "application/warc-fields",
        file: Some(file),
        ..Record::default()
    };
    let mut packer = Packer::default();
    record.pack(&[Part::Loose(block.as_bytes())], None, &mut packer).map(|(_, packed)| packed)
}

/// The named fields of a record.
#[derive(Clone, Copy, Default)]
struct Record<'a> {
    kind: &'a str,
    url: &'a str,
    at: Timestamp,
    address: Option<IpAddr>,
    content_type: &'a str,
    concurrent_to: Option<&'a str>,
    truncated: bool,
    file: Option<&'a str>,
    /// Tells apart two equal records of one look.
    ordinal: usize,
}

impl Record<'_> {
    /// The record's id and its gzip member.
    fn pack(
        &self,
        block: &[Part<'_>],
        payload: Option<&[u8]>,
        packer: &mut Packer,
    ) -> io::Result<(String, Vec<u8>)> {
        let bytes: Vec<&[u8]> = block.iter().map(|part| part.bytes()).collect();
        let digest = sha256(&bytes);
        let id = self.id(&digest);
        let length: usize = bytes.iter().map(|part| part.len()).sum();
        let mut head = format!(
            "WARC/1.1\r\nWARC-Type: {}\r\nWARC-Record-ID: {id}\r\nWARC-Date: {}\r\n",
            self.kind,
            self.date()
        );
        // Writing to a String cannot fail.
        let mut field = |name: &str, value: &str| {
            let _ = write!(head, "{name}: {value}\r\n");
        };
        if !self.url.is_empty() {
            field("WARC-Target-URI", &one_word(self.url));
        }
        if let Some(address) = self.address {
            field("WARC-IP-Address", &address.to_string());
        }
        if let Some(other) = self.concurrent_to {
            field("WARC-Concurrent-To", other);
        }
        if let Some(file) = self.file {
            field("WARC-Filename", file);
        }
        if self.truncated {
            field("WARC-Truncated", "unspecified");
        }
        field("WARC-Block-Digest", &format!("sha256:{}", hex(&digest)));
        if let Some(payload) = payload {
            field("WARC-Payload-Digest", &format!("sha256:{}", hex(&sha256(&[payload]))));
        }
        field("Content-Type", self.content_type);
        field("Content-Length", &length.to_string());

        head.push_str("\r\n");

        let mut parts = vec![Part::Loose(head.as_bytes())];
        parts.extend(block);
        parts.push(Part::Loose(b"\r\n\r\n"));
        Ok((id, packer.member(&parts)?))
    }

    /// A UUID of version 8 (RFC 9562) made of what the record holds: the same record has the
    /// same id in every file it is written to.
    fn id(&self, digest: &[u8]) -> String {
        let address = self.address.map_or_else(String::new, |address| address.to_string());
        let name =
            [self.kind, self.url, &self.date(), &address, self.file.unwrap_or("")].join("\n");
        let mut id = sha256(&[name.as_bytes(), &self.ordinal.to_le_bytes(), digest]);
        id.truncate(16);
        if let [_, _, _, _, _, _, version, _, variant, ..] = id.as_mut_slice() {
            *version = *version & 0x0f | 0x80;
            *variant = *variant & 0x3f | 0x80;
        }
        let hex = hex(&id);
        let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
        let parts = [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)];
        format!("<urn:uuid:{}>", parts.join("-"))
    }

    fn date(&self) -> String {
        self.at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
    }
}

/// The body is kept without its transfer coding, so the header must not promise one:
/// it is kept under the name that archives use for such headers.
fn without_transfer_coding(head: &[u8]) -> Vec<u8> {
    const NAME: &[u8] = b"transfer-encoding:";
    let mut bytes = Vec::with_capacity(head.len() + 16);
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        if line.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME)) {
            bytes.extend(b"X-Archive-Orig-");
        }
        bytes.extend(line);
    }
    bytes
}

/// Whether the body behind this head came packed.
fn is_coded(head: &[u8]) -> bool {
    const NAME: &[u8] = b"content-encoding:";
    let mut lines = head.split(|byte| *byte == b'\n');
    lines.any(|line| line.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME)))
}

/// A URL as one word on one line, whatever it was made of.
fn one_word(url: &str) -> String {
    url.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect()
}

fn sha256(parts: &[&[u8]]) -> Vec<u8> {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use std::io::Read;

    fn exchange<'a>(head: &'a [u8], body: &'a [u8]) -> Exchange<'a> {
        Exchange {
            url: "https://site.example/a\r\nWARC-Type: forged",
            address: Some(IpAddr::from([192, 0, 2, 1])),
            at: Timestamp::UNIX_EPOCH,
            request: b"GET / HTTP/1.1\r\nHost: site.example\r\n\r\n",
            response_head: head,
            body,
            truncated: true,
        }
    }

    fn unpacked(exchange: &Exchange<'_>) -> Vec<String> {
        let mut members = Members::default();
        members.exchange(exchange).unwrap();
        let (bytes, list) = members.into_parts();
        let unpack = |member: &Member| {
            let (from, length) = (member.offset as usize, member.length as usize);
            let mut text = String::new();
            GzDecoder::new(&bytes[from..from + length]).read_to_string(&mut text).unwrap();
            text
        };
        list.iter().map(unpack).collect()
    }

    #[test]
    fn a_url_cannot_forge_a_field() {
        let records = unpacked(&exchange(b"HTTP/1.1 200 OK\r\n\r\n", b"body"));
        let forged = records.iter().flat_map(|record| record.lines());
        assert_eq!(forged.filter(|line| line.starts_with("WARC-Type: forged")).count(), 0);
        assert!(records[0].contains("WARC-Target-URI: https://site.example/aWARC-Type:forged\r\n"));
    }

    #[test]
    fn a_text_without_http_is_a_resource() {
        let mut members = Members::default();
        let exchange = Exchange { url: "whois://whois.example/a", ..exchange(b"", b"Status: ok") };
        members.resource(&exchange).unwrap();
        let (bytes, list) = members.into_parts();
        let mut text = String::new();
        GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
        assert_eq!((list.len(), list[0].kind.as_str()), (1, "resource"));
        assert!(text.contains("WARC-Type: resource\r\n") && text.contains("\r\n\r\nStatus: ok"));
        assert!(text.contains("WARC-Target-URI: whois://whois.example/a\r\n"));
    }

    #[test]
    fn a_request_without_an_answer_stands_alone() {
        assert_eq!(unpacked(&exchange(b"", b"")).len(), 1);
    }

    #[test]
    fn a_body_without_its_chunks_does_not_promise_chunks() {
        let head = b"HTTP/1.1 200 OK\r\nTRANSFER-ENCODING: chunked\r\nServer: x\r\n\r\n";
        let records = unpacked(&exchange(head, b"body"));
        assert!(records[1].contains("\r\nX-Archive-Orig-TRANSFER-ENCODING: chunked\r\n"));
        assert!(records[1].ends_with("Server: x\r\n\r\nbody\r\n\r\n"));
        assert!(records[1].contains("WARC-Truncated: unspecified\r\n"));
    }

    #[test]
    fn an_id_is_derived_from_the_record_and_is_a_uuid() {
        let id = |body| {
            let records = unpacked(&exchange(b"HTTP/1.1 200 OK\r\n\r\n", body));
            let line = records[1].lines().find(|line| line.starts_with("WARC-Record-ID")).unwrap();
            line.to_owned()
        };
        assert_eq!(id(b"one"), id(b"one"));
        assert_ne!(id(b"one"), id(b"two"));
        let uuid = regex::Regex::new(
            "<urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}>$",
        );
        assert!(uuid.unwrap().is_match(&id(b"one")));
    }
}
