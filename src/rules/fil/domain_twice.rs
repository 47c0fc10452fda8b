use super::listed::review;
use crate::evidence::{Kinship, Twin};
use crate::filing::Status;
use crate::policy::Level;
use crate::rules::{Check, Defect, ListCase, Outcome, Rule, Text, Texts, Words, law};

/// FIL014
pub(super) const RULE: Rule = Rule {
    code: "FIL014",
    name: "domain-filed-twice",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &["Tencent Cloud, filing FAQ: 备案域名冲突"],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::List(check),
};

fn check(case: &ListCase<'_>) -> Outcome {
    let others = case.siblings.same_domain.iter().filter(|twin| is_conflict(case, twin));
    let (changing, staying): (Vec<&Twin>, Vec<&Twin>) =
        others.partition(|twin| twin.cancelling || twin.pending);
    let defect = |twins: &[&Twin]| Defect {
        expected: Text::new(
            "一个域名只在一个主体下备案一次",
            "a domain is filed once, under one subject",
        ),
        found: Text::list(twins.iter().map(|twin| words(twin))),
        ..Defect::default()
    };
    match (staying.as_slice(), changing.as_slice()) {
        ([], []) => Outcome::Pass(Text::new(
            "名单中没有同一域名的另一项备案",
            "the list has no other filing of this domain",
        )),
        ([_, ..], _) if is_settled(case) => Outcome::Fail(defect(&staying)),
        (staying, changing) => {
            let is_leaving = |twin: &&Twin| twin.cancelling;
            let is_left = case.filing.status == Status::Cancelling;
            let ends = is_left || changing.iter().any(is_leaving);
            review(defect(&[staying, changing].concat()), if ends { leaving() } else { coming() })
        }
    }
}

/// Whether the filing itself is neither on its way in nor on its way out: either may be what
/// mends the conflict.
fn is_settled(case: &ListCase<'_>) -> bool {
    !matches!(case.filing.status, Status::Cancelling | Status::Pending)
}

fn leaving() -> Text {
    Text::new(
        "其中一项备案正在注销，注销完成后冲突即消除",
        "one of the filings is being cancelled, and with it the conflict ends",
    )
}

fn coming() -> Text {
    Text::new(
        "其中一项备案还在办理中，没有生效，可能是域名转让后由新的持有者申请",
        "one of the filings is still under way and not in force: a new holder of the domain may \
         have applied for it",
    )
}

/// Whether another filing of the domain cannot be the same one, listed a second time.
fn is_conflict(case: &ListCase<'_>, twin: &Twin) -> bool {
    match twin.kinship {
        Kinship::Other => true,
        Kinship::Unknown => false,
        Kinship::Same => {
            let own = case.filing.filing_number();
            let both = own.zip(twin.number.as_ref());
            both.is_some_and(|(own, other)| {
                own.serial.is_some() && other.serial.is_some() && own != other
            })
        }
    }
}

fn words(twin: &Twin) -> Text {
    let (zh, en) = match twin.kinship {
        Kinship::Same => ("同一主体", "the same subject"),
        Kinship::Other | Kinship::Unknown => ("另一主体", "another subject"),
    };
    match &twin.number {
        Some(number) => Text::new(
            format!("名单中还有{zh}的备案 {number}"),
            format!("the list has it under {en} as {number} too"),
        ),
        None => Text::new(
            format!("名单中还有{zh}的备案（没有备案号）"),
            format!("the list has it under {en} too, without a number"),
        ),
    }
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "同一个域名重复备案：名单中它还有另一项备案",
        doubt: "请核对该域名的备案：名单中它还有另一项备案",
        checks: "在整份名单里查找同一个域名的其他网站备案：属于另一个主体，或者属于同一主体但备案号不同，即报告。已注销、被驳回、未备案或已取消接入的行，以及 APP 和小程序的备案不计；同一项备案在名单里出现多行（如每个 IP 或每个接入商一行）不算重复；其中一项正在注销或还在办理的，只请人工复核。",
        why: "一个域名只能归属一个主体、备案一次。域名转让之后原备案没有注销，新的备案会因域名冲突被退回，原主体仍要对网站内容负责。",
        cause: "域名转让或过期重新注册之后，原备案没有注销；主体更名或改制后另行备案；或者两家接入商同时提交了备案。",
        remedy: "请在工信部备案管理系统（beian.miit.gov.cn）按域名查询，确认哪一项备案有效：域名已经不属于该主体的，请由原主体注销原备案；同一主体重复备案的，保留在用的一项，注销另一项；名单有误的，告诉我们更正。",
        bad: "site.example 同时登记在 京ICP备2099000123号-1 和 京ICP备2099000456号-1 名下",
        good: "site.example 的两行是同一项备案：备案号相同，接入商各一行",
    },
    en: Words {
        problem: "The domain is filed more than once: the list has another filing of it",
        doubt: "Please check the filing of this domain: the list has another one of it",
        checks: "Looks for other website filings of the same domain in the whole list: one of another subject, or of the same subject under another number, is found. Filings that are cancelled, turned down, not filed or without access, and those of apps and mini programs, do not count; one filing on several lines (one for each address or provider, say) is none; where one of them is being cancelled or still under way, a person has to look.",
        why: "A domain belongs to one subject and is filed once. Where a former owner's filing still stands, a new one is sent back for the conflict, and the former owner answers for the content.",
        cause: "The domain was sold, or ran out and was registered anew, and the old filing was not cancelled; the company changed and filed afresh; or two access providers submitted a filing at the same time.",
        remedy: "Look the domain up in the ministry's filing system (beian.miit.gov.cn) and see which filing stands: where the domain is no longer this subject's, the former owner has to cancel the filing; where one subject filed it twice, keep the one in use and cancel the other; where the list is wrong, tell us.",
        bad: "site.example is on file as 京ICP备2099000123号-1 and as 京ICP备2099000456号-1",
        good: "both lines of site.example are one filing: the same number, a line for each access provider",
    },
};
