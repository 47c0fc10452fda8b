//! The office that plans messages and sends them.

use super::Outcome;
use super::compose::{Composer, Content, News, hidden};
use super::config::{Channel, Config, Kind, Route};
use super::hours::{TRIES, again};
use super::robot::Roots;
use super::ways::Ways;
use crate::notice::Status;
use crate::policy::Workdays;
use crate::report::{Item, china_day};
use crate::store::{Filter, Message, Seen, Store, StoreError};
use jiff::{Timestamp, ToSpan};
use serde::Serialize;
use std::collections::HashMap;
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
    /// Sends what is due, one message after the other, until nothing is; or until `stop` says so.
    pub async fn send(&self, stop: impl Fn() -> bool) -> Result<Sent, StoreError> {
        let mut ways = Ways::default();
        let mut sent = Sent::default();
        let mut paused: HashMap<String, Timestamp> = HashMap::new();
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

impl Message {
    /// To whom, as it is shown where it is not needed.
    pub fn shown_recipient(&self) -> String {
        hidden(&self.recipient)
    }
}
