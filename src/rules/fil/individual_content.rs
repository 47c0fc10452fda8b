use super::subject::{Body, body};
use crate::policy::Level;
use crate::rules::{
    Check, Defect, Field, FilingCase, Na, Outcome, Rule, Text, Texts, Words, law, quote,
};
use unicode_normalization::UnicodeNormalization;

/// FIL016
pub(super) const RULE: Rule = Rule {
    code: "FIL016",
    name: "content-not-for-individuals",
    level: Level::Warning,
    needs: &[Field::SubjectKind, Field::ContentKind],
    yields_to: &[],
    sources: &["Tencent Cloud, 常见驳回原因: 服务内容选择错误"],
    law: &[&law::WITHIN],
    texts: TEXTS,
    check: Check::Filing(check),
};

/// What an individual may choose.
const OPEN: &[&str] = &["博客", "个人空间", "博客个人空间", "其他", "其它", "个人博客"];

/// The other kinds of the filing form, as far as they are known: what is neither is asked about.
const CLOSED: &[&str] = &[
    "门户",
    "即时通信",
    "搜索引擎",
    "邮局",
    "电子邮件",
    "新闻",
    "论坛",
    "社区",
    "广告",
    "购物",
    "电商",
    "电子商务",
    "支付",
    "银行",
    "股票",
    "基金",
    "证券",
    "游戏",
    "音乐",
    "影视",
    "视频",
    "直播",
    "图片",
    "软件",
    "下载",
    "求职",
    "招聘",
    "交友",
    "婚介",
    "房产",
    "教育",
    "网站建设",
    "出版",
    "药品",
    "医疗",
    "保健",
    "旅游",
    "物流",
    "金融",
    "短信",
];

fn check(case: &FilingCase<'_>) -> Outcome {
    match body(case.filing) {
        Some(Body::Person) => {}
        _ => {
            return Outcome::Na(Na::Other(Text::new(
                "主办单位不是个人",
                "the subject is not an individual",
            )));
        }
    }
    let cell: String = case.filing.content_kind.iter().flat_map(|text| text.nfkc()).collect();
    let kinds: Vec<&str> = cell
        .split([';', ',', '、', '|', '\n', ' '])
        .map(str::trim)
        .filter(|kind| !kind.is_empty())
        .collect();
    let word = |kind: &str| kind.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let is_open = |kind: &&str| OPEN.contains(&word(kind).as_str());
    let (open, other): (Vec<&str>, Vec<&str>) = kinds.iter().copied().partition(is_open);
    let (closed, unknown): (Vec<&str>, Vec<&str>) =
        other.iter().copied().partition(|kind| CLOSED.iter().any(|known| kind.contains(known)));
    let defect = |kinds: &[&str]| Defect {
        expected: Text::new(
            "博客/个人空间，或其他",
            "博客/个人空间 (blog, personal space) or 其他 (other)",
        ),
        found: Text::same(quote(&kinds.join("、"))),
        ..Defect::default()
    };
    if !closed.is_empty() {
        return Outcome::Fail(defect(&closed));
    }
    if !unknown.is_empty() {
        return Outcome::Review(defect(&unknown));
    }
    Outcome::Pass(Text::same(quote(&open.join("、"))))
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "个人备案选择了不对个人开放的服务内容",
        doubt: "请确认登记的服务内容：它可能不是个人备案可以选择的种类",
        checks: "主办单位性质为个人时，看名单中的服务内容：只有“博客/个人空间”和“其他”对个人开放。认得出是单位才能选的种类，提醒更正；认不出的写法，请人工确认。",
        why: "个人备案的服务内容只能选择博客/个人空间或其他；选择其他的，要在备注中写明开通后的实际内容。选错种类的，备案会被驳回；实际内容超出个人范围的，备案可能被注销。",
        cause: "填写备案时按网站的设想选了种类，或者企业的网站以个人名义备案。",
        remedy: "网站确属个人的，请在接入商的备案系统提交“变更备案”，把服务内容改为“博客/个人空间”或“其他”并在备注中说明，同时去掉超出个人范围的内容；网站实为单位的，请注销后以单位名义重新备案。",
        bad: "主办单位性质 个人，服务内容 网络购物",
        good: "主办单位性质 个人，服务内容 博客/个人空间",
    },
    en: Words {
        problem: "An individual's filing has a kind of content that is not open to individuals",
        doubt: "Please check the kind of content on file: it may not be one that individuals can choose",
        checks: "Where the subject is an individual, reads the kind of content: only blog/personal space (博客/个人空间) and other (其他) are open to individuals. A kind that is known to be for organisations is a warning; words that are not known are left to a person.",
        why: "An individual may file a blog or personal space, or 'other' with a remark that says what the site is. Another kind is turned down, and a site whose content goes beyond a person's own may be struck off.",
        cause: "The kind was chosen by what the site was meant to become, or a company's site was filed in a person's name.",
        remedy: "Where the site is a person's own, submit a change of the filing (变更备案) in the access provider's system: 博客/个人空间, or 其他 with a remark, and take down what goes beyond; where it is an organisation's, cancel it and file it in the organisation's name.",
        bad: "kind of subject 个人, content 网络购物 (shopping)",
        good: "kind of subject 个人, content 博客/个人空间 (blog)",
    },
};
