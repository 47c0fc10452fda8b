//! Letters to subjects, written into their folder.

use super::super::settings::Settings;
use super::super::{terminal, wiring};
use super::each;
use super::places::{begin_folder, end_folder};
use crate::notice::Status;
use crate::policy::Workdays;
use crate::report::{self, Item, ItemRows, LETTER, Letter};
use crate::rules::Lang;
use crate::store::{Filter, Store};
use anyhow::{Context, Result};
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use std::path::Path;

/// The template of letters that the settings name.
pub(in crate::cli) fn letter(settings: &Settings, contacts: bool) -> Result<Letter> {
    let lang = wiring::lang(settings);
    let [zh, en] = LETTER;
    let own = settings.notices.letter.as_str();
    let (text, file) = match (own, lang) {
        ("", Lang::Zh) => (zh.to_owned(), "config/letter.zh.txt"),
        ("", Lang::En) => (en.to_owned(), "config/letter.en.txt"),
        (own, _) => {
            let text = std::fs::read_to_string(own)
                .with_context(|| format!("{own}: the template cannot be read"))
                .with_context(|| settings.named("notices", "letter"))?;
            (text, own)
        }
    };
    let sender = (settings.notices.sender.as_str(), settings.notices.contact.as_str());
    let rows = ItemRows { lang, contacts };
    Ok(Letter::new(&text, file, rows, sender, settings.notices.extension)?)
}

pub(super) async fn letters(
    store: &Store,
    filter: &Filter,
    letter: &Letter,
    folder: &Path,
    today: Date,
    workdays: &Workdays,
    lang: Lang,
) -> Result<()> {
    let part = begin_folder(folder)?;
    let mut filter = filter.clone();
    // Questions are for a person to answer before an owner hears of them.
    let told = [Status::Drafted, Status::Sent, Status::Answered, Status::Overdue];
    filter.statuses = match filter.statuses.as_slice() {
        [] => told.to_vec(),
        some => some.iter().copied().filter(|status| told.contains(status)).collect(),
    };
    let (mut group, mut count) = (Vec::<Item>::new(), 0_u64);
    let mut write = |group: &[Item]| -> Result<()> {
        let Some(first) = group.first() else { return Ok(()) };
        count += 1;
        let path = part.path().join(letter_name(first));
        std::fs::write(path, letter.document(group, today)?)?;
        Ok(())
    };
    if !filter.statuses.is_empty() {
        each(store, &filter, |item| {
            if group.last().is_some_and(|l| l.filing.subject_key() != item.filing.subject_key()) {
                write(&std::mem::take(&mut group))?;
            }
            let mut item = item.clone();
            item.told_on(today, workdays);
            group.push(item);
            Ok(())
        })
        .await?;
        write(&group)?;
    }
    end_folder(part, folder)?;
    terminal::remark(&match lang {
        Lang::Zh => format!("已写入 {count} 封整改通知书：{}", folder.display()),
        Lang::En => format!("{count} letters written: {}", folder.display()),
    });
    Ok(())
}

/// A file name of a subject's own: its name as far as file systems take it, and a part of its
/// key's digest, so that no two subjects share one.
pub(in crate::cli) fn letter_name(item: &Item) -> String {
    let key = item.filing.subject_key();
    let name = item.filing.subject_name.as_deref().unwrap_or_else(|| item.filing.domain.unicode());
    let safe: String = report::terminal(name)
        .chars()
        .map(|c| if c.is_alphanumeric() || "-_.（）()".contains(c) { c } else { '_' })
        .take(40)
        .collect();
    let digest = Sha256::digest(key.as_bytes());
    let digest: String = digest.iter().take(3).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{digest}.docx", safe.trim_start_matches('.'))
}
