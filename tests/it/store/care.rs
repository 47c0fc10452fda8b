//! Looking after the store.

use super::*;
use beian::notice::{Event, Status};
use beian::store::{Act, Filter, StoreError};

const V: Level = Level::Violation;

#[tokio::test]
async fn what_ended_long_ago_is_forgotten_and_what_is_open_is_not() {
    for place in places() {
        let store = place.open().await;
        let of = |line, name| filing(line, name, "甲公司");
        let mut first = [
            entry(of(1, "a.example"), &[("ICP001", V)], &[]),
            entry(of(2, "b.example"), &[("ICP001", V)], &[]),
        ];
        run(&store, "2026-01-05", &mut first).await;
        let mut second =
            [entry(of(1, "a.example"), &[], &["ICP001"]), entry(of(2, "b.example"), &[], &[])];
        run(&store, "2026-01-06", &mut second).await;
        run(&store, "2026-06-01", &mut [entry(of(2, "b.example"), &[("ICP001", V)], &[])]).await;
        let pruned = store.prune(at("2026-03-01T00:00:00Z")).await.unwrap();
        assert_eq!((pruned.runs, pruned.findings), (2, 1));
        let left = store.all_findings(&Filter::default()).await.unwrap();
        assert_eq!((left.len(), left[0].life.status), (1, Status::Drafted));
        assert_eq!(store.history(&left[0].notice).await.unwrap().len(), 1, "its history stays");
        assert_eq!(store.runs(9).await.unwrap().len(), 1);
        // However long ago, the last run stays.
        store.prune(at("2027-03-01T00:00:00Z")).await.unwrap();
        assert_eq!(store.runs(9).await.unwrap().len(), 1);
        assert!(store.check().await.unwrap().faults.is_empty());
    }
}

#[tokio::test]
async fn what_runs_said_of_each_filing_is_forgotten_before_the_runs_are() {
    for place in places() {
        let store = place.open().await;
        for day in ["2026-01-05", "2026-01-06", "2026-01-07"] {
            let found = [("ICP001", V)];
            run(&store, day, &mut [entry(filing(1, "a.example", "甲公司"), &found, &[])]).await;
        }
        let late = at("2026-06-01T00:00:00Z");
        assert_eq!(store.prune_details(late).await.unwrap(), 1);
        assert_eq!(store.prune_details(late).await.unwrap(), 0);
        let runs = store.runs(9).await.unwrap();
        let detail: Vec<bool> = runs.iter().map(|run| run.detail).collect();
        assert_eq!(detail, [true, true, false], "the last two can be compared");
        assert_eq!(store.all_findings(&Filter::default()).await.unwrap().len(), 1);
        let rows = store.check().await.unwrap().rows;
        assert!(rows.contains(&("audit", 2)), "{rows:?}");
    }
}

#[tokio::test]
async fn damage_is_found() {
    let place = places().remove(0);
    let store = place.open().await;
    run(&store, "2026-11-02", &mut [entry(filing(1, "a.example", "甲"), &[("ICP001", V)], &[])])
        .await;
    assert!(store.check().await.unwrap().faults.is_empty());
    store.close().await;
    let sql = "UPDATE finding SET status = 'closed'; DELETE FROM filing;";
    let script =
        format!("import sqlite3; c = sqlite3.connect({:?}); c.executescript({sql:?})", place.url);
    assert!(Command::new("python3").args(["-c", &script]).status().unwrap().success());
    let faults = place.open().await.check().await.unwrap().faults;
    assert_eq!(faults.len(), 2, "{faults:?}");
}

