use crate::evidence::{
    Attempt, End, Failure, HostEvidence, RenderFailure, Rendered, Rendering, Resolution, Trust,
    Visit,
};
use crate::filing::Domain;
use crate::policy::{PageFacts, Policy, Signature};
use crate::rules::{Text, WebCase};
use std::ptr;

/// What looking at a host came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// A server answered, be it with an error or a redirect into nothing.
    Answers,
    /// The name has no address: DNS says so for certain.
    Missing,
    /// Every connection was refused or reset, over https and http, at both looks.
    Refuses,
    /// The zone is broken: DNS010 says it.
    Broken,
    /// It cannot be told.
    Unknown,
}

pub(super) fn reach(host: &HostEvidence) -> Reach {
    let Some(visit) = &host.visit else {
        return match host.dns.outcome {
            Resolution::NxDomain | Resolution::NoData => Reach::Missing,
            Resolution::ServFail | Resolution::Loop | Resolution::ChainTooLong => Reach::Broken,
            _ => Reach::Unknown,
        };
    };
    let schemes = [&visit.https, &visit.http];
    let is_refused = |attempt: &Attempt| is_refused(attempt, is_confirmed(host));
    if visit.attempts().any(is_answered) || host.rendered().is_some() {
        Reach::Answers
    } else if visit.looks >= 2 && schemes.iter().all(|s| s.as_ref().is_some_and(is_refused)) {
        Reach::Refuses
    } else {
        Reach::Unknown
    }
}

/// Whether any server answered on the way.
pub(super) fn is_answered(attempt: &Attempt) -> bool {
    attempt.answer().is_some() || attempt.hops.iter().any(|hop| hop.status.is_some())
}

/// Whether every address that was tried turned us away. That no TLS was agreed on may be our
/// own fault, unless a browser could not open the page either.
fn is_refused(attempt: &Attempt, confirmed: bool) -> bool {
    let turned_away =
        |failure: Failure| failure.is_refusal() || (confirmed && failure == Failure::TlsHandshake);
    let tried = attempt.hops.iter().flat_map(|hop| &hop.tried);
    matches!(attempt.end, End::Failed(failure) if turned_away(failure))
        && tried.into_iter().all(|(_, failure)| turned_away(*failure))
}

/// Whether a browser found the page as unreachable as we did.
pub(super) fn is_confirmed(host: &HostEvidence) -> bool {
    matches!(host.rendering, Some(Rendering::Failed(RenderFailure::Unreachable)))
}

/// The page that a browser opened without an error.
pub(super) fn opened(host: &HostEvidence) -> Option<&Rendered> {
    host.rendered().filter(|rendered| rendered.status.is_none_or(|status| status < 400))
}

/// Whether nothing but our own side failed.
pub(super) fn is_ours(host: &HostEvidence) -> bool {
    let ours =
        |attempt: &Attempt| matches!(attempt.end, End::Failed(Failure::Fault | Failure::Deadline));
    host.visit.as_ref().is_some_and(|v| v.attempts().next().is_some() && v.attempts().all(ours))
}

/// What became of a host, in words: `https connection refused, http no answer in time`.
pub(crate) fn outcome(host: &HostEvidence) -> Text {
    let Some(visit) = &host.visit else {
        return resolution_words(host.dns.outcome);
    };
    let mut parts = Vec::new();
    for (scheme, attempt) in [("https", &visit.https), ("http", &visit.http)] {
        if let Some(End::Failed(failure)) = attempt.as_ref().map(|a| &a.end) {
            let words = failure_words(*failure);
            parts.push(Text::new(
                format!("{scheme} {}", words.zh),
                format!("{scheme} {}", words.en),
            ));
        }
    }
    if is_confirmed(host) {
        parts.push(Text::new("浏览器同样打不开", "a browser could not open it either"));
    }
    if visit.looks < 2 {
        parts.push(Text::new("只看过一次", "looked at only once"));
    }
    Text::new(
        parts.iter().map(|p| &*p.zh).collect::<Vec<_>>().join("，"),
        parts.iter().map(|p| &*p.en).collect::<Vec<_>>().join(", "),
    )
}

/// What DNS came to where nothing was visited.
pub(crate) fn resolution_words(outcome: Resolution) -> Text {
    match outcome {
        Resolution::NxDomain => Text::new("域名不存在", "does not exist"),
        Resolution::NoData => Text::new("没有地址", "has no address"),
        Resolution::Resolved => Text::new("没有访问", "was not visited"),
        _ => Text::new("无法解析", "could not be resolved"),
    }
}

/// Prefixes each text with its host.
pub(super) fn by_host<'h>(hosts: impl IntoIterator<Item = &'h HostEvidence>) -> Text {
    Text::list(hosts.into_iter().map(|host| {
        let words = outcome(host);
        Text::new(format!("{}：{}", host.host, words.zh), format!("{}: {}", host.host, words.en))
    }))
}

