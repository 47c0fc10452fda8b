//! Several filed domains of one subject that lead to one site: what belongs to one of them
//! is never held against another.

use super::{Na, PageCase, Text};
use crate::evidence::{Member, OneSite};

/// Domains of a site that a text names.
const NAMED: usize = 5;

/// The site that the page of a case is of, where other filed domains of the subject lead to
/// it too.
pub(super) fn one_site<'a>(case: &PageCase<'a>) -> Option<&'a OneSite> {
    let site = case.evidence.siblings.one_site.as_ref()?;
    site.hosts.contains(&case.host.host).then_some(site)
}

/// Whether anything of this kind belongs to one of the other domains of the site.
pub(super) fn is_of_a_member(case: &PageCase<'_>, belongs: impl Fn(&Member) -> bool) -> bool {
    one_site(case).is_some_and(|site| site.members.iter().any(belongs))
}

/// Why what a page shows is not compared: it may belong to a domain of the site that was not
/// read back, as there are too many.
pub(super) fn of_too_many(case: &PageCase<'_>) -> Option<Na> {
    let site = one_site(case).filter(|site| !site.is_whole())?;
    Some(Na::Other(Text::new(
        format!("同一主体有 {} 个域名打开同一个网站，无法逐一核对", site.domains),
        format!("{} domains of the subject lead to this site, too many to compare", site.domains),
    )))
}

/// Why the subject's number is asked for, to be told to the owner.
pub(super) fn served_by_several(site: &OneSite) -> Text {
    let direct = || site.members.iter().filter(|m| m.direct).take(NAMED).map(|m| &*m.domain);
    let (zh, en): (Vec<_>, Vec<_>) = (direct().collect(), direct().collect());
    let (zh, en) = (zh.join("、"), en.join(", "));
    Text::new(
        format!(
            "本域名与同一主体的 {zh} 等域名直接打开同一个网站：几个域名共用一个页面时，\
             单个网站的备案号不能代表全部，应展示主体备案号。"
        ),
        format!(
            "This domain and {en}, of the same subject, open one site directly: where several \
             domains share a page, the number of one of them cannot stand for all, and the \
             subject's number is shown."
        ),
    )
}
