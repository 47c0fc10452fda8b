use super::answers::{Reach, by_host, reach};
use crate::evidence::{HostEvidence, Role};
use crate::policy::Level;
use crate::rules::{Check, Defect, Na, Outcome, Rule, SiteCase, Text, Texts, Words, law};

/// WEB002
pub(super) const RULE: Rule = Rule {
    code: "WEB002",
    name: "one-host-dead",
    level: Level::Violation,
    needs: &[],
    yields_to: &["DNS001", "WEB001"],
    sources: &["Tencent Cloud, showing the record number"],
    law: &[&law::SHOWN],
    texts: TEXTS,
    check: Check::Site(check),
};

/// The main domain and its www host both have to answer. Where the filed domain lies below a
/// registrable one (public bodies file such), a `www.` before it is nobody's promise: what
/// it does is no finding. A filed homepage on a host of its own was not asked to answer by
/// the source: that it does not is left to a person.
fn check(case: &SiteCase<'_>) -> Outcome {
    let domain = &case.filing.domain;
    let is_subdomain = domain.ascii() != domain.registrable();
    let counts = |host: &&HostEvidence| match host.role {
        Role::Apex | Role::Homepage => true,
        Role::Www => !is_subdomain,
        Role::Filed => false,
    };
    let site: Vec<(&HostEvidence, Reach)> =
        case.evidence.hosts.iter().filter(counts).map(|host| (host, reach(host))).collect();
    let mut site_hosts = case.evidence.hosts.iter().filter(|host| host.role != Role::Filed);
    if !site_hosts.any(|host| reach(host) == Reach::Answers) {
        return Outcome::Na(Na::Unseen);
    }
    let is_dead = |(host, reach): &&(&HostEvidence, Reach)| {
        matches!(reach, Reach::Missing | Reach::Refuses) && host.role != Role::Homepage
    };
    let silent: Vec<&HostEvidence> = site
        .iter()
        .filter(|(_, reach)| !matches!(reach, Reach::Answers | Reach::Broken))
        .map(|(host, _)| *host)
        .collect();
    let dead: Vec<&HostEvidence> = site.iter().filter(is_dead).map(|(host, _)| *host).collect();
    // A host of which nothing is certain is not accused along with one that is dead.
    match (dead.is_empty(), silent.is_empty()) {
        (false, _) => return Outcome::Fail(defect(&dead)),
        (true, false) => return doubted(&silent),
        (true, true) => {}
    }
    if site.iter().any(|(_, reach)| *reach == Reach::Broken) {
        return Outcome::Na(Na::Yields("DNS010"));
    }
    let hosts: Vec<&str> = site.iter().map(|(host, _)| &*host.host).collect();
    Outcome::Pass(Text::same(hosts.join(" ")))
}

fn defect(hosts: &[&HostEvidence]) -> Defect {
    Defect {
        expected: Text::new(
            "主域名和 www 主机都能打开",
            "the domain itself and its www host can both be opened",
        ),
        found: by_host(hosts.iter().copied()),
        hosts: hosts.iter().map(|host| host.host.clone()).collect(),
        ..Defect::default()
    }
}

fn doubted(hosts: &[&HostEvidence]) -> Outcome {
    Outcome::Review(Defect {
        expected: Text::new("列出的主机能够打开", "the hosts named can be opened"),
        cause: Some(Text::new(
            "检测时没有看到这个主机的应答：可能是服务器较慢或挡住了检测程序，也可能是解析或绑定有误；登记的首页地址也可能已经更换。",
            "No answer of this host was seen: the server may be slow or keep the auditor out, a record or binding may be wrong, or the filed homepage may have moved.",
        )),
        first: Some(Text::new(
            "请先在浏览器中打开列出的主机：能够打开的，无需处理，告诉我们即可；打不开的：",
            "Please open the hosts named in a browser first: where they open, nothing is to be done but to tell us. Otherwise:",
        )),
        ..defect(hosts)
    })
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "主域名或 www 主机打不开",
        doubt: "检测时未能确定主域名或 www 主机能否打开，请核对",
        checks: "分别访问主域名和 www 主机。一个正常、另一个不存在或者两次检测都被拒绝时判为违规；超时的交由人工复核。备案的是下级域名（如政府机关的子域名）时，不要求在它前面再加 www 的主机。",
        why: "备案完成后，主域名和 www 域名都应当可以访问，并且都要在底部显示备案号。",
        cause: "没有为打不开的主机添加解析记录，或者 Web 服务器、CDN 上没有绑定它。",
        remedy: "请登录域名的解析控制台，为打不开的主机添加指向备案服务器的记录；再在 Web 服务器（使用虚拟主机、CDN 或建站平台的，在其控制台）绑定这个域名，或者让它跳转到能够打开的那一个。",
        bad: "site.example 正常，www.site.example 没有解析",
        good: "www.site.example 跳转到 site.example",
    },
    en: Words {
        problem: "The domain or its www host cannot be opened",
        doubt: "Whether the domain and its www host can be opened could not be told at the time of the check; please look",
        checks: "Visits the domain itself and its www host. Where one answers and the other does not exist, or was refused at both looks, it fails; a timeout is left to a person. Where the filed domain is itself a subdomain (as public bodies file them), a www host before it is not asked for.",
        why: "Once filed, the main domain and its www host both have to be open, and both have to show the record number at the foot.",
        cause: "There is no DNS record for the host that does not open, or it is not bound on the web server or the CDN.",
        remedy: "Log in to the domain's DNS console and add a record for the host that does not open, pointing at the filed server; then bind the domain on the web server (with web hosting, a CDN or a site builder: in its console), or let it redirect to the one that opens.",
        bad: "site.example opens, www.site.example does not resolve",
        good: "www.site.example redirects to site.example",
    },
};
