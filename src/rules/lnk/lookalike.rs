use super::{Fault, verdict};
use crate::policy::Level;
use crate::rules::{Check, Outcome, PageCase, Rule, Texts, Words, law};

/// LNK004
pub(super) const RULE: Rule = Rule {
    code: "LNK004",
    name: "link-to-lookalike-host",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &[
        "the ministry's host names as the providers print them: Tencent Cloud 备案号悬挂说明, Huawei Cloud 8.6",
    ],
    law: &[&law::SHOWN],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页备案号的链接指向一个与工信部备案网站相似、但并不是它的地址",
        doubt: "请核对首页备案号的链接是否确为工信部备案网站的地址",
        checks: "链接的主机名只是包含 beian.miit.gov.cn 字样、与之只差一两个字符，或把它写在“@”之前的，都不是工信部的网站。",
        why: "备案号须链接至工信部备案管理系统 beian.miit.gov.cn；相似的地址可能是录入错误，也可能是仿冒网站，访问者点击后可能被带到不明页面。",
        cause: "手工录入时写错了地址；使用了来历不明的模板；也不排除网页被人改动过。",
        remedy: "请把链接地址改为 https://beian.miit.gov.cn/ ，完整代码为：<a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>。如果这个地址不是您自己录入的，请检查网站的后台账号和文件是否被他人改动。",
        bad: "<a href=\"https://beian.miit.gov.cn.site.example/\">京ICP备2099000123号-1</a>",
        good: "<a href=\"https://beian.miit.gov.cn/\">京ICP备2099000123号-1</a>",
    },
    en: Words {
        problem: "The record number is linked to an address that resembles the ministry's filing site and is not it",
        doubt: "Please check whether the link behind the record number is truly the ministry's",
        checks: "A host that merely contains beian.miit.gov.cn, differs from it by a character or two, or has it before an @, is not the ministry's.",
        why: "The number must be linked to the ministry's filing site, beian.miit.gov.cn. A similar address may be a slip of the pen or an imitation, and takes visitors to a page that nobody vouches for.",
        cause: "The address was mistyped, or came with a template of unknown origin; or somebody else has changed the page.",
        remedy: "Please change the target of the link to https://beian.miit.gov.cn/; the whole line is: <a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>. Where you did not enter the present address yourself, please check whether somebody else has changed the site's files or accounts.",
        bad: "<a href=\"https://beian.miit.gov.cn.site.example/\">京ICP备2099000123号-1</a>",
        good: "<a href=\"https://beian.miit.gov.cn/\">京ICP备2099000123号-1</a>",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    verdict(case, &RULE, Fault::Lookalike)
}
