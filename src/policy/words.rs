//! Words by which names, remarks and pages are recognised: `config/words/*.toml`, and what a
//! user's file adds to them or takes away. All are looked for at once.

mod heads;

use super::{PolicyError, document::nearest};
use crate::record::{Province, fold};
use heads::Heads;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// The lists are listed once: the variant, its name in files, and where it is looked for.
macro_rules! lists {
    ($($(#[$doc:meta])* $list:ident = $name:literal in $place:ident;)*) => {
        /// What a word says of the text that holds it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum WordList {
            $($(#[$doc])* $list,)*
            /// A name, content kind or remark with it falls under a topic.
            Filed(Topic),
            /// A page with it offers a topic.
            Offered(Topic),
            /// An approval with it in its name is one for a topic.
            Approved(Topic),
        }

        impl WordList {
            const PLAIN: &[(&'static str, WordList)] = &[$(($name, WordList::$list),)*];

            fn place(self) -> Place {
                match self {
                    $(WordList::$list => Place::$place,)*
                    WordList::Filed(_) => Place::Filing,
                    WordList::Offered(_) => Place::Page,
                    WordList::Approved(_) => Place::Both,
                }
            }
        }
    };
}

lists! {
    /// A name that begins with it is kept for bodies of the nation.
    NationalHead = "national_heads" in Filing;
    /// A name that begins with it is kept for authorities.
    AuthorityHead = "authority_heads" in Filing;
    /// No name may hold it.
    Sensitive = "sensitive_names" in Filing;
    /// An individual's site may not have it in its name.
    NotIndividual = "not_individual_names" in Filing;
    /// A place, wherever in a name it stands.
    PlaceName = "places" in Filing;
    /// A place, where a name begins with it.
    PlaceHead = "place_heads" in Filing;
    /// What follows in the same sentence is said not to be offered.
    Denial = "denials" in Both;
    /// A page of an organisation says it of itself.
    Organisation = "organisation_pages" in Page;
    /// Goods and prices.
    Trade = "trade_pages" in Page;
    /// A place where others write.
    Forum = "forum_pages" in Page;
    /// Gambling.
    Gambling = "gambling" in Page;
    /// Pornography.
    Pornography = "pornography" in Page;
    /// Drugs and weapons.
    Drugs = "drugs" in Page;
    /// Fraud and forgery.
    Fraud = "fraud" in Page;
    /// A passage with it speaks about crime rather than offering it.
    Report = "reports" in Page;
    /// Information or membership for money.
    Paid = "paid_services" in Page;
    /// A shop, or a platform for other people's.
    Shop = "shops" in Page;
    /// A label behind which the operator's name follows.
    Operator = "operator_labels" in Page;
}

/// Where the words of a list are looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Filing,
    Page,
    Both,
}

macro_rules! topics {
    ($($topic:ident = $name:literal, $zh:literal, $en:literal;)*) => {
        /// A topic that needs an authority's approval before a site about it may be filed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Topic {
            $(#[doc = $zh] $topic,)*
        }

        impl Topic {
            /// Every topic.
            pub const ALL: &[Topic] = &[$(Topic::$topic,)*];

            /// The topic in Chinese and in English.
            pub fn names(self) -> (&'static str, &'static str) {
                match self { $(Topic::$topic => ($zh, $en),)* }
            }

            /// The name in files.
            pub fn name(self) -> &'static str {
                match self { $(Topic::$topic => $name,)* }
            }
        }
    };
}

topics! {
    News = "news", "新闻", "news";
    Publishing = "publishing", "出版", "publishing";
    Education = "education", "教育培训", "education and training";
    Health = "health", "医疗保健", "medical care";
    Medicine = "medicine", "药品和医疗器械", "medicines and medical devices";
    Culture = "culture", "网络文化和游戏", "online culture and games";
    Broadcasting = "broadcasting", "广播电影电视节目", "film, radio and television programmes";
    RideHailing = "ride_hailing", "网络预约车", "ride hailing";
    Finance = "finance", "金融", "finance";
    Chemicals = "chemicals", "危险化学品", "dangerous chemicals";
}

impl WordList {
    /// By the name in files: `gambling`, `filed.news`.
    fn from_name(name: &str) -> Option<WordList> {
        let plain = WordList::PLAIN.iter().find(|(known, _)| *known == name);
        if let Some((_, list)) = plain {
            return Some(*list);
        }
        let (kind, topic) = name.split_once('.')?;
        let topic = *Topic::ALL.iter().find(|known| known.name() == topic)?;
        match kind {
            "filed" => Some(WordList::Filed(topic)),
            "offered" => Some(WordList::Offered(topic)),
            "approved" => Some(WordList::Approved(topic)),
            _ => None,
        }
    }

    fn names() -> Vec<String> {
        let plain = WordList::PLAIN.iter().map(|(name, _)| (*name).to_owned());
        let kinds = ["filed", "offered", "approved"];
        let topics = kinds.iter().flat_map(|kind| {
            Topic::ALL.iter().map(move |topic| format!("{kind}.{}", topic.name()))
        });
        plain.chain(topics).collect()
    }
}

/// `[[words]]` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WordsRow {
    list: String,
    /// Letters or names; words of a row without any hold everywhere.
    #[serde(default)]
    provinces: Vec<String>,
    #[serde(default)]
    add: Vec<String>,
    /// Words of this list that hold no more, in any province.
    #[serde(default)]
    remove: Vec<String>,
    /// Longer words that hold one of the list and mean something else.
    #[serde(default)]
    except: Vec<String>,
}

/// Characters of a word.
const LONGEST: usize = 30;

/// Every word, ready to be looked for.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// Word → in which provinces it is one of the list's; all where there are none.
    lists: BTreeMap<WordList, BTreeMap<String, Vec<Province>>>,
    exceptions: BTreeMap<WordList, Vec<String>>,
    index: Arc<Index>,
}

/// A word in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordHit {
    /// The list that it is of.
    pub list: WordList,
    /// Which word: the same for the same one.
    pub word: usize,
    /// Where in the text, in bytes.
    pub span: Range<usize>,
}

