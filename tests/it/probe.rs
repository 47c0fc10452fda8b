//! The probe against real sockets on loopback.

#[cfg(feature = "browser")]
mod browser;
mod dns;
mod failures;
mod hops;
mod looks;
mod registration;
mod rig;
mod tls;
mod views;
