use super::mask::Mask;
use super::ordered;
use crate::audit::{Audit, Verdict, VerdictKind};
use crate::evidence::Evidence;
use crate::filing::Filing;
use crate::policy::Level;
use crate::rules::{Lang, Na};
use serde::Serialize;
use std::io;

/// One line of `audits.jsonl` up to its evidence: its own shape, so that our types may change
/// without it.
#[derive(Serialize)]
struct AuditLine<'a> {
    row: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    domain: &'a str,
    verdicts: Vec<VerdictLine>,
}

#[derive(Serialize)]
struct VerdictLine {
    code: &'static str,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<Level>,
    #[serde(skip_serializing_if = "String::is_empty")]
    host: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    url: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    expected: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    found: String,
    #[serde(rename = "where", skip_serializing_if = "String::is_empty")]
    place: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// The rule that a verdict yields to, or the field that is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'static str>,
}

/// The line of one filing with its end, the personal data of its row masked wherever a verdict or
/// the page repeats it. Takes the lines of pages out of the evidence.
pub fn audit_line(
    filing: &Filing,
    audit: &Audit,
    evidence: &mut Evidence,
    lang: Lang,
) -> io::Result<Vec<u8>> {
    // The text of pages is for judging again, from the journal; here a verdict quotes what it
    // rests on.
    evidence.take_lines();
    let mask = Mask::of(filing, evidence.registration.as_ref());
    let head = AuditLine {
        row: filing.line,
        source: filing.source.as_deref(),
        domain: filing.domain.ascii(),
        verdicts: audit.verdicts.iter().map(|verdict| line(verdict, lang, &mask)).collect(),
    };
    let mut out = Vec::with_capacity(USUAL);
    ordered::plain(&mut out, &head)?;
    // It goes on behind the last field of its head.
    out.pop();
    out.extend_from_slice(b",\"evidence\":");
    ordered::masked(&mut out, evidence, &mask)?;
    out.extend_from_slice(b"}\n");
    Ok(out)
}

/// Bytes of most lines, at most.
const USUAL: usize = 16 << 10;

fn line(verdict: &Verdict, lang: Lang, mask: &Mask<'_>) -> VerdictLine {
    let other = match &verdict.reason {
        Some(Na::Other(text)) => text.of(lang),
        _ => "",
    };
    let found = verdict.found.of(lang);
    VerdictLine {
        code: verdict.code,
        verdict: verdict.kind.name(),
        level: verdict.level,
        // Of half the rules of a dead site it would say the same, and of none anything.
        host: match verdict.kind {
            VerdictKind::Na => String::new(),
            _ => verdict.hosts.join(" "),
        },
        url: verdict.url.clone(),
        expected: mask.text(verdict.expected.of(lang)),
        found: mask.text(if found.is_empty() { other } else { found }),
        place: mask.text(verdict.place.of(lang)),
        reason: verdict.reason.as_ref().map(Na::name),
        by: match &verdict.reason {
            Some(Na::Yields(code)) => Some(code),
            Some(Na::MissingField(field)) => Some(field.name()),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Attempt, Dns, Hop, HopKind, HostEvidence, Role, Visit};
    use crate::filing::Domain;
    use crate::page::{Page, Passage};
    use crate::rules::{Field, Text};

    fn verdict(kind: VerdictKind, reason: Option<Na>) -> Verdict {
        Verdict {
            code: "TST001",
            kind,
            level: None,
            hosts: Vec::new(),
            url: String::new(),
            expected: Text::default(),
            found: Text::default(),
            place: Text::default(),
            problem: None,
            cause: None,
            first: None,
            remedy: None,
            reason,
        }
    }

    fn written(filing: &Filing, verdicts: Vec<Verdict>) -> String {
        let audit = Audit { verdicts };
        let line = audit_line(filing, &audit, &mut Evidence::default(), Lang::En).unwrap();
        String::from_utf8(line).unwrap()
    }

    #[test]
    fn a_line_has_the_shape_that_scripts_rely_on() {
        let mut filing = Filing::of_domain(7, Domain::parse("site.example").unwrap());
        filing.source = Some("list.csv".to_owned());
        let mut fail = verdict(VerdictKind::Fail, None);
        fail.level = Some(Level::Violation);
        fail.hosts = vec!["site.example".to_owned(), "www.site.example".to_owned()];
        fail.url = "https://site.example/".to_owned();
        fail.expected = Text::same("A");
        fail.found = Text::new("乙", "B");
        fail.place = Text::same("footer");
        assert_eq!(
            written(&filing, vec![fail, verdict(VerdictKind::Na, Some(Na::Yields("DNS001")))]),
            r#"{"row":7,"source":"list.csv","domain":"site.example","verdicts":[{"code":"TST001","verdict":"fail","level":"violation","host":"site.example www.site.example","url":"https://site.example/","expected":"A","found":"B","where":"footer"},{"code":"TST001","verdict":"na","reason":"yields","by":"DNS001"}],"evidence":{"hosts":[],"siblings":{}}}
"#
        );
    }

    #[test]
    fn a_rule_that_says_nothing_names_no_hosts() {
        let filing = Filing::of_domain(7, Domain::parse("site.example").unwrap());
        let mut silent = verdict(VerdictKind::Na, Some(Na::Unseen));
        silent.hosts = vec!["site.example".to_owned()];
        let line = written(&filing, vec![silent]);
        assert!(line.contains(r#"{"code":"TST001","verdict":"na","reason":"unseen"}"#), "{line}");
    }

    #[test]
    fn a_reason_says_what_is_missing_or_why_in_words() {
        let filing = Filing::of_domain(7, Domain::parse("site.example").unwrap());
        let missing = verdict(VerdictKind::Na, Some(Na::MissingField(Field::Provider)));
        assert!(written(&filing, vec![missing]).contains(r#""missing-field","by":"provider""#));
        let other = verdict(VerdictKind::Na, Some(Na::Other(Text::new("原因", "because"))));
        assert!(written(&filing, vec![other]).contains(r#""found":"because","reason":"other""#));
    }

    #[test]
    fn the_text_of_pages_is_left_out() {
        let filing = Filing::of_domain(7, Domain::parse("site.example").unwrap());
        let passages = [Passage { text: "一行", ..Passage::default() }];
        let page = Page {
            title: Some("示例".to_owned()),
            passages: passages.into_iter().collect(),
            ..Page::default()
        };
        let https = Attempt::answered(Hop::to("https://site.example/", HopKind::Start), "", page);
        let host = HostEvidence {
            visit: Some(Visit { looks: 1, https: Some(https), http: None }),
            ..HostEvidence::of_dns("site.example".to_owned(), Role::Apex, Dns::default())
        };
        let mut evidence = Evidence { hosts: vec![host], ..Evidence::default() };
        let audit = Audit { verdicts: Vec::new() };
        let line = audit_line(&filing, &audit, &mut evidence, Lang::En).unwrap();
        let line = String::from_utf8(line).unwrap();
        assert!(line.contains("示例") && !line.contains("一行"), "{line}");
    }

    #[test]
    fn personal_data_of_the_row_is_masked() {
        let mut filing = Filing::of_domain(7, Domain::parse("site.example").unwrap());
        filing.phone = Some("13800000000".to_owned());
        filing.email = Some("desk@site.example".to_owned());
        filing.owner = Some("网站负责人".to_owned());
        let mut fail = verdict(VerdictKind::Fail, None);
        fail.found = Text::same("网站负责人 13800000000 desk@site.example");
        let line = written(&filing, vec![fail]);
        assert!(line.contains(r#""found":"网*** 1*** d***""#), "{line}");
    }
}
