use super::answers::{served, shown};
use crate::evidence::Attempt;
use crate::policy::{Category, Level, Signature, Strength};
use crate::rules::{Check, Defect, Na, Outcome, Rule, Text, Texts, WebCase, Words, law, quote};

/// WEB004
pub(super) const RULE: Rule = Rule {
    code: "WEB004",
    name: "block-page",
    level: Level::Violation,
    needs: &[],
    yields_to: &["DNS001", "WEB001"],
    sources: &["Huawei Cloud 6.1", "Huawei Cloud 7.28", "Tencent Cloud, FAQ on filing"],
    law: &[&law::FILED],
    texts: TEXTS,
    check: Check::Web(check),
};

fn check(case: &WebCase<'_>) -> Outcome {
    let attempts = shown(case.visit);
    let blocked = attempts.iter().find_map(|attempt| {
        let signature = served(case, attempt)?;
        is_block(signature).then_some((*attempt, signature))
    });
    match blocked {
        Some((attempt, signature)) => {
            let defect = Defect {
                expected: Text::new("网站自己的首页", "the site's own homepage"),
                found: found(case, attempt, signature),
                ..Defect::default()
            };
            if signature.strength > Strength::Weak {
                Outcome::Fail(defect)
            } else {
                Outcome::Review(Defect {
                    cause: Some(Text::new(
                        "页面只有阻断页面的部分特征，仅凭这些还不能确定。",
                        "The page has some marks of a block page, too few to be certain.",
                    )),
                    first: Some(Text::new(
                        "请先在浏览器中打开网站：显示网站自己首页的，无需处理；显示阻断页面的：",
                        "Please open the site in a browser first: if its own homepage is shown, nothing is to be done. Where a block page is shown:",
                    )),
                    ..defect
                })
            }
        }
        None if attempts.iter().any(|attempt| attempt.answer().is_some()) => {
            Outcome::Pass(Text::new("不是已知的阻断页面", "no block page that is known"))
        }
        None => Outcome::Na(Na::Unseen),
    }
}

fn is_block(signature: &Signature) -> bool {
    matches!(signature.category, Category::IcpBlock | Category::SiteBlock)
}

/// The title where the page has one, else where the visitor was sent.
fn found(case: &WebCase<'_>, attempt: &Attempt, signature: &Signature) -> Text {
    let title = attempt
        .answer()
        .and_then(|seen| seen.page.as_ref()?.title.as_deref())
        .filter(|title| !title.trim().is_empty());
    let location = attempt.hops.iter().rev().find_map(|hop| hop.location.as_deref());
    let seen = quote(title.or(location).unwrap_or(attempt.last_url()));
    let vendor = case.policy.providers.by_key(&signature.vendor);
    match vendor {
        Some(vendor) => Text::new(
            format!("{}的阻断页面：{seen}", vendor.zh),
            format!("a block page of {}: {seen}", vendor.en),
        ),
        None => Text::new(format!("阻断页面：{seen}"), format!("a block page: {seen}")),
    }
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站被接入商阻断，访问者看到的是阻断页面",
        doubt: "检测时看到的页面像是接入商的阻断页面，请确认网站能否正常访问",
        checks: "把首页的标题、文字、内嵌页面和跳转目标与各接入商的阻断页面特征比对，跳转途中的每一步都看。备案刚刚通过的几天内不作判断，因为各方系统同步需要时间。",
        why: "使用内地服务器的网站需要完成备案，并且要在所用的接入商处办理接入，否则会被阻断访问。",
        cause: "域名在当前接入商处没有备案或没有接入，备案被注销或取消接入，备案刚刚通过还没有同步，或者网站因其他原因被停止访问。",
        remedy: "请登录接入商的备案系统查看域名的备案状态：没有备案的，办理首次备案；在其他接入商处备案的，办理“接入备案”；状态正常而仍被阻断的，致电或提交工单给接入商，请其说明原因并解除阻断。",
        bad: "http://site.example/ 跳转到接入商的未备案提示页",
        good: "http://site.example/ 显示网站自己的首页",
    },
    en: Words {
        problem: "The access provider blocks the site: visitors see its block page",
        doubt: "The page that was seen resembles a provider's block page; please make sure that the site opens",
        checks: "Compares the homepage's title, text, frames and redirect targets with what providers' block pages look like, on every step of the way. Within the first days after approval nothing is said, for the systems take time to agree.",
        why: "A site on a server in the mainland has to be filed, and connected at the provider whose server it uses; otherwise access to it is blocked.",
        cause: "The domain is not filed or not connected at this provider, the filing was cancelled or its access withdrawn, it was approved only now, or the site was stopped for another reason.",
        remedy: "Look up the domain's state in the access provider's filing system: where it is not filed, file it; where it is filed with another provider, submit an access filing (接入备案); where all is in order and the site is still blocked, call the provider or open a ticket and ask for the reason and for the block to be lifted.",
        bad: "http://site.example/ redirects to the provider's page on sites that are not filed",
        good: "http://site.example/ shows the site's own homepage",
    },
};
