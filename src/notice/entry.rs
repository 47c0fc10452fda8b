use super::Notice;
use crate::audit::{Audit, VerdictKind};
use crate::filing::Filing;
use serde::{Deserialize, Serialize};

/// One filing as a run has judged it, on its way into the memory and back: the notice returns
/// with the number, first day, deadline and status that the memory knows.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The filing.
    pub filing: Filing,
    /// The rules that it passed.
    pub passed: Vec<&'static str>,
    /// The findings and what was left open, as `ICP001=fail DNS003=review`.
    pub verdicts: String,
    /// Whether the site could not be looked at, or not be judged.
    pub undecided: bool,
    /// What is to be said of it, where there is something.
    pub notice: Option<Notice>,
    /// Whether `evidence/` holds what was seen.
    pub evidence: bool,
}

impl Entry {
    /// What a run says of a filing.
    pub fn new(
        filing: Filing,
        audit: &Audit,
        notice: Option<Notice>,
        undecided: bool,
        evidence: bool,
    ) -> Entry {
        let passed = audit.verdicts.iter().filter(|v| v.kind == VerdictKind::Pass);
        let found: Vec<String> =
            audit.findings().map(|v| format!("{}={}", v.code, v.kind.name())).collect();
        Entry {
            passed: passed.map(|verdict| verdict.code).collect(),
            verdicts: found.join(" "),
            filing,
            undecided,
            notice,
            evidence,
        }
    }
}

/// What has changed since the last run that knew a filing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// Findings that were not there before.
    pub new: u64,
    /// Findings that were there before and still are.
    pub still: u64,
    /// Findings that are seen to be mended.
    pub mended: u64,
    /// Findings that are there again after they were closed.
    pub reopened: u64,
}
