//! What may be wrong with a service's name.

use super::subject::{is_person, may_be_authority};
use crate::policy::{WordHit, WordList};
use crate::record::Province;
use crate::rules::names::key;
use crate::rules::{FilingCase, Text};

/// One fault of a name.
pub(super) struct Fault {
    pub(super) text: Text,
    /// Only a person can say whether the subject may bear such a name.
    pub(super) in_doubt: bool,
}

/// Marks that names are written with.
const MARKS: &str = "·•・-—–_()[]《》〈〉「」『』“”‘’\"'、,:&+./—|~";

/// Every fault of a name, in the order in which a reader meets them.
pub(super) fn faults(case: &FilingCase<'_>, name: &str) -> Vec<Fault> {
    let mut faults: Vec<Fault> = form(case, name).into_iter().map(Fault::plain).collect();
    let plain = key(name);
    let hits = case.policy.words.in_filing(&plain, case.filing.province());
    faults.extend(of_bodies(case, &plain, &hits));
    if is_person(case.filing) == Some(true) {
        faults.extend(of_persons(case, &plain, &hits).into_iter().map(Fault::plain));
    }
    faults
}

impl Fault {
    fn plain(text: Text) -> Fault {
        Fault { text, in_doubt: false }
    }
}

/// Length, letters, symbols, the domain.
fn form(case: &FilingCase<'_>, name: &str) -> Vec<Text> {
    let mut faults = Vec::new();
    let folded = crate::record::fold(name);
    let length = folded.chars().filter(|c| c.is_alphanumeric()).count();
    let least = usize::from(case.policy.readings.name_length);
    if length < least {
        faults.push(Text::new(
            format!("只有 {length} 个字，至少要 {least} 个"),
            format!("has {length} characters; at least {least} are asked for"),
        ));
    }
    if is_domain(case, &folded) {
        faults.push(Text::new("直接用域名作名称", "is the domain itself"));
    } else if !folded.chars().any(is_han) {
        faults.push(Text::new(
            "全部由数字、字母或符号组成",
            "consists of digits, letters or symbols only",
        ));
    }
    let is_symbol = |c: &char| !c.is_alphanumeric() && !c.is_whitespace() && !MARKS.contains(*c);
    if let Some(symbol) = folded.chars().find(is_symbol) {
        faults.push(Text::new(
            format!("含有特殊符号“{symbol}”"),
            format!("holds the symbol \"{symbol}\""),
        ));
    }
    faults
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether a name is the filed domain, with or without its suffix.
fn is_domain(case: &FilingCase<'_>, name: &str) -> bool {
    let lower = name.trim().to_lowercase();
    let name = lower.strip_prefix("www.").unwrap_or(&lower);
    let domain = &case.filing.domain;
    let label = domain.registrable().split('.').next().unwrap_or_default();
    name == domain.ascii() || name == domain.unicode() || name == label
}

/// Words that only some bodies may bear: heads of the nation and of authorities.
fn of_bodies(case: &FilingCase<'_>, name: &str, hits: &[WordHit]) -> Vec<Fault> {
    let subject = case.filing.subject_name.as_deref().map(key);
    let is_public = may_be_authority(case.filing)
        || case.filing.subject_kind.as_deref().is_some_and(|kind| kind.contains("事业单位"));
    let faults = hits.iter().filter_map(|hit| {
        let word = name.get(hit.span.clone())?;
        let is_head = hit.span.start == 0;
        let is_kept = match hit.list {
            // A body whose own registered name bears the word has been allowed it.
            WordList::NationalHead => is_head,
            WordList::AuthorityHead => is_head && !is_public,
            WordList::Sensitive => !is_public,
            _ => false,
        };
        let bears_it = subject.as_ref().is_some_and(|subject| subject.contains(word));
        (is_kept && !bears_it).then(|| Fault {
            text: match hit.list {
                WordList::Sensitive => Text::new(
                    format!("含有不得用于名称的词“{word}”"),
                    format!("holds \"{word}\", a word that no name may hold"),
                ),
                _ => Text::new(
                    format!("以“{word}”开头，该字头只限国家级单位或主管机关使用"),
                    format!("begins with \"{word}\", kept for national bodies or authorities"),
                ),
            },
            in_doubt: subject.is_none(),
        })
    });
    let mut faults: Vec<Fault> = faults.collect();
    // 反腐 at the head is of two lists; once is enough.
    faults.dedup_by(|next, first| next.text == first.text);
    faults
}

/// Words that an individual's site may not have in its name.
fn of_persons(case: &FilingCase<'_>, name: &str, hits: &[WordHit]) -> Vec<Text> {
    let mut faults = Vec::new();
    let of_list = |list: WordList| {
        hits.iter().filter(move |hit| hit.list == list).filter_map(move |hit| {
            name.get(hit.span.clone())
                .filter(|_| list != WordList::PlaceHead || hit.span.start == 0)
        })
    };
    let mut words: Vec<&str> = of_list(WordList::NotIndividual).collect();
    let province = case.filing.province();
    let forbidden =
        province.map(|province| &case.policy.provinces.of(province).forbidden_name_words);
    words.extend(forbidden.into_iter().flatten().map(String::as_str).filter(|w| name.contains(w)));
    let whole = words.clone();
    words.retain(|word| !whole.iter().any(|other| other != word && other.contains(word)));
    words.sort_unstable();
    words.dedup();
    if !words.is_empty() {
        faults.push(Text::new(
            format!("个人网站的名称不得含有“{}”", words.join("”“")),
            format!("an individual's site may not be called \"{}\"", words.join("\", \"")),
        ));
    }
    let place = of_list(WordList::PlaceName).chain(of_list(WordList::PlaceHead)).next();
    let head = || Province::ALL.iter().map(|p| p.name()).find(|place| name.starts_with(place));
    if let Some(place) = place.or_else(head) {
        faults.push(Text::new(
            format!("个人网站的名称不得含有地名“{place}”"),
            format!("an individual's site may not bear the place \"{place}\""),
        ));
    }
    let own = case.filing.subject_name.as_deref().map(key).unwrap_or_default();
    if (2..=4).contains(&own.chars().count()) && own.chars().all(is_han) && name.contains(&own) {
        faults.push(Text::new(
            "个人网站的名称不得含有姓名",
            "an individual's site may not bear a personal name",
        ));
    }
    faults
}
