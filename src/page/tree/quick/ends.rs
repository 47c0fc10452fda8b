//! End tags in the body and in drawings.

use super::{
    super::{FOREIGN, Set},
    Again, Beyond, Builder, Mode, NONE, Name, Tag,
    open::{BUTTONS, LISTS, NO_MORE},
    sets::{ADOPTED, BLOCKS, HEADINGS},
    tag,
};

/// Elements besides the blocks that close all that is open in them.
const CLOSING: Set = Set::of(&[tag::BUTTON, tag::LISTING, tag::PRE, tag::SELECT]);

impl Builder<'_> {
    pub(super) fn end_in_body(&mut self, name: Name) -> Again {
        match name {
            tag::P => {
                if !self.open.in_scope(tag::P, &BUTTONS) {
                    self.insert(Tag::implied(tag::P));
                }
                self.open.close_implied(tag::P);
                self.open.close_through(|open| open == tag::P);
            }
            _ if BLOCKS.has(name) || CLOSING.has(name) => {
                if self.open.in_scope(name, &NO_MORE) {
                    self.open.close_implied(tag::HTML);
                    self.open.close_through(|open| open == name);
                }
            }
            _ if ADOPTED.has(name) => self.adopt(name),
            tag::LI | tag::DD | tag::DT => {
                let more = if name == tag::LI { &LISTS } else { &NO_MORE };
                if self.open.in_scope(name, more) {
                    self.open.close_implied(name);
                    self.open.close_through(|open| open == name);
                }
            }
            _ if HEADINGS.has(name) => {
                if self.open.any_in_scope(&NO_MORE, |_, open| HEADINGS.has(open)) {
                    self.open.close_implied(tag::HTML);
                    self.open.close_through(|open| HEADINGS.has(open));
                }
            }
            tag::BODY | tag::HTML => {
                if self.open.in_scope(tag::BODY, &NO_MORE) {
                    self.mode = Mode::AfterBody;
                    return Ok(name == tag::HTML);
                }
            }
            tag::FORM => self.end_form(),
            tag::APPLET | tag::MARQUEE | tag::OBJECT => {
                if self.open.in_scope(name, &NO_MORE) {
                    self.open.close_implied(tag::HTML);
                    self.open.close_through(|open| open == name);
                    self.clear_formats_to_marker();
                }
            }
            tag::BR => {
                self.reconstruct();
                self.insert_closed(Tag::implied(tag::BR));
            }
            tag::TEMPLATE => {}
            _ => self.end_any_other(name),
        }
        Ok(false)
    }

    fn end_form(&mut self) {
        let form = std::mem::replace(&mut self.form, NONE);
        if form == NONE || !self.open.any_in_scope(&NO_MORE, |id, _| id == form) {
            return;
        }
        self.open.close_implied(tag::HTML);
        self.open.remove(form);
    }

    /// An end tag in a drawing; whether that is all there is to it.
    pub(super) fn end_in_drawing(&mut self, name: Name) -> Result<bool, Beyond> {
        if matches!(name, tag::P | tag::BR) {
            return Err(Beyond);
        }
        let mut found = None;
        for (at, _, open) in self.open.inner_first() {
            if at == 0 {
                return Ok(true);
            }
            if open & FOREIGN == 0 {
                return Ok(false);
            }
            if open & !FOREIGN == name {
                found = Some(at);
                break;
            }
        }
        if let Some(at) = found {
            self.open.truncate(at);
        }
        Ok(true)
    }
}
