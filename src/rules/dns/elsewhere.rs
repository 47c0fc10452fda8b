use super::points::compared;
use crate::policy::Level;
use crate::rules::{Check, DnsCase, Field, Outcome, Rule, Texts, Words, law};

/// DNS003
pub(super) const RULE: Rule = Rule {
    code: "DNS003",
    name: "address-not-filed",
    level: Level::Violation,
    needs: &[Field::Addresses],
    yields_to: &[],
    sources: &["Huawei Cloud 17.3.7(3)", "Huawei Cloud 19.12", "Tencent Cloud, changing a filing"],
    law: &[&law::CHANGED],
    texts: TEXTS,
    check: Check::Dns(check),
};

fn check(case: &DnsCase<'_>) -> Outcome {
    compared(case, "DNS003")
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "域名实际解析的地址与备案登记的地址不一致",
        doubt: "域名现在解析的地址不在备案登记之中，请确认它是否为本网站的服务器",
        checks: "把各主机的内地地址与备案登记的地址（单个地址、地址段或 CIDR）逐一比较，一个都不在其中时判为违规。境外地址、只有 IPv6 未登记、经 CDN 对外服务的情况由其他规则说明。",
        why: "备案信息应当与实际情况相符，域名应解析到备案登记的服务器地址。",
        cause: "服务器更换或升级后地址变了而备案没有更新，或者解析记录指向了另一台服务器。",
        remedy: "如果仍使用备案登记的服务器，请登录域名的解析控制台，把记录改回登记的地址；如果已经换用新的服务器，请在接入商的备案系统提交“变更备案”，把地址改为现在的地址。换了接入商的，需要在新的接入商处办理接入备案。",
        bad: "登记 192.0.2.10，解析到 198.51.100.20",
        good: "登记 192.0.2.8-192.0.2.15，解析到 192.0.2.10",
    },
    en: Words {
        problem: "The addresses that the domain points at are not the filed ones",
        doubt: "The address that the domain points at is not among the filed ones; please confirm whether it is this site's server",
        checks: "Compares every host's mainland addresses with the filed addresses, ranges and CIDR blocks, and fails where none of them is filed. Addresses abroad, IPv6 that was never filed and sites behind a CDN are the matter of other rules.",
        why: "The filing has to agree with the facts: the domain is to point at the server that was filed.",
        cause: "The server was replaced or upgraded and the filing was not brought up to date, or the record points at another server.",
        remedy: "If the filed server is still in use, log in to the domain's DNS console and point the record back at it; if the site has moved, submit a change of the filing (变更备案) with the new address in the access provider's filing system. With a new access provider, an access filing (接入备案) there is needed.",
        bad: "filed 192.0.2.10, points at 198.51.100.20",
        good: "filed 192.0.2.8-192.0.2.15, points at 192.0.2.10",
    },
};
