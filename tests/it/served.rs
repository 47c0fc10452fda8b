//! The command line against a real site: a resolver and a web server on loopback, reached
//! over the same flags that an operator has.

use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, UdpSocket},
    path::Path,
    process::{Command, Output, Stdio},
    thread,
};

/// A page of a site that shows no record number.
const BARE: &str = "<!doctype html><meta charset=utf-8><title>示例网站</title><p>这是一个没有展示备案号的\
                    示例网站，首页有足够的文字，供检测程序阅读，欢迎各位访客光临指导，谢谢。</p>";

/// A page that tries to write on terminals, break rows and begin formulas.
const HOSTILE: &str = "<!doctype html><meta charset=utf-8><title>=cmd|\u{1b}[31m\u{202e}\u{2028}\u{85}\r\n,\"x\
                       </title><p>这是一个没有展示备案号的示例网站，首页有足够的文字，供检测程序阅读，谢谢。</p>\
                       <footer><a href='https://beian.miit.gov.cn.evil.example/'>粤ICP备2099000123号-1</a></footer>";

/// A page with text enough and no number, whose title a script writes.
const SCRIPTED: &str = "<!doctype html><meta charset=utf-8><title>示例网站</title>\
                        <script>document.title = '脚本写的标题'</script>";

/// Answers every question for an A record with 127.0.0.1; names that begin with `dead` are not.
fn resolver() -> String {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap().to_string();
    thread::spawn(move || {
        let mut question = [0; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut question) {
            let mut end = 12;
            while question[end] != 0 {
                end += usize::from(question[end]) + 1;
            }
            let is_dead =
                question[..length].windows(4).any(|name| name.eq_ignore_ascii_case(b"dead"));
            let is_a = question[end + 1..end + 3] == [0, 1];
            let answers = u8::from(is_a && !is_dead);
            let mut reply = question[..2].to_vec();
            reply.extend([0x81, if is_dead { 0x83 } else { 0x80 }, 0, 1, 0, answers, 0, 0, 0, 0]);
            reply.extend(&question[12..end + 5]);
            if answers > 0 {
                reply.extend([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
            }
            let _ = socket.send_to(&reply, from);
        }
    });
    address
}

/// Serves a page by the first label of the host asked for; gives the port.
fn web() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || {
                let lines = BufReader::new(&stream).lines().map_while(Result::ok);
                let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
                let is_for = |name: &str| head.iter().any(|line| line.contains(name));
                let page = match (is_for("hostile"), is_for("scripted")) {
                    (true, _) => HOSTILE.to_owned(),
                    (_, true) => format!("{SCRIPTED}{}", "<p>示例网站的文字。</p>".repeat(60)),
                    _ => BARE.to_owned(),
                };
                let length = page.len();
                let _ = write!(
                    &stream,
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\
                     Content-Length: {length}\r\nConnection: close\r\n\r\n{page}"
                );
            });
        }
    });
    port
}

