//! Whether what another visitor gets is a stranger's page: told by where it lies, by its
//! words, and by having nothing in common with the page that a person at a desk gets.

use crate::page::Page;
use crate::rules::PageCase;
use crate::rules::names::{brand, key};
use crate::rules::visitors::{Compared, Named, led_away};
use std::collections::BTreeSet;

/// Characters of a title that says something.
const TITLE: usize = 4;
/// Visible characters of a page that can be compared.
const TEXT: u32 = 60;

/// What is strange about a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stranger {
    /// It lies on another registrable domain.
    Elsewhere(String),
    /// It has a word that hijacked pages have, and the usual one has not.
    Word(String),
    /// It shares neither title nor owner with the usual one.
    Page,
}

/// What is strange about the page that another visitor was shown in place of `usual`.
pub(super) fn of(usual: &PageCase<'_>, seen: &PageCase<'_>) -> Option<Stranger> {
    let is_own = is_own(usual, seen.page);
    if let Some(host) = led_away(seen).filter(|_| !is_own && led_away(usual).is_none()) {
        return Some(Stranger::Elsewhere(host));
    }
    let hijack = &usual.policy.hijack;
    let texts = [seen.page.title.as_deref().unwrap_or_default(), &seen.page.excerpt];
    if let Some(word) = texts.into_iter().find_map(|text| hijack.word_in(text)) {
        let usual_texts = [usual.page.title.as_deref().unwrap_or_default(), &usual.page.excerpt];
        // Of a long page no text is kept: its title alone tells.
        let is_usual = usual_texts.into_iter().any(|text| hijack.word_in(text).is_some());
        let in_title =
            seen.page.title.as_deref().is_some_and(|title| hijack.word_in(title).is_some());
        if !is_usual && (in_title || !usual.page.excerpt.is_empty()) {
            return Some(Stranger::Word(word.to_owned()));
        }
    }
    (!is_own && is_unlike(usual.page, seen.page)).then_some(Stranger::Page)
}

/// Whether a page says that it is the filing's: by its number, its owner, or its name.
fn is_own(usual: &PageCase<'_>, page: &Page) -> bool {
    let filing = usual.filing;
    let numbers = Named::of(page);
    let shares_number = numbers.has_filing()
        && Named::of(usual.page).has_filing()
        && numbers.compare(&Named::of(usual.page)) != Compared::OtherSubject;
    let of_subject = filing.filing_number().is_some_and(|own| {
        page.record_numbers.iter().any(|number| number.visible && number.is_of_subject(own))
    });
    let holders = |page: &Page| -> BTreeSet<String> {
        page.copyright.iter().map(|line| key(&line.holder)).filter(|key| !key.is_empty()).collect()
    };
    let shares_holder = !holders(usual.page).is_disjoint(&holders(page));
    let title = key(page.title.as_deref().unwrap_or_default());
    let text = key(&page.excerpt);
    let names = [&filing.service_name, &filing.subject_name].into_iter().flatten();
    let is_named = names.map(|name| key(name)).any(|name| {
        let brand = brand(&name);
        brand.chars().count() >= 2 && (title.contains(brand) || text.contains(brand))
    });
    shares_number || of_subject || shares_holder || is_named
}

/// Whether two pages that can be compared share nothing of their titles. One that scripts
/// make, or that says next to nothing, cannot be.
fn is_unlike(usual: &Page, seen: &Page) -> bool {
    let is_whole = |page: &Page| page.text_length >= TEXT && !page.needs_rendering;
    let title = |page: &Page| key(page.title.as_deref().unwrap_or_default());
    let (one, other) = (title(usual), title(seen));
    let says = |title: &str| title.chars().count() >= TITLE;
    let is_shared = pairs(&one).intersection(&pairs(&other)).next().is_some();
    is_whole(usual) && is_whole(seen) && says(&one) && says(&other) && !is_shared
}

/// The pairs of neighbouring characters of a key.
fn pairs(key: &str) -> BTreeSet<(char, char)> {
    key.chars().zip(key.chars().skip(1)).collect()
}
