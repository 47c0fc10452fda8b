use super::rig::*;
use beian::{
    evidence::{End, Failure, Resolution, Role},
    filing::{Domain, Filing, Homepage, ServiceType},
};
use hickory_resolver::proto::op::ResponseCode;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::net::TcpListener;

#[tokio::test]
async fn apex_www_homepage_and_filed_hosts_are_looked_at_once_in_this_order() {
    let mut world = World::new().await;
    for name in ["www.site.example", "shop.site.example", "old.site.example"] {
        world.host(name, SITE);
    }
    world.http(|request| page(request.split(' ').nth(1).unwrap())).await;
    let mut filing = filing();
    filing.homepage =
        Some(Homepage { host: "shop.site.example".into(), port: None, path: "/cn/?a=1".into() });
    filing.hosts = ["www.site.example", "old.site.example", "old.site.example", "no.site.example"]
        .map(String::from)
        .to_vec();
    let look = world.probe().look(&filing).await;
    let seen: Vec<_> =
        look.evidence.hosts.iter().map(|host| (host.role, host.host.as_str())).collect();
    assert_eq!(
        seen,
        [
            (Role::Apex, "site.example"),
            (Role::Www, "www.site.example"),
            (Role::Homepage, "shop.site.example"),
            (Role::Filed, "old.site.example"),
            (Role::Filed, "no.site.example"),
        ]
    );
    let homepage = of_role(&look.evidence, Role::Homepage).visit.unwrap().http.unwrap();
    assert_eq!(homepage.hops[0].url, "http://shop.site.example/cn/?a=1");
    assert_eq!(homepage.answer().unwrap().bytes, 8);
    assert_eq!(look.evidence.hosts[4].dns.outcome, Resolution::NxDomain);
    assert_eq!(look.evidence.hosts[4].visit, None);
}

#[tokio::test]
async fn a_filed_subdomain_has_no_www_of_its_own() {
    let world = World::new().await;
    let filing = Filing::of_domain(1, Domain::parse("tax.site.example").unwrap());
    let look = world.probe().look(&filing).await;
    let hosts: Vec<_> = look.evidence.hosts.iter().map(|host| host.host.as_str()).collect();
    assert_eq!(hosts, ["tax.site.example"]);
}

