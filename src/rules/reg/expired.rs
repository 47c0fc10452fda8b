use super::{days_left, expiry, status};
use crate::policy::Level;
use crate::rules::{Check, Defect, Na, Outcome, RegistrationCase, Rule, Text, Texts, Words, law};

/// REG001
pub(super) const RULE: Rule = Rule {
    code: "REG001",
    name: "domain-expired",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &["Huawei Cloud 17.3.1"],
    law: &[&law::OWNED],
    texts: TEXTS,
    check: Check::Registration(check),
};

/// A time without a zone, or a clock on the other side of the world, may be a day off.
const TOLERANCE: i32 = 1;

fn check(case: &RegistrationCase<'_>) -> Outcome {
    let defect = |found: Text| Defect {
        expected: Text::new("域名在有效期内", "the domain is registered and paid for"),
        found,
        hosts: vec![case.filing.domain.ascii().to_owned()],
        ..Defect::default()
    };
    let going = status(case, &["pendingDelete", "redemptionPeriod"]);
    let restoring = status(case, &["pendingRestore"]);
    if !going.is_empty() || !restoring.is_empty() {
        let states: Vec<&str> = restoring.iter().chain(&going).copied().collect();
        let states = states.join(" ");
        let defect = defect(Text::new(
            format!("注册局状态为 {states}"),
            format!("the registry's status is {states}"),
        ));
        // Whoever has it restored has done what is asked.
        return match restoring.is_empty() {
            true => Outcome::Fail(defect),
            false => Outcome::Review(defect),
        };
    }
    let Some((day, left)) = days_left(case) else {
        return Outcome::Na(Na::Other(Text::new(
            "注册信息中没有到期日",
            "the answer names no day of expiry",
        )));
    };
    if left >= 0 {
        return Outcome::Pass(expiry(day));
    }
    // The registry renews by itself for some weeks, and the date may follow later.
    let is_renewing = !status(case, &["autoRenewPeriod"]).is_empty();
    match is_renewing || left >= -TOLERANCE {
        true => Outcome::Review(defect(expiry(day))),
        false => Outcome::Fail(defect(expiry(day))),
    }
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "域名已过有效期，或已进入赎回期、待删除状态",
        doubt: "域名看来已经到期，请核对是否已经续费",
        checks: "查询域名的注册信息（RDAP 或 WHOIS）。到期日已过，或状态为 redemptionPeriod（赎回期）、pendingDelete（待删除）时判为违规。到期日就在前一天、注册局正在自动续期（autoRenewPeriod），或域名正在赎回（pendingRestore）时，请人工核对。",
        why: "域名到期而不续费，会停止解析，随后可能被删除并由他人注册，原来的备案信息就可能被冒用。域名不再使用的，应当注销备案。",
        cause: "域名没有及时续费；也可能已经续费，而注册局的到期日还没有更新。",
        remedy: "请登录域名注册商的控制台查看到期日：未续费的请尽快续费；已进入赎回期的，请联系注册商办理赎回。域名不再使用的，请在接入商的备案系统申请注销备案。",
        bad: "到期日 2026-10-01，检测日 2026-11-22",
        good: "到期日 2027-10-01",
    },
    en: Words {
        problem: "The domain has expired, or is in redemption or about to be deleted",
        doubt: "The domain seems to have expired; please check whether it has been renewed",
        checks: "Asks for the domain's registration (RDAP or WHOIS). Fails where the day of expiry is over, or the status is redemptionPeriod or pendingDelete. Where it was only yesterday, where the registry is renewing the domain by itself (autoRenewPeriod), or where it is being restored (pendingRestore), a person has to look.",
        why: "A domain that is not renewed stops resolving, is deleted after a while and may be registered by somebody else, who then has a filed domain. The filing of a domain that is no longer used has to be cancelled.",
        cause: "The domain was not renewed in time; or it was, and the registry's date has not followed yet.",
        remedy: "Look up the day of expiry in the registrar's console: renew the domain soon where that was not done; where it is in redemption, ask the registrar to restore it. Where the domain is no longer used, have the filing cancelled in the access provider's filing system.",
        bad: "expires on 2026-10-01, checked on 2026-11-22",
        good: "expires on 2027-10-01",
    },
};
