use super::{Reading, accuse};
use crate::policy::Level;
use crate::rules::{Check, Outcome, PageCase, Rule, Texts, Words, law};

/// ICP004
pub(super) const RULE: Rule = Rule {
    code: "ICP004",
    name: "service-number-for-subject-number",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &["Huawei Cloud 8.6", "Tencent Cloud, filing FAQ: 多个域名指向同一网站"],
    law: &[&law::SHOWN, &law::PROMINENT],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页展示的是带序号的网站备案号，按要求应展示不带序号的主体备案号",
        doubt: "请核对首页是否展示不带序号的主体备案号",
        checks: "规则配置要求展示主体备案号的网站（广东从严执行时），号码不应带“-1”“-2”等序号。默认配置下广东的两种号码都认可，本项不会报告问题。",
        why: "部分接入商要求广东省的网站标明主体备案号、不带序号；腾讯云的说明则对广东两种号码都认可。本次检测采用的是从严的口径。",
        cause: "按其他省份的习惯填写了带序号的网站备案号。",
        remedy: "请去掉页脚备案号后面的序号，完整代码为：<a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{expected}</a>。发布后刷新首页核对。",
        bad: "按从严口径，页脚写着 粤ICP备2099000123号-1",
        good: "页脚写着 粤ICP备2099000123号",
    },
    en: Words {
        problem: "The homepage shows the site's number with its serial, where the subject's number without a serial is asked for",
        doubt: "Please check whether the homepage shows the subject's number without a serial",
        checks: "Where the configured reading asks for the subject's number (Guangdong, read strictly), the number must not carry a serial. By default either number passes in Guangdong, and this rule finds nothing.",
        why: "Some access providers ask the sites of Guangdong for the subject's number without a serial; Tencent Cloud accepts either. This run follows the strict reading.",
        cause: "The number was written as other provinces want it, with the serial.",
        remedy: "Please remove the serial from the number at the foot of the page; the whole line is: <a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{expected}</a>. Then reload the homepage to check.",
        bad: "Under the strict reading, the foot shows 粤ICP备2099000123号-1",
        good: "The foot shows 粤ICP备2099000123号",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    accuse(case, &RULE, Reading::ServiceForSubject)
}
