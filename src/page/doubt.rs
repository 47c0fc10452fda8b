//! Markup that does not hide what it holds, and yet leaves it open whether a visitor sees it:
//! only a browser can tell.

use super::{
    style::{declarations, number},
    tree::{Attr, Element},
};
use std::borrow::Cow;

/// Classes by which style sheets of every kind hide things; the sheet itself is not read.
const HIDING: &[&str] = &[
    "hide",
    "hidden",
    "is-hidden",
    "d-none",
    "dn",
    "none",
    "display-none",
    "displaynone",
    "invisible",
    "visually-hidden",
    "visuallyhidden",
    "sr-only",
    "screen-reader-text",
    "offscreen",
    "layui-hide",
    "uk-hidden",
];

/// Heads of classes that show again, on wide screens, what another one hides.
const SHOWING: &[&str] = &["d-md-", "d-lg-", "d-xl-", "d-sm-", "md:", "lg:", "xl:", "sm:"];

/// Classes of an element that are read.
const CLASSES: usize = 50;

/// Whether the colour of a font is hardly one.
pub(super) fn has_faint_color(font: Element<'_>) -> bool {
    font.attr(Attr::Color).is_some_and(|color| is_faint(&color.trim().to_ascii_lowercase()))
}

/// Whether any of an element's classes hides, and none shows again.
pub(super) fn has_hiding_class<'c>(classes: impl Iterator<Item = &'c str> + Clone) -> bool {
    let mut classes = classes.take(CLASSES);
    classes.clone().any(|class| HIDING.contains(&class))
        && !classes.any(|class| SHOWING.iter().any(|head| class.starts_with(head)))
}

/// Whether an inline style may keep a text from being seen.
pub(super) fn is_odd(style: &str) -> bool {
    let (mut color, mut ground) = (Cow::Borrowed(""), Cow::Borrowed(""));
    let mut is_cut = false;
    for (name, value) in declarations(style) {
        let below = |least: f64| number(&value).is_some_and(|size| size < least);
        let is_pixels = || value.ends_with("px") || value.ends_with("pt");
        let is_odd = match &*name {
            "opacity" => below(0.5),
            "font-size" => is_pixels() && below(8.0),
            "text-indent" | "left" | "top" | "right" | "bottom" => below(-40.0),
            "z-index" => below(0.0),
            "transform" => value.contains("scale") || value.contains("translate"),
            "clip" | "clip-path" | "mask" | "mask-image" | "content-visibility" => {
                !matches!(&*value, "none" | "auto" | "visible")
            }
            "filter" => value.contains("opacity"),
            "height" | "max-height" | "width" | "max-width" => {
                is_cut |= is_pixels() && below(10.0);
                false
            }
            _ => false,
        };
        match &*name {
            "color" => color = value,
            "background" | "background-color" => ground = value,
            _ => {}
        }
        if is_odd {
            return true;
        }
    }
    // On a ground of another colour that the same style sets, white is well seen.
    let is_lost = ground.is_empty() && is_white(&color);
    is_cut || (!color.is_empty() && (is_clear(&color) || color == ground || is_lost))
}

fn is_faint(color: &str) -> bool {
    is_clear(color) || is_white(color)
}

/// Whether a colour is that of a page on which nothing else is set.
fn is_white(color: &str) -> bool {
    let digits = color.strip_prefix('#').unwrap_or_default();
    let is_hex = matches!(digits.len(), 3 | 6) && digits.chars().all(|c| c == 'f');
    is_hex || matches!(color, "white" | "rgb(255,255,255)" | "rgb(255, 255, 255)")
}

/// Whether a colour leaves hardly anything to see.
fn is_clear(color: &str) -> bool {
    let alpha = || color.rsplit([',', '/']).next().map(|last| last.trim_end_matches(')').trim());
    let has_alpha = color.starts_with("rgba(") || color.starts_with("hsla(");
    color == "transparent" || has_alpha && alpha().and_then(number).is_some_and(|alpha| alpha < 0.3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{look::Looks, style::Sheet, tree, tree::tag};

    fn doubtful(html: &str) -> bool {
        let page = tree::parse(html.to_owned());
        let is_any =
            |element: &Element<'_>| [tag::I, tag::FONT, tag::DETAILS].contains(&element.name());
        let element = page.elements().find(is_any).unwrap();
        Looks::new(&Sheet::default()).of(element).is_doubtful
    }

    #[test]
    fn odd_styles_and_hiding_classes_raise_doubt() {
        for html in [
            "<i class='foot hide'>",
            "<i class=sr-only>",
            "<i class='text d-none'>",
            "<i style='opacity:.05'>",
            "<i style='font-size:1px'>",
            "<i style='color:#333;background:#333'>",
            "<i style='color:rgba(0, 0, 0, .01)'>",
            "<i style='transform:scale(0.01)'>",
            "<i style='z-index:-1;position:absolute'>",
            "<i style='position:absolute;left:-500px'>",
            "<i style='clip-path: inset(50%)'>",
            "<i style='height:1px'>",
            "<i style='color:#fff'>",
            "<font color='#FFFFFF'>",
            "<details>",
        ] {
            assert!(doubtful(html), "{html}");
        }
    }

    #[test]
    fn what_stands_at_the_foot_of_ordinary_pages_raises_none() {
        for html in [
            "<i class='footer hidden-xs'>",
            "<i class='d-none d-md-block'>",
            "<i style='color:#999;font-size:12px'>",
            "<i style='color:#fff;background:#222'>",
            "<i style='opacity:.7'>",
            "<i style='position:fixed;bottom:0;left:0;width:100%'>",
            "<i style='height:20px;line-height:20px'>",
            "<i style='font-size:.8em;margin-top:-10px'>",
            "<i style='color:rgba(255,255,255,.6)'>",
            "<details open>",
        ] {
            assert!(!doubtful(html), "{html}");
        }
    }
}
