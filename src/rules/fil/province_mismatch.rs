use crate::policy::Level;
use crate::rules::{Check, Defect, Field, FilingCase, Na, Outcome, Rule, Text, Texts, Words, law};

/// FIL002
pub(super) const RULE: Rule = Rule {
    code: "FIL002",
    name: "province-mismatch",
    level: Level::Violation,
    needs: &[Field::RecordNumber, Field::FiledProvince],
    yields_to: &["FIL001"],
    sources: &["Huawei Cloud 13.8"],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::Filing(check),
};

fn check(case: &FilingCase<'_>) -> Outcome {
    let Some(filed) = case.filing.filed_province else {
        return Outcome::Na(Na::MissingField(Field::FiledProvince));
    };
    let Some(number) = case.filing.filing_number() else {
        return Outcome::Na(Na::Other(Text::new(
            "登记的是许可证号，其省份不必与备案省份一致",
            "a licence is on file; its province need not be the filing's",
        )));
    };
    let issued = number.province;
    if issued == filed {
        return Outcome::Pass(Text::new(issued.name(), issued.name_en()));
    }
    Outcome::Fail(Defect {
        expected: Text::new(
            format!("{}（备案号以“{}”开头）", filed.name(), filed.letter()),
            format!("{} (a number that begins with {})", filed.name_en(), filed.letter()),
        ),
        found: Text::new(
            format!("{number}（{}）", issued.name()),
            format!("{number} ({})", issued.name_en()),
        ),
        ..Defect::default()
    })
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "备案号所属省份与登记的备案省份不一致",
        doubt: "请核对登记的备案省份：它看来与备案号所属的省份不同",
        checks: "比较备案号的第一个字（省份简称）与名单中的“省份”一栏。",
        why: "单位按证件签发地、个人按证件所在地或实际居住地选择备案省份，备案号由该省通信管理局下发，两者应当相同。不一致说明登记资料有误，或者主体已经变更而备案没有更新。",
        cause: "名单中的省份填写有误，备案号抄自另一个网站，或者主体迁到外省之后备案信息没有随之更新。",
        remedy: "请在工信部备案管理系统（beian.miit.gov.cn）按域名查询备案号，核对主办单位证件上的地址：如果是名单填写有误，告诉我们更正即可；如果主体确已迁到外省，请联系接入商，按新的省份重新办理备案。",
        bad: "备案号 粤ICP备2099000123号-1，省份 江苏",
        good: "备案号 粤ICP备2099000123号-1，省份 广东",
    },
    en: Words {
        problem: "The province of the record number is not the province on file",
        doubt: "Please check the province on file: it does not seem to be that of the record number",
        checks: "Compares the first character of the record number, the province's letter, with the province column of the list.",
        why: "An organisation files in the province that issued its papers, a person where the identity card or the home is, and that province's administration issues the number: the two have to agree. Where they differ, the data on file are wrong, or the subject has changed and the filing has not followed.",
        cause: "The province was filled in wrongly, the number was copied from another site, or the subject moved to another province and the filing was not brought up to date.",
        remedy: "Look the domain up in the ministry's filing system (beian.miit.gov.cn) and compare the address on the subject's papers: where the list is wrong, just tell us; where the subject has moved to another province, ask the access provider to file anew there.",
        bad: "record number 粤ICP备2099000123号-1, province 江苏 (Jiangsu)",
        good: "record number 粤ICP备2099000123号-1, province 广东 (Guangdong)",
    },
};
