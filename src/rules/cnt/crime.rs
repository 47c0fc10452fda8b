use crate::policy::Level;
use crate::rules::found::is_crime;
use crate::rules::{Check, Outcome, PageCase, Rule, Text, Texts, Words, law};

/// CNT004
pub(super) const RULE: Rule = Rule {
    code: "CNT004",
    name: "words-of-crime",
    level: Level::Review,
    needs: &[],
    yields_to: &[],
    sources: &["Huawei Cloud 17.4.1"],
    law: &[&law::FORBIDDEN],
    texts: TEXTS,
    check: Check::Page(check),
};

/// Visible characters from which on a page takes a further word for each as many: long pages
/// hold many words by chance.
const LONG: u32 = 4_000;

fn check(case: &PageCase<'_>) -> Outcome {
    let sum = case.words_of(is_crime);
    let least = usize::from(case.policy.readings.crime_words);
    let further = usize::try_from(case.page.text_length / LONG).unwrap_or(usize::MAX);
    // A title says what a page is, however long it is: one further word is proof enough.
    let wanted = if sum.in_title { least.saturating_sub(1) } else { least.saturating_add(further) };
    if sum.count < wanted {
        return case.nothing_found(sum.little());
    }
    Outcome::Fail(sum.question(Text::new(
        "没有赌博、色情、毒品、诈骗一类的内容",
        "nothing of gambling, pornography, drugs or fraud",
    )))
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页出现赌博、色情、毒品或诈骗类内容，可能已被他人篡改",
        doubt: "请尽快查看网站首页：其中有赌博、色情、毒品或诈骗类用语，可能已被他人篡改",
        checks: "在首页可见的标题、正文和链接里查找赌博、色情、毒品和诈骗类用语。同一段文字里有打击、查处、警方、反诈、禁止等词的，是在报道、提醒或写明规则，不算。不同的词达到 4 个（可配置；标题里有的，连标题两个即可；很长的网页要求更多）时，请人工查看。词表见 config/words/crime.toml。",
        why: "含有违法内容的网站会被关停并注销备案，主办者要承担责任。首页突然出现这类内容，多半是网站或域名解析被人入侵。",
        cause: "网站程序有漏洞或密码泄露，首页被植入了内容；域名解析或服务器被他人控制；域名过期后被别人买走；或者留言、评论区没有审核。",
        remedy: "请立即打开首页核实（同时用手机查看，并从搜索引擎的结果点进去看一次）。如属实：先下线网站，保留日志，查清并修补漏洞，更换网站后台、服务器和域名账户的密码，恢复干净的内容后再上线，必要时向公安机关报案；域名已不再使用的，请停止解析并注销备案。如属正常内容，请告诉我们。",
        bad: "公司首页的标题变成 某某娱乐城-真人百家乐，页内是时时彩、老虎机、投注平台",
        good: "新闻网站报道警方打击网络赌博；社区网站的反诈提示",
    },
    en: Words {
        problem: "The homepage holds words of gambling, pornography, drugs or fraud: it may have been taken over",
        doubt: "Please look at the homepage soon: it holds words of gambling, pornography, drugs or fraud, and may have been taken over",
        checks: "Looks in the visible title, text and links of the homepage for words of gambling, pornography, drugs and fraud. Where the same passage speaks of raids, police, warnings, bans and the like, it reports or warns, and does not count. Four different words (configurable; two where one stands in the title, more on long pages) ask a person to look. Lists: config/words/crime.toml.",
        why: "Sites with unlawful content are shut down, their filings are struck off, and the subject is answerable. Where such content appears on a homepage overnight, the site or its DNS has mostly been broken into.",
        cause: "A hole in the site's software or a lost password let somebody plant it; the DNS or the server is in other hands; the domain lapsed and was bought by others; or comments are not looked at.",
        remedy: "Please open the homepage at once (also on a phone, and once through a search engine's results). Where it is so: take the site down, keep the logs, find and close the hole, change the passwords of the site, the server and the domain account, put clean content back, and report it to the police where called for; where the domain is not used any more, stop resolving it and cancel the filing. Where the content is in order, please tell us.",
        bad: "a company's homepage whose title became 某某娱乐城-真人百家乐, with 时时彩, 老虎机, 投注平台 on it",
        good: "a news site that reports on police raids; a warning against fraud",
    },
};
