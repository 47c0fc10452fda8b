//! Documents that are no pages: what a registry answers.

use super::{Walk, body, page::text, target};
use crate::evidence::{Failure, Hop, HopKind, Trust};
use hyper::header;
use url::Url;

/// Redirects from a registry's address to the server that knows.
const MAX_REDIRECTS: usize = 3;

/// An answer with its status, decompressed.
pub(in crate::probe) struct Document {
    pub(in crate::probe) status: u16,
    pub(in crate::probe) body: Vec<u8>,
}

impl Walk<'_> {
    /// Fetches a document. Unlike a visit of a site, which notes what is wrong with a
    /// certificate and reads on, it takes nothing from a server that does not prove its name.
    pub(in crate::probe) async fn document(&mut self, start: Url) -> Result<Document, Failure> {
        let mut seen = vec![start.clone()];
        let mut url = start;
        loop {
            let mut hop = Hop::to(url.as_str(), HopKind::Start);
            let (answered, leave) = self.knock(&url, &mut hop).await?;
            if !is_proved(&url, &hop) {
                return Err(Failure::TlsHandshake);
            }
            let status = answered.response.status().as_u16();
            let headers = answered.response.headers().clone();
            let (at, heads) = (answered.at, answered.heads);
            let cap = self.fetcher.max_body;
            let received = self.caller.body(answered.response, cap, &self.deadline).await;
            drop(leave);
            self.record(&hop, at, heads, &received);
            let location = headers.get(header::LOCATION).map(|value| value.as_bytes());
            if let (301 | 302 | 303 | 307 | 308, Some(location)) = (status, location) {
                let next = target::of_location(&url, location).ok_or(Failure::BadRedirect)?;
                if url.scheme() == "https" && next.scheme() != "https" {
                    return Err(Failure::BadRedirect);
                }
                if seen.contains(&next) {
                    return Err(Failure::RedirectLoop);
                }
                if seen.len() > MAX_REDIRECTS {
                    return Err(Failure::TooManyRedirects);
                }
                seen.push(next.clone());
                url = next;
                continue;
            }
            if let Some(failure) = received.broken {
                return Err(failure);
            }
            let coding = text(&headers, header::CONTENT_ENCODING);
            let plain = body::decode(&received.bytes, coding.as_deref(), cap, received.cut)
                .map_err(|body::Undecodable| Failure::BadBody)?;
            // Half a document is none.
            if plain.cut {
                return Err(Failure::BadBody);
            }
            return Ok(Document { status, body: plain.bytes.into_owned() });
        }
    }
}

fn is_proved(url: &Url, hop: &Hop) -> bool {
    let trust = hop.certificate.as_ref().map(|certificate| certificate.trust);
    url.scheme() != "https" || trust == Some(Trust::Valid)
}
