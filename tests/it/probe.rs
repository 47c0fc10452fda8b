//! The probe against real sockets on loopback.

mod dns;
mod failures;
mod hops;
mod looks;
mod registration;
mod rig;
mod tls;
