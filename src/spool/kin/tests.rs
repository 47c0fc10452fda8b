use super::known::phone;
use super::*;
use crate::evidence::{
    Attempt, Dns, End, Evidence, Hop, HopKind, HostEvidence, Resolution, Role, Visit,
};
use crate::filing::{Domain, FiledNumber, Filing, ServiceType, Status};
use crate::page::Page;

fn filing(domain: &str, number: &str) -> Filing {
    let mut filing = Filing::of_domain(1, Domain::parse(domain).unwrap());
    if !number.is_empty() {
        let number = FiledNumber { text: number.to_owned(), number: number.parse().ok() };
        filing.record_number = Some(number);
    }
    filing
}

fn named(domain: &str, name: &str) -> Filing {
    Filing { subject_name: Some(name.to_owned()), ..filing(domain, "") }
}

fn kin(filings: &[Filing]) -> Kin {
    let known: Vec<Known> = (0..).zip(filings).map(|(row, f)| Known::of(row, f)).collect();
    // As two threads bring them.
    let (one, other) = known.split_at(known.len() / 2);
    let part = |known: &[Known]| known.iter().copied().collect();
    Kin::of(vec![part(one), part(other)])
}

/// A visit that ended at this URL and saw a page of this body.
fn seen(host: &str, url: &str, body: &str) -> HostEvidence {
    let page = Page { text_length: 500, ..Page::default() };
    let attempt = Attempt::answered(Hop::to(url, HopKind::Start), body, page);
    let dns = Dns { outcome: Resolution::Resolved, ..Dns::default() };
    let visit = Visit { looks: 1, https: Some(attempt), http: None };
    HostEvidence { visit: Some(visit), ..HostEvidence::of_dns(host.to_owned(), Role::Apex, dns) }
}

/// A filing that was seen to show a page of this body at this URL.
fn site(domain: &str, number: &str, url: &str, body: &str) -> (Filing, HostEvidence) {
    (filing(domain, number), seen(domain, url, body))
}

fn evidence(host: HostEvidence) -> Evidence {
    Evidence { hosts: vec![host], ..Evidence::default() }
}

/// What is found of each of these filings, each of which was seen so.
fn companies(list: &[(Filing, HostEvidence)]) -> Vec<Option<Company>> {
    let filings: Vec<Filing> = list.iter().map(|(filing, _)| filing.clone()).collect();
    let mut kin = kin(&filings);
    // As two threads see them, the later rows first.
    let mut seen = vec![Glimpses::default(), Glimpses::default()];
    for (at, (_, host)) in list.iter().enumerate().rev() {
        if kin.may_share_site(at as u32) {
            kin.see(at as u32, &evidence(host.clone()), &mut seen[at % 2]);
        }
    }
    kin.gather(seen);
    let each = (0..).zip(list);
    each.map(|(row, (_, host))| kin.company(row, &evidence(host.clone()))).collect()
}

#[test]
fn a_million_filings_fit_into_eighty_four_megabytes() {
    assert_eq!(size_of::<Known>() + 5 * size_of::<u32>(), 84);
    assert_eq!(size_of::<(u64, Household)>(), 24);
}

#[test]
fn a_visit_ends_at_a_filing_of_the_same_subject_or_not() {
    let gone = Filing { status: Status::Cancelled, ..named("gone.example", "示例甲") };
    let list = [
        named("one.example", "示例甲"),
        named("two.example", "示例甲"),
        named("six.example", "示例乙"),
        gone,
    ];
    let kin = kin(&list);
    assert!(kin.files(0, "two.example"));
    assert!(!kin.files(0, "six.example"), "another subject's");
    assert!(!kin.files(0, "gone.example"), "a cancelled filing");
}

#[test]
fn a_filing_under_way_belongs_to_the_numbered_subject_of_its_name() {
    let mut numbered = filing("one.example", "京ICP备2099000123号-1");
    numbered.subject_name = Some("示例甲（北京）".to_owned());
    let list = [numbered, named("two.example", "示例甲(北京)")];
    let kin = kin(&list);
    assert!(kin.files(0, "two.example"));
    assert_eq!(kin.household(1).map(|household| household.services), Some(2));
}

#[test]
fn a_domain_of_two_subjects_or_of_two_numbers_has_twins_and_a_repeated_row_has_none() {
    let list = [
        filing("site.example", "京ICP备2099000123号-1"),
        filing("site.example", "京ICP备2099000123号-1"),
        filing("site.example", "京ICP备2099000123号-2"),
        filing("site.example", "京ICP备2099000456号-1"),
        filing("site.example", ""),
    ];
    let kin = kin(&list);
    assert_eq!(
        kin.same_domain(0),
        [(Kinship::Other, 3), (Kinship::Same, 2), (Kinship::Unknown, 4)]
    );
    let twice = [list[0].clone(), list[1].clone()];
    assert!(super::tests::kin(&twice).same_domain(0).is_empty());
}

