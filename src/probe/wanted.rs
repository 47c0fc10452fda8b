//! When a page is looked at through a browser: where the page as served cannot settle what
//! a visitor sees.

use crate::evidence::{Attempt, End, Failure, HostEvidence, Role};
use crate::page::{Page, ShownNumber, Zone};

/// Visible characters under which a page may be nothing but a shell for scripts.
const HARDLY_ANY: u32 = 200;

/// Whether a browser may settle what the visit of this host left open.
pub(super) fn wants_browser(host: &HostEvidence) -> bool {
    // Further filed hosts need not show a page at all.
    let Some(visit) = host.visit.as_ref().filter(|_| host.role != Role::Filed) else {
        return false;
    };
    match visit.best().and_then(Attempt::answer) {
        Some(answer) if answer.is_good() => answer.page.as_ref().is_some_and(leaves_open),
        Some(_) => false,
        None => visit.attempts().any(is_hidden_by_tls),
    }
}

/// A handshake that fails with us may stand with a browser.
fn is_hidden_by_tls(attempt: &Attempt) -> bool {
    matches!(
        attempt.end,
        End::Failed(Failure::TlsHandshake | Failure::TlsReset | Failure::TlsTimeout)
    )
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

/// A number that the markup alone shows to stand at the foot of the page and to be seen.
fn is_plain(number: &ShownNumber) -> bool {
    number.visible && !number.doubtful && number.zone == Zone::Footer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Dns, PageSeen, Visit};
    use crate::page::{Context, read};

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
        assert!(!wants_browser(&page("", "<p>京ICP备2099000123号-1</p>")));
        let script = "<script>var u = location.href; document.title;</script>";
        assert!(!wants_browser(&page(script, "<p>京ICP备2099000123号-1</p>")));
    }

    #[test]
    fn what_the_markup_leaves_open_wants_one() {
        for (head, foot) in [
            ("", ""),
            ("", "<p style='opacity:.01'>京ICP备2099000123号-1</p>"),
            ("", "<p hidden>京ICP备2099000123号-1</p>"),
            ("", "<script>foot('京ICP备2099000123号-1')</script>"),
            ("<script>document.title = 'x'</script>", "<p>京ICP备2099000123号-1</p>"),
            ("<script>location = '/m/'</script>", "<p>京ICP备2099000123号-1</p>"),
        ] {
            assert!(wants_browser(&page(head, foot)), "{head} {foot}");
        }
    }

    #[test]
    fn a_handshake_that_failed_is_tried_in_a_browser_and_a_refusal_is_not() {
        assert!(wants_browser(&host(End::Failed(Failure::TlsHandshake))));
        assert!(wants_browser(&host(End::Failed(Failure::TlsReset))));
        assert!(!wants_browser(&host(End::Failed(Failure::ConnectRefused))));
        let mut mail = host(End::Failed(Failure::TlsHandshake));
        mail.role = Role::Filed;
        assert!(!wants_browser(&mail));
    }
}
