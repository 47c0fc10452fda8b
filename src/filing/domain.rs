use super::Reason;
use crate::record::normal;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt};

/// A domain in both its spellings.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Domain {
    ascii: String,
    unicode: String,
}

/// Why a text is not a domain, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DomainError(pub Reason);

impl Domain {
    /// Reads a domain, a host or a URL; scheme, port, path and `www.` are taken off.
    /// Other subdomains stay: government bodies file them.
    pub fn parse(text: &str) -> Result<Domain, DomainError> {
        if is_plain(text) {
            return Ok(Domain { ascii: text.to_owned(), unicode: text.to_owned() });
        }
        Domain::parse_any(text)
    }

    fn parse_any(text: &str) -> Result<Domain, DomainError> {
        let text = clean(text);
        let host = host_of(&text)?;
        let ascii = ascii_of(host)?;
        check(&ascii)?;
        let ascii = without_www(&ascii).to_owned();
        let unicode = url::quirks::domain_to_unicode(&ascii);
        let unicode = if unicode.is_empty() { ascii.clone() } else { unicode };
        Ok(Domain { ascii, unicode })
    }

    /// As DNS writes it (punycode), without a trailing dot.
    pub fn ascii(&self) -> &str {
        &self.ascii
    }

    /// As a reader writes it.
    pub fn unicode(&self) -> &str {
        &self.unicode
    }

    /// The registrable domain (public suffix list), e.g. `example.com.cn`; the
    /// domain itself where it is a public suffix.
    pub fn registrable(&self) -> &str {
        psl::domain_str(&self.ascii).unwrap_or(&self.ascii)
    }
}

/// Whether a text is a domain as it stands, in both spellings: what most lists hold, and all that
/// is read back of them.
fn is_plain(text: &str) -> bool {
    let is_label = |label: &str| {
        let is_of_host = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        (1..=63).contains(&label.len())
            && label.bytes().all(is_of_host)
            && !label.starts_with('-')
            && !label.ends_with('-')
            && !label.starts_with("xn--")
    };
    let Some((_, suffix)) = text.rsplit_once('.') else { return false };
    text.len() <= 253
        && !text.starts_with("www.")
        && suffix.bytes().all(|byte| byte.is_ascii_lowercase())
        && text.split('.').all(is_label)
}

/// Reads a host name into punycode, with `www.` and all: for further hosts and homepages.
pub(super) fn host(text: &str) -> Result<String, DomainError> {
    let text = clean(text);
    let ascii = ascii_of(host_of(&text)?)?;
    check(&ascii)?;
    Ok(ascii)
}

fn refuse<T>(
    zh: impl Into<Cow<'static, str>>,
    en: impl Into<Cow<'static, str>>,
) -> Result<T, DomainError> {
    Err(DomainError(Reason::new(zh, en)))
}

/// One width, the ideographic full stop as a dot, nothing invisible, nothing around it.
fn clean(text: &str) -> String {
    let folded: String = normal(text)
        .chars()
        .map(|c| if matches!(c, '。' | '｡' | '．') { '.' } else { c })
        .filter(|&c| !super::text::is_invisible(c))
        .collect();
    folded.trim().to_owned()
}

