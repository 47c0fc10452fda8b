//! The report for a browser, written into its folder.

use super::super::runs;
use super::item;
use super::places::{begin_folder, end_folder};
use crate::report::{Item, Page, Pages, Sums};
use crate::store::{Filter, Past, Seen, Store};
use anyhow::Result;
use std::path::Path;

pub(super) async fn html(
    store: &Store,
    filter: &Filter,
    pages: &Pages,
    sums: &Sums,
    folder: &Path,
) -> Result<()> {
    let part = begin_folder(folder)?;
    let domains = part.path().join("domains");
    std::fs::create_dir(&domains)?;
    let mut list: Vec<Page> = Vec::new();
    let mut taken = std::collections::HashMap::new();
    let mut group: Vec<Item> = Vec::new();
    let mut after = None;
    loop {
        const PART: usize = 1_000;
        let found = store.findings(filter, after.as_ref(), PART).await?;
        after = found.last().map(Seen::mark);
        let ended = found.len() < PART;
        for next in found.into_iter().map(Some).chain(ended.then_some(None)) {
            let next = next.map(item);
            let same = match (&next, group.last()) {
                (Some(next), Some(last)) => {
                    next.filing.domain == last.filing.domain
                        && next.filing.subject_key() == last.filing.subject_key()
                }
                (_, None) => true,
                (None, Some(_)) => false,
            };
            if !same {
                let done = std::mem::take(&mut group);
                list.extend(domain_page(store, pages, &done, &domains, &mut taken).await?);
            }
            group.extend(next);
        }
        if ended {
            break;
        }
    }
    Pages::sort(&mut list);
    let lists = Pages::lists(list.len());
    for number in 0..lists {
        std::fs::write(part.path().join(Pages::list_file(number)), pages.list(&list, number))?;
    }
    std::fs::write(part.path().join("index.html"), pages.index(sums, lists))?;
    end_folder(part, folder)
}

/// Writes the page of one domain, with its picture beside it where there is one.
async fn domain_page(
    store: &Store,
    pages: &Pages,
    items: &[Item],
    folder: &Path,
    taken: &mut std::collections::HashMap<String, u32>,
) -> Result<Option<Page>> {
    let Some(first) = items.first() else { return Ok(None) };
    let ascii = first.filing.domain.ascii();
    let times = taken.entry(ascii.to_owned()).or_default();
    *times += 1;
    let name = if *times == 1 { ascii.to_owned() } else { format!("{ascii}~{times}") };
    let mut notices: Vec<&str> = items.iter().map(|item| item.notice.as_str()).collect();
    notices.dedup();
    let mut history: Vec<Past> = Vec::new();
    for notice in notices {
        for past in store.history(notice).await? {
            if !history.contains(&past) {
                history.push(past);
            }
        }
    }
    let times: Vec<String> = history.iter().map(|past| runs::shown(&past.at)).collect();
    let steps: Vec<_> = history
        .iter()
        .zip(&times)
        .map(|(p, at)| (at.as_str(), &*p.code, &*p.change, &*p.actor, &*p.reason))
        .collect();
    let shot = items.iter().find(|item| !item.folder.is_empty()).and_then(|item| {
        let from = Path::new(&item.folder).join("evidence").join(format!("{ascii}.png"));
        let to = format!("{name}.png");
        // No picture was taken of most sites, and a later run may have replaced the folder.
        std::fs::copy(from, folder.join(&to)).ok().map(|_| to)
    });
    let html = pages.domain(items, &steps, shot.as_deref());
    let file = format!("domains/{name}.html");
    std::fs::write(folder.join(format!("{name}.html")), html)?;
    Ok(Page::of(items, file))
}
