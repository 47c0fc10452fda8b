//! Where things stand in the store, for Prometheus.

use crate::notice::Status;
use crate::report::Gauges;
use crate::store::{Filter, State, Store};
use anyhow::Result;
use jiff::Timestamp;

/// What stands where, as gauges.
pub(super) async fn gauges(store: &Store) -> Result<Vec<Gauges>> {
    let sums = store.sums(&Filter::default()).await?;
    let mut findings = Vec::new();
    for (status, levels) in &sums.by_status {
        for (level, count) in levels {
            let labels = vec![("status", status.clone()), ("level", level.clone())];
            findings.push((labels, *count as f64));
        }
    }
    let mut by_code = Vec::new();
    for (code, statuses) in &sums.by_code {
        let open = |status: &String| Status::named(status).is_some_and(Status::is_open);
        let count: u64 = statuses.iter().filter(|(s, _)| open(s)).map(|(_, count)| count).sum();
        by_code.push((vec![("code", code.clone())], count as f64));
    }
    let counts = store.message_count().await?;
    let messages = State::ALL.iter().map(|state| {
        let count = counts.get(state).copied().unwrap_or_default();
        (vec![("state", state.name().to_owned())], count as f64)
    });
    let run = store.runs(50).await?.into_iter().find(|run| run.ended.is_some());
    let ended: Option<Timestamp> = run.and_then(|run| run.ended?.parse().ok());
    let ended = ended.map(|at| (Vec::new(), at.as_second() as f64));
    Ok(vec![
        Gauges {
            name: "beian_findings",
            help: "Findings of the store by status and level.",
            samples: findings,
        },
        Gauges {
            name: "beian_open_findings",
            help: "Open findings of the store by rule.",
            samples: by_code,
        },
        Gauges {
            name: "beian_filings",
            help: "Filings of the store that are not gone.",
            samples: vec![(Vec::new(), store.filing_count().await? as f64)],
        },
        Gauges {
            name: "beian_messages",
            help: "Messages of the outbox by state.",
            samples: messages.collect(),
        },
        Gauges {
            name: "beian_last_run_timestamp_seconds",
            help: "When the last run ended.",
            samples: ended.into_iter().collect(),
        },
    ])
}
