//! Who is told what, and how: mails, robots of chat programs, webhooks.
//!
//! Messages are planned from what the store knows and nobody was told yet ([`Office::plan`]),
//! stand in the store's outbox, and are composed when they are sent ([`Office::send`]), so that
//! what was mended meanwhile is not said any more. A message is sent at least once; who dies
//! between the receiver's word and the store's may send it again, under the same name.

mod compose;
mod config;
mod hours;
mod mail;
mod office;
mod plan;
mod robot;
mod ways;

pub use compose::{Composer, Content};
pub use config::{Channel, Config, ConfigError, Kind, Look, Route};
pub use hours::Quiet;
pub use office::{Office, Sent, Tried};
pub use plan::Planned;
pub use robot::Roots;

use jiff::Timestamp;

/// What became of a try to send a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has it.
    Sent,
    /// The receiver will never have it, and says why.
    Refused(String),
    /// It may be had later.
    Later(String),
    /// Everything by this way has to wait, at least until then.
    Slower(String, Timestamp),
}
