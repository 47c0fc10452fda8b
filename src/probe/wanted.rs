//! When a page is looked at through a browser: where the page as served cannot settle what
//! a visitor sees.

use crate::evidence::{Attempt, End, Failure, HostEvidence, Role};
use crate::filing::Filing;
use crate::page::{Page, ShownNumber, Zone};

/// Visible characters under which a page may be nothing but a shell for scripts.
const HARDLY_ANY: u32 = 200;

/// Whether a browser may settle what the visit of this host left open. `filing` is whose the
/// host is, where it is anybody's.
pub(super) fn wants_browser(host: &HostEvidence, filing: Option<&Filing>) -> bool {
    // Further filed hosts need not show a page at all.
    let Some(visit) = host.visit.as_ref().filter(|_| host.role != Role::Filed) else {
        return false;
    };
    match visit.best().filter(|attempt| attempt.answer().is_some()) {
        Some(answered) => wanted_of(answered, filing),
        None => visit.attempts().any(|attempt| wanted_of(attempt, filing)),
    }
}

/// The same of one attempt.
pub(super) fn wanted_of(attempt: &Attempt, filing: Option<&Filing>) -> bool {
    match &attempt.end {
        // An error may be meant for programs like ours.
        End::Answer(answer) if answer.status >= 400 => true,
        End::Answer(answer) => answer
            .page
            .as_ref()
            .is_some_and(|page| leaves_open(page) || filing.is_some_and(|f| lacks_police(page, f))),
        // A handshake that fails with us may stand with a browser.
        End::Failed(failure) => {
            matches!(failure, Failure::TlsHandshake | Failure::TlsReset | Failure::TlsTimeout)
        }
    }
}

/// Whether a page as served leaves open what a visitor sees.
fn leaves_open(page: &Page) -> bool {
    !page.record_numbers.iter().any(is_plain)
        || page.needs_rendering
        || page.text_length < HARDLY_ANY
        || page.number_in_script
        || page.title_by_script
        || page.leaves_by_script
}

/// A number that the markup alone shows to stand at the foot of the page and to be seen. A
/// placeholder may be filled in by a script.
fn is_plain(number: &ShownNumber) -> bool {
    let is_seen = number.visible && !number.doubtful;
    is_seen && number.zone == Zone::Footer && !number.is_placeholder()
}

/// Whether the filing has a police number that the page as served does not show, and a script
/// may put there.
fn lacks_police(page: &Page, filing: &Filing) -> bool {
    let is_filed = filing.police_number.as_ref().is_some_and(|filed| filed.number.is_some());
    is_filed && page.scripted && !page.police_numbers.iter().any(|number| number.visible)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Dns, PageSeen, Visit};
    use crate::filing::{Domain, FiledPolice};
    use crate::page::{Context, read};
    use crate::record::find_police;

    const TEXT: &str = "示例商城销售办公用品，欢迎来电咨询。订单当天发货，七天内可以退换。";

    fn host(end: End) -> HostEvidence {
        let attempt = Attempt { hops: Vec::new(), end };
        let visit = Visit { looks: 1, https: Some(attempt), http: None };
        let dns = Dns::default();
        HostEvidence {
            visit: Some(visit),
            ..HostEvidence::of_dns("site.example".to_owned(), Role::Apex, dns)
        }
    }

    fn wants(host: &HostEvidence) -> bool {
        wants_browser(host, None)
    }

    fn page(head: &str, foot: &str) -> HostEvidence {
        let html = format!(
            "<!doctype html><title>示例商城</title>{head}<p>{}</p><footer>© 示例{foot}</footer>",
            TEXT.repeat(10)
        );
        let page = Some(read(html.as_bytes(), Context::default()));
        host(End::Answer(Box::new(PageSeen {
            status: 200,
            content_type: None,
            bytes: 0,
            digest: String::new(),
            page,
        })))
    }

    #[test]
    fn a_plain_number_at_the_foot_needs_no_browser() {
        assert!(!wants(&page("", "<p>京ICP备2099000123号-1</p>")));
        let script = "<script>var u = location.href; document.title;</script>";
        assert!(!wants(&page(script, "<p>京ICP备2099000123号-1</p>")));
    }

    #[test]
    fn what_the_markup_leaves_open_wants_one() {
        for (head, foot) in [
            ("", ""),
            ("", "<p style='opacity:.01'>京ICP备2099000123号-1</p>"),
            ("", "<p>京ICP备XXXXXXXX号</p>"),
            ("", "<p hidden>京ICP备2099000123号-1</p>"),
            ("", "<script>foot('京ICP备2099000123号-1')</script>"),
            ("<script>document.title = 'x'</script>", "<p>京ICP备2099000123号-1</p>"),
            ("<script>location = '/m/'</script>", "<p>京ICP备2099000123号-1</p>"),
        ] {
            assert!(wants(&page(head, foot)), "{head} {foot}");
        }
    }

    #[test]
    fn a_handshake_that_failed_is_tried_in_a_browser_and_a_refusal_is_not() {
        assert!(wants(&host(End::Failed(Failure::TlsHandshake))));
        assert!(wants(&host(End::Failed(Failure::TlsReset))));
        assert!(!wants(&host(End::Failed(Failure::ConnectRefused))));
        let mut mail = host(End::Failed(Failure::TlsHandshake));
        mail.role = Role::Filed;
        assert!(!wants(&mail));
    }

    #[test]
    fn an_error_may_be_meant_for_us_and_wants_one() {
        let mut refused = page("", "<p>京ICP备2099000123号-1</p>");
        if let Some(End::Answer(seen)) =
            refused.visit.as_mut().and_then(|v| v.https.as_mut()).map(|attempt| &mut attempt.end)
        {
            seen.status = 503;
        }
        assert!(wants(&refused));
    }

    #[test]
    fn a_filed_police_number_that_a_script_may_show_wants_one() {
        let text = "京公网安备11010299000123号".to_owned();
        let number = find_police(&text).first().map(|found| found.number.clone());
        let mut filing = Filing::of_domain(1, Domain::parse("site.example").unwrap());
        let foot = "<p>京ICP备2099000123号-1</p>";
        let script = "<script src='/js/app.js'></script>";
        assert!(!wants_browser(&page(script, foot), Some(&filing)));
        filing.police_number = Some(FiledPolice { text: text.clone(), number });
        assert!(wants_browser(&page(script, foot), Some(&filing)));
        assert!(!wants_browser(&page("", foot), Some(&filing)));
        let shown = format!("{foot}<p>{text}</p>");
        assert!(!wants_browser(&page(script, &shown), Some(&filing)));
    }
}