#[tokio::test]
async fn a_copy_is_made_while_others_write_and_never_over_another_file() {
    let place = places().remove(0);
    let store = place.open().await;
    let writer = store.clone();
    let writing = tokio::spawn(async move {
        for number in 0..40 {
            let name = format!("n{number}.example");
            let at_now = at("2026-11-01T00:00:00Z");
            writer.import(at_now, &[filing(1, &name, "甲公司")]).await.unwrap();
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    store.backup(&copy).await.unwrap();
    assert!(store.backup(&copy).await.is_err());
    // Persons stand in a store: it is its owner's alone, and so is a copy.
    #[cfg(unix)]
    for file in [copy.as_path(), Path::new(&place.url)] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    writing.await.unwrap();
    let copied =
        Store::open(copy.to_str().unwrap(), false, at("2026-11-01T00:00:00Z")).await.unwrap();
    assert!(copied.check().await.unwrap().faults.is_empty());
    assert!(copied.filing_count().await.unwrap() <= 40);
    assert_eq!(store.filing_count().await.unwrap(), 40);
}

#[tokio::test]
async fn two_programs_work_with_one_store() {
    for place in places() {
        // Both make it, both enter runs over the same filings.
        let (one, two) = tokio::join!(place.open(), place.open());
        let work = |store: Store, from: u32| {
            tokio::spawn(async move {
                for number in 0..10_u32 {
                    let date = format!("2026-{:02}-{:02}", from + number / 28, number % 28 + 1);
                    let name = format!("n{}.example", number % 3);
                    let mut entries = [entry(filing(1, &name, "甲公司"), &[("ICP001", V)], &[])];
                    let mut head = begin(&store, &date, 1).await;
                    head.id = format!("{}-{from}", head.id);
                    store.begin_run(&mut head, 1).await.unwrap();
                    store.enter(&head, &mut entries, &workdays()).await.unwrap();
                }
            })
        };
        let (first, second) = (work(one.clone(), 3), work(two, 4));
        first.await.unwrap();
        second.await.unwrap();
        assert_eq!(one.all_findings(&Filter::default()).await.unwrap().len(), 3);
        assert!(one.check().await.unwrap().faults.is_empty());
    }
}

#[tokio::test]
async fn a_store_of_another_version_is_told_apart() {
    for place in places() {
        let missing = Store::open(&place.url, false, at("2026-11-01T00:00:00Z")).await;
        assert!(matches!(missing, Err(StoreError::Missing(_))), "{missing:?}");
        let made = Store::migrate(&place.url, at("2026-11-01T00:00:00Z")).await.unwrap();
        assert_eq!(made.0, 0);
        let again = Store::migrate(&place.url, at("2026-11-01T00:00:00Z")).await.unwrap();
        assert_eq!(again, (made.1, made.1));
    }
    let place = places().remove(0);
    place.open().await.close().await;
    let sql = "INSERT INTO beian_schema VALUES (99, '')";
    let script = format!(
        "import sqlite3; c = sqlite3.connect({:?}); c.execute({sql:?}); c.commit()",
        place.url
    );
    assert!(Command::new("python3").args(["-c", &script]).status().unwrap().success());
    let newer = Store::open(&place.url, true, at("2026-11-01T00:00:00Z")).await;
    assert!(matches!(newer, Err(StoreError::Newer(99, _))), "{newer:?}");
}

#[tokio::test]
async fn a_password_is_not_shown() {
    let url = "postgres://desk:secret@127.0.0.1:1/none";
    let error = Store::open(url, false, at("2026-11-01T00:00:00Z")).await.unwrap_err().to_string();
    assert!(!error.contains("secret") && error.contains("desk:***@"), "{error}");
}

#[tokio::test]
async fn what_is_closed_by_hand_stays_closed_until_it_is_seen() {
    for place in places() {
        let store = place.open().await;
        let of = || filing(1, "a.example", "甲公司");
        run(&store, "2026-11-02", &mut [entry(of(), &[("ICP001", V)], &[])]).await;
        let act = Act {
            event: Event::Closed,
            actor: "desk",
            reason: "struck off",
            at: at("2026-11-02T05:00:00Z"),
            day: day("2026-11-02"),
        };
        store.act(&Filter::default(), &act, &workdays()).await.unwrap();
        run(&store, "2026-11-03", &mut [entry(of(), &[], &["ICP001"])]).await;
        let seen = store.all_findings(&Filter::default()).await.unwrap().remove(0);
        assert_eq!(store.history(&seen.notice).await.unwrap().len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_make_a_store_at_once() {
    let mut all = places();
    // SQLite's file is made in a moment: often enough that they meet.
    all.extend((0..30).map(|_| file()));
    for place in all {
        let makers = (0..12).map(|number: u32| {
            let place = place.url.clone();
            tokio::spawn(async move {
                let store = Store::open(&place, true, at("2026-11-23T01:00:00Z")).await.unwrap();
                let of = filing(1, &format!("n{number}.example"), "甲公司");
                store.import(at("2026-11-23T02:00:00Z"), &[of]).await.unwrap();
            })
        });
        for maker in makers.collect::<Vec<_>>() {
            maker.await.unwrap();
        }
        assert_eq!(place.open().await.filing_count().await.unwrap(), 12);
    }
}
