//! Names compared as people read them: titles, holders, subjects.

use crate::record::fold;
use ferrous_opencc::{OpenCC, config::BuiltinConfig};
use std::sync::LazyLock;

/// The dictionary is read once, and only where a name is compared at all; without it
/// traditional forms stay as they are.
static SIMPLIFIED: LazyLock<Option<OpenCC>> =
    LazyLock::new(|| OpenCC::from_config(BuiltinConfig::T2s).ok());

/// More than any name or title needs; bounds what is compared.
const MAX_CHARS: usize = 400;

/// Words at the end of a name that say what kind of body or page it is, longest first.
const GENERIC: &[&str] = &[
    "股份有限公司",
    "有限责任公司",
    "官方网站",
    "门户网站",
    "有限公司",
    "总公司",
    "分公司",
    "个人网站",
    "个人主页",
    "集团",
    "公司",
    "官网",
    "网站",
    "首页",
    "主页",
    "主站",
];

/// Words that say what trade a company is in.
const TRADES: &[&str] = &[
    "网络",
    "科技",
    "技术",
    "信息",
    "电子",
    "商务",
    "软件",
    "系统",
    "数据",
    "计算机",
    "咨询",
    "服务",
    "文化",
    "传媒",
    "传播",
    "广告",
    "教育",
    "发展",
    "实业",
    "贸易",
    "投资",
    "控股",
    "管理",
    "工程",
    "设备",
    "智能",
];

/// Ends of the names of bodies that are plainly organisations of their own.
const ORGANISATIONS: &[&str] = &[
    "公司",
    "集团",
    "中心",
    "大学",
    "学院",
    "学校",
    "中学",
    "小学",
    "幼儿园",
    "医院",
    "协会",
    "学会",
    "基金会",
    "研究院",
    "研究所",
    "事务所",
    "合作社",
    "银行",
    "报社",
    "出版社",
    "工厂",
    "经营部",
    "商行",
    "工作室",
];

/// A name without width, case, spaces, punctuation and traditional forms.
pub(super) fn key(name: &str) -> String {
    let short: String = name.chars().take(MAX_CHARS).collect();
    let folded = fold(&short).to_lowercase();
    let simple = match &*SIMPLIFIED {
        Some(dictionary) if !folded.is_ascii() => dictionary.convert(&folded),
        _ => folded,
    };
    simple.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The keys of the parts between punctuation marks and spaces, two characters and more.
pub(super) fn parts(name: &str) -> Vec<String> {
    name.split(|c: char| !c.is_alphanumeric())
        .map(key)
        .filter(|part| part.chars().count() >= 2)
        .collect()
}

/// A key without the words at its end that say what kind of body or page it is. At least
/// two characters are left.
pub(super) fn core(key: &str) -> &str {
    let mut rest = key;
    while let Some(shorter) = GENERIC.iter().find_map(|word| rest.strip_suffix(word)) {
        if shorter.chars().count() < 2 {
            break;
        }
        rest = shorter;
    }
    rest
}

/// A key without what companies of one place or trade share: `深圳市` before, `网络科技有限公司`
/// behind. At least two characters are left.
pub(super) fn brand(key: &str) -> &str {
    let mut rest = core(key);
    while let Some(shorter) = TRADES.iter().find_map(|word| rest.strip_suffix(word)) {
        if shorter.chars().count() < 2 {
            break;
        }
        rest = shorter;
    }
    let behind_place = ["省", "市"].iter().find_map(|end| {
        let (place, behind) = rest.split_once(end)?;
        (place.chars().count() <= 4 && behind.chars().count() >= 2).then_some(behind)
    });
    behind_place.unwrap_or(rest)
}

/// Whether a key is the name of a company, school, hospital or the like.
pub(super) fn is_organisation(key: &str) -> bool {
    ORGANISATIONS.iter().any(|word| key.len() > word.len() && key.ends_with(word))
}

/// Words of organisations' names in Latin letters, as whole words.
const LATIN_ORGANISATIONS: &[&str] = &[
    "academy",
    "association",
    "center",
    "centre",
    "co",
    "college",
    "company",
    "corp",
    "corporation",
    "foundation",
    "gmbh",
    "group",
    "holdings",
    "hospital",
    "inc",
    "institute",
    "limited",
    "llc",
    "ltd",
    "school",
    "technologies",
    "technology",
    "university",
];

/// Whether a name as written is plainly not a person's.
pub(crate) fn is_no_person(name: &str) -> bool {
    let folded = fold(name).to_lowercase();
    let mut words = folded.split(|c: char| !c.is_alphanumeric());
    is_organisation(&key(name)) || words.any(|word| LATIN_ORGANISATIONS.contains(&word))
}

/// Whether all characters of the shorter one stand in the longer one, in order: how Chinese
/// names are abbreviated.
pub(super) fn is_abbreviation(short: &str, long: &str) -> bool {
    let mut rest = long.chars();
    !short.is_empty() && short.chars().all(|c| rest.any(|other| other == c))
}

/// How alike two keys are, 0 to 1: by pairs of characters or by edits, whichever is more.
pub(super) fn likeness(a: &str, b: &str) -> f64 {
    strsim::sorensen_dice(a, b).max(strsim::normalized_levenshtein(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_forgets_width_case_spaces_punctuation_and_traditional_forms() {
        assert_eq!(key("ＡＢＣ 示例·商城（官网）"), key("abc示例商城官网"));
        assert_eq!(key("範例網絡"), key("范例网络"));
        assert_ne!(key("示例商城"), key("示例商场"));
    }

    #[test]
    fn a_core_keeps_two_characters_at_least() {
        assert_eq!(core("示例科技有限公司"), "示例科技");
        assert_eq!(core("示例商城官方网站"), "示例商城");
        assert_eq!(core("公司官网"), "公司");
        assert_eq!(core("官网"), "官网");
    }

    #[test]
    fn a_brand_is_what_tells_companies_of_one_place_and_trade_apart() {
        assert_eq!(brand("深圳市示例网络科技有限公司"), "示例");
        assert_eq!(brand("示例科技"), "示例");
        assert_eq!(brand("网络科技有限公司"), "网络");
        assert_eq!(brand("某某市示例大学"), "示例大学");
    }

    #[test]
    fn an_organisation_has_a_name_before_its_kind() {
        assert!(is_organisation("示例科技有限公司"));
        assert!(!is_organisation("公司"));
        assert!(!is_organisation("示例云"));
    }

    #[test]
    fn a_person_s_name_is_told_from_an_organisation_s() {
        for name in ["示例科技有限公司", "Example Technology Co., Ltd.", "EXAMPLE INC", "示例大学"]
        {
            assert!(is_no_person(name), "{name}");
        }
        for name in ["示例注册人甲", "Registrant A", "域名管理员", "Colin Example"] {
            assert!(!is_no_person(name), "{name}");
        }
    }

    #[test]
    fn an_abbreviation_keeps_the_order_of_the_characters() {
        assert!(is_abbreviation("示师大", "示例师范大学"));
        assert!(!is_abbreviation("大示", "示例师范大学"));
    }

    #[test]
    fn no_text_makes_it_fail() {
        for text in ["", "\u{0}", "👩‍👩‍👧", "\u{200b}\u{feff}", &"示".repeat(100_000)]
        {
            assert!(key(text).chars().count() <= MAX_CHARS * 20, "{}", text.len());
            parts(text);
        }
    }
}
