//! robots.txt, as far as one homepage needs it (RFC 9309).

/// Bytes of a robots.txt that are read.
pub(super) const MAX_BYTES: usize = 500 * 1024;

/// Whether robots.txt lets this agent fetch this path. The longest matching rule of the
/// agent's own group holds, else of the group for all; of two as long, the one that allows.
pub(super) fn allows(robots: &str, agent: &str, path: &str) -> bool {
    let token: String =
        agent.chars().take_while(|c| c.is_ascii_alphabetic() || matches!(c, '-' | '_')).collect();
    let (mut own, mut all) = (Group::default(), Group::default());
    let (mut for_own, mut for_all, mut in_rules) = (false, false, false);
    for (key, value) in robots.lines().filter_map(rule) {
        match key.as_str() {
            "user-agent" => {
                if in_rules {
                    (for_own, for_all, in_rules) = (false, false, false);
                }
                for_all |= value == "*";
                let is_own = !token.is_empty() && value.eq_ignore_ascii_case(&token);
                for_own |= is_own;
                own.named |= is_own;
            }
            "allow" | "disallow" => {
                in_rules = true;
                let allow = key == "allow";
                let groups = [(for_own, &mut own), (for_all, &mut all)];
                for (_, group) in groups.into_iter().filter(|(applies, _)| *applies) {
                    group.hear(allow, value, path);
                }
            }
            _ => {}
        }
    }
    if own.named { own.verdict() } else { all.verdict() }
}

fn rule(line: &str) -> Option<(String, &str)> {
    let line = line.split('#').next().unwrap_or_default();
    let (key, value) = line.trim_start_matches('\u{feff}').split_once(':')?;
    Some((key.trim().to_ascii_lowercase(), value.trim()))
}

#[derive(Default)]
struct Group {
    named: bool,
    /// Length and word of the longest rule that matches.
    best: Option<(usize, bool)>,
}

impl Group {
    fn hear(&mut self, allow: bool, pattern: &str, path: &str) {
        if !pattern.is_empty() && matches(pattern, path) {
            self.best = self.best.max(Some((pattern.len(), allow)));
        }
    }

    fn verdict(&self) -> bool {
        self.best.is_none_or(|(_, allow)| allow)
    }
}

/// `*` stands for anything, `$` for the end.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, to_end) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut parts = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut last = None;
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
        last = Some(part);
    }
    match last {
        _ if !to_end => true,
        Some(part) => part.is_empty() || path.ends_with(part),
        None => rest.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGENT: &str = "beian/0.1";

    #[test]
    fn the_agents_own_group_goes_before_the_one_for_all() {
        let robots = "User-agent: *\nDisallow: /\n\nUser-agent: beian\nDisallow: /admin\n";
        assert!(allows(robots, AGENT, "/"));
        assert!(!allows(robots, AGENT, "/admin/x"));
        assert!(!allows(robots, "other/1", "/"));
    }

    #[test]
    fn the_longest_rule_holds_and_allow_wins_a_tie() {
        let robots = "user-agent: *\ndisallow: /\nallow: /$\nallow: /pub # open\ndisallow: /pub\n";
        assert!(allows(robots, AGENT, "/"));
        assert!(allows(robots, AGENT, "/pub/a"));
        assert!(!allows(robots, AGENT, "/other"));
    }

    #[test]
    fn several_agents_share_a_group_and_an_empty_rule_says_nothing() {
        let robots = "User-agent: a\nUser-agent: *\nDisallow:\nDisallow: /*.php$\n";
        assert!(allows(robots, AGENT, "/"));
        assert!(!allows(robots, AGENT, "/index.php"));
        assert!(allows(robots, AGENT, "/index.php5"));
        assert!(allows("", AGENT, "/"));
        assert!(allows("<html>404</html>", AGENT, "/"));
    }
}
