use super::points::{
    Kind, Point, Points, hosts, is_kept_by_another_host, kept_by_another_host, listing, region_name,
};
use crate::evidence::Region;
use crate::policy::Level;
use crate::rules::{Check, Defect, DnsCase, Na, Outcome, Rule, Text, Texts, Words, law};

/// DNS002
pub(super) const RULE: Rule = Rule {
    code: "DNS002",
    name: "outside-mainland",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &["Huawei Cloud 17.3.7(2)", "Tencent Cloud, FAQ on filing"],
    law: &[&law::FILED],
    texts: TEXTS,
    check: Check::Dns(check),
};

fn check(case: &DnsCase<'_>) -> Outcome {
    let points = Points::of(case);
    let of_kind = |wanted: fn(&Kind<'_>) -> bool| -> Vec<&Point<'_>> {
        points.all.iter().filter(|point| wanted(&point.kind)).collect()
    };
    let outside = of_kind(|kind| matches!(kind, Kind::Outside));
    let edges = of_kind(|kind| matches!(kind, Kind::EdgeOutside));
    let disputed = of_kind(|kind| matches!(kind, Kind::Disputed));
    let defect = |found: &[&Point<'_>]| Defect {
        expected: Text::new("中国内地的服务器地址", "an address in mainland China"),
        found: listing(found.iter().copied(), |point| Some(region_name(point))),
        hosts: hosts(found.iter().copied()),
        ..Defect::default()
    };
    if !outside.is_empty() || !edges.is_empty() || !disputed.is_empty() {
        return match () {
            () if is_kept_by_another_host(case) => Outcome::Pass(kept_by_another_host()),
            () if !outside.is_empty() => Outcome::Fail(defect(&outside)),
            () if !edges.is_empty() => Outcome::Review(Defect {
                cause: Some(Text::new(
                    "域名经 CDN 等服务对外提供，本次使用的解析服务器得到的是境外节点；内地访问者得到的可能是内地节点。",
                    "The site is served through a CDN, and the resolver in use was sent to a node abroad; visitors in the mainland may be sent to nodes there.",
                )),
                first: Some(Text::new(
                    "请先用内地的解析服务器查询，并在 CDN 控制台查看加速区域：包含中国内地、内地访问者得到内地节点的，无需处理，告诉我们即可；否则：",
                    "Please ask a resolver in the mainland first, and look up the acceleration region in the CDN's console: where it takes in mainland China and visitors there get nodes there, nothing is to be done but to tell us; otherwise:",
                )),
                ..defect(&edges)
            }),
            () => Outcome::Review(Defect {
                cause: Some(Text::new(
                    "各地址库对该地址的归属地说法不一，可能登记在境外而用于内地节点。",
                    "The location tables disagree on the address: it may be registered abroad and used in the mainland.",
                )),
                remedy: Some(Text::new(
                    "请在服务器或 CDN 的控制台查看该地址所在的地域：在中国内地的，无需处理，告知接入商或检测人员即可；在境外的，请改为备案登记的内地服务器地址。",
                    "Look up the region of the address in the server's or CDN's console: if it is in mainland China, nothing is to be done but to tell the access provider or the auditor; if it is abroad, point the record at the filed server in the mainland.",
                )),
                ..defect(&disputed)
            }),
        };
    }
    let public = || points.all.iter().filter(|point| !matches!(point.kind, Kind::Reserved));
    if public().next().is_none() {
        return Outcome::Na(points.nothing_seen());
    }
    if public().any(|point| point.region() != Region::Mainland && !point.filed) {
        return Outcome::Na(Na::Other(Text::new(
            "地址库不能确定归属地",
            "the location table does not know the place",
        )));
    }
    Outcome::Pass(listing(public(), |point| Some(region_name(point))))
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "域名解析到了中国内地以外的服务器",
        doubt: "未能确定域名解析的地址在哪里，请确认是否在中国内地",
        checks: "查询各主机的地址并对照地址库。确定在内地以外（含港澳台）的判为违规；各来源对归属地说法不一的，以及经 CDN 等服务得到的境外节点（换用内地的解析服务器可能得到内地节点），交由人工复核，不作违规处理。",
        why: "ICP 备案只对应中国内地的服务器。解析到境外（含港澳台）的网站无需备案，继续保留的备案属于未接入，接入商会要求改回内地或者注销。",
        cause: "网站迁到了境外服务器，加速服务（CDN）选用了境外节点，或者保留了旧的解析记录。",
        remedy: "请登录域名的解析控制台，把列出的记录改为备案登记的内地服务器地址；使用 CDN 的，请在 CDN 控制台把加速区域设为“中国内地”。如果网站今后只用境外服务器，请联系接入商取消接入或注销备案。",
        bad: "www.site.example → 一个香港地址",
        good: "www.site.example → 备案登记的内地地址",
    },
    en: Words {
        problem: "The domain points at a server outside mainland China",
        doubt: "Where the domain's address lies could not be told; please confirm that it is in mainland China",
        checks: "Looks every host's addresses up in the location table. An address that is outside the mainland for certain (Hong Kong, Macau and Taiwan count as outside) fails; one whose place the sources dispute, and a node abroad of a known CDN (a resolver in the mainland may be sent to another), are left to a person and never reported as a violation.",
        why: "An ICP filing belongs to a server in the mainland. A site served from elsewhere needs none, and a filing that is kept for it counts as not connected: the provider will ask to point it back or to cancel it.",
        cause: "The site moved to a server abroad, a CDN serves it from nodes abroad, or an old record was left behind.",
        remedy: "Log in to the domain's DNS console and change the records named to the filed address in the mainland; with a CDN, set its region to mainland China in the CDN console. If the site is to stay abroad, ask the access provider to withdraw access or to cancel the filing.",
        bad: "www.site.example → an address in Hong Kong",
        good: "www.site.example → the filed address in the mainland",
    },
};
