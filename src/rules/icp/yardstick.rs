use crate::evidence::OneSite;
use crate::filing::Filing;
use crate::policy::Guangdong;
use crate::record::{FilingNumber, Licence, Number, Province};
use crate::rules::one_site::one_site;
use crate::rules::sight::of_other_filing;
use crate::rules::{Field, Na, PageCase, Text};

/// What a site has to show, as far as the list tells.
pub(in crate::rules) struct Yardstick<'a> {
    /// The filed number; `None` where there is none, or it does not parse. Of a domain that is
    /// an alias of another one of its subject: that one's number.
    pub(in crate::rules) filed: Option<&'a FilingNumber>,
    /// The filed licences.
    pub(in crate::rules) licences: Vec<&'a Licence>,
    /// Which of its forms the province asks for.
    pub(in crate::rules) required: Required,
    /// Whether the page belongs to this very service, so that its serial can be compared.
    pub(in crate::rules) serial_binds: bool,
    /// The site that several domains of the subject serve, for which `required` is the subject's.
    pub(in crate::rules) shared: Option<&'a OneSite>,
}

/// Which number a site must show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rules) enum Required {
    /// The service's, with its serial.
    Service,
    /// The subject's, without a serial.
    Subject,
    /// Either of them.
    Either,
}

impl<'a> Yardstick<'a> {
    /// The yardstick of a case.
    ///
    /// Several filed domains that lead to one site come before what the province asks: where
    /// two and more serve it under names and numbers of their own, the subject's number stands
    /// for all; where one serves it and the others lead there, that one's.
    pub(in crate::rules) fn of(case: &PageCase<'a>) -> Yardstick<'a> {
        let filing: &'a Filing = case.filing;
        let filed = if is_unreadable(filing) { None } else { filing.filing_number() };
        let licences = [&filing.licence, &filing.record_number]
            .into_iter()
            .flatten()
            .filter_map(|filed| match &filed.number {
                Some(Number::Licence(licence)) => Some(licence),
                _ => None,
            })
            .collect();
        let site = one_site(case);
        let shared = site.filter(|site| site.direct_numbers > 1);
        let filed = match site {
            Some(site) if site.direct_numbers == 1 && !site.direct => server(site).or(filed),
            _ => filed,
        };
        let required = match (filed.map(|n| n.province), case.policy.readings.guangdong) {
            _ if shared.is_some() => Required::Subject,
            (Some(Province::Guangdong), Guangdong::Subject) if site.is_none() => Required::Subject,
            (Some(Province::Guangdong), _) => Required::Either,
            _ => Required::Service,
        };
        let has_server = site.is_none_or(|site| site.direct_numbers > 0);
        let serial_binds = has_server && of_other_filing(case).is_none();
        Yardstick { filed, licences, required, serial_binds, shared }
    }

    /// Whether this licence is one of the filing's, whatever serial a site adds to it.
    pub(in crate::rules) fn has_licence(&self, shown: &Licence) -> bool {
        self.licences.iter().any(|filed| same_licence(&filed.base, &shown.base))
    }

    /// The number to be written on the page, exactly; `None` where the list does not tell.
    pub(in crate::rules) fn exact(&self) -> Option<String> {
        let Some(filed) = self.filed else {
            return self.licences.first().map(|licence| licence.to_string());
        };
        match self.required {
            Required::Subject => Some(filed.subject().to_string()),
            Required::Service if filed.serial.is_none() => None,
            _ => Some(FilingNumber { suffix: None, ..filed.clone() }.to_string()),
        }
    }

    /// What is expected, in words.
    pub(in crate::rules) fn expected(&self) -> Text {
        match (self.filed, self.required, self.exact()) {
            (Some(filed), Required::Either, Some(service)) if filed.serial.is_some() => {
                let subject = filed.subject();
                Text::new(format!("{service} 或 {subject}"), format!("{service} or {subject}"))
            }
            (_, _, Some(exact)) => Text::same(exact),
            (Some(filed), _, None) => {
                let subject = filed.subject();
                Text::new(
                    format!("{subject}-n（n 为该网站的序号）"),
                    format!("{subject}-n, where n is the site's serial"),
                )
            }
            (None, _, None) => Text::new("网站自己的备案号", "the site's own record number"),
        }
    }
}

/// The number of the one domain that serves a site to which others lead.
fn server(site: &OneSite) -> Option<&FilingNumber> {
    site.members.iter().filter(|member| member.direct).find_map(|member| member.number.as_ref())
}

/// Why there is no filed number to compare with.
pub(in crate::rules) fn uncompared(filing: &Filing) -> Na {
    if is_unreadable(filing) { Na::Yields("FIL001") } else { Na::MissingField(Field::RecordNumber) }
}

fn is_unreadable(filing: &Filing) -> bool {
    filing.record_number.as_ref().is_some_and(|filed| filed.number.is_none())
}

/// Whether two licence numbers are of one licence. Sites leave out `合字`, the province
/// letter before `ICP证`, and the classes before `B2`; the digits and, for a telecom
/// licence, the province (or its absence: a national one) tell licences apart.
fn same_licence(a: &str, b: &str) -> bool {
    let (a, b) = (LicenceKey::of(a), LicenceKey::of(b));
    let provinces =
        a.province == b.province || (a.is_icp && (a.province.is_none() || b.province.is_none()));
    !a.digits.is_empty() && a.digits == b.digits && a.is_icp == b.is_icp && provinces
}

struct LicenceKey {
    province: Option<Province>,
    is_icp: bool,
    digits: String,
}

impl LicenceKey {
    fn of(base: &str) -> LicenceKey {
        let behind = base.rsplit_once('-').map_or(base, |(_, digits)| digits);
        LicenceKey {
            province: base.chars().next().and_then(Province::from_letter),
            is_icp: base.contains("ICP") && !base.contains("B2"),
            digits: behind.chars().filter(char::is_ascii_digit).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::same_licence;

    #[test]
    fn licences_are_told_apart_by_digits_and_province() {
        assert!(same_licence("B2-20990001", "合字B2-20990001"));
        assert!(same_licence("A2.B1.B2-20990001", "B2-20990001"));
        assert!(same_licence("京ICP证990001号", "ICP证990001号"));
        assert!(same_licence("ICP证合字B2-20990001号", "合字B2-20990001"));
        assert!(!same_licence("粤B2-20990001", "浙B2-20990001"));
        assert!(!same_licence("粤B2-20990001", "B2-20990001"));
        assert!(!same_licence("京ICP证990001号", "沪ICP证990001号"));
        assert!(!same_licence("京ICP证990001号", "B2-990001"));
        assert!(!same_licence("", ""));
    }
}
