//! Which blocks of mobile numbers can receive the ministry's message.

use super::PolicyError;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What is known of a block of mobile numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    /// The message arrives.
    Receives,
    /// Issued to people; whether the message arrives is not known.
    Unlisted,
    /// For data cards and meters.
    Machine,
}

/// The blocks of mobile numbers, by their first three digits.
#[derive(Clone, Debug, Default)]
pub struct Phones {
    blocks: BTreeMap<u16, Block>,
}

/// `[phones]` as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PhonesText {
    receives: Vec<u16>,
    unlisted: Vec<u16>,
    machines: Vec<u16>,
}

impl Phones {
    /// The block of a mobile number; `None` where no such block is issued.
    pub fn block_of(&self, number: &str) -> Option<Block> {
        let block = number.get(..3)?.parse().ok()?;
        self.blocks.get(&block).copied()
    }

    /// Lays the blocks of a file over those there are.
    pub(super) fn add(&mut self, text: PhonesText, file: &str) -> Result<(), PolicyError> {
        let lists = [
            ("receives", text.receives, Block::Receives),
            ("unlisted", text.unlisted, Block::Unlisted),
            ("machines", text.machines, Block::Machine),
        ];
        for (name, list, kind) in lists {
            for block in list {
                if !(130..=199).contains(&block) {
                    return Err(PolicyError::Row {
                        file: file.to_owned(),
                        row: format!("phones.{name}"),
                        problem: format!("{block} is not 130 to 199"),
                    });
                }
                self.blocks.insert(block, kind);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    #[test]
    fn a_block_is_what_the_table_says_and_a_user_s_file_says_otherwise() {
        let phones = Policy::embedded().unwrap().phones;
        assert_eq!(phones.block_of("13800000000"), Some(Block::Receives));
        assert_eq!(phones.block_of("19200000000"), Some(Block::Unlisted));
        assert_eq!(phones.block_of("14800000000"), Some(Block::Machine));
        assert_eq!(phones.block_of("15400000000"), None);
        let mine = Policy::with("[phones]\nreceives = [192]\n", "mine.toml", None).unwrap();
        assert_eq!(mine.phones.block_of("19200000000"), Some(Block::Receives));
        assert_eq!(mine.phones.block_of("14800000000"), Some(Block::Machine));
    }

    #[test]
    fn a_block_that_cannot_be_is_refused() {
        assert!(Policy::with("[phones]\nreceives = [13]\n", "mine.toml", None).is_err());
        assert!(Policy::with("[phones]\nreceive = [138]\n", "mine.toml", None).is_err());
    }
}
