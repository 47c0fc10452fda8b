//! Politeness: how many requests at a time to one host, to one address and in all, and how
//! many a second. One address may serve thousands of the listed sites, so hosts alone would
//! not do.

use super::turn::{self, Crowd};
use governor::{
    Quota, RateLimiter,
    clock::Clock,
    middleware::NoOpMiddleware,
    state::{InMemoryState, NotKeyed},
};
use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

/// The limits of a run.
pub(crate) struct Pace {
    hosts: Arc<Table<String>>,
    addresses: Arc<Table<IpAddr>>,
    all: Arc<Semaphore>,
    rate: Option<Limiter>,
}

/// Requests at a time, and how many a second; `None` for as many as the widths allow.
pub(crate) struct Widths {
    pub(crate) host: usize,
    pub(crate) address: usize,
    pub(crate) all: usize,
    pub(crate) rate: Option<u32>,
}

/// Leave for one request; given back on drop.
pub(crate) struct Leave {
    _host: Seat<String>,
    _address: Option<Seat<IpAddr>>,
    _all: Option<OwnedSemaphorePermit>,
}

impl Pace {
    pub(crate) fn new(widths: Widths) -> Pace {
        Pace {
            hosts: Arc::new(Table::new(widths.host)),
            addresses: Arc::new(Table::new(widths.address)),
            all: Arc::new(Semaphore::new(widths.all.clamp(1, Semaphore::MAX_PERMITS))),
            rate: widths.rate.and_then(NonZeroU32::new).map(limiter),
        }
    }

    /// Waits until a request to this host at this address, where it is known, may be sent.
    /// Always host before address before all, so that no two requests wait for each other; and
    /// whoever waits for a crowded host or address takes none of the room of all.
    pub(crate) async fn leave(&self, host: &str, address: Option<IpAddr>) -> Leave {
        let host = Table::seat(&self.hosts, host.to_owned()).await;
        let address = match address {
            Some(address) => Some(Table::seat(&self.addresses, address).await),
            None => None,
        };
        if let Some(rate) = &self.rate {
            while let Err(not_until) = rate.check() {
                tokio::time::sleep(not_until.wait_time_from(rate.clock().now())).await;
            }
        }
        // It is never closed.
        let all = Arc::clone(&self.all).acquire_owned().await.ok();
        Leave { _host: host, _address: address, _all: all }
    }
}

/// For each seat, so many may wait before others are put off: those who wait hold what they
/// have seen so far, and more of them would not make it faster.
const LINE: usize = 4;

/// Lines by key. One lives as long as somebody sits or waits there.
struct Table<K> {
    width: usize,
    lines: Mutex<HashMap<K, Weak<Line>>>,
}

/// Those who want the same host or address.
struct Line {
    seats: Arc<Semaphore>,
    waiting: AtomicUsize,
}

struct Seat<K: Hash + Eq> {
    table: Arc<Table<K>>,
    key: K,
    line: Option<Arc<Line>>,
    permit: Option<OwnedSemaphorePermit>,
}

