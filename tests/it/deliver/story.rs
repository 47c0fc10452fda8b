//! The whole of it on both databases: sites are audited, owners and staff are told by real
//! servers, some sites are mended, one falls back, one is late; the right notices close, and the
//! report says so.

use super::*;
use beian::demo::{self, Site, World};
use beian::filing;
use beian::notice::{Entry, Since};
use beian::pipeline::{self, Ledger, LedgerError, Plan, Progress, Summary, Unfinished};
use beian::probe::Probe;
use beian::probe::place::Places;
use beian::report::{Sums, china_day};
use beian::rules;
use beian::spool::Keep;
use beian::store::RunHead;
use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

/// The clock of the story: it stands until it is set.
static NOW: AtomicI64 = AtomicI64::new(0);

fn now() -> Timestamp {
    Timestamp::from_second(NOW.load(Ordering::SeqCst)).unwrap()
}

fn set(time: &str) {
    NOW.store(at(time).as_second(), Ordering::SeqCst);
}

/// A company's site of the demo world; `page` is what its page has of its own.
fn site(name: &str, id: u16, page: &str) -> Site {
    let text = format!("id = {id}\n[filing]\nemail = \"owner@{name}.example\"\n[page]\n{page}\n");
    let mut site: Site = toml::from_str(&text).unwrap();
    site.name = name.to_owned();
    site
}

const GOOD: &str = "";
const NO_NUMBER: &str = "icp = \"\"";

struct Quiet;

impl Progress for Quiet {
    fn read(&self, _: u64, _: bool) {}
    fn looked(&self, _: u64, _: u64) {}
    fn judged(&self, _: u64) {}
}

struct Remembered {
    store: Store,
    head: Mutex<RunHead>,
    workdays: Workdays,
    handle: Handle,
}

impl Ledger for Remembered {
    fn begin(&self, rows: u64) -> Result<(), LedgerError> {
        let mut head = self.head.lock().unwrap();
        Ok(self.handle.block_on(self.store.begin_run(&mut head, rows))?)
    }

    fn enter(&self, entries: &mut [Entry]) -> Result<(), LedgerError> {
        let head = self.head.lock().unwrap();
        Ok(self.handle.block_on(self.store.enter(&head, entries, &self.workdays))?)
    }

    fn since(&self) -> Result<Since, LedgerError> {
        Ok(self.handle.block_on(self.store.since(&self.head.lock().unwrap().id))?)
    }
}

/// Audits sites that look like this, at the time of the clock.
async fn audit(store: &Store, sites: Vec<Site>) -> (Summary, String) {
    let world = World::start(sites).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let policy = demo::policy().unwrap();
    let day = china_day(now());
    let head = RunHead {
        id: format!("R{day}"),
        at: now(),
        day,
        folder: folder.path().display().to_string(),
        whole: false,
    };
    let ledger = Remembered {
        store: store.clone(),
        head: Mutex::new(head),
        workdays: workdays(),
        handle: Handle::current(),
    };
    let plan = Plan {
        registry: None,
        ledger: Some(&ledger),
        output: folder.path().to_owned(),
        // What a filing was made of does not matter here.
        rules: rules::all().filter(|rule| rule.family() == "ICP").collect(),
        policy: &policy,
        at: now(),
        keep: Keep::None,
        lang: Lang::Zh,
        concurrency: 8,
        second_look_after: demo::SECOND_LOOK_AFTER,
        unfinished: Unfinished::Refuse,
        site_limit: Duration::from_secs(120),
        watch: Default::default(),
        fingerprint: BTreeMap::new(),
        versions: BTreeMap::new(),
        clock: Timestamp::now,
    };
    let list = Box::new(Cursor::new(world.list().into_bytes()));
    let rows = filing::open(list, None, &filing::Options::default()).unwrap();
    let probe = Arc::new(Probe::new(world.options(), Places::embedded(Vec::new())).unwrap());
    let stop = CancellationToken::new();
    let summary = pipeline::run(rows, Arc::clone(&probe), &plan, &Quiet, stop).await.unwrap();
    probe.close().await;
    world.stop().await;
    let notices = fs::read_to_string(folder.path().join("notices.csv")).unwrap();
    (summary, notices)
}

