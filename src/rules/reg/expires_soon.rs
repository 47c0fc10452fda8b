use super::{days_left, expiry};
use crate::policy::Level;
use crate::rules::{Check, Defect, Na, Outcome, RegistrationCase, Rule, Text, Texts, Words, law};

/// REG002
pub(super) const RULE: Rule = Rule {
    code: "REG002",
    name: "domain-expires-soon",
    level: Level::Warning,
    needs: &[],
    yields_to: &["REG001"],
    sources: &["Huawei Cloud 19.14"],
    law: &[&law::OWNED],
    texts: TEXTS,
    check: Check::Registration(check),
};

fn check(case: &RegistrationCase<'_>) -> Outcome {
    let Some((day, left)) = days_left(case) else {
        return Outcome::Na(Na::Other(Text::new(
            "注册信息中没有到期日",
            "the answer names no day of expiry",
        )));
    };
    if left < 0 {
        return Outcome::Na(Na::Yields("REG001"));
    }
    if left > i32::from(case.policy.readings.expiry_days) {
        return Outcome::Pass(expiry(day));
    }
    let days = case.policy.readings.expiry_days;
    Outcome::Fail(Defect {
        expected: Text::new(
            format!("到期日在 {days} 天以后"),
            format!("more than {days} days to the expiry"),
        ),
        found: match left {
            0 => Text::new(format!("今天（{day}）到期"), format!("expires today ({day})")),
            1 => Text::new(format!("明天（{day}）到期"), format!("expires tomorrow ({day})")),
            _ => Text::new(
                format!("{day} 到期，还有 {left} 天"),
                format!("expires on {day}, in {left} days"),
            ),
        },
        hosts: vec![case.filing.domain.ascii().to_owned()],
        ..Defect::default()
    })
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "域名即将到期",
        doubt: "域名看来即将到期，请核对是否已经续费",
        checks: "查询域名的注册信息（RDAP 或 WHOIS），距到期日不足 30 天（天数可配置）时提醒。",
        why: "到期后域名会停止解析，网站无法打开，备案也会因此不符合要求。",
        cause: "域名的注册年限快要用完，没有续费，也没有开启自动续费；或者自动续费要到到期当天才进行。",
        remedy: "请登录域名注册商的控制台为域名续费，或确认已经开启自动续费；续费后无需再做其他操作。域名不打算继续使用的，请在接入商的备案系统申请注销备案。",
        bad: "2026-12-01 到期，检测日 2026-11-22",
        good: "2027-12-01 到期，检测日 2026-11-22",
    },
    en: Words {
        problem: "The domain is about to expire",
        doubt: "The domain seems to be about to expire; please check whether it has been renewed",
        checks: "Asks for the domain's registration (RDAP or WHOIS) and warns where less than 30 days (configurable) are left.",
        why: "When it expires the domain stops resolving, the site cannot be opened any more, and the filing is no longer in order.",
        cause: "The years that were paid for are nearly over and the domain was not renewed; or it is renewed automatically, on the last day.",
        remedy: "Renew the domain in the registrar's console, or make sure that automatic renewal is on; nothing else is to be done then. Where the domain will not be kept, have the filing cancelled in the access provider's filing system.",
        bad: "expires on 2026-12-01, checked on 2026-11-22",
        good: "expires on 2027-12-01, checked on 2026-11-22",
    },
};
