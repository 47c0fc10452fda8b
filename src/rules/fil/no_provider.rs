use crate::filing::Status;
use crate::policy::Level;
use crate::rules::{Check, Defect, Field, FilingCase, Na, Outcome, Rule, Text, Texts, Words, law};

/// FIL009
pub(super) const RULE: Rule = Rule {
    code: "FIL009",
    name: "no-access-provider",
    level: Level::Violation,
    needs: &[Field::ProviderColumn],
    yields_to: &[],
    sources: &["Huawei Cloud 19.7"],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::Filing(check),
};

fn check(case: &FilingCase<'_>) -> Outcome {
    let filing = case.filing;
    let providers = filing.providers.as_deref().unwrap_or_default();
    if !providers.is_empty() {
        return Outcome::Pass(Text::same(providers.join(" ")));
    }
    // What is not filed, no more, or about to be connected needs no provider.
    if !matches!(filing.status, Status::Filed | Status::Changing | Status::Other(_)) {
        return Outcome::Na(Na::Status);
    }
    if [&filing.record_number, &filing.licence].iter().all(|number| number.is_none()) {
        return Outcome::Na(Na::Other(Text::new(
            "名单中没有备案号，不能确定已经备案",
            "the list has no record number: nothing says that the service is filed",
        )));
    }
    Outcome::Fail(Defect {
        expected: Text::new("登记至少一家接入商", "at least one access provider"),
        found: Text::new("接入商一栏是空的", "the column of access providers is empty"),
        ..Defect::default()
    })
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "已备案的服务没有登记接入商（空壳网站）",
        doubt: "请确认这个已备案的服务现在由哪家接入商接入",
        checks: "看名单中“接入商”一栏：有这一栏而这一行是空的、服务又是已备案的，判为违规。名单没有这一栏时不作判断；备案中、接入中、注销中、已注销的不看。",
        why: "已备案的网站应当有接入商。接入被取消、又没有在新的接入商办理接入备案的，成为空壳网站，主体因此不能提交新的备案，备案号也可能被注销。",
        cause: "换了服务器或域名过期后，原接入商取消了接入，没有在新的接入商办理接入备案；也可能只是名单漏填。",
        remedy: "网站仍在使用的，请向现在的接入商提交“接入备案”（新增接入）；不再使用的，请申请注销备案。只是名单漏填的，把接入商告诉我们即可。",
        bad: "备案状态 已备案，接入商 （空）",
        good: "备案状态 已备案，接入商 示例云",
    },
    en: Words {
        problem: "The filed service has no access provider on file (an empty shell)",
        doubt: "Please say which provider gives this filed service access today",
        checks: "Reads the list's column of access providers: a filed service whose cell is empty fails. A list without the column says nothing; filings in progress, being connected, being cancelled or cancelled are left out.",
        why: "A filed site has to have an access provider. One whose access was withdrawn, and that was not filed anew with the next provider, is an empty shell: its subject cannot file anything else, and the number may be struck off.",
        cause: "The server moved or the domain expired, the provider withdrew its access, and no access filing followed elsewhere; or the list merely lacks the name.",
        remedy: "Where the site is in use, submit an access filing (接入备案) with the provider that serves it now; where not, ask for the filing to be cancelled. If only the list lacks the name, just tell us.",
        bad: "status 已备案, access provider (empty)",
        good: "status 已备案, access provider 示例云",
    },
};
