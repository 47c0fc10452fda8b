use super::{Field, Lang, Rule, Words, all};
use crate::policy::Level;
use std::fmt::Write;

/// The reference page of one rule, as `docs/rules/<CODE>.md` has it: Markdown, in English
/// and then in Chinese.
pub fn page(rule: &Rule) -> String {
    let mut out = format!("# {} · {}\n", rule.code, rule.name);
    let needs: Vec<_> = rule.needs.iter().map(|f| format!("`{}`", Field::name(*f))).collect();
    let yields: Vec<_> = rule.yields_to.iter().map(|c| format!("[{c}]({c}.md)")).collect();
    let rows = [
        ("level", level(rule.level).to_owned()),
        ("needs", needs.join(", ")),
        ("gives way to", yields.join(", ")),
        ("sources", rule.sources.join("; ")),
    ];
    // Writing to a String cannot fail.
    let _ = write!(out, "\n| | |\n| --- | --- |\n");
    for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = writeln!(out, "| {name} | {value} |");
    }
    for lang in [Lang::En, Lang::Zh] {
        section(&mut out, rule.texts.of(lang), lang);
        let _ = write!(out, "\n**{}**\n\n", law_heading(lang));
        for law in law(rule, lang) {
            let _ = writeln!(out, "- {law}");
        }
    }
    out
}

/// What the law says, a provision a text; where no act demands it, that.
pub fn law(rule: &Rule, lang: Lang) -> Vec<&'static str> {
    match (rule.law, lang) {
        ([], Lang::Zh) => vec!["没有专门的法律条文；依据主管部门或接入商的要求（见来源）"],
        ([], Lang::En) => {
            vec!["no provision of its own: what administrations or providers ask for (see sources)"]
        }
        (laws, _) => laws.iter().map(|law| law.of(lang)).collect(),
    }
}

/// What stands above [`law`].
pub fn law_heading(lang: Lang) -> &'static str {
    if lang == Lang::Zh { "法律依据" } else { "Legal basis" }
}

/// The list of all reference pages, as `docs/rules/README.md` has it.
pub fn index() -> String {
    let mut out = String::from(
        "# The rules\n\nGenerated from the rules themselves; `BEIAN_BLESS=1 cargo test --test it rules` \
         writes these pages anew.\n\n| code | name | level | what is wrong | 整改事项 |\n| --- | --- | --- | --- | --- |\n",
    );
    for rule in all() {
        let (en, zh) = (shown(rule.texts.en.problem), shown(rule.texts.zh.problem));
        let level = level(rule.level);
        let _ =
            writeln!(out, "| [{0}]({0}.md) | {1} | {level} | {en} | {zh} |", rule.code, rule.name);
    }
    out
}

fn section(out: &mut String, words: &Words, lang: Lang) {
    let headings = match lang {
        Lang::En => [
            "What is checked",
            "Why",
            "Likely cause",
            "How to mend it",
            "As a question, where a person has to look",
            "Fails",
            "Passes",
        ],
        Lang::Zh => [
            "检查内容",
            "依据",
            "可能原因",
            "整改建议",
            "待复核时的表述",
            "不合格的例子",
            "合格的例子",
        ],
    };
    let texts =
        [words.checks, words.why, words.cause, words.remedy, words.doubt, words.bad, words.good];
    let _ = write!(out, "\n## {}\n", shown(words.problem));
    for (heading, text) in headings.iter().zip(texts) {
        let _ = write!(out, "\n**{heading}**\n\n{}\n", shown(text));
    }
}

/// A rule's text as a reader sees it in a notice, its places filled with example values.
pub fn example(text: &str) -> String {
    let places = [
        ("{domain}", "site.example"),
        ("{hosts}", "www.site.example"),
        ("{number}", "粤ICP备2099000123号-1"),
        ("{subject}", "示例科技有限公司"),
        ("{service}", "示例商城"),
        ("{expected}", "…"),
        ("{found}", "…"),
    ];
    places.iter().fold(text.to_owned(), |text, (place, value)| text.replace(place, value))
}

/// The same for a Markdown page: the HTML to paste is shown, not rendered.
fn shown(text: &str) -> String {
    example(text).replace('<', "\\<").replace('|', "\\|")
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Review => "review",
        Level::Warning => "warning",
        Level::Violation => "violation",
    }
}
