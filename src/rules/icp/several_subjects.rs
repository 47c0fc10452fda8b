use super::remedy_with;
use crate::filing::Domain;
use crate::page::{Kind, Link, ShownNumber, Zone};
use crate::policy::Level;
use crate::record::{FilingNumber, Form, Number};
use crate::rules::{Check, Defect, Na, Outcome, PageCase, Rule, Text, Texts, Words, law};
use url::Url;

/// ICP009
pub(super) const RULE: Rule = Rule {
    code: "ICP009",
    name: "numbers-of-several-subjects",
    level: Level::Warning,
    needs: &[],
    yields_to: &["ICP001", "ICP002", "ICP003", "ICP004", "ICP005", "ICP010"],
    sources: &["Huawei Cloud 17.4.2"],
    law: &[&law::SHOWN],
    texts: TEXTS,
    check: Check::Page(check),
};

/// Subjects from which the foot is a list of other people's sites.
const LIST: usize = 6;

/// Words before a number that say whose it is: not this site's.
const OF_OTHERS: [&str; 12] = [
    "友情链接",
    "合作伙伴",
    "技术支持",
    "网站建设",
    "网站制作",
    "设计制作",
    "建站",
    "提供技术",
    "托管",
    "友链",
    "powered by",
    "designed by",
];

fn check(case: &PageCase<'_>) -> Outcome {
    let mut subjects: Vec<(FilingNumber, &ShownNumber)> = Vec::new();
    for (subject, shown) in at_foot(case) {
        if !subjects.iter().any(|(known, _)| known.same_subject(&subject)) {
            subjects.push((subject, shown));
        }
    }
    match subjects.as_slice() {
        [] => Outcome::Na(Na::Other(Text::new(
            "页脚没有可以比较的备案号",
            "the foot of the page has no record number to compare",
        ))),
        [(_, shown)] => Outcome::Pass(Text::same(shown.text.clone())),
        several if several.len() >= LIST => Outcome::Na(Na::Other(Text::new(
            "页脚列有许多网站的备案号，看来是网站目录",
            "the foot lists the numbers of many sites, as a directory does",
        ))),
        several => Outcome::Fail(defect(case, several)),
    }
}

/// The numbers of websites at the foot that are not marked as somebody else's. One of a
/// hidden element or an app, or a placeholder, is the matter of other rules.
fn at_foot<'a>(case: &PageCase<'a>) -> impl Iterator<Item = (FilingNumber, &'a ShownNumber)> {
    let own = case.filing.filing_number().cloned();
    let here = Url::parse(case.url).ok();
    let shown = case.page.record_numbers.iter().filter(|number| {
        number.visible
            && number.zone == Zone::Footer
            && number.kind == Kind::Filing
            && number.form != Form::Placeholder
    });
    shown.filter_map(move |shown| match shown.number()? {
        Number::Filing(number) if number.suffix.is_none() => {
            let is_own = own.as_ref().is_some_and(|own| number.same_subject(own));
            (is_own || !is_of_other(shown, here.as_ref())).then_some((number, shown))
        }
        _ => None,
    })
}

/// Whether a number is marked as somebody else's: by the words before it, or by a link to
/// another site.
fn is_of_other(shown: &ShownNumber, here: Option<&Url>) -> bool {
    let before = shown.before.to_lowercase();
    let is_example = before.ends_with(['如', '像', '“', '"', '「']);
    if is_example || OF_OTHERS.iter().any(|word| before.contains(word)) {
        return true;
    }
    let domain = |url: &Url| Some(Domain::parse(url.host_str()?).ok()?.registrable().to_owned());
    shown.link == Link::Other
        && here.is_some_and(|here| {
            here.join(&shown.href).ok().and_then(|target| domain(&target)) != domain(here)
        })
}

fn defect(case: &PageCase<'_>, subjects: &[(FilingNumber, &ShownNumber)]) -> Defect {
    let numbers: Vec<&str> = subjects.iter().map(|(_, shown)| shown.text.as_str()).collect();
    let expected = match super::exact(case) {
        Some(exact) => Text::new(
            format!("只有本网站的 {exact}"),
            format!("the site's own {exact} and no other"),
        ),
        None => Text::new("只有一个主体的备案号", "numbers of one subject only"),
    };
    Defect {
        expected,
        found: Text::new(numbers.join("、"), numbers.join(", ")),
        place: Text::new("页脚", "the foot of the page"),
        remedy: remedy_with(case, &TEXTS, super::exact(case)),
        ..Defect::default()
    }
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页底部同时展示了不同主体的备案号",
        doubt: "首页底部有不同主体的备案号，请核对哪一个属于本网站",
        checks: "比较页脚里看得见的备案号：省份简称和“号”前的数字不同，就是不同的主体。注明是友情链接、技术支持的，链接到别人网站的，文章里提到的，以及 APP 的号码都不算；一次列出许多网站号码的目录也不算。页面上没有本网站号码的，由 ICP002 判断。",
        why: "首页底部的备案号表明网站由谁主办。同时出现几个主体的号码，访问者和核查人员都无法判断网站属于谁，也可能意味着网站内容与备案主体不符。",
        cause: "网站模板或代码来自别的网站，原有的号码没有删净；网站转让或更换主体后新旧号码并存；或者几家单位共用一个网站。",
        remedy: "请确认页脚里每个号码属于谁：只保留本网站自己的 {number}，删除其他主体的号码；确实需要注明合作单位或技术支持单位的，请写明对方名称，并与本网站的备案号分开。",
        bad: "页脚写着：京ICP备2099000123号-1　沪ICP备2099000456号-1",
        good: "页脚写着：京ICP备2099000123号-1　技术支持：示例网络 沪ICP备2099000456号-1",
    },
    en: Words {
        problem: "The foot of the homepage shows record numbers of different subjects",
        doubt: "The foot of the homepage shows record numbers of different subjects; please check which one is this site's",
        checks: "Compares the visible record numbers at the foot: where the province letter or the digits before 号 differ, the subjects do. Numbers marked as a friend's or a supplier's, linked to somebody else's site, named in an article, or of an app do not count, nor does a directory that lists many. Where the site's own number is missing, ICP002 says so.",
        why: "The number at the foot of the homepage tells who runs the site. With numbers of several subjects neither visitors nor inspectors can tell whose it is, and its content may not agree with its filing.",
        cause: "A template or code came from another site and its number was left in; old and new numbers stand side by side since the site changed hands; or several bodies share one site.",
        remedy: "Please find out whose each number is: keep the site's own {number} and remove those of others. Where a partner or supplier has to be named, name them, and keep that apart from the site's own number.",
        bad: "The foot shows: 京ICP备2099000123号-1 沪ICP备2099000456号-1",
        good: "The foot shows: 京ICP备2099000123号-1 技术支持：示例网络 沪ICP备2099000456号-1",
    },
};
