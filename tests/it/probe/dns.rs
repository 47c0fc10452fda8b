use super::rig::*;
use beian::evidence::{Dns, Resolution};
use hickory_resolver::proto::op::ResponseCode;
use std::sync::atomic::Ordering;

async fn resolved(zone: Zone) -> Dns {
    let world = World::new().await;
    world.resolver.set("site.example", zone);
    world.apex().await.dns
}

async fn outcome(zone: Zone) -> Resolution {
    resolved(zone).await.outcome
}

#[tokio::test]
async fn what_dns_says_and_what_it_fails_of_are_told_apart() {
    assert_eq!(outcome(Zone::Addresses(vec![ip(SITE)])).await, Resolution::Resolved);
    assert_eq!(outcome(Zone::Code(ResponseCode::NXDomain)).await, Resolution::NxDomain);
    assert_eq!(outcome(Zone::Empty).await, Resolution::NoData);
    assert_eq!(outcome(Zone::Code(ResponseCode::ServFail)).await, Resolution::ServFail);
    assert_eq!(outcome(Zone::Code(ResponseCode::Refused)).await, Resolution::Refused);
    assert_eq!(outcome(Zone::Rubbish).await, Resolution::ServFail);
    assert_eq!(outcome(Zone::Silent).await, Resolution::Timeout);
    assert_eq!(outcome(Zone::Alias("site.example")).await, Resolution::Loop);
}

#[tokio::test]
async fn both_families_come_sorted_and_once() {
    let all = ["2400:3200::1", "47.96.1.9", "47.96.1.2", "47.96.1.9"].map(ip).to_vec();
    let dns = resolved(Zone::Addresses(all)).await;
    let addresses: Vec<String> = dns.addresses.iter().map(|a| a.address.to_string()).collect();
    assert_eq!(addresses, ["47.96.1.2", "47.96.1.9", "2400:3200::1"]);
    let asked: Vec<_> =
        dns.answers.iter().map(|a| (a.question.as_str(), a.outcome.as_str())).collect();
    assert_eq!(asked, [("A", "addresses"), ("AAAA", "addresses")]);
    assert_eq!(dns.answers[1].records, ["AAAA 2400:3200::1"]);
}

#[tokio::test]
async fn the_whole_chain_of_aliases_is_kept() {
    let world = World::new().await;
    world.resolver.set("site.example", Zone::Alias("site.example.cdn.example"));
    world.resolver.set("site.example.cdn.example", Zone::Alias("edge.cdn.example"));
    world.host("edge.cdn.example", SITE);
    let dns = world.apex().await.dns;
    assert_eq!(dns.outcome, Resolution::Resolved);
    assert_eq!(dns.chain, ["site.example.cdn.example", "edge.cdn.example"]);
    assert_eq!(
        dns.answers[0].records,
        ["CNAME site.example.cdn.example", "CNAME edge.cdn.example", "A 47.96.1.1"]
    );
    // An alias that leads nowhere says where it leads all the same.
    world.resolver.set("edge.cdn.example", Zone::Code(ResponseCode::NXDomain));
    let dns = world.apex().await.dns;
    assert_eq!((dns.outcome, dns.chain.len()), (Resolution::NxDomain, 2));
}

#[tokio::test]
async fn a_circle_and_a_chain_without_end_are_no_timeouts() {
    let world = World::new().await;
    world.resolver.set("site.example", Zone::Alias("a.example"));
    world.resolver.set("a.example", Zone::Alias("site.example"));
    assert_eq!(world.apex().await.dns.outcome, Resolution::Loop);
    world.resolver.set("a.example", Zone::Alias("n0.example"));
    for i in 0..14 {
        let target: &'static str = format!("n{}.example", i + 1).leak();
        world.resolver.set(&format!("n{i}.example"), Zone::Alias(target));
    }
    world.host("n14.example", SITE);
    let dns = world.apex().await.dns;
    assert_eq!((dns.outcome, dns.chain.len()), (Resolution::Resolved, 16));
    world.resolver.set("n14.example", Zone::Alias("n15.example"));
    world.host("n15.example", SITE);
    assert_eq!(world.apex().await.dns.outcome, Resolution::ChainTooLong);
}

