//! Answers of the demo's web servers: made when the world starts, played when asked for.

use super::DemoError;
use super::layout;
use super::site::{PageFile, Route, Site};
use hyper::body::{Body, Bytes, Frame, SizeHint};
use std::{
    collections::VecDeque,
    io::Write as _,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::{Instant, Sleep, sleep};

/// Time between the pieces of an answer that comes in pieces.
const PAUSE: Duration = Duration::from_millis(60);

/// One answer.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
    pub(super) delay: Duration,
    pub(super) http10: bool,
    pieces: usize,
    cut: bool,
    endless: bool,
}

impl Reply {
    /// The answer that a route gives.
    pub(super) fn of_route(site: &Site, route: &Route) -> Result<Reply, DemoError> {
        let mut reply = match (&route.body, &route.location) {
            (Some(body), _) => Reply::of_text(&layout::fill(site, body)),
            (None, Some(_)) if route.page.is_none() => Reply::of_text(""),
            _ => Reply::of_page(site, route.page.as_deref())?,
        };
        reply.status = route.status.unwrap_or(if route.location.is_some() { 302 } else { 200 });
        for (name, value) in &route.headers {
            reply.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            reply.headers.push((name.clone(), layout::fill(site, value)));
        }
        if let Some(location) = &route.location {
            reply.headers.push(("location".to_owned(), layout::fill(site, location)));
        }
        if let Some(coding) = &route.coding {
            reply.body = encode(coding, &reply.body)
                .ok_or_else(|| DemoError::site(&site.name, format!("no such coding: {coding}")))?;
            reply.headers.push(("content-encoding".to_owned(), coding.clone()));
        }
        reply.delay = Duration::from_millis(route.delay);
        reply.http10 = route.http10;
        reply.pieces = route.pieces;
        reply.cut = route.cut;
        reply.endless = route.endless;
        Ok(reply)
    }

    /// One of the site's pages.
    pub(super) fn of_page(site: &Site, name: Option<&str>) -> Result<Reply, DemoError> {
        let page: &PageFile = match name {
            None => &site.page,
            Some(name) => site
                .pages
                .get(name)
                .ok_or_else(|| DemoError::site(&site.name, format!("no such page: {name}")))?,
        };
        let encoding = page.encoding.as_deref().unwrap_or("utf-8");
        let usual = format!("text/html; charset={encoding}");
        let mut reply = Reply::of_text("");
        reply.body = layout::bytes(site, page)?.into();
        reply.headers = match page.content_type.as_deref().unwrap_or(&usual) {
            "" => Vec::new(),
            own => vec![("content-type".to_owned(), own.to_owned())],
        };
        Ok(reply)
    }

    /// A short answer that is none of a site's pages.
    pub(super) fn of_text(text: &str) -> Reply {
        Reply {
            status: 200,
            headers: vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())],
            body: Bytes::copy_from_slice(text.as_bytes()),
            delay: Duration::ZERO,
            http10: false,
            pieces: 1,
            cut: false,
            endless: false,
        }
    }

    /// The body as it goes over the wire.
    pub(super) fn stream(&self) -> Pieces {
        let sent = if self.cut { self.body.len() / 2 } else { self.body.len() };
        let sent = self.body.slice(..sent);
        let size = sent.len().div_ceil(self.pieces.max(1)).max(1);
        let chunks =
            (0..sent.len()).step_by(size).map(|from| sent.slice(from..sent.len().min(from + size)));
        Pieces {
            chunks: chunks.collect(),
            announced: (!self.endless).then_some(self.body.len() as u64),
            // Without a pause the break would come before the first bytes are on their way.
            pause: (self.pieces > 1 || self.cut).then(|| Box::pin(sleep(Duration::ZERO))),
            breaks: self.cut,
            endless: self.endless.then(|| Bytes::from(vec![b' '; 16 * 1024])),
        }
    }
}

/// A body in pieces: some time apart, cut short, or without end.
pub(super) struct Pieces {
    chunks: VecDeque<Bytes>,
    announced: Option<u64>,
    pause: Option<Pin<Box<Sleep>>>,
    breaks: bool,
    endless: Option<Bytes>,
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        if let Some(pause) = &mut self.pause {
            if pause.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            pause.as_mut().reset(Instant::now() + PAUSE);
        }
        let next = self.chunks.pop_front().or_else(|| self.endless.clone());
        match next {
            Some(chunk) => Poll::Ready(Some(Ok(Frame::data(chunk)))),
            // The connection is torn down in the middle of the announced body.
            None if self.breaks => Poll::Ready(Some(Err(std::io::ErrorKind::BrokenPipe.into()))),
            None => Poll::Ready(None),
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.announced.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

fn encode(coding: &str, body: &[u8]) -> Option<Bytes> {
    let level = flate2::Compression::default();
    match coding {
        "gzip" => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
            encoder.write_all(body).ok()?;
            encoder.finish().ok().map(Bytes::from)
        }
        "deflate" => {
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), level);
            encoder.write_all(body).ok()?;
            encoder.finish().ok().map(Bytes::from)
        }
        "br" => Some(stored_brotli(body)),
        _ => None,
    }
}

/// Brotli (RFC 7932) without compression: stored blocks of up to 65,536 bytes.
fn stored_brotli(body: &[u8]) -> Bytes {
    let mut out = Vec::with_capacity(body.len() + 16);
    for (at, block) in body.chunks(0x1_0000).enumerate() {
        // ISLAST 0, MNIBBLES 0 (four nibbles), MLEN - 1, ISUNCOMPRESSED 1; the stream's
        // first bit is WBITS 0 (a window of 64 KiB).
        let length = u32::try_from(block.len() - 1).unwrap_or(0);
        let header = (length << 3) | (1 << 19);
        let header = if at == 0 { header << 1 } else { header };
        out.extend(header.to_le_bytes().iter().take(3));
        out.extend_from_slice(block);
    }
    // ISLAST 1, ISLASTEMPTY 1; behind WBITS where there was no block.
    out.push(if body.is_empty() { 0b110 } else { 0b11 });
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn stored_brotli_is_read_back_by_a_decoder() {
        for length in [0, 1, 100, 0x1_0000, 0x1_0001, 200_000] {
            let body: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let mut back = Vec::new();
            brotli_decompressor::Decompressor::new(&stored_brotli(&body)[..], 4096)
                .read_to_end(&mut back)
                .unwrap();
            assert_eq!(back, body, "{length} bytes");
        }
    }
}