/// The host part of a domain, host or URL.
fn host_of(text: &str) -> Result<&str, DomainError> {
    if text.is_empty() {
        return refuse(
            "这一格是空的，请填写域名，例如 site.example",
            "the cell is empty; a domain such as site.example is expected",
        );
    }
    let rest = match text.split_once("://") {
        Some((scheme, rest)) if ["http", "https"].contains(&&*scheme.to_ascii_lowercase()) => rest,
        Some((scheme, _)) => {
            return refuse(
                format!("“{scheme}”不是网站的协议，请只填写域名"),
                format!("`{scheme}` is not a website's scheme; write the domain alone"),
            );
        }
        None => text.strip_prefix("//").unwrap_or(text),
    };
    let host = rest.split(['/', '?', '#', '\\']).next().unwrap_or(rest).trim_end();
    if host.contains('@') {
        return refuse(
            "这是邮箱地址，或带有用户名，请只填写域名",
            "this is a mail address or holds a user name; write the domain alone",
        );
    }
    if host.contains(|c: char| c.is_whitespace() || ",;、|".contains(c)) {
        return refuse(
            "有多个域名，或域名中带有空格，请每行填写一个域名，不要带空格",
            "more than one domain, or a space within it; write one domain a row, without spaces",
        );
    }
    if host.starts_with('[') || host.matches(':').count() > 1 {
        return refuse(
            "这是 IP 地址，请填写已备案的域名",
            "this is an IP address; write the domain that was filed",
        );
    }
    let host = match host.rsplit_once(':') {
        Some((host, port)) if port.is_empty() || port.parse::<u16>().is_ok() => host,
        Some(_) => {
            return refuse(
                "冒号后面不是端口号，请只填写域名",
                "what stands behind the colon is not a port; write the domain alone",
            );
        }
        None => host,
    };
    Ok(host.strip_suffix('.').unwrap_or(host))
}

fn ascii_of(host: &str) -> Result<String, DomainError> {
    if host.is_empty() {
        return refuse(
            "这里没有主机名，请填写域名，例如 site.example",
            "no host stands in it; a domain such as site.example is expected",
        );
    }
    if host.starts_with("*.") {
        return refuse(
            "泛域名不是备案的域名，请去掉“*.”再填写",
            "a wildcard is not a filed domain; write the domain without `*.`",
        );
    }
    if host.starts_with('.') || host.contains("..") {
        return refuse(
            "两个点之间是空的，请按备案时的写法填写域名",
            "a part between two dots is empty; write the domain as it was filed",
        );
    }
    match url::Host::parse(host) {
        Ok(url::Host::Domain(ascii)) => Ok(ascii),
        Ok(_) => refuse(
            "这是 IP 地址，请填写已备案的域名",
            "this is an IP address; write the domain that was filed",
        ),
        Err(_) => refuse(
            "含有域名中不能使用的字符，请按备案时的写法填写域名",
            "it holds characters that no domain can have; write the domain as it was filed",
        ),
    }
}

/// What DNS and the registries ask of a name, beyond what a URL allows.
fn check(ascii: &str) -> Result<(), DomainError> {
    if ascii.len() > 253 {
        return refuse(
            "超过了域名最长 253 个字符的限制，请按备案时的写法填写域名",
            "longer than the 253 characters a domain can have",
        );
    }
    let mut labels = 0_usize;
    for label in ascii.split('.') {
        labels += 1;
        if label.is_empty() || label.len() > 63 {
            return refuse(
                format!("“{label}”这一段的长度不在 1 到 63 个字符之间，请按备案时的写法填写域名"),
                format!("the part `{label}` is not between 1 and 63 characters long"),
            );
        }
        if let Some(c) = label.chars().find(|&c| !c.is_ascii_alphanumeric() && c != '-') {
            return refuse(
                format!("域名中不能使用“{c}”，请按备案时的写法填写域名"),
                format!("`{c}` cannot stand in a domain; write the domain as it was filed"),
            );
        }
        if label.starts_with('-') || label.ends_with('-') {
            return refuse(
                format!("“{label}”这一段以连字符开头或结尾，请按备案时的写法填写域名"),
                format!("the part `{label}` begins or ends with a hyphen"),
            );
        }
    }
    if labels < 2 {
        return refuse(
            "只有一个词，没有点，不是完整的域名，请连同后缀一起填写",
            "a single word without a dot is no domain; write it with its suffix",
        );
    }
    let suffix = ascii.rsplit('.').next().unwrap_or(ascii);
    if !suffix.starts_with("xn--") && !suffix.chars().all(|c| c.is_ascii_alphabetic()) {
        return refuse(
            format!("“{suffix}”不是顶级域名后缀，请按备案时的写法填写域名"),
            format!("`{suffix}` is no top-level suffix; write the domain as it was filed"),
        );
    }
    Ok(())
}

