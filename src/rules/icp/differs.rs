use super::pair::{between_hosts, is_own_domain, on_phone};
use crate::evidence::{Role, Visitor};
use crate::policy::Level;
use crate::rules::visitors::{desktop, viewed};
use crate::rules::{Check, Na, Outcome, Rule, SiteCase, Text, Texts, Words, law};

/// ICP012
pub(super) const RULE: Rule = Rule {
    code: "ICP012",
    name: "numbers-differ",
    level: Level::Violation,
    needs: &[],
    yields_to: &[
        "DNS001", "WEB001", "WEB004", "WEB009", "WEB003", "WEB006", "WEB005", "ICP001", "ICP002",
        "ICP003", "ICP004", "ICP005", "ICP010", "CNT006",
    ],
    sources: &["Tencent Cloud, after filing: 备案号悬挂说明 (2025-04)"],
    law: &[&law::SHOWN],
    texts: TEXTS,
    check: Check::Site(check),
};

fn check(case: &SiteCase<'_>) -> Outcome {
    let hosts = || case.evidence.hosts.iter().filter(|host| host.role != Role::Filed);
    let of_role = |role| {
        let host = hosts().find(|host| host.role == role)?;
        desktop(case, host).filter(is_own_domain)
    };
    let mut said = Vec::new();
    if let (Some(apex), Some(www)) = (of_role(Role::Apex), of_role(Role::Www)) {
        said.extend(between_hosts(&TEXTS, &apex, &www));
    }
    let shown = hosts().filter_map(|host| desktop(case, host));
    for page in shown.filter(is_own_domain) {
        for view in page.host.views.iter().filter(|view| view.visitor == Visitor::Phone) {
            said.extend(viewed(&page, view).and_then(|phone| on_phone(&TEXTS, &page, &phone)));
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
