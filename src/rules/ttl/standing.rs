//! How the title stands to the filed name: one classification for the family.

use crate::rules::names::{core, key, likeness, parts};
use crate::rules::one_site::{is_of_a_member, of_too_many};
use crate::rules::sight::{doubt_of_foot, of_other_filing, quoted, unrun, unsettled};
use crate::rules::{Field, Na, PageCase, Text};

/// Titles that editors, frameworks and site builders write of themselves, as keys.
const DEFAULTS: &[&str] = &[
    "document",
    "untitled",
    "untitleddocument",
    "untitledpage",
    "newpage",
    "newpage1",
    "title",
    "pagetitle",
    "home",
    "homepage",
    "index",
    "indexhtml",
    "reactapp",
    "viteapp",
    "vitereact",
    "vitereactts",
    "vitevue",
    "vitevuets",
    "nuxtapp",
    "createnextapp",
    "mywebsite",
    "mysite",
    "无标题",
    "无标题文档",
    "无标题页",
    "无标题页面",
    "无标题网页",
    "未命名",
    "未命名页面",
    "新建网页",
    "新建网页1",
    "新建页面",
    "标题",
    "网页标题",
    "网站标题",
    "页面标题",
];

/// Characters of a title that a notice quotes.
const TITLE_CHARS: usize = 120;

/// How a title stands to the filed name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// There is no title, or an empty one.
    Missing,
    /// An editor's default.
    Default,
    /// It contains the name.
    Contains,
    /// It contains the name's parts, or is much like it.
    Near,
    /// Neither.
    Unrelated,
    /// There is no name to compare it with.
    Uncompared,
}

/// Classifies the title of a page.
pub(super) fn standing(case: &PageCase<'_>) -> Standing {
    let title = case.page.title.as_deref().unwrap_or_default();
    let name = case.filing.service_name.as_deref();
    let enough = case.policy.readings.title_similarity;
    match of(title, name, enough) {
        // The page is that of other filed domains of the subject too, and may bear their names.
        Standing::Near | Standing::Unrelated if names_a_member(case, title, enough) => {
            Standing::Contains
        }
        standing => standing,
    }
}

fn names_a_member(case: &PageCase<'_>, title: &str, enough: f64) -> bool {
    is_of_a_member(case, |member| {
        of(title, member.service_name.as_deref(), enough) == Standing::Contains
    })
}

fn of(title: &str, name: Option<&str>, enough: f64) -> Standing {
    let title_key = key(title);
    let name_key = name.map(key).filter(|name| !name.is_empty());
    if title_key.is_empty() {
        return Standing::Missing;
    }
    match name_key {
        Some(name) if title_key.contains(&name) => Standing::Contains,
        _ if DEFAULTS.contains(&title_key.as_str()) => Standing::Default,
        None => Standing::Uncompared,
        Some(name_key)
            if is_near(title, &title_key, name.unwrap_or_default(), &name_key, enough) =>
        {
            Standing::Near
        }
        Some(_) => Standing::Unrelated,
    }
}

/// Whether a person should look before a title is called wrong.
fn is_near(title: &str, title_key: &str, name: &str, name_key: &str, enough: f64) -> bool {
    let name_core = core(name_key);
    if title_key.contains(name_core) || is_scattered(name_key, title_key) {
        return true;
    }
    let name_parts = parts(name);
    if name_parts.len() > 1 && name_parts.iter().all(|part| title_key.contains(core(part))) {
        return true;
    }
    parts(title).iter().map(String::as_str).chain([title_key]).any(|segment| {
        let segment_core = core(segment);
        let shorter = segment_core.chars().count();
        let covers_half = shorter >= 2 && 2 * shorter >= name_core.chars().count();
        (covers_half && name_core.contains(segment_core))
            || likeness(segment, name_key) >= enough
            || likeness(segment_core, name_core) >= enough
    })
}

/// Whether the name can be cut into pieces of two characters and more that all stand in the
/// title, in order: 示例商城 in 示例网上商城.
fn is_scattered(name: &str, title: &str) -> bool {
    let (mut name, mut title) = (name, title);
    while !name.is_empty() {
        let piece = name
            .char_indices()
            .map(|(at, c)| at + c.len_utf8())
            .rev()
            .filter_map(|end| name.get(..end))
            .filter(|piece| piece.chars().count() >= 2)
            .find_map(|piece| title.find(piece).map(|at| (piece.len(), at + piece.len())));
        let Some((taken, passed)) = piece else { return false };
        name = name.get(taken..).unwrap_or_default();
        title = title.get(passed..).unwrap_or_default();
    }
    true
}

