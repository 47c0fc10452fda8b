//! Who files, as far as the list's words tell: the kind of body (主办单位性质), and whether a
//! name in the list is one by which people can be told apart.

use super::Filing;
use unicode_normalization::UnicodeNormalization;

/// A kind of subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// 个人
    Person,
    /// 党政机关
    Government,
    /// 事业单位
    Institution,
    /// A company, an association or another body that is no part of the state.
    Organisation,
    /// A word that may mean several of them.
    Unclear,
}

impl Filing {
    /// The kind of the subject; `None` where the list does not say.
    pub fn body(&self) -> Option<Body> {
        let word: String =
            self.subject_kind.as_ref()?.nfkc().filter(|c| !c.is_whitespace()).collect();
        Some(kind(&word))
    }

    /// Whether it is a person who files; `None` where the list does not tell.
    pub fn is_person(&self) -> Option<bool> {
        match self.body()? {
            Body::Person => Some(true),
            Body::Unclear => None,
            Body::Government | Body::Institution | Body::Organisation => Some(false),
        }
    }
}

fn kind(word: &str) -> Body {
    let has = |words: &[&str]| words.iter().any(|part| word.contains(part));
    // A company or firm names its kind of owner, too: 有限责任公司（自然人独资）.
    if has(&["个体", "独资", "公司", "企业"]) {
        Body::Organisation
    } else if has(&["个人", "自然人"]) {
        Body::Person
    } else if has(&["国防", "军", "群团", "群众团体"]) || (has(&["机关"]) && has(&["事业"]))
    {
        Body::Unclear
    } else if has(&["政府", "机关"]) {
        Body::Government
    } else if has(&["事业单位", "事业法人"]) {
        Body::Institution
    } else if has(&["社会团体", "基金会", "合作社", "事务所"]) {
        Body::Organisation
    } else {
        Body::Unclear
    }
}

/// Words at the end of what lists have in place of a name.
const ROLES: &[&str] = &[
    "负责人",
    "管理员",
    "联系人",
    "客服",
    "同上",
    "法人",
    "法定代表人",
    "本人",
    "部",
    "先生",
    "女士",
    "小姐",
    "经理",
    "老师",
];

/// A person's name as it is compared with another: width, case and marks do not matter. `None`
/// of what tells nobody apart: a word for a post, or a name that the list masks.
pub fn person_key(name: &str) -> Option<String> {
    let is_of_name = |c: &char| c.is_alphanumeric() || *c == '*';
    let key: String = name.nfkc().flat_map(char::to_lowercase).filter(is_of_name).collect();
    let is_masked = key.contains(['*', '某']);
    let tells = !key.is_empty() && !is_masked && !ROLES.iter().any(|role| key.ends_with(role));
    tells.then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filing::Domain;

    #[test]
    fn the_words_of_lists_are_told_apart() {
        for (word, expected) in [
            ("个人", Body::Person),
            ("自然人", Body::Person),
            ("个体工商户", Body::Organisation),
            ("个人独资企业", Body::Organisation),
            ("有限责任公司（自然人投资或控股）", Body::Organisation),
            ("有限责任公司(自然人独资)", Body::Organisation),
            ("企业", Body::Organisation),
            ("民办非企业单位", Body::Organisation),
            ("社会团体", Body::Organisation),
            ("政府机关", Body::Government),
            ("党政机关", Body::Government),
            ("事业单位", Body::Institution),
            ("机关事业单位", Body::Unclear),
            ("国防机构", Body::Unclear),
            ("其他", Body::Unclear),
        ] {
            let mut filing = Filing::of_domain(1, Domain::parse("site.example").unwrap());
            filing.subject_kind = Some(word.to_owned());
            assert_eq!(filing.body(), Some(expected), "{word}");
        }
    }

    #[test]
    fn a_post_and_a_masked_name_tell_nobody_apart() {
        assert_eq!(person_key("示例 代表甲"), person_key("示例代表甲"));
        assert!(person_key("示例代表甲").is_some());
        for name in ["", "示**", "示＊＊", "示某某", "网站负责人", "同上", "技术部", "示女士"]
        {
            assert_eq!(person_key(name), None, "{name}");
        }
    }
}
