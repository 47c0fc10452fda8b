use crate::filing::{Validity, validities};
use crate::policy::Level;
use crate::rules::{Check, Defect, Field, FilingCase, Na, Outcome, Rule, Text, Texts, Words, law};
use jiff::{ToSpan, civil::Date};

/// FIL005
pub(super) const RULE: Rule = Rule {
    code: "FIL005",
    name: "papers-expired",
    level: Level::Violation,
    needs: &[Field::Expiry],
    yields_to: &[],
    sources: &[
        "Tencent Cloud, 常见驳回原因: 证件过期或即将过期",
        "Huawei Cloud 16.7, 17.2.7, 17.3.4",
    ],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::Filing(check),
};

/// How far a document is from its end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Over,
    Ending,
    Good,
}

fn check(case: &FilingCase<'_>) -> Outcome {
    let days = case.policy.readings.papers_days;
    let warned = case.today.saturating_add(i32::from(days).days());
    let state = |day: Date| match day {
        day if day < case.today => State::Over,
        day if day <= warned => State::Ending,
        _ => State::Good,
    };
    let id_state = case.filing.id_expires_on.map(state);
    let id = case.filing.id_expires_on.map(|day| (state(day), identity_until(day)));
    let texts = case.filing.pre_approvals.as_deref();
    let approvals: Vec<Validity> = texts.map(validities).unwrap_or_default();
    let until = approvals.iter().filter_map(|approval| match approval {
        Validity::Until(day) => Some((state(*day), approval_until(*day))),
        Validity::Forever => None,
    });
    let known: Vec<(State, Text)> = id.into_iter().chain(until).collect();
    if known.is_empty() {
        return match approvals.first() {
            Some(_) => Outcome::Pass(Text::new("长期有效", "good without end")),
            None => Outcome::Na(Na::MissingField(Field::Expiry)),
        };
    }
    let of = |wanted: State| {
        Text::list(known.iter().filter(|(s, _)| *s == wanted).map(|(_, text)| text.clone()))
    };
    let (over, ending) = (of(State::Over), of(State::Ending));
    let defect = |found: Text, level: Option<Level>| Defect {
        expected: Text::new(
            format!("在有效期内，并且还有 {days} 天以上"),
            format!("in force, for more than {days} days to come"),
        ),
        found,
        level,
        ..Defect::default()
    };
    // An old approval may stand beside the one that replaced it; an identity document is one.
    let is_id = id_state.is_some_and(|state| state != State::Good);
    let may_be_replaced = !is_id
        && approvals.iter().any(|approval| match approval {
            Validity::Until(day) => state(*day) == State::Good,
            Validity::Forever => true,
        });
    let speak = if may_be_replaced { Outcome::Review } else { Outcome::Fail };
    if !over.is_empty() {
        return speak(defect(over, None));
    }
    if !ending.is_empty() {
        return speak(Defect {
            problem: (!may_be_replaced).then(about_to_expire),
            ..defect(ending, Some(Level::Warning))
        });
    }
    Outcome::Pass(of(State::Good))
}

fn about_to_expire() -> Text {
    Text::new(
        "主办单位的证件或前置审批文件快要到期",
        "The subject's identity document or a prior approval is about to expire",
    )
}

fn identity_until(day: Date) -> Text {
    Text::new(format!("证件有效期至 {day}"), format!("identity document until {day}"))
}

fn approval_until(day: Date) -> Text {
    Text::new(format!("前置审批有效期至 {day}"), format!("prior approval until {day}"))
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "主办单位的证件或前置审批文件已经过期",
        doubt: "登记的几份前置审批文件中有的已经过期或快要到期，请确认它是否已由后来的文件接替",
        checks: "看名单中的证件有效期，以及前置审批各栏中写明的有效期：过期的判为违规，90 天内到期的提醒（天数可设置）。写“长期”的不会过期；发证日期不当作有效期；一份过期、另一份有效的，请人工确认。",
        why: "备案登记的证件和前置审批文件应当在有效期内，接入商和管局核验时要求证件至少还有三个月有效期；过期的要换新并提交变更备案，否则新的备案申请会被驳回。",
        cause: "证件或批文到期后换了新的，备案信息没有随之更新；或者还没有办理延续。",
        remedy: "已经换领新证件或办好延续的，请在接入商的备案系统提交“变更备案”，填写新的有效期并上传新的证件；还没有办理的，请先向发证机关办理。只是名单没有更新的，告诉我们即可。",
        bad: "证件有效期 2020-01-01",
        good: "证件有效期 长期",
    },
    en: Words {
        problem: "The subject's identity document or a prior approval has expired",
        doubt: "Of several prior approvals on file one has expired or is about to; please confirm whether a later one replaced it",
        checks: "Reads the expiry of the identity document and the ends of validity that the columns of prior approvals state: expired fails, expiring within 90 days (a setting) is a warning. What is good without end (长期) never expires; a date of issue is not taken for an end; one expired beside one in force is left to a person.",
        why: "The papers behind a filing have to be in force; access provider and administration want three months more at least. Expired ones are to be renewed and the filing changed, else further applications are turned down.",
        cause: "The papers were renewed and the filing did not follow, or they have not been renewed yet.",
        remedy: "Where new papers are there, submit a change of the filing (变更备案) in the access provider's system with the new date and a copy; where not, renew them with who issued them first. Where only the list is behind, just tell us.",
        bad: "identity document until 2020-01-01",
        good: "identity document without end (长期)",
    },
};
