use serde::{Deserialize, Serialize};

/// What other filings of the same list share with this one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Siblings {
    /// Registrable domains, other than the filing's own, that a visit ended at and that
    /// the list files under the same subject. Sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub same_subject: Vec<String>,
}
