//! What the user's registry file says: the rows in an unnamed temporary file, and 32 bytes
//! a row in memory to find them by domain and by number.

use super::SpoolError;
use crate::evidence::{Evidence, RegistryEntry};
use crate::filing::{Filing, Reason, Rejected, Row, Status};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write},
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

/// Rows that are kept of one filing: a number may stand on the lines of many domains.
const MOST: usize = 20;

/// Rows that could not be read and are told one by one.
const TOLD: usize = 5;

/// Numbers of one filing's pages that are looked up.
const SHOWN: usize = 10;

/// What a registry file says, found by domain and by number.
#[derive(Debug)]
pub struct Registry {
    file: Mutex<File>,
    /// Hash of a domain or a number, and where its row begins; sorted.
    index: Vec<(u64, u64)>,
    count: RegistryCount,
}

/// The rows of a registry file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RegistryCount {
    /// Rows that were read.
    pub rows: u64,
    /// Rows that could not be read, and are as good as not there.
    pub rejected: u64,
    /// The first few of those.
    pub first_rejected: Vec<BadRow>,
}

/// A row of a registry file that could not be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BadRow {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// The heading of the column; empty where the line itself cannot be read.
    pub column: String,
    /// The cell as it stood.
    pub value: String,
    /// What was expected.
    pub reason: Reason,
}

impl Registry {
    /// Reads the rows of a registry file.
    pub fn read(rows: impl Iterator<Item = Row>) -> Result<Registry, SpoolError> {
        let mut writer = BufWriter::new(tempfile::tempfile().map_err(failed)?);
        let (mut index, mut count, mut at) = (Vec::new(), RegistryCount::default(), 0_u64);
        for row in rows {
            match row {
                Ok(filing) => {
                    let entry = entry(&filing);
                    let keys = [domain_key(&entry.domain), number_key(&entry.number)];
                    index.extend(keys.into_iter().flatten().map(|key| (key, at)));
                    let mut line = serde_json::to_vec(&entry).map_err(|e| failed(e.into()))?;
                    line.push(b'\n');
                    writer.write_all(&line).map_err(failed)?;
                    at += line.len() as u64;
                    count.rows += 1;
                }
                Err(rejected) => {
                    count.rejected += 1;
                    if count.first_rejected.len() < TOLD {
                        count.first_rejected.push(BadRow::of(&rejected));
                    }
                }
            }
        }
        index.sort_unstable();
        index.dedup();
        index.shrink_to_fit();
        let file = writer.into_inner().map_err(|error| failed(error.into_error()))?;
        Ok(Registry { file: Mutex::new(file), index, count })
    }

    /// How many rows there are, and which could not be read.
    pub fn count(&self) -> &RegistryCount {
        &self.count
    }

    /// What the file says of a filing's domain, of its number, and of the numbers that its
    /// pages show: in the order of the file, at most twenty rows.
    pub fn entries(
        &self,
        filing: &Filing,
        evidence: &Evidence,
    ) -> Result<Vec<RegistryEntry>, SpoolError> {
        let filed = [&filing.record_number, &filing.licence].into_iter().flatten();
        let filed = filed.filter_map(|filed| filed.number.as_ref().map(ToString::to_string));
        let numbers = filed.chain(shown(evidence));
        let domains = [filing.domain.ascii(), filing.domain.registrable()];
        let keys = domains.into_iter().filter_map(domain_key);
        // The domain's and the filed number's rows go before those of whatever a page shows.
        let mut places: Vec<u64> = Vec::new();
        for key in keys.chain(numbers.filter_map(|number| number_key(&number))) {
            let start = self.index.partition_point(|(other, _)| *other < key);
            let rows = self.index.get(start..).unwrap_or_default().iter();
            let rows = rows.take_while(|(other, _)| *other == key).map(|(_, at)| *at);
            let rows: Vec<u64> = rows.filter(|at| !places.contains(at)).take(MOST).collect();
            places.extend(rows);
        }
        places.truncate(MOST);
        places.sort_unstable();
        let entries = places.into_iter().map(|at| {
            let mut entry = self.entry(at)?;
            // Whose other domains are is nobody's business here, and may be a person's name.
            if !domains.contains(&entry.domain.as_str()) {
                entry.subject.clear();
            }
            Ok(entry)
        });
        entries.collect()
    }

