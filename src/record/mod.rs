//! The record number: parse, fold, print, compare, and find in running text.
//!
//! Grammar: a filing number (`粤ICP备12345678号-3`), a licence number
//! (`粤B2-20090059`, `京ICP证030173号`), a police number
//! (`京公网安备11010802017518号`). Source: the ministry's own forms as seen in
//! the providers' documents (Huawei Cloud 8.6 and 9.16, Tencent Cloud's
//! "after filing").

mod anchor;
mod cursor;
mod filing;
mod find;
mod fold;
mod licence;
mod number;
mod police;
mod province;
mod relation;
mod serial;

pub(crate) use anchor::hints_at_number;
pub use find::{Flaw, Form, Found, find};
pub use fold::{fold, normal};
pub use number::{FilingNumber, Licence, Number, ParseError, Suffix};
pub(crate) use police::hints_at_police;
pub use police::{FoundPolice, PoliceNumber, find_police};
pub use province::Province;
pub use relation::Relation;
