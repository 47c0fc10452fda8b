use crate::filing::Filing;
use crate::policy::Level;
use crate::rules::names::{brand, core, is_abbreviation, is_organisation, key};
use crate::rules::{
    Check, Defect, Field, Na, Outcome, RegistrationCase, Rule, Text, Texts, Words, law, quote,
};

/// REG005
pub(super) const RULE: Rule = Rule {
    code: "REG005",
    name: "registrant-is-another",
    level: Level::Violation,
    needs: &[Field::SubjectName],
    yields_to: &[],
    sources: &[
        "Huawei Cloud 17.3.2(1)",
        "Tencent Cloud, filing FAQ: 备案主体与域名所有者必须一致吗",
    ],
    law: &[&law::OWNED],
    texts: TEXTS,
    check: Check::Registration(check),
};

fn check(case: &RegistrationCase<'_>) -> Outcome {
    let Some(subject) = &case.filing.subject_name else {
        return Outcome::Na(Na::MissingField(Field::SubjectName));
    };
    let Some(registrant) = &case.registration.registrant else {
        return Outcome::Na(Na::Other(Text::new(
            "注册信息不公开域名持有者",
            "the answer does not tell who holds the domain",
        )));
    };
    let found = Text::same(quote(registrant));
    let defect = Defect {
        expected: Text::same(quote(subject)),
        found: found.clone(),
        hosts: vec![case.filing.domain.ascii().to_owned()],
        ..Defect::default()
    };
    match compare(case.filing, &key(subject), &key(registrant)) {
        Holder::Subject => Outcome::Pass(found),
        Holder::Stranger => Outcome::Fail(defect),
        Holder::Unsure => Outcome::Review(defect),
    }
}

enum Holder {
    Subject,
    Stranger,
    Unsure,
}

/// How the holder stands to the filing; both names are keys.
fn compare(filing: &Filing, subject: &str, registrant: &str) -> Holder {
    let people = [&filing.legal_representative, &filing.subject_owner];
    let is_representative = people.into_iter().flatten().any(|name| key(name) == *registrant);
    if registrant == subject || is_representative {
        return Holder::Subject;
    }
    // A name in Latin letters may be the subject's own in another language.
    if is_latin(registrant) != is_latin(subject) || is_close(registrant, subject) {
        return Holder::Unsure;
    }
    let is_person = filing.subject_kind.as_deref().is_some_and(|kind| kind.contains("个人"));
    let both_organisations = is_organisation(subject) && is_organisation(registrant);
    // A company's domain may be held by one of its shareholders or directors: a name of a
    // person does not tell.
    if is_person || both_organisations { Holder::Stranger } else { Holder::Unsure }
}

fn is_latin(name: &str) -> bool {
    !name.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c))
}

/// Whether only a person could say that they are not one: a former name, a branch, a short
/// form, the same name in other words.
fn is_close(one: &str, other: &str) -> bool {
    let within = |part: &str, whole: &str| part.chars().count() >= 2 && whole.contains(part);
    within(brand(one), core(other))
        || within(brand(other), core(one))
        || is_abbreviation(core(one), other)
        || is_abbreviation(core(other), one)
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "域名持有者与备案主体不一致",
        doubt: "请核对域名持有者是否就是备案主体",
        checks: "注册信息（RDAP 或 WHOIS）中写明域名持有者时，与主办单位名称比较，不计全半角、大小写、标点和繁简。持有者是名单中的法定代表人或主体负责人的认可；名称相近、使用另一种文字，或单位的域名登记在个人名下时，交由人工核对。不公开或代为隐藏持有者的，不作判断。",
        why: "域名实名认证的持有者应当与备案主体一致，网站才能确定由谁负责。",
        cause: "域名转给了其他单位或个人，单位更名后没有更新域名信息，或者域名由代理公司、员工代为注册。",
        remedy: "请登录域名注册商的控制台，把域名过户到备案主体名下并完成实名认证；如果主体名称有变更，请更新域名信息；如果网站已由另一个单位主办，请在接入商处办理备案变更或重新备案。",
        bad: "备案主体是 示例科技有限公司，域名持有者是 范例贸易有限公司",
        good: "备案主体和域名持有者都是 示例科技有限公司",
    },
    en: Words {
        problem: "The domain is held by somebody else than the subject of the filing",
        doubt: "Please check whether the holder of the domain is the subject of the filing",
        checks: "Where the registration (RDAP or WHOIS) tells who holds the domain, compares that name with the subject's, whatever its width, case, punctuation or traditional forms. The legal representative and the subject's person in charge in the list pass; names that are close, in another script, or of a person where the subject is an organisation are left to a person. Where the holder is withheld nothing is said.",
        why: "The holder whose real-name check the domain has passed is to be the subject of the filing, so that it is certain who answers for the site.",
        cause: "The domain passed to another company or person, the company changed its name and the domain's data did not follow, or an agency or employee registered the domain.",
        remedy: "In the registrar's console, transfer the domain to the subject of the filing and complete the real-name check; where the subject changed its name, update the domain's data; where another organisation runs the site now, have the filing changed or file anew with the access provider.",
        bad: "the subject is 示例科技有限公司, the domain is held by 范例贸易有限公司",
        good: "subject and holder are both 示例科技有限公司",
    },
};
