//! The office that plans messages and sends them.

use super::Outcome;
use super::compose::{Composer, Content, News, hidden};
use super::config::{Channel, Config, Kind, Mail, Route};
use super::hours::{TRIES, again};
use super::mail::Mailer;
use super::robot::{Caller, Roots};
use crate::notice::Status;
use crate::policy::Workdays;
use crate::report::{Item, china_day};
use crate::store::{Draft, Filter, Message, Seen, Store, StoreError, stage};
use jiff::{Timestamp, ToSpan};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

/// What plans and sends. To be made and dropped inside a runtime.
pub struct Office<'a> {
    /// The store.
    pub store: &'a Store,
    /// Who is told what.
    pub config: &'a Config,
    /// The calendar.
    pub workdays: &'a Workdays,
    /// What makes messages.
    pub composer: Composer<'a>,
    /// What the store has of a finding, as reports show it.
    pub item: fn(Seen) -> Item,
    /// Authorities that webhooks may be certified by.
    pub roots: Roots,
    /// The real clock.
    pub clock: fn() -> Timestamp,
}

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

/// What has become of the messages that were due.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// Messages that their receivers have.
    pub sent: u64,
    /// Messages that will be tried again.
    pub later: u64,
    /// Messages that are dead.
    pub dead: u64,
    /// Messages that were no longer so.
    pub outdated: u64,
    /// When the quiet is over that keeps the others waiting.
    pub quiet_until: Option<Timestamp>,
    /// What went wrong, each kind once.
    pub errors: Vec<String>,
}

/// What a try of a route said.
pub type Tried = (String, Result<(), String>);

