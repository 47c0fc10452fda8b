//! A run as `audit`, `check` and `judge` start it, and what is said of it.

use super::options::JudgeArgs;
use super::settings::Settings;
use super::{lists, terminal, wiring};
use crate::filing::Row;
use crate::pipeline::{self, Keep, Plan, Registry, RunError, Summary, Unfinished};
use crate::policy::Policy;
use crate::probe::Probe;
use crate::probe::place::Places;
use crate::report;
use crate::rules::{Lang, Rule};
use crate::spool::SpoolError;
use anyhow::{Error, Result};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
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
    /// What the user's registry file says, and the file's digest.
    pub registry: Option<(Registry, String)>,
}

impl Parts {
    pub(super) fn new(settings: Settings) -> Result<Parts> {
        let policy = wiring::policy(&settings)?;
        let rules = wiring::rules(&settings)?;
        let lang = wiring::lang(&settings);
        let registry = lists::registry(&settings, lang)?;
        Ok(Parts { settings, policy, rules, lang, registry })
    }

    /// The plan of a run over a list with this digest.
    pub(super) fn plan(
        &self,
        output: PathBuf,
        at: Option<Timestamp>,
        unfinished: Unfinished,
        list: Sha256,
    ) -> Result<Plan<'_>> {
        let places = wiring::places(&self.settings, &self.policy)?;
        let concurrency = wiring::width(&self.settings);
        self.say_narrower(concurrency);
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
            registry: self.registry.as_ref().map(|(registry, _)| registry),
            ledger: None,
            lang: self.lang,
            concurrency,
            second_look_after: Duration::from_secs(self.settings.pace.second_look_after),
            site_limit: self.site_limit() + wiring::registration_wait(&self.settings),
            watch: wiring::watch(&self.settings),
            unfinished,
            fingerprint: self.fingerprint(list, at),
            versions: versions(&places),
            clock: Timestamp::now,
        })
    }

    /// Says so where fewer sites are looked at a time than somebody asked for.
    fn say_narrower(&self, concurrency: usize) {
        let asked = self.settings.pace.concurrency;
        if concurrency < asked {
            let setting = self.settings.named("pace", "concurrency");
            terminal::remark(&match self.lang {
                Lang::Zh => format!(
                    "{setting} 为 {asked}，但系统允许打开的文件数（ulimit -n）只够同时检测 {concurrency} 个网站"
                ),
                Lang::En => format!(
                    "{setting} is {asked}, but the files that may be open at a time (ulimit -n) \
                     allow for {concurrency} sites"
                ),
            });
        }
    }

    /// A look and its rendering, each twice as long as its own deadline lets it.
    fn site_limit(&self) -> Duration {
        let (deadline, browser) = (self.settings.http.deadline, &self.settings.browser);
        let rendering = match browser.render.as_str() {
            "never" => 0,
            _ => 2 * (deadline + browser.timeout + 60),
        };
        Duration::from_secs(2 * deadline + rendering + 60)
    }

    /// Tells one run from another: the list, and the settings that change what is seen or said.
    fn fingerprint(&self, list: Sha256, at: Option<Timestamp>) -> BTreeMap<String, String> {
        let settings = &self.settings;
        let codes: Vec<&str> = self.rules.iter().map(|rule| rule.code).collect();
        let digest: String = list.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let mut told = BTreeMap::from([
            ("list", digest),
            ("lang", settings.output.lang.clone()),
            ("resolvers", settings.dns.resolvers.join(" ")),
            ("vantages", settings.dns.vantages.join(" ")),
            ("registration", settings.registration.enabled.to_string()),
            ("both schemes", settings.http.both_schemes.to_string()),
            ("render", settings.browser.render.clone()),
            ("views", settings.http.views.clone()),
            (
                "place",
                format!("{} {}", settings.place.database, settings.place.overrides.join(" ")),
            ),
            ("allow-address", settings.guard.allow.join(" ")),
            ("policy", settings.rules.policy.clone()),
            ("profile", settings.rules.profile.clone()),
            ("rules", codes.join(" ")),
        ]);
        if let Some((_, digest)) = &self.registry {
            told.insert("registry", digest.clone());
        }
        if let Some(at) = at {
            told.insert("at", at.to_string());
        }
        told.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// The versions of what judges.
pub(super) fn program_versions() -> BTreeMap<String, String> {
    ["beian", "rules"]
        .map(|name| (name.to_owned(), env!("CARGO_PKG_VERSION").to_owned()))
        .into_iter()
        .collect()
}

fn versions(places: &Places) -> BTreeMap<String, String> {
    let mut versions = program_versions();
    versions.insert("places".to_owned(), places.date().to_string());
    versions.insert("places_source".to_owned(), places.source().to_owned());
    versions
}

/// Runs a plan with progress; `None` where it was stopped.
pub(super) async fn audit(
    rows: impl Iterator<Item = Row> + Send,
    probe: Probe,
    plan: &Plan<'_>,
    stop: CancellationToken,
) -> Result<Option<Summary>> {
    let bar = terminal::Bar::new(plan.lang);
    let probe = Arc::new(probe);
    let end = pipeline::run(rows, Arc::clone(&probe), plan, &bar, stop).await;
    probe.close().await;
    bar.finish();
    match end {
        Ok(summary) => Ok(Some(summary)),
        Err(RunError::Interrupted(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Says how to go on where the disk would not take any more.
pub(super) fn kept(error: Error, plan: &Plan<'_>) -> Error {
    let folder = plan.output.display();
    match error.downcast_ref() {
        Some(RunError::Output(..) | RunError::Spool(SpoolError::Io(..))) => error.context(format!(
            "what is done is kept in {folder}: mend this, then the same command with --resume"
        )),
        _ => error,
    }
}

/// Says how to go on, and gives the exit code for it.
pub(super) fn say_interrupted(plan: &Plan<'_>) -> u8 {
    terminal::remark(&farewell(&plan.output, plan.lang));
    INTERRUPTED
}

/// How to go on with the run in a folder.
pub(super) fn farewell(output: &Path, lang: Lang) -> String {
    let folder = output.display();
    match lang {
        Lang::Zh => format!("已中断，结果保存在 {folder}。继续：在原命令后加 --resume"),
        Lang::En => {
            format!(
                "Interrupted; what is done is kept in {folder}. Go on: the same command with --resume"
            )
        }
    }
}

/// Says so where the location table is old.
pub(super) fn warn_of_age(parts: &Parts, at: Timestamp) -> Result<()> {
    let places = wiring::places(&parts.settings, &parts.policy)?;
    if let Some(warning) = places.age_warning(report::china_day(at)) {
        terminal::remark(&warning);
    }
    Ok(())
}

/// The exit code of a finished run under the flags.
pub(super) fn exit_code(summary: &Summary, judge: &JudgeArgs) -> u8 {
    if judge.exit_zero { 0 } else { summary.exit_code() }
}

/// How long a clean end may take after Ctrl-C. Then the program ends anyway: the journal is
/// made to be left at any moment, and a person who waits is not.
const GRACE: Duration = Duration::from_millis(2_500);

/// A token that Ctrl-C or a request to end cancels; wanted inside a runtime, and early: reading
/// a long list takes a while, too. A second Ctrl-C ends the program at once,
/// and so does a clean end that takes too long; then this is said.
pub(super) fn stop_on_interrupt(lang: Lang, farewell: String) -> CancellationToken {
    let token = CancellationToken::new();
    let stop = token.clone();
    tokio::spawn(async move {
        interrupted().await;
        terminal::remark(match lang {
            Lang::Zh => "正在停止，已完成的检查会保留；再按一次 Ctrl-C 立即退出",
            Lang::En => "Stopping; what is done is kept. Press Ctrl-C again to quit at once.",
        });
        stop.cancel();
        // A second one, or none in time.
        let _ = tokio::time::timeout(GRACE, interrupted()).await;
        terminal::remark(&farewell);
        crate::probe::end_browsers();
        std::process::exit(i32::from(INTERRUPTED));
    });
    token
}

/// Waits for Ctrl-C or a request to end.
pub(super) async fn interrupted() {
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
