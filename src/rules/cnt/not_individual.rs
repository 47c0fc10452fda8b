use crate::policy::{Level, WordList};
use crate::rules::fil::subject::is_person;
use crate::rules::sight::of_other_filing;
use crate::rules::{Check, Field, Na, Outcome, PageCase, Rule, Text, Texts, Words, law};

/// CNT001
pub(super) const RULE: Rule = Rule {
    code: "CNT001",
    name: "beyond-an-individual",
    level: Level::Review,
    needs: &[Field::SubjectKind],
    yields_to: &[],
    sources: &[
        "Tencent Cloud, refusals: 已取得备案号的网站与备案主体性质不符",
        "Huawei Cloud 13.1, 17.4.2",
    ],
    law: &[&law::WITHIN],
    texts: TEXTS,
    check: Check::Page(check),
};

fn check(case: &PageCase<'_>) -> Outcome {
    if is_person(case.filing) != Some(true) {
        return Outcome::Na(Na::Other(Text::new(
            "主办者不是个人",
            "the subject is not an individual",
        )));
    }
    if let Some(na) = of_other_filing(case) {
        return Outcome::Na(na);
    }
    let sum = case.words_of(|list| {
        matches!(list, WordList::Organisation | WordList::Trade | WordList::Forum)
    });
    if sum.count < usize::from(case.policy.readings.individual_words) {
        return case.nothing_found(sum.little());
    }
    Outcome::Fail(sum.question(Text::new(
        "个人网站只展示个人内容，没有企业、商品、价格、论坛或经营内容",
        "an individual's own content, and nothing of a company, goods, prices, forums or trade",
    )))
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "个人备案的网站上有企业、商品、论坛或经营类内容",
        doubt: "请核对个人备案的网站上是否有企业、商品、论坛或经营类内容",
        checks: "主办单位性质为个人时，在首页可见的标题、菜单、按钮和小标题里查找企业（公司简介、企业文化……）、商品（产品中心、加入购物车……）和论坛（发表新帖……）用语；整段文章里的词和指向其他网站的链接不算。不同的词达到 3 个（可配置，标题中的词加算一个）时，请人工查看。词表见 config/words/pages.toml。",
        why: "个人备案的网站只能展示与个人有关的内容；出现企业、商品、价格、论坛或经营内容，属于网站内容与主体性质不符，可能被要求整改直至注销备案。",
        cause: "使用了企业网站或商城的模板，网站实际由公司使用，或者个人网站后来开始经营。",
        remedy: "请查看首页：是模板留下的菜单和示例内容，删除即可；如果网站确为单位使用或用于经营，请注销个人备案，把域名过户给单位后以单位名义重新备案（个人备案不能直接改为单位备案）。确认只是个人内容的，请告诉我们。",
        bad: "个人网站的菜单是 公司简介、产品中心、招商加盟",
        good: "个人博客里有一篇介绍某公司产品的文章",
    },
    en: Words {
        problem: "The site of an individual shows content of a company, goods, a forum or trade",
        doubt: "Please check whether this individual's site shows content of a company, goods, a forum or trade",
        checks: "Where the subject is an individual, looks in the visible title, menus, buttons and headings of the homepage for words of organisations (公司简介, 企业文化 …), goods (产品中心, 加入购物车 …) and forums (发表新帖 …); words in prose and links to other sites do not count. Three different ones (configurable; one in the title counts twice) ask a person to look. Lists: config/words/pages.toml.",
        why: "An individual's site may show an individual's own content only. Companies, goods, prices, forums and trade are content that does not fit the subject, for which a filing may have to be mended or is struck off.",
        cause: "A template of a company's site or shop was used, a company uses the site, or the individual has begun to trade.",
        remedy: "Please look at the homepage: remove menus and samples that a template left. Where an organisation uses the site or it is used for trade, cancel the individual's filing, transfer the domain and file anew as the organisation (the kind of subject cannot be changed). Where it is an individual's content only, please tell us.",
        bad: "an individual's site whose menu reads 公司简介, 产品中心, 招商加盟",
        good: "an individual's blog with an article about some company's product",
    },
};