/// How long a message is its sender's: longer than any try takes.
const LEASE_MINUTES: i64 = 5;

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

    /// Sends what is due, one message after the other, until nothing is; or until `stop` says so.
    pub async fn send(&self, stop: impl Fn() -> bool) -> Result<Sent, StoreError> {
        let mut ways = Ways::default();
        let mut sent = Sent::default();
        let mut paused: HashMap<String, Timestamp> = HashMap::new();
        let known: Vec<&str> = self.config.routes.iter().map(|r| r.name.as_str()).collect();
        let mut gone: Vec<String> = Vec::new();
        while !stop() {
            let now = (self.clock)();
            let over = self.config.quiet.and_then(|quiet| quiet.over(now, self.workdays));
            let mut skipping: Vec<String> = gone.clone();
            if let Some(over) = over {
                sent.quiet_until = Some(over);
                let routes = self.config.routes.iter().filter(|route| !route.urgent);
                skipping.extend(routes.map(|route| route.name.clone()));
            }
            paused.retain(|_, until| *until > now);
            skipping.extend(paused.keys().cloned());
            let until = now.checked_add(LEASE_MINUTES.minutes()).unwrap_or(now);
            let Some(message) = self.store.take_message(now, until, &skipping).await? else {
                // What only waits for its pace is waited for; the rest is another call's.
                match paused.values().min() {
                    Some(until) if until.duration_since(now).as_secs() <= PATIENCE => {
                        let pause = until.duration_since(now).unsigned_abs();
                        tokio::time::sleep(pause.min(Duration::from_secs(5))).await;
                        continue;
                    }
                    _ => break,
                }
            };
            let Some(route) = self.config.routes.iter().find(|r| r.name == message.route) else {
                let why = format!("route {:?} is not in the file any more", message.route);
                gone.push(message.route.clone());
                self.store.message_later(&message.id, now).await?;
                sent.note(&why);
                debug_assert!(!known.contains(&message.route.as_str()));
                continue;
            };
            if let Some(until) = ways.pace(route, self.config.mail.as_ref(), now) {
                paused.insert(route.name.clone(), until);
                self.store.message_later(&message.id, now).await?;
                continue;
            }
            let Some(content) = self.content(route, &message).await? else {
                self.store.message_outdated(&message.id).await?;
                sent.outdated += 1;
                continue;
            };
            let outcome = match content {
                Ok(content) => ways.send(self, route, &message, &content).await,
                Err(problem) => Outcome::Later(problem),
            };
            if let Some(until) = self.settle(&message, outcome, route, &mut sent).await? {
                paused.insert(route.name.clone(), until);
            }
        }
        Ok(sent)
    }

    /// Tries every route: mail servers are greeted, robots and webhooks get a word of trial.
    pub async fn test(&self) -> Vec<Tried> {
        let mut ways = Ways::default();
        let mut tried = Vec::new();
        for route in &self.config.routes {
            let result = match &route.channel {
                Channel::Mail(_) => match ways.mailer(self) {
                    Ok(mailer) => match mailer.test().await {
                        Ok(true) => Ok(()),
                        Ok(false) => Err("the server does not answer as it should".to_owned()),
                        Err(problem) => Err(problem),
                    },
                    Err(problem) => Err(problem),
                },
                _ => {
                    let text = "beian: 测试消息 / a test message".to_owned();
                    let content = Content {
                        title: "beian".to_owned(),
                        markdown: text.clone(),
                        data: serde_json::json!({"kind": "test"}),
                        text,
                        attachment: None,
                    };
                    match ways.call(self, &route.channel, "test", &content).await {
                        Outcome::Sent => Ok(()),
                        Outcome::Refused(why) | Outcome::Later(why) | Outcome::Slower(why, _) => {
                            Err(why)
                        }
                    }
                }
            };
            tried.push((route.name.clone(), result));
        }
        tried
    }

    /// Writes down what became of a message; until when its route has to wait, where it has.
    async fn settle(
        &self,
        message: &Message,
        outcome: Outcome,
        route: &Route,
        sent: &mut Sent,
    ) -> Result<Option<Timestamp>, StoreError> {
        let now = (self.clock)();
        let mut wait = None;
        match outcome {
            Outcome::Sent => {
                let tells_owner = route.kind == Kind::Notice;
                let told = tells_owner.then(|| (china_day(now), self.workdays));
                self.store.message_sent(&message.id, now, told).await?;
                sent.sent += 1;
            }
            Outcome::Refused(why) => {
                self.store.message_failed(&message.id, &why, None).await?;
                sent.dead += 1;
                sent.note(&format!("{}: {why}", route.name));
            }
            Outcome::Slower(why, until) => {
                self.store.message_later(&message.id, until).await?;
                sent.later += 1;
                sent.note(&format!("{}: {why}", route.name));
                wait = Some(until);
            }
            Outcome::Later(why) if message.attempts >= TRIES => {
                self.store.message_failed(&message.id, &why, None).await?;
                sent.dead += 1;
                sent.note(&format!("{}: {why}", route.name));
            }
            Outcome::Later(why) => {
                let due = again(now, message.attempts, &message.id);
                self.store.message_failed(&message.id, &why, Some(due)).await?;
                sent.later += 1;
                sent.note(&format!("{}: {why}", route.name));
            }
        }
        Ok(wait)
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

    /// What a message says now; `None` where it has nothing to say any more.
    async fn content(
        &self,
        route: &Route,
        message: &Message,
    ) -> Result<Option<Result<Content, String>>, StoreError> {
        let today = china_day((self.clock)());
        if message.kind == "digest" {
            let news: News = serde_json::from_str(&message.body)
                .map_err(|error| StoreError::Damaged(format!("a digest: {error}")))?;
            let sums = self.store.sums(&route.filter).await?;
            let mut pressing = Vec::new();
            for status in [Status::Overdue, Status::Answered, Status::Drafted] {
                let filter = Filter { statuses: vec![status], ..route.filter.clone() };
                let found = self.store.findings(&filter, None, 10).await?;
                pressing.extend(found.into_iter().map(self.item));
            }
            return Ok(Some(Ok(self.composer.digest(&news, &sums, &pressing, today))));
        }
        let remind = message.kind == "reminder";
        let wanted = |seen: &Seen| match remind {
            true => seen.life.status == Status::Overdue,
            false => matches!(seen.life.status, Status::Drafted | Status::Sent | Status::Overdue),
        };
        let found = self.store.message_findings(&message.id).await?;
        let mut items: Vec<Item> = found.into_iter().filter(wanted).map(self.item).collect();
        if items.is_empty() {
            return Ok(None);
        }
        if !remind {
            // The letter promises what will hold once it is sent: a deadline counted from today.
            items.iter_mut().for_each(|item| item.told_on(today, self.workdays));
        }
        let content = self.composer.notice(&items, remind, today);
        Ok(Some(content.map_err(|error| error.to_string())))
    }
}

