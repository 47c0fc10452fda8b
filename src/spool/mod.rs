//! The journal of a run in its output folder, and the evidence files.
//!
//! A run writes down rows and looks as they come, appended to `spool/journal`; after a
//! kill the torn tail is dropped and the run goes on. In memory stays a small index a
//! row, so that sites finish in any order and are read back in the order of the list.
//! The journal holds the rows as the list had them, personal data included: its files
//! are readable by their owner only.

mod archive;
mod frame;
mod gzip;
mod journal;
mod kin;
mod lock;
mod look;
mod recovery;
mod registry;
mod siblings;
mod warc;

pub use archive::Archive;
pub use journal::{Header, Spool, Stage};
pub use lock::{Folder, State, sync_folder};
pub use look::{Margin, Packed, Seen};
pub use registry::{BadRow, Registry, RegistryCount};
pub use warc::{Exchange, Member, Members};

use serde::{Deserialize, Serialize};
use std::{
    io,
    path::{Path, PathBuf},
};

/// What is kept as evidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Keep {
    /// Of sites with findings.
    #[default]
    Findings,
    /// Of every site.
    All,
    /// Nothing.
    None,
}

/// Why the journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// A file cannot be read or written.
    #[error("{0}: {1}")]
    Io(PathBuf, io::Error),
    /// Another process works in the folder.
    #[error("{0} is in use by another run; wait until it has ended, or choose another --output")]
    InUse(PathBuf),
    /// The journal was not written by this version, or is no journal.
    #[error("{0} cannot be read by this version of the program: {1}; --restart discards it")]
    Foreign(PathBuf, String),
    /// The journal of a finished run is damaged.
    #[error("{0} is damaged at byte {1}; audit the list again, or restore the file from a copy")]
    Damaged(PathBuf, u64),
    /// The list is longer than a run can hold.
    #[error("the list has more than {} rows; split it", u32::MAX)]
    TooManyRows,
}

impl SpoolError {
    /// Names the file in an error of the system.
    fn at(path: &Path) -> impl FnOnce(io::Error) -> SpoolError + use<> {
        let path = path.to_owned();
        move |error| SpoolError::Io(path, error)
    }
}
