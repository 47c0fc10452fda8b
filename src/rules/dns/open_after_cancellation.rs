use super::mainland::{Mainland, told_by_another_row};
use crate::evidence::{Attempt, HostEvidence};
use crate::policy::Level;
use crate::record::Number;
use crate::rules::{Check, Defect, Na, Outcome, Rule, SiteCase, Text, Texts, Words, law};

/// DNS011
pub(super) const RULE: Rule = Rule {
    code: "DNS011",
    name: "resolves-after-cancellation",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &["Tencent Cloud, 初审驳回关于主体信息问题"],
    law: &[&law::FILED],
    texts: TEXTS,
    check: Check::Site(check),
};

fn check(case: &SiteCase<'_>) -> Outcome {
    if let Some(na) = told_by_another_row(case) {
        return Outcome::Na(na);
    }
    let defect = |hosts: Vec<String>, found: Text| Defect {
        expected: Text::new(
            "备案注销后不再解析到内地服务器",
            "no address in the mainland once the filing is cancelled",
        ),
        found,
        hosts,
        ..Defect::default()
    };
    match Mainland::of(case) {
        Mainland::Yes(hosts, found) => {
            match case.evidence.hosts.iter().find_map(|host| other_number(case, host)) {
                // A number of another filing on the page: the domain may have been filed anew.
                Some(number) => Outcome::Review(Defect {
                    cause: Some(Text::new(
                        format!("网页上展示的是另一个备案号 {number}，域名可能已经重新备案。"),
                        format!(
                            "The page shows another record number, {number}: the domain may have been filed anew."
                        ),
                    )),
                    ..defect(hosts, found)
                }),
                None => Outcome::Fail(defect(hosts, found)),
            }
        }
        Mainland::Perhaps(hosts, found) => Outcome::Review(defect(hosts, found)),
        Mainland::No(seen) => Outcome::Pass(seen),
        Mainland::Unseen => Outcome::Na(Na::Unseen),
    }
}

/// A visible filing number of the page that is not the cancelled one's.
fn other_number(case: &SiteCase<'_>, host: &HostEvidence) -> Option<String> {
    let page = host.visit.as_ref()?.best().and_then(Attempt::answer)?.page.as_ref()?;
    let cancelled = case.filing.filing_number();
    let shown = page.record_numbers.iter().filter(|shown| shown.visible);
    let mut numbers = shown.filter_map(|shown| shown.canonical.parse().ok());
    numbers.find_map(|number| match number {
        Number::Filing(number) if cancelled.is_some_and(|own| !own.same_subject(&number)) => {
            Some(number.to_string())
        }
        _ => None,
    })
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "备案已经注销，域名仍然解析到内地服务器",
        doubt: "备案已经注销，而域名可能仍然解析到内地服务器，请确认",
        checks: "状态为已注销的，查询主域名、www 和首页主机的地址：有内地地址的判为违规；归属地有争议或不明的，以及网页上展示着另一个主体备案号（可能已重新备案）的，请人工确认。",
        why: "备案注销后，域名不得再使用中国内地的服务器提供服务；继续开放的属于未备案网站，接入商应当停止接入。",
        cause: "注销备案后没有删除解析记录或关闭网站；也可能域名已经转给他人并重新备案，而名单没有更新。",
        remedy: "请登录域名的解析控制台，删除或暂停指向内地服务器的记录，并关闭服务器上的网站；仍要使用内地服务器的，请重新办理备案。已经重新备案的，把新的备案号告诉我们即可。",
        bad: "备案状态 已注销，site.example 解析到内地地址",
        good: "备案状态 已注销，site.example 没有 A 记录",
    },
    en: Words {
        problem: "The filing is cancelled, and the domain still resolves to a server in the mainland",
        doubt: "The filing is cancelled, and the domain may still resolve to a server in the mainland; please confirm",
        checks: "Where the status is cancelled, asks for the addresses of the domain, its www host and the homepage's: one in the mainland fails; a place that is disputed or unknown, or a page that shows the number of another subject (it may have been filed anew), is left to a person.",
        why: "Once a filing is cancelled its domain must not be served from the mainland: a site that stays open there is an unfiled one, to which the provider has to end access.",
        cause: "The records were not deleted, or the site not closed, when the filing was cancelled; or the domain went to somebody else who filed it, and the list has not followed.",
        remedy: "Log in to the domain's DNS console, delete or pause the records that point into the mainland, and close the site on the server; to go on using it, file it anew. If it has been filed anew, just tell us the number.",
        bad: "status 已注销, site.example resolves to an address in the mainland",
        good: "status 已注销, site.example has no A record",
    },
};
