use super::Status;
use super::fill::{Values, fill};
use crate::audit::{Audit, Verdict, VerdictKind};
use crate::filing::Filing;
use crate::policy::{Level, Policy};
use crate::rules::{Lang, Rule, Text};
use jiff::{ToSpan, civil::Date};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// The open findings of one domain, ready to be written to its owner.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Derived from subject, domain and the day on which it was opened; never random.
    pub id: String,
    /// The findings, in order of code.
    pub findings: Vec<Finding>,
}

/// One thing to mend or to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The rule's code; also one that this program no longer has.
    pub code: Cow<'static, str>,
    /// How grave.
    pub level: Level,
    /// What is wrong.
    pub problem: Text,
    /// Why it may have happened.
    pub cause: Text,
    /// How to mend it.
    pub remedy: Text,
    /// What should be there.
    pub expected: Text,
    /// What is there.
    pub found: Text,
    /// The hosts concerned.
    pub hosts: Vec<String>,
    /// The URL at which it was seen.
    pub url: String,
    /// The first day on which it was seen.
    pub first_seen: Date,
    /// The last day on which it was seen.
    pub last_seen: Date,
    /// Calendar days to mend it.
    pub days: u16,
    /// By when to mend it.
    pub deadline: Date,
    /// Where it stands, where there is a memory.
    pub status: Option<Status>,
}

/// Drafts the notice of one filing in the words of these rules; `None` where there is
/// nothing to say.
pub fn draft(
    rules: &[&'static Rule],
    filing: &Filing,
    audit: &Audit,
    policy: &Policy,
    today: Date,
) -> Option<Notice> {
    let findings = audit.findings().map(|verdict| {
        let rule = rules.iter().copied().find(|rule| rule.code == verdict.code);
        finding(rule, filing, verdict, policy, today)
    });
    let mut findings: Vec<Finding> = findings.collect();
    findings.sort_by(|a, b| a.code.cmp(&b.code));
    if findings.is_empty() {
        return None;
    }
    Some(Notice { id: notice_id(&filing.subject_key(), filing.domain.ascii(), today), findings })
}

/// The id of the notice of a subject's domain that was opened on a day, e.g.
/// `BA-20261122-7K3MQ2XD`: short enough to be read over the telephone, without letters that
/// are taken for digits.
pub fn notice_id(subject: &str, domain: &str, opened: Date) -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let day = opened.strftime("%Y%m%d").to_string();
    // The zero bytes keep "ab" + "c" and "a" + "bc" apart.
    let digest = Sha256::digest([subject, domain, &day].join("\0").as_bytes());
    let bits = digest.iter().take(5).fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
    let letter = |place: u32| {
        let letter = LETTERS.get((bits >> (place * 5) & 31) as usize);
        char::from(letter.copied().unwrap_or(b'0'))
    };
    let name: String = (0..8).rev().map(letter).collect();
    format!("BA-{day}-{name}")
}

