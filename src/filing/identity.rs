//! The numbers of identity documents: which of them are what, and whether their check
//! characters hold. GB 32100 (统一社会信用代码), GB 11714 (organisation codes), GB 11643
//! (resident identity numbers).

use crate::record::Province;
use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

/// What an identity number turns out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// A number whose form and check character are right.
    Sound(Form),
    /// A number of a form that has been replaced.
    Outdated(Form),
    /// A number that should be of this form and is not.
    Broken(Form, Flaw),
    /// A number that may be broken; of which form it should be cannot be told.
    Doubtful,
    /// Of a form of which nothing is known, or masked by the list itself.
    Unknown,
}

/// The form of an identity number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// 统一社会信用代码: 18 characters.
    CreditCode,
    /// 组织机构代码: 8 characters and a check character.
    OrganisationCode,
    /// 工商注册号: the 13 or 15 digits of a business licence before the credit code.
    RegistrationNumber,
    /// 公民身份号码: 18 characters.
    Resident,
    /// The 15 digits of an identity card of the first generation.
    OldResident,
}

/// What is wrong with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It has so many characters.
    Length(usize),
    /// It holds a character that the form does not have.
    Character(char),
    /// The check character should be this one.
    Check {
        /// What the other characters make it.
        expected: char,
        /// What stands there.
        found: char,
    },
    /// The first digits name no division of the country.
    Division,
    /// The digits of the birthday are no date, or one to come.
    Birthday,
}

/// Reads an identity number by the kind of its document (证件类型) where the list has one,
/// else by the kind of subject and the number's own form.
pub fn read(written: &str, kind: Option<&str>, is_person: Option<bool>, today: Date) -> Identity {
    let number = fold(written);
    if number.is_empty() || number.contains(['*', '●', '•', '×', '_']) {
        return Identity::Unknown;
    }
    match kind.map(document) {
        Some(Document::Resident) => of_resident(&number, today),
        Some(Document::CreditCode) => of_credit_code(&number),
        Some(Document::OrganisationCode) if number.chars().count() == 18 => of_credit_code(&number),
        Some(Document::OrganisationCode) => of_organisation_code(&number),
        Some(Document::BusinessLicence) => of_business_licence(&number),
        Some(Document::Register) if number.len() == 18 && number.is_ascii() => {
            of_credit_code(&number)
        }
        Some(Document::Register | Document::Other) => Identity::Unknown,
        // Numbers of registers have words in them (社证字第…号).
        None if !number.is_ascii() => Identity::Unknown,
        None => by_form(&number, written.contains(['-', '－']), is_person, today),
    }
}

/// The kinds of document that can be told by their names.
enum Document {
    CreditCode,
    OrganisationCode,
    BusinessLicence,
    /// A register's certificate of an institution or association: 18 characters are a credit
    /// code, older numbers of their own are not known to us.
    Register,
    Resident,
    Other,
}

fn document(kind: &str) -> Document {
    let kind: String = kind.nfkc().filter(|c| !c.is_whitespace()).collect();
    let has = |words: &[&str]| words.iter().any(|word| kind.contains(word));
    // What is issued to people of Hong Kong, Macau, Taiwan and abroad has forms of its own.
    if has(&["港", "澳", "台湾", "台胞", "外国", "永久居留", "护照", "通行证", "军", "境外"])
    {
        Document::Other
    } else if has(&["身份证"]) {
        Document::Resident
    } else if has(&["信用代码"]) {
        Document::CreditCode
    } else if has(&["组织机构代码"]) {
        Document::OrganisationCode
    } else if has(&["营业执照"]) {
        Document::BusinessLicence
    } else if has(&["登记证", "法人证"]) {
        Document::Register
    } else {
        Document::Other
    }
}

/// One width, upper case, without the spaces and hyphens that group digits.
fn fold(number: &str) -> String {
    let folded = number.nfkc().flat_map(char::to_uppercase);
    folded.filter(|&c| !c.is_whitespace() && !super::text::is_invisible(c) && c != '-').collect()
}

fn by_form(number: &str, is_grouped: bool, is_person: Option<bool>, today: Date) -> Identity {
    let length = number.len();
    let is_digits = number.bytes().all(|b| b.is_ascii_digit());
    match (length, is_person) {
        // Permits of foreigners begin with 9, which is no province.
        (18, Some(true)) if number.starts_with('9') => Identity::Unknown,
        (18, Some(true)) => of_resident(number, today),
        (18, Some(false)) => of_credit_code(number),
        (18, None) => match (of_resident(number, today), of_credit_code(number)) {
            (sound @ Identity::Sound(_), _) | (_, sound @ Identity::Sound(_)) => sound,
            // Digits alone may be meant as either; letters are the credit code's.
            (broken, _) if looks_resident(number) => broken,
            (_, broken) => broken,
        },
        (15, Some(true)) if is_digits => Identity::Outdated(Form::OldResident),
        (13 | 15, Some(false)) if is_digits => Identity::Sound(Form::RegistrationNumber),
        // Passports have nine characters as well: the check character tells, and who files, or
        // the hyphen that is written before it.
        (9, Some(false)) | (9, None) if is_grouped || is_person.is_some() => {
            match check_of_organisation(number) {
                Some(check) if number.ends_with(check) => {
                    Identity::Outdated(Form::OrganisationCode)
                }
                _ => Identity::Unknown,
            }
        }
        (17 | 19, Some(false)) if looks_like_credit_code(number) => Identity::Doubtful,
        _ => Identity::Unknown,
    }
}

