use super::{judged, place, shown};
use crate::page::ShownPolice;
use crate::policy::Level;
use crate::record::{PoliceNumber, Province};
use crate::rules::{Check, Defect, Outcome, PageCase, Rule, Text, Texts, Words, law};

/// PSB003
pub(super) const RULE: Rule = Rule {
    code: "PSB003",
    name: "malformed-police-number",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &[
        "the form of the number as the providers print it: Tencent Cloud 获取并添加公安备案号, Huawei Cloud 19.1",
    ],
    law: &[&law::POLICE],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页的公安备案号写法不规范，或省份简称与号码不符",
        doubt: "请核对首页的公安备案号是否正确",
        checks: "公安备案号应写作“省份简称 + 公网安备 + 14 位数字 + 号”，数字的前两位与省份对应（如粤为 44）。位数不对、属于另一个省份为违规；开头不是任何已知省份的请人工核对（新疆的 66 属于兵团，不算问题）；能认出号码、只是缺字或顺序写错（如“公网备安”、缺“号”）的只作提醒。早年 11 至 13 位的号码、号码前的空格、川、贵、甘等公安机关使用的简称不算问题。",
        why: "公众要凭页面上的号码在公安机关的网站上查询核对，写错的号码查不到备案信息。",
        cause: "手工录入时漏字、写错数字或省份；或套用了其他地区网站的页脚。",
        remedy: "请登录全国互联网安全管理服务平台（beian.mps.gov.cn），在已备案网站的详情中复制备案号代码，替换页脚里手工录入的号码并发布。",
        bad: "京公网安备44030099000123号（44 是广东）；粤公网备安44030099000123号",
        good: "粤公网安备44030099000123号；粤公网安备 44030099000123号",
    },
    en: Words {
        problem: "The police record number on the homepage is malformed, or its province does not fit its digits",
        doubt: "Please check whether the police record number on the homepage is right",
        checks: "A police number is the province letter, 公网安备, 14 digits and 号; the first two digits belong to the province (44 to 粤). A wrong count of digits or another province's is a violation; digits that begin as no known province's are left to a person (66 with 新 is that of the construction corps, and no fault); a number that can be recognised though a character is missing or misplaced (公网备安, no 号) is a warning. Old numbers of 11 to 13 digits, a space before the digits and the police's own letters 川, 贵 or 甘 do no harm.",
        why: "The public looks the number up at the police's site as it stands on the page; a wrong one is not found there.",
        cause: "A character, digit or province was mistyped; or the foot of a site elsewhere was copied.",
        remedy: "Please sign in at the police's service platform (beian.mps.gov.cn), copy the line of the number from the details of the site, put it in place of the one that was typed and publish it.",
        bad: "京公网安备44030099000123号 (44 is Guangdong); 粤公网备安44030099000123号",
        good: "粤公网安备44030099000123号; 粤公网安备 44030099000123号",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    let number = match judged(case) {
        Ok(number) => number,
        Err(na) => return Outcome::Na(na),
    };
    let Some(read) = number.number() else { return shown(number) };
    let fault = match province_fault(&read) {
        Some(Misfit::Other(expected)) => (expected, None),
        Some(Misfit::Nowhere(expected)) => return unknown_head(number, expected),
        None if !read.has_known_length() => (length(&read), None),
        None if !number.official => (form(), Some(Level::Warning)),
        None => return shown(number),
    };
    let (expected, level) = fault;
    Outcome::Fail(Defect {
        expected,
        found: Text::same(number.text.clone()),
        place: place(),
        level,
        ..Defect::default()
    })
}

/// How the digits begin otherwise than the letter's province; the text says what was expected.
enum Misfit {
    /// As those of another province.
    Other(Text),
    /// As those of none that is known.
    Nowhere(Text),
}

/// What the construction corps in Xinjiang has in place of the province's 65.
const CORPS: &str = "66";

/// Only the province is certain: real numbers carry division codes that no table has.
fn province_fault(number: &PoliceNumber) -> Option<Misfit> {
    let letter = number.province?;
    let code = number.division()?;
    let head = code.get(..2)?;
    if head.parse() == Ok(letter.division()) || (letter == Province::Xinjiang && head == CORPS) {
        return None;
    }
    let (zh, en) = (
        format!("数字以 {} 开头（{}）", letter.division(), letter.name()),
        format!("digits that begin with {} ({})", letter.division(), letter.name_en()),
    );
    Some(match number.division_province() {
        Some(other) => Misfit::Other(Text::new(
            format!("{zh}；{head} 对应的是{}", other.name()),
            format!("{en}; {head} is of {}", other.name_en()),
        )),
        None => Misfit::Nowhere(Text::new(zh, en)),
    })
}

fn unknown_head(number: &ShownPolice, expected: Text) -> Outcome {
    Outcome::Review(Defect {
        expected,
        found: Text::same(number.text.clone()),
        place: place(),
        cause: Some(Text::new(
            "号码开头的两位数字不是我们所知的省级代码：可能录入有误，也可能是公安机关使用的其他代码。",
            "The first two digits are no province's that we know: they may be mistyped, or a code that the police use besides.",
        )),
        first: Some(Text::new(
            "请先按这个号码在 beian.mps.gov.cn 查询：查到本网站的，无需处理，告诉我们即可；查不到的：",
            "Please look the number up at beian.mps.gov.cn first: where it is this site's, nothing is to be done but to tell us; where it is not found:",
        )),
        ..Defect::default()
    })
}

fn length(number: &PoliceNumber) -> Text {
    let count = number.digits.len();
    Text::new(
        format!("14 位数字（页面上是 {count} 位）"),
        format!("14 digits (the page has {count})"),
    )
}

fn form() -> Text {
    Text::new("省份简称 + 公网安备 + 14 位数字 + 号", "province letter, 公网安备, 14 digits, 号")
}
