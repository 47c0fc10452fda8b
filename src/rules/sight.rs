//! What the page as served leaves open, and whose page it is.

use super::{Defect, Na, Outcome, PageCase, Text};
use crate::filing::Domain;
use crate::page::Page;
use url::Url;

/// Visible characters under which a page is no page to miss anything on.
const HARDLY_ANY: u32 = 40;

/// Why what belongs to one service alone (serial, title, police number) is not judged here:
/// the visit ended at another filing of the same subject, whose own audit judges it. Of
/// several domains that show one page without a redirect, `one_site` tells.
pub(super) fn of_other_filing(case: &PageCase<'_>) -> Option<Na> {
    let domain = registrable(case.url)?;
    let other = domain != case.filing.domain.registrable()
        && case.evidence.siblings.same_subject.contains(&domain);
    other.then(|| {
        Na::Other(Text::new(
            format!("访问最终到达同一主体备案的另一个网站 {domain}，由该网站的检测来判断"),
            format!(
                "the visit ends at {domain}, another filing of the same subject, whose own audit judges it"
            ),
        ))
    })
}

/// Why something that was not seen may nevertheless be on the page.
pub(super) fn doubt(case: &PageCase<'_>) -> Option<Text> {
    let page = case.page;
    if let Some(reason) = doubt_of_foot(page) {
        return Some(reason);
    }
    if page.needs_rendering {
        return Some(Text::new(
            "网页内容要在浏览器里运行脚本后才完整，本次检测没有运行脚本",
            "the page is completed by scripts in a browser, and this check ran none",
        ));
    }
    if page.text_length < HARDLY_ANY {
        return Some(Text::new(
            "页面几乎没有文字，可能由图片构成，或没有完整显示",
            "the page has hardly any text: it may consist of pictures, or not have been shown in full",
        ));
    }
    if page.frames.iter().any(|frame| is_own_frame(case, frame)) {
        return Some(Text::new(
            "页面嵌有本站的框架（iframe），框架里的内容本次没有查看",
            "the page embeds a frame of its own site, whose content was not looked at",
        ));
    }
    page.scripts.iter().find(|source| is_foot_script(source)).map(|source| {
        let source = quoted(source, 80);
        Text::new(
            format!("页脚可能由脚本 {source} 生成，本次检测没有运行脚本"),
            format!("the foot of the page may be made by the script {source}, which was not run"),
        )
    })
}

/// Why a page that shows something wrong may show the right thing as well.
pub(super) fn doubt_of_foot(page: &Page) -> Option<Text> {
    if page.cut {
        return Some(Text::new(
            "网页太长，只读取了前面一部分，后面的内容未知",
            "the page is too long: only its beginning was read, and the rest is unknown",
        ));
    }
    page.number_in_script.then(|| {
        Text::new(
            "备案号只出现在脚本里，是否显示要在浏览器里才能看到",
            "a record number stands only in a script: whether it is shown takes a browser to see",
        )
    })
}

/// A review in place of a failure: the reason is the cause, and a look goes before the remedy.
pub(super) fn review(defect: Defect, reason: Text) -> Outcome {
    Outcome::Review(Defect {
        // What a failure would say of its case is not proved.
        problem: None,
        cause: Some(Text::new(
            format!("需要人工复核：{}。", reason.zh),
            format!("A person has to look: {}.", reason.en),
        )),
        first: Some(Text::new(
            "请先用浏览器打开首页核对：实际已符合要求的，无需处理，告诉我们即可；确实不符合的：",
            "Please open the homepage in a browser first: where all is well there, nothing has to \
             be done but to tell us; where it is not, this mends it:",
        )),
        ..defect
    })
}

/// A pass with the evidence for it.
pub(super) fn pass(zh: impl Into<String>, en: impl Into<String>) -> Outcome {
    Outcome::Pass(Text::new(zh.into(), en.into()))
}

/// At most so many characters of what a page says, the rest as `…`.
pub(super) fn quoted(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn registrable(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let domain = Domain::parse(url.host_str()?).ok()?;
    Some(domain.registrable().to_owned())
}

fn is_own_frame(case: &PageCase<'_>, frame: &str) -> bool {
    let here = case.url;
    let target = Url::parse(here).ok().and_then(|base| base.join(frame.trim()).ok());
    target.is_some_and(|target| {
        matches!(target.scheme(), "http" | "https")
            && target.as_str() != here
            && registrable(target.as_str()) == registrable(here)
    })
}

/// Whether a script's file name says that it writes the foot of the page.
fn is_foot_script(source: &str) -> bool {
    let path = source.split(['?', '#']).next().unwrap_or_default();
    let file = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    file.split(|c: char| !c.is_ascii_alphabetic())
        .any(|word| matches!(word, "foot" | "footer" | "bottom" | "copyright" | "beian" | "icp"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_a_foot_script_by_a_whole_word_of_its_file_name() {
        assert!(is_foot_script("/static/js/footer.js?v=3"));
        assert!(is_foot_script("//cdn.site.example/common-foot.min.js"));
        assert!(!is_foot_script("/static/js/football.js"));
        assert!(!is_foot_script("/footer/app.js"));
    }

    #[test]
    fn a_quotation_is_cut_between_characters() {
        assert_eq!(quoted("示例商城", 4), "示例商城");
        assert_eq!(quoted("示例商城官网", 4), "示例商城…");
    }
}
