use super::{Fault, TARGET_CHARS, verdict};
use crate::page::ShownPolice;
use crate::policy::Level;
use crate::rules::psb::record_page;
use crate::rules::sight::quoted;
use crate::rules::{Check, Defect, Outcome, PageCase, Rule, Text, Texts, Words, law};

/// LNK005
pub(super) const RULE: Rule = Rule {
    code: "LNK005",
    name: "links-crossed",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &[
        "the hosts of both authorities as the providers print them: Tencent Cloud 备案号悬挂说明, Huawei Cloud 19.1",
    ],
    law: &[&law::SHOWN],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页的 ICP 备案号与公安备案号的链接弄混了",
        doubt: "请核对首页的 ICP 备案号与公安备案号是否各自链接到对应的网站",
        checks: "ICP 备案号应链接到工信部备案网站 beian.miit.gov.cn，公安备案号应链接到公安机关的备案网站 beian.mps.gov.cn；其中任何一个链接到对方的网站，都属于此项。",
        why: "两个号码由不同部门管理，公众要在各自的网站上才能查询核对。",
        cause: "两段代码相邻，粘贴链接地址时放反了，或复制后忘了修改其中一个。",
        remedy: "请把备案号的链接改为 https://beian.miit.gov.cn/ ，完整代码为：<a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>；公安备案号的代码请从全国互联网安全管理服务平台（beian.mps.gov.cn）重新复制。",
        bad: "<a href=\"http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=11010802000099\">京ICP备2099000123号-1</a>",
        good: "备案号链接到 beian.miit.gov.cn，公安备案号链接到 beian.mps.gov.cn",
    },
    en: Words {
        problem: "The links of the ICP record number and the police record number are mixed up",
        doubt: "Please check whether the ICP record number and the police record number are each linked to their own site",
        checks: "The ICP number has to lead to the ministry's filing site, beian.miit.gov.cn, the police number to the police site, beian.mps.gov.cn. Either leading to the other's site is what this rule finds.",
        why: "Two authorities keep the two numbers, and the public can look up each of them on its own site only.",
        cause: "The two lines stand side by side, and the targets were swapped or one was copied and not changed.",
        remedy: "Please set the link of the record number to https://beian.miit.gov.cn/; the whole line is: <a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>. The line of the police number is best copied again from the police site, beian.mps.gov.cn.",
        bad: "<a href=\"http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=11010802000099\">京ICP备2099000123号-1</a>",
        good: "The record number leads to beian.miit.gov.cn, the police number to beian.mps.gov.cn",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    verdict(case, &RULE, Fault::Crossed)
}

/// The other way round: the record number may be well, the police number leads to the ministry.
pub(super) fn police_to_ministry(police: &ShownPolice) -> Defect {
    let page = record_page(police);
    let anchor = format!("<a href=\"{page}\" target=\"_blank\">{}</a>", police.text);
    Defect {
        expected: Text::same(page),
        found: Text::same(format!("{} → {}", police.text, quoted(&police.href, TARGET_CHARS))),
        place: Text::new("公安备案号", "the police number"),
        remedy: Some(Text::new(
            format!(
                "请把公安备案号的链接改为公安机关的备案网站，完整代码为：{anchor}。ICP 备案号的链接仍为 https://beian.miit.gov.cn/ 。"
            ),
            format!(
                "Please link the police number to the police site; the whole line is: {anchor}. \
                 The ICP record number stays linked to https://beian.miit.gov.cn/."
            ),
        )),
        ..Defect::default()
    }
}
