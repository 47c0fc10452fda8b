//! Other visitors: when a page is asked for as a phone's browser and as a search engine's
//! crawler too. One walk more for each of them, so not without a reason.

use crate::evidence::{HostEvidence, PageSeen, Role, Visitor};
use crate::filing::Filing;
use crate::page::{Kind, Page, Varies};
use url::Url;

/// Domains behind hidden links from which a page is no longer an ordinary one with menus.
const MANY_DOMAINS: u32 = 5;

/// When other visitors are played, and how they introduce themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Views {
    /// When.
    pub when: When,
    /// The `User-Agent` header of the phone.
    pub phone_agent: String,
    /// The `User-Agent` header of the crawler.
    pub spider_agent: String,
}

/// When other visitors are played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// Where the page as served hints that others get something else.
    Auto,
    /// For every page.
    Always,
    /// For none.
    #[default]
    Never,
}

impl Views {
    /// How a visitor introduces itself.
    pub(super) fn agent(&self, visitor: Visitor) -> &str {
        match visitor {
            Visitor::Phone => &self.phone_agent,
            Visitor::Spider => &self.spider_agent,
        }
    }
}

/// A walk to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Index of the host that shows the page.
    pub(super) host: usize,
    pub(super) visitor: Visitor,
    /// Where the walk to the page began.
    pub(super) start: Url,
}

/// The walks to be made of a site: for each of its pages once, however many hosts show it.
pub(super) fn wanted(when: When, filing: &Filing, hosts: &[HostEvidence]) -> Vec<Wanted> {
    let mut pages: Vec<(&str, &str)> = Vec::new();
    let mut wanted = Vec::new();
    for (index, host) in hosts.iter().enumerate().filter(|(_, host)| host.role != Role::Filed) {
        let Some(attempt) = host.visit.as_ref().and_then(|visit| visit.best()) else { continue };
        let Some(seen) = attempt.answer().filter(|seen| seen.is_good()) else { continue };
        let (url, digest) = (attempt.last_url(), seen.digest.as_str());
        if pages.iter().any(|(u, d)| *u == url || *d == digest) {
            continue;
        }
        pages.push((url, digest));
        let start = attempt.hops.first().and_then(|hop| Url::parse(&hop.url).ok());
        let Some(start) = start else { continue };
        let visitors = visitors(when, filing, seen);
        wanted.extend(visitors.into_iter().map(|visitor| Wanted {
            host: index,
            visitor,
            start: start.clone(),
        }));
    }
    wanted
}

/// Who else is asked to look at a page.
fn visitors(when: When, filing: &Filing, seen: &PageSeen) -> Vec<Visitor> {
    let Some(page) = &seen.page else { return Vec::new() };
    match when {
        When::Never => return Vec::new(),
        When::Always => return vec![Visitor::Phone, Visitor::Spider],
        When::Auto => {}
    }
    let hints = |wanted: &[Varies]| page.varies.iter().any(|hint| wanted.contains(hint));
    let odd_number = !shows_own_number(page, filing);
    let hides = page.hidden_domains >= MANY_DOMAINS || page.hidden_links.iter().any(|l| l.oddly);
    let phone = odd_number || hints(&[Varies::UserAgent, Varies::PhonePage, Varies::DeviceScript]);
    let spider = odd_number
        || hides
        || hints(&[Varies::UserAgent, Varies::ReferrerScript, Varies::SpiderScript]);
    let asked = [(phone, Visitor::Phone), (spider, Visitor::Spider)];
    asked.into_iter().filter(|(is_asked, _)| *is_asked).map(|(_, visitor)| visitor).collect()
}

