//! Killed at any step of sending, nothing is lost, and nothing doubled beyond what the protocols
//! make unavoidable: what the receiver had and the store did not know of yet.

use super::*;
use std::collections::BTreeMap;
use std::process::{Command, Stdio};

const SITES: usize = 30;
const KILLS: u64 = 10;

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_is_killed_again_and_again_loses_nothing_and_doubles_little() {
    let place = places().remove(0);
    let store = place.open().await;
    let pause = Duration::from_millis(15);
    let (post, robots) = (Post::start(Secure::No, pause).await, Robots::start(pause).await);
    let names: Vec<(String, String)> =
        (0..SITES).map(|n| (format!("n{n}.example"), format!("owner@n{n}.example"))).collect();
    let sites: Vec<(&str, &str)> = names.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    found(&store, &sites).await;
    let folder = tempfile::tempdir().unwrap();
    let notify = folder.path().join("notify.toml");
    let routes = format!(
        "{OWNERS}[[route]]\nname = \"hook\"\nby = \"webhook\"\ntell = \"notice\"\nurl = \"{}\"\n",
        robots.url("hook")
    );
    let mail = format!(
        "[mail]\nserver = \"localhost:{}\"\nsecurity = \"none\"\nfrom = \"desk@cloud.example\"\nper_minute = 6000\n",
        post.address.port()
    );
    fs::write(&notify, format!("{mail}{routes}")).unwrap();
    let deliver = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_beian"));
        command
            .args(["deliver", "--lang", "en", "--store", &place.url])
            .env("BEIAN_NOTIFY__FILE", &notify)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    };
    let script = format!(
        "import sqlite3; c = sqlite3.connect({:?}, timeout=60); \
         c.execute(\"UPDATE message SET lease = '' WHERE state = 'sending'\"); c.commit()",
        place.url
    );
    // A lease lasts minutes, which nobody waits for here.
    let forget =
        || assert!(Command::new("python3").args(["-c", &script]).status().unwrap().success());
    for kill in 0..KILLS {
        let mut child = deliver().spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(60 + kill * 97 % 400)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        forget();
    }
    let done = tokio::task::block_in_place(|| deliver().output().unwrap());
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let mut mails: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for mail in post.taken() {
        mails.entry(mail.to.clone()).or_default().push(mail.header("Message-ID").unwrap());
    }
    let mut posts: BTreeMap<String, usize> = BTreeMap::new();
    for call in robots.taken("hook") {
        *posts.entry(call.header("x-beian-delivery").unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!((mails.len(), posts.len()), (SITES, SITES), "nothing is lost");
    let twice = mails.values().map(|ids| ids.len() - 1).sum::<usize>();
    let twice = twice + posts.values().map(|count| count - 1).sum::<usize>();
    assert!(twice as u64 <= KILLS, "{twice} messages came twice, of {KILLS} kills");
    for ids in mails.values() {
        assert!(ids.iter().all(|id| *id == ids[0]), "the same message has one name: {ids:?}");
    }
    let left = store.message_count().await.unwrap();
    assert_eq!(left.keys().collect::<Vec<_>>(), [&State::Sent], "{left:?}");
    assert!(store.check().await.unwrap().faults.is_empty());
}