/// Changes that staff are told of.
const NEWS: [&str; 7] =
    ["found", "confirmed", "reopened", "mended", "overdue", "answered", "waiver over"];

/// Waits for a route's pace are no longer than this, in seconds.
const PATIENCE: i64 = 70;

impl Sent {
    fn note(&mut self, error: &str) {
        const MOST: usize = 20;
        if self.errors.len() < MOST && !self.errors.iter().any(|known| known == error) {
            self.errors.push(error.to_owned());
        }
    }
}

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

/// The ways that messages go, opened when the first one goes.
#[derive(Default)]
struct Ways {
    mailer: Option<Mailer>,
    caller: Option<Caller>,
    /// When the last messages of a route went.
    gone: HashMap<String, VecDeque<Timestamp>>,
}

impl Ways {
    /// Until when a route has to wait for its pace; otherwise one more goes now.
    fn pace(&mut self, route: &Route, mail: Option<&Mail>, now: Timestamp) -> Option<Timestamp> {
        let most = match &route.channel {
            Channel::Mail(_) => mail.map_or(60, |mail| mail.per_minute),
            // What their makers allow a robot in a minute.
            Channel::Wecom(_) | Channel::Dingtalk(..) => 20,
            Channel::Feishu(..) => 100,
            Channel::Webhook(..) => 600,
        };
        // One mail server serves all routes.
        let key = match &route.channel {
            Channel::Mail(_) => String::new(),
            _ => route.name.clone(),
        };
        let gone = self.gone.entry(key).or_default();
        while gone.front().is_some_and(|at| now.duration_since(*at).as_secs() >= 60) {
            gone.pop_front();
        }
        if gone.len() >= most as usize {
            let first = gone.front().copied().unwrap_or(now);
            return first.checked_add(60.seconds()).ok();
        }
        gone.push_back(now);
        None
    }

    async fn send(
        &mut self,
        office: &Office<'_>,
        route: &Route,
        message: &Message,
        content: &Content,
    ) -> Outcome {
        let outcome = match &route.channel {
            Channel::Mail(_) => match self.mailer(office) {
                Ok(mailer) => mailer.send(&message.id, &message.recipient, content).await,
                Err(problem) => Outcome::Later(problem),
            },
            channel => self.call(office, channel, &message.id, content).await,
        };
        tracing::info!(
            route = route.name,
            to = hidden(&message.recipient),
            message = message.id,
            ?outcome,
            "a message"
        );
        outcome
    }

    fn mailer(&mut self, office: &Office<'_>) -> Result<&Mailer, String> {
        if self.mailer.is_none() {
            let mail = office.config.mail.as_ref().ok_or("there is no [mail]")?;
            self.mailer = Some(Mailer::new(mail)?);
        }
        self.mailer.as_ref().ok_or_else(|| "there is no [mail]".to_owned())
    }

    async fn call(
        &mut self,
        office: &Office<'_>,
        channel: &Channel,
        id: &str,
        content: &Content,
    ) -> Outcome {
        if self.caller.is_none() {
            match Caller::new(office.roots.clone()) {
                Ok(caller) => self.caller = Some(caller),
                Err(problem) => return Outcome::Later(problem),
            }
        }
        match &self.caller {
            Some(caller) => caller.tell(channel, id, content, (office.clock)()).await,
            None => Outcome::Later("no caller".to_owned()),
        }
    }
}

impl Message {
    /// To whom, as it is shown where it is not needed.
    pub fn shown_recipient(&self) -> String {
        hidden(&self.recipient)
    }
}
