use super::*;

fn embedded() -> Policy {
    Policy::embedded().unwrap()
}

fn error(user: &str) -> String {
    Policy::with(user, "own.toml", None).unwrap_err().to_string()
}

fn code_of<'a>(policy: &'a Policy, text: &str) -> Option<&'a str> {
    policy.providers.key_of(text)
}

#[test]
fn the_embedded_file_states_every_reading_and_agrees_with_the_defaults() {
    let document = parse(FILES[0].1, FILES[0].0).unwrap();
    let (stated, all) = document.into_layer().readings.stated();
    assert_eq!(stated, all);
    assert_eq!(embedded().readings, Readings::default());
}

#[test]
fn a_copyright_line_is_a_violation_in_jiangsu_and_a_warning_elsewhere() {
    let policy = embedded();
    let level = |province| policy.level("CPR001", Level::Warning, province, &[]);
    assert_eq!(level(Some(Province::Jiangsu)), Some(Level::Violation));
    assert_eq!(level(Some(Province::Guangdong)), Some(Level::Warning));
    assert_eq!(level(None), Some(Level::Warning));
}

#[test]
fn profiles_overlay_the_readings_and_a_users_file_goes_before_them() {
    let with = |user: &str, profile| Policy::with(user, "own.toml", profile).unwrap();
    assert_eq!(with("", Some("huawei")).readings.guangdong, Guangdong::Subject);
    assert_eq!(with("", Some("strict")).readings.guangdong, Guangdong::Subject);
    assert_eq!(with("", Some("tencent")).readings.moved_within_provider, Level::Warning);
    let strict = with("", Some("strict"));
    assert_eq!(strict.level("CPR001", Level::Warning, None, &[]), Some(Level::Violation));

    let own = "[readings]\nguangdong = \"either\"\n";
    assert_eq!(with(own, Some("huawei")).readings.guangdong, Guangdong::Either);
    let own = "[profiles.ours.readings]\npolice_days = 60\n";
    assert_eq!(with(own, Some("ours")).readings.police_days, 60);
    assert_eq!(with(own, None).readings.police_days, 90);
    let own = "[profiles.strict.readings]\nguangdong = \"either\"\n";
    assert_eq!(with(own, Some("strict")).readings.guangdong, Guangdong::Either);
}

#[test]
fn a_registrar_is_known_by_any_of_its_names_or_its_number() {
    let registrars = embedded().registrars;
    for name in [
        "阿里云计算有限公司（万网）",
        "ALIBABA CLOUD COMPUTING (BEIJING) CO., LTD.",
        "Alibaba Cloud Computing Ltd. d/b/a HiChina (www.net.cn)",
        "ＨｉＣｈｉｎａ",
    ] {
        assert_eq!(registrars.standing(name, None), Standing::Approved, "{name}");
    }
    assert_eq!(registrars.standing("GoDaddy.com, LLC", None), Standing::Abroad);
    assert_eq!(registrars.standing("An Unknown Spelling", Some(146)), Standing::Abroad);
    assert_eq!(registrars.standing("示例域名注册有限公司", Some(9_999)), Standing::Unknown);
}

#[test]
fn a_list_of_ones_own_decides_which_registrars_are_approved() {
    let with = |list: &str| {
        let own = format!("[registrars]\napproved = [{list}]\n");
        Policy::with(&own, "own.toml", None).unwrap().registrars
    };
    let registrars = with("\"阿里云计算有限公司\", \"Example Registrar Ltd\"");
    assert_eq!(registrars.standing("HiChina", None), Standing::Approved);
    assert_eq!(registrars.standing("EXAMPLE REGISTRAR LTD.", None), Standing::Approved);
    assert_eq!(registrars.standing("DNSPod, Inc.", None), Standing::NotListed);
    assert_eq!(registrars.standing("GoDaddy.com, LLC", None), Standing::NotListed);
    assert!(error("[registrars]\napproved = [\"（）\"]\n").contains("is no name"));
    assert!(error("[registrars]\naproved = []\n").contains("aproved"));
}

#[test]
fn an_unknown_profile_is_refused_with_the_known_ones() {
    let error = Policy::with("", "own.toml", Some("strickt")).unwrap_err().to_string();
    assert_eq!(
        error,
        "there is no profile \"strickt\"; there are huawei, strict, tencent, tolerant"
    );
}

