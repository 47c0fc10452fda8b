use super::{Reading, accuse};
use crate::policy::Level;
use crate::rules::{Check, Outcome, PageCase, Rule, Texts, Words, law};

/// ICP003
pub(super) const RULE: Rule = Rule {
    code: "ICP003",
    name: "subject-number-for-service-number",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &["Huawei Cloud 8.6", "Tencent Cloud, after filing: 备案号悬挂说明 (2025-04)"],
    law: &[&law::SHOWN, &law::PROMINENT],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页展示的是主体备案号，缺少网站序号（如“-1”）",
        doubt: "请核对首页的备案号是否带有本网站的序号（如“-1”）",
        checks: "广东以外省份的网站，展示的号码须带有本网站的序号（如“号-1”）。主体正确、只缺序号的属于此项。名单里的备案号本身不带序号时不作判断；广东的网站按规则配置处理，默认主体备案号和网站备案号都认可。",
        why: "除广东省外，首页底部应标明网站备案号，而不是主体备案号：同一主体名下可以有多个网站，带上序号公众才能核对到这一个。",
        cause: "填写的是备案证明上的主体备案号，漏了网站序号。",
        remedy: "请在页脚的备案号后补上网站序号，完整代码为：<a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>。发布后刷新首页，核对号码与备案资料完全一致。",
        bad: "本网站备案号为 京ICP备2099000123号-1，页脚写着 京ICP备2099000123号",
        good: "页脚写着 京ICP备2099000123号-1；广东的网站写 粤ICP备2099000123号 亦可",
    },
    en: Words {
        problem: "The homepage shows the subject's record number, without the site's serial (such as -1)",
        doubt: "Please check whether the record number on the homepage carries this site's serial (such as -1)",
        checks: "Outside Guangdong the number must carry the serial of this site (as in 号-1). A number of the right subject that only lacks it is what this rule finds. Nothing is said where the filed number has no serial itself; Guangdong's sites are judged by the configured reading, by default either number passes.",
        why: "Everywhere but in Guangdong the homepage must show the site's number, not the subject's: one subject may run several sites, and only the serial lets the public look up this one.",
        cause: "The subject's number was copied from the certificate, without the site's serial.",
        remedy: "Please complete the number at the foot of the page; the whole line is: <a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>. Then reload the homepage and check that the number is exactly the filed one.",
        bad: "The site is filed as 京ICP备2099000123号-1, its foot shows 京ICP备2099000123号",
        good: "The foot shows 京ICP备2099000123号-1; a site of Guangdong may show 粤ICP备2099000123号",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    accuse(case, &RULE, Reading::SubjectForService)
}
