use super::*;
use std::collections::BTreeSet;

/// A line of samples: name, labels, value.
type Sample = (String, Vec<(String, String)>, f64);

/// Reads the text format as its specification has it, and nothing that is not in it.
fn strictly(text: &str) -> BTreeMap<String, (String, Vec<Sample>)> {
    assert!(text.ends_with('\n') && !text.contains('\r'));
    let mut families: BTreeMap<String, (String, Vec<Sample>)> = BTreeMap::new();
    let (mut helped, mut current) = (String::new(), String::new());
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, words) = help.split_once(' ').unwrap();
            assert!(!words.is_empty() && !words.contains('\\'), "{line}");
            helped = name.to_owned();
            continue;
        }
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert_eq!(name, helped, "help stands before the type");
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert!(kind != "counter" || name.ends_with("_total"), "{name}");
            let fresh = families.insert(name.to_owned(), (kind.to_owned(), Vec::new()));
            assert!(fresh.is_none(), "{name} comes twice");
            current = name.to_owned();
            continue;
        }
        let sample = sample(line);
        let of = sample.0.strip_prefix(current.as_str()).unwrap_or_else(|| panic!("{line}"));
        let family = families.get_mut(&current).unwrap();
        let is_part = ["_bucket", "_sum", "_count"].contains(&of);
        assert!(if family.0 == "histogram" { is_part } else { of.is_empty() }, "{line}");
        family.1.push(sample);
    }
    families
}

fn sample(line: &str) -> Sample {
    let (series, value) = line.rsplit_once(' ').unwrap();
    let value = value.parse().unwrap_or_else(|_| panic!("{line}"));
    let (name, labels) = match series.split_once('{') {
        Some((name, labels)) => (name, labels.strip_suffix('}').unwrap()),
        None => (series, ""),
    };
    let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
    assert!(name.starts_with("beian_") && name.chars().all(is_name), "{line}");
    let labels = labels.split(',').filter(|label| !label.is_empty()).map(|label| {
        let (key, value) = label.split_once('=').unwrap();
        let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap();
        assert!(key.chars().all(is_name) && !value.contains(['"', '\\', '\n']), "{line}");
        (key.to_owned(), value.to_owned())
    });
    (name.to_owned(), labels.collect(), value)
}

#[test]
fn the_text_is_what_prometheus_reads_and_says_what_was_counted() {
    let metrics = Metrics::default();
    metrics.rows_read.add(7);
    metrics.site("page");
    metrics.site("page");
    metrics.site("what nobody thought of\"}\n");
    metrics.took(Stage::Dns, Duration::from_millis(5));
    metrics.took(Stage::Dns, Duration::from_millis(700));
    metrics.took(Stage::Dns, Duration::from_secs(500));
    let families = strictly(&metrics.text());
    let value = |family: &str, name: &str, labels: &[(&str, &str)]| {
        let wanted: Vec<(String, String)> =
            labels.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let found = families[family].1.iter().find(|s| s.0 == name && s.1 == wanted);
        found.unwrap_or_else(|| panic!("{name} {labels:?}")).2
    };
    assert_eq!(value("beian_rows_read_total", "beian_rows_read_total", &[]), 7.0);
    let sites = |outcome| value("beian_sites_total", "beian_sites_total", &[("outcome", outcome)]);
    assert_eq!((sites("page"), sites("other"), sites("failed")), (2.0, 1.0, 0.0));
    let times = |part: &str, le: &str| {
        let mut labels = vec![("stage", "dns")];
        labels.extend((!le.is_empty()).then_some(("le", le)));
        value("beian_stage_seconds", &format!("beian_stage_seconds_{part}"), &labels)
    };
    assert_eq!(times("bucket", "0.0025"), 0.0);
    assert_eq!(times("bucket", "0.005"), 1.0, "a bound belongs to its bucket");
    assert_eq!((times("bucket", "1"), times("bucket", "120")), (2.0, 2.0));
    assert_eq!((times("bucket", "+Inf"), times("count", "")), (3.0, 3.0));
    assert_eq!(times("sum", ""), 500.705);
}

#[test]
fn buckets_never_go_down_and_end_in_all() {
    let metrics = Metrics::default();
    for (at, stage) in Stage::ALL.into_iter().enumerate() {
        for milliseconds in (0..40_u64).map(|n| n * n * n * (at as u64 + 1)) {
            metrics.took(stage, Duration::from_millis(milliseconds));
        }
    }
    let families = strictly(&metrics.text());
    let (_, samples) = &families["beian_stage_seconds"];
    for stage in Stage::ALL {
        let of_stage = |part: &str| {
            let is_it = move |s: &&Sample| s.1[0].1 == stage.name() && s.0.ends_with(part);
            samples.iter().filter(is_it).map(|s| s.2).collect::<Vec<f64>>()
        };
        let buckets = of_stage("_bucket");
        assert!(buckets.is_sorted() && buckets.len() == BOUNDS.len() + 1);
        assert_eq!(buckets.last(), of_stage("_count").first());
    }
}

#[test]
fn how_many_series_there_are_does_not_depend_on_what_is_counted() {
    let series = |metrics: &Metrics| -> BTreeSet<String> {
        let text = metrics.text();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.map(|line| line.rsplit_once(' ').unwrap().0.to_owned()).collect()
    };
    let (quiet, busy) = (Metrics::default(), Metrics::default());
    for name in ["site.example", "page", "NXDOMAIN", "", "a\nb"] {
        busy.site(name);
        busy.dns_answer(name);
        busy.failure(name);
    }
    assert_eq!(series(&quiet), series(&busy));
    assert_eq!(busy.snapshot().of("beian_dns_answers_total", "other"), Some(5));
}

#[test]
fn every_failure_and_every_answer_of_a_resolver_has_a_name_of_its_own() {
    // The names of the recording format: a new one must be counted as itself.
    for (source, known) in [
        (include_str!("../evidence/visit.rs"), FAILURES),
        (include_str!("../probe/dns/fact.rs"), DNS_ANSWERS),
    ] {
        let names = source.split("=> \"").skip(1).filter_map(|rest| rest.split('"').next());
        let names: BTreeSet<&str> = names.collect();
        let known: BTreeSet<&str> = known.iter().copied().collect();
        // The questions of fact.rs stand there too.
        let names: BTreeSet<&str> =
            names.into_iter().filter(|n| !["A", "AAAA"].contains(n)).collect();
        assert_eq!(names, known);
    }
}

#[test]
fn a_snapshot_reads_back_as_it_was_written() {
    let metrics = Metrics::default();
    metrics.rows_read.add(3);
    metrics.site("page");
    metrics.took(Stage::Judge, Duration::from_millis(3));
    let snapshot = metrics.snapshot();
    let json = serde_json::to_string(&snapshot).unwrap();
    assert!(json.contains(r#""beian_rows_read_total":3"#), "{json}");
    assert!(json.contains(r#""judge":{"count":1,"seconds":0.003}"#), "{json}");
    assert_eq!(serde_json::from_str::<Snapshot>(&json).unwrap(), snapshot);
    assert_eq!(snapshot.total("beian_sites_total"), Some(1));
}
