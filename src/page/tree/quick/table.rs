//! Tables.

use super::{
    super::Set, Again, Beyond, Builder, Format, Mode, NONE, Name, Span, Tag, place::TABLE_PARTS,
    tag,
};

const TABLE_CONTEXT: Set = Set::of(&[tag::HTML, tag::TABLE, tag::TEMPLATE]);
const BODY_CONTEXT: Set = Set::of(&[tag::TBODY, tag::TFOOT, tag::THEAD, tag::TEMPLATE, tag::HTML]);
const ROW_CONTEXT: Set = Set::of(&[tag::TR, tag::TEMPLATE, tag::HTML]);
const SECTIONS: Set = Set::of(&[tag::TBODY, tag::TFOOT, tag::THEAD]);
const CELLS: Set = Set::of(&[tag::TD, tag::TH]);
/// Tags that end a cell, a caption, and mostly a row.
const PARTS: Set = Set::of(&[
    tag::CAPTION,
    tag::COL,
    tag::COLGROUP,
    tag::TBODY,
    tag::TD,
    tag::TFOOT,
    tag::TH,
    tag::THEAD,
    tag::TR,
]);

impl Builder<'_> {
    /// Text in a table waits for what follows: white space stays, all else goes out.
    pub(super) fn text_in_table(&mut self, span: Span) {
        if TABLE_PARTS.has(self.open.current().1) {
            self.pending.push(span);
        } else {
            self.fosters = true;
            self.reconstruct();
            self.insert_text(span);
            self.fosters = false;
        }
    }

    pub(super) fn settle_pending(&mut self) -> Result<(), Beyond> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let pending = std::mem::take(&mut self.pending);
        let is_blank = |span: &Span| self.read(*span).bytes().all(|b| b.is_ascii_whitespace());
        self.fosters = !pending.iter().all(is_blank);
        for span in pending {
            if self.fosters {
                self.reconstruct();
            }
            self.insert_text(span);
        }
        self.fosters = false;
        Ok(())
    }

    pub(super) fn start_in_table(&mut self, tag: Tag) -> Again {
        match tag.name {
            tag::CAPTION => {
                self.open.close_up_to(&TABLE_CONTEXT);
                self.formats.push(Format::Marker);
                self.insert(tag);
                self.mode = Mode::InCaption;
            }
            tag::COLGROUP => {
                self.open.close_up_to(&TABLE_CONTEXT);
                self.insert(tag);
                self.mode = Mode::InColumnGroup;
            }
            tag::COL => {
                self.open.close_up_to(&TABLE_CONTEXT);
                self.insert(Tag::implied(tag::COLGROUP));
                self.mode = Mode::InColumnGroup;
                return Ok(true);
            }
            tag::TBODY | tag::TFOOT | tag::THEAD => {
                self.open.close_up_to(&TABLE_CONTEXT);
                self.insert(tag);
                self.mode = Mode::InTableBody;
            }
            tag::TD | tag::TH | tag::TR => {
                self.open.close_up_to(&TABLE_CONTEXT);
                self.insert(Tag::implied(tag::TBODY));
                self.mode = Mode::InTableBody;
                return Ok(true);
            }
            tag::TABLE => {
                if self.open.in_table_scope(tag::TABLE) {
                    self.open.close_through(|name| name == tag::TABLE);
                    self.reset_mode();
                    return Ok(true);
                }
            }
            tag::STYLE | tag::SCRIPT => self.start_in_head(tag)?,
            tag::INPUT if self.is_hidden_input(tag) => drop(self.insert_closed(tag)),
            tag::FORM => {
                if self.form == NONE {
                    self.form = self.insert_closed(tag);
                }
            }
            _ => {
                self.fosters = true;
                let again = self.start_in_body(tag);
                self.fosters = false;
                return again;
            }
        }
        Ok(false)
    }

    pub(super) fn end_in_table(&mut self, name: Name) -> Again {
        match name {
            tag::TABLE => {
                if self.open.in_table_scope(tag::TABLE) {
                    self.open.close_through(|name| name == tag::TABLE);
                    self.reset_mode();
                }
            }
            tag::BODY | tag::HTML => {}
            _ if PARTS.has(name) => {}
            _ => {
                self.fosters = true;
                let again = self.end_in_body(name);
                self.fosters = false;
                return again;
            }
        }
        Ok(false)
    }

    /// The mode that goes with what is open.
    fn reset_mode(&mut self) {
        let modes = self.open.inner_first().find_map(|(_, _, name)| match name {
            tag::TD | tag::TH => Some(Mode::InCell),
            tag::TR => Some(Mode::InRow),
            tag::TBODY | tag::THEAD | tag::TFOOT => Some(Mode::InTableBody),
            tag::CAPTION => Some(Mode::InCaption),
            tag::COLGROUP => Some(Mode::InColumnGroup),
            tag::TABLE => Some(Mode::InTable),
            tag::HEAD => Some(Mode::InHead),
            tag::BODY => Some(Mode::InBody),
            tag::HTML => Some(Mode::AfterHead),
            _ => None,
        });
        self.mode = modes.unwrap_or(Mode::InBody);
    }

    fn leave_caption(&mut self) -> bool {
        if !self.open.in_table_scope(tag::CAPTION) {
            return false;
        }
        self.open.close_implied(tag::HTML);
        self.open.close_through(|name| name == tag::CAPTION);
        self.clear_formats_to_marker();
        self.mode = Mode::InTable;
        true
    }

    pub(super) fn start_in_caption(&mut self, tag: Tag) -> Again {
        if PARTS.has(tag.name) {
            return Ok(self.leave_caption());
        }
        self.start_in_body(tag)
    }

    pub(super) fn end_in_caption(&mut self, name: Name) -> Again {
        match name {
            tag::TABLE => Ok(self.leave_caption()),
            tag::CAPTION => {
                self.leave_caption();
                Ok(false)
            }
            tag::BODY | tag::HTML => Ok(false),
            _ if PARTS.has(name) => Ok(false),
            _ => self.end_in_body(name),
        }
    }

    pub(super) fn start_in_column_group(&mut self, tag: Tag) -> Again {
        match tag.name {
            tag::HTML => self.add_attributes_to_root(tag),
            tag::COL => drop(self.insert_closed(tag)),
            _ => return Ok(self.leave_column_group()),
        }
        Ok(false)
    }

    fn leave_column_group(&mut self) -> bool {
        let leaves = self.open.is_current(tag::COLGROUP);
        if leaves {
            self.open.pop();
            self.mode = Mode::InTable;
        }
        leaves
    }

    pub(super) fn end_in_column_group(&mut self, name: Name) -> Again {
        match name {
            tag::COLGROUP => {
                self.leave_column_group();
                Ok(false)
            }
            tag::COL | tag::TEMPLATE => Ok(false),
            _ => Ok(self.leave_column_group()),
        }
    }

    pub(super) fn start_in_table_body(&mut self, tag: Tag) -> Again {
        match tag.name {
            tag::TR => {
                self.open.close_up_to(&BODY_CONTEXT);
                self.insert(tag);
                self.mode = Mode::InRow;
                Ok(false)
            }
            tag::TD | tag::TH => {
                self.open.close_up_to(&BODY_CONTEXT);
                self.insert(Tag::implied(tag::TR));
                self.mode = Mode::InRow;
                Ok(true)
            }
            _ if PARTS.has(tag.name) => Ok(self.leave_table_body()),
            _ => self.start_in_table(tag),
        }
    }

    /// Unlike the standard, html5ever does not look for a head of the table here.
    fn leave_table_body(&mut self) -> bool {
        const OUTER: Set = Set::of(&[tag::TABLE, tag::TBODY, tag::TFOOT]);
        let leaves = self.open.any_in_table_scope(|name| OUTER.has(name));
        if leaves {
            self.open.close_up_to(&BODY_CONTEXT);
            self.open.pop();
            self.mode = Mode::InTable;
        }
        leaves
    }

    pub(super) fn end_in_table_body(&mut self, name: Name) -> Again {
        match name {
            _ if SECTIONS.has(name) => {
                if self.open.in_table_scope(name) {
                    self.open.close_up_to(&BODY_CONTEXT);
                    self.open.pop();
                    self.mode = Mode::InTable;
                }
                Ok(false)
            }
            tag::TABLE => Ok(self.leave_table_body()),
            tag::BODY | tag::HTML => Ok(false),
            _ if PARTS.has(name) => Ok(false),
            _ => self.end_in_table(name),
        }
    }

    pub(super) fn start_in_row(&mut self, tag: Tag) -> Again {
        match tag.name {
            tag::TD | tag::TH => {
                self.open.close_up_to(&ROW_CONTEXT);
                self.insert(tag);
                self.mode = Mode::InCell;
                self.formats.push(Format::Marker);
                Ok(false)
            }
            _ if PARTS.has(tag.name) => Ok(self.leave_row()),
            _ => self.start_in_table(tag),
        }
    }

    fn leave_row(&mut self) -> bool {
        let leaves = self.open.in_table_scope(tag::TR);
        if leaves {
            self.open.close_up_to(&ROW_CONTEXT);
            self.open.pop();
            self.mode = Mode::InTableBody;
        }
        leaves
    }

    pub(super) fn end_in_row(&mut self, name: Name) -> Again {
        match name {
            tag::TR => {
                self.leave_row();
                Ok(false)
            }
            tag::TABLE => Ok(self.leave_row()),
            _ if SECTIONS.has(name) => Ok(self.open.in_table_scope(name) && self.leave_row()),
            tag::BODY | tag::HTML => Ok(false),
            _ if PARTS.has(name) => Ok(false),
            _ => self.end_in_table(name),
        }
    }

    fn leave_cell(&mut self) {
        self.open.close_implied(tag::HTML);
        self.open.close_through(|name| CELLS.has(name));
        self.clear_formats_to_marker();
        self.mode = Mode::InRow;
    }

    pub(super) fn start_in_cell(&mut self, tag: Tag) -> Again {
        if !PARTS.has(tag.name) {
            return self.start_in_body(tag);
        }
        let leaves = self.open.any_in_table_scope(|name| CELLS.has(name));
        if leaves {
            self.leave_cell();
        }
        Ok(leaves)
    }

    pub(super) fn end_in_cell(&mut self, name: Name) -> Again {
        match name {
            tag::TD | tag::TH => {
                if self.open.in_table_scope(name) {
                    self.open.close_implied(tag::HTML);
                    self.open.close_through(|open| open == name);
                    self.clear_formats_to_marker();
                    self.mode = Mode::InRow;
                }
                Ok(false)
            }
            tag::BODY | tag::HTML | tag::CAPTION | tag::COL | tag::COLGROUP => Ok(false),
            tag::TABLE | tag::TBODY | tag::TFOOT | tag::THEAD | tag::TR => {
                let leaves = self.open.in_table_scope(name);
                if leaves {
                    self.leave_cell();
                }
                Ok(leaves)
            }
            _ => self.end_in_body(name),
        }
    }
}
