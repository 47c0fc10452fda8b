use super::Domain;
use crate::record::{FilingNumber, Number, PoliceNumber, Province};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::{fmt, net::IpAddr};

/// What is known of one filing: a row of the list. All but the domain may be missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filing {
    /// The line of the file on which the row begins, from 1.
    pub line: u64,
    /// The file, where a run has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// 域名
    pub domain: Domain,
    /// The host that the list has in place of the domain, punycode, where it is another: `www.`
    /// stands before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written_domain: Option<String>,
    /// 备案号, normally the service's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_number: Option<FiledNumber>,
    /// 主体备案号
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_number: Option<FiledNumber>,
    /// 经营许可证号
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<FiledNumber>,
    /// 网站名称
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    /// 主办单位名称
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_name: Option<String>,
    /// 主办单位性质, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_kind: Option<String>,
    /// 省份 as the list says; see [`Filing::province`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filed_province: Option<Province>,
    /// 备案IP; empty where none is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<AddressRange>,
    /// 解析主机: further hosts to look at, punycode.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// 接入商; `None` where the list has no such column, empty where the cell is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub providers: Option<Vec<String>>,
    /// 公安备案号
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub police_number: Option<FiledPolice>,
    /// 备案状态
    #[serde(default)]
    pub status: Status,
    /// 审核通过日期
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_on: Option<Date>,
    /// 网站开通日期
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_on: Option<Date>,
    /// 服务内容
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_kind: Option<String>,
    /// 前置审批, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pre_approvals: Option<String>,
    /// 服务备注
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// 首页网址, audited in addition to apex and www.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homepage: Option<Homepage>,
    /// 服务类型
    #[serde(default)]
    pub service_type: ServiceType,
    /// 平台: what a filed app runs on, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// 证件类型
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_id_kind: Option<String>,
    /// 证件号码
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_id: Option<String>,
    /// 证件有效期
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_expires_on: Option<Date>,
    /// 法定代表人
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_representative: Option<String>,
    /// 主体负责人
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_owner: Option<String>,
    /// 授权书; `None` where the list has no such column, empty where the cell is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// 负责人
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// 手机号码
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// 邮箱
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Columns that we do not know, heading and cell, handed through.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra: Vec<(String, String)>,
}

impl Filing {
    /// A filing of which only the domain is known.
    pub fn of_domain(line: u64, domain: Domain) -> Filing {
        Filing {
            line,
            source: None,
            domain,
            written_domain: None,
            record_number: None,
            subject_number: None,
            licence: None,
            service_name: None,
            subject_name: None,
            subject_kind: None,
            filed_province: None,
            addresses: Vec::new(),
            hosts: Vec::new(),
            providers: None,
            police_number: None,
            status: Status::default(),
            approved_on: None,
            opened_on: None,
            content_kind: None,
            pre_approvals: None,
            remark: None,
            homepage: None,
            service_type: ServiceType::default(),
            platform: None,
            subject_id_kind: None,
            subject_id: None,
            id_expires_on: None,
            legal_representative: None,
            subject_owner: None,
            authority: None,
            owner: None,
            phone: None,
            email: None,
            extra: Vec::new(),
        }
    }

    /// The filed number as a filing's number, where it parses as one.
    pub fn filing_number(&self) -> Option<&FilingNumber> {
        [&self.record_number, &self.subject_number].into_iter().flatten().find_map(|filed| {
            match &filed.number {
                Some(Number::Filing(number)) => Some(number),
                _ => None,
            }
        })
    }

    /// The issuing province: the number's letter, else what the list says.
    pub fn province(&self) -> Option<Province> {
        self.filing_number().map(|n| n.province).or(self.filed_province)
    }

    /// What tells one subject from another: its number, else its folded name, else the domain.
    pub fn subject_key(&self) -> String {
        match (self.filing_number(), &self.subject_name) {
            (Some(number), _) => number.subject().to_string(),
            (None, Some(name)) => name_key(name),
            (None, None) => self.domain.ascii().to_owned(),
        }
    }
}

/// A name as people may write it another time: width, dashes and white space do not matter.
pub fn name_key(name: &str) -> String {
    crate::record::fold(name).split_whitespace().collect()
}

/// A record or licence number as the list has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FiledNumber {
    /// As written.
    pub text: String,
    /// What it names; `None` where it does not parse (FIL001).
    pub number: Option<Number>,
}

impl FiledNumber {
    /// The canonical form; as written where it does not parse.
    pub fn shown(&self) -> String {
        self.number.as_ref().map_or_else(|| self.text.clone(), Number::to_string)
    }
}

/// A police number as the list has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FiledPolice {
    /// As written.
    pub text: String,
    /// What it names; `None` where it does not parse.
    pub number: Option<PoliceNumber>,
}

/// The filed homepage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Homepage {
    /// Its host, punycode.
    pub host: String,
    /// Its port where it is not the scheme's own.
    pub port: Option<u16>,
    /// Path and query, from the slash.
    pub path: String,
}

/// Addresses from the first to the last, both included, of one family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressRange {
    /// The lowest.
    pub first: IpAddr,
    /// The highest.
    pub last: IpAddr,
}

impl AddressRange {
    /// Whether the address is one of them.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.first <= address && address <= self.last
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            self.first.fmt(f)
        } else {
            write!(f, "{}-{}", self.first, self.last)
        }
    }
}

/// 备案状态
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 已备案, or no status in the list.
    #[default]
    Filed,
    /// 备案中 (首次, 新增): not yet approved.
    Pending,
    /// 接入中
    Connecting,
    /// 变更中
    Changing,
    /// 注销中
    Cancelling,
    /// 已注销
    Cancelled,
    /// A word, as written, that says that there is no approval, not yet or no more, or no
    /// access (未备案, 审核中, 驳回, 取消接入): nothing is asked of such a site but what its
    /// filing says.
    Unapproved(String),
    /// A word that we do not know, as written: audited as filed.
    Other(String),
}

/// 服务类型
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceType {
    /// 网站
    #[default]
    Website,
    /// APP
    App,
    /// 小程序
    MiniProgram,
    /// 快应用
    QuickApp,
}
