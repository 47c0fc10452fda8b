use super::*;
use jiff::civil::date;
use proptest::prelude::*;

fn read(number: &str, kind: Option<&str>, is_person: Option<bool>) -> Identity {
    super::read(number, kind, is_person, date(2026, 11, 22))
}

#[test]
fn the_examples_of_the_standards_hold() {
    assert_eq!(check_of_credit("91350100M000100Y4"), Some('3'));
    assert_eq!(check_of_organisation("D2143569"), Some('X'));
    assert_eq!(check_of_resident("11010519491231002"), Some('X'));
    assert_eq!(check_of_resident("44052418800101001"), Some('4'));
}

#[test]
fn a_number_is_read_whatever_its_width_case_and_groups() {
    for number in [
        "91350100M000100Y43",
        "91350100m000100y43",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        " 91350100-M000100Y-43 ",
    ] {
        assert_eq!(read(number, None, None), Identity::Sound(Form::CreditCode), "{number}");
    }
    assert_eq!(read("11010519491231002x", None, None), Identity::Sound(Form::Resident));
}

#[test]
fn what_is_wrong_is_named() {
    let resident = |number| read(number, Some("居民身份证"), None);
    let broken = |flaw| Identity::Broken(Form::Resident, flaw);
    assert_eq!(resident("110105194912310021"), broken(Flaw::Check { expected: 'X', found: '1' }));
    assert_eq!(resident("11010519491331002X"), broken(Flaw::Birthday));
    assert_eq!(resident("11010520991231002X"), broken(Flaw::Birthday));
    assert_eq!(resident("99010519491231002X"), broken(Flaw::Division));
    assert_eq!(resident("1101051949123100"), broken(Flaw::Length(16)));
    assert_eq!(resident("11010519491231O02X"), broken(Flaw::Character('O')));
    let credit = |number| read(number, Some("统一社会信用代码"), None);
    assert_eq!(
        credit("91350100MOOO100Y43"),
        Identity::Broken(Form::CreditCode, Flaw::Character('O'))
    );
    assert_eq!(credit("91350100M000100Y4"), Identity::Broken(Form::CreditCode, Flaw::Length(17)));
}

#[test]
fn the_kind_of_document_decides_what_is_asked_of_a_number() {
    for (number, kind, expected) in [
        ("D2143569-X", "组织机构代码证", Identity::Outdated(Form::OrganisationCode)),
        ("91350100M000100Y43", "组织机构代码证", Identity::Sound(Form::CreditCode)),
        ("330106000012345", "营业执照", Identity::Sound(Form::RegistrationNumber)),
        ("企合粤总字第000123号", "工商营业执照", Identity::Unknown),
        ("91350100M000100Y43", "事业单位法人证书", Identity::Sound(Form::CreditCode)),
        ("事证第133000000123号", "事业单位法人证书", Identity::Unknown),
        ("E12345678", "护照", Identity::Unknown),
        ("H1234567", "港澳居民来往内地通行证", Identity::Unknown),
        ("A123456(7)", "香港永久性居民身份证", Identity::Unknown),
        ("军字第0012345号", "军官证", Identity::Unknown),
        ("110105491231002", "身份证", Identity::Outdated(Form::OldResident)),
    ] {
        assert_eq!(read(number, Some(kind), None), expected, "{kind} {number}");
    }
}

#[test]
fn without_a_kind_only_what_its_form_proves_is_said() {
    assert_eq!(read("E12345678", None, None), Identity::Unknown);
    assert_eq!(read("D2143569-X", None, None), Identity::Outdated(Form::OrganisationCode));
    assert_eq!(read("D2143569X", None, Some(false)), Identity::Outdated(Form::OrganisationCode));
    assert_eq!(read("D2143569X", None, None), Identity::Unknown);
    assert_eq!(read("社证字第1234567890123号", None, Some(false)), Identity::Unknown);
    assert_eq!(read("911156199001010011", None, Some(true)), Identity::Unknown);
    assert_eq!(read("D2143569X", None, Some(true)), Identity::Unknown);
    assert_eq!(read("330106000012345", None, None), Identity::Unknown);
    assert_eq!(read("3301**********123X", None, Some(true)), Identity::Unknown);
    assert_eq!(read("91350100M000100Y4", None, Some(false)), Identity::Doubtful);
    assert_eq!(read("99999999999999999", None, Some(false)), Identity::Unknown);
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,40}", kind in proptest::option::of("\\PC{0,10}")) {
        let _ = read(&text, kind.as_deref(), None);
    }

    #[test]
    fn one_wrong_digit_breaks_a_resident_number(
        place in 0_u32..1000, day in 1_i8..=28, at in 14_usize..17, by in 1_u32..10,
    ) {
        let body = format!("330106199001{day:02}{place:03}");
        let number = format!("{body}{}", check_of_resident(&body).unwrap());
        prop_assert_eq!(read(&number, None, Some(true)), Identity::Sound(Form::Resident));
        let mut digits: Vec<char> = number.chars().collect();
        let wrong = (digits[at].to_digit(10).unwrap() + by) % 10;
        digits[at] = char::from_digit(wrong, 10).unwrap();
        let number: String = digits.into_iter().collect();
        let is_broken = matches!(
            read(&number, None, Some(true)),
            Identity::Broken(Form::Resident, Flaw::Check { .. })
        );
        prop_assert!(is_broken);
    }

    #[test]
    fn one_wrong_character_breaks_a_credit_code(
        body in "[0-9A-HJ-NPQRTUWXY]{9}", at in 8_usize..17, by in 1_usize..31,
    ) {
        let body = format!("91330106{body}");
        let code = format!("{body}{}", check_of_credit(&body).unwrap());
        prop_assert_eq!(read(&code, None, Some(false)), Identity::Sound(Form::CreditCode));
        let mut characters: Vec<char> = code.chars().collect();
        let value = CREDIT.find(characters[at]).unwrap();
        characters[at] = CREDIT.chars().nth((value + by) % 31).unwrap();
        let code: String = characters.into_iter().collect();
        let is_broken = matches!(
            read(&code, None, Some(false)),
            Identity::Broken(Form::CreditCode, Flaw::Check { .. })
        );
        prop_assert!(is_broken);
    }
}
