//! The passages of a page, in one text: a page has hundreds, and all hosts of a site, and all
//! who read of them, share one copy.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::sync::Arc;

/// A line of the page as a visitor reads it, or a part of a long one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Passage<'p> {
    /// Width and white space folded, at most 160 characters.
    pub text: &'p str,
    /// It stands in the foot of the page.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub foot: bool,
    /// It is a link that leaves the site, or several of them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub away: bool,
}

/// What a page says, passage by passage. Cheap to clone. Its JSON is a list of passages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passages(Arc<Together>);

/// All passages behind each other.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Together {
    text: String,
    /// Of each passage, four times the bytes of its text, plus two if it leads away, plus one if
    /// it stands in the foot: one number of few digits in the journal.
    marks: Vec<u32>,
}

const FOOT: u32 = 1;
const AWAY: u32 = 2;
/// Bits of a mark that are not of the length.
const BITS: u32 = 2;

impl Passages {
    /// In page order.
    pub fn iter(&self) -> impl Iterator<Item = Passage<'_>> {
        let mut start = 0;
        self.0.marks.iter().map(move |mark| {
            let end = start + (mark >> BITS) as usize;
            let text = self.0.text.get(start..end).unwrap_or_default();
            start = end;
            Passage { text, foot: mark & FOOT != 0, away: mark & AWAY != 0 }
        })
    }

    /// One of them, by its place.
    pub fn get(&self, index: usize) -> Option<Passage<'_>> {
        self.iter().nth(index)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.marks.is_empty()
    }

    /// Whether both are one copy.
    pub fn is_same(&self, other: &Passages) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<'p> FromIterator<Passage<'p>> for Passages {
    fn from_iter<I: IntoIterator<Item = Passage<'p>>>(passages: I) -> Passages {
        let mut all = Together::default();
        for Passage { text, foot, away } in passages {
            // Passages are short; what could not be marked is left out.
            let length = u32::try_from(text.len()).ok().filter(|length| length >> (32 - BITS) == 0);
            let Some(length) = length else { continue };
            all.text.push_str(text);
            let mark = u32::from(foot) * FOOT + u32::from(away) * AWAY;
            all.marks.push((length << BITS) + mark);
        }
        Passages(Arc::new(all))
    }
}

impl Serialize for Passages {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Passages {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Passages, D::Error> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Owned {
            text: String,
            foot: bool,
            away: bool,
        }
        let all = Vec::<Owned>::deserialize(deserializer)?;
        Ok(all
            .iter()
            .map(|one| Passage { text: &one.text, foot: one.foot, away: one.away })
            .collect())
    }
}

/// Passages as they are stored, where many are: their text, and a mark for each.
pub mod together {
    use super::{Arc, Passages, Together};
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes them as one text.
    pub fn serialize<S: Serializer>(all: &[Passages], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(all.iter().map(|passages| &*passages.0))
    }

    /// Reads them back.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Passages>, D::Error> {
        let all = Vec::<Together>::deserialize(deserializer)?;
        Ok(all.into_iter().map(|one| Passages(Arc::new(one))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passages() -> Passages {
        [
            ("首页", false, false),
            ("友情链接", false, true),
            ("", false, false),
            ("© 2099", true, true),
        ]
        .map(|(text, foot, away)| Passage { text, foot, away })
        .into_iter()
        .collect()
    }

    #[test]
    fn passages_are_read_as_they_were_put_together() {
        let all = passages();
        let texts: Vec<&str> = all.iter().map(|passage| passage.text).collect();
        assert_eq!(texts, ["首页", "友情链接", "", "© 2099"]);
        assert_eq!(all.get(3), Some(Passage { text: "© 2099", foot: true, away: true }));
        assert_eq!((all.get(1).unwrap().away, all.get(1).unwrap().foot), (true, false));
        assert_eq!(all.get(4), None);
        assert!(!all.is_empty() && Passages::default().is_empty());
    }

    #[test]
    fn both_ways_of_writing_them_read_back_as_they_were() {
        let json = serde_json::to_string(&passages()).unwrap();
        assert!(json.starts_with(r#"[{"text":"首页"},{"text":"友情链接","away":true}"#), "{json}");
        assert_eq!(serde_json::from_str::<Passages>(&json).unwrap(), passages());

        #[derive(Serialize, Deserialize)]
        struct Stored(#[serde(with = "together")] Vec<Passages>);
        let json = serde_json::to_string(&Stored(vec![passages()])).unwrap();
        assert_eq!(json, r#"[{"text":"首页友情链接© 2099","marks":[24,50,0,31]}]"#);
        assert_eq!(serde_json::from_str::<Stored>(&json).unwrap().0, [passages()]);
    }

    #[test]
    fn marks_that_say_more_than_there_is_are_no_harm() {
        let damaged = Together { text: "首页".to_owned(), marks: vec![9, 4_000_000_000, 12] };
        let all = Passages(Arc::new(damaged));
        assert!(all.iter().all(|passage| passage.text.is_empty()));
    }
}
