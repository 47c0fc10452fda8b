//! The rules against their fixtures, and the registry against itself.
//!
//! `fixtures/rules/<CODE>/bad-*.toml` breaks the rule, `good-*.toml` does not; `rules/site.rs`
//! says what may stand in one. Which rules speak of a case is complete: a case that makes a
//! second rule speak says so, or fails.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a fixture that cannot be read has to stop the test"
)]

mod site;

use beian::audit::{Audit, Order, Verdict, VerdictKind, judge};
use beian::notice;
use beian::policy::{Level, Policy};
use beian::rules::{self, Lang, Rule, Words};
use site::{Case, Expect};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The fixtures of a rule whose names begin so, in order.
fn fixtures(code: &str, start: &str) -> Vec<PathBuf> {
    let Ok(folder) = fs::read_dir(root("fixtures/rules").join(code)) else { return Vec::new() };
    let mut files: Vec<PathBuf> = folder
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "toml"))
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(start))
        .collect();
    files.sort();
    files
}

fn audit(case: &Case) -> Audit {
    let rules: Vec<&'static Rule> = rules::all().collect();
    let (policy, filing, evidence) = (case.policy(), case.filing(), case.evidence());
    judge(&Order::of(&rules), &filing, &evidence, &policy, case.today())
}

/// What differs between what a fixture says and what was found.
fn differences(path: &Path, code: &str, is_bad: bool) -> Vec<String> {
    let case = match Case::read(path) {
        Ok(case) => case,
        Err(error) => return vec![error],
    };
    let audit = audit(&case);
    let mut differences = Vec::new();
    let own: &[String] = if is_bad { &[code.to_owned()] } else { &[] };
    let wanted: BTreeSet<&str> =
        case.speaks.as_deref().unwrap_or(own).iter().map(String::as_str).collect();
    let speaking: BTreeSet<&str> = audit.findings().map(|verdict| verdict.code).collect();
    if speaking != wanted {
        let mut text = format!("speaks {speaking:?}, should speak {wanted:?}");
        for verdict in audit.findings() {
            write!(text, "\n    {}", line(verdict)).unwrap();
        }
        differences.push(text);
    }
    let Some(verdict) = audit.verdicts.iter().find(|verdict| verdict.code == code) else {
        differences.push("has no verdict at all".to_owned());
        return differences;
    };
    let speaks = matches!(verdict.kind, VerdictKind::Fail | VerdictKind::Review);
    if speaks != is_bad {
        differences.push(format!(
            "should {}speak: {}",
            if is_bad { "" } else { "not " },
            line(verdict)
        ));
    }
    let default = if is_bad { "fail" } else { verdict.kind.name() };
    differences.extend(unmet(&case.expect, verdict, default));
    differences
}

fn unmet(expect: &Expect, verdict: &Verdict, default: &str) -> Vec<String> {
    let mut unmet = Vec::new();
    let mut holds = |what: &str, holds: bool| {
        if !holds {
            unmet.push(format!("{what}: {}", line(verdict)));
        }
    };
    let wanted = expect.verdict.as_deref().unwrap_or(default);
    holds(&format!("should be {wanted}"), verdict.kind.name() == wanted);
    if let Some(level) = expect.level {
        holds(&format!("should be of level {level:?}"), verdict.level == Some(level));
    }
    if let Some(hosts) = &expect.hosts {
        holds(&format!("should name {hosts:?}"), verdict.hosts == *hosts);
    }
    if let Some(reason) = &expect.reason {
        let name = verdict.reason.as_ref().map(|reason| reason.name());
        holds(&format!("should give the reason {reason}"), name == Some(reason.as_str()));
    }
    let remedy = verdict.remedy.clone().unwrap_or_default();
    for (part, text) in [
        (&expect.found, &verdict.found),
        (&expect.expected, &verdict.expected),
        (&expect.remedy, &remedy),
    ] {
        if let Some(part) = part {
            let is_there = text.zh.contains(part.as_str()) || text.en.contains(part.as_str());
            holds(&format!("should contain {part:?}"), is_there);
        }
    }
    unmet
}

fn line(verdict: &Verdict) -> String {
    format!(
        "{} {} {:?} {:?} found {:?} expected {:?} reason {:?}",
        verdict.code,
        verdict.kind.name(),
        verdict.level,
        verdict.hosts,
        verdict.found.en,
        verdict.expected.en,
        verdict.reason
    )
}

