use super::answers::may_be_another_site;
use super::content::{Content, content, kind, shows_number};
use crate::page::Page;
use crate::policy::{Category, Level, Signature, Strength};
use crate::rules::{Check, Defect, Na, Outcome, Rule, Text, Texts, WebCase, Words, law, quote};

/// WEB005
pub(super) const RULE: Rule = Rule {
    code: "WEB005",
    name: "no-content",
    level: Level::Violation,
    needs: &[],
    yields_to: &["DNS001", "WEB001", "WEB004", "WEB009", "WEB003", "WEB006"],
    sources: &["Tencent Cloud, FAQ on filing: 网站开站无实际内容"],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::Web(check),
};

fn check(case: &WebCase<'_>) -> Outcome {
    match (judged(case), case.visit.best()) {
        (Outcome::Fail(defect), Some(best)) if may_be_another_site(case.visit, best) => doubted(
            defect,
            "页面来自 https，而证书不是这个域名的：服务器可能用默认站点应答，网站本身也许在 http 上正常。",
            "The page came over https under a certificate that is not this domain's: the server may answer with its default site, and the site itself may be open over http.",
        ),
        (outcome, _) => outcome,
    }
}

fn judged(case: &WebCase<'_>) -> Outcome {
    let Some(page) = page(case) else { return Outcome::Na(Na::Unseen) };
    let found = |zh: &'static str, en: &'static str| defect(Text::new(zh, en));
    match content(case) {
        Some(Content::Foreign(signature)) => of_signature(signature, page),
        Some(Content::Empty) => Outcome::Fail(found("页面没有内容", "the page has no content")),
        Some(Content::Picture) => {
            Outcome::Fail(found("页面只有图片，没有文字", "the page is a picture without text"))
        }
        Some(Content::Pictures) => doubted(
            found("页面由图片构成，没有文字", "the page consists of pictures without text"),
            "页面的内容都在图片里，机器无法判断图片里是什么。",
            "All that the page holds is in pictures, which a machine cannot judge.",
        ),
        Some(Content::Login) => doubted(
            found(
                "首页是登录表单，几乎没有其他内容",
                "the homepage is a login form and hardly more",
            ),
            "首页要登录后才能看到内容；内部系统的入口是否算作网站的实际内容，需要人工判断。",
            "What the site holds is behind a login; whether the door of an internal system counts as content takes a person to say.",
        ),
        Some(Content::Unknown) | None => Outcome::Na(Na::Unseen),
        Some(Content::Own) => {
            let length = page.text_length;
            Outcome::Pass(Text::new(
                format!("首页有内容（可见文字约 {length} 字）"),
                format!("the homepage has content ({length} visible characters)"),
            ))
        }
    }
}

fn page<'a>(case: &WebCase<'a>) -> Option<&'a Page> {
    case.visit.best()?.answer().filter(|seen| seen.is_good())?.page.as_ref()
}

/// A page that is known for being nobody's own. One that announces a site and shows a
/// number is somebody's, be it unfinished; a word of announcement alone is no more than a hint.
fn of_signature(signature: &Signature, page: &Page) -> Outcome {
    let category = signature.category;
    let is_certain = signature.strength > Strength::Weak;
    match category {
        Category::Default | Category::Suspended | Category::Listing | Category::Construction => {}
        // Other rules say what these are.
        Category::IcpBlock | Category::SiteBlock | Category::Parked | Category::Challenge => {
            return Outcome::Na(Na::Unseen);
        }
    }
    let is_announced = category == Category::Construction;
    if is_announced && !is_certain && shows_number(page) {
        return Outcome::Pass(Text::new("首页有网站名称和备案号", "the homepage has its number"));
    }
    let (zh, en) = kind(category);
    let title = page.title.as_deref().filter(|title| !title.trim().is_empty());
    let seen = quote(title.unwrap_or(page.excerpt.as_str()));
    let defect = defect(Text::new(format!("{zh}：{seen}"), format!("{en}: {seen}")));
    if is_certain && !(is_announced && shows_number(page)) {
        return Outcome::Fail(defect);
    }
    doubted(
        defect,
        "页面有这类页面的部分特征，仅凭这些还不能确定。",
        "The page has some marks of such a page, too few to be certain.",
    )
}

fn defect(found: Text) -> Defect {
    let expected =
        Text::new("首页有网站自己的实际内容", "the homepage has content of the site's own");
    Defect { expected, found, ..Defect::default() }
}

fn doubted(defect: Defect, zh: &'static str, en: &'static str) -> Outcome {
    Outcome::Review(Defect {
        cause: Some(Text::new(zh, en)),
        first: Some(Text::new(
            "请先在浏览器中打开首页：能看到网站自己内容的，无需处理，告诉我们即可；确实没有内容的：",
            "Please open the homepage in a browser first: where it shows what the site is about, nothing is to be done but to tell us. Where it does not:",
        )),
        ..defect
    })
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站能够打开，但是没有实际内容",
        doubt: "检测时没有看到网站的实际内容，请核对首页",
        checks: "看首页是否为空白页，是否只有一两张图片，是否是服务器或面板的默认页面、文件目录、主机暂停提示或“网站建设中”的提示。只有登录表单、全由图片构成、或者只有“敬请期待”之类字样的，提请人工复核；要靠脚本生成内容的页面，浏览器看过确实为空才判断；文字虽少但有标题、有备案号的页面算有内容。",
        why: "备案成功的网站应当开通并有与备案主体相符的实际内容；长期没有内容的网站在核查时会被要求整改或注销备案。",
        cause: "网站程序还没有部署，或部署后没有绑定这个域名，访问者看到的是服务器的默认页面；网站停用后只留下空页面；或网站还在建设中。",
        remedy: "请在浏览器中打开 {domain} 确认。网站已做好的，请网站开发人员或主机服务商把它部署到服务器并绑定这个域名；还没有做好的，请先上线一个有实际内容的首页：写明主办单位或网站的介绍，并在底部展示备案号；网站不再使用的，请申请注销备案。",
        bad: "首页标题是 Welcome to nginx!，或整页只有“网站建设中”",
        good: "首页有网站的介绍、栏目和底部的备案号",
    },
    en: Words {
        problem: "The site opens, but has no content of its own",
        doubt: "No content of the site's own was seen; please look at its homepage",
        checks: "Looks whether the homepage is empty, a picture or two, the default page of a server or panel, a listing of files, a notice of suspended hosting or one of construction. A login form, a page made of pictures, or a mere \"coming soon\" is left to a person; a page that scripts fill is called empty only where a browser saw it empty; little text with a title and a record number counts as content.",
        why: "A filed site has to be open and to hold what agrees with its subject; one that stays empty will be asked to be mended or cancelled when it is checked.",
        cause: "The site's program is not deployed, or not bound to this domain, so that visitors see the server's default page; the site was given up and an empty page left; or it is still being built.",
        remedy: "Open {domain} in a browser to make sure. Where the site is ready, have its developer or the hosting company deploy it and bind the domain to it; where it is not, put up a homepage with real content first, which says who runs it and what it offers and shows the record number at its foot; where it is no longer used, ask for the filing to be cancelled.",
        bad: "The homepage's title is Welcome to nginx!, or all it says is 网站建设中",
        good: "The homepage tells what the site is, has its sections, and the record number at its foot",
    },
};
