use super::points::{Edge, Kind, Point, Points, hosts, listing};
use crate::policy::Level;
use crate::rules::{Check, Defect, DnsCase, Field, Outcome, Rule, Text, Texts, Words, law};

/// DNS006
pub(super) const RULE: Rule = Rule {
    code: "DNS006",
    name: "origin-hidden",
    level: Level::Review,
    needs: &[Field::Addresses],
    yields_to: &[],
    sources: &["Huawei Cloud 19.12"],
    law: &[&law::CHANGED],
    texts: TEXTS,
    check: Check::Dns(check),
};

fn check(case: &DnsCase<'_>) -> Outcome {
    let points = Points::of(case);
    if !points.has_more() {
        return Outcome::Na(points.nothing_seen());
    }
    let edges = |wanted: Edge| {
        let is_wanted =
            move |point: &&Point<'_>| matches!(point.kind, Kind::Edge(_, e) if e == wanted);
        points.all.iter().filter(is_wanted)
    };
    if edges(Edge::Foreign).next().is_some() {
        return Outcome::Review(Defect {
            expected: Text::new(
                "接入商确认源站就是备案登记的服务器",
                "the access provider confirms that the origin is the filed server",
            ),
            found: listing(edges(Edge::Foreign), product),
            hosts: hosts(edges(Edge::Foreign)),
            ..Defect::default()
        });
    }
    match edges(Edge::Accepted).next() {
        Some(_) => Outcome::Pass(listing(edges(Edge::Accepted), product)),
        None => Outcome::Pass(Text::new(
            "没有经过已知的加速、防护或建站服务",
            "no known CDN, firewall or site builder stands before it",
        )),
    }
}

fn product(point: &Point<'_>) -> Option<Text> {
    match point.kind {
        Kind::Edge(cdn, _) => Some(Text::same(cdn.zh.clone())),
        _ => None,
    }
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站经 CDN、防护或建站服务对外提供，看不到备案登记的源站，需要人工确认一次",
        doubt: "网站经 CDN、防护或建站服务对外提供，看不到备案登记的源站，需要人工确认一次",
        checks: "沿 CNAME 记录逐级查看域名最终指向谁的服务。指向已知的 CDN、网站防火墙或建站平台，而且不是登记接入商自己的内地服务时，请人工确认源站。",
        why: "使用 CDN、WAF 或建站产品时，从外部只能看到边缘节点，无法判断源站是否仍是备案登记的服务器，需要向接入商说明。",
        cause: "网站启用了加速、防护或建站产品，域名以 CNAME 方式接入。这本身不是问题。",
        remedy: "请在所用产品的控制台查看“源站地址”，确认它就是备案登记的地址；如果一致，把情况告诉接入商（提交工单或致电客服）登记即可；如果源站已经更换，请提交“变更备案”。",
        bad: "www.site.example 经 CNAME 指向另一家的 CDN，源站不可见",
        good: "www.site.example 经 CNAME 指向登记接入商自己的 CDN，节点在内地",
    },
    en: Words {
        problem: "The site is served through a CDN, a firewall or a site builder: the filed server cannot be seen, and somebody has to confirm it once",
        doubt: "The site is served through a CDN, a firewall or a site builder: the filed server cannot be seen, and somebody has to confirm it once",
        checks: "Follows the CNAME records to see whose service the domain ends at. Where that is a known CDN, web firewall or site builder, and not the filed provider's own in the mainland, a person has to confirm the origin.",
        why: "Behind a CDN, a WAF or a site builder only the edge can be seen from outside; whether the origin is still the filed server has to be told to the access provider.",
        cause: "The site uses an acceleration, protection or site-building product, to which the domain is aliased. That is no fault in itself.",
        remedy: "Look up the origin address in the product's console and make sure that it is the filed one; if it is, tell the access provider (by a ticket or by phone) so that it is noted; if the origin has moved, submit a change of the filing (变更备案).",
        bad: "www.site.example is a CNAME to another company's CDN, the origin is out of sight",
        good: "www.site.example is a CNAME to the filed provider's own CDN, served in the mainland",
    },
};
