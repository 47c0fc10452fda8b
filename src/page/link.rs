use super::{Link, PoliceLink};
use std::sync::LazyLock;
use url::{Host, Url};

/// The ministry's hosts of today.
const MIIT: [&str; 2] = ["beian.miit.gov.cn", "www.beian.miit.gov.cn"];
/// Domains that the ministry has retired, with all hosts under them (provincial `*cainfo` ones too).
const RETIRED: [&str; 3] = ["miitbeian.gov.cn", "miibeian.gov.cn", "icp.miit.gov.cn"];
/// The police site's names, today's and the one until 2023.
const POLICE: [&str; 2] = ["beian.mps.gov.cn", "beian.gov.cn"];

/// Stands in for the address of a page that has none: a file.
static NOWHERE: LazyLock<Option<Url>> = LazyLock::new(|| Url::parse("http://page.invalid/").ok());

/// The class of a link target behind a record number, read as on a page without an address.
pub fn link_class(href: &str) -> Link {
    class(href, None)
}

/// The class of a link target, relative to the address of its page, as a browser reads it.
pub(super) fn class(href: &str, base: Option<&Url>) -> Link {
    let target = href.trim();
    if is_dead(target) {
        return Link::Dead;
    }
    let Some(url) = base.or(NOWHERE.as_ref()).and_then(|base| base.join(target).ok()) else {
        return if pretends(target) { Link::Lookalike } else { Link::Other };
    };
    if !matches!(url.scheme(), "http" | "https") {
        return if url.scheme() == "data" { Link::Dead } else { Link::Other };
    }
    let Some(Host::Domain(host)) = url.host() else { return Link::Other };
    let host = host.trim_end_matches('.');
    if MIIT.contains(&host) {
        Link::Miit
    } else if RETIRED.iter().any(|domain| is_under(host, domain)) {
        Link::Retired
    } else if POLICE.iter().any(|domain| is_under(host, domain)) {
        Link::Police
    } else if is_under(host, "miit.gov.cn") {
        // The ministry's own, though not the site that the number must lead to.
        Link::Other
    } else if resembles(host) || pretends(url.username()) || pretends_in_unicode(target) {
        Link::Lookalike
    } else {
        Link::Other
    }
}

/// Whether a target may lead to the ministry: cheap, and sometimes true of others. What is
/// written in plain letters, none of which are escaped, has to name the ministry.
pub(super) fn may_be_miit(href: &str, base: Option<&Url>) -> bool {
    let is_plain = href.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'%');
    let stays = || base.and_then(Url::host_str).is_some_and(|host| host.contains("miit"));
    let names = || href.as_bytes().windows(4).any(|part| part.eq_ignore_ascii_case(b"miit"));
    !is_plain || stays() || names()
}

/// The same for the link behind a police number.
pub(super) fn police_class(href: &str, base: Option<&Url>) -> PoliceLink {
    match class(href, base) {
        Link::Police => PoliceLink::Police,
        Link::Miit | Link::Retired => PoliceLink::Miit,
        Link::Dead => PoliceLink::Dead,
        Link::None => PoliceLink::None,
        Link::Other | Link::Lookalike => PoliceLink::Other,
    }
}

fn is_dead(target: &str) -> bool {
    let scheme = target.split_once(':').map(|(scheme, _)| scheme.trim().to_ascii_lowercase());
    target.is_empty()
        || target.starts_with('#')
        || matches!(scheme.as_deref(), Some("javascript" | "about" | "vbscript" | "void"))
}

fn is_under(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn names() -> impl Iterator<Item = &'static str> {
    ["beian.miit.gov.cn", "miitbeian.gov.cn", "miibeian.gov.cn"].into_iter()
}

fn pretends(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    names().any(|name| text.contains(name))
}

/// Whether a host that is not the ministry's reads like one of its hosts.
fn resembles(host: &str) -> bool {
    let bare = host.strip_prefix("www.").unwrap_or(host);
    // Hosts are at most 253 characters long; longer ones resolve nowhere.
    pretends(host) || bare.len() <= 32 && names().any(|name| strsim::levenshtein(bare, name) <= 2)
}

/// A host in other alphabets (`bеian` with a Cyrillic letter) turns to punycode when it
/// is parsed, so the text as written is compared.
fn pretends_in_unicode(target: &str) -> bool {
    let host = target.split_once("//").map_or(target, |(_, rest)| rest);
    let host = host.split(['/', '?', '#', ':']).next().unwrap_or_default();
    !host.is_ascii() && host.len() <= 64 && resembles(&host.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_classed_as_a_browser_would_follow_them() {
        for (href, expected) in [
            ("https://beian.miit.gov.cn/", Link::Miit),
            ("http://www.beian.miit.gov.cn", Link::Miit),
            ("//beian.miit.gov.cn/#/Integrated/index", Link::Miit),
            ("HTTPS://BEIAN.MIIT.GOV.CN./", Link::Miit),
            (" https://beian.miit.gov.cn:443 ", Link::Miit),
            ("https:\\\\beian.miit.gov.cn", Link::Miit),
            ("http://www.miitbeian.gov.cn/publish/query/indexFirst.action", Link::Retired),
            ("http://www.miibeian.gov.cn", Link::Retired),
            ("http://gdcainfo.miitbeian.gov.cn", Link::Retired),
            ("http://icp.miit.gov.cn", Link::Retired),
            ("http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=1", Link::Police),
            ("https://beian.mps.gov.cn/#/query/webSearch?code=1", Link::Police),
            ("https://beian.miit.gov.cn.site.example/", Link::Lookalike),
            ("https://beian.mitt.gov.cn/", Link::Lookalike),
            ("https://beian.miit.gov.cn@site.example/", Link::Lookalike),
            ("https://beian.miit.gоv.cn/", Link::Lookalike),
            ("http://www.mitbeian.gov.cn/", Link::Lookalike),
            ("https://tsm.miit.gov.cn/dxxzsp/", Link::Other),
            ("https://site.example/?to=beian.miit.gov.cn", Link::Other),
            ("beian.miit.gov.cn", Link::Other),
            ("http://http://beian.miit.gov.cn", Link::Other),
            ("mailto:desk@site.example", Link::Other),
            ("http://127.0.0.1/", Link::Other),
            ("", Link::Dead),
            ("#", Link::Dead),
            ("#top", Link::Dead),
            ("JavaScript:void(0)", Link::Dead),
            ("about:blank", Link::Dead),
        ] {
            assert_eq!(link_class(href), expected, "{href}");
            assert!(expected != Link::Miit || may_be_miit(href, None), "{href}");
        }
    }

    #[test]
    fn a_relative_target_goes_by_the_address_of_its_page() {
        let base = Url::parse("https://beian.miit.gov.cn/x/").ok();
        assert_eq!(class("/y", base.as_ref()), Link::Miit);
        let base = Url::parse("https://site.example/x/").ok();
        assert_eq!(class("/icp", base.as_ref()), Link::Other);
    }

    #[test]
    fn the_link_of_a_police_number_has_classes_of_its_own() {
        assert_eq!(police_class("http://www.beian.gov.cn/x", None), PoliceLink::Police);
        assert_eq!(police_class("https://beian.miit.gov.cn", None), PoliceLink::Miit);
        assert_eq!(police_class("https://site.example", None), PoliceLink::Other);
    }
}
