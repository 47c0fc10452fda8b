//! Which browser, if any, pages are rendered by.

use super::settings::Settings;
use super::terminal;
use crate::probe::{BrowserOptions, Options, Render};
use crate::rules::Lang;
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Names under which a Chromium is found on the `PATH`: first those without windows of their own,
/// which cost a fraction.
pub const NAMES: [&str; 6] = [
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Where macOS keeps applications, which are on no `PATH`.
const APPLICATIONS: [&str; 2] = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// Browsers at a time that a machine of many processors gets of itself.
const WIDTH: usize = 8;

/// Lays the settings of the browser over the options. Without a browser, a run that could do
/// without goes on and says so once.
pub(super) fn lay(settings: &Settings, options: &mut Options) -> Result<()> {
    let wanted = match settings.browser.render.as_str() {
        "never" => return Ok(()),
        "always" => Render::Always,
        _ => Render::Auto,
    };
    let path = match find(settings)? {
        Some(path) => path,
        None if wanted == Render::Always => bail!("{}", missing(Lang::En)),
        None => {
            terminal::remark(missing(super::wiring::lang(settings)));
            return Ok(());
        }
    };
    options.render = wanted;
    options.browser = Some(BrowserOptions {
        path,
        width: width(settings),
        recycle_after: settings.browser.recycle_after,
        timeout: Duration::from_secs(settings.browser.timeout),
        screenshots: settings.output.evidence != "none",
        sandbox: settings.browser.sandbox,
    });
    Ok(())
}

/// Browsers at a time.
pub(super) fn width(settings: &Settings) -> usize {
    match settings.browser.width {
        0 => std::thread::available_parallelism().map_or(1, usize::from).min(WIDTH),
        width => width,
    }
}

/// The program that the settings name, else the first that is there; an error where the
/// settings name one that is not.
fn find(settings: &Settings) -> Result<Option<PathBuf>> {
    if !cfg!(all(unix, feature = "browser")) {
        if settings.browser.render == "always" {
            bail!("{}: this program was built without rendering", named(settings));
        }
        return Ok(None);
    }
    let named = settings.browser.path.as_str();
    if named.is_empty() {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
        let on_path = folders.iter().flat_map(|folder| NAMES.map(|name| folder.join(name)));
        let elsewhere = APPLICATIONS.map(PathBuf::from);
        return Ok(on_path.chain(elsewhere).find(|program| program.is_file()));
    }
    if !Path::new(named).is_file() {
        bail!("{}: there is no program {named}", settings.named("browser", "path"));
    }
    Ok(Some(PathBuf::from(named)))
}

fn named(settings: &Settings) -> String {
    settings.named("browser", "render")
}

fn missing(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => {
            "没有找到 Chromium，网页只按原始标记判断，需要浏览器才能确认的内容会列为“需要复核”。\
             安装：apt-get install chromium-headless-shell（或 Chromium、Google Chrome），\
             也可用 --browser 指定路径；不需要时用 --render never"
        }
        Lang::En => {
            "no Chromium was found: pages are judged by their markup alone, and what only a browser \
             can confirm is left for review. Install it (apt-get install chromium-headless-shell, \
             or Chromium, or Google Chrome), or name it with --browser PATH; --render never does \
             without"
        }
    }
}
