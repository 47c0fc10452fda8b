//! The browser's own protocol over two pipes: JSON messages, each ended by a zero byte.
//!
//! Pipes rather than a WebSocket: no port stands open for others on this machine, and the
//! browser ends by itself when our end closes, however we end.

use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    sync::{broadcast, oneshot},
    task::JoinHandle,
    time::timeout,
};

/// Bytes of one message: a document, each of its letters in six, or a picture.
const MAX_MESSAGE: usize = 48 << 20;

/// Bytes of a longer one that are kept, to tell whose it is.
const BEGINNING: usize = 4 << 10;

/// Events that a slow listener may lag behind.
const BACKLOG: usize = 8_192;

/// Why a command came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    /// The browser ended, or spoke what is no protocol.
    #[error("the browser is gone")]
    Gone,
    /// No answer in time.
    #[error("the browser does not answer")]
    Late,
    /// The browser would not.
    #[error("the browser refused: {0}")]
    Refused(String),
    /// A script of ours met what it does not expect of a page.
    #[error("a page could not be read: {0}")]
    Threw(String),
}

/// Something that the browser told without being asked.
#[derive(Debug)]
pub(super) struct Event {
    /// The session that it belongs to; `None` for the browser as a whole.
    pub(super) session: Option<String>,
    pub(super) method: String,
    pub(super) params: Value,
}

/// The method of the event that is the last one: the browser is gone.
pub(super) const GONE: &str = "beian.gone";

/// The method of the event that stands for a request too long to be told of; its only
/// parameter is the number of the request.
pub(super) const OVERLONG: &str = "beian.overlong";

type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<Result<Value, Fault>>>>>;

/// A connection to a browser.
pub(super) struct Cdp {
    next: AtomicU64,
    out: tokio::sync::Mutex<Box<dyn AsyncWrite + Send + Unpin>>,
    waiting: Waiting,
    events: broadcast::Sender<Arc<Event>>,
    reader: JoinHandle<()>,
}

impl Cdp {
    /// Speaks over these pipes.
    pub(super) fn over(
        input: impl AsyncWrite + Send + Unpin + 'static,
        output: impl AsyncRead + Send + Unpin + 'static,
    ) -> Cdp {
        let (events, _) = broadcast::channel(BACKLOG);
        let waiting = Waiting::default();
        let (to, answers) = (events.clone(), Arc::clone(&waiting));
        let reader = tokio::spawn(async move {
            read(BufReader::with_capacity(1 << 16, output), &answers, &to).await;
            // Whoever waits learns that nobody will answer.
            lock(&answers).clear();
            let gone = Event { session: None, method: GONE.to_owned(), params: Value::Null };
            let _ = to.send(Arc::new(gone));
        });
        let out = tokio::sync::Mutex::new(Box::new(input) as _);
        Cdp { next: AtomicU64::new(1), out, waiting, events, reader }
    }

    /// What the browser tells from now on.
    pub(super) fn events(&self) -> broadcast::Receiver<Arc<Event>> {
        self.events.subscribe()
    }

    /// Whether the browser has ended.
    pub(super) fn is_gone(&self) -> bool {
        self.reader.is_finished()
    }

    /// Sends a command and waits so long for its result.
    pub(super) async fn call(
        &self,
        session: Option<&str>,
        method: &str,
        params: Value,
        within: Duration,
    ) -> Result<Value, Fault> {
        let (answer, answered) = oneshot::channel();
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        lock(&self.waiting).insert(id, answer);
        let ask = async {
            self.send(id, session, method, params).await?;
            answered.await.unwrap_or(Err(Fault::Gone))
        };
        let result = if self.is_gone() { Err(Fault::Gone) } else { wait(within, ask).await };
        lock(&self.waiting).remove(&id);
        if result == Err(Fault::Late) {
            tracing::debug!(method, "the browser does not answer");
        }
        result
    }