#[tokio::test]
async fn the_hosts_of_an_app_are_resolved_and_never_visited() {
    let mut world = World::new().await;
    world.host("api.site.example", SITE);
    let times = Arc::new(AtomicUsize::new(0));
    let count = times.clone();
    world
        .http(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
            page("fine")
        })
        .await;
    let mut filing = filing();
    filing.service_type = ServiceType::App;
    filing.hosts = ["site.example", "api.site.example"].map(String::from).to_vec();
    let look = world.probe().look(&filing).await;
    let seen: Vec<_> = look.evidence.hosts.iter().map(|h| (h.role, h.host.as_str())).collect();
    assert_eq!(seen, [(Role::Apex, "site.example"), (Role::Filed, "api.site.example")]);
    assert!(look.evidence.hosts.iter().all(|host| host.dns.outcome == Resolution::Resolved));
    assert!(look.evidence.hosts.iter().all(|host| host.visit.is_none()));
    assert!(look.exchanges.is_empty() && !look.evidence.needs_second_look());
    assert_eq!(times.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn http_is_asked_where_https_gives_no_page_and_on_request() {
    let mut world = World::new().await;
    world.http(|_| page("plain")).await;
    let visit = world.apex().await.visit.unwrap();
    assert_eq!(failure(visit.https.as_ref().unwrap()), Some(Failure::Unreachable));
    assert_eq!(visit.http.as_ref().unwrap().answer().unwrap().bytes, 5);
    assert_eq!((visit.best().unwrap(), visit.looks), (visit.http.as_ref().unwrap(), 1));
}

#[tokio::test]
async fn the_same_world_gives_the_same_evidence() {
    let mut world = World::new().await;
    world.host("www.site.example", SITE);
    world.http(|_| page("x")).await;
    let (first, second) = (world.look().await.evidence, world.look().await.evidence);
    assert_eq!(serde_json::to_string(&first).unwrap(), serde_json::to_string(&second).unwrap());
}

#[tokio::test]
async fn a_refusal_that_comes_twice_is_confirmed() {
    let mut world = World::new().await;
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    world.at(SITE, 80, closed);
    world.at(SITE, 443, closed);
    let probe = world.probe();
    let first = probe.look(&filing()).await.evidence;
    assert!(first.needs_second_look());
    let second = probe.look_again(&filing(), &first).await.evidence;
    let visit = of_role(&second, Role::Apex).visit.unwrap();
    assert_eq!(visit.looks, 2);
    assert_eq!(visit.best().unwrap().end, End::Failed(Failure::ConnectRefused));
    assert_eq!(of_role(&second, Role::Apex).dns.answers.len(), 4);
}

#[tokio::test]
async fn a_page_that_comes_at_the_second_look_counts() {
    let mut world = World::new().await;
    let times = Arc::new(AtomicUsize::new(0));
    let count = times.clone();
    world
        .http(move |_| match count.fetch_add(1, Ordering::SeqCst) {
            0 => respond("503 Busy", &["Content-Type: text/html"], b"busy"),
            _ => page("here"),
        })
        .await;
    let probe = world.probe();
    let first = probe.look(&filing()).await.evidence;
    assert_eq!(
        of_role(&first, Role::Apex).visit.unwrap().best().unwrap().answer().unwrap().status,
        503
    );
    let second = probe.look_again(&filing(), &first).await.evidence;
    let visit = of_role(&second, Role::Apex).visit.unwrap();
    assert_eq!(visit.best().unwrap().answer().unwrap().status, 200);
    assert!(!of_role(&second, Role::Apex).needs_second_look());
}

#[tokio::test]
async fn only_what_failed_is_looked_at_again() {
    let mut world = World::new().await;
    let times = Arc::new(AtomicUsize::new(0));
    let count = times.clone();
    world
        .http(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
            page("fine")
        })
        .await;
    let probe = world.probe();
    let first = probe.look(&filing()).await.evidence;
    assert_eq!(of_role(&first, Role::Www).dns.outcome, Resolution::NxDomain);
    world.host("www.site.example", SITE);
    let look = probe.look_again(&filing(), &first).await;
    // Once for the apex at the first look, once for the www that has appeared.
    assert_eq!(times.load(Ordering::SeqCst), 2);
    assert_eq!(of_role(&look.evidence, Role::Apex), of_role(&first, Role::Apex));
    assert_eq!(of_role(&look.evidence, Role::Www).dns.outcome, Resolution::Resolved);
    assert_eq!(look.exchanges.len(), 1);
    assert!(!look.evidence.needs_second_look());
}

#[tokio::test]
async fn looks_that_differ_confirm_nothing() {
    let mut world = World::new().await;
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    world.at(SITE, 80, closed);
    world.at(SITE, 443, closed);
    let first = world.look().await.evidence;
    world.http(|_| respond("500 Error", &["Content-Type: text/html"], b"")).await;
    let second = world.probe().look_again(&filing(), &first).await.evidence;
    assert_eq!(of_role(&second, Role::Apex).visit.unwrap().looks, 1);
    // A name that was there at the first look and is gone at the second is disputed.
    world.resolver.set("site.example", Zone::Code(ResponseCode::NXDomain));
    let gone = world.probe().look_again(&filing(), &first).await.evidence;
    let apex = of_role(&gone, Role::Apex);
    assert_eq!(apex.dns.outcome, Resolution::Disputed);
    assert_eq!(apex.visit.unwrap().looks, 1);
    // One that resolvers now fail for was there all the same.
    world.resolver.set("site.example", Zone::Code(ResponseCode::ServFail));
    let silent = world.probe().look_again(&filing(), &first).await.evidence;
    assert_eq!(of_role(&silent, Role::Apex).dns.outcome, Resolution::Resolved);
}
