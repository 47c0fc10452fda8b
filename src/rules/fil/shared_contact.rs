use super::listed::{domains, no_subject, not_in_force, review};
use crate::evidence::{Others, Sharers};
use crate::policy::Level;
use crate::rules::{Check, Defect, Field, ListCase, Outcome, Rule, Text, Texts, Words, law};

/// FIL007
pub(super) const RULE: Rule = Rule {
    code: "FIL007",
    name: "shared-contact",
    level: Level::Warning,
    needs: &[Field::Contact],
    yields_to: &[],
    sources: &["Tencent Cloud, filing FAQ: 备案的服务负责人手机号码", "Huawei Cloud 13.9, 13.14"],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::List(check),
};

fn check(case: &ListCase<'_>) -> Outcome {
    if let Some(na) = not_in_force(case) {
        return na;
    }
    if case.siblings.household.is_none() {
        return no_subject();
    }
    let each = [
        (Text::new("手机号码", "the phone"), &case.siblings.phone),
        (Text::new("邮箱", "the mail address"), &case.siblings.email),
    ];
    let said = |with: fn(&Sharers) -> &Others, zh: &str, en: &str| -> Vec<Text> {
        let shared = each.iter().filter(|(_, sharers)| !with(sharers).is_nobody());
        shared.map(|(what, sharers)| sentence(what, with(sharers), zh, en)).collect()
    };
    let mut found = said(|s| &s.subjects, "其他主体", "another subject");
    found.extend(said(|s| &s.people, "本主体的另一位负责人", "another person of this subject"));
    let defect = |found| Defect {
        expected: Text::new(
            "手机号码和邮箱由本主体的一位负责人专用",
            "a phone and a mail address that one person of this subject has alone",
        ),
        found: Text::list(found),
        ..Defect::default()
    };
    if !found.is_empty() {
        return Outcome::Fail(defect(found));
    }
    let unsure = said(|s| &s.unsure, "其他主体", "another subject");
    if unsure.is_empty() {
        let (zh, en) = ("名单中没有他人使用同一联系方式", "nobody else of the list has the same");
        return Outcome::Pass(Text::new(zh, en));
    }
    review(
        defect(unsure),
        Text::new(
            "同一位法定代表人的几家公司可以使用相同的联系方式，名单没有写明双方的法定代表人",
            "companies of one legal representative may share theirs, and the list does not name \
             the representatives of both",
        ),
    )
}

fn sentence(what: &Text, others: &Others, zh: &str, en: &str) -> Text {
    let domains = domains(others);
    Text::new(
        format!("{}与{zh}登记的相同：{}", what.zh, domains.zh),
        format!("{} is also that of {en}: {}", what.en, domains.en),
    )
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "备案登记的手机号码或邮箱，同时登记在其他主体或另一位负责人名下",
        doubt: "请核对备案登记的手机号码和邮箱：名单中还有其他主体使用相同的联系方式",
        checks: "在整份名单里比较手机号码（去掉空格、连字符和 +86）和邮箱：同一个号码用于两个主体，或者用于同一主体的两位负责人，即报告。同一位法定代表人的几家公司使用相同的联系方式是允许的；名单没有法定代表人一栏时，跨主体的相同只请人工复核。已注销的备案不计，明显的占位号码不比较，也不会写出他人的号码。",
        why: "备案的联系方式须真实有效，供管理部门联系到本人。同一位负责人及其电话、邮箱不能用于多个主体，不同负责人的联系方式也不能相同；核实不符的，备案申请会被退回。",
        cause: "由同一位经办人或代办公司代填，留了自己的号码；或者更换负责人之后没有更新联系方式。",
        remedy: "请由本主体的负责人提供自己在用的手机号码和邮箱，通过接入商的备案系统提交变更备案，并完成短信核验；相同的号码属于对方的，请对方变更。变更通过后告诉我们，由我们更新名单。",
        bad: "甲公司与乙公司的法定代表人不同，网站备案登记的是同一个手机号码",
        good: "两家公司登记了同一个手机号码，法定代表人是同一位",
    },
    en: Words {
        problem: "The phone or mail address on file is also on file for another subject or another person",
        doubt: "Please check the phone and the mail address on file: another subject of the list has the same",
        checks: "Compares phones (spaces, hyphens and +86 dropped) and mail addresses over the whole list: one that serves two subjects, or two people of one subject, is found. Companies of one legal representative share theirs rightly; where the list has no such column, what two subjects share is for a person to look at. Cancelled filings do not count, evident placeholders are not compared, and no number of others is quoted.",
        why: "The contact of a filing has to be real, so that the administration reaches the person. One responsible person, with phone and mail address, may not serve several subjects, and different people may not have the same contact; an application that does not hold is sent back.",
        cause: "One clerk or agent filled in several filings with a number of their own, or the contact was not changed when another person took over.",
        remedy: "Have the responsible person of this subject give a phone and a mail address of their own, submit a change of the filing through the access provider and confirm it by text message; where the number belongs to the other side, that side has to change. Tell us when it is done, so that we update the list.",
        bad: "two companies of different legal representatives have one phone on file",
        good: "two companies have one phone on file, and the same legal representative",
    },
};
