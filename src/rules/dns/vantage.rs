use super::lines::News;
use super::points::{is_kept_by_another_host, kept_by_another_host};
use crate::evidence::{HostEvidence, Resolution};
use crate::policy::Level;
use crate::rules::{Check, DnsCase, Na, Outcome, Rule, Text, Texts, Words, law};

/// DNS008
pub(super) const RULE: Rule = Rule {
    code: "DNS008",
    name: "vantage-points-disagree",
    level: Level::Warning,
    needs: &[],
    yields_to: &[],
    sources: &["observation"],
    law: &[&law::FILED],
    texts: TEXTS,
    check: Check::Dns(check),
};

fn check(case: &DnsCase<'_>) -> Outcome {
    let seen_by = |host: &HostEvidence| host.dns.vantages.iter().any(|v| v.outcome.is_answer());
    let compared = |host: &&HostEvidence| host.dns.outcome == Resolution::Resolved && seen_by(host);
    if !case.hosts.iter().any(|host| compared(&host)) {
        return Outcome::Na(nothing_to_compare(case));
    }
    if is_kept_by_another_host(case) {
        return Outcome::Pass(kept_by_another_host());
    }
    let mut news = News::of(case);
    for host in case.hosts.iter().filter(compared) {
        news.missing(host);
    }
    news.outcome()
}

fn nothing_to_compare(case: &DnsCase<'_>) -> Na {
    let is_asked = case.hosts.iter().any(|host| !host.dns.vantages.is_empty());
    if is_asked {
        return Na::Unseen;
    }
    Na::Other(Text::new(
        "没有从多个观测点查询，或域名没有解析（观测点见 --vantage）",
        "nothing was asked from several vantage points (--vantage), or nothing resolves",
    ))
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "从不同的观测点查询，域名解析到的地址不同，其中有的不符合备案要求",
        doubt: "从不同的观测点查询，域名解析的结果不同，请核对各条解析线路的设置",
        checks: "从多个观测点（其他网络的解析服务器，或以指定客户端网段查询）解析各主机，与本地解析的结果比较：有观测点看到境外地址、未登记的地址或其他接入商的网络，或多个观测点都查不到地址，而本地解析没有这些情况时提醒。经 CDN 对外服务而节点不同的不算；观测点查询失败的不算。",
        why: "备案要求对所有访问者都成立。部分地区或线路的访问者被引到境外或未备案的服务器，同样不符合要求。",
        cause: "解析控制台中为境外、某个运营商或某个地区单独设置了线路，指向另外的服务器；或者各域名服务器的记录不一致。",
        remedy: "请登录域名的解析控制台，逐条查看“线路类型”不是“默认”的记录，把指向境外或未登记地址的记录改为备案登记的地址；确需使用的内地服务器，请通过变更备案或接入备案补登。",
        bad: "默认线路解析到登记的地址，境外线路解析到中国香港的服务器",
        good: "各线路都解析到登记的地址，或同一家 CDN 的内地节点",
    },
    en: Words {
        problem: "Asked from different places the domain leads to different addresses, some of which are not in order",
        doubt: "Asked from different places the domain resolves differently; please check the lines set in the DNS console",
        checks: "Resolves each host from several vantage points (resolvers of other networks, or on behalf of given client subnets) and compares that with the resolvers in use: warns where one of them sees an address abroad, an address that is not filed or the network of another access provider, or several find no address, and the resolvers in use show nothing of the kind. Different nodes of one CDN do not count, nor do questions that failed.",
        why: "What a filing asks for holds for every visitor. A site that leads visitors of some regions or carriers abroad, or to servers that are not filed, is not in order either.",
        cause: "The DNS console has lines of their own for abroad, a carrier or a region that point at another server; or the name servers have different records.",
        remedy: "Log in to the domain's DNS console and go through the records whose line is not the default one; point those that lead abroad or to unfiled addresses back at the filed addresses. A mainland server that is needed is to be added by a change of the filing or an access filing.",
        bad: "the default line points at the filed address, the line for abroad at a server in Hong Kong",
        good: "all lines point at filed addresses, or at mainland nodes of one CDN",
    },
};
