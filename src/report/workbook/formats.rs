//! How cells look.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

/// The formats of a workbook.
pub(super) struct Formats {
    pub(super) head: Format,
    pub(super) plain: Format,
    pub(super) link: Format,
    pub(super) date: Format,
    pub(super) violation: Format,
    pub(super) warning: Format,
    pub(super) review: Format,
    pub(super) late: Format,
    pub(super) soon: Format,
    pub(super) done: Format,
    pub(super) title: Format,
    pub(super) number: Format,
    pub(super) said: Format,
}

impl Formats {
    pub(super) fn new() -> Formats {
        let text = || {
            Format::new()
                .set_font_name("Microsoft YaHei")
                .set_font_size(10)
                .set_align(FormatAlign::Top)
        };
        let wrapped = || text().set_text_wrap();
        let on = |paper: u32, ink: u32| {
            text().set_background_color(Color::RGB(paper)).set_font_color(Color::RGB(ink))
        };
        let day = |format: Format| format.set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left);
        Formats {
            head: text()
                .set_bold()
                .set_align(FormatAlign::VerticalCenter)
                .set_background_color(Color::RGB(0x1F3A5F))
                .set_font_color(Color::White)
                .set_border_bottom(FormatBorder::Thin),
            plain: wrapped(),
            link: wrapped()
                .set_font_color(Color::RGB(0x0B5CAD))
                .set_underline(rust_xlsxwriter::FormatUnderline::Single),
            date: day(text()),
            violation: on(0xF9D7D3, 0x8C1D13),
            warning: on(0xFCEBC5, 0x7A4B00),
            review: on(0xD9E8F6, 0x14477A),
            late: day(on(0xC0392B, 0xFFFFFF).set_bold()),
            soon: day(on(0xFCEBC5, 0x7A4B00)),
            done: on(0xDDEFD9, 0x2B5D23),
            title: text().set_bold().set_font_size(14),
            number: text().set_num_format("#,##0"),
            said: text(),
        }
    }
}
