//! Real pages: every page of the labelled corpus under a host of its own, audited as a
//! filing made from its labels. The pages are others' and no part of this project; where
//! they are not at hand, the test says so and does nothing.

use crate::world::run;
use beian::audit::{Audit, Order, judge};
use beian::demo::{Site, World};
use beian::evidence::{
    Attempt, Dns, End, Evidence, Failure, Hop, HopKind, HostEvidence, Resolution, Role, Visit,
};
use beian::filing::{Domain, FiledNumber, Filing};
use beian::page::{self, Page};
use beian::policy::Policy;
use beian::probe::{BrowserOptions, Options, Render, views::Views};
use beian::rules;
use jiff::civil::date;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};
use url::Url;

/// A line of the manifest, as far as it matters here.
#[derive(Deserialize)]
pub(crate) struct Labelled {
    id: String,
    file: String,
    #[serde(default)]
    title: Option<String>,
    labels: Labels,
}

#[derive(Deserialize)]
struct Labels {
    icp: Vec<LabelledNumber>,
    police: Vec<LabelledPolice>,
    copyright: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct LabelledNumber {
    canonical: String,
    kind: String,
    #[serde(rename = "where")]
    place: String,
    #[serde(default)]
    href: Option<String>,
    #[serde(default)]
    hidden: bool,
}

#[derive(Deserialize)]
struct LabelledPolice {
    text: String,
    canonical: String,
    #[serde(default)]
    href: Option<String>,
    #[serde(default)]
    hidden: bool,
}

impl LabelledPolice {
    /// Whether it is written as the police write it.
    fn is_official(&self) -> bool {
        let written: String = self.text.chars().filter(|c| !c.is_whitespace()).collect();
        written == self.canonical
    }

    /// Whether its link leads to its own record at the police.
    fn leads_to_record(&self) -> bool {
        let digits: String = self.canonical.chars().filter(char::is_ascii_digit).collect();
        let is_police = matches!(
            &*host_of(self.href.as_deref()),
            "www.beian.gov.cn" | "beian.gov.cn" | "beian.mps.gov.cn"
        );
        is_police && self.href.as_deref().is_some_and(|href| href.contains(&digits))
    }
}

/// The host that a link of a label leads to.
fn host_of(href: Option<&str>) -> String {
    let href = href.unwrap_or_default().to_ascii_lowercase();
    let host = href.rsplit("//").next().unwrap_or_default();
    host.split(['/', '#', '?', ':']).next().unwrap_or_default().to_owned()
}

impl LabelledNumber {
    fn is_shown(&self) -> bool {
        self.place == "footer" && !self.hidden
    }

    fn leads_to_ministry(&self) -> bool {
        let host = host_of(self.href.as_deref());
        matches!(&*host, "beian.miit.gov.cn" | "www.beian.miit.gov.cn")
    }
}

impl Labelled {
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// Whether a reader saw a number at the foot of the page.
    fn shows_number(&self) -> bool {
        self.labels.icp.iter().any(LabelledNumber::is_shown)
    }

    /// The rules that must not accuse this page, by what a reader saw on it.
    fn unbroken(&self) -> Vec<&'static str> {
        let mut codes = Vec::new();
        if self.shows_number() {
            codes.extend(["ICP001", "ICP007", "ICP008"]);
            let mut shown = self.labels.icp.iter().filter(|number| number.is_shown());
            if shown.all(LabelledNumber::leads_to_ministry) {
                codes.extend(["LNK001", "LNK002", "LNK003", "LNK004", "LNK006"]);
            }
        }
        if self.police().next().is_some() {
            codes.push("PSB001");
        }
        if self.police().all(LabelledPolice::is_official) {
            codes.push("PSB003");
        }
        if !self.labels.copyright.is_empty() {
            codes.push("CPR001");
        }
        if self.title.as_deref().is_some_and(|title| !title.trim().is_empty()) {
            codes.push("TTL001");
        }
        codes
    }

    /// The police numbers that a reader saw.
    fn police(&self) -> impl Iterator<Item = &LabelledPolice> {
        self.labels.police.iter().filter(|police| !police.hidden)
    }

    /// Whether each of them leads to its record, be it at the address of before 2023.
    fn links_police(&self) -> bool {
        let mut police = self.police().peekable();
        police.peek().is_some() && police.all(LabelledPolice::leads_to_record)
    }

    fn domain(&self) -> String {
        format!("p{}.example", self.id)
    }

    /// The row of the list: the domain, and the numbers where the label has real ones.
    fn row(&self) -> BTreeMap<String, String> {
        let unknown = [
            "service_name",
            "subject_name",
            "subject_kind",
            "province",
            "record_number",
            "licence",
            "police_number",
            "approved_on",
            "status",
        ];
        let mut row: BTreeMap<String, String> =
            unknown.iter().map(|field| ((*field).to_owned(), String::new())).collect();
        row.insert("domain".to_owned(), self.domain());
        let numbers = self.labels.icp.iter().filter_map(|number| match number.kind.as_str() {
            "icp_filing" => Some(("record_number", &number.canonical)),
            "icp_licence" | "telecom_licence" => Some(("licence", &number.canonical)),
            _ => None,
        });
        let police = self.labels.police.iter().map(|police| ("police_number", &police.canonical));
        for (field, number) in numbers.chain(police) {
            let cell = row.entry(field.to_owned()).or_default();
            if cell.is_empty() {
                cell.clone_from(number);
            }
        }
        row
    }
}

