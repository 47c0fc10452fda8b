use super::points::{Kind, Point, Points, filed_addresses, hosts, listing};
use crate::policy::Level;
use crate::rules::{Check, Defect, DnsCase, Field, Outcome, Rule, Text, Texts, Words, law};

/// DNS009
pub(super) const RULE: Rule = Rule {
    code: "DNS009",
    name: "ipv6-not-filed",
    level: Level::Warning,
    needs: &[Field::Addresses],
    yields_to: &[],
    sources: &["Huawei Cloud 7.29"],
    law: &[&law::CHANGED],
    texts: TEXTS,
    check: Check::Dns(check),
};

fn check(case: &DnsCase<'_>) -> Outcome {
    let points = Points::of(case);
    if !points.has_more() {
        return Outcome::Na(points.nothing_seen());
    }
    let is_new = |point: &&Point<'_>| matches!(point.kind, Kind::NewFamily);
    let new = || points.all.iter().filter(is_new);
    if new().next().is_none() {
        return Outcome::Pass(Text::new(
            "没有未登记的 IPv6 地址",
            "no IPv6 address that is not filed",
        ));
    }
    Outcome::Fail(Defect {
        expected: filed_addresses(case.filing),
        found: listing(new(), |_| None),
        hosts: hosts(new()),
        ..Defect::default()
    })
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "域名发布了 IPv6 地址，而备案只登记了 IPv4 地址",
        doubt: "请核对域名的 IPv6 地址：备案登记的看来都是 IPv4 地址",
        checks: "备案登记的地址都是 IPv4 时，查看各主机是否另有 AAAA 记录（IPv6 地址）。",
        why: "地址有变化时，建议通过变更备案更新登记；办理期间网站可以正常访问。",
        cause: "服务器、负载均衡或 CDN 开通了 IPv6，解析中增加了 AAAA 记录，而备案还没有更新。",
        remedy: "请在接入商的备案系统提交“变更备案”，把列出的 IPv6 地址补登进去；如果并不打算使用 IPv6，请在域名的解析控制台删除这些 AAAA 记录。",
        bad: "登记 192.0.2.10，site.example 另有 AAAA 记录 2001:db8::10",
        good: "登记 192.0.2.10 和 2001:db8::10，解析到这两个地址",
    },
    en: Words {
        problem: "The domain publishes an IPv6 address, but only IPv4 addresses are filed",
        doubt: "Please check the domain's IPv6 address: only IPv4 addresses seem to be filed",
        checks: "Where all filed addresses are IPv4, looks whether a host has AAAA records (IPv6 addresses) besides.",
        why: "When addresses change, the filing should be brought up to date by a change of the filing; the site stays open meanwhile.",
        cause: "IPv6 was switched on for the server, the load balancer or the CDN, an AAAA record was added, and the filing has not followed.",
        remedy: "Submit a change of the filing (变更备案) that adds the IPv6 addresses named in the access provider's filing system; if IPv6 is not meant to be used, delete these AAAA records in the domain's DNS console.",
        bad: "filed 192.0.2.10; site.example also has the AAAA record 2001:db8::10",
        good: "filed 192.0.2.10 and 2001:db8::10; the domain points at both",
    },
};
