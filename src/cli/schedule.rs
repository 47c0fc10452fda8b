use super::options::{Common, Format, StoreArgs};
use super::{Done, memory, options, run, runs, terminal, wiring};
use crate::report::china_time;
use crate::rules::Lang;
use crate::schedule::{self, Job};
use crate::store::{Store, Turn};
use anyhow::{Context, Result, bail};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

/// Do what the timetable says, when it says so, until it is stopped
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Say what is done when, and what was last; do nothing
    #[arg(long)]
    list: bool,
    /// Do this job now, once, unless somebody is at it, and end as it does
    #[arg(long, value_name = "JOB", conflicts_with = "list")]
    now: Option<String>,
    #[command(flatten)]
    store: StoreArgs,
}

const EXAMPLES: &str = "\
Examples:
  beian schedule --list --config beian.toml
  beian schedule --config beian.toml
  beian schedule --now nightly --config beian.toml      from cron or a systemd timer

The timetable is the file that [schedule] file names; see docs/schedule.md. Two schedules on one
store do each job once.";

/// How long a holder's word lasts; he gives it again every third of that.
const LEASE: SignedDuration = SignedDuration::from_secs(90);
/// How long an ended command may take to end.
const GRACE: Duration = Duration::from_secs(15);
/// How long to wait before what could not be begun is begun again.
const AGAIN: Duration = Duration::from_secs(30);

/// What jobs are done with.
struct Works {
    store: Store,
    config: Option<PathBuf>,
    place: String,
    holder: String,
    lang: Lang,
}

pub(super) fn run(common: &Common, args: &Args) -> Done {
    let settings = options::store_settings(common, &args.store)?;
    let lang = wiring::lang(&settings);
    let file = settings.schedule.file.as_str();
    if file.is_empty() {
        bail!(
            "there is no timetable: [schedule] file in the settings names it; see docs/schedule.md"
        );
    }
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{file}: cannot be read"))
        .with_context(|| settings.named("schedule", "file"))?;
    let jobs = schedule::read(&text, file)?;
    super::runtime()?.block_on(async {
        let works = Works {
            store: memory::open(&settings, true).await?,
            config: common.config.clone(),
            place: settings.store.place.clone(),
            holder: format!("{}-{}", std::process::id(), Timestamp::now().as_nanosecond()),
            lang,
        };
        if args.list {
            return list(&works, &jobs, common.format).await;
        }
        let stop = CancellationToken::new();
        let token = stop.clone();
        tokio::spawn(async move {
            run::interrupted().await;
            token.cancel();
        });
        if let Some(name) = &args.now {
            let job = jobs.iter().find(|job| job.name == *name);
            let job = job.with_context(|| format!("{file} has no job {name:?}"))?;
            let code = works.begin(job, Timestamp::now(), &stop).await?;
            return Ok(code.unwrap_or(0));
        }
        let each = jobs.iter().map(|job| works.keep(job, &stop));
        let mut ended = Vec::new();
        for done in join_all(each).await {
            ended.push(done?);
        }
        Ok(if stop.is_cancelled() { run::INTERRUPTED } else { 0 })
    })
}

/// Waits for all of them at once.
async fn join_all<F: Future>(each: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut each: Vec<_> = each.map(|future| Box::pin(future)).collect();
    let mut done: Vec<Option<F::Output>> = each.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        let mut pending = false;
        for (future, done) in each.iter_mut().zip(&mut done) {
            if done.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(output) => *done = Some(output),
                    std::task::Poll::Pending => pending = true,
                }
            }
        }
        if pending { std::task::Poll::Pending } else { std::task::Poll::Ready(()) }
    })
    .await;
    done.into_iter().flatten().collect()
}

async fn list(works: &Works, jobs: &[Job], format: Format) -> Done {
    let known = works.store.jobs().await?;
    let last =
        |job: &Job| known.iter().find(|known| known.name == job.name).cloned().unwrap_or_default();
    if format == Format::Json {
        let told = |job: &Job| {
            let (next, last) = (job.next(Timestamp::now()), last(job));
            json!({"name": job.name, "next": next, "last": last})
        };
        terminal::print_json(&jobs.iter().map(told).collect::<Vec<_>>())?;
        return Ok(0);
    }
    let mut table = terminal::Table::new(match works.lang {
        Lang::Zh => ["任务", "下次", "上次开始", "上次结束", "退出码"],
        Lang::En => ["job", "next", "last begun", "ended", "exit code"],
    });
    for job in jobs {
        let last = last(job);
        let next = job.next(Timestamp::now()).map_or_else(String::new, china_time);
        table.row([
            terminal::safe(&job.name),
            next,
            runs::shown(&last.began),
            runs::shown(&last.ended),
            last.outcome,
        ]);
    }
    terminal::print(&table.to_string())?;
    Ok(0)
}

