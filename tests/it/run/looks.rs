//! Faults of ours, and second looks.

use super::*;

fn failure(audit: &serde_json::Value) -> &serde_json::Value {
    &audit["evidence"]["hosts"][0]["visit"]["https"]["end"]["failed"]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_whose_look_panics_is_recorded_and_the_run_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let eyes = Script::new(|domain, _| {
        assert!(domain != "site1.example", "a look that panics");
        (0, page(domain))
    });
    let summary = all(list(3), &eyes, &plan(folder.path())).await.unwrap();
    assert_eq!((summary.audited, summary.faults, summary.by_failure["fault"]), (3, 1, 1));
    assert_eq!(summary.exit_code(), 3);
    let audits = audits(folder.path());
    assert_eq!(failure(&audits[1]), "fault");
    assert!(failure(&audits[2]).is_null());
    let looks = eyes.asked().iter().filter(|(domain, _)| domain == "site1.example").count();
    assert_eq!(looks, 2, "a fault may pass: the site is looked at once more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_that_passes_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let first = std::sync::atomic::AtomicBool::new(true);
    let eyes = Script::new(move |domain, _| {
        let is_first = first.swap(false, std::sync::atomic::Ordering::SeqCst);
        assert!(!is_first, "a look that panics once");
        (0, page(domain))
    });
    let summary = all(list(2).split_off(1), &eyes, &plan(folder.path())).await.unwrap();
    assert_eq!((summary.audited, summary.faults, summary.exit_code()), (1, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_the_second_look_keeps_what_the_first_one_saw() {
    let folder = tempfile::tempdir().unwrap();
    let eyes = Script::new(|domain, number| {
        assert!(number == 1, "a second look that panics");
        (0, refused(domain))
    });
    let summary = all(list(1), &eyes, &plan(folder.path())).await.unwrap();
    assert_eq!(failure(&audits(folder.path())[0]), "connect_refused");
    assert_eq!((summary.faults, summary.exit_code()), (1, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_that_never_ends_is_given_up_as_a_fault_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    let eyes = Script::new(|domain, _| {
        (if domain == "site1.example" { 3_600_000 } else { 0 }, page(domain))
    });
    let plan = Plan { site_limit: Duration::from_millis(300), ..plan(folder.path()) };
    let summary = all(list(3), &eyes, &plan).await.unwrap();
    assert_eq!(failure(&audits(folder.path())[1]), "fault");
    assert_eq!((summary.audited, summary.faults), (3, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_panics_leaves_one_filing_undecided() {
    let folder = tempfile::tempdir().unwrap();
    let eyes = Script::new(|domain, _| (0, page(domain)));
    let rows = vec![filing(2, "broken.example"), filing(3, "bad.example")];
    let summary = all(rows, &eyes, &plan(folder.path())).await.unwrap();
    let audits = audits(folder.path());
    assert_eq!(audits[0]["verdicts"][0]["code"], "FIL901");
    assert_eq!(audits[0]["verdicts"][0]["verdict"], "na");
    assert_eq!(audits[1]["verdicts"][0]["verdict"], "fail");
    assert_eq!((summary.faults, summary.exit_code()), (1, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_is_looked_at_a_second_time_some_time_later() {
    let folder = tempfile::tempdir().unwrap();
    let eyes = Script::new(|domain, number| match (domain, number) {
        ("site1.example", 1) | ("site2.example", _) => (0, refused(domain)),
        _ => (0, page(domain)),
    });
    let after = Duration::from_millis(400);
    let plan = Plan { second_look_after: after, ..plan(folder.path()) };
    let summary = all(list(7), &eyes, &plan).await.unwrap();
    let asked = eyes.asked.lock().unwrap();
    let of = |domain: &str| asked.iter().filter(|look| look.0 == domain).collect::<Vec<_>>();
    assert_eq!(of("bad0.example").len(), 1);
    for domain in ["site1.example", "site2.example"] {
        let [first, second] = of(domain)[..] else { panic!("{domain} was not looked at twice") };
        assert_eq!((first.1, second.1), (1, 2));
        assert!(second.2 - first.2 >= after, "{domain} was looked at again at once");
    }
    assert_eq!(summary.by_failure, BTreeMap::from([("connect_refused".to_owned(), 1)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_sites_than_the_width_are_looked_at_at_a_time() {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    struct Counting(AtomicUsize, AtomicUsize);
    impl Eyes for Counting {
        async fn look(&self, filing: &Filing) -> Look {
            let now = self.0.fetch_add(1, SeqCst) + 1;
            self.1.fetch_max(now, SeqCst);
            tokio::time::sleep(Duration::from_millis(5)).await;
            self.0.fetch_sub(1, SeqCst);
            page(filing.domain.ascii())
        }
        async fn look_again(&self, filing: &Filing, _first: &Evidence) -> Look {
            self.look(filing).await
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let eyes = Arc::new(Counting(AtomicUsize::new(0), AtomicUsize::new(0)));
    let plan = Plan { concurrency: 3, ..plan(folder.path()) };
    all(list(40), &eyes, &plan).await.unwrap();
    assert_eq!(eyes.1.load(SeqCst), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mini_program_has_no_site_to_look_at() {
    let folder = tempfile::tempdir().unwrap();
    let mut mini = Filing::of_domain(2, Domain::parse("bad.example").unwrap());
    mini.service_type = beian::filing::ServiceType::MiniProgram;
    let eyes = Script::new(|domain, _| (0, page(domain)));
    let summary = all(vec![Ok(Box::new(mini))], &eyes, &plan(folder.path())).await.unwrap();
    assert!(eyes.asked().is_empty());
    assert_eq!((summary.audited, summary.looked, summary.notices), (1, 0, 1));
}

/// The probe itself, in a world without resolvers.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_reaches_no_resolver_does_not_end_as_a_clean_one() {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let options = beian::probe::Options {
        resolvers: vec![socket.local_addr().unwrap()],
        vantages: Vec::new(),
        registration: None,
        timeout: Duration::from_millis(200),
        deadline: Duration::from_secs(2),
        max_body: 1 << 20,
        rate: None,
        per_host: 2,
        per_address: 2,
        max_redirects: 5,
        both_schemes: false,
        robots: false,
        user_agent: "beian-test".to_owned(),
        views: Default::default(),
        proxy: None,
        allow: Vec::new(),
        extra_roots: Vec::new(),
        render: beian::probe::Render::Never,
        browser: None,
        // Nothing outside of the table can be reached, whatever is in it.
        sockets: [(("192.0.2.1".parse().unwrap(), 80), "127.0.0.1:9".parse().unwrap())].into(),
    };
    let places = beian::probe::place::Places::embedded(Vec::new());
    let probe = Arc::new(beian::probe::Probe::new(options, places).unwrap());
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let summary = all(list(3), &probe, &plan(one.path())).await.unwrap();
    assert_eq!((summary.audited, summary.looked, summary.answered), (3, 3, 0));
    assert_eq!(summary.exit_code(), 3);
    all(list(3), &probe, &plan(two.path())).await.unwrap();
    assert_eq!(read(one.path(), "notices.csv"), read(two.path(), "notices.csv"));
}
