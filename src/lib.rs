//! beian audits websites against their Chinese ICP filings (ICP备案) and writes
//! rectification notices.
//!
//! Filings come in ([`filing`]), the [`probe`] looks at each site and writes down what
//! it saw as [`evidence`], pure [`rules`] judge it ([`audit`]), verdicts become
//! [`notice`]s, and [`report`] turns them into files. The [`spool`] is the journal of a
//! run. Nothing that judges does I/O; nothing that does I/O judges.

pub mod audit;
pub mod cli;
pub mod demo;
pub mod evidence;
pub mod filing;
pub mod metrics;
pub mod notice;
pub mod notify;
pub mod page;
pub mod pipeline;
pub mod policy;
pub mod probe;
pub mod record;
pub mod report;
pub mod rules;
pub mod schedule;
pub mod spool;
pub mod store;
