//! The browsers of a run: as many as its width, started when one is needed, each ended and
//! replaced after some pages, or when it fails.

use super::Shown;
use super::memory::overflow;
use super::process::Chromium;
use super::profile;
use super::proxy::Proxy;
use super::visit::visit;
use crate::evidence::RenderFailure;
use crate::metrics::Stage;
use crate::probe::{BrowserOptions, deadline::Deadline, dns::Names, fetch::Fetcher, turn};
use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::Semaphore,
    task::spawn_blocking,
    time::{sleep, timeout},
};
use url::Url;

/// Reading, measuring and a picture come on top of a page's time.
const AFTERWARDS: Duration = Duration::from_secs(60);
/// How long the end of a run waits for the folders of browsers that were given up.
const FAREWELL: Duration = Duration::from_secs(5);

/// The browsers of a run.
pub(in crate::probe) struct Browsers {
    options: BrowserOptions,
    seats: Semaphore,
    idle: Mutex<Vec<Chromium>>,
    /// It was said that none starts.
    complained: AtomicBool,
    /// It was said that there is no sandbox.
    warned: AtomicBool,
    /// What earlier runs have left behind is removed.
    swept: AtomicBool,
}

impl Browsers {
    /// None is started before there is something to show.
    pub(in crate::probe) fn new(options: BrowserOptions) -> Browsers {
        let seats = Semaphore::new(options.width.max(1));
        Browsers {
            options,
            seats,
            idle: Mutex::default(),
            complained: AtomicBool::default(),
            warned: AtomicBool::default(),
            swept: AtomicBool::default(),
        }
    }

    /// Shows a page, once more in a fresh browser where the first one failed, or did not answer:
    /// that may be this machine. The wait for a free browser is given back.
    pub(in crate::probe) async fn show(
        &self,
        url: &Url,
        fetcher: &Fetcher,
        names: &Names<'_>,
        deadline: &mut Deadline,
    ) -> Result<Shown, RenderFailure> {
        let seat = deadline.wait(turn::wait(None, false, self.seats.acquire())).await;
        let _step = turn::step(Stage::Render, url.host_str().unwrap_or_default());
        let mut shown = Err(RenderFailure::Browser);
        for fresh in [false, true] {
            if deadline.is_over() {
                shown = Err(RenderFailure::Deadline);
                break;
            }
            shown = self.show_once(url, fetcher, names, *deadline, fresh).await;
            if !matches!(shown, Err(RenderFailure::Browser | RenderFailure::Hung)) {
                break;
            }
        }
        drop(seat);
        let failure = shown.as_ref().err().map(|failure| failure.name());
        tracing::debug!(%url, failure, "rendered");
        shown
    }

    async fn show_once(
        &self,
        url: &Url,
        fetcher: &Fetcher,
        names: &Names<'_>,
        deadline: Deadline,
        fresh: bool,
    ) -> Result<Shown, RenderFailure> {
        let idle = if fresh { None } else { self.idle().pop() };
        let mut browser = match idle.filter(|browser| !browser.cdp.is_gone()) {
            Some(browser) => browser,
            None => self.start().await?,
        };
        let Ok(proxy) = Proxy::open(url, fetcher, names, deadline).await else {
            self.keep(browser).await;
            return Err(RenderFailure::Browser);
        };
        browser.pages += 1;
        let looking = visit(&browser, url, &proxy, &self.options);
        let within = self.options.timeout + AFTERWARDS;
        let memory = async {
            match browser.process() {
                Some(process) => overflow(process).await,
                None => std::future::pending().await,
            }
        };
        let looking = async {
            tokio::select! {
                looked = looking => looked,
                () = memory => (Err(RenderFailure::TooLarge), false),
            }
        };
        let looked = timeout(within, deadline.run(looking)).await;
        let (shown, fit) = match looked {
            Ok(Some(looked)) => looked,
            Ok(None) => (Err(RenderFailure::Deadline), false),
            Err(_) => (Err(RenderFailure::Hung), false),
        };
        match fit {
            true => self.keep(browser).await,
            false => browser.kill().await,
        }
        shown
    }

    async fn start(&self) -> Result<Chromium, RenderFailure> {
        let browser = Chromium::start(&self.options).await.map_err(|why| {
            if !self.complained.swap(true, Ordering::Relaxed) {
                tracing::warn!(%why, "the browser cannot be started; pages are judged without it");
            }
            RenderFailure::Browser
        })?;
        if browser.is_unguarded && !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "Chromium has no sandbox for the superuser: the scripts of every page run without \
                 one. Run as another user; or set browser.sandbox = false to say that you know"
            );
        }
        if let Some(home) = browser.home()
            && !self.swept.swap(true, Ordering::Relaxed)
        {
            let home = home.to_owned();
            let _ = spawn_blocking(move || profile::sweep(&home)).await;
        }
        Ok(browser)
    }

    async fn keep(&self, browser: Chromium) {
        if browser.pages >= self.options.recycle_after.max(1) {
            browser.close().await;
        } else {
            self.idle().push(browser);
        }
    }

    /// Ends all browsers.
    pub(in crate::probe) async fn close(&self) {
        let idle = std::mem::take(&mut *self.idle());
        for browser in idle {
            browser.close().await;
        }
        let _ = timeout(FAREWELL, async {
            while profile::are_leaving() {
                sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Chromium>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
