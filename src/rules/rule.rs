use super::law::Law;
use super::{
    DnsCase, FilingCase, Lang, ListCase, Outcome, PageCase, RegistrationCase, RegistryCase,
    SiteCase, WebCase,
};
use crate::filing::Filing;
use crate::policy::Level;

/// One rule of the catalogue.
pub struct Rule {
    /// Three letters for the family, three digits; never used for anything else once released.
    pub code: &'static str,
    /// The defect in a few English words joined by hyphens, e.g. `no-record-number`.
    pub name: &'static str,
    /// The level of a failure where the policy does not say otherwise.
    pub level: Level,
    /// Fields of the filing without which the rule has nothing to compare with.
    pub needs: &'static [Field],
    /// Codes that say the same fault better: where one of them speaks (fails, or asks for a
    /// review) of the filing or of the same host, this rule is n/a.
    pub yields_to: &'static [&'static str],
    /// Where the requirement comes from, e.g. `Huawei Cloud 17.4.4(2)`.
    pub sources: &'static [&'static str],
    /// What the law says; empty for what is good practice and no more.
    pub law: &'static [&'static Law],
    /// What people read.
    pub texts: Texts,
    /// What decides.
    pub check: Check,
}

impl Rule {
    /// The three letters of its family.
    pub fn family(&self) -> &'static str {
        self.code.get(..3).unwrap_or(self.code)
    }
}

/// What people read of a rule. Plain text, no line breaks.
pub struct Texts {
    /// Chinese.
    pub zh: Words,
    /// English.
    pub en: Words,
}

impl Texts {
    /// The words of one language.
    pub fn of(&self, lang: Lang) -> &Words {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// The words of one rule in one language. `problem`, `doubt`, `cause` and `remedy` stand in the
/// notice and may hold `{domain}`, `{hosts}`, `{expected}`, `{found}`, `{number}` (the filed
/// record number), `{subject}` (the filed subject's name), `{service}` (the filed name).
pub struct Words {
    /// What is wrong, in one sentence to the site's owner.
    pub problem: &'static str,
    /// The same as a question, for a review: it accuses nobody of what is not proved.
    pub doubt: &'static str,
    /// What is checked and how, for `beian explain`.
    pub checks: &'static str,
    /// Why it matters: what the administration asks.
    pub why: &'static str,
    /// Why it may have happened.
    pub cause: &'static str,
    /// How to mend it, step by step, in one paragraph.
    pub remedy: &'static str,
    /// An example that fails.
    pub bad: &'static str,
    /// An example that passes.
    pub good: &'static str,
}

/// What a rule looks at. The type says what evidence it reads: where there is none,
/// the rule is not asked, and the engine says why.
pub enum Check {
    /// The filing alone.
    Filing(fn(&FilingCase<'_>) -> Outcome),
    /// The filing among the others of the list.
    List(fn(&ListCase<'_>) -> Outcome),
    /// What the domain's registry answered (RDAP, WHOIS).
    Registration(fn(&RegistrationCase<'_>) -> Outcome),
    /// What the user's registry file says of the filing.
    Registry(fn(&RegistryCase<'_>) -> Outcome),
    /// What DNS said of all hosts of the filing.
    Dns(fn(&DnsCase<'_>) -> Outcome),
    /// All visits of the filing together.
    Site(fn(&SiteCase<'_>) -> Outcome),
    /// The visit of one host, page or not.
    Web(fn(&WebCase<'_>) -> Outcome),
    /// The page that one host showed.
    Page(fn(&PageCase<'_>) -> Outcome),
}

/// A field of the filing that a rule needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// 备案号
    RecordNumber,
    /// 备案号 or 主体备案号, read as a number
    ParsedNumber,
    /// 网站名称
    ServiceName,
    /// 主办单位名称
    SubjectName,
    /// 省份: the number's letter or the list's column
    Province,
    /// 省份 as its own column
    FiledProvince,
    /// 备案IP
    Addresses,
    /// 接入商
    Provider,
    /// 公安备案号
    PoliceNumber,
    /// 主办单位性质
    SubjectKind,
    /// 证件号码
    SubjectId,
    /// 证件有效期 or 前置审批有效期
    Expiry,
    /// 手机号码 or 邮箱
    Contact,
    /// 网站名称, 服务内容 or 备注
    Topic,
    /// 服务内容
    ContentKind,
    /// 备注
    Remark,
    /// 审核通过日期
    ApprovedOn,
    /// 接入商 as a column, also where the cell is empty
    ProviderColumn,
    /// 法定代表人, and 主体负责人 or 负责人
    Representative,
    /// 平台, of an app
    Platform,
}

impl Field {
    /// Whether the filing has it.
    pub fn is_in(self, filing: &Filing) -> bool {
        match self {
            Field::RecordNumber => filing.record_number.is_some(),
            Field::ParsedNumber => filing.filing_number().is_some(),
            Field::ServiceName => filing.service_name.is_some(),
            Field::SubjectName => filing.subject_name.is_some(),
            Field::Province => filing.province().is_some(),
            Field::FiledProvince => filing.filed_province.is_some(),
            Field::Addresses => !filing.addresses.is_empty(),
            Field::Provider => filing.providers.as_ref().is_some_and(|p| !p.is_empty()),
            Field::PoliceNumber => filing.police_number.is_some(),
            Field::SubjectKind => filing.subject_kind.is_some(),
            Field::SubjectId => filing.subject_id.is_some(),
            Field::Expiry => filing.id_expires_on.is_some() || filing.pre_approvals.is_some(),
            Field::Contact => filing.phone.is_some() || filing.email.is_some(),
            Field::Topic => {
                filing.service_name.is_some()
                    || filing.content_kind.is_some()
                    || filing.remark.is_some()
            }
            Field::ContentKind => filing.content_kind.is_some(),
            Field::Remark => filing.remark.is_some(),
            Field::ApprovedOn => filing.approved_on.is_some(),
            Field::ProviderColumn => filing.providers.is_some(),
            Field::Representative => {
                filing.legal_representative.is_some()
                    && (filing.subject_owner.is_some() || filing.owner.is_some())
            }
            Field::Platform => filing.platform.is_some(),
        }
    }

    /// The field's name in lists and settings, e.g. `record_number`.
    pub fn name(self) -> &'static str {
        match self {
            Field::RecordNumber | Field::ParsedNumber => "record_number",
            Field::ServiceName => "service_name",
            Field::SubjectName => "subject_name",
            Field::Province | Field::FiledProvince => "province",
            Field::Addresses => "addresses",
            Field::Provider | Field::ProviderColumn => "provider",
            Field::PoliceNumber => "police_number",
            Field::SubjectKind => "subject_kind",
            Field::SubjectId => "subject_id",
            Field::Expiry => "id_expires_on",
            Field::Contact => "phone",
            Field::Topic => "service_name",
            Field::ContentKind => "content_kind",
            Field::Remark => "remark",
            Field::ApprovedOn => "approved_on",
            Field::Representative => "legal_representative",
            Field::Platform => "platform",
        }
    }
}
