use crate::policy::{Level, Topic, WordList};
use crate::record::fold;
use crate::rules::sight::of_other_filing;
use crate::rules::topics::approved;
use crate::rules::{Check, Outcome, PageCase, Rule, Text, Texts, Words, law};

/// CNT002
pub(super) const RULE: Rule = Rule {
    code: "CNT002",
    name: "topic-offered-without-approval",
    level: Level::Review,
    needs: &[],
    yields_to: &[],
    sources: &[
        "Tencent Cloud, refusals: 已取得备案号的网站内容涉及前置审批或专项审批内容",
        "Huawei Cloud 16.6, 16.13",
    ],
    law: &[&law::APPROVED],
    texts: TEXTS,
    check: Check::Page(check),
};

fn check(case: &PageCase<'_>) -> Outcome {
    if let Some(na) = of_other_filing(case) {
        return Outcome::Na(na);
    }
    let approved = match approved(case.filing, case.policy) {
        Ok(topics) => topics,
        Err(na) => return Outcome::Na(na),
    };
    let least = usize::from(case.policy.readings.topic_words);
    let open = Topic::ALL.iter().filter(|topic| !approved.contains(topic));
    let offered = open.filter_map(|topic| {
        let sum = case.words_of(|list| list == WordList::Offered(*topic));
        (sum.count >= least && !shows_permit(case, *topic)).then_some((*topic, sum))
    });
    let Some((topic, sum)) =
        offered.max_by_key(|(topic, sum)| (sum.count, std::cmp::Reverse(*topic)))
    else {
        return case.nothing_found(Text::new(
            "没有看到需要前置审批而未登记的内容",
            "nothing is offered that needs an approval which is not on file",
        ));
    };
    let (zh, en) = topic.names();
    Outcome::Fail(sum.question(Text::new(
        format!("登记有{zh}类的前置审批，或者不提供这类内容"),
        format!("an approval on file for {en}, or nothing of the kind on the page"),
    )))
}

/// Whether the page shows a permit for the topic: then it was left out of the list.
fn shows_permit(case: &PageCase<'_>, topic: Topic) -> bool {
    case.page.passages.iter().any(|passage| {
        let text = fold(passage.text);
        let is_permit = ["许可证", "资格证", "许可备案", "备案凭证", "备案编号", "执业许可"]
            .iter()
            .any(|word| text.contains(word));
        is_permit
            && case
                .policy
                .words
                .in_page(&text)
                .iter()
                .any(|hit| hit.list == WordList::Approved(topic))
    })
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站提供需要前置审批的内容，而登记信息中没有相应的审批",
        doubt: "请核对网站是否提供需要前置审批的内容，以及是否已有相应的审批",
        checks: "在首页可见的标题、菜单、按钮和小标题里查找各类前置审批内容的用语（新闻、出版、教育培训、医疗、药械、网络文化和游戏、影视、网约车、金融、危化品）；同一类不同的词达到 3 个（可配置，标题中的词加算一个），而名单没有登记、页面也没有展示该类许可时，请人工查看。文章里的词、“不涉及……”的句子和指向其他网站的链接不算。词表见 config/words/pages.toml。",
        why: "这些内容须先经主管部门批准才能提供；已备案的网站提供而没有登记审批的，会被要求删除内容或者补登审批，新的备案申请也会因此被驳回。",
        cause: "已经取得审批而没有在备案中登记，网站增加了新的栏目，或者模板和采集的内容带来了这些栏目。",
        remedy: "如果已有审批文件，请提交变更备案登记审批文号，并把文号告诉我们；没有审批的，请先从网站上撤下这类内容，取得批准后再提供。确认没有提供这类内容的，请告诉我们。",
        bad: "企业网站的菜单是 国内新闻、国际新闻、社会新闻，没有登记新闻类审批",
        good: "页脚展示互联网新闻信息服务许可证；或企业网站只有“公司新闻”栏目",
    },
    en: Words {
        problem: "The site offers content that needs prior approval, and none for it is on file",
        doubt: "Please check whether the site offers content that needs prior approval, and whether there is one",
        checks: "Looks in the visible title, menus, buttons and headings of the homepage for words of content that needs prior approval (news, publishing, education and training, medical care, medicines and devices, online culture and games, film and television, ride hailing, finance, dangerous chemicals). Three different words of one topic (configurable; one in the title counts twice) ask a person to look, unless the list names an approval for it or the page shows a permit. Prose, sentences that deny it and links to other sites do not count. Lists: config/words/pages.toml.",
        why: "Such content needs its authority's approval first. A filed site that offers it without one on file has to remove it or file the approval, and further filings of the subject are refused meanwhile.",
        cause: "There is an approval that was not filed, the site has grown a new section, or a template or collected content brought it along.",
        remedy: "Where there is an approval, submit a change of the filing with its number and tell us the number; where there is none, take such content down until there is. Where nothing of the kind is offered, please tell us.",
        bad: "a company's site whose menu reads 国内新闻, 国际新闻, 社会新闻, no approval for news on file",
        good: "a foot that shows the permit for internet news; or a company's site with a section 公司新闻",
    },
};
