//! How the holder that a copyright line names stands to the filing.

use crate::filing::Filing;
use crate::page::Copyright;
use crate::rules::names::{brand, core, is_abbreviation, is_organisation, key};

/// How a copyright line stands to the filing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::rules) enum Holder {
    /// It names the subject.
    Subject,
    /// It names the service, the domain, a brand, or an organisation close to the subject.
    Brand,
    /// It names another organisation.
    Stranger,
    /// It names nobody.
    Nobody,
}

/// Names of a filing, ready to be compared.
pub(in crate::rules) struct Names {
    subject: String,
    service: String,
    label: String,
}

impl Names {
    /// The names of a filing.
    pub(in crate::rules) fn of(filing: &Filing) -> Names {
        let label = filing.domain.registrable().split('.').next().unwrap_or_default();
        Names {
            subject: filing.subject_name.as_deref().map(key).unwrap_or_default(),
            service: filing.service_name.as_deref().map(key).unwrap_or_default(),
            label: key(label),
        }
    }

    /// How a line stands to them.
    pub(in crate::rules) fn holder(&self, line: &Copyright) -> Holder {
        let holder = key(&line.holder);
        if !self.subject.is_empty()
            && (holder == self.subject || key(&line.text).contains(&self.subject))
        {
            Holder::Subject
        } else if holder.is_empty() {
            Holder::Nobody
        } else if is_organisation(&holder) && !self.is_close(&holder) {
            Holder::Stranger
        } else {
            Holder::Brand
        }
    }

    /// Whether an organisation's name shares with the filing's names what tells it from
    /// others, so that only a person could say whether they are one.
    fn is_close(&self, holder: &str) -> bool {
        let within = |one: &str, other: &str| one.chars().count() >= 2 && other.contains(one);
        let to =
            |name: &str| within(brand(holder), core(name)) || within(brand(name), core(holder));
        to(&self.subject)
            || to(&self.service)
            || is_abbreviation(core(holder), &self.subject)
            || (self.label.len() >= 3 && holder.contains(&self.label))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder_of(holder: &str) -> Holder {
        let names = Names {
            subject: key("深圳市示例科技有限公司"),
            service: key("示例商城"),
            label: key("shili"),
        };
        names.holder(&Copyright { text: format!("© 2099 {holder}"), holder: holder.to_owned() })
    }

    #[test]
    fn the_subject_is_known_in_any_spelling() {
        assert_eq!(holder_of("深圳市示例科技有限公司"), Holder::Subject);
        assert_eq!(holder_of("深圳市示例科技 有限公司"), Holder::Subject);
    }

    #[test]
    fn brands_and_names_close_to_the_filing_are_not_accused() {
        for holder in [
            "示例商城",
            "示例",
            "示例公司",
            "深圳示例科技有限公司",
            "示例科技（深圳）有限公司",
            "示例集团",
            "示例商城运营中心",
            "SHILI 网络公司",
            "Example Media Ltd.",
            "范例云",
            "site.example",
        ] {
            assert_eq!(holder_of(holder), Holder::Brand, "{holder}");
        }
    }

    #[test]
    fn another_organisation_is_a_stranger() {
        for holder in ["北京范例网络技术有限公司", "范例大学", "某某市文化中心"]
        {
            assert_eq!(holder_of(holder), Holder::Stranger, "{holder}");
        }
        assert_eq!(holder_of(""), Holder::Nobody);
    }
}
