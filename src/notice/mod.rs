//! Notices: what the owner of a site is told of one domain.

mod draft;

pub use draft::{Finding, Notice, draft};
