//! Reports, made by the program and read by others: calamine, a browser without a network,
//! Python's XML and zip.

use crate::store::{Place, at, entry, filing, places, run, workdays};
use beian::notice::{Entry, Event};
use beian::policy::Level;
use beian::record::Province;
use beian::store::{Act, Filter, Store};
use calamine::{Data, Reader, Xlsx};
use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::process::{Command, Output};

const EVIL: &str = "=cmd|' /C calc'!A0<script>alert(1)</script>\u{202e}\n\"";

/// A store with so many filings: each has a violation, every second a warning that is overdue,
/// every third a question.
async fn desk(sites: usize) -> Place {
    let place = places().remove(0);
    let store = place.open().await;
    let provinces = ["广东", "浙江", "北京"];
    let all: Vec<usize> = (0..sites).collect();
    for part in all.chunks(500) {
        let mut entries: Vec<Entry> = part.iter().map(|n| of(*n, provinces[n % 3])).collect();
        run(&store, "2026-11-02", &mut entries).await;
    }
    let warnings = Filter { codes: vec!["TTL002".to_owned()], ..Filter::default() };
    act(&store, &warnings, Event::Sent { days: 0 }).await;
    let day = "2026-11-20".parse().unwrap();
    store.day_came(at("2026-11-20T01:00:00Z"), day, &workdays()).await.unwrap();
    store.close().await;
    place
}

fn of(n: usize, province: &str) -> Entry {
    let mut found = vec![("ICP001", Level::Violation)];
    if n.is_multiple_of(2) {
        found.push(("TTL002", Level::Warning));
    }
    if n.is_multiple_of(3) {
        found.push(("LNK001", Level::Review));
    }
    let subject = format!("第{}公司", n / 2);
    let mut filing = filing(n as u64 + 1, &format!("n{n}.example"), &subject);
    filing.filed_province = Province::from_name(province);
    filing.owner = Some("张某某".to_owned());
    filing.phone = Some("13800000000".to_owned());
    filing.providers = Some(vec![["甲云", "乙/云[1]"][n % 2].to_owned()]);
    let mut entry = entry(filing, &found, &[]);
    entry.undecided = n == 7;
    for finding in entry.notice.iter_mut().flat_map(|notice| &mut notice.findings) {
        finding.found = beian::rules::Text::same(EVIL.to_owned());
    }
    entry
}

async fn act(store: &Store, filter: &Filter, event: Event) {
    let act = Act {
        event,
        actor: "desk",
        reason: "",
        at: at("2026-11-03T02:00:00Z"),
        day: "2026-11-03".parse().unwrap(),
    };
    store.act(filter, &act, &workdays()).await.unwrap();
}

