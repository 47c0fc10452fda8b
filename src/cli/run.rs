//! A run as `audit`, `check` and `judge` start it, and what is said of it.

use super::options::{Common, Format};
use super::settings::Settings;
use super::{terminal, wiring};
use crate::pipeline::{self, Keep, Plan, Summary, Unfinished};
use crate::policy::Policy;
use crate::rules::{Lang, Rule};
use anyhow::Result;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The exit code of a run that was interrupted and can be resumed.
pub(super) const INTERRUPTED: u8 = 130;

/// The parts of a run that outlive its plan.
pub(super) struct Parts {
    pub settings: Settings,
    pub policy: Policy,
    pub rules: Vec<&'static Rule>,
    pub lang: Lang,
}

impl Parts {
    pub(super) fn new(settings: Settings) -> Result<Parts> {
        let policy = wiring::policy(&settings)?;
        let rules = wiring::rules(&settings)?;
        let lang = wiring::lang(&settings);
        Ok(Parts { settings, policy, rules, lang })
    }

    /// The plan of a run over a list with this digest.
    pub(super) fn plan(
        &self,
        output: PathBuf,
        at: Option<Timestamp>,
        unfinished: Unfinished,
        list: Sha256,
    ) -> Result<Plan<'_>> {
        let places = wiring::places(&self.settings)?;
        Ok(Plan {
            output,
            rules: self.rules.clone(),
            policy: &self.policy,
            at: at.unwrap_or_else(Timestamp::now),
            keep: match self.settings.output.evidence.as_str() {
                "all" => Keep::All,
                "none" => Keep::None,
                _ => Keep::Findings,
            },
            lang: self.lang,
            concurrency: wiring::width(&self.settings),
            second_look_after: Duration::from_secs(self.settings.pace.second_look_after),
            unfinished,
            fingerprint: self.fingerprint(list),
            versions: BTreeMap::from([
                ("beian".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
                ("places".to_owned(), places.date().to_string()),
                ("places_source".to_owned(), places.source().to_owned()),
            ]),
        })
    }

    /// Tells one run from another: the list, and the settings that change what is seen or said.
    fn fingerprint(&self, mut list: Sha256) -> String {
        let settings = &self.settings;
        let codes: Vec<&str> = self.rules.iter().map(|rule| rule.code).collect();
        let said = format!(
            "{:?} {:?} {:?} {:?} {:?} {:?} {codes:?}",
            settings.output.lang,
            settings.output.evidence,
            settings.http.both_schemes,
            settings.place,
            settings.rules.profile,
            settings.rules.policy,
        );
        list.update(said.as_bytes());
        list.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A token that Ctrl-C or a request to end cancels; a second Ctrl-C ends at once.
pub(super) fn stop_on_interrupt(lang: Lang) -> CancellationToken {
    let token = CancellationToken::new();
    let stop = token.clone();
    tokio::spawn(async move {
        interrupted().await;
        terminal::remark(match lang {
            Lang::Zh => "正在停止,已完成的检查会保留……再按一次 Ctrl-C 立即退出",
            Lang::En => "Stopping; what is done is kept. Press Ctrl-C again to quit at once.",
        });
        stop.cancel();
        interrupted().await;
        std::process::exit(i32::from(INTERRUPTED));
    });
    token
}

async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut end) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = end.recv() => {}
            }
            return;
        }
    }
    // Without a handler there is nothing to wait for: the default action ends the program.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
