//! What stands before the body and behind it.

use super::{
    super::DOCUMENT, Again, Beyond, Builder, Id, Mode, Name, Span, Tag, sets::HEAD_ELEMENTS, tag,
};

impl Builder<'_> {
    /// What the end of the page brings about.
    pub(super) fn finish(&mut self) -> Result<(), Beyond> {
        self.settle_pending()?;
        while matches!(
            self.mode,
            Mode::Initial | Mode::BeforeHtml | Mode::BeforeHead | Mode::InHead | Mode::AfterHead
        ) {
            self.step_on();
        }
        Ok(())
    }

    /// Goes on to the next of the modes before the body, as though the tags were there.
    pub(super) fn step_on(&mut self) {
        match self.mode {
            Mode::Initial => {
                self.quirky = true;
                self.mode = Mode::BeforeHtml;
            }
            Mode::BeforeHtml => self.root(Tag::implied(tag::HTML)),
            Mode::BeforeHead => {
                self.head = self.insert(Tag::implied(tag::HEAD));
                self.mode = Mode::InHead;
            }
            Mode::InHead => {
                self.open.pop();
                self.mode = Mode::AfterHead;
            }
            _ => {
                self.insert(Tag::implied(tag::BODY));
                self.mode = Mode::InBody;
            }
        }
    }

    pub(super) fn root(&mut self, tag: Tag) {
        let id = self.element(tag);
        self.open.push(id, tag::HTML);
        self.tree.append(DOCUMENT, id);
        self.mode = Mode::BeforeHead;
    }

    /// A start tag before the body and behind it.
    pub(super) fn start_outside(&mut self, tag: Tag) -> Again {
        match (self.mode, tag.name) {
            (Mode::BeforeHtml, tag::HTML) => self.root(tag),
            (Mode::Initial | Mode::BeforeHtml, _) => {
                self.step_on();
                return Ok(true);
            }
            (_, tag::HTML) => self.add_attributes_to_root(tag),
            (Mode::BeforeHead, tag::HEAD) => {
                self.head = self.insert(tag);
                self.mode = Mode::InHead;
            }
            (Mode::InHead | Mode::AfterHead, tag::HEAD) => {}
            (Mode::InHead, name) if HEAD_ELEMENTS.has(name) || name == tag::NOSCRIPT => {
                self.start_in_head(tag)?;
            }
            (Mode::AfterHead, tag::BODY) => {
                self.insert(tag);
                self.mode = Mode::InBody;
            }
            (Mode::AfterHead, name) if HEAD_ELEMENTS.has(name) => {
                self.open.push(self.head, tag::HEAD);
                self.start_in_head(tag)?;
                self.open.remove(self.head);
            }
            (Mode::AfterBody | Mode::AfterAfterBody, _) => {
                self.mode = Mode::InBody;
                return Ok(true);
            }
            _ => {
                self.step_on();
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(super) fn add_attributes_to_root(&mut self, tag: Tag) {
        let root = self.open.first();
        self.add_attributes(root, tag);
    }

    pub(super) fn add_attributes(&mut self, id: Id, tag: Tag) {
        let from = tag.attributes as usize;
        let own = self.tree.attributes.get(from..from + tag.has.count_ones() as usize);
        let own = own.unwrap_or_default().to_vec();
        self.tree.add_attributes(id, &own);
    }

    /// An end tag before the body and behind it.
    pub(super) fn end_outside(&mut self, name: Name) -> bool {
        match (self.mode, name) {
            (Mode::Initial, _) => self.step_on(),
            (Mode::InHead, tag::HEAD) => {
                self.open.pop();
                self.mode = Mode::AfterHead;
                return false;
            }
            (Mode::BeforeHtml | Mode::BeforeHead, tag::HEAD)
            | (
                Mode::BeforeHtml | Mode::BeforeHead | Mode::InHead | Mode::AfterHead,
                tag::BODY | tag::HTML | tag::BR,
            ) => self.step_on(),
            (Mode::AfterBody, tag::HTML) => {
                self.mode = Mode::AfterAfterBody;
                return false;
            }
            (Mode::AfterBody | Mode::AfterAfterBody, _) => self.mode = Mode::InBody,
            _ => return false,
        }
        true
    }

    /// Text where white space and other characters are not the same.
    pub(super) fn text_outside(&mut self, span: Span) -> Result<(), Beyond> {
        let text = self.read(span);
        let blank = text.len() - text.trim_start_matches(|c: char| c.is_ascii_whitespace()).len();
        let middle = span.start + u32::try_from(blank).unwrap_or_default();
        let (space, rest) = (Span { end: middle, ..span }, Span { start: middle, ..span });
        if space.start < space.end {
            match self.mode {
                Mode::InHead | Mode::AfterHead | Mode::InColumnGroup => self.insert_text(space),
                Mode::AfterBody | Mode::AfterAfterBody => {
                    self.reconstruct();
                    self.insert_text(space);
                }
                _ => {}
            }
        }
        if rest.start == rest.end {
            return Ok(());
        }
        match self.mode {
            Mode::InColumnGroup if self.open.is_current(tag::COLGROUP) => {
                self.open.pop();
                self.mode = Mode::InTable;
                self.text(rest)
            }
            // What stands here is dropped; what follows is white space or dropped as well.
            Mode::InColumnGroup => Err(Beyond),
            Mode::AfterBody | Mode::AfterAfterBody => {
                self.mode = Mode::InBody;
                self.text(rest)
            }
            _ => {
                while self.mode != Mode::InBody {
                    self.step_on();
                }
                self.text(rest)
            }
        }
    }
}
