use super::points::{Point, Points, hosts, listing};
use crate::policy::Level;
use crate::rules::{Check, Defect, DnsCase, Field, Na, Outcome, Rule, Text, Texts, Words, law};

/// DNS004
pub(super) const RULE: Rule = Rule {
    code: "DNS004",
    name: "other-access-provider",
    level: Level::Violation,
    needs: &[Field::Provider],
    yields_to: &[],
    sources: &[
        "Tencent Cloud, access filing",
        "Huawei Cloud 7.25",
        "Huawei Cloud 7.28",
        "Huawei Cloud 17.3.7(1)",
    ],
    law: &[&law::CHANGED],
    texts: TEXTS,
    check: Check::Dns(check),
};

fn check(case: &DnsCase<'_>) -> Outcome {
    let points = Points::of(case);
    if points.filed_with.is_none() {
        return Outcome::Na(Na::Other(Text::new(
            "接入商名称不在对照表中",
            "the table of providers does not know the filed name",
        )));
    }
    if points.own().next().is_none() {
        return Outcome::Na(points.nothing_seen());
    }
    let name = |point: &Point<'_>| {
        let key = point.network()?.provider.as_deref()?;
        let names = &case.policy.providers;
        Some(Text::new(names.name(key, false).to_owned(), names.name(key, true).to_owned()))
    };
    let foreign = |point: &&Point<'_>| {
        let key = point.network().and_then(|network| network.provider.as_deref());
        key.is_some_and(|key| !points.is_filed_with(key))
    };
    let defect = |found: &[&Point<'_>]| Defect {
        expected: Text::same(
            case.filing.providers.iter().flatten().cloned().collect::<Vec<_>>().join(" "),
        ),
        found: listing(found.iter().copied(), name),
        hosts: hosts(found.iter().copied()),
        ..Defect::default()
    };
    let (certain, unsure): (Vec<&Point<'_>>, Vec<&Point<'_>>) =
        points.own().filter(foreign).partition(|point| point.certain_provider().is_some());
    if !certain.is_empty() {
        return Outcome::Fail(defect(&certain));
    }
    // A carrier lends its addresses to every provider: one that was filed raises no question,
    // and one that was not is the matter of DNS003 or DNS005.
    let unsure: Vec<&Point<'_>> = unsure.into_iter().filter(|point| !point.filed).collect();
    match unsure.is_empty() {
        false if case.filing.addresses.is_empty() => Outcome::Review(Defect {
            cause: Some(Text::new(
                "这个网络也租给其他接入商使用，仅凭网络归属看不出服务器由哪一家提供。",
                "Other access providers rent room in this network: it does not tell whose server it is.",
            )),
            remedy: Some(Text::new(
                "请向提供服务器的公司确认：由登记的接入商提供的，无需处理，告诉我们即可；由另一家接入商提供而还没有在那里备案的，请在那家接入商的备案系统办理“接入备案”。",
                "Please ask the company that the server comes from: if it is the provider on file, nothing is to be done but to tell us; if it is another one and there is no filing with it yet, submit an access filing (接入备案) in its filing system.",
            )),
            ..defect(&unsure)
        }),
        false if points.own().any(|point| point.filed) => Outcome::Na(Na::Yields("DNS005")),
        false => Outcome::Na(Na::Yields("DNS003")),
        true if points.own().all(|point| point.filed || name(point).is_some()) => {
            Outcome::Pass(listing(points.own(), name))
        }
        true => Outcome::Na(Na::Other(Text::new(
            "地址库不能确定所属网络",
            "the network table does not know whose the address is",
        ))),
    }
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "域名解析到了未登记的接入商的网络",
        doubt: "请确认服务器由哪家接入商提供：从网络归属看，可能不是登记的那一家",
        checks: "对照网络归属表，看各主机的内地地址属于哪家接入商的网络。确属另一家云服务商的判为违规；属于运营商网络、看不出是谁的客户时，交由人工复核。",
        why: "服务器在哪家接入商，就要在哪家办理接入备案；一个域名可以同时登记多家接入商。未在该接入商处备案的网站可能被阻断访问。",
        cause: "网站迁到了另一家接入商而没有办理接入备案，或者已经办理但名单中没有登记这一家接入商。",
        remedy: "请先确认列出的地址是不是本网站的服务器：如果是，并且还没有在该接入商处备案，请登录它的备案系统办理“接入备案”（新增接入）；已经办理的，请告诉我们，由我们把这家接入商补登到名单；如果不是，请在域名的解析控制台改回登记接入商的服务器地址。",
        bad: "登记的接入商是甲云，解析到乙云的服务器",
        good: "登记的接入商是甲云和乙云，解析到乙云的服务器",
    },
    en: Words {
        problem: "The domain points into the network of an access provider that is not on file",
        doubt: "Please confirm whose server it is: by its network it may not be the access provider's on file",
        checks: "Looks up in whose network each host's mainland addresses lie. Where that is another cloud's for certain the rule fails; a carrier's network does not tell whose customer it serves, and is left to a person.",
        why: "A site is filed with the provider whose servers it stands on; a domain may be filed with several. A site that is not filed with the provider it is served from may be blocked.",
        cause: "The site moved to another provider without an access filing (接入备案), or there is one and the list does not name that provider.",
        remedy: "Find out whether the address named is the site's own server. If it is and no filing exists with that provider, submit an access filing (接入备案) in its filing system; if there is one, tell us, and we add the provider to the list; if it is not, point the record back at a server of the filed provider in the domain's DNS console.",
        bad: "filed with cloud A, points at a server of cloud B",
        good: "filed with clouds A and B, points at a server of cloud B",
    },
};
