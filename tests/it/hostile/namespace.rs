//! The guard and the program's memory, in a network of the test's own.
//!
//! In a fresh network namespace every address is local, so that hostile sites are played at
//! their own addresses and traps stand at those that the guard refuses: each counts who
//! connects. What runs in there is the program as it is installed, with no table of sockets.

use super::{DEADLINE, Ground, Group, Internet, STEP, outcomes, patience};
use crate::{say_skipped_without, world::run::browser};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    env, fs,
    io::{Read, Write},
    net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

/// Set within the namespace.
const WITHIN: &str = "BEIAN_TEST_WITHIN_NAMESPACE";

/// The most memory that the program may take over all hostile sites at once, MiB.
const MEMORY: u64 = 768;

/// Addresses in every range that the guard refuses and that a socket can be bound to.
const REFUSED: [&str; 31] = [
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "127.1.2.3",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.254",
    "192.0.0.8",
    "192.0.2.1",
    "192.31.196.1",
    "192.52.193.1",
    "192.88.99.1",
    "192.168.1.1",
    "192.175.48.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "240.0.0.1",
    "::1",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:a00:1::1",
    "3fff::1",
    "5f00::1",
    "fd00::1",
    "fec0::1",
];

/// Ports at which traps stand at each of them.
const PORTS: [u16; 3] = [80, 443, 8080];

/// Makes every IPv4 address local, and these of IPv6.
const SETUP: &str = "set -e
ip link set lo up
ip route add local 0.0.0.0/0 dev lo
for address in $BEIAN_TEST_ADDRESSES; do ip -6 addr add \"$address\" dev lo nodad; done
exec \"$@\"";

/// The same test, called again within the namespace, plays the second part.
#[test]
fn no_refused_address_is_reached_in_a_network_where_each_would_answer() {
    if env::var_os(WITHIN).is_some() {
        return within();
    }
    if !is_possible() {
        return say_skipped_without("a network namespace (util-linux, iproute2, user namespaces)");
    }
    let addresses: Vec<String> = REFUSED
        .iter()
        .filter(|a| a.contains(':') && **a != "::1")
        .map(|a| format!("{a}/128"))
        .collect();
    let me = env::current_exe().unwrap();
    let name =
        "hostile::namespace::no_refused_address_is_reached_in_a_network_where_each_would_answer";
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--net", "--", "sh", "-c", SETUP, "sh"])
        .arg(me)
        .args(["--exact", name, "--nocapture"])
        .env(WITHIN, "1")
        .env("BEIAN_TEST_ADDRESSES", addresses.join(" "))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "within the namespace:\n{said}\n{complained}");
    assert!(said.contains("1 passed"), "{said}");
    for line in said.lines().filter(|line| line.starts_with("within: ")) {
        println!("{line}");
    }
}

/// Whether the programs are here and the system lets us make a namespace.
fn is_possible() -> bool {
    let tried = Command::new("unshare")
        .args(["--user", "--map-root-user", "--net", "--", "ip", "link", "set", "lo", "up"])
        .stderr(Stdio::null())
        .status();
    tried.is_ok_and(|status| status.success())
}

/// Who connected to which refused address.
#[derive(Clone, Default)]
struct Traps {
    met: Arc<Mutex<BTreeMap<SocketAddr, u32>>>,
}

impl Traps {
    fn set() -> Traps {
        let traps = Traps::default();
        for address in REFUSED {
            let address: IpAddr = address.parse().unwrap();
            for port in PORTS {
                let at = SocketAddr::new(address, port);
                let listener = TcpListener::bind(at).unwrap_or_else(|e| panic!("{at}: {e}"));
                let met = Arc::clone(&traps.met);
                std::thread::spawn(move || {
                    while let Ok((stream, _)) = listener.accept() {
                        *met.lock().unwrap().entry(at).or_default() += 1;
                        std::thread::spawn(move || answer(stream));
                    }
                });
            }
            // What a page's telephony asks of its helpers.
            let at = SocketAddr::new(address, 3478);
            let (socket, met) = (UdpSocket::bind(at).unwrap(), Arc::clone(&traps.met));
            std::thread::spawn(move || {
                while socket.recv_from(&mut [0; 1500]).is_ok() {
                    *met.lock().unwrap().entry(at).or_default() += 1;
                }
            });
        }
        traps
    }

