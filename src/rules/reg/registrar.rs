use crate::policy::{Level, Standing};
use crate::rules::{
    Check, Defect, Na, Outcome, RegistrationCase, Rule, Text, Texts, Words, law, quote,
};

/// REG004
pub(super) const RULE: Rule = Rule {
    code: "REG004",
    name: "registrar-not-approved",
    level: Level::Review,
    needs: &[],
    yields_to: &[],
    sources: &[
        "Huawei Cloud 17.3.2(2)",
        "Tencent Cloud, filing FAQ: 境外注册域名/未在工信部批复的域名注册商注册的域名不支持备案",
    ],
    law: &[&law::OWNED],
    texts: TEXTS,
    check: Check::Registration(check),
};

fn check(case: &RegistrationCase<'_>) -> Outcome {
    let Some(registrar) = &case.registration.registrar else {
        return Outcome::Na(Na::Other(Text::new(
            "注册信息中没有注册商",
            "the answer names no registrar",
        )));
    };
    let name = quote(registrar);
    let standing = case.policy.registrars.standing(registrar, case.registration.registrar_id);
    let defect = Defect {
        expected: Text::new(
            "工业和信息化部批复的境内注册商",
            "a registrar in the mainland that the ministry has approved",
        ),
        found: Text::same(name.clone()),
        hosts: vec![case.filing.domain.ascii().to_owned()],
        ..Defect::default()
    };
    match standing {
        Standing::Approved => Outcome::Pass(Text::same(name)),
        Standing::Unknown => Outcome::Review(defect),
        Standing::Abroad => Outcome::Fail(Defect {
            level: Some(Level::Warning),
            problem: Some(Text::new(
                "域名由境外的注册商管理",
                "The domain is with a registrar abroad",
            )),
            ..defect
        }),
        Standing::NotListed => Outcome::Fail(Defect {
            level: Some(Level::Violation),
            problem: Some(Text::new(
                "域名的注册商不在已批复的名单之中",
                "The domain's registrar is not on the list of approved ones",
            )),
            ..defect
        }),
    }
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "域名的注册商未获工业和信息化部批复",
        doubt: "请确认域名的注册商是否获得工业和信息化部批复：我们的对照表里没有这一家",
        checks: "查询域名的注册商（RDAP 或 WHOIS），与对照表比较，同一注册商的中英文名称和简称都认可。内置的对照表并不完整：表中没有的请人工核对，已知在境外的提醒；由使用者提供已批复名单（策略文件的 [registrars]）时，不在名单中的判为违规。",
        why: "备案的域名须由境内已获批复的注册商管理。注册商在境外或未获批复时，新增备案和变更备案可能被退回。",
        cause: "域名是在境外或未获批复的注册商处注册的，没有转入境内；也可能注册商使用了我们不认识的名称。",
        remedy: "请查看域名在哪家注册商处：注册商已获批复的，把它的名称告诉我们即可；否则请将域名转入境内已获批复的注册商，并完成域名实名认证。转移期间网站可以照常访问。",
        bad: "注册商是境外的一家公司",
        good: "注册商是境内已获批复的公司，例如 阿里云计算有限公司（万网）",
    },
    en: Words {
        problem: "The domain's registrar has not been approved by the ministry",
        doubt: "Please confirm that the ministry has approved the domain's registrar: our table does not have it",
        checks: "Asks for the domain's registrar (RDAP or WHOIS) and looks it up in a table, by its Chinese, English and short names. The built-in table is not complete: one that it does not have is left to a person, one that is known to be abroad draws a warning. With a list of approved registrars of the user's own (policy, [registrars]), one that is not on it is a violation.",
        why: "A filed domain has to be with an approved registrar in the mainland. While it is abroad or with one that is not approved, a new filing or a change of the filing may be turned down.",
        cause: "The domain was registered abroad or with a registrar that is not approved, and never transferred; or the registrar goes by a name that we do not know.",
        remedy: "Find out which registrar the domain is with: where it is approved, just tell us its name; else transfer the domain to an approved registrar in the mainland and complete the real-name check there. The site stays open meanwhile.",
        bad: "the registrar is a company abroad",
        good: "the registrar is an approved company in the mainland, e.g. 阿里云计算有限公司（万网）",
    },
};
