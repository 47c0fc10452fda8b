//! Whether a visitor sees a number: judged from facts of the browser's layout. In doubt it
//! is seen, or nobody knows.

use crate::evidence::{Area, Layout, Sight, Unseen};
use serde::Deserialize;

/// Opacity, or share of a colour, up to which nothing is made out.
const NOTHING: f64 = 0.05;
/// CSS pixels under which a letter cannot be read.
const READABLE: f64 = 4.0;
/// Where drawers wait that a click pulls in.
const DRAWER: f64 = 600.0;
/// Difference of a colour's parts, of 255, up to which two colours are one to the eye.
const ONE_COLOUR: f64 = 12.0;
/// From here on, what lies over something hides it.
const OPAQUE: f64 = 0.9;

type Colour = [f64; 4];

/// What the browser tells of a text or a frame.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Facts {
    laid_out: bool,
    /// Left, top, width, height from the page's corner.
    area: [f64; 4],
    visible: bool,
    opacity: f64,
    font: f64,
    /// The height of its tallest line.
    tall: f64,
    /// An animation runs on it.
    moving: bool,
    /// It was moved or scrolled from its place, as what slides is.
    shifted: bool,
    /// Distance from the screen's lower edge, of what is fixed to the screen.
    below: Option<f64>,
    /// A box without size cuts it off.
    flat: bool,
    /// A box cuts all of it off.
    cut: Option<Cut>,
    /// A dialogue keeps everything else from being reached.
    dead: bool,
    colour: Option<Colour>,
    /// Shadow, outline or blending: its colour is not all that shows it.
    adorned: bool,
    /// Where what scrolls it ends.
    foot: f64,
    link: Option<Linked>,
    points: Vec<Point>,
}

/// The kind of a box that cuts off what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Cut {
    /// As large as a screen: a reader may turn over within it.
    Large,
    Small,
}

#[derive(Clone, Debug, Deserialize)]
struct Linked {
    target: String,
    /// What lies over it.
    over: Option<String>,
}

/// A point of the text on the screen.
#[derive(Clone, Debug, Deserialize)]
struct Point {
    /// Whether the text is there.
    met: bool,
    /// How opaque each thing above it is.
    over: Vec<f64>,
    /// The colours below, the uppermost first; `None` where nobody can tell.
    under: Vec<Option<Colour>>,
}

/// A frame around a number: how it is itself laid out, and where its inside begins.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct FrameFacts {
    told: Facts,
    x: f64,
    y: f64,
}

/// The whole page.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// What nobody could find in the layout.
pub(super) fn unknown() -> Layout {
    Layout {
        area: Area::default(),
        sight: Sight::Unknown,
        from_foot: 0,
        centred: false,
        target: String::new(),
        link_covered_by: None,
    }
}

/// The layout of a number within these frames, the innermost first.
pub(super) fn layout(facts: &Facts, frames: &[FrameFacts], page: Size) -> Layout {
    let [x, y, width, height] = facts.area;
    let (x, y) = frames.iter().fold((x, y), |(x, y), frame| (x + frame.x, y + frame.y));
    let from_foot = match (facts.below, frames.is_empty()) {
        (Some(below), _) => below,
        (None, true) => facts.foot - y - height,
        (None, false) => page.height - y - height,
    };
    let own = sight(facts);
    let around = frames.iter().map(|frame| frame_sight(&frame.told));
    let sights: Vec<Sight> = std::iter::once(own).chain(around).collect();
    let hidden = sights.iter().find(|sight| matches!(sight, Sight::Hidden(_)));
    let unsure = sights.iter().find(|sight| matches!(sight, Sight::Unknown));
    let link = facts.link.as_ref();
    Layout {
        area: Area {
            x: x.round() as i32,
            y: y.round() as i32,
            width: width.round() as u32,
            height: height.round() as u32,
        },
        sight: hidden.or(unsure).copied().unwrap_or(Sight::Seen),
        from_foot: from_foot.max(0.0).round() as u32,
        centred: (x + width / 2.0 - page.width / 2.0).abs() <= page.width / 10.0,
        target: link.map(|link| link.target.clone()).unwrap_or_default(),
        link_covered_by: link.and_then(|link| link.over.clone()),
    }
}

/// Whether the text itself is seen.
fn sight(facts: &Facts) -> Sight {
    let small = facts.font < 2.0 || facts.tall < READABLE || facts.area[2] < READABLE;
    let found = box_sight(facts, small);
    match found {
        Sight::Seen if facts.adorned => Sight::Seen,
        Sight::Seen if is_one_colour(facts) => unless_moving(facts, Unseen::SameColour),
        other => other,
    }
}

