//! Whether a page that answered holds anything of the site's own: decided once, for the
//! rules that ask it of filed sites (WEB005) and of those not yet approved (WEB007).

use super::answers::recognised;
use crate::page::{Page, ShownNumber};
use crate::policy::{Category, Signature};
use crate::rules::WebCase;

/// Visible characters from which a page has a text to read, its numbers aside.
const LITTLE: usize = 40;
/// The same under which it has none.
const NONE: usize = 12;
/// Text that may stand around a login form and nothing else.
const AROUND_LOGIN: u32 = 200;
/// Pictures from which a page may be built of them, as old designs are.
const BUILT_OF: u32 = 3;

/// What a page holds.
pub(super) enum Content<'p> {
    /// Something of the site's own.
    Own,
    /// A page that is not the site's: of a server, a panel, a registrar, a firewall.
    Foreign(&'p Signature),
    /// No text, or nothing but a number.
    Empty,
    /// A picture or two, and not even a title.
    Picture,
    /// Pictures, which nobody here can read.
    Pictures,
    /// A login form.
    Login,
    /// A browser may show more than was seen.
    Unknown,
}

/// What the page of a good answer holds; `None` where there is no such answer.
pub(super) fn content<'p>(case: &WebCase<'p>) -> Option<Content<'p>> {
    let best = case.visit.best()?;
    if let Some(signature) = recognised(case, best) {
        return Some(Content::Foreign(signature));
    }
    let served = best.answer().filter(|seen| seen.is_good())?.page.as_ref()?;
    let rendered = case.host.rendered();
    let page = rendered.map_or(served, |rendered| &rendered.page);
    let is_final = match rendered {
        Some(rendered) => rendered.settled,
        None => !page.needs_rendering && page.scripts.is_empty(),
    };
    Some(of_page(page, is_final))
}

/// The site's own numbers at the foot speak for a page with hardly any text.
pub(super) fn shows_number(page: &Page) -> bool {
    page.record_numbers.iter().any(|number| number.visible && number.number().is_some())
}

/// `is_final`: nothing will be added to the page by a script.
fn of_page(page: &Page, is_final: bool) -> Content<'static> {
    let is_elsewhere = page.cut || !page.frames.is_empty() || page.meta_refresh.is_some();
    let text = own_text(page);
    if page.login && page.text_length < AROUND_LOGIN {
        return Content::Login;
    }
    if text >= LITTLE || (text >= NONE && is_final) {
        return Content::Own;
    }
    if is_elsewhere || !is_final {
        return Content::Unknown;
    }
    match page.pictures {
        _ if has_title(page) && shows_number(page) => Content::Own,
        0 => Content::Empty,
        // Whoever gave a page its name may have put what it says into pictures.
        1..BUILT_OF if !has_title(page) => Content::Picture,
        _ => Content::Pictures,
    }
}

/// Visible characters, numbers aside.
fn own_text(page: &Page) -> usize {
    let length = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
    let visible = page.record_numbers.iter().filter(|number: &&ShownNumber| number.visible);
    let records: usize = visible.map(|number| length(&number.text)).sum();
    let police: usize =
        page.police_numbers.iter().filter(|n| n.visible).map(|n| length(&n.text)).sum();
    usize::try_from(page.text_length).unwrap_or(usize::MAX).saturating_sub(records + police)
}

/// A title that somebody gave the page, rather than an editor.
fn has_title(page: &Page) -> bool {
    let title = page.title.as_deref().unwrap_or_default().trim().to_lowercase();
    let defaults =
        ["document", "untitled", "index", "home", "无标题文档", "无标题", "首页", "title"];
    title.chars().count() > 1 && !defaults.contains(&title.as_str())
}

