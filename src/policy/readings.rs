use super::Level;
use serde::{Deserialize, Serialize};

/// The readings are listed once: the struct, the overlay of a user's file, in which all
/// may be missing, and the defaults.
macro_rules! readings {
    ($($(#[$doc:meta])* $name:ident: $kind:ty = $default:expr;)*) => {
        /// Where sources differ, or a number of days is set: which reading holds.
        #[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
        #[serde(deny_unknown_fields)]
        pub struct Readings {
            $($(#[$doc])* pub $name: $kind,)*
        }

        impl Default for Readings {
            fn default() -> Self {
                Readings { $($name: $default,)* }
            }
        }

        /// Readings as a file states them.
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct SomeReadings {
            $($name: Option<$kind>,)*
        }

        impl SomeReadings {
            /// Lays what is stated over the readings.
            pub(super) fn apply(&self, readings: &mut Readings) {
                $(if let Some(stated) = self.$name { readings.$name = stated; })*
            }

            /// How many readings are stated, and how many there are.
            #[cfg(test)]
            pub(super) fn stated(&self) -> (usize, usize) {
                let each = [$(self.$name.is_some()),*];
                (each.iter().filter(|stated| **stated).count(), each.len())
            }
        }
    };
}

readings! {
    /// Which number Guangdong's sites must show.
    guangdong: Guangdong = Guangdong::Either;
    /// Whether the filed provider's own CDN at mainland addresses passes DNS006.
    own_cdn_passes: bool = true;
    /// The level of DNS003 where the address moved within the filed provider's network and no
    /// licence is filed.
    moved_within_provider: Level = Level::Violation;
    /// Whether any further filed host that points at a filed address satisfies DNS001 to DNS003.
    any_host_suffices: bool = false;
    /// Days after opening until a police number is missed: 30 to apply, the review, 30 to show it.
    police_days: u16 = 90;
    /// Days after approval during which a site need not be up.
    opening_days: u16 = 30;
    /// Days after approval during which a block page may still stand.
    unblocking_days: u16 = 10;
    /// Days before the end of a document from which it is said that it ends (FIL005).
    papers_days: u16 = 90;
    /// Days before a domain's expiry from which it is warned of (REG002).
    expiry_days: u16 = 30;
    /// Similarity (0 to 1) from which a title is nearly right (TTL003).
    title_similarity: f64 = 0.6;
    /// The fewest characters of a service's name (FIL003).
    name_length: u16 = 3;
    /// The fewest characters of a remark, where one is required (FIL011).
    remark_length: u16 = 15;
    /// Different words of organisation, goods or forum that make a page one that an individual
    /// may not file (CNT001).
    individual_words: u16 = 3;
    /// Different words of a topic with which a page offers it (CNT002).
    topic_words: u16 = 3;
    /// Different words of crime on a page that may have been taken over (CNT004).
    crime_words: u16 = 4;
    /// Different words of a shop or of paid services on a page that needs a licence (CNT005).
    paid_words: u16 = 3;
}

/// The readings of Guangdong's rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Guangdong {
    /// The subject's number or the service's.
    Either,
    /// The subject's number only.
    Subject,
}
