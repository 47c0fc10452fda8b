use super::{Judged, Reading, judged, shown_as_required, speaker, wrong};
use crate::policy::Level;
use crate::rules::{Check, Na, Outcome, PageCase, Rule, Texts, Words, law};

/// ICP010
pub(super) const RULE: Rule = Rule {
    code: "ICP010",
    name: "number-of-an-app",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &["Huawei Cloud 9.16"],
    law: &[&law::SHOWN, &law::PROMINENT],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页展示的是 APP、小程序或快应用的备案号，没有网站自己的备案号",
        doubt: "请核对首页是否展示网站自己的备案号：检测时只看到 APP、小程序或快应用的备案号",
        checks: "序号后带字母 A（APP）、X（小程序）、K（快应用）的号码不是网站的备案号。页面上另有网站备案号或许可证号的，不作此项判断。",
        why: "网站、APP、小程序、快应用在同一主体下统一编排序号，并以后缀区分；网站首页须标明网站自己的备案号，不带字母后缀。",
        cause: "把 APP 或小程序的备案号当作网站备案号填进了页脚。",
        remedy: "请在页脚加上网站自己的备案号，完整代码为：<a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>。APP 的备案号可以同时保留，但不能代替网站的备案号。",
        bad: "网站页脚只写着 京ICP备2099000123号-2A",
        good: "页脚写着 京ICP备2099000123号-1　APP备案号：京ICP备2099000123号-2A",
    },
    en: Words {
        problem: "The homepage shows the record number of an app, mini program or quick app, and none of the site's own",
        doubt: "Please check whether the homepage shows the site's own number: only that of an app, mini program or quick app was seen",
        checks: "A letter behind the serial, A (app), X (mini program) or K (quick app), tells that the number is no website's. Where the page shows a website's number or a licence as well, this rule passes it on.",
        why: "Sites, apps, mini programs and quick apps of one subject share one row of serials and are told apart by the suffix. The homepage of a site must show the site's own number, which has no letter.",
        cause: "The number of the app or mini program was taken for the site's.",
        remedy: "Please add the site's own number at the foot of the page: <a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>. The app's number may stay beside it, but does not replace it.",
        bad: "The foot of the site only shows 京ICP备2099000123号-2A",
        good: "The foot shows 京ICP备2099000123号-1 APP备案号：京ICP备2099000123号-2A",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    match judged(case) {
        Err(na) => Outcome::Na(na),
        Ok(judged) => verdict(case, &judged),
    }
}

fn verdict(case: &PageCase<'_>, judged: &Judged<'_>) -> Outcome {
    match judged.reading {
        Reading::App | Reading::OwnApp => wrong(case, judged, &RULE),
        Reading::Nameless => Outcome::Na(Na::Yields(speaker(Reading::Nameless))),
        _ => shown_as_required(judged.number),
    }
}
