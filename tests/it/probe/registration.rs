//! Registries on loopback: what is asked, what is believed, what is refused.

use super::rig::*;
use beian::{
    evidence::{Registration, RegistrationFailure},
    filing::{Domain, Filing},
    probe::registration::{Services, Settings},
};
use jiff::civil::date;
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::io::AsyncWriteExt;

/// A private address: the operator may choose it, an answer may not.
const INSIDE: &str = "10.0.0.8";
const REGISTRY: &str = "47.96.9.1";
const REGISTRAR: &str = "47.96.9.2";

const BOTH: &str = "[[registry]]\nsuffixes = [\"example\"]\nrdap = \"http://rdap.nic.example/\"\nwhois = \"whois.nic.example\"\nreferral = true\n";
const WHOIS: &str =
    "[[registry]]\nsuffixes = [\"example\"]\nwhois = \"whois.nic.example\"\nreferral = true\n";

const THIN: &str = "   Domain Name: SITE.EXAMPLE\r\n   Registrar WHOIS Server: whois.registrar.example\r\n   Creation Date: 2015-06-01T03:00:00Z\r\n   Registry Expiry Date: 2031-06-01T03:00:00Z\r\n   Registrar: Example Registrar\r\n";

const OBJECT: &str = r#"{"objectClassName":"domain","ldhName":"site.example","status":["server hold"],"events":[{"eventAction":"expiration","eventDate":"2031-06-01T03:00:00Z"}]}"#;

fn settings(services: &str) -> Settings {
    Settings {
        services: Services::default().with(services, "test").unwrap(),
        per_minute: 60_000,
        at_a_time: 2,
        timeout: Duration::from_millis(700),
        patience: Duration::from_secs(60),
        cache: None,
        cache_days: 7,
    }
}

async fn world(services: &str) -> World {
    let mut world = World::new().await;
    world.options.registration = Some(settings(services));
    world.host("rdap.nic.example", REGISTRY);
    world.host("whois.nic.example", REGISTRY);
    world.host("whois.registrar.example", REGISTRAR);
    world
}

async fn registration(world: &World) -> Registration {
    world.look().await.evidence.registration.unwrap()
}

/// A WHOIS server that answers every question with these bytes, and how often it was asked.
async fn whois(answer: impl Into<Vec<u8>>) -> (SocketAddr, Arc<AtomicUsize>) {
    let (answer, asked) = (Arc::new(answer.into()), Arc::new(AtomicUsize::new(0)));
    let count = asked.clone();
    let socket = serve(move |mut socket| {
        let (answer, count) = (answer.clone(), count.clone());
        async move {
            count.fetch_add(1, Ordering::SeqCst);
            let mut question = Vec::new();
            let mut byte = [0];
            while !question.ends_with(b"\r\n") {
                if tokio::io::AsyncReadExt::read(&mut socket, &mut byte).await.unwrap_or(0) == 0 {
                    return;
                }
                question.extend(byte);
            }
            let _ = socket.write_all(&answer).await;
            let _ = socket.shutdown().await;
        }
    })
    .await;
    (socket, asked)
}

fn rdap(body: &str) -> Vec<u8> {
    respond("200 OK", &["Content-Type: application/rdap+json"], body.as_bytes())
}

#[tokio::test]
async fn rdap_is_asked_first_at_an_address_that_the_operator_may_choose() {
    let mut world = world(BOTH).await;
    world.host("rdap.nic.example", INSIDE);
    let server = http(|request| {
        assert!(request.starts_with("GET /domain/site.example HTTP/1.1\r\n"), "{request}");
        assert!(request.to_lowercase().contains("accept: application/rdap+json"), "{request}");
        rdap(OBJECT)
    })
    .await;
    world.at(INSIDE, 80, server);
    let look = world.look().await;
    let registration = look.evidence.registration.unwrap();
    assert_eq!((registration.failure, registration.expires_on), (None, Some(date(2031, 6, 1))));
    assert_eq!(registration.status, ["serverHold"]);
    assert_eq!(registration.source, "http://rdap.nic.example/");
    let exchange = look.exchanges.iter().find(|e| e.url.contains("rdap.nic.example")).unwrap();
    assert_eq!(&exchange.body[..], OBJECT.as_bytes());
}

