//! The demo world: its servers, and an audit of all of it.

use beian::demo::{World, sites};

/// The servers of the world, seen with clients that are not the prober.
#[cfg(test)]
mod servers {
    use super::*;
    use hickory_resolver::proto::op::{Message, Query, ResponseCode};
    use hickory_resolver::proto::rr::{Name, RecordType};
    use std::{
        net::{IpAddr, SocketAddr},
        time::Duration,
    };
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpStream, UdpSocket};

    async fn world() -> World {
        World::start(sites().unwrap()).await.unwrap()
    }

    /// The socket that plays a port of a site's own address.
    fn socket(world: &World, name: &str, port: u16) -> SocketAddr {
        let site = world.sites().iter().find(|site| site.name == name).unwrap();
        world.sockets()[&(site.address(), port)]
    }

    fn question(name: &str, kind: RecordType) -> Vec<u8> {
        let mut message = Message::query();
        message.metadata.recursion_desired = true;
        message.add_query(Query::query(Name::from_ascii(format!("{name}.")).unwrap(), kind));
        message.to_vec().unwrap()
    }

    /// The answer over UDP; `None` where none comes within half a second.
    async fn ask(resolver: SocketAddr, name: &str, kind: RecordType) -> Option<Message> {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        socket.send_to(&question(name, kind), resolver).await.unwrap();
        let mut buffer = [0; 4096];
        let wait = Duration::from_millis(500);
        let (length, _) =
            tokio::time::timeout(wait, socket.recv_from(&mut buffer)).await.ok()?.unwrap();
        Some(Message::from_vec(&buffer[..length]).unwrap())
    }

    /// The code and the number of answers, over UDP.
    async fn code(resolver: SocketAddr, name: &str, kind: RecordType) -> (ResponseCode, usize) {
        let answer = ask(resolver, name, kind).await.unwrap();
        (answer.metadata.response_code, answer.answers.len())
    }

    /// What a plain connection brings for `GET /`, up to its end.
    async fn fetch(socket: SocketAddr, host: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(socket).await?;
        let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    /// A client that trusts the world and finds a host's TLS port at this socket.
    fn client(world: &World, host: &str, at: SocketAddr) -> reqwest::Client {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(world.root().to_vec().into()).unwrap();
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        reqwest::Client::builder().tls_backend_preconfigured(tls).resolve(host, at).build().unwrap()
    }

    async fn secure(world: &World, name: &str) -> Result<String, reqwest::Error> {
        let (host, at) = (format!("{name}.example"), socket(world, name, 443));
        let url = format!("https://{host}:{}/", at.port());
        client(world, &host, at).get(url).send().await?.text().await
    }

    #[tokio::test]
    async fn every_site_file_is_embedded_and_starts() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/world");
        let files = std::fs::read_dir(folder).unwrap().filter_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            name.strip_suffix(".toml").map(str::to_owned)
        });
        let mut files: Vec<String> = files.collect();
        let mut embedded: Vec<String> = sites().unwrap().into_iter().map(|s| s.name).collect();
        files.sort();
        embedded.sort();
        assert_eq!(embedded, files, "src/demo/embedded.rs lists other sites than the folder has");
        world().await.stop().await;
    }

    #[tokio::test]
    async fn every_site_has_a_number_and_a_domain_of_its_own() {
        let sites = sites().unwrap();
        let numbers: std::collections::BTreeSet<u16> = sites.iter().map(|site| site.id).collect();
        let domains: std::collections::BTreeSet<String> =
            sites.iter().map(beian::demo::Site::domain).collect();
        assert_eq!((numbers.len(), domains.len()), (sites.len(), sites.len()));
        assert!(sites.iter().all(|site| !site.zh.is_empty() && !site.en.is_empty()));
        assert!(sites.len() >= 120, "{} sites: the world has lost most of them", sites.len());
    }

    #[tokio::test]
    async fn the_resolvers_answer_as_the_zones_say() {
        let world = world().await;
        let [first, second] = world.resolvers() else { panic!("two resolvers") };
        let a = RecordType::A;
        assert_eq!(code(*first, "plain.example", a).await, (ResponseCode::NoError, 1));
        assert_eq!(code(*first, "PLAIN.example", a).await, (ResponseCode::NoError, 1));
        assert_eq!(
            code(*first, "plain.example", RecordType::AAAA).await,
            (ResponseCode::NoError, 0)
        );
        assert_eq!(code(*first, "nobody.example", a).await, (ResponseCode::NXDomain, 0));
        assert_eq!(code(*first, "dns-no-address.example", a).await, (ResponseCode::NoError, 0));
        assert_eq!(code(*first, "dns-servfail.example", a).await, (ResponseCode::ServFail, 0));
        assert_eq!(code(*first, "dns-refused.example", a).await, (ResponseCode::Refused, 0));
        assert!(ask(*first, "dns-silence.example", a).await.is_none());
        assert_eq!(code(*first, "dns-loop.example", a).await, (ResponseCode::NoError, 2));
        assert_eq!(code(*first, "www.clean-own-cdn.example", a).await.1, 2);
        assert_eq!(code(*first, "dns-disputed.example", a).await.0, ResponseCode::NXDomain);
        assert_eq!(code(*second, "dns-disputed.example", a).await, (ResponseCode::NoError, 1));
        world.stop().await;
    }

    #[tokio::test]
    async fn an_answer_too_long_for_udp_comes_over_tcp() {
        let world = world().await;
        let resolver = world.resolvers()[0];
        let host = "www.clean-many-addresses.example";
        let cut = ask(resolver, host, RecordType::A).await.unwrap();
        assert!(cut.metadata.truncation && cut.answers.is_empty());
        let mut stream = TcpStream::connect(resolver).await.unwrap();
        let question = question(host, RecordType::A);
        stream.write_u16(question.len().try_into().unwrap()).await.unwrap();
        stream.write_all(&question).await.unwrap();
        let mut answer = vec![0; stream.read_u16().await.unwrap().into()];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(Message::from_vec(&answer).unwrap().answers.len(), 2 + 32);
        world.stop().await;
    }

    #[tokio::test]
    async fn ports_do_what_the_files_say() {
        let world = world().await;
        let kind = |result: std::io::Result<String>| result.unwrap_err().kind();
        let at = |name: &str, port| socket(&world, name, port);
        assert_eq!(
            kind(fetch(at("web-refused", 80), "web-refused.example").await),
            std::io::ErrorKind::ConnectionRefused
        );
        assert_eq!(
            kind(fetch(at("web-reset", 80), "web-reset.example").await),
            std::io::ErrorKind::ConnectionReset
        );
        assert_eq!(
            kind(fetch(at("web-block-page", 443), "web-block-page.example").await),
            std::io::ErrorKind::ConnectionReset
        );
        assert_eq!(fetch(at("web-hangs-up", 80), "web-hangs-up.example").await.unwrap(), "");
        let silent = fetch(at("web-silent", 80), "web-silent.example");
        assert!(tokio::time::timeout(Duration::from_millis(300), silent).await.is_err());
        world.stop().await;
    }

    #[tokio::test]
    async fn web_servers_answer_by_host_and_scheme() {
        let world = world().await;
        let get = async |name: &str| {
            fetch(socket(&world, name, 80), &format!("{name}.example")).await.unwrap()
        };
        let page = get("plain").await;
        assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
        assert!(page.contains(">浙ICP备2099") && page.contains("</html>"), "{page}");
        assert!(!page.contains("{{"), "{page}");
        assert!(get("clean-http10").await.starts_with("HTTP/1.0 200 OK\r\n"));
        assert!(get("clean-sloppy").await.starts_with("HTTP/1.1 200\nsERVER:"));
        assert!(get("web-error").await.starts_with("HTTP/1.1 500 "));
        assert!(
            get("clean-to-https").await.contains("location: https://clean-to-https.example/\r\n")
        );
        assert!(get("clean-gbk").await.contains("content-type: text/html\r\n"));
        assert!(get("clean-brotli").await.contains("content-encoding: br\r\n"));
        assert!(get("clean-large").await.len() > 1_500_000);
        let half = get("web-half-a-page").await;
        let announced: usize = half
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .unwrap()
            .parse()
            .unwrap();
        let came = half.split_once("\r\n\r\n").unwrap().1.len();
        assert!(came < announced, "{came} of {announced}");
        world.stop().await;
    }

    #[tokio::test]
    async fn a_page_without_end_keeps_coming() {
        let world = world().await;
        let mut stream = TcpStream::connect(socket(&world, "review-endless", 80)).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: review-endless.example\r\n\r\n").await.unwrap();
        let mut buffer = vec![0; 10_000_000];
        stream.read_exact(&mut buffer).await.unwrap();
        world.stop().await;
    }

    #[tokio::test]
    async fn certificates_are_as_good_as_the_files_say() {
        let world = world().await;
        assert!(secure(&world, "plain").await.unwrap().contains("</html>"));
        for name in ["web-certificate-expired", "web-certificate-name", "web-certificate-self"] {
            let reason = format!("{:?}", secure(&world, name).await.unwrap_err());
            assert!(reason.contains("InvalidCertificate"), "{name}: {reason}");
        }
        world.stop().await;
    }

    #[tokio::test]
    async fn a_flaky_port_fails_at_first_and_recovers() {
        let world = world().await;
        let at = socket(&world, "clean-flaky", 80);
        assert!(fetch(at, "clean-flaky.example").await.is_err());
        tokio::time::sleep(beian::demo::SECOND_LOOK_AFTER).await;
        assert!(fetch(at, "clean-flaky.example").await.unwrap().contains("</html>"));
        world.stop().await;
    }

    #[tokio::test]
    async fn nothing_of_the_world_lies_outside_loopback() {
        let world = world().await;
        assert!(world.sockets().values().chain(world.resolvers()).all(|at| at.ip().is_loopback()));
        assert!(world.sockets().keys().all(|(address, _)| match address {
            IpAddr::V4(v4) => !v4.is_private() && !v4.is_loopback(),
            IpAddr::V6(v6) => !v6.is_loopback(),
        }));
        world.stop().await;
    }
}

