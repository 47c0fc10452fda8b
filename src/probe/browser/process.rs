//! A browser process: started with a profile of its own, ended for certain.

use super::cdp::{Cdp, Fault};
use super::profile::{self, Profile};
use crate::probe::BrowserOptions;
use serde_json::{Value, json};
use std::{path::Path, process::Stdio, time::Duration};
use tokio::{
    process::{Child, Command},
    task::spawn_blocking,
    time::timeout,
};

/// The first start on a cold disk takes its time.
const START: Duration = Duration::from_secs(30);
const END: Duration = Duration::from_secs(3);

/// What a browser learns of the environment. The rest, passwords in it, is nothing that a
/// program which runs strangers' scripts has to know.
const KEPT: &[&str] = &[
    "PATH",
    "HOME",
    "TMPDIR",
    "TZ",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "LD_LIBRARY_PATH",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_DIRS",
    "XDG_CONFIG_HOME",
    "XDG_DATA_DIRS",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "FONTCONFIG_FILE",
    "FONTCONFIG_PATH",
    "FONTCONFIG_SYSROOT",
];

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
    /// Its sandbox was wanted and is not to be had.
    pub(super) is_unguarded: bool,
    child: Child,
    /// Until it is removed.
    profile: Option<Profile>,
}

impl Chromium {
    /// Starts a browser and waits until it speaks; else says why not.
    pub(super) async fn start(options: &BrowserOptions) -> Result<Chromium, String> {
        let profile =
            Profile::create().map_err(|error| format!("a folder for its profile: {error}"))?;
        let is_root = is_root(profile.path());
        let spawned = command(options, profile.path(), is_root).spawn();
        let mut child = match spawned {
            Ok(child) => child,
            Err(error) => {
                profile.remove();
                return Err(format!("{}: {error}", options.path.display()));
            }
        };
        profile.belongs_to(child.id());
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            profile.abandon();
            return Err("it has no pipes".to_owned());
        };
        let mut browser = Chromium {
            cdp: Cdp::over(input, output),
            agent: String::new(),
            pages: 0,
            is_unguarded: options.sandbox && is_root,
            child,
            profile: Some(profile),
        };
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

    /// Its folder.
    pub(super) fn home(&self) -> Option<&Path> {
        self.profile.as_ref().map(Profile::path)
    }

    /// Ends the browser and removes its profile.
    pub(super) async fn close(mut self) {
        let close = self.cdp.call(None, "Browser.close", json!({}), END);
        if close.await.is_ok() && timeout(END, self.child.wait()).await.is_ok() {
            return self.clear().await;
        }
        self.kill().await;
    }

    /// Ends a browser that does not listen, and its helpers with it.
    pub(super) async fn kill(mut self) {
        let leader = self.child.id();
        let _ = spawn_blocking(move || profile::end_group(leader)).await;
        let _ = self.child.start_kill();
        let _ = timeout(END, self.child.wait()).await;
        self.clear().await;
    }

    async fn clear(&mut self) {
        if let Some(profile) = self.profile.take() {
            let _ = spawn_blocking(move || profile.remove()).await;
        }
    }
}

impl Drop for Chromium {
    /// Where nobody can wait, the browser ends and its profile is removed all the same.
    fn drop(&mut self) {
        if let Some(profile) = self.profile.take() {
            profile.abandon();
        }
    }
}

/// The shell moves the pipes to where the browser looks for them, and leaves of the environment
/// what the browser needs; then it is the browser.
fn command(options: &BrowserOptions, home: &Path, is_root: bool) -> Command {
    let kept: String = KEPT.iter().map(|name| format!("${{{name}+\"{name}=${name}\"}} ")).collect();
    let script = format!(
        "exec env -i {kept} /bin/sh -c 'exec \"$0\" \"$@\"' \"$0\" \"$@\" \
         3<&0 4>&1 </dev/null >/dev/null 2>/dev/null"
    );
    let mut command = Command::new("/bin/sh");
    command
        .arg("-c")
        .arg(script)
        .arg(&options.path)
        .args(FLAGS)
        .arg(format!("--user-data-dir={}", home.display()))
        .arg(format!("--js-flags=--max-old-space-size={SCRIPT_HEAP}"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    // Ctrl-C in the terminal is for us: what we do with our browsers, we do ourselves.
    #[cfg(unix)]
    command.process_group(0);
    if !options.sandbox || is_root {
        command.arg("--no-sandbox");
    }
    command
}

/// Chromium's sandbox does not work for the superuser.
#[cfg(unix)]
fn is_root(home: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    home.metadata().is_ok_and(|folder| folder.uid() == 0)
}

#[cfg(not(unix))]
fn is_root(_: &Path) -> bool {
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