fn report(place: &Place, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beian"));
    command.arg("report").args(["--store", &place.url]).args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

fn peak_kb(place: &Place, arguments: &[&str]) -> u64 {
    let script = "import resource,subprocess,sys\nsubprocess.check_call(sys.argv[1:])\nprint(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";
    let output = Command::new("python3")
        .args(["-c", script, env!("CARGO_BIN_EXE_beian"), "report", "--store", &place.url])
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    said.lines().last().unwrap().trim().parse().unwrap()
}

#[tokio::test]
async fn the_workbook_is_read_back_by_another_reader() {
    let place = desk(10).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notices.xlsx");
    report(&place, &["--xlsx", file.to_str().unwrap()]);
    let bytes = fs::read(&file).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    assert_eq!(
        book.sheet_names(),
        ["汇总", "整改通知", "待复核", "未能检测", "广东", "北京", "浙江", "甲云", "乙_云_1_"]
    );
    let notices = book.worksheet_range("整改通知").unwrap();
    let head: Vec<String> = notices.rows().next().unwrap().iter().map(Data::to_string).collect();
    assert_eq!(&head[..6], ["状态", "级别", "整改期限", "域名", "主办单位", "规则编号"]);
    assert_eq!(notices.height(), 1 + 10 + 5);
    assert_eq!(book.worksheet_range("待复核").unwrap().height(), 1 + 4);
    let silent = book.worksheet_range("未能检测").unwrap();
    assert_eq!(silent.height(), 1 + 1);
    assert_eq!(silent.rows().nth(1).unwrap()[0], Data::String("n7.example".to_owned()));
    assert_eq!(book.worksheet_range("甲云").unwrap().height(), 1 + 12);
    let row: Vec<Data> = notices.rows().nth(1).unwrap().to_vec();
    let column = |name: &str| head.iter().position(|cell| cell == name).unwrap();
    assert!(
        matches!(row[column("整改期限")], Data::DateTime(_) | Data::Float(_)),
        "a day can be sorted: {:?}",
        row[column("整改期限")]
    );
    let found = row[column("实际")].to_string();
    assert!(found.starts_with("=cmd") && !found.contains(['\u{202e}', '\n']), "{found}");
    assert_eq!(row[column("负责人")].to_string(), "张***", "persons are masked");
    // A text and no formula, though it begins as one.
    let formulas = book.worksheet_formula("整改通知").unwrap();
    assert!(formulas.rows().flatten().all(|cell| !cell.contains("cmd")));
    // What a reader of values does not see: head, filters, colours, links.
    let part = |name: &str| inside(&file, name);
    let sheet = part("xl/worksheets/sheet2.xml");
    for mark in ["<pane ", "state=\"frozen\"", "<autoFilter ref=\"A1:U16\"", "<hyperlink "] {
        assert!(sheet.contains(mark), "{mark} is not in the sheet");
    }
    let styles = part("xl/styles.xml");
    for colour in ["FFF9D7D3", "FFFCEBC5", "FFC0392B", "FF1F3A5F"] {
        assert!(styles.contains(colour), "{colour}");
    }
    report(&place, &["--xlsx", file.to_str().unwrap(), "--contacts", "--lang", "en"]);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(fs::read(&file).unwrap())).unwrap();
    let notices = book.worksheet_range("Notices").unwrap();
    assert!(
        notices
            .rows()
            .nth(1)
            .unwrap()
            .iter()
            .any(|cell| *cell == Data::String("张某某".to_owned()))
    );
}

/// A part of a zip, as text.
fn inside(file: &Path, name: &str) -> String {
    let script = "import sys,zipfile;sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))";
    let read = Command::new("python3").args(["-c", script]).arg(file).arg(name).output().unwrap();
    assert!(read.status.success(), "{name}: {}", String::from_utf8_lossy(&read.stderr));
    String::from_utf8(read.stdout).unwrap()
}

#[tokio::test]
async fn fifty_thousand_findings_take_no_more_memory_than_a_few() {
    let (few, many) = (desk(10).await, desk(27_300).await);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let made = |place: &Place, name: &str| {
        let (xlsx, html) = (path(&format!("{name}.xlsx")), path(name));
        (peak_kb(place, &["--xlsx", &xlsx]), peak_kb(place, &["--html", &html]))
    };
    let (few, many) = (made(&few, "few"), made(&many, "many"));
    println!("peak KB, workbook and pages: {few:?} of 18 findings, {many:?} of 50,050");
    // Each thousand findings may take a little: links of the workbook, lines of the lists.
    assert!(many.0 < few.0 + 80_000, "workbook: {many:?} KB, {few:?} KB");
    assert!(many.1 < few.1 + 60_000, "pages: {many:?} KB, {few:?} KB");
    let bytes = fs::read(path("many.xlsx")).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let height = |book: &mut Xlsx<_>, name: &str| book.worksheet_range(name).unwrap().height();
    assert_eq!(height(&mut book, "整改通知") + height(&mut book, "待复核"), 2 + 50_050);
    assert_eq!(fs::read_dir(folder.path().join("many/domains")).unwrap().count(), 27_300);
    assert!(folder.path().join("many/domains-0055.html").exists());
}

