//! Pages as a visitor sees them: a real headless Chromium, spoken to over its own protocol.
//!
//! A browser shows one page at a time, with a fresh profile for each. All its requests go
//! through a proxy of ours, so that names are resolved, addresses guarded and the pace kept
//! as for the crawler itself. What comes back are facts; the rules judge them.

mod cdp;
mod document;
mod frames;
mod head;
mod layout;
mod measure;
mod memory;
mod picture;
mod pool;
mod process;
mod proxy;
mod visit;
mod wait;
mod watch;

pub(super) use pool::Browsers;

use crate::evidence::Rendered;

/// A page that a browser has shown.
pub(super) struct Shown {
    pub(super) rendered: Rendered,
    /// The document that the model was read from.
    pub(super) html: String,
    /// The picture, PNG.
    pub(super) screenshot: Option<Vec<u8>>,
}