/// The codes of the catalogue: families and their numbers, APP003 aside, which needs a package.
const CATALOGUE: [(&str, &[u8]); 11] = [
    ("APP", &[1, 2, 4, 5]),
    ("CNT", &[1, 2, 3, 4, 5, 6]),
    ("CPR", &[1, 2]),
    ("DNS", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
    ("FIL", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]),
    ("ICP", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    ("LNK", &[1, 2, 3, 4, 5, 6]),
    ("PSB", &[1, 2, 3, 4]),
    ("REG", &[1, 2, 3, 4, 5, 6]),
    ("TTL", &[1, 2, 3]),
    ("WEB", &[1, 2, 3, 4, 5, 6, 7, 8, 9]),
];

#[test]
fn every_code_of_the_catalogue_is_there_and_no_other() {
    let numbers = CATALOGUE.iter().flat_map(|(family, numbers)| {
        numbers.iter().map(move |number| format!("{family}{number:03}"))
    });
    let codes: Vec<&str> = rules::all().map(|rule| rule.code).collect();
    assert_eq!(codes, numbers.collect::<Vec<_>>());
}

#[test]
fn a_problem_stands_by_itself() {
    // Summaries and listings print it where there is no site to fill it with.
    for rule in rules::all() {
        for words in [&rule.texts.zh, &rule.texts.en] {
            assert!(!words.problem.contains('{'), "{}: {}", rule.code, words.problem);
        }
    }
}

#[test]
fn every_fixture_is_judged_as_it_says() {
    let mut wrong = String::new();
    for rule in rules::all() {
        for (start, is_bad) in [("bad-", true), ("good-", false)] {
            for path in fixtures(rule.code, start) {
                for difference in differences(&path, rule.code, is_bad) {
                    let name = path.strip_prefix(root("fixtures/rules")).unwrap();
                    writeln!(wrong, "{}: {difference}", name.display()).unwrap();
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_rule_has_a_fixture_that_fails_and_one_that_passes() {
    let has = |rule: &Rule, start: &str, wanted: VerdictKind| {
        fixtures(rule.code, start).iter().any(|path| {
            let audit = audit(&Case::read(path).unwrap());
            audit.verdicts.iter().any(|v| v.code == rule.code && v.kind == wanted)
        })
    };
    let mut missing = String::new();
    for rule in rules::all() {
        let accuses = match rule.level {
            Level::Review => VerdictKind::Review,
            _ => VerdictKind::Fail,
        };
        for (start, wanted) in [("bad-", accuses), ("good-", VerdictKind::Pass)] {
            if !has(rule, start, wanted) {
                writeln!(missing, "{}: no {start}*.toml is {}", rule.code, wanted.name()).unwrap();
            }
        }
    }
    assert!(missing.is_empty(), "\n{missing}");
}

#[test]
fn every_fixture_belongs_to_a_rule() {
    for entry in fs::read_dir(root("fixtures/rules")).unwrap() {
        let path = entry.unwrap().path();
        let code = path.file_name().unwrap().to_str().unwrap();
        assert!(rules::find(code).is_some(), "{} is no rule's", path.display());
        for file in fs::read_dir(&path).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            let is_known = name.starts_with("bad-") || name.starts_with("good-");
            assert!(is_known && name.ends_with(".toml"), "{code}/{name} is never read");
        }
    }
}

#[test]
fn a_verdict_of_every_rule_comes_in_order_of_code() {
    let case: Case = toml::from_str("[filing]\ndomain = \"site.example\"").unwrap();
    let codes: Vec<&str> = audit(&case).verdicts.iter().map(|verdict| verdict.code).collect();
    let all: Vec<&str> = rules::all().map(|rule| rule.code).collect();
    assert_eq!(codes, all);
    assert!(all.is_sorted());
}

#[test]
fn the_same_evidence_gives_the_same_verdicts() {
    for rule in rules::all() {
        for path in fixtures(rule.code, "bad-") {
            let case = Case::read(&path).unwrap();
            assert_eq!(audit(&case), audit(&case), "{}", path.display());
        }
    }
}

#[test]
fn names_are_unique_and_written_with_hyphens() {
    let mut names = BTreeSet::new();
    for rule in rules::all() {
        let is_kebab = rule.name.split('-').all(|word| {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        });
        assert!(is_kebab, "{} is called {:?}", rule.code, rule.name);
        assert!(names.insert(rule.name), "{:?} is the name of two rules", rule.name);
    }
}

#[test]
fn codes_are_a_family_and_three_digits() {
    for rule in rules::all() {
        let (family, digits) = rule.code.split_at(3);
        assert!(family.chars().all(|c| c.is_ascii_uppercase()), "{}", rule.code);
        assert!(digits.len() == 3 && digits.chars().all(|c| c.is_ascii_digit()), "{}", rule.code);
    }
}

#[test]
fn a_rule_yields_to_rules_that_exist() {
    for rule in rules::all() {
        for code in rule.yields_to {
            assert!(
                rules::find(code).is_some(),
                "{} yields to {code}, which is no rule",
                rule.code
            );
            assert_ne!(rule.code, *code);
        }
    }
}

#[test]
fn every_rule_speaks_both_languages_and_names_its_sources() {
    let parts = |words: &Words| {
        [
            ("problem", words.problem),
            ("doubt", words.doubt),
            ("checks", words.checks),
            ("why", words.why),
            ("cause", words.cause),
            ("remedy", words.remedy),
            ("bad", words.bad),
            ("good", words.good),
        ]
    };
    for rule in rules::all() {
        assert!(!rule.sources.is_empty(), "{} has no source", rule.code);
        let (zh, en) = (parts(rule.texts.of(Lang::Zh)), parts(rule.texts.of(Lang::En)));
        for ((part, zh), (_, en)) in zh.into_iter().zip(en) {
            let place = format!("{} {part}", rule.code);
            assert!(!zh.trim().is_empty() && !en.trim().is_empty(), "{place} is empty");
            assert!(!zh.contains('\n') && !en.contains('\n'), "{place} has a line break");
            // An example may be a number or a URL, the same in both.
            if !matches!(part, "bad" | "good") {
                assert_ne!(zh, en, "{place}");
                assert!(zh.chars().any(|c| ('一'..='鿿').contains(&c)), "{place} is not Chinese");
                assert!(en.is_ascii() || en.chars().filter(char::is_ascii).count() * 2 > en.len());
            }
        }
        for words in [rule.texts.of(Lang::Zh), rule.texts.of(Lang::En)] {
            for text in [words.problem, words.doubt] {
                let text = text.trim_end_matches(['。', '.']);
                assert!(!text.contains(['。', '！', '？']), "{}: more than a sentence", rule.code);
            }
        }
    }
}

#[test]
fn the_policy_speaks_of_rules_and_families_that_exist() {
    let policy = Policy::embedded().unwrap();
    for code in policy.codes() {
        let is_family = rules::all().any(|rule| rule.family() == code);
        assert!(is_family || rules::find(code).is_some(), "config/rules.toml speaks of {code}");
    }
    for rule in rules::all() {
        let level = policy.level(rule.code, rule.level, None, &[]);
        assert!(level.is_some(), "{} is off without anybody's wish", rule.code);
        assert!(policy.deadline_days(rule.code, rule.level) > 0, "{}", rule.code);
    }
}

/// What the owner reads of every fixture, in both languages.
#[test]
fn no_notice_has_an_empty_place_or_accuses_where_a_person_has_to_look() {
    let rules: Vec<&'static Rule> = rules::all().collect();
    let paths = rules.iter().flat_map(|rule| fixtures(rule.code, "bad-"));
    for path in paths {
        let case = Case::read(&path).unwrap();
        let (policy, filing) = (case.policy(), case.filing());
        let audit = audit(&case);
        let notice = notice::draft(&rules, &filing, &audit, &policy, case.today()).unwrap();
        for finding in &notice.findings {
            let place = format!("{}: {}", path.display(), finding.code);
            for text in [&finding.problem, &finding.cause, &finding.remedy] {
                for text in [&*text.zh, &*text.en] {
                    assert!(!text.trim().is_empty(), "{place}: says nothing");
                    let is_open = |name: &&&str| text.contains(&format!("{{{name}}}"));
                    assert_eq!(notice::PLACEHOLDERS.iter().find(is_open), None, "{place}: {text}");
                    for unknown in ["名单中未提供", "not in the list", "></", "> 版权所有"]
                    {
                        assert!(!text.contains(unknown), "{place}: {text}");
                    }
                }
            }
            let rule = rules::find(&finding.code).unwrap();
            let says = |text: &str| finding.problem.en.starts_with(text.split('{').next().unwrap());
            let is_question = says(rule.texts.en.doubt) || !says(rule.texts.en.problem);
            assert!(
                finding.level != Level::Review || is_question,
                "{place} accuses, and is only a question"
            );
        }
    }
}

/// `BEIAN_BLESS=1` writes the pages anew.
#[test]
fn the_reference_pages_are_current() {
    let bless = std::env::var_os("BEIAN_BLESS").is_some();
    let folder = root("docs/rules");
    let mut pages: Vec<(String, String)> =
        rules::all().map(|rule| (format!("{}.md", rule.code), rules::page(rule))).collect();
    pages.push(("README.md".to_owned(), rules::index()));
    if bless {
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in &pages {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    for (name, text) in &pages {
        let kept = fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(kept == *text, "docs/rules/{name} is not current: run with BEIAN_BLESS=1");
    }
    for entry in fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(pages.iter().any(|(page, _)| *page == name), "docs/rules/{name} is no rule's");
    }
}
