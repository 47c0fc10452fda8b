//! The demo world: an internet of our own on loopback, with sites whose faults are known.
