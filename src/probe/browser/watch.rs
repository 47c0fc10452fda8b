//! What happens while a page is shown: requests, dialogues, downloads, new windows. Whatever
//! wants an answer gets one here.

use super::cdp::{Cdp, Event, GONE};
use super::wait::Traffic;
use crate::evidence::RenderFailure;
use serde_json::{Value, json};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::broadcast, time::Instant};

/// Requests of one page.
const REQUESTS: u32 = 1_500;
/// Documents that one visit leads through; browsers follow 20 redirects.
const DOCUMENTS: u32 = 24;
/// Requests under way that are kept in mind.
const OPEN: usize = 2_000;

/// A page's session and what is known of it.
pub(super) struct Watch<'a> {
    cdp: &'a Cdp,
    session: String,
    /// The page's target, which is its main frame as well.
    target: String,
    context: String,
    pictures: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    open: HashSet<String>,
    moved: Option<Instant>,
    requests: u32,
    documents: u32,
    status: Option<u16>,
    download: bool,
    /// Requests refused for their scheme.
    refused: u32,
    /// Scripts and style sheets that did not come.
    missing: HashSet<String>,
}

impl State {
    fn miss(&mut self, request: &str) {
        if self.missing.len() < OPEN {
            self.missing.insert(request.to_owned());
        }
    }
}

/// Whether a page without a request of this kind may look otherwise.
fn makes_looks(kind: &str) -> bool {
    matches!(kind, "Stylesheet" | "Script")
}

impl<'a> Watch<'a> {
    pub(super) fn new(
        cdp: &'a Cdp,
        session: String,
        target: String,
        context: String,
        pictures: bool,
    ) -> Watch<'a> {
        Watch { cdp, session, target, context, pictures, state: Mutex::default() }
    }

    /// The status of the last main document.
    pub(super) fn status(&self) -> Option<u16> {
        self.state().status
    }

    /// Whether the page turned out to be a download.
    pub(super) fn is_download(&self) -> bool {
        self.state().download
    }

    pub(super) fn refused(&self) -> u32 {
        self.state().refused
    }

    /// Scripts and style sheets of the page that did not come.
    pub(super) fn missing(&self) -> u32 {
        u32::try_from(self.state().missing.len()).unwrap_or(u32::MAX)
    }

    /// Whether the page leads on without end.
    pub(super) fn is_endless(&self) -> bool {
        self.state().documents > DOCUMENTS
    }

    pub(super) fn traffic(&self) -> Traffic {
        let state = self.state();
        let still = state.moved.map_or(Duration::MAX, |moved| moved.elapsed());
        Traffic { open: state.open.len(), still }
    }

    /// Answers events until the page or the browser ends, and says how.
    pub(super) async fn follow(
        &self,
        mut events: broadcast::Receiver<Arc<Event>>,
    ) -> RenderFailure {
        loop {
            let event = match events.recv().await {
                Ok(event) => event,
                Err(broadcast::error::RecvError::Closed) => return RenderFailure::Browser,
                // So many events at once that requests have been missed.
                Err(broadcast::error::RecvError::Lagged(_)) => return RenderFailure::TooLarge,
            };
            if event.method == GONE {
                return RenderFailure::Browser;
            }
            if event.session.is_none() {
                if let Some(failure) = self.of_browser(&event).await {
                    return failure;
                }
            } else if event.session.as_deref() == Some(&self.session) {
                self.of_page(&event).await;
            }
        }
    }

    async fn of_browser(&self, event: &Event) -> Option<RenderFailure> {
        let text = |name: &str| event.params.get(name).and_then(Value::as_str).unwrap_or_default();
        match event.method.as_str() {
            "Target.targetCrashed" if text("targetId") == self.target => {
                // A page without bounds meets the browser's.
                let ended = text("status").contains("oom") || text("status") == "crashed";
                Some(if ended { RenderFailure::TooLarge } else { RenderFailure::Browser })
            }
            "Browser.downloadWillBegin" if text("frameId") == self.target => {
                self.state().download = true;
                None
            }
            "Target.targetCreated" => {
                let info = event.params.get("targetInfo")?;
                let of = |name: &str| info.get(name).and_then(Value::as_str).unwrap_or_default();
                let is_window = of("type") == "page" && of("targetId") != self.target;
                if is_window && of("browserContextId") == self.context {
                    let close = json!({"targetId": of("targetId")});
                    let within = Duration::from_secs(2);
                    let _ = self.cdp.call(None, "Target.closeTarget", close, within).await;
                }
                None
            }
            _ => None,
        }
    }

    async fn of_page(&self, event: &Event) {
        let params = &event.params;
        let text = |name: &str| params.get(name).and_then(Value::as_str).unwrap_or_default();
        match event.method.as_str() {
            "Fetch.requestPaused" => self.decide(params).await,
            "Page.javascriptDialogOpening" => {
                // Leaving a page is granted, everything else is declined.
                let accept = text("type") == "beforeunload";
                let answer = json!({"accept": accept});
                self.cdp.tell(&self.session, "Page.handleJavaScriptDialog", answer).await;
            }
            "Network.requestWillBeSent" => {
                if matches!(text("type"), "Document" | "Stylesheet" | "Script" | "XHR" | "Fetch") {
                    let mut state = self.state();
                    state.moved = Some(Instant::now());
                    if state.open.len() < OPEN {
                        state.open.insert(text("requestId").to_owned());
                    }
                }
            }
            "Network.loadingFinished" | "Network.loadingFailed" => {
                let mut state = self.state();
                if event.method.ends_with("Failed") && makes_looks(text("type")) {
                    state.miss(text("requestId"));
                }
                if state.open.remove(text("requestId")) {
                    state.moved = Some(Instant::now());
                }
            }
            "Network.responseReceived" if makes_looks(text("type")) => {
                let status = params.pointer("/response/status").and_then(Value::as_u64);
                if status.is_some_and(|status| status >= 400) {
                    self.state().miss(text("requestId"));
                }
            }
            "Network.responseReceived"
                if text("type") == "Document" && text("frameId") == self.target =>
            {
                let status = params.pointer("/response/status").and_then(Value::as_u64);
                self.state().status = status.and_then(|status| u16::try_from(status).ok());
            }
            _ => {}
        }
    }

    /// Whether a request may be made.
    async fn decide(&self, params: &Value) {
        let text = |name: &str| params.get(name).and_then(Value::as_str).unwrap_or_default();
        let url = params.pointer("/request/url").and_then(Value::as_str).unwrap_or_default();
        let is_web = ["http:", "https:", "data:", "blob:", "ws:", "wss:"]
            .iter()
            .any(|scheme| url.starts_with(scheme));
        let kind = text("resourceType");
        let is_wanted = match kind {
            "Image" | "Font" => self.pictures,
            "Media" | "Ping" | "Prefetch" | "CSPViolationReport" | "TextTrack" => false,
            _ => true,
        };
        let allowed = {
            let mut state = self.state();
            state.requests += 1;
            if !is_web {
                state.refused += 1;
            }
            if kind == "Document" && text("frameId") == self.target {
                state.documents += 1;
                // What the page before this one asked for is not missed.
                state.missing.clear();
            }
            is_web && is_wanted && state.requests <= REQUESTS && state.documents <= DOCUMENTS
        };
        let id = text("requestId");
        let (method, answer) = match allowed {
            true => ("Fetch.continueRequest", json!({"requestId": id})),
            false => {
                ("Fetch.failRequest", json!({"requestId": id, "errorReason": "BlockedByClient"}))
            }
        };
        self.cdp.tell(&self.session, method, answer).await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