    /// Sends a command whose result nobody needs.
    pub(super) async fn tell(&self, session: &str, method: &str, params: Value) {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        // Where the browser is gone, the event loop learns of it by itself.
        let _ = self.send(id, Some(session), method, params).await;
    }

    async fn send(
        &self,
        id: u64,
        session: Option<&str>,
        method: &str,
        params: Value,
    ) -> Result<(), Fault> {
        let mut message = json!({"id": id, "method": method, "params": params});
        if let (Some(session), Some(fields)) = (session, message.as_object_mut()) {
            fields.insert("sessionId".to_owned(), session.into());
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        let mut out = self.out.lock().await;
        out.write_all(&bytes).await.map_err(|_| Fault::Gone)?;
        out.flush().await.map_err(|_| Fault::Gone)
    }
}

impl Drop for Cdp {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

async fn wait<T>(
    within: Duration,
    what: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    timeout(within, what).await.unwrap_or(Err(Fault::Late))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads messages until the browser ends. Of one that is too long, as a page can bring about,
/// the rest is passed over: it fails whom it answers, and nobody else.
async fn read(
    mut from: impl tokio::io::AsyncBufRead + Unpin,
    waiting: &Waiting,
    events: &broadcast::Sender<Arc<Event>>,
) {
    let (mut message, mut length) = (Vec::new(), 0_usize);
    loop {
        let Ok(chunk) = from.fill_buf().await else { return };
        if chunk.is_empty() {
            return;
        }
        let end = chunk.iter().position(|byte| *byte == 0);
        let taken = end.unwrap_or(chunk.len());
        length = length.saturating_add(taken);
        if length <= MAX_MESSAGE {
            message.extend(chunk.iter().take(taken));
        } else if message.capacity() > BEGINNING {
            message.truncate(BEGINNING);
            message.shrink_to_fit();
        }
        from.consume(taken + usize::from(end.is_some()));
        if end.is_none() {
            continue;
        }
        let whole = std::mem::take(&mut message);
        if std::mem::take(&mut length) > MAX_MESSAGE {
            tracing::debug!("a message of the browser is too long");
            pass_over(&whole, waiting, events);
        } else if let Ok(message) = serde_json::from_slice(&whole) {
            deliver(message, waiting, events);
        }
    }
}

/// Tells whom it concerns of a message of which only the beginning is there. The browser
/// writes the number of a call, and of a request, before what may be long.
fn pass_over(beginning: &[u8], waiting: &Waiting, events: &broadcast::Sender<Arc<Event>>) {
    const PAUSED: &str = "{\"method\":\"Fetch.requestPaused\",\"params\":{\"requestId\":\"";
    let beginning = String::from_utf8_lossy(beginning);
    if let Some(rest) = beginning.strip_prefix("{\"id\":") {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let caller = digits.parse().ok().and_then(|id| lock(waiting).remove(&id));
        if let Some(answer) = caller {
            let _ = answer.send(Err(Fault::Refused("an answer of too many bytes".to_owned())));
        }
    } else if let Some((request, _)) =
        beginning.strip_prefix(PAUSED).and_then(|rest| rest.split_once('"'))
    {
        let params = json!({"requestId": request});
        let event = Event { session: None, method: OVERLONG.to_owned(), params };
        let _ = events.send(Arc::new(event));
    }
}

fn deliver(mut message: Value, waiting: &Waiting, events: &broadcast::Sender<Arc<Event>>) {
    let mut take = |name: &str| message.get_mut(name).map(Value::take);
    if let Some(id) = take("id").and_then(|id| id.as_u64()) {
        let result = match (take("error"), take("result")) {
            (Some(error), _) => {
                let why = error.get("message").and_then(Value::as_str).unwrap_or_default();
                Err(Fault::Refused(why.chars().take(200).collect()))
            }
            (None, result) => Ok(result.unwrap_or_default()),
        };
        if let Some(answer) = lock(waiting).remove(&id) {
            let _ = answer.send(result);
        }
        return;
    }
    if let Some(Value::String(method)) = take("method") {
        let session = take("sessionId").and_then(|s| s.as_str().map(str::to_owned));
        let params = take("params").unwrap_or_default();
        // Nobody listens between two visits.
        let _ = events.send(Arc::new(Event { session, method, params }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, duplex, split};

    #[tokio::test]
    async fn answers_find_their_question_and_events_their_listener() {
        let (ours, theirs) = duplex(1 << 16);
        let (output, input) = split(ours);
        let cdp = Cdp::over(input, output);
        let mut events = cdp.events();
        let (mut read, mut write) = split(theirs);
        let browser = tokio::spawn(async move {
            let mut asked = vec![0; 4096];
            let length = read.read(&mut asked).await.unwrap();
            assert_eq!(asked[length - 1], 0);
            let asked: Value = serde_json::from_slice(&asked[..length - 1]).unwrap();
            assert_eq!((&asked["method"], &asked["sessionId"]), (&json!("A.b"), &json!("S")));
            let id = &asked["id"];
            let sent = format!(
                "{}\0{}\0",
                json!({"method": "C.d", "sessionId": "S", "params": {"e": 1}}),
                json!({"id": id, "result": {"f": 2}})
            );
            write.write_all(sent.as_bytes()).await.unwrap();
            write
        });
        let second = Duration::from_secs(1);
        let result = cdp.call(Some("S"), "A.b", json!({}), second).await;
        assert_eq!(result, Ok(json!({"f": 2})));
        let event = events.recv().await.unwrap();
        assert_eq!((event.method.as_str(), event.session.as_deref()), ("C.d", Some("S")));
        drop(browser.await.unwrap());
        let gone = events.recv().await.unwrap();
        assert_eq!(gone.method, GONE);
        assert_eq!(cdp.call(None, "A.b", json!({}), second).await, Err(Fault::Gone));
    }

    #[tokio::test]
    async fn a_message_that_is_too_long_fails_whom_it_answers_and_nobody_else() {
        let (ours, theirs) = duplex(1 << 20);
        let (output, input) = split(ours);
        let cdp = Cdp::over(input, output);
        let mut events = cdp.events();
        let (mut read, mut write) = split(theirs);
        let browser = tokio::spawn(async move {
            let mut asked = vec![0; 4096];
            assert!(read.read(&mut asked).await.unwrap() > 0);
            let long = vec![b'x'; MAX_MESSAGE];
            for before in [
                "{\"method\":\"Fetch.requestPaused\",\"params\":{\"requestId\":\"r-1\",\"request\":\"",
                "{\"id\":1,\"result\":\"",
            ] {
                write.write_all(before.as_bytes()).await.unwrap();
                write.write_all(&long).await.unwrap();
                write.write_all(b"\"}\0").await.unwrap();
            }
            write.write_all(b"{\"method\":\"C.d\",\"params\":{}}\0").await.unwrap();
            (read, write)
        });
        let result = cdp.call(None, "A.b", json!({}), Duration::from_secs(60)).await;
        assert!(matches!(result, Err(Fault::Refused(_))), "{result:?}");
        let event = events.recv().await.unwrap();
        assert_eq!(
            (event.method.as_str(), &event.params),
            (OVERLONG, &json!({"requestId": "r-1"}))
        );
        assert_eq!(events.recv().await.unwrap().method, "C.d");
        assert!(!cdp.is_gone());
        drop(browser.await.unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn a_browser_that_does_not_answer_is_not_waited_for() {
        let (ours, _theirs) = duplex(1 << 16);
        let (output, input) = split(ours);
        let cdp = Cdp::over(input, output);
        let result = cdp.call(None, "A.b", json!({}), Duration::from_secs(5)).await;
        assert_eq!(result, Err(Fault::Late));
        assert!(lock(&cdp.waiting).is_empty());
    }
}
