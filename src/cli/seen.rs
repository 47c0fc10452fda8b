//! What was seen of a site, in lines for people: the facts behind the verdicts.

use crate::evidence::{
    End, Evidence, HostEvidence, Located, Place, Region, Registration, Rendered, Rendering, Sight,
    Unseen, Vantage, View, Visit, Visitor,
};
use crate::page::Page;
use crate::policy::Policy;
use crate::rules::{self, Lang};
use std::collections::HashSet;

/// Record numbers shown of a page.
const SHOWN: usize = 5;

/// What was seen, host by host, and what the registry said. Not yet safe for a terminal.
pub(super) fn lines(evidence: &Evidence, lang: Lang, policy: &Policy) -> Vec<String> {
    let mut lines = Vec::new();
    // The filed homepage may stand on a host that is shown already.
    let mut told = HashSet::new();
    for host in &evidence.hosts {
        let first = dns(host, lang, policy);
        if told.insert(first.clone()) {
            lines.push(first);
        }
        let vantages = host.dns.vantages.iter().map(|vantage| vantage_line(vantage, lang, policy));
        let visits = host.visit.iter().flat_map(|visit| visit_lines(visit, lang));
        let views = host.views.iter().map(|view| view_line(view, lang));
        let rendering = host.rendering.iter().flat_map(|rendering| browser(rendering, lang));
        let details = vantages.chain(visits).chain(rendering).chain(views);
        lines.extend(details.map(|line| format!("  {line}")));
    }
    lines.extend(evidence.registration.as_ref().map(|answer| registration(answer, lang)));
    lines
}

fn dns(host: &HostEvidence, lang: Lang, policy: &Policy) -> String {
    let name = url::quirks::domain_to_unicode(&host.host);
    let places = located(&host.dns.addresses, lang, policy);
    let dns = match places.is_empty() {
        true => rules::host_words(host).of(lang).to_owned(),
        false => places,
    };
    format!("{name}  {dns}")
}

fn located(addresses: &[Located], lang: Lang, policy: &Policy) -> String {
    let each =
        addresses.iter().map(|at| format!("{} {}", at.address, place(&at.place, lang, policy)));
    each.collect::<Vec<_>>().join(", ")
}

fn vantage_line(vantage: &Vantage, lang: Lang, policy: &Policy) -> String {
    let name = &vantage.name;
    let places = located(&vantage.addresses, lang, policy);
    let said = match places.is_empty() {
        true => rules::resolution_words(vantage.outcome).of(lang).to_owned(),
        false => places,
    };
    match lang {
        Lang::Zh => format!("从 {name} 查询：{said}"),
        Lang::En => format!("asked from {name}: {said}"),
    }
}

fn place(place: &Place, lang: Lang, policy: &Policy) -> String {
    let zh = lang == Lang::Zh;
    let region = match (place.region, zh) {
        (Region::Mainland, true) => "中国内地",
        (Region::Mainland, false) => "mainland China",
        (Region::HongKong, true) => "香港",
        (Region::HongKong, false) => "Hong Kong",
        (Region::Macau, true) => "澳门",
        (Region::Macau, false) => "Macau",
        (Region::Taiwan, true) => "台湾",
        (Region::Taiwan, false) => "Taiwan",
        (Region::Abroad, true) => "境外",
        (Region::Abroad, false) => "abroad",
        (Region::Disputed, true) => "归属地有争议",
        (Region::Disputed, false) => "disputed",
        (Region::Reserved, true) => "保留地址",
        (Region::Reserved, false) => "reserved",
        (Region::Unknown, true) => "归属地未知",
        (Region::Unknown, false) => "unknown",
    };
    let key = place.network.as_ref().and_then(|network| network.provider.as_deref());
    match key {
        Some(key) => format!("({region}, {})", policy.providers.name(key, !zh)),
        None => format!("({region})"),
    }
}

/// Where the visit ended, and which numbers stand there.
fn visit_lines(visit: &Visit, lang: Lang) -> Vec<String> {
    let Some(attempt) = visit.best() else { return Vec::new() };
    let url = attempt.last_url();
    let answer = match &attempt.end {
        End::Failed(failure) => {
            return vec![format!("{url} → {}", rules::failure_words(*failure).of(lang))];
        }
        End::Answer(answer) => answer,
    };
    let title = answer.page.as_ref().and_then(|page| page.title.as_deref());
    let mut lines = vec![format!("{url} → {} {}", answer.status, title.unwrap_or_default())];
    lines.extend(answer.page.iter().flat_map(numbers));
    lines
}

