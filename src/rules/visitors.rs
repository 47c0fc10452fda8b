//! Pages as other visitors get them, made comparable with the page that a person at a desk
//! gets. A view that failed, or met a firewall, says nothing.

use super::icp::judged_zone;
use super::web::{foreign_end, signature};
use super::{KnownOnce, PageCase, SiteCase, Text};
use crate::evidence::{HostEvidence, View, Visitor};
use crate::page::{Page, ShownNumber};
use crate::record::{FilingNumber, Form, Licence, Number, Relation};

/// The page that a host shows to a person at a desk, as far as the site is the filing's.
pub(super) fn desktop<'a>(case: &SiteCase<'a>, host: &'a HostEvidence) -> Option<PageCase<'a>> {
    let attempt = host.visit.as_ref()?.best()?;
    let served = attempt.answer().filter(|seen| seen.is_good())?.page.as_ref()?;
    let rendered = host.rendered().filter(|rendered| rendered.status.is_none_or(|s| s < 400));
    let (page, url) = match rendered {
        Some(rendered) => (&rendered.page, rendered.url.as_str()),
        None => (served, attempt.last_url()),
    };
    let SiteCase { filing, policy, today, evidence } = *case;
    let known = KnownOnce::default();
    Some(PageCase { filing, policy, today, evidence, host, attempt, url, rendered, page, known })
}

/// The page of a view, in place of the one of `case`; `None` where the visitor met none, or
/// one that is nobody's own.
pub(super) fn viewed<'a>(case: &PageCase<'a>, view: &'a View) -> Option<PageCase<'a>> {
    let attempt = &view.attempt;
    let page = attempt.answer().filter(|seen| seen.is_good())?.page.as_ref()?;
    if signature(case.policy, &case.host.host, attempt).is_some() {
        return None;
    }
    let known = KnownOnce::default();
    Some(PageCase { attempt, url: attempt.last_url(), rendered: None, page, known, ..*case })
}

/// The views of a page: those of its host, or of another host that shows the same page and
/// was asked first.
pub(super) fn views<'a>(case: &PageCase<'a>) -> &'a [View] {
    let is_same = |host: &&HostEvidence| {
        let best = host.visit.as_ref().and_then(|visit| visit.best());
        best.is_some_and(|attempt| {
            let digest = |a: &crate::evidence::Attempt| a.answer().map(|seen| seen.digest.clone());
            attempt.last_url() == case.attempt.last_url()
                || (digest(attempt).is_some() && digest(attempt) == digest(case.attempt))
        })
    };
    let hosts = std::iter::once(case.host).chain(case.evidence.hosts.iter().filter(is_same));
    hosts.map(|host| host.views.as_slice()).find(|views| !views.is_empty()).unwrap_or_default()
}

/// Where a view led to another domain than the filing's subject has in the list.
pub(super) fn led_away(case: &PageCase<'_>) -> Option<String> {
    foreign_end(case.url, &case.filing.domain, &case.evidence.siblings.same_subject)
}

/// A visitor, in words.
pub(super) fn name(visitor: Visitor) -> Text {
    match visitor {
        Visitor::Phone => Text::new("手机访问", "seen by a phone"),
        Visitor::Spider => Text::new("搜索引擎爬虫访问", "seen by a search engine's crawler"),
    }
}

/// What the numbers of a page name, by which it is judged.
#[derive(Default)]
pub(super) struct Named {
    filings: Vec<FilingNumber>,
    licences: Vec<Licence>,
    /// As shown.
    pub(super) texts: Vec<String>,
}

/// How the numbers of two pages stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compared {
    /// They share what they name, or cannot be compared: a filing beside a licence.
    Agree,
    /// One subject, different services.
    OtherService,
    /// Different subjects.
    OtherSubject,
}

impl Named {
    pub(super) fn of(page: &Page) -> Named {
        let mut named = Named::default();
        let shown = judged_zone(&page.record_numbers);
        for number in shown.into_iter().filter(|number| number.form != Form::Placeholder) {
            named.note(number);
        }
        named
    }

    fn note(&mut self, shown: &ShownNumber) {
        match shown.number() {
            Some(Number::Filing(number)) if number.suffix.is_none() => self.filings.push(number),
            Some(Number::Licence(licence)) => self.licences.push(licence),
            _ => return,
        }
        self.texts.push(shown.text.clone());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Whether there is a filing number among them.
    pub(super) fn has_filing(&self) -> bool {
        !self.filings.is_empty()
    }

    pub(super) fn compare(&self, other: &Named) -> Compared {
        let pairs = self.filings.iter().flat_map(|a| other.filings.iter().map(move |b| (a, b)));
        let relations: Vec<Relation> = pairs.map(|(a, b)| a.relation_to(b)).collect();
        let licensed = self
            .licences
            .iter()
            .any(|a| other.licences.iter().any(|b| a.relation_to(b) != Relation::Unrelated));
        let is_one = |relation: &Relation| {
            matches!(relation, Relation::Same | Relation::Subject | Relation::Service)
        };
        if relations.is_empty() || licensed || relations.iter().any(is_one) {
            Compared::Agree
        } else if relations.contains(&Relation::OtherService) {
            Compared::OtherService
        } else {
            Compared::OtherSubject
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{Context, read};

    fn compared(one: &str, other: &str) -> Compared {
        let named = |foot: &str| {
            let html = format!("<footer>{foot}</footer>");
            Named::of(&read(html.as_bytes(), Context::default()))
        };
        assert_eq!(named(one).compare(&named(other)), named(other).compare(&named(one)));
        named(one).compare(&named(other))
    }

    #[test]
    fn numbers_agree_where_they_share_what_they_name() {
        let own = "粤ICP备2099000123号-1";
        assert_eq!(compared(own, "粤 ICP 备 2099000123 号 - 1"), Compared::Agree);
        assert_eq!(compared(own, "粤ICP备2099000123号"), Compared::Agree);
        assert_eq!(compared(own, "粤ICP备2099000123号-1 粤B2-20990001"), Compared::Agree);
        assert_eq!(compared(own, "粤B2-20990001"), Compared::Agree);
        assert_eq!(compared(own, "粤ICP备2099000123号-2A"), Compared::Agree);
        assert_eq!(compared(own, "京ICP备XXXXXXXX号"), Compared::Agree);
        assert_eq!(
            compared("京ICP证990001号 京ICP备2099000001号", "京ICP证990001号 京ICP备2099000002号"),
            Compared::Agree
        );
    }

    #[test]
    fn another_service_is_told_from_another_subject() {
        assert_eq!(
            compared("粤ICP备2099000123号-1", "粤ICP备2099000123号-2"),
            Compared::OtherService
        );
        assert_eq!(
            compared("粤ICP备2099000123号-1", "京ICP备2099000123号-1"),
            Compared::OtherSubject
        );
    }
}