/// `www.gov.cn` keeps its `www.`: what is left without it is a suffix, no domain.
fn without_www(ascii: &str) -> &str {
    let mut domain = ascii;
    while let Some(rest) = domain.strip_prefix("www.") {
        if psl::suffix_str(rest) == Some(rest) {
            break;
        }
        domain = rest;
    }
    domain
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.unicode)
    }
}

impl From<Domain> for String {
    fn from(domain: Domain) -> String {
        domain.ascii
    }
}

impl TryFrom<String> for Domain {
    type Error = DomainError;

    fn try_from(text: String) -> Result<Self, DomainError> {
        Domain::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_domain_is_read_from_every_spelling_of_it() {
        for text in [
            "site.example",
            "SITE.Example.",
            " www.site.example ",
            "https://www.site.example:8443/a?b#c",
            "//site.example/",
            "ｓｉｔｅ．ｅｘａｍｐｌｅ",
            "site。example",
            "\u{feff}site.example\u{200b}",
            "http：//site.example",
            "www.www.site.example",
        ] {
            assert_eq!(Domain::parse(text).unwrap().ascii(), "site.example", "{text}");
        }
        assert_eq!(Domain::parse("news.site.example").unwrap().ascii(), "news.site.example");
    }

    #[test]
    fn international_domains_are_read_both_ways() {
        let unicode = Domain::parse("示例站点.example").unwrap();
        let punycode = Domain::parse(&unicode.ascii().to_ascii_uppercase()).unwrap();
        assert!(unicode.ascii().starts_with("xn--"));
        assert_eq!(unicode, punycode);
        assert_eq!(punycode.unicode(), "示例站点.example");
    }

    #[test]
    fn www_stays_where_only_a_public_suffix_would_be_left() {
        for domain in ["www.gov.cn", "www.com", "www.com.cn"] {
            assert_eq!(Domain::parse(domain).unwrap().ascii(), domain);
        }
    }

    #[test]
    fn what_is_no_domain_is_refused_with_what_to_do() {
        for (text, reason) in [
            ("", "empty"),
            ("localhost", "single word"),
            ("192.0.2.1", "IP address"),
            ("http://192.0.2.1:80/", "IP address"),
            ("[2001:db8::1]", "IP address"),
            ("a.example b.example", "one domain a row"),
            ("a.example,b.example", "one domain a row"),
            ("desk@site.example", "mail address"),
            ("*.site.example", "wildcard"),
            ("a..example", "empty"),
            ("-a.example", "hyphen"),
            ("a_b.example", "`_`"),
            ("ftp://a.example", "scheme"),
            ("site.example:99999", "port"),
            ("site.123", "IP address|characters|suffix"),
            ("xn--zzzzzz99999.example", "characters"),
            ("示例网站", "single word"),
        ] {
            let error = Domain::parse(text).unwrap_err().to_string();
            assert!(reason.split('|').any(|r| error.contains(r)), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn a_plain_domain_is_read_as_any_other(
            text in "(www\\.|xn--|a-|[a-z0-9]{1,3}--?|0x)?[a-z0-9-]{1,6}(\\.[a-zA-Z0-9-]{0,4}){0,3}",
        ) {
            prop_assert_eq!(Domain::parse(&text), Domain::parse_any(&text));
        }

        #[test]
        fn a_domain_of_common_form_is_read_as_any_other(
            text in "[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?(\\.[a-z0-9-]{1,30}){0,8}\\.[a-z]{2,6}",
        ) {
            prop_assert_eq!(Domain::parse(&text), Domain::parse_any(&text));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_reading_again_changes_nothing(text in "\\PC{0,80}") {
            if let Ok(domain) = Domain::parse(&text) {
                prop_assert_eq!(Domain::parse(domain.ascii()).unwrap(), domain);
            }
        }
    }
}
