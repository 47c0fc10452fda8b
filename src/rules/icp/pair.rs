//! Two pages of one site, and whether their numbers agree.

use super::{Standing, remedy_with, standing};
use crate::filing::Domain;
use crate::page::Zone;
use crate::policy::Level;
use crate::rules::visitors::{Compared, Named};
use crate::rules::{Defect, Outcome, PageCase, Text, Texts, quote};
use url::Url;

/// The numbers of the domain's page against those of its www host's. A page without any is
/// ICP001's.
pub(super) fn between_hosts<'a>(
    texts: &Texts,
    apex: &PageCase<'a>,
    www: &PageCase<'a>,
) -> Option<Outcome> {
    let (a, b) = (Named::of(apex.page), Named::of(www.page));
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let labels = [Text::same(apex.host.host.clone()), Text::same(www.host.host.clone())];
    Some(match a.compare(&b) {
        Compared::Agree => agree(&a),
        Compared::OtherService | Compared::OtherSubject => {
            weighed(differ(texts, [apex, www], labels, [&a, &b]), [apex, www])
        }
    })
}

/// The number of the phone's page against that of the page which a person at a desk sees.
pub(super) fn on_phone<'a>(
    texts: &Texts,
    desk: &PageCase<'a>,
    phone: &PageCase<'a>,
) -> Option<Outcome> {
    let (a, b) = (Named::of(desk.page), Named::of(phone.page));
    // Another filing's page, or a stranger's, is not this one's phone page.
    if a.is_empty() || !is_own_domain(phone) {
        return None;
    }
    // No browser looks at a phone's page: as served it is compared with what was served.
    let served = desk.attempt.answer()?;
    let as_served = served.page.as_ref().map(Named::of).unwrap_or_default();
    if phone.attempt.answer().is_some_and(|seen| seen.digest == served.digest) {
        return (!as_served.is_empty()).then(|| agree(&as_served));
    }
    let labels = [Text::new("电脑版", "desktop"), Text::new("手机版", "phone")];
    let defect = || differ(texts, [desk, phone], labels, [&a, &b]);
    if b.is_empty() {
        return if as_served.is_empty() { None } else { without_number(phone, defect()) };
    }
    let agrees_as_served = !as_served.is_empty() && as_served.compare(&b) == Compared::Agree;
    Some(match a.compare(&b) {
        _ if agrees_as_served => agree(&as_served),
        Compared::Agree => agree(&a),
        Compared::OtherSubject => weighed(defect(), [desk, phone]),
        Compared::OtherService if is_one_host(desk, phone) => weighed(defect(), [desk, phone]),
        // A host of its own may be filed as a service of its own.
        Compared::OtherService => doubted(
            defect(),
            "手机版使用单独的域名，展示的是同一主体另一个网站的备案号；它若另有备案，则无需修改。",
            "The phone's page has a host of its own and shows the number of another of the subject's services; where it is filed as such, all is well.",
        ),
    })
}

const ON_PHONE: (&str, &str) = (
    "请先用手机打开首页核对：能看到备案号的，无需处理，告诉我们即可；看不到的：",
    "Please open the homepage on a phone first: where the record number is seen, nothing has to \
     be done but to tell us; where it is not, this mends it:",
);

/// The phone's page shows no number, the other does as served.
fn without_number(phone: &PageCase<'_>, defect: Defect) -> Option<Outcome> {
    let page = phone.page;
    match standing(phone) {
        Standing::Missing => Some(Outcome::Fail(Defect {
            // What the source asks for by name is the domain and its www host.
            level: Some(Level::Warning),
            problem: Some(Text::new(
                "网站首页的手机版没有展示 ICP 备案号，而电脑版有",
                "The phone's version of the homepage shows no record number, the desktop's does",
            )),
            ..defect
        })),
        // A page that scripts make is not judged; one that they may add to is asked about.
        Standing::Unclear(reason) if page.scripted && !page.needs_rendering && !page.cut => {
            Some(defect.for_review(&reason, ON_PHONE))
        }
        Standing::Unclear(_) | Standing::Hidden(_) | Standing::Shown(_) => None,
    }
}

/// A number of the body may come from an article.
fn weighed(defect: Defect, pages: [&PageCase<'_>; 2]) -> Outcome {
    let is_at_foot = |case: &PageCase<'_>| {
        case.page.record_numbers.iter().any(|n| n.visible && n.zone == Zone::Footer)
    };
    if pages.into_iter().all(is_at_foot) {
        return Outcome::Fail(defect);
    }
    doubted(
        defect,
        "其中一个页面的号码在正文里，不在页脚，可能是文章中提到的号码。",
        "One of the pages has its number in the body, not at the foot: an article may name it.",
    )
}

fn doubted(defect: Defect, zh: &'static str, en: &'static str) -> Outcome {
    Outcome::Review(Defect { problem: None, cause: Some(Text::new(zh, en)), ..defect })
}

fn agree(named: &Named) -> Outcome {
    let number = named.texts.first().cloned().unwrap_or_default();
    Outcome::Pass(Text::new(
        format!("各页面展示的号码一致：{number}"),
        format!("the pages show the same number: {number}"),
    ))
}

fn differ(
    texts: &Texts,
    pages: [&PageCase<'_>; 2],
    labels: [Text; 2],
    named: [&Named; 2],
) -> Defect {
    let shown = |named: &Named| match named.texts.is_empty() {
        true => Text::new("没有备案号", "no record number"),
        false => Text::new(named.texts.join("、"), named.texts.join(", ")),
    };
    let parts = labels.into_iter().zip(named).map(|(label, named)| {
        let shown = shown(named);
        Text::new(format!("{} {}", label.zh, shown.zh), format!("{} {}", label.en, shown.en))
    });
    let mut hosts: Vec<String> = pages.iter().map(|page| page.host.host.clone()).collect();
    hosts.dedup();
    let [one, other] = pages;
    let place = format!("{} {}", quote(one.url), quote(other.url));
    Defect {
        expected: Text::new("各页面展示同一个备案号", "the same record number on all of them"),
        found: Text::list(parts),
        place: Text::same(place),
        hosts,
        remedy: remedy_with(one, texts, super::exact(one)),
        ..Defect::default()
    }
}

/// Whether a page lies under the filing's own registrable domain.
pub(super) fn is_own_domain(case: &PageCase<'_>) -> bool {
    let host = Url::parse(case.url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let domain = host.and_then(|host| Domain::parse(&host).ok());
    domain.is_some_and(|domain| domain.registrable() == case.filing.domain.registrable())
}

/// Whether two pages are of one host, a `www.` before it aside.
fn is_one_host(one: &PageCase<'_>, other: &PageCase<'_>) -> bool {
    let host = |case: &PageCase<'_>| {
        let host = Url::parse(case.url).ok()?.host_str()?.to_owned();
        Some(host.strip_prefix("www.").map_or(host.clone(), str::to_owned))
    };
    host(one).is_some() && host(one) == host(other)
}