async fn standing(store: &Store) -> Vec<(String, Status)> {
    let filter = Filter { codes: vec!["ICP001".to_owned()], ..Filter::default() };
    let of = |seen: Seen| (seen.filing.domain.ascii().to_owned(), seen.life.status);
    let mut all: Vec<_> = store.all_findings(&filter).await.unwrap().into_iter().map(of).collect();
    all.sort();
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn from_finding_to_mended() {
    for place in places() {
        let store = place.open().await;
        let post = Post::start(Secure::Starttls, Duration::ZERO).await;
        let robots = Robots::start(Duration::ZERO).await;
        let folder = tempfile::tempdir().unwrap();
        let mut routes = OWNERS.to_owned() + "remind = true\n";
        for name in ["wecom", "dingtalk", "feishu"] {
            let file = folder.path().join(name);
            fs::write(&file, robots.url(name)).unwrap();
            routes.push_str(&format!(
                "[[route]]\nname = \"{name}\"\nby = \"{name}\"\ntell = \"digest\"\nurl_file = {file:?}\n"
            ));
        }
        let desk = Desk::new(&post, "starttls", &routes, now);
        let sites =
            |a, b, c| vec![site("alpha", 901, a), site("beta", 902, b), site("gamma", 903, c)];
        let named = |rows: &[(&str, Status)]| -> Vec<(String, Status)> {
            rows.iter().map(|(name, status)| (format!("{name}.example"), *status)).collect()
        };
        let digests = || robots.taken("wecom");
        let text =
            |call: &sinks::Call| call.body["markdown"]["content"].as_str().unwrap().to_owned();

        // Monday: two sites without their number.
        set("2026-11-02T02:00:00Z");
        let (summary, notices) = audit(&store, sites(NO_NUMBER, NO_NUMBER, GOOD)).await;
        assert_eq!(summary.since.unwrap().new, 2, "{notices}");
        assert!(notices.contains("待发送"), "{notices}");
        assert_eq!(
            standing(&store).await,
            named(&[("alpha", Status::Drafted), ("beta", Status::Drafted)])
        );
        let (_, sent) = desk.deliver(&store).await;
        assert_eq!((sent.sent, sent.errors.len()), (5, 0), "{sent:?}");
        let mut to: Vec<String> = post.taken().into_iter().map(|mail| mail.to).collect();
        to.sort();
        assert_eq!(to, ["owner@alpha.example", "owner@beta.example"]);
        let letter = text_of(&post.taken()[0].data);
        assert!(letter.contains("2026-11-09") && letter.contains("整改办法"), "{letter}");
        assert!(text(&digests()[0]).contains("新发现 2"));

        // Thursday: alpha is mended.
        set("2026-11-05T02:00:00Z");
        let (summary, notices) = audit(&store, sites(GOOD, NO_NUMBER, GOOD)).await;
        let since = summary.since.unwrap();
        assert_eq!((since.mended, since.still), (1, 1));
        assert!(notices.contains("已通知") && notices.contains("2026-11-09"), "{notices}");
        assert_eq!(
            standing(&store).await,
            named(&[("alpha", Status::Closed), ("beta", Status::Sent)])
        );
        desk.deliver(&store).await;
        assert_eq!(post.taken().len(), 2, "nobody is told twice");
        assert!(text(&digests()[1]).contains("已整改 1"));

        // The Tuesday after: beta's time is over, and its owner is reminded.
        set("2026-11-10T02:00:00Z");
        let overdue = store.day_came(now(), china_day(now()), &workdays()).await.unwrap();
        assert_eq!(overdue, 1);
        desk.deliver(&store).await;
        let mails = post.taken();
        assert_eq!((mails.len(), mails[2].to.as_str()), (3, "owner@beta.example"));
        assert!(text(&digests()[2]).contains("新逾期 1"));

        // And alpha falls back, while beta is mended at last.
        set("2026-11-12T02:00:00Z");
        let first = store
            .all_findings(&Filter {
                domains: vec!["alpha.example".to_owned()],
                ..Filter::default()
            })
            .await
            .unwrap()
            .remove(0);
        let (summary, _) = audit(&store, sites(NO_NUMBER, GOOD, GOOD)).await;
        let since = summary.since.unwrap();
        assert_eq!((since.reopened, since.mended, since.new), (1, 1, 0));
        assert_eq!(
            standing(&store).await,
            named(&[("alpha", Status::Drafted), ("beta", Status::Closed)])
        );
        desk.deliver(&store).await;
        let mails = post.taken();
        assert_eq!((mails.len(), mails[3].to.as_str()), (4, "owner@alpha.example"));

        // The report tells all of it.
        let all = store.all_findings(&Filter::default()).await.unwrap();
        let again = all.iter().find(|seen| seen.filing.domain.ascii() == "alpha.example").unwrap();
        assert_ne!(again.notice, first.notice);
        assert_eq!((again.life.status, again.life.reopened), (Status::Sent, 1));
        let history = store.history(&again.notice).await.unwrap();
        let changes: Vec<&str> = history.iter().map(|past| past.change.as_str()).collect();
        assert_eq!(changes, ["found", "sent", "mended", "reopened", "sent"]);
        let mut sums = Sums::default();
        all.into_iter().map(item).for_each(|item| sums.add(&item, Lang::Zh));
        assert_eq!((sums.whole.open(), sums.whole.closed, sums.notices), (1, 1, 1));
        let days = store.days(&Filter::default()).await.unwrap();
        let overdue = days.values().filter_map(|changes| changes.get("overdue")).sum::<u64>();
        assert_eq!(overdue, 1);
        assert!(store.check().await.unwrap().faults.is_empty());
    }
}
