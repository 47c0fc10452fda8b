use super::yardstick::Yardstick;
use super::{Judged, Reading, accuse, judged, place, remedy_with};
use crate::policy::Level;
use crate::rules::sight::review;
use crate::rules::{Check, Defect, Outcome, PageCase, Rule, Text, Texts, Words, law};

/// ICP002
pub(super) const RULE: Rule = Rule {
    code: "ICP002",
    name: "number-of-another-subject",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &[
        "Huawei Cloud 8.6, 17.4.4(2)",
        "Tencent Cloud, filing FAQ: 已备案/备案中的网站不符合要求",
    ],
    law: &[&law::SHOWN, &law::PROMINENT],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页展示的备案号与本网站备案的主体不一致",
        doubt: "请核对首页展示的号码是否属于本网站备案的主体",
        checks: "把页面展示的号码与名单中的备案号比较：省份简称和“号”前的数字都相同，才是同一主体。页面上只要有一个看得见的号码正确即为通过；本次备案登记的许可证号同样认可。只展示了名单里没有的许可证号时，提请人工复核。",
        why: "首页标明的备案编号须与工信部备案系统中本网站的编号一致，供公众查询核对；错用他人的备案号等同于没有标明自己的备案号。",
        cause: "使用了他人网站的模板或代码，原有的备案号没有替换；备案主体变更后没有更新页脚；或名单里的备案号已过时。",
        remedy: "请把页脚里的号码换成本网站自己的，代码为：<a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>。发布后可在 https://beian.miit.gov.cn/ 按域名 {domain} 查询核对。如果页面上的号码才是现在有效的，请联系接入商更正备案资料。",
        bad: "本网站备案号为 京ICP备2099000123号-1，页脚却写着 沪ICP备2099000456号-1",
        good: "页脚写着 京ICP备2099000123号-1；友情链接里另有他人网站的号码也不影响",
    },
    en: Words {
        problem: "The record number on the homepage is not of the subject that filed this site",
        doubt: "Please check whether the number on the homepage is of the subject that filed this site",
        checks: "Compares the numbers shown with the filed one: of one subject are those whose province letter and digits before 号 agree. One right number that can be seen is enough, and a licence number of the filing counts as well. Where only a licence is shown that the list does not have, a person has to look.",
        why: "The number on the homepage must be the one under which the ministry's filing system keeps this site, so that the public can look it up; somebody else's number stands in for none.",
        cause: "A template or code of another site was used and its number left in place; the foot of the page was not updated after the filing passed to another subject; or the number in the list is out of date.",
        remedy: "Please replace the number at the foot of the page by the site's own: <a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>. The domain {domain} can then be looked up at https://beian.miit.gov.cn/. Where the number on the page is the valid one, please ask the access provider to correct the filing data.",
        bad: "The site is filed as 京ICP备2099000123号-1, its foot shows 沪ICP备2099000456号-1",
        good: "The foot shows 京ICP备2099000123号-1; another site's number beside it does no harm",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    if let Ok(judged) = judged(case)
        && judged.reading == Reading::UnknownLicence
    {
        return unknown_licence(case, &judged);
    }
    accuse(case, &RULE, Reading::OtherSubject)
}

fn unknown_licence(case: &PageCase<'_>, judged: &Judged<'_>) -> Outcome {
    let yardstick = Yardstick::of(case);
    let defect = Defect {
        expected: yardstick.expected(),
        found: Text::same(judged.number.text.clone()),
        place: place(judged.number),
        remedy: remedy_with(case, &TEXTS, yardstick.exact()),
        ..Defect::default()
    };
    let reason = Text::new(
        "页面只展示了许可证号，名单里没有登记它；它若是本网站的许可证，可以代替备案号",
        "the page shows a licence number only, which the list does not have; if it is this \
         site's, it may stand in place of the record number",
    );
    review(defect, reason)
}
