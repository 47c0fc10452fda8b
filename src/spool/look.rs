//! What was seen of a row, as the journal has it: three parts, each read where it is needed.
//!
//! The lines of pages are most of a look, and few read them: they stand apart, each page's once,
//! for hosts of a site mostly show the same one. The rest of the evidence is packed by itself.
//! Before both stands what is known only when the look is written down.

use super::Member;
use super::frame::{pack, unpack};
use crate::evidence::{Evidence, Lines, RegistryEntry};
use serde::{Deserialize, Serialize};
use std::io;

/// What was seen of one row so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// The evidence of all looks.
    pub evidence: Evidence,
    /// A look failed by a fault of ours.
    pub faulted: bool,
    /// Whether the row is to be looked at a second time.
    pub again: bool,
    /// Where the exchanges of all looks are kept.
    pub members: Vec<Member>,
}

/// What a look is written down with.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Margin {
    /// A look failed by a fault of ours.
    pub faulted: bool,
    /// Whether the row is to be looked at a second time.
    pub again: bool,
    /// Where the exchanges of earlier looks are kept.
    pub members: Vec<Member>,
    /// What the registry file says of the row.
    pub registry: Vec<RegistryEntry>,
}

/// Evidence packed for the journal. Packing takes longer than writing, and one thread writes all
/// looks: it is done where the look was.
#[derive(Debug)]
pub struct Packed {
    evidence: Vec<u8>,
    lines: Vec<u8>,
}

impl Packed {
    /// Packs evidence, and takes the lines of its pages out of it. What the registry file says
    /// stays, and is not packed: it goes into the margin.
    pub fn of(evidence: &mut Evidence) -> io::Result<Packed> {
        let lines = pack(&evidence.take_lines())?;
        let registry = std::mem::take(&mut evidence.registry);
        let packed = pack(evidence);
        evidence.registry = registry;
        Ok(Packed { evidence: packed?, lines })
    }
}

/// The parts of a look as they stand in a record: the lengths of the first two, and all three.
pub(super) fn encode(margin: &Margin, packed: &Packed) -> io::Result<Vec<u8>> {
    let margin = pack(margin)?;
    let mut bytes =
        Vec::with_capacity(8 + margin.len() + packed.evidence.len() + packed.lines.len());
    for part in [&margin, &packed.evidence] {
        bytes.extend(u32::try_from(part.len()).map_err(io::Error::other)?.to_le_bytes());
    }
    for part in [&margin, &packed.evidence, &packed.lines] {
        bytes.extend(part);
    }
    Ok(bytes)
}

/// How much of a look is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// All but the lines of pages.
    Outline,
}

/// Reads a look back.
pub(super) fn decode(bytes: &[u8], part: Part) -> io::Result<Seen> {
    let torn = || io::Error::other("a look of fewer bytes than it says");
    let (lengths, rest) = bytes.split_first_chunk::<8>().ok_or_else(torn)?;
    let &[m0, m1, m2, m3, e0, e1, e2, e3] = lengths;
    let margin = u32::from_le_bytes([m0, m1, m2, m3]) as usize;
    let evidence = u32::from_le_bytes([e0, e1, e2, e3]) as usize;
    let (margin, rest) = rest.split_at_checked(margin).ok_or_else(torn)?;
    let (evidence, lines) = rest.split_at_checked(evidence).ok_or_else(torn)?;
    let Margin { faulted, again, members, registry } = unpack(margin)?;
    let mut evidence = Evidence { registry, ..unpack(evidence)? };
    if part == Part::Whole {
        evidence.put_lines(unpack::<Lines>(lines)?);
    }
    Ok(Seen { evidence, faulted, again, members })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Attempt, Dns, Hop, HopKind, HostEvidence, Role, Visit};
    use crate::page::{Page, Passage};

    fn seen() -> (Evidence, Margin) {
        let passages = [Passage { text: "产品中心", ..Passage::default() }];
        let page = Page { passages: passages.into_iter().collect(), ..Page::default() };
        let hop = Hop::to("https://site.example/", HopKind::Start);
        let https = Some(Attempt::answered(hop, "", page));
        let host = HostEvidence {
            visit: Some(Visit { looks: 1, https, http: None }),
            ..HostEvidence::of_dns("site.example".to_owned(), Role::Apex, Dns::default())
        };
        let registry = vec![RegistryEntry::default()];
        let hosts = vec![host.clone(), host];
        let evidence = Evidence { hosts, registry: registry.clone(), ..Evidence::default() };
        (evidence, Margin { again: true, registry, ..Margin::default() })
    }

    #[test]
    fn a_look_reads_back_as_it_was() {
        let (evidence, margin) = seen();
        let bytes = encode(&margin, &Packed::of(&mut evidence.clone()).unwrap()).unwrap();
        let back = decode(&bytes, Part::Whole).unwrap();
        assert_eq!((back.evidence, back.again, back.faulted), (evidence, true, false));
    }

    #[test]
    fn an_outline_is_the_look_without_the_lines_of_its_pages() {
        let (mut evidence, margin) = seen();
        let bytes = encode(&margin, &Packed::of(&mut evidence.clone()).unwrap()).unwrap();
        assert_ne!(evidence.take_lines(), Lines::default());
        assert_eq!(decode(&bytes, Part::Outline).unwrap().evidence, evidence);
    }

    #[test]
    fn what_is_cut_short_or_says_too_much_is_no_look() {
        let (mut evidence, margin) = seen();
        let bytes = encode(&margin, &Packed::of(&mut evidence).unwrap()).unwrap();
        for length in 0..bytes.len() {
            assert!(decode(&bytes[..length], Part::Whole).is_err(), "cut at {length}");
        }
        for at in 0..8 {
            let mut bytes = bytes.clone();
            bytes[at] = 0xff;
            assert!(decode(&bytes, Part::Whole).is_err(), "length at {at}");
        }
    }
}
