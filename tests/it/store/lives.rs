//! Runs move the lives of findings, people do, and the days.

use super::*;
use beian::notice::{Change, Event, Since, Status};
use beian::store::{Act, Filter, Pick};

const V: Level = Level::Violation;

async fn statuses(store: &Store) -> Vec<(String, String, Status)> {
    let all = store.all_findings(&Filter::default()).await.unwrap();
    let of = |seen: beian::store::Seen| {
        (seen.filing.domain.ascii().to_owned(), seen.finding.code.to_string(), seen.life.status)
    };
    let mut all: Vec<_> = all.into_iter().map(of).collect();
    all.sort();
    all
}

async fn done(store: &Store, filter: &Filter, act: &Act<'_>) -> Vec<beian::store::Acted> {
    store.act(filter, act, &workdays()).await.unwrap()
}

async fn imported(store: &Store, when: &str, filings: &[Filing]) -> beian::store::Imported {
    store.import(at(when), filings).await.unwrap()
}

fn act<'a>(event: Event, on: &str) -> Act<'a> {
    Act {
        event,
        actor: "desk",
        reason: "said by telephone",
        at: at(&format!("{on}T03:00:00Z")),
        day: day(on),
    }
}

#[tokio::test]
async fn findings_live_from_run_to_run() {
    for place in places() {
        let store = place.open().await;
        let a = || filing(1, "a.example", "甲公司");
        let b = || filing(2, "b.example", "乙公司");
        let mut first =
            [entry(a(), &[("ICP001", V), ("LNK001", V)], &[]), entry(b(), &[], &["ICP001"])];
        let head = run(&store, "2026-11-02", &mut first).await;
        let notice = first[0].notice.clone().unwrap();
        assert!(notice.id.starts_with("BA-20261102-"), "{}", notice.id);
        assert_eq!(notice.findings[0].status, Some(Status::Drafted));
        assert_eq!(notice.findings[0].deadline, day("2026-11-09"));
        let since = store.since(&head.id).await.unwrap();
        assert_eq!(since, Since { new: 2, ..Since::default() });

        // The owner is told; one is mended, the other is not, and something new has come.
        let told = Filter { notices: vec![notice.id.clone()], ..Filter::default() };
        let acted = done(&store, &told, &act(Event::Sent { days: 0 }, "2026-11-03")).await;
        assert!(acted.iter().all(|a| a.result.is_ok()));
        let mut second = [
            entry(a(), &[("LNK001", V), ("TTL002", V)], &["ICP001"]),
            entry(b(), &[], &["ICP001"]),
        ];
        let head = run(&store, "2026-11-05", &mut second).await;
        let since = store.since(&head.id).await.unwrap();
        assert_eq!(since, Since { new: 1, still: 1, mended: 1, reopened: 0 });
        let again = second[0].notice.clone().unwrap();
        assert_eq!(again.id, notice.id, "the notice stays while it is open");
        assert_eq!(again.findings[0].first_seen, day("2026-11-02"));
        assert_eq!(again.findings[0].deadline, day("2026-11-10"), "counted from the telling");
        let at_a = |code: &str, status| ("a.example".to_owned(), code.to_owned(), status);
        assert_eq!(
            statuses(&store).await,
            [
                at_a("ICP001", Status::Closed),
                at_a("LNK001", Status::Sent),
                at_a("TTL002", Status::Drafted)
            ]
        );

        // A day over the deadline; then all is mended, and comes back.
        let days = workdays();
        let came = store.day_came(at("2026-11-11T01:00:00Z"), day("2026-11-11"), &days).await;
        assert_eq!(came.unwrap(), 1);
        let mended = ["ICP001", "LNK001", "TTL002"];
        run(&store, "2026-11-12", &mut [entry(a(), &[], &mended), entry(b(), &[], &[])]).await;
        assert!(statuses(&store).await.iter().all(|row| row.2 == Status::Closed));
        let mut back = [entry(a(), &[("ICP001", V)], &[]), entry(b(), &[], &[])];
        let head = run(&store, "2026-12-01", &mut back).await;
        assert_eq!(store.since(&head.id).await.unwrap().reopened, 1);
        let reopened = back[0].notice.clone().unwrap();
        assert_ne!(reopened.id, notice.id, "what comes back is another notice");
        let history = store.history(&reopened.id).await.unwrap();
        let changes: Vec<&str> = history
            .iter()
            .filter(|past| past.code == "ICP001")
            .map(|past| past.change.as_str())
            .collect();
        assert_eq!(changes, ["found", "sent", "mended", "reopened"]);
        let sent = history.iter().find(|past| past.change == "sent").unwrap();
        assert_eq!((sent.actor.as_str(), sent.reason.as_str()), ("desk", "said by telephone"));
        assert!(store.check().await.unwrap().faults.is_empty());
        store.close().await;
    }
}

