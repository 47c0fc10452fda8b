//! The integration tests: one binary, real sockets, the embedded demo world.

mod architecture;
mod cli;
#[cfg(test)]
mod corpus;
mod docs;
mod filings;
mod page;
mod probe;
mod rules;
mod run;
mod world;
