//! The words that lists have for states and kinds of service.

use super::{ServiceType, Status, field, text};

/// Words that say that there is no approval or no access.
const UNAPPROVED: &[&str] = &[
    "未",
    "取消",
    "失败",
    "驳回",
    "退回",
    "拒绝",
    "不通过",
    "放弃",
    "撤回",
    "撤销",
    "吊销",
    "rejected",
    "unfiled",
];

/// Words that say that somebody is at work on it, and not on what: a first filing, or a change
/// of one that is in force.
const IN_REVIEW: &[&str] = &[
    "审核",
    "初审",
    "审批",
    "核验",
    "待",
    "草稿",
    "提交",
    "填写",
    "进行中",
    "办理中",
    "review",
    "draft",
];

/// Words that say that it is through; of the provider's own review they say nothing.
const APPROVED: &[&str] = &["成功", "已通过", "审核通过"];
const OF_PROVIDER: &[&str] = &["初审", "接入商", "服务商"];

/// Reads 备案状态; brackets, width and spaces do not matter.
pub(super) fn status(cell: &str) -> Status {
    let written = text::tidy(cell);
    let word = field::fold_heading(&written);
    let has = |part: &str| word.contains(part);
    let says = |parts: &[&str]| parts.iter().any(|part| word.contains(part));
    match &*word {
        "" | "已备案" | "备案成功" | "已通过" | "审核通过" | "正常" | "已接入" | "接入成功"
        | "已变更" | "变更成功" | "有效" | "正常使用" | "filed" | "approved" => {
            Status::Filed
        }
        "注销" | "已注销" | "注销成功" | "cancelled" | "canceled" => Status::Cancelled,
        "cancelling" | "canceling" => Status::Cancelling,
        "connecting" => Status::Connecting,
        "changing" => Status::Changing,
        "pending" => Status::Pending,
        _ if has("已注销") => Status::Cancelled,
        _ if says(UNAPPROVED) => Status::Unapproved(written),
        _ if has("注销") && has("成功") => Status::Cancelled,
        _ if has("注销") => Status::Cancelling,
        _ if says(OF_PROVIDER) && says(IN_REVIEW) => Status::Unapproved(written),
        _ if says(APPROVED) && !has("待") => Status::Filed,
        _ if has("变更") => Status::Changing,
        _ if has("接入") => Status::Connecting,
        _ if has("已备案") => Status::Filed,
        _ if has("备案中") || has("首次") || has("新增") => Status::Pending,
        _ if says(IN_REVIEW) => Status::Unapproved(written),
        _ => Status::Other(written),
    }
}

/// Reads 服务类型; a word that we do not know is a website's.
pub(super) fn service_type(cell: &str) -> ServiceType {
    let word = field::fold_heading(cell);
    if word.contains("快应用") || word.contains("quickapp") {
        ServiceType::QuickApp
    } else if word.contains("小程序") || word.contains("miniprogram") {
        ServiceType::MiniProgram
    } else if word.contains("app") || word.contains("移动应用") {
        ServiceType::App
    } else {
        ServiceType::Website
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_whatever_its_brackets_width_and_spaces() {
        for (word, expected) in [
            ("", Status::Filed),
            ("已备案", Status::Filed),
            ("备案中 (首次)", Status::Pending),
            ("备案中（新增）", Status::Pending),
            ("备案中", Status::Pending),
            (" 接入中 ", Status::Connecting),
            ("备案中（变更）", Status::Changing),
            ("变更中", Status::Changing),
            ("已备案（变更中）", Status::Changing),
            ("注销中", Status::Cancelling),
            ("已注销", Status::Cancelled),
            ("Pending", Status::Pending),
            ("有效", Status::Filed),
            ("首次备案成功", Status::Filed),
            ("管局审核通过", Status::Filed),
            ("注销备案成功", Status::Cancelled),
            ("接入商审核通过", Status::Unapproved("接入商审核通过".to_owned())),
            ("审核通过，待管局审核", Status::Unapproved("审核通过，待管局审核".to_owned())),
            ("审核通过", Status::Filed),
            ("变更备案审核中", Status::Changing),
            ("新增网站审核中", Status::Pending),
            ("未备案", Status::Unapproved("未备案".to_owned())),
            ("管局审核中", Status::Unapproved("管局审核中".to_owned())),
            ("待提交", Status::Unapproved("待提交".to_owned())),
            ("初审驳回", Status::Unapproved("初审驳回".to_owned())),
            ("已取消接入", Status::Unapproved("已取消接入".to_owned())),
            ("甲类", Status::Other("甲类".to_owned())),
        ] {
            assert_eq!(status(word), expected, "{word}");
        }
    }

    #[test]
    fn a_service_type_is_read_by_its_word() {
        for (word, expected) in [
            ("", ServiceType::Website),
            ("网站", ServiceType::Website),
            ("ＡＰＰ", ServiceType::App),
            ("mini_program", ServiceType::MiniProgram),
            ("小程序", ServiceType::MiniProgram),
            ("快 应用", ServiceType::QuickApp),
        ] {
            assert_eq!(service_type(word), expected, "{word}");
        }
    }
}
