use super::subject::{is_person, masked};
use crate::filing::identity::{self, Flaw, Form, Identity};
use crate::policy::Level;
use crate::rules::{Check, Defect, Field, FilingCase, Na, Outcome, Rule, Text, Texts, Words, law};

/// FIL004
pub(super) const RULE: Rule = Rule {
    code: "FIL004",
    name: "bad-identity-number",
    level: Level::Warning,
    needs: &[Field::SubjectId],
    yields_to: &[],
    sources: &["Huawei Cloud 17.2.3", "GB 32100-2015", "GB 11643-1999", "GB 11714-1997"],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::Filing(check),
};

fn check(case: &FilingCase<'_>) -> Outcome {
    let Some(number) = &case.filing.subject_id else {
        return Outcome::Na(Na::MissingField(Field::SubjectId));
    };
    let person = is_person(case.filing);
    let kind = case.filing.subject_id_kind.as_deref();
    // The register's numbers are public; a person's is not, nor one that may be a person's.
    let is_public = person == Some(false)
        || (person.is_none() && number.contains(|c: char| c.is_ascii_alphabetic() && c != 'X'));
    let shown = if is_public { number.clone() } else { masked(number, 2, 1) };
    let defect = |expected: Text, zh: String, en: String| Defect {
        expected,
        found: Text::new(format!("{shown}：{zh}"), format!("{shown}: {en}")),
        ..Defect::default()
    };
    match identity::read(number, kind, person, case.today) {
        Identity::Sound(form) => Outcome::Pass(name(form)),
        Identity::Unknown => Outcome::Na(Na::Other(Text::new(
            "证件号码的种类无从核对，或者名单中已隐去部分数字",
            "a number of a kind that cannot be checked, or one that the list itself masks",
        ))),
        Identity::Outdated(form) => {
            let (zh, en) = (name(form).zh, name(form).en);
            let today = match form {
                Form::OldResident => Form::Resident,
                _ => Form::CreditCode,
            };
            Outcome::Fail(defect(name(today), format!("是已停用的{zh}"), format!("{en}, replaced")))
        }
        Identity::Broken(form, flaw) => {
            let Text { zh, en } = said(flaw);
            Outcome::Fail(defect(name(form), zh.into_owned(), en.into_owned()))
        }
        Identity::Doubtful => Outcome::Review(defect(
            name(Form::CreditCode),
            format!("共 {} 位", number.chars().count()),
            format!("{} characters", number.chars().count()),
        )),
    }
}

fn name(form: Form) -> Text {
    match form {
        Form::CreditCode => Text::new("18 位统一社会信用代码", "a credit code of 18 characters"),
        Form::OrganisationCode => Text::new("组织机构代码", "an organisation code of 9 characters"),
        Form::RegistrationNumber => {
            Text::new("营业执照注册号", "the registration number of a business licence")
        }
        Form::Resident => {
            Text::new("18 位公民身份号码", "a resident identity number of 18 characters")
        }
        Form::OldResident => {
            Text::new("15 位旧身份证号码", "an identity number of the first generation")
        }
    }
}

fn said(flaw: Flaw) -> Text {
    match flaw {
        Flaw::Length(length) => {
            Text::new(format!("共 {length} 位"), format!("{length} characters"))
        }
        Flaw::Character(c) => {
            Text::new(format!("不会有“{c}”这个字符"), format!("cannot hold the character {c:?}"))
        }
        Flaw::Check { expected, found } => Text::new(
            format!("最后一位校验码应为 {expected}，现为 {found}"),
            format!("its last character is {found} where the others make {expected}"),
        ),
        Flaw::Division => Text::new("行政区划码不存在", "its first digits are no division's"),
        Flaw::Birthday => Text::new("出生日期不成立", "its digits of birth are no possible date"),
    }
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "登记的主办单位证件号码有误，或者是已经停用的旧号码",
        doubt: "请核对登记的主办单位证件号码：它看来不完整",
        checks: "按证件类型（没有时按主办单位性质和号码的样子）核对证件号码：统一社会信用代码的 18 位、字符和校验码（GB 32100），公民身份号码的 18 位、区划、日期和校验码（GB 11643）；9 位组织机构代码和 15 位旧身份证号码已经停用。营业执照的旧注册号、护照、通行证、军官证等没有公开校验规则的号码不作判断。",
        why: "备案登记的证件号码应当与主办单位现行证件一致。三证合一之后，单位应使用统一社会信用代码；号码有误或仍是旧号码的，要提交变更备案。",
        cause: "录入时错了一位，字母 O、I 与数字 0、1 混淆，表格软件把长数字四舍五入，或者早年备案登记的还是组织机构代码。",
        remedy: "请对照主办单位现行证件核对号码：只是名单写错的，告诉我们更正即可；备案登记的号码有误或是旧号码的，请在接入商的备案系统提交“变更备案”，填写现行号码并上传最新证件。",
        bad: "证件类型 组织机构代码证，证件号码 12345678-9（9 位旧代码）",
        good: "证件类型 统一社会信用代码，证件号码 91330106MA099001XT",
    },
    en: Words {
        problem: "The subject's identity number on file is wrong, or of a kind that has been replaced",
        doubt: "Please check the subject's identity number on file: it seems to be incomplete",
        checks: "Reads the number by the kind of document, else by the kind of subject and its own form: a credit code by its 18 characters and check character (GB 32100), a resident's number by its length, division, date and check character (GB 11643). Organisation codes of 9 characters and identity numbers of 15 digits have been replaced. Old registration numbers, passports, permits and others without a public check are not judged.",
        why: "The number on file has to be that of the subject's present papers. Since licences were merged an organisation is known by its credit code; a wrong or old number calls for a change of the filing.",
        cause: "A character was mistyped, the letters O and I stand for 0 and 1, a spreadsheet rounded a long number, or an early filing still has the organisation code.",
        remedy: "Compare the number with the subject's present papers: where only the list is wrong, just tell us; where the filing is, submit a change of the filing (变更备案) in the access provider's system with the present number and the latest papers.",
        bad: "kind of document 组织机构代码证, number 12345678-9 (an old code of 9 characters)",
        good: "kind of document 统一社会信用代码, number 91330106MA099001XT",
    },
};
