use super::answers::{Reach, by_host, is_ours, reach};
use crate::evidence::{HostEvidence, Role};
use crate::policy::Level;
use crate::rules::{Check, Defect, Na, Outcome, Rule, SiteCase, Text, Texts, Words, law};

/// WEB001
pub(super) const RULE: Rule = Rule {
    code: "WEB001",
    name: "no-answer",
    level: Level::Violation,
    needs: &[],
    yields_to: &["DNS001"],
    sources: &["Huawei Cloud 16.4", "Tencent Cloud, FAQ on filing"],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::Site(check),
};

fn check(case: &SiteCase<'_>) -> Outcome {
    let site: Vec<(&HostEvidence, Reach)> = case
        .evidence
        .hosts
        .iter()
        .filter(|host| host.role != Role::Filed)
        .map(|host| (host, reach(host)))
        .collect();
    let of = |wanted: Reach| site.iter().filter(move |(_, r)| *r == wanted).map(|(host, _)| *host);
    if of(Reach::Answers).next().is_some() {
        let hosts: Vec<&str> = of(Reach::Answers).map(|host| &*host.host).collect();
        return Outcome::Pass(Text::same(hosts.join(" ")));
    }
    let silent: Vec<&HostEvidence> = of(Reach::Refuses).chain(of(Reach::Unknown)).collect();
    if silent.is_empty() {
        let is_broken = of(Reach::Broken).next().is_some();
        return Outcome::Na(if is_broken { Na::Yields("DNS010") } else { Na::Unseen });
    }
    let mut defect = Defect {
        expected: Text::new("网站能够打开", "the site can be opened"),
        found: by_host(silent.iter().copied()),
        hosts: silent.iter().map(|host| host.host.clone()).collect(),
        ..Defect::default()
    };
    if of(Reach::Unknown).next().is_none() && of(Reach::Broken).next().is_none() {
        return Outcome::Fail(defect);
    }
    if silent.iter().all(|host| is_ours(host)) {
        defect.problem = Some(Text::new(
            "本次检测没有完成，尚不知道网站能否打开",
            "The check did not come to an end; whether the site opens is not known yet",
        ));
        defect.cause = Some(Text::new(
            "本次检测未能完成，原因在检测一方，与网站无关。",
            "The look did not come to an end, for a reason on the auditor's side; it says nothing of the site.",
        ));
        defect.remedy = Some(Text::new(
            "网站无需处理；请检测人员稍后重新检测。",
            "Nothing is to be done at the site; the auditor should look again later.",
        ));
    } else {
        defect.cause = Some(Text::new(
            "检测时没有得到应答，也没有被明确拒绝；服务器可能停用或响应很慢，也可能是防火墙挡住了检测程序。",
            "There was neither an answer nor a clear refusal: the server may be down or slow, or a firewall may keep the auditor out.",
        ));
    }
    Outcome::Review(defect)
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站打不开：域名能够解析，但是没有任何服务器应答",
        doubt: "检测时未能打开网站，请确认网站是否正常",
        checks: "先后用 https 和 http 访问主域名、www 主机和登记的首页，间隔一段时间再看一次。两次全部被拒绝或被重置才判为违规；TLS 握手失败的，再用浏览器打开一次：打得开就不算打不开，同样打不开才算被拒绝。超时以及没有经过浏览器确认的 TLS 失败可能出在检测一方，交由人工复核。",
        why: "部分省份要求备案成功的网站开通访问；长期打不开的网站在核查时会被要求整改或注销。",
        cause: "网站程序或 Web 服务没有启动，安全组或防火墙没有放行 80 和 443 端口，或者服务器已经停用。",
        remedy: "请在浏览器中打开网站确认：能够打开的，无需处理，告诉我们即可；打不开时，登录云服务器控制台，查看服务器是否运行、是否欠费，并在安全组中放行 80 和 443 端口，再启动 Web 服务（如 Nginx）。自己处理不了的，请联系网站开发人员或接入商客服。网站不再使用的，请申请注销备案。",
        bad: "https 和 http 连接均被拒绝，两次检测结果相同",
        good: "http://site.example/ 返回首页",
    },
    en: Words {
        problem: "The site cannot be opened: its domain resolves, but no server answers",
        doubt: "The site could not be opened at the time of the check; please make sure that it works",
        checks: "Visits the domain, its www host and the filed homepage over https and then http, and looks again some time later. Only where everything is refused or reset at both looks does it fail; where TLS failed, a browser tries as well: a page that it opens is open, one that it cannot open either counts as refused. Timeouts, and TLS failures that no browser confirmed, may be ours and are left to a person.",
        why: "Several provinces demand that a filed site is open; one that stays closed will be asked to be mended or cancelled when it is checked.",
        cause: "The web service is not running, a security group or firewall does not let ports 80 and 443 through, or the server is out of service.",
        remedy: "Open the site in a browser to make sure: if it opens, nothing is to be done but to tell us; if it does not, log in to the server's console, see whether the server runs and is paid for, let ports 80 and 443 through in the security group, and start the web service (e.g. Nginx). Ask the site's developer or the access provider's support where this does not help. Where the site is no longer used, ask for the filing to be cancelled.",
        bad: "https and http are both refused, at two looks",
        good: "http://site.example/ answers with the homepage",
    },
};
