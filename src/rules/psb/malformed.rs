use super::{judged, place, shown};
use crate::policy::Level;
use crate::record::PoliceNumber;
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
        checks: "公安备案号应写作“省份简称 + 公网安备 + 14 位数字 + 号”，数字的前两位与省份对应（如粤为 44）。位数不对、省份不符为违规；能认出号码、只是缺字或顺序写错（如“公网备安”、缺“号”）的只作提醒。早年 11 至 13 位的号码、号码前的空格、川、贵、甘等公安机关使用的简称不算问题。",
        why: "公众要凭页面上的号码在公安机关的网站上查询核对，写错的号码查不到备案信息。",
        cause: "手工录入时漏字、写错数字或省份；或套用了其他地区网站的页脚。",
        remedy: "请登录全国互联网安全管理服务平台（beian.mps.gov.cn），在已备案网站的详情中复制备案号代码，替换页脚里手工录入的号码并发布。",
        bad: "京公网安备44030099000123号（44 是广东）；粤公网备安44030099000123号",
        good: "粤公网安备44030099000123号；粤公网安备 44030099000123号",
    },
    en: Words {
        problem: "The police record number on the homepage is malformed, or its province does not fit its digits",
        doubt: "Please check whether the police record number on the homepage is right",
        checks: "A police number is the province letter, 公网安备, 14 digits and 号; the first two digits belong to the province (44 to 粤). A wrong count of digits or another province is a violation; a number that can be recognised though a character is missing or misplaced (公网备安, no 号) is a warning. Old numbers of 11 to 13 digits, a space before the digits and the police's own letters 川, 贵 or 甘 do no harm.",
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
        Some(fault) => (fault, None),
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

/// Only the province is certain: real numbers carry division codes that no table has.
fn province_fault(number: &PoliceNumber) -> Option<Text> {
    let letter = number.province?;
    let code = number.division()?;
    let head = code.get(..2)?;
    if head.parse() == Ok(letter.division()) {
        return None;
    }
    let (is_zh, is_en) = match number.division_province() {
        Some(other) => (other.name(), other.name_en()),
        None => ("没有省份", "no province"),
    };
    Some(Text::new(
        format!("数字以 {} 开头（{}）；{head} 对应的是{is_zh}", letter.division(), letter.name()),
        format!(
            "digits that begin with {} ({}); {head} is of {is_en}",
            letter.division(),
            letter.name_en()
        ),
    ))
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