/// A failure in words.
pub(crate) fn failure_words(failure: Failure) -> Text {
    let (zh, en) = match failure {
        Failure::DnsNone => ("目标主机不存在", "target host does not exist"),
        Failure::DnsFailed => ("目标主机无法解析", "target host could not be resolved"),
        Failure::ConnectRefused => ("连接被拒绝", "connection refused"),
        Failure::Unreachable => ("网络不可达", "network unreachable"),
        Failure::ConnectTimeout => ("连接超时", "no connection in time"),
        Failure::TlsReset => ("TLS 握手时连接被重置", "connection reset during the TLS handshake"),
        Failure::TlsHandshake => ("TLS 握手失败", "TLS handshake failed"),
        Failure::TlsTimeout => ("TLS 握手超时", "TLS handshake not done in time"),
        Failure::Reset => ("连接被重置", "connection reset"),
        Failure::Closed => ("未应答即断开", "closed without an answer"),
        Failure::ReadTimeout => ("应答超时", "no answer in time"),
        Failure::BadHttp => ("应答不是有效的 HTTP", "answer is not valid HTTP"),
        Failure::BadBody => ("网页内容不完整", "page broke off"),
        Failure::TooManyRedirects => ("跳转次数过多", "too many redirects"),
        Failure::RedirectLoop => ("循环跳转", "redirects go round in a circle"),
        Failure::BadRedirect => {
            ("跳转目标无法访问", "redirect to something that cannot be followed")
        }
        Failure::AddressRefused => ("地址不是公网地址，未访问", "address not public, not visited"),
        Failure::Deadline => ("检测用时已到", "our time for the site ran out"),
        Failure::Robots => {
            ("robots.txt 不允许自动访问，未访问", "robots.txt asks not to visit; not visited")
        }
        Failure::Fault => ("检测程序自身故障", "a fault of the auditor's own"),
    };
    Text::new(zh, en)
}

/// The signature of a page that is not the site's own, where the walk shows one: on any hop,
/// also one that cannot be followed.
pub(in crate::rules) fn signature<'p>(
    policy: &'p Policy,
    host: &str,
    attempt: &Attempt,
) -> Option<&'p Signature> {
    let last = attempt.hops.last();
    let last_host = host_of(attempt.last_url()).unwrap_or_default();
    let answer = attempt.answer();
    let page = answer.and_then(|seen| seen.page.as_ref());
    let mut targets: Vec<&str> = attempt.hops.iter().skip(1).map(|hop| &*hop.url).collect();
    targets.extend(attempt.hops.iter().filter_map(|hop| hop.location.as_deref()));
    if let Some(page) = page {
        targets.extend(page.frames.iter().chain(&page.scripts).map(String::as_str));
        targets.extend(page.meta_refresh.as_ref().map(|refresh| &*refresh.url));
    }
    policy.signatures.find(&PageFacts {
        status: answer.map(|seen| seen.status).or(last.and_then(|h| h.status)).unwrap_or(0),
        title: page.and_then(|page| page.title.as_deref()).unwrap_or_default(),
        text: page.map_or("", |page| &page.excerpt),
        text_length: page.map_or(0, |page| page.text_length),
        targets,
        server: last.and_then(|hop| hop.server.as_deref()).unwrap_or_default(),
        first_host: host,
        last_host: &last_host,
    })
}

/// The same of one of the visit's own walks, which several rules ask for.
pub(super) fn served<'p>(case: &WebCase<'p>, attempt: &Attempt) -> Option<&'p Signature> {
    let find = || signature(case.policy, &case.host.host, attempt);
    let is_it = |walk: &Option<Attempt>| walk.as_ref().is_some_and(|own| ptr::eq(own, attempt));
    let walks = [&case.visit.https, &case.visit.http].into_iter().zip(&case.known.walks);
    let known = walks.into_iter().find(|(walk, _)| is_it(walk));
    known.map_or_else(find, |(_, once)| *once.get_or_init(find))
}

/// The same, also by what a browser made of the page: parking pages are often made by scripts.
pub(super) fn recognised<'p>(case: &WebCase<'p>, attempt: &Attempt) -> Option<&'p Signature> {
    served(case, attempt).or_else(|| *case.known.shown.get_or_init(|| in_browser(case)))
}

fn in_browser<'p>(case: &WebCase<'p>) -> Option<&'p Signature> {
    let rendered = case.host.rendered()?;
    let last_host = host_of(&rendered.url).unwrap_or_default();
    let page = &rendered.page;
    case.policy.signatures.find(&PageFacts {
        status: rendered.status.unwrap_or(200),
        title: page.title.as_deref().unwrap_or_default(),
        text: &page.excerpt,
        text_length: page.text_length,
        targets: page.frames.iter().map(String::as_str).collect(),
        server: "",
        first_host: &case.host.host,
        last_host: &last_host,
    })
}

/// Whether the page came over https under a certificate that is not the host's, and http was
/// not asked: a server of several sites answers with whichever is its first one then, and the
/// site itself may be open over http.
pub(super) fn may_be_another_site(visit: &Visit, attempt: &Attempt) -> bool {
    let shown = attempt.hops.first().and_then(|hop| hop.certificate.as_ref());
    let is_foreign = shown.is_some_and(|certificate| {
        matches!(certificate.trust, Trust::WrongName | Trust::Untrusted | Trust::Malformed)
    });
    is_foreign && visit.http.is_none()
}

/// The attempts that show what a visitor gets: the one with a page, else all.
pub(super) fn shown(visit: &Visit) -> Vec<&Attempt> {
    match visit.best() {
        Some(best) if best.answer().is_some_and(|seen| seen.status < 400) => vec![best],
        _ => visit.attempts().collect(),
    }
}

/// The host of a URL.
pub(in crate::rules) fn host_of(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    Some(url.host_str()?.trim_end_matches('.').to_owned())
}

/// Where a walk left the filing for: the host of its last address, where that lies neither under
/// the filed domain's registrable one nor under another filing's of the same subject.
pub(in crate::rules) fn foreign_end(
    url: &str,
    own: &Domain,
    same_subject: &[String],
) -> Option<String> {
    let host = host_of(url)?;
    let Ok(domain) = Domain::parse(&host) else { return Some(host) };
    let end = domain.registrable();
    (end != own.registrable() && !same_subject.iter().any(|sibling| sibling == end)).then_some(host)
}
