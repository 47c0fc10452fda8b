//! Personal data of a row, masked: it stands in clear in `notices.csv` and nowhere else.

use crate::evidence::Registration;
use crate::filing::Filing;
use crate::rules::is_no_person;
use serde_json::Value;
use std::borrow::Cow;

/// The keys of the evidence under which a page's or a registry's words stand.
const PAGE_TEXTS: &[&str] = &["title", "text", "excerpt", "holder", "registrant"];

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
                && filing.subject_kind.as_deref() != Some("个人");
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

    /// Masks the words of pages and registries in evidence. Hosts and addresses stay: they are what is audited.
    pub(super) fn page_texts(&self, evidence: &mut Value) {
        if self.secrets.is_empty() {
            return;
        }
        let mut open = vec![evidence];
        while let Some(value) = open.pop() {
            match value {
                Value::Array(values) => open.extend(values),
                Value::Object(fields) => {
                    for (key, value) in fields.iter_mut() {
                        match value {
                            Value::String(text) if PAGE_TEXTS.contains(&key.as_str()) => {
                                *text = self.text(text);
                            }
                            value => open.push(value),
                        }
                    }
                }
                _ => {}
            }
        }
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

    #[test]
    fn a_page_s_words_are_masked_and_its_host_is_not() {
        let mut filing = Filing::of_domain(1, Domain::parse("site.example").unwrap());
        filing.phone = Some("138-0000-0000".to_owned());
        let mask = Mask::of(&filing, None);
        let mut evidence = serde_json::json!({
            "hosts": [{"host": "13800000000.example", "page": {"excerpt": "call 13800000000"}}]
        });
        mask.page_texts(&mut evidence);
        assert_eq!(evidence["hosts"][0]["host"], "13800000000.example");
        assert_eq!(evidence["hosts"][0]["page"]["excerpt"], "call 1***");
    }

    #[test]
    fn an_organisation_that_is_its_own_contact_keeps_its_name() {
        let mut filing = Filing::of_domain(1, Domain::parse("site.example").unwrap());
        filing.subject_name = Some("示例公司".to_owned());
        filing.owner = filing.subject_name.clone();
        assert_eq!(Mask::of(&filing, None).text("示例公司"), "示例公司");
        filing.subject_kind = Some("个人".to_owned());
        assert_eq!(Mask::of(&filing, None).text("示例公司"), "示***");
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
            let mut evidence = serde_json::json!({"registration": registration});
            mask.page_texts(&mut evidence);
            let text = mask.text(&format!("持有者 {name}"));
            (text, evidence["registration"]["registrant"].as_str().unwrap().to_owned())
        };
        assert_eq!(shown("示例注册人甲"), ("持有者 示***".to_owned(), "示***".to_owned()));
        let company = "示例科技有限公司";
        assert_eq!(shown(company), (format!("持有者 {company}"), company.to_owned()));
    }
}