impl<K: Hash + Eq + Clone> Table<K> {
    fn new(width: usize) -> Table<K> {
        Table { width: width.max(1), lines: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Weak<Line>>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn seat(table: &Arc<Table<K>>, key: K) -> Seat<K> {
        let line = table.line(&key);
        let crowd = Crowd::of(&key);
        // The seat exists while we wait, so that giving up the wait cleans up as well.
        let mut seat =
            Seat { table: Arc::clone(table), key, line: Some(Arc::clone(&line)), permit: None };
        seat.permit = match Arc::clone(&line.seats).try_acquire_owned() {
            Ok(permit) => {
                turn::join(crowd);
                Some(permit)
            }
            Err(_) => {
                let seats = Arc::clone(&line.seats);
                let before = Before::join(line);
                let is_long = before.0 >= LINE * table.width;
                // It is never closed, so there is always a permit in the end.
                turn::wait(Some(crowd), is_long, seats.acquire_owned()).await.ok()
            }
        };
        seat
    }

    fn line(&self, key: &K) -> Arc<Line> {
        let mut lines = self.lock();
        let kept = lines.get(key).and_then(Weak::upgrade);
        kept.unwrap_or_else(|| {
            let seats = Arc::new(Semaphore::new(self.width));
            let fresh = Arc::new(Line { seats, waiting: AtomicUsize::new(0) });
            lines.insert(key.clone(), Arc::downgrade(&fresh));
            fresh
        })
    }
}

/// How many wait before one who waits.
struct Before(usize, Arc<Line>);

impl Before {
    fn join(line: Arc<Line>) -> Before {
        Before(line.waiting.fetch_add(1, SeqCst), line)
    }
}

impl Drop for Before {
    fn drop(&mut self) {
        self.1.waiting.fetch_sub(1, SeqCst);
    }
}

impl<K: Hash + Eq> Drop for Seat<K> {
    fn drop(&mut self) {
        let mut lines = self.table.lines.lock().unwrap_or_else(PoisonError::into_inner);
        self.permit.take();
        self.line.take();
        if lines.get(&self.key).is_some_and(|weak| weak.strong_count() == 0) {
            lines.remove(&self.key);
        }
    }
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, RuntimeClock, NoOpMiddleware<Moment>>;

fn limiter(per_second: NonZeroU32) -> Limiter {
    // A tenth of a second's worth at once: even, and still fine enough for the timer.
    let burst = NonZeroU32::new(per_second.get().div_ceil(10)).unwrap_or(NonZeroU32::MIN);
    let quota = Quota::per_second(per_second).allow_burst(burst);
    RateLimiter::direct_with_clock(quota, RuntimeClock(Instant::now()))
}

/// The runtime's clock for the rate limiter, so that tests can pause it; moments are
/// durations since the start.
#[derive(Clone)]
struct RuntimeClock(Instant);

type Moment = Duration;

impl Clock for RuntimeClock {
    type Instant = Moment;

    fn now(&self) -> Moment {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(host: usize, address: usize, all: usize, rate: Option<u32>) -> Pace {
        Pace::new(Widths { host, address, all, rate })
    }

    const ADDRESS: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(47, 96, 1, 1)));

    async fn most_at_a_time(pace: Arc<Pace>, host: impl Fn(usize) -> String) -> usize {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut tasks = tokio::task::JoinSet::new();
        for i in 0..12 {
            let (pace, now, most, host) = (pace.clone(), now.clone(), most.clone(), host(i));
            tasks.spawn(async move {
                let leave = pace.leave(&host, ADDRESS).await;
                let at_a_time = now.fetch_add(1, SeqCst) + 1;
                most.fetch_max(at_a_time, SeqCst);
                tokio::time::sleep(Duration::from_secs(1)).await;
                now.fetch_sub(1, SeqCst);
                drop(leave);
            });
        }
        tasks.join_all().await;
        most.load(SeqCst)
    }

    #[tokio::test(start_paused = true)]
    async fn one_host_and_one_address_get_no_more_than_their_width_at_a_time() {
        let pace = Arc::new(pace(2, 5, 100, None));
        assert_eq!(most_at_a_time(pace.clone(), |_| "a.example".into()).await, 2);
        assert_eq!(most_at_a_time(pace.clone(), |i| format!("{i}.example")).await, 5);
        assert!(pace.hosts.lock().is_empty() && pace.addresses.lock().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn all_together_get_no_more_than_the_width_of_all() {
        let pace = Arc::new(pace(2, 5, 3, None));
        assert_eq!(most_at_a_time(pace.clone(), |i| format!("{i}.example")).await, 3);
        // Who waits for a crowded host keeps nobody else waiting.
        let held = (pace.leave("a.example", None).await, pace.leave("a.example", None).await);
        let crowd: Vec<_> = (0..9).map(|_| pace.leave("a.example", None)).collect();
        let mut crowd: Vec<_> = crowd.into_iter().map(Box::pin).collect();
        for wait in &mut crowd {
            let now = tokio::time::timeout(Duration::ZERO, wait).await;
            assert!(now.is_err());
        }
        let other = tokio::time::timeout(Duration::from_secs(1), pace.leave("b.example", None));
        assert!(other.await.is_ok());
        drop(held);
    }

    #[tokio::test(start_paused = true)]
    async fn the_rate_holds_over_all_hosts() {
        let pace = pace(100, 100, 100, Some(10));
        let start = Instant::now();
        for i in 0..31 {
            drop(pace.leave(&format!("{i}.example"), ADDRESS).await);
        }
        let took = start.elapsed();
        assert!(took >= Duration::from_millis(2_990), "{took:?}");
        assert!(took <= Duration::from_millis(3_500), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_waiting_leaves_nothing_behind() {
        let pace = pace(1, 1, 1, None);
        let held = pace.leave("a.example", ADDRESS).await;
        let wait = pace.leave("b.example", ADDRESS);
        assert!(tokio::time::timeout(Duration::from_secs(1), wait).await.is_err());
        assert_eq!(pace.hosts.lock().len(), 1);
        drop(held);
        assert!(pace.hosts.lock().is_empty() && pace.addresses.lock().is_empty());
    }
}
