//! The lines of a site's pages, apart from the rest: they are most of its evidence, and hosts of
//! a site mostly show the same page.

use super::Evidence;
use crate::page::{Passages, together};
use serde::{Deserialize, Serialize};

/// What the pages of some evidence say, each page's lines once.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lines {
    /// Of each page in its order, its place in `each`.
    of: Vec<usize>,
    /// What different pages say.
    #[serde(with = "together")]
    each: Vec<Passages>,
}

impl Evidence {
    /// Takes the lines of its pages out of it.
    pub fn take_lines(&mut self) -> Lines {
        let mut lines = Lines::default();
        for page in self.pages_mut() {
            let passages = std::mem::take(&mut page.passages);
            let known = lines.each.iter().position(|other| *other == passages);
            lines.of.push(known.unwrap_or(lines.each.len()));
            if known.is_none() {
                lines.each.push(passages);
            }
        }
        lines
    }

    /// Puts back the lines that were taken out of it.
    pub fn put_lines(&mut self, lines: Lines) {
        for (page, place) in self.pages_mut().zip(lines.of) {
            page.passages = lines.each.get(place).cloned().unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{
        Attempt, Dns, Hop, HopKind, HostEvidence, Rendered, Rendering, Role, View, Visit, Visitor,
    };
    use crate::page::{Page, Passage};

    fn page(lines: &[&str]) -> Page {
        let passages = lines.iter().map(|text| Passage { text, ..Passage::default() });
        Page { passages: passages.collect(), ..Page::default() }
    }

    fn attempt(lines: &[&str]) -> Attempt {
        Attempt::answered(Hop::to("https://site.example/", HopKind::Start), "", page(lines))
    }

    fn host(served: &[&str], view: &[&str], shown: &[&str]) -> HostEvidence {
        let https = Some(attempt(served));
        let rendered = Rendered { page: page(shown), ..Rendered::default() };
        HostEvidence {
            visit: Some(Visit { looks: 1, https, http: Some(attempt(&[])) }),
            views: vec![View { visitor: Visitor::Phone, attempt: attempt(view) }],
            rendering: Some(Rendering::Shown(Box::new(rendered))),
            ..HostEvidence::of_dns("site.example".to_owned(), Role::Apex, Dns::default())
        }
    }

    #[test]
    fn lines_go_back_where_they_were_and_those_of_one_page_stand_once() {
        let hosts = vec![
            host(&["首页", "产品"], &["手机版"], &["首页", "更多"]),
            host(&["首页", "产品"], &["首页"], &["首页", "更多"]),
        ];
        let whole = Evidence { hosts, ..Evidence::default() };
        let mut evidence = whole.clone();
        let lines = evidence.take_lines();
        assert_eq!(lines.of, [0, 1, 2, 3, 0, 1, 4, 3]);
        assert!(evidence.pages_mut().all(|page| page.passages.is_empty()));
        evidence.put_lines(lines);
        assert_eq!(evidence, whole);
    }
}