#[test]
fn cancelled_filings_and_apps_are_no_twins() {
    let gone =
        Filing { status: Status::Cancelled, ..filing("site.example", "京ICP备2099000456号-1") };
    let app = Filing {
        service_type: ServiceType::App,
        ..filing("site.example", "京ICP备2099000789号-1A")
    };
    let list = [filing("site.example", "京ICP备2099000123号-1"), gone, app];
    assert!(kin(&list).same_domain(0).is_empty());
    // Whoever cancelled it is told that it is filed anew, be it under the same number.
    assert_eq!(kin(&list).same_domain(1), [(Kinship::Other, 0)]);
    let own =
        Filing { status: Status::Cancelled, ..filing("site.example", "京ICP备2099000123号-1") };
    let list = [filing("site.example", "京ICP备2099000123号-1"), own];
    assert_eq!(kin(&list).same_domain(1), [(Kinship::Same, 0)]);
    assert!(kin(&list).same_domain(0).is_empty());
}

#[test]
fn what_was_turned_down_holds_neither_domain_nor_contact() {
    let turned_down = || Status::Unapproved("审核驳回".to_owned());
    let phone = || Some("13912345678".to_owned());
    let honest = Filing { phone: phone(), ..filing("site.example", "京ICP备2099000123号-1") };
    let refused = Filing {
        status: turned_down(),
        phone: phone(),
        legal_representative: Some("示例代表乙".to_owned()),
        ..named("site.example", "样本科技有限公司")
    };
    let second =
        Filing { status: turned_down(), ..filing("two.example", "京ICP备2099000123号-1") };
    let kin = kin(&[honest, refused, second]);
    assert!(kin.same_domain(0).is_empty());
    assert_eq!(kin.same_number(0).count, 0);
    assert_eq!(kin.household(0).map(|household| household.sites), Some(1));
    let (phone, _) = kin.contacts(0);
    assert_eq!((phone.subjects.count, phone.unsure.count), (0, 0));
    // It may be a change in review: where visits end there, the subject has the domain.
    assert!(kin.files(0, "two.example"));
}

#[test]
fn one_person_written_two_ways_is_no_other_person() {
    let of = |domain: &str, owner: &str| Filing {
        phone: Some("13912345678".to_owned()),
        owner: Some(owner.to_owned()),
        ..filing(domain, "京ICP备2099000123号")
    };
    let list = [
        of("one.example", "示例负责人甲"),
        of("two.example", "示**"),
        of("six.example", "网站负责人"),
    ];
    for row in 0..3 {
        assert_eq!(kin(&list).contacts(row).0.people.count, 0, "{row}");
    }
}

#[test]
fn a_phone_of_two_companies_is_theirs_rightly_where_one_person_represents_both() {
    let of = |domain: &str, number: &str, representative: Option<&str>| Filing {
        phone: Some("+86 139-1234-5678".to_owned()),
        legal_representative: representative.map(str::to_owned),
        ..filing(domain, number)
    };
    let list = [
        of("one.example", "京ICP备2099000123号-1", Some("示例代表甲")),
        of("two.example", "京ICP备2099000124号-1", Some("示例代表甲")),
        of("six.example", "京ICP备2099000125号-1", Some("示例代表乙")),
        of("ten.example", "京ICP备2099000126号-1", None),
        of("own.example", "京ICP备2099000123号-2", None),
    ];
    let (phone, email) = kin(&list).contacts(0);
    assert_eq!((phone.subjects.rows, phone.unsure.rows), (vec![2], vec![3]));
    assert_eq!((phone.people.count, email.unsure.count), (0, 0));
}

#[test]
fn one_phone_of_two_people_of_a_subject_is_found() {
    let of = |domain: &str, owner: &str| Filing {
        phone: Some("13912345678".to_owned()),
        owner: Some(owner.to_owned()),
        ..filing(domain, "京ICP备2099000123号")
    };
    let list = [
        of("one.example", "示例负责人甲"),
        of("two.example", "示例负责人甲"),
        of("six.example", "示例负责人乙"),
    ];
    assert_eq!(kin(&list).contacts(0).0.people.rows, [2]);
}

#[test]
fn a_placeholder_is_nobody_s_phone() {
    assert_eq!(phone("13800000000"), None);
    assert_eq!(phone("无"), None);
    assert_eq!(phone("（+86）１３９-1234-5678").as_deref(), Some("13912345678"));
    assert_eq!(phone("0571-87654321").as_deref(), Some("057187654321"));
}

#[test]
fn counting_ends_at_a_hundred_and_naming_at_five() {
    let list: Vec<Filing> =
        (0..150).map(|at| filing(&format!("site{at}.example"), "京ICP备2099000123号-1")).collect();
    let found = kin(&list).same_number(7);
    assert_eq!((found.count, found.rows.len()), (100, 5));
}

