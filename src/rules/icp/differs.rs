use super::{Standing, standing};
use crate::evidence::{HostEvidence, Role, Visitor};
use crate::page::Zone;
use crate::policy::Level;
use crate::rules::visitors::{Compared, Named, desktop, led_away, viewed};
use crate::rules::{
    Check, Defect, Na, Outcome, PageCase, Rule, SiteCase, Text, Texts, Words, quote,
};
use url::Url;

/// ICP012
pub(super) const RULE: Rule = Rule {
    code: "ICP012",
    name: "numbers-differ",
    level: Level::Violation,
    needs: &[],
    yields_to: &[
        "DNS001", "WEB001", "WEB004", "WEB009", "WEB003", "WEB006", "WEB005", "ICP001", "ICP002",
        "ICP003", "ICP004", "ICP005", "ICP010",
    ],
    sources: &["Tencent Cloud, after filing: 备案号悬挂说明 (2025-04)"],
    law: &[],
    texts: TEXTS,
    check: Check::Site(check),
};

fn check(case: &SiteCase<'_>) -> Outcome {
    let hosts = || case.evidence.hosts.iter().filter(|host| host.role != Role::Filed);
    let of_role = |role| {
        let host = hosts().find(|host| host.role == role)?;
        desktop(case, host).filter(|page| led_away(page).is_none())
    };
    let mut said = Vec::new();
    if let (Some(apex), Some(www)) = (of_role(Role::Apex), of_role(Role::Www)) {
        said.extend(between_hosts(&apex, &www));
    }
    let shown = hosts().filter_map(|host| desktop(case, host));
    for page in shown.filter(|page| led_away(page).is_none()) {
        for view in page.host.views.iter().filter(|view| view.visitor == Visitor::Phone) {
            said.extend(viewed(&page, view).and_then(|phone| on_phone(&page, &phone)));
        }
    }
    let first = |wanted: fn(&Outcome) -> bool| said.iter().find(|outcome| wanted(outcome)).cloned();
    first(|outcome| matches!(outcome, Outcome::Fail(_)))
        .or_else(|| first(|outcome| matches!(outcome, Outcome::Review(_))))
        .or_else(|| said.first().cloned())
        .unwrap_or(Outcome::Na(Na::Other(Text::new(
            "没有两个可以比较的页面",
            "there are no two pages to compare",
        ))))
}

fn between_hosts(apex: &PageCase<'_>, www: &PageCase<'_>) -> Option<Outcome> {
    let (a, b) = (Named::of(apex.page), Named::of(www.page));
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let labels = [Text::same(apex.host.host.clone()), Text::same(www.host.host.clone())];
    Some(match a.compare(&b) {
        Compared::Agree => agree(&a),
        Compared::OtherService | Compared::OtherSubject => {
            weighed(differ([apex, www], labels, [&a, &b]), [apex, www])
        }
    })
}

