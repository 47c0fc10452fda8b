//! What fixtures cannot show: pages that were cut, and links side by side.

use super::{Check, KnownOnce, Outcome, PageCase, find};
use crate::evidence::{Attempt, Dns, Evidence, Hop, HopKind, HostEvidence, Role};
use crate::filing::{Domain, FiledNumber, FiledPolice, Filing};
use crate::page::{Context, Page, read};
use crate::policy::Policy;
use jiff::civil::date;

const RIGHT: &str = "<a href='https://beian.miit.gov.cn/'>京ICP备2099000123号-1</a>";

fn filing() -> Filing {
    let mut filing = Filing::of_domain(1, Domain::parse("site.example").unwrap());
    let number = "京ICP备2099000123号-1";
    filing.record_number =
        Some(FiledNumber { text: number.to_owned(), number: number.parse().ok() });
    let police = "京公网安备11010899000123号";
    filing.police_number =
        Some(FiledPolice { text: police.to_owned(), number: police.parse().ok() });
    filing.subject_name = Some("示例科技有限公司".to_owned());
    filing.service_name = Some("示例商城".to_owned());
    filing
}

fn page(foot: &str) -> Page {
    let text = "示例商城销售办公用品，欢迎来电咨询。".repeat(10);
    let html = format!("<title>示例商城</title><p>{text}</p><footer>{foot}</footer>");
    read(html.as_bytes(), Context::default())
}

fn outcome(code: &str, page: &Page) -> Outcome {
    let Some(Check::Page(check)) = find(code).map(|rule| &rule.check) else {
        panic!("{code} is no rule on a page");
    };
    let hop = Hop::to("https://site.example/", HopKind::Start);
    let attempt = Attempt::answered(hop, "", page.clone());
    let host = HostEvidence::of_dns("site.example".to_owned(), Role::Apex, Dns::default());
    check(&PageCase {
        filing: &filing(),
        policy: &Policy::default(),
        today: date(2026, 11, 22),
        evidence: &Evidence::default(),
        host: &host,
        attempt: &attempt,
        url: attempt.last_url(),
        rendered: None,
        page,
        known: KnownOnce::default(),
    })
}

#[test]
fn what_a_cut_page_lacks_or_shows_wrongly_is_never_a_failure() {
    let wrong =
        "<a href='https://tool.example/'>沪ICP备2099000456号-1</a> 京公网安备11010899000456号";
    for (code, foot) in [
        ("ICP001", ""),
        ("PSB001", RIGHT),
        ("CPR001", RIGHT),
        ("ICP002", wrong),
        ("LNK002", wrong),
        ("PSB002", wrong),
        ("PSB004", wrong),
        ("ICP003", "京ICP备2099000123号"),
        ("ICP005", "京ICP备2099000123号-3"),
        ("ICP006", "京ICP备XXXXXXXX号"),
        ("ICP010", "京ICP备2099000123号-2A"),
        ("LNK001", "京ICP备2099000123号-1"),
        (
            "LNK005",
            "<a href='https://beian.miit.gov.cn/'>京公网安备11010899000123号</a> 京ICP备2099000123号-1",
        ),
        ("LNK006", "<a href='#'>京ICP备2099000123号-1</a>"),
        ("CPR002", "© 2099 范例网络有限公司 版权所有"),
    ] {
        let whole = page(foot);
        assert!(matches!(outcome(code, &whole), Outcome::Fail(_)), "{code}");
        let cut = Page { cut: true, ..whole };
        assert!(matches!(outcome(code, &cut), Outcome::Review(_)), "{code}");
    }
}

#[test]
fn a_title_may_stand_behind_the_cut() {
    let untitled = Page { title: None, ..page(RIGHT) };
    assert!(matches!(outcome("TTL001", &untitled), Outcome::Fail(_)));
    let cut = Page { cut: true, ..untitled };
    assert!(matches!(outcome("TTL001", &cut), Outcome::Review(_)));
}

#[test]
fn hidden_numbers_on_a_page_that_was_not_seen_whole_give_one_row() {
    let hidden = page("<p style='display:none'>京ICP备2099000123号-1</p>");
    let cut = Page { cut: true, ..hidden };
    let speaking: Vec<&str> = super::all()
        .filter(|rule| matches!(rule.check, Check::Page(_)) && outcome(rule.code, &cut).speaks())
        .map(|rule| rule.code)
        .collect();
    assert_eq!(speaking, ["ICP008"]);
}

#[test]
fn a_page_that_was_not_seen_whole_gives_one_row() {
    let cut = Page { cut: true, ..page("") };
    let speaking: Vec<&str> = super::all()
        .filter(|rule| matches!(rule.check, Check::Page(_)) && outcome(rule.code, &cut).speaks())
        .map(|rule| rule.code)
        .collect();
    assert_eq!(speaking, ["ICP001"]);
}

#[test]
fn a_cut_page_passes_by_what_was_read() {
    let cut = Page { cut: true, ..page(RIGHT) };
    for code in ["ICP001", "ICP002", "ICP003", "ICP005", "ICP006", "LNK001", "TTL002"] {
        assert!(matches!(outcome(code, &cut), Outcome::Pass(_)), "{code}");
    }
}

#[test]
fn of_several_wrong_links_the_most_special_speaks_alone() {
    let number = "京ICP备2099000123号-1";
    let links = [
        ("LNK004", "https://beian.miit.gov.cn.lookup.example/"),
        ("LNK003", "http://www.miitbeian.gov.cn/"),
        ("LNK005", "https://beian.mps.gov.cn/"),
        ("LNK006", "#"),
        ("LNK002", "https://tool.example/"),
    ];
    for first in 0..links.len() {
        let foot: String = links[first..]
            .iter()
            .rev()
            .map(|(_, href)| format!("<p><a href='{href}'>{number}</a></p>"))
            .chain([format!("<p>{number}</p>")])
            .collect();
        let page = page(&foot);
        for (code, _) in links.iter().chain([&("LNK001", "")]) {
            let speaks = outcome(code, &page).speaks();
            assert_eq!(speaks, *code == links[first].0, "{code} of {foot}");
        }
    }
}

#[test]
fn exactly_one_rule_speaks_of_each_number() {
    for foot in [
        "沪ICP备2099000456号-1",
        "京ICP备2099000123号",
        "京ICP备2099000123号-3",
        "京ICP备XXXXXXXX号",
        "京ICP备2099000123号-2A",
        "沪ICP备2099000456号-2X",
        "京B2-20990001",
        "",
    ] {
        let page = page(foot);
        let speaking: Vec<&str> =
            ["ICP001", "ICP002", "ICP003", "ICP004", "ICP005", "ICP006", "ICP010"]
                .into_iter()
                .filter(|code| outcome(code, &page).speaks())
                .collect();
        assert_eq!(speaking.len(), 1, "{foot}: {speaking:?}");
    }
}