#[test]
fn a_subject_is_a_shell_only_where_nothing_of_its_name_is_alive() {
    let of = |domain: &str, number: &str, status: Status| Filing {
        status,
        subject_name: Some("示例甲".to_owned()),
        ..filing(domain, number)
    };
    let mut list = vec![
        of("one.example", "京ICP备2099000123号-1", Status::Cancelled),
        of("two.example", "京ICP备2099000123号-2", Status::Cancelled),
    ];
    let household = kin(&list).household(0).unwrap();
    assert_eq!((household.services, household.cancelled, household.sites), (2, 2, 0));
    assert!(!household.alive_by_name);
    list.push(of("six.example", "京ICP备2099000777号-1", Status::Filed));
    assert!(kin(&list).household(0).unwrap().alive_by_name);
}

#[test]
fn equal_pages_under_two_names_of_one_subject_are_one_site_served_twice() {
    let one = site("one.example", "京ICP备2099000123号-1", "https://one.example/", "same");
    let two = site("two.example", "京ICP备2099000123号-2", "https://www.two.example/", "same");
    let other = site("six.example", "京ICP备2099000456号-1", "https://six.example/", "same");
    let found = companies(&[one.clone(), two.clone(), other.clone()]);
    let first = found[0].as_ref().unwrap();
    assert_eq!((first.domains, first.direct_numbers, first.direct), (2, 2, true));
    assert_eq!(
        (&*first.others, &*first.hosts),
        (&[(1, true)][..], &["one.example".to_owned()][..])
    );
    assert!(found[2].is_none(), "another subject's copy");
    let turned = companies(&[other, two, one]);
    let last = turned[2].as_ref().unwrap();
    assert_eq!((last.domains, last.direct_numbers), (2, 2), "whatever the order");
}

#[test]
fn a_redirect_and_an_alias_lead_to_the_site_and_do_not_serve_it() {
    let one = site("one.example", "京ICP备2099000123号-1", "https://www.one.example/", "a");
    let two = site("two.example", "京ICP备2099000123号-2", "https://www.one.example/", "b");
    let mut six = site("six.example", "京ICP备2099000123号-3", "https://six.example/", "a");
    six.1.dns.chain = vec!["www.one.example".to_owned()];
    let found = companies(&[one, two, six]);
    for company in &found {
        let company = company.as_ref().unwrap();
        assert_eq!((company.domains, company.direct_numbers), (3, 1));
    }
    let direct: Vec<bool> = found.iter().flatten().map(|company| company.direct).collect();
    assert_eq!(direct, [true, false, false]);
    assert_eq!(found[1].as_ref().unwrap().others, [(0, true), (2, false)]);
}

#[test]
fn one_network_for_two_different_pages_is_not_one_site() {
    let of = |domain: &str, number: &str, body: &str| {
        let mut site = site(domain, number, &format!("https://{domain}/"), body);
        site.1.dns.chain = vec!["shared.cdn.example".to_owned()];
        site
    };
    let found = companies(&[
        of("one.example", "京ICP备2099000123号-1", "a"),
        of("two.example", "京ICP备2099000123号-2", "b"),
    ]);
    assert!(found.iter().all(Option::is_none));
}

#[test]
fn equal_pages_without_words_prove_nothing() {
    let of = |domain: &str, number: &str| {
        let mut site = site(domain, number, &format!("https://{domain}/"), "shell");
        let attempt = site.1.visit.as_mut().and_then(|visit| visit.https.as_mut()).unwrap();
        if let End::Answer(answer) = &mut attempt.end {
            answer.page = Some(Page { text_length: 12, ..Page::default() });
        }
        site
    };
    let found = companies(&[
        of("one.example", "京ICP备2099000123号-1"),
        of("two.example", "京ICP备2099000123号-2"),
    ]);
    assert!(found.iter().all(Option::is_none));
}

#[test]
fn a_filing_that_the_list_has_twice_is_one_domain() {
    let row = || site("one.example", "京ICP备2099000123号-1", "https://one.example/", "a");
    assert!(companies(&[row(), row()]).iter().all(Option::is_none));
}

#[test]
fn a_phone_of_half_a_list_is_found_at_each_of_its_filings() {
    let rows: u32 = 3_000;
    let known = |row| {
        let number = format!("京ICP备{:010}号-{}", 2_099_000_000 + row / 3, row % 3 + 1);
        let mut filing = filing(&format!("site{row}.example"), &number);
        // Half of the list has one phone.
        filing.phone = Some(format!("139{:08}", if row % 2 == 0 { 7_654_321 } else { row }));
        Known::of(row, &filing)
    };
    let kin = Kin::of(vec![(0..rows).map(known).collect()]);
    let is_shared = |row: u32| kin.contacts(row).0.unsure.count > 0;
    assert!((0..rows).step_by(2).all(is_shared));
    assert!(!(1..rows).step_by(2).any(is_shared), "whose phone is its own");
}
