use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// Why something of a list could not be read, what was expected, and what to do. Who mends
/// lists reads Chinese; Display writes English, for logs and operators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Chinese.
    pub zh: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

impl Reason {
    /// A reason in both languages.
    pub fn new(zh: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Reason {
        Reason { zh: zh.into(), en: en.into() }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}
