use super::naming::faults;
use crate::filing::ServiceType;
use crate::policy::Level;
use crate::rules::{
    Check, Defect, Field, FilingCase, Na, Outcome, Rule, Text, Texts, Words, law, quote,
};

/// FIL003
pub(super) const RULE: Rule = Rule {
    code: "FIL003",
    name: "service-name-not-allowed",
    level: Level::Warning,
    needs: &[Field::ServiceName],
    yields_to: &[],
    sources: &[
        "Tencent Cloud, filing FAQ: 网站名称; refusals: 服务名称不符合备案要求",
        "Huawei Cloud 13.11, 16.2",
    ],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::Filing(check),
};

fn check(case: &FilingCase<'_>) -> Outcome {
    let Some(name) = &case.filing.service_name else {
        return Outcome::Na(Na::MissingField(Field::ServiceName));
    };
    if case.filing.service_type != ServiceType::Website {
        return Outcome::Na(Na::Other(Text::new(
            "只核对网站的名称",
            "only the names of websites are held against these rules",
        )));
    }
    let faults = faults(case, name);
    if faults.is_empty() {
        return Outcome::Pass(Text::same(quote(name)));
    }
    let is_in_doubt = faults.iter().all(|fault| fault.in_doubt);
    let said = Text::list(faults.into_iter().map(|fault| fault.text));
    let name = quote(name);
    let defect = Defect {
        expected: Text::new(
            "三个字以上、能体现网站内容的名称，不含受限制的字头和词语",
            "a name of three characters or more that says what the site is, without reserved words",
        ),
        found: Text::new(format!("“{name}”：{}", said.zh), format!("\"{name}\": {}", said.en)),
        ..Defect::default()
    };
    // Without the subject's name nobody can say whether it may bear such a name.
    if is_in_doubt { Outcome::Review(defect) } else { Outcome::Fail(defect) }
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "登记的网站名称不符合备案的命名要求",
        doubt: "请核对登记的网站名称是否符合备案的命名要求",
        checks: "核对名单中的“网站名称”：至少三个字（可配置）；不全是数字、字母或符号；不直接用域名；不含特殊符号；不以“中国”“国家”“人民”等字头开头（主办单位自己的名称里就有该词的除外）；不含“反腐”“色情”等词。主办者为个人的，另外不得含有“公司”“科技”“工作室”等词、所在省禁止个人使用的词、地名和本人姓名。词表见 config/words/names.toml、places.toml 和 config/provinces.toml。",
        why: "网站名称在备案审核时逐字核对。名称暗示国家机关、超出主体范围或者看不出网站内容的，新办和变更备案都会被驳回；已有的备案在核查中也会被要求更正。",
        cause: "名称在备案时沿用了域名、简称或英文名，备案后规定收紧，或者名单录入有误。",
        remedy: "请先核对名单里的网站名称是否与备案一致；一致的话，请在接入商的备案系统里提交变更备案，把网站名称改为符合要求的名称，通过后再把网页标题一并改过来。确有主管部门文件允许使用现名称的，请把文件告知我们。",
        bad: "中国示例网（主办单位是 示例科技有限公司）；个人网站叫 示例科技工作室",
        good: "示例科技；个人网站叫 示例的读书笔记",
    },
    en: Words {
        problem: "The name on file breaks the naming rules for filed sites",
        doubt: "Please check whether the name on file keeps to the naming rules for filed sites",
        checks: "Reads the service name of the list: three characters at least (configurable); not digits, Latin letters or symbols alone; not the domain; no symbols; not beginning with 中国, 国家, 人民 and the like unless the subject's own name bears the word; none of the words that no name may hold. Where the subject is an individual, also no word of organisations (公司, 科技, 工作室), none that the province forbids individuals, no place, not the person's own name. Lists: config/words/names.toml, places.toml, config/provinces.toml.",
        why: "Names are read word by word when a filing is reviewed. One that suggests an authority, goes beyond what the subject is, or does not say what the site is, has new filings and changes refused, and has to be corrected when existing ones are checked.",
        cause: "The domain, an abbreviation or an English name was filed, the rules have become stricter since, or the list is mistyped.",
        remedy: "Please check first whether the list has the name as filed. If so, submit a change of the filing at the access provider with a name that keeps to the rules, and change the page's title once it is approved. Where an authority has allowed the present name, please let us have its letter.",
        bad: "中国示例网 of 示例科技有限公司; an individual's site called 示例科技工作室",
        good: "示例科技; an individual's site called 示例的读书笔记",
    },
};
