use super::{
    Filed, anchor, digits, filed, is_record, judged, no_filed_number, place, shown, unreadable,
};
use crate::page::ShownPolice;
use crate::policy::Level;
use crate::rules::one_site::{is_of_a_member, of_too_many};
use crate::rules::sight::{doubt_of_foot, of_other_filing, review};
use crate::rules::{Check, Defect, Field, Outcome, PageCase, Rule, Text, Texts, Words, law};

/// PSB002
pub(super) const RULE: Rule = Rule {
    code: "PSB002",
    name: "wrong-police-number",
    level: Level::Violation,
    needs: &[Field::PoliceNumber],
    yields_to: &[],
    sources: &["Huawei Cloud 17.4.4(3)"],
    law: &[&law::POLICE],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页展示的公安备案号与登记的不一致",
        doubt: "请核对首页的公安备案号是否就是登记的号码",
        checks: "比较页面上看得见的公安备案号与名单中登记的号码的数字部分；有一个相同即为通过。省份简称和写法由其他规则判断。",
        why: "首页展示的公安备案号须与完成公安联网备案后取得的号码一致，公众才能在公安机关的网站上查询核对。",
        cause: "录入时写错了数字；使用了其他网站的页脚；或者重新办理后没有更新。",
        remedy: "请登录全国互联网安全管理服务平台（beian.mps.gov.cn），在已备案网站的详情中复制备案号代码，替换页脚里的号码并发布。如果页面上的号码才是正确的，请告诉我们更正名单。",
        bad: "登记的是 粤公网安备44030099000123号，页脚写着 粤公网安备44030099000456号",
        good: "页脚写着 粤公网安备 44030099000123号（带空格亦可）",
    },
    en: Words {
        problem: "The police record number on the homepage is not the filed one",
        doubt: "Please check whether the police record number on the homepage is the filed one",
        checks: "Compares the digits of the police numbers that a visitor sees with the filed number's; one that agrees is enough. The province letter and the way of writing are for another rule.",
        why: "The police number on the homepage must be the one that was granted to the site, so that the public can look it up at the police's site.",
        cause: "A digit was mistyped, the foot of another site was used, or the page was not updated after a new record was granted.",
        remedy: "Please sign in at the police's service platform (beian.mps.gov.cn), copy the line of the number from the details of the site, put it in place of the present one at the foot of the page and publish it. Where the number on the page is right, please tell us, so that we correct the list.",
        bad: "Filed is 粤公网安备44030099000123号, the foot shows 粤公网安备44030099000456号",
        good: "The foot shows 粤公网安备 44030099000123号 (a space does no harm)",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    let (text, filed) = match filed(case) {
        Filed::No => return Outcome::Na(no_filed_number()),
        Filed::Unreadable => return Outcome::Na(unreadable()),
        Filed::Number(text, filed) => (text, filed),
    };
    let number = match judged(case) {
        Ok(number) if is_record(number, filed) => return shown(number),
        Ok(number) => number,
        Err(na) => return Outcome::Na(na),
    };
    if let Some(sibling) = of_sibling(case) {
        return shown(sibling);
    }
    if let Some(na) = of_other_filing(case).or_else(|| of_too_many(case)) {
        return Outcome::Na(na);
    }
    let anchor = anchor(&filed.digits, text);
    let defect = Defect {
        expected: Text::same(text.to_owned()),
        found: Text::same(number.text.clone()),
        place: place(),
        remedy: Some(Text::new(
            format!(
                "请把页脚里的公安备案号换成登记的号码，完整代码为：{anchor}。如果页面上的号码才是正确的，请告诉我们更正名单。"
            ),
            format!(
                "Please put the filed number in place of the one at the foot of the page; the \
                 whole line is: {anchor}. Where the number on the page is right, please tell us, \
                 so that we correct the list."
            ),
        )),
        ..Defect::default()
    };
    match doubt_of_foot(case) {
        Some(reason) => review(defect, reason),
        None => Outcome::Fail(defect),
    }
}

/// A number on the page that is filed for another domain of the subject which leads to the
/// same site.
fn of_sibling<'a>(case: &PageCase<'a>) -> Option<&'a ShownPolice> {
    case.page.police_numbers.iter().filter(|shown| shown.visible).find(|shown| {
        let shown = digits(shown);
        shown.is_some() && is_of_a_member(case, |member| member.police_digits == shown)
    })
}
