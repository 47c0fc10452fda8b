use super::{Fault, verdict};
use crate::policy::Level;
use crate::rules::{Check, Outcome, PageCase, Rule, Texts, Words, law};

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
        checks: "备案号的链接是否为空、只有“#”或以“javascript:”开头。旁边另有指向工信部的链接时视为符合。",
        why: "《非经营性互联网信息服务备案管理办法》要求在首页标明备案编号的同时，按要求链接至工信部备案管理系统，供公众查询核对；未链接的，由省通信管理局责令改正，并处五千元以上一万元以下罚款。",
        cause: "模板里预留的链接没有填写地址，或地址录入时丢失。",
        remedy: "请填上链接地址 https://beian.miit.gov.cn/ ，完整代码为：<a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>。发布后点击备案号，确认能打开工信部备案网站。",
        bad: "<a href=\"#\">京ICP备2099000123号-1</a>",
        good: "<a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">京ICP备2099000123号-1</a>",
    },
    en: Words {
        problem: "The record number is a link, but an empty one: it does not lead to the ministry's filing site",
        doubt: "Please check whether the link behind the record number opens the ministry's filing site",
        checks: "Whether the target of the link is empty, a bare # or begins with javascript:. A link beside the number that goes to the ministry is accepted.",
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
