//! Counts → Prometheus' text format (version 0.0.4), as node_exporter's textfile collector
//! reads it; and → `summary.json`.

use super::{Counter, Histogram, Labelled, Measure, Metrics, Snapshot, Stage, Time};
use std::fmt::Write;

/// A metric: its name, what it means, its values.
struct Family<'a> {
    name: &'static str,
    help: &'static str,
    values: Values<'a>,
}

enum Values<'a> {
    /// It goes up only.
    Counter(&'a Counter),
    /// It goes up and down.
    Gauge(&'a Counter),
    /// Counters by a label.
    By(&'static str, Vec<(&'static str, u64)>),
    /// Times by stage.
    Times(Vec<(&'static str, &'a Histogram)>),
}

fn families(metrics: &Metrics) -> Vec<Family<'_>> {
    let counter = |name, help, counter| Family { name, help, values: Values::Counter(counter) };
    let gauge = |name, help, counter| Family { name, help, values: Values::Gauge(counter) };
    let by = |name, help, label, labelled: &Labelled| Family {
        name,
        help,
        values: Values::By(label, labelled.each().collect()),
    };
    let m = metrics;
    let looks = vec![("first", m.first_looks.get()), ("second", m.second_looks.get())];
    let stages = Stage::ALL.iter().map(|stage| stage.name()).zip(&m.stages).collect();
    vec![
        counter("beian_rows_read_total", "Rows of the list that were read.", &m.rows_read),
        counter(
            "beian_rows_judged_total",
            "Rows that ended, as an audit or rejected.",
            &m.rows_judged,
        ),
        by(
            "beian_sites_total",
            "Sites that were looked at to the end, by what came of it.",
            "outcome",
            &m.sites,
        ),
        Family {
            name: "beian_looks_total",
            help: "Looks at sites that ended; what failed is looked at a second time.",
            values: Values::By("look", looks),
        },
        counter(
            "beian_looks_put_off_total",
            "Looks put off because an address or a host had too many waiting.",
            &m.put_off,
        ),
        gauge("beian_looks_in_flight", "Looks under way, waiting ones included.", &m.in_flight),
        gauge(
            "beian_looks_waiting",
            "Looks under way that wait for an address, a host or a browser.",
            &m.waiting,
        ),
        by("beian_failures_total", "Visits that failed, by how.", "failure", &m.failures),
        by(
            "beian_dns_answers_total",
            "Answers of resolvers about hosts of the list, by what they said.",
            "answer",
            &m.dns_answers,
        ),
        counter(
            "beian_addresses_refused_total",
            "Addresses that the guard refused to connect to.",
            &m.addresses_refused,
        ),
        counter(
            "beian_received_bytes_total",
            "Bytes of answers as received, heads and bodies.",
            &m.received_bytes,
        ),
        counter(
            "beian_slow_looks_total",
            "Looks that took longer than half of a site's time.",
            &m.slow_looks,
        ),
        counter("beian_stalls_total", "Times that no look ended for long.", &m.stalls),
        Family {
            name: "beian_stage_seconds",
            help: "How long the steps of the work on a site took.",
            values: Values::Times(stages),
        },
    ]
}

pub(super) fn prometheus(metrics: &Metrics) -> String {
    let mut text = String::with_capacity(16 << 10);
    for Family { name, help, values } in families(metrics) {
        // Writing into a string cannot fail.
        let kind = match values {
            Values::Counter(_) | Values::By(..) => "counter",
            Values::Gauge(_) => "gauge",
            Values::Times(_) => "histogram",
        };
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        match values {
            Values::Counter(value) | Values::Gauge(value) => {
                let _ = writeln!(text, "{name} {}", value.get());
            }
            Values::By(label, counts) => counts.iter().for_each(|(value, count)| {
                let _ = writeln!(text, "{name}{{{label}=\"{value}\"}} {count}");
            }),
            Values::Times(stages) => {
                stages.iter().for_each(|(stage, times)| histogram(&mut text, name, stage, times));
            }
        }
    }
    text
}

fn histogram(text: &mut String, name: &str, stage: &str, times: &Histogram) {
    let (within, all) = times.cumulated();
    for (bound, count) in within {
        let _ = writeln!(text, "{name}_bucket{{stage=\"{stage}\",le=\"{bound}\"}} {count}");
    }
    let _ = writeln!(text, "{name}_bucket{{stage=\"{stage}\",le=\"+Inf\"}} {all}");
    let _ = writeln!(text, "{name}_sum{{stage=\"{stage}\"}} {}", times.seconds());
    let _ = writeln!(text, "{name}_count{{stage=\"{stage}\"}} {all}");
}

pub(super) fn snapshot(metrics: &Metrics) -> Snapshot {
    let measure = |values| match values {
        Values::Counter(counter) => Some(Measure::Count(counter.get())),
        // Nothing is under way any more when the summary is written.
        Values::Gauge(_) => None,
        Values::By(_, counts) => {
            Some(Measure::By(counts.into_iter().map(|(name, n)| (name.to_owned(), n)).collect()))
        }
        Values::Times(stages) => {
            let time =
                |times: &Histogram| Time { count: times.cumulated().1, seconds: times.seconds() };
            let times = stages.into_iter().map(|(stage, times)| (stage.to_owned(), time(times)));
            Some(Measure::Times(times.collect()))
        }
    };
    let measures = families(metrics).into_iter();
    let measures = measures.filter_map(|f| Some((f.name.to_owned(), measure(f.values)?)));
    Snapshot(measures.collect())
}
