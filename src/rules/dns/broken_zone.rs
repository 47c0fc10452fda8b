use crate::evidence::{HostEvidence, Resolution};
use crate::policy::Level;
use crate::rules::{Check, Defect, DnsCase, Na, Outcome, Rule, Text, Texts, Words};

/// DNS010
pub(super) const RULE: Rule = Rule {
    code: "DNS010",
    name: "broken-zone",
    level: Level::Review,
    needs: &[],
    yields_to: &[],
    sources: &["observation"],
    law: &[],
    texts: TEXTS,
    check: Check::Dns(check),
};

fn check(case: &DnsCase<'_>) -> Outcome {
    let broken: Vec<(&HostEvidence, Text)> =
        case.hosts.iter().filter_map(|host| Some((host, fault(host)?))).collect();
    if !broken.is_empty() {
        return Outcome::Review(Defect {
            expected: Text::new(
                "域名服务器给出确定的回答",
                "the name servers give a definite answer",
            ),
            found: Text::list(broken.iter().map(|(_, text)| text.clone())),
            hosts: broken.iter().map(|(host, _)| host.host.clone()).collect(),
            first: Some(Text::new(
                "请先在浏览器中打开网站：能够正常打开的，无需处理，告诉我们即可；打不开的：",
                "Please open the site in a browser first: if it opens, nothing is to be done but to tell us. Otherwise:",
            )),
            ..Defect::default()
        });
    }
    if case.hosts.iter().any(|host| host.dns.outcome.is_answer()) {
        return Outcome::Pass(Text::new("域名服务器应答正常", "the name servers answer"));
    }
    Outcome::Na(Na::Unseen)
}

/// Whether the zone itself is at fault, and this rule says so.
pub(super) fn is_broken(outcome: Resolution) -> bool {
    matches!(outcome, Resolution::ServFail | Resolution::Loop | Resolution::ChainTooLong)
}

fn fault(host: &HostEvidence) -> Option<Text> {
    let (zh, en) = match host.dns.outcome {
        Resolution::ServFail => (
            "所有解析服务器都得不到权威服务器的有效应答（SERVFAIL）",
            "no resolver gets a valid answer from the zone's servers (SERVFAIL)",
        ),
        Resolution::Loop => ("CNAME 记录循环", "its CNAME records go round in a circle"),
        Resolution::ChainTooLong => ("CNAME 记录超过 16 级", "more than 16 CNAME records in a row"),
        _ => return None,
    };
    Some(Text::new(format!("{} {zh}", host.host), format!("{} {en}", host.host)))
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "域名的解析服务有故障，无法确定网站指向哪里",
        doubt: "查询域名时一直得不到有效的应答，未能确定网站指向哪里，请核对解析设置",
        checks: "通过各个解析服务器查询域名。全部返回 SERVFAIL、CNAME 记录循环或超过 16 级时，交由人工复核，不作违规处理。",
        why: "解析服务出现故障时，部分或全部访问者打不开网站，其余检查也无从进行。",
        cause: "域名服务器（NS）设置有误或已经停用，DNSSEC 签名失效，或者 CNAME 记录互相指向。",
        remedy: "请在域名注册商处核对域名服务器（NS）是否就是现在使用的解析服务商的服务器；在解析控制台检查 CNAME 记录，删除互相指向的记录；启用过 DNSSEC 而后更换过解析服务商的，请在注册商处关闭或重新设置 DNSSEC。仍有问题时，请联系解析服务商的客服。",
        bad: "各解析服务器查询 site.example 均返回 SERVFAIL",
        good: "各解析服务器查询 site.example 均返回同一地址",
    },
    en: Words {
        problem: "The domain's name service is broken: where the site points cannot be told",
        doubt: "The domain's name servers gave no valid answer, so where the site points could not be told; please check the DNS settings",
        checks: "Asks for the domain through every resolver. Where all of them answer SERVFAIL, or the CNAME records go round in a circle or number more than 16, a person has to look; it is never a violation.",
        why: "While the name service is broken, some or all visitors cannot open the site, and nothing else can be checked.",
        cause: "The name servers (NS) are set wrongly or out of service, a DNSSEC signature is no longer valid, or CNAME records point at each other.",
        remedy: "Make sure at the registrar that the name servers (NS) are those of the DNS service in use; look for CNAME records that point at each other in the DNS console and delete them; where DNSSEC was on before a change of the DNS service, switch it off or set it up anew at the registrar. If that does not help, ask the DNS service's support.",
        bad: "every resolver answers SERVFAIL for site.example",
        good: "every resolver gives the same address for site.example",
    },
};
