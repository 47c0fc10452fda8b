//! The filing list: bytes in many layouts → filings and rejected rows.
//!
//! [`open`] finds layout, encoding and headings from the beginning of a list and gives an
//! iterator over its [`Row`]s. `docs/lists.md` is the same for those who write lists.

mod address;
mod charset;
mod column;
pub mod contact;
mod date;
mod delimited;
mod domain;
mod error;
mod field;
mod guess;
pub mod identity;
mod jsonl;
mod lines;
mod list;
mod model;
mod plain;
mod reason;
mod row;
mod sheet;
mod text;
mod validity;
mod words;
mod workbook;

pub use column::Column;
pub use domain::{Domain, DomainError};
pub use error::ListError;
pub use field::Field;
pub use list::{Format, Layout, List, Options, open};
pub use model::{
    AddressRange, FiledNumber, FiledPolice, Filing, Homepage, ServiceType, Status, name_key,
};
pub use reason::Reason;
pub use validity::{Validity, validities};

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
    pub reason: Reason,
    /// The whole row as it stood.
    pub row: String,
}

/// One row of a list: a filing, or why it is none.
pub type Row = Result<Box<Filing>, Box<Rejected>>;
