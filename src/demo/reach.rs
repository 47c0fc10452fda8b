//! A crowd from another process: how it is reached, and what an audit of it has to find.

use super::compare::{self, Finding, RejectedRow};
use super::crowd::{Crowd, CrowdSize};
use super::site::Eyes;
use super::{DemoError, World};
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::{BufRead, BufReader},
    net::{IpAddr, SocketAddr},
    path::Path,
};

/// Differences that are told; the rest is counted.
const TOLD: usize = 20;

/// How the world that one process plays is reached by another.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reach {
    /// The sites.
    pub crowd: CrowdSize,
    /// The resolvers.
    pub resolvers: Vec<SocketAddr>,
    /// The root certificate, DER.
    pub root: Vec<u8>,
    /// (address, port) of the world and the socket that plays it.
    pub sockets: Vec<(IpAddr, u16, SocketAddr)>,
}

impl Reach {
    /// How this world is reached.
    pub fn of(world: &World, crowd: CrowdSize) -> Reach {
        let sockets = world.sockets().iter().map(|((address, port), at)| (*address, *port, *at));
        Reach {
            crowd,
            resolvers: world.resolvers().to_vec(),
            root: world.root().to_vec(),
            sockets: sockets.collect(),
        }
    }
}

/// What a run over a crowd found, held against what is planted.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Tally {
    /// Rows of the list.
    pub rows: u64,
    /// Rows that ended as an audit.
    pub audited: u64,
    /// Rows that were rejected.
    pub rejected: u64,
    /// Findings planted.
    pub planted: u64,
    /// Planted findings that were not found, findings that were not planted, rows that were
    /// rejected or audited and should not have been.
    pub differences: u64,
    /// The first of them.
    pub told: Vec<String>,
}

impl Tally {
    fn differs(&mut self, what: String) {
        self.differences += 1;
        if self.told.len() < TOLD {
            self.told.push(what);
        }
    }

    fn differ(&mut self, what: &str, findings: &[Finding]) {
        for Finding { domain, code, .. } in findings {
            self.differs(format!("{what}: {domain} {code}"));
        }
    }
}

/// Holds the files of a run over a crowd (`audits.jsonl`, `rejected.csv`) against what is
/// planted in it, row by row: both are in the order of the list.
pub fn tally(crowd: &Crowd, folder: &Path) -> Result<Tally, DemoError> {
    let mut audits = BufReader::new(File::open(folder.join("audits.jsonl"))?).lines();
    let mut rejected = compare::rejections(File::open(folder.join("rejected.csv"))?);
    let mut tally = Tally::default();
    // The list's heading is its first line.
    for (line, site) in (2..).zip(crowd.sites()) {
        tally.rows += 1;
        if let Some(column) = &site.rejected {
            let wanted = RejectedRow { line, column: column.clone() };
            match rejected.next().transpose()? {
                Some(row) if row == wanted => tally.rejected += 1,
                other => tally.differs(format!("line {line}, rejected: {other:?}")),
            }
            continue;
        }
        tally.planted += site.planted_for(Eyes::Crawler).len() as u64;
        let Some(audit) = audits.next().transpose()? else {
            tally.differs(format!("not audited: {}", site.domain()));
            continue;
        };
        tally.audited += 1;
        let one = compare::compare(&[site], Eyes::Crawler, &audit, "")?;
        tally.differ("planted, not found", &one.missing);
        tally.differ("found, not planted", &one.unexpected);
    }
    let more = audits.count() + rejected.count();
    if more > 0 {
        tally.differs(format!("{more} lines of no row of the list"));
    }
    Ok(tally)
}
