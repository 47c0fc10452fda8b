//! Start tags in the body, the head and in drawings.

use super::{
    super::{FOREIGN, Set},
    Again, Attr, Beyond, Builder, Format, Mode, Tag,
    open::{BUTTONS, NO_MORE},
    sets::{ADOPTED, BLOCKS, BREAKOUTS, HEAD_ELEMENTS, HEADINGS, SPECIAL},
    tag,
};

impl Builder<'_> {
    pub(super) fn start_in_drawing(&mut self, tag: Tag) -> Result<(), Beyond> {
        if BREAKOUTS.has(tag.name) || self.open.is_integration_point() {
            return Err(Beyond);
        }
        self.insert_drawing(tag);
        Ok(())
    }

    fn insert_drawing(&mut self, tag: Tag) {
        let tag = Tag { name: tag.name | FOREIGN, ..tag };
        if tag.closes_itself {
            self.insert_closed(tag);
        } else {
            self.insert(tag);
        }
    }

    /// An element of the head; the current element takes it in.
    pub(super) fn start_in_head(&mut self, tag: Tag) -> Result<(), Beyond> {
        match tag.name {
            tag::TITLE | tag::STYLE | tag::SCRIPT | tag::NOFRAMES | tag::NOSCRIPT => {
                self.insert_raw(tag)
            }
            _ => {
                self.insert_closed(tag);
                Ok(())
            }
        }
    }

    pub(super) fn close_paragraph(&mut self) {
        if self.open.in_scope(tag::P, &BUTTONS) {
            self.open.close_implied(tag::P);
            self.open.close_through(|name| name == tag::P);
        }
    }

    pub(super) fn start_in_body(&mut self, tag: Tag) -> Again {
        match tag.name {
            name if BLOCKS.has(name) => {
                self.close_paragraph();
                self.insert(tag);
            }
            tag::A => {
                self.close_open_link();
                self.reconstruct();
                self.insert_format(tag)?;
            }
            tag::LI => self.start_item(tag, &Set::of(&[tag::LI])),
            tag::DD | tag::DT => self.start_item(tag, &Set::of(&[tag::DD, tag::DT])),
            tag::AREA | tag::BR | tag::EMBED | tag::IMG | tag::KEYGEN | tag::WBR => {
                self.reconstruct();
                self.insert_closed(tag);
            }
            tag::IMAGE => {
                self.reconstruct();
                self.insert_closed(Tag { name: tag::IMG, ..tag });
            }
            name if HEAD_ELEMENTS.has(name) => self.start_in_head(tag)?,
            name if HEADINGS.has(name) => {
                self.close_paragraph();
                if HEADINGS.has(self.open.current().1) {
                    self.open.pop();
                }
                self.insert(tag);
            }
            tag::TABLE => {
                if !self.quirky {
                    self.close_paragraph();
                }
                self.insert(tag);
                self.mode = Mode::InTable;
            }
            name if ADOPTED.has(name) => self.start_format(tag)?,
            _ => return self.start_rarer(tag),
        }
        Ok(false)
    }

    fn start_format(&mut self, tag: Tag) -> Result<(), Beyond> {
        self.reconstruct();
        if tag.name == tag::NOBR && self.open.in_scope(tag::NOBR, &NO_MORE) {
            self.adopt(tag::NOBR);
            self.reconstruct();
        }
        self.insert_format(tag)
    }

    /// An item closes the one before it.
    fn start_item(&mut self, tag: Tag, items: &Set) {
        const PASSED: Set = Set::of(&[tag::ADDRESS, tag::DIV, tag::P]);
        let mut before = None;
        for (_, _, name) in self.open.inner_first() {
            if items.has(name) {
                before = Some(name);
                break;
            }
            if SPECIAL.has(name) && !PASSED.has(name) {
                break;
            }
        }
        if let Some(before) = before {
            self.open.close_implied(before);
            self.open.close_through(|name| name == before);
        }
        self.close_paragraph();
        self.insert(tag);
    }

    fn start_rarer(&mut self, tag: Tag) -> Again {
        match tag.name {
            tag::HTML => self.add_attributes_to_root(tag),
            tag::BODY => {
                if let Some((body, tag::BODY)) = self.open.get(1) {
                    self.add_attributes(body, tag);
                }
            }
            tag::PRE | tag::LISTING => {
                self.close_paragraph();
                self.insert(tag);
                self.scanner.skip_line_end();
            }
            tag::FORM => {
                if self.form == super::NONE {
                    self.close_paragraph();
                    self.form = self.insert(tag);
                }
            }
            tag::BUTTON => {
                if self.open.in_scope(tag::BUTTON, &NO_MORE) {
                    self.open.close_implied(tag::HTML);
                    self.open.close_through(|name| name == tag::BUTTON);
                }
                self.reconstruct();
                self.insert(tag);
            }
            tag::APPLET | tag::MARQUEE | tag::OBJECT => {
                self.reconstruct();
                self.insert(tag);
                self.formats.push(Format::Marker);
            }
            tag::HR => {
                self.close_paragraph();
                if self.open.in_scope(tag::SELECT, &NO_MORE) {
                    self.open.close_implied(tag::HTML);
                }
                self.insert_closed(tag);
            }
            tag::PARAM | tag::SOURCE | tag::TRACK => drop(self.insert_closed(tag)),
            tag::TEXTAREA | tag::IFRAME | tag::NOEMBED | tag::NOSCRIPT => self.insert_raw(tag)?,
            tag::XMP => {
                self.close_paragraph();
                self.reconstruct();
                self.insert_raw(tag)?;
            }
            tag::INPUT | tag::SELECT | tag::OPTION | tag::OPTGROUP => self.start_control(tag),
            tag::RB | tag::RTC | tag::RP | tag::RT => {
                if self.open.in_scope(tag::RUBY, &NO_MORE) {
                    let is_base = matches!(tag.name, tag::RB | tag::RTC);
                    self.open.close_implied(if is_base { tag::HTML } else { tag::RTC });
                }
                self.insert(tag);
            }
            tag::SVG => {
                self.reconstruct();
                self.insert_drawing(tag);
            }
            tag::CAPTION
            | tag::COL
            | tag::COLGROUP
            | tag::FRAME
            | tag::HEAD
            | tag::TBODY
            | tag::TD
            | tag::TFOOT
            | tag::TH
            | tag::THEAD
            | tag::TR => {}
            _ => {
                self.reconstruct();
                self.insert(tag);
            }
        }
        Ok(false)
    }

    /// The parts of a form that have to do with lists to choose from.
    fn start_control(&mut self, tag: Tag) {
        let in_select = self.open.in_scope(tag::SELECT, &NO_MORE);
        match tag.name {
            tag::INPUT => {
                if in_select {
                    self.open.close_through(|name| name == tag::SELECT);
                }
                self.reconstruct();
                self.insert_closed(tag);
            }
            tag::SELECT if in_select => self.open.close_through(|name| name == tag::SELECT),
            tag::OPTION | tag::OPTGROUP => {
                let except = if tag.name == tag::OPTION { tag::OPTGROUP } else { tag::HTML };
                if in_select {
                    self.open.close_implied(except);
                } else if self.open.is_current(tag::OPTION) {
                    self.open.pop();
                }
                self.reconstruct();
                self.insert(tag);
            }
            _ => {
                self.reconstruct();
                self.insert(tag);
            }
        }
    }

    /// Whether an input is one that nobody sees.
    pub(super) fn is_hidden_input(&self, tag: Tag) -> bool {
        let from = tag.attributes as usize;
        let own = self.tree.attributes.get(from..from + tag.has.count_ones() as usize);
        let mut kinds = own.unwrap_or_default().iter().filter(|(name, _)| *name == Attr::Type);
        kinds.next().is_some_and(|(_, span)| self.read(*span).eq_ignore_ascii_case("hidden"))
    }
}
