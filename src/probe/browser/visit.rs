//! One page in one browser, with a profile of its own.

use super::cdp::{Cdp, Fault};
use super::document::{self, Document};
use super::frames::{Frame, Session};
use super::process::Chromium;
use super::proxy::{Proxy, Reach};
use super::wait::{Patience, Pulse};
use super::watch::Watch;
use super::{Shown, layout::Size, measure, picture};
use crate::evidence::{Layout, RenderFailure, Rendered};
use crate::page::Mark;
use crate::probe::BrowserOptions;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};
use url::Url;

/// The window that a visitor at a desk has.
const WINDOW: (u32, u32) = (1366, 900);
/// A command that asks no script of the page.
pub(super) const COMMAND: Duration = Duration::from_secs(10);
/// A question to the page, whose scripts may be at work.
const QUESTION: Duration = Duration::from_secs(6);
/// Reading or measuring a whole document.
pub(super) const READING: Duration = Duration::from_secs(20);
const BETWEEN: Duration = Duration::from_millis(150);
/// What comes before the page is asked for waits for nobody but this machine.
const PREPARING: Duration = Duration::from_secs(30);
/// How long the browser may take to say what the proxy knows: that a host cannot be reached.
const NO_WAY: Duration = Duration::from_secs(4);
/// What the browser tells of its end comes about as soon as a command comes to nothing.
const LAST_WORD: Duration = Duration::from_millis(200);
/// Before what was not seen is looked at once more.
const SECOND_LOOK: Duration = Duration::from_millis(900);
/// Screens of a page that are scrolled through.
const SCREENS: u32 = 25;

/// Shows a page and reads it; gives back whether the browser is still fit for use.
pub(super) async fn visit(
    browser: &Chromium,
    url: &Url,
    proxy: &Proxy<'_>,
    options: &BrowserOptions,
) -> (Result<Shown, RenderFailure>, bool) {
    let cdp = &browser.cdp;
    let context = match open_context(cdp, proxy).await {
        Ok(context) => context,
        Err(fault) => return (Err(of_fault(&fault)), false),
    };
    let shown = in_context(browser, &context, url, proxy, options).await;
    let dispose = json!({"browserContextId": context});
    let disposed = cdp.call(None, "Target.disposeBrowserContext", dispose, COMMAND / 2).await;
    let fit =
        disposed.is_ok() && !matches!(shown, Err(RenderFailure::Browser | RenderFailure::Hung));
    (shown, fit)
}

async fn open_context(cdp: &Cdp, proxy: &Proxy<'_>) -> Result<String, Fault> {
    let at = proxy.address().map_err(|error| Fault::Refused(error.to_string()))?;
    let ask = json!({
        "proxyServer": format!("http://{at}"),
        "proxyBypassList": "<-loopback>",
        "disposeOnDetach": true,
    });
    let made = cdp.call(None, "Target.createBrowserContext", ask, PREPARING).await?;
    let context = text(&made, "/browserContextId");
    let deny = json!({
        "behavior": "deny", "browserContextId": context, "eventsEnabled": true,
    });
    cdp.call(None, "Browser.setDownloadBehavior", deny, PREPARING).await?;
    Ok(context)
}

