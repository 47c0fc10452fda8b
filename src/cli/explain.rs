use super::rules::described;
use super::{Done, options, terminal, wiring};
use crate::rules::{self, Lang};
use anyhow::Context;
use console::style;
use options::{Common, Format};

/// Explain a rule: what it checks, why, how to mend what it finds
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  beian explain ICP001\n  beian explain lnk003 --lang en")]
pub(super) struct Args {
    /// The rule's code
    code: String,
}

pub(super) fn run(common: &Common, args: &Args) -> Done {
    let settings = options::settings(common, None, None, None)?;
    let lang = wiring::lang(&settings);
    let policy = wiring::policy(&settings)?;
    let rule = rules::find(&args.code)
        .with_context(|| format!("{:?} is no rule; `beian rules` lists them all", args.code))?;
    let words = rule.texts.of(lang);
    if common.format == Format::Json {
        terminal::print_json(&described(rule, &policy, lang))?;
        return Ok(0);
    }
    let level = policy.level(rule.code, rule.level, None, &[]);
    let level = level.map_or_else(|| terminal::off(lang), |level| terminal::level(level, lang));
    let headings = match lang {
        Lang::Zh => {
            ["检查内容", "为何要求", "可能原因", "整改建议", "不合格示例", "合格示例", "来源"]
        }
        Lang::En => ["Checks", "Why", "Cause", "Remedy", "Fails", "Passes", "Sources"],
    };
    let sources = rule.sources.join("; ");
    let bodies =
        [words.checks, words.why, words.cause, words.remedy, words.bad, words.good, &sources];
    let mut text =
        format!("{} {} [{level}]\n{}\n", style(rule.code).bold(), rule.name, words.problem);
    for (heading, body) in headings.iter().zip(bodies) {
        text.push_str(&format!("\n{}\n{}\n", style(heading).bold(), rules::example(body)));
    }
    let law = rules::law(rule, lang).join("\n");
    text.push_str(&format!("\n{}\n{law}\n", style(rules::law_heading(lang)).bold()));
    terminal::print(&text)?;
    Ok(0)
}
