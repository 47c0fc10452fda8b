//! The layout of each number of the page model.

use super::cdp::Fault;
use super::document::TEXTS;
use super::frames::{Frame, Session};
use super::layout::{self, Facts, FrameFacts, Size};
use super::visit::READING;
use crate::evidence::{Layout, Sight};
use crate::page::{Mark, ShownNumber};
use serde::Serialize;

/// Numbers that are measured; a page with more is a list of other people's.
const NUMBERS: usize = 60;

/// A part of a number, as the page is asked for it.
#[derive(Serialize)]
struct Part<'a> {
    n: u32,
    text: &'a str,
    nth: usize,
}

/// The size of the whole page.
pub(super) async fn size(session: &mut Session<'_>, frames: &[Frame]) -> Result<Size, Fault> {
    let Some(main) = frames.first() else { return Ok(Size::default()) };
    session.ask(main, "beian.sizeOfPage()", READING).await
}

/// How each number is laid out, in their order.
pub(super) async fn numbers(
    session: &mut Session<'_>,
    frames: &[Frame],
    marks: &[Vec<Mark>],
    page: Size,
) -> Result<Vec<Layout>, Fault> {
    let mut layouts = vec![layout::unknown(); marks.len()];
    for (number, frame) in frames.iter().enumerate().filter(|(_, frame)| frame.own) {
        let of_frame = |mark: &&Mark| usize::try_from(mark.text / TEXTS) == Ok(number);
        let wanted: Vec<(usize, Vec<Part<'_>>)> = marks
            .iter()
            .take(NUMBERS)
            .enumerate()
            .map(|(at, marks)| (at, marks.iter().filter(of_frame).map(part).collect()))
            .filter(|(_, parts): &(usize, Vec<Part<'_>>)| !parts.is_empty())
            .collect();
        if wanted.is_empty() {
            continue;
        }
        let around = around(session, frames, number).await?;
        let parts: Vec<&Vec<Part<'_>>> = wanted.iter().map(|(_, parts)| parts).collect();
        let parts = serde_json::to_string(&parts).unwrap_or_default();
        let base = u32::try_from(number).unwrap_or_default() * TEXTS;
        let ask = format!("beian.measure({parts}, {base})");
        let facts = match session.ask::<Vec<Option<Facts>>>(frame, &ask, READING).await {
            Ok(facts) => facts,
            // The page has gone on; what was read of it stands without a layout.
            Err(Fault::Refused(_)) => continue,
            Err(fault) => return Err(fault),
        };
        for ((at, _), facts) in wanted.iter().zip(facts) {
            if let (Some(layout), Some(facts)) = (layouts.get_mut(*at), facts) {
                *layout = layout::layout(&facts, &around, page);
            }
        }
    }
    Ok(layouts)
}

/// What the layout knows better than the markup.
pub(super) fn correct(number: &mut ShownNumber, layout: &Layout) {
    match layout.sight {
        Sight::Seen => number.visible = true,
        Sight::Hidden(_) => number.visible = false,
        Sight::Unknown => {}
    }
}

fn part(mark: &Mark) -> Part<'_> {
    Part { n: mark.text, text: &mark.part, nth: mark.nth }
}

/// The frames around a frame, the innermost first.
async fn around(
    session: &mut Session<'_>,
    frames: &[Frame],
    number: usize,
) -> Result<Vec<FrameFacts>, Fault> {
    let mut around = Vec::new();
    let mut inner = number;
    while let Some(outer) = frames.get(inner).and_then(|frame| frame.parent) {
        let Some(frame) = frames.get(outer) else { break };
        let ask = format!("beian.measureFrame({inner})");
        match session.ask(frame, &ask, READING).await {
            Ok(facts) => around.push(facts),
            Err(Fault::Refused(_)) => {}
            Err(fault) => return Err(fault),
        }
        inner = outer;
    }
    Ok(around)
}
