use super::standing::{Standing, expected, found, standing, uncompared};
use crate::policy::Level;
use crate::rules::sight::pass;
use crate::rules::{Check, Defect, Field, Na, Outcome, PageCase, Rule, Texts, Words, law};

/// TTL003
pub(super) const RULE: Rule = Rule {
    code: "TTL003",
    name: "title-nearly-service-name",
    level: Level::Review,
    needs: &[Field::ServiceName],
    yields_to: &[],
    sources: &["Huawei Cloud 17.4.3", "Tencent Cloud, filing FAQ: 网站 title 标题不符合要求"],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页的标题与备案的网站名称相近但不完全一致",
        doubt: "网站首页的标题与备案的网站名称相近，请确认可否视为一致",
        checks: "标题没有完整包含网站名称，但含有名称的主要部分（例如只缺“官网”“有限公司”），或与名称的相似度达到配置的数值（默认 0.6）。是否可以接受由人来判断。",
        why: "网站标题应包含备案的网站名称。简称、缺字或语序不同是否算作一致，要由人来定，因此不直接判为违规。",
        cause: "标题使用了简称，或比备案名称多了、少了几个字；也可能是录入有误。",
        remedy: "最稳妥的做法是在标题里原样写上备案的网站名称，例如：<title>{service} - 首页</title>。确认只是简称、管局认可的，可以不改，并请告知我们不再提示。",
        bad: "备案的网站名称是 示例科技官网，标题为 <title>示例科技 - 首页</title>",
        good: "<title>示例科技官网 - 首页</title>",
    },
    en: Words {
        problem: "The title of the homepage is close to the filed name of the site, but not the same",
        doubt: "The title of the homepage is close to the filed name of the site; please confirm whether it will do",
        checks: "The title does not contain the whole name, but its main part (only 官网 or 有限公司 is missing, say), or is as like it as the settings ask (0.6 by default). Whether that will do is for a person to say.",
        why: "The title should contain the name of the site as filed. Whether a short form, a missing character or another order will pass is for people to decide: hence no violation.",
        cause: "The title has a short form, or a few characters more or fewer than the filed name; or something was mistyped.",
        remedy: "The safest way is to write the filed name into the title as it is, e.g.: <title>{service} - 首页</title>. Where it is a short form that the administration accepts, nothing has to be changed; please tell us, so that it is not asked again.",
        bad: "The site is filed as 示例科技官网, its title is <title>示例科技 - 首页</title>",
        good: "<title>示例科技官网 - 首页</title>",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    if let Some(na) = uncompared(case) {
        return Outcome::Na(na);
    }
    match standing(case) {
        Standing::Missing | Standing::Default => Outcome::Na(Na::Yields("TTL001")),
        Standing::Unrelated => Outcome::Na(Na::Yields("TTL002")),
        Standing::Uncompared => Outcome::Na(Na::MissingField(Field::ServiceName)),
        Standing::Contains => {
            let title = found(case);
            pass(format!("标题为“{}”", title.zh), format!("the title is \"{}\"", title.en))
        }
        Standing::Near => Outcome::Review(Defect {
            expected: expected(case),
            found: found(case),
            ..Defect::default()
        }),
    }
}
