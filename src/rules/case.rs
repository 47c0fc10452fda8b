use crate::evidence::{Attempt, Evidence, HostEvidence, PageSeen, Visit};
use crate::filing::Filing;
use crate::page::Page;
use crate::policy::Policy;
use jiff::civil::Date;

/// What a rule about the filing alone reads.
pub struct FilingCase<'a> {
    /// The filing.
    pub filing: &'a Filing,
    /// The policy in force.
    pub policy: &'a Policy,
    /// The day as of which is judged, in China's time zone.
    pub today: Date,
}

/// What a rule about DNS reads.
pub struct DnsCase<'a> {
    /// The filing.
    pub filing: &'a Filing,
    /// The policy in force.
    pub policy: &'a Policy,
    /// The day as of which is judged.
    pub today: Date,
    /// Every host that was resolved; never empty.
    pub hosts: &'a [HostEvidence],
}

/// What a rule about the whole site reads.
pub struct SiteCase<'a> {
    /// The filing.
    pub filing: &'a Filing,
    /// The policy in force.
    pub policy: &'a Policy,
    /// The day as of which is judged.
    pub today: Date,
    /// All that was seen.
    pub evidence: &'a Evidence,
}

/// What a rule about one host's visit reads.
pub struct WebCase<'a> {
    /// The filing.
    pub filing: &'a Filing,
    /// The policy in force.
    pub policy: &'a Policy,
    /// The day as of which is judged.
    pub today: Date,
    /// All that was seen of the filing.
    pub evidence: &'a Evidence,
    /// The host.
    pub host: &'a HostEvidence,
    /// Its visit.
    pub visit: &'a Visit,
}

/// What a rule about one page reads.
pub struct PageCase<'a> {
    /// The filing.
    pub filing: &'a Filing,
    /// The policy in force.
    pub policy: &'a Policy,
    /// The day as of which is judged.
    pub today: Date,
    /// All that was seen of the filing.
    pub evidence: &'a Evidence,
    /// The host.
    pub host: &'a HostEvidence,
    /// The walk to the page.
    pub attempt: &'a Attempt,
    /// The answer that holds the page.
    pub seen: &'a PageSeen,
    /// The page: status under 400, HTML.
    pub page: &'a Page,
}

/// The keys of the filing's access providers, as far as the table knows their names.
pub fn provider_keys(filing: &Filing, policy: &Policy) -> Vec<String> {
    let names = filing.providers.iter().flatten();
    names.filter_map(|name| policy.providers.key_of(name)).map(str::to_owned).collect()
}