    /// Who was met since this was asked last.
    fn met(&self) -> BTreeMap<SocketAddr, u32> {
        std::thread::sleep(Duration::from_millis(200));
        std::mem::take(&mut *self.met.lock().unwrap())
    }
}

/// Answers with a page that asks for all refused addresses.
fn answer(mut stream: TcpStream) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    // Whoever only connects, or speaks TLS, is hung up on.
    let mut asked = [0; 4096];
    if !stream.read(&mut asked).is_ok_and(|_| asked.starts_with(b"GET ")) {
        return;
    }
    let hosts = REFUSED.map(|address| match address.contains(':') {
        true => format!("'[{address}]'"),
        false => format!("'{address}'"),
    });
    let page = format!(
        "<!doctype html><title>内网</title><script>for (const host of [{}]) \
         fetch('http://' + host + '/a', {{mode: 'no-cors'}}).catch(() => 0)</script>",
        hosts.join(",")
    );
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close";
    let _ = write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{page}", page.len());
}

/// What is done within the namespace.
fn within() {
    let traps = Traps::set();
    for address in REFUSED {
        for port in PORTS {
            let at = SocketAddr::new(address.parse().unwrap(), port);
            TcpStream::connect_timeout(&at, Duration::from_secs(5))
                .unwrap_or_else(|error| panic!("{at}, without the guard: {error}"));
        }
        let at = SocketAddr::new(address.parse().unwrap(), 3478);
        let from = if at.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        UdpSocket::bind(from).unwrap().send_to(b"x", at).unwrap();
    }
    assert_eq!(traps.met().len(), REFUSED.len() * (PORTS.len() + 1), "every trap works");

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let internet = runtime.block_on(Internet::start(Ground::Namespace, &Group::ALL)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage { internet: &internet, folder: folder.path() };

    // Everything at once, in one run over one list; beside it the browser's part.
    let all = stage.audit("all", |_| true, &["--render", "never"]);
    let has_browser = browser().is_some();
    let led = |name: &str| {
        ["goes-", "asks-", "redirected-", "inside-name"].iter().any(|start| name.starts_with(start))
    };
    let shown = has_browser.then(|| stage.audit("shown", led, &["--render", "always"]));
    let peak = watched(all, "all");
    if let Some(shown) = shown {
        watched(shown, "shown");
    }
    assert_eq!(traps.met(), BTreeMap::new(), "reached in spite of the guard");
    println!("within: {} refused addresses, none reached; peak memory {peak} MiB", REFUSED.len());
    assert!(peak < MEMORY, "{peak} MiB over all hostile sites, {MEMORY} at most");
    stage.holds("all", |_| true, false);

    // The same without the guard: so it is the guard that kept us out.
    let open = ["--allow-address", "0.0.0.0/0", "--allow-address", "::/0"];
    let inside = |name: &str| name.starts_with("inside-") || name == "dns-inside";
    watched(stage.audit("open", inside, &[&open[..], &["--render", "never"]].concat()), "open");
    let met = traps.met();
    let reached =
        |address: &str| met.keys().any(|at| at.ip() == address.parse::<IpAddr>().unwrap());
    for address in ["10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.1"] {
        assert!(reached(address), "{address} is not reached without the guard: {met:?}");
    }
    for address in ["::1", "fd00::1", "64:ff9b::a00:1", "2002:a00:1::1"] {
        assert!(reached(address), "{address} is not reached without the guard: {met:?}");
    }
    if has_browser {
        // What is opened is open for pages that stand there, not for whoever asks for it.
        let open = [&open[..], &["--render", "always"]].concat();
        let asks = |name: &str| name.starts_with("asks-") || name == "redirected-inside";
        watched(stage.audit("open-outside", asks, &open), "open-outside");
        stage.holds("open-outside", asks, true);
        assert_eq!(traps.met(), BTreeMap::new(), "reached by pages that stand outside");

        let list = stage.list(|name| name == "asks-inside").replace("asks-inside.", "inner.");
        watched(stage.audit_list("open-inside", &list, &open), "open-inside");
        let met = traps.met();
        for address in REFUSED {
            let address: IpAddr = address.parse().unwrap();
            assert!(met.keys().any(|at| at.ip() == address), "{address} by a browser: {met:?}");
        }
        assert!(met.keys().all(|at| at.port() != 3478), "past the proxy: {met:?}");
    }
    runtime.block_on(internet.stop());
}

/// Where the program is run.
struct Stage<'a> {
    internet: &'a Internet,
    folder: &'a Path,
}

