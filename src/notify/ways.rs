//! The ways that messages go, and their pace.

use super::compose::{Content, hidden};
use super::config::{Channel, Mail, Route};
use super::mail::Mailer;
use super::robot::Caller;
use super::{Office, Outcome};
use crate::store::Message;
use jiff::{Timestamp, ToSpan};
use std::collections::{HashMap, VecDeque};

/// The ways that messages go, opened when the first one goes.
#[derive(Default)]
pub(super) struct Ways {
    mailer: Option<Mailer>,
    caller: Option<Caller>,
    /// When the last messages of a route went.
    gone: HashMap<String, VecDeque<Timestamp>>,
}

impl Ways {
    /// Until when a route has to wait for its pace; otherwise one more goes now.
    pub(super) fn pace(
        &mut self,
        route: &Route,
        mail: Option<&Mail>,
        now: Timestamp,
    ) -> Option<Timestamp> {
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

    pub(super) async fn send(
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

    pub(super) fn mailer(&mut self, office: &Office<'_>) -> Result<&Mailer, String> {
        if self.mailer.is_none() {
            let mail = office.config.mail.as_ref().ok_or("there is no [mail]")?;
            self.mailer = Some(Mailer::new(mail)?);
        }
        self.mailer.as_ref().ok_or_else(|| "there is no [mail]".to_owned())
    }

    pub(super) async fn call(
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