/// Whether the box of a frame is seen.
fn frame_sight(facts: &Facts) -> Sight {
    box_sight(facts, facts.tall < READABLE || facts.area[2] < READABLE)
}

fn box_sight(facts: &Facts, small: bool) -> Sight {
    let [x, y, width, height] = facts.area;
    let (right, bottom) = (x + width, y + height);
    let met = || facts.points.iter().filter(|point| point.met);
    let hidden = |reason| unless_moving(facts, reason);
    if !facts.laid_out {
        return Sight::Hidden(Unseen::NotLaidOut);
    }
    if !facts.visible {
        return hidden(Unseen::Invisible);
    }
    if facts.opacity <= NOTHING {
        return hidden(Unseen::Transparent);
    }
    if small {
        return hidden(Unseen::TooSmall);
    }
    if right <= 0.0 || bottom <= 0.0 {
        let comes_back = facts.shifted || (right > -DRAWER && bottom > 0.0);
        return if comes_back { Sight::Unknown } else { hidden(Unseen::OffPage) };
    }
    if facts.dead {
        return Sight::Seen;
    }
    if met().next().is_none() {
        // In a box of no size nothing is met, to whatever place our look has scrolled it.
        if facts.flat {
            return hidden(Unseen::TooSmall);
        }
        // Below a page that does not scroll there may be more, unless a box ends before it.
        let is_out_of_reach = facts.points.is_empty() && facts.cut != Some(Cut::Small);
        let turns_over = facts.shifted || facts.cut == Some(Cut::Large);
        return if is_out_of_reach || turns_over {
            Sight::Unknown
        } else {
            hidden(Unseen::Clipped)
        };
    }
    if met().all(|point| point.over.iter().any(|alpha| *alpha >= OPAQUE)) {
        return hidden(Unseen::Covered);
    }
    Sight::Seen
}

fn unless_moving(facts: &Facts, reason: Unseen) -> Sight {
    if facts.moving { Sight::Unknown } else { Sight::Hidden(reason) }
}

/// Whether the text has everywhere the colour of what is below it.
fn is_one_colour(facts: &Facts) -> bool {
    let Some(text) = facts.colour else { return false };
    let mut met = facts.points.iter().filter(|point| point.met).peekable();
    met.peek().is_some()
        && met.all(|point| {
            ground(&point.under).is_some_and(|ground| {
                let shown = over(text, ground);
                shown.iter().zip(ground).all(|(a, b)| (a - b).abs() <= ONE_COLOUR)
            })
        })
}

/// What these layers come to on white paper; `None` where one of them cannot be told.
fn ground(layers: &[Option<Colour>]) -> Option<[f64; 3]> {
    let mut ground = [255.0; 3];
    let opaque = layers.iter().position(|layer| layer.is_some_and(|c| c[3] > 0.98));
    let seen = opaque.map_or(layers.len(), |at| at + 1);
    for layer in layers.iter().take(seen).rev() {
        ground = over((*layer)?, ground);
    }
    Some(ground)
}

