//! Pictures that seem to show a record number.

use super::{
    Pictured,
    facts::head,
    tree::{Attr, Element, Tree, tag},
};
use crate::record::find;
use std::borrow::Cow;
use url::form_urlencoded;

/// Pictures that are kept of one page.
const PICTURES: usize = 16;
/// Characters of a description that are read, and of an address that are kept.
const TEXT: usize = 200;

/// The pictures of a page whose description or file name holds a record number.
pub(super) fn pictured(tree: &Tree) -> Vec<Pictured> {
    let pictures = tree.elements().filter(|element| is_picture(*element));
    pictures.filter_map(numbered).take(PICTURES).collect()
}

fn is_picture(element: Element<'_>) -> bool {
    let is_button =
        || element.attr(Attr::Type).is_some_and(|kind| kind.eq_ignore_ascii_case("image"));
    element.name() == tag::IMG || (element.name() == tag::INPUT && is_button())
}

fn numbered(element: Element<'_>) -> Option<Pictured> {
    let source = element.attr(Attr::Src).unwrap_or_default().trim();
    let described = [Attr::Alt, Attr::Title].into_iter().filter_map(|name| element.attr(name));
    let named = (!source.starts_with("data:")).then(|| file_name(source));
    let texts = described.map(|text| Cow::Borrowed(head(text, TEXT))).chain(named);
    texts.into_iter().find_map(|text| {
        let found = find(&text).into_iter().find(|found| found.number.is_some())?;
        Some(Pictured {
            text: text.get(found.span.clone()).unwrap_or_default().to_owned(),
            canonical: found.canonical,
            source: source.chars().take(TEXT).collect(),
        })
    })
}

/// `/img/%E4%BA%ACICP…-1.png` as a reader writes it, without its ending.
fn file_name(source: &str) -> Cow<'_, str> {
    let path = source.split(['?', '#']).next().unwrap_or_default();
    let file = path.rsplit('/').next().unwrap_or_default();
    let name = file.rsplit_once('.').map_or(file, |(name, _)| name);
    let name = head(name, 3 * TEXT);
    if !name.contains(['%', '+', '&', '=']) {
        return Cow::Borrowed(name);
    }
    form_urlencoded::parse(name.as_bytes()).next().map(|(name, _)| name).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(html: &str) -> Vec<String> {
        let pictured = pictured(&crate::page::tree::parse(html.to_owned()));
        pictured.into_iter().map(|picture| picture.canonical).collect()
    }

    #[test]
    fn a_number_is_read_from_a_description_a_title_and_a_file_name() {
        for html in [
            "<img alt='备案号：京ICP备2099000123号-1' src=/a.png>",
            "<img title=京ICP备2099000123号-1 src=/a.png>",
            "<img src='/img/京ICP备2099000123号-1.png?v=2'>",
            "<img src=/img/%E4%BA%ACICP%E5%A4%872099000123%E5%8F%B7-1.png>",
            "<input type=image alt=京ICP备2099000123号-1>",
        ] {
            assert_eq!(numbers(html), ["京ICP备2099000123号-1"], "{html}");
        }
    }

    #[test]
    fn other_pictures_and_other_elements_are_passed_over() {
        for html in [
            "<img alt='备案图标' src=/beian.png>",
            "<img src='data:image/png;base64,京ICP备2099000123号-1'>",
            "<a title=京ICP备2099000123号-1>首页</a>",
            "<img alt='京ICP备XXXXXXXX号'>",
        ] {
            assert!(numbers(html).is_empty(), "{html}");
        }
    }
}
