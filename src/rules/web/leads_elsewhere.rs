use super::answers::{foreign_end, is_answered, opened};
use crate::filing::Filing;
use crate::page::Page;
use crate::policy::Level;
use crate::record::Number;
use crate::rules::{Check, Defect, Na, Outcome, Rule, Text, Texts, WebCase, Words, law, quote};
use std::net::IpAddr;

/// WEB006
pub(super) const RULE: Rule = Rule {
    code: "WEB006",
    name: "leads-elsewhere",
    level: Level::Violation,
    needs: &[],
    yields_to: &["DNS001", "WEB001", "WEB004", "WEB009", "WEB003"],
    sources: &["Tencent Cloud, FAQ on filing", "Huawei Cloud 17.4.2"],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::Web(check),
};

fn check(case: &WebCase<'_>) -> Outcome {
    let filing = case.filing;
    let best = case.visit.best().filter(|attempt| is_answered(attempt));
    let attempt = best.or_else(|| case.visit.attempts().find(|a| is_answered(a)));
    // Where a browser looked, it tells where a visitor ends: scripts lead away, too.
    let end = match (opened(case.host), attempt) {
        (Some(rendered), _) => End { url: &rendered.url, page: Some(&rendered.page) },
        (None, Some(attempt)) => End {
            url: attempt.last_url(),
            page: attempt.answer().and_then(|seen| seen.page.as_ref()),
        },
        (None, None) => return Outcome::Na(Na::Unseen),
    };
    let url = quote(end.url);
    let Some(host) = foreign_end(end.url, &filing.domain, &case.evidence.siblings.same_subject)
    else {
        // What a script that sets the location would have done takes a browser to tell.
        let may_leave = opened(case.host).is_none() && end.page.is_some_and(|p| p.leaves_by_script);
        return if may_leave { Outcome::Na(Na::Unseen) } else { Outcome::Pass(Text::same(url)) };
    };
    if is_filed_address(filing, &host) {
        return Outcome::Pass(Text::same(url));
    }
    let defect = Defect {
        expected: Text::new(
            format!("{} 或同一主体备案的其他域名", filing.domain.registrable()),
            format!("{} or another filed domain of the same subject", filing.domain.registrable()),
        ),
        found: Text::same(url),
        ..Defect::default()
    };
    // What else the subject has filed is known only where the list says who the subject is,
    // and a page that carries the subject's own number may well be such a site.
    let is_subject_known = filing.subject_name.is_some() || filing.filing_number().is_some();
    if is_subject_known && !shows_own_subject(end.page, filing) && !is_address(&host) {
        Outcome::Fail(defect)
    } else {
        Outcome::Review(Defect {
            cause: Some(Text::new(
                "首页跳转到了另一个域名或地址；仅凭名单和页面还不能确定它是否属于同一主体。",
                "The homepage leads to another domain or address; the list and the page do not tell whether it is the same subject's.",
            )),
            ..defect
        })
    }
}

/// Where a visitor ended.
struct End<'a> {
    url: &'a str,
    page: Option<&'a Page>,
}

fn shows_own_subject(page: Option<&Page>, filing: &Filing) -> bool {
    let Some(own) = filing.filing_number() else { return false };
    page.is_some_and(|page| {
        page.record_numbers.iter().filter(|shown| shown.visible).any(|shown| {
            matches!(shown.number(), Some(Number::Filing(number)) if number.same_subject(own))
        })
    })
}

fn is_address(host: &str) -> bool {
    host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
}

fn is_filed_address(filing: &Filing, host: &str) -> bool {
    let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    address.is_some_and(|at| filing.addresses.iter().any(|range| range.contains(at)))
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "打开备案的网站会跳转到另一个域名，而它不是同一主体的备案域名",
        doubt: "打开备案的网站会转到另一个域名或地址，请确认它是否属于同一主体",
        checks: "跟随首页的跳转（用浏览器打开过首页的，也包括脚本的跳转），比较最终网址的主域名。既不属于备案域名、也不属于名单中同一主体其他备案域名的，判为违规；名单中没有主体信息，或者目标页面显示同一主体的备案号时，交由人工复核。",
        why: "备案域名应当用于备案登记的网站，内容须与备案主体相符；把备案域名用作其他网站的入口，属于内容与备案信息不符。",
        cause: "网站更名换了域名，旧域名设置了跳转；域名借给他人使用；域名换了持有者；或者网站被篡改、被人植入了跳转。",
        remedy: "请在浏览器中打开网站确认跳转目标。目标网站属于同一主体的，请为目标域名办理备案；已经备案的，请告诉我们补登到名单；不是自己设置的跳转，请立即联系网站开发人员检查服务器和网页是否被篡改；不再使用原网站的，请停止解析并申请注销备案。",
        bad: "http://site.example/ 跳转到 https://other.example/，后者不在同一主体名下",
        good: "http://site.example/ 跳转到 https://www.site.example/",
    },
    en: Words {
        problem: "The filed site leads to another domain that is not a filing of the same subject",
        doubt: "The filed site leads to another domain or address; please confirm whether it is the same subject's",
        checks: "Follows the homepage's redirects, in a browser also those of its scripts, and compares the registrable domain of the last address. Where it is neither the filed one nor one that the list files under the same subject, it fails; where the list does not say who the subject is, or the page reached shows the same subject's number, a person has to look.",
        why: "A filed domain is for the site that was filed, and what it shows has to fit its subject; a filed domain that serves as the door to another site does not agree with its filing.",
        cause: "The site moved to a new domain and the old one redirects, the domain is lent to somebody else, it has a new owner, or the site was tampered with.",
        remedy: "Open the site in a browser and see where it leads. If the target is the same subject's, file the target's domain, or tell us that it is filed, so that we add it to the list; if nobody of yours set the redirect, have the developer check the server and its pages for tampering at once; if the old site is no longer used, stop its DNS records and ask for the filing to be cancelled.",
        bad: "http://site.example/ redirects to https://other.example/, which is not the same subject's",
        good: "http://site.example/ redirects to https://www.site.example/",
    },
};