fn beian(resolver: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_beian"))
        .args(arguments)
        .args(["--resolver", resolver, "--allow-address", "127.0.0.0/8"])
        .args(["--place", "127.0.0.0/8=CN"])
        .env("BEIAN_PACE__SECOND_LOOK_AFTER", "1")
        .env_remove("RUST_LOG")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// The notices of a run, as domain and code → row.
fn notices(folder: &Path) -> BTreeMap<(String, String), BTreeMap<String, String>> {
    let text = fs::read_to_string(folder.join("notices.csv")).unwrap();
    assert!(!text.chars().any(|c| matches!(c, '\u{1b}' | '\u{202e}' | '\u{2028}' | '\u{85}')));
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let rows = reader.deserialize().map(|row| row.unwrap());
    rows.map(|row: BTreeMap<String, String>| ((row["domain"].clone(), row["code"].clone()), row))
        .collect()
}

fn list(port: u16) -> String {
    let row = |name: &str| {
        format!(
            "{name}.example,粤ICP备2099000123号-1,示例网站,示例科技有限公司,http://home.{name}.example:{port}/,\
             13800000000,desk@site.example\n"
        )
    };
    format!(
        "域名,备案号,网站名称,主办单位,首页网址,手机号,邮箱\n{}{}{}",
        row("bare"),
        row("hostile"),
        "dead.example,粤ICP备2099000124号-1,示例网站,示例科技有限公司,,13800000000,desk@site.example\n"
    )
}

#[test]
fn a_list_is_audited_over_real_dns_and_http_and_its_notices_are_harmless() {
    let folder = tempfile::tempdir().unwrap();
    let (resolver, port) = (resolver(), web());
    let input = folder.path().join("list.csv");
    fs::write(&input, list(port)).unwrap();
    let input = input.to_str().unwrap();
    let target = folder.path().join("out");
    let at = ["--at", "2026-11-22T08:00:00+08:00", "--lang", "en"];
    let arguments = ["audit", input, "-o", target.to_str().unwrap()];
    let output = beian(&resolver, &[&arguments[..], &at[..]].concat());
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("3 filings audited: 3 with a notice"), "{said}");
    assert!(said.contains("notices.csv") && said.contains("beian explain"), "{said}");
    assert!(!said.contains('{') && !said.contains('\u{1b}'), "{said}");

    let first = fs::read(target.join("notices.csv")).unwrap();
    let found = notices(&target);
    let row = |domain: &str, code: &str| &found[&(domain.to_owned(), code.to_owned())];
    let bare = row("bare.example", "ICP001");
    assert_eq!((&*bare["level"], &*bare["host"]), ("violation", "home.bare.example"));
    assert_eq!(row("hostile.example", "LNK004")["level"], "violation");
    assert_eq!(row("dead.example", "DNS001")["level"], "violation");
    let audits = fs::read_to_string(target.join("audits.jsonl")).unwrap();
    assert!(!audits.contains("13800000000") && !audits.contains("desk@"));
    assert!(audits.chars().all(|c| c == '\n' || !(c.is_control() || c == '\u{202e}')));
    assert_eq!(audits.lines().count(), 3);
    for line in audits.lines() {
        serde_json::from_str::<Value>(line).unwrap();
    }

    beian(&resolver, &[&arguments[..], &at[..]].concat());
    assert_eq!(fs::read(target.join("notices.csv")).unwrap(), first, "the same --at, other bytes");
    let zh = folder.path().join("zh");
    let again = beian(&resolver, &["check", "bare.example", "--lang", "zh"]);
    assert_eq!(again.status.code(), Some(1));
    let judged = Command::new(env!("CARGO_BIN_EXE_beian"))
        .args(["judge", target.to_str().unwrap(), "-o", zh.to_str().unwrap(), "--lang", "zh"])
        .output()
        .unwrap();
    assert_eq!(judged.status.code(), Some(1));
    let judged = fs::read_to_string(zh.join("notices.csv")).unwrap();
    assert!(judged.contains(&bare["notice_id"]), "another language is not another notice");
}

#[test]
fn nothing_that_a_site_says_moves_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let (resolver, port) = (resolver(), web());
    let input = folder.path().join("list.csv");
    // A list can be hostile, too: what is no domain comes back in the error.
    let bad_row = "\u{1b}]0;owned\u{7}\u{202e}\u{9b}2J,粤ICP备2099000123号-1,,,,,\n";
    fs::write(&input, format!("{}{bad_row}", list(port))).unwrap();
    let target = folder.path().join("out");
    let address = format!("http://hostile.example:{port}/");
    let (input, target) = (input.to_str().unwrap(), target.to_str().unwrap());
    let commands: [&[&str]; 5] = [
        &["page", &address],
        &["page", &address, "--format", "json"],
        &["check", "hostile.example"],
        &["import", input],
        &["audit", input, "-o", target],
    ];
    for command in commands {
        let network = ["--resolver", &resolver, "--allow-address", "127.0.0.0/8"];
        let output = Command::new(env!("CARGO_BIN_EXE_beian"))
            .args(command)
            .args(network.iter().filter(|_| command[0] != "import"))
            .env("RUST_LOG", "trace")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        for said in [output.stdout, output.stderr] {
            let said = String::from_utf8(said).unwrap();
            let harmful =
                |c: &char| *c != '\n' && (c.is_control() || "\u{202e}\u{2028}".contains(*c));
            let at = said.chars().position(|c| harmful(&c));
            let around = at.map(|at| said.chars().skip(at.saturating_sub(80)).take(160).collect());
            assert_eq!(around, None::<String>, "{command:?}");
        }
    }
}

