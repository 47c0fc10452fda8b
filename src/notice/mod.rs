//! Notices: what the owner of a site is told of one domain.

mod draft;
mod fill;

pub use draft::{Finding, Notice, draft, notice_id};
pub use fill::{PLACEHOLDERS, unknown_placeholders};
