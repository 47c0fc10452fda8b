use super::is_individual;
use crate::policy::Level;
use crate::rules::icp::unclear;
use crate::rules::sight::{doubt, pass, quoted, review};
use crate::rules::{Check, Defect, Field, Outcome, PageCase, Rule, Text, Texts, Words};

/// CPR001
pub(super) const RULE: Rule = Rule {
    code: "CPR001",
    name: "no-copyright-line",
    level: Level::Warning,
    needs: &[Field::Province],
    yields_to: &[],
    sources: &["Tencent Cloud, after filing: 网站添加版权所有", "Huawei Cloud 19.1"],
    law: &[],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页未见版权所有信息",
        doubt: "检测时未能确定首页是否有版权所有信息，请核对",
        checks: "在页面文字里查找“版权所有”“©”“Copyright”一类的版权信息。江苏等要求添加的省份（可配置）没有的为违规，其他省份只作提醒。页面要靠脚本补全或没有读完整时，提请人工复核。",
        why: "部分省份的通信管理局（如江苏省）要求在网站底部标明版权所有，并与备案的单位名称一致，审核备案时会查看名下已备案的网站；其他省份没有统一要求，建议添加。",
        cause: "制作页脚时没有加上版权信息，或改版时遗漏。",
        remedy: "请在首页底部、备案号旁边加入一行版权信息并发布，例如：<p>© {subject} 版权所有</p>。",
        bad: "页脚只有备案号和联系方式",
        good: "© 2099 示例科技有限公司 版权所有",
    },
    en: Words {
        problem: "No copyright line was seen on the homepage",
        doubt: "Whether the homepage has a copyright line could not be told; please look",
        checks: "Looks for a line with 版权所有, © or Copyright. Without one, sites of the provinces that demand it (Jiangsu; configurable) get a violation, all others a warning. A page that scripts complete, or that was not read to its end, is handed to a person.",
        why: "Some provincial administrations (Jiangsu's, for one) demand a copyright line at the foot of the site that agrees with the filed subject's name, and look at a subject's other sites when a filing comes in; elsewhere it is advisable.",
        cause: "The line was never added, or got lost when the site was redesigned.",
        remedy: "Please add a line at the foot of the homepage, beside the record number, and publish it, e.g.: <p>© {subject} 版权所有</p>.",
        bad: "The foot of the page has the record number and an address only",
        good: "© 2099 示例科技有限公司 版权所有",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    if let Some(line) = case.page.copyright.first() {
        let text = quoted(&line.text, 120);
        return pass(format!("版权信息：{text}"), format!("copyright line: {text}"));
    }
    if let Some(na) = unclear(case) {
        return Outcome::Na(na);
    }
    // Nobody has to publish a person's name: an individual's site signs with its own.
    let holder = match (is_individual(case.filing), &case.filing.service_name) {
        (true, Some(service)) => Some(Text::same(service.clone())),
        (true, None) => Some(Text::new("网站名称", "the site's name")),
        (false, _) if case.filing.subject_name.is_some() => None,
        (false, _) => Some(Text::new("主办单位名称", "the subject's name")),
    };
    let remedy = holder.map(|holder| {
        Text::new(
            TEXTS.zh.remedy.replace("{subject}", &holder.zh),
            TEXTS.en.remedy.replace("{subject}", &holder.en),
        )
    });
    let defect = Defect {
        expected: Text::new(
            "写有版权所有者的一行文字",
            "a line that names the holder of the copyright",
        ),
        found: Text::new("页面可见文字中没有版权信息", "no copyright line in the visible text"),
        remedy,
        ..Defect::default()
    };
    match doubt(case) {
        Some(reason) => review(defect, reason),
        None => Outcome::Fail(defect),
    }
}
