//! The rules about content on real pages: every page of the labelled corpus as if an
//! enterprise, and as if an individual, had filed it. The pages are others' and no part of
//! this project; where they are not at hand, the test says so and does nothing.

use crate::corpus;
use beian::audit::{Audit, Order, judge};
use beian::evidence::{
    Attempt, Dns, Evidence, Hop, HopKind, HostEvidence, Located, Place, Region, Resolution, Role,
    Visit,
};
use beian::filing::{Domain, Filing};
use beian::page::{self, Page};
use beian::policy::Policy;
use beian::rules::{self, Rule};
use jiff::civil::date;
use std::collections::BTreeMap;

fn evidence(page: Page) -> Evidence {
    let address = std::net::IpAddr::from([203, 0, 113, 10]);
    let place = Place { region: Region::Mainland, ..Place::default() };
    let dns = Dns {
        outcome: Resolution::Resolved,
        addresses: vec![Located { address, place }],
        ..Dns::default()
    };
    let hop = Hop { address: Some(address), ..Hop::to("http://site.example/", HopKind::Start) };
    let attempt = Attempt::answered(hop, "", page);
    let visit = Visit { looks: 2, https: None, http: Some(attempt) };
    let mut host = HostEvidence::of_dns("site.example".to_owned(), Role::Apex, dns);
    host.visit = Some(visit);
    Evidence { hosts: vec![host], ..Evidence::default() }
}

/// What the CNT rules say of a page that a subject of this kind has filed.
fn judged(page: &Page, kind: &str) -> Audit {
    let policy = Policy::embedded().unwrap();
    let mut filing = Filing::of_domain(1, Domain::parse("site.example").unwrap());
    filing.subject_kind = Some(kind.to_owned());
    // Whose page it is stands in its copyright line; that is CPR002's, not ours.
    let holder = page.copyright.iter().map(|line| &line.holder).find(|name| !name.is_empty());
    filing.subject_name = Some(holder.map_or("示例科技有限公司".to_owned(), String::clone));
    let family: Vec<&'static Rule> = rules::all().filter(|rule| rule.family() == "CNT").collect();
    judge(&Order::of(&family), &filing, &evidence(page.clone()), &policy, date(2026, 11, 22))
}

#[test]
fn real_pages_are_not_taken_for_pages_of_crime() {
    let Some(folder) = corpus::corpus() else {
        crate::say_skipped("no corpus of real pages here (set BEIAN_CORPUS to its folder)");
        return;
    };
    let mut found: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    let (mut pages, mut bytes) = (0, 0);
    for labelled in corpus::labelled(&folder) {
        let body = std::fs::read(folder.join(labelled.file())).unwrap();
        let page = page::read(&body, page::Context::default());
        pages += 1;
        bytes += page.passages.iter().map(|passage| passage.text.len()).sum::<usize>();
        for kind in ["企业", "个人"] {
            for verdict in judged(&page, kind).findings() {
                let code = verdict.code;
                let text = format!("{}: {}", labelled.id(), verdict.found.zh);
                found.entry((kind, code)).or_default().push(text);
            }
        }
    }
    eprintln!("corpus: {pages} pages, {} bytes of passages each on average", bytes / pages);
    for ((kind, code), texts) in &found {
        eprintln!("{kind} {code}: {}", texts.len());
        if std::env::var_os("BEIAN_SHOW").is_some() {
            texts.iter().for_each(|text| eprintln!("    {text}"));
        }
    }
    for kind in ["企业", "个人"] {
        assert_eq!(found.get(&(kind, "CNT004")), None);
    }
}
