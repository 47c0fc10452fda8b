use super::answers::{Reach, foreign_end, may_be_another_site, reach};
use super::content::{Content, content, kind};
use crate::evidence::Region;
use crate::policy::{Category, Level};
use crate::rules::{Check, Defect, Na, Outcome, Rule, Text, Texts, WebCase, Words, law, quote};

/// WEB007
pub(super) const RULE: Rule = Rule {
    code: "WEB007",
    name: "open-before-approval",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &["Huawei Cloud 7.15, 18.4", "Tencent Cloud, FAQ on filing: 备案期间"],
    law: &[&law::FILED],
    texts: TEXTS,
    check: Check::Web(check),
};

fn check(case: &WebCase<'_>) -> Outcome {
    let Some(best) = case.visit.best() else { return Outcome::Na(Na::Unseen) };
    let Some(answer) = best.answer() else {
        return match reach(case.host) {
            Reach::Refuses | Reach::Missing => closed("连接被拒绝", "connections are refused"),
            Reach::Answers | Reach::Broken | Reach::Unknown => Outcome::Na(Na::Unseen),
        };
    };
    if answer.status >= 400 {
        let status = answer.status;
        return closed(&format!("状态码 {status}"), &format!("status {status}"));
    }
    let title = answer.page.as_ref().and_then(|page| page.title.as_deref()).unwrap_or_default();
    let url = quote(best.last_url());
    let seen = match quote(title) {
        empty if empty.is_empty() => url.clone(),
        title => format!("{url} 「{title}」"),
    };
    let found = |zh: &str, en: &str| Text::new(format!("{seen}（{zh}）"), format!("{seen} ({en})"));
    if let Some(host) =
        foreign_end(best.last_url(), &case.filing.domain, &case.evidence.siblings.same_subject)
    {
        return doubted(
            found(&format!("跳转到 {host}"), &format!("leads to {host}")),
            "域名还在备案中，打开后转到了别的网站；是否算作开通需要人工判断。",
            "The domain is still being filed and leads to another site; whether that counts as open takes a person to say.",
        );
    }
    match content(case) {
        Some(Content::Foreign(signature)) => {
            let category = signature.category;
            let (zh, en) = kind(category);
            match category {
                Category::IcpBlock | Category::SiteBlock => closed(zh, en),
                _ => doubted(found(zh, en), NOT_OWN.0, NOT_OWN.1),
            }
        }
        Some(Content::Own | Content::Login | Content::Picture | Content::Pictures) => {
            open(case, Text::same(seen))
        }
        Some(Content::Empty) => doubted(found("空白页", "an empty page"), NOT_OWN.0, NOT_OWN.1),
        Some(Content::Unknown) | None => doubted(Text::same(seen), UNREAD.0, UNREAD.1),
    }
}

const NOT_OWN: (&str, &str) = (
    "服务器有应答，但显示的不是网站自己的内容；是否算作开通需要人工判断。",
    "The server answers, but not with content of the site's own; whether that counts as open takes a person to say.",
);
const UNREAD: (&str, &str) = (
    "服务器有应答，页面内容没有读到，不能确定网站是否已经开通。",
    "The server answers, but what its page holds was not read; whether the site is open is not certain.",
);

/// A site abroad needs no filing as long as it stays there.
fn open(case: &WebCase<'_>, found: Text) -> Outcome {
    let is_here = |region: Region| region == Region::Mainland;
    if case.visit.best().is_some_and(|best| may_be_another_site(case.visit, best)) {
        return doubted(found, NOT_OWN.0, NOT_OWN.1);
    }
    if case.host.dns.addresses.iter().any(|at| is_here(at.place.region)) {
        return Outcome::Fail(defect(found));
    }
    doubted(
        found,
        "网站可以打开，但它所在的地址不在内地，或不能确定在内地。",
        "The site is open, but its address is not in the mainland, or not surely.",
    )
}

fn closed(zh: &str, en: &str) -> Outcome {
    Outcome::Pass(Text::new(format!("网站没有开通：{zh}"), format!("the site is not open: {en}")))
}

fn defect(found: Text) -> Defect {
    let expected =
        Text::new("备案通过之前网站不开放", "the site stays closed until its filing is approved");
    Defect { expected, found, ..Defect::default() }
}

fn doubted(found: Text, zh: &'static str, en: &'static str) -> Outcome {
    Outcome::Review(Defect {
        cause: Some(Text::new(zh, en)),
        first: Some(Text::new(
            "请先在浏览器中打开网站确认：打不开、或备案其实已经通过的，告诉我们即可；能看到网站内容的：",
            "Please open the site in a browser first: where it does not open, or the filing has been approved by now, just tell us. Where its content is shown:",
        )),
        ..defect(found)
    })
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "备案还没有通过，网站已经可以访问",
        doubt: "备案还没有通过，检测时网站有应答，请确认网站是否已经开通",
        checks: "只看首次备案、新增网站正在办理中的域名（变更和新增接入期间可以访问）。首页能打开并有内容的判为违规；被阻断、返回错误或拒绝连接的不算开通；默认页面、跳转到别处、地址不在内地的，提请人工复核。",
        why: "未取得备案不得提供互联网信息服务。审核期间网站处于开放状态的，管局会退回备案申请，情节严重的还会受到处罚。",
        cause: "提交备案时没有暂停域名解析，也没有关闭网站；或者域名原先用于别的网站，一直没有停。",
        remedy: "请登录域名的解析控制台，把 {domain} 及其 www 主机的解析记录暂停（或在服务器上停止网站），直到备案通过后再恢复。备案其实已经通过的，请告诉我们更新名单中的备案状态。",
        bad: "名单写着“备案中（首次）”，https://site.example/ 却能看到网站首页",
        good: "备案期间解析已暂停，网站打不开",
    },
    en: Words {
        problem: "The filing is not approved yet, and the site is open already",
        doubt: "The filing is not approved yet, and the site answered; please check whether it is open already",
        checks: "Looks only at domains whose first filing, or whose filing as a further site, is in progress (during a change or a further access filing a site may be open). A homepage with content fails; a block page, an error or a refusal is not open; a default page, a redirect elsewhere or an address outside the mainland is left to a person.",
        why: "Without a filing no internet information service may be offered. Where the site is open during the review, the administration returns the application, and in grave cases there are penalties.",
        cause: "Neither the DNS records were paused nor the site closed when the application was handed in; or the domain served another site before, which was never stopped.",
        remedy: "Log in to the domain's DNS console and pause the records of {domain} and its www host (or stop the site on the server) until the filing is approved. Where it has been approved by now, please tell us, so that the list is brought up to date.",
        bad: "The list says 备案中（首次）, and https://site.example/ shows the site's homepage",
        good: "The records are paused while the filing is under review; the site does not open",
    },
};
