//! What a run over the hostile internet came to.

use super::{Case, Ends, Internet};
use crate::demo::DemoError;
use crate::evidence::Evidence;
use serde::Deserialize;
use std::collections::HashMap;

/// What became of one hostile site.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The site.
    pub case: &'static Case,
    /// How the look at it ended; `None` where no audit of it was written.
    pub end: Option<Ends>,
    /// The findings, code and level, in the order of the audit.
    pub findings: Vec<String>,
}

impl Outcome {
    /// Whether it ended as it must.
    pub fn is_right(&self) -> bool {
        self.end.is_some_and(|end| self.case.ends.contains(&end))
    }

    /// How it ended, in words.
    pub fn ended(&self) -> String {
        self.end.map_or_else(|| "lost".to_owned(), |end| end.to_string())
    }
}

#[derive(Deserialize)]
struct Line {
    domain: String,
    verdicts: Vec<VerdictLine>,
    evidence: Evidence,
}

#[derive(Deserialize)]
struct VerdictLine {
    code: String,
    verdict: String,
    level: Option<String>,
}

/// Reads `audits.jsonl` of a run over this internet: every case once, in order.
pub fn outcomes(internet: &Internet, audits: &str) -> Result<Vec<Outcome>, DemoError> {
    let lines = audits.lines().map(|line| {
        let line: Line =
            serde_json::from_str(line).map_err(|error| DemoError::Output(error.to_string()))?;
        Ok((line.domain.clone(), line))
    });
    let lines: HashMap<String, Line> = lines.collect::<Result<_, DemoError>>()?;
    let outcome = |(case, domain, number): (&'static Case, &str, String)| {
        let line = lines.get(domain);
        let host = line.and_then(|line| line.evidence.hosts.first());
        let findings = line.into_iter().flat_map(|line| &line.verdicts).filter_map(of_verdict);
        Outcome {
            case,
            end: host.map(|host| case.end(host, &number)),
            findings: findings.collect(),
        }
    };
    Ok(internet.cases().map(outcome).collect())
}

fn of_verdict(verdict: &VerdictLine) -> Option<String> {
    let level = match verdict.verdict.as_str() {
        "fail" => verdict.level.as_deref().unwrap_or("review"),
        "review" => "review",
        _ => return None,
    };
    Some(format!("{} {level}", verdict.code))
}
