//! Which pages are looked at through a browser, and how.

use super::{Look, Probe, Shot, deadline::Deadline, dns::Names};
use crate::evidence::{Attempt, HostEvidence};
use crate::filing::Filing;
use std::{path::PathBuf, time::Duration};

/// Bytes of what one look at a site leaves behind of its pages: documents and pictures.
#[cfg(feature = "browser")]
const ROOM: usize = 24 << 20;

/// Which pages are looked at through a browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Render {
    /// None.
    Never,
    /// Those whose markup as served leaves something open.
    #[default]
    Auto,
    /// All.
    Always,
}

/// The browser and its bounds.
#[derive(Clone, Debug)]
pub struct BrowserOptions {
    /// The program.
    pub path: PathBuf,
    /// Browsers at a time.
    pub width: usize,
    /// Pages after which a browser is replaced.
    pub recycle_after: u32,
    /// How long a page may take to show what it has.
    pub timeout: Duration,
    /// Whether pictures of the pages are taken: then their images are loaded as well.
    pub screenshots: bool,
    /// Whether Chromium's own sandbox is used. The superuser cannot.
    pub sandbox: bool,
}

/// Ends all browsers of this program at once and removes their folders, for who cannot wait
/// for [`Probe::close`]. May take some seconds; nothing can be shown afterwards.
pub fn end_browsers() {
    #[cfg(feature = "browser")]
    super::browser::end_all();
}

impl Probe {
    /// Looks through the browser at the pages of these hosts that want it.
    #[cfg(feature = "browser")]
    pub(super) async fn render(
        &self,
        filing: Option<&Filing>,
        hosts: &mut [HostEvidence],
        names: &Names<'_>,
        deadline: Deadline,
    ) -> Vec<Shot> {
        use crate::evidence::{RenderFailure, Rendering};
        let (Some(browsers), mut shots) = (&self.browsers, Vec::new()) else { return Vec::new() };
        let mut own = self.rendering_deadline();
        let mut room = ROOM;
        // Asked once: what one page waits for a browser is not the next one's fault.
        let is_late = deadline.is_over();
        for at in 0..hosts.len() {
            let Some(host) = hosts.get(at).filter(|host| self.wants(host, filing)) else {
                continue;
            };
            let Some(url) = page_of(host).and_then(|page| page.0.parse::<url::Url>().ok()) else {
                continue;
            };
            let earlier = hosts.iter().take(at).find(|other| is_same_page(other, host));
            let rendering = match earlier.and_then(|other| other.rendering.clone()) {
                Some(rendering) => rendering,
                None if is_late => Rendering::Failed(RenderFailure::Deadline),
                None => {
                    let when = jiff::Timestamp::now();
                    // Few sites are shown; none of the others is to hold the room for it.
                    match Box::pin(browsers.show(&url, &self.fetcher, names, &mut own)).await {
                        Ok(mut shown) => {
                            let shot = Shot {
                                host: host.host.clone(),
                                url: shown.rendered.url.clone(),
                                at: when,
                                document: shown.html.into_bytes(),
                                picture: shown.screenshot,
                            };
                            let kept = fit(shot, &mut room);
                            shown.rendered.screenshot =
                                kept.as_ref().is_some_and(|shot| shot.picture.is_some());
                            shots.extend(kept);
                            Rendering::Shown(Box::new(shown.rendered))
                        }
                        Err(failure) => Rendering::Failed(failure),
                    }
                }
            };
            if let Some(host) = hosts.get_mut(at) {
                host.rendering = Some(rendering);
            }
        }
        shots
    }

    /// Without the browser built in, nothing is rendered.
    #[cfg(not(feature = "browser"))]
    pub(super) async fn render(
        &self,
        _: Option<&Filing>,
        _: &mut [HostEvidence],
        _: &Names<'_>,
        _: Deadline,
    ) -> Vec<Shot> {
        Vec::new()
    }

    /// Showing pages is work of this machine: it has a time of its own beside the site's.
    #[cfg(feature = "browser")]
    fn rendering_deadline(&self) -> Deadline {
        const READING: Duration = Duration::from_secs(60);
        let page = self.options.browser.as_ref().map_or(READING, |b| b.timeout + READING);
        Deadline::new(self.options.deadline.max(page), self.options.timeout)
    }

    #[cfg(feature = "browser")]
    fn wants(&self, host: &HostEvidence, filing: Option<&Filing>) -> bool {
        use super::wanted::wants_browser;
        match self.options.render {
            Render::Never => false,
            Render::Auto => wants_browser(host, filing),
            Render::Always => {
                wants_browser(host, filing) || page_of(host).is_some_and(|page| page.1)
            }
        }
    }

