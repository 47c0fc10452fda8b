//! How far a request has come: connecting, in the handshake, waiting for the answer.
//!
//! The HTTP client tells only that something failed. The stage at that moment says whether
//! nobody listens, the handshake broke, or the server had the request and hung up.

use crate::metrics;
use crate::probe::turn::{self, Step};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::{
    future::Future,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};
use tokio::time::Instant;
use tower_layer::Layer;
use tower_service::Service;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Connect,
    Handshake,
    Answer,
}

/// The stage of a client's request and when it began.
#[derive(Clone, Debug)]
pub(super) struct Progress(Arc<Mutex<At>>);

#[derive(Debug)]
struct At {
    stage: Stage,
    since: Instant,
    /// The same for those who watch the run.
    step: Option<Step>,
}

impl Progress {
    pub(super) fn new() -> Progress {
        let at = At { stage: Stage::Answer, since: Instant::now(), step: None };
        Progress(Arc::new(Mutex::new(at)))
    }

    /// A new request: on a kept connection it is the answer that we wait for at once.
    pub(super) fn start(&self, host: &str) {
        let step = Some(turn::step(metrics::Stage::FirstByte, host));
        *self.lock() = At { stage: Stage::Answer, since: Instant::now(), step };
    }

    /// The head of the answer has come, or none will.
    pub(super) fn end(&self) {
        self.lock().step = None;
    }

    pub(super) fn handshake(&self) {
        self.set(Stage::Handshake);
    }

    pub(super) fn now(&self) -> (Stage, Instant) {
        let at = self.lock();
        (at.stage, at.since)
    }

    fn set(&self, stage: Stage) {
        let mut at = self.lock();
        (at.stage, at.since) = (stage, Instant::now());
        if let Some(step) = &at.step {
            step.turns_to(match stage {
                Stage::Connect => metrics::Stage::Connect,
                Stage::Handshake => metrics::Stage::Tls,
                Stage::Answer => metrics::Stage::FirstByte,
            });
        }
    }

    fn lock(&self) -> MutexGuard<'_, At> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Marks the begin and the end of connecting; around the client's connector.
#[derive(Clone)]
pub(super) struct Watch(pub(super) Progress);

#[derive(Clone)]
pub(super) struct Watched<S> {
    inner: S,
    progress: Progress,
}

impl<S> Layer<S> for Watch {
    type Service = Watched<S>;

    fn layer(&self, inner: S) -> Watched<S> {
        Watched { inner, progress: self.0.clone() }
    }
}

impl<S, Target> Service<Target> for Watched<S>
where
    S: Service<Target>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, target: Target) -> Self::Future {
        self.progress.set(Stage::Connect);
        let (progress, connecting) = (self.progress.clone(), self.inner.call(target));
        Box::pin(async move {
            let connection = connecting.await?;
            progress.set(Stage::Answer);
            Ok(connection)
        })
    }
}

/// Hands the client the one socket that the hop loop has chosen, so that nothing can change
/// between the guard's look at the address and the connection.
#[derive(Clone, Default)]
pub(super) struct Pinned {
    chosen: Arc<Mutex<Option<(String, SocketAddr)>>>,
    proxy: Option<String>,
}

impl Pinned {
    pub(super) fn new(proxy: Option<String>) -> Pinned {
        Pinned { chosen: Arc::default(), proxy }
    }

    pub(super) fn choose(&self, host: &str, socket: SocketAddr) {
        let chosen = Some((host.to_owned(), socket));
        *self.chosen.lock().unwrap_or_else(PoisonError::into_inner) = chosen;
    }
}

impl Resolve for Pinned {
    fn resolve(&self, name: Name) -> Resolving {
        let chosen = self.chosen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let proxy = self.proxy.clone();
        Box::pin(async move {
            // The proxy is the operator's choice: the system resolves it.
            if proxy.is_some_and(|proxy| proxy.eq_ignore_ascii_case(name.as_str())) {
                let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
                let found: Vec<SocketAddr> = found.collect();
                return Ok(Box::new(found.into_iter()) as Addrs);
            }
            match chosen {
                Some((host, socket)) if host.eq_ignore_ascii_case(name.as_str()) => {
                    Ok(Box::new(std::iter::once(socket)) as Addrs)
                }
                _ => Err(format!("no address was chosen for {}", name.as_str()).into()),
            }
        })
    }
}