    fn entry(&self, at: u64) -> Result<RegistryEntry, SpoolError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(at)).map_err(failed)?;
        let mut line = String::new();
        BufReader::with_capacity(1 << 10, &mut *file).read_line(&mut line).map_err(failed)?;
        serde_json::from_str(&line).map_err(|error| failed(error.into()))
    }
}

impl BadRow {
    fn of(rejected: &Rejected) -> BadRow {
        BadRow {
            line: rejected.line,
            column: rejected.column.clone(),
            value: rejected.value.clone(),
            reason: rejected.reason.clone(),
        }
    }
}

fn entry(filing: &Filing) -> RegistryEntry {
    let number = filing.record_number.as_ref().and_then(|filed| filed.number.as_ref());
    RegistryEntry {
        domain: filing.domain.ascii().to_owned(),
        number: number.map(ToString::to_string).unwrap_or_default(),
        subject: filing.subject_name.clone().unwrap_or_default(),
        cancelled: filing.status == Status::Cancelled,
    }
}

/// The numbers that a filing's pages show.
fn shown(evidence: &Evidence) -> impl Iterator<Item = String> {
    let pages = evidence.hosts.iter().flat_map(|host| {
        let best = host.visit.as_ref().and_then(|visit| visit.best());
        let served = best.and_then(|attempt| attempt.answer()?.page.as_ref());
        host.rendered().map(|rendered| &rendered.page).or(served)
    });
    let numbers = pages.flat_map(|page| &page.record_numbers).filter(|shown| shown.visible);
    let numbers: BTreeSet<String> =
        numbers.filter_map(|shown| shown.number()).map(|n| n.to_string()).collect();
    numbers.into_iter().take(SHOWN)
}

fn domain_key(domain: &str) -> Option<u64> {
    (!domain.is_empty()).then(|| hash("domain", domain))
}

fn number_key(number: &str) -> Option<u64> {
    (!number.is_empty()).then(|| hash("number", number))
}

fn hash(kind: &str, text: &str) -> u64 {
    let digest = Sha256::new_with_prefix(kind).chain_update(text).finalize();
    digest.iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}

fn failed(error: io::Error) -> SpoolError {
    SpoolError::Io(PathBuf::from("the registry's temporary file"), error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filing::{Options, open};

    const FILE: &str = "\
域名,网站备案号,主办单位名称,备案状态
site.example,京ICP备2099000123号-1,示例甲（北京）公司,已备案
shop.example,京 ICP 备 2099000456 号 - 1,示例乙公司,已注销
not a domain,京ICP备2099000789号-1,示例丙公司,已备案
many.example,京ICP备2099000123号-1,示例甲(北京)公司,注销
";

    fn registry() -> Registry {
        let rows = open(Box::new(FILE.as_bytes()), Some("registry.csv"), &Options::default());
        Registry::read(rows.unwrap()).unwrap()
    }

    fn filing(domain: &str, number: &str) -> Filing {
        let domain = crate::filing::Domain::parse(domain).unwrap();
        let mut filing = Filing::of_domain(1, domain);
        filing.record_number = Some(crate::filing::FiledNumber {
            text: number.to_owned(),
            number: number.parse().ok(),
        });
        filing
    }

    #[test]
    fn rows_are_found_by_domain_and_by_number_in_the_order_of_the_file() {
        let registry = registry();
        let entries = |domain, number| {
            let found = registry.entries(&filing(domain, number), &Evidence::default()).unwrap();
            found.iter().map(|e| (e.domain.clone(), e.cancelled)).collect::<Vec<_>>()
        };
        let (site, many) = (("site.example".to_owned(), false), ("many.example".to_owned(), true));
        assert_eq!(entries("site.example", "京ICP备2099000123号-1"), [site.clone(), many.clone()]);
        assert_eq!(entries("www.shop.example", ""), [("shop.example".to_owned(), true)]);
        assert_eq!(entries("else.example", "京ICP备2099000123号-1"), [site, many]);
        assert!(entries("else.example", "京ICP备2099000124号-1").is_empty());
    }

    #[test]
    fn a_row_that_cannot_be_read_is_counted_and_told() {
        let count = registry().count().clone();
        assert_eq!((count.rows, count.rejected), (3, 1));
        let bad = &count.first_rejected[0];
        assert_eq!((bad.line, &*bad.column, &*bad.value), (4, "域名", "not a domain"));
    }
}
