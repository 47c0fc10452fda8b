use crate::policy::Level;
use crate::record::{Number, Suffix};
use crate::rules::{Check, Defect, Field, FilingCase, Na, Outcome, Rule, Text, Texts, Words, law};

/// APP002
pub(super) const RULE: Rule = Rule {
    code: "APP002",
    name: "app-number-without-a",
    level: Level::Violation,
    needs: &[Field::RecordNumber],
    yields_to: &["FIL001"],
    sources: &["Huawei Cloud 9.16"],
    law: &[&law::APPS],
    texts: TEXTS,
    check: Check::Filing(check),
};

fn check(case: &FilingCase<'_>) -> Outcome {
    let filed = case.filing.record_number.as_ref().and_then(|filed| filed.number.as_ref());
    let number = match filed {
        Some(Number::Filing(number)) => number,
        Some(Number::Licence(_)) | None => {
            return Outcome::Na(Na::Other(Text::new(
                "登记的是许可证号",
                "a licence is on file in place of a record number",
            )));
        }
    };
    match (number.suffix, number.serial) {
        (Some(Suffix::App), _) => Outcome::Pass(Text::same(number.to_string())),
        (None, None) => Outcome::Na(Na::Other(Text::new(
            "登记的是主体备案号，没有服务序号",
            "the subject's number is on file: it has no serial of a service",
        ))),
        (Some(Suffix::MiniProgram | Suffix::QuickApp), _) | (None, Some(_)) => {
            Outcome::Fail(Defect {
                expected: Text::new(
                    format!("{}-序号A", number.subject()),
                    format!("{}, a hyphen, the app's serial and A", number.subject()),
                ),
                found: Text::same(number.to_string()),
                ..Defect::default()
            })
        }
    }
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "登记的 APP 备案号没有 A 后缀，不是 APP 的备案号",
        doubt: "请核对登记的 APP 备案号：它看来不是 APP 的备案号",
        checks: "服务类型为 APP 时，看备案号序号后面的字母：APP 为 A。只登记了主体备案号或许可证号的不作判断；小程序（X）和快应用（K）不看。",
        why: "网站、APP、小程序、快应用共用一个主体下的服务序号，以后缀区分：网站没有后缀，APP 为 A，小程序为 X，快应用为 K。APP 应当展示自己的备案号。",
        cause: "名单把网站的备案号填到了 APP 的一行，录入时漏掉了后缀，或者 APP 还没有单独备案。",
        remedy: "请登录工信部备案管理系统（beian.miit.gov.cn），在“ICP备案查询”的 APP 一类中按名称查到 APP 的备案号：已有的，告诉我们更正名单，并在 APP 内展示这个号码；没有的，请向接入商提交 APP 备案。",
        bad: "服务类型 APP，备案号 粤ICP备2099000123号-2",
        good: "服务类型 APP，备案号 粤ICP备2099000123号-2A",
    },
    en: Words {
        problem: "The app's record number on file lacks the suffix A: it is not an app's number",
        doubt: "Please check the app's record number on file: it does not seem to be an app's",
        checks: "For an app, reads the letter behind the serial: an app's is A. A subject's number or a licence alone says nothing; mini programs (X) and quick apps (K) are not looked at.",
        why: "Sites, apps, mini programs and quick apps of one subject share its serials and are told apart by a suffix: none for a site, A for an app, X for a mini program, K for a quick app. An app has to show its own number.",
        cause: "The list has the website's number in the app's row, the suffix was left out, or the app has not been filed by itself.",
        remedy: "Look the app up by its name in the ministry's filing system (beian.miit.gov.cn, \"ICP备案查询\", APP): where it has a number, tell us and show that number in the app; where it has none, file the app with the access provider.",
        bad: "service type APP, record number 粤ICP备2099000123号-2",
        good: "service type APP, record number 粤ICP备2099000123号-2A",
    },
};
