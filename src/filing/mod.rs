//! The filing list: bytes in many layouts → filings and rejected rows.

mod domain;
mod model;

pub use domain::{Domain, DomainError};
pub use model::{AddressRange, FiledNumber, FiledPolice, Filing, Homepage, ServiceType, Status};

use serde::{Deserialize, Serialize};

/// A row that could not be read, ready to be mended and fed in again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rejected {
    /// The file, where a run has several.
    pub source: Option<String>,
    /// The line of the file on which the row begins, from 1.
    pub line: u64,
    /// The heading of the column; empty where the line itself cannot be read.
    pub column: String,
    /// The cell as it stood.
    pub value: String,
    /// What was expected, and what to do.
    pub reason: String,
    /// The whole row as it stood.
    pub row: String,
}

/// One row of a list: a filing, or why it is none.
pub type Row = Result<Box<Filing>, Box<Rejected>>;
