use super::answers::{failure_words, foreign_end, host_of, is_answered, opened, served};
use crate::evidence::{Attempt, End, HostEvidence, PageSeen, Rendered, Role};
use crate::policy::{Category, Level, PageFacts, Strength};
use crate::rules::{Check, Defect, Na, Outcome, Rule, Text, Texts, WebCase, Words, law, quote};

/// WEB003
pub(super) const RULE: Rule = Rule {
    code: "WEB003",
    name: "error-page",
    level: Level::Violation,
    needs: &[],
    yields_to: &["DNS001", "WEB001", "WEB004", "WEB009"],
    sources: &["Huawei Cloud 16.4"],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::Web(check),
};

fn check(case: &WebCase<'_>) -> Outcome {
    let Some(best) = case.visit.best() else { return Outcome::Na(Na::Unseen) };
    // A browser is the better visitor: what it opened is no error, whatever was said to us.
    if let Some(rendered) = opened(case.host).filter(|page| !is_challenge(case, page)) {
        return in_browser(rendered);
    }
    let Some(seen) = best.answer() else { return broken_off(case) };
    let challenge = served(case, best).filter(|signature| {
        signature.category == Category::Challenge
            && (seen.status >= 400 || signature.strength > Strength::Weak)
    });
    let is_checked = case.host.rendered().is_some_and(|rendered| is_challenge(case, rendered));
    if challenge.is_some() || is_checked {
        let found = Text::new(
            format!("状态码 {}，人机验证或防护页面", seen.status),
            format!("status {}, a challenge or firewall page", seen.status),
        );
        return doubted(found, KEPT_OUT);
    }
    if seen.status < 400 {
        return answered(seen);
    }
    let found = Text::new(format!("状态码 {}", seen.status), format!("status {}", seen.status));
    // What a browser was told goes before what we were.
    let told = case.host.rendered().and_then(|rendered| rendered.status);
    if !is_about_the_page(seen.status) || told.is_some_and(|status| !is_about_the_page(status)) {
        return doubted(found, KEPT_OUT);
    }
    // Firewalls turn programs away with it, too.
    if seen.status == 503 && told.is_none() {
        return doubted(found, KEPT_OUT);
    }
    if case.visit.looks < 2 {
        let found = Text::new(
            format!("{}，只看过一次", found.zh),
            format!("{}, looked at only once", found.en),
        );
        return doubted(found, ONCE);
    }
    if is_stale_homepage(case) {
        return doubted(found, HOMEPAGE);
    }
    Outcome::Fail(defect(found))
}

/// Whether it is the filed homepage's host alone that errs: the site may have moved within its
/// domain, and the list not followed.
fn is_stale_homepage(case: &WebCase<'_>) -> bool {
    let is_open = |host: &HostEvidence| {
        let best = host.visit.as_ref().and_then(|visit| visit.best());
        let answers = best.and_then(Attempt::answer).is_some_and(PageSeen::is_good);
        matches!(host.role, Role::Apex | Role::Www) && (answers || opened(host).is_some())
    };
    case.host.role == Role::Homepage && case.evidence.hosts.iter().any(is_open)
}

/// The page as the browser opened it.
fn in_browser(rendered: &Rendered) -> Outcome {
    let url = quote(&rendered.url);
    Outcome::Pass(Text::new(
        format!("浏览器能打开首页：{url}"),
        format!("a browser opens the homepage: {url}"),
    ))
}

/// Whether what the browser shows is a check for robots, or another page of a firewall's.
fn is_challenge(case: &WebCase<'_>, rendered: &Rendered) -> bool {
    let page = &rendered.page;
    let here = host_of(&rendered.url).unwrap_or_default();
    let targets = page.frames.iter().chain(&page.scripts).map(String::as_str);
    let facts = PageFacts {
        status: rendered.status.unwrap_or(200),
        title: page.title.as_deref().unwrap_or_default(),
        text: &page.excerpt,
        text_length: page.text_length,
        targets: std::iter::once(rendered.url.as_str()).chain(targets).collect(),
        server: "",
        first_host: &case.host.host,
        last_host: &here,
    };
    let found = case.policy.signatures.find(&facts);
    found.is_some_and(|signature| {
        signature.category == Category::Challenge && signature.strength > Strength::Weak
    })
}

/// An answer without error: a page, or something that is none.
fn answered(seen: &PageSeen) -> Outcome {
    if seen.page.is_some() {
        return Outcome::Pass(Text::new(
            format!("状态码 {}", seen.status),
            format!("status {}", seen.status),
        ));
    }
    let kind = quote(seen.content_type.as_deref().unwrap_or("—"));
    let found = Text::new(
        format!("状态码 {}，但内容不是网页（{kind}）", seen.status),
        format!("status {}, but no web page ({kind})", seen.status),
    );
    doubted(found, NO_PAGE)
}

/// The walk broke off after a server had answered. A failure on another domain is WEB006's.
fn broken_off(case: &WebCase<'_>) -> Outcome {
    if let Some(status) = case.host.rendered().and_then(|rendered| rendered.status) {
        let found = format!("{status}");
        let found = Text::new(format!("状态码 {found}"), format!("status {found}"));
        return doubted(found, IN_BROWSER);
    }
    let Some(attempt) = case.visit.attempts().find(|attempt| is_answered(attempt)) else {
        return Outcome::Na(Na::Unseen);
    };
    let siblings = &case.evidence.siblings.same_subject;
    if foreign_end(attempt.last_url(), &case.filing.domain, siblings).is_some() {
        return Outcome::Na(Na::Yields("WEB006"));
    }
    doubted(end_words(attempt), BROKEN_OFF)
}

