//! Whether a visitor sees a record number, and where: by the browser's layout where there is
//! one, else as far as the markup tells.

use super::{PageCase, Text};
use crate::evidence::{Layout, Sight, Unseen};
use crate::page::{ShownNumber, Zone};

/// Pages up to this height, in CSS pixels, are all foot: a screen or two.
const SHORT_PAGE: u32 = 1_800;
/// What lies so near the end of a page is at its foot, in CSS pixels; on a long page a quarter
/// of it. Twice as far where the markup takes it for a foot.
const LAST_STRETCH: u32 = 1_200;
/// What lies above this line is of the page's head, in CSS pixels.
const HEAD: i32 = 500;

/// Whether a visitor sees a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Eye {
    /// Seen.
    Sees,
    /// The markup does not hide it, and yet it need not be seen.
    Doubts,
    /// The markup hides it; a browser may show it nevertheless.
    HiddenByMarkup,
    /// The browser laid the page out, and it is not to be seen.
    Hidden(Unseen),
}

impl Eye {
    /// Whether the number counts as shown.
    pub(super) fn shows(self) -> bool {
        matches!(self, Eye::Sees | Eye::Doubts)
    }
}

/// Whether a visitor sees this number of the page.
pub(super) fn eye(case: &PageCase<'_>, number: &ShownNumber) -> Eye {
    match layout(case, number).map(|layout| layout.sight) {
        Some(Sight::Seen) => Eye::Sees,
        Some(Sight::Hidden(why)) => Eye::Hidden(why),
        Some(Sight::Unknown) | None if !number.visible => Eye::HiddenByMarkup,
        Some(Sight::Unknown) | None if number.doubtful => Eye::Doubts,
        Some(Sight::Unknown) | None => Eye::Sees,
    }
}

/// How the browser laid this number of the page out.
pub(super) fn layout<'a>(case: &PageCase<'a>, number: &ShownNumber) -> Option<&'a Layout> {
    let numbers = &case.page.record_numbers;
    // A layout of some of the numbers says nothing about which.
    let layouts = &case.rendered?.numbers;
    let at = numbers.iter().position(|of_page| std::ptr::eq(of_page, number))?;
    if layouts.len() == numbers.len() { layouts.get(at) } else { None }
}

/// Where on the page a number stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    /// At the foot, as a visitor would say.
    Foot,
    /// Surely not at the foot.
    Above,
    /// The markup puts it outside of a foot; only the layout could tell.
    Unknown,
}

/// Where a number stands.
pub(super) fn stands(case: &PageCase<'_>, number: &ShownNumber) -> Stands {
    match (case.rendered, layout(case, number)) {
        (Some(rendered), Some(layout)) if layout.sight == Sight::Seen => {
            let (width, height) = (rendered.width, rendered.height);
            let is_at_foot = is_at_foot(layout, number.zone, width, height);
            if is_at_foot { Stands::Foot } else { Stands::Above }
        }
        _ if number.zone == Zone::Footer => Stands::Foot,
        _ => Stands::Unknown,
    }
}

/// What the markup takes for a foot has to lie far from the page's end to be none.
fn is_at_foot(layout: &Layout, zone: Zone, width: u32, height: u32) -> bool {
    let stretch = match zone {
        Zone::Footer => (2 * LAST_STRETCH).max(height / 2),
        Zone::Body => LAST_STRETCH.max(height / 4),
    };
    height <= SHORT_PAGE || layout.from_foot <= stretch || is_aside(layout, width)
}

/// Whether it lies in a narrow column beside the page's content, below its head.
fn is_aside(layout: &Layout, width: u32) -> bool {
    let area = layout.area;
    let (left, right) = (i64::from(area.x), i64::from(area.x) + i64::from(area.width));
    let width = i64::from(width);
    let is_beside = right * 10 <= width * 3 || left * 10 >= width * 7;
    is_beside && area.y >= HEAD
}

/// Why a number is not seen, in words that end a sentence about it.
pub(super) fn unseen_words(why: Unseen) -> Text {
    let (zh, en) = match why {
        Unseen::NotLaidOut => (
            "所在的内容被设置为不显示（如 display:none）",
            "it stands in a part that is not displayed (display:none or the like)",
        ),
        Unseen::Invisible => (
            "所在的内容被设置为不可见（visibility:hidden）",
            "it stands in a part that is made invisible (visibility:hidden)",
        ),
        Unseen::Transparent => ("文字是透明的", "its text is transparent"),
        Unseen::TooSmall => ("文字小得无法辨认", "its text is too small to be read"),
        Unseen::SameColour => {
            ("文字颜色与背景颜色相同或几乎相同", "its text has the colour of its background")
        }
        Unseen::OffPage => ("文字被移到了页面之外", "its text is moved off the page"),
        Unseen::Clipped => ("文字被裁掉了", "its text is cut off"),
        Unseen::Covered => ("文字被别的内容盖住", "something lies over its text"),
    };
    Text::new(zh, en)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Area;

    fn at(x: i32, y: i32, height: u32) -> bool {
        let area = Area { x, y, width: 160, height: 20 };
        let below = height.saturating_sub(u32::try_from(y + 20).unwrap());
        let layout = Layout {
            area,
            sight: Sight::Seen,
            from_foot: below,
            centred: false,
            target: String::new(),
            link_covered_by: None,
        };
        is_at_foot(&layout, Zone::Body, 1280, height)
    }

    #[test]
    fn the_last_stretch_of_a_page_is_its_foot() {
        assert!(at(560, 4_900, 5_000));
        assert!(at(560, 3_800, 5_000));
        assert!(at(560, 16_000, 20_000));
        assert!(!at(560, 2_000, 5_000));
        assert!(!at(560, 20, 5_000));
    }

    #[test]
    fn a_short_page_and_a_side_column_have_a_foot_anywhere() {
        assert!(at(560, 20, 1_000));
        assert!(at(20, 2_000, 5_000) && at(1_100, 2_000, 5_000));
        assert!(!at(1_100, 20, 5_000));
    }
}
