//! Pages seen through a real Chromium, served on loopback.

mod bounds;
mod content;
mod fence;
mod picture;
mod sight;

use super::rig::{self, World};
use beian::{
    evidence::{Layout, RenderFailure, Rendered, Rendering, Sight},
    page::ShownNumber,
    probe::{BrowserOptions, Probe, Render, Shot},
};
use std::{path::PathBuf, time::Duration};

/// The number that pages of these tests show.
const NUMBER: &str = "粤ICP备2099000123号-1";
const LINKED: &str = "<a href=\"https://beian.miit.gov.cn/\">粤ICP备2099000123号-1</a>";

/// Chromium, where it is installed; else the test is skipped, loudly.
fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .flat_map(|folder| {
            ["chromium", "chromium-browser", "google-chrome"].map(|n| folder.join(n))
        })
        .find(|program| program.is_file());
    if found.is_none() {
        crate::say_skipped_without("chromium");
    }
    found
}

fn options(path: PathBuf) -> BrowserOptions {
    BrowserOptions {
        path,
        width: 1,
        recycle_after: 100,
        timeout: Duration::from_secs(15),
        screenshots: false,
        sandbox: true,
    }
}

/// A world in which the hosts below `example` are at one address, and a browser to see them.
struct Stage {
    world: World,
    probe: Probe,
}

/// What came of a page.
struct Seen {
    rendering: Rendering,
    shots: Vec<Shot>,
}

impl Stage {
    /// Answers requests with what `respond` makes of them; `None` where there is no browser.
    async fn open(respond: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Option<Stage> {
        Stage::with(options(chromium()?), respond).await
    }

    async fn with(
        browser: BrowserOptions,
        respond: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static,
    ) -> Option<Stage> {
        let mut world = World::new().await;
        world.http(respond).await;
        for host in ["foot.site.example", "other.example", "www.site.example"] {
            world.host(host, rig::SITE);
        }
        world.host("private.example", "10.0.0.1");
        world.options.deadline = Duration::from_secs(120);
        world.options.render = Render::Always;
        world.options.browser = Some(browser);
        let probe = world.probe();
        Some(Stage { world, probe })
    }

    async fn see(&self, url: &str) -> Seen {
        let look = self.probe.show(url.parse().unwrap()).await.unwrap();
        let rendering = look.evidence.hosts[0].rendering.clone().unwrap();
        Seen { rendering, shots: look.shots }
    }

    /// The page at a path of `site.example`.
    async fn page(&self, path: &str) -> Rendered {
        match self.see(&format!("http://site.example{path}")).await.rendering {
            Rendering::Shown(rendered) => *rendered,
            Rendering::Failed(failure) => panic!("{path}: {}", failure.name()),
        }
    }

    async fn failure(&self, url: &str) -> RenderFailure {
        match self.see(url).await.rendering {
            Rendering::Failed(failure) => failure,
            Rendering::Shown(rendered) => panic!("{url}: {rendered:?}"),
        }
    }
}

/// Answers each path with its page; what is not there is a 404.
fn pages<const N: usize>(
    pages: [(&'static str, String); N],
) -> impl Fn(&str) -> Vec<u8> + Send + Sync {
    move |request| {
        let path = path(request);
        match pages.iter().find(|(at, _)| *at == path) {
            Some((_, body)) => rig::page(body),
            None => rig::respond("404 Not Found", &[], b""),
        }
    }
}

fn path(request: &str) -> &str {
    request.split(' ').nth(1).unwrap().split('?').next().unwrap()
}

/// A page with so much text before its foot that it is longer than a screen.
fn long(foot: &str) -> String {
    let text = "<p>示例公司的产品与服务介绍。</p>".repeat(60);
    format!("<!doctype html><title>示例网站</title><body>{text}<footer>{foot}</footer></body>")
}

/// The only number of a page and its layout.
fn only(rendered: &Rendered) -> (&ShownNumber, &Layout) {
    let numbers = &rendered.page.record_numbers;
    assert_eq!((numbers.len(), rendered.numbers.len()), (1, 1), "{numbers:?}");
    (&numbers[0], &rendered.numbers[0])
}
