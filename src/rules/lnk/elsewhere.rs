use super::{Fault, verdict};
use crate::policy::Level;
use crate::rules::{Check, Outcome, PageCase, Rule, Texts, Words, law};

/// LNK002
pub(super) const RULE: Rule = Rule {
    code: "LNK002",
    name: "link-leads-elsewhere",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &["Huawei Cloud 8.6, 17.4.4(1)"],
    law: &[&law::SHOWN],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页备案号的链接没有指向工信部备案网站",
        doubt: "请核对首页备案号的链接是否指向工信部备案网站",
        checks: "备案号的链接应指向 beian.miit.gov.cn（带 www 亦可，协议、路径不限）。许可证号还可以链接到工信部的许可证查询网站，或本站的许可证图片、页面。旁边另有指向工信部的链接时视为符合。",
        why: "《非经营性互联网信息服务备案管理办法》要求在首页标明备案编号的同时，按要求链接至工信部备案管理系统，供公众查询核对；未链接的，由省通信管理局责令改正，并处五千元以上一万元以下罚款。",
        cause: "链接填成了本站首页、查询工具网站或建站服务商的地址。",
        remedy: "请把备案号的链接地址改为 https://beian.miit.gov.cn/ ，完整代码为：<a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>。发布后点击备案号确认。",
        bad: "<a href=\"https://tool.example/icp\">京ICP备2099000123号-1</a>",
        good: "<a href=\"https://beian.miit.gov.cn/#/Integrated/index\">京ICP备2099000123号-1</a>",
    },
    en: Words {
        problem: "The link behind the record number does not lead to the ministry's filing site",
        doubt: "Please check whether the link behind the record number leads to the ministry's filing site",
        checks: "The number must link to beian.miit.gov.cn (www before it, any scheme and any path are fine). A licence number may also link to the ministry's licence query, or to a picture or page of the certificate on the site itself. A link beside the number that goes to the ministry is accepted.",
        why: "The measures on filing non-commercial internet information services ask for the number on the homepage to be linked to the ministry's filing site, so that the public can look it up; where it is not, the provincial communications administration orders a correction and fines 5,000 to 10,000 yuan.",
        cause: "The link was set to the site's own homepage, a look-up tool or the site builder.",
        remedy: "Please change the target of the link to https://beian.miit.gov.cn/; the whole line is: <a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>. Then click the number to check.",
        bad: "<a href=\"https://tool.example/icp\">京ICP备2099000123号-1</a>",
        good: "<a href=\"https://beian.miit.gov.cn/#/Integrated/index\">京ICP备2099000123号-1</a>",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    verdict(case, &RULE, Fault::Elsewhere)
}
