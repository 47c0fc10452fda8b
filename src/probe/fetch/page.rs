//! From an answer's bytes to what was seen.

use super::{Body, Fetcher, body};
use crate::evidence::{Failure, PageSeen};
use crate::page::{self, Page, Varies};
use hyper::{
    HeaderMap,
    header::{self, HeaderName},
};
use sha2::{Digest, Sha256};
use std::{
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::OnceCell;
use url::Url;

const MAX_HEADER: usize = 256;
/// Where HTML announces itself, if it does.
const SNIFFED: usize = 1024;

/// What of the answers' headers decides how their bodies are read.
const READING: [HeaderName; 3] = [header::CONTENT_ENCODING, header::CONTENT_TYPE, header::VARY];

/// Answers of one look that are kept to be compared, and their greatest body.
const MAX_READINGS: usize = 4;
const MAX_COMPARED: usize = 4 << 20;

/// An answer whose body has been received.
pub(super) struct Answer {
    pub(super) url: Url,
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Arc<Body>,
    pub(super) cut: bool,
}

impl Answer {
    /// Whether both come to the same but for their status.
    fn reads_alike(&self, other: &Answer) -> bool {
        let same = |name: &HeaderName| {
            self.headers.get_all(name).iter().eq(other.headers.get_all(name).iter())
        };
        self.cut == other.cut
            && **self.body == **other.body
            && READING.iter().all(same)
            && page::reads_alike(&self.url, &other.url)
    }
}

/// The pages that one look at a site has read. Apex and www mostly answer with the same
/// bytes: that is one page, read once.
#[derive(Default)]
pub(in crate::probe) struct Pages(Mutex<Vec<Arc<Reading>>>);

struct Reading {
    answer: Answer,
    seen: OnceCell<Result<PageSeen, Failure>>,
}

impl Pages {
    fn reading(&self, answer: Answer) -> Arc<Reading> {
        let mut readings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = readings.iter().find(|known| known.answer.reads_alike(&answer)) {
            return Arc::clone(known);
        }
        let fresh = Reading::of(answer);
        if readings.len() < MAX_READINGS && fresh.answer.body.len() <= MAX_COMPARED {
            readings.push(Arc::clone(&fresh));
        }
        fresh
    }
}

impl Reading {
    fn of(answer: Answer) -> Arc<Reading> {
        Arc::new(Reading { answer, seen: OnceCell::new() })
    }
}

/// A header as text, bounded.
pub(super) fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let value = String::from_utf8_lossy(headers.get(name)?.as_bytes()).into_owned();
    Some(value.chars().filter(|c| !c.is_control()).take(MAX_HEADER).collect())
}

impl Fetcher {
    /// Decompresses and reads an answer, unless the like of it has been read.
    pub(super) async fn read(
        &self,
        answer: Answer,
        pages: Option<&Pages>,
    ) -> Result<PageSeen, Failure> {
        let status = answer.status;
        let reading = match pages {
            Some(pages) => pages.reading(answer),
            None => Reading::of(answer),
        };
        // Who waits here for another's reading holds nothing that it could wait for.
        let seen = reading.seen.get_or_init(|| self.aside(Arc::clone(&reading))).await;
        seen.clone().map(|seen| PageSeen { status, ..seen })
    }

    /// Reads off the threads that wait for the network.
    async fn aside(&self, reading: Arc<Reading>) -> Result<PageSeen, Failure> {
        let permit = Arc::clone(&self.readers).acquire_owned().await;
        let cap = self.max_body;
        let reading = tokio::task::spawn_blocking(move || {
            let seen = see(&reading.answer, cap);
            drop(permit);
            seen
        });
        reading.await.unwrap_or(Err(Failure::Fault))
    }
}

fn see(answer: &Answer, cap: usize) -> Result<PageSeen, Failure> {
    let headers = &answer.headers;
    let codings: Vec<&str> = headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let codings = codings.join(",");
    let plain = body::decode(&answer.body, Some(&codings), cap, answer.cut)
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
    fn the_same_bytes_from_hosts_of_one_site_are_one_reading() {
        let answer = |host: &str, body: &str, coding: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_ENCODING, coding.parse().unwrap());
            headers.insert(header::DATE, host.parse().unwrap());
            let url = Url::parse(&format!("https://{host}/")).unwrap();
            let body = Arc::new(Body::from(body.as_bytes().to_vec()));
            Answer { url, status: 200, headers, body, cut: false }
        };
        let pages = Pages::default();
        let first = pages.reading(answer("site.cn", "a", "br"));
        assert!(Arc::ptr_eq(&first, &pages.reading(answer("www.site.cn", "a", "br"))));
        for (host, body, coding) in
            [("other.cn", "a", "br"), ("www.site.cn", "b", "br"), ("www.site.cn", "a", "gzip")]
        {
            let other = pages.reading(answer(host, body, coding));
            assert!(!Arc::ptr_eq(&first, &other), "{host} {body} {coding}");
        }
        let cut = Answer { cut: true, ..answer("site.cn", "a", "br") };
        assert!(!Arc::ptr_eq(&first, &pages.reading(cut)));
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