impl Words {
    /// The words of filings in a folded text, as they hold in a province; in order of place.
    pub fn in_filing(&self, folded: &str, province: Option<Province>) -> Vec<WordHit> {
        self.index.filing.find(folded, province)
    }

    /// The words of pages in a folded text, in order of place.
    pub fn in_page(&self, folded: &str) -> Vec<WordHit> {
        self.index.page.find(folded, None)
    }

    /// A word that was hit in a page.
    pub fn page_word(&self, hit: &WordHit) -> &str {
        self.index.page.words.get(hit.word).map_or("", |word| word.text.as_str())
    }

    /// The words of a list, for those who want to show them.
    pub fn of(&self, list: WordList) -> impl Iterator<Item = &str> {
        self.lists.get(&list).into_iter().flatten().map(|(word, _)| word.as_str())
    }

    pub(super) fn add(&mut self, rows: Vec<WordsRow>, file: &str) -> Result<(), PolicyError> {
        for row in rows {
            let name = row.list.clone();
            self.lay(row).map_err(|problem| PolicyError::Row {
                file: file.to_owned(),
                row: format!("words {name}"),
                problem,
            })?;
        }
        Ok(())
    }

    fn lay(&mut self, row: WordsRow) -> Result<(), String> {
        let Some(list) = WordList::from_name(&row.list) else {
            let names = WordList::names();
            let nearest = nearest(&row.list, names.iter().map(String::as_str));
            return Err(format!("there is no list of this name{nearest}"));
        };
        let provinces = row.provinces.iter().map(|name| {
            Province::from_name(name).ok_or_else(|| format!("{name:?} is not a province"))
        });
        let provinces = provinces.collect::<Result<Vec<_>, _>>()?;
        if !provinces.is_empty() && list.place() == Place::Page {
            return Err("words of pages hold in every province".to_owned());
        }
        let words = self.lists.entry(list).or_default();
        for word in &row.remove {
            if words.remove(&word_of(word)?).is_none() {
                return Err(format!("{word:?} is not in the list, and cannot be removed"));
            }
        }
        for word in &row.add {
            let word = word_of(word)?;
            let holds_everywhere = words.get(&word).is_some_and(Vec::is_empty);
            let holds_in = words.entry(word).or_default();
            if provinces.is_empty() || holds_everywhere {
                holds_in.clear();
            } else {
                holds_in.extend(&provinces);
            }
        }
        let exceptions = self.exceptions.entry(list).or_default();
        for word in &row.except {
            exceptions.push(word_of(word)?);
        }
        Ok(())
    }