#[test]
fn the_last_row_that_matches_holds() {
    let own = r#"
        [[level]]
        code = "LNK"
        level = "warning"
        reason = "a first round"
        [[level]]
        code = "LNK004"
        level = "violation"
        reason = "look-alikes are phishing"
        [[level]]
        code = "ICP007"
        level = "off"
        reason = "the template is centred by design"
        providers = ["腾讯云计算（北京）有限责任公司"]
    "#;
    let policy = Policy::with(own, "own.toml", None).unwrap();
    let level = |code, providers: &[String]| policy.level(code, Level::Violation, None, providers);
    assert_eq!(level("LNK001", &[]), Some(Level::Warning));
    assert_eq!(level("LNK004", &[]), Some(Level::Violation));
    assert_eq!(level("ICP007", &["tencent".to_owned()]), None);
    assert_eq!(level("ICP007", &["aliyun".to_owned()]), Some(Level::Violation));
    let named: Vec<&str> = policy.codes().collect();
    assert!(["LNK", "LNK004", "ICP007", "CPR001"].iter().all(|code| named.contains(code)));
}

#[test]
fn a_row_for_a_domain_holds_for_it_and_below_up_to_its_date() {
    let own = r#"
        [[level]]
        code = "TTL002"
        level = "off"
        reason = "renamed, the change of the filing is under way"
        domains = ["示例.example"]
        until = 2099-06-30
    "#;
    let policy = Policy::with(own, "own.toml", None).unwrap();
    let level = |domain, today| {
        let scope = Scope { domain: Some(domain), today: Some(today), ..Scope::default() };
        policy.level_in("TTL002", Level::Violation, &scope)
    };
    let (last, after) = (Date::constant(2099, 6, 30), Date::constant(2099, 7, 1));
    assert_eq!(level("xn--fsq092h.example", last), None);
    assert_eq!(level("www.xn--fsq092h.example", last), None);
    assert_eq!(level("xn--fsq092h.example", after), Some(Level::Violation));
    assert_eq!(level("aaxn--fsq092h.example", last), Some(Level::Violation));
    assert_eq!(policy.level("TTL002", Level::Violation, None, &[]), Some(Level::Violation));
}

#[test]
fn a_row_for_a_subject_holds_for_all_of_its_domains_and_no_other() {
    let own = r#"
        [[level]]
        code = "CPR"
        level = "off"
        reason = "the group's own legal department sees to it"
        subjects = ["示例集团有限公司"]
    "#;
    let policy = Policy::with(own, "own.toml", None).unwrap();
    let level = |subject| {
        let scope = Scope { subject, ..Scope::default() };
        policy.level_in("CPR002", Level::Warning, &scope)
    };
    assert_eq!(level(Some("示例集团有限公司")), None);
    assert_eq!(level(Some("示例集团")), Some(Level::Warning));
    assert_eq!(level(None), Some(Level::Warning));
}

#[test]
fn a_row_whose_last_day_is_over_is_named_with_its_reason() {
    let own = r#"
        [[level]]
        code = "TTL002"
        level = "off"
        reason = "renamed"
        domains = ["site.example"]
        until = 2099-06-30
    "#;
    let policy = Policy::with(own, "own.toml", None).unwrap();
    let lapsed = |month, day| policy.lapsed(Date::constant(2099, month, day)).count();
    assert_eq!((lapsed(6, 30), lapsed(7, 1)), (0, 1));
    let row = policy.lapsed(Date::constant(2099, 7, 1)).next().unwrap();
    assert_eq!((row.code, row.reason, row.bound), ("TTL002", "renamed", vec!["site.example"]));
}

