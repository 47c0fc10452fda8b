//! WEB: whether the site answers, and with a page of its own. What an answer comes to is
//! decided once, in `answers`.

mod answers;
mod bad_certificate;
mod block_page;
mod content;
mod error_status;
mod leads_elsewhere;
mod no_answer;
mod no_content;
mod one_host_dead;
mod open_early;
mod parked;

pub(crate) use answers::{failure_words, outcome as host_words, resolution_words};
pub(super) use answers::{foreign_end, signature};

use super::Rule;

/// The family, in order of code.
pub(super) const RULES: &[Rule] = &[
    no_answer::RULE,
    one_host_dead::RULE,
    error_status::RULE,
    block_page::RULE,
    no_content::RULE,
    leads_elsewhere::RULE,
    open_early::RULE,
    bad_certificate::RULE,
    parked::RULE,
];
