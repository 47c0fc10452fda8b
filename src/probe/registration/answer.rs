//! What one server answered, whatever it speaks.

use crate::evidence::Registration;
use jiff::civil::Date;

/// The longest name that is kept, in characters.
const MAX_NAME: usize = 200;
/// Status values that are kept.
const MAX_STATUS: usize = 32;

/// One answer of one server.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Answer {
    pub(super) registered_on: Option<Date>,
    pub(super) expires_on: Option<Date>,
    pub(super) status: Vec<String>,
    pub(super) registrar: Option<String>,
    pub(super) registrar_id: Option<u32>,
    pub(super) registrant: Option<String>,
    /// Where more is known: a URL (RDAP) or a server's name (WHOIS).
    pub(super) referral: Option<String>,
}

impl Answer {
    /// Whether there is anything in it that a registration has.
    pub(super) fn says_anything(&self) -> bool {
        self.registered_on.is_some()
            || self.expires_on.is_some()
            || self.registrar.is_some()
            || !self.status.is_empty()
    }

    /// Fills in what is missing from the registrar's answer. The registry's own word on dates
    /// and status holds: registrars show the date up to which they have been paid.
    pub(super) fn complete(&mut self, more: Answer) {
        self.registrant = self.registrant.take().or(more.registrant);
        self.registrar = self.registrar.take().or(more.registrar);
        self.registrar_id = self.registrar_id.or(more.registrar_id);
        self.registered_on = self.registered_on.or(more.registered_on);
        self.expires_on = self.expires_on.or(more.expires_on);
    }

    pub(super) fn registration(mut self, domain: &str, source: &str) -> Registration {
        self.status.sort_unstable();
        self.status.dedup();
        self.status.truncate(MAX_STATUS);
        Registration {
            domain: domain.to_owned(),
            source: source.to_owned(),
            failure: None,
            registered_on: self.registered_on,
            expires_on: self.expires_on,
            status: self.status,
            registrar: self.registrar,
            registrar_id: self.registrar_id,
            registrant: self.registrant,
        }
    }
}

/// EPP's status values (RFC 5731, RFC 3915), as they are spelled there.
const EPP: &[&str] = &[
    "addPeriod",
    "autoRenewPeriod",
    "clientDeleteProhibited",
    "clientHold",
    "clientRenewProhibited",
    "clientTransferProhibited",
    "clientUpdateProhibited",
    "inactive",
    "linked",
    "ok",
    "pendingCreate",
    "pendingDelete",
    "pendingRenew",
    "pendingRestore",
    "pendingTransfer",
    "pendingUpdate",
    "redemptionPeriod",
    "renewPeriod",
    "serverDeleteProhibited",
    "serverHold",
    "serverRenewProhibited",
    "serverTransferProhibited",
    "serverUpdateProhibited",
    "transferPeriod",
];

/// A status value in EPP's spelling, from WHOIS (`clientHold https://…`) or RDAP (`client
/// hold`, RFC 8056). What EPP does not know is kept as it is written, in one word.
pub(super) fn status(text: &str) -> Option<String> {
    let words = text.split("http").next().unwrap_or_default();
    let words: String = words.chars().filter(char::is_ascii_alphabetic).take(40).collect();
    if words.eq_ignore_ascii_case("active") {
        return Some("ok".to_owned());
    }
    let known = EPP.iter().find(|epp| epp.eq_ignore_ascii_case(&words));
    match known {
        Some(epp) => Some((*epp).to_owned()),
        None => (!words.is_empty()).then_some(words),
    }
}

/// A name as people read it: one line, bounded; `None` where nothing, or nothing legible, is
/// left.
pub(super) fn name(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().take(MAX_NAME).collect();
    let line = words.join(" ");
    let line: String = line.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
    let is_legible = line.chars().any(char::is_alphanumeric) && !line.contains('\u{fffd}');
    is_legible.then_some(line)
}

/// What stands in the place of a registrant's name that is not told.
const WITHHELD: &[&str] = &[
    "redacted",
    "privacy",
    "private",
    "withheld",
    "not disclosed",
    "non-public",
    "data protected",
    "masked",
    "masking",
    "gdpr",
    "whoisguard",
    "whois guard",
    "whois agent",
    "by proxy",
    "proxy service",
    "identity protect",
    "domain protection",
    "not available",
    "unavailable",
    "see registrar",
    "隐私",
    "信息保护",
    "未公开",
    "不公开",
    "已隐藏",
    "保密",
];

/// A registrant's name; `None` where the answer withholds it.
pub(super) fn registrant(text: &str) -> Option<String> {
    let name = name(text)?;
    let folded = name.to_lowercase();
    let is_withheld = WITHHELD.iter().any(|word| folded.contains(word))
        || matches!(&*folded, "n/a" | "na" | "none" | "null" | "not applicable" | "statutory")
        || name.contains("**");
    (!is_withheld).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_values_are_spelled_as_epp_does() {
        assert_eq!(status("clientHold https://icann.org/epp#clientHold").unwrap(), "clientHold");
        assert_eq!(status("server hold").unwrap(), "serverHold");
        assert_eq!(status("AUTORENEWPERIOD").unwrap(), "autoRenewPeriod");
        assert_eq!(status("active").unwrap(), "ok");
        assert_eq!(status("Registered").unwrap(), "Registered");
        assert_eq!(status(" 正常 "), None);
    }

    #[test]
    fn a_withheld_registrant_is_none_and_a_company_is_one() {
        for withheld in [
            "REDACTED FOR PRIVACY",
            "Redacted for Privacy Purposes",
            "Privacy service provided by Withheld for Privacy ehf",
            "Domains By Proxy, LLC",
            "隐私保护服务",
            "示例**公司",
            "Not Disclosed",
            "N/A",
            " - ",
            "",
        ] {
            assert_eq!(registrant(withheld), None, "{withheld}");
        }
        for told in ["示例环境保护科技有限公司", "Example Data Co., Ltd.", "示例注册人甲"]
        {
            assert_eq!(registrant(told).as_deref(), Some(told));
        }
    }

    #[test]
    fn a_name_that_cannot_be_read_is_none() {
        assert_eq!(name("示例\u{fffd}公司"), None);
        assert_eq!(name("  Example\u{0}  Ltd.\r"), Some("Example Ltd.".to_owned()));
        assert_eq!(name(&"示".repeat(5000)).unwrap().chars().count(), MAX_NAME);
    }
}
