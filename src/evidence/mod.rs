//! What was seen for one filing: the recording format. Facts only; nothing here
//! judges, and nothing here reads a clock, so that one evidence gives one verdict
//! and the same bytes whenever it is judged.

mod dns;
mod lines;
mod registration;
mod rendering;
mod siblings;
mod visit;

pub use dns::{Answer, Dns, Located, Network, Place, Region, Resolution, Vantage};
pub use lines::Lines;
pub use registration::{Registration, RegistrationFailure, RegistryEntry};
pub use rendering::{Area, Frame, Layout, RenderFailure, Rendered, Rendering, Sight, Unseen};
pub use siblings::{Household, Kinship, Member, OneSite, Others, Sharers, Siblings, Twin};
pub use visit::{Attempt, Certificate, End, Failure, Hop, HopKind, PageSeen, Trust, Visit};

use crate::page::Page;
use serde::{Deserialize, Serialize};

/// Everything that was seen for one filing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Apex, www, the homepage's host, filed hosts: in this order, each once.
    pub hosts: Vec<HostEvidence>,
    /// What other filings of the list share with this one; filled between look and judgment.
    #[serde(default)]
    pub siblings: Siblings,
    /// What the domain's registry says; `None` where it was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<Registration>,
    /// What the user's registry file says of this filing's numbers and domain; empty where
    /// there is no such file, or it says nothing of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub registry: Vec<RegistryEntry>,
}

/// What was seen of one host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HostEvidence {
    /// Punycode.
    pub host: String,
    /// Why the host was looked at.
    pub role: Role,
    /// Where it points.
    pub dns: Dns,
    /// What it answered; `None` where it resolves to nothing, DNS could not tell, or the
    /// filing is no website's, so that no page was asked for.
    pub visit: Option<Visit>,
    /// What other visitors than a person at a desk were shown, where that was asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<View>,
    /// What a browser made of it; `None` where none was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rendering: Option<Rendering>,
}

/// The page as another kind of visitor gets it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Who asked.
    pub visitor: Visitor,
    /// The walk.
    pub attempt: Attempt,
}

/// A kind of visitor that a server may tell from a person at a desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visitor {
    /// A phone's browser.
    Phone,
    /// A search engine's crawler.
    Spider,
}

impl View {
    /// Whether it broke off for want of time, ours or theirs.
    fn ran_out_of_time(&self) -> bool {
        use Failure::{ConnectTimeout, Deadline, ReadTimeout, TlsTimeout};
        matches!(
            self.attempt.end,
            End::Failed(ConnectTimeout | Deadline | ReadTimeout | TlsTimeout)
        )
    }
}

impl Evidence {
    /// Whether a verdict could rest on something that another look, some time later, may
    /// show otherwise: a name that does not resolve, a failure, an error status.
    pub fn needs_second_look(&self) -> bool {
        self.hosts.iter().any(HostEvidence::needs_second_look)
    }

    /// Every page in it, host by host: as served, as other visitors got it, as a browser
    /// showed it.
    fn pages_mut(&mut self) -> impl Iterator<Item = &mut Page> {
        self.hosts.iter_mut().flat_map(HostEvidence::pages_mut)
    }
}

impl HostEvidence {
    /// A host of which no more than its DNS is known.
    pub fn of_dns(host: String, role: Role, dns: Dns) -> HostEvidence {
        HostEvidence { host, role, dns, visit: None, views: Vec::new(), rendering: None }
    }

    /// Every walk that was made from it, other visitors' included.
    pub fn attempts(&self) -> impl Iterator<Item = &Attempt> {
        let visits = self.visit.iter().flat_map(Visit::attempts);
        visits.chain(self.views.iter().map(|view| &view.attempt))
    }

    fn pages_mut(&mut self) -> impl Iterator<Item = &mut Page> {
        let visit = self.visit.iter_mut().flat_map(|visit| [&mut visit.https, &mut visit.http]);
        let views = self.views.iter_mut().map(|view| &mut view.attempt);
        let served = visit.flatten().chain(views).filter_map(Attempt::page_mut);
        let rendered = self.rendering.iter_mut().filter_map(|rendering| match rendering {
            Rendering::Shown(rendered) => Some(&mut rendered.page),
            Rendering::Failed(_) => None,
        });
        served.chain(rendered)
    }

    /// What the browser showed, where it showed anything.
    pub fn rendered(&self) -> Option<&Rendered> {
        match self.rendering.as_ref()? {
            Rendering::Shown(rendered) => Some(rendered),
            Rendering::Failed(_) => None,
        }
    }

    /// The same for one host; no more after two looks that agree.
    pub fn needs_second_look(&self) -> bool {
        match &self.visit {
            _ if self.dns.outcome != Resolution::Resolved => true,
            // Only our own handshake failed: a visitor sees the page.
            Some(_)
                if self.rendered().is_some_and(|shown| shown.status.is_some_and(|s| s < 400)) =>
            {
                false
            }
            // No more than its addresses was asked for.
            None => false,
            Some(visit) => {
                let best = visit.best().and_then(Attempt::answer);
                let is_good = best.is_some_and(PageSeen::is_good);
                visit.looks < 2 && (!is_good || self.views.iter().any(View::ran_out_of_time))
            }
        }
    }
}

/// Why a host was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The filed domain itself.
    Apex,
    /// `www.` before it.
    Www,
    /// The host of the filed homepage.
    Homepage,
    /// A further host that the filing names.
    Filed,
}
