//! The bounds of the settings.

use super::settings::Settings;
use crate::probe::views::When;
use anyhow::{Result, bail};

impl Settings {
    /// Refuses what a run could not work with, and says where it was set.
    pub(super) fn check_bounds(&self) -> Result<()> {
        let wrong =
            |section: &str, key: &str, what: &str| bail!("{}: {what}", self.named(section, key));
        if !["zh", "en"].contains(&self.output.lang.as_str()) {
            return wrong("output", "lang", "must be zh or en");
        }
        if !["findings", "all", "none"].contains(&self.output.evidence.as_str()) {
            return wrong("output", "evidence", "must be findings, all or none");
        }
        if !(1..=60).contains(&self.notices.extension) {
            return wrong("notices", "extension", "must be 1 to 60 working days");
        }
        if self.http.timeout == 0 || self.http.timeout > 3_600 {
            return wrong("http", "timeout", "must be 1 to 3600 seconds");
        }
        if self.http.deadline < self.http.timeout || self.http.deadline > 86_400 {
            let step = (self.http.timeout, self.named("http", "timeout"));
            let what = format!(
                "is {}; must be at least the {} of {}, at most 86400 seconds",
                self.http.deadline, step.0, step.1
            );
            return wrong("http", "deadline", &what);
        }
        if self.http.max_body < 8 << 20 {
            return wrong(
                "http",
                "max_body",
                "must be at least 8388608 (8 MiB): pages have their numbers at the foot",
            );
        }
        if self.http.max_redirects > 50 {
            return wrong("http", "max_redirects", "must be at most 50");
        }
        self.check_browser()?;
        if views_when(&self.http.views).is_none() {
            return wrong("http", "views", "must be auto, always or never");
        }
        if self.pace.per_host == 0 {
            return wrong("pace", "per_host", "must be at least 1");
        }
        if self.pace.per_address == 0 {
            return wrong("pace", "per_address", "must be at least 1");
        }
        if !(1..=6_000).contains(&self.registration.per_minute) {
            return wrong("registration", "per_minute", "must be 1 to 6000");
        }
        if !(1..=8).contains(&self.registration.per_server) {
            return wrong("registration", "per_server", "must be 1 to 8");
        }
        if !(1..=600).contains(&self.registration.timeout) {
            return wrong("registration", "timeout", "must be 1 to 600 seconds");
        }
        if self.registration.cache_days > 90 {
            return wrong("registration", "cache_days", "must be at most 90");
        }
        let widths = [
            ("concurrency", self.pace.concurrency),
            ("resolving", self.pace.resolving),
            ("requests", self.pace.requests),
        ];
        for (key, width) in widths {
            if width > 100_000 {
                return wrong("pace", key, "must be at most 100000");
            }
        }
        Ok(())
    }

    fn check_browser(&self) -> Result<()> {
        let wrong = |key: &str, what: &str| bail!("{}: {what}", self.named("browser", key));
        if !["never", "auto", "always"].contains(&self.browser.render.as_str()) {
            return wrong("render", "must be never, auto or always");
        }
        if self.browser.width > 64 {
            return wrong("width", "must be at most 64");
        }
        if !(1..=10_000).contains(&self.browser.recycle_after) {
            return wrong("recycle_after", "must be 1 to 10000 pages");
        }
        if !(1..=600).contains(&self.browser.timeout) {
            return wrong("timeout", "must be 1 to 600 seconds");
        }
        Ok(())
    }
}

/// When other visitors are played, as the settings say it.
pub(super) fn views_when(text: &str) -> Option<When> {
    match text {
        "auto" => Some(When::Auto),
        "always" => Some(When::Always),
        "never" => Some(When::Never),
        _ => None,
    }
}
