//! What the browser shows as one document, and the page model of it.

use super::cdp::Fault;
use super::frames::{Frame, Session};
use super::visit::READING;
use crate::evidence;
use crate::page::{self, Mark, Page};
use serde::Deserialize;
use std::collections::HashMap;
use url::Url;

/// Bytes of a document put together of its frames.
const WHOLE: usize = 24 << 20;
/// Texts of one frame are numbered from its place times this.
pub(super) const TEXTS: u32 = 1_000_000;

/// The page that a visitor sees.
pub(super) struct Document {
    pub(super) url: String,
    /// What the model was read from.
    pub(super) html: String,
    pub(super) page: Page,
    /// Where each of its numbers stands.
    pub(super) marks: Vec<Vec<Mark>>,
    pub(super) frames: Vec<evidence::Frame>,
}

/// One frame's document.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Taken {
    html: String,
    whole: bool,
    /// Written for HTML.
    title: Option<String>,
    base: Option<String>,
    charset: String,
    url: String,
}

/// Takes the documents of all frames and reads them: those of the page's own site as one.
pub(super) async fn take(session: &mut Session<'_>, frames: &[Frame]) -> Result<Document, Fault> {
    let mut taken: Vec<Taken> = Vec::new();
    for (number, frame) in (0u32..).zip(frames) {
        let (base, inner) = (number * TEXTS, frame.parent.is_some());
        let ask = format!("beian.snapshot({base}, {inner})");
        let one = session.ask::<Taken>(frame, &ask, READING).await;
        taken.push(match one {
            Ok(one) => one,
            Err(Fault::Refused(_)) if inner => Taken { whole: true, ..Taken::default() },
            Err(fault) => return Err(fault),
        });
    }
    let foreign: Vec<(String, String)> = frames
        .iter()
        .zip(&taken)
        .filter(|(frame, _)| !frame.own)
        .map(|(frame, taken)| (frame.url.clone(), taken.html.clone()))
        .collect();
    let bodies = taken.iter_mut().map(|one| std::mem::take(&mut one.html)).collect();
    let (body, fits) = put_together(frames, bodies);
    let main = taken.first();
    let whole = fits && taken.iter().zip(frames).all(|(one, frame)| one.whole || !frame.own);
    let html = whole_document(main, &body);
    let address = main.map(|main| main.url.clone()).unwrap_or_default();
    let charset = main.map(|main| main.charset.to_uppercase()).unwrap_or_default();
    let reading = tokio::task::spawn_blocking(move || {
        let (page, marks) = read(&html, &address, charset, !whole);
        let frames = foreign.iter().map(|(url, body)| read_frame(url, body)).collect();
        Document { url: address, html, page, marks, frames }
    });
    // A model that cannot be read is no fault of the page's.
    reading.await.map_err(|error| Fault::Refused(error.to_string()))
}

fn whole_document(main: Option<&Taken>, body: &str) -> String {
    let title = main.and_then(|main| main.title.as_ref());
    let title = title.map(|title| format!("<title>{title}</title>")).unwrap_or_default();
    let base = main.and_then(|main| main.base.as_ref());
    let base = base.map(|base| format!("<base href=\"{base}\">")).unwrap_or_default();
    format!(
        "<!doctype html>\n<html><head><meta charset=\"utf-8\">{title}{base}</head>\n\
         <body>{body}</body></html>\n"
    )
}

fn read(html: &str, address: &str, charset: String, cut: bool) -> (Page, Vec<Vec<Mark>>) {
    let url = Url::parse(address).ok();
    let context =
        page::Context { content_type: Some("text/html; charset=utf-8"), url: url.as_ref(), cut };
    let (mut page, marks) = page::read_marked(html.as_bytes(), context);
    // Its scripts have run.
    page.needs_rendering = false;
    page.number_in_script = false;
    if !charset.is_empty() {
        page.charset = charset;
    }
    (page, marks)
}

fn read_frame(address: &str, body: &str) -> evidence::Frame {
    let html = format!("<!doctype html><body>{body}</body>");
    let (page, _) = read(&html, address, String::new(), false);
    let url = address.chars().take(2_000).collect();
    evidence::Frame { url, record_numbers: page.record_numbers }
}

/// Puts the documents of the page's own frames in their places; other frames stay frames.
fn put_together(frames: &[Frame], mut bodies: Vec<String>) -> (String, bool) {
    let mut fits = true;
    // Inner frames come behind outer ones.
    for (number, frame) in frames.iter().enumerate().skip(1).rev() {
        let inner = bodies.get_mut(number).map(std::mem::take).unwrap_or_default();
        let Some(outer) = frame.parent.and_then(|parent| bodies.get_mut(parent)) else { continue };
        let place = format!("<!--beian-frame:{number}-->");
        let inside = match frame.own {
            true => inner,
            false => format!("<iframe src=\"{}\"></iframe>", attribute(&frame.url)),
        };
        if outer.len() + inside.len() > WHOLE {
            fits = false;
            continue;
        }
        if let Some((before, after)) = outer.split_once(&place) {
            *outer = [before, &inside, after].concat();
        }
    }
    (bodies.into_iter().next().unwrap_or_default(), fits)
}

fn attribute(text: &str) -> String {
    let text: String = text.chars().take(2_000).collect();
    let table = HashMap::from([('&', "&amp;"), ('"', "&quot;"), ('<', "&lt;"), ('>', "&gt;")]);
    text.chars().map(|c| table.get(&c).map_or_else(|| c.to_string(), |e| (*e).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(parent: Option<usize>, own: bool, url: &str) -> Frame {
        Frame { id: String::new(), loader: String::new(), url: url.to_owned(), parent, own }
    }

    #[test]
    fn own_frames_stand_in_their_places_and_others_stay_frames() {
        let frames = [
            frame(None, true, "https://site.example/"),
            frame(Some(0), true, "https://site.example/foot"),
            frame(Some(1), true, "about:srcdoc"),
            frame(Some(0), false, "https://other.example/?a&\"b"),
        ];
        let bodies =
            ["a<!--beian-frame:1-->b<!--beian-frame:3-->", "c<!--beian-frame:2-->", "d", "e"];
        let (whole, fits) = put_together(&frames, bodies.map(str::to_owned).to_vec());
        assert_eq!(whole, "acdb<iframe src=\"https://other.example/?a&amp;&quot;b\"></iframe>");
        assert!(fits);
    }

    #[test]
    fn the_model_says_where_each_number_stands() {
        let html = "<div><beian-text n=\"4\">粤ICP备</beian-text><a href=\"https://beian.miit.gov.cn/\">\
                    <beian-text n=\"5\"> 2099000123号-1 </beian-text></a></div>\
                    <p><beian-text n=\"6\">粤ICP备2099000123号-1 粤ICP备2099000123号-1</beian-text></p>";
        let (page, marks) = read(html, "https://site.example/", "GBK".to_owned(), false);
        assert_eq!(page.record_numbers.len(), 3);
        let mark = |text, part: &str, nth| Mark { text, part: part.to_owned(), nth };
        assert_eq!(marks[0], [mark(4, "粤ICP备", 0), mark(5, "2099000123号-1", 0)]);
        assert_eq!(marks[1], [mark(6, "粤ICP备2099000123号-1", 0)]);
        assert_eq!(marks[2], [mark(6, "粤ICP备2099000123号-1", 1)]);
        assert_eq!((page.charset.as_str(), page.needs_rendering), ("GBK", false));
    }
}