/// The page's record numbers and where each leads.
fn numbers(page: &Page) -> Vec<String> {
    let line = |number: &crate::page::ShownNumber| {
        let href = if number.href.is_empty() { &number.beside } else { &number.href };
        format!("  {} → {}", number.text, if href.is_empty() { "–" } else { href })
    };
    page.record_numbers.iter().take(SHOWN).map(line).collect()
}

fn view_line(view: &View, lang: Lang) -> String {
    let visitor = match (view.visitor, lang) {
        (Visitor::Phone, Lang::Zh) => "手机访问",
        (Visitor::Phone, Lang::En) => "on a phone",
        (Visitor::Spider, Lang::Zh) => "搜索引擎访问",
        (Visitor::Spider, Lang::En) => "as a search engine",
    };
    let url = view.attempt.last_url();
    match &view.attempt.end {
        End::Failed(failure) => {
            format!("{visitor}: {url} → {}", rules::failure_words(*failure).of(lang))
        }
        End::Answer(answer) => {
            let title = answer.page.as_ref().and_then(|page| page.title.as_deref());
            format!("{visitor}: {url} → {} {}", answer.status, title.unwrap_or_default())
        }
    }
}

fn browser(rendering: &Rendering, lang: Lang) -> Vec<String> {
    let name = if lang == Lang::Zh { "浏览器" } else { "browser" };
    let rendered = match rendering {
        Rendering::Failed(failure) => return vec![format!("{name}: {}", failure.name())],
        Rendering::Shown(rendered) => rendered,
    };
    let title = rendered.page.title.as_deref().unwrap_or_default();
    let mut lines = vec![format!("{name}: {} → {title}", rendered.url)];
    let laid_out = numbers(&rendered.page).into_iter().enumerate();
    lines.extend(laid_out.map(|(at, line)| format!("{line}{}", layout(rendered, at, lang))));
    lines
}

/// How a number lies on the page, behind its line.
fn layout(rendered: &Rendered, at: usize, lang: Lang) -> String {
    let Some(layout) = rendered.numbers.get(at) else { return String::new() };
    let sight = match (layout.sight, lang) {
        (Sight::Seen, Lang::Zh) => "可见",
        (Sight::Seen, Lang::En) => "seen",
        (Sight::Unknown, Lang::Zh) => "无法确定是否可见",
        (Sight::Unknown, Lang::En) => "not known whether seen",
        (Sight::Hidden(why), lang) => unseen(why, lang),
    };
    let from_foot = layout.from_foot;
    match lang {
        Lang::Zh => format!("（{sight}，距页面底部 {from_foot} 像素）"),
        Lang::En => format!(" ({sight}, {from_foot} px from the foot)"),
    }
}

fn unseen(why: Unseen, lang: Lang) -> &'static str {
    match (why, lang) {
        (Unseen::NotLaidOut, Lang::Zh) => "不显示",
        (Unseen::NotLaidOut, Lang::En) => "not displayed",
        (Unseen::Invisible, Lang::Zh) => "被设为不可见",
        (Unseen::Invisible, Lang::En) => "made invisible",
        (Unseen::Transparent, Lang::Zh) => "透明",
        (Unseen::Transparent, Lang::En) => "transparent",
        (Unseen::TooSmall, Lang::Zh) => "太小",
        (Unseen::TooSmall, Lang::En) => "too small",
        (Unseen::SameColour, Lang::Zh) => "与背景同色",
        (Unseen::SameColour, Lang::En) => "in the colour of its background",
        (Unseen::OffPage, Lang::Zh) => "在页面之外",
        (Unseen::OffPage, Lang::En) => "outside the page",
        (Unseen::Clipped, Lang::Zh) => "被裁掉",
        (Unseen::Clipped, Lang::En) => "cut off",
        (Unseen::Covered, Lang::Zh) => "被遮住",
        (Unseen::Covered, Lang::En) => "covered",
    }
}

/// The registration, without its registrant: that is personal data where it is a person.
fn registration(answer: &Registration, lang: Lang) -> String {
    let day =
        |date: Option<jiff::civil::Date>| date.map_or("–".to_owned(), |day| day.to_string());
    let (from, until) = (day(answer.registered_on), day(answer.expires_on));
    let registrar = answer.registrar.as_deref().unwrap_or("–");
    let status = answer.status.join(" ");
    match (answer.failure, lang) {
        (Some(_), Lang::Zh) => "域名注册信息未查到".to_owned(),
        (Some(_), Lang::En) => "the registration is not known: no answer".to_owned(),
        (None, Lang::Zh) => format!("域名注册：{from} 至 {until}，{registrar} {status}"),
        (None, Lang::En) => format!("registered {from} to {until}, {registrar} {status}"),
    }
}
