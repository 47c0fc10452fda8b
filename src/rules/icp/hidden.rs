use super::yardstick::Yardstick;
use super::{Concealed, Judged, Reading, Standing, occurrences, place, remedy_with, standing};
use crate::policy::Level;
use crate::rules::layout::{Eye, eye, unseen_words};
use crate::rules::sight::{doubt, doubt_of_looks, pass, quoted, review, unrun};
use crate::rules::{Check, Defect, Na, Outcome, PageCase, Rule, Text, Texts, Words, law};

/// ICP008
pub(super) const RULE: Rule = Rule {
    code: "ICP008",
    name: "record-number-not-visible",
    level: Level::Violation,
    needs: &[],
    yields_to: &[],
    sources: &["Huawei Cloud 8.6"],
    law: &[&law::SHOWN, &law::PROMINENT],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页的代码里有 ICP 备案号，但访问者看不见",
        doubt: "请核对访问者能否在首页上看见 ICP 备案号",
        checks: "用浏览器打开首页，看备案号是否真的显示出来：被设为不显示、透明、过小、与背景同色、移出页面、被裁掉或被别的内容盖住的，只做在图片里的，以及只出现在别的网站的框架里的，都算看不见；有一处看得见即符合。只从网页代码看出可能隐藏、没有经过浏览器确认的，提请人工复核。",
        why: "《非经营性互联网信息服务备案管理办法》要求在首页标明备案编号，供访问者查看；看不见的号码起不到标明的作用，未标明的由省通信管理局责令改正，并处五千元以上一万元以下罚款。",
        cause: "页脚样式设置不当（如文字与背景同色、被设为隐藏），模板里保留了不显示的页脚，或者备案号做成了图片、放在了别的网站的页面里。",
        remedy: "请让备案号以文字形式显示在首页底部，完整代码为：<a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>，字号和颜色与页脚其他文字一致，不要隐藏、遮挡或只用图片。发布后在浏览器中打开首页，拉到底部确认看得见、点得开。",
        bad: "<p style=\"display:none\">京ICP备2099000123号-1</p>；白底白字的备案号；只有一张写着备案号的图片",
        good: "<footer><a href=\"https://beian.miit.gov.cn/\">京ICP备2099000123号-1</a></footer>",
    },
    en: Words {
        problem: "The homepage's code has the ICP record number, but a visitor does not see it",
        doubt: "Please check whether a visitor sees the ICP record number on the homepage",
        checks: "Opens the homepage in a browser and sees whether the number is really shown. Not displayed, transparent, too small, in the colour of its background, moved off the page, cut off or covered, a picture only, or in a frame of another site only: all of these count as not seen; one occurrence that is seen is enough. What merely looks hidden by its markup, and was not confirmed in a browser, is handed to a person.",
        why: "The measures on filing non-commercial internet information services ask for the record number to be shown on the homepage; one that nobody sees is not shown. The provincial communications administration orders a correction and fines 5,000 to 10,000 yuan.",
        cause: "The style of the foot is set wrongly (text in the background's colour, a part set to hidden), a template keeps a foot that is not displayed, or the number was made a picture or put on another site's page.",
        remedy: "Please show the number as text at the foot of the homepage; the whole line is: <a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{number}</a>, in the size and colour of the text around it, neither hidden nor covered nor as a picture alone. Then open the homepage in a browser, scroll to its end, and check that the number is seen and can be clicked.",
        bad: "<p style=\"display:none\">京ICP备2099000123号-1</p>; white text on white; a picture of the number alone",
        good: "<footer><a href=\"https://beian.miit.gov.cn/\">京ICP备2099000123号-1</a></footer>",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    match standing(case) {
        Standing::Missing | Standing::Unclear(_) => Outcome::Na(Na::Yields("ICP001")),
        Standing::Hidden(concealed) => hidden(case, concealed),
        Standing::Shown(judged) => match judged.reading {
            Reading::Nameless => Outcome::Na(Na::Yields("ICP006")),
            Reading::App | Reading::OwnApp => Outcome::Na(Na::Yields("ICP010")),
            _ => shown(case, &judged),
        },
    }
}

/// The page shows the number; whether it can be seen the markup may leave open.
fn shown<'a>(case: &PageCase<'a>, judged: &Judged<'a>) -> Outcome {
    let occurrences = occurrences(case, judged);
    if let Some(seen) = occurrences.iter().find(|number| eye(case, number) == Eye::Sees) {
        return pass(format!("{} 看得见", seen.text), format!("{} is seen", seen.text));
    }
    let found = Text::new(
        format!("{}，所在的内容不一定看得见", judged.number.text),
        format!("{}, in a part that need not be seen", judged.number.text),
    );
    let reason = unrun(
        case,
        "备案号的样式特别，访问者是否看得见要在浏览器里才能确认",
        "the style of the number is odd, and whether a visitor sees it takes a browser to tell",
    );
    review(Defect { place: place(judged.number), ..defect(case, found) }, reason)
}

fn hidden(case: &PageCase<'_>, concealed: Concealed<'_>) -> Outcome {
    match concealed {
        Concealed::Hidden(number) => {
            let (found, reason) = match eye(case, number) {
                Eye::Hidden(why) => {
                    let why = unseen_words(why);
                    (
                        said(&number.text, &why.zh, &why.en),
                        doubt(case).or_else(|| doubt_of_looks(case)),
                    )
                }
                _ => (
                    said(&number.text, "但在隐藏的内容里", "but in hidden markup"),
                    Some(unconfirmed(case)),
                ),
            };
            concluded(Defect { place: place(number), ..defect(case, found) }, reason)
        }
        Concealed::Picture(pictured) => {
            let (text, source) = (&pictured.text, quoted(&pictured.source, 80));
            let found = said(
                text,
                &format!("只在图片或图片说明里（{source}）"),
                &format!("only in a picture or its description ({source})"),
            );
            concluded(defect(case, found), doubt(case))
        }
        Concealed::Frame(frame, number) => {
            let url = quoted(&frame.url, 80);
            let found = said(
                &number.text,
                &format!("只在另一个网站的框架里（{url}）"),
                &format!("only in a frame of another site ({url})"),
            );
            concluded(defect(case, found), doubt(case))
        }
    }
}

fn said(number: &str, zh: &str, en: &str) -> Text {
    Text::new(format!("{number}，{zh}"), format!("{number}: {en}"))
}

fn concluded(defect: Defect, doubt: Option<Text>) -> Outcome {
    match doubt {
        Some(reason) => review(defect, reason),
        None => Outcome::Fail(defect),
    }
}

fn unconfirmed(case: &PageCase<'_>) -> Text {
    unrun(
        case,
        "备案号写在网页里，但所在的内容看来是隐藏的，访问者是否看得见要在浏览器里才能确认",
        "the number stands in markup that seems to be hidden, and whether a visitor sees it takes \
         a browser to tell",
    )
}

fn defect(case: &PageCase<'_>, found: Text) -> Defect {
    let yardstick = Yardstick::of(case);
    Defect {
        expected: Text::new("访问者能看见的备案号", "a record number that a visitor sees"),
        found,
        remedy: remedy_with(case, &TEXTS, yardstick.exact()),
        ..Defect::default()
    }
}
