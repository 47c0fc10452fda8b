use super::{Reading, accuse};
use crate::policy::Level;
use crate::rules::{Check, Outcome, PageCase, Rule, Texts, Words, law};

/// ICP005
pub(super) const RULE: Rule = Rule {
    code: "ICP005",
    name: "wrong-service-serial",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &["Huawei Cloud 8.3, 8.6, 17.4.4(2)"],
    law: &[&law::SHOWN, &law::PROMINENT],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页展示的备案号主体正确，但序号不是本网站的",
        doubt: "请核对首页备案号的序号是否为本网站的",
        checks: "主体备案号相同时，再比较“-”后面的网站序号。名单里的备案号不带序号，或访问最终到达同一主体的另一个备案网站时，不作判断。",
        why: "“-1”“-2”区分同一主体名下的不同网站，首页须标明本网站自己的备案号，公众据此才能核对到本网站的备案信息。",
        cause: "同一主体的多个网站共用了页脚模板；或者网站注销后重新备案，序号已经改变。",
        remedy: "请把页脚的备案号改为本网站的号码，完整代码为：<a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>。可在 https://beian.miit.gov.cn/ 按域名 {domain} 查询确认序号。",
        bad: "本网站备案号为 京ICP备2099000123号-1，页脚写着 京ICP备2099000123号-3",
        good: "页脚写着 京ICP备2099000123号-1",
    },
    en: Words {
        problem: "The record number on the homepage is of the right subject, but its serial is not this site's",
        doubt: "Please check whether the serial of the record number on the homepage is this site's",
        checks: "Where the subject agrees, the serial behind the hyphen is compared. Nothing is said where the filed number has no serial, or where the visit ends at another filed site of the same subject.",
        why: "The serials tell the sites of one subject apart. The homepage must show the number of this very site, so that the public can look it up.",
        cause: "Several sites of one subject share the foot of their pages; or the site was filed again and has got another serial.",
        remedy: "Please change the number at the foot of the page to this site's; the whole line is: <a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>. The serial can be looked up by the domain {domain} at https://beian.miit.gov.cn/.",
        bad: "The site is filed as 京ICP备2099000123号-1, its foot shows 京ICP备2099000123号-3",
        good: "The foot shows 京ICP备2099000123号-1",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    accuse(case, &RULE, Reading::WrongSerial)
}
