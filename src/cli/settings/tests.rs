use super::*;

fn file(text: &str) -> Result<Settings> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mine.toml");
    std::fs::write(&path, text).unwrap();
    let mut layers = Layers::defaults()?;
    layers.file(&path)?;
    layers.settings()
}

#[test]
fn the_embedded_file_names_every_setting() {
    let settings = Layers::defaults().unwrap().settings().unwrap();
    assert_eq!(settings.http.timeout, 20);
    assert_eq!(settings.http.deadline, 90);
}

#[test]
fn a_later_layer_wins_and_its_origin_is_known() {
    let mut layers = Layers::defaults().unwrap();
    let variable = ("BEIAN_HTTP__TIMEOUT".to_owned(), "30".to_owned());
    layers.environment([variable].into_iter()).unwrap();
    assert_eq!(layers.settings().unwrap().http.timeout, 30);
    layers.flag("--timeout", ("http", "timeout"), Value::Integer(40)).unwrap();
    assert_eq!(layers.settings().unwrap().http.timeout, 40);
    let row = layers.rows().into_iter().find(|row| row.0 == "http.timeout").unwrap();
    assert_eq!(row.2, Origin::Flag("--timeout".to_owned()));
}

#[test]
fn an_unknown_setting_is_refused_with_its_line_and_the_known_ones() {
    let error = format!("{:#}", file("[http]\ntimeout = 30\ntimeuot = 20\n").unwrap_err());
    assert!(error.contains("mine.toml:3"), "{error}");
    assert!(error.contains("\"timeuot\"") && error.contains("timeout, user_agent"), "{error}");
}

#[test]
fn a_value_of_another_type_or_out_of_bounds_is_refused() {
    let error = format!("{:#}", file("[http]\ntimeout = \"30\"\n").unwrap_err());
    assert!(error.contains("must be integer, not string"), "{error}");
    let error = format!("{:#}", file("[http]\nmax_body = 1000\n").unwrap_err());
    assert!(error.contains("8 MiB") && error.contains("mine.toml:2"), "{error}");
}

#[test]
fn lists_are_read_from_the_environment() {
    let mut layers = Layers::defaults().unwrap();
    let variable = ("BEIAN_DNS__RESOLVERS".to_owned(), "10.0.0.2, 10.0.0.3:5353".to_owned());
    layers.environment([variable].into_iter()).unwrap();
    assert_eq!(layers.settings().unwrap().dns.resolvers, ["10.0.0.2", "10.0.0.3:5353"]);
}

#[test]
fn a_password_in_the_proxy_is_not_shown() {
    let mut layers = Layers::defaults().unwrap();
    let proxy = Value::String("http://desk:secret@10.0.0.8:3128".to_owned());
    layers.flag("--proxy", ("http", "proxy"), proxy).unwrap();
    let row = layers.rows().into_iter().find(|row| row.0 == "http.proxy").unwrap();
    assert!(!row.1.contains("secret") && row.1.contains("10.0.0.8"), "{}", row.1);
}
