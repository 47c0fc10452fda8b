//! Where things stand, for Prometheus: OpenMetrics text.

use std::fmt::Write as _;

/// A number of something of one kind: its labels, and how many.
pub type Sample = (Vec<(&'static str, String)>, f64);

/// The gauges of one name.
pub struct Gauges {
    /// The metric, e.g. `beian_findings`.
    pub name: &'static str,
    /// What it counts, in one line.
    pub help: &'static str,
    /// Its samples.
    pub samples: Vec<Sample>,
}

/// The gauges as OpenMetrics text, which node_exporter's textfile collector reads as well.
pub fn open_metrics(gauges: &[Gauges]) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    for Gauges { name, help, samples } in gauges {
        let _ = writeln!(text, "# TYPE {name} gauge");
        let _ = writeln!(text, "# HELP {name} {help}");
        for (labels, value) in samples {
            let labels: Vec<String> = labels
                .iter()
                .map(|(name, value)| format!("{name}=\"{}\"", quoted(value)))
                .collect();
            let _ = match labels.is_empty() {
                true => writeln!(text, "{name} {value}"),
                false => writeln!(text, "{name}{{{}}} {value}", labels.join(",")),
            };
        }
    }
    text.push_str("# EOF\n");
    text
}

fn quoted(value: &str) -> String {
    super::terminal(value).replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_quoted_and_the_text_has_an_end() {
        let gauges = Gauges {
            name: "beian_findings",
            help: "Findings by status.",
            samples: vec![(vec![("provider", "a\"b\\c\nd".to_owned())], 3.0)],
        };
        assert_eq!(
            open_metrics(&[gauges]),
            "# TYPE beian_findings gauge\n# HELP beian_findings Findings by status.\n\
             beian_findings{provider=\"a\\\"b\\\\c d\"} 3\n# EOF\n"
        );
    }
}
