use super::{Judged, Reading, judged, place, remedy_with, shown_as_required, wrong};
use crate::policy::Level;
use crate::record::Form;
use crate::rules::{Check, Defect, Outcome, PageCase, Rule, Text, Texts, Words, law};

/// ICP006
pub(super) const RULE: Rule = Rule {
    code: "ICP006",
    name: "malformed-record-number",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &["Huawei Cloud 8.1, 8.6"],
    law: &[&law::SHOWN, &law::PROMINENT],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页的备案号写法不规范，或只是占位内容",
        doubt: "请核对首页的备案号是否完整、写法是否规范",
        checks: "号码应写作“省份简称 + ICP备 + 数字 + 号”，网站备案号再加“-序号”。“XXXXXXXX”“12345678”之类的占位内容为违规；能认出是哪个号码、只是写法有出入的（缺“号”、缺“ICP”、多冒号、使用川、贵、云、甘、秦等非备案简称）只作提醒。号码中间的空格、全角字符和大小写不算问题。",
        why: "首页标明的备案编号须与工信部备案系统中的编号一致，公众照着页面上的号码应能查到备案信息。",
        cause: "模板自带的占位内容没有替换；或手工录入时漏字、用了省份的俗称（备案号中四川写作蜀、贵州写作黔、云南写作滇、甘肃写作陇、陕西写作陕）。",
        remedy: "请把页脚的号码改为规范写法，完整代码为：<a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>。建议从接入商的备案控制台复制号码，不要手工录入。",
        bad: "京ICP备XXXXXXXX号（占位内容）；川ICP备2099000123号-1（应写作蜀）；京ICP备2099000123-1（缺“号”）",
        good: "京ICP备2099000123号-1；京 ICP 备 2099000123 号 - 1（带空格亦可）",
    },
    en: Words {
        problem: "The record number on the homepage is not written as the ministry writes it, or only stands for one",
        doubt: "Please check whether the record number on the homepage is complete and written as the ministry writes it",
        checks: "A number is the province letter, ICP备, digits and 号, followed by -serial for a site. Placeholders such as XXXXXXXX or 12345678 are a violation; a number that can be recognised but is written otherwise (without 号 or ICP, with a colon, with the colloquial letters 川 贵 云 甘 秦) is a warning. Spaces inside, full-width characters and letter case do not matter.",
        why: "The number on the homepage must agree with the one in the ministry's filing system: who looks it up as it is written must find the site.",
        cause: "A template's placeholder was never replaced; or the number was typed by hand with a character missing or a colloquial province letter (record numbers write 蜀 for Sichuan, 黔 for Guizhou, 滇 for Yunnan, 陇 for Gansu, 陕 for Shaanxi).",
        remedy: "Please write the number at the foot of the page in its official form; the whole line is: <a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>. It is best copied from the access provider's filing console rather than typed.",
        bad: "京ICP备XXXXXXXX号 (a placeholder); 川ICP备2099000123号-1 (written 蜀); 京ICP备2099000123-1 (without 号)",
        good: "京ICP备2099000123号-1; 京 ICP 备 2099000123 号 - 1 (spaces do no harm)",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    let judged = match judged(case) {
        Ok(judged) => judged,
        Err(na) => return Outcome::Na(na),
    };
    match (judged.reading, judged.number.form) {
        (Reading::Nameless, form) => match wrong(case, &judged, &RULE) {
            Outcome::Fail(defect) => Outcome::Fail(nameless(form, defect)),
            other => other,
        },
        (_, Form::Malformed) => Outcome::Fail(unofficial(case, &judged)),
        (_, Form::Official | Form::Placeholder) => shown_as_required(judged.number),
    }
}

/// It names no record at all.
fn nameless(form: Form, defect: Defect) -> Defect {
    let (problem, cause) = if form == Form::Placeholder {
        (
            Text::new(
                "网站首页的备案号只是占位内容，不是真实的号码",
                "What stands for the record number on the homepage is a placeholder, not a number",
            ),
            Text::new(
                "模板自带的占位内容没有替换成网站自己的备案号。",
                "A template's placeholder was never replaced by the site's own number.",
            ),
        )
    } else {
        (
            Text::new(
                "网站首页的备案号不完整，认不出是哪一个号码",
                "The record number on the homepage is incomplete: it cannot be told which one it is",
            ),
            Text::new(
                "手工录入时漏写了数字或文字。",
                "Digits or characters were left out when it was typed.",
            ),
        )
    };
    Defect { problem: Some(problem), cause: Some(cause), ..defect }
}

/// The number is right or wrong by what it names; that it is written otherwise is a small fault.
fn unofficial(case: &PageCase<'_>, judged: &Judged<'_>) -> Defect {
    let number = judged.number;
    let right = match judged.reading {
        Reading::Accepted | Reading::Uncompared | Reading::UnknownLicence => {
            Some(number.canonical.clone())
        }
        _ => super::exact(case),
    };
    Defect {
        expected: Text::same(number.canonical.clone()),
        found: Text::same(number.text.clone()),
        place: place(number),
        level: Some(Level::Warning),
        problem: Some(Text::new(
            "网站首页的备案号能够认出，但写法与工信部的写法不一致",
            "The record number on the homepage can be recognised, but is not written as the ministry writes it",
        )),
        cause: Some(Text::new(
            "手工录入时漏字、多字，或用了省份的俗称（备案号中四川写作蜀、贵州写作黔、云南写作滇、甘肃写作陇、陕西写作陕）。",
            "A character was left out or added when it was typed, or a colloquial province letter used (record numbers write 蜀 for Sichuan, 黔 for Guizhou, 滇 for Yunnan, 陇 for Gansu, 陕 for Shaanxi).",
        )),
        remedy: remedy_with(case, &TEXTS, right),
        ..Defect::default()
    }
}
