//! The demo world: an internet of our own on loopback, with sites whose faults are known.
//!
//! A site is a file of `fixtures/world/`: a row of the filing list, its zone, what its
//! servers do, its page, and the codes that are planted in it. [`World::start`] plays all
//! of them on free ports without privilege; [`World::options`] makes the prober reach
//! them, through the one table in which the demo differs from the world
//! ([`crate::probe::SocketTable`]). [`compare()`] holds what was found against what was
//! planted.

mod certificates;
mod compare;
mod crowd;
mod dns;
mod embedded;
mod filings;
pub mod hostile;
mod layout;
mod ports;
mod reach;
mod registry;
mod reply;
mod site;
mod web;
pub(crate) mod world;

pub use compare::{Comparison, Finding, RejectedRow, compare};
pub use crowd::{Crowd, CrowdSize};
pub use embedded::sites;
pub use reach::{Reach, Tally, tally};
pub use site::{Eyes, Planted, Site};
pub use world::{SECOND_LOOK_AFTER, World, at, policy};

/// Why the demo world cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A site file cannot be read.
    #[error("fixtures/world/{site}.toml: {reason}")]
    Site {
        /// The file's name without its ending.
        site: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A certificate cannot be made.
    #[error("a certificate of the demo world cannot be made: {0}")]
    Certificate(String),
    /// A socket cannot be opened.
    #[error("a server of the demo world cannot be started: {0}")]
    Socket(#[from] std::io::Error),
    /// What a run wrote cannot be read back.
    #[error("the files of the demo run cannot be read: {0}")]
    Output(String),
}

impl DemoError {
    fn site(site: &str, reason: impl std::fmt::Display) -> DemoError {
        DemoError::Site { site: site.to_owned(), reason: reason.to_string() }
    }
}
