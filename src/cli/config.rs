use super::{Done, options, terminal, wiring};
use crate::rules::Lang;
use options::{Common, Format};
use serde_json::json;

/// Show the settings in force and where each comes from, or check them
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  beian config show\n  beian config check --config mine.toml")]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Print every setting, its value and its origin
    Show {
        /// Print the embedded file instead, with the reason of every default
        #[arg(long)]
        defaults: bool,
    },
    /// Read settings, policy and tables as a run would, and say whether they hold
    Check,
}

pub(super) fn run(common: &Common, args: &Args) -> Done {
    match args.action {
        Action::Show { defaults: true } => terminal::print(super::settings::EMBEDDED)?,
        Action::Show { defaults: false } => show(common)?,
        Action::Check => {
            let settings = options::settings(common, None, None, None)?;
            let policy = wiring::policy(&settings)?;
            wiring::rules(&settings)?;
            wiring::probe(&settings, &policy)?;
            match (common.format, wiring::lang(&settings)) {
                (Format::Json, _) => terminal::print_json(&json!({"holds": true}))?,
                (_, Lang::Zh) => terminal::print("设置有效。\n")?,
                (_, Lang::En) => terminal::print("The settings hold.\n")?,
            }
        }
    }
    Ok(0)
}

fn show(common: &Common) -> anyhow::Result<()> {
    let layers = options::layers(common)?;
    layers.settings()?;
    let rows = layers.rows();
    if common.format == Format::Json {
        let rows: Vec<_> = rows
            .iter()
            .map(|(name, value, origin)| {
                json!({"setting": name, "value": value, "origin": origin.to_string()})
            })
            .collect();
        return terminal::print_json(&rows);
    }
    let width = rows.iter().map(|row| row.0.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, value, origin) in rows {
        text.push_str(&format!("{name:width$} = {value}  # {origin}\n"));
    }
    terminal::print(&text)
}
