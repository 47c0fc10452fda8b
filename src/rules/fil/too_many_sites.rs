use super::listed::{no_subject, not_in_force, review};
use crate::policy::Level;
use crate::record::Province;
use crate::rules::{Check, Defect, Field, ListCase, Na, Outcome, Rule, Text, Texts, Words, law};

/// FIL015
pub(super) const RULE: Rule = Rule {
    code: "FIL015",
    name: "too-many-sites",
    level: Level::Warning,
    needs: &[Field::SubjectKind, Field::Province],
    yields_to: &["FIL001"],
    sources: &["Tencent Cloud, filing FAQ: 备案网站个数超出一定数量", "Huawei Cloud 7.23, 18.2"],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::List(check),
};

fn check(case: &ListCase<'_>) -> Outcome {
    if let Some(na) = not_in_force(case) {
        return na;
    }
    let Some(province) = case.filing.province() else {
        return Outcome::Na(Na::MissingField(Field::Province));
    };
    let Some(household) = case.siblings.household else { return no_subject() };
    let is_person = case.filing.subject_kind.as_deref().is_some_and(|kind| kind.contains("个人"));
    // People share names: only the number tells that all of it is one person's.
    if is_person && case.filing.filing_number().is_none() {
        return Outcome::Na(Na::MissingField(Field::ParsedNumber));
    }
    let facts = case.policy.provinces.of(province);
    let sites = household.sites;
    match (is_person, facts.individual_sites, facts.site_plan_from) {
        (true, Some(most), _) if sites > most => Outcome::Fail(defect(
            format!("{}个人主体最多备案 {most} 个网站", province.name()),
            format!("at most {most} sites for an individual in {}", province.name_en()),
            sites,
        )),
        (false, _, Some(from)) if sites >= from => review(
            defect(
                format!("{}单位备案达到 {from} 个网站的，每个网站都有建站方案", province.name()),
                format!("a plan for each site from {from} sites on in {}", province.name_en()),
                sites,
            ),
            Text::new(
                "名单没有写明建站方案是否已经提交",
                "the list does not tell whether the plans were handed in",
            ),
        ),
        (true, Some(_), _) | (false, _, Some(_)) => Outcome::Pass(counted(sites)),
        _ => unknown(province),
    }
}

fn defect(zh: String, en: String, sites: u32) -> Defect {
    Defect { expected: Text::new(zh, en), found: counted(sites), ..Defect::default() }
}

fn counted(sites: u32) -> Text {
    Text::new(
        format!("名单中该主体有 {sites} 个网站"),
        format!("the list has {sites} sites of the subject"),
    )
}

fn unknown(province: Province) -> Outcome {
    Outcome::Na(Na::Other(Text::new(
        format!("没有{}对网站数量的公开要求，可在策略文件的 [[province]] 中补充", province.name()),
        format!(
            "no published limit of {} is known; a [[province]] of the policy file can state one",
            province.name_en()
        ),
    )))
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "主体备案的网站数量超出所在省的规定",
        doubt: "请核对网站数量：该主体备案的网站较多，可能需要逐个提交建站方案",
        checks: "在整份名单里统计同一主体没有注销的网站域名（同一域名只计一次），与所在省的规定比较：个人超出上限即报告；单位达到须提交建站方案的数量时请人工复核。各省规定见 config/provinces.toml，没有公开规定的省不判断。",
        why: "部分省的通信管理局限制个人主体的网站数量，超出的备案申请会被退回；网站较多的单位须说明每个网站的实际用途。",
        cause: "为闲置或备用的域名也提交了备案，或者不再使用的网站没有注销。",
        remedy: "请清点该主体名下的网站：不再使用的，通过接入商注销备案；确有用途的，按所在省通信管理局的要求说明用途，或者提交盖章（个人签名）的建站方案。",
        bad: "江西一位个人主体名下有 5 个网站",
        good: "江西一位个人主体名下有 4 个网站，另有 2 个已注销",
    },
    en: Words {
        problem: "The subject has more sites on file than its province allows",
        doubt: "Please check the number of sites: the subject has many, and may have to hand in a plan for each",
        checks: "Counts the domains of a subject's websites over the whole list, cancelled ones left out and each domain once, and compares with what its province asks: an individual above the limit is found; an organisation with as many as call for plans is for a person to look at. The provinces stand in config/provinces.toml; where none is published, nothing is judged.",
        why: "Some provincial administrations limit the sites of an individual and send back what goes beyond; an organisation with many sites has to say what each is for.",
        cause: "Idle or spare domains were filed too, or sites no longer in use were not cancelled.",
        remedy: "Go through the subject's sites: cancel those that are no longer in use through the access provider; for the others, state their use as the provincial administration asks, or hand in a stamped (an individual: signed) plan for each.",
        bad: "an individual of Jiangxi has 5 sites on file",
        good: "an individual of Jiangxi has 4 sites on file, and 2 cancelled ones",
    },
};
