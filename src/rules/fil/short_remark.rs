use super::subject::is_person;
use crate::policy::Level;
use crate::rules::{
    Check, Defect, Field, FilingCase, Na, Outcome, Rule, Text, Texts, Words, law, quote,
};

/// FIL011
pub(super) const RULE: Rule = Rule {
    code: "FIL011",
    name: "remark-too-short",
    level: Level::Warning,
    needs: &[Field::Remark],
    yields_to: &[],
    sources: &["Tencent Cloud, refusals: 服务备注不详细", "Huawei Cloud 16.21"],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::Filing(check),
};

fn check(case: &FilingCase<'_>) -> Outcome {
    let Some(remark) = &case.filing.remark else {
        return Outcome::Na(Na::MissingField(Field::Remark));
    };
    let kind = case.filing.content_kind.as_deref().unwrap_or_default();
    let is_other = kind.split(|c: char| !c.is_alphanumeric()).any(|part| part == "其他");
    if is_person(case.filing) != Some(true) && !is_other {
        return Outcome::Na(Na::Other(Text::new(
            "只有个人主办或服务内容为“其他”的，才要求填写备注",
            "a remark is asked of individuals and of the content kind 其他 only",
        )));
    }
    let length = remark.chars().filter(|c| !c.is_whitespace()).count();
    let least = usize::from(case.policy.readings.remark_length);
    if length >= least {
        return Outcome::Pass(Text::new(format!("{length} 个字"), format!("{length} characters")));
    }
    let remark = quote(remark);
    Outcome::Fail(Defect {
        expected: Text::new(format!("不少于 {least} 个字"), format!("at least {least} characters")),
        found: Text::new(
            format!("“{remark}”（{length} 个字）"),
            format!("\"{remark}\" ({length} characters)"),
        ),
        ..Defect::default()
    })
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "服务备注过于简单，看不出网站的内容和用途",
        doubt: "请核对服务备注是否写明了网站的内容和用途",
        checks: "主办者为个人，或者服务内容选“其他”的，数“备注”一栏的字数（空格不计），少于 15 个字（可配置）的提醒。名单中没有备注的不判断。",
        why: "这两种情形在备案时没有其他栏目说明网站做什么，审核人员只能看备注；写得太短会被驳回，已有的备案在核查时也会被要求补充。",
        cause: "备案时随手填写，或者名单只抄录了备注的一部分。",
        remedy: "请在接入商处提交变更备案，把备注补充到 15 个字以上：写明网站的主题、内容分类和展示形式（文字、图片等），个人网站可以再写明不含企业信息、不涉及经营和前置审批内容。如果只是名单抄录不全，告诉我们更正即可。",
        bad: "备注：个人博客",
        good: "备注：本网站用文字和照片记录本人的读书笔记和旅行见闻，不涉及经营内容。",
    },
    en: Words {
        problem: "The remark is too short to say what the site is about and for",
        doubt: "Please check whether the remark says what the site is about and for",
        checks: "Where the subject is an individual, or the content kind is 其他 (other), counts the characters of the remark, spaces aside; fewer than 15 (configurable) draw a warning. A list without a remark is not judged.",
        why: "In these two cases nothing else in the filing says what the site does: reviewers go by the remark, refuse one that is too short, and ask for more when existing filings are checked.",
        cause: "It was filled in in haste, or the list has only a part of it.",
        remedy: "Submit a change of the filing at the access provider and bring the remark to 15 characters or more: the site's theme, its sections, the form (text, pictures); an individual may add that there is nothing of a company, no trade and nothing that needs approval. Where only the list is short, just tell us.",
        bad: "remark: 个人博客",
        good: "remark: 本网站用文字和照片记录本人的读书笔记和旅行见闻，不涉及经营内容。",
    },
};
