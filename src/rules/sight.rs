//! What was seen of a page leaves open what, and whose page it is.

use super::{Defect, Na, Outcome, PageCase, Text};
use crate::evidence::{RenderFailure, Rendered, Rendering};
use crate::filing::Domain;
use url::Url;

/// Visible characters under which a page is no page to miss anything on.
const HARDLY_ANY: u32 = 40;

/// Why what belongs to one service alone (serial, title, police number) is not judged here:
/// the visit ended at another filing of the same subject, whose own audit judges it. Of
/// several domains that show one page without a redirect, `one_site` tells.
pub(super) fn of_other_filing(case: &PageCase<'_>) -> Option<Na> {
    case.known.elsewhere.get_or_init(|| ends_at_other_filing(case)).clone()
}

fn ends_at_other_filing(case: &PageCase<'_>) -> Option<Na> {
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
    doubt_of_whole(case).or_else(|| doubt_unrendered(case))
}

/// A page that no browser showed, though one was asked or scripts may add to it: what is
/// missing there may be missing from our copy alone.
fn doubt_unrendered(case: &PageCase<'_>) -> Option<Text> {
    if case.rendered.is_some() {
        return None;
    }
    if case.page.scripted {
        return Some(unrun(
            case,
            "网页带有脚本，脚本可能在浏览器里添加内容",
            "the page has scripts, which may add to it in a browser",
        ));
    }
    matches!(case.host.rendering, Some(Rendering::Failed(_))).then(|| {
        unrun(
            case,
            "访问者看到的内容要在浏览器里才能确认",
            "what a visitor sees takes a browser to confirm",
        )
    })
}

/// Why what is there need not be all: the page seems not to have been seen whole.
pub(super) fn doubt_of_whole(case: &PageCase<'_>) -> Option<Text> {
    let page = case.page;
    if let Some(reason) = doubt_of_foot(case) {
        return Some(reason);
    }
    if case.rendered.is_none() && page.needs_rendering {
        return Some(unrun(
            case,
            "网页内容要在浏览器里运行脚本后才完整",
            "the page is completed by scripts in a browser",
        ));
    }
    if page.text_length < HARDLY_ANY {
        return Some(Text::new(
            "页面几乎没有文字，可能由图片构成，或没有完整显示",
            "the page has hardly any text: it may consist of pictures, or not have been shown in full",
        ));
    }
    match case.rendered {
        Some(rendered) => doubt_of_frames(case, rendered).or_else(|| doubt_of_scripts(case)),
        None => doubt_as_served(case),
    }
}

/// A foot that scripts make is not made where they do not come.
fn doubt_of_scripts(case: &PageCase<'_>) -> Option<Text> {
    let served = case.attempt.answer().and_then(|seen| seen.page.as_ref())?;
    let by_script = served.needs_rendering
        || served.number_in_script
        || served.scripts.iter().any(|source| is_foot_script(source));
    if by_script { doubt_of_looks(case) } else { None }
}

/// The page as served and the page in the browser disagree on whether there is a number.
pub(super) fn doubt_of_absence(case: &PageCase<'_>) -> Option<Text> {
    case.rendered?;
    let served = case.attempt.answer().and_then(|seen| seen.page.as_ref())?;
    served.record_numbers.iter().any(|number| number.visible).then(|| {
        Text::new(
            "服务器返回的网页里有备案号，浏览器里却没有显示",
            "the page as served has a record number, and the browser showed none",
        )
    })
}

/// Why the page may look otherwise to a visitor than it did in our browser.
pub(super) fn doubt_of_looks(case: &PageCase<'_>) -> Option<Text> {
    let missing = case.rendered?.missing;
    (missing > 0).then(|| {
        Text::new(
            format!("网页的脚本或样式文件有 {missing} 个没有加载成功，访问者看到的可能不同"),
            format!(
                "{missing} of the page's scripts and style sheets did not load: a visitor may see \
                 something else"
            ),
        )
    })
}

/// What the markup as served leaves open, though the page seems to be complete.
fn doubt_as_served(case: &PageCase<'_>) -> Option<Text> {
    if let Some(frame) = case.page.frames.iter().find_map(|frame| frame_of(case, frame)) {
        let frame = quoted(&frame, 80);
        return Some(Text::new(
            format!("页面嵌有框架（iframe）{frame}，框架里的内容本次没有查看"),
            format!("the page embeds the frame {frame}, whose content was not looked at"),
        ));
    }
    let source = case.page.scripts.iter().find(|source| is_foot_script(source))?;
    let source = quoted(source, 80);
    Some(unrun(
        case,
        &format!("页脚可能由脚本 {source} 生成"),
        &format!("the foot of the page may be made by the script {source}"),
    ))
}

