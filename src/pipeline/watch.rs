//! For whoever watches a run: the file of its counts, written anew every few seconds.

use super::RunError;
use crate::metrics::Metrics;
use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{RecvTimeoutError, Sender, channel},
    },
    thread::{Builder, JoinHandle},
    time::Duration,
};

/// How a run is watched.
#[derive(Clone, Debug)]
pub struct Watch {
    /// Where its counts go, in Prometheus' text format; none where nobody reads them.
    pub metrics: Option<PathBuf>,
    /// How often they are written.
    pub every: Duration,
    /// A site that has been at work for so long is named in the log, once a look.
    pub slow_after: Duration,
    /// Where no look has ended for so long, the log says so.
    pub stuck_after: Duration,
}

impl Default for Watch {
    fn default() -> Watch {
        Watch {
            metrics: None,
            every: Duration::from_secs(15),
            slow_after: Duration::from_secs(45),
            stuck_after: Duration::from_secs(120),
        }
    }
}

/// Writes the counts of a run until it is dropped, and once more then.
pub(super) struct Writer {
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Begins to write them.
    ///
    /// # Errors
    /// Where the file cannot be written even once.
    pub(super) fn begin(watch: &Watch, metrics: &Arc<Metrics>) -> Result<Option<Writer>, RunError> {
        let Some(path) = watch.metrics.clone() else { return Ok(None) };
        write(&path, metrics).map_err(|error| RunError::Output(path.clone(), error))?;
        let (end, ended) = channel();
        let (metrics, every) = (Arc::clone(metrics), watch.every);
        let work = move || {
            let mut said = false;
            loop {
                let goes_on = ended.recv_timeout(every) == Err(RecvTimeoutError::Timeout);
                let written = write(&path, &metrics);
                if let Err(error) = &written
                    && !said
                {
                    tracing::warn!(path = %path.display(), %error, "the metrics cannot be written");
                }
                said = written.is_err();
                if !goes_on {
                    return;
                }
            }
        };
        let thread = Builder::new().name("metrics".to_owned()).spawn(work);
        let thread = thread.map_err(RunError::Threads)?;
        Ok(Some(Writer { end: Some(end), thread: Some(thread) }))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.end.take();
        if let Some(thread) = self.thread.take() {
            // It does nothing that could panic.
            let _ = thread.join();
        }
    }
}

/// Writes the file beside its place and puts it there: a reader never sees half of it.
fn write(path: &Path, metrics: &Metrics) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut part = std::ffi::OsString::from(".");
    part.push(name);
    part.push(".part");
    let part = path.with_file_name(part);
    let written = File::create(&part).and_then(|mut f| f.write_all(metrics.text().as_bytes()));
    let placed = written.and_then(|()| fs::rename(&part, path));
    if placed.is_err() {
        let _ = fs::remove_file(&part);
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch(path: PathBuf) -> Watch {
        Watch { metrics: Some(path), every: Duration::from_millis(5), ..Watch::default() }
    }

    #[test]
    fn the_file_is_there_from_the_beginning_moves_and_is_right_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("beian.prom");
        let metrics = Arc::new(Metrics::default());
        let rows = || {
            let text = fs::read_to_string(&path).unwrap();
            let line = text.lines().find(|line| line.starts_with("beian_rows_read_total "));
            line.unwrap().rsplit(' ').next().unwrap().to_owned()
        };
        let writer = Writer::begin(&watch(path.clone()), &metrics).unwrap();
        assert_eq!(rows(), "0");
        metrics.rows_read.add(1);
        while rows() == "0" {
            std::thread::sleep(Duration::from_millis(1));
        }
        metrics.rows_read.add(1);
        drop(writer);
        assert_eq!(rows(), "2");
        let files = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(files, 1, "nothing is left beside it");
    }

    #[test]
    fn a_file_that_cannot_be_written_is_said_before_the_run_begins() {
        let folder = tempfile::tempdir().unwrap();
        let metrics = Arc::new(Metrics::default());
        for path in ["no/such/folder.prom", ""] {
            let watch = watch(folder.path().join(path));
            let begun = Writer::begin(&watch, &metrics);
            assert!(matches!(begun.err(), Some(RunError::Output(..))), "{path:?}");
        }
    }
}
