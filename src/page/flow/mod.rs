//! A page as lines of text in reading order.

mod reader;

pub(super) use reader::Reader;

use super::{
    region::Region,
    sieve::{Sieve, Sought},
};
use std::ops::Range;

/// A page as lines of text in reading order, with what is needed to tell of every part
/// of a line which link and which region it stands in. All lines share one text, one list of
/// runs and one of borders: a page has thousands of lines, and most are a few words long.
#[derive(Default)]
pub(super) struct Flow<'t> {
    text: String,
    runs: Vec<Run>,
    borders: Vec<usize>,
    lines: Vec<Bounds>,
    sieve: Sieve,
    /// The links, in page order.
    pub(super) links: Vec<Anchor<'t>>,
    /// Where text stands; runs point here.
    pub(super) places: Vec<Place>,
    pub(super) regions: Vec<Region>,
}

/// Which parts of a flow make a line.
struct Bounds {
    text: Range<usize>,
    runs: Range<usize>,
    borders: Range<usize>,
    hidden: bool,
    order: usize,
}

/// A line: what stands between two block borders, white space folded.
#[derive(Clone, Copy, Default)]
pub(super) struct Line<'f> {
    pub(super) text: &'f str,
    pub(super) runs: &'f [Run],
    /// Byte offsets at which a link begins or ends.
    pub(super) borders: &'f [usize],
    /// Hidden by the markup.
    pub(super) hidden: bool,
    /// The order in which lines begin; neighbours differ by one.
    pub(super) order: usize,
}

/// A part of a line that stands in one place; bytes of the line.
pub(super) struct Run {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) place: usize,
}

/// What the elements around a text amount to.
#[derive(Clone, Copy, Default)]
pub(super) struct Place {
    /// Index of the link it stands in.
    pub(super) link: Option<usize>,
    /// Index of the innermost region it stands in.
    pub(super) region: Option<usize>,
    /// What the markup says raises doubt whether it is seen.
    pub(super) doubtful: bool,
    /// The number of the marked text it is.
    pub(super) mark: Option<u32>,
}

/// A link element with a target.
pub(super) struct Anchor<'t> {
    pub(super) href: &'t str,
    /// The order of the line that it begins in.
    pub(super) line: usize,
    pub(super) hidden: bool,
}

impl Flow<'_> {
    /// The lines in the order in which they begin.
    pub(super) fn lines(&self) -> impl DoubleEndedIterator<Item = Line<'_>> + ExactSizeIterator {
        self.lines.iter().map(|bounds| self.view(bounds))
    }

    /// The lines that may hold what is sought, with their indices.
    pub(super) fn lines_with(&self, sought: Sought) -> impl Iterator<Item = (usize, Line<'_>)> {
        let lines = self.lines.iter().enumerate();
        lines
            .filter(move |(_, bounds)| self.sieve.may_hold(&bounds.text, sought))
            .map(|(index, bounds)| (index, self.view(bounds)))
    }

    pub(super) fn line(&self, index: usize) -> Option<Line<'_>> {
        self.lines.get(index).map(|bounds| self.view(bounds))
    }

    fn view(&self, bounds: &Bounds) -> Line<'_> {
        Line {
            text: self.text.get(bounds.text.clone()).unwrap_or_default(),
            runs: self.runs.get(bounds.runs.clone()).unwrap_or_default(),
            borders: self.borders.get(bounds.borders.clone()).unwrap_or_default(),
            hidden: bounds.hidden,
            order: bounds.order,
        }
    }

    /// Puts a line behind the others.
    fn push(&mut self, line: &mut reader::Draft) {
        let text = self.text.len();
        let (runs, borders) = (self.runs.len(), self.borders.len());
        self.text.push_str(&line.text);
        self.runs.append(&mut line.runs);
        self.borders.append(&mut line.borders);
        self.lines.push(Bounds {
            text: text..self.text.len(),
            runs: runs..self.runs.len(),
            borders: borders..self.borders.len(),
            hidden: line.hidden,
            order: line.order,
        });
    }
}
