//! WEB: whether the site answers, and with a page of its own. What an answer comes to is
//! decided once, in `answers`.

mod answers;
mod bad_certificate;
mod block_page;
mod error_status;
mod leads_elsewhere;
mod no_answer;
mod one_host_dead;

pub(crate) use answers::{failure_words, outcome as host_words, resolution_words};

use super::Rule;

/// The family, in order of code.
pub(super) const RULES: &[Rule] = &[
    no_answer::RULE,
    one_host_dead::RULE,
    error_status::RULE,
    block_page::RULE,
    leads_elsewhere::RULE,
    bad_certificate::RULE,
];