/// `BEIAN_CORPUS`, else the folder beside the project.
pub(crate) fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let folder = std::env::var_os("BEIAN_CORPUS").map_or(beside, PathBuf::from);
    folder.join("manifest.jsonl").is_file().then_some(folder)
}

pub(crate) fn labelled(folder: &Path) -> Vec<Labelled> {
    let manifest = std::fs::read_to_string(folder.join("manifest.jsonl")).unwrap();
    let pages: Vec<_> = manifest.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(pages.len() >= 100, "{} pages: the corpus is not whole", pages.len());
    pages
}

#[tokio::test(flavor = "multi_thread")]
async fn every_real_page_is_read_and_judged() {
    let Some(folder) = corpus() else {
        crate::say_skipped("no corpus of real pages here (set BEIAN_CORPUS to its folder)");
        return;
    };
    let pages = labelled(&folder);
    let audits = audit(&folder, &pages, None).await;
    let unread: Vec<&str> = audits.values().filter(|a| !a.is_read()).map(|a| &*a.domain).collect();
    assert!(unread.is_empty(), "without a page model: {unread:?}");
    nothing_shown_is_missed("as served", &pages, &audits);
}

/// What the pages load is not here: scripts and sheets are as missing as on a bad day, which
/// is when a careless auditor accuses.
#[tokio::test(flavor = "multi_thread")]
async fn every_real_page_is_judged_as_a_browser_shows_it() {
    let Some(folder) = corpus() else {
        crate::say_skipped("no corpus of real pages here (set BEIAN_CORPUS to its folder)");
        return;
    };
    let Some(browser) = run::browser() else { return };
    let pages = labelled(&folder);
    let started = std::time::Instant::now();
    let audits = audit(&folder, &pages, Some((Render::Always, browser))).await;
    let shown = audits.values().filter(|audit| audit.is_rendered()).count();
    eprintln!("corpus: {shown} pages rendered in {} s", started.elapsed().as_secs());
    assert!(shown * 10 >= pages.len() * 9, "{shown} of {} pages rendered", pages.len());
    nothing_shown_is_missed("rendered", &pages, &audits);
}

/// Audits every page as the homepage of a site of its own.
async fn audit(
    folder: &Path,
    pages: &[Labelled],
    browser: Option<(Render, BrowserOptions)>,
) -> BTreeMap<String, AuditLine> {
    let sites = pages.iter().zip(1..).map(|(page, id)| {
        let bytes = std::fs::read(folder.join(&page.file)).unwrap();
        Site::of_bytes(&format!("p{}", page.id), id, page.row(), bytes, "text/html")
    });
    let world = World::start(sites.collect()).await.unwrap();
    let output = tempfile::tempdir().unwrap();
    let mut options = plain_options(&world);
    if let Some((render, browser)) = browser {
        run::look_through(&mut options, render, browser);
    }
    let summary = run::audit_by(options, &world, output.path()).await;
    world.stop().await;
    assert_eq!(summary.rows, pages.len() as u64);
    assert_eq!((summary.audited, summary.rejected, summary.faults), (summary.rows, 0, 0));
    let text = std::fs::read_to_string(output.path().join("audits.jsonl")).unwrap();
    let audits: BTreeMap<String, AuditLine> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .map(|audit: AuditLine| (audit.domain.clone(), audit))
        .collect();
    assert_eq!(audits.len(), pages.len());
    audits
}

/// Holds the verdicts against what a reader saw on each page.
fn nothing_shown_is_missed(how: &str, pages: &[Labelled], audits: &BTreeMap<String, AuditLine>) {
    let accused: Vec<String> = pages
        .iter()
        .flat_map(|page| {
            let audit = &audits[&page.domain()];
            let wrong = page.unbroken().into_iter().filter(|code| audit.says(code) == "fail");
            // PSB004 advises against the police's old address; that there is a link, it sees.
            let unlinked = page.links_police() && !audit.finds("PSB004", "beian.");
            let unlinked = unlinked.then_some("PSB004");
            wrong.chain(unlinked).map(|code| format!("{} {code}", page.id))
        })
        .collect();
    let count = |code: &str, verdict: &str| {
        audits.values().filter(|audit| audit.says(code) == verdict).count()
    };
    eprintln!(
        "corpus {how}: {} pages, {} lead away; {} show a number",
        pages.len(),
        audits.values().filter(|audit| audit.leads_away()).count(),
        pages.iter().filter(|page| page.shows_number()).count(),
    );
    let codes = ["ICP001", "ICP007", "ICP008", "LNK006", "TTL001", "CPR001"];
    for code in codes.into_iter().chain(["PSB001", "PSB003", "PSB004"]) {
        let [pass, fail, review, na] = ["pass", "fail", "review", "na"].map(|v| count(code, v));
        eprintln!("  {code}: {pass} pass, {fail} fail, {review} review, {na} n/a");
    }
    assert!(accused.is_empty(), "accused of lacking what they show: {accused:?}");
}

