use super::subject::{Body, body};
use crate::policy::Level;
use crate::rules::{Check, Defect, Field, FilingCase, Na, Outcome, Rule, Text, Texts, Words, law};

/// FIL013
pub(super) const RULE: Rule = Rule {
    code: "FIL013",
    name: "suffix-not-the-subjects",
    level: Level::Warning,
    needs: &[Field::SubjectKind],
    yields_to: &[],
    sources: &["Tencent Cloud, 备案域名相关", "Huawei Cloud 7.7"],
    law: &[&law::OWNED],
    texts: TEXTS,
    check: Check::Filing(check),
};

/// Suffixes of the party and the government, of the common weal, and the country's own.
const GOVERNMENT: &[&str] = &["gov.cn", "xn--zfr164b"];
const WEAL: &str = "xn--55qw42g";
const COUNTRY: &str = "cn";

fn check(case: &FilingCase<'_>) -> Outcome {
    let Some(body) = body(case.filing) else {
        return Outcome::Na(Na::MissingField(Field::SubjectKind));
    };
    let domain = case.filing.domain.ascii();
    let is_under = |suffix: &str| {
        domain.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    let is_government = GOVERNMENT.iter().any(|suffix| is_under(suffix));
    let kind = case.filing.subject_kind.clone().unwrap_or_default();
    let found = format!("{}（{kind}）", case.filing.domain.unicode());
    let defect = |zh: &'static str, en: &'static str| Defect {
        expected: Text::new(zh, en),
        found: Text::same(found.clone()),
        ..Defect::default()
    };
    match (body, is_government) {
        (Body::Government, true) => Outcome::Pass(Text::same(found)),
        (Body::Government, false) => {
            Outcome::Fail(defect("以 .gov.cn 或 .政务 结尾", "ends in .gov.cn or .政务"))
        }
        (Body::Institution, false) if is_under(COUNTRY) || is_under(WEAL) => {
            Outcome::Pass(Text::same(found))
        }
        (Body::Institution, false) => {
            Outcome::Fail(defect("以 .cn 或 .公益 结尾", "ends in .cn or .公益"))
        }
        // Institutions that administer share the government's name here and there.
        (Body::Institution | Body::Unclear, true) => Outcome::Review(defect(
            "确认该单位可以使用 .gov.cn 或 .政务 域名",
            "it is confirmed that this body may use .gov.cn or .政务",
        )),
        (Body::Organisation | Body::Person, true) => {
            Outcome::Fail(defect("不以 .gov.cn 或 .政务 结尾", "does not end in .gov.cn or .政务"))
        }
        (Body::Organisation | Body::Person, false) => Outcome::Pass(Text::same(found)),
        (Body::Unclear, false) => Outcome::Na(Na::Other(Text::new(
            "从主办单位性质看不出是否为机关或事业单位",
            "the kind of subject does not tell whether it is a government body or a public institution",
        ))),
    }
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "域名后缀与主办单位性质不符",
        doubt: "请确认主办单位的性质：它使用的是党政机关的域名后缀",
        checks: "对照主办单位性质和域名后缀：党政机关应使用 .gov.cn 或 .政务，事业单位应使用 .cn 或 .公益，其他主体不得使用 .gov.cn 和 .政务；子域名按同样的后缀判断。事业单位使用 .gov.cn 或 .政务、性质写得不明确的，请人工确认。",
        why: "《互联网政务应用安全管理规定》要求党政机关的网站和 APP 域名以“.gov.cn”或“.政务”为后缀，事业单位以“.cn”或“.公益”为后缀，非党政机关不得使用前者。早年备案而不符合的，办理变更时可能不被受理。",
        cause: "备案早于这一规定，单位改制后性质变了，或者登记的主办单位性质有误。",
        remedy: "请先核对主办单位性质：填错的，请在接入商的备案系统提交“变更备案”更正（只是名单写错的，告诉我们即可）；性质无误的，请申请符合规定后缀的域名，办理备案后把网站迁过去。",
        bad: "政府机关使用 site.com",
        good: "政府机关使用 news.site.gov.cn，事业单位使用 site.org.cn",
    },
    en: Words {
        problem: "The domain's suffix is not one for this kind of subject",
        doubt: "Please confirm the kind of subject: its domain has a suffix of the government",
        checks: "Compares the kind of subject with the suffix: party and government bodies belong under .gov.cn or .政务, public institutions under .cn or .公益, and nobody else may use .gov.cn and .政务; subdomains are judged by the same suffix. A public institution under .gov.cn or .政务, or a kind that is not clear, is left to a person.",
        why: "The rules on the security of government applications ask party and government bodies to use .gov.cn or .政务 for sites and apps, public institutions .cn or .公益, and forbid the former to others. Filings from before that do not agree may be turned down when they are changed.",
        cause: "The filing is older than these rules, the body was reorganised, or the kind of subject on file is wrong.",
        remedy: "Check the kind of subject first: where it is wrong, submit a change of the filing (变更备案) in the access provider's system (or just tell us, if only the list is wrong); where it is right, apply for a domain with the suffix asked for, file it and move the site.",
        bad: "a government body uses site.com",
        good: "a government body uses news.site.gov.cn, a public institution site.org.cn",
    },
};
