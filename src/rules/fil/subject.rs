//! What several rules ask of the subject of a filing.

use crate::filing::{Body, Filing};
use crate::rules::{Na, Text};

/// Whether it may be an authority that files: one that gives approvals and seeks none.
pub(in crate::rules) fn may_be_authority(filing: &Filing) -> bool {
    matches!(filing.body(), Some(Body::Government | Body::Unclear))
}

/// Why nothing is asked of an authority about approvals or trade.
pub(in crate::rules) fn of_authority() -> Na {
    Na::Other(Text::new("主办单位是机关，不适用", "the subject is an authority: it does not apply"))
}

/// A number with nothing but its ends in clear.
pub(super) fn masked(text: &str, first: usize, last: usize) -> String {
    let count = text.chars().count();
    if count <= first + last {
        return "***".to_owned();
    }
    let hidden = |(at, c): (usize, char)| if at < first || at >= count - last { c } else { '*' };
    text.chars().enumerate().map(hidden).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_short_to_be_masked_is_not_shown_at_all() {
        assert_eq!(masked("13800000000", 3, 4), "138****0000");
        assert_eq!(masked("1380000", 3, 4), "***");
    }
}
