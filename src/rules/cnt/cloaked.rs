use super::stranger::{self, Stranger};
use crate::page::{HiddenLink, Page};
use crate::policy::{Hijack, Level};
use crate::rules::visitors::{name, viewed, views};
use crate::rules::{Check, Defect, Outcome, PageCase, Rule, Text, Texts, Words, law, quote};

/// CNT006
pub(super) const RULE: Rule = Rule {
    code: "CNT006",
    name: "cloaked-content",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &["Huawei Cloud 17.4.1"],
    law: &[&law::FORBIDDEN],
    texts: TEXTS,
    check: Check::Page(check),
};

/// Domains behind oddly hidden links from which they are nobody's menu.
const MANY: usize = 5;
/// Links that are quoted.
const QUOTED: usize = 3;

/// A hijacked site is its owner's misfortune: a person looks before anybody is accused.
/// The policy may raise it.
fn check(case: &PageCase<'_>) -> Outcome {
    let served = case.attempt.answer().and_then(|seen| seen.page.as_ref());
    let pages = std::iter::once(case.page).chain(served);
    let hidden = pages.filter_map(|page| hidden_links(page, &case.policy.hijack)).next();
    let strange = views(case).iter().find_map(|view| {
        let seen = viewed(case, view)?;
        let words = stranger_words(case, &stranger::of(case, &seen)?, &seen);
        let who = name(view.visitor);
        Some(Text::new(format!("{}：{}", who.zh, words.zh), format!("{}: {}", who.en, words.en)))
    });
    let found: Vec<Text> = [hidden, strange].into_iter().flatten().collect();
    if found.is_empty() {
        return Outcome::Pass(match views(case).len() {
            0 => Text::new("没有可疑的隐藏链接", "no hidden links that raise doubt"),
            _ => Text::new(
                "没有可疑的隐藏链接，其他访问者看到的内容一致",
                "no hidden links that raise doubt, and other visitors get the same",
            ),
        });
    }
    Outcome::Fail(Defect {
        expected: Text::new(
            "所有访问者看到同样的内容，没有隐藏的外部链接",
            "the same content for every visitor, and no hidden links to others",
        ),
        found: Text::list(found),
        level: Some(Level::Review),
        ..Defect::default()
    })
}

/// Hidden links that give themselves away: by the words of several (or of one that is hidden
/// as no menu is), or by being many and hidden so. Public bodies are linked to in any menu.
fn hidden_links(page: &Page, hijack: &Hijack) -> Option<Text> {
    let speaks = |link: &&HiddenLink| hijack.word_in(&link.text).is_some();
    let worded: Vec<&HiddenLink> = page.hidden_links.iter().filter(speaks).collect();
    let is_public = |host: &str| [".gov.cn", ".edu.cn"].iter().any(|end| host.ends_with(end));
    let odd: Vec<&HiddenLink> =
        page.hidden_links.iter().filter(|link| link.oddly && !is_public(&link.host)).collect();
    let links = if worded.len() >= 2 || worded.iter().any(|link| link.oddly) {
        worded
    } else if odd.len() >= MANY {
        odd
    } else {
        return None;
    };
    let quoted = links.iter().take(QUOTED).map(|link| format!("「{}」{}", link.text, link.host));
    let quoted = quoted.collect::<Vec<_>>().join(" ");
    let count = links.len();
    Some(Text::new(
        format!("{count} 个隐藏的外部链接，例如 {quoted}"),
        format!("{count} hidden links to other sites, such as {quoted}"),
    ))
}

fn stranger_words(case: &PageCase<'_>, stranger: &Stranger, seen: &PageCase<'_>) -> Text {
    let title = |page: &Page| quote(page.title.as_deref().unwrap_or_default());
    let (usual, other) = (title(case.page), title(seen.page));
    match stranger {
        Stranger::Elsewhere(host) => {
            Text::new(format!("转到 {host}「{other}」"), format!("is led to {host} 「{other}」"))
        }
        Stranger::Word(word) => Text::new(
            format!("「{other}」中有“{word}”，电脑访问时是「{usual}」"),
            format!("「{other}」 with the word {word}, where a desktop gets 「{usual}」"),
        ),
        Stranger::Page => Text::new(
            format!("「{other}」，与电脑访问时的「{usual}」完全不同"),
            format!("「{other}」, nothing like the desktop's 「{usual}」"),
        ),
    }
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站可能被篡改：页面里有隐藏的外部链接，或者给手机、搜索引擎展示了另外的内容",
        doubt: "请核对网站是否被篡改：页面里有隐藏的外部链接，或者手机、搜索引擎看到的内容与电脑不同",
        checks: "看首页里被藏起来的外部链接：文字含赌博、色情等字样的，或者用移出屏幕、零尺寸等办法藏起来且指向多个网站的；有疑点的页面再以手机和搜索引擎爬虫的身份访问一次，看是否转到别的域名、标题换成别的内容或出现上述字样。隐藏的菜单、分享按钮、自己的手机版、隐藏的政府和学校链接都不算。结果都提请人工复核，不直接判违规。",
        why: "网站含有赌博、色情等违法内容的，会被要求立即整改、关停，甚至注销备案；被黑客篡改的网站往往只对搜索引擎或手机展示这些内容，主办单位自己打开看不出来。",
        cause: "网站程序有漏洞或后台密码泄露，被人植入了暗链或跳转代码；或者使用了带后门的模板、插件。",
        remedy: "请网站开发人员检查首页模板、公共文件和服务器配置，删除不是自己放的链接和跳转代码，并查看最近被改动的文件；修改后台、FTP 和数据库密码，升级程序和插件。可以用手机和搜索引擎的“抓取诊断”分别打开首页确认。确实是自己放置的内容，请告诉我们。",
        bad: "首页底部有一段移出屏幕的文字，里面是十几个博彩网站的链接",
        good: "手机访问时转到自己的 m.site.example，内容与电脑版一致",
    },
    en: Words {
        problem: "The site may have been tampered with: its page hides links to others, or shows phones or search engines something else",
        doubt: "Please check whether the site was tampered with: its page hides links to others, or phones or search engines are shown something else",
        checks: "Looks at links to other sites that the homepage hides: with words of gambling or pornography, or many of them off the page or in boxes without a size; where something raises doubt the page is asked for as a phone and as a search engine's crawler as well, and compared: led to another domain, another title, such words. Hidden menus, share buttons, a phone version of its own and links to public bodies do not count. All of it is for a person to look at.",
        why: "A site with gambling or pornography is to be mended at once, closed, or loses its filing; a hijacked one often shows them to search engines or phones only, so that its owner sees nothing of it.",
        cause: "A hole in the site's program or a leaked password let somebody plant hidden links or redirects; or a template or plug-in came with a back door.",
        remedy: "Have the site's developer look through the homepage's template, shared files and the server's configuration, remove links and redirects that are nobody's own, and see which files were changed of late; change the passwords of the back office, FTP and database, and update program and plug-ins. Open the homepage on a phone and with a search engine's fetch tool to make sure. Where the content is your own, please tell us.",
        bad: "The foot holds a block off the page with a dozen links to gambling sites",
        good: "A phone is led to the site's own m.site.example, with the same content",
    },
};
