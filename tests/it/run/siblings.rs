//! What filings of one list share, and what a registry file says: in a run, and when it is
//! judged again.

use super::evidence::again;
use super::*;
use beian::filing::{FiledNumber, Options, open};
use beian::pipeline::Registry;

/// Speaks of the domains that lead to the site's page, and of what the registry says.
static SHARED: Rule = rule(
    "WEB904",
    Check::Site(|case| {
        let site = case.evidence.siblings.one_site.clone().unwrap_or_default();
        let members = site.members.iter().map(|member| &*member.domain).collect::<Vec<_>>();
        let registered = case.evidence.registry.iter().map(|entry| &*entry.domain);
        let registered = registered.collect::<Vec<_>>().join(" ");
        let said = format!("with {}, registry {registered}", members.join(" "));
        Outcome::Fail(Defect { found: Text::same(said), ..Defect::default() })
    }),
);

fn filed(line: u64, domain: &str, number: &str) -> Row {
    let mut filing = Filing::of_domain(line, Domain::parse(domain).unwrap());
    let number = FiledNumber { text: number.to_owned(), number: number.parse().ok() };
    filing.record_number = Some(number);
    Ok(Box::new(filing))
}

fn rows() -> Vec<Row> {
    vec![
        filed(2, "one.example", "京ICP备2099000123号-1"),
        filed(3, "two.example", "京ICP备2099000123号-2"),
        filed(4, "six.example", "京ICP备2099000456号-1"),
        filed(5, "own.example", "京ICP备2099000123号-3"),
    ]
}

/// Every site but the last one shows the same page, the later in the list the sooner; the
/// first look at the second site fails.
fn eyes() -> Arc<Plain> {
    Plain::new(|domain, number| {
        if domain == "two.example" && number == 1 {
            return (0, refused(domain));
        }
        let mut look = page(domain);
        let host = &mut look.evidence.hosts[0];
        let attempt = host.visit.as_mut().and_then(|visit| visit.https.as_mut()).unwrap();
        if let End::Answer(answer) = &mut attempt.end {
            answer.digest = if domain == "own.example" { "own" } else { "same" }.to_owned();
            answer.page.as_mut().unwrap().text_length = 500;
        }
        (if domain == "one.example" { 60 } else { 0 }, look)
    })
}

const REGISTRY: &str = "\
域名,服务备案号,状态
site.example,京ICP备2099000123号-2,正常
-,京ICP备2099000123号-1,正常
";

#[tokio::test(flavor = "multi_thread")]
async fn a_site_in_common_and_the_registry_are_known_again_when_judged_again() {
    let folder = tempfile::tempdir().unwrap();
    let list = open(Box::new(REGISTRY.as_bytes()), None, &Options::default()).unwrap();
    let registry = Registry::read(list).unwrap();
    let plan = Plan { rules: vec![&SHARED], registry: Some(&registry), ..plan(folder.path()) };
    let summary = all(rows(), &eyes(), &plan).await.unwrap();
    let found = || column(&table(folder.path(), "notices.csv"), "found");
    let expected = [
        "with two.example, registry",
        "with one.example, registry site.example",
        "with , registry",
        "with , registry",
    ];
    assert_eq!(found(), expected);
    let count = summary.registry.unwrap();
    assert_eq!((count.rows, count.rejected), (1, 1));
    assert_eq!((count.first_rejected[0].line, &*count.first_rejected[0].value), (3, "-"));

    let first = read(folder.path(), "audits.jsonl");
    again(folder.path(), &[&SHARED]).unwrap();
    assert_eq!(found(), expected);
    assert_eq!(read(folder.path(), "audits.jsonl"), first);
}
