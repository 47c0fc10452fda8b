use crate::page::Copyright;
use crate::policy::Level;
use crate::record::fold;
use crate::rules::cpr::holder::{Holder, Names};
use crate::rules::found::without_numbers;
use crate::rules::names::{is_organisation, key};
use crate::rules::sight::of_other_filing;
use crate::rules::{
    Check, Defect, Field, Na, Outcome, PageCase, Rule, Text, Texts, Words, law, quote,
};

/// CNT003
pub(super) const RULE: Rule = Rule {
    code: "CNT003",
    name: "operated-by-another",
    level: Level::Warning,
    needs: &[Field::SubjectName],
    yields_to: &[],
    sources: &[
        "Tencent Cloud, refusals: 已取得备案号的网站与备案主体性质不符",
        "Huawei Cloud 17.4.2",
    ],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::Page(check),
};

/// Characters of an organisation's name.
const NAME: usize = 40;

fn check(case: &PageCase<'_>) -> Outcome {
    let Some(subject) = &case.filing.subject_name else {
        return Outcome::Na(Na::MissingField(Field::SubjectName));
    };
    if let Some(na) = of_other_filing(case) {
        return Outcome::Na(na);
    }
    let names = Names::of(case.filing);
    let mut strangers = Vec::new();
    for (line, before, after) in case.operator_labels().filter(|(line, ..)| !is_copyright(line)) {
        let label = line.get(before.len()..line.len() - after.len()).unwrap_or_default();
        for operator in operators(label, before, after) {
            match names.holder(&Copyright { text: operator.clone(), holder: operator.clone() }) {
                Holder::Stranger => strangers.push((operator, line)),
                Holder::Subject | Holder::Brand => {
                    return Outcome::Pass(Text::same(quote(&operator)));
                }
                Holder::Nobody => {}
            }
        }
    }
    let foot = case.page.passages.iter().filter(|passage| passage.foot);
    let names_subject =
        foot.map(|passage| key(passage.text)).any(|text| text.contains(&key(subject)));
    let Some((operator, line)) = strangers.into_iter().next().filter(|_| !names_subject) else {
        return case.nothing_found(Text::new(
            "页脚没有写明由其他单位主办或运营",
            "the foot names no other organisation as the operator",
        ));
    };
    let line = quote(&without_numbers(line));
    Outcome::Fail(Defect {
        expected: Text::same(subject.clone()),
        found: Text::new(format!("{operator}（“{line}”）"), format!("{operator} (\"{line}\")")),
        place: Text::new("页脚", "the foot of the page"),
        ..Defect::default()
    })
}

/// A copyright line is read by CPR002.
fn is_copyright(line: &str) -> bool {
    let line = line.to_lowercase();
    ["版权", "著作权", "copyright", "©", "all rights", "(c)"].iter().any(|mark| line.contains(mark))
}

/// Whether the bare word is the end of another label: who runs the content (内容运营) or the
/// accounts (新媒体运营) need not run the site.
fn is_of_something(label: &str, before: &str) -> bool {
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let is_site = ["网站", "本站", "平台"].iter().any(|word| before.ends_with(word));
    label == "运营" && before.ends_with(is_han) && !is_site
}

/// The organisations that a label names: behind its colon, or between 由 and the label.
fn operators(label: &str, before: &str, after: &str) -> Vec<String> {
    let behind = after.trim_start();
    let named = match behind.strip_prefix([':', '：']) {
        Some(_) if is_of_something(label, before) => "",
        Some(named) => named,
        None => before.rsplit_once('由').map_or("", |(_, named)| named),
    };
    let parts = named.trim().split(|c: char| c.is_whitespace() || "、,，;；|/。".contains(c));
    let names = parts.map(|part| fold(part).trim_end_matches(['独', '家']).to_owned());
    names
        .take_while(|name| !name.contains([':', '：']))
        .filter(|name| is_organisation(&key(name)) && name.chars().nth(NAME).is_none())
        .take(4)
        .collect()
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站页脚写明由其他单位主办或运营，与备案主体不一致",
        doubt: "请核对网站页脚所写的主办或运营单位是否与备案主体一致",
        checks: "在首页页脚（版权行除外）查找“主办单位：”“运营：”“由……运营”一类的写法，比较所写的单位与备案主体。与主体、网站名称或域名相近的名称，以及页脚另外写有备案主体的，不提醒；技术支持、承办、协办、主管单位不算主办者。",
        why: "备案以主办者为准，网站须由备案主体自己主办；页面写明由别的单位主办或运营，属于网站内容超范围，会被要求整改。",
        cause: "网站已转给其他单位使用而没有变更备案，沿用了他人的模板，或者由集团内的另一家单位运营。",
        remedy: "如果网站仍由备案主体主办，请把页脚的主办或运营单位改为“{subject}”；如果已由其他单位主办，请由该单位重新办理备案，原备案注销或变更。",
        bad: "备案主体是 示例科技有限公司，页脚写着 主办单位：范例文化传播有限公司",
        good: "页脚写着 主办单位：示例科技有限公司 技术支持：范例软件有限公司",
    },
    en: Words {
        problem: "The foot of the page names another organisation than the filing's subject as the operator",
        doubt: "Please check whether the operator named at the foot of the page is the subject of the filing",
        checks: "Looks at the foot of the homepage, the copyright line aside, for 主办单位：, 运营：, 由…运营 and the like, and compares the organisation named with the subject. Names close to the subject, the service or the domain pass, and so does a foot that names the subject as well; technical support, co-organisers and supervising bodies are no operators.",
        why: "A filing is the operator's: its subject has to run the site. A page that says another organisation runs it goes beyond the filing and has to be mended.",
        cause: "The site passed to another organisation without a new filing, another site's template was used, or a sister organisation runs it.",
        remedy: "Where the subject still runs the site, please put {subject} there as its operator; where another organisation does, it has to file the site itself, and the present filing is to be cancelled or changed.",
        bad: "The subject is 示例科技有限公司, the foot says 主办单位：范例文化传播有限公司",
        good: "The foot says 主办单位：示例科技有限公司 技术支持：范例软件有限公司",
    },
};

#[cfg(test)]
mod tests {
    use super::operators;

    #[test]
    fn an_operator_follows_its_label_or_stands_between_its_words() {
        for (before, label, after, expected) in [
            (
                "",
                "主办单位",
                ":示例科技有限公司 技术支持:范例软件有限公司",
                vec!["示例科技有限公司"],
            ),
            ("", "主办", ": 示例大学、示例学院 地址:示例路", vec!["示例大学", "示例学院"]),
            ("本站由示例传媒有限公司", "运营", "", vec!["示例传媒有限公司"]),
            ("本站", "运营", ":示例传媒有限公司", vec!["示例传媒有限公司"]),
            ("内容", "运营", ":示例传媒有限公司", vec![]),
            ("", "运营", "数据一览", vec![]),
            ("", "运营", ":待定", vec![]),
            ("", "运营", "", vec![]),
        ] {
            assert_eq!(operators(label, before, after), expected, "{before}{label}{after}");
        }
    }
}
