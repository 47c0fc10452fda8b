use super::answers::{host_of, may_be_another_site, recognised, shown};
use super::content::kind;
use crate::evidence::Attempt;
use crate::policy::{Category, Level, Strength};
use crate::rules::{Check, Defect, Na, Outcome, Rule, Text, Texts, WebCase, Words, law, quote};

/// WEB009
pub(super) const RULE: Rule = Rule {
    code: "WEB009",
    name: "parked",
    level: Level::Violation,
    needs: &[],
    yields_to: &["DNS001", "WEB001", "WEB004"],
    sources: &["Huawei Cloud 8.7", "Tencent Cloud, FAQ on filing: 网站开站无实际内容"],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::Web(check),
};

fn check(case: &WebCase<'_>) -> Outcome {
    let attempts = shown(case.visit);
    let parked = attempts.iter().find_map(|attempt| {
        let signature = recognised(case, attempt)?;
        (signature.category == Category::Parked).then_some((*attempt, signature))
    });
    let Some((attempt, signature)) = parked else {
        return match attempts.iter().any(|attempt| attempt.answer().is_some()) {
            true => Outcome::Pass(Text::new(
                "不是已知的停放或出售页面",
                "no parking page that is known",
            )),
            false => Outcome::Na(Na::Unseen),
        };
    };
    let defect = Defect {
        expected: Text::new("网站自己的首页", "the site's own homepage"),
        found: found(attempt),
        ..Defect::default()
    };
    let is_doubtful = may_sell_domains(case, attempt) || may_be_another_site(case.visit, attempt);
    if signature.strength > Strength::Weak && !is_doubtful {
        return Outcome::Fail(defect);
    }
    Outcome::Review(Defect {
        cause: Some(Text::new(
            "页面只有停放或出售页面的部分特征；经营域名业务的网站也会有类似的文字。",
            "The page has some marks of a parking page; a site that deals in domains has such words as well.",
        )),
        first: Some(Text::new(
            "请先在浏览器中打开网站：显示网站自己首页的，无需处理，告诉我们即可；显示停放或出售页面的：",
            "Please open the site in a browser first: where its own homepage is shown, nothing is to be done but to tell us. Where it is parked or offered for sale:",
        )),
        ..defect
    })
}

/// A filed number on the page, or a name that says so: a site whose trade domains are.
fn may_sell_domains(case: &WebCase<'_>, attempt: &Attempt) -> bool {
    let page = attempt.answer().and_then(|seen| seen.page.as_ref());
    let own = case.filing.filing_number();
    let shows_own = page.zip(own).is_some_and(|(page, own)| {
        page.record_numbers.iter().any(|number| number.visible && number.is_of_subject(own))
    });
    shows_own || case.filing.service_name.as_deref().is_some_and(|name| name.contains("域名"))
}

/// The title, else the words of the page, else where the visitor was sent.
fn found(attempt: &Attempt) -> Text {
    let page = attempt.answer().and_then(|seen| seen.page.as_ref());
    let title = page.and_then(|page| page.title.as_deref()).filter(|t| !t.trim().is_empty());
    let words = page.map(|page| page.excerpt.as_str()).filter(|text| !text.trim().is_empty());
    let host = host_of(attempt.last_url()).unwrap_or_default();
    let seen = quote(title.or(words).unwrap_or(attempt.last_url()));
    let (zh, en) = kind(Category::Parked);
    Text::new(format!("{zh}（{host}）：{seen}"), format!("{en} ({host}): {seen}"))
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "域名处于停放或出售状态，访问者看到的不是备案的网站",
        doubt: "检测时看到的页面像是域名停放或出售页面，请确认网站能否正常访问",
        checks: "把首页的标题、文字和跳转目标与常见的域名停放、出售页面的特征比对。文章里谈到域名交易、经营域名业务的网站不算；特征不足、页面展示了本主体备案号的，提请人工复核。",
        why: "备案的域名应当用于备案登记的网站。域名出售或到期停放后，原备案与实际不符，接入商核查时会要求整改或注销。",
        cause: "域名到期没有续费，由注册商停放；域名挂牌出售；或者网站停用后把解析指到了停放平台。",
        remedy: "请登录域名注册商的控制台查看 {domain}：已到期的，尽快续费并恢复解析；挂牌出售或设置了停放的，取消停放，把解析改回备案的服务器；网站不再使用或域名准备转让的，请先申请注销备案。",
        bad: "首页写着“该域名正在出售”，或跳转到域名停放平台",
        good: "首页是备案网站自己的内容",
    },
    en: Words {
        problem: "The domain is parked or offered for sale: visitors do not see the filed site",
        doubt: "The page that was seen resembles one of a parked domain or one for sale; please make sure that the site opens",
        checks: "Compares the homepage's title, text and redirect targets with what parking and sales pages look like. An article on the trade in domains, or a site whose trade that is, does not count; where the marks are few, or the page shows the subject's own record number, a person has to look.",
        why: "A filed domain is for the site that was filed. Once it is for sale, or parked after it expired, the filing no longer agrees with what is there, and the provider will ask for it to be mended or cancelled.",
        cause: "The domain was not renewed and its registrar parks it, it is offered for sale, or its records point at a parking platform since the site was given up.",
        remedy: "Log in at the domain's registrar and look up {domain}: where it expired, renew it soon and restore its records; where it is offered or parked, end that and point it at the filed server again; where the site is no longer used or the domain is to be handed over, ask for the filing to be cancelled first.",
        bad: "The homepage says 该域名正在出售, or leads to a parking platform",
        good: "The homepage is the filed site's own",
    },
};
