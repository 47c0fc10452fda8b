//! Descriptors: what a run may have open at a time. A site that could not be asked for want of
//! one would count as a fault of ours, so a run is no wider than its descriptors allow.

/// As many as any run needs, and what a system that refuses so many may grant: some name no
/// limit and have one all the same.
const WANTED: [u64; 3] = [65_536, 10_240, 4_096];
/// The program's own: files, the runtime, standard streams.
const OWN: u64 = 64;
/// One site: two hosts, questions to resolvers and registries, a connection at each.
const OF_SITE: u64 = 8;
/// One browser: its pipes, and both ends of what passes its proxy.
const OF_BROWSER: u64 = 144;

/// Raises the limit of this process as far as the system lets it.
#[cfg(unix)]
pub(super) fn raise() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let most = WANTED.map(|wanted| limit.maximum.unwrap_or(wanted).min(wanted));
    let more = |wanted: &u64| limit.current.is_some_and(|current| current < *wanted);
    // Where a system refuses all of them, the limit stays as it is, and the run is narrower.
    let _ = most.into_iter().filter(more).any(|wanted| {
        setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), ..limit }).is_ok()
    });
}

/// Elsewhere there is no such limit.
#[cfg(not(unix))]
pub(super) fn raise() {}

/// The most sites at a time beside so many browsers.
pub(super) fn most_sites(browsers: usize) -> usize {
    sites(limit(), browsers)
}

#[cfg(unix)]
fn limit() -> u64 {
    use rustix::process::{Resource, getrlimit};
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

#[cfg(not(unix))]
fn limit() -> u64 {
    u64::MAX
}

/// At least one: a run that is too narrow is slow, one of no width never ends.
fn sites(limit: u64, browsers: usize) -> usize {
    let browsers = u64::try_from(browsers).unwrap_or(u64::MAX);
    let left = limit.saturating_sub(OWN).saturating_sub(OF_BROWSER.saturating_mul(browsers));
    usize::try_from(left / OF_SITE).unwrap_or(usize::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_no_wider_than_its_descriptors_allow() {
        assert_eq!(sites(1024, 0), 120);
        assert_eq!(sites(1024, 2), 84);
        assert_eq!(sites(256, 8), 1);
        assert!(sites(4_096, 8) >= 256);
        assert_eq!(sites(u64::MAX, 64), usize::try_from((u64::MAX - 64 - 9216) / 8).unwrap());
    }
}
