use super::mainland::{Mainland, told_by_another_row};
use crate::filing::Status;
use crate::policy::Level;
use crate::rules::{Check, Defect, Na, Outcome, Rule, SiteCase, Text, Texts, Words, law};

/// DNS007
pub(super) const RULE: Rule = Rule {
    code: "DNS007",
    name: "resolves-before-approval",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &["Tencent Cloud, 备案期间", "Huawei Cloud 7.15, 16.23"],
    law: &[&law::FILED],
    texts: TEXTS,
    check: Check::Site(check),
};

fn check(case: &SiteCase<'_>) -> Outcome {
    if let Some(na) = told_by_another_row(case) {
        return Outcome::Na(na);
    }
    let filing = case.filing;
    // A service's own number was issued to it once: then a filing is there, or was.
    let has_number = filing.filing_number().is_some_and(|number| number.serial.is_some());
    let is_first = filing.status == Status::Pending && !has_number;
    if filing.status != Status::Pending && has_number {
        return Outcome::Na(Na::Other(Text::new(
            "名单中有备案号，不能确定是未备案的网站",
            "the list has a record number: nothing says that the site was never filed",
        )));
    }
    let defect = |hosts: Vec<String>, found: Text| Defect {
        expected: Text::new(
            "备案通过之前不解析到内地服务器",
            "no address in the mainland until the filing is approved",
        ),
        found,
        hosts,
        ..Defect::default()
    };
    match Mainland::of(case) {
        Mainland::Yes(hosts, found) if is_first => Outcome::Fail(defect(hosts, found)),
        Mainland::Yes(hosts, found) | Mainland::Perhaps(hosts, found) => {
            Outcome::Review(defect(hosts, found))
        }
        Mainland::No(seen) => Outcome::Pass(seen),
        Mainland::Unseen => Outcome::Na(Na::Unseen),
    }
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "备案尚未通过，域名已经解析到内地服务器",
        doubt: "名单显示备案尚未通过，而域名可能解析到了内地服务器，请确认",
        checks: "状态为备案中（首次备案、新增网站）的，查询主域名、www 和首页主机的地址：有内地地址的判为违规；归属地有争议或不明的，以及名单写“未备案”“驳回”等、或备案中却已有备案号的，请人工确认。变更备案和接入备案期间可以照常访问，不在此列。",
        why: "首次备案和新增网站在取得备案号之前不得开通访问，应当暂停解析或关闭网站；审核期间发现网站已开放的，备案申请会被退回。",
        cause: "提交备案前就添加了解析，或者测试时添加的记录没有暂停；注册商也可能自动添加了停放页面的记录。",
        remedy: "请登录域名的解析控制台，暂停主域名和 www 等指向内地服务器的记录，等备案通过后再启用。备案其实已经通过的，把备案号告诉我们即可。",
        bad: "备案状态 备案中（首次），site.example 解析到内地地址",
        good: "备案状态 备案中（首次），site.example 没有 A 记录",
    },
    en: Words {
        problem: "The filing is not approved yet, and the domain resolves to a server in the mainland",
        doubt: "The list says that there is no approval, and the domain may resolve to a server in the mainland; please confirm",
        checks: "Where a first filing or a new site is in progress, asks for the addresses of the domain, its www host and the homepage's: one in the mainland fails; a place that is disputed or unknown, a list that says 'not filed' or 'turned down', or a filing in progress that has a number already is left to a person. Changes and access filings in progress may stay open, and are not looked at.",
        why: "A site that is being filed for the first time must not be open before it has its number: the records are to be paused or the site closed. An application whose site is found open is returned.",
        cause: "The records were added before the filing was handed in, or left from a test; a registrar may have added records of a parking page by itself.",
        remedy: "Log in to the domain's DNS console and pause the records of the domain, www and the like that point into the mainland, and enable them once the filing is approved. If it has been approved, just tell us the number.",
        bad: "status 备案中（首次）, site.example resolves to an address in the mainland",
        good: "status 备案中（首次）, site.example has no A record",
    },
};