    /// Whether a walk left open what a browser may settle, and pages are looked at through one.
    #[cfg(feature = "browser")]
    pub fn wants_to_show(&self, attempt: &Attempt) -> bool {
        match self.options.render {
            Render::Never => false,
            Render::Auto => super::wanted::wanted_of(attempt, None),
            Render::Always => true,
        }
    }

    /// Without the browser built in, nothing is rendered.
    #[cfg(not(feature = "browser"))]
    pub fn wants_to_show(&self, _: &Attempt) -> bool {
        false
    }

    /// Ends what the probe has started. Without it, the system ends it with us.
    pub async fn close(&self) {
        #[cfg(feature = "browser")]
        if let Some(browsers) = &self.browsers {
            browsers.close().await;
        }
    }

    /// Shows one page through the browser; nothing where there is none.
    pub async fn show(&self, url: url::Url) -> Option<Look> {
        use crate::evidence::{End, Evidence, Failure, Hop, HopKind, Role, Visit};
        let deadline = Deadline::new(self.options.deadline, self.options.timeout);
        let names = Names::new(&self.resolvers, &self.places);
        let hop = Hop::to(url.as_str(), HopKind::Start);
        // A page of which only the address is known, as behind a handshake that failed.
        let attempt = Attempt { hops: vec![hop], end: End::Failed(Failure::TlsHandshake) };
        let visit = Visit { looks: 1, https: Some(attempt), http: None };
        let host = url.host_str().unwrap_or_default().to_owned();
        let host = HostEvidence {
            visit: Some(visit),
            ..HostEvidence::of_dns(host, Role::Apex, Default::default())
        };
        let mut hosts = vec![host];
        let shots = self.render(None, &mut hosts, &names, deadline).await;
        hosts.first()?.rendering.as_ref()?;
        let evidence = Evidence { hosts, ..Evidence::default() };
        Some(Look { evidence, exchanges: Vec::new(), shots })
    }
}

/// A shot as far as there is room: without its picture where that is too much, and not at all
/// where the document is.
#[cfg(feature = "browser")]
fn fit(mut shot: Shot, room: &mut usize) -> Option<Shot> {
    let host = shot.host.as_str();
    let left = room.checked_sub(shot.document.len());
    let Some(left) = left else {
        tracing::info!(host, "no room is left to keep a page as evidence");
        return None;
    };
    *room = left;
    let picture = shot.picture.as_ref().map_or(0, Vec::len);
    match room.checked_sub(picture) {
        Some(left) => *room = left,
        None => {
            tracing::info!(host, "no room is left to keep a picture of a page as evidence");
            shot.picture = None;
        }
    }
    Some(shot)
}

/// The address of a host's page, and whether there was one.
#[cfg(feature = "browser")]
fn page_of(host: &HostEvidence) -> Option<(&str, bool)> {
    let best = host.visit.as_ref()?.best()?;
    let is_page = best.answer().is_some_and(|answer| answer.page.is_some());
    Some((best.last_url(), is_page))
}

/// Whether two hosts lead to one page: the same address, or the same bytes at the apex and
/// at www.
#[cfg(feature = "browser")]
fn is_same_page(one: &HostEvidence, other: &HostEvidence) -> bool {
    let end = |host: &HostEvidence| {
        let best = host.visit.as_ref()?.best()?;
        let digest = best.answer().map(|answer| answer.digest.clone());
        Some((best.last_url().to_owned(), digest))
    };
    let bare = |url: &str| {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        rest.strip_prefix("www.").unwrap_or(rest).to_owned()
    };
    match (end(one), end(other)) {
        (Some((one, _)), Some((other, _))) if one == other => true,
        (Some((one, Some(a))), Some((other, Some(b)))) => a == b && bare(&one) == bare(&other),
        _ => false,
    }
}

#[cfg(all(test, feature = "browser"))]
mod tests {
    use super::*;

    #[test]
    fn what_a_site_leaves_behind_has_an_end() {
        let shot = |document: usize, picture: usize| Shot {
            host: "site.example".to_owned(),
            url: "https://site.example/".to_owned(),
            at: jiff::Timestamp::UNIX_EPOCH,
            document: vec![0; document],
            picture: Some(vec![0; picture]),
        };
        let mut room = 100;
        let mut kept = |document, picture| {
            fit(shot(document, picture), &mut room)
                .map(|shot| (shot.document.len(), shot.picture.map(|picture| picture.len())))
        };
        assert_eq!(kept(40, 30), Some((40, Some(30))));
        assert_eq!(kept(20, 30), Some((20, None)));
        assert_eq!(kept(11, 0), None);
        assert_eq!(kept(5, 5), Some((5, Some(5))));
    }
}