#[test]
fn a_homepage_on_another_port_is_read_where_its_host_does_not_open_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let (resolver, port) = (resolver(), web());
    let input = folder.path().join("list.csv");
    let text = format!(
        "域名,备案号,首页网址\nbare.example,粤ICP备2099000123号-1,http://bare.example:{port}/\n"
    );
    fs::write(&input, text).unwrap();
    let target = folder.path().join("out");
    let (input, output) = (input.to_str().unwrap(), target.to_str().unwrap());
    let run = beian(&resolver, &["audit", input, "-o", output, "--lang", "en"]);
    assert_eq!(run.status.code(), Some(1));
    let found = notices(&target);
    for code in ["ICP001", "WEB002"] {
        assert!(found.contains_key(&("bare.example".to_owned(), code.to_owned())), "{code}");
    }
}

#[test]
fn check_speaks_to_people() {
    let resolver = resolver();
    let output = beian(&resolver, &["check", "dead-例子.example", "--lang", "zh"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("  www.dead-例子.example  域名不存在\n"), "{said}");
    assert!(said.contains("已由 DNS001 说明：") && !said.contains("missing-field"), "{said}");
}

#[test]
fn check_names_every_rule_with_its_verdict_or_why_there_is_none() {
    let resolver = resolver();
    let output = beian(&resolver, &["check", "dead.example", "--lang", "en"]);
    let said = String::from_utf8(output.stdout).unwrap();
    let mut named: BTreeMap<&str, usize> = BTreeMap::new();
    for line in said.lines().map(str::trim_start) {
        let codes: Vec<&str> = match line.split_once(' ') {
            Some(("✓" | "✗" | "?", rest)) => rest.split_whitespace().take(1).collect(),
            Some(("–", rest)) => {
                let (reason, codes) = rest.rsplit_once(": ").expect("a reason and its rules");
                assert!(!reason.trim().is_empty(), "no reason: {line}");
                codes.split_whitespace().collect()
            }
            _ => Vec::new(),
        };
        codes.into_iter().for_each(|code| *named.entry(code).or_default() += 1);
    }
    let all: BTreeMap<&str, usize> = beian::rules::all().map(|rule| (rule.code, 1)).collect();
    assert_eq!(named, all, "each rule once in\n{said}");
}

#[test]
fn a_page_is_rendered_where_an_audit_would_render_it() {
    let Some(browser) = crate::chromium() else { return };
    let (resolver, port) = (resolver(), web());
    let title = |render: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_beian"))
            .args(["page", &format!("http://scripted.example:{port}/"), "--format", "json"])
            .args(["--resolver", &resolver, "--allow-address", "127.0.0.0/8"])
            .args(["--render", render, "--browser", browser.to_str().unwrap()])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let page: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(page["needs_rendering"], false, "as served it can be read");
        page["title"].as_str().unwrap().to_owned()
    };
    assert_eq!(title("never"), "示例网站");
    assert_eq!(title("auto"), "脚本写的标题");
}

#[test]
fn a_waiver_holds_up_to_its_last_day_and_then_warns() {
    let folder = tempfile::tempdir().unwrap();
    let (resolver, port) = (resolver(), web());
    let (input, policy) = (folder.path().join("list.csv"), folder.path().join("policy.toml"));
    let row = format!("域名,首页网址\nbare.example,http://home.bare.example:{port}/\n");
    fs::write(&input, row).unwrap();
    let waiver = "[[level]]\ncode = \"ICP001\"\nlevel = \"off\"\nreason = \"being rebuilt\"\n\
                  domains = [\"bare.example\"]\nuntil = 2026-11-30\n";
    fs::write(&policy, waiver).unwrap();
    let run = |at: &str| {
        let target = folder.path().join(at.split('T').next().unwrap());
        let output = Command::new(env!("CARGO_BIN_EXE_beian"))
            .args(["audit", input.to_str().unwrap(), "-o", target.to_str().unwrap()])
            .args(["--resolver", &resolver, "--allow-address", "127.0.0.0/8"])
            .args(["--place", "127.0.0.0/8=CN", "--at", at, "--lang", "en"])
            .env("BEIAN_RULES__POLICY", &policy)
            .env("BEIAN_PACE__SECOND_LOOK_AFTER", "1")
            .output()
            .unwrap();
        let has_notice =
            notices(&target).contains_key(&("bare.example".to_owned(), "ICP001".to_owned()));
        (has_notice, String::from_utf8(output.stdout).unwrap())
    };
    let (has_notice, said) = run("2026-11-30T08:00:00+08:00");
    assert!(!has_notice && !said.contains("ended on"), "{said}");
    let (has_notice, said) = run("2026-12-01T08:00:00+08:00");
    let warning = "the waiver of ICP001 for bare.example ended on 2026-11-30: being rebuilt";
    assert!(has_notice && said.contains(warning), "{said}");
}