#[tokio::test]
async fn pages_stand_alone_and_what_a_site_says_is_text_on_them() {
    let place = desk(10).await;
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("report");
    report(&place, &["--html", target.to_str().unwrap()]);
    let read = |name: &str| fs::read_to_string(target.join(name)).unwrap();
    let index = read("index.html");
    for said in ["涉及域名", "按规则", "按省份", "按接入商", "<svg", "广东", "ICP001", "乙/云[1]"]
    {
        assert!(index.contains(said), "{said}");
    }
    let list = read("domains-0001.html");
    let first = list.find("<tbody>").unwrap();
    assert!(list[first..first + 600].contains("已逾期"), "the most pressing come first");
    let page = read("domains/n0.example.html");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !page.contains("<script"));
    assert!(page.contains("第0公司") && page.contains("张***") && !page.contains("张某某"));
    assert!(page.contains("逾期") && page.contains("2026-11-03T10:00:00+08:00"), "its history");
    for html in [&index, &list, &page] {
        assert!(!html.contains("src=\"http") && !html.contains("href=\"http"), "no requests");
        assert!(html.contains("default-src 'none'"));
    }
    // A report of ours is replaced, anything else is left alone.
    report(&place, &["--html", target.to_str().unwrap(), "--lang", "en"]);
    assert!(fs::read_to_string(target.join("index.html")).unwrap().contains("By rule"));
    let mine = folder.path().join("mine");
    fs::create_dir(&mine).unwrap();
    fs::write(mine.join("thesis.txt"), "x").unwrap();
    let refused = Command::new(env!("CARGO_BIN_EXE_beian"))
        .args(["report", "--store", &place.url, "--html", mine.to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(mine.join("thesis.txt").exists());
}

#[cfg(feature = "browser")]
#[tokio::test]
async fn a_browser_without_a_network_draws_the_charts_light_and_dark_and_complains_of_nothing() {
    let Some(browser) = crate::chromium() else { return };
    let place = desk(10).await;
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("report");
    report(&place, &["--html", target.to_str().unwrap()]);
    for page in ["index.html", "domains-0001.html", "domains/n0.example.html"] {
        let (mut papers, mut inks) = (Vec::new(), Vec::new());
        for scheme in ["1", "0"] {
            let picture = folder.path().join("page.png");
            let profile = tempfile::tempdir().unwrap();
            let output = Command::new(&browser)
                .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"])
                .args(["--window-size=1200,1600", "--enable-logging=stderr", "--v=0"])
                .args(["--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9"])
                .arg(format!("--blink-settings=preferredColorScheme={scheme}"))
                .arg(format!("--user-data-dir={}", profile.path().display()))
                .arg(format!("--screenshot={}", picture.display()))
                .arg(format!("file://{}", target.join(page).display()))
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{said}");
            assert!(!said.contains("CONSOLE"), "{page}: {said}");
            let picture = crate::png::decode(&fs::read(&picture).unwrap());
            papers.push(picture.at(2, 2));
            let violation = [[0xb3, 0x37, 0x2b], [0xf0, 0x79, 0x6c]];
            inks.push(violation.map(|ink| picture.has(ink)));
        }
        assert_eq!(papers, [[0xff, 0xff, 0xff], [0x14, 0x19, 0x1f]], "{page}: light, then dark");
        if page == "index.html" {
            assert_eq!(inks, [[true, false], [false, true]], "bars in the colours of the scheme");
        }
    }
}

#[tokio::test]
async fn a_subject_gets_one_letter_with_all_of_its_domains() {
    let place = desk(10).await;
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("letters");
    let template = folder.path().join("own.txt");
    report(&place, &["--letters", target.to_str().unwrap()]);
    let mut files: Vec<_> = fs::read_dir(&target)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "docx"))
        .collect();
    files.sort();
    assert_eq!(files.len(), 5);
    let first = files.iter().find(|f| f.to_str().unwrap().contains("第0公司")).unwrap();
    let document = inside(first, "word/document.xml");
    let parses = "import sys,xml.dom.minidom as m;m.parseString(sys.stdin.buffer.read())";
    let mut child = Command::new("python3")
        .args(["-c", parses])
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    use std::io::Write;
    child.stdin.take().unwrap().write_all(document.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "{document}");
    for said in ["n0.example", "n1.example", "ICP001 有问题", "&lt;script&gt;", "7 个工作日"]
    {
        assert!(document.contains(said), "{said}");
    }
    assert!(!document.contains("LNK001 有问题"), "a question is not put to the owner");
    // Found weeks ago and told today: the time to mend it begins today.
    let day = beian::report::china_day(jiff::Timestamp::now());
    let due = workdays().on_or_after(day.saturating_add(jiff::ToSpan::days(7)));
    assert!(document.contains(&due.to_string()), "{due}");
    for part in ["[Content_Types].xml", "_rels/.rels", "word/styles.xml"] {
        assert!(inside(first, part).starts_with("<?xml"), "{part}");
    }
    // A template of one's own; a wrong one is told with its line, and nothing is written.
    fs::write(&template, "# {{ subject }}\n{% for d in domains %}- {{ d.domain }}\n{% endfor %}")
        .unwrap();
    let own = |target: &Path| {
        Command::new(env!("CARGO_BIN_EXE_beian"))
            .args(["report", "--store", &place.url, "--letters", target.to_str().unwrap()])
            .env("BEIAN_NOTICES__LETTER", &template)
            .output()
            .unwrap()
    };
    assert!(own(&target).status.success());
    assert!(inside(first, "word/document.xml").contains("• n0.example"));
    fs::write(&template, "fine\n{{ nothing }}\n").unwrap();
    let other = folder.path().join("other");
    let wrong = own(&other);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("own.txt:2: "), "{wrong:?}");
    assert!(!other.exists());
}

