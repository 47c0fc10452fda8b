//! What the rules rest on: acts and orders by name, number and article.

use super::Text;

/// A provision.
#[derive(Debug, PartialEq, Eq)]
pub struct Law {
    /// In Chinese, with number and article.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

impl Law {
    /// The provision in both languages.
    pub fn text(&self) -> Text {
        Text::new(self.zh, self.en)
    }
}
