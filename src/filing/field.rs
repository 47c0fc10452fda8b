use serde::Serialize;
use std::{fmt, str::FromStr};
use unicode_normalization::UnicodeNormalization;

macro_rules! fields {
    ($($variant:ident $name:literal $meaning:literal [$($heading:literal),* $(,)?];)*) => {
        /// A column of a filing list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Field {
            $(#[doc = $meaning] $variant,)*
        }

        impl Field {
            /// Every field, in the order of the documentation.
            pub const ALL: &'static [Field] = &[$(Field::$variant,)*];

            /// The name by which `--map` and JSON keys call it, e.g. `record_number`.
            pub fn name(self) -> &'static str {
                match self { $(Field::$variant => $name,)* }
            }

            /// What it holds, in a few words.
            pub fn meaning(self) -> &'static str {
                match self { $(Field::$variant => $meaning,)* }
            }

            /// The headings read as this field, the most telling first: where a list has
            /// two of them, the earlier one is taken and the other column is kept as it is.
            /// The name itself is read too.
            pub fn headings(self) -> &'static [&'static str] {
                match self { $(Field::$variant => &[$($heading,)*],)* }
            }
        }
    };
}

fields! {
    Domain "domain" "the filed domain; a URL or a `www.` host is reduced to it"
        ["域名", "备案域名", "网站域名", "服务域名", "Domain name", "Website domain"];
    RecordNumber "record_number" "the service's record number"
        ["服务备案号", "网站备案号", "网站备案/许可证号", "ICP备案号", "备案号", "备案/许可证号", "Record No", "ICP number", "ICP record number", "ICP"];
    SubjectNumber "subject_number" "the subject's record number"
        ["主体备案号", "ICP主体备案号", "备案号（主体）", "ICP备案/许可证号", "Subject record number"];
    Licence "licence" "the licence number, where the service is licensed"
        ["经营许可证号", "ICP许可证号", "增值电信业务经营许可证", "增值电信业务经营许可证号", "License", "Licence number", "License number"];
    ServiceName "service_name" "the name of the site"
        ["网站名称", "服务名称", "备案网站名称", "Website name", "Site name"];
    SubjectName "subject_name" "the name of the filing subject"
        ["主办单位名称", "主办单位", "主体名称", "单位名称", "Subject", "Organizer", "Company", "Company name"];
    SubjectKind "subject_kind" "the kind of subject: 企业, 个人, 事业单位 …"
        ["主办单位性质", "主体性质", "单位性质", "Subject type"];
    Province "province" "the province of the filing"
        ["备案省份", "省份", "所属省份", "地域"];
    Addresses "addresses" "the filed addresses: single, ranges, CIDR"
        ["备案IP", "IP地址", "服务器IP", "公网IP", "IP", "备案IP地址", "IPs", "Address", "IP address", "IP addresses"];
    Hosts "hosts" "further hosts of the filing"
        ["解析主机", "子域名", "其他主机", "Host", "Subdomains"];
    Providers "provider" "the access providers"
        ["接入商", "接入服务商", "接入服务提供者", "接入服务商名称", "Providers", "Access provider"];
    PoliceNumber "police_number" "the number of the police record"
        ["公安备案号", "联网备案号", "公安联网备案号", "公安机关备案号", "Police record number"];
    Status "status" "the state of the filing"
        ["备案状态", "状态", "Filing status"];
    ApprovedOn "approved_on" "the date on which the filing was approved"
        ["审核通过日期", "审核日期", "审核时间", "备案通过时间", "审核通过时间", "备案通过日期", "Approved", "Approval date"];
    OpenedOn "opened_on" "the date on which the site opened"
        ["网站开通日期", "开通时间", "开通日期", "网站开通时间", "Opened", "Opening date"];
    ContentKind "content_kind" "the kind of content"
        ["服务内容", "网站服务内容", "Content", "Content type"];
    PreApprovals "pre_approvals" "prior approvals; several columns are joined"
        ["前置审批项", "前置审批号", "前置审批有效期", "前置审批", "前置审批文号", "Pre-approval"];
    Platform "platform" "what a filed app runs on"
        ["平台", "运行平台", "应用平台", "APP平台", "操作系统", "Platform"];
    Remark "remark" "the remark of the filing"
        ["服务备注", "网站备注", "备注", "Remarks", "Note"];
    Homepage "homepage" "the filed homepage, looked at besides apex and `www.`"
        ["网站首页URL", "首页网址", "网站首页网址", "首页URL", "网站网址", "Home page", "Homepage URL", "URL"];
    ServiceType "service_type" "网站, APP, 小程序 or 快应用"
        ["服务类型", "互联网信息服务类型", "Type"];
    SubjectIdKind "subject_id_kind" "the kind of the subject's identity document"
        ["证件类型", "主体证件类型", "主办单位证件类型", "ID type"];
    SubjectId "subject_id" "the number of that document"
        ["统一社会信用代码", "证件号码", "主体证件号码", "主办单位证件号码", "ID number"];
    IdExpiresOn "id_expires_on" "the date on which that document expires"
        ["证件有效期", "证件到期日期", "证件有效期至", "ID expiry"];
    LegalRepresentative "legal_representative" "the legal representative"
        ["法定代表人", "法人代表", "法人"];
    SubjectOwner "subject_owner" "who is responsible for the subject"
        ["主体负责人", "单位负责人"];
    Authority "authority" "the letter of authority, where one is filed"
        ["授权书", "授权委托书"];
    Owner "owner" "who is responsible for the service and receives the notice"
        ["服务负责人", "网站负责人", "负责人", "Contact"];
    Phone "phone" "that person's phone"
        ["手机号码", "联系电话", "手机号", "手机", "电话", "Mobile", "Telephone"];
    Email "email" "that person's mail address"
        ["电子邮箱", "邮箱", "邮箱地址", "E-mail", "Mail"];
}

