use super::status;
use crate::policy::Level;
use crate::rules::{Check, Defect, Na, Outcome, RegistrationCase, Rule, Text, Texts, Words, law};

/// REG006
pub(super) const RULE: Rule = Rule {
    code: "REG006",
    name: "domain-on-hold",
    level: Level::Violation,
    needs: &[],
    // An expired domain is put on hold for that.
    yields_to: &["REG001"],
    sources: &["Tencent Cloud, FAQ on filing: 备案域名相关 (Serverhold)"],
    law: &[&law::OWNED],
    texts: TEXTS,
    check: Check::Registration(check),
};

fn check(case: &RegistrationCase<'_>) -> Outcome {
    if case.registration.status.is_empty() {
        return Outcome::Na(Na::Other(Text::new(
            "注册信息中没有域名状态",
            "the answer names no status",
        )));
    }
    let held = status(case, &["clientHold", "serverHold"]).join(" ");
    if held.is_empty() {
        return Outcome::Pass(Text::same(case.registration.status.join(" ")));
    }
    Outcome::Fail(Defect {
        expected: Text::new("域名没有被暂停解析", "the domain is not on hold"),
        found: Text::same(held),
        hosts: vec![case.filing.domain.ascii().to_owned()],
        ..Defect::default()
    })
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "域名被注册局或注册商暂停解析",
        doubt: "域名看来被注册局或注册商暂停解析，请核对",
        checks: "查询域名的注册信息（RDAP 或 WHOIS），状态中有 serverHold（注册局暂停）或 clientHold（注册商暂停）时判为违规。inactive（没有设置域名服务器）等其他状态不算。",
        why: "暂停解析的域名打不开任何网站。最常见的原因是域名实名认证没有通过，而备案的域名必须完成实名认证。",
        cause: "域名没有完成实名认证或认证没有通过，注册资料有误，欠费，或者因投诉、违规被暂停。",
        remedy: "请登录域名注册商的控制台查看暂停的原因：实名认证没有通过的，请按提示补交资料，通过后一般一两天内恢复解析；其他原因请联系注册商的客服处理。",
        bad: "域名状态：serverHold",
        good: "域名状态：ok，或只有 clientTransferProhibited 等保护状态",
    },
    en: Words {
        problem: "The domain has been put on hold by its registry or registrar",
        doubt: "The domain seems to have been put on hold by its registry or registrar; please check",
        checks: "Asks for the domain's registration (RDAP or WHOIS) and fails where its status has serverHold (by the registry) or clientHold (by the registrar). Others, such as inactive (no name servers are set), do not count.",
        why: "A domain on hold opens no site. The most frequent reason is that the holder's real-name check has not been passed, which a filed domain must have.",
        cause: "The real-name check is missing or was not passed, the holder's data are wrong, a bill is open, or there was a complaint.",
        remedy: "Look up the reason in the registrar's console: where the real-name check was not passed, hand in what is asked for; the domain usually resolves again a day or two after that. For other reasons ask the registrar's support.",
        bad: "status: serverHold",
        good: "status: ok, or nothing but locks such as clientTransferProhibited",
    },
};
