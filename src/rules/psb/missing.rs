use super::{Filed, anchor, filed, no_filed_number, shown};
use crate::policy::Level;
use crate::rules::icp::unclear;
use crate::rules::sight::{doubt, of_other_filing, review};
use crate::rules::{Check, Defect, Na, Outcome, PageCase, Rule, Text, Texts, Words, law};

/// PSB001
pub(super) const RULE: Rule = Rule {
    code: "PSB001",
    name: "no-police-number",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &[
        "Tencent Cloud, after filing: 获取并添加公安备案号",
        "Huawei Cloud 1, 17.4.4(3), 19.1",
    ],
    law: &[&law::POLICE],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页未见公安联网备案号",
        doubt: "检测时未能确定首页是否展示公安备案号，请核对",
        checks: "在访问者看得见的页面文字里查找公安备案号。名单里登记了公安备案号而页面没有的为违规；名单里没有登记、网站开通（未填开通日期时按备案通过日期）已超过规定天数（默认 90 天：30 天内申请、审核、再 30 天内展示）的只作提醒。",
        why: "按《计算机信息网络国际联网安全保护管理办法》，网站应在开通之日起 30 日内办理公安联网备案；审核通过后，应在 30 日内把公安备案号放到首页底部。",
        cause: "还没有办理公安联网备案；或者已经办好，但没有把备案号放到网页上。",
        remedy: "尚未办理的，请登录全国互联网安全管理服务平台（beian.mps.gov.cn）提交公安联网备案申请；已经办理的，请登录该平台，在已备案网站的详情中复制备案号代码和图标，放到首页底部并发布。",
        bad: "页脚只有 ICP 备案号，登记的公安备案号 粤公网安备44030099000123号 没有展示",
        good: "页脚写着 粤公网安备44030099000123号",
    },
    en: Words {
        problem: "No police record number was seen on the homepage",
        doubt: "Whether the homepage shows a police record number could not be told; please look",
        checks: "Looks for a police number in the text that a visitor sees. Where the list has one and the page does not, that is a violation; where none is known, a warning is given once the set number of days has passed since opening, or approval where the day of opening is unknown (90 by default: 30 to apply, the review, 30 to show the number).",
        why: "The measures on the security of international networking ask for a police record within 30 days of opening; once it is granted, its number has to stand at the foot of the homepage within 30 days.",
        cause: "The police record has not been applied for yet; or it has been granted and its number was not put on the page.",
        remedy: "Where there is no record yet, please apply for one at the police's service platform (beian.mps.gov.cn). Where there is, please sign in there, copy the line and the icon from the details of the site, put them at the foot of the homepage and publish it.",
        bad: "The foot of the page has the ICP number only; the filed police number 粤公网安备44030099000123号 is not shown",
        good: "The foot of the page shows 粤公网安备44030099000123号",
    },
};

pub(super) fn check(case: &PageCase<'_>) -> Outcome {
    if let Some(number) = case.page.police_numbers.iter().find(|shown| shown.visible) {
        return shown(number);
    }
    let defect = match filed(case) {
        Filed::Number(text, number) => missing_filed(text, &number.digits),
        // Something that is no number ("in progress", say) does not prove that one was granted.
        Filed::No | Filed::Unreadable => match overdue(case) {
            Ok(days) => missing_unfiled(days),
            Err(na) => return Outcome::Na(na),
        },
    };
    if let Some(na) = of_other_filing(case) {
        return Outcome::Na(na);
    }
    if let Some(na) = unclear(case) {
        return Outcome::Na(na);
    }
    let found = Text::new("页面可见文字中没有公安备案号", "no police number in the visible text");
    let hidden = case.page.police_numbers.first().map(|number| {
        Text::new(
            format!("公安备案号 {} 写在看来是隐藏的内容里", number.text),
            format!("the police number {} stands in markup that seems to be hidden", number.text),
        )
    });
    let defect = Defect { found, ..defect };
    match hidden.or_else(|| doubt(case)) {
        Some(reason) => review(defect, reason),
        None => Outcome::Fail(defect),
    }
}

/// Days since opening, where they are more than the policy grants.
fn overdue(case: &PageCase<'_>) -> Result<i32, Na> {
    let opened = case.filing.opened_on.or(case.filing.approved_on).ok_or(no_filed_number())?;
    let days = (case.today - opened).get_days();
    if days > i32::from(case.policy.readings.police_days) { Ok(days) } else { Err(Na::Grace) }
}

fn missing_filed(text: &str, digits: &str) -> Defect {
    let anchor = anchor(digits, text);
    Defect {
        expected: Text::same(text.to_owned()),
        cause: Some(Text::new(
            "公安备案号已经取得，但没有放到网页上，或者在改版、更换模板时遗漏了。",
            "The number has been granted, but was not put on the page, or was left behind when the site was redesigned.",
        )),
        remedy: Some(Text::new(
            format!(
                "请在首页底部加入这行代码并发布：{anchor}。也可登录全国互联网安全管理服务平台（beian.mps.gov.cn），在已备案网站的详情中复制代码和图标。"
            ),
            format!(
                "Please add this line at the foot of the homepage and publish it: {anchor}. The \
                 line and the icon can also be copied from the details of the site at \
                 beian.mps.gov.cn."
            ),
        )),
        ..Defect::default()
    }
}

fn missing_unfiled(days: i32) -> Defect {
    Defect {
        expected: own_number(),
        level: Some(Level::Warning),
        cause: Some(Text::new(
            format!(
                "网站开通已 {days} 天，名单里没有公安备案号：可能还没有办理公安联网备案，也可能已经办好、没有放到网页上。"
            ),
            format!(
                "The site has been open for {days} days, and the list has no police number: the \
                 record may not have been applied for, or its number was not put on the page."
            ),
        )),
        ..Defect::default()
    }
}

fn own_number() -> Text {
    Text::new("网站的公安备案号", "the site's police record number")
}
