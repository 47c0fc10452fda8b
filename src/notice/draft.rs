use crate::audit::Audit;
use crate::filing::Filing;
use crate::policy::{Level, Policy};
use crate::rules::Text;
use jiff::civil::Date;

/// The open findings of one domain, ready to be written to its owner.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Derived from subject, domain and the day on which it was opened; never random.
    pub id: String,
    /// The findings, in order of code.
    pub findings: Vec<Finding>,
}

/// One thing to mend or to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The rule's code.
    pub code: &'static str,
    /// How grave.
    pub level: Level,
    /// What is wrong.
    pub problem: Text,
    /// Why it may have happened.
    pub cause: Text,
    /// How to mend it.
    pub remedy: Text,
    /// What should be there.
    pub expected: Text,
    /// What is there.
    pub found: Text,
    /// The hosts concerned.
    pub hosts: Vec<String>,
    /// The URL at which it was seen.
    pub url: String,
    /// The first day on which it was seen.
    pub first_seen: Date,
    /// The last day on which it was seen.
    pub last_seen: Date,
    /// By when to mend it.
    pub deadline: Date,
}

/// Drafts the notice of one filing; `None` where there is nothing to say.
pub fn draft(_filing: &Filing, _audit: &Audit, _policy: &Policy, _today: Date) -> Option<Notice> {
    None
}
