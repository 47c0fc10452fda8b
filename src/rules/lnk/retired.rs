use super::{Fault, verdict};
use crate::policy::Level;
use crate::rules::{Check, Outcome, PageCase, Rule, Texts, Words, law};

/// LNK003
pub(super) const RULE: Rule = Rule {
    code: "LNK003",
    name: "link-to-retired-host",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &[
        "Tencent Cloud, filing guide of 2018 (the old address)",
        "Tencent Cloud, after filing: 备案号悬挂说明 (2025-04)",
    ],
    law: &[&law::SHOWN],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页备案号链接的是工信部已停用的旧地址",
        doubt: "请核对首页备案号的链接是否已换成工信部现用的地址",
        checks: "备案号的链接是否指向旧的 miitbeian.gov.cn、miibeian.gov.cn 等已停用的主机。备案号本身是否正确由其他规则判断。",
        why: "工信部备案管理系统现在的地址是 beian.miit.gov.cn，首页的备案号须链接到这个地址；旧地址已经停用，公众点击后无法查询核对。",
        cause: "页脚是在旧地址还在使用时制作的，之后没有更新。",
        remedy: "号码不用改动，只需把链接地址换成 https://beian.miit.gov.cn/ ，完整代码为：<a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>。发布后点击备案号确认能够打开。",
        bad: "<a href=\"http://www.miitbeian.gov.cn/\">京ICP备2099000123号-1</a>",
        good: "<a href=\"https://beian.miit.gov.cn/\">京ICP备2099000123号-1</a>",
    },
    en: Words {
        problem: "The record number is linked to an address that the ministry has retired",
        doubt: "Please check whether the record number is linked to the ministry's present address",
        checks: "Whether the link leads to miitbeian.gov.cn, miibeian.gov.cn or another retired host. Whether the number itself is right is for other rules.",
        why: "The ministry's filing site is beian.miit.gov.cn today, and the number must be linked to it; the old addresses are out of use, and nobody can look the number up there.",
        cause: "The foot of the page was made when the old address was still in use and has not been updated.",
        remedy: "The number can stay; only the target of the link has to become https://beian.miit.gov.cn/. The whole line is: <a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>. Then click the number and check that the site opens.",
        bad: "<a href=\"http://www.miitbeian.gov.cn/\">京ICP备2099000123号-1</a>",
        good: "<a href=\"https://beian.miit.gov.cn/\">京ICP备2099000123号-1</a>",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    verdict(case, &RULE, Fault::Retired)
}
