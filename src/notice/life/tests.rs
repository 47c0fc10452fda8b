use super::*;
use crate::policy::Policy;
use jiff::civil::date;
use proptest::prelude::*;

const DAY: Date = date(2026, 11, 23);

fn workdays() -> Workdays {
    Policy::embedded().unwrap().workdays
}

fn after(events: &[(Event, Date)]) -> (Life, Vec<&'static str>) {
    let (mut life, mut changes) = (None, Vec::new());
    for (event, on) in events {
        let (next, change) = step(life.as_ref(), *event, *on, &workdays()).unwrap();
        changes.extend(change.map(Change::name));
        life = next;
    }
    (life.unwrap(), changes)
}

const SEEN: Event = Event::Seen { level: Level::Violation, days: 7 };
const ASKED: Event = Event::Seen { level: Level::Review, days: 7 };
const TOLD: Event = Event::Sent { days: 7 };
const LONGER: Event = Event::Extended { workdays: 5, at_most: 7 };

#[test]
fn a_finding_is_sent_answered_looked_at_again_and_closed() {
    let later = date(2026, 11, 27);
    let (life, changes) =
        after(&[(SEEN, DAY), (TOLD, DAY), (Event::Answered, later), (Event::Mended, later)]);
    assert_eq!(changes, ["found", "sent", "answered", "mended"]);
    assert_eq!(life.status, Status::Closed);
}

#[test]
fn the_time_to_mend_begins_when_the_owner_is_told_and_ends_on_a_working_day() {
    let told = date(2026, 11, 28);
    let (life, _) = after(&[(SEEN, DAY), (TOLD, told)]);
    // The 28th is a Saturday; so is the fifth of December, which is put off to the seventh.
    assert_eq!(life.deadline, date(2026, 12, 7));
    let (life, changes) = after(&[(SEEN, DAY), (TOLD, told), (Event::Day, date(2026, 12, 7))]);
    assert_eq!((life.status, changes.len()), (Status::Sent, 2));
    let (life, _) = after(&[(SEEN, DAY), (TOLD, told), (Event::Day, date(2026, 12, 8))]);
    assert_eq!(life.status, Status::Overdue);
}

#[test]
fn what_nobody_was_told_of_is_not_overdue() {
    let (life, changes) = after(&[(SEEN, DAY), (Event::Day, date(2027, 3, 1))]);
    assert_eq!((life.status, changes), (Status::Drafted, vec!["found"]));
}

#[test]
fn more_time_is_given_once_and_not_too_much_of_it() {
    let (life, _) = after(&[(SEEN, DAY), (TOLD, DAY), (LONGER, DAY)]);
    assert_eq!(life.deadline, date(2026, 12, 7));
    let again = step(Some(&life), LONGER, DAY, &workdays());
    assert_eq!(again.unwrap_err(), Refused::ExtendedBefore);
    let (life, _) = after(&[(SEEN, DAY), (TOLD, DAY)]);
    let eight = Event::Extended { workdays: 8, at_most: 7 };
    assert_eq!(step(Some(&life), eight, DAY, &workdays()).unwrap_err(), Refused::TooLong(7));
    let late = date(2026, 12, 14);
    let (life, _) = after(&[(SEEN, DAY), (TOLD, DAY), (Event::Day, late), (LONGER, late)]);
    assert_eq!((life.status, life.deadline), (Status::Sent, date(2026, 12, 21)));
}

#[test]
fn a_question_waits_for_a_person_and_accuses_nobody_of_what_was_sure() {
    let (life, _) = after(&[(ASKED, DAY)]);
    assert_eq!(life.status, Status::Found);
    let (life, changes) = after(&[(ASKED, DAY), (SEEN, date(2026, 11, 25))]);
    assert_eq!((life.status, changes), (Status::Drafted, vec!["found", "confirmed"]));
    assert_eq!(life.deadline, date(2026, 12, 2));
    let sure = after(&[(SEEN, DAY), (TOLD, DAY)]).0;
    let unsure = step(Some(&sure), ASKED, date(2026, 11, 25), &workdays()).unwrap();
    assert_eq!(unsure, (Some(sure), None), "what cannot be told moves nothing");
}

