use super::points::compared;
use crate::policy::Level;
use crate::rules::{Check, DnsCase, Field, Outcome, Rule, Texts, Words, law};

/// DNS005
pub(super) const RULE: Rule = Rule {
    code: "DNS005",
    name: "some-addresses-not-filed",
    level: Level::Violation,
    needs: &[Field::Addresses],
    yields_to: &[],
    sources: &["Huawei Cloud 17.3.7(3)"],
    law: &[&law::CHANGED],
    texts: TEXTS,
    check: Check::Dns(check),
};

fn check(case: &DnsCase<'_>) -> Outcome {
    compared(case, "DNS005")
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "域名的解析地址中有一部分没有备案登记",
        doubt: "域名解析的地址中有一部分不在备案登记之中，请确认它们是否为本网站的服务器",
        checks: "把各主机的内地地址与备案登记的地址逐一比较，有的在其中、有的不在时判为违规，并列出不在其中的地址。",
        why: "域名实际使用的每一个内地服务器地址都应当与备案登记相符。",
        cause: "新增了服务器或线路而没有更新备案，个别主机仍指向旧服务器，或者停用的解析记录没有删除。",
        remedy: "请逐一核对列出的地址：不再使用的，在域名的解析控制台删除相应记录；仍在使用的，在接入商的备案系统提交“变更备案”，把这些地址补登进去。",
        bad: "登记 192.0.2.10，site.example → 192.0.2.10，www.site.example → 198.51.100.20",
        good: "登记 192.0.2.10 和 198.51.100.20，两个主机各指向其中之一",
    },
    en: Words {
        problem: "Some of the addresses that the domain points at are not filed",
        doubt: "Some of the domain's addresses are not among the filed ones; please confirm whether they are this site's servers",
        checks: "Compares every host's mainland addresses with the filed ones; where some are filed and others are not, it fails and names those that are not.",
        why: "Every mainland address that the domain uses has to be among those of the filing.",
        cause: "A server or a line was added and the filing was not brought up to date, one host still points at an old server, or a record out of use was left behind.",
        remedy: "Go through the addresses named: delete the records of those no longer used in the domain's DNS console; for those in use, submit a change of the filing (变更备案) that adds them in the access provider's filing system.",
        bad: "filed 192.0.2.10; site.example → 192.0.2.10, www.site.example → 198.51.100.20",
        good: "filed 192.0.2.10 and 198.51.100.20; each host points at one of them",
    },
};
