//! The cookies of one walk: many sites set one and send the visitor to the same address
//! again, and answer only who brings it back.

use std::collections::BTreeMap;

const MAX_COOKIES: usize = 32;
const MAX_LENGTH: usize = 4096;

/// Cookies by (domain, name).
#[derive(Debug, Default)]
pub(super) struct Cookies {
    kept: BTreeMap<(Scope, String), String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    Host(String),
    /// The host and those below it.
    Domain(String),
}

impl Scope {
    fn covers(&self, host: &str) -> bool {
        match self {
            Scope::Host(own) => own == host,
            Scope::Domain(domain) => below(host, domain),
        }
    }
}

impl Cookies {
    /// Keeps what a `Set-Cookie` header says; says whether that is news.
    pub(super) fn set(&mut self, host: &str, header: &str) -> bool {
        if header.len() > MAX_LENGTH {
            return false;
        }
        let mut parts = header.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return false;
        };
        let (name, value) = (name.trim(), value.trim());
        if name.is_empty() || !printable(name) || !printable(value) {
            return false;
        }
        let mut scope = Scope::Host(host.to_owned());
        let mut gone = false;
        for (key, value) in parts.filter_map(|part| part.split_once('=')) {
            let value = value.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "domain" => {
                    let domain = value.trim_start_matches('.').to_ascii_lowercase();
                    if below(host, &domain) && domain.contains('.') {
                        scope = Scope::Domain(domain);
                    }
                }
                "max-age" => gone = value.parse::<i64>().is_ok_and(|age| age <= 0),
                _ => {}
            }
        }
        let key = (scope, name.to_owned());
        if gone {
            return self.kept.remove(&key).is_some();
        }
        if self.kept.len() >= MAX_COOKIES && !self.kept.contains_key(&key) {
            return false;
        }
        self.kept.insert(key, value.to_owned()).as_deref() != Some(value)
    }

    /// The `Cookie` header for a host.
    pub(super) fn header(&self, host: &str) -> Option<String> {
        let pairs: Vec<String> = self
            .kept
            .iter()
            .filter(|((scope, _), _)| scope.covers(host))
            .map(|((_, name), value)| format!("{name}={value}"))
            .collect();
        let header = pairs.join("; ");
        (!header.is_empty() && header.len() <= 2 * MAX_LENGTH).then_some(header)
    }
}

fn below(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

fn printable(text: &str) -> bool {
    text.chars().all(|c| !c.is_control() && c.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_goes_back_to_its_host_or_its_domain_only() {
        let mut cookies = Cookies::default();
        assert!(cookies.set("site.example", "a=1; Path=/; HttpOnly"));
        assert!(cookies.set("www.site.example", "b=2; Domain=.site.example"));
        assert!(cookies.set("www.site.example", "c=3; domain=other.example"));
        assert_eq!(cookies.header("site.example").unwrap(), "a=1; b=2");
        assert_eq!(cookies.header("www.site.example").unwrap(), "c=3; b=2");
        assert_eq!(cookies.header("mysite.example"), None);
    }

    #[test]
    fn the_same_cookie_again_is_no_news_and_an_old_one_goes() {
        let mut cookies = Cookies::default();
        assert!(cookies.set("site.example", "a=1"));
        assert!(!cookies.set("site.example", "a=1"));
        assert!(cookies.set("site.example", "a=2"));
        assert!(cookies.set("site.example", "a=; Max-Age=0"));
        assert_eq!(cookies.header("site.example"), None);
    }

    #[test]
    fn odd_and_endless_cookies_are_left_out() {
        let mut cookies = Cookies::default();
        assert!(!cookies.set("site.example", "nothing"));
        assert!(!cookies.set("site.example", "=1"));
        assert!(!cookies.set("site.example", "a=\u{1}"));
        assert!(!cookies.set("site.example", &format!("a={}", "x".repeat(5000))));
        for i in 0..100 {
            cookies.set("site.example", &format!("n{i}=1"));
        }
        assert_eq!(cookies.header("site.example").unwrap().split("; ").count(), 32);
    }
}
