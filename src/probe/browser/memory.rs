//! How much memory a page takes that its script heap's bound does not see.

use std::{collections::HashMap, fs, time::Duration};
use tokio::time::sleep;

/// Bytes of one process of a browser.
const MOST: u64 = 2 << 30;
/// Bytes of all of them, without what is only mapped from files.
const MOST_IN_ALL: u64 = 3 << 30;
const BETWEEN: Duration = Duration::from_millis(700);

/// A process: its parent, its size, and what of that is its own.
#[derive(Clone, Copy, Debug)]
struct Process {
    parent: u32,
    size: u64,
    own: u64,
}

/// Returns once the processes below this one take more than a page may; never where the
/// system does not tell.
pub(super) async fn overflow(browser: u32) {
    loop {
        sleep(BETWEEN).await;
        if is_too_much(&family(browser)) {
            return;
        }
    }
}

fn is_too_much(family: &[Process]) -> bool {
    let largest = family.iter().map(|process| process.size).max().unwrap_or(0);
    let all = family.iter().fold(0_u64, |sum, process| sum.saturating_add(process.own));
    largest > MOST || all > MOST_IN_ALL
}

/// A process and all below it; empty where there is none or nobody tells.
fn family(root: u32) -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let mut all: HashMap<u32, Process> = HashMap::new();
    for entry in entries.flatten() {
        let Ok(id) = entry.file_name().to_string_lossy().parse() else { continue };
        let Ok(status) = fs::read_to_string(entry.path().join("status")) else { continue };
        all.insert(id, process(&status));
    }
    let is_below = |id: u32| {
        let up = |at: &u32| all.get(at).map(|process| process.parent);
        std::iter::successors(Some(id), up).take(32).any(|at| at == root)
    };
    all.iter().filter(|(id, _)| is_below(**id)).map(|(_, process)| *process).collect()
}

/// What the system says of a process.
fn process(status: &str) -> Process {
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    let kibibytes = |name| field(name).map(|size| size << 10);
    let size = kibibytes("VmRSS:").unwrap_or_default();
    let shared = kibibytes("RssShmem:").unwrap_or_default();
    Process {
        parent: field("PPid:").and_then(|id| u32::try_from(id).ok()).unwrap_or_default(),
        size,
        own: kibibytes("RssAnon:").map_or(size, |anonymous| anonymous + shared),
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_processes_of_a_family_are_found() {
        let own = family(std::process::id());
        assert!(own.iter().any(|process| process.size > 1 << 20));
        assert!(family(u32::MAX).is_empty());
    }

    #[test]
    fn one_large_process_is_too_much_and_so_are_many_small_ones() {
        let of = |own: u64| Process { parent: 1, size: own + (200 << 20), own };
        assert!(is_too_much(&[of(2 << 30)]));
        assert!(is_too_much(&[of(1 << 30); 4]));
        assert!(!is_too_much(&[of(100 << 20); 12]));
        let told = process("PPid:\t7\nVmRSS:\t 300 kB\nRssAnon:\t100 kB\nRssShmem:\t20 kB\n");
        assert_eq!((told.parent, told.size, told.own), (7, 300 << 10, 120 << 10));
        assert_eq!(process("VmRSS:\t300 kB\n").own, 300 << 10);
    }
}
