//! From an answer's bytes to what was seen.

use super::{Fetcher, body};
use crate::evidence::{Failure, PageSeen};
use crate::page::{self, Page, Varies};
use reqwest::header::{self, HeaderMap, HeaderName};
use sha2::{Digest, Sha256};
use std::{fmt::Write as _, sync::Arc};
use url::Url;

const MAX_HEADER: usize = 256;
/// Where HTML announces itself, if it does.
const SNIFFED: usize = 1024;

/// An answer whose body has been received.
pub(super) struct Answer {
    pub(super) url: Url,
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    pub(super) cut: bool,
}

/// A header as text, bounded.
pub(super) fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let value = String::from_utf8_lossy(headers.get(name)?.as_bytes()).into_owned();
    Some(value.chars().filter(|c| !c.is_control()).take(MAX_HEADER).collect())
}

impl Fetcher {
    /// Decompresses and reads an answer, off the threads that wait for the network.
    pub(super) async fn read(&self, answer: Answer) -> Result<PageSeen, Failure> {
        let permit = Arc::clone(&self.readers).acquire_owned().await;
        let cap = self.max_body;
        let reading = tokio::task::spawn_blocking(move || {
            let seen = see(answer, cap);
            drop(permit);
            seen
        });
        reading.await.unwrap_or(Err(Failure::Fault))
    }
}

fn see(answer: Answer, cap: usize) -> Result<PageSeen, Failure> {
    let headers = &answer.headers;
    let codings: Vec<&str> = headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let codings = codings.join(",");
    let plain = body::decode(answer.body, Some(&codings), cap, answer.cut)
        .map_err(|body::Undecodable| Failure::BadBody)?;
    let content_type = text(headers, header::CONTENT_TYPE).filter(|t| !t.trim().is_empty());
    let page: Option<Page> = is_page(content_type.as_deref(), &plain.bytes).then(|| {
        let context = page::Context {
            content_type: content_type.as_deref(),
            url: Some(&answer.url),
            cut: plain.cut,
        };
        let mut page = page::read(&plain.bytes, context);
        if varies_by_agent(headers) {
            page.varies.insert(0, Varies::UserAgent);
        }
        page
    });
    Ok(PageSeen {
        status: answer.status,
        content_type,
        bytes: u64::try_from(plain.bytes.len()).unwrap_or(u64::MAX),
        digest: hex(&Sha256::digest(&plain.bytes)),
        page,
    })
}

/// Whether the server says that another browser may get another answer.
fn varies_by_agent(headers: &HeaderMap) -> bool {
    let names = headers.get_all(header::VARY).iter().filter_map(|value| value.to_str().ok());
    names.flat_map(|value| value.split(',')).any(|n| n.trim().eq_ignore_ascii_case("user-agent"))
}

/// Whether an answer is HTML or text: by its type, and by its looks where that says nothing.
fn is_page(content_type: Option<&str>, body: &[u8]) -> bool {
    let essence = content_type.and_then(|t| t.split(';').next()).unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    match essence.as_str() {
        "" | "application/octet-stream" | "application/unknown" | "unknown/unknown" | "*/*" => {
            looks_like_html(body)
        }
        "application/xhtml+xml" | "application/xml" | "html" => true,
        text => text.starts_with("text/") && !matches!(text, "text/css" | "text/javascript"),
    }
}

fn looks_like_html(body: &[u8]) -> bool {
    let head: Vec<u8> = body.iter().take(SNIFFED).map(u8::to_ascii_lowercase).collect();
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head).trim_ascii_start();
    const MARKS: [&[u8]; 7] =
        [b"<!doctype html", b"<html", b"<head", b"<body", b"<title", b"<meta", b"<script"];
    head.is_empty()
        || MARKS.iter().any(|mark| head.windows(mark.len()).any(|window| window == *mark))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_varies_by_agent_where_its_vary_header_names_it() {
        let varies = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::VARY, value.parse().unwrap());
            varies_by_agent(&headers)
        };
        assert!(varies("User-Agent") && varies("Accept-Encoding, user-agent"));
        assert!(!varies("Accept-Encoding") && !varies("*"));
        assert!(!varies_by_agent(&HeaderMap::new()));
    }

    #[test]
    fn html_is_known_by_its_type_or_by_its_looks() {
        assert!(is_page(Some("text/html; charset=gbk"), b""));
        assert!(is_page(Some("TEXT/PLAIN"), b""));
        assert!(is_page(None, b"\xef\xbb\xbf \n<!DOCTYPE html><p>"));
        assert!(is_page(Some("application/octet-stream"), b"<!-- x --><HTML>"));
        assert!(!is_page(None, b"\x89PNG\r\n"));
        assert!(!is_page(Some("image/png"), b"<html>"));
        assert!(!is_page(Some("application/json"), b"{}"));
        assert!(!is_page(Some("text/css"), b"<html>"));
    }
}
