use super::{Fault, verdict};
use crate::policy::Level;
use crate::rules::{Check, Outcome, PageCase, Rule, Texts, Words, law};

/// LNK001
pub(super) const RULE: Rule = Rule {
    code: "LNK001",
    name: "number-not-linked",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &[
        "Huawei Cloud 8.6, 17.4.4(1)",
        "Tencent Cloud, after filing: 备案号悬挂说明 (2025-04)",
    ],
    law: &[&law::SHOWN],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页的备案号没有链接到工信部备案网站",
        doubt: "请核对首页的备案号是否链接到工信部备案网站",
        checks: "看页面上正确的备案号（没有正确的则看页脚第一个）是否带有链接。链接只包住号码的一部分，或号码旁边紧挨着指向工信部的链接，都算已链接；同一号码出现多次，有一处链接正确即可。",
        why: "《非经营性互联网信息服务备案管理办法》要求在首页标明备案编号的同时，按要求链接至工信部备案管理系统，供公众查询核对；未链接的，由省通信管理局责令改正，并处五千元以上一万元以下罚款。",
        cause: "备案号是按普通文字录入的；或者编辑器保存时去掉了链接。",
        remedy: "请把页脚的备案号改成下面这行代码并发布：<a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>。发布后点击页脚的备案号，确认打开的是 https://beian.miit.gov.cn/。",
        bad: "<p>京ICP备2099000123号-1</p>",
        good: "<p><a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">京ICP备2099000123号-1</a></p>",
    },
    en: Words {
        problem: "The record number on the homepage is not linked to the ministry's filing site",
        doubt: "Please check whether the record number on the homepage is linked to the ministry's filing site",
        checks: "Looks at the right number of the page, or the first one at its foot where none is right. A link around part of the number, or one close beside it that leads to the ministry, counts; of several occurrences one with the right link is enough.",
        why: "The measures on filing non-commercial internet information services ask for the number on the homepage to be linked to the ministry's filing site, so that the public can look it up; where it is not, the provincial communications administration orders a correction and fines 5,000 to 10,000 yuan.",
        cause: "The number was typed as plain text, or an editor dropped the link on saving.",
        remedy: "Please replace the number at the foot of the page by this line and publish it: <a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>. Then click the number and check that https://beian.miit.gov.cn/ opens.",
        bad: "<p>京ICP备2099000123号-1</p>",
        good: "<p><a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">京ICP备2099000123号-1</a></p>",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    verdict(case, &RULE, Fault::Unlinked)
}
