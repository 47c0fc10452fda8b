//! The page model on the pages of `fixtures/pages`, each a difficulty of its own, and
//! on pages made to break a reader.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use beian::page::{self, Context, Page};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};
use url::Url;

/// What stands beside a page: what it shows, how it is served, and what must be read of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    about: String,
    content_type: Option<String>,
    url: Option<Url>,
    page: Map<String, Value>,
}

#[test]
fn every_fixture_page_is_read_as_its_neighbour_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pages");
    let mut pages: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "html"))
        .collect();
    pages.sort();
    assert!(pages.len() >= 25, "{} pages", pages.len());
    let wrong: Vec<String> = pages.iter().flat_map(|path| differences(path)).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn differences(path: &Path) -> Vec<String> {
    let expected = fs::read_to_string(path.with_extension("json")).unwrap();
    let expected: Expected = serde_json::from_str(&expected).unwrap();
    let context = Context {
        content_type: expected.content_type.as_deref(),
        url: expected.url.as_ref(),
        cut: false,
    };
    let mut page = page::read(&fs::read(path).unwrap(), context);
    for number in &mut page.record_numbers {
        // The words before a number are the page's own, and say nothing of how it was read.
        number.before.clear();
    }
    let page = serde_json::to_value(page).unwrap();
    let name = path.file_stem().unwrap().to_string_lossy();
    expected
        .page
        .iter()
        .filter(|(field, value)| page.get(field.as_str()) != Some(value))
        .map(|(field, value)| {
            let seen = page.get(field.as_str()).unwrap_or(&Value::Null);
            format!("{name} ({}) {field}:\n  expected {value}\n  seen     {seen}", expected.about)
        })
        .collect()
}

fn read(html: &str) -> Page {
    page::read(html.as_bytes(), Context::default())
}

const FOOT: &str =
    "<div class=footer><a href='https://beian.miit.gov.cn'>粤ICP备99000123号-1</a></div>";

/// Reads a page that is meant to take for ever, and says whether its foot was found.
#[track_caller]
fn survives(html: &str) -> Page {
    let begun = Instant::now();
    let page = read(html);
    let took = begun.elapsed();
    // Generous: what grows with the square of the page would take hours.
    assert!(took < Duration::from_secs(60), "took {took:?}");
    page
}

#[test]
fn nesting_a_hundred_thousand_deep_ends_and_the_foot_is_found() {
    for tag in ["div", "b", "a", "table", "svg", "template"] {
        let page = survives(&format!("{}{FOOT}", format!("<{tag}>").repeat(100_000)));
        let is_lost = matches!(tag, "svg" | "template" | "table");
        assert!(is_lost || page.record_numbers.len() == 1, "{tag}");
    }
    let distinct: String = (0..50_000).map(|n| format!("<b id=x{n}><p>")).collect();
    survives(&distinct);
    let closing: String = "<section></div>".repeat(50_000);
    assert_eq!(survives(&format!("{closing}{FOOT}")).record_numbers.len(), 1);
}

#[test]
fn a_tag_of_millions_of_attributes_ends_and_the_foot_is_found() {
    let many: String = (0..1_000_000).map(|n| format!(" a{n}")).collect();
    assert_eq!(survives(&format!("<div{many}>{FOOT}")).record_numbers.len(), 1);
    let roots: String = (0..100_000).map(|n| format!("<body a{n}>")).collect();
    assert_eq!(survives(&format!("{roots}{FOOT}")).record_numbers.len(), 1);
}

#[test]
fn one_line_of_many_megabytes_ends() {
    let page = survives(&format!("<p>{}</p>{FOOT}", "粤ICP备".repeat(100_000)));
    assert_eq!(page.record_numbers.len(), 1);
    let page = survives(&format!("{}{FOOT}", "\0".repeat(1_000_000)));
    assert_eq!(page.record_numbers.len(), 1);
    survives(&format!("<p>粤ICP备{}</p>", "1 ".repeat(500_000)));
    survives(&format!("<p>{}", "版权所有 © ".repeat(100_000)));
    survives(&"京公网安备".repeat(50_000));
    survives(&format!("<style>{}", "@a{".repeat(300_000)));
    survives(&"<style>.a{display:none}</style>".repeat(20_000));
}

#[test]
fn the_numbers_of_one_page_are_bounded() {
    let page = survives(&"<p>粤ICP备99000123号-1</p>".repeat(20_000));
    assert_eq!(page.record_numbers.len(), 2_000);
    survives(&"<a href=https://beian.miit.gov.cn><img></a>粤ICP备99000123号-1 ".repeat(20_000));
}

#[test]
fn a_page_with_more_nodes_than_are_read_says_that_it_was_cut() {
    let page = survives(&format!("{}{FOOT}", "<i></i>".repeat(1_000_000)));
    assert!(page.cut);
    assert!(!survives(FOOT).cut);
}

#[test]
fn a_body_cut_at_the_cap_says_so() {
    assert!(page::read(b"<p>", Context { cut: true, ..Context::default() }).cut);
}

#[test]
fn a_page_survives_its_own_json() {
    let page = read(&format!("<title>示例</title><p>© 2099 示例网</p>{FOOT}"));
    let json = serde_json::to_string(&page).unwrap();
    assert_eq!(serde_json::from_str::<Page>(&json).unwrap(), page);
}
