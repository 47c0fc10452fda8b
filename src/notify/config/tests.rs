use super::*;

fn read(text: &str) -> Result<Config, ConfigError> {
    let environment = |name: &str| (name == "KEY").then(|| "https://robot.example/k".to_owned());
    let look = Look { folder: Path::new("/nowhere"), environment: &environment };
    Config::read(text, "notify.toml", &look)
}

const MAIL: &str =
    "[mail]\nserver = \"mx.example\"\nsecurity = \"starttls\"\nfrom = \"desk@mx.example\"\n";

#[test]
fn routes_are_read() {
    let config = read(&format!(
        "{MAIL}[quiet]\nfrom = \"20:00\"\nuntil = \"08:30\"\n\
         [[route]]\nname = \"owners\"\nby = \"mail\"\ntell = \"notice\"\nprovinces = [\"Guangdong\"]\n\
         [[route]]\nname = \"room\"\nby = \"wecom\"\ntell = \"digest\"\nurl_env = \"KEY\"\n"
    ))
    .unwrap();
    assert_eq!(config.mail.unwrap().port, 587);
    assert_eq!(config.routes[0].filter.provinces, ["广东"]);
    assert_eq!(format!("{:?}", config.routes[1].channel), "wecom", "the address stays secret");
}

#[test]
fn what_is_wrong_is_told_with_its_line_and_without_secrets() {
    let route = |rest: &str| format!("{MAIL}\n[[route]]\nname = \"r\"\n{rest}");
    for (text, line, said) in [
        ("[mial]\n".to_owned(), 1, "mial"),
        (route("by = \"pigeon\"\ntell = \"digest\"\n"), 8, "pigeon"),
        (route("by = \"wecom\"\ntell = \"digest\"\nurl = \"https://s3cret\"\n"), 6, "password"),
        (route("by = \"wecom\"\ntell = \"digest\"\nurl_env = \"NONE\"\n"), 6, "NONE is not set"),
        (route("by = \"wecom\"\ntell = \"notice\"\nurl_env = \"KEY\"\n"), 6, "robots get digests"),
        (route("by = \"mail\"\ntell = \"digest\"\n"), 6, "needs addresses"),
        (route("by = \"mail\"\ntell = \"notice\"\ncodes = [\"XYZ\"]\n"), 6, "XYZ"),
        (route("by = \"mail\"\ntell = \"notice\"\nto = [\"no address\"]\n"), 6, "no address"),
        (format!("{MAIL}user = \"u\"\n"), 1, "password_file"),
        ("[quiet]\nfrom = \"8\"\nuntil = \"09:00\"\n".to_owned(), 1, "08:30"),
    ] {
        let error = read(&text).unwrap_err();
        assert_eq!(error.line, line, "{text}\n{error}");
        let told = error.to_string();
        assert!(told.contains(said) && !told.contains("s3cret"), "{told}");
    }
}
