use super::Number;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// As the ministry writes it.
    Official,
    /// Recognised, but not as the ministry writes it: `号` or `ICP` missing, a colon, a colloquial province letter.
    Malformed,
    /// Stands for a number and is none: `京ICP备XXXXXXXX号`, `12345678`.
    Placeholder,
}

/// A number found in running text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Bytes of the text as given (before folding), on character borders.
    pub span: Range<usize>,
    /// What it names; for a placeholder too where it has the shape of a number.
    pub number: Option<Number>,
    /// The canonical text; for a placeholder the folded text as written.
    pub canonical: String,
    /// How it is written.
    pub form: Form,
}

/// Finds record numbers in running text, in order, without overlap.
pub fn find(_text: &str) -> Vec<Found> {
    Vec::new()
}