#[tokio::test]
async fn a_domain_is_asked_for_once_however_often_it_is_looked_at() {
    let mut world = world(WHOIS).await;
    let (server, asked) =
        whois(THIN.replace("   Registrar WHOIS Server: whois.registrar.example\r\n", "")).await;
    world.at(REGISTRY, 43, server);
    let probe = world.probe();
    let sub = Filing::of_domain(1, Domain::parse("shop.site.example").unwrap());
    let main = filing();
    let (one, two) = tokio::join!(probe.look(&main), probe.look(&sub));
    assert_eq!(one.evidence.registration, two.evidence.registration);
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    let texts = |look: &beian::probe::Look| {
        look.exchanges.iter().filter(|e| e.url == "whois://whois.nic.example/site.example").count()
    };
    assert_eq!(texts(&one) + texts(&two), 1);
}

#[tokio::test]
async fn nothing_is_asked_unless_somebody_wants_it() {
    let mut world = world(WHOIS).await;
    let (server, asked) = whois(THIN).await;
    world.at(REGISTRY, 43, server);
    world.options.registration = None;
    assert_eq!(world.look().await.evidence.registration, None);
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn whois_is_asked_where_rdap_fails_and_not_where_it_has_answered() {
    for (answer, source) in [
        (respond("501 Not Implemented", &[], b""), "whois.nic.example"),
        (respond("503 Service Unavailable", &[], b""), "whois.nic.example"),
        (rdap("{\"objectClassName\":"), "whois.nic.example"),
        (redirect("http://10.0.0.9/"), "whois.nic.example"),
        (redirect("http://rdap.nic.example/domain/site.example"), "whois.nic.example"),
        (respond("404 Not Found", &[], b"{}"), ""),
    ] {
        let mut world = world(BOTH).await;
        let shown = String::from_utf8_lossy(&answer).into_owned();
        let server = http(move |_| answer.clone()).await;
        world.at(REGISTRY, 80, server);
        let (server, _) = whois(THIN).await;
        world.at(REGISTRY, 43, server);
        let registration = registration(&world).await;
        assert_eq!(registration.source, source, "{shown}");
        let failure = source.is_empty().then_some(RegistrationFailure::NotFound);
        assert_eq!(registration.failure, failure, "{shown}");
    }
}

#[tokio::test]
async fn a_redirect_to_the_inside_is_refused() {
    let mut world =
        world("[[registry]]\nsuffixes = [\"example\"]\nrdap = \"http://rdap.nic.example/\"\n")
            .await;
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let inside = http(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        rdap(OBJECT)
    })
    .await;
    world.at(INSIDE, 80, inside);
    let server = http(|_| redirect(&format!("http://{INSIDE}/domain/site.example"))).await;
    world.at(REGISTRY, 80, server);
    assert_eq!(registration(&world).await.failure, Some(RegistrationFailure::Unreachable));
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_registrar_is_asked_for_what_a_thin_registry_does_not_know() {
    let mut world = world(WHOIS).await;
    let (registry, _) = whois(THIN).await;
    // It refers back, and is not followed: there is no circle.
    let answer = format!("{THIN}Registrant Organization: 示例科技有限公司\r\n")
        .replace("whois.registrar.example", "whois.nic.example")
        .replace("2031-06-01", "2030-01-01");
    let (registrar, asked) = whois(answer).await;
    world.at(REGISTRY, 43, registry);
    world.at(REGISTRAR, 43, registrar);
    let registration = registration(&world).await;
    assert_eq!(registration.registrant.as_deref(), Some("示例科技有限公司"));
    assert_eq!(registration.expires_on, Some(date(2031, 6, 1)));
    assert_eq!(registration.source, "whois.nic.example");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_referral_to_the_inside_is_refused_and_the_registry_s_word_holds() {
    for referral in ["10.0.0.8", "10.0.0.8:43", "whois.inside.example", "127.0.0.1", "[::1]:43"] {
        let mut world = world(WHOIS).await;
        world.host("whois.inside.example", INSIDE);
        let (registry, _) = whois(THIN.replace("whois.registrar.example", referral)).await;
        let (inside, asked) = whois("Registrant: 示例科技有限公司\r\n").await;
        world.at(REGISTRY, 43, registry);
        world.at(INSIDE, 43, inside);
        world.at("127.0.0.1", 43, inside);
        world.at("::1", 43, inside);
        let registration = registration(&world).await;
        assert_eq!(registration.registrant, None, "{referral}");
        assert_eq!(registration.expires_on, Some(date(2031, 6, 1)), "{referral}");
        assert_eq!(asked.load(Ordering::SeqCst), 0, "{referral}");
    }
}

#[tokio::test]
async fn a_whois_server_of_the_operator_s_may_stand_inside() {
    let mut world = world(&WHOIS.replace("whois.nic.example", "10.0.0.8:4343")).await;
    let (server, _) = whois(THIN).await;
    world.at(INSIDE, 4343, server);
    assert_eq!(registration(&world).await.expires_on, Some(date(2031, 6, 1)));
}

#[tokio::test]
async fn hostile_whois_answers_end_in_time_and_are_none() {
    let endless = serve(|mut socket| async move {
        while socket.write_all(b"Domain Name: site.example\r\n").await.is_ok() {}
    })
    .await;
    let silent = serve(|socket| async move {
        tokio::time::sleep(Duration::from_secs(60)).await;
        drop(socket);
    })
    .await;
    let slow = serve(|mut socket| async move {
        while socket.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await;
    let (rubbish, _) = whois((0..=255).cycle().take(50_000).collect::<Vec<u8>>()).await;
    let (empty, _) = whois("").await;
    let (limited, _) = whois("Query rate limit exceeded\r\n").await;
    let (wrong, _) =
        whois("Domain Name: other.example\r\nExpiration Time: 2020-01-01 00:00:00\r\n").await;
    for (socket, failure) in [
        (endless, RegistrationFailure::Malformed),
        (silent, RegistrationFailure::Unreachable),
        (slow, RegistrationFailure::Unreachable),
        (rubbish, RegistrationFailure::Malformed),
        (empty, RegistrationFailure::Unreachable),
        (limited, RegistrationFailure::Limited),
        (wrong, RegistrationFailure::Malformed),
    ] {
        let mut world = world(WHOIS).await;
        world.at(REGISTRY, 43, socket);
        let start = std::time::Instant::now();
        assert_eq!(registration(&world).await.failure, Some(failure));
        assert!(start.elapsed() < Duration::from_secs(10));
    }
}

#[tokio::test]
async fn hostile_rdap_answers_are_none() {
    let huge = format!("{{\"objectClassName\":\"domain\",\"x\":\"{}\"}}", "a".repeat(600 * 1024));
    for (answer, failure) in [
        (rdap(&huge), RegistrationFailure::Malformed),
        (rdap(&"[".repeat(200_000)), RegistrationFailure::Malformed),
        (rdap(&OBJECT.replace("site.example", "other.example")), RegistrationFailure::Malformed),
        (respond("429 Too Many Requests", &[], b""), RegistrationFailure::Limited),
        (b"\0\0\0".to_vec(), RegistrationFailure::Malformed),
        (redirect("http://rdap.nic.example/domain/site.example"), RegistrationFailure::Unreachable),
    ] {
        let mut world =
            world("[[registry]]\nsuffixes = [\"example\"]\nrdap = \"http://rdap.nic.example/\"\n")
                .await;
        let shown: String = String::from_utf8_lossy(&answer).chars().take(200).collect();
        let server = http(move |_| answer.clone()).await;
        world.at(REGISTRY, 80, server);
        assert_eq!(registration(&world).await.failure, Some(failure), "{shown}");
    }
}

#[tokio::test]
async fn a_suffix_that_nobody_is_known_for_is_said_so() {
    let world = world(&WHOIS.replace("\"example\"", "\"cn\"")).await;
    assert_eq!(registration(&world).await.failure, Some(RegistrationFailure::NoService));
}

#[tokio::test]
async fn a_kept_answer_is_not_asked_for_in_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = world(WHOIS).await;
    let (server, asked) =
        whois(THIN.replace("   Registrar WHOIS Server: whois.registrar.example\r\n", "")).await;
    world.at(REGISTRY, 43, server);
    world.options.registration =
        Some(Settings { cache: Some(folder.path().join("kept")), ..settings(WHOIS) });
    let first = registration(&world).await;
    let second = world.look().await;
    assert_eq!(second.evidence.registration, Some(first));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert!(!second.exchanges.iter().any(|e| e.url.starts_with("whois:")));
}

#[tokio::test]
async fn the_operator_s_server_is_trusted_at_its_own_port_alone() {
    let mut world =
        world("[[registry]]\nsuffixes = [\"example\"]\nrdap = \"http://rdap.nic.example/\"\n")
            .await;
    world.host("rdap.nic.example", INSIDE);
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let other = http(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        rdap(OBJECT)
    })
    .await;
    world.at(INSIDE, 8080, other);
    let server = http(|_| redirect("http://rdap.nic.example:8080/domain/site.example")).await;
    world.at(INSIDE, 80, server);
    assert_eq!(registration(&world).await.failure, Some(RegistrationFailure::Unreachable));
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_registry_that_wants_a_rest_costs_no_other_site_its_evidence() {
    let mut world = world(WHOIS).await;
    let (limited, asked) = whois("Query rate limit exceeded\r\n").await;
    world.at(REGISTRY, 43, limited);
    world.host("other.example", SITE);
    // Its rest is half an hour; a look has not even one for registries.
    let hasty = Settings { per_minute: 1, patience: Duration::from_secs(40), ..settings(WHOIS) };
    world.options.registration = Some(hasty);
    world.http(|_| page("x")).await;
    let probe = world.probe();
    let limited = Some(RegistrationFailure::Limited);
    for domain in ["site.example", "other.example"] {
        let filing = Filing::of_domain(1, Domain::parse(domain).unwrap());
        let evidence = probe.look(&filing).await.evidence;
        assert_eq!(evidence.registration.unwrap().failure, limited, "{domain}");
        let visit = evidence.hosts[0].visit.as_ref().unwrap();
        assert!(visit.best().unwrap().answer().is_some(), "{domain}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1, "the second one did not wait for its turn");
}

#[tokio::test]
async fn a_registrar_is_asked_at_the_port_of_whois_whatever_the_answer_names() {
    let mut world = world(WHOIS).await;
    let referral = THIN.replace("whois.registrar.example", "whois.registrar.example:25");
    let (registry, _) = whois(referral).await;
    let (mail, knocked) = whois("Registrant: x\r\n").await;
    let (registrar, asked) = whois(format!("{THIN}Registrant: 示例科技有限公司\r\n")).await;
    world.at(REGISTRY, 43, registry);
    world.at(REGISTRAR, 25, mail);
    world.at(REGISTRAR, 43, registrar);
    assert_eq!(registration(&world).await.registrant.as_deref(), Some("示例科技有限公司"));
    assert_eq!((knocked.load(Ordering::SeqCst), asked.load(Ordering::SeqCst)), (0, 1));
}