/// Whether the page shows a number that may be the filing's own: of its subject, or a licence;
/// any at all where the list has none to compare with.
fn shows_own_number(page: &Page, filing: &Filing) -> bool {
    let own = filing.filing_number();
    page.record_numbers.iter().filter(|shown| shown.visible).any(|shown| match own {
        Some(own) if shown.kind == Kind::Filing => shown.is_of_subject(own),
        _ => shown.number().is_some(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Attempt, Dns, End, Hop, HopKind, Visit};
    use crate::filing::{Domain, FiledNumber};
    use crate::page::{Context, read};

    const NUMBER: &str = "<footer>粤ICP备2099000123号-1</footer>";

    fn filing() -> Filing {
        let mut filing = Filing::of_domain(2, Domain::parse("site.example").unwrap());
        let text = "粤ICP备2099000123号-1".to_owned();
        filing.record_number = Some(FiledNumber { number: text.parse().ok(), text });
        filing
    }

    fn host(name: &str, urls: &[&str], status: u16, html: &str) -> HostEvidence {
        let hop = |url: &&str| Hop {
            url: (*url).to_owned(),
            by: HopKind::Start,
            address: None,
            tried: Vec::new(),
            status: Some(status),
            location: None,
            server: None,
            certificate: None,
        };
        let seen = PageSeen {
            status,
            content_type: None,
            bytes: 0,
            digest: format!("{name} {html}"),
            page: Some(read(html.as_bytes(), Context::default())),
        };
        let attempt =
            Attempt { hops: urls.iter().map(hop).collect(), end: End::Answer(Box::new(seen)) };
        let role = if name.starts_with("www.") { Role::Www } else { Role::Apex };
        let visit = Some(Visit { looks: 1, https: Some(attempt), http: None });
        HostEvidence { visit, ..HostEvidence::of_dns(name.to_owned(), role, Dns::default()) }
    }

    fn asked(when: When, html: &str) -> Vec<Visitor> {
        let hosts = [host("site.example", &["https://site.example/"], 200, html)];
        wanted(when, &filing(), &hosts).into_iter().map(|wanted| wanted.visitor).collect()
    }

    #[test]
    fn a_plain_page_with_its_number_is_looked_at_by_nobody_else() {
        let page = format!(
            "<title>示例</title><script src=/a.js></script><script>var ie=/MSIE/.test(navigator.userAgent)</script>\
             <div style='display:none'><a href='https://share.example/'>分享</a></div>{NUMBER}"
        );
        assert_eq!(asked(When::Auto, &page), []);
        assert_eq!(asked(When::Never, ""), []);
        assert_eq!(asked(When::Always, &page), [Visitor::Phone, Visitor::Spider]);
    }

    #[test]
    fn a_hint_brings_the_visitor_that_it_is_about() {
        let phone = format!("<link rel=alternate media='(max-width:640px)' href=/m/>{NUMBER}");
        assert_eq!(asked(When::Auto, &phone), [Visitor::Phone]);
        let spider =
            format!("<script>if(/Baiduspider/.test(navigator.userAgent))f()</script>{NUMBER}");
        assert_eq!(asked(When::Auto, &spider), [Visitor::Spider]);
        let hidden =
            format!("<p style='font-size:0'><a href='https://x.example/'>x</a></p>{NUMBER}");
        assert_eq!(asked(When::Auto, &hidden), [Visitor::Spider]);
    }

    #[test]
    fn a_missing_or_wrong_number_brings_both_and_a_licence_none() {
        let both = [Visitor::Phone, Visitor::Spider];
        assert_eq!(asked(When::Auto, "<p>没有号码</p>"), both);
        assert_eq!(asked(When::Auto, "<footer>京ICP备2099000999号</footer>"), both);
        assert_eq!(asked(When::Auto, "<footer>粤ICP备2099000123号-9</footer>"), []);
        assert_eq!(asked(When::Auto, "<footer>粤B2-20990001</footer>"), []);
    }

    #[test]
    fn a_page_is_asked_for_once_from_where_the_walk_to_it_began() {
        let (apex, www) = ("https://site.example/", "https://www.site.example/");
        let hosts = [
            host("site.example", &[apex, www], 200, ""),
            host("www.site.example", &[www], 200, ""),
        ];
        let walks = wanted(When::Auto, &filing(), &hosts);
        assert_eq!(walks.len(), 2);
        assert!(walks.iter().all(|walk| walk.host == 0 && walk.start.as_str() == apex));
        let other = [
            hosts[0].clone(),
            host("www.site.example", &["https://www.site.example/x"], 200, "甲"),
        ];
        assert_eq!(wanted(When::Auto, &filing(), &other).len(), 4);
    }

    #[test]
    fn an_error_is_no_page_to_ask_for_again() {
        let hosts = [host("site.example", &["https://site.example/"], 403, "")];
        assert_eq!(wanted(When::Always, &filing(), &hosts), []);
    }
}