impl Field {
    /// Reads a name or a heading, e.g. the right side of `--map 站点=domain`.
    pub fn of(text: &str) -> Option<Field> {
        rank(text).map(|(field, _)| field)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Field {
    type Err = String;

    fn from_str(text: &str) -> Result<Field, String> {
        Field::of(text).ok_or_else(|| {
            let names: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
            format!("no field is called `{text}`; the fields are {}", names.join(", "))
        })
    }
}

impl Serialize for Field {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The field that a heading names, and how telling the heading is: 0 is best.
pub(super) fn rank(heading: &str) -> Option<(Field, usize)> {
    let outside = fold_heading(&outside_brackets(heading));
    // The words in brackets may matter (备案号（主体）) or be a note (域名（必填）).
    [fold_heading(heading), outside].iter().filter(|folded| !folded.is_empty()).find_map(|folded| {
        Field::ALL.iter().find_map(|&field| {
            if *folded == fold_heading(field.name()) {
                return Some((field, 0));
            }
            let place = field.headings().iter().position(|known| fold_heading(known) == *folded)?;
            Some((field, place))
        })
    })
}

/// Letters and digits only, of one width and case: what is left to compare headings by.
pub(super) fn fold_heading(heading: &str) -> String {
    let folded: String = heading.nfkc().flat_map(char::to_lowercase).collect();
    crate::record::fold(&folded).to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The text without brackets and what they hold; a space stands in their place.
pub(super) fn outside_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    let mut kept = String::new();
    for c in text.chars() {
        match c {
            '(' | '（' | '[' | '［' | '【' | '〔' => depth += 1,
            ')' | '）' | ']' | '］' | '】' | '〕' => {
                depth = depth.saturating_sub(1);
                kept.push(' ');
            }
            _ if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_read_whatever_their_width_case_spaces_and_notes() {
        for (heading, field) in [
            ("域名", Field::Domain),
            ("\u{feff} 域 名（必填）*", Field::Domain),
            ("【备案域名】", Field::Domain),
            ("ＩＣＰ备案号", Field::RecordNumber),
            ("网站备案/许可证号", Field::RecordNumber),
            ("备案号（主体）", Field::SubjectNumber),
            ("Record_Number", Field::RecordNumber),
            ("ip 地址", Field::Addresses),
            ("E-Mail", Field::Email),
        ] {
            assert_eq!(Field::of(heading), Some(field), "{heading}");
        }
        assert_eq!(Field::of("合同编号"), None);
        assert_eq!(Field::of("（）"), None);
    }

    #[test]
    fn no_heading_names_two_fields() {
        let mut seen = std::collections::HashMap::new();
        for &field in Field::ALL {
            for heading in field.headings().iter().chain([&field.name()]) {
                let other = seen.insert(fold_heading(heading), field);
                assert!(other.is_none() || other == Some(field), "{heading}: {other:?}, {field:?}");
            }
        }
    }
}