/// The browser puts frames of the same site in their places; those of other sites it looks
/// into one by one, and not into all of a page that has many.
fn doubt_of_frames(case: &PageCase<'_>, rendered: &Rendered) -> Option<Text> {
    let foreign = case.page.frames.iter().filter_map(|frame| frame_of(case, frame));
    let foreign = foreign.filter(|frame| registrable(frame) != registrable(case.url));
    (foreign.count() > rendered.frames.len()).then(|| {
        Text::new(
            "页面嵌有其他网站的框架（iframe），没有全部查看",
            "the page embeds frames of other sites, and not all of them were looked into",
        )
    })
}

/// Why a page that shows something wrong may show the right thing as well.
pub(super) fn doubt_of_foot(case: &PageCase<'_>) -> Option<Text> {
    if case.page.cut {
        return Some(Text::new(
            "网页太长，只读取了前面一部分，后面的内容未知",
            "the page is too long: only its beginning was read, and the rest is unknown",
        ));
    }
    match case.rendered {
        Some(rendered) => (!rendered.settled).then(unsettled),
        None => case.page.number_in_script.then(|| {
            unrun(
                case,
                "备案号只出现在脚本里，是否显示要在浏览器里才能看到",
                "a record number stands only in a script, and whether it is shown takes a browser to see",
            )
        }),
    }
}

/// Why what the browser showed is not the last word.
pub(super) fn unsettled() -> Text {
    Text::new(
        "页面在检测时间用完时仍在变化，后来显示的内容未知",
        "the page still changed when the time for it was over: what it showed later is unknown",
    )
}

/// A doubt that a browser would settle, and why none did.
pub(super) fn unrun(case: &PageCase<'_>, zh: &str, en: &str) -> Text {
    match &case.host.rendering {
        Some(_) if case.rendered.is_some() => Text::new(
            format!("{zh}，浏览器里也没有看清"),
            format!("{en}, and even there it was not clear"),
        ),
        Some(Rendering::Failed(failure)) => {
            let words = render_failure_words(*failure);
            Text::new(
                format!("{zh}，而浏览器没能显示这个网页（{}）", words.zh),
                format!("{en}, and the browser could not show the page ({})", words.en),
            )
        }
        // What the browser brought there is an error page, or none was asked.
        Some(Rendering::Shown(_)) | None => Text::new(
            format!("{zh}，本次检测没有用浏览器查看"),
            format!("{en}, and this check did not look through one"),
        ),
    }
}

/// Why the browser showed nothing, in words.
pub(super) fn render_failure_words(failure: RenderFailure) -> Text {
    let (zh, en) = match failure {
        RenderFailure::Browser => ("浏览器自身出错", "a fault of the browser's own"),
        RenderFailure::Hung => ("浏览器没有响应", "the browser hung"),
        RenderFailure::Unreachable => ("浏览器同样打不开", "the browser could not open it either"),
        RenderFailure::AddressRefused => {
            ("地址不是公网地址，未访问", "address not public, not visited")
        }
        RenderFailure::Redirects => ("跳转没有尽头", "redirects without end"),
        RenderFailure::Download => ("返回的是下载文件", "a download in place of a page"),
        RenderFailure::TooLarge => ("网页超过大小限制", "the page is over the limits"),
        RenderFailure::Unreadable => ("网页内容无法读取", "the page could not be read"),
        RenderFailure::Deadline => ("检测用时已到", "our time for the site ran out"),
    };
    Text::new(zh, en)
}

/// A review in place of a failure: the reason is the cause, and a look goes before the remedy.
pub(super) fn review(defect: Defect, reason: Text) -> Outcome {
    defect.for_review(
        &reason,
        (
            "请先用浏览器打开首页核对：实际已符合要求的，无需处理，告诉我们即可；确实不符合的：",
            "Please open the homepage in a browser first: where all is well there, nothing has to \
             be done but to tell us; where it is not, this mends it:",
        ),
    )
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

/// The address of a frame that a browser would load, other than the page itself.
fn frame_of(case: &PageCase<'_>, frame: &str) -> Option<String> {
    let here = case.url;
    let target = Url::parse(here).ok()?.join(frame.trim()).ok()?;
    let is_page = matches!(target.scheme(), "http" | "https") && target.as_str() != here;
    is_page.then(|| target.to_string())
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
