//! What a browser made of a page. Facts only: whether a visitor sees a number is an
//! observation of the browser's layout; what follows from it, the rules say.

use crate::page::{Page, ShownNumber};
use serde::{Deserialize, Serialize};

/// How a look through the browser ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rendering {
    /// There was a page.
    Shown(Box<Rendered>),
    /// There was none.
    Failed(RenderFailure),
}

/// A page as the browser laid it out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rendered {
    /// The address at which the browser ended.
    pub url: String,
    /// HTTP status of the document; `None` where the browser did not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The model of the document after its scripts ran, shadow roots and frames of the same
    /// site in their places.
    pub page: Page,
    /// Width of the page, CSS pixels.
    pub width: u32,
    /// Height of the page, CSS pixels.
    pub height: u32,
    /// How each of the page's record numbers is laid out, in their order: as many as there
    /// are numbers.
    pub numbers: Vec<Layout>,
    /// Frames of other sites that were looked into, at most 8.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub frames: Vec<Frame>,
    /// Whether the content stood still when it was read. False: it still changed when the
    /// time was over, and something missing may have come later.
    pub settled: bool,
    /// Requests of the page that the address guard refused.
    #[serde(skip_serializing_if = "is_zero")]
    pub refused: u32,
    /// Scripts and style sheets of the page that did not come: where there are any, it may
    /// look otherwise to a visitor.
    #[serde(skip_serializing_if = "is_zero")]
    pub missing: u32,
    /// Whether a screenshot was taken.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub screenshot: bool,
}

/// A frame of another site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// Its address.
    pub url: String,
    /// The record numbers that it shows.
    pub record_numbers: Vec<ShownNumber>,
}

/// How a record number is laid out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    /// The box around it, from the page's top left corner.
    pub area: Area,
    /// Whether a visitor sees it.
    pub sight: Sight,
    /// CSS pixels from its lower edge to the page's lower end; 0 below that.
    pub from_foot: u32,
    /// Whether its middle lies within a tenth of the page's width of the page's middle.
    pub centred: bool,
    /// Where a click on it leads, resolved by the browser; empty where it leads nowhere.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub target: String,
    /// What lies over its link, as a short description (`div.mask`), where a click on the
    /// number does not reach it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_covered_by: Option<String>,
}

/// A box in CSS pixels, from the page's top left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// From the left.
    pub x: i32,
    /// From the top.
    pub y: i32,
    /// Wide.
    pub width: u32,
    /// High.
    pub height: u32,
}

/// Whether a visitor sees something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sight {
    /// Seen.
    Seen,
    /// Not seen, and why.
    Hidden(Unseen),
    /// The browser could not find it in its layout: nobody knows.
    Unknown,
}

/// Why a visitor does not see something that is in the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unseen {
    /// No box at all: `display: none`, `hidden`, a closed `details`, `content-visibility`.
    NotLaidOut,
    /// `visibility: hidden` or `collapse`.
    Invisible,
    /// Opacity of a twentieth or less, its own or an ancestor's, also by a filter.
    Transparent,
    /// A font or box too small to be read, also by `transform: scale()`.
    TooSmall,
    /// The text's colour is its background's, or nearly.
    SameColour,
    /// It lies outside of what can be scrolled to.
    OffPage,
    /// An ancestor or a clip cuts it off.
    Clipped,
    /// Something opaque lies over it.
    Covered,
}

/// Why the browser showed nothing. The names are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RenderFailure {
    /// The browser could not be started, or died.
    Browser,
    /// The browser did not answer in time and was ended.
    Hung,
    /// The page could not be loaded: nothing answers, or not over this TLS either.
    Unreachable,
    /// The address guard refused the page.
    AddressRefused,
    /// The redirects never ended.
    Redirects,
    /// The answer is a download, not a page.
    Download,
    /// The page grew beyond the bounds that are set for it.
    TooLarge,
    /// The site's deadline ran out.
    Deadline,
}

impl RenderFailure {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            RenderFailure::Browser => "browser",
            RenderFailure::Hung => "hung",
            RenderFailure::Unreachable => "unreachable",
            RenderFailure::AddressRefused => "address_refused",
            RenderFailure::Redirects => "redirects",
            RenderFailure::Download => "download",
            RenderFailure::TooLarge => "too_large",
            RenderFailure::Deadline => "deadline",
        }
    }
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}
