//! Pages that do not behave, and browsers that die.

use super::*;
use std::{fs, os::unix::fs::PermissionsExt, path::Path, sync::Arc, time::Instant};

#[tokio::test(flavor = "multi_thread")]
async fn dialogues_windows_and_workers_keep_nobody_from_reading_the_page() {
    let stage = Stage::open(pages([
        (
            "/dialogues",
            long(&format!(
                "<script>alert(1); const a = confirm('好吗'); const b = prompt('几号');
                 addEventListener('beforeunload', (e) => e.preventDefault());
                 if (a || b) throw new Error('answered')</script>{LINKED}"
            )),
        ),
        (
            "/windows",
            long(&format!("<script>for (let i = 0; i < 20; i++) window.open('/windows?' + i)</script>{LINKED}")),
        ),
        (
            "/workers",
            long(&format!(
                "<script>for (let i = 0; i < 4; i++) new Worker(URL.createObjectURL(new Blob(['for(;;);'])));
                 navigator.serviceWorker.register('/sw.js').catch(() => 0)</script>{LINKED}"
            )),
        ),
        ("/clock", long(&format!("{LINKED}<i id=t></i><script>setInterval(() => {{ t.textContent = '时间 ' + Date.now() }}, 20)</script>"))),
    ]))
    .await;
    let Some(stage) = stage else { return };
    for path in ["/dialogues", "/windows", "/workers", "/clock"] {
        let rendered = stage.page(path).await;
        assert_eq!(only(&rendered).0.canonical, NUMBER, "{path}");
        assert!(rendered.settled, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_without_bounds_is_given_up_and_the_next_one_is_shown() {
    let Some(path) = chromium() else { return };
    let browser = BrowserOptions { timeout: Duration::from_secs(8), ..options(path) };
    let answer = pages([
        ("/plain", long(LINKED)),
        ("/endless", long("<script>for (;;);</script>")),
        ("/reload", long("<script>location.reload()</script>")),
        ("/on-and-on", long("<script>location = '/on-and-on?' + Math.random()</script>")),
        (
            "/eats",
            long(
                "<script>const a = []; for (;;) a.push(new Array(100000).fill(a.length + 0.5))</script>",
            ),
        ),
        (
            "/buffers",
            long(
                "<script>const a = []; setInterval(() => a.push(new Uint8Array(3e8).fill(1)), 50)</script>",
            ),
        ),
        (
            "/grows",
            long(
                "<script>setInterval(() => { for (let i = 0; i < 2000; i++) document.body.append(document.createElement('p'), '新') }, 5)</script>",
            ),
        ),
    ]);
    let stage = Stage::with(browser, move |request| match super::path(request) {
        "/download" => rig::respond(
            "200 OK",
            &["Content-Type: application/zip", "Content-Disposition: attachment; filename=a.zip"],
            b"PK",
        ),
        _ => answer(request),
    })
    .await;
    let Some(stage) = stage else { return };
    let at = |path: &str| format!("http://site.example{path}");
    assert_eq!(stage.failure(&at("/download")).await, RenderFailure::Download);
    assert_eq!(stage.failure(&at("/reload")).await, RenderFailure::Redirects);
    assert_eq!(stage.failure(&at("/on-and-on")).await, RenderFailure::Redirects);
    assert_eq!(stage.failure(&at("/eats")).await, RenderFailure::TooLarge);
    if cfg!(target_os = "linux") {
        assert_eq!(stage.failure(&at("/buffers")).await, RenderFailure::TooLarge);
    }
    for path in ["/endless", "/grows"] {
        let start = Instant::now();
        match stage.see(&at(path)).await.rendering {
            Rendering::Shown(rendered) => {
                assert!(!rendered.settled, "{path}")
            }
            Rendering::Failed(failure) => {
                let bounds = [RenderFailure::Hung, RenderFailure::TooLarge];
                assert!(bounds.contains(&failure), "{path}: {}", failure.name());
            }
        }
        assert!(start.elapsed() < Duration::from_secs(70), "{path}: {:?}", start.elapsed());
    }
    assert_eq!(only(&stage.page("/plain").await).0.canonical, NUMBER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_nothing_is_not_waited_for_until_the_page_s_time_is_over() {
    let Some(path) = chromium() else { return };
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let socket = silent.local_addr().unwrap();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((connection, _)) = silent.accept().await {
            held.push(connection);
        }
    });
    let browser = BrowserOptions { timeout: Duration::from_secs(100), ..options(path) };
    let mut world = World::new().await;
    world.at(rig::SITE, 443, socket);
    world.options.deadline = Duration::from_secs(120);
    (world.options.render, world.options.browser) = (Render::Always, Some(browser));
    let stage = Stage { probe: world.probe(), world };
    let start = Instant::now();
    assert_eq!(stage.failure("https://site.example/").await, RenderFailure::Unreachable);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

/// The processes of a browser that was started with this mark: the browser itself, and the
/// folder of its profile.
pub(super) fn processes(mark: &str) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
        let Ok(line) = fs::read_to_string(entry.path().join("cmdline")) else { continue };
        if line.split('\0').any(|argument| argument == mark) && !line.contains("--type=") {
            let home = line.split('\0').find_map(|a| a.strip_prefix("--user-data-dir="));
            found.push((pid, home.unwrap_or_default().to_owned()));
        }
    }
    found
}

/// The browser under a name by which its processes are found, after these commands; and its mark.
pub(super) fn marked(browser: &Path, folder: &Path, before: &str) -> (PathBuf, String) {
    let mark = format!("--mark-{}", folder.file_name().unwrap().to_string_lossy());
    let program = folder.join("browser");
    let script = format!("#!/bin/sh\n{before}\nexec {} {mark} \"$@\"\n", browser.display());
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    (program, mark)
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_dies_is_replaced_and_leaves_nothing_behind() {
    let Some(path) = chromium() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (program, mark) = marked(&path, folder.path(), "");
    let browser = BrowserOptions { recycle_after: 2, ..options(program) };
    let homes = Arc::new(std::sync::Mutex::new(Vec::new()));
    let (marked, kept) = (mark.clone(), homes.clone());
    let stage = Stage::with(browser, move |request| {
        let mut homes = kept.lock().unwrap();
        let running = processes(&marked);
        // The first browser to ask for this page is ended while it waits for the answer.
        if super::path(request) == "/dies" && homes.is_empty() {
            // And so is the script that some systems wrap it in.
            let pids = running.iter().map(|(pid, _)| pid.to_string());
            let killed = std::process::Command::new("kill").arg("-9").args(pids).status();
            assert!(killed.unwrap().success());
        }
        for (_, home) in running {
            if !homes.contains(&home) {
                homes.push(home);
            }
        }
        rig::page(&long(LINKED))
    })
    .await;
    let Some(stage) = stage else { return };
    assert_eq!(only(&stage.page("/dies").await).0.canonical, NUMBER);
    assert_eq!(homes.lock().unwrap().len(), 2, "a second browser has taken over");
    for _ in 0..2 {
        stage.page("/").await;
    }
    assert_eq!(homes.lock().unwrap().len(), 3, "a browser is replaced after two pages");
    stage.probe.close().await;
    drop(stage);
    assert_eq!(processes(&mark), []);
    for home in homes.lock().unwrap().iter() {
        assert!(!home.is_empty() && !fs::exists(home).unwrap(), "{home}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_no_browser_costs_a_page_and_not_the_run() {
    let browser = BrowserOptions { sandbox: false, ..options(PathBuf::from("/bin/false")) };
    let Some(stage) = Stage::with(browser, pages([("/", long(LINKED))])).await else { return };
    assert_eq!(stage.failure("http://site.example/").await, RenderFailure::Browser);
}
