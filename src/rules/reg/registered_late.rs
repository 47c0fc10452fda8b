use crate::policy::Level;
use crate::rules::{
    Check, Defect, Field, Na, Outcome, RegistrationCase, Rule, Text, Texts, Words, law,
};
use jiff::ToSpan;

/// REG003
pub(super) const RULE: Rule = Rule {
    code: "REG003",
    name: "registered-after-approval",
    level: Level::Violation,
    needs: &[Field::ApprovedOn],
    yields_to: &[],
    sources: &["Huawei Cloud 17.3.3"],
    law: &[&law::OWNED],
    texts: TEXTS,
    check: Check::Registration(check),
};

fn check(case: &RegistrationCase<'_>) -> Outcome {
    let Some(approved) = case.filing.approved_on else {
        return Outcome::Na(Na::MissingField(Field::ApprovedOn));
    };
    let Some(registered) = case.registration.registered_on else {
        return Outcome::Na(Na::Other(Text::new(
            "注册信息中没有注册日期",
            "the answer names no day of registration",
        )));
    };
    // A time without a zone may belong to the day before or after.
    if registered <= approved.saturating_add(1.day()) {
        return Outcome::Pass(Text::new(
            format!("注册于 {registered}"),
            format!("registered on {registered}"),
        ));
    }
    Outcome::Fail(Defect {
        expected: Text::new(
            format!("注册日期不晚于备案审核通过的日期 {approved}"),
            format!("registered no later than the filing was approved ({approved})"),
        ),
        found: Text::new(format!("注册于 {registered}"), format!("registered on {registered}")),
        hosts: vec![case.filing.domain.ascii().to_owned()],
        ..Defect::default()
    })
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "域名的注册日期晚于备案审核通过的日期",
        doubt: "域名的注册日期看来晚于备案审核通过的日期，请核对",
        checks: "把注册信息（RDAP 或 WHOIS）中的注册日期与名单中的审核通过日期比较。注册局使用的时区各不相同，相差一天不算。",
        why: "备案是为当时登记的那一次域名注册办理的。域名被删除后重新注册，就是一次新的注册，持有者也可能变了，原备案不再有效。",
        cause: "域名在备案期间过期被删除，之后又重新注册；或者名单中的审核通过日期填写有误。",
        remedy: "请先核对名单中的审核通过日期，有误的告诉我们即可。域名确实重新注册过的，请在接入商的备案系统注销原备案，再为该域名重新办理备案。",
        bad: "2024-03-01 审核通过，2025-08-15 注册",
        good: "2015-06-01 注册，2024-03-01 审核通过",
    },
    en: Words {
        problem: "The domain was registered after its filing was approved",
        doubt: "The domain seems to have been registered after its filing was approved; please check",
        checks: "Compares the day of registration (RDAP or WHOIS) with the day of approval in the list. Registries use different time zones: one day does not count.",
        why: "A filing is made for one registration of a domain. A domain that was deleted and registered anew is another registration, perhaps another holder's, and the old filing no longer covers it.",
        cause: "The domain expired, was deleted and registered again while it was filed; or the day of approval in the list is wrong.",
        remedy: "Please look at the day of approval in the list first; where it is wrong, just tell us. Where the domain was indeed registered anew, cancel the old filing in the access provider's filing system and file the domain again.",
        bad: "approved on 2024-03-01, registered on 2025-08-15",
        good: "registered on 2015-06-01, approved on 2024-03-01",
    },
};
