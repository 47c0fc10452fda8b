use super::settings::Settings;
use super::{Done, options, terminal, wiring};
use crate::evidence::{End, Rendering};
use crate::page::{self, Page};
use crate::rules::{self, Lang};
use anyhow::{Context, Result, bail};
use options::{Common, Format};
use std::io::Read;

/// Show a page as the auditor sees it: title, record numbers, links, copyright
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  beian page saved.html\n  beian page https://site.example/ --format json\n  beian page https://site.example/ --render always\n  beian page - --content-type 'text/html; charset=gbk' < saved.html"
)]
pub(super) struct Args {
    /// A saved page, `-` for standard input, or a URL
    page: String,
    /// The Content-Type header that a saved page came with
    #[arg(long, value_name = "TEXT")]
    content_type: Option<String>,
    #[command(flatten)]
    look: options::LookArgs,
}

pub(super) fn run(common: &Common, args: &Args) -> Done {
    let settings = options::settings(common, Some(&args.look), None)?;
    let is_url = args.page.starts_with("http://") || args.page.starts_with("https://");
    let page = if is_url {
        super::runtime()?.block_on(fetch(&settings, &args.page))?
    } else {
        let cap = settings.http.max_body;
        let body = read(&args.page, cap)?;
        let cut = body.len() > cap;
        let kept = body.get(..cap).unwrap_or(&body);
        page::read(
            kept,
            page::Context { content_type: args.content_type.as_deref(), url: None, cut },
        )
    };
    match common.format {
        Format::Json => terminal::print_json(&page)?,
        Format::Human => terminal::print(&describe(&page, wiring::lang(&settings)))?,
    }
    Ok(0)
}

/// At most one byte more than the cap, so that the caller can tell that there was more.
fn read(path: &str, cap: usize) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    let limit = cap as u64 + 1;
    if path == "-" {
        std::io::stdin().lock().take(limit).read_to_end(&mut body).context("standard input")?;
    } else {
        let file = std::fs::File::open(path)
            .with_context(|| format!("{path}: the page cannot be read; a file, `-` or a URL with http:// or https:// is expected"))?;
        file.take(limit).read_to_end(&mut body).with_context(|| path.to_owned())?;
    }
    Ok(body)
}

async fn fetch(settings: &Settings, url: &str) -> Result<Page> {
    let policy = wiring::policy(settings)?;
    let probe = wiring::probe(settings, &policy)?;
    let url: url::Url = url.parse().with_context(|| format!("{url:?} is not a URL"))?;
    let attempt = probe.walk(url.clone()).await;
    let open = match &attempt.end {
        End::Answer(seen) => seen.page.as_ref().is_some_and(|page| page.needs_rendering),
        End::Failed(_) => true,
    };
    if open || settings.browser.render == "always" {
        let shown = probe.show(url).await;
        probe.close().await;
        let mut hosts = shown.map(|look| look.evidence.hosts).unwrap_or_default();
        match hosts.pop().and_then(|host| host.rendering) {
            Some(Rendering::Shown(rendered)) => return Ok(rendered.page),
            Some(Rendering::Failed(failure)) if settings.browser.render == "always" => {
                bail!("the browser shows no page: {}", failure.name())
            }
            _ => {}
        }
    }
    match &attempt.end {
        End::Failed(failure) => bail!(
            "{}: no page: {} ({})",
            attempt.last_url(),
            rules::failure_words(*failure).en,
            failure.name()
        ),
        End::Answer(seen) => seen.page.clone().with_context(|| {
            let kind = seen.content_type.as_deref().unwrap_or("no type");
            format!("{}: the answer is no page ({kind})", attempt.last_url())
        }),
    }
}

fn describe(page: &Page, lang: Lang) -> String {
    let zh = lang == Lang::Zh;
    let pick = |a: &'static str, b: &'static str| if zh { a } else { b };
    let none = pick("(无)", "(none)");
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        text.push_str(&format!("{name}: {}\n", terminal::safe(value)));
    };
    line(pick("编码", "charset"), &page.charset);
    line(pick("标题", "title"), page.title.as_deref().unwrap_or(none));
    for number in &page.record_numbers {
        let place = format!("{:?}", number.zone).to_lowercase();
        let seen = if number.visible { "" } else { pick("，不可见", ", hidden") };
        let form = format!("{:?}", number.form).to_lowercase();
        let link = format!("{:?}", number.link).to_lowercase();
        let href = if number.href.is_empty() { &number.beside } else { &number.href };
        line(
            pick("备案号", "record number"),
            &format!("{} [{form}, {place}{seen}] → {link} {href}", number.canonical),
        );
    }
    for number in &page.police_numbers {
        let link = format!("{:?}", number.link).to_lowercase();
        line(
            pick("公安备案号", "police number"),
            &format!("{} → {link} {}", number.canonical, number.href),
        );
    }
    for copyright in &page.copyright {
        let holder = if copyright.holder.is_empty() { none } else { &copyright.holder };
        line(pick("版权", "copyright"), &format!("{} [{}]", copyright.text, holder));
    }
    if page.needs_rendering {
        line(
            pick("提示", "note"),
            pick(
                "页面可能由脚本生成，原始标记不足以判断",
                "scripts may make this page; its markup as served does not tell all",
            ),
        );
    }
    text
}