#[tokio::test]
async fn lines_and_gauges_are_for_programs() {
    let place = desk(10).await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (jsonl, csv, prom) = (path("a.jsonl"), path("a.csv"), path("a.prom"));
    report(&place, &["--jsonl", &jsonl, "--csv", &csv, "--openmetrics", &prom]);
    let lines = fs::read_to_string(&jsonl).unwrap();
    assert_eq!(lines.lines().count(), 19);
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!((&first["code"], &first["status"]), (&"ICP001".into(), &"drafted".into()));
    let text = fs::read_to_string(&csv).unwrap();
    assert!(text.starts_with("\u{feff}通知编号,级别,") && text.contains("'=cmd|"), "{text}");
    let gauges = fs::read_to_string(&prom).unwrap();
    for line in [
        "beian_findings{status=\"overdue\",level=\"warning\"} 5",
        "beian_open_findings{code=\"ICP001\"} 10",
        "beian_filings 10",
        "beian_messages{state=\"dead\"} 0",
    ] {
        assert!(gauges.lines().any(|known| known == line), "{line}\n{gauges}");
    }
    assert!(gauges.ends_with("# EOF\n"));
    let shown = report(&place, &["--format", "json", "--status", "overdue"]);
    let sums: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(sums["findings"], 5);
}

#[tokio::test]
async fn a_desk_works_with_notices_on_the_command_line() {
    let place = desk(4).await;
    let beian = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_beian"))
            .args(["notices"])
            .args(arguments)
            .args(["--store", &place.url, "--lang", "en"])
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, listed, _) = beian(&["list", "--domain", "n1.example", "--format", "json"]);
    assert_eq!(code, Some(0));
    let finding: serde_json::Value = serde_json::from_str(listed.lines().next().unwrap()).unwrap();
    let id = finding["notice_id"].as_str().unwrap().to_owned();
    assert_eq!(beian(&["list", "--status", "overdue"]).1.lines().count(), 1 + 2 + 1);
    assert!(beian(&["list", "--csv"]).1.starts_with("\u{feff}notice_id,"));
    assert_eq!(beian(&["send", &id, "--by", "desk"]).0, Some(0));
    assert_eq!(beian(&["extend", &id, "--workdays", "9"]).0, Some(2), "more than is given");
    assert_eq!(beian(&["extend", &id, "--workdays", "3", "--reason", "moving"]).0, Some(0));
    assert_eq!(beian(&["answer", &id]).0, Some(0));
    let (code, _, said) = beian(&["close", &id]);
    assert_eq!(code, Some(2));
    assert!(said.contains("--reason"), "{said}");
    assert_eq!(beian(&["close", &id, "--reason", "struck off"]).0, Some(0));
    let (_, shown, _) = beian(&["show", &id]);
    for said in ["extended", "answered", "closed", "struck off", "moving"] {
        assert!(shown.contains(said), "{said}\n{shown}");
    }
    let (code, _, said) = beian(&["show", "BA-1"]);
    assert!(code == Some(2) && said.contains("no notice BA-1"), "{said}");
    let (code, _, said) = beian(&["list", "--status", "opne"]);
    assert!(code == Some(2) && said.contains("found, drafted"), "{said}");
}