/// A run over a world, through the same parts as `beian audit`.
#[cfg(test)]
pub(crate) mod run {
    use beian::demo::{SECOND_LOOK_AFTER, World, at, policy};
    use beian::filing::{self, List};
    use beian::pipeline::{self, Judging, Keep, Plan, Progress, Registry, Summary, Unfinished};
    use beian::probe::{BrowserOptions, Options, Probe, Render, place::Places};
    use beian::rules::{self, Lang};
    use std::{collections::BTreeMap, io::Cursor, path::Path, sync::Arc, time::Duration};
    use tokio_util::sync::CancellationToken;

    /// The last net under a look, far above what any takes on a busy machine.
    const SITE_LIMIT: Duration = Duration::from_secs(900);

    struct Quiet;

    impl Progress for Quiet {
        fn read(&self, _rows: u64, _done: bool) {}
        fn looked(&self, _sites: u64, _of: u64) {}
        fn judged(&self, _sites: u64) {}
    }

    /// The rows of the world's list, through the real importer.
    pub(crate) fn list(world: &World) -> List {
        let bytes = Cursor::new(world.list().into_bytes());
        filing::open(Box::new(bytes), Some("demo.csv"), &filing::Options::default()).unwrap()
    }

    /// The browser of this machine; `None`, and a loud word, where it has none.
    pub(crate) fn browser() -> Option<BrowserOptions> {
        Some(BrowserOptions {
            path: crate::chromium()?,
            width: 2,
            recycle_after: 40,
            timeout: Duration::from_secs(20),
            screenshots: false,
            sandbox: true,
        })
    }