impl Stage<'_> {
    /// The list of the hostile sites of these names.
    fn list(&self, wanted: impl Fn(&str) -> bool) -> String {
        let list = self.internet.list();
        let chosen = list.lines().enumerate().filter(|(at, line)| {
            let site = line.split('.').next().unwrap_or_default();
            *at == 0 || wanted(site)
        });
        chosen.map(|(_, line)| format!("{line}\r\n")).collect()
    }

    /// Starts the program over the hostile sites of these names.
    fn audit(&self, name: &str, wanted: impl Fn(&str) -> bool, flags: &[&str]) -> Child {
        self.audit_list(name, &self.list(wanted), flags)
    }

    /// Starts the program over a list.
    fn audit_list(&self, name: &str, list: &str, flags: &[&str]) -> Child {
        let path = self.path(&format!("{name}.csv"));
        fs::write(&path, list).unwrap();
        let root = self.path("root.pem");
        fs::write(&root, self.internet.root()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_beian"));
        command.arg("audit").arg(path).arg("-o").arg(self.path(name));
        for resolver in self.internet.resolvers() {
            command.arg("--resolver").arg(resolver.to_string());
        }
        command
            .arg("--ca-cert")
            .arg(root)
            .args(["--timeout", &(STEP * patience()).as_secs().to_string()])
            .args(["--deadline", &(DEADLINE * patience()).as_secs().to_string()])
            .args(["--max-body", "8388608"])
            .args(["--concurrency", "500", "--format", "json", "--exit-zero"])
            .args(["--evidence", "none", "--at", "2026-11-22T08:00:00+08:00"])
            .args(flags)
            .env("BEIAN_PACE__SECOND_LOOK_AFTER", "1")
            .env("BEIAN_BROWSER__TIMEOUT", (6 * patience()).to_string())
            .env("BEIAN_BROWSER__WIDTH", "3")
            .env_remove(WITHIN)
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(fs::File::create(self.path(&format!("{name}.json"))).unwrap())
            .stderr(fs::File::create(self.path(&format!("{name}.log"))).unwrap());
        command.spawn().unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Every site of a run ended as it must, and none is lost; pages that attack a browser only
    /// where they were shown to one.
    fn holds(&self, name: &str, wanted: impl Fn(&str) -> bool, shown: bool) {
        let summary = fs::read_to_string(self.path(name).join("summary.json")).unwrap();
        let summary: Value = serde_json::from_str(&summary).unwrap();
        let audits = fs::read_to_string(self.path(name).join("audits.jsonl")).unwrap();
        let all = outcomes(self.internet, &audits).unwrap();
        let chosen: Vec<_> = all.iter().filter(|outcome| wanted(outcome.case.name)).collect();
        assert_eq!(summary["rows"], chosen.len());
        assert_eq!(summary["audited"], chosen.len());
        let log = fs::read_to_string(self.path(&format!("{name}.log"))).unwrap();
        let errors: Vec<&str> = log.lines().filter(|line| line.contains("ERROR")).collect();
        assert_eq!(summary["faults"], 0, "{}", errors.join("\n"));
        // Without a browser its sites are no more than pages.
        let judged = chosen.iter().filter(|outcome| shown || outcome.case.group != Group::Browser);
        let wrong: Vec<String> = judged
            .filter(|outcome| !outcome.is_right())
            .map(|outcome| format!("{}: {}", outcome.case.name, outcome.ended()))
            .collect();
        assert!(wrong.is_empty(), "ended otherwise than they must:\n{}", wrong.join("\n"));
    }
}

/// Waits for the program; the most memory that it took, MiB.
fn watched(mut child: Child, name: &str) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let ended = loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let now = line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok());
        peak = peak.max(now.unwrap_or_default() / 1024);
        match child.try_wait().unwrap() {
            Some(ended) => break ended,
            None => std::thread::sleep(Duration::from_millis(100)),
        }
    };
    assert!(ended.success(), "{name}: {ended}");
    peak
}
