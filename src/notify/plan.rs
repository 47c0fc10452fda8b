//! What is to be said, to whom: messages as they are put into the outbox.

use super::Office;
use super::compose::News;
use super::config::{Channel, Kind, Route};
use crate::notice::Status;
use crate::store::{Draft, Filter, Seen, StoreError, stage};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What was planned for a route.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Planned {
    /// The route.
    pub route: String,
    /// Messages that were put into the outbox.
    pub messages: u64,
    /// Findings that they tell of.
    pub findings: u64,
    /// Findings whose filing has no address to tell them to.
    pub unaddressed: u64,
}

impl Office<'_> {
    /// Puts into the outbox what nobody was told yet. `dry`: says only what it would put there.
    pub async fn plan(&self, dry: bool) -> Result<Vec<Planned>, StoreError> {
        let mut planned = Vec::new();
        for route in &self.config.routes {
            let (drafts, counted) = match route.kind {
                Kind::Notice => self.notices(route).await?,
                Kind::Digest => self.digest(route).await?,
            };
            let now = (self.clock)();
            let messages = match dry {
                true => drafts.len() as u64,
                false => self.store.put_messages(&drafts, now, now).await?,
            };
            planned.push(Planned { messages, ..counted });
        }
        Ok(planned)
    }

    /// One message a subject and address, of what its owner was not told; and of what is overdue
    /// and he was not reminded of.
    async fn notices(&self, route: &Route) -> Result<(Vec<Draft>, Planned), StoreError> {
        let mut planned = Planned { route: route.name.clone(), ..Planned::default() };
        let mut drafts = Vec::new();
        let mut kinds = vec![("told", vec![Status::Drafted])];
        if route.remind {
            kinds.push(("reminded", vec![Status::Overdue]));
        }
        for (word, statuses) in kinds {
            let filter = Filter { statuses, ..route.filter.clone() };
            let mut of: BTreeMap<(String, String), Vec<Seen>> = BTreeMap::new();
            for seen in self.store.untold(&route.name, word, &filter).await? {
                match addresses(route, &seen) {
                    addresses if addresses.is_empty() => planned.unaddressed += 1,
                    addresses => {
                        for address in addresses {
                            let key = (seen.subject.clone(), address);
                            of.entry(key).or_default().push(seen.clone());
                        }
                    }
                }
            }
            for ((subject, recipient), findings) in of {
                planned.findings += findings.len() as u64;
                let findings: Vec<_> =
                    findings.iter().map(|seen| (seen.mark(), stage(seen, word))).collect();
                let told: Vec<String> = findings
                    .iter()
                    .map(|((s, d, c), at)| [s, d, c, at].map(String::as_str).join(" "))
                    .collect();
                drafts.push(Draft {
                    id: name([&route.name, &recipient, word, &told.join("\n")]),
                    route: route.name.clone(),
                    recipient,
                    kind: if word == "told" { "notice" } else { "reminder" }.to_owned(),
                    subject,
                    body: String::new(),
                    findings,
                });
            }
        }
        Ok((drafts, planned))
    }

    /// A digest to each address, where anything has happened since the last one.
    async fn digest(&self, route: &Route) -> Result<(Vec<Draft>, Planned), StoreError> {
        let damaged = |error| StoreError::Damaged(format!("a digest: {error}"));
        let mut after = 0;
        for body in self.store.bodies(&route.name, "digest").await? {
            after = after.max(serde_json::from_str::<News>(&body).map_err(damaged)?.upto);
        }
        let (mut changes, upto) = self.store.changes_since(&route.filter, after).await?;
        // What we did ourselves is no news to those who had us do it.
        changes.retain(|change, _| NEWS.contains(&change.as_str()));
        let planned = Planned {
            route: route.name.clone(),
            findings: changes.values().sum(),
            ..Planned::default()
        };
        if changes.is_empty() {
            return Ok((Vec::new(), planned));
        }
        let body = serde_json::to_string(&News { upto, changes }).map_err(damaged)?;
        let recipients = match &route.channel {
            Channel::Mail(to) => to.clone(),
            channel => vec![channel.name().to_owned()],
        };
        let draft = |recipient: String| Draft {
            id: name([&route.name, &recipient, "digest", &after.to_string()]),
            route: route.name.clone(),
            recipient,
            kind: "digest".to_owned(),
            subject: String::new(),
            body: body.clone(),
            findings: Vec::new(),
        };
        Ok((recipients.into_iter().map(draft).collect(), planned))
    }
}

/// Changes that staff are told of.
const NEWS: [&str; 7] =
    ["found", "confirmed", "reopened", "mended", "overdue", "answered", "waiver over"];

/// To whom a route tells a finding.
fn addresses(route: &Route, seen: &Seen) -> Vec<String> {
    match &route.channel {
        Channel::Mail(to) if !to.is_empty() => to.clone(),
        Channel::Mail(_) => {
            let address = seen.filing.email.as_deref().map(str::trim);
            let address = address.filter(|address| super::mail::mailbox(address).is_ok());
            address.map(str::to_lowercase).into_iter().collect()
        }
        channel => vec![channel.name().to_owned()],
    }
}

/// A message's name, from what it says and to whom.
fn name(parts: [&str; 4]) -> String {
    let digest = Sha256::digest(parts.join("\0").as_bytes());
    digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}