async fn in_context(
    browser: &Chromium,
    context: &str,
    url: &Url,
    proxy: &Proxy<'_>,
    options: &BrowserOptions,
) -> Result<Shown, RenderFailure> {
    let cdp = &browser.cdp;
    let events = cdp.events();
    let failed = |fault: Fault| of_fault(&fault);
    cdp.call(None, "Target.setDiscoverTargets", json!({"discover": true}), PREPARING)
        .await
        .map_err(failed)?;
    let ask = json!({"url": "about:blank", "browserContextId": context});
    let made = cdp.call(None, "Target.createTarget", ask, PREPARING).await.map_err(failed)?;
    let target = text(&made, "/targetId");
    let ask = json!({"targetId": target, "flatten": true});
    let attached = cdp.call(None, "Target.attachToTarget", ask, PREPARING).await.map_err(failed)?;
    let session = text(&attached, "/sessionId");
    let watch = Watch::new(cdp, session.clone(), target, context.to_owned(), options.screenshots);
    let looking = Looking {
        session: Session::new(cdp, session),
        watch: &watch,
        proxy,
        options,
        agent: &browser.agent,
        frames: Vec::new(),
    };
    let end = watch.follow(events);
    tokio::pin!(end);
    // In this order: what was seen stands, also where the browser ends at the same moment.
    tokio::select! {
        biased;
        shown = looking.look(url) => match shown {
            // A command came to nothing: why, the browser may tell.
            Err(RenderFailure::Browser) => {
                Err(timeout(LAST_WORD, end).await.unwrap_or(RenderFailure::Browser))
            }
            shown => shown,
        },
        failure = &mut end => Err(failure),
        () = proxy.serve() => Err(RenderFailure::Browser),
    }
}

/// A look at one page.
struct Looking<'a> {
    session: Session<'a>,
    watch: &'a Watch<'a>,
    proxy: &'a Proxy<'a>,
    options: &'a BrowserOptions,
    agent: &'a str,
    frames: Vec<Frame>,
}

