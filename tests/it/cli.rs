//! The command line as scripts rely on it: exit codes, streams, files, messages.

use serde_json::Value;
use std::{
    fs,
    io::Write,
    net::UdpSocket,
    path::Path,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

/// Runs the program in an environment of its own.
fn beian(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beian"));
    command.args(arguments).env_remove("RUST_LOG").env("COLUMNS", "100").stdin(Stdio::null());
    command
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A resolver that never answers: an open port that nobody reads.
fn silence() -> (UdpSocket, String) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap().to_string();
    (socket, address)
}

/// A list of one good row and one whose address cannot be read.
const LIST: &str = "域名,备案号,备案IP\n\
                    site.example,粤ICP备2099000123号-1,1.12.0.1\n\
                    other.example,,not-an-address\n";

#[test]
fn what_the_tool_cannot_read_ends_with_2_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let empty = write(folder.path(), "empty.csv", "");
    let headless = write(folder.path(), "headless.csv", "name,number\nA,1\n");
    let settings = write(folder.path(), "mine.toml", "[http]\ntimeuot = 3\n");
    for (arguments, said) in [
        (vec!["audit", "missing.csv"], "missing.csv"),
        (vec!["check", "site.example", "--render", "sometimes"], "never, auto, always"),
        (vec!["check", "site.example", "--render", "always", "--browser", "/no/where"], "browser"),
        (vec!["audit", empty.as_str()], "empty"),
        (vec!["audit", headless.as_str()], "domain"),
        (vec!["audit", empty.as_str(), "--only", "ICP999"], "ICP999"),
        (vec!["audit", empty.as_str(), "--resolver", "dns.example"], "dns.example"),
        (vec!["audit", empty.as_str(), "--map", "站点"], "HEADING=FIELD"),
        (vec!["audit", empty.as_str(), "--registry", "missing.csv"], "missing.csv"),
        (vec!["audit", empty.as_str(), "--proxy", "http://a:b@10.0.0.8/"], "BEIAN_HTTP__PROXY"),
        (vec!["config", "check", "--config", settings.as_str()], "mine.toml:2"),
        (vec!["check", "not a domain"], "not a domain"),
        (vec!["explain", "ICP999"], "beian rules"),
        (vec!["judge", folder.path().to_str().unwrap()], "finished run"),
        (vec!["page", "missing.html"], "missing.html"),
    ] {
        let output = beian(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains(said), "{arguments:?} said {:?}", err(&output));
        assert!(output.stdout.is_empty(), "{arguments:?} printed {:?}", out(&output));
    }
}