#[test]
fn deadlines_go_by_rule_then_family_then_level() {
    let policy = embedded();
    assert_eq!(policy.deadline_days("ICP001", Level::Violation), 7);
    assert_eq!(policy.deadline_days("ICP001", Level::Warning), 30);
    assert_eq!(policy.deadline_days("FIL002", Level::Warning), 14);
    assert_eq!(policy.deadline_days("PSB001", Level::Violation), 30);
    let own = "[deadlines]\nviolation = 3\n[rules.FIL002]\ndeadline_days = 5\n";
    let policy = Policy::with(own, "own.toml", None).unwrap();
    assert_eq!(policy.deadline_days("ICP001", Level::Violation), 3);
    assert_eq!(policy.deadline_days("FIL002", Level::Warning), 5);
    assert_eq!(policy.deadline_days("FIL001", Level::Warning), 14);
}

#[test]
fn mistakes_are_named_by_file_line_column_and_nearest_name() {
    // It goes on to list every reading there is.
    let unknown = error("\n[readings]\nguandong = \"either\"\n");
    assert!(unknown.starts_with("own.toml:3:1: unknown field `guandong`"), "{unknown}");
    assert!(unknown.ends_with("; did you mean `guangdong`?"), "{unknown}");
    let row = |line: &str| {
        format!("[[level]]\ncode = \"CPR001\"\nlevel = \"off\"\nreason = \"r\"\n{line}\n")
    };
    let blank = "[[level]]\ncode = \"CPR001\"\nlevel = \"off\"\nreason = \" \"\n";
    insta::assert_snapshot!(error(blank), @"own.toml:4:10: a reason is needed, for who reads the next audit");
    insta::assert_snapshot!(error(&row("provinces = [\"苏\", \"广泰\"]")), @r#"own.toml:5:19: "广泰" is not a province"#);
    insta::assert_snapshot!(error(&row("providers = [\"tencnet\"]")), @r#"own.toml:5:14: no access provider is known as "tencnet"; did you mean `tencent`?"#);
    insta::assert_snapshot!(error("[rules.cpr001]\ndeadline_days = 3"), @r#"own.toml:1:8: "cpr001" is not a rule's code such as ICP001 or a family such as ICP"#);
    insta::assert_snapshot!(error("[rules.CPR001]\ndeadline_days = 0"), @"own.toml:2:17: 0 is not 1 to 365 days");
    insta::assert_snapshot!(error("[[level]]\ncode = \"CPR001\"\nlevel = \"offf\"\nreason = \"\""), @"own.toml:3:9: unknown variant `offf`, expected one of `violation`, `warning`, `review`, `off`; did you mean `off`?");
    assert!(
        error("[[level]]\ncode = \"CPR001\"\nlevel = \"off\"").contains("missing field `reason`")
    );
    assert!(error(&row("until = 08:00:00")).contains("is not a date"));
    insta::assert_snapshot!(error("[readings]\ntitle_similarity = 60.0"), @"own.toml: readings.title_similarity: 60 is not 0 to 1");
}

#[test]
fn providers_are_known_by_the_names_people_write() {
    let policy = embedded();
    for (text, key) in [
        ("腾讯云计算（北京）有限责任公司", "tencent"),
        ("腾讯云计算(北京)有限责任公司", "tencent"),
        (" 腾讯云 ", "tencent"),
        ("ＴＥＮＣＥＮＴ　Ｃｌｏｕｄ", "tencent"),
        ("阿里云计算有限公司", "aliyun"),
        ("阿里云", "aliyun"),
        ("华为云计算技术有限公司", "huawei"),
        ("HUAWEI CLOUD", "huawei"),
        ("北京百度网讯科技有限公司", "baidu"),
        ("中国电信股份有限公司上海分公司", "chinatelecom"),
        ("中国联合网络通信有限公司北京市分公司", "chinaunicom"),
        ("中国移动通信集团江苏有限公司", "chinamobile"),
        ("天翼云科技有限公司", "ctyun"),
        ("中国电信天翼云", "ctyun"),
        ("北京光环新网科技股份有限公司", "sinnet"),
        ("宁夏西云数据科技有限公司", "aws-cn"),
        ("上海蓝云网络科技有限公司", "azure-cn"),
        ("成都西维数码科技有限公司", "west263"),
        ("Tencent Cloud Computing (Beijing) Co., Ltd.", "tencent"),
    ] {
        assert_eq!(code_of(&policy, text), Some(key), "{text}");
    }
    for text in ["", "示例云计算有限公司", "有限公司", "（腾讯云）", "云"] {
        assert_eq!(code_of(&policy, text), None, "{text}");
    }
}

#[test]
fn no_two_providers_share_a_name() {
    let document = parse(FILES[1].1, FILES[1].0).unwrap();
    let mut owners = std::collections::HashMap::new();
    for provider in &document.provider {
        let own = [&provider.key, &provider.zh, &provider.en];
        for name in own.into_iter().chain(&provider.aliases) {
            let folded = providers::fold(name);
            assert!(!folded.is_empty(), "{name}");
            let owner = owners.entry(folded).or_insert(&provider.key);
            assert_eq!(*owner, &provider.key, "{name}");
        }
    }
    assert!(owners.len() > 200);
}

#[test]
fn a_filing_covers_the_networks_of_those_who_are_filed_under_its_name() {
    let providers = embedded().providers;
    assert!(providers.covers("tencent", "tencent"));
    assert!(providers.covers("sinnet", "aws-cn"));
    assert!(providers.covers("aws-cn", "sinnet"));
    assert!(providers.covers("chinatelecom", "ctyun"));
    assert!(!providers.covers("tencent", "aliyun"));
    assert!(!providers.covers("sinnet", "azure-cn"));
    assert_eq!(providers.name("huawei", false), "华为云");
    assert_eq!(providers.name("huawei", true), "Huawei Cloud");
    assert_eq!(providers.name("nobody", true), "nobody");
}

#[test]
fn every_key_that_a_table_names_is_a_provider() {
    let policy = embedded();
    for key in policy.cdns.rows().map(|cdn| cdn.vendor.as_str()) {
        assert!(policy.providers.by_key(key).is_some(), "{key}");
    }
    for key in policy.providers.keys() {
        for other in &policy.providers.by_key(key).unwrap().filed_as {
            assert!(policy.providers.by_key(other).is_some(), "{key} → {other}");
        }
    }
}

#[test]
fn aliases_are_matched_by_whole_labels_longest_first() {
    let cdns = embedded().cdns;
    let of = |name: &str| cdns.of_name(name).map(|cdn| (cdn.vendor.as_str(), cdn.kind));
    assert_eq!(of("www.site.example.cdn.dnsv1.com"), Some(("tencent", CdnKind::Cdn)));
    assert_eq!(of("WWW.SITE.EXAMPLE.CDN.DNSV1.COM."), Some(("tencent", CdnKind::Cdn)));
    assert_eq!(of("bucket.cdn.myqcloud.com"), Some(("tencent", CdnKind::Cdn)));
    assert_eq!(of("bucket.cos.myqcloud.com"), Some(("tencent", CdnKind::Storage)));
    assert_eq!(of("x.kunlunxyz.com"), Some(("aliyun", CdnKind::Cdn)));
    assert_eq!(of("x.aliyunddos1234.com"), Some(("aliyun", CdnKind::Ddos)));
    assert_eq!(of("shop.faisco.cn"), Some(("faisco", CdnKind::SiteBuilder)));
    for name in ["notdnsv1.com", "dnsv1.com.example", "kunlunxyz.com.example", "kunlun.com", ""] {
        assert_eq!(of(name), None, "{name}");
    }
    assert!(cdns.of_name("a.cloudfront.net").is_some_and(|cdn| !cdn.mainland));
}

#[test]
fn a_chain_is_told_by_the_last_name_that_hides_the_origin() {
    let cdns = embedded().cdns;
    let of = |chain: &[&str]| cdns.of_chain(chain.iter().copied()).map(|c| (c.kind, c.zh.clone()));
    let traffic = "x.gtm-a1b2.com";
    assert_eq!(of(&[traffic]).unwrap().0, CdnKind::Gtm);
    assert_eq!(of(&["x.yundunwaf3.com", traffic]).unwrap().0, CdnKind::Waf);
    assert_eq!(of(&["x.yundunwaf3.com", "x.kunlunaq.com"]).unwrap().0, CdnKind::Cdn);
    assert_eq!(of(&["origin.site.example"]), None);
    assert!(!CdnKind::Gtm.hides_origin() && CdnKind::SiteBuilder.hides_origin());
}

fn seen(facts: &PageFacts<'_>) -> Option<(String, Category, Strength)> {
    let policy = embedded();
    policy.signatures.find(facts).map(|s| (s.id.clone(), s.category, s.strength))
}

fn text(text: &str) -> PageFacts<'_> {
    let text_length = u32::try_from(text.chars().count()).unwrap();
    PageFacts { status: 200, text, text_length, ..PageFacts::default() }
}

#[test]
fn block_pages_are_recognised_by_target_title_frame_and_text() {
    let redirect = PageFacts {
        status: 302,
        targets: vec!["https://dnspod.qcloud.com/static/webblock.html?d=site.example"],
        ..PageFacts::default()
    };
    assert_eq!(seen(&redirect).unwrap().0, "tencent-block");
    let titled =
        PageFacts { status: 403, title: "Non-compliance ICP Filing", ..PageFacts::default() };
    assert_eq!(seen(&titled).unwrap().0, "aliyun-block-title");
    let words = "提示：该域名当前备案状态\n 不符合访问要求，请联系网站管理员";
    let (id, category, strength) = seen(&text(words)).unwrap();
    assert_eq!((id.as_str(), category), ("aliyun-block-text", Category::IcpBlock));
    assert_eq!(strength, Strength::Certain);
}

#[test]
fn the_gateway_alone_is_weak_and_nothing_on_a_page_that_answers() {
    let gateway = PageFacts { status: 403, server: "Beaver", ..PageFacts::default() };
    assert_eq!(seen(&gateway).unwrap().2, Strength::Weak);
    let titled = PageFacts { title: "TestPage184", ..gateway.clone() };
    assert_eq!(seen(&titled).unwrap().2, Strength::Certain);
    assert_eq!(seen(&PageFacts { status: 200, ..gateway }), None);
    assert_eq!(seen(&PageFacts { title: "TestPage184", ..PageFacts::default() }), None);
}

#[test]
fn an_article_that_quotes_a_block_page_is_not_one() {
    let article = PageFacts {
        text_length: 1_500,
        ..text("问：提示“该域名未备案，已被封停”怎么办？")
    };
    assert_eq!(seen(&article), None);
    let home = text("示例科技有限公司 首页 产品 新闻 联系我们 粤ICP备2099000123号-1");
    assert_eq!(seen(&home), None);
}

#[test]
fn a_parking_host_counts_only_for_those_who_were_led_there() {
    let led = PageFacts {
        status: 200,
        first_host: "site.example",
        last_host: "www.hugedomains.com",
        ..PageFacts::default()
    };
    assert_eq!(seen(&led).unwrap().1, Category::Parked);
    assert_eq!(seen(&PageFacts { first_host: "hugedomains.com", ..led.clone() }), None);
    assert_eq!(seen(&PageFacts { last_host: "nothugedomains.com", ..led }), None);
}

#[test]
fn default_listing_and_challenge_pages_have_their_categories() {
    let titled = |title| PageFacts { status: 200, title, text_length: 100, ..PageFacts::default() };
    for (title, category) in [
        ("Welcome to nginx!", Category::Default),
        ("恭喜，站点创建成功！", Category::Default),
        ("Apache Tomcat/9.0.1", Category::Default),
        ("Index of /", Category::Listing),
        ("Just a moment...", Category::Challenge),
        ("滑动验证页面", Category::Challenge),
    ] {
        assert_eq!(seen(&titled(title)).unwrap().1, category, "{title}");
    }
    assert_eq!(seen(&titled("Index of our services")), None);
    assert_eq!(seen(&text("It works!")).unwrap().0, "apache-it-works");
    assert_eq!(seen(&text("网站正在建设中")).unwrap().2, Strength::Strong);
    assert_eq!(seen(&text("新版敬请期待")).unwrap().2, Strength::Weak);
    assert_eq!(seen(&text("网站建设中心欢迎您")), None);
    let waf = "很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。";
    assert_eq!(seen(&text(waf)).unwrap().1, Category::Challenge);
}

#[test]
fn a_domain_for_sale_is_told_from_the_trade_in_domains() {
    let category = |text_: &str| seen(&text(text_)).map(|(_, c, s)| (c, s > Strength::Weak));
    for sale in [
        "您正在访问的域名可以转让！联系电话",
        "site.example 该域名正在出售",
        "本域名已在平台委托出售",
        "该域名已过期，请联系注册商续费",
        "This domain is for sale",
    ] {
        assert_eq!(category(sale), Some((Category::Parked, true)), "{sale}");
    }
    assert_eq!(category("首页 域名注册 域名转让 域名交易 帮助"), Some((Category::Parked, false)));
    assert_eq!(category("首页 域名注册 云服务器 企业邮箱"), None);
    let titled = |title| PageFacts { status: 200, title, text_length: 900, ..PageFacts::default() };
    assert_eq!(seen(&titled("site.example 域名出售")).unwrap().1, Category::Parked);
    assert_eq!(seen(&titled("示例网 - 域名出售与转让平台")), None);
    let article =
        PageFacts { text_length: 1_500, ..text("问：该域名正在出售怎么办？") };
    assert_eq!(seen(&article), None);
}

#[test]
fn signatures_have_names_of_their_own_and_texts_are_bounded() {
    let document = parse(FILES[3].1, FILES[3].0).unwrap();
    let mut names = BTreeSet::new();
    for row in &document.page {
        assert!(names.insert(row.id().to_owned()), "{}", row.id());
        assert!(!row.reads_text() || row.bound().is_some(), "{} has no max_text", row.id());
    }
    assert!(names.len() > 50);
}

#[test]
fn a_signature_that_would_fit_every_page_is_refused() {
    let page = |condition: &str| {
        format!(
            "[[page]]\nid = \"x\"\nvendor = \"any\"\ncategory = \"default\"\nstrength = \"weak\"\n{condition}"
        )
    };
    assert!(error(&page("max_text = 5")).contains("states nothing"));
    assert!(error(&page("title_has = [\" \"]")).contains("every page"));
    assert!(error(&page("title_like = '('")).contains("not a pattern"));
}

#[test]
fn a_user_can_add_a_provider_an_alias_suffix_and_a_page() {
    let own = r#"
        [[provider]]
        key = "our-idc"
        zh = "示例机房"
        en = "Example Data Centre"
        kind = "idc"
        [[cdn]]
        vendor = "our-idc"
        zh = "示例加速"
        kind = "cdn"
        mainland = true
        suffixes = ["cdn.idc.example"]
    "#;
    let policy = Policy::with(own, "own.toml", None).unwrap();
    assert_eq!(code_of(&policy, "示例机房有限公司"), Some("our-idc"));
    assert_eq!(policy.cdns.of_name("a.cdn.idc.example").unwrap().vendor, "our-idc");
}

const MANUAL: &str = include_str!("../../docs/policy.md");

#[test]
fn the_manuals_example_is_a_policy_that_does_what_it_says() {
    let example = MANUAL.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
    let policy = Policy::with(example.unwrap(), "docs/policy.md", Some("first-round")).unwrap();
    assert_eq!(policy.readings.guangdong, Guangdong::Subject);
    assert!(policy.readings.any_host_suffices);
    assert_eq!(policy.deadline_days("ICP001", Level::Violation), 3);
    assert_eq!(policy.deadline_days("ICP002", Level::Violation), 5);
    let level = |code, province| policy.level(code, Level::Violation, province, &[]);
    assert_eq!(level("CPR001", Some(Province::Jiangsu)), Some(Level::Violation));
    assert_eq!(level("CPR002", Some(Province::Jiangsu)), None);
    assert_eq!(level("LNK001", None), Some(Level::Warning));
    let tencent = ["tencent".to_owned()];
    assert_eq!(policy.level("DNS006", Level::Review, None, &tencent), None);
    assert_eq!(code_of(&policy, "示例数据中心"), Some("our-idc"));
}

#[test]
fn the_manual_names_every_reading_with_its_default_and_every_profile() {
    let readings = serde_json::to_value(Readings::default()).unwrap();
    for (key, value) in readings.as_object().unwrap() {
        let value = value.as_str().map_or(value.to_string(), str::to_owned);
        assert!(MANUAL.contains(&format!("| `{key}` | `{value}` |")), "{key} = {value}");
    }
    for profile in embedded().profiles() {
        assert!(MANUAL.contains(&format!("| `{profile}` |")), "{profile}");
    }
}
