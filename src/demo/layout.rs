//! Pages: a layout with the site's own parts filled in, as bytes.

use super::DemoError;
use super::filings::cell;
use super::site::{PageFile, Site};
use std::fmt::Write as _;

const LAYOUTS: &[(&str, &str)] = &[
    ("company", include_str!("../../fixtures/world/layouts/company.html")),
    ("table", include_str!("../../fixtures/world/layouts/table.html")),
    ("shell", include_str!("../../fixtures/world/layouts/shell.html")),
];

const ICP: &str =
    r#"<a href="https://beian.miit.gov.cn/" target="_blank" rel="noreferrer">{{number}}</a>"#;
const POLICE: &str = r#"<a href="https://beian.mps.gov.cn/#/query/webSearch?code={{police_digits}}" target="_blank" rel="noreferrer"><img src="/police.png" alt="">{{police_number}}</a>"#;
const COPYRIGHT: &str = "版权所有 &copy; 2020-2026 {{subject_name}}";
const FOOT: &str = "<p>{{copyright}}</p>\n<p>{{icp}} <span class=\"sep\">|</span> {{police}}</p>";
const MAIN: &str = "<h1>{{service_name}}</h1>\n<p>我们为本地的工厂和商店提供设备维护、零件配送和使用培训，十余年来服务过三百多家单位。</p>\n<h2>服务项目</h2>\n<ul><li>定期巡检：每月一次，当场出具检查单</li><li>故障维修：工作日两小时内到场</li><li>零件配送：常用零件备有库存</li><li>使用培训：新设备安装后免费培训一次</li></ul>\n<p>如需了解服务范围和收费标准，请在工作时间来电，或者把需求发送到我们的邮箱，我们会在一个工作日内答复。</p>";

/// The markup of a page, its variables filled in.
pub(super) fn markup(site: &Site, page: &PageFile) -> Result<String, DemoError> {
    let name = page.layout.as_deref().unwrap_or("company");
    let layout = LAYOUTS
        .iter()
        .find(|(known, _)| *known == name)
        .ok_or_else(|| DemoError::site(&site.name, format!("no such layout: {name}")))?
        .1;
    let part = |own: &Option<String>, usual: &str| own.as_deref().unwrap_or(usual).to_owned();
    let encoding = page.encoding.as_deref().unwrap_or("utf-8");
    let meta = match page.declared.as_deref().unwrap_or(encoding) {
        "" => String::new(),
        declared => format!("<meta charset=\"{declared}\">"),
    };
    let mut main = part(&page.main, MAIN);
    main.push_str(&padding(page.padding));
    // Parts may hold variables and parts, so they are filled in from the outside in.
    let parts = [
        ("meta", meta),
        ("head", part(&page.head, "")),
        ("title", part(&page.title, "{{service_name}} - 设备维护与零件配送")),
        ("main", main),
        ("foot", part(&page.foot, FOOT)),
        ("copyright", part(&page.copyright, COPYRIGHT)),
        ("icp", part(&page.icp, ICP)),
        ("police", part(&page.police, POLICE)),
    ];
    let mut html = part(&page.html, layout);
    for (variable, value) in parts {
        html = html.replace(&format!("{{{{{variable}}}}}"), &value);
    }
    Ok(fill(site, &html))
}

/// The bytes of a page in its encoding.
pub(super) fn bytes(site: &Site, page: &PageFile) -> Result<Vec<u8>, DemoError> {
    if let Some(bytes) = &page.bytes {
        return Ok(bytes.clone());
    }
    let html = markup(site, page)?;
    let label = page.encoding.as_deref().unwrap_or("utf-8");
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes())
        .ok_or_else(|| DemoError::site(&site.name, format!("no such encoding: {label}")))?;
    let (bytes, used, lossy) = encoding.encode(&html);
    if lossy || used != encoding {
        return Err(DemoError::site(&site.name, format!("the page cannot be written in {label}")));
    }
    Ok(bytes.into_owned())
}

/// A text with the site's variables filled in: `{{domain}}`, `{{number}}`,
/// `{{subject_number}}` (the number without its serial), `{{police_digits}}` and every cell
/// of its row by the field's name.
pub(super) fn fill(site: &Site, text: &str) -> String {
    let number = cell(site, "record_number");
    let subject = number.rsplit_once('-').map_or(number.as_str(), |(subject, _)| subject);
    let police = cell(site, "police_number");
    let digits: String = police.chars().filter(char::is_ascii_digit).collect();
    let own = [
        ("domain", site.domain()),
        ("number", number.clone()),
        ("subject_number", subject.to_owned()),
        ("police_digits", digits),
        ("service_name", cell(site, "service_name")),
        ("subject_name", cell(site, "subject_name")),
        ("police_number", police),
        ("licence", cell(site, "licence")),
        ("address", site.address().to_string()),
    ];
    own.iter().fold(text.to_owned(), |text, (variable, value)| {
        text.replace(&format!("{{{{{variable}}}}}"), value)
    })
}

/// This many KiB of ordinary text.
fn padding(kib: usize) -> String {
    let mut text = String::new();
    for line in 1.. {
        if text.len() >= kib * 1024 {
            break;
        }
        let _ = write!(text, "\n<p>第{line}条：设备每使用一段时间，应当按照说明书检查和保养。</p>");
    }
    text
}
