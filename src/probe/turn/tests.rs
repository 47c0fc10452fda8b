use super::*;
use tokio::{
    sync::Semaphore,
    time::{sleep, timeout},
};

const SECOND: Duration = Duration::from_secs(1);

fn turns(width: usize) -> Arc<Turns> {
    Turns::new(width, Arc::new(Metrics::default()))
}

fn begin(turns: &Arc<Turns>, patient: bool) -> Arc<Turn> {
    Turn::new(turns, turns.try_place().unwrap(), patient)
}

/// A semaphore that nobody ever gets.
async fn never() {
    pending().await
}

#[tokio::test(start_paused = true)]
async fn who_waits_holds_no_place_and_comes_back_before_anybody_new() {
    let turns = turns(1);
    let turn = begin(&turns, false);
    let door = Arc::new(Semaphore::new(0));
    let wants = Arc::clone(&door);
    let look = tokio::spawn(turn.run(async move {
        let _seat = wait(Some(Crowd::of(&1)), false, wants.acquire_owned()).await;
        sleep(2 * SECOND).await;
    }));
    sleep(SECOND).await;
    let place = turns.try_place();
    assert!(place.is_some() && turns.try_place().is_none(), "another one works meanwhile");
    // It holds what it waited for, and does not wait for the place as well.
    door.add_permits(1);
    sleep(SECOND).await;
    drop(place);
    assert!(turns.try_place().is_none(), "it has come back, and works");
    let fresh = turns.place().await;
    assert!(look.is_finished() && turns.try_place().is_none());
    drop(fresh);
    assert!(turns.try_place().is_some());
}

#[tokio::test(start_paused = true)]
async fn what_a_look_waits_is_not_counted_as_its_work() {
    let turns = turns(1);
    let turn = begin(&turns, false);
    let looked = Arc::clone(&turn).run(async {
        timed(Stage::Dns, "site.example", sleep(2 * SECOND)).await;
        wait(None, false, sleep(100 * SECOND)).await;
        timed(Stage::Body, "site.example", sleep(3 * SECOND)).await;
    });
    looked.await.unwrap();
    let Standing { step, waits, worked, waited } = turn.standing();
    assert_eq!((step, waits, worked, waited), (None, false, 5 * SECOND, 100 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn of_two_hosts_the_one_that_works_keeps_the_place() {
    let turns = turns(1);
    let turn = begin(&turns, false);
    let spawned = Arc::clone(&turn);
    let look = tokio::spawn(spawned.run(async {
        let one = async {
            timed(Stage::Dns, "site.example", sleep(SECOND)).await;
            wait(None, false, sleep(9 * SECOND)).await;
            one_is_done();
        };
        let other = async {
            timed(Stage::Connect, "www.site.example", sleep(4 * SECOND)).await;
            one_is_done();
        };
        tokio::join!(one, other);
    }));
    sleep(2 * SECOND).await;
    assert!(turns.try_place().is_none());
    let step = turn.standing().step;
    assert_eq!(step, Some((Stage::Connect, "www.site.example".to_owned(), 2 * SECOND)));
    sleep(4 * SECOND).await;
    assert!(turns.try_place().is_some(), "now both wait, or are done");
    look.await.unwrap().unwrap();
    assert_eq!(turn.standing().worked, 4 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn in_a_long_line_a_look_that_has_asked_for_nothing_is_put_off() {
    let turns = turns(2);
    let (crowd, asked) = (Crowd::of(&1), [false, true]);
    for asked in asked {
        let turn = begin(&turns, false);
        let look = Arc::clone(&turn).run(async {
            timed(Stage::Dns, "site.example", sleep(SECOND)).await;
            if asked {
                timed(Stage::FirstByte, "site.example", sleep(SECOND)).await;
            }
            wait(Some(crowd), true, never()).await;
        });
        match timeout(60 * SECOND, look).await {
            Ok(put_off) => assert_eq!((put_off, asked), (Err(crowd), false)),
            Err(_) => assert!(asked, "it was to be put off"),
        }
        assert_eq!(turn.crowds(), [crowd]);
    }
    let patient = begin(&turns, true).run(wait(Some(crowd), true, never()));
    assert!(timeout(60 * SECOND, patient).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn so_many_rest_and_no_more() {
    let turns = turns(2);
    let crowd = Crowd::of(&1);
    let mut resting = Vec::new();
    for _ in 0..2 * RESTING {
        assert!(turns.has_room());
        let look = begin(&turns, false).run(wait(Some(crowd), false, never()));
        resting.push(tokio::spawn(look));
        sleep(SECOND).await;
    }
    assert!(!turns.has_room());
    // One more is put off, whatever it has asked for already; but not for a browser's sake.
    let more = begin(&turns, false).run(async {
        timed(Stage::FirstByte, "site.example", sleep(SECOND)).await;
        wait(Some(crowd), false, never()).await;
    });
    assert_eq!(more.await, Err(crowd));
    let browser = tokio::spawn(begin(&turns, false).run(wait(None, false, never())));
    sleep(SECOND).await;
    // It keeps its place and waits there.
    let place = turns.try_place();
    assert!(place.is_some() && turns.try_place().is_none());
    browser.abort();
    // Who is dropped while it rests leaves room.
    for look in resting {
        look.abort();
        let _ = look.await;
    }
    assert_eq!(turns.resting.load(SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn the_stages_of_a_request_are_counted_one_by_one() {
    let metrics = Arc::new(Metrics::default());
    let turns = Turns::new(1, Arc::clone(&metrics));
    let turn = begin(&turns, false);
    turn.run(async {
        let step = step(Stage::FirstByte, "site.example");
        // No connection was kept.
        step.turns_to(Stage::Connect);
        sleep(SECOND).await;
        step.turns_to(Stage::Tls);
        step.turns_to(Stage::FirstByte);
    })
    .await
    .unwrap();
    let snapshot = metrics.snapshot();
    let count = |stage: Stage| snapshot.of("beian_stage_seconds", stage.name()).unwrap();
    assert_eq!([Stage::Connect, Stage::Tls, Stage::FirstByte].map(count), [1, 1, 1]);
    assert!(metrics.text().contains("beian_stage_seconds_sum{stage=\"connect\"} 1\n"));
}

#[tokio::test]
async fn outside_of_a_turn_nothing_is_counted_and_a_wait_is_a_wait() {
    assert_eq!(wait(Some(Crowd::of(&1)), true, async { 7 }).await, 7);
    drop(step(Stage::Dns, "site.example"));
    join(Crowd::of(&1));
    one_is_done();
}
