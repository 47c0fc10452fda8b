//! Elements that hold nothing but text.

use super::{Beyond, Builder, Kind, Name, Span, Tag, refs, tag};

impl Builder<'_> {
    /// Inserts such an element with its text, up to its end tag.
    pub(super) fn insert_raw(&mut self, tag: Tag) -> Result<(), Beyond> {
        let id = self.insert_closed(tag);
        if tag.name == tag::TEXTAREA {
            self.scanner.skip_line_end();
        }
        let (text, end_tag) = self.scanner.raw_text(text_of(tag.name));
        let text = match tag.name {
            tag::TITLE | tag::TEXTAREA => {
                refs::resolve(&mut self.tree, self.scanner.text, text, false)
            }
            _ => text,
        };
        if text.start < text.end {
            self.append_text(id, text);
        }
        if let Some(name) = end_tag {
            self.scanner.tag(&mut self.tree, name)?;
        }
        Ok(())
    }

    fn append_text(&mut self, parent: super::Id, text: Span) {
        let id = self.tree.add(Kind::Text(text));
        self.tree.append(parent, id);
    }
}

fn text_of(name: Name) -> &'static str {
    match name {
        tag::TITLE => "title",
        tag::TEXTAREA => "textarea",
        tag::STYLE => "style",
        tag::XMP => "xmp",
        tag::IFRAME => "iframe",
        tag::NOEMBED => "noembed",
        tag::NOFRAMES => "noframes",
        tag::NOSCRIPT => "noscript",
        _ => "script",
    }
}
