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
        checks: "同一主体的几个备案域名直接打开同一个网站（最终到达同一主机，或者页面内容完全相同），各有自己的网站备案号时，页面应展示不带“-1”“-2”等序号的主体备案号；其中只有一个域名提供页面、其余跳转或别名（CNAME）到它的，展示它的网站备案号。规则配置要求广东从严执行时，广东的网站也展示主体备案号；默认配置下两种号码都认可。",
        why: "多个域名直接指向同一个网站时，页面底部悬挂主体备案号，一个网站的序号不能代表其他域名。另外，部分接入商要求广东省的网站标明主体备案号、不带序号；腾讯云的说明则对广东两种号码都认可，从严的口径按前者检测。",
        cause: "填写了带序号的网站备案号，而不是主体备案号。",
        remedy: "请去掉页脚备案号后面的序号，完整代码为：<a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{expected}</a>。发布后刷新首页核对。",
        bad: "site.example 和 shop.example 直接打开同一个页面，页脚写着 京ICP备2099000123号-1",
        good: "页脚写着 京ICP备2099000123号；或者 shop.example 跳转到 site.example，页脚写着后者的 京ICP备2099000123号-1",
    },
    en: Words {
        problem: "The homepage shows the site's number with its serial, where the subject's number without a serial is asked for",
        doubt: "Please check whether the homepage shows the subject's number without a serial",
        checks: "Where several filed domains of one subject, each with a number of its own, directly open one site (they end at one host, or show the very same page), the page shows the subject's number without a serial; where one of them serves the page and the others redirect or are aliases (CNAME) to it, that one's number. The strict reading asks it of all sites of Guangdong; by default either number passes there.",
        why: "Where several domains point directly at one site, the foot of the page shows the subject's number: the serial of one cannot stand for the others. Besides, some access providers ask the sites of Guangdong for the subject's number, while Tencent Cloud accepts either; the strict reading follows the former.",
        cause: "The number of one site, with its serial, was put there in place of the subject's.",
        remedy: "Please remove the serial from the number at the foot of the page; the whole line is: <a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{expected}</a>. Then reload the homepage to check.",
        bad: "site.example and shop.example open the same page directly, and its foot shows 京ICP备2099000123号-1",
        good: "The foot shows 京ICP备2099000123号; or shop.example redirects to site.example, whose foot shows its 京ICP备2099000123号-1",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    accuse(case, &RULE, Reading::ServiceForSubject)
}