fn over(above: Colour, below: [f64; 3]) -> [f64; 3] {
    let [r, g, b, alpha] = above;
    let [below_r, below_g, below_b] = below;
    let mix = |above: f64, below: f64| above * alpha + below * (1.0 - alpha);
    [mix(r, below_r), mix(g, below_g), mix(b, below_b)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHITE: Colour = [255.0, 255.0, 255.0, 1.0];

    fn plain() -> Facts {
        let point = Point { met: true, over: vec![0.0], under: vec![Some(WHITE)] };
        Facts {
            laid_out: true,
            area: [500.0, 1900.0, 200.0, 20.0],
            visible: true,
            opacity: 1.0,
            font: 14.0,
            tall: 18.0,
            moving: false,
            shifted: false,
            below: None,
            flat: false,
            cut: None,
            dead: false,
            colour: Some([51.0, 51.0, 51.0, 1.0]),
            adorned: false,
            foot: 2000.0,
            link: None,
            points: vec![point.clone(), point],
        }
    }

    fn changed(change: impl FnOnce(&mut Facts)) -> Sight {
        let mut facts = plain();
        change(&mut facts);
        sight(&facts)
    }

    #[test]
    fn each_way_of_hiding_is_told() {
        use Unseen::*;
        let not_met = |facts: &mut Facts| facts.points.iter_mut().for_each(|p| p.met = false);
        let covered = |facts: &mut Facts| facts.points.iter_mut().for_each(|p| p.over.push(1.0));
        let hidden = Sight::Hidden;
        assert_eq!(changed(|_| ()), Sight::Seen);
        assert_eq!(changed(|f| f.laid_out = false), hidden(NotLaidOut));
        assert_eq!(changed(|f| f.visible = false), hidden(Invisible));
        assert_eq!(changed(|f| f.opacity = 0.05), hidden(Transparent));
        assert_eq!(changed(|f| f.font = 0.0), hidden(TooSmall));
        assert_eq!(changed(|f| f.tall = 0.0), hidden(TooSmall));
        assert_eq!(changed(|f| f.area[0] = -9_999.0), hidden(OffPage));
        assert_eq!(changed(|f| f.area[1] = -100.0), hidden(OffPage));
        assert_eq!(changed(not_met), hidden(Clipped));
        assert_eq!(
            changed(|f| {
                not_met(f);
                f.flat = true;
            }),
            hidden(TooSmall)
        );
        assert_eq!(
            changed(|f| {
                f.points.clear();
                f.cut = Some(Cut::Small);
            }),
            hidden(Clipped)
        );
        assert_eq!(changed(covered), hidden(Covered));
        assert_eq!(changed(|f| f.colour = Some(WHITE)), hidden(SameColour));
        assert_eq!(changed(|f| f.colour = Some([250.0, 250.0, 250.0, 1.0])), hidden(SameColour));
        assert_eq!(changed(|f| f.colour = Some([0.0, 0.0, 0.0, 0.0])), hidden(SameColour));
    }

    #[test]
    fn what_a_visitor_may_see_is_not_called_hidden() {
        assert_eq!(changed(|f| f.opacity = 0.3), Sight::Seen);
        assert_eq!(changed(|f| f.colour = Some([200.0, 200.0, 200.0, 1.0])), Sight::Seen);
        assert_eq!(changed(|f| f.colour = None), Sight::Seen);
        // A picture below it, or one point of it free.
        assert_eq!(
            changed(|f| {
                f.colour = Some(WHITE);
                f.points[0].under = vec![None];
            }),
            Sight::Seen
        );
        assert_eq!(changed(|f| f.points[0].over = vec![1.0]), Sight::Seen);
        assert_eq!(changed(|f| f.points[0].met = false), Sight::Seen);
        // Below the end of what scrolls, or on another of its screens.
        assert_eq!(changed(|f| f.points.clear()), Sight::Unknown);
        assert_eq!(
            changed(|f| {
                f.points.iter_mut().for_each(|p| p.met = false);
                f.cut = Some(Cut::Large);
            }),
            Sight::Unknown
        );
        // A drawer, a slide, something that moves, a page behind a dialogue.
        assert_eq!(changed(|f| f.area[0] = -400.0), Sight::Unknown);
        assert_eq!(
            changed(|f| {
                f.area[0] = -9_999.0;
                f.shifted = true;
            }),
            Sight::Unknown
        );
        assert_eq!(
            changed(|f| {
                f.visible = false;
                f.moving = true;
            }),
            Sight::Unknown
        );
        assert_eq!(
            changed(|f| {
                f.dead = true;
                f.points.iter_mut().for_each(|p| p.met = false);
            }),
            Sight::Seen
        );
    }

    #[test]
    fn colours_are_mixed_down_to_the_first_that_hides_the_rest() {
        let dark = Some([0.0, 0.0, 0.0, 1.0]);
        let veil = Some([255.0, 255.0, 255.0, 0.5]);
        assert_eq!(ground(&[]), Some([255.0; 3]));
        assert_eq!(ground(&[veil, dark, None]), Some([127.5; 3]));
        assert_eq!(ground(&[veil, None, dark]), None);
    }

    #[test]
    fn a_number_in_a_frame_stands_where_the_frame_stands() {
        let mut facts = plain();
        facts.area = [10.0, 20.0, 200.0, 20.0];
        let mut frame = FrameFacts { told: plain(), x: 500.0, y: 1_900.0 };
        let page = Size { width: 1_200.0, height: 2_000.0 };
        let layout_of = |frame: &FrameFacts| layout(&facts, std::slice::from_ref(frame), page);
        let shown = layout_of(&frame);
        assert_eq!(shown.area, Area { x: 510, y: 1_920, width: 200, height: 20 });
        assert_eq!((shown.from_foot, shown.centred, shown.sight), (60, true, Sight::Seen));
        frame.told.tall = 0.0;
        assert_eq!(layout_of(&frame).sight, Sight::Hidden(Unseen::TooSmall));
    }
}