#[tokio::test]
async fn what_was_not_looked_at_or_could_not_be_moves_nothing() {
    for place in places() {
        let store = place.open().await;
        let of = || filing(1, "a.example", "甲公司");
        run(&store, "2026-11-02", &mut [entry(of(), &[("ICP001", V)], &[])]).await;
        // Neither failed nor passed: the site did not answer.
        let mut open = [Entry { undecided: true, ..entry(of(), &[], &[]) }];
        run(&store, "2026-11-03", &mut open).await;
        // A review where there was a violation.
        run(&store, "2026-11-04", &mut [entry(of(), &[("ICP001", Level::Review)], &[])]).await;
        let seen = store.all_findings(&Filter::default()).await.unwrap().remove(0);
        assert_eq!((seen.life.status, seen.life.level), (Status::Drafted, V));
        assert_eq!(seen.life.last_seen, day("2026-11-02"));
        // A question that comes of a site that did not answer opens nothing; what the filing alone
        // shows does.
        let silent = entry(
            filing(2, "dark.example", "乙公司"),
            &[("DNS001", Level::Review), ("FIL001", V)],
            &[],
        );
        let mut dark = [entry(of(), &[], &[]), Entry { undecided: true, ..silent }];
        run(&store, "2026-11-05", &mut dark).await;
        let filter = Filter { domains: vec!["dark.example".to_owned()], ..Filter::default() };
        let found = store.all_findings(&filter).await.unwrap();
        assert_eq!((found.len(), &*found[0].finding.code), (1, "FIL001"));
        let told = &dark[1].notice.as_ref().unwrap().findings;
        assert_eq!(told[0].status, Some(Status::Found));
        // An older look changes nothing.
        run(&store, "2026-11-01", &mut [entry(of(), &[], &["ICP001"])]).await;
        assert_eq!(statuses(&store).await[0].2, Status::Drafted);
        let history = store.history(&seen.notice).await.unwrap();
        assert_eq!(history.len(), 1, "{history:?}");
    }
}

#[tokio::test]
async fn a_run_that_is_entered_again_counts_once() {
    for place in places() {
        let store = place.open().await;
        let entries = || {
            [
                entry(filing(1, "a.example", "甲公司"), &[("ICP001", V)], &[]),
                entry(filing(2, "b.example", "甲公司"), &[("ICP001", V)], &[]),
            ]
        };
        let head = begin(&store, "2026-11-02", 2).await;
        // Killed after its first part, resumed from the beginning.
        store.enter(&head, &mut entries()[..1], &workdays()).await.unwrap();
        let again = begin(&store, "2026-11-02", 2).await;
        let mut all = entries();
        store.enter(&again, &mut all, &workdays()).await.unwrap();
        store.enter(&again, &mut all, &workdays()).await.unwrap();
        assert_eq!(store.since(&head.id).await.unwrap().new, 2);
        let id = all[0].notice.clone().unwrap().id;
        assert_eq!(store.history(&id).await.unwrap().len(), 1);
        assert_eq!(all[0].notice.as_ref().unwrap().findings[0].status, Some(Status::Drafted));
    }
}

