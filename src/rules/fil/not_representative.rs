use super::subject::{Body, body};
use crate::filing::Filing;
use crate::policy::{Level, Post, ProvinceFacts};
use crate::rules::{Check, Defect, Field, FilingCase, Na, Outcome, Rule, Text, Texts, Words, law};
use unicode_normalization::UnicodeNormalization;

/// FIL017
pub(super) const RULE: Rule = Rule {
    code: "FIL017",
    name: "not-the-representative",
    level: Level::Warning,
    needs: &[Field::Representative],
    yields_to: &[],
    sources: &["Tencent Cloud, 主体信息; 服务负责人", "Huawei Cloud 13.9, 16.8"],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::Filing(check),
};

/// What the list says of a letter of authority.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Letter {
    Filed,
    Missing,
    /// There is no such column.
    Untold,
}

/// What one person's case comes to, the gravest last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Good,
    Doubtful,
    Bad,
}

fn check(case: &FilingCase<'_>) -> Outcome {
    let filing = case.filing;
    let other = |zh: &'static str, en: &'static str| Outcome::Na(Na::Other(Text::new(zh, en)));
    if body(filing) == Some(Body::Person) {
        return other(
            "主办单位是个人，没有法定代表人",
            "an individual has no legal representative",
        );
    }
    let Some(province) = filing.province() else {
        return Outcome::Na(Na::MissingField(Field::Province));
    };
    let facts = case.policy.provinces.of(province);
    let posts = match facts.representative_must_own.as_deref() {
        None => return other("不知道该省对此有无要求", "what the province asks is not known"),
        Some([]) => return other("该省没有这一要求", "the province does not ask it"),
        Some(posts) => posts,
    };
    let strangers: Vec<Post> =
        posts.iter().copied().filter(|post| is_other(filing, *post)).collect();
    let letter = letter(filing);
    let worst = strangers.iter().map(|post| standing(*post, letter, facts)).max();
    let names = Text::list(strangers.iter().map(|post| match post {
        Post::Subject => Text::new(
            "主体负责人不是法定代表人",
            "the person responsible for the subject is not the legal representative",
        ),
        Post::Service => Text::new(
            "服务负责人不是法定代表人",
            "the person responsible for the service is not the legal representative",
        ),
    }));
    let defect = || Defect {
        expected: Text::new(
            format!("法定代表人本人，或附授权书（{}）", province.name()),
            format!("the legal representative, or a letter of authority ({})", province.name_en()),
        ),
        found: match letter {
            Letter::Missing => {
                Text::list([names.clone(), Text::new("没有授权书", "no letter is filed")])
            }
            Letter::Filed => {
                Text::list([names.clone(), Text::new("有授权书", "a letter is filed")])
            }
            Letter::Untold => names.clone(),
        },
        ..Defect::default()
    };
    match worst {
        None => {
            Outcome::Pass(Text::new("负责人就是法定代表人", "the legal representative himself"))
        }
        Some(Standing::Good) => {
            Outcome::Pass(Text::new("有授权书", "a letter of authority is filed"))
        }
        Some(Standing::Doubtful) => Outcome::Review(defect()),
        Some(Standing::Bad) => Outcome::Fail(defect()),
    }
}

/// For the subject most provinces want the representative himself, and make exceptions that
/// only they know of; for the service a letter does.
fn standing(post: Post, letter: Letter, facts: &ProvinceFacts) -> Standing {
    let takes_letter = post == Post::Service || facts.letter_of_authority == Some(true);
    match (letter, takes_letter) {
        (Letter::Filed, true) => Standing::Good,
        (Letter::Filed, false) | (Letter::Untold, true) => Standing::Doubtful,
        (Letter::Missing, _) | (Letter::Untold, false) => Standing::Bad,
    }
}

fn letter(filing: &Filing) -> Letter {
    match filing.authority.as_deref().map(fold).as_deref() {
        None => Letter::Untold,
        Some("" | "无" | "否" | "没有" | "未提供" | "未上传" | "no") => Letter::Missing,
        Some(_) => Letter::Filed,
    }
}

/// Whether the list names somebody else than the legal representative.
fn is_other(filing: &Filing, post: Post) -> bool {
    let named = match post {
        Post::Subject => &filing.subject_owner,
        Post::Service => &filing.owner,
    };
    let (Some(named), Some(representative)) = (named, &filing.legal_representative) else {
        return false;
    };
    let (named, representative) = (fold(named), fold(representative));
    let is_name = |name: &str| {
        !name.is_empty() && !name.contains('*') && !ROLES.iter().any(|role| name.ends_with(role))
    };
    is_name(&named) && is_name(&representative) && named != representative
}

/// Words that lists have in place of a name.
const ROLES: &[&str] =
    &["负责人", "管理员", "联系人", "客服", "同上", "法人", "法定代表人", "本人", "部"];

fn fold(name: &str) -> String {
    name.nfkc().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric() || *c == '*').collect()
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "当地要求负责人为法定代表人，登记的负责人不是，也没有授权书",
        doubt: "当地要求负责人为法定代表人，请确认登记的负责人是否有授权书并已获当地管局认可",
        checks: "按备案省份的要求，比较名单中的法定代表人与主体负责人（部分省份还有服务负责人）的姓名；不一致时再看有没有授权书。当地不接受授权书或名单没有授权书一栏的，按所知的要求判断或请人工确认；职务名称、已隐去的姓名和个人备案不比较。",
        why: "多数省份要求单位备案的主体负责人为法定代表人，部分省份可以凭授权书由他人担任，有些省份对服务负责人也有同样的要求。不符合的，新增或变更备案时会被驳回。",
        cause: "法定代表人变更后备案没有更新，备案时登记了经办人，或者办理授权书后没有在名单中注明。",
        remedy: "请在接入商的备案系统提交“变更备案”，把负责人改为法定代表人；当地接受授权书的，请上传法定代表人签章的授权书。已经办理授权书的，告诉我们即可。",
        bad: "浙江的公司，法定代表人 示例负责人甲，主体负责人 示例负责人乙",
        good: "浙江的公司，法定代表人与主体负责人都是 示例负责人甲",
    },
    en: Words {
        problem: "The province wants the legal representative to be responsible; the person on file is another, and no letter of authority is filed",
        doubt: "The province wants the legal representative to be responsible; please confirm that the person on file has a letter of authority that it takes",
        checks: "By what the filing's province asks, compares the legal representative with the person responsible for the subject (in some provinces for the service too), and where they differ looks for a letter of authority. Where the province is not known to take one, or the list has no such column, it judges by what is known or asks a person; words for a post, masked names and individuals' filings are not compared.",
        why: "Most provinces want the legal representative to be responsible for an organisation's filing; some take another person with a letter of authority, some ask the same for the service. Where this does not hold, new filings and changes are turned down.",
        cause: "The legal representative changed and the filing did not follow, the person who handled the filing was put down, or there is a letter that the list does not mention.",
        remedy: "Submit a change of the filing (变更备案) in the access provider's system and name the legal representative; where the province takes a letter of authority, add one that he has signed. Where there is a letter already, just tell us.",
        bad: "a company in Zhejiang: legal representative 示例负责人甲, responsible for the subject 示例负责人乙",
        good: "a company in Zhejiang: both are 示例负责人甲",
    },
};