fn finding(
    rule: Option<&'static Rule>,
    filing: &Filing,
    verdict: &Verdict,
    policy: &Policy,
    today: Date,
) -> Finding {
    // Without a rule of this code there are no words for it: the finding still counts.
    let words = |lang| rule.map(|rule: &Rule| rule.texts.of(lang));
    let text = |own: Option<&Text>, general: fn(&crate::rules::Words) -> &'static str| {
        let of = |lang: Lang| {
            let values = Values { filing, verdict, lang };
            match own.map(|text| if lang == Lang::Zh { &text.zh } else { &text.en }) {
                Some(Cow::Borrowed(own)) => fill(own, &values),
                // Made for this case, and may quote the page: braces in it are the page's.
                Some(Cow::Owned(own)) => own.clone(),
                None => fill(words(lang).map_or("", general), &values),
            }
        };
        Text::new(of(Lang::Zh), of(Lang::En))
    };
    let problem: fn(&crate::rules::Words) -> &'static str = match verdict.kind {
        VerdictKind::Review => |words| words.doubt,
        _ => |words| words.problem,
    };
    let remedy = text(verdict.remedy.as_ref(), |words| words.remedy);
    let level = match verdict.kind {
        VerdictKind::Review => Level::Review,
        _ => verdict.level.unwrap_or(Level::Review),
    };
    let days = policy.deadline_days(verdict.code, level);
    Finding {
        code: Cow::Borrowed(verdict.code),
        level,
        problem: text(verdict.problem.as_ref(), problem),
        cause: text(verdict.cause.as_ref(), |words| words.cause),
        remedy: match &verdict.first {
            Some(first) => Text::new(
                format!("{}{}", first.zh, remedy.zh),
                format!("{} {}", first.en, remedy.en),
            ),
            None => remedy,
        },
        expected: verdict.expected.clone(),
        found: verdict.found.clone(),
        hosts: verdict.hosts.clone(),
        url: verdict.url.clone(),
        first_seen: today,
        last_seen: today,
        days,
        deadline: today.saturating_add(i64::from(days).days()),
        status: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filing::Domain;
    use crate::rules::{Check, Na, Outcome, Texts, Words};
    use jiff::civil::date;

    const WORDS: Words = Words {
        problem: "{domain}: {found}",
        doubt: "{domain}?",
        checks: "",
        why: "",
        cause: "{hosts}",
        remedy: "{expected} {number} {subject} {service}",
        bad: "",
        good: "",
    };
    static RULE: Rule = Rule {
        code: "TST001",
        name: "test",
        level: Level::Warning,
        needs: &[],
        yields_to: &[],
        sources: &[],
        law: &[],
        texts: Texts { zh: WORDS, en: WORDS },
        check: Check::Filing(|_| Outcome::Na(Na::Off)),
    };

    fn verdict(kind: VerdictKind) -> Verdict {
        Verdict {
            code: "TST001",
            kind,
            level: Some(Level::Warning),
            hosts: vec!["site.example".to_owned(), "www.site.example".to_owned()],
            url: String::new(),
            expected: Text::same("A"),
            found: Text::same("{subject}"),
            place: Text::default(),
            problem: None,
            cause: None,
            first: None,
            remedy: None,
            reason: None,
        }
    }

    fn drafted(verdict: Verdict) -> Option<Notice> {
        let filing = Filing::of_domain(1, Domain::parse("site.example").unwrap());
        let audit = Audit { verdicts: vec![verdict] };
        draft(&[&RULE], &filing, &audit, &Policy::default(), date(2026, 11, 22))
    }

    #[test]
    fn a_pass_is_nothing_to_write_about() {
        assert_eq!(drafted(verdict(VerdictKind::Pass)), None);
        assert_eq!(drafted(verdict(VerdictKind::Na)), None);
    }

    #[test]
    fn a_review_is_never_written_as_a_violation() {
        let mut verdict = verdict(VerdictKind::Review);
        verdict.level = Some(Level::Violation);
        assert_eq!(drafted(verdict).unwrap().findings[0].level, Level::Review);
    }

    #[test]
    fn a_review_is_put_as_a_question_and_begins_with_what_to_do_first() {
        let mut verdict = verdict(VerdictKind::Review);
        verdict.first = Some(Text::new("先看。", "Look first."));
        verdict.remedy = Some(Text::new("再改{domain}。", "Then mend {domain}."));
        let finding = drafted(verdict).unwrap().findings.remove(0);
        assert_eq!(finding.problem.en, "site.example?");
        assert_eq!(finding.remedy.zh, "先看。再改site.example。");
        assert_eq!(finding.remedy.en, "Look first. Then mend site.example.");
    }

    #[test]
    fn the_texts_are_filled_once_and_what_a_page_says_is_not_filled_again() {
        let notice = drafted(verdict(VerdictKind::Fail)).unwrap();
        let finding = &notice.findings[0];
        assert_eq!(finding.problem.en, "site.example: {subject}");
        assert_eq!(finding.cause.zh, "site.example、www.site.example");
        assert_eq!(finding.cause.en, "site.example, www.site.example");
        assert_eq!(finding.remedy.en, "A (not in the list) (not in the list) (not in the list)");
        assert_eq!(finding.deadline, date(2026, 11, 29));
    }

    #[test]
    fn a_cause_of_the_case_goes_before_the_rule_s_own() {
        let mut with_cause = verdict(VerdictKind::Fail);
        with_cause.cause = Some(Text::same("of {domain}"));
        assert_eq!(drafted(with_cause.clone()).unwrap().findings[0].cause.en, "of site.example");
        with_cause.cause = Some(Text::same("quoted {domain}".to_owned()));
        assert_eq!(drafted(with_cause).unwrap().findings[0].cause.en, "quoted {domain}");
    }

    #[test]
    fn an_id_is_derived_from_subject_domain_and_day() {
        let id = notice_id("甲", "site.example", date(2026, 11, 22));
        assert_eq!(id, notice_id("甲", "site.example", date(2026, 11, 22)));
        assert!(id.starts_with("BA-20261122-") && id.len() == 20, "{id}");
        assert_ne!(id, notice_id("乙", "site.example", date(2026, 11, 22)));
        assert_ne!(id, notice_id("甲", "six.example", date(2026, 11, 22)));
        assert_ne!(id, notice_id("甲", "site.example", date(2026, 11, 23)));
        assert_ne!(notice_id("ab", "c", date(2026, 1, 1)), notice_id("a", "bc", date(2026, 1, 1)));
    }
}
