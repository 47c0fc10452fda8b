//! Where redirects lead.

use encoding_rs::GBK;
use std::borrow::Cow;
use url::Url;

const MAX_URL: usize = 8192;
const MAX_LOCATION: usize = 2048;

/// The `Location` header for the record: UTF-8, else GBK.
pub(super) fn shown(location: &[u8]) -> String {
    let text: Cow<'_, str> = match std::str::from_utf8(location) {
        Ok(text) => text.into(),
        Err(_) => GBK.decode_without_bom_handling(location).0,
    };
    text.chars().filter(|c| !c.is_control()).take(MAX_LOCATION).collect()
}

/// The URL that a `Location` header leads to; `None` where it cannot be followed. Bytes that
/// are no ASCII go back to the server as it sent them.
pub(super) fn of_location(base: &Url, location: &[u8]) -> Option<Url> {
    let mut ascii = String::with_capacity(location.len());
    for byte in location.iter().take(MAX_URL) {
        if byte.is_ascii() {
            ascii.push(char::from(*byte));
        } else {
            ascii.push_str(&format!("%{byte:02X}"));
        }
    }
    of_text(base, &ascii)
}

/// The URL that a target in a page leads to.
pub(super) fn of_text(base: &Url, target: &str) -> Option<Url> {
    if target.len() > MAX_URL {
        return None;
    }
    let mut url = base.join(target.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return None;
    }
    url.set_fragment(None);
    // Credentials in a redirect are nobody's business.
    url.set_username("").and_then(|()| url.set_password(None)).ok()?;
    (url.as_str().len() <= MAX_URL).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leads(location: &[u8]) -> Option<String> {
        let base = Url::parse("https://site.example/a/b?c#d").unwrap();
        of_location(&base, location).map(String::from)
    }

    #[test]
    fn locations_lead_where_browsers_go() {
        let table: &[(&[u8], &str)] = &[
            (b"http://www.site.example/", "http://www.site.example/"),
            (b"/x", "https://site.example/x"),
            (b"x?y=1", "https://site.example/a/x?y=1"),
            (b"//m.site.example", "https://m.site.example/"),
            (b"?lang=zh", "https://site.example/a/b?lang=zh"),
            (b" /x\r\n", "https://site.example/x"),
            (b"\\\\m.site.example\\x", "https://m.site.example/x"),
            (b"HTTP:/m.site.example/x", "http://m.site.example/x"),
            (b"http://user:pass@m.site.example/#top", "http://m.site.example/"),
            (b"http://m.site.example:80/", "http://m.site.example/"),
            (b"http://0x7f.1/", "http://127.0.0.1/"),
            ("/首页".as_bytes(), "https://site.example/%E9%A6%96%E9%A1%B5"),
            (b"/\xca\xd7\xd2\xb3", "https://site.example/%CA%D7%D2%B3"),
            ("http://示例.example/".as_bytes(), "http://xn--fsq092h.example/"),
        ];
        for (location, url) in table {
            assert_eq!(leads(location).as_deref(), Some(*url), "{}", shown(location));
        }
    }

    #[test]
    fn what_is_no_web_address_is_not_followed() {
        for location in [
            "javascript:alert(1)",
            "ftp://site.example/",
            "http://",
            "data:text/html,x",
            "http://[::",
        ] {
            assert_eq!(leads(location.as_bytes()), None, "{location}");
        }
        assert_eq!(leads(&vec![b'a'; 9000]), None);
        assert_eq!(leads(&vec![0xff; 5000]), None);
    }

    #[test]
    fn the_record_shows_the_location_readably() {
        assert_eq!(shown("/首页".as_bytes()), "/首页");
        assert_eq!(shown(b"/\xca\xd7\xd2\xb3"), "/首页");
        assert_eq!(shown(&vec![b'a'; 9000]).len(), MAX_LOCATION);
    }
}
