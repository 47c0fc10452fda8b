use super::broken_zone::is_broken;
use super::points::{is_kept_by_another_host, kept_by_another_host};
use crate::evidence::{HostEvidence, Region, Resolution, Role};
use crate::policy::Level;
use crate::rules::{Check, Defect, DnsCase, Na, Outcome, Rule, Text, Texts, Words, law};

/// DNS001
pub(super) const RULE: Rule = Rule {
    code: "DNS001",
    name: "does-not-resolve",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &["Huawei Cloud 17.3.7(1)"],
    law: &[&law::FILED],
    texts: TEXTS,
    check: Check::Dns(check),
};

fn check(case: &DnsCase<'_>) -> Outcome {
    let is_site = |host: &&HostEvidence| matches!(host.role, Role::Apex | Role::Www);
    let site: Vec<&HostEvidence> = case.hosts.iter().filter(is_site).collect();
    let public = |host: &HostEvidence| {
        host.dns.addresses.iter().any(|located| located.place.region != Region::Reserved)
    };
    let resolved: Vec<&HostEvidence> =
        site.iter().copied().filter(|h| h.dns.outcome == Resolution::Resolved).collect();
    let good: Vec<&str> =
        resolved.iter().filter(|h| public(h) || points_home(case, h)).map(|h| &*h.host).collect();
    if site.is_empty() {
        return Outcome::Na(Na::Unseen);
    }
    if !good.is_empty() {
        return Outcome::Pass(Text::same(good.join(" ")));
    }
    if is_kept_by_another_host(case) {
        return Outcome::Pass(kept_by_another_host());
    }
    if site.iter().any(|host| is_broken(host.dns.outcome)) {
        return Outcome::Na(Na::Yields("DNS010"));
    }
    let defect = Defect {
        expected: Text::new(
            "主域名或 www 主机能够解析",
            "the domain itself or its www host resolves",
        ),
        found: Text::list(site.iter().map(|host| said(host))),
        hosts: site.iter().map(|host| host.host.clone()).collect(),
        ..Defect::default()
    };
    let is_gone =
        |h: &&HostEvidence| matches!(h.dns.outcome, Resolution::NxDomain | Resolution::NoData);
    if site.iter().all(is_gone) {
        return Outcome::Fail(defect);
    }
    Outcome::Review(Defect {
        cause: Some(cause_of_doubt(resolved.is_empty())),
        remedy: Some(Text::new(
            "请在浏览器中打开网站确认：能够打开的，无需处理；打不开的，请登录域名的解析控制台，检查主域名和 www 的记录是否指向备案的服务器地址。",
            "Open the site in a browser: if it opens, nothing is to be done; if not, log in to the domain's DNS console and see whether the records of the domain and of www point at the filed server.",
        )),
        ..defect
    })
}

fn cause_of_doubt(is_silent: bool) -> Text {
    if is_silent {
        Text::new(
            "解析查询没有得到可以据以判断的回答，原因可能在检测一方的网络，也可能在域名的解析服务。",
            "The questions brought no answer to judge by; that may be due to the auditor's line or to the domain's name service.",
        )
    } else {
        Text::new(
            "检测时得到的地址不是公网地址：可能是解析记录填错了，也可能是检测一方的网络改写了回答。",
            "The address that was answered is not a public one: the record may be wrong, or the auditor's network may have changed the answer.",
        )
    }
}

/// Whether the host points at a filed address, which is never taken for a mistake.
fn points_home(case: &DnsCase<'_>, host: &HostEvidence) -> bool {
    let mut addresses = host.dns.addresses.iter();
    addresses.any(|at| case.filing.addresses.iter().any(|range| range.contains(at.address)))
}

fn said(host: &HostEvidence) -> Text {
    let (zh, en) = match host.dns.outcome {
        Resolution::NxDomain => ("域名不存在（NXDOMAIN）", "does not exist (NXDOMAIN)"),
        Resolution::NoData => ("没有 A 或 AAAA 记录", "has no A or AAAA record"),
        Resolution::Resolved => ("只解析到非公网地址", "resolves to addresses that are not public"),
        Resolution::Refused => ("解析服务器拒绝查询", "the resolvers refused to answer"),
        Resolution::Timeout => ("查询超时", "no answer in time"),
        Resolution::Disputed => {
            ("各解析服务器的回答互相矛盾", "the resolvers contradict each other")
        }
        Resolution::ServFail | Resolution::Loop | Resolution::ChainTooLong => {
            ("域名的解析服务出错", "the zone does not answer properly")
        }
    };
    Text::new(format!("{} {zh}", host.host), format!("{} {en}", host.host))
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "已备案的域名没有可用的解析，主域名和 www 主机都打不开",
        doubt: "未能确定备案的域名能否解析，请核对",
        checks: "查询主域名和 www 主机的 A、AAAA 记录。两者都明确没有地址时判为违规；超时、拒绝应答、回答互相矛盾，或只解析到非公网地址时，交由人工复核。",
        why: "备案成功的域名应当解析到接入商在中国内地的服务器并开通网站。长期没有解析的备案会被接入商视为未接入，可能被取消接入。",
        cause: "解析记录被暂停或删除，更换解析服务商后没有重新添加记录，或者域名已经过期。",
        remedy: "请登录域名的解析控制台（一般在域名注册商或云服务商处），为主域名和 www 各添加一条 A 记录，指向备案的服务器地址；解析被暂停的，点“启用”；域名过期的，先续费。如果网站不再使用，请向接入商申请注销备案。",
        bad: "site.example 和 www.site.example 均返回 NXDOMAIN",
        good: "site.example 有一条 A 记录，指向备案的服务器",
    },
    en: Words {
        problem: "The filed domain does not resolve: neither the domain itself nor its www host can be opened",
        doubt: "Whether the filed domain resolves could not be told; please check",
        checks: "Asks for the A and AAAA records of the domain and of its www host. Where both surely have no address the rule fails; timeouts, refusals, answers that contradict each other and addresses that are not public are left to a person.",
        why: "A filed domain is to point at its access provider's servers in the mainland, with the site open. A filing that resolves to nothing for long counts as not connected, and the provider may withdraw its access.",
        cause: "The records were paused or deleted, they were not added again after a change of the DNS service, or the domain has expired.",
        remedy: "Log in to the domain's DNS console (usually at the registrar or the cloud provider) and add an A record for the domain and one for www that point at the filed server; enable records that are paused; renew the domain if it has expired. Where the site is no longer used, ask the access provider to cancel the filing.",
        bad: "site.example and www.site.example both answer NXDOMAIN",
        good: "site.example has an A record that points at the filed server",
    },
};