fn end_words(attempt: &Attempt) -> Text {
    let End::Failed(failure) = attempt.end else { return Text::default() };
    let (words, url) = (failure_words(failure), quote(attempt.last_url()));
    Text::new(format!("{url}：{}", words.zh), format!("{url}: {}", words.en))
}

fn defect(found: Text) -> Defect {
    Defect {
        expected: Text::new("首页正常打开（状态码 200）", "the homepage opens (status 200)"),
        found,
        ..Defect::default()
    }
}

/// Why a person has to look, in Chinese and English.
type Doubt = (&'static str, &'static str);

const KEPT_OUT: Doubt = (
    "网站的防护产品或访问限制拦住了检测程序，普通访问者不一定受影响。",
    "A firewall or a restriction of the site kept the auditor out; its visitors need not be affected.",
);
const ONCE: Doubt = (
    "错误只看到过一次，可能是一时的故障。",
    "The error was seen only once, and may have been a passing one.",
);
const IN_BROWSER: Doubt = (
    "只有浏览器打开了首页，而首页返回错误；只看到过一次，可能是一时的故障。",
    "Only a browser opened the homepage, and was given an error; it was seen only once, and may have been a passing one.",
);
const HOMEPAGE: Doubt = (
    "网站的主域名能够打开，返回错误的只是登记的首页地址，它可能已经更换。",
    "The site's domain opens; only the filed address of its homepage answers with an error, and may have been replaced.",
);
const NO_PAGE: Doubt = (
    "首页返回的不是网页，可能只提供文件下载或接口，也可能是服务器设置有误。",
    "What the homepage answers is no web page: it may serve files or an interface only, or the server may be set wrongly.",
);
const BROKEN_OFF: Doubt = (
    "访问中途断开，没有看到首页：可能是跳转设置有误、网页没有传完，也可能是一时的网络问题。",
    "The visit broke off before the homepage was seen: a redirect may be set wrongly, the page may not have come through, or the network may have failed for a moment.",
);

fn doubted(found: Text, (zh, en): Doubt) -> Outcome {
    Outcome::Review(Defect {
        cause: Some(Text::new(zh, en)),
        remedy: Some(Text::new(
            "请在浏览器中打开首页：正常显示的，无需整改，请告诉我们；使用防护产品的，可在其控制台放行检测程序，便于复核。不能显示的，请检查网站程序是否运行、首页文件是否完整、跳转设置是否有误，或联系网站开发人员。",
            "Please open the homepage in a browser: if it is shown, nothing has to be mended, and we ask you to tell us; where a firewall is in use, its console can let the auditor in for another look. If it is not shown, see whether the site's program runs, its index file is complete and its redirects are right, or ask the site's developer.",
        )),
        ..defect(found)
    })
}

/// Whether the status tells of the page or its server. All others are given to the caller
/// (400, 401, 403, 429, 501, 505 …), to a network on the way (511), or were made up by
/// firewalls (412, 468, 521, 567 …): they may mean us.
fn is_about_the_page(status: u16) -> bool {
    matches!(status, 404 | 410 | 500 | 502..=504 | 507 | 508)
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页返回错误，不能正常显示",
        doubt: "检测时没有看到网站首页的正常内容，请确认首页能否打开",
        checks: "查看首页的 HTTP 状态码，间隔一段时间再看一次。404、500、502 等确属网页或服务器的错误判为违规（503 要浏览器打开时也返回错误）；401、403、429、人机验证页面以及跳转中断可能只针对检测程序，交由人工复核；浏览器打开了正常网页的，视为正常。",
        why: "备案成功的网站应当开通并能正常访问，核查时首页打不开会被要求整改。",
        cause: "网站程序出错，首页文件缺失或目录设置有误，或者后端服务没有启动。",
        remedy: "请在浏览器中打开首页确认：显示 404 的，检查首页文件是否上传、网站根目录是否正确；显示 500、502、503 的，重启网站程序并查看错误日志；在浏览器中正常显示的，请告诉我们，由我们复核。",
        bad: "http://site.example/ 返回 404，两次检测结果相同",
        good: "http://site.example/ 返回 200",
    },
    en: Words {
        problem: "The site's homepage answers with an error",
        doubt: "The homepage's usual content was not seen at the time of the check; please make sure that it opens",
        checks: "Reads the homepage's HTTP status, and again some time later. Errors of the page or its server (404, 500, 502 and the like; 503 where a browser is given an error, too) fail; 401, 403, 429, challenge pages and redirects that break off may be meant for the auditor alone and are left to a person. A page that a browser opened well is well.",
        why: "A filed site has to be open; a homepage that does not open will have to be mended when the site is checked.",
        cause: "The site's program fails, its index file is missing or its folder set wrongly, or the service behind it is not running.",
        remedy: "Open the homepage in a browser to make sure: with 404, see that the index file is uploaded and the site's root folder is right; with 500, 502 or 503, restart the site's program and read its error log; if the browser shows the page, tell us, and we look again.",
        bad: "http://site.example/ answers 404, at two looks",
        good: "http://site.example/ answers 200",
    },
};