    /// Makes the words ready to be looked for, once all files are read.
    pub(super) fn compile(&mut self) {
        let (filing, page) = (Matcher::of(self, Place::Filing), Matcher::of(self, Place::Page));
        self.index = Arc::new(Index { filing, page });
    }
}

/// A word as it is looked for: folded, without white space around it.
fn word_of(text: &str) -> Result<String, String> {
    let word = fold(text).trim().to_lowercase();
    match word.chars().count() {
        0 => Err("an empty word stands in every text".to_owned()),
        length if length > LONGEST => Err(format!("{text:?} is longer than {LONGEST} characters")),
        _ => Ok(word),
    }
}

#[derive(Debug, Default)]
struct Index {
    filing: Matcher,
    page: Matcher,
}

/// What is looked for in one kind of text.
#[derive(Debug, Default)]
struct Matcher {
    words: Vec<Word>,
    heads: Heads,
}

#[derive(Debug)]
struct Word {
    text: String,
    list: WordList,
    provinces: Vec<Province>,
    /// It stands for itself, and is no word of the list.
    is_exception: bool,
}

impl Matcher {
    fn of(words: &Words, place: Place) -> Matcher {
        let is_here = |list: &WordList| [place, Place::Both].contains(&list.place());
        let of_lists =
            words.lists.iter().filter(|(list, _)| is_here(list)).flat_map(|(list, words)| {
                words.iter().map(|(text, provinces)| Word {
                    text: text.clone(),
                    list: *list,
                    provinces: provinces.clone(),
                    is_exception: false,
                })
            });
        let exceptions = words.exceptions.iter().filter(|(list, _)| is_here(list));
        let exceptions = exceptions.flat_map(|(list, words)| {
            words.iter().map(|text| Word {
                text: text.clone(),
                list: *list,
                provinces: Vec::new(),
                is_exception: true,
            })
        });
        let words: Vec<Word> = of_lists.chain(exceptions).collect();
        let heads = Heads::of(words.iter().map(|word| word.text.as_str()));
        Matcher { words, heads }
    }

    fn find(&self, folded: &str, province: Option<Province>) -> Vec<WordHit> {
        let mut all = Vec::new();
        self.heads.find(folded, |id, span| {
            let Some(word) = self.words.get(id) else { return };
            let holds = word.provinces.is_empty()
                || province.is_some_and(|province| word.provinces.contains(&province));
            if holds && is_whole(folded, &span) {
                all.push(WordHit { list: word.list, word: id, span });
            }
        });
        if all.len() > MOST {
            all.sort_by_key(|hit| (hit.span.end, hit.span.start, hit.word));
            all.truncate(MOST);
        }
        let is_exception = |hit: &WordHit| self.words.get(hit.word).is_some_and(|w| w.is_exception);
        // A longer word of the same list says what is meant: a part of it says nothing.
        let is_part = |hit: &WordHit| {
            let around = |other: &&WordHit| {
                other.list == hit.list
                    && other.span.start <= hit.span.start
                    && other.span.end >= hit.span.end
                    && (other.span.len() > hit.span.len() || is_exception(other))
            };
            all.iter().any(|other| around(&other))
        };
        let mut hits: Vec<WordHit> =
            all.iter().filter(|hit| !is_exception(hit) && !is_part(hit)).cloned().collect();
        hits.sort_by_key(|hit| (hit.span.start, hit.list));
        hits
    }
}

/// Hits of one text that are looked at.
const MOST: usize = 200;

/// Whether a word in Latin letters stands there as a whole: `av` is not in `java`.
fn is_whole(text: &str, span: &Range<usize>) -> bool {
    let is_latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let word = text.get(span.clone()).unwrap_or_default();
    let before = text.get(..span.start).unwrap_or_default().chars().next_back();
    let after = text.get(span.end..).unwrap_or_default().chars().next();
    let goes_on = |inner: Option<char>, outer| is_latin(inner) && is_latin(outer);
    !goes_on(word.chars().next(), before) && !goes_on(word.chars().next_back(), after)
}

#[cfg(test)]
mod tests;
