//! Personal data of a row, masked: it stands in clear in `notices.csv` and nowhere else.

use crate::evidence::Registration;
use crate::filing::{Body, Filing};
use crate::rules::is_no_person;
use std::borrow::Cow;

/// The personal data of one row.
pub(super) struct Mask<'a> {
    secrets: Vec<Cow<'a, str>>,
}

impl<'a> Mask<'a> {
    /// The personal data of a row, and the person who holds the domain, where a registry
    /// tells one.
    pub(super) fn of(filing: &'a Filing, registration: Option<&'a Registration>) -> Mask<'a> {
        let names = [&filing.owner, &filing.legal_representative, &filing.subject_owner];
        let names = names.into_iter().flatten().map(String::as_str).filter(|name| {
            // An organisation may stand as its own contact; its name is no personal data.
            let is_subject = filing.subject_name.as_deref() == Some(*name)
                && filing.body() != Some(Body::Person);
            !is_subject && is_telling_name(name)
        });
        let phone = filing.phone.as_deref().filter(|phone| digits(phone).len() >= 7);
        let email = filing.email.as_deref().filter(|email| email.contains('@'));
        let id = filing.subject_id.as_deref().filter(|id| id.len() >= 8);
        let mut secrets: Vec<Cow<'a, str>> =
            names.chain(phone).chain(email).chain(id).map(Cow::Borrowed).collect();
        let registrant = registration.and_then(|answer| answer.registrant.as_deref());
        let registrant = registrant.filter(|name| is_telling_name(name) && !is_no_person(name));
        secrets.extend(registrant.map(Cow::Borrowed));
        // A page may write the number without the list's hyphens.
        secrets.extend(phone.map(|phone| Cow::Owned(digits(phone))));
        // The longest first, so that no part of one is left standing.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.dedup();
        Mask { secrets }
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.secrets.is_empty()
    }

    /// A text without the personal data.
    pub(super) fn text(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| {
            if !text.contains(secret.as_ref()) {
                return text;
            }
            let masked: String = secret.chars().take(1).chain("***".chars()).collect();
            text.replace(secret.as_ref(), &masked)
        })
    }
}

/// A person's name, number or address as it is shown where it is not needed: its first character.
pub fn masked(text: &str) -> String {
    match text.chars().next() {
        Some(first) => format!("{first}***"),
        None => String::new(),
    }
}

/// Whether a name is long enough to be told from any other word.
fn is_telling_name(name: &str) -> bool {
    let least = if name.is_ascii() { 5 } else { 2 };
    name.chars().count() >= least
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filing::Domain;
    use crate::report::ordered;
    use serde_json::Value;

    fn written(mask: &Mask<'_>, evidence: &Value) -> Value {
        let mut out = Vec::new();
        ordered::masked(&mut out, evidence, mask).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn a_page_s_words_are_masked_and_its_host_is_not() {
        let mut filing = Filing::of_domain(1, Domain::parse("site.example").unwrap());
        filing.phone = Some("138-0000-0000".to_owned());
        let mask = Mask::of(&filing, None);
        let evidence = serde_json::json!({
            "hosts": [{"host": "13800000000.example", "page": {"excerpt": "call 13800000000"}}]
        });
        let evidence = written(&mask, &evidence);
        assert_eq!(evidence["hosts"][0]["host"], "13800000000.example");
        assert_eq!(evidence["hosts"][0]["page"]["excerpt"], "call 1***");
    }

    #[test]
    fn an_organisation_that_is_its_own_contact_keeps_its_name() {
        let mut filing = Filing::of_domain(1, Domain::parse("site.example").unwrap());
        filing.subject_name = Some("示例公司".to_owned());
        filing.owner = filing.subject_name.clone();
        assert_eq!(Mask::of(&filing, None).text("示例公司"), "示例公司");
        filing.subject_kind = Some("有限责任公司（自然人投资或控股）".to_owned());
        assert_eq!(Mask::of(&filing, None).text("示例公司"), "示例公司");
        for person in ["个人", "自然人"] {
            filing.subject_kind = Some(person.to_owned());
            assert_eq!(Mask::of(&filing, None).text("示例公司"), "示***");
        }
    }

    #[test]
    fn a_person_who_holds_the_domain_is_masked_and_a_company_is_not() {
        let filing = Filing::of_domain(1, Domain::parse("site.example").unwrap());
        let of = |name: &str| Registration {
            registrant: Some(name.to_owned()),
            ..Registration::default()
        };
        let shown = |name: &str| {
            let registration = of(name);
            let mask = Mask::of(&filing, Some(&registration));
            let evidence = written(&mask, &serde_json::json!({"registration": registration}));
            let text = mask.text(&format!("持有者 {name}"));
            (text, evidence["registration"]["registrant"].as_str().unwrap().to_owned())
        };
        assert_eq!(shown("示例注册人甲"), ("持有者 示***".to_owned(), "示***".to_owned()));
        let company = "示例科技有限公司";
        assert_eq!(shown(company), (format!("持有者 {company}"), company.to_owned()));
    }
}
