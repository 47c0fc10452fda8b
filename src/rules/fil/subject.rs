//! What kind of body files, as far as the list's word (主办单位性质) tells.

use crate::filing::Filing;
use unicode_normalization::UnicodeNormalization;

/// A kind of subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rules) enum Body {
    /// 个人
    Person,
    /// 党政机关
    Government,
    /// 事业单位
    Institution,
    /// A company, an association or another body that is no part of the state.
    Organisation,
    /// A word that may mean several of them.
    Unclear,
}

/// The kind of the subject; `None` where the list does not say.
pub(in crate::rules) fn body(filing: &Filing) -> Option<Body> {
    let word: String =
        filing.subject_kind.as_ref()?.nfkc().filter(|c| !c.is_whitespace()).collect();
    let has = |words: &[&str]| words.iter().any(|part| word.contains(part));
    Some(if has(&["个体", "独资"]) {
        Body::Organisation
    } else if has(&["个人", "自然人"]) {
        Body::Person
    } else if has(&["国防", "军", "群团", "群众团体"]) || (has(&["机关"]) && has(&["事业"]))
    {
        Body::Unclear
    } else if has(&["政府", "机关"]) {
        Body::Government
    } else if has(&["事业单位", "事业法人"]) {
        Body::Institution
    } else if has(&["企业", "公司", "社会团体", "民办非企业", "基金会", "合作社", "事务所"])
    {
        Body::Organisation
    } else {
        Body::Unclear
    })
}

/// Whether it is a person who files; `None` where the list does not tell.
pub(in crate::rules) fn is_person(filing: &Filing) -> Option<bool> {
    match body(filing)? {
        Body::Person => Some(true),
        Body::Unclear => None,
        Body::Government | Body::Institution | Body::Organisation => Some(false),
    }
}

/// Whether it may be an authority that files: one that gives approvals and seeks none.
pub(in crate::rules) fn may_be_authority(filing: &Filing) -> bool {
    matches!(body(filing), Some(Body::Government | Body::Unclear))
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
    use crate::filing::Domain;

    #[test]
    fn the_words_of_lists_are_told_apart() {
        for (word, expected) in [
            ("个人", Body::Person),
            ("个体工商户", Body::Organisation),
            ("个人独资企业", Body::Organisation),
            ("企业", Body::Organisation),
            ("民办非企业单位", Body::Organisation),
            ("政府机关", Body::Government),
            ("党政机关", Body::Government),
            ("事业单位", Body::Institution),
            ("机关事业单位", Body::Unclear),
            ("国防机构", Body::Unclear),
            ("其他", Body::Unclear),
        ] {
            let mut filing = Filing::of_domain(1, Domain::parse("site.example").unwrap());
            filing.subject_kind = Some(word.to_owned());
            assert_eq!(body(&filing), Some(expected), "{word}");
        }
    }

    #[test]
    fn what_is_too_short_to_be_masked_is_not_shown_at_all() {
        assert_eq!(masked("13800000000", 3, 4), "138****0000");
        assert_eq!(masked("1380000", 3, 4), "***");
    }
}