/// Why the title is not compared with the name at all.
pub(super) fn uncompared(case: &PageCase<'_>) -> Option<Na> {
    let named = case.filing.service_name.as_deref().map(key).is_some_and(|name| !name.is_empty());
    if !named {
        return Some(Na::MissingField(Field::ServiceName));
    }
    of_other_filing(case).or_else(|| of_too_many(case))
}

/// The title as quoted in a verdict.
pub(super) fn found(case: &PageCase<'_>) -> Text {
    match case.page.title.as_deref().map(str::trim) {
        None => Text::new("没有 title 标签", "no title element"),
        Some("") => Text::new("title 标签是空的", "an empty title element"),
        Some(title) => Text::same(quoted(title, TITLE_CHARS)),
    }
}

/// The filed name as quoted in a verdict.
pub(super) fn expected(case: &PageCase<'_>) -> Text {
    match &case.filing.service_name {
        Some(name) => {
            let name = quoted(name, TITLE_CHARS);
            Text::new(format!("包含“{name}”"), format!("contains \"{name}\""))
        }
        None => Text::new("写有网站名称的标题", "a title with the name of the site"),
    }
}

/// Why a title may be another one in a browser.
pub(super) fn doubt(case: &PageCase<'_>) -> Option<Text> {
    if case.page.cut && case.page.title.is_none() {
        return doubt_of_foot(case);
    }
    if let Some(rendered) = case.rendered {
        return (!rendered.settled).then(unsettled);
    }
    if case.page.title_by_script {
        return Some(unrun(
            case,
            "网页里有脚本会改写标题，要在浏览器里才能看到",
            "a script of the page writes its title, which takes a browser to see",
        ));
    }
    case.page.needs_rendering.then(|| {
        unrun(
            case,
            "网页内容由脚本生成，标题也可能在浏览器里被脚本改写",
            "the page is made by scripts, which may write another title in a browser",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing_of(title: &str, name: &str) -> Standing {
        of(title, Some(name), 0.6)
    }

    #[test]
    fn a_title_contains_the_name_whatever_its_width_case_spaces_and_characters() {
        for (title, name) in [
            ("示例商城 - 首页", "示例商城"),
            ("欢迎来到 示 例 商 城", "示例商城"),
            ("範例網絡·官方網站", "范例网络"),
            ("ＥＸＡＭＰＬＥ云｜首页", "example云"),
            ("【示例·商城】", "示例商城"),
        ] {
            assert_eq!(standing_of(title, name), Standing::Contains, "{title}");
        }
    }

    #[test]
    fn a_title_that_lacks_a_generic_word_or_splits_the_name_is_near() {
        for (title, name) in [
            ("示例商城 - 首页", "示例商城官网"),
            ("示例科技-专注网络服务", "示例科技有限公司"),
            ("示例网上商城", "示例商城"),
            ("商城频道 | 示例", "示例·商城"),
            ("示列科技官网", "示例科技官网"),
            ("示例 - 首页", "示例商城"),
            ("深圳示例科技", "深圳市示例科技有限公司"),
        ] {
            assert_eq!(standing_of(title, name), Standing::Near, "{title} for {name}");
        }
    }

    #[test]
    fn a_title_of_something_else_is_unrelated() {
        for (title, name) in [
            ("范例网络 - 首页", "示例商城"),
            ("首页", "示例商城"),
            ("某某公司官网", "示例科技有限公司"),
            ("Example Corporation", "示例商城"),
        ] {
            assert_eq!(standing_of(title, name), Standing::Unrelated, "{title} for {name}");
        }
    }

    #[test]
    fn defaults_and_empty_titles_are_none_unless_the_name_is_in_them() {
        for title in ["Document", "无标题文档", "HOME", "index.html", "Vite + Vue", "  "] {
            let standing = standing_of(title, "示例商城");
            assert!(matches!(standing, Standing::Missing | Standing::Default), "{title}");
        }
        assert_eq!(standing_of("Home", "home"), Standing::Contains);
        assert_eq!(of("首页", None, 0.6), Standing::Uncompared);
    }

    #[test]
    fn every_default_is_a_key() {
        for title in DEFAULTS {
            assert_eq!(&key(title), title);
        }
    }
}
