//! What the browser shows as one document, and the page model of it.

use super::cdp::Fault;
use super::frames::{Frame, Session};
use super::visit::READING;
use crate::evidence;
use crate::page::{self, Mark, Page};
use serde::Deserialize;
use std::collections::HashMap;
use url::Url;

/// Bytes of the documents of all frames of a page, and of the one put together of them.
const WHOLE: usize = 24 << 20;
/// Letters of one frame's document.
const MOST: usize = 6_000_000;
/// Those of a frame of another site, of which only the numbers are of interest.
const MOST_FOREIGN: usize = 1_000_000;
/// A letter's bytes, at the most.
const LETTER: usize = 3;
/// Letters of an address.
const ADDRESS: usize = 8_192;
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
    let taken = take_all(session, frames).await?;
    let whole = taken.iter().zip(frames).all(|(one, frame)| one.whole || !frame.own);
    let frames = frames.to_vec();
    let reading = tokio::task::spawn_blocking(move || read_all(taken, &frames, whole));
    // A model that cannot be read is no fault of the browser's.
    reading.await.map_err(|error| Fault::Threw(error.to_string()))
}

/// The documents of all frames, outer ones before inner ones, as far as there is room.
async fn take_all(session: &mut Session<'_>, frames: &[Frame]) -> Result<Vec<Taken>, Fault> {
    let mut taken: Vec<Taken> = Vec::new();
    let mut room = WHOLE;
    for (number, frame) in (0u32..).zip(frames) {
        let most = letters(room, frame.own);
        if most == 0 {
            taken.push(Taken::default());
            continue;
        }
        let (base, inner) = (number * TEXTS, frame.parent.is_some());
        let ask = format!("beian.snapshot({base}, {inner}, {most})");
        let one = session.ask::<Taken>(frame, &ask, READING).await;
        let one = match one {
            Ok(one) => one,
            Err(Fault::Refused(_) | Fault::Threw(_)) if inner => {
                Taken { whole: true, ..Taken::default() }
            }
            Err(fault) => return Err(fault),
        };
        room = room.saturating_sub(one.html.len());
        taken.push(one);
    }
    Ok(taken)
}

/// How many letters a frame may bring into so much room.
fn letters(room: usize, own: bool) -> usize {
    (room / LETTER).min(if own { MOST } else { MOST_FOREIGN })
}

fn read_all(mut taken: Vec<Taken>, frames: &[Frame], whole: bool) -> Document {
    let mut foreign = Vec::new();
    let mut bodies = Vec::new();
    for (one, frame) in taken.iter_mut().zip(frames) {
        let body = std::mem::take(&mut one.html);
        if frame.own {
            bodies.push(body);
        } else {
            foreign.push(read_frame(&frame.url, &body));
            bodies.push(String::new());
        }
    }
    let (body, fits) = put_together(frames, bodies);
    let main = taken.first();
    let html = whole_document(main, &body);
    drop(body);
    let url: String = main.map(|main| main.url.chars().take(ADDRESS).collect()).unwrap_or_default();
    let charset = main.map(|main| main.charset.to_uppercase()).unwrap_or_default();
    let (page, marks) = read(&html, &url, charset, !(whole && fits));
    Document { url, html, page, marks, frames: foreign }
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
    fn all_frames_share_the_room_of_one_page() {
        assert_eq!((letters(WHOLE, true), letters(WHOLE, false)), (MOST, MOST_FOREIGN));
        assert_eq!((letters(WHOLE / 8, true), letters(2, true)), (WHOLE / 24, 0));
    }

    #[test]
    fn an_address_has_an_end() {
        let url = format!("https://site.example/{}", "a".repeat(2_000_000));
        let main = Taken { url: url.clone(), whole: true, ..Taken::default() };
        let document = read_all(vec![main], &[frame(None, true, &url)], true);
        assert_eq!(document.url.len(), ADDRESS);
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
