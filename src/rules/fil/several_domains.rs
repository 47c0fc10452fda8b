use super::listed::{domains, not_in_force, review};
use crate::policy::Level;
use crate::record::FilingNumber;
use crate::rules::{Check, Defect, Field, ListCase, Na, Outcome, Rule, Text, Texts, Words, law};
use jiff::civil::{Date, date};

/// From this day on a site has one domain.
const ONE_DOMAIN_SINCE: Date = date(2019, 4, 22);

/// FIL018
pub(super) const RULE: Rule = Rule {
    code: "FIL018",
    name: "several-domains-of-one-number",
    level: Level::Warning,
    needs: &[Field::RecordNumber, Field::ApprovedOn],
    yields_to: &["FIL001"],
    sources: &["Huawei Cloud 13.10", "Tencent Cloud, filing FAQ: 多个域名如何进行 ICP 备案"],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::List(check),
};

fn check(case: &ListCase<'_>) -> Outcome {
    if let Some(na) = not_in_force(case) {
        return na;
    }
    let Some(approved) = case.filing.approved_on else {
        return Outcome::Na(Na::MissingField(Field::ApprovedOn));
    };
    let service = case.filing.filing_number().filter(|number| number.serial.is_some());
    let Some(number) = service else {
        return Outcome::Na(Na::Other(Text::new(
            "名单里的备案号不带“-n”，不能确定是哪个网站的",
            "the filed number has no -n, and does not tell which site it is of",
        )));
    };
    let others = &case.siblings.same_number;
    if others.is_nobody() {
        return Outcome::Pass(Text::new(
            format!("名单中 {number} 只有这一个域名"),
            format!("the list has this domain alone under {number}"),
        ));
    }
    if approved < ONE_DOMAIN_SINCE {
        return Outcome::Pass(Text::new(
            format!("{approved} 通过审核，当时一个网站可以有几个域名"),
            format!("approved on {approved}, when a site could have several domains"),
        ));
    }
    let named = domains(others);
    let defect = Defect {
        expected: Text::new(
            "一个网站一个域名，各有备案号",
            "one domain a site, each its own number",
        ),
        found: Text::new(
            format!("{number} 在名单中还登记了 {}", named.zh),
            format!("the list has {} under {number} as well", named.en),
        ),
        ..Defect::default()
    };
    if is_of_new_subject(number) {
        return Outcome::Fail(defect);
    }
    review(
        defect,
        Text::new(
            "主体备案较早，名单里的审核日期可能是后来变更的日期；2019 年 4 月 22 日以前备案的多个域名可以保留",
            "the subject's filing is older, and the date of approval may be that of a later \
             change; several domains filed before 2019-04-22 may stay",
        ),
    )
}

/// Whether the subject itself filed after that day: numbers of ten digits begin with the year.
fn is_of_new_subject(number: &FilingNumber) -> bool {
    let year = number.digits.get(..4).filter(|_| number.digits.len() == 10);
    year.is_some_and(|year| year >= "2020")
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "一个网站备案号登记了多个域名，现在一个网站只能备案一个域名",
        doubt: "请核对该网站备案号下的域名：名单中它登记了多个域名",
        checks: "在整份名单里查找备案号（带“-n”）相同而域名不同的网站。2019 年 4 月 22 日以前通过审核的可以有多个域名，不报告；主体备案更早的，审核日期可能是后来变更的日期，只请人工复核。同一注册域名下的子域名不计。",
        why: "2019 年 4 月 22 日起，一个网站只能提交一个域名；有新的域名要使用，须作为新的网站备案，取得自己的备案号。",
        cause: "把新域名直接挂在已有的网站上而没有单独备案；或者名单录入时把同一个备案号填到了几个域名上。",
        remedy: "请在工信部备案管理系统（beian.miit.gov.cn）按域名逐一查询备案号：名单有误的，告诉我们更正；没有自己备案号的域名，请通过接入商新增网站备案，通过之前不要使用该域名访问网站。",
        bad: "京ICP备2099000123号-1 登记了 site.example 和 shop.example，2025 年通过审核",
        good: "site.example 为 京ICP备2099000123号-1，shop.example 为 京ICP备2099000123号-2",
    },
    en: Words {
        problem: "Several domains stand under one site's record number, while a site now has one domain",
        doubt: "Please check the domains of this record number: the list has several under it",
        checks: "Looks in the whole list for sites with the same record number (with its -n) and another domain. What was approved before 2019-04-22 may have several; where the subject is older than that, the date of approval may be that of a later change, and a person has to look. Subdomains of one registered domain do not count.",
        why: "Since 2019-04-22 a site is filed with one domain; a new domain has to be filed as a site of its own, with a number of its own.",
        cause: "A new domain was pointed at a filed site without a filing of its own, or the list has one number on the lines of several domains by mistake.",
        remedy: "Look each domain up in the ministry's filing system (beian.miit.gov.cn): where the list is wrong, tell us; a domain without a number of its own has to be filed as a new site through the access provider, and should not lead to the site before that is approved.",
        bad: "site.example and shop.example both stand under 京ICP备2099000123号-1, approved in 2025",
        good: "site.example is 京ICP备2099000123号-1, shop.example is 京ICP备2099000123号-2",
    },
};
