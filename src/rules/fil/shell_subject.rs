use super::listed::{no_subject, review};
use crate::policy::Level;
use crate::rules::{Check, Defect, Field, ListCase, Outcome, Rule, Text, Texts, Words, law};

/// FIL008
pub(super) const RULE: Rule = Rule {
    code: "FIL008",
    name: "shell-subject",
    level: Level::Violation,
    needs: &[Field::SubjectName],
    yields_to: &[],
    sources: &["Tencent Cloud, filing FAQ: 空壳主体", "Huawei Cloud 19.8"],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::List(check),
};

fn check(case: &ListCase<'_>) -> Outcome {
    let Some(household) = case.siblings.household else { return no_subject() };
    let alive = household.services.saturating_sub(household.cancelled);
    if alive > 0 || household.alive_by_name {
        let (zh, en) =
            ("名单中该主体仍有有效的备案", "the list has a filing of the subject in force");
        return Outcome::Pass(Text::new(zh, en));
    }
    let count = household.cancelled;
    let defect = Defect {
        expected: Text::new(
            "主体下至少有一个有效的网站或 APP，否则主体也一并注销",
            "at least one site or app in force, or the subject cancelled as well",
        ),
        found: Text::new(
            format!("名单中该主体的 {count} 项备案全部已注销"),
            format!("all {count} filings of the subject in the list are cancelled"),
        ),
        ..Defect::default()
    };
    if count > 1 {
        return Outcome::Fail(defect);
    }
    // With its only site, a subject is as a rule cancelled too.
    review(
        defect,
        Text::new(
            "名单中该主体只有这一项备案，主体本身可能已随之注销，也可能还有名单以外的备案",
            "it is the subject's only filing in the list: the subject may have been cancelled \
             along with it, or have filings that the list does not show",
        ),
    )
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "主体下的网站和 APP 已全部注销，主体成为空壳主体",
        doubt: "请核对主体是否仍然有效：名单中它的备案已经注销，可能成为空壳主体",
        checks: "在整份名单里按主体统计备案状态：该主体的备案全部为“已注销”即报告。只看名单里的状态，不根据域名能否解析、网站能否打开来推断；同名主体另有有效备案的不报告，只有一项备案的请人工复核。",
        why: "主体下没有任何有效的网站或 APP，就成为空壳主体：不能再新增备案，须先向通信管理局申请注销主体，才能重新备案。",
        cause: "注销网站时没有同时注销主体；或者网站全部取消接入之后被清理。",
        remedy: "请在工信部备案管理系统（beian.miit.gov.cn）查询该主体：主体仍在而没有网站或 APP 的，请下载所在省的注销申请表，盖章后提交给省通信管理局注销主体，需要时再重新备案；还有其他有效备案的，请把它补充到名单里。",
        bad: "某公司名下的两个网站，备案状态都是已注销",
        good: "某公司的一个网站已注销，另一个已备案",
    },
    en: Words {
        problem: "All sites and apps of the subject are cancelled: the subject is an empty shell",
        doubt: "Please check whether the subject is still in force: its filing in the list is cancelled, which may leave an empty shell",
        checks: "Counts the states of a subject's filings over the whole list: where all of them are cancelled, it is found. Only the list's own column counts, never whether a name resolves or a site opens. Nothing is said where a subject of the same name has a filing in force; a single filing is for a person to look at.",
        why: "A subject without any site or app is an empty shell: it can file nothing new until the administration has cancelled the subject itself, and it has filed afresh.",
        cause: "The sites were cancelled and the subject was not, or all sites lost their access provider and were struck off.",
        remedy: "Look the subject up in the ministry's filing system (beian.miit.gov.cn): where it stands there without site or app, send the province's form for cancelling the subject, stamped, to the provincial administration, and file afresh where that is wanted; where there are other filings in force, add them to the list.",
        bad: "both sites of a company are cancelled",
        good: "one site of a company is cancelled, the other in force",
    },
};
