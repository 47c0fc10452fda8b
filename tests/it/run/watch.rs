//! What those who watch a run are told.

use super::*;
use std::io;
use tracing_subscriber::fmt::MakeWriter;

/// A log that is read back.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}

impl Log {
    /// Has this thread's events written here.
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let log = tracing_subscriber::fmt().with_ansi(false).with_writer(self.clone());
        tracing::subscriber::set_default(log.finish())
    }

    fn lines(&self, with: &str) -> Vec<String> {
        let log = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        log.lines().filter(|line| line.contains(with)).map(str::to_owned).collect()
    }
}

fn watched(folder: &Path, slow: u64, limit: u64, stuck: u64) -> Plan<'static> {
    let [slow_after, site_limit, stuck_after] = [slow, limit, stuck].map(Duration::from_millis);
    let watch = Watch { slow_after, stuck_after, ..Watch::default() };
    Plan { watch, site_limit, ..plan(folder) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_takes_long_is_named_once_a_look_and_given_up_when_it_takes_too_long() {
    let (folder, log) = (tempfile::tempdir().unwrap(), Log::default());
    let eyes = Script::new(|domain, _| {
        (if domain == "site1.example" { 3_600_000 } else { 0 }, page(domain))
    });
    let listening = log.listen();
    let plan = watched(folder.path(), 300, 1_500, 60_000);
    let summary = all(list(3), &eyes, &plan).await.unwrap();
    drop(listening);
    let long = log.lines("a site takes long");
    assert_eq!(long.len(), 2, "its second look took long as well: {long:?}");
    assert!(
        long.iter().all(|line| line.contains("WARN") && line.contains("domain=\"site1.example\""))
    );
    assert!(
        long.iter().all(|line| line.contains("stage=") && line.contains("elapsed=")),
        "{long:?}"
    );
    assert_eq!(log.lines("a site is given up").len(), 2);
    let metrics = summary.metrics.unwrap();
    assert_eq!(metrics.total("beian_slow_looks_total"), Some(2));
    assert_eq!(metrics.of("beian_sites_total", "fault"), Some(1));
    assert_eq!(metrics.total("beian_stalls_total"), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_in_which_nothing_ends_says_so_once() {
    let (folder, log) = (tempfile::tempdir().unwrap(), Log::default());
    let eyes = Script::new(|domain, _| (1_500, page(domain)));
    let listening = log.listen();
    let plan = watched(folder.path(), 60_000, 60_000, 400);
    let summary = all(list(3), &eyes, &plan).await.unwrap();
    drop(listening);
    let stuck = log.lines("no look has ended for long");
    assert_eq!(stuck.len(), 1, "{stuck:?}");
    assert!(stuck[0].contains("in_flight=3") && stuck[0].contains("domain="), "{stuck:?}");
    assert_eq!(summary.metrics.unwrap().total("beian_stalls_total"), Some(1));
    assert!(log.lines("a site takes long").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_counts_of_a_run_stand_in_its_file_and_in_its_summary() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("beian.prom");
    let eyes = Script::new(|domain, number| match (domain, number) {
        ("site1.example", 1) | ("site2.example", _) => (0, refused(domain)),
        _ => (0, page(domain)),
    });
    let watch = Watch { metrics: Some(file.clone()), ..Watch::default() };
    let plan = Plan { watch, ..plan(&folder.path().join("out")) };
    let summary = all(list(8), &eyes, &plan).await.unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    for line in [
        "beian_rows_read_total 8",
        "beian_rows_judged_total 8",
        "beian_sites_total{outcome=\"page\"} 5",
        "beian_sites_total{outcome=\"failed\"} 1",
        "beian_looks_total{look=\"first\"} 6",
        "beian_looks_total{look=\"second\"} 2",
        "beian_looks_in_flight 0",
        // The script's second look at the one that stays away brings the first one's visit again.
        "beian_failures_total{failure=\"connect_refused\"} 2",
        "beian_stage_seconds_count{stage=\"judge\"} 6",
        // And the same answer of the resolver.
        "beian_dns_answers_total{answer=\"addresses\"} 6",
    ] {
        assert!(text.lines().any(|other| other == line), "{line} is not in\n{text}");
    }
    let written: serde_json::Value =
        serde_json::from_str(&read(&plan.output, "summary.json")).unwrap();
    assert_eq!(written["metrics"]["beian_sites_total"]["page"], 5);
    assert_eq!(written["metrics"]["beian_stage_seconds"]["judge"]["count"], 6);
    assert_eq!(summary.metrics.unwrap().of("beian_looks_total", "second"), Some(2));
    // Nothing of it stands in the files that are the same for the same evidence.
    for file in ["notices.csv", "audits.jsonl", "rejected.csv"] {
        assert!(!read(&plan.output, file).contains("beian_"), "{file}");
    }
}
