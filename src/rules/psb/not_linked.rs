use super::linked::{Linked, linked};
use super::{TARGET_CHARS, anchor, digits, judged, place, record_page};
use crate::page::ShownPolice;
use crate::policy::Level;
use crate::rules::sight::{doubt_of_foot, pass, quoted, review};
use crate::rules::{Check, Defect, Na, Outcome, PageCase, Rule, Text, Texts, Words, law, lnk};

/// PSB004
pub(super) const RULE: Rule = Rule {
    code: "PSB004",
    name: "police-number-not-linked",
    level: Level::Warning,
    needs: &[],
    yields_to: &[],
    sources: &["Tencent Cloud, after filing: 获取并添加公安备案号", "Huawei Cloud 19.1"],
    law: &[&law::POLICE],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页的公安备案号没有链接到公安机关现用的备案查询页，或链接的不是这个号码",
        doubt: "请核对首页的公安备案号是否链接到它的备案查询页",
        checks: "公安备案号应链接到 beian.mps.gov.cn 上这个号码的查询页，链接里的编号与页面上的号码相同；同一号码有一处链接正确即可。2023 年以前的 www.beian.gov.cn 仍会跳转，予以认可，但建议更新。链接到工信部网站的由 LNK005 判断。",
        why: "公安联网备案通过后，平台提供的代码带有指向查询页的链接，网站应把这段代码放在首页底部，供公众查询核对。",
        cause: "只录入了号码，没有使用平台提供的代码；或从其他网站复制代码后没有修改链接里的编号。",
        remedy: "请登录全国互联网安全管理服务平台（beian.mps.gov.cn），在已备案网站的详情中复制备案号代码，整段替换页脚里的号码并发布。",
        bad: "<span>粤公网安备44030099000123号</span>",
        good: "<a href=\"https://beian.mps.gov.cn/#/query/webSearch?code=44030099000123\">粤公网安备44030099000123号</a>",
    },
    en: Words {
        problem: "The police record number is not linked to its record at the police's present site, or the link is of another number",
        doubt: "Please check whether the police record number is linked to its record",
        checks: "The number should link to its own record at beian.mps.gov.cn, the code in the link being the number shown; of several occurrences one is enough. www.beian.gov.cn, in use until 2023, still redirects and is accepted, with the advice to update it. A link to the ministry is for LNK005.",
        why: "The line that the platform hands out once the record is granted carries a link to the record; it belongs at the foot of the homepage, so that the public can look the number up.",
        cause: "The number was typed instead of pasting the platform's line; or the line of another site was copied and the code in its link left as it was.",
        remedy: "Please sign in at the police's service platform (beian.mps.gov.cn), copy the line of the number from the details of the site, put it in place of the present one and publish it.",
        bad: "<span>粤公网安备44030099000123号</span>",
        good: "<a href=\"https://beian.mps.gov.cn/#/query/webSearch?code=44030099000123\">粤公网安备44030099000123号</a>",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    let number = match judged(case) {
        Ok(number) => number,
        Err(na) => return Outcome::Na(na),
    };
    let best = case
        .page
        .police_numbers
        .iter()
        .filter(|other| other.visible && other.canonical == number.canonical)
        .map(|other| (linked(other), other))
        .min_by_key(|(linked, _)| *linked);
    let (linked, number) = best.unwrap_or((Linked::Not, number));
    let target = quoted(&number.href, TARGET_CHARS);
    match linked {
        Linked::Well => pass(
            format!("{} 链接到 {target}", number.text),
            format!("{} leads to {target}", number.text),
        ),
        Linked::Ministry if lnk::speaks(case) => Outcome::Na(Na::Yields("LNK005")),
        _ => match doubt_of_foot(case) {
            Some(reason) => review(defect(number, linked), reason),
            None => Outcome::Fail(defect(number, linked)),
        },
    }
}

fn defect(number: &ShownPolice, linked: Linked) -> Defect {
    let target = quoted(&number.href, TARGET_CHARS);
    let found = match linked {
        _ if target.trim().is_empty() => {
            Text::new(format!("{}（没有链接）", number.text), format!("{} (no link)", number.text))
        }
        _ => Text::same(format!("{} → {target}", number.text)),
    };
    let code = digits(number).unwrap_or_default();
    let anchor = anchor(&code, &number.text);
    let remedy = Text::new(
        format!(
            "请确认页面上的号码无误，再把这段代码放到页脚并发布：{anchor}。也可登录 beian.mps.gov.cn，在已备案网站的详情中复制代码和图标。"
        ),
        format!(
            "Please make sure that the number on the page is right, then put this line at the \
             foot of the page and publish it: {anchor}. The line and the icon can also be copied \
             from the details of the site at beian.mps.gov.cn."
        ),
    );
    Defect {
        expected: Text::same(record_page(number)),
        found,
        place: place(),
        cause: cause(linked),
        remedy: Some(remedy),
        ..Defect::default()
    }
}

fn cause(linked: Linked) -> Option<Text> {
    match linked {
        Linked::OldHost => Some(Text::new(
            "链接使用的是 2023 年以前的地址 www.beian.gov.cn，目前仍会跳转，建议更新为现在的地址。",
            "The link uses the address from before 2023, www.beian.gov.cn, which still redirects; \
             it is advisable to update it.",
        )),
        Linked::OtherCode => Some(Text::new(
            "链接里的编号与页面上的号码不同：可能从其他网站复制后没有修改，也可能页面上的号码写错了。",
            "The code in the link is not the number shown: either the line came from another site \
             and was not adapted, or the number on the page is wrong.",
        )),
        Linked::NoCode => Some(Text::new(
            "链接到了公安机关的网站，但没有指向这个号码的查询页。",
            "The link leads to the police's site, but not to the record of this number.",
        )),
        Linked::Well | Linked::Ministry | Linked::Not => None,
    }
}