/// What a signature's page is called.
pub(super) fn kind(category: Category) -> (&'static str, &'static str) {
    match category {
        Category::IcpBlock | Category::SiteBlock => ("阻断页面", "a block page"),
        Category::Default => ("服务器或面板的默认页面", "the default page of a server or panel"),
        Category::Parked => ("停放或出售页面", "a parking or sales page"),
        Category::Suspended => ("主机暂停页面", "a page of suspended hosting"),
        Category::Construction => {
            ("建设中或维护中的提示", "a notice of construction or maintenance")
        }
        Category::Listing => ("文件目录列表", "a listing of files"),
        Category::Challenge => ("人机验证或防护页面", "a challenge or firewall page"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{
        Attempt, Dns, End, Evidence, HostEvidence, PageSeen, Rendered, Rendering, Role, Visit,
    };
    use crate::filing::{Domain, Filing};
    use crate::page::{Context, read};
    use crate::policy::Policy;
    use crate::rules::KnownOnce;

    fn of(html: &str, is_final: bool) -> Content<'static> {
        of_page(&read(html.as_bytes(), Context::default()), is_final)
    }

    #[test]
    fn what_scripts_or_frames_may_fill_is_not_called_empty() {
        assert!(matches!(of("", true), Content::Empty));
        assert!(matches!(of("", false), Content::Unknown));
        assert!(matches!(of("<iframe src=/a></iframe>", true), Content::Unknown));
        let refresh = "<meta http-equiv=refresh content='60;url=/a'>";
        assert!(matches!(of(refresh, true), Content::Unknown));
    }

    #[test]
    fn a_browser_that_saw_the_page_settle_empty_settles_it() {
        let shell = "<title>示例</title><div id=app></div><script src=/app.js></script>";
        let seen = |html: &str| read(html.as_bytes(), Context::default());
        let answer = PageSeen {
            status: 200,
            content_type: None,
            bytes: 0,
            digest: String::new(),
            page: Some(seen(shell)),
        };
        let attempt = Attempt { hops: Vec::new(), end: End::Answer(Box::new(answer)) };
        let visit = Visit { looks: 1, https: Some(attempt), http: None };
        let dns = Dns::default();
        let mut host = HostEvidence::of_dns("site.example".to_owned(), Role::Apex, dns);
        host.visit = Some(visit.clone());
        let filing = Filing::of_domain(1, Domain::parse("site.example").unwrap());
        let (policy, evidence) = (Policy::embedded().unwrap(), Evidence::default());
        let today = jiff::civil::date(2026, 11, 22);
        let is_empty = |rendered: Option<(&str, bool)>| {
            let mut host = host.clone();
            host.rendering = rendered.map(|(html, settled)| {
                let page = seen(html);
                Rendering::Shown(Box::new(Rendered { page, settled, ..Rendered::default() }))
            });
            let case = WebCase {
                filing: &filing,
                policy: &policy,
                today,
                evidence: &evidence,
                host: &host,
                visit: &visit,
                known: KnownOnce::default(),
            };
            matches!(content(&case), Some(Content::Empty))
        };
        assert!(!is_empty(None));
        assert!(is_empty(Some((shell, true))));
        assert!(!is_empty(Some((shell, false))));
        assert!(!is_empty(Some(("<p>示例商城销售办公用品，欢迎来电咨询</p>", true))));
    }

    #[test]
    fn pictures_are_told_from_nothing_and_from_many() {
        assert!(matches!(of("<img src=a>", true), Content::Picture));
        assert!(matches!(of("<title>示例茶馆</title><img src=a>", true), Content::Pictures));
        assert!(matches!(of("<img src=a><img src=b><img src=c>", true), Content::Pictures));
    }

    #[test]
    fn a_title_and_a_number_make_a_page_with_little_text_the_sites_own() {
        let number = "<footer>粤ICP备2099000123号-1</footer>";
        let titled = format!("<title>示例茶馆</title><img src=a>{number}");
        assert!(matches!(of(&titled, true), Content::Own));
        assert!(matches!(of(number, true), Content::Empty));
        assert!(matches!(of("<p>示例茶馆，上午九点开门，欢迎光临</p>", true), Content::Own));
    }

    #[test]
    fn a_password_field_with_little_around_it_is_a_login_form() {
        let form = "<p>示例办公系统</p><form><input name=u><input type=password></form>";
        assert!(matches!(of(form, true), Content::Login));
        let long = format!("{form}<p>{}</p>", "示例商城销售办公用品，欢迎来电咨询。".repeat(20));
        assert!(matches!(of(&long, true), Content::Own));
    }
}
