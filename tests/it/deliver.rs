//! Messages: planned, sent to real servers of our own, told once, killed on the way.

mod kill;
mod sinks;
mod story;

use crate::store::{at, begin, entry, filing, places, run, workdays};
use beian::notice::Status;
use beian::notify::{Composer, Config, Look, Office, Planned, Roots, Sent};
use beian::policy::{Level, Workdays};
use beian::report::{Item, ItemRows, LETTER, Letter};
use beian::rules::Lang;
use beian::store::{Filter, Seen, State, Store};
use jiff::Timestamp;
use sinks::{Post, Robots, Secure};
use std::fs;
use std::path::Path;
use std::time::Duration;

const V: Level = Level::Violation;

fn item(seen: Seen) -> Item {
    Item {
        notice: seen.notice,
        status: seen.life.status,
        sent: seen.life.sent,
        reopened: seen.life.reopened,
        folder: seen.folder,
        finding: seen.finding,
        filing: seen.filing,
    }
}

fn letter() -> Letter {
    let rows = ItemRows { lang: Lang::Zh, contacts: true };
    Letter::new(LETTER[0], "letter", rows, ("甲云", "desk@cloud.example"), 7).unwrap()
}

/// What is needed to send.
struct Desk {
    folder: tempfile::TempDir,
    config: Config,
    letter: Letter,
    workdays: Workdays,
    clock: fn() -> Timestamp,
}

impl Desk {
    fn new(post: &Post, security: &str, routes: &str, clock: fn() -> Timestamp) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("root.pem", &post.root);
        write("password", "right\n");
        write("secret", "SEC1\n");
        let port = post.address.port();
        let login = match security {
            "none" => "",
            _ => "user = \"desk\"\npassword_file = \"password\"\n",
        };
        let text = format!(
            "[mail]\nserver = \"localhost:{port}\"\nsecurity = \"{security}\"\n{login}\
             from = \"备案 <desk@cloud.example>\"\nca_certs = [\"root.pem\"]\nper_minute = 6000\n{routes}"
        );
        let config = read(&text, folder.path());
        Desk { folder, config, letter: letter(), workdays: workdays(), clock }
    }

    fn office<'a>(&'a self, store: &'a Store) -> Office<'a> {
        Office {
            store,
            config: &self.config,
            workdays: &self.workdays,
            composer: Composer {
                letter: &self.letter,
                lang: Lang::Zh,
                name: |item| format!("{}.docx", item.filing.domain.ascii()),
            },
            item,
            roots: Roots::with(Vec::new()).unwrap(),
            clock: self.clock,
        }
    }

    async fn deliver(&self, store: &Store) -> (Vec<Planned>, Sent) {
        let office = self.office(store);
        let planned = office.plan(false).await.unwrap();
        (planned, office.send(|| false).await.unwrap())
    }
}

