use super::registered::{Said, accused, by_domain, said, same_subject, shown};
use crate::policy::Level;
use crate::rules::{Check, Outcome, RegistryCase, Rule, Texts, Words, law};

/// ICP011
pub(super) const RULE: Rule = Rule {
    code: "ICP011",
    name: "registry-disagrees",
    level: Level::Violation,
    needs: &[],
    yields_to: &["FIL001"],
    sources: &["Tencent Cloud, filing FAQ: 备案号"],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::Registry(check),
};

fn check(case: &RegistryCase<'_>) -> Outcome {
    let subject = case.filing.filing_number();
    let filed = subject.filter(|number| number.serial.is_some());
    let of_filed = filed.map_or(Said::Nothing, |number| said(case, number));
    if let Some(outcome) = filed.and_then(|number| accused(number, &of_filed, true)) {
        return outcome;
    }
    // A page may show several numbers: one that is right is enough. Of another subject's
    // number ICP002 speaks.
    let of_shown: Vec<Option<Outcome>> = shown(case.evidence)
        .iter()
        .filter(|number| subject.is_none_or(|subject| subject.same_subject(number)))
        .map(|number| accused(number, &said(case, number), subject.is_none()))
        .collect();
    if of_shown.iter().all(Option::is_some)
        && let Some(outcome) = of_shown.into_iter().flatten().next()
    {
        return outcome;
    }
    match of_filed {
        Said::Own(entry) => same_subject(case, entry),
        _ => by_domain(case),
    }
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "登记信息显示，网站的备案号已经注销，或者属于其他域名",
        doubt: "请核对网站的备案号：它与登记信息不一致",
        checks: "在用户提供的登记信息文件（--registry，即在工信部备案管理系统查询并导出的结果）里，查找名单中的备案号、页面上展示的备案号和本域名：备案号已注销，或者属于其他域名，即报告；主办单位名称不同，或者登记信息给本域名的是另一个号码，只请人工复核。名称比较不计全角半角、括号和空格。文件没有提到的，不作判断。",
        why: "备案号以工信部备案管理系统的登记为准。备案被注销或从未属于本域名时，网站等于没有备案，接入商应停止接入。",
        cause: "备案被注销而名单没有更新；域名转让后沿用了原来的备案号；或者录入时抄错了号码。",
        remedy: "请在工信部备案管理系统（beian.miit.gov.cn）按域名查询：备案仍然有效的，把查询到的备案号告诉我们并展示在首页；已经注销的，请重新办理备案，通过之前停止网站访问。",
        bad: "名单和页脚都是 京ICP备2099000123号-1，登记信息显示它已注销",
        good: "登记信息中 京ICP备2099000123号-1 属于本域名，状态正常",
    },
    en: Words {
        problem: "The registry says that the site's record number is cancelled, or that of another domain",
        doubt: "Please check the site's record number: it does not agree with the registry",
        checks: "Looks up the filed number, the number shown on the page and the domain in the user's registry file (--registry: what was queried in the ministry's filing system and exported). A number that is cancelled there, or another domain's, is found; another name of the subject, or another number of the domain, is for a person to look at. Width, brackets and spaces of names do not matter. What the file does not mention is not judged.",
        why: "What the ministry's filing system says holds. Where a filing was cancelled, or never was this domain's, the site has none, and access providers have to stop serving it.",
        cause: "The filing was cancelled and the list not brought up to date, a domain was sold and its old number kept, or the number was copied wrongly.",
        remedy: "Look the domain up in the ministry's filing system (beian.miit.gov.cn): where its filing is in force, send us the number that stands there and show it on the homepage; where it is cancelled, file afresh, and take the site down until that is approved.",
        bad: "list and page have 京ICP备2099000123号-1, which the registry says is cancelled",
        good: "the registry has 京ICP备2099000123号-1 for this domain, in force",
    },
};
