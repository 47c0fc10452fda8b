//! How much memory a page takes that its script heap's bound does not see.

use std::{collections::HashMap, fs, time::Duration};
use tokio::time::sleep;

/// Bytes of one process of a browser.
const MOST: u64 = 2 << 30;
const BETWEEN: Duration = Duration::from_millis(700);

/// Returns once a process below this one takes more than a page may; never where the system
/// does not tell.
pub(super) async fn overflow(browser: u32) {
    loop {
        sleep(BETWEEN).await;
        if largest_below(browser) > MOST {
            return;
        }
    }
}

/// The largest process of a family, bytes; 0 where there is none or nobody tells.
fn largest_below(root: u32) -> u64 {
    let Ok(entries) = fs::read_dir("/proc") else { return 0 };
    let mut family: HashMap<u32, (u32, u64)> = HashMap::new();
    for entry in entries.flatten() {
        let Ok(id) = entry.file_name().to_string_lossy().parse() else { continue };
        let Ok(status) = fs::read_to_string(entry.path().join("status")) else { continue };
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        let parent = field("PPid:").and_then(|id| u32::try_from(id).ok()).unwrap_or_default();
        family.insert(id, (parent, field("VmRSS:").unwrap_or_default() << 10));
    }
    let is_below = |id: u32| {
        let up = |at: &u32| family.get(at).map(|(parent, _)| *parent);
        std::iter::successors(Some(id), up).take(32).any(|at| at == root)
    };
    family.iter().filter(|(id, _)| is_below(**id)).map(|(_, (_, size))| *size).max().unwrap_or(0)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_largest_process_of_a_family_is_found() {
        let own = std::process::id();
        assert!(largest_below(own) > 1 << 20);
        assert_eq!(largest_below(u32::MAX), 0);
    }
}