#[test]
fn an_answer_that_is_not_true_leads_back() {
    let soon = date(2026, 11, 25);
    let (life, changes) = after(&[(SEEN, DAY), (TOLD, DAY), (Event::Answered, soon), (SEEN, soon)]);
    assert_eq!((life.status, changes[3]), (Status::Sent, "still there"));
    let late = date(2026, 12, 9);
    let (life, _) = after(&[
        (SEEN, DAY),
        (TOLD, DAY),
        (Event::Answered, soon),
        (Event::Day, late),
        (SEEN, late),
    ]);
    assert_eq!(life.status, Status::Overdue);
}

#[test]
fn what_comes_back_is_opened_again_with_a_time_of_its_own() {
    let back = date(2027, 1, 4);
    let (life, changes) =
        after(&[(SEEN, DAY), (TOLD, DAY), (LONGER, DAY), (Event::Mended, DAY), (SEEN, back)]);
    assert_eq!(changes.last(), Some(&"reopened"));
    assert_eq!((life.status, life.reopened, life.opened), (Status::Drafted, 1, back));
    assert_eq!((life.first_seen, life.extended, life.sent), (DAY, false, None));
}

#[test]
fn a_waiver_holds_until_its_day() {
    let until = date(2026, 12, 1);
    let waived = Event::Waived { until: Some(until) };
    let (life, changes) = after(&[(SEEN, DAY), (waived, DAY), (SEEN, until)]);
    assert_eq!((life.status, changes.len()), (Status::Waived, 2));
    let (life, changes) = after(&[(SEEN, DAY), (waived, DAY), (SEEN, date(2026, 12, 2))]);
    assert_eq!((life.status, changes[2]), (Status::Drafted, "waiver over"));
    let past = Event::Waived { until: Some(date(2026, 11, 22)) };
    assert!(matches!(step(Some(&life), past, DAY, &workdays()), Err(Refused::PastWaiver(_))));
}

fn event() -> impl Strategy<Value = Event> {
    let level = prop_oneof![Just(Level::Violation), Just(Level::Warning), Just(Level::Review)];
    prop_oneof![
        4 => (level, 1_u16..30).prop_map(|(level, days)| Event::Seen { level, days }),
        1 => Just(Event::Mended),
        2 => Just(Event::Day),
        2 => (1_u16..30).prop_map(|days| Event::Sent { days }),
        1 => Just(Event::Answered),
        1 => (0_u16..10).prop_map(|more| Event::Extended { workdays: more, at_most: 7 }),
        1 => (0_i64..40).prop_map(|n| Event::Waived {
            until: (n > 0).then(|| DAY.saturating_add(n.days()))
        }),
        1 => Just(Event::Closed),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_a_life_makes_sense(
        events in prop::collection::vec((event(), 0_i64..9), 1..60)
    ) {
        let (workdays, mut on) = (workdays(), DAY);
        let mut life: Option<Life> = None;
        for (event, days) in events {
            on = on.saturating_add(days.days());
            let Ok((next, change)) = step(life.as_ref(), event, on, &workdays) else {
                continue;
            };
            let Some(now) = next else {
                prop_assert!(life.is_none());
                continue;
            };
            prop_assert!(now.first_seen <= now.last_seen && now.opened <= on);
            prop_assert!(workdays.is_workday(now.deadline));
            prop_assert!(now.status != Status::Overdue || now.deadline < on);
            prop_assert!(now.status != Status::Overdue || now.sent.is_some());
            if let Some(was) = &life {
                let closes = matches!(event, Event::Mended | Event::Closed);
                prop_assert!(
                    now.status != Status::Closed || was.status == Status::Closed || closes
                );
                prop_assert!(was.status == now.status || change.is_some());
                prop_assert!(now.deadline >= was.deadline || change.is_some());
                let moves = matches!(event, Event::Extended { .. });
                prop_assert!(!(was.extended && moves), "extended twice in one life");
                prop_assert!(now.reopened <= was.reopened + 1);
            }
            life = Some(now);
        }
    }
}
