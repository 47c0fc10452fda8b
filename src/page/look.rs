//! What the markup of an element says of its looks and of what it holds. Elements by the
//! hundred share a class or a style, so what each of these says is found once.

use super::{
    doubt, hidden,
    region::{self, RegionKind},
    style::{self, Says, Sheet},
    tree::{Attr, Element, tag},
};

/// What the markup says of an element.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Look {
    /// It is hidden with all it holds.
    pub(super) hides: bool,
    /// It is hidden as no menu, tab or dialog is.
    pub(super) hides_oddly: bool,
    /// Its style makes it a block.
    pub(super) is_block: bool,
    /// It leaves it open whether what it holds is seen.
    pub(super) is_doubtful: bool,
    /// What it says it holds.
    pub(super) kind: Option<RegionKind>,
}

/// What an inline style says.
#[derive(Clone, Copy)]
struct OfStyle {
    says: Option<Says>,
    is_block: bool,
    is_odd: bool,
    is_doubtful: bool,
}

/// What classes say.
#[derive(Clone, Copy)]
struct OfClass {
    hides: bool,
    is_doubtful: bool,
    kind: Option<RegionKind>,
}

/// Reads looks, by the page's own style sheets too.
pub(super) struct Looks<'t> {
    sheet: &'t Sheet,
    styles: Memo<'t, OfStyle>,
    classes: Memo<'t, OfClass>,
}

impl<'t> Looks<'t> {
    pub(super) fn new(sheet: &'t Sheet) -> Looks<'t> {
        Looks { sheet, styles: Memo::new(), classes: Memo::new() }
    }

    /// The look of an element.
    pub(super) fn of(&mut self, element: Element<'t>) -> Look {
        const TELLING: u32 = Attr::Id.bit() | Attr::Class.bit() | Attr::Style.bit();
        let mut look = self.by_name(element);
        if !element.has_any(TELLING) {
            return look;
        }
        let sheet = self.sheet;
        let style = element.attr(Attr::Style).map(|style| self.styles.of(style, OfStyle::read));
        let class = element
            .attr(Attr::Class)
            .map(|class| self.classes.of(class, |class| OfClass::read(class, sheet)));
        let id = element.attr(Attr::Id);
        look.hides |= match style.and_then(|style| style.says).or_else(|| sheet.says_of_id(id)) {
            Some(says) => says == Says::Hidden,
            None => class.is_some_and(|class| class.hides),
        };
        if let Some(style) = style {
            look.is_block = style.is_block;
            look.hides_oddly |= style.is_odd && element.name() != tag::MARQUEE;
            look.is_doubtful |= style.is_doubtful;
        }
        look.is_doubtful |= class.is_some_and(|class| class.is_doubtful) || sheet.may_hide_id(id);
        if region::goes_by_names(element) {
            look.kind = match id {
                Some(id) => region::kind_of_names(std::iter::once(id).chain(element.classes())),
                None => class.and_then(|class| class.kind),
            };
        }
        look
    }

    /// What its name says, and attributes of a name each.
    fn by_name(&self, element: Element<'_>) -> Look {
        let mut look = Look::default();
        let name = element.name();
        if let Some(value) = element.attr(Attr::Hidden) {
            look.is_doubtful = true;
            look.hides = !value.eq_ignore_ascii_case("until-found");
        }
        match name {
            tag::DIALOG => look.hides |= element.attr(Attr::Open).is_none(),
            tag::DETAILS => look.is_doubtful |= element.attr(Attr::Open).is_none(),
            tag::FONT => look.is_doubtful |= doubt::has_faint_color(element),
            tag::MARQUEE => look.hides_oddly = hidden::is_tiny(element),
            _ => {}
        }
        look.kind = region::kind_of_name(name);
        look
    }
}

impl OfStyle {
    fn read(style: &str) -> OfStyle {
        OfStyle {
            says: style::read(style),
            is_block: style::is_block(style),
            is_odd: hidden::is_odd(style),
            is_doubtful: doubt::is_odd(style),
        }
    }
}

impl OfClass {
    fn read(class: &str, sheet: &Sheet) -> OfClass {
        let classes = || class.split_ascii_whitespace();
        OfClass {
            hides: sheet.hides_classes(classes()),
            is_doubtful: doubt::has_hiding_class(classes()) || sheet.may_hide_classes(classes()),
            kind: region::kind_of_names(classes()),
        }
    }
}

/// How many texts are remembered.
const SLOTS: usize = 128;

/// Remembers what was found of texts. Each has one slot and gives way to another of the same
/// slot: a page that is made to fill them costs what it would without.
struct Memo<'t, V> {
    slots: Vec<Option<(&'t str, V)>>,
}

impl<'t, V: Copy> Memo<'t, V> {
    fn new() -> Memo<'t, V> {
        Memo { slots: vec![None; SLOTS] }
    }

    /// What was found of a text, or is found now.
    fn of(&mut self, text: &'t str, find: impl FnOnce(&'t str) -> V) -> V {
        let slot = self.slots.get_mut(slot_of(text));
        match slot {
            Some(Some((known, found))) if *known == text => *found,
            Some(slot) => slot.insert((text, find(text))).1,
            None => find(text),
        }
    }
}

/// The slot of a text, by its ends and its length.
fn slot_of(text: &str) -> usize {
    let bytes = text.as_bytes();
    let ends = match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => {
            u64::from_le_bytes(*first) ^ u64::from_le_bytes(*last).rotate_left(23)
        }
        _ => bytes.iter().fold(0, |letters, byte| letters << 8 | u64::from(*byte)),
    };
    let mixed = (ends ^ text.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> (64 - SLOTS.ilog2())) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::tree;

    #[test]
    fn an_element_looks_the_same_whatever_stood_in_its_slot() {
        let elements: String = (0..2_000)
            .map(|at| {
                let (style, class) = (at % 700, at % 900);
                format!(
                    "<p style='left:{style}px;display:{}' class='{} n{class}'>",
                    if style % 3 == 0 { "none" } else { "block" },
                    if class % 7 == 0 { "foot" } else { "a" },
                )
            })
            .collect();
        let page = tree::parse(elements);
        let sheet = Sheet::default();
        let mut looks = Looks::new(&sheet);
        for element in page.elements() {
            assert_eq!(looks.of(element), Looks::new(&sheet).of(element));
        }
        let (hidden, feet) = page.elements().fold((0, 0), |(hidden, feet), element| {
            let look = looks.of(element);
            let is_foot = look.kind == Some(RegionKind::Foot);
            (hidden + usize::from(look.hides), feet + usize::from(is_foot))
        });
        assert_eq!((hidden, feet), (668, 287));
    }
}