    /// Sees pages through a browser, which shares the machine with whatever else is tested.
    pub(crate) fn look_through(options: &mut Options, render: Render, browser: BrowserOptions) {
        options.render = render;
        options.browser = Some(browser);
        options.deadline = Duration::from_secs(300);
        options.timeout = Duration::from_secs(10);
    }

    /// Audits the world's list into a folder.
    pub(crate) async fn audit(world: &World, output: &Path) -> Summary {
        audit_by(world.options(), world, output).await
    }

    /// The same with options of one's own.
    pub(crate) async fn audit_by(options: Options, world: &World, output: &Path) -> Summary {
        let policy = policy().unwrap();
        let bytes = Cursor::new(world.registry().into_bytes());
        let rows = filing::open(Box::new(bytes), None, &filing::Options::default()).unwrap();
        let registry = Registry::read(rows).unwrap();
        let plan = Plan {
            registry: Some(&registry),
            ledger: None,
            output: output.to_owned(),
            rules: rules::all().collect(),
            policy: &policy,
            at: at(),
            keep: Keep::Findings,
            lang: Lang::Zh,
            concurrency: 64,
            second_look_after: SECOND_LOOK_AFTER,
            unfinished: Unfinished::Refuse,
            site_limit: SITE_LIMIT,
            watch: Default::default(),
            fingerprint: BTreeMap::new(),
            versions: BTreeMap::new(),
            clock: jiff::Timestamp::now,
        };
        let stop = CancellationToken::new();
        let probe = Arc::new(Probe::new(options, Places::embedded(Vec::new())).unwrap());
        let eyes = Arc::clone(&probe);
        let summary = pipeline::run(list(world), eyes, &plan, &Quiet, stop).await.unwrap();
        probe.close().await;
        summary
    }

