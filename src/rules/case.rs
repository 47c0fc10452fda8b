use super::KnownOnce;
use crate::evidence::{
    Attempt, Evidence, HostEvidence, Registration, RegistryEntry, Rendered, Siblings, Visit,
};
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
    /// What rules that were asked before know of it.
    pub known: KnownOnce<'a>,
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
    /// The walk to the page; where a browser alone could open it, the walk that failed.
    pub attempt: &'a Attempt,
    /// The address at which the visitor ended.
    pub url: &'a str,
    /// What the browser made of the page, where one was asked.
    pub rendered: Option<&'a Rendered>,
    /// The page: HTML, status under 400. As the browser shows it, else as served.
    pub page: &'a Page,
    /// What rules that were asked before know of it.
    pub known: KnownOnce<'a>,
}

/// What a rule about the filing among the others of the list reads.
pub struct ListCase<'a> {
    /// The filing.
    pub filing: &'a Filing,
    /// The policy in force.
    pub policy: &'a Policy,
    /// The day as of which is judged.
    pub today: Date,
    /// What other filings of the list share with it.
    pub siblings: &'a Siblings,
}

/// What a rule about the domain's registration reads.
pub struct RegistrationCase<'a> {
    /// The filing.
    pub filing: &'a Filing,
    /// The policy in force.
    pub policy: &'a Policy,
    /// The day as of which is judged.
    pub today: Date,
    /// What the registry answered: never a failure.
    pub registration: &'a Registration,
}

/// What a rule about the ministry's own data reads.
pub struct RegistryCase<'a> {
    /// The filing.
    pub filing: &'a Filing,
    /// The policy in force.
    pub policy: &'a Policy,
    /// The day as of which is judged.
    pub today: Date,
    /// What was seen of the filing.
    pub evidence: &'a Evidence,
    /// What the user's registry file says of its numbers and domain; never empty.
    pub entries: &'a [RegistryEntry],
}

/// The keys of the filing's access providers, as far as the table knows their names.
pub fn provider_keys(filing: &Filing, policy: &Policy) -> Vec<String> {
    let names = filing.providers.iter().flatten();
    names.filter_map(|name| policy.providers.key_of(name)).map(str::to_owned).collect()
}
