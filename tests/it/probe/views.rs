use super::rig::*;
use beian::{
    evidence::{Failure, Visitor},
    filing::{FiledNumber, Filing},
    page::Varies,
    probe::views::{Views, When},
};
use std::sync::{Arc, Mutex};

const NUMBER: &str = "粤ICP备2099000123号-1";

fn numbered() -> Filing {
    let mut filing = filing();
    filing.record_number =
        Some(FiledNumber { text: NUMBER.to_owned(), number: NUMBER.parse().ok() });
    filing
}

/// A world whose agents have the words that sites look for, and the requests it was asked.
async fn world(
    when: When,
    respond: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static,
) -> (World, Arc<Mutex<Vec<String>>>) {
    let mut world = World::new().await;
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = asked.clone();
    world
        .http(move |request| {
            log.lock().unwrap().push(request.to_owned());
            respond(request)
        })
        .await;
    world.options.views = Views {
        when,
        phone_agent: "iPhone Mobile beian/0.1".to_owned(),
        spider_agent: "Baiduspider/2.0 beian/0.1".to_owned(),
    };
    (world, asked)
}

#[tokio::test]
async fn a_plain_page_with_its_number_costs_one_request() {
    let plain = format!("<title>示例</title><p>正文</p><footer>{NUMBER}</footer>");
    let (world, asked) = world(When::Auto, move |_| page(&plain)).await;
    let look = world.probe().look(&numbered()).await;
    assert!(look.evidence.hosts.iter().all(|host| host.views.is_empty()));
    assert_eq!(asked.lock().unwrap().len(), 1);
    assert_eq!(look.exchanges.len(), 1);
}

#[tokio::test]
async fn where_something_hints_at_others_they_ask_too_by_the_same_hop_loop() {
    let (mut world, asked) = world(When::Auto, |request| {
        if request.contains("iPhone") && !request.contains("GET /m") {
            return redirect("/m");
        }
        let body = format!("<title>示例</title><p>正文</p><footer>{NUMBER}</footer>");
        respond(
            "200 OK",
            &["Content-Type: text/html; charset=utf-8", "Vary: Accept-Encoding, User-Agent"],
            body.as_bytes(),
        )
    })
    .await;
    let look = world.probe().look(&numbered()).await;
    let host = &look.evidence.hosts[0];
    let seen = host.visit.as_ref().unwrap().best().unwrap().answer().unwrap();
    assert_eq!(seen.page.as_ref().unwrap().varies, [Varies::UserAgent]);
    let visitors: Vec<Visitor> = host.views.iter().map(|view| view.visitor).collect();
    assert_eq!(visitors, [Visitor::Phone, Visitor::Spider]);
    assert_eq!(host.views[0].attempt.last_url(), "http://site.example/m");
    // The usual walk, the phone's redirect and page, the crawler's page: all kept.
    assert_eq!(look.exchanges.len(), 4);
    let agents = |word: &str| asked.lock().unwrap().iter().filter(|r| r.contains(word)).count();
    assert_eq!((agents("iPhone"), agents("Baiduspider"), agents("beian/0.1 (+")), (2, 1, 1));

    world.options.views.when = When::Never;
    let look = world.probe().look(&numbered()).await;
    assert!(look.evidence.hosts[0].views.is_empty());
}

#[tokio::test]
async fn a_visitor_that_is_led_to_an_address_of_ours_is_not_followed() {
    let (world, _) = world(When::Always, |request| {
        if request.contains("iPhone") { redirect("http://127.0.0.1/") } else { page("正文") }
    })
    .await;
    let look = world.probe().look(&numbered()).await;
    let phone = &look.evidence.hosts[0].views[0];
    assert_eq!(failure(&phone.attempt), Some(Failure::AddressRefused));
}