    /// Judges the recording of a run once more, into another folder.
    pub(crate) fn judge_again(run: &Path, output: &Path) -> Summary {
        let policy = policy().unwrap();
        let rules: Vec<_> = rules::all().collect();
        let judging = Judging {
            rules: &rules,
            policy: &policy,
            lang: Lang::Zh,
            at: None,
            versions: BTreeMap::new(),
            registry: None,
            clock: jiff::Timestamp::now,
        };
        let stop = CancellationToken::new();
        pipeline::judge_again(run, output, &judging, &Quiet, &stop).unwrap()
    }
}

/// The audit of the whole world.
#[cfg(test)]
mod audits {
    use super::*;
    use crate::png;
    use beian::demo::{Eyes, Site, compare};
    use beian::evidence::{Evidence, Rendered, Sight};
    use beian::policy::Level;
    use beian::probe::{BrowserOptions, Render};
    use beian::rules::{self, Lang};
    use std::{
        collections::{BTreeMap, BTreeSet},
        path::Path,
    };

    #[tokio::test(flavor = "multi_thread")]
    async fn everything_planted_is_found_and_nothing_else() {
        let world = World::start(sites().unwrap()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (folder.path().join("first"), folder.path().join("second"));
        let summary = run::audit(&world, &first).await;
        assert_eq!(summary.rows, summary.audited + summary.rejected);
        let rows: usize = world.sites().iter().map(|site| 1 + site.again.len()).sum();
        assert_eq!(summary.rows, rows as u64);
        holds(&world, Eyes::Crawler, &first);
        run::audit(&world, &second).await;
        are_the_same(&first, &second);
        is_judged_alike(&first, &folder.path().join("again"));
        world.stop().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn everything_planted_is_found_through_a_browser_and_nothing_else() {
        let Some(browser) = run::browser() else { return };
        let browser = BrowserOptions { screenshots: true, ..browser };
        let world = World::start(sites().unwrap()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (folder.path().join("first"), folder.path().join("second"));
        let mut options = world.options();
        run::look_through(&mut options, Render::Auto, browser);
        run::audit_by(options.clone(), &world, &first).await;
        holds(&world, Eyes::Browser, &first);
        has_pictures(&first);
        run::audit_by(options, &world, &second).await;
        are_the_same(&first, &second);
        is_judged_alike(&first, &folder.path().join("again"));
        world.stop().await;
    }

    fn read(folder: &Path, name: &str) -> String {
        std::fs::read_to_string(folder.join(name)).unwrap()
    }

    /// What a run found is what is planted for these eyes.
    fn holds(world: &World, eyes: Eyes, folder: &Path) {
        let (audits, rejected) = (read(folder, "audits.jsonl"), read(folder, "rejected.csv"));
        let found = compare(world.sites(), eyes, &audits, &rejected).unwrap();
        assert!(found.is_equal(), "{}", found.table(Lang::En, str::len));
    }

    /// Two runs of one time say the same.
    fn are_the_same(first: &Path, second: &Path) {
        let (first, second) = (read(first, "notices.csv"), read(second, "notices.csv"));
        let differs = first.lines().zip(second.lines()).find(|(one, other)| one != other);
        assert_eq!(differs, None, "two runs of one time differ");
        assert_eq!(first.len(), second.len());
    }

    /// What was recorded is all that a judgment rests on: judged again it says the same.
    fn is_judged_alike(run: &Path, again: &Path) {
        run::judge_again(run, again);
        are_the_same(run, again);
        let (first, second) = (read(run, "audits.jsonl"), read(again, "audits.jsonl"));
        let differs = first.lines().zip(second.lines()).find(|(one, other)| one != other);
        assert_eq!(differs, None, "judged again, an audit differs");
        assert_eq!(first.len(), second.len());
    }

    /// Every site with findings that a browser showed has its picture, and the numbers in them
    /// are framed.
    fn has_pictures(folder: &Path) {
        let evidence = folder.join("evidence");
        let mut index = csv::Reader::from_path(evidence.join("index.csv")).unwrap();
        let rows: Vec<csv::StringRecord> = index.records().map(Result::unwrap).collect();
        let pictures: BTreeMap<&str, &str> = rows
            .iter()
            .filter(|row| row[2].ends_with(".png"))
            .map(|row| (&row[0], &row[2]))
            .collect();
        let (mut without, mut numbered) = (Vec::new(), None);
        for line in read(folder, "audits.jsonl").lines() {
            let audit: Shown = serde_json::from_str(line).unwrap();
            let shown: Vec<_> = audit.evidence.hosts.iter().filter_map(|h| h.rendered()).collect();
            if shown.is_empty() || !audit.has_findings() {
                continue;
            }
            match pictures.get(&*audit.domain) {
                None => without.push(audit.domain),
                Some(file) if shown.iter().all(|page| has_number_in_sight(page)) => {
                    numbered = numbered.or(Some(evidence.join(file)));
                }
                Some(_) => {}
            }
        }
        assert!(without.is_empty(), "no picture of {without:?}");
        let file = numbered.expect("a site with findings shows a number");
        let picture = png::decode(&std::fs::read(&file).unwrap());
        assert!(picture.has(png::FRAME), "{}", file.display());
    }

    fn has_number_in_sight(page: &Rendered) -> bool {
        page.numbers.iter().any(|number| number.sight == Sight::Seen)
    }

    /// A line of `audits.jsonl`, as far as it matters here.
    #[derive(serde::Deserialize)]
    struct Shown {
        domain: String,
        verdicts: Vec<Said>,
        evidence: Evidence,
    }

    #[derive(serde::Deserialize)]
    struct Said {
        verdict: String,
    }

    impl Shown {
        fn has_findings(&self) -> bool {
            self.verdicts.iter().any(|said| matches!(&*said.verdict, "fail" | "review"))
        }
    }

    /// Without a browser less is known: what needs one is asked of a person, or not said.
    #[test]
    fn a_run_without_a_browser_accuses_of_nothing_more() {
        for site in sites().unwrap() {
            let (with, without) =
                (site.planted_for(Eyes::Browser), site.planted_for(Eyes::Crawler));
            let more = without.iter().filter(|plant| !with.contains(plant));
            let accused: Vec<_> = more.filter(|plant| plant.level != Some(Level::Review)).collect();
            assert!(accused.is_empty(), "{}: {accused:?}", site.name);
        }
    }

    #[test]
    fn every_rule_is_planted_somewhere() {
        let sites = sites().unwrap();
        let planted: BTreeSet<&str> = sites
            .iter()
            .flat_map(|site: &Site| &site.planted)
            .map(|planted| planted.code.as_str())
            .collect();
        let rules: BTreeSet<&str> = rules::all().map(|rule| rule.code).collect();
        let without: Vec<_> = rules.difference(&planted).collect();
        let unknown: Vec<_> = planted.difference(&rules).collect();
        assert!(without.is_empty(), "no site of fixtures/world breaks {without:?}");
        assert!(unknown.is_empty(), "planted in fixtures/world, but no rules: {unknown:?}");
    }
}
