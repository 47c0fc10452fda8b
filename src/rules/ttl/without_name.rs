use super::standing::{Standing, doubt, expected, found, standing, uncompared};
use crate::policy::Level;
use crate::rules::sight::{pass, review};
use crate::rules::{Check, Defect, Field, Na, Outcome, PageCase, Rule, Texts, Words, law};

/// TTL002
pub(super) const RULE: Rule = Rule {
    code: "TTL002",
    name: "title-without-service-name",
    level: Level::Violation,
    needs: &[Field::ServiceName],
    yields_to: &[],
    sources: &["Huawei Cloud 16.5, 17.4.3", "Tencent Cloud, filing FAQ: 网站 title 标题不符合要求"],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页的标题里没有备案的网站名称",
        doubt: "请核对首页的标题里是否有备案的网站名称",
        checks: "首页 title 标签里应包含名单中的网站名称。比较时不计全角半角、大小写、空格、标点和繁简体的差别，名称前后可以有其他文字；名称大致相近的由 TTL003 提请人工复核。",
        why: "网站的标题应包含备案时填写的网站名称；实际名称改变的，应当变更备案。标题不符时，提交的备案订单可能被管局退回。",
        cause: "网站改名后没有变更备案；标题只写了宣传语或产品名；或者名单里的网站名称已过时。",
        remedy: "请在首页标题里加上备案的网站名称并发布，例如：<title>{service} - 首页</title>。如果网站已经改名，请在接入商处提交变更备案，把网站名称改为现在使用的名称。",
        bad: "备案的网站名称是 示例商城，标题却是 <title>低价好物天天购</title>",
        good: "<title>低价好物天天购 - 示例商城</title>",
    },
    en: Words {
        problem: "The title of the homepage does not contain the filed name of the site",
        doubt: "Please check whether the title of the homepage contains the filed name of the site",
        checks: "The title element must contain the name of the site as filed. Width, case, spaces, punctuation and traditional forms do not matter, and other words may stand around it; a title that is nearly right is handed to a person by TTL003.",
        why: "The title should contain the name under which the site was filed; where the name has changed, so must the filing. Orders of a subject whose sites have other titles may be sent back by the administration.",
        cause: "The site was renamed without a change of the filing; the title only has a slogan or a product; or the name in the list is out of date.",
        remedy: "Please put the filed name into the title of the homepage and publish it, e.g.: <title>{service} - 首页</title>. Where the site has been renamed, please submit a change of the filing with the access provider.",
        bad: "The site is filed as 示例商城, its title is <title>低价好物天天购</title>",
        good: "<title>低价好物天天购 - 示例商城</title>",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    if let Some(na) = uncompared(case) {
        return Outcome::Na(na);
    }
    match standing(case) {
        Standing::Missing | Standing::Default => Outcome::Na(Na::Yields("TTL001")),
        Standing::Near => Outcome::Na(Na::Yields("TTL003")),
        Standing::Uncompared => Outcome::Na(Na::MissingField(Field::ServiceName)),
        Standing::Contains => {
            let title = found(case);
            pass(format!("标题为“{}”", title.zh), format!("the title is \"{}\"", title.en))
        }
        Standing::Unrelated => {
            let defect =
                Defect { expected: expected(case), found: found(case), ..Defect::default() };
            match doubt(case) {
                Some(reason) => review(defect, reason),
                None => Outcome::Fail(defect),
            }
        }
    }
}
