//! Notices: what the owner of a site is told of one domain, and what becomes of it.

mod draft;
mod entry;
mod fill;
mod life;

pub use draft::{Finding, Notice, draft, notice_id};
pub use entry::{Entry, Since};
pub use fill::{PLACEHOLDERS, unknown_placeholders};
pub use life::{Change, Event, Life, Refused, Status, step};
