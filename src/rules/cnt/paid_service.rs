use crate::page::Kind;
use crate::policy::{Level, WordList};
use crate::rules::fil::subject::may_be_authority;
use crate::rules::sight::of_other_filing;
use crate::rules::{Check, Na, Outcome, PageCase, Rule, Text, Texts, Words, law};

/// CNT005
pub(super) const RULE: Rule = Rule {
    code: "CNT005",
    name: "paid-service-without-licence",
    level: Level::Review,
    needs: &[],
    // An individual may not trade at all: that goes before any licence.
    yields_to: &["CNT001"],
    sources: &["Tencent Cloud, filing FAQ: 经营性", "Huawei Cloud 3, 13.12"],
    law: &[&law::WITHIN],
    texts: TEXTS,
    check: Check::Page(check),
};

fn check(case: &PageCase<'_>) -> Outcome {
    if let Some(licence) = &case.filing.licence {
        return Outcome::Pass(Text::same(licence.shown()));
    }
    if may_be_authority(case.filing) {
        return Outcome::Na(Na::Other(Text::new("主办单位是机关", "the subject is an authority")));
    }
    if let Some(na) = of_other_filing(case) {
        return Outcome::Na(na);
    }
    let shown = case.page.record_numbers.iter().find(|number| number.kind == Kind::Licence);
    if let Some(licence) = shown {
        return Outcome::Pass(Text::new(
            format!("页面展示了许可证号 {}", licence.canonical),
            format!("the page shows the licence {}", licence.canonical),
        ));
    }
    let sum = case.words_of(|list| matches!(list, WordList::Paid | WordList::Shop));
    if sum.count < usize::from(case.policy.readings.paid_words) {
        return case.nothing_found(sum.little());
    }
    Outcome::Fail(sum.question(Text::new(
        "提供有偿信息服务或第三方交易平台的，登记有增值电信业务经营许可证号",
        "a telecom business licence on file where services are sold, or others sell on the site",
    )))
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站提供收费服务或商城，而没有经营许可证号",
        doubt: "请核对网站的收费服务或商城是否需要增值电信业务经营许可证",
        checks: "在首页可见的标题、菜单和按钮里查找收费服务（开通会员、充值、付费课程……）和商城（加入购物车、商家入驻……）用语；不同的词达到 3 个（可配置，标题中的词加算一个），而名单没有登记、页面也没有展示许可证号时，请人工查看。词表见 config/words/pages.toml。",
        why: "向用户提供有偿信息服务，或者开办供第三方销售的平台，属于经营性互联网信息服务，除备案外还要取得许可证。仅仅在自己的网站上销售自己的商品，通常不需要许可证。",
        cause: "已有许可证而没有登记；网站增加了会员收费、充值或商家入驻；或者只是销售自己的商品。",
        remedy: "请核对经营方式：已有许可证的，把许可证号告诉我们，并在网站首页展示；提供有偿信息服务或第三方平台而没有许可证的，请向所在省通信管理局申请，取得之前停止这部分服务；只销售自己商品的，请告诉我们。",
        bad: "网站有 开通会员、在线充值、付费课程，名单和页面上都没有许可证号",
        good: "企业网站展示产品和订货电话；或页脚写有 粤B2-20990059",
    },
    en: Words {
        problem: "The site offers paid services or a shop, and has no licence number",
        doubt: "Please check whether the site's paid services or shop need a telecom business licence",
        checks: "Looks in the visible title, menus and buttons of the homepage for words of paid services (开通会员, 充值, 付费课程 …) and shops (加入购物车, 商家入驻 …). Three different ones (configurable; one in the title counts twice), where neither the list nor the page has a licence number, ask a person to look. Lists: config/words/pages.toml.",
        why: "Selling information services, or running a platform on which others sell, is a commercial internet information service: besides the filing it needs a licence. Who merely sells goods of his own on his own site mostly needs none.",
        cause: "There is a licence that was never handed in; membership fees, payments or other sellers were added; or the site merely sells the subject's own goods.",
        remedy: "Please look at how the site trades: where there is a licence, tell us its number and show it on the homepage; where services are sold or others sell on the site without one, apply to the province's administration and stop that part until it is granted; where only own goods are sold, please tell us.",
        bad: "a site with 开通会员, 在线充值, 付费课程, no licence number in the list or on the page",
        good: "a company's site that shows products and a telephone number; or a foot with 粤B2-20990059",
    },
};
