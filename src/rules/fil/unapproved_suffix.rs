use crate::policy::Level;
use crate::rules::{Check, Defect, FilingCase, Na, Outcome, Rule, Text, Texts, Words, law};

/// FIL012
pub(super) const RULE: Rule = Rule {
    code: "FIL012",
    name: "suffix-not-approved",
    level: Level::Review,
    needs: &[],
    yields_to: &[],
    sources: &["Tencent Cloud, 部分管局特殊要求; 网站域名", "Huawei Cloud 13.3, 18.1"],
    law: &[&law::OWNED],
    texts: TEXTS,
    check: Check::Filing(check),
};

/// Names that no registry gives away (RFC 2606, RFC 6761): they stand in examples and tests.
const RESERVED: &[&str] = &["example", "test", "invalid", "localhost"];

fn check(case: &FilingCase<'_>) -> Outcome {
    let domain = &case.filing.domain;
    let last = |name: &str| name.rsplit('.').next().unwrap_or(name).to_owned();
    let suffix = last(domain.ascii());
    if RESERVED.contains(&suffix.as_str()) {
        return Outcome::Na(Na::Other(Text::new(
            format!(".{suffix} 是保留给示例和测试的后缀"),
            format!(".{suffix} is reserved for examples and tests"),
        )));
    }
    let shown = match last(domain.unicode()) {
        unicode if unicode == suffix => format!(".{suffix}"),
        unicode => format!(".{unicode} (.{suffix})"),
    };
    let suffixes = &case.policy.suffixes;
    if suffixes.covers(domain.ascii()) {
        return Outcome::Pass(Text::same(shown));
    }
    let defect = Defect {
        expected: Text::new(
            "工信部已批复的顶级域名后缀",
            "a top-level suffix that the ministry has approved",
        ),
        found: Text::same(shown),
        ..Defect::default()
    };
    if suffixes.is_users {
        return Outcome::Fail(Defect { level: Some(Level::Violation), ..defect });
    }
    Outcome::Review(Defect {
        cause: Some(Text::new(
            "核对所用的后缀列表不是工信部官方的，新近批复的后缀可能还不在其中。",
            "The list of suffixes used here is not the ministry's own; one approved of late may be missing.",
        )),
        ..defect
    })
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "域名的顶级后缀不在工信部已批复的范围内，不能备案",
        doubt: "请确认域名的顶级后缀是否已由工信部批复：它不在我们的后缀列表中",
        checks: "对照后缀列表看域名最后一段，中文后缀按两种写法都认。自带的列表不是官方的，列表里没有的只请人工确认；在策略文件中提供自己的列表（[suffixes] approved）后，不在其中的判为违规。.example、.test 等保留后缀不作判断。",
        why: "只有工信部批复的顶级域名后缀才能办理备案，批复情况在“域名行业管理信息公示”（domain.miit.gov.cn）上公布。",
        cause: "域名注册在境外后缀之下，或者名单中的域名写错了后缀。",
        remedy: "请在 domain.miit.gov.cn 的“中国互联网域名体系”中查询该后缀：已批复的，无需处理，告诉我们即可；没有批复的，请换用已批复后缀的域名并重新备案。只是名单写错的，请告诉我们正确的域名。",
        bad: "site.zz",
        good: "site.cn，示例.中国",
    },
    en: Words {
        problem: "The domain's top-level suffix is not one that the ministry has approved, so it cannot be filed",
        doubt: "Please confirm whether the ministry has approved the domain's top-level suffix: it is not in our list",
        checks: "Looks the last part of the domain up in a list of suffixes; Chinese suffixes are known in either spelling. The built-in list is not official, so what it lacks is only asked about; a list of your own in the policy file ([suffixes] approved) makes it a violation. Reserved suffixes such as .example and .test are not judged.",
        why: "Only domains under top-level suffixes that the ministry has approved can be filed; it publishes them at domain.miit.gov.cn.",
        cause: "The domain is registered under a foreign suffix, or the list has the suffix wrong.",
        remedy: "Look the suffix up at domain.miit.gov.cn (中国互联网域名体系): where it is approved, nothing is to be done but to tell us; where not, use a domain under an approved suffix and file that. If only the list is wrong, tell us the right domain.",
        bad: "site.zz",
        good: "site.cn, 示例.中国",
    },
};
