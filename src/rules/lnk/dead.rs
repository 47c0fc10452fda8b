use super::{Fault, quoted, verdict};
use crate::policy::Level;
use crate::rules::{Check, Defect, Outcome, PageCase, Rule, Text, Texts, Words, law};

/// LNK006
pub(super) const RULE: Rule = Rule {
    code: "LNK006",
    name: "link-cannot-be-followed",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &["Huawei Cloud 8.6"],
    law: &[&law::SHOWN],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页的备案号虽做成了链接，但链接是空的，点击后到不了工信部备案网站",
        doubt: "请核对点击首页的备案号能否打开工信部备案网站",
        checks: "备案号的链接是否为空、只有“#”或以“javascript:”开头；用浏览器打开过首页的，还看链接是否被别的内容盖住、点不到。旁边另有指向工信部的链接时视为符合。",
        why: "《非经营性互联网信息服务备案管理办法》要求在首页标明备案编号的同时，按要求链接至工信部备案管理系统，供公众查询核对；未链接的，由省通信管理局责令改正，并处五千元以上一万元以下罚款。",
        cause: "模板里预留的链接没有填写地址，或地址录入时丢失。",
        remedy: "请填上链接地址 https://beian.miit.gov.cn/ ，完整代码为：<a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>。发布后点击备案号，确认能打开工信部备案网站。",
        bad: "<a href=\"#\">京ICP备2099000123号-1</a>",
        good: "<a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">京ICP备2099000123号-1</a>",
    },
    en: Words {
        problem: "The record number is a link, but an empty one: it does not lead to the ministry's filing site",
        doubt: "Please check whether the link behind the record number opens the ministry's filing site",
        checks: "Whether the target of the link is empty, a bare # or begins with javascript:; in a browser, also whether something lies over the link so that a click does not reach it. A link beside the number that goes to the ministry is accepted.",
        why: "The measures on filing non-commercial internet information services ask for the number on the homepage to be linked to the ministry's filing site, so that the public can look it up; where it is not, the provincial communications administration orders a correction and fines 5,000 to 10,000 yuan.",
        cause: "The template left the target open, or it was lost on entering.",
        remedy: "Please enter the target https://beian.miit.gov.cn/; the whole line is: <a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>. Then click the number and check that the ministry's filing site opens.",
        bad: "<a href=\"#\">京ICP备2099000123号-1</a>",
        good: "<a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">京ICP备2099000123号-1</a>",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    verdict(case, &RULE, Fault::Dead)
}

/// The link is right, and something over it takes the click.
pub(super) fn covered(cover: &str, defect: Defect) -> Defect {
    let cover = quoted(cover, 60);
    Defect {
        found: Text::new(
            format!("{}（被 {cover} 盖住，点不到）", defect.found.zh),
            format!("{} (under {cover}, a click does not reach it)", defect.found.en),
        ),
        problem: Some(Text::new(
            "网站首页的备案号链接被别的内容盖住，点击后到不了工信部备案网站",
            "Something lies over the link of the record number: a click does not lead to the ministry's filing site",
        )),
        cause: Some(Text::new(
            format!("页面上的元素 {cover} 盖住了备案号，点击落在它上面。"),
            format!("The element {cover} of the page lies over the number and takes the click."),
        )),
        remedy: Some(Text::new(
            format!(
                "请调整样式，让 {cover} 不再盖住页脚的备案号（或给页脚留出空间）。发布后在浏览器中打开首页，拉到底部点击备案号，确认打开的是 https://beian.miit.gov.cn/ 。"
            ),
            format!(
                "Please change the style so that {cover} no longer lies over the number at the foot of the page, or leave room for it. Then open the homepage in a browser, scroll to its end, click the number and check that https://beian.miit.gov.cn/ opens."
            ),
        )),
        ..defect
    }
}
