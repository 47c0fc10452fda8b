//! When jobs are due: cron expressions in China's time, read with their lines. No clock of its
//! own, and no work: whoever asks says what time it is.

use croner::Cron;
use croner::parser::{CronParser, Seconds};
use jiff::{Timestamp, Zoned};
use serde::Deserialize;
use std::time::Duration;
use toml::Spanned;

/// What is done regularly.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its name, which the store remembers.
    pub name: String,
    /// The commands, one after the other: arguments of the program.
    pub run: Vec<Vec<String>>,
    /// It begins up to so much later, by chance: a thousand machines do not begin together.
    pub jitter: Duration,
    /// Whoever works longer than this is ended.
    pub limit: Option<Duration>,
    /// Whether a time that was missed is made up for.
    pub catch_up: bool,
    cron: Cron,
}

/// Why a timetable cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct TimetableError {
    file: String,
    line: usize,
    problem: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    job: Vec<Spanned<JobText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JobText {
    name: String,
    cron: String,
    run: Vec<Vec<String>>,
    #[serde(default)]
    jitter: u64,
    limit: Option<u64>,
    #[serde(default = "yes")]
    catch_up: bool,
}

fn yes() -> bool {
    true
}

/// The commands that a job may run: those that end by themselves.
const COMMANDS: [&str; 8] =
    ["audit", "import", "judge", "report", "deliver", "db", "notices", "check"];

/// Reads a timetable; `file` is what errors call it.
pub fn read(text: &str, file: &str) -> Result<Vec<Job>, TimetableError> {
    let at = |start: usize, problem: String| TimetableError {
        file: file.to_owned(),
        line: text.get(..start).unwrap_or(text).matches('\n').count() + 1,
        problem,
    };
    let read: File = toml::from_str(text).map_err(|error: toml::de::Error| {
        at(error.span().map_or(0, |span| span.start), error.message().to_owned())
    })?;
    let mut jobs: Vec<Job> = Vec::new();
    for job in read.job {
        let start = job.span().start;
        let job = job.into_inner();
        if jobs.iter().any(|other| other.name == job.name) {
            return Err(at(start, format!("there are two jobs {:?}", job.name)));
        }
        jobs.push(job.job().map_err(|problem| at(start, problem))?);
    }
    if jobs.is_empty() {
        return Err(at(0, "there is no [[job]]".to_owned()));
    }
    Ok(jobs)
}

impl JobText {
    fn job(self) -> Result<Job, String> {
        let name = &self.name;
        let parser = CronParser::builder().seconds(Seconds::Disallowed).build();
        let cron = parser
            .parse(&self.cron)
            .map_err(|error| format!("job {name:?}: cron {:?}: {error}", self.cron))?;
        for command in &self.run {
            let first = command.first().map(String::as_str).unwrap_or_default();
            if !COMMANDS.contains(&first) {
                return Err(format!("job {name:?}: {first:?} is none of {}", COMMANDS.join(", ")));
            }
        }
        if self.run.is_empty() {
            return Err(format!("job {name:?} runs nothing"));
        }
        if self.jitter > 3_600 {
            return Err(format!("job {name:?}: jitter must be at most 3600 seconds"));
        }
        if self.limit == Some(0) {
            return Err(format!("job {name:?}: a limit of no seconds leaves no time to work"));
        }
        Ok(Job {
            cron,
            run: self.run,
            jitter: Duration::from_secs(self.jitter),
            limit: self.limit.map(Duration::from_secs),
            catch_up: self.catch_up,
            name: self.name,
        })
    }
}

impl Job {
    /// The first time after this one at which it is due; none where there is none any more.
    pub fn next(&self, after: Timestamp) -> Option<Timestamp> {
        let next = self.cron.find_next_occurrence(&zoned(after), false);
        next.ok().map(|at| at.timestamp())
    }

    /// The last time up to this one at which it was due.
    pub fn last(&self, upto: Timestamp) -> Option<Timestamp> {
        let last = self.cron.find_previous_occurrence(&zoned(upto), true);
        last.ok().map(|at| at.timestamp())
    }

    /// The time that was missed and is to be made up for: the last one that was due, where the
    /// one that was last begun is older. What was never begun was not missed.
    pub fn missed(&self, begun: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
        let begun = begun.filter(|_| self.catch_up)?;
        self.last(now).filter(|last| *last > begun)
    }

    /// How much later than its time it begins: by a number that is chance to others.
    pub fn delay(&self, chance: u64) -> Duration {
        match u64::try_from(self.jitter.as_millis()).unwrap_or(u64::MAX) {
            0 => Duration::ZERO,
            most => Duration::from_millis(chance % most),
        }
    }
}

fn zoned(at: Timestamp) -> Zoned {
    at.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(rest: &str) -> Job {
        let text = format!("[[job]]\nname = \"nightly\"\nrun = [[\"audit\", \"a.csv\"]]\n{rest}");
        read(&text, "schedule.toml").unwrap().remove(0)
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn times_are_china_s() {
        let job = job("cron = \"30 2 * * *\"\n");
        let next = job.next(at("2026-11-23T00:00:00+08:00")).unwrap();
        assert_eq!(next, at("2026-11-23T02:30:00+08:00"));
        assert_eq!(job.next(next).unwrap(), at("2026-11-24T02:30:00+08:00"));
        assert_eq!(job.last(next).unwrap(), next);
    }

    #[test]
    fn what_was_missed_is_made_up_for_once() {
        let daily = job("cron = \"30 2 * * *\"\n");
        let (begun, now) = (at("2026-11-19T02:30:00+08:00"), at("2026-11-23T09:00:00+08:00"));
        assert_eq!(daily.missed(Some(begun), now), Some(at("2026-11-23T02:30:00+08:00")));
        let today = at("2026-11-23T02:30:00+08:00");
        assert_eq!(daily.missed(Some(today), now), None);
        assert_eq!(daily.missed(None, now), None, "a new job waits for its time");
        let lazy = job("cron = \"30 2 * * *\"\ncatch_up = false\n");
        assert_eq!(lazy.missed(Some(begun), now), None);
    }

    #[test]
    fn it_begins_a_little_later_at_most() {
        let job = job("cron = \"0 * * * *\"\njitter = 60\n");
        for chance in [0, 1, 59_999, 60_000, u64::MAX] {
            assert!(job.delay(chance) < Duration::from_secs(60));
        }
        assert_eq!(job.delay(60_001), Duration::from_millis(1));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, line, said) in [
            ("", 1, "job"),
            (
                "[[job]]\nname = \"a\"\ncron = \"61 * * * *\"\nrun = [[\"audit\"]]\n",
                1,
                "61 * * * *",
            ),
            (
                "\n[[job]]\nname = \"a\"\ncron = \"0 2 * * *\"\nrun = [[\"schedule\"]]\n",
                2,
                "none of",
            ),
            ("[[job]]\nname = \"a\"\ncron = \"0 2 * * *\"\nrun = []\n", 1, "nothing"),
            ("[[job]]\nname = \"a\"\ncorn = \"0 2 * * *\"\n", 3, "corn"),
        ] {
            let error = read(text, "schedule.toml").unwrap_err();
            assert_eq!(error.line, line, "{error}");
            assert!(error.to_string().contains(said), "{error}");
        }
    }
}