#[tokio::test]
async fn of_two_rows_of_one_filing_the_one_that_shows_a_fault_outweighs_the_other() {
    for place in places() {
        let store = place.open().await;
        let of = |line| filing(line, "a.example", "甲公司");
        run(&store, "2026-11-02", &mut [entry(of(1), &[("ICP001", V)], &[])]).await;
        // Passed in one row and failed in another, in either order, and in parts of their own.
        for (date, turned) in [("2026-11-03", false), ("2026-11-04", true)] {
            let mut good = entry(of(1), &[], &["ICP001"]);
            let mut bad = entry(of(2), &[("ICP001", V)], &[]);
            if turned {
                (good, bad) = (bad, good);
            }
            let head = begin(&store, date, 2).await;
            store.enter(&head, std::slice::from_mut(&mut good), &workdays()).await.unwrap();
            store.enter(&head, std::slice::from_mut(&mut bad), &workdays()).await.unwrap();
            assert_eq!(statuses(&store).await[0].2, Status::Drafted, "{date} {turned}");
            let since = store.since(&head.id).await.unwrap();
            assert_eq!(since, Since { still: 1, ..Since::default() }, "{date} {turned}");
        }
        assert!(store.check().await.unwrap().faults.is_empty());
    }
}

#[tokio::test]
async fn rules_that_compare_filings_close_nothing_where_the_others_are_missing() {
    let code = beian::rules::all()
        .find(|rule| matches!(rule.check, beian::rules::Check::List(_)))
        .unwrap()
        .code;
    for place in places() {
        let store = place.open().await;
        let a = || filing(1, "a.example", "甲公司");
        let b = || filing(2, "b.example", "乙公司");
        run(&store, "2026-11-02", &mut [entry(a(), &[(code, V)], &[]), entry(b(), &[], &[])]).await;
        run(&store, "2026-11-03", &mut [entry(a(), &[], &[code])]).await;
        assert_eq!(statuses(&store).await[0].2, Status::Drafted, "a part of the list");
        run(&store, "2026-11-04", &mut [entry(a(), &[], &[code]), entry(b(), &[], &[])]).await;
        assert_eq!(statuses(&store).await[0].2, Status::Closed, "all of it");
    }
}