impl Looking<'_> {
    async fn look(mut self, url: &Url) -> Result<Shown, RenderFailure> {
        self.prepare().await.map_err(|fault| of_fault(&fault))?;
        let start = Instant::now();
        self.navigate(url).await?;
        let settled = self.settle(start).await?;
        let settled = self.scroll_through(start).await? && settled;
        self.read(settled).await
    }

    async fn prepare(&self) -> Result<(), Fault> {
        let (width, height) = WINDOW;
        for (method, params) in [
            ("Page.enable", json!({})),
            (
                "Network.enable",
                json!({"maxTotalBufferSize": 0, "maxResourceBufferSize": 0, "maxPostDataSize": 1}),
            ),
            ("Network.setBypassServiceWorker", json!({"bypass": true})),
            ("Fetch.enable", json!({"patterns": [{"urlPattern": "*"}]})),
            (
                "Emulation.setUserAgentOverride",
                json!({"userAgent": self.agent, "acceptLanguage": "zh-CN,zh,en"}),
            ),
            (
                "Emulation.setDeviceMetricsOverride",
                json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}),
            ),
        ] {
            self.session.call(method, params, PREPARING).await?;
        }
        Ok(())
    }

    async fn navigate(&self, url: &Url) -> Result<(), RenderFailure> {
        let ask = json!({"url": url.as_str()});
        let within = self.options.timeout;
        let host = url.host_str().unwrap_or_default();
        let gone = tokio::select! {
            gone = self.session.call("Page.navigate", ask, within) => gone,
            () = self.no_way(host) => return Err(self.why_not("", url)),
        };
        let gone = match gone {
            Ok(gone) => gone,
            Err(Fault::Late) => return Err(self.why_late(host)),
            Err(fault) => return Err(of_fault(&fault)),
        };
        let error = text(&gone, "/errorText");
        if error.is_empty() {
            return Ok(());
        }
        tracing::debug!(%url, %error, "a page could not be loaded");
        // The event may come a moment later than the answer.
        sleep(Duration::from_millis(50)).await;
        Err(self.why_not(&error, url))
    }

    /// Returns once it is certain that the host cannot be reached, whatever the browser, on a
    /// machine with much to do, has come to by then.
    async fn no_way(&self, host: &str) {
        loop {
            sleep(BETWEEN).await;
            if matches!(self.proxy.reach(host), Reach::Failed(since) if since >= NO_WAY) {
                return;
            }
        }
    }

    /// Why a page did not begin in time. Where the site has answered, or was not even asked,
    /// that is the browser's lateness.
    fn why_late(&self, host: &str) -> RenderFailure {
        match self.proxy.reach(host) {
            Reach::Silent | Reach::Failed(_) => RenderFailure::Unreachable,
            Reach::Unasked | Reach::Answered => RenderFailure::Hung,
        }
    }

    fn why_not(&self, error: &str, url: &Url) -> RenderFailure {
        let last = url.host_str().unwrap_or_default();
        match error {
            _ if self.watch.is_download() => RenderFailure::Download,
            _ if self.watch.is_endless() => RenderFailure::Redirects,
            "net::ERR_TOO_MANY_REDIRECTS" => RenderFailure::Redirects,
            _ if self.proxy.has_refused(last) || self.proxy.refused() > 0 => {
                RenderFailure::AddressRefused
            }
            _ if self.proxy.is_over_full() => RenderFailure::TooLarge,
            _ => RenderFailure::Unreachable,
        }
    }

    /// Waits until the page has shown what it has; false where the time was over before.
    async fn settle(&mut self, start: Instant) -> Result<bool, RenderFailure> {
        let mut patience = Patience::default();
        let mut late = 0;
        loop {
            if self.watch.is_endless() {
                return Err(RenderFailure::Redirects);
            }
            if self.watch.is_download() {
                return Err(RenderFailure::Download);
            }
            if self.proxy.is_over_full() {
                return Err(RenderFailure::TooLarge);
            }
            match self.pulse().await {
                Ok(pulse) => {
                    if patience.is_over(start.elapsed(), pulse, self.watch.traffic()) {
                        return Ok(true);
                    }
                }
                Err(Fault::Gone) => return Err(RenderFailure::Browser),
                // A script that does not end is ended, once or twice; what the page has shown
                // until then, it has shown.
                Err(Fault::Late) if late < 2 => {
                    late += 1;
                    let stop = "Runtime.terminateExecution";
                    let _ = self.session.call(stop, json!({}), QUESTION).await;
                }
                Err(Fault::Late) => return Err(RenderFailure::Hung),
                // On its way to another document.
                Err(Fault::Refused(_) | Fault::Threw(_)) => {}
            }
            if start.elapsed() >= self.options.timeout {
                return Ok(false);
            }
            sleep(BETWEEN).await;
        }
    }

    async fn pulse(&mut self) -> Result<Pulse, Fault> {
        #[derive(serde::Deserialize)]
        struct Told {
            #[serde(flatten)]
            pulse: Pulse,
            ready: String,
        }
        self.frames = self.session.frames(QUESTION).await?;
        let mut whole = Pulse { loaded: true, ..Pulse::default() };
        for frame in self.frames.clone() {
            let told = self.session.ask::<Told>(&frame, "beian.pulse()", QUESTION).await;
            match told {
                Ok(told) => {
                    let loaded = told.ready == "complete" || !frame.own;
                    whole = whole.and(Pulse { loaded, ..told.pulse });
                }
                // A frame may come and go; the page itself must be there.
                Err(Fault::Refused(_) | Fault::Threw(_)) if frame.parent.is_some() => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(whole)
    }

    /// Goes down the page and back, so that what waits for a reader is shown.
    async fn scroll_through(&mut self, start: Instant) -> Result<bool, RenderFailure> {
        // It has not answered once.
        let Some(main) = self.frames.first().cloned() else { return Err(RenderFailure::Hung) };
        for step in 1..=SCREENS {
            let ask = format!("beian.scrollTo({step})");
            let more = self.session.ask::<bool>(&main, &ask, QUESTION).await;
            if !more.unwrap_or_default() || start.elapsed() >= self.options.timeout {
                break;
            }
            sleep(Duration::from_millis(40)).await;
            self.painted(&main).await;
        }
        let left = self.options.timeout.saturating_sub(start.elapsed());
        let more = Instant::now() + left.min(Duration::from_secs(4));
        self.stand_still(more).await
    }

    /// Waits until the page has been painted: who observes what is in view knows it by then.
    async fn painted(&mut self, main: &Frame) {
        let painted = self.session.ask::<bool>(main, "beian.painted()", QUESTION).await;
        if let Err(fault) = painted {
            tracing::debug!(%fault, "no telling when a page is painted");
        }
    }

    /// Waits for what the scrolling has set going.
    async fn stand_still(&mut self, until: Instant) -> Result<bool, RenderFailure> {
        // What has not come by then was under way before.
        const GRACE: Duration = Duration::from_millis(1_500);
        let (mut before, start) = (None, Instant::now());
        loop {
            match self.pulse().await {
                Ok(pulse) => {
                    let same = before == Some((pulse.elements, pulse.sum));
                    let quiet = self.watch.traffic().open == 0 || start.elapsed() >= GRACE;
                    if same && quiet {
                        return Ok(true);
                    }
                    before = Some((pulse.elements, pulse.sum));
                }
                Err(Fault::Refused(_) | Fault::Threw(_)) => before = None,
                Err(fault) => return Err(of_fault(&fault)),
            }
            if self.proxy.is_over_full() {
                return Err(RenderFailure::TooLarge);
            }
            if Instant::now() >= until {
                return Ok(false);
            }
            sleep(Duration::from_millis(200)).await;
        }
    }

    async fn read(mut self, settled: bool) -> Result<Shown, RenderFailure> {
        let failed = |fault: Fault| of_fault(&fault);
        self.frames = self.session.frames(QUESTION).await.map_err(failed)?;
        self.session.tell_hidden(&self.frames, COMMAND).await.map_err(failed)?;
        let document = document::take(&mut self.session, &self.frames).await.map_err(failed)?;
        if document.url.starts_with("chrome-error:") {
            let url = Url::parse(&document.url).map_err(|_| RenderFailure::Unreachable)?;
            return Err(self.why_not("", &url));
        }
        // Back where the window began: nothing that a visitor of the site would have come from.
        if document.url.starts_with("about:") {
            return Err(RenderFailure::Unreadable);
        }
        let Document { url, html, mut page, marks, frames } = document;
        let size = measure::size(&mut self.session, &self.frames).await.map_err(failed)?;
        let numbers = self.measure(&marks, size).await.map_err(failed)?;
        for (number, layout) in page.record_numbers.iter_mut().zip(&numbers) {
            measure::correct(number, layout);
        }
        let screenshot = match self.options.screenshots {
            true => picture::take(&mut self.session, &self.frames, size).await,
            false => None,
        };
        let rendered = Rendered {
            url,
            status: self.watch.status(),
            page,
            width: size.width as u32,
            height: size.height as u32,
            numbers,
            frames,
            settled,
            refused: self.proxy.refused().saturating_add(self.watch.refused()),
            missing: self.watch.missing(),
            screenshot: screenshot.is_some(),
        };
        Ok(Shown { rendered, html, screenshot })
    }

    /// How the numbers are laid out. One that is not seen is looked at once more, now that it
    /// has been brought into view.
    async fn measure(&mut self, marks: &[Vec<Mark>], size: Size) -> Result<Vec<Layout>, Fault> {
        let first = measure::numbers(&mut self.session, &self.frames, marks, size).await?;
        let Some(main) = self.frames.first().cloned().filter(|_| measure::are_in_doubt(&first))
        else {
            return Ok(first);
        };
        sleep(SECOND_LOOK).await;
        self.painted(&main).await;
        match measure::numbers(&mut self.session, &self.frames, marks, size).await {
            Ok(second) => Ok(measure::better(first, second)),
            Err(Fault::Refused(_) | Fault::Threw(_)) => Ok(first),
            Err(fault) => Err(fault),
        }
    }
}

fn of_fault(fault: &Fault) -> RenderFailure {
    match fault {
        Fault::Gone => RenderFailure::Browser,
        Fault::Late => RenderFailure::Hung,
        // No other browser would read it better.
        Fault::Threw(_) => RenderFailure::Unreadable,
        Fault::Refused(why) => {
            tracing::debug!(%why, "the browser refused");
            RenderFailure::Browser
        }
    }
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}
