use super::standing::{Standing, doubt, expected, found, standing};
use crate::policy::Level;
use crate::rules::sight::{pass, review};
use crate::rules::{Check, Defect, Outcome, PageCase, Rule, Text, Texts, Words, law};

/// TTL001
pub(super) const RULE: Rule = Rule {
    code: "TTL001",
    name: "no-title",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &["Huawei Cloud 17.4.3", "Tencent Cloud, filing FAQ: 网站 title 标题不符合要求"],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页没有标题，或标题是编辑软件的默认内容",
        doubt: "请核对首页是否有标题：检测时没有看到，或只看到编辑软件的默认内容",
        checks: "读取首页的 title 标签。没有标签、内容为空，或者是“Document”“无标题文档”“Home”“index”这类编辑软件、框架自带的默认标题，都属于此项。标题由脚本写入的网页提请人工复核。",
        why: "备案后，网站首页的标题（浏览器标签页上的文字）应与备案的网站名称相符；没有标题就无从核对。",
        cause: "网页由编辑软件或模板生成，标题没有填写。",
        remedy: "请在首页源代码的 <head> 里写上备案的网站名称并发布：<title>{service}</title>。使用建站平台的，可在后台的“网站设置”或“SEO 设置”中填写首页标题。",
        bad: "<title>Document</title>",
        good: "<title>示例商城 - 首页</title>",
    },
    en: Words {
        problem: "The homepage has no title, or the default one of an editor",
        doubt: "Please check whether the homepage has a title: none, or an editor's default, was seen",
        checks: "Reads the title element of the homepage. None, an empty one, or a default that editors and frameworks write, such as Document, 无标题文档, Home or index, is what this rule finds. A page whose title a script writes is handed to a person.",
        why: "Once filed, the title of the homepage (the text of the browser's tab) should agree with the filed name of the site; without one there is nothing to compare.",
        cause: "The page came from an editor or a template, and the title was never filled in.",
        remedy: "Please write the filed name of the site into the <head> of the homepage and publish it: <title>{service}</title>. In a site builder the title is usually found under the site's or the SEO settings.",
        bad: "<title>Document</title>",
        good: "<title>示例商城 - 首页</title>",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    if !matches!(standing(case), Standing::Missing | Standing::Default) {
        let title = found(case);
        return pass(format!("标题为“{}”", title.zh), format!("the title is \"{}\"", title.en));
    }
    let remedy = case.filing.service_name.is_none().then(|| {
        Text::new(
            TEXTS.zh.remedy.replace("{service}", "备案的网站名称"),
            TEXTS.en.remedy.replace("{service}", "the filed name of the site"),
        )
    });
    let defect =
        Defect { expected: expected(case), found: found(case), remedy, ..Defect::default() };
    match doubt(case) {
        Some(reason) => review(defect, reason),
        None => Outcome::Fail(defect),
    }
}
