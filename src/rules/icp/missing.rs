use super::yardstick::Yardstick;
use super::{Reading, Standing, remedy_with, shown_as_required, standing};
use crate::policy::Level;
use crate::rules::sight::review;
use crate::rules::{Check, Defect, Na, Outcome, PageCase, Rule, Text, Texts, Words, law};

/// ICP001
pub(super) const RULE: Rule = Rule {
    code: "ICP001",
    name: "no-record-number",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &[
        "Tencent Cloud, after filing: 备案号悬挂说明 (2025-04)",
        "Huawei Cloud 8.6, 17.4.4(2)",
    ],
    law: &[&law::SHOWN, &law::PROMINENT],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页未见 ICP 备案号",
        doubt: "检测时未能确定首页是否展示 ICP 备案号，请核对",
        checks: "在访问者看得见的页面文字里查找备案号或许可证号：先看页脚，页脚没有再看正文。脚本、注释和网页属性里的号码不算展示。网页要靠脚本补全、没有读完整时，不下结论，只提请人工复核。网页里有号码而访问者看不见的，由 ICP008 判断。",
        why: "《非经营性互联网信息服务备案管理办法》要求在网站开通时于首页底部中央标明备案编号，并链接至工信部备案管理系统；未标明的，由住所所在地的省通信管理局责令改正，并处五千元以上一万元以下罚款。",
        cause: "网站改版、更换模板或迁移时，页脚里的备案号没有带过来。",
        remedy: "请在网站首页底部居中位置加入这行代码并发布：<a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>。发布后刷新首页，确认页面底部能看到这个号码、点击能打开工信部备案网站。网站由建站平台或服务商维护的，把这行代码发给对方即可。",
        bad: "页脚只有：© 2099 示例商城",
        good: "页脚写着：© 2099 示例商城　京ICP备2099000123号-1",
    },
    en: Words {
        problem: "No ICP record number was seen on the homepage",
        doubt: "Whether the homepage shows an ICP record number could not be told; please look",
        checks: "Looks for a record or licence number in the text that a visitor sees: at the foot of the page first, in the body where the foot has none. Numbers in scripts, comments and attributes do not count. A page that scripts complete and that was not seen in a browser, or that was not read to its end, is handed to a person instead. A number that is in the page and that no visitor sees is for ICP008.",
        why: "The measures on filing non-commercial internet information services ask for the record number at the bottom centre of the homepage from the day the site opens, linked to the ministry's filing site. Without it the provincial communications administration orders a correction and fines 5,000 to 10,000 yuan.",
        cause: "The number was left behind when the site was redesigned, given another template or moved.",
        remedy: "Please add this line at the bottom centre of the homepage and publish it: <a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>. Then reload the homepage and check that the number can be seen at its foot and opens the ministry's filing site. Where a site builder or a supplier keeps the site, send them this line.",
        bad: "The foot of the page only says: © 2099 示例商城",
        good: "The foot of the page says: © 2099 示例商城 京ICP备2099000123号-1",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    match standing(case) {
        Standing::Shown(judged) => match judged.reading {
            Reading::Nameless => Outcome::Na(Na::Yields("ICP006")),
            Reading::App | Reading::OwnApp => Outcome::Na(Na::Yields("ICP010")),
            _ => shown_as_required(judged.number),
        },
        Standing::Missing => Outcome::Fail(defect(case)),
        Standing::Unclear(reason) => review(defect(case), reason),
        Standing::Hidden(_) => Outcome::Na(Na::Yields("ICP008")),
    }
}

fn defect(case: &PageCase<'_>) -> Defect {
    let yardstick = Yardstick::of(case);
    let length = case.page.text_length;
    Defect {
        expected: yardstick.expected(),
        found: match length {
            0 => Text::new("页面没有可见的文字", "the page has no visible text"),
            _ => Text::new(
                format!("页面可见文字约 {length} 字，其中没有备案号"),
                format!("no record number in the {length} visible characters of the page"),
            ),
        },
        remedy: remedy_with(case, &TEXTS, yardstick.exact()),
        ..Defect::default()
    }
}
