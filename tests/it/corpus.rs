//! Real pages: every page of the labelled corpus under a host of its own, audited as a
//! filing made from its labels. The pages are others' and no part of this project; where
//! they are not at hand, the test says so and does nothing.

use crate::world::run;
use beian::audit::{Audit, judge};
use beian::demo::{Site, World};
use beian::evidence::{
    Attempt, Dns, End, Evidence, Failure, Hop, HopKind, HostEvidence, PageSeen, Resolution, Role,
    Visit,
};
use beian::filing::{Domain, FiledNumber, Filing};
use beian::page::{self, Page};
use beian::policy::Policy;
use beian::probe::{Options, views::Views};
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
    labels: Labels,
}

#[derive(Deserialize)]
struct Labels {
    icp: Vec<LabelledNumber>,
}

#[derive(Deserialize)]
struct LabelledNumber {
    canonical: String,
    kind: String,
    #[serde(rename = "where")]
    place: String,
    #[serde(default)]
    hidden: bool,
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
        self.labels.icp.iter().any(|number| number.place == "footer" && !number.hidden)
    }

    fn domain(&self) -> String {
        format!("p{}.example", self.id)
    }

    /// The row of the list: the domain, and the number where the label has a real one.
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
        for number in &self.labels.icp {
            let field = match number.kind.as_str() {
                "icp_filing" => "record_number",
                "icp_licence" | "telecom_licence" => "licence",
                _ => continue,
            };
            let cell = row.entry(field.to_owned()).or_default();
            if cell.is_empty() {
                cell.clone_from(&number.canonical);
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
    manifest.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_real_page_is_read_and_judged() {
    let Some(folder) = corpus() else {
        crate::say_skipped("no corpus of real pages here (set BEIAN_CORPUS to its folder)");
        return;
    };
    let pages = labelled(&folder);
    let sites = pages.iter().zip(1..).map(|(page, id)| {
        let bytes = std::fs::read(folder.join(&page.file)).unwrap();
        Site::of_bytes(&format!("p{}", page.id), id, page.row(), bytes, "text/html")
    });
    let world = World::start(sites.collect()).await.unwrap();
    let output = tempfile::tempdir().unwrap();
    let summary = run::audit_by(plain_options(&world), &world, output.path()).await;
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
    let unread: Vec<&str> = audits.values().filter(|a| !a.is_read()).map(|a| &*a.domain).collect();
    let gone = audits.values().filter(|audit| audit.leads_away()).count();
    assert!(unread.is_empty(), "without a page model: {unread:?}");

    let shown: Vec<_> = pages.iter().filter(|page| page.shows_number()).collect();
    let said = |page: &Labelled| audits[&page.domain()].missing_number();
    let accused: Vec<&str> =
        shown.iter().filter(|page| said(page) == "fail").map(|page| page.id.as_str()).collect();
    let count = |verdict: &str| audits.values().filter(|a| a.missing_number() == verdict).count();
    eprintln!(
        "corpus: {} pages, {} of them lead away; {} show a number; \
         ICP001: {} pass, {} fail, {} review, {} n/a",
        pages.len(),
        gone,
        shown.len(),
        count("pass"),
        count("fail"),
        count("review"),
        count("na"),
    );
    assert!(accused.is_empty(), "said to show no number, and do: {accused:?}");
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
    let seen = PageSeen {
        status: 200,
        content_type: None,
        bytes: body.len() as u64,
        digest: page.id.clone(),
        page: Some(model.clone()),
    };
    let hop = Hop {
        url: url.to_string(),
        by: HopKind::Start,
        address: None,
        tried: Vec::new(),
        status: Some(200),
        location: None,
        server: None,
        certificate: None,
    };
    let attempt = Attempt { hops: vec![hop], end: End::Answer(Box::new(seen)) };
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
    let audit = judge(&rules, &filing, &evidence, &Policy::embedded().unwrap(), date(2026, 11, 22));
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
}

impl AuditLine {
    /// What ICP001 says.
    fn missing_number(&self) -> &str {
        &self.verdicts.iter().find(|verdict| verdict.code == "ICP001").unwrap().verdict
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