fn of_business_licence(number: &str) -> Identity {
    let is_digits = number.bytes().all(|b| b.is_ascii_digit());
    match number.chars().count() {
        // A joint venture's licence had words in its number (企合粤总字第…号).
        _ if !number.is_ascii() => Identity::Unknown,
        13 | 15 if is_digits => Identity::Sound(Form::RegistrationNumber),
        _ => of_credit_code(number),
    }
}

fn of_organisation_code(number: &str) -> Identity {
    match number.chars().count() {
        9 => Identity::Outdated(Form::OrganisationCode),
        length => Identity::Broken(Form::OrganisationCode, Flaw::Length(length)),
    }
}

fn of_credit_code(number: &str) -> Identity {
    let broken = |flaw| Identity::Broken(Form::CreditCode, flaw);
    if let Some(odd) = number.chars().find(|&c| credit_value(c).is_none()) {
        return broken(Flaw::Character(odd));
    }
    let length = number.chars().count();
    let (Some(expected), Some(found)) = (check_of_credit(number), number.chars().last()) else {
        return broken(Flaw::Length(length));
    };
    if length != 18 {
        return broken(Flaw::Length(length));
    }
    if number.get(2..8).is_none_or(|division| !division.bytes().all(|b| b.is_ascii_digit())) {
        return broken(Flaw::Division);
    }
    if expected != found {
        return broken(Flaw::Check { expected, found });
    }
    Identity::Sound(Form::CreditCode)
}

fn of_resident(number: &str, today: Date) -> Identity {
    let broken = |flaw| Identity::Broken(Form::Resident, flaw);
    let length = number.chars().count();
    if length == 15 && number.bytes().all(|b| b.is_ascii_digit()) {
        return Identity::Outdated(Form::OldResident);
    }
    if length != 18 {
        return broken(Flaw::Length(length));
    }
    let odd = number.chars().enumerate().find(|&(at, c)| {
        let may_be_letter = at == 17 && c == 'X';
        !c.is_ascii_digit() && !may_be_letter
    });
    if let Some((_, odd)) = odd {
        return broken(Flaw::Character(odd));
    }
    if !has_division(number) {
        return broken(Flaw::Division);
    }
    if birthday(number).is_none_or(|day| day > today) {
        return broken(Flaw::Birthday);
    }
    match (check_of_resident(number), number.chars().last()) {
        (Some(expected), Some(found)) if expected != found => {
            broken(Flaw::Check { expected, found })
        }
        _ => Identity::Sound(Form::Resident),
    }
}

/// Whether the first two digits are a province's; 81 to 83 are those of residence permits.
fn has_division(number: &str) -> bool {
    let code: Option<u8> = number.get(..2).and_then(|digits| digits.parse().ok());
    code.is_some_and(|code| {
        matches!(code, 71 | 81..=83) || Province::ALL.iter().any(|p| p.division() == code)
    })
}

fn birthday(number: &str) -> Option<Date> {
    let part = |range: std::ops::Range<usize>| number.get(range)?.parse().ok();
    let (year, month, day): (i16, i8, i8) =
        (number.get(6..10)?.parse().ok()?, part(10..12)?, part(12..14)?);
    Date::new(year, month, day).ok().filter(|day| day.year() >= 1900)
}

/// Whether 18 characters are more likely a person's than an organisation's.
fn looks_resident(number: &str) -> bool {
    has_division(number) && birthday(number).is_some()
}

/// Whether a text that is too short or too long begins like a credit code: the kind of
/// register, the kind of body, a division.
fn looks_like_credit_code(number: &str) -> bool {
    number.starts_with(['1', '5', '9'])
        && number.chars().all(|c| credit_value(c).is_some())
        && number.get(2..4).and_then(|d| d.parse().ok()).is_some_and(|code: u8| {
            code == 10 || Province::ALL.iter().any(|province| province.division() == code)
        })
}

/// The characters of a credit code in the order of their values: no I, O, S, V, Z.
const CREDIT: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

fn credit_value(c: char) -> Option<u32> {
    CREDIT.chars().zip(0..).find(|(known, _)| *known == c).map(|(_, value)| value)
}

/// The check character that 17 characters make (GB 32100: weights 3^i modulo 31).
fn check_of_credit(number: &str) -> Option<char> {
    let mut weight = 1;
    let mut sum = 0;
    for c in number.chars().take(17) {
        sum += credit_value(c)? * weight;
        weight = weight * 3 % 31;
    }
    char_at(CREDIT, (31 - sum % 31) % 31)
}

/// The check character that 8 characters make (GB 11714).
fn check_of_organisation(number: &str) -> Option<char> {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let mut sum = 0;
    for (c, weight) in number.chars().zip(WEIGHTS) {
        // Letters count on from 9 as in any base of 36.
        sum += c.is_ascii_alphanumeric().then(|| c.to_digit(36)).flatten()? * weight;
    }
    char_at("0123456789X0", 11 - sum % 11)
}

/// The check character that 17 digits make (GB 11643, ISO 7064 MOD 11-2).
fn check_of_resident(number: &str) -> Option<char> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let mut sum = 0;
    for (c, weight) in number.chars().zip(WEIGHTS) {
        sum += c.to_digit(10)? * weight;
    }
    char_at("10X98765432", sum % 11)
}

fn char_at(characters: &str, at: u32) -> Option<char> {
    characters.chars().nth(usize::try_from(at).ok()?)
}

#[cfg(test)]
mod tests;
