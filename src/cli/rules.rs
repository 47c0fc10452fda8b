use super::{Done, options, terminal, wiring};
use crate::policy::Policy;
use crate::rules::{Field, Lang, Rule};
use options::{Common, Format};
use serde_json::{Value, json};

/// List the rules
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  beian rules\n  beian rules --only ICP,LNK --lang en\n  beian rules --format json"
)]
pub(super) struct Args {
    #[command(flatten)]
    rules: options::RuleArgs,
}

pub(super) fn run(common: &Common, args: &Args) -> Done {
    let settings = options::rule_settings(common, &args.rules)?;
    let policy = wiring::policy(&settings)?;
    let rules = wiring::rules(&settings)?;
    let lang = wiring::lang(&settings);
    if common.format == Format::Json {
        let rows: Vec<_> = rules.iter().map(|rule| described(rule, &policy, lang)).collect();
        terminal::print_json(&rows)?;
        return Ok(0);
    }
    let mut table = terminal::Table::new(match lang {
        Lang::Zh => ["规则", "级别", "整改事项"],
        Lang::En => ["code", "level", "problem"],
    });
    for rule in rules {
        let level = policy
            .level(rule.code, rule.level, None, &[])
            .map_or_else(|| terminal::off(lang), |level| terminal::level(level, lang));
        table.row([rule.code.to_owned(), level, rule.texts.of(lang).problem.to_owned()]);
    }
    terminal::print(&table.to_string())?;
    Ok(0)
}

/// A rule as `--format json` prints it, here and in `beian explain`.
pub(super) fn described(rule: &Rule, policy: &Policy, lang: Lang) -> Value {
    let words = rule.texts.of(lang);
    json!({
        "code": rule.code,
        "name": rule.name,
        "level": policy.level(rule.code, rule.level, None, &[]),
        "needs": rule.needs.iter().map(|field: &Field| field.name()).collect::<Vec<_>>(),
        "sources": rule.sources,
        "law": rule.law.iter().map(|law| law.of(lang)).collect::<Vec<_>>(),
        "problem": words.problem,
        "doubt": words.doubt,
        "checks": words.checks,
        "why": words.why,
        "cause": words.cause,
        "remedy": words.remedy,
        "bad": words.bad,
        "good": words.good,
    })
}