#[test]
fn import_says_what_was_understood_and_ends_with_3_where_rows_are_rejected() {
    let folder = tempfile::tempdir().unwrap();
    let list = write(folder.path(), "list.csv", LIST);
    let output = beian(&["import", &list, "-o", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(3), "{}", err(&output));
    assert!(out(&output).contains("共 2 行：1 行可用，1 行未能读取"), "{}", out(&output));
    let rejected = fs::read_to_string(folder.path().join("rejected.csv")).unwrap();
    assert!(rejected.starts_with("line,column,value,reason,row"), "{rejected:?}");
    assert!(rejected.contains("3,备案IP,not-an-address,无法识别为 IP 地址，请按"), "{rejected:?}");
    assert!(out(&output).contains("\"not-an-address\"：无法识别为 IP 地址"), "{}", out(&output));

    let output = beian(&["import", &list, "--format", "json", "--exit-zero"]);
    assert_eq!(output.status.code(), Some(0));
    let said: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(said["rows"], 2);
    assert_eq!(said["rejected_rows"][0]["line"], 3);
    let reason = said["rejected_rows"][0]["reason"].as_str().unwrap();
    assert!(reason.starts_with("无法识别为 IP 地址"), "{reason:?}");
    assert_eq!(said["layout"]["columns"][0]["field"], "domain");

    let output = beian(&["import", &list, "--lang", "en", "--exit-zero"]);
    let said = out(&output);
    assert!(said.contains("2 rows: 1 filing, 1 rejected\n"), "{said}");
    assert!(said.contains("\"not-an-address\": no IP address can be read here"), "{said}");
}

#[test]
fn a_run_that_could_see_nothing_writes_its_files_and_does_not_end_as_clean() {
    let folder = tempfile::tempdir().unwrap();
    let list = write(folder.path(), "list.csv", LIST);
    let target = folder.path().join("out");
    let target = target.to_str().unwrap();
    let (_socket, resolver) = silence();
    let arguments = [
        "audit",
        &list,
        "-o",
        target,
        "--resolver",
        &resolver,
        "--timeout",
        "1",
        "--lang",
        "en",
        "--at",
        "2026-11-22T08:00:00+08:00",
        "--format",
        "json",
    ];
    let settings = [("BEIAN_PACE__SECOND_LOOK_AFTER", "1")];
    let output = command(&arguments).envs(settings).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", err(&output));
    let summary: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!((&summary["rows"], &summary["audited"]), (&2.into(), &1.into()));
    assert_eq!(summary["rejected"], 1);

    let read = |name: &str| fs::read_to_string(Path::new(target).join(name)).unwrap();
    let notices = read("notices.csv");
    assert!(notices.starts_with(
        "\u{feff}notice_id,level,code,problem,cause,remedy,expected,found,host,url,evidence,\
         domain,service_name,record_number,subject_name,province,provider,owner,contact,\
         first_seen,last_seen,deadline,status\r\n"
    ));
    assert!(!notices.contains(",violation,"), "nothing was seen, so nobody is accused: {notices}");
    let audit: Value = serde_json::from_str(read("audits.jsonl").lines().next().unwrap()).unwrap();
    assert_eq!((&audit["row"], &audit["domain"]), (&2.into(), &"site.example".into()));
    assert_eq!(serde_json::from_str::<Value>(&read("summary.json")).unwrap()["rows"], 2);

    let output = beian(&["judge", target, "--only", "FIL", "--exit-zero", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let summary: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(summary["rows"], 2, "judging again loses no row");
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_says_how_to_go_on_and_is_never_overwritten_silently() {
    let folder = tempfile::tempdir().unwrap();
    let list = write(folder.path(), "list.txt", "site.example\nother.example\n");
    let target = folder.path().join("out");
    let (_socket, resolver) = silence();
    let arguments = ["audit", &list, "-o", target.to_str().unwrap(), "--resolver", &resolver];
    let patient = ["--timeout", "60", "--lang", "en"];
    let mut child = command(&[&arguments[..], &patient[..]].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while !target.join("spool").exists() && began.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(50));
    }
    std::thread::sleep(Duration::from_millis(500));
    assert!(
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success()
    );
    let stopped = Instant::now();
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(130));
    assert!(
        stopped.elapsed() < Duration::from_secs(10),
        "it must not wait for the silent resolver"
    );

    let again = beian(&arguments);
    assert_eq!(again.status.code(), Some(2));
    let said = err(&again);
    assert!(said.contains("--resume") && said.contains("--restart"), "{said}");

    let other = write(folder.path(), "other.txt", "third.example\n");
    let mut different = arguments;
    different[1] = &other;
    let output = beian(&[&different[..], &["--resume", "--lang", "en"]].concat());
    assert_eq!(output.status.code(), Some(2), "another list is another run: {}", err(&output));

    let quick = ["--timeout", "1", "--lang", "en", "--exit-zero", "--format", "json"];
    for flag in ["--resume", "--restart"] {
        let output = command(&[&arguments[..], &quick[..], &[flag]].concat())
            .env("BEIAN_PACE__SECOND_LOOK_AFTER", "1")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{flag}: {}", err(&output));
        let summary: Value = serde_json::from_str(&out(&output)).unwrap();
        assert_eq!(summary["audited"], 2, "{flag}");
    }
}

#[test]
fn a_page_is_printed_as_the_contract_says() {
    let html = "<title>示例</title><footer><a href='https://beian.miit.gov.cn/'>\
                粤ICP备2099000123号-1</a> © 2026 示例科技有限公司</footer>";
    let mut child = command(&["page", "-", "--format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(html.as_bytes()).unwrap();
    let page: Value = serde_json::from_slice(&child.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!(page["charset"], "UTF-8");
    assert_eq!(page["title"], "示例");
    let number = &page["record_numbers"][0];
    assert_eq!(number["canonical"], "粤ICP备2099000123号-1");
    for (key, value) in [
        ("kind", "filing"),
        ("form", "official"),
        ("zone", "footer"),
        ("href", "https://beian.miit.gov.cn/"),
        ("link", "miit"),
        ("beside", ""),
    ] {
        assert_eq!(number[key], value, "{key}");
    }
    assert_eq!(number["visible"], true);
    assert_eq!(page["police_numbers"], Value::Array(Vec::new()));
    assert_eq!(page["copyright"][0]["holder"], "示例科技有限公司");
    assert_eq!(page["needs_rendering"], false);
}

/// Rules that rest on what providers and browsers ask alone.
const WITHOUT_LAW: [&str; 4] = ["CPR001", "CPR002", "DNS010", "WEB008"];

#[test]
fn the_catalogue_is_listed_and_explained_in_both_languages() {
    for lang in ["zh", "en"] {
        let output = beian(&["rules", "--format", "json", "--lang", lang]);
        let rules: Vec<Value> = serde_json::from_str(&out(&output)).unwrap();
        let listed: Vec<&str> = rules.iter().map(|rule| rule["code"].as_str().unwrap()).collect();
        let mut all: Vec<&str> = beian::rules::all().map(|rule| rule.code).collect();
        all.sort_unstable();
        assert_eq!(listed, all);
        for rule in &rules {
            for (key, value) in ["sources", "law", "problem", "bad", "good"].map(|k| (k, &rule[k]))
            {
                let is_empty = match value {
                    Value::Array(items) => items.iter().all(|item| item.as_str() == Some("")),
                    other => other.as_str().is_none_or(str::is_empty),
                };
                let code = rule["code"].as_str().unwrap();
                let may_be = key == "law" && WITHOUT_LAW.contains(&code);
                assert_eq!(is_empty, may_be, "{key} of {code} in {lang}");
            }
        }
    }
    let zh = out(&beian(&["explain", "icp001"]));
    let en = out(&beian(&["explain", "ICP001", "--lang", "en"]));
    assert!(zh.contains("整改建议") && en.contains("Remedy"), "{zh}\n{en}");
    assert!(!zh.contains('{') && !en.contains('{'), "no empty place may be left: {zh}\n{en}");
}

#[test]
fn settings_say_where_they_come_from() {
    let shown = command(&["config", "show"]).env("BEIAN_HTTP__TIMEOUT", "33").output().unwrap();
    let line = out(&shown).lines().find(|line| line.starts_with("http.timeout")).map(str::to_owned);
    let line = line.unwrap();
    assert!(line.contains("= 33") && line.ends_with("# BEIAN_HTTP__TIMEOUT"), "{line}");
    assert_eq!(beian(&["config", "check"]).status.code(), Some(0));
}

#[test]
fn nothing_is_coloured_in_a_pipe() {
    for arguments in [vec!["rules"], vec!["explain", "ICP001"], vec!["--help"]] {
        let output = beian(&arguments);
        assert!(!out(&output).contains('\u{1b}'), "{arguments:?}");
    }
}

#[test]
fn completions_name_every_command() {
    let script = out(&beian(&["completions", "bash"]));
    for command in ["audit", "check", "judge", "page", "import", "rules", "explain", "demo"] {
        assert!(script.contains(command), "{command}");
    }
}

#[test]
fn a_reader_that_has_gone_changes_no_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let list = write(folder.path(), "list.csv", LIST);
    for (arguments, code) in [(vec!["rules"], 0), (vec!["import", list.as_str()], 3)] {
        let mut child =
            command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", err(&output));
        assert_eq!(err(&output), "", "{arguments:?}");
    }
}

#[test]
fn a_setting_that_cannot_hold_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let garbage = write(
        folder.path(),
        "garbage.pem",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    );
    for (text, said) in [
        ("[http\n", "mine.toml:1: not valid TOML"),
        ("[pace]\nrate = -3\n", "mine.toml:2: pace.rate"),
        ("[dns]\nresolvers = [3]\n", "mine.toml:2: dns.resolvers"),
        ("[dns]\nresolvers = [\"dns.example\"]\n", "mine.toml:2): \"dns.example\""),
        ("[guard]\nallow = [\"all\"]\n", "mine.toml:2): \"all\""),
        ("[place]\ndatabase = \"none.mmdb\"\n", "mine.toml:2): "),
        ("[rules]\npolicy = \"none.toml\"\n", "mine.toml:2): none.toml"),
    ] {
        let file = write(folder.path(), "mine.toml", text);
        let output = beian(&["config", "check", "--config", &file]);
        assert_eq!(output.status.code(), Some(2), "{text}: {}", out(&output));
        assert!(err(&output).contains(said), "{text} said {:?}", err(&output));
    }
    for (name, value, said) in [
        ("BEIAN_HTTP__TIMEUOT", "3", "\"timeuot\""),
        ("BEIAN_HTTP_TIMEOUT", "3", "BEIAN_HTTP__TIMEOUT"),
        ("BEIAN_LANG", "en", "BEIAN_OUTPUT__LANG"),
        ("BEIAN_HTTP__CA_CERTS", garbage.as_str(), "BEIAN_HTTP__CA_CERTS"),
        ("BEIAN_HTTP__TIMEOUT", "100", "100 of http.timeout (BEIAN_HTTP__TIMEOUT)"),
    ] {
        let output = command(&["config", "check"]).env(name, value).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}={value}: {}", out(&output));
        assert!(err(&output).contains(said), "{name}={value} said {:?}", err(&output));
    }
    let held = beian(&["config", "check", "--format", "json"]);
    assert_eq!(serde_json::from_str::<Value>(&out(&held)).unwrap()["holds"], true);
}

#[test]
fn neither_check_nor_demo_discards_an_unfinished_run() {
    let folder = tempfile::tempdir().unwrap();
    let spool = folder.path().join("spool");
    fs::create_dir(&spool).unwrap();
    let journal = spool.join("journal");
    fs::write(&journal, "an unfinished run of somebody").unwrap();
    let target = folder.path().to_str().unwrap();
    for arguments in [["demo", "-o", target].as_slice(), &["check", "site.example", "-o", target]] {
        let output = beian(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains("--restart"), "{}", err(&output));
        assert_eq!(fs::read_to_string(&journal).unwrap(), "an unfinished run of somebody");
    }
}

#[test]
fn a_command_offers_no_flag_that_does_nothing_there() {
    for (command, flags) in [
        ("rules", &["--at", "--registry", "--exit-zero"][..]),
        ("page", &["--vantage", "--registration", "--views", "--both-schemes", "--concurrency"]),
    ] {
        let help = out(&beian(&[command, "--help"]));
        assert!(help.contains("--lang"), "{help}");
        let offered: Vec<_> = flags.iter().filter(|flag| help.contains(**flag)).collect();
        assert!(offered.is_empty(), "{command} offers {offered:?}");
    }
    for command in ["audit", "check", "demo"] {
        let help = out(&beian(&[command, "--help"]));
        assert!(help.contains("--evidence"), "{command} keeps evidence: {help}");
    }
    let profiles = ["tencent", "huawei", "tolerant", "strict"];
    let help = out(&beian(&["judge", "--help"]));
    assert!(profiles.iter().all(|profile| help.contains(profile)), "{help}");
}

#[test]
fn what_is_kept_of_a_checked_domain_is_the_users_to_say() {
    let folder = tempfile::tempdir().unwrap();
    let (_socket, resolver) = silence();
    for (keep, kept) in [("all", true), ("none", false)] {
        let target = folder.path().join(keep);
        let at = target.to_str().unwrap();
        let looks = ["--resolver", &resolver, "--timeout", "1", "--render", "never"];
        let arguments = ["check", "site.example", "-o", at, "--evidence", keep];
        let output = beian(&[&arguments[..], &looks].concat());
        assert!(output.status.code() != Some(2), "{}", err(&output));
        assert_eq!(target.join("evidence/index.csv").exists(), kept, "{keep}");
    }
}

/// The process waits for its standard input, so that its limits can be read.
#[cfg(target_os = "linux")]
#[test]
fn as_many_files_may_be_open_as_the_system_lets_us() {
    let script = format!("ulimit -Sn 256 && exec {} page -", env!("CARGO_BIN_EXE_beian"));
    let mut child = Command::new("sh")
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let limits = format!("/proc/{}/limits", child.id());
    let soft_and_hard = || {
        let text = fs::read_to_string(&limits).unwrap();
        let line = text.lines().find(|line| line.starts_with("Max open files")).unwrap();
        let words: Vec<&str> = line["Max open files".len()..].split_whitespace().collect();
        let number = |at: usize| words[at].parse().unwrap_or(u64::MAX);
        (number(0), number(1))
    };
    // The shell has limits of its own before it is the program.
    let name = format!("/proc/{}/comm", child.id());
    let is_beian = || fs::read_to_string(&name).unwrap().trim() == "beian";
    let began = Instant::now();
    while !(is_beian() && soft_and_hard().0 > 256) && began.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let (soft, hard) = soft_and_hard();
    drop(child.stdin.take());
    child.wait().unwrap();
    assert_eq!(soft, hard.min(65_536));
}

#[cfg(unix)]
#[test]
fn a_run_that_is_to_be_wider_than_its_files_allow_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let list = write(folder.path(), "list.txt", "site.example\n");
    let (_socket, resolver) = silence();
    let beian = env!("CARGO_BIN_EXE_beian");
    let target = folder.path().join("out");
    let script = format!(
        "ulimit -n 256 && exec {beian} audit {list} -o {} --resolver {resolver} --timeout 1 \
         --render never --concurrency 500 --lang en",
        target.display()
    );
    let output = Command::new("sh")
        .args(["-c", &script])
        .env("BEIAN_PACE__SECOND_LOOK_AFTER", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    // No resolver answers.
    assert_eq!(output.status.code(), Some(3), "{}", err(&output));
    assert!(err(&output).contains("--concurrency) is 500") && err(&output).contains("24 sites"));
}

#[test]
fn the_counts_of_an_audit_go_where_the_flag_or_the_setting_says() {
    let folder = tempfile::tempdir().unwrap();
    // A mini program has no site: nothing is asked of the network.
    let list = write(folder.path(), "list.csv", "域名,服务类型\nsite.example,小程序\n");
    let (by_flag, by_setting) = (folder.path().join("flag.prom"), folder.path().join("set.prom"));
    let output = folder.path().join("out");
    let arguments = ["audit", &list, "--exit-zero", "-o", output.to_str().unwrap()];
    let flag = ["--metrics", by_flag.to_str().unwrap()];
    let set = ("BEIAN_OUTPUT__METRICS", by_setting.to_str().unwrap());
    let with_both = command(&[&arguments[..], &flag].concat()).env(set.0, set.1).output().unwrap();
    assert_eq!(with_both.status.code(), Some(0), "{}", err(&with_both));
    assert!(by_flag.exists() && !by_setting.exists(), "the flag wins");
    let with_setting = command(&arguments).env(set.0, set.1).output().unwrap();
    assert_eq!(with_setting.status.code(), Some(0), "{}", err(&with_setting));
    let text = fs::read_to_string(&by_setting).unwrap();
    assert!(text.contains("beian_rows_judged_total 1\n"), "{text}");

    let nowhere = command(&[&arguments[..], &["--metrics", "/no/where/x.prom"]].concat());
    let refused = { nowhere }.output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).contains("/no/where/x.prom"), "{}", err(&refused));
}
