//! The integration tests: one binary, real sockets, the embedded demo world.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::print_stderr,
    unreachable_pub,
    reason = "a test that cannot go on has failed"
)]

mod architecture;
mod cli;
mod corpus;
mod docs;
mod filings;
mod page;
mod probe;
mod rules;
mod run;
mod served;
mod world;
