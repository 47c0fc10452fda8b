//! Opening the lists that a command is given.

use super::options::ListArgs;
use super::settings::Settings;
use super::terminal;
use crate::filing::{self, Field, List, Row};
use crate::rules::Lang;
use crate::spool::{Registry, RegistryCount};
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// The lists of one command, opened; their contents' digest tells one run from another.
pub(super) struct Lists {
    pub lists: Vec<List>,
    pub digest: Sha256,
}

impl Lists {
    /// The rows of all lists, one list after the other.
    pub(super) fn rows(self) -> impl Iterator<Item = Row> + Send {
        self.lists.into_iter().flatten()
    }
}

/// Opens the inputs; `-` is standard input. What cannot be opened stops the command before
/// anything is audited.
pub(super) fn open(inputs: &[String], args: &ListArgs) -> Result<Lists> {
    if inputs.iter().filter(|input| *input == "-").count() > 1 {
        bail!("standard input (`-`) can be read once only");
    }
    let map: Vec<(String, Field)> =
        args.map.iter().map(|text| mapping(text)).collect::<Result<_>>()?;
    let mut digest = Sha256::new();
    let mut lists = Vec::new();
    for input in inputs {
        let options = filing::Options {
            map: map.clone(),
            sheet: args.sheet.clone(),
            encoding: args.encoding.clone(),
            limit: args.limit,
            source: (inputs.len() > 1).then(|| input.clone()),
        };
        let file = contents(input, &mut digest)?;
        let hint = (input != "-").then_some(input.as_str());
        lists.push(filing::open(Box::new(file), hint, &options)?);
    }
    Ok(Lists { lists, digest })
}

/// The user's registry file, where the settings name one, with its digest. Rows that cannot
/// be read are told and left out: they accuse nobody.
pub(super) fn registry(settings: &Settings, lang: Lang) -> Result<Option<(Registry, String)>> {
    let path = settings.input.registry.as_str();
    if path.is_empty() {
        return Ok(None);
    }
    let named = || settings.named("input", "registry");
    let mut digest = Sha256::new();
    let file = contents(path, &mut digest).with_context(named)?;
    let list = filing::open(Box::new(file), Some(path), &filing::Options::default());
    let registry = Registry::read(list.with_context(named)?).with_context(named)?;
    tell_rejected(path, registry.count(), lang);
    let digest = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Some((registry, digest)))
}

fn tell_rejected(path: &str, count: &RegistryCount, lang: Lang) {
    if count.rejected == 0 {
        return;
    }
    terminal::remark(&match lang {
        Lang::Zh => {
            format!("{path}：{} 行可用，{} 行未能读取，不参与比较：", count.rows, count.rejected)
        }
        Lang::En => format!(
            "{path}: {} rows read, {} could not be, and are left out:",
            count.rows, count.rejected
        ),
    });
    for row in &count.first_rejected {
        let (line, column, value) = (row.line, &row.column, &row.value);
        terminal::remark(&terminal::safe(&match lang {
            Lang::Zh => format!("  第 {line} 行，{column}，“{value}”：{}", row.reason.zh),
            Lang::En => format!("  line {line}, {column}, {value:?}: {}", row.reason.en),
        }));
    }
}

/// The input as a file at its beginning, its bytes taken into the digest. Standard input
/// is put down in an unnamed temporary file, as its digest must be known before it is read.
fn contents(input: &str, digest: &mut Sha256) -> Result<File> {
    let mut file = if input == "-" {
        let mut file = tempfile::tempfile().context("a temporary file for standard input")?;
        std::io::copy(&mut std::io::stdin().lock(), &mut file).context("standard input")?;
        file.seek(SeekFrom::Start(0)).context("standard input")?;
        file
    } else {
        if Path::new(input).is_dir() {
            bail!("{input} is a folder; a list of filings is expected");
        }
        File::open(input).with_context(|| format!("{input}: the list cannot be opened"))?
    };
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut buffer).with_context(|| format!("{input}: cannot be read"))?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        digest.update(bytes);
    }
    file.seek(SeekFrom::Start(0)).with_context(|| input.to_owned())?;
    Ok(file)
}

fn mapping(text: &str) -> Result<(String, Field)> {
    let Some((heading, field)) = text.rsplit_once('=') else {
        bail!("--map {text:?}: HEADING=FIELD is expected, e.g. --map 站点=domain");
    };
    let field = field.trim().parse().map_err(|error| anyhow::anyhow!("--map {text:?}: {error}"))?;
    Ok((heading.trim().to_owned(), field))
}
