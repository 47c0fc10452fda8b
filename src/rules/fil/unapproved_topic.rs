use super::subject::may_be_authority;
use crate::policy::{Level, Topic};
use crate::rules::topics::{Approvals, approvals, touched};
use crate::rules::{
    Check, Defect, Field, FilingCase, Na, Outcome, Rule, Text, Texts, Words, law, quote,
};

/// FIL010
pub(super) const RULE: Rule = Rule {
    code: "FIL010",
    name: "topic-without-approval",
    level: Level::Warning,
    needs: &[Field::Topic],
    // A content kind that an individual may not file at all: that goes before any approval.
    yields_to: &["FIL016"],
    sources: &[
        "Tencent Cloud, filing FAQ: 前置审批; refusals: 涉及前置审批关键字",
        "Huawei Cloud 13.12, 14.1.2, 16.13",
    ],
    law: &[&law::APPROVED],
    texts: TEXTS,
    check: Check::Filing(check),
};

fn check(case: &FilingCase<'_>) -> Outcome {
    if may_be_authority(case.filing) {
        return Outcome::Na(Na::Other(Text::new(
            "主办单位是机关，不适用前置审批词表",
            "the subject is an authority: it gives approvals",
        )));
    }
    let approved = match approvals(case.filing, case.policy) {
        Approvals::None => Default::default(),
        Approvals::For(topics) => topics,
        Approvals::Unclear => {
            return Outcome::Na(Na::Other(Text::new(
                "登记了前置审批，但看不出是哪一类",
                "an approval is on file, and it cannot be told for which topic",
            )));
        }
    };
    let (mut found, mut topics) = (Vec::new(), Vec::new());
    for (zh, en, text) in texts(case) {
        for touched in touched(case.policy, text, case.filing.province()) {
            if approved.contains(&touched.topic) || topics.contains(&touched.topic) {
                continue;
            }
            let (topic_zh, topic_en) = touched.topic.names();
            let (text, word) = (quote(text), touched.word);
            found.push(Text::new(
                format!("{zh}“{text}”中的“{word}”（{topic_zh}类）"),
                format!("\"{word}\" ({topic_en}) in the {en} \"{text}\""),
            ));
            topics.push(touched.topic);
        }
    }
    if found.is_empty() {
        return Outcome::Pass(Text::new(
            "名称、服务内容和备注没有落入需要审批的类别，或已登记审批",
            "name, content kind and remark fall under no topic that needs an approval, or it is on file",
        ));
    }
    Outcome::Fail(Defect {
        expected: wanted(&topics),
        found: Text::list(found),
        ..Defect::default()
    })
}

/// The texts of the filing that say what the site is about.
fn texts<'a>(case: &FilingCase<'a>) -> impl Iterator<Item = (&'static str, &'static str, &'a str)> {
    let filing = case.filing;
    [
        ("网站名称", "service name", &filing.service_name),
        ("服务内容", "content kind", &filing.content_kind),
        ("备注", "remark", &filing.remark),
    ]
    .into_iter()
    .filter_map(|(zh, en, text)| Some((zh, en, text.as_deref()?)))
}

fn wanted(topics: &[Topic]) -> Text {
    let (zh, en): (Vec<_>, Vec<_>) = topics.iter().map(|topic| topic.names()).unzip();
    Text::new(
        format!("登记有{}类的前置审批，或者名称和备注不落入这一类", zh.join("、")),
        format!("an approval on file for {}, or a name and remark outside of it", en.join(", ")),
    )
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站名称、服务内容或备注属于需要前置审批的类别，而登记信息中没有相应的审批",
        doubt: "请核对网站名称、服务内容或备注是否属于需要前置审批的类别",
        checks: "把名单中的网站名称、服务内容和备注与各类前置审批的词表比较（新闻、出版、教育、医疗、药械、网络文化、广播电视、网约车、金融、危化品；各省的词不同，见 config/words/approvals.toml），再看“前置审批”一栏是否登记了相应的审批。“不涉及……”一类的句子、公司新闻、企业文化等不算。",
        why: "这些类别的网站须先经主管部门批准，备案时登记审批文号。只是字面上沾边而并不开展这类业务的，部分省份要求提交不涉及该类业务的承诺书。",
        cause: "名称或备注用词宽泛而实际并不开展这类业务；已经取得审批但没有登记；或者业务扩大之后没有办理审批。",
        remedy: "如果已有审批文件，请在接入商处提交变更备案，登记审批文号和有效期，并把文号告诉我们；如果并不开展这类业务，请变更网站名称或备注，或者按所在省的要求提交不涉及该类业务的承诺书；如果确实开展，请先向主管部门申请批准，此前不要提供这类内容。",
        bad: "四川的企业，网站名称 示例教育，前置审批为空",
        good: "备注写明“本网站不涉及新闻、出版、教育等需要前置审批的内容”；或登记了相应的审批文号",
    },
    en: Words {
        problem: "Name, content kind or remark fall under a topic that needs prior approval, and none for it is on file",
        doubt: "Please check whether name, content kind or remark fall under a topic that needs prior approval",
        checks: "Compares service name, content kind and remark of the list with the words of topics that need prior approval (news, publishing, education, medical care, medicines and devices, online culture, broadcasting, ride hailing, finance, dangerous chemicals; they differ by province, see config/words/approvals.toml), and looks whether the list names an approval for the topic. Sentences that deny it (不涉及…), a company's own news, corporate culture and the like do not count.",
        why: "Sites of these topics need their authority's approval first, and its number belongs into the filing. Some provinces ask those who merely use such words for a pledge that the topic is not touched.",
        cause: "The name or the remark is wider than what is done; there is an approval that was not filed; or the business has grown and none was applied for.",
        remedy: "Where there is an approval, submit a change of the filing at the access provider with its number and term, and tell us the number; where the topic is not touched, change the name or the remark, or hand in the pledge that your province asks for; where it is, apply to the authority first and do not offer such content until then.",
        bad: "a company in Sichuan, service name 示例教育, no approval in the list",
        good: "a remark that says 本网站不涉及新闻、出版、教育等需要前置审批的内容; or an approval for the topic on file",
    },
};