/// The number of the phone's page against that of the page which a person at a desk sees.
fn on_phone(desk: &PageCase<'_>, phone: &PageCase<'_>) -> Option<Outcome> {
    let (a, b) = (Named::of(desk.page), Named::of(phone.page));
    // Another site's page is not this one's phone page.
    if a.is_empty() || led_away(phone).is_some() {
        return None;
    }
    let labels = [Text::new("电脑版", "desktop"), Text::new("手机版", "phone")];
    let defect = || differ([desk, phone], labels, [&a, &b]);
    if b.is_empty() {
        return match standing(phone) {
            Standing::Missing => Some(Outcome::Fail(Defect {
                // What the source asks for by name is the domain and its www host.
                level: Some(Level::Warning),
                problem: Some(Text::new(
                    "网站首页的手机版没有展示 ICP 备案号，而电脑版有",
                    "The phone's version of the homepage shows no record number, the desktop's does",
                )),
                ..defect()
            })),
            Standing::Unclear(_) | Standing::Hidden(_) | Standing::Shown(_) => None,
        };
    }
    Some(match a.compare(&b) {
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

fn differ(pages: [&PageCase<'_>; 2], labels: [Text; 2], named: [&Named; 2]) -> Defect {
    let shown = |named: &Named| match named.texts.is_empty() {
        true => Text::new("没有备案号", "no record number"),
        false => Text::new(named.texts.join("、"), named.texts.join(", ")),
    };
    let parts = labels.into_iter().zip(named).map(|(label, named)| {
        let shown = shown(named);
        Text::new(format!("{} {}", label.zh, shown.zh), format!("{} {}", label.en, shown.en))
    });
    let hosts = |host: &HostEvidence| host.host.clone();
    let mut hosts: Vec<String> = pages.iter().map(|page| hosts(page.host)).collect();
    hosts.dedup();
    let [one, other] = pages;
    let place = format!("{} {}", quote(one.url), quote(other.url));
    Defect {
        expected: Text::new("各页面展示同一个备案号", "the same record number on all of them"),
        found: Text::list(parts),
        place: Text::same(place),
        hosts,
        remedy: super::remedy_with(one, &TEXTS, super::exact(one)),
        ..Defect::default()
    }
}

/// Whether two pages are of one host, a `www.` before it aside.
fn is_one_host(one: &PageCase<'_>, other: &PageCase<'_>) -> bool {
    let host = |case: &PageCase<'_>| {
        let host = Url::parse(case.url).ok()?.host_str()?.to_owned();
        Some(host.strip_prefix("www.").map_or(host.clone(), str::to_owned))
    };
    host(one).is_some() && host(one) == host(other)
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "同一个网站的不同页面展示了不同的备案号",
        doubt: "同一个网站的不同页面展示的备案号不一致，请核对",
        checks: "比较主域名与 www 主机、电脑版与手机版首页底部的备案号，看它们指的是不是同一个备案；写法不同、带不带序号、旁边另有许可证号都不算不同。手机版没有备案号的只作提醒；手机版打不开、要靠脚本生成或者属于别的备案的，不作判断。",
        why: "主域名和 www 域名、电脑版和手机版都是备案的同一个网站，首页底部都应当展示它自己的备案号。",
        cause: "手机版使用了另一套模板，里面的号码没有替换或没有加上；或者主域名与 www 主机绑定了不同的站点目录，只更新了其中一个。",
        remedy: "请分别用电脑和手机打开网站首页核对底部的号码，把不一致的都改成本网站的 {number}，并链接到 https://beian.miit.gov.cn/。手机版由另一家服务商维护的，请把正确的号码发给对方。",
        bad: "电脑版底部是 京ICP备2099000123号-1，手机版底部是 沪ICP备2099000456号-1",
        good: "主域名、www 主机和手机版底部都是 京ICP备2099000123号-1",
    },
    en: Words {
        problem: "Pages of one site show different record numbers",
        doubt: "Pages of one site show record numbers that do not agree; please look",
        checks: "Compares the numbers at the foot of the domain and its www host, of the desktop's and the phone's homepage, by the filing that they name: another way of writing, a serial more or less, a licence beside it are no difference. A phone's page without a number is a warning; one that failed, is made by scripts or belongs to another filing is not judged.",
        why: "The domain and its www host, the desktop's and the phone's version are one filed site, and its homepage has to show its own number at the foot wherever it is seen.",
        cause: "The phone's version has a template of its own, whose number was never replaced or put in; or the domain and its www host are bound to different folders, of which one was updated.",
        remedy: "Please open the homepage on a computer and on a phone and look at the numbers at its foot; change what differs to the site's own {number}, linked to https://beian.miit.gov.cn/. Where a supplier keeps the phone's version, send them the right number.",
        bad: "The desktop's foot shows 京ICP备2099000123号-1, the phone's 沪ICP备2099000456号-1",
        good: "The domain, its www host and the phone's version all show 京ICP备2099000123号-1",
    },
};
