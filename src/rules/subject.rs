//! What kind of subject a filing is of, as far as the list says.

use crate::filing::Filing;

/// Kinds of bodies that give approvals and do not seek them.
const AUTHORITIES: &[&str] = &["政府", "机关", "军队", "国防", "党委"];

/// Whether the subject is a person by the list's own word: 个人, and not 个人独资企业.
pub(super) fn is_person(filing: &Filing) -> bool {
    let kind = filing.subject_kind.as_deref().unwrap_or_default();
    (kind.contains("个人") || kind.contains("自然人")) && !kind.contains("企业")
}

/// Whether the subject is an authority by the list's own word.
pub(super) fn is_authority(filing: &Filing) -> bool {
    let kind = filing.subject_kind.as_deref().unwrap_or_default();
    AUTHORITIES.iter().any(|word| kind.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filing::Domain;

    #[test]
    fn a_firm_of_one_person_is_no_person() {
        let mut filing = Filing::of_domain(1, Domain::parse("site.example").unwrap());
        for (kind, person, authority) in [
            ("个人", true, false),
            ("自然人", true, false),
            ("个人独资企业", false, false),
            ("个体工商户", false, false),
            ("政府机关", false, true),
            ("党政机关", false, true),
            ("企业", false, false),
        ] {
            filing.subject_kind = Some(kind.to_owned());
            assert_eq!((is_person(&filing), is_authority(&filing)), (person, authority), "{kind}");
        }
    }
}
