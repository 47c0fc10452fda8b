use super::{Reading, exact, judged, occurrences, remedy_with};
use crate::page::ShownNumber;
use crate::policy::Level;
use crate::rules::layout::{Stands, layout, stands};
use crate::rules::sight::{doubt, doubt_of_looks, pass, review, unrun};
use crate::rules::{Check, Defect, Na, Outcome, PageCase, Rule, Text, Texts, Words, law};

/// ICP007
pub(super) const RULE: Rule = Rule {
    code: "ICP007",
    name: "not-at-the-foot",
    level: Level::Warning,
    needs: &[],
    yields_to: &[],
    sources: &["Tencent Cloud, after filing: 备案号悬挂说明 (2025-04)", "Huawei Cloud 8.5"],
    law: &[&law::SHOWN],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页展示了 ICP 备案号，但不在页面底部",
        doubt: "请核对 ICP 备案号是否展示在首页底部",
        checks: "用浏览器打开首页，看备案号离页面末尾有多远。在页面最后一段、页脚、侧栏底部或不长的页面里都算符合，是否居中不作要求；同一号码有一处在底部即符合。没有经过浏览器确认的，提请人工复核。",
        why: "《非经营性互联网信息服务备案管理办法》要求在首页底部的中央位置标明备案编号；放在别处，访问者和核查人员不容易找到。",
        cause: "备案号写进了正文、公告或页面顶部，没有放到页脚。",
        remedy: "请把备案号移到首页最底部（最好居中），完整代码为：<a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>。发布后刷新首页，拉到底部确认看得见。",
        bad: "备案号写在首页中部的“关于我们”里，页脚没有",
        good: "备案号写在页脚：© 2099 示例商城　京ICP备2099000123号-1",
    },
    en: Words {
        problem: "The homepage shows the ICP record number, but not at its foot",
        doubt: "Please check whether the ICP record number stands at the foot of the homepage",
        checks: "Opens the homepage in a browser and measures how far the number is from the page's end. The last stretch of the page, a foot, the foot of a side column and any place on a short page will do, centred or not; one occurrence at the foot is enough. What was not confirmed in a browser is handed to a person.",
        why: "The measures on filing non-commercial internet information services ask for the number at the bottom centre of the homepage; elsewhere, visitors and inspectors hardly find it.",
        cause: "The number was written into the text, a notice or the head of the page rather than its foot.",
        remedy: "Please move the number to the very foot of the homepage, centred if possible; the whole line is: <a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>. Then reload the homepage, scroll to its end and check that the number is seen.",
        bad: "The number stands in an \"about us\" in the middle of the homepage, and not at its foot",
        good: "The number stands at the foot: © 2099 示例商城 京ICP备2099000123号-1",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    let judged = match judged(case) {
        Ok(judged) => judged,
        Err(na) => return Outcome::Na(na),
    };
    match judged.reading {
        Reading::Nameless => return Outcome::Na(Na::Yields("ICP006")),
        Reading::App | Reading::OwnApp => return Outcome::Na(Na::Yields("ICP010")),
        Reading::OtherSubject => return Outcome::Na(Na::Yields("ICP002")),
        _ => {}
    }
    let occurrences = occurrences(case, &judged);
    let of = |place| occurrences.iter().copied().find(|number| stands(case, number) == place);
    if let Some(number) = of(Stands::Foot) {
        let text = &number.text;
        return pass(format!("页脚展示 {text}"), format!("the foot of the page shows {text}"));
    }
    let own = match judged.reading {
        Reading::Accepted | Reading::Uncompared | Reading::UnknownLicence => {
            Some(judged.number.canonical.clone())
        }
        _ => exact(case),
    };
    let number = of(Stands::Above).unwrap_or(judged.number);
    let (zh, en) = part(case, number).unwrap_or(("页面底部之外", "outside of the foot"));
    let defect = Defect {
        expected: Text::new("展示在首页底部", "at the foot of the homepage"),
        found: Text::new(format!("{} 在{zh}", number.text), format!("{} {en}", number.text)),
        remedy: remedy_with(case, &TEXTS, own),
        ..Defect::default()
    };
    let unmeasured = of(Stands::Unknown).map(|_| {
        unrun(
            case,
            "从网页代码看备案号不在页脚，显示在页面的什么位置要在浏览器里才能确认",
            "by the markup the number is not in the foot, and where it is shown takes a browser to tell",
        )
    });
    match unmeasured.or_else(|| doubt(case)).or_else(|| doubt_of_looks(case)) {
        Some(reason) => review(defect, reason),
        None => Outcome::Fail(defect),
    }
}

/// The part of the page in which the browser laid a number out. No figures: they differ from
/// one browser to the next.
fn part(case: &PageCase<'_>, number: &ShownNumber) -> Option<(&'static str, &'static str)> {
    let (height, area) = (i64::from(case.rendered?.height), layout(case, number)?.area);
    Some(if i64::from(area.y) * 4 < height {
        ("页面上部", "in the upper part of the page")
    } else {
        ("页面中部", "in the middle of the page")
    })
}