impl Works {
    /// Does a job whenever it is due, until it is stopped.
    async fn keep(&self, job: &Job, stop: &CancellationToken) -> Result<()> {
        let known = self.store.jobs().await?;
        let begun = known.into_iter().find(|known| known.name == job.name);
        let begun = begun.and_then(|known| known.slot.parse().ok());
        let mut missed = job.missed(begun, Timestamp::now());
        loop {
            let now = Timestamp::now();
            let slot = match missed.take() {
                Some(slot) => slot,
                None => match job.next(now) {
                    Some(slot) => slot,
                    None => return Ok(()),
                },
            };
            let late = slot.max(now).duration_since(now).unsigned_abs();
            let wait = late + job.delay(self.chance(job, slot));
            tokio::select! {
                () = sleep_until(Timestamp::now() + SignedDuration::try_from(wait)?) => {}
                () = stop.cancelled() => return Ok(()),
            }
            while let Err(error) = self.begin(job, slot, stop).await {
                // A store that is away for a while must not end the nights to come.
                self.say_error(job, &error);
                tokio::select! {
                    () = tokio::time::sleep(AGAIN) => {}
                    () = stop.cancelled() => {}
                }
                if stop.is_cancelled() {
                    break;
                }
            }
            if stop.is_cancelled() {
                return Ok(());
            }
        }
    }

    /// Does a job for a time, unless somebody did or does it; the greatest exit code of its
    /// commands.
    async fn begin(
        &self,
        job: &Job,
        slot: Timestamp,
        stop: &CancellationToken,
    ) -> Result<Option<u8>> {
        let now = Timestamp::now();
        let name = terminal::safe(&job.name);
        match self.store.take_turn(&job.name, slot, &self.holder, now, now + LEASE).await? {
            Turn::Mine => {}
            Turn::Done => return Ok(None),
            Turn::Held(_) => {
                self.say(
                    format!("{name}：上一次尚未结束，本次跳过"),
                    format!("{name}: the last one is still at work, so this one is left out"),
                );
                return Ok(None);
            }
        }
        self.say(format!("{name}：开始"), format!("{name}: begins"));
        let until = job.limit.map(|limit| tokio::time::Instant::now() + limit);
        let mut codes = Vec::new();
        for command in &job.run {
            let code = self.command(job, command, until, stop).await?;
            codes.push(code);
            // Findings and rejected rows are results; what could not work stops the job.
            if !matches!(code, 0 | 1 | 3) || stop.is_cancelled() {
                break;
            }
        }
        let outcome = codes.iter().map(u8::to_string).collect::<Vec<_>>().join(" ");
        self.store.end_turn(&job.name, &self.holder, Timestamp::now(), &outcome).await?;
        self.say(
            format!("{name}：结束，退出码 {outcome}"),
            format!("{name}: ended with {outcome}"),
        );
        Ok(codes.into_iter().max())
    }

    async fn command(
        &self,
        job: &Job,
        arguments: &[String],
        until: Option<tokio::time::Instant>,
        stop: &CancellationToken,
    ) -> Result<u8> {
        let program = std::env::current_exe().context("the program's own file")?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
        if let Some(config) = &self.config {
            command.arg("--config").arg(config);
        }
        // The environment, where a password may stand: not an argument, which others can read.
        command.env("BEIAN_STORE__PLACE", &self.place);
        // Ctrl-C is for us, who pass it on once: a second one would not let it end cleanly.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().context("a command of the timetable")?;
        let beat = Duration::from_secs(LEASE.unsigned_abs().as_secs() / 3);
        loop {
            let over = async {
                match until {
                    Some(until) => tokio::time::sleep_until(until).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                status = child.wait() => {
                    let code = status.context("a command of the timetable")?.code();
                    return Ok(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(2));
                }
                () = tokio::time::sleep(beat) => {
                    let until = Timestamp::now() + LEASE;
                    let held = self.store.hold_turn(&job.name, &self.holder, until).await;
                    if let Err(error) = held {
                        // The work goes on; the next word may be heard.
                        self.say_error(job, &error.into());
                    }
                }
                () = over => {
                    let name = terminal::safe(&job.name);
                    self.say(format!("{name}：超过时限，正在结束"), format!(
                        "{name}: took longer than its limit, and is ended"
                    ));
                    end(&mut child).await;
                    return Ok(run::INTERRUPTED);
                }
                () = stop.cancelled() => {
                    end(&mut child).await;
                    return Ok(run::INTERRUPTED);
                }
            }
        }
    }

    /// A number that is chance to other machines, and the same on this one for a job and time.
    fn chance(&self, job: &Job, slot: Timestamp) -> u64 {
        let digest = Sha256::digest(format!("{} {} {slot}", self.place, job.name).as_bytes());
        digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    fn say_error(&self, job: &Job, error: &anyhow::Error) {
        let said = format!("{}: {error:#}", terminal::safe(&job.name));
        self.say(said.clone(), said);
    }

    fn say(&self, zh: String, en: String) {
        let said = if self.lang == Lang::Zh { zh } else { en };
        terminal::remark(&format!("{} {said}", china_time(Timestamp::now())));
    }
}

/// Waits for a time by the clock on the wall, which may be set, or stand while a machine sleeps.
async fn sleep_until(at: Timestamp) {
    loop {
        let left = at.duration_since(Timestamp::now());
        if left.is_negative() || left.is_zero() {
            return;
        }
        tokio::time::sleep(left.unsigned_abs().min(Duration::from_secs(30))).await;
    }
}

/// Asks a command to end, as Ctrl-C does, and ends it where it does not.
async fn end(child: &mut Child) {
    #[cfg(unix)]
    if let Some(pid) = child.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed())) {
        // It may have ended by itself just now.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::INT);
        if tokio::time::timeout(GRACE, child.wait()).await.is_ok() {
            return;
        }
    }
    if let Err(error) = child.kill().await {
        tracing::warn!(%error, "a command cannot be ended");
    }
}
