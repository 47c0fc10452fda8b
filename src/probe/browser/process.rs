//! A browser process: started with a profile of its own, ended for certain.

use super::cdp::{Cdp, Fault};
use crate::probe::BrowserOptions;
use serde_json::{Value, json};
use std::{process::Stdio, time::Duration};
use tempfile::TempDir;
use tokio::{
    process::{Child, Command},
    time::timeout,
};

/// The first start on a cold disk takes its time.
const START: Duration = Duration::from_secs(30);
const END: Duration = Duration::from_secs(3);

/// MiB of a page's JavaScript objects; a page that wants more is ended by the browser.
const SCRIPT_HEAP: u32 = 384;

/// What the browser must not do of its own: call home, keep things, ask things.
const FLAGS: &[&str] = &[
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--no-service-autorun",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-extensions-with-background-pages",
    "--disable-component-update",
    "--disable-crash-reporter",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-field-trial-config",
    "--disable-gpu",
    "--disable-notifications",
    "--disable-print-preview",
    "--disable-prompt-on-repost",
    "--disable-quic",
    "--disable-search-engine-choice-screen",
    "--disable-speech-api",
    "--disable-sync",
    "--dns-prefetch-disable",
    "--deny-permission-prompts",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--metrics-recording-only",
    "--mute-audio",
    "--password-store=basic",
    "--use-mock-keychain",
    "--lang=zh-CN",
    // A page that nobody looks at runs as if somebody did.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    // Certificates are judged by the crawler.
    "--ignore-certificate-errors",
    // All frames of a page are looked into through one session. There is nothing in the
    // profile that one site could steal from another: it is a fresh one for each.
    "--disable-site-isolation-trials",
    "--disable-features=IsolateOrigins,site-per-process,IsolateSandboxedIframes,\
     HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,Translate,OptimizationHints,\
     MediaRouter,DialMediaRouteProvider,InterestFeedContentSuggestions,AutofillServerCommunication,\
     CertificateTransparencyComponentUpdater,PrivacySandboxSettings4,DestroyProfileOnBrowserClose",
    // No way past the proxy: no name is resolved here, and no other address is spoken to.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--proxy-server=http://0.0.0.0:9",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
];

/// A running browser.
pub(super) struct Chromium {
    pub(super) cdp: Cdp,
    /// How the browser introduces itself, less what says that nobody sits before it.
    pub(super) agent: String,
    /// Pages shown so far.
    pub(super) pages: u32,
    child: Child,
    home: TempDir,
}

impl Chromium {
    /// Starts a browser and waits until it speaks; else says why not.
    pub(super) async fn start(options: &BrowserOptions) -> Result<Chromium, String> {
        let home = tempfile::Builder::new().prefix("beian-browser-").tempdir();
        let home = home.map_err(|error| format!("a folder for its profile: {error}"))?;
        let mut child = command(options, &home)
            .spawn()
            .map_err(|error| format!("{}: {error}", options.path.display()))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("it has no pipes".to_owned());
        };
        let cdp = Cdp::over(input, output);
        let mut browser = Chromium { cdp, agent: String::new(), pages: 0, child, home };
        match browser.cdp.call(None, "Browser.getVersion", json!({}), START).await {
            Ok(version) => {
                let agent = version.get("userAgent").and_then(Value::as_str).unwrap_or_default();
                let agent = agent.replace("HeadlessChrome", "Chrome");
                browser.agent = format!("{agent} beian/{}", env!("CARGO_PKG_VERSION"));
                Ok(browser)
            }
            Err(fault) => {
                browser.kill().await;
                Err(why_not(&fault, options))
            }
        }
    }

    /// Its process, as long as it runs.
    pub(super) fn process(&self) -> Option<u32> {
        self.child.id()
    }

    /// Ends the browser and removes its profile.
    pub(super) async fn close(mut self) {
        let close = self.cdp.call(None, "Browser.close", json!({}), END);
        if close.await.is_ok() && timeout(END, self.child.wait()).await.is_ok() {
            return;
        }
        self.kill().await;
    }

    /// Ends a browser that does not listen. Its helpers end with it: their channels close.
    pub(super) async fn kill(mut self) {
        let _ = self.child.start_kill();
        let _ = timeout(END, self.child.wait()).await;
    }
}

impl Drop for Chromium {
    /// Where nobody can wait, the profile is removed all the same, a moment after the end of
    /// those who write into it.
    fn drop(&mut self) {
        const TRIES: u32 = 20;
        let _ = self.child.start_kill();
        for _ in 0..TRIES {
            let ended = matches!(self.child.try_wait(), Ok(Some(_)));
            let removed = ended && std::fs::remove_dir_all(self.home.path()).is_ok();
            if removed && !self.home.path().exists() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        tracing::warn!(path = %self.home.path().display(), "a browser's profile is left behind");
    }
}

/// The shell moves the pipes to where the browser looks for them; then it is the browser.
fn command(options: &BrowserOptions, home: &TempDir) -> Command {
    let mut command = Command::new("/bin/sh");
    command
        .arg("-c")
        .arg("exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null")
        .arg(&options.path)
        .args(FLAGS)
        .arg(format!("--user-data-dir={}", home.path().display()))
        .arg(format!("--js-flags=--max-old-space-size={SCRIPT_HEAP}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    // Ctrl-C in the terminal is for us: what we do with our browsers, we do ourselves.
    #[cfg(unix)]
    command.process_group(0);
    if !options.sandbox || is_root(home) {
        command.arg("--no-sandbox");
    }
    command
}

/// Chromium's sandbox does not work for the superuser.
#[cfg(unix)]
fn is_root(home: &TempDir) -> bool {
    use std::os::unix::fs::MetadataExt;
    home.path().metadata().is_ok_and(|folder| folder.uid() == 0)
}

#[cfg(not(unix))]
fn is_root(_: &TempDir) -> bool {
    false
}

fn why_not(fault: &Fault, options: &BrowserOptions) -> String {
    let hint = if options.sandbox {
        " (in a container that forbids its sandbox, set browser.sandbox = false)"
    } else {
        ""
    };
    format!("{}: {fault}{hint}", options.path.display())
}
