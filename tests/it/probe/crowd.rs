//! A run over sites of which many crowd at one address, through the probe itself.

use super::rig::*;
use crate::run::{audits, plan};
use beian::{
    evidence::Evidence,
    filing::{Domain, Filing, Row},
    pipeline::{Eyes, Plan, Progress, Summary, run},
    probe::{Look, Probe},
};
use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};
use tokio::{io::AsyncWriteExt, sync::Semaphore};
use tokio_util::sync::CancellationToken;

const SLOW: &str = "47.96.1.2";
const FAST: &str = "47.96.1.3";

/// The probe, and which sites it was done with, in this order.
struct Noting {
    probe: Probe,
    done: Mutex<Vec<String>>,
    open: AtomicUsize,
    most: AtomicUsize,
}

impl Eyes for Noting {
    async fn look(&self, filing: &Filing) -> Look {
        let open = Open::one_more(self);
        let look = self.probe.look(filing).await;
        drop(open);
        self.done.lock().unwrap().push(filing.domain.ascii().to_owned());
        look
    }

    async fn look_again(&self, filing: &Filing, first: &Evidence) -> Look {
        self.probe.look_again(filing, first).await
    }
}

/// A look that is under way, until it ends or is put off.
struct Open<'a>(&'a Noting);

impl Open<'_> {
    fn one_more(eyes: &Noting) -> Open<'_> {
        let open = eyes.open.fetch_add(1, SeqCst) + 1;
        eyes.most.fetch_max(open, SeqCst);
        Open(eyes)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, SeqCst);
    }
}

struct Silent;

impl Progress for Silent {
    fn read(&self, _: u64, _: bool) {}
    fn looked(&self, _: u64, _: u64) {}
    fn judged(&self, _: u64) {}
}

/// Filed subdomains have no www of their own: a site is a host.
fn domains(kind: &str, number: u64) -> Vec<String> {
    (0..number).map(|at| format!("s{at}.{kind}.example")).collect()
}

fn rows(domains: &[String]) -> Vec<Row> {
    let filing = |(line, domain): (u64, &String)| {
        Ok(Box::new(Filing::of_domain(line, Domain::parse(domain).unwrap())))
    };
    (2..).zip(domains).map(filing).collect()
}

/// A server that answers each request when `gate` lets it.
async fn gated(gate: Arc<Semaphore>, asked: Arc<AtomicUsize>) -> std::net::SocketAddr {
    serve(move |mut socket| {
        let (gate, asked) = (gate.clone(), asked.clone());
        async move {
            if read_request(&mut socket).await.is_none() {
                return;
            }
            asked.fetch_add(1, SeqCst);
            let _open = gate.acquire().await.unwrap();
            let _ = socket.write_all(&page("<title>示例</title>")).await;
            let _ = socket.shutdown().await;
        }
    })
    .await
}

async fn audit(eyes: &Arc<Noting>, domains: &[String], plan: &Plan<'_>) -> Summary {
    let running =
        run(rows(domains).into_iter(), eyes.clone(), plan, &Silent, CancellationToken::new());
    let ended = tokio::time::timeout(Duration::from_secs(120), running).await;
    ended.expect("the run stands still").unwrap()
}

fn eyes(world: &World) -> Arc<Noting> {
    Arc::new(Noting {
        probe: world.probe(),
        done: Mutex::default(),
        open: AtomicUsize::new(0),
        most: AtomicUsize::new(0),
    })
}

fn wide(folder: &Path, concurrency: usize) -> Plan<'static> {
    Plan { concurrency, ..plan(folder) }
}

fn read(folder: &Path, file: &str) -> Vec<u8> {
    std::fs::read(folder.join(file)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn sites_of_one_slow_address_do_not_keep_the_rest_of_the_list_waiting() {
    const EACH: u64 = 300;
    let mut world = World::new().await;
    let (slow, fast) = (domains("slow", EACH), domains("fast", EACH));
    for (domains, address) in [(&slow, SLOW), (&fast, FAST)] {
        domains
            .iter()
            .for_each(|name| world.resolver.set(name, Zone::Addresses(vec![ip(address)])));
    }
    // The slow address answers nobody before the last of the fast sites was served: where its
    // sites kept the others waiting, the run would stand still.
    let gate = Arc::new(Semaphore::new(0));
    let (slow_asked, fast_asked) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let socket = gated(gate.clone(), slow_asked.clone()).await;
    world.at(SLOW, 80, socket);
    let (open, served) = (gate.clone(), fast_asked.clone());
    let socket = http(move |_| {
        if served.fetch_add(1, SeqCst) + 1 == EACH as usize {
            open.add_permits(EACH as usize);
        }
        page("<title>示例</title>")
    });
    world.at(FAST, 80, socket.await);
    world.options.timeout = Duration::from_secs(60);
    world.options.deadline = Duration::from_secs(90);
    world.options.per_address = 3;

    let all: Vec<String> = slow.iter().chain(&fast).cloned().collect();
    let (folder, again) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = eyes(&world);
    let summary = audit(&first, &all, &wide(folder.path(), 8)).await;
    assert_eq!((summary.audited, summary.faults), (2 * EACH, 0));
    let answered =
        |host: &serde_json::Value| host["visit"]["http"]["end"]["answer"]["status"] == 200;
    assert!(audits(folder.path()).iter().all(|audit| answered(&audit["evidence"]["hosts"][0])));

    // Each was asked once: who is put off has not been asked yet.
    assert_eq!((slow_asked.load(SeqCst), fast_asked.load(SeqCst)), (300, 300));
    let put_off = summary.metrics.as_ref().unwrap().total("beian_looks_put_off_total").unwrap();
    assert!(put_off >= 200, "{put_off}");
    // Eight at work, as many at rest, and some that come back.
    let most = first.most.load(SeqCst);
    assert!(most <= 8 + 8 + 8, "{most}");
    let done = first.done.lock().unwrap().clone();
    let (before, _) = done.split_at(EACH as usize - 8);
    assert!(before.iter().all(|domain| domain.contains("fast")));

    // Now that nobody waits, the order is another one and the files are the same.
    audit(&eyes(&world), &all, &wide(again.path(), 300)).await;
    for file in ["notices.csv", "audits.jsonl", "rejected.csv"] {
        assert!(read(folder.path(), file) == read(again.path(), file), "{file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_site_waits_for_its_turn_is_not_taken_from_its_time() {
    let mut world = World::new().await;
    let all = domains("slow", 30);
    all.iter().for_each(|name| world.resolver.set(name, Zone::Addresses(vec![ip(SLOW)])));
    let socket = serve(|mut socket| async move {
        if read_request(&mut socket).await.is_some() {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let _ = socket.write_all(&page("<title>示例</title>")).await;
            let _ = socket.shutdown().await;
        }
    });
    world.at(SLOW, 80, socket.await);
    // One after the other they take three seconds at least; each of them a tenth of one.
    world.options.per_address = 1;
    world.options.timeout = Duration::from_millis(1_500);
    world.options.deadline = Duration::from_millis(1_500);
    for width in [4, 64] {
        let folder = tempfile::tempdir().unwrap();
        let site_limit = Duration::from_millis(2_000);
        let plan = Plan { site_limit, ..wide(folder.path(), width) };
        let summary = audit(&eyes(&world), &all, &plan).await;
        let unreachable = summary.by_failure.keys().collect::<Vec<_>>();
        assert_eq!(unreachable, ["unreachable"], "https is not served, and nothing else failed");
        assert_eq!((summary.audited, summary.faults), (30, 0));
    }
}