#[tokio::test]
async fn filings_are_remembered_with_their_changes() {
    for place in places() {
        let store = place.open().await;
        let mut first = filing(1, "a.example", "甲公司");
        let odd = filing(2, "b.example", "O'Brien \"乙\"\u{0} 😀 100%_\\");
        let both = [first.clone(), odd.clone()];
        assert_eq!(imported(&store, "2026-11-01T00:00:00Z", &both).await.added, 2);
        first.service_name = Some("新名字".to_owned());
        let third = filing(3, "c.example", "丙公司");
        let all = imported(&store, "2026-11-02T00:00:00Z", &[first.clone(), odd, third]).await;
        assert_eq!((all.added, all.changed, all.same), (1, 1, 1));
        let key = first.subject_key();
        let changes = store.filing_changes(&key, "a.example").await.unwrap();
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0].1, "changed");
        assert_eq!(changes[0].2.as_ref().unwrap().service_name, None);
        // A whole list without two of them.
        let at_last = at("2026-11-03T00:00:00Z");
        store.import(at_last, &[first.clone()]).await.unwrap();
        assert_eq!(store.gone_since(at_last).await.unwrap(), 2);
        assert_eq!(store.filing_count().await.unwrap(), 1);
        // One comes back.
        let back = [filing(3, "c.example", "丙公司")];
        assert_eq!(store.import(at("2026-11-04T00:00:00Z"), &back).await.unwrap().changed, 1);
        let all = store.filings(&Pick::All, None, 10).await.unwrap();
        let names: Vec<&str> = all.iter().map(|filing| filing.domain.ascii()).collect();
        assert_eq!(names, ["c.example", "a.example"], "in the order of subject and domain");
        let after = (all[0].subject_key(), "c.example".to_owned());
        assert_eq!(store.filings(&Pick::All, Some(&after), 10).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn filings_are_picked_by_what_is_to_be_done() {
    for place in places() {
        let store = place.open().await;
        let mut entries = [
            entry(filing(1, "a.example", "甲公司"), &[("ICP001", V)], &[]),
            Entry { undecided: true, ..entry(filing(2, "b.example", "乙公司"), &[], &[]) },
            entry(filing(3, "c.example", "丙公司"), &[], &["ICP001"]),
        ];
        entries[2].filing.providers = Some(vec!["甲云".to_owned(), "100%_云".to_owned()]);
        run(&store, "2026-11-02", &mut entries).await;
        let mut changed = filing(3, "c.example", "丙公司");
        changed.service_name = Some("改了".to_owned());
        changed.providers = Some(vec!["甲云".to_owned(), "100%_云".to_owned()]);
        store.import(at("2026-11-03T00:00:00Z"), &[changed]).await.unwrap();
        for (pick, expected) in [
            (Pick::Open, "a.example"),
            (Pick::Undecided, "b.example"),
            (Pick::Changed, "c.example"),
            (Pick::Provider("100%_云".to_owned()), "c.example"),
        ] {
            let picked = store.filings(&pick, None, 10).await.unwrap();
            let names: Vec<&str> = picked.iter().map(|filing| filing.domain.ascii()).collect();
            assert_eq!(names, [expected], "{pick:?}");
        }
        let none = store.filings(&Pick::Provider("云".to_owned()), None, 10).await.unwrap();
        assert!(none.is_empty(), "a provider's name is not a part of another's");
        // Looked at since, it is not changed any more.
        let mut again = [entry(filing(3, "c.example", "丙公司"), &[], &[])];
        run(&store, "2026-11-04", &mut again).await;
        assert!(store.filings(&Pick::Changed, None, 10).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn findings_are_asked_for_by_what_they_are() {
    for place in places() {
        let store = place.open().await;
        let mut entries = [
            entry(
                filing(1, "a.example", "甲公司"),
                &[("ICP001", V), ("TTL002", Level::Warning)],
                &[],
            ),
            entry(filing(2, "b.example", "乙公司"), &[("LNK001", Level::Review)], &[]),
        ];
        entries[0].filing.filed_province = beian::record::Province::from_name("广东");
        entries[0].filing.owner = Some("负责人甲".to_owned());
        let head = run(&store, "2026-11-02", &mut entries).await;
        let id = entries[1].notice.clone().unwrap().id;
        let none = Filter::default;
        let cases = [
            (Filter { codes: vec!["ICP".to_owned()], ..none() }, 1),
            (Filter { levels: vec![Level::Review], ..none() }, 1),
            (Filter { statuses: vec![Status::Found], ..none() }, 1),
            (Filter { statuses: vec![Status::Drafted], ..none() }, 2),
            (Filter { domains: vec!["a.example".to_owned()], ..none() }, 2),
            (Filter { subjects: vec!["乙公司".to_owned()], ..none() }, 1),
            (Filter { provinces: vec!["广东".to_owned()], ..none() }, 2),
            (Filter { providers: vec!["甲云".to_owned()], ..none() }, 3),
            (Filter { owners: vec!["负责人甲".to_owned()], ..none() }, 2),
            (Filter { notices: vec![id], ..none() }, 1),
            (Filter { due_by: Some(day("2026-11-08")), ..none() }, 0),
            (Filter { due_by: Some(day("2026-11-09")), ..none() }, 3),
            (Filter { since: Some(day("2026-11-03")), ..none() }, 0),
            (
                Filter { since: Some(day("2026-11-02")), until: Some(day("2026-11-02")), ..none() },
                3,
            ),
            (Filter { run: Some(head.id.clone()), ..none() }, 3),
            (none(), 3),
        ];
        for (filter, count) in cases {
            let found = store.all_findings(&filter).await.unwrap();
            assert_eq!(found.len(), count, "{filter:?}");
            assert_eq!(store.sums(&filter).await.unwrap().findings, count as u64, "{filter:?}");
        }
        // In parts, all the same.
        let (mut marks, mut after) = (Vec::new(), None);
        loop {
            let part = store.findings(&none(), after.as_ref(), 1).await.unwrap();
            let Some(seen) = part.first() else { break };
            after = Some(seen.mark());
            marks.push(seen.mark());
        }
        assert_eq!(marks.len(), 3);
        let days = store.days(&none()).await.unwrap();
        assert_eq!(days[&day("2026-11-02")]["found"], 3);
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_and_the_others_go_on() {
    for place in places() {
        let store = place.open().await;
        let found = [("ICP001", V), ("LNK001", V)];
        let mut entries = [entry(filing(1, "a.example", "甲公司"), &found, &[])];
        run(&store, "2026-11-02", &mut entries).await;
        let only = Filter { codes: vec!["ICP001".to_owned()], ..Filter::default() };
        let waived = act(Event::Waived { until: None }, "2026-11-02");
        done(&store, &only, &waived).await;
        let told = act(Event::Sent { days: 0 }, "2026-11-02");
        let acted = done(&store, &Filter::default(), &told).await;
        assert!(acted[0].result.is_err(), "{acted:?}");
        assert!(matches!(acted[1].result, Ok((Some(Change::Sent), Status::Sent, _))));
        let more = Event::Extended { workdays: 3, at_most: 7 };
        let acted = done(&store, &Filter::default(), &act(more, "2026-11-03")).await;
        assert_eq!(acted[1].result, Ok((Some(Change::Extended), Status::Sent, day("2026-11-12"))));
        let acted = done(&store, &Filter::default(), &act(more, "2026-11-04")).await;
        assert!(acted[1].result.is_err(), "once only");
    }
}

#[tokio::test]
async fn two_runs_are_compared() {
    for place in places() {
        let store = place.open().await;
        let of = |line, name: &str| filing(line, name, name);
        let mut first = [
            entry(of(1, "same.example"), &[("ICP001", V)], &[]),
            entry(of(2, "turned.example"), &[("ICP001", V), ("LNK001", V)], &[]),
            entry(of(3, "left.example"), &[("TTL002", V)], &[]),
            entry(of(4, "dark.example"), &[], &[]),
        ];
        run(&store, "2026-11-02", &mut first).await;
        let mut second = [
            entry(of(1, "same.example"), &[("ICP001", V)], &[]),
            entry(of(2, "turned.example"), &[("LNK001", V), ("TTL002", V)], &[]),
            Entry { undecided: true, ..entry(of(4, "dark.example"), &[], &[]) },
            entry(of(5, "came.example"), &[], &[]),
        ];
        second[1].verdicts = "LNK001=review TTL002=fail".to_owned();
        run(&store, "2026-11-03", &mut second).await;
        let differs = store.differences("R20261102", "R20261103", None, 100).await.unwrap();
        let told: Vec<String> = differs
            .iter()
            .map(|d| {
                let [was, now] = d.standing;
                let (a, v, t) = (d.appeared.join(" "), d.vanished.join(" "), d.turned.join(" "));
                format!("{} +{a} -{v} ~{t} {was}/{now}", d.domain)
            })
            .collect();
        assert_eq!(
            told,
            [
                "came.example + - ~ not in the run/looked at",
                "dark.example + - ~ looked at/undecided",
                "left.example + -TTL002 ~ looked at/not in the run",
                "turned.example +TTL002 -ICP001 ~LNK001 looked at/looked at",
            ]
        );
        let after = (differs[1].subject.clone(), differs[1].domain.clone());
        let rest = store.differences("R20261102", "R20261103", Some(&after), 1).await.unwrap();
        assert_eq!(rest[0].domain, "left.example");
        assert_eq!(store.run("R20261103").await.unwrap().id, "R20261103");
        assert!(store.run("R2026110").await.is_err() && store.run("X").await.is_err());
    }
}