fn read(text: &str, folder: &Path) -> Config {
    let look = Look { folder, environment: &|_| None };
    Config::read(text, "notify.toml", &look).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

const OWNERS: &str = "[[route]]\nname = \"owners\"\nby = \"mail\"\ntell = \"notice\"\n";

fn monday() -> Timestamp {
    at("2026-11-02T02:30:00Z")
}

fn night() -> Timestamp {
    at("2026-11-02T13:00:00Z")
}

/// A run with findings of these filings: name, address.
async fn found(store: &Store, sites: &[(&str, &str)]) {
    let of = |(line, (name, email)): (usize, &(&str, &str))| {
        let mut filing = filing(line as u64 + 1, name, &format!("{name}公司"));
        filing.email = Some((*email).to_owned()).filter(|email| !email.is_empty());
        filing.owner = Some("负责人甲".to_owned());
        entry(filing, &[("ICP001", V), ("LNK001", V)], &[])
    };
    let mut entries: Vec<_> = sites.iter().enumerate().map(of).collect();
    run(store, "2026-11-02", &mut entries).await;
}

#[tokio::test]
async fn owners_get_a_mail_with_their_letter_once_however_it_is_secured() {
    for (secure, name) in
        [(Secure::No, "none"), (Secure::Starttls, "starttls"), (Secure::Tls, "tls")]
    {
        let place = places().remove(0);
        let store = place.open().await;
        let post = Post::start(secure, Duration::ZERO).await;
        found(&store, &[("a.example", "owner@a.example"), ("b.example", "")]).await;
        let desk = Desk::new(&post, name, OWNERS, monday);
        let (planned, sent) = desk.deliver(&store).await;
        assert_eq!((planned[0].messages, planned[0].unaddressed), (1, 2), "{name}");
        assert_eq!((sent.sent, sent.errors.as_slice()), (1, [].as_slice()), "{name}");
        let mails = post.taken();
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].to, "owner@a.example");
        assert_eq!(mails[0].secure, name != "none");
        assert_eq!(mails[0].user.as_deref(), (name != "none").then_some("desk"));
        assert!(mails[0].data.contains("a.example.docx"), "{}", mails[0].data);
        let id = mails[0].header("Message-ID").unwrap();
        assert!(id.ends_with("@cloud.example>"), "{id}");
        // Told once; the findings are sent from that day on.
        let (planned, sent) = desk.deliver(&store).await;
        assert_eq!((planned[0].messages, sent.sent), (0, 0));
        let all = store.all_findings(&Filter::default()).await.unwrap();
        let statuses: Vec<Status> = all.iter().map(|seen| seen.life.status).collect();
        assert_eq!(statuses, [Status::Sent, Status::Sent, Status::Drafted, Status::Drafted]);
        assert_eq!(post.taken().len(), 1);
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_not_trusted() {
    let place = places().remove(0);
    let store = place.open().await;
    let (post, other) = (
        Post::start(Secure::Starttls, Duration::ZERO).await,
        Post::start(Secure::Starttls, Duration::ZERO).await,
    );
    found(&store, &[("a.example", "owner@a.example")]).await;
    let wrong = Post { root: other.root, ..post };
    let desk = Desk::new(&wrong, "starttls", OWNERS, monday);
    let (_, sent) = desk.deliver(&store).await;
    assert_eq!((sent.sent, sent.later), (0, 1), "{sent:?}");
    assert!(wrong.taken().is_empty());
}

#[tokio::test]
async fn who_is_gone_is_dead_who_is_busy_is_later_and_a_wrong_password_kills_nothing() {
    let place = places().remove(0);
    let store = place.open().await;
    let post = Post::start(Secure::Starttls, Duration::ZERO).await;
    let sites = [("a.example", "gone@a.example"), ("b.example", "busy@b.example")];
    found(&store, &sites).await;
    let desk = Desk::new(&post, "starttls", OWNERS, monday);
    let (_, sent) = desk.deliver(&store).await;
    assert_eq!((sent.dead, sent.later), (1, 1), "{sent:?}");
    let dead = store.messages(Some(State::Dead), 9).await.unwrap();
    assert_eq!(dead[0].recipient, "gone@a.example");
    assert!(dead[0].error.contains("no such user"), "{}", dead[0].error);
    assert_eq!(dead[0].shown_recipient(), "g***@a.example");

    // The password is wrong: everything waits for the operator.
    fs::write(desk.folder.path().join("password"), "wrong").unwrap();
    let place = places().remove(0);
    let store = place.open().await;
    found(&store, &[("a.example", "owner@a.example")]).await;
    let text = format!(
        "[mail]\nserver = \"localhost:{}\"\nsecurity = \"starttls\"\nuser = \"desk\"\n\
         password_file = \"password\"\nfrom = \"desk@cloud.example\"\nca_certs = [\"root.pem\"]\n{OWNERS}",
        post.address.port()
    );
    let config = read(&text, desk.folder.path());
    let desk = Desk { config, ..desk };
    let (_, sent) = desk.deliver(&store).await;
    assert_eq!((sent.dead, sent.later), (0, 1), "{sent:?}");
    assert!(sent.errors[0].contains("wrong password"), "{sent:?}");
}

#[tokio::test]
async fn robots_and_webhooks_are_told_as_they_ask() {
    let place = places().remove(0);
    let store = place.open().await;
    let post = Post::start(Secure::No, Duration::ZERO).await;
    let robots = Robots::start(Duration::ZERO).await;
    found(&store, &[("a.example", "owner@a.example")]).await;
    let mut routes = String::new();
    let folder = tempfile::tempdir().unwrap();
    for (name, secret) in
        [("wecom", false), ("dingtalk", true), ("feishu", true), ("webhook", true)]
    {
        let file = folder.path().join(format!("{name}.url"));
        fs::write(&file, robots.url(name)).unwrap();
        routes.push_str(&format!(
            "[[route]]\nname = \"{name}\"\nby = \"{name}\"\ntell = \"digest\"\nurl_file = {file:?}\n{}",
            if secret { "secret_file = \"secret\"\n" } else { "" }
        ));
    }
    let hook = robots.url("owners");
    routes.push_str(&format!(
        "[[route]]\nname = \"hook\"\nby = \"webhook\"\ntell = \"notice\"\nurl = \"{hook}\"\n"
    ));
    let desk = Desk::new(&post, "none", &routes, monday);
    let tested = desk.office(&store).test().await;
    assert!(tested.iter().all(|(_, result)| result.is_ok()), "{tested:?}");
    robots.calls.lock().unwrap().clear();
    let (_, sent) = desk.deliver(&store).await;
    assert_eq!((sent.sent, sent.errors.len()), (5, 0), "{sent:?}");
    let wecom = &robots.taken("wecom")[0].body;
    let text = wecom["markdown"]["content"].as_str().unwrap();
    assert!(text.contains("新发现 2") && text.contains("a.example"), "{text}");
    let dingtalk = &robots.taken("dingtalk")[0];
    assert!(dingtalk.path.contains("timestamp=1793586600000&sign="), "{}", dingtalk.path);
    let feishu = &robots.taken("feishu")[0].body;
    assert_eq!(feishu["timestamp"], "1793586600");
    assert!(feishu["sign"].as_str().is_some_and(|sign| sign.len() == 44));
    let hook = &robots.taken("webhook")[0];
    let signed = format!("{}.{}", hook.header("x-beian-timestamp").unwrap(), hook.raw);
    let made = std::process::Command::new("python3")
        .args([
            "-c",
            "import hmac,sys;print(hmac.new(b'SEC1',sys.argv[1].encode(),'sha256').hexdigest())",
            &signed,
        ])
        .output()
        .unwrap();
    let made = String::from_utf8(made.stdout).unwrap();
    assert_eq!(hook.header("x-beian-signature").unwrap(), format!("sha256={}", made.trim()));
    assert_eq!(hook.body["changes"]["found"], 2);
    let told = &robots.taken("owners")[0];
    assert_eq!(told.body["findings"][0]["code"], "ICP001");
    assert_eq!(told.body["findings"][0]["owner"], "负***", "persons stand masked");
    // Nothing has happened since: nothing is said.
    robots.calls.lock().unwrap().clear();
    desk.deliver(&store).await;
    assert!(robots.calls.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_robot_that_will_not_is_waited_for_and_one_that_is_gone_is_dead() {
    let place = places().remove(0);
    let store = place.open().await;
    let post = Post::start(Secure::No, Duration::ZERO).await;
    let robots = Robots::start(Duration::ZERO).await;
    found(&store, &[("a.example", "owner@a.example")]).await;
    let mut routes = String::new();
    for (name, by) in [("gone", "webhook"), ("many", "webhook"), ("wrong", "wecom")] {
        let folder = std::env::temp_dir();
        let file = folder.join(format!("beian-test-{}-{name}.url", std::process::id()));
        fs::write(&file, robots.url(name)).unwrap();
        routes.push_str(&format!(
            "[[route]]\nname = \"{name}\"\nby = \"{by}\"\ntell = \"digest\"\nurl_file = {file:?}\n"
        ));
    }
    let desk = Desk::new(&post, "none", &routes, monday);
    // The clock stands, so that what is to wait a minute waits for another call: it is stopped.
    let office = desk.office(&store);
    office.plan(false).await.unwrap();
    let tries = std::sync::atomic::AtomicU32::new(0);
    let stop = || tries.fetch_add(1, std::sync::atomic::Ordering::SeqCst) >= 4;
    let sent = office.send(stop).await.unwrap();
    assert_eq!((sent.sent, sent.dead, sent.later), (0, 1, 2), "{sent:?}");
    let of = |state| store.messages(Some(state), 9);
    assert_eq!(of(State::Dead).await.unwrap()[0].route, "gone");
    let waiting = of(State::Waiting).await.unwrap();
    let many = waiting.iter().find(|message| message.route == "many").unwrap();
    assert_eq!(many.attempts, 0, "a limit is no failure");
    let wrong = waiting.iter().find(|message| message.route == "wrong").unwrap();
    assert!(wrong.error.contains("invalid webhook"), "{}", wrong.error);
    for name in ["gone", "many", "wrong"] {
        let file = format!("beian-test-{}-{name}.url", std::process::id());
        fs::remove_file(std::env::temp_dir().join(file)).unwrap();
    }
}

#[tokio::test]
async fn nobody_is_told_in_quiet_hours_but_by_who_is_urgent_and_a_dry_run_tells_nobody() {
    let place = places().remove(0);
    let store = place.open().await;
    let post = Post::start(Secure::No, Duration::ZERO).await;
    found(&store, &[("a.example", "owner@a.example")]).await;
    let routes = format!(
        "[quiet]\nfrom = \"20:00\"\nuntil = \"08:30\"\n{OWNERS}\
         [[route]]\nname = \"watch\"\nby = \"mail\"\ntell = \"digest\"\nto = [\"watch@cloud.example\"]\nurgent = true\n"
    );
    let desk = Desk::new(&post, "none", &routes, night);
    let dry = desk.office(&store).plan(true).await.unwrap();
    assert_eq!((dry[0].messages, dry[1].messages), (1, 1));
    assert!(store.messages(None, 9).await.unwrap().is_empty());
    let (_, sent) = desk.deliver(&store).await;
    assert_eq!(sent.quiet_until, Some(at("2026-11-03T00:30:00Z")));
    let to: Vec<String> = post.taken().into_iter().map(|mail| mail.to).collect();
    assert_eq!(to, ["watch@cloud.example"]);
    let desk = Desk { clock: || at("2026-11-03T01:00:00Z"), ..desk };
    desk.deliver(&store).await;
    assert_eq!(post.taken().len(), 2);
}

#[tokio::test]
async fn what_is_mended_before_it_is_said_is_not_said() {
    let place = places().remove(0);
    let store = place.open().await;
    let post = Post::start(Secure::No, Duration::ZERO).await;
    found(&store, &[("a.example", "owner@a.example"), ("b.example", "owner@b.example")]).await;
    let desk = Desk::new(&post, "none", OWNERS, monday);
    desk.office(&store).plan(false).await.unwrap();
    let head = begin(&store, "2026-11-03", 2).await;
    let of = |name: &str| {
        let mut filing = filing(1, name, &format!("{name}公司"));
        filing.email = Some(format!("owner@{name}"));
        filing
    };
    let mut mended = [
        entry(of("a.example"), &[], &["ICP001", "LNK001"]),
        entry(of("b.example"), &[("LNK001", V)], &["ICP001"]),
    ];
    store.enter(&head, &mut mended, &workdays()).await.unwrap();
    let sent = desk.office(&store).send(|| false).await.unwrap();
    assert_eq!((sent.sent, sent.outdated), (1, 1), "{sent:?}");
    let mails = post.taken();
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, "owner@b.example"));
    let text = text_of(&mails[0].data);
    assert!(text.contains("LNK001 有问题") && !text.contains("ICP001 有问题"), "{text}");
}

/// The text of a mail: its first part, decoded.
fn text_of(data: &str) -> String {
    let script = "import email,email.policy,sys\nm=email.message_from_string(sys.stdin.read(),policy=email.policy.default)\nprint(m.get_body(('plain',)).get_content())";
    let mut child = std::process::Command::new("python3")
        .args(["-c", script])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    use std::io::Write;
    child.stdin.take().unwrap().write_all(data.as_bytes()).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}
