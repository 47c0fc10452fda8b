use crate::record::FilingNumber;
use serde::{Deserialize, Serialize};

/// What other filings of the same list share with this one. Of the others stand here their
/// domains and numbers, never a name, a phone or a mail address of theirs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Siblings {
    /// Registrable domains, other than the filing's own, that a visit ended at and that
    /// the list files under the same subject. Sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub same_subject: Vec<String>,
    /// Further filings of the same domain, cancelled ones left out: one of each subject and
    /// number, those of other subjects first, at most five.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub same_domain: Vec<Twin>,
    /// With whom the filing shares its phone.
    #[serde(skip_serializing_if = "Sharers::is_nobody")]
    pub phone: Sharers,
    /// With whom the filing shares its mail address.
    #[serde(skip_serializing_if = "Sharers::is_nobody")]
    pub email: Sharers,
    /// What the list has of the filing's subject; `None` where the list does not name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub household: Option<Household>,
    /// Other domains that the list files under the same service number.
    #[serde(skip_serializing_if = "Others::is_nobody")]
    pub same_number: Others,
    /// The site that the filing has in common with others of its subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub one_site: Option<OneSite>,
}

/// Other filings: how many, and the domains of the first few.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Others {
    /// How many; not counted beyond a hundred.
    pub count: u32,
    /// The domains of at most five of them, as a reader writes them.
    pub domains: Vec<String>,
}

impl Others {
    /// Whether there are none.
    pub fn is_nobody(&self) -> bool {
        self.count == 0
    }
}

/// How another row of the list stands to the subject of this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kinship {
    /// The same subject.
    Same,
    /// Another one.
    Other,
    /// One of the two rows does not say whose it is.
    Unknown,
}

/// Another filing of the same domain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Twin {
    /// Whose it is.
    pub kinship: Kinship,
    /// Its number, where it has one that can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<FilingNumber>,
    /// Whether it is about to be cancelled.
    #[serde(default)]
    pub cancelling: bool,
}

/// Who else gives one phone, or one mail address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sharers {
    /// Filings of the same subject that name another person with it.
    #[serde(skip_serializing_if = "Others::is_nobody")]
    pub people: Others,
    /// Other subjects, of another legal representative; of each one filing.
    #[serde(skip_serializing_if = "Others::is_nobody")]
    pub subjects: Others,
    /// Other subjects, where the list does not tell whether the legal representative is the
    /// same; of each one filing.
    #[serde(skip_serializing_if = "Others::is_nobody")]
    pub unsure: Others,
}

impl Sharers {
    /// Whether nobody else does.
    pub fn is_nobody(&self) -> bool {
        self.people.is_nobody() && self.subjects.is_nobody() && self.unsure.is_nobody()
    }
}

/// What the list has of one subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Household {
    /// Its filings, apps and cancelled ones included.
    pub services: u32,
    /// Those of them that are cancelled.
    pub cancelled: u32,
    /// Domains of its websites, cancelled ones left out.
    pub sites: u32,
    /// Whether a filing that bears the same subject's name, perhaps under another number or
    /// none, is in force.
    pub alive_by_name: bool,
}

/// One site that several filed domains of one subject lead to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OneSite {
    /// The hosts of this filing that show the site's page.
    pub hosts: Vec<String>,
    /// How many domains lead to it, this one included.
    pub domains: u32,
    /// How many different service numbers those have that serve it under their own name,
    /// and not by a redirect or an alias to another of them.
    pub direct_numbers: u32,
    /// Whether this filing's domain serves it under its own name.
    pub direct: bool,
    /// The other domains, those that serve it first, at most twenty.
    pub members: Vec<Member>,
}

impl OneSite {
    /// Whether all the other domains stand among the members.
    pub fn is_whole(&self) -> bool {
        self.members.len() as u64 + 1 == u64::from(self.domains)
    }
}

/// Another domain of the site.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Member {
    /// As a reader writes it.
    pub domain: String,
    /// Its filed number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<FilingNumber>,
    /// Its filed name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    /// The digits of its filed police number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub police_digits: Option<String>,
    /// Whether it serves the site under its own name.
    pub direct: bool,
}