/// Every visitor gets the same here.
fn plain_options(world: &World) -> Options {
    Options { views: Views::default(), ..world.options() }
}

/// A page as the only one of its site, judged by every rule.
fn judged(page: &Labelled, body: &[u8]) -> (Page, Audit) {
    let url = Url::parse(&format!("https://{}/", page.domain())).unwrap();
    let context = page::Context { content_type: Some("text/html"), url: Some(&url), cut: false };
    let model = page::read(body, context);
    let hop = Hop::to(url.as_str(), HopKind::Start);
    let attempt = Attempt::answered(hop, &page.id, model.clone());
    let visit = Visit { looks: 1, https: Some(attempt), http: None };
    let dns = Dns { outcome: Resolution::Resolved, ..Dns::default() };
    let host =
        HostEvidence { visit: Some(visit), ..HostEvidence::of_dns(page.domain(), Role::Apex, dns) };
    let mut filing = Filing::of_domain(1, Domain::parse(&page.domain()).unwrap());
    let row = page.row();
    let number = |field: &str| {
        let text = row.get(field).filter(|text| !text.is_empty())?.clone();
        Some(FiledNumber { number: text.parse().ok(), text })
    };
    (filing.record_number, filing.licence) = (number("record_number"), number("licence"));
    let evidence = Evidence { hosts: vec![host], ..Evidence::default() };
    let rules: Vec<_> = rules::all().collect();
    let audit = judge(
        &Order::of(&rules),
        &filing,
        &evidence,
        &Policy::embedded().unwrap(),
        date(2026, 11, 22),
    );
    (model, audit)
}

/// People read these pages: none is a block or default page, for sale or hijacked.
#[test]
fn no_real_page_is_taken_for_one_without_content_of_its_own() {
    let Some(folder) = corpus() else {
        crate::say_skipped("no corpus of real pages here (set BEIAN_CORPUS to its folder)");
        return;
    };
    let mut wrong = Vec::new();
    let (mut count, mut hinted) = (0, 0);
    for page in labelled(&folder) {
        let body = std::fs::read(folder.join(&page.file)).unwrap();
        let (model, audit) = judged(&page, &body);
        count += 1;
        hinted += usize::from(!model.varies.is_empty());
        let codes = ["WEB004", "WEB005", "WEB009", "ICP009", "ICP012", "CNT006"];
        let findings = audit.findings().filter(|finding| codes.contains(&finding.code));
        wrong.extend(findings.map(|f| format!("{} {} {}", page.id, f.code, f.found.en)));
    }
    eprintln!("corpus: {count} pages, {hinted} hint at other visitors, {} false hits", wrong.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A line of `audits.jsonl`, as far as it matters here.
#[derive(Deserialize)]
struct AuditLine {
    domain: String,
    verdicts: Vec<VerdictLine>,
    evidence: Evidence,
}

#[derive(Deserialize)]
struct VerdictLine {
    code: String,
    verdict: String,
    #[serde(default)]
    found: String,
}

impl AuditLine {
    /// What a rule says.
    fn says(&self, code: &str) -> &str {
        &self.verdicts.iter().find(|verdict| verdict.code == code).unwrap().verdict
    }

    /// Whether what a rule found, where it has looked, says this.
    fn finds(&self, code: &str, said: &str) -> bool {
        let verdict = self.verdicts.iter().find(|verdict| verdict.code == code).unwrap();
        verdict.verdict == "na" || verdict.found.contains(said)
    }

    fn is_rendered(&self) -> bool {
        self.evidence.hosts.iter().any(|host| host.rendered().is_some())
    }

    fn attempts(&self) -> impl Iterator<Item = &Attempt> {
        self.evidence.hosts.iter().map(|host| host.visit.as_ref().unwrap().best().unwrap())
    }

    /// Whether every host brought a page, or was left for another by the page itself.
    fn is_read(&self) -> bool {
        let read = |attempt: &Attempt| attempt.answer().is_some_and(|seen| seen.page.is_some());
        self.evidence.hosts.len() == 2 && self.attempts().all(|a| read(a) || left(a))
    }

    fn leads_away(&self) -> bool {
        self.attempts().any(left)
    }
}

/// Whether a meta refresh led out of this world, where there are no other sites.
fn left(attempt: &Attempt) -> bool {
    attempt.hops.last().is_some_and(|hop| hop.by == HopKind::MetaRefresh)
        && matches!(attempt.end, End::Failed(Failure::DnsNone))
}
