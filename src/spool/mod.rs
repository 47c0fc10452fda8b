//! The journal of a run in its output folder, and the evidence files.
