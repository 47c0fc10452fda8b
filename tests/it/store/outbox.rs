//! The outbox, and whose turn a job is.

use super::*;
use beian::notice::Status;
use beian::store::{Draft, Filter, Seen, State, Turn};

fn draft(id: &str, findings: &[Seen]) -> Draft {
    let stage = |seen: &Seen| (seen.mark(), format!("{} told", seen.life.opened));
    Draft {
        id: id.to_owned(),
        route: "owners".to_owned(),
        recipient: "owner@a.example".to_owned(),
        kind: "notice".to_owned(),
        subject: "甲公司".to_owned(),
        body: "{}".to_owned(),
        findings: findings.iter().map(stage).collect(),
    }
}

const NOW: &str = "2026-11-03T00:00:00Z";
const SOON: &str = "2026-11-03T00:05:00Z";
const LATER: &str = "2026-11-03T01:00:00Z";

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_put_there_once_and_taken_by_one() {
    const MANY: usize = 80;
    for place in places() {
        let store = place.open().await;
        let mut drafts = vec![draft("m1", &[]), draft("m1", &[]), draft("m2", &[])];
        assert_eq!(store.put_messages(&drafts, at(NOW), at(NOW)).await.unwrap(), 2);
        assert_eq!(store.put_messages(&drafts, at(NOW), at(NOW)).await.unwrap(), 0);
        drafts.extend((3..=MANY).map(|number| draft(&format!("m{number}"), &[])));
        store.put_messages(&drafts, at(NOW), at(NOW)).await.unwrap();
        // Many take at once, each from a connection of its own; nobody gets what another has.
        let takers = (0..8).map(|_| {
            let place = place.url.clone();
            tokio::spawn(async move {
                let store = Store::open(&place, false, at(NOW)).await.unwrap();
                let mut taken = Vec::new();
                while let Some(message) = store.take_message(at(NOW), at(SOON), &[]).await.unwrap()
                {
                    taken.push(message.id);
                }
                taken
            })
        });
        let mut taken = Vec::new();
        for taker in takers.collect::<Vec<_>>() {
            taken.extend(taker.await.unwrap());
        }
        taken.sort();
        taken.dedup();
        let all = store.messages(Some(State::Sending), 1_000).await.unwrap();
        assert_eq!((taken.len(), all.len()), (MANY, MANY));
        assert!(all.iter().all(|message| message.attempts == 1), "one is taken by one");
        // Whoever took them has died: others may, when his time is over.
        assert!(store.take_message(at(NOW), at(SOON), &[]).await.unwrap().is_none());
        let again = store.take_message(at(SOON), at(LATER), &[]).await.unwrap().unwrap();
        assert_eq!(again.attempts, 2);
        let skipping = ["owners".to_owned()];
        assert!(store.take_message(at(SOON), at(LATER), &skipping).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_message_that_fails_is_tried_again_and_dies_in_sight() {
    for place in places() {
        let store = place.open().await;
        store.put_messages(&[draft("m1", &[])], at(NOW), at(NOW)).await.unwrap();
        store.take_message(at(NOW), at(SOON), &[]).await.unwrap().unwrap();
        store.message_failed("m1", "421 busy", Some(at(SOON))).await.unwrap();
        assert!(store.take_message(at(NOW), at(SOON), &[]).await.unwrap().is_none());
        store.take_message(at(SOON), at(LATER), &[]).await.unwrap().unwrap();
        store.message_failed("m1", "550 no such user", None).await.unwrap();
        let dead = store.messages(Some(State::Dead), 10).await.unwrap();
        assert_eq!((dead.len(), dead[0].error.as_str()), (1, "550 no such user"));
        assert_eq!(store.message_count().await.unwrap()[&State::Dead], 1);
        assert_eq!(store.retry(&[], at(LATER)).await.unwrap(), 1);
        let taken = store.take_message(at(LATER), at(LATER), &[]).await.unwrap().unwrap();
        assert_eq!(taken.attempts, 1, "it begins anew");
        store.message_later("m1", at(LATER)).await.unwrap();
        let put_off = store.messages(Some(State::Waiting), 10).await.unwrap();
        assert_eq!(put_off[0].attempts, 0, "put off is not tried");
    }
}

#[tokio::test]
async fn what_an_owner_was_told_is_sent_from_then_on_and_told_once() {
    for place in places() {
        let store = place.open().await;
        let of = || filing(1, "a.example", "甲公司");
        let found = [("ICP001", Level::Violation), ("LNK001", Level::Violation)];
        run(&store, "2026-11-02", &mut [entry(of(), &found, &[])]).await;
        let all = Filter::default();
        let fresh = store.untold("owners", "told", &all).await.unwrap();
        assert_eq!(fresh.len(), 2);
        store.put_messages(&[draft("m1", &fresh)], at(NOW), at(NOW)).await.unwrap();
        assert!(store.untold("owners", "told", &all).await.unwrap().is_empty());
        assert_eq!(store.untold("owners", "reminded", &all).await.unwrap().len(), 2);
        assert_eq!(store.untold("staff", "told", &all).await.unwrap().len(), 2);
        // One of them is mended before the message goes.
        run(&store, "2026-11-03", &mut [entry(of(), &[("LNK001", Level::Violation)], &["ICP001"])])
            .await;
        let open = store.message_findings("m1").await.unwrap();
        assert_eq!(open.len(), 1);
        let days = workdays();
        let told = Some((day("2026-11-03"), &days));
        store.message_sent("m1", at(LATER), told).await.unwrap();
        store.message_sent("m1", at(LATER), told).await.unwrap();
        let now = store.all_findings(&all).await.unwrap();
        assert_eq!(now[0].life.status, Status::Closed);
        assert_eq!((now[1].life.status, now[1].life.sent), (Status::Sent, Some(day("2026-11-03"))));
        let history = store.history(&now[1].notice).await.unwrap();
        assert_eq!(history.iter().filter(|past| past.change == "sent").count(), 1);
        // What comes back is to be told again; the old message is not about it.
        run(&store, "2026-11-05", &mut [entry(of(), &[("ICP001", Level::Violation)], &[])]).await;
        let fresh = store.untold("owners", "told", &all).await.unwrap();
        assert_eq!(fresh.len(), 1);
        assert_eq!(store.message_findings("m1").await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn two_who_plan_at_once_tell_it_once() {
    for place in places() {
        let store = place.open().await;
        let of = |name| filing(1, name, "甲公司");
        let found = [("ICP001", Level::Violation), ("LNK001", Level::Violation)];
        run(&store, "2026-11-02", &mut [entry(of("a.example"), &found[..1], &[])]).await;
        let all = Filter::default();
        let early = store.untold("owners", "told", &all).await.unwrap();
        run(&store, "2026-11-03", &mut [entry(of("a.example"), &found, &[])]).await;
        let late = store.untold("owners", "told", &all).await.unwrap();
        assert_eq!((early.len(), late.len()), (1, 2));
        // One owner has two addresses: both are told by one plan.
        let also = Draft { recipient: "other@a.example".to_owned(), ..draft("m2", &early) };
        let put = store.put_messages(&[draft("m1", &early), also], at(NOW), at(NOW)).await;
        assert_eq!(put.unwrap(), 2);
        assert_eq!(store.put_messages(&[draft("m3", &early)], at(NOW), at(NOW)).await.unwrap(), 0);
        assert_eq!(store.put_messages(&[draft("m4", &late)], at(NOW), at(NOW)).await.unwrap(), 1);
        let told = store.message_findings("m4").await.unwrap();
        assert_eq!((told.len(), &*told[0].finding.code), (1, "LNK001"));
        assert_eq!(store.message_findings("m2").await.unwrap().len(), 1);
        // A route that told owners and tells staff from now on begins anew.
        assert_eq!(store.bodies("owners", "notice").await.unwrap(), ["{}"]);
        assert!(store.bodies("owners", "digest").await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_job_is_one_s_at_a_time_and_once_for_its_time() {
    for place in places() {
        let store = place.open().await;
        let take = |slot: &'static str, holder: &'static str, now: &'static str| {
            let store = store.clone();
            async move { store.take_turn("nightly", at(slot), holder, at(now), at(LATER)).await }
        };
        assert_eq!(take(NOW, "a", NOW).await.unwrap(), Turn::Mine);
        assert_eq!(take(NOW, "b", NOW).await.unwrap(), Turn::Done);
        assert!(matches!(take(SOON, "b", SOON).await.unwrap(), Turn::Held(_)));
        store.hold_turn("nightly", "a", at("2026-11-03T02:00:00Z")).await.unwrap();
        assert!(matches!(take(SOON, "b", LATER).await.unwrap(), Turn::Held(_)));
        store.end_turn("nightly", "a", at(LATER), "0").await.unwrap();
        assert_eq!(take(NOW, "b", LATER).await.unwrap(), Turn::Done, "it was done for that time");
        assert_eq!(take(SOON, "b", LATER).await.unwrap(), Turn::Mine);
        let jobs = store.jobs().await.unwrap();
        assert_eq!((jobs[0].slot.as_str(), jobs[0].ended.as_str()), (SOON, ""));
    }
}
