//! The rows of the demo world's filing list.

use super::site::Site;

/// Field names of site files, and the headings under which the list has them.
const COLUMNS: &[(&str, &str)] = &[
    ("domain", "域名"),
    ("record_number", "ICP备案号"),
    ("subject_number", "主体备案号"),
    ("licence", "经营许可证号"),
    ("service_name", "网站名称"),
    ("subject_name", "主办单位名称"),
    ("subject_kind", "主办单位性质"),
    ("province", "省份"),
    ("addresses", "备案IP"),
    ("hosts", "解析主机"),
    ("provider", "接入商"),
    ("police_number", "公安备案号"),
    ("status", "备案状态"),
    ("approved_on", "审核通过日期"),
    ("opened_on", "网站开通日期"),
    ("homepage", "网站首页URL"),
    ("service_type", "服务类型"),
    ("platform", "运行平台"),
    ("content_kind", "服务内容"),
    ("remark", "服务备注"),
    ("pre_approvals", "前置审批"),
    ("subject_id_kind", "证件类型"),
    ("subject_id", "证件号码"),
    ("id_expires_on", "证件有效期"),
    ("legal_representative", "法定代表人"),
    ("subject_owner", "主体负责人"),
    ("authority", "授权书"),
    ("owner", "网站负责人"),
    ("phone", "手机号码"),
    ("email", "电子邮箱"),
];

/// Middle parts of invented company names.
const WORDS: &[&str] = &[
    "青禾", "晨露", "云杉", "山泉", "海棠", "银杏", "红枫", "白桦", "紫藤", "松涛", "竹海", "兰亭",
    "梅岭", "菊圃", "荷塘", "柳岸", "桃源", "杏林", "梨园", "枣林", "麦田", "稻香", "茶山", "桑园",
    "橘洲", "椰林", "榕荫", "枫桥", "石桥", "木屋", "竹楼", "瓦窑", "陶坊", "纸坊", "墨池", "砚台",
    "笔架", "书院", "钟楼", "鼓楼", "灯塔", "渔港", "盐田", "沙洲", "湿地", "草原", "牧场", "雪山",
    "冰川", "峡谷", "溪流", "湖畔", "江岸", "海湾", "礁石", "岛屿", "港湾", "码头", "渡口", "驿站",
    "长亭", "古道", "关隘", "城墙", "巷口", "集市", "广场", "花园", "果园", "菜园", "鱼塘", "蜂场",
    "羊圈", "水车", "磨坊", "油坊", "染坊", "绣坊",
];

/// Whether a site file may set a cell of this name.
pub(super) fn is_field(name: &str) -> bool {
    COLUMNS.iter().any(|(field, _)| *field == name)
}

/// The filing list of these sites, in the layout of a provider's console.
pub(super) fn list(sites: &[Site]) -> String {
    let mut text = String::from("\u{feff}");
    push_row(&mut text, COLUMNS.iter().map(|(_, heading)| (*heading).to_owned()));
    let again = sites.iter().flat_map(|site| {
        site.again.iter().map(|cells| {
            let mut again = site.clone();
            again.filing.extend(cells.clone());
            again
        })
    });
    for site in sites.iter().cloned().chain(again) {
        push_row(&mut text, COLUMNS.iter().map(|(field, _)| cell(&site, field)));
    }
    text
}

/// The columns of the registry file: the name of a site file, that of the list whose cell is
/// the default, and the heading.
const REGISTRY: &[(&str, &str, &str)] = &[
    ("domain", "domain", "域名"),
    ("number", "record_number", "服务备案号"),
    ("subject", "subject_name", "主办单位名称"),
    ("status", "status", "状态"),
];

/// Whether a site file may set a cell of a registry row of this name.
pub(super) fn is_registered(name: &str) -> bool {
    REGISTRY.iter().any(|(field, ..)| *field == name)
}

/// The registry file of these sites, as the ministry's query would fill it.
pub(super) fn registry(sites: &[Site]) -> String {
    let mut text = String::new();
    push_row(&mut text, REGISTRY.iter().map(|(.., heading)| (*heading).to_owned()));
    for site in sites {
        for row in &site.registry {
            let cells = REGISTRY.iter().map(|(name, field, _)| {
                row.get(*name).map_or_else(|| cell(site, field), Clone::clone)
            });
            push_row(&mut text, cells);
        }
    }
    text
}

/// One cell of a site's row: what its file says, else that of a decent company.
pub(super) fn cell(site: &Site, field: &str) -> String {
    if let Some(value) = site.filing.get(field) {
        return value.replace("{{address}}", &site.address().to_string());
    }
    let id = site.id;
    match field {
        "domain" => format!("{}.example", site.name),
        "record_number" => format!("浙ICP备2099{id:06}号-1"),
        "service_name" => format!("示例{}网", word(id)),
        "subject_name" => format!("示例{}科技有限公司", word(id)),
        "subject_kind" => "企业".to_owned(),
        "province" => "浙江".to_owned(),
        "addresses" => site.address().to_string(),
        "provider" => "腾讯云".to_owned(),
        "police_number" => format!("浙公网安备33010699{id:06}号"),
        "status" => "已备案".to_owned(),
        "approved_on" => "2025-03-01".to_owned(),
        "owner" => "网站负责人".to_owned(),
        "phone" => "13800000000".to_owned(),
        "email" => format!("desk@{}.example", site.name),
        _ => String::new(),
    }
}

fn word(id: u16) -> &'static str {
    WORDS.iter().cycle().nth(usize::from(id)).copied().unwrap_or_default()
}

fn push_row(text: &mut String, cells: impl Iterator<Item = String>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            text.push(',');
        }
        if cell.contains(['"', ',', '\n']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&cell);
        }
    }
    text.push_str("\r\n");
}