#[tokio::test]
async fn an_answer_that_was_cut_is_fetched_over_tcp() {
    let all: Vec<_> = (0..100).map(|i| ip(&format!("47.96.2.{i}"))).collect();
    let dns = resolved(Zone::Long(all)).await;
    assert_eq!(dns.outcome, Resolution::Resolved);
    assert_eq!(dns.addresses.len(), 64);
}

#[tokio::test]
async fn a_failed_resolver_is_made_good_by_the_next() {
    for failing in [
        Zone::Silent,
        Zone::Code(ResponseCode::ServFail),
        Zone::Code(ResponseCode::Refused),
        Zone::Rubbish,
    ] {
        let mut world = World::new().await;
        let broken = Resolver::start([("site.example", failing.clone())]).await;
        world.options.resolvers.insert(0, broken.address);
        let dns = world.apex().await.dns;
        assert_eq!(dns.outcome, Resolution::Resolved, "{failing:?}");
        let a: Vec<_> = dns.answers.iter().filter(|a| a.question == "A").collect();
        assert_eq!(a.len(), 2, "{failing:?}");
        assert_eq!(a[0].resolver, broken.address.to_string());
        assert_eq!(a[1].outcome, "addresses");
    }
}

#[tokio::test]
async fn does_not_exist_takes_two_resolvers() {
    let mut world = World::new().await;
    world.resolver.set("site.example", Zone::Code(ResponseCode::NXDomain));
    let second = Resolver::start([("site.example", Zone::Code(ResponseCode::NXDomain))]).await;
    world.options.resolvers.push(second.address);
    assert_eq!(world.apex().await.dns.outcome, Resolution::NxDomain);
    second.set("site.example", Zone::Silent);
    assert_eq!(world.apex().await.dns.outcome, Resolution::Timeout);
    second.set("site.example", Zone::Addresses(vec![ip(SITE)]));
    let apex = world.apex().await;
    assert_eq!(apex.dns.outcome, Resolution::Disputed);
    assert!(apex.visit.is_none());
    let third = Resolver::start([("site.example", Zone::Addresses(vec![ip(SITE)]))]).await;
    world.options.resolvers.push(third.address);
    assert_eq!(world.apex().await.dns.outcome, Resolution::Resolved);
}

#[tokio::test]
async fn a_single_resolver_is_asked_once_more_after_a_failure() {
    let world = World::new().await;
    world.resolver.set("site.example", Zone::Code(ResponseCode::ServFail));
    world.resolver.set("www.site.example", Zone::Empty);
    world.look().await;
    // A and AAAA: twice each for the failure, once each for the answer.
    assert_eq!(world.resolver.asked.load(Ordering::SeqCst), 6);
}

#[tokio::test]
async fn a_name_that_cannot_be_asked_for_is_a_failure_and_no_answer() {
    let mut world = World::new().await;
    world.http(|_| redirect(&format!("http://{}.example/", "a".repeat(70)))).await;
    let attempt = world.over_http().await;
    assert_eq!(failure(&attempt), Some(beian::evidence::Failure::DnsFailed));
}

#[tokio::test]
async fn a_vantage_point_is_asked_besides_and_its_failure_is_its_own() {
    let mut world = World::new().await;
    let other = Resolver::start([("site.example", Zone::Addresses(vec![ip("43.154.9.8")]))]).await;
    let broken = Resolver::start([("site.example", Zone::Code(ResponseCode::ServFail))]).await;
    let point = |name: &str, resolver| beian::probe::VantagePoint {
        name: name.to_owned(),
        resolver,
        client: None,
    };
    world.options.vantages =
        vec![point("overseas", other.address), point("broken", broken.address)];
    let dns = world.apex().await.dns;
    assert_eq!(dns.addresses[0].address, ip(SITE));
    let seen: Vec<_> =
        dns.vantages.iter().map(|v| (v.name.as_str(), v.outcome, v.addresses.len())).collect();
    assert_eq!(seen, [("overseas", Resolution::Resolved, 1), ("broken", Resolution::ServFail, 0)]);
    assert_eq!(dns.vantages[0].addresses[0].address, ip("43.154.9.8"));
    // What does not resolve here is a matter of its own.
    world.resolver.set("site.example", Zone::Code(ResponseCode::NXDomain));
    assert!(world.apex().await.dns.vantages.is_empty());
}
