use super::link;
use url::Url;

/// Whether the same bytes read at either address are the same page: an address decides only
/// whose links are a site's own, and what class a link to the site itself has.
pub fn reads_alike(a: &Url, b: &Url) -> bool {
    let own_class = |url| link::class("/", Some(url));
    a == b
        || a.scheme() == b.scheme()
            && a.username() == b.username()
            && registrable(a).is_some_and(|own| registrable(b) == Some(own))
            && own_class(a) == own_class(b)
}

fn registrable(url: &Url) -> Option<&str> {
    psl::domain_str(url.domain()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{Context, read};

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn alike(a: &str, b: &str) -> bool {
        reads_alike(&url(a), &url(b))
    }

    #[test]
    fn hosts_of_one_domain_read_alike_and_others_do_not() {
        assert!(alike("https://site.com.cn/", "https://www.site.com.cn/index.html?a=1"));
        assert!(alike("http://192.0.2.1/", "http://192.0.2.1/"));
        for (a, b) in [
            ("https://site.com.cn/", "http://site.com.cn/"),
            ("https://site.com.cn/", "https://site.cn/"),
            ("https://one.com.cn/", "https://two.com.cn/"),
            ("https://192.0.2.1/", "https://192.0.2.2/"),
            ("https://192.0.2.1/", "https://192.0.2.1/x"),
            ("https://miit.gov.cn/", "https://beian.miit.gov.cn/"),
            ("https://site.com.cn/", "https://beian.miit.gov.cn.site.com.cn/"),
        ] {
            assert!(!alike(a, b), "{a} {b}");
        }
    }

    #[test]
    fn what_reads_alike_is_the_same_page() {
        const LINKS: [&str; 9] = [
            "/about",
            "news.html",
            "//site.cn/x",
            "//www.site.cn/x",
            "https://site.cn/",
            "http://www.site.cn/",
            "https:/about",
            "https://other.cn/",
            "https://beian.miit.gov.cn/",
        ];
        let anchors: String = LINKS
            .iter()
            .map(|href| {
                format!(
                    "<li><a href='{href}'>示例链接</a><p hidden><a href='{href}'>示例隐藏</a></p>\
                     <a href='{href}'>粤ICP备2099000123号-1</a> \
                     <a href='{href}'>粤公网安备44010699000001号</a></li>"
                )
            })
            .collect();
        for base in
            ["", "<base href='/x/'>", "<base href='//site.cn/'>", "<base href='http://a.cn'>"]
        {
            let html = format!("<!doctype html><head>{base}</head><ul>{anchors}</ul>");
            let page =
                |at: &Url| read(html.as_bytes(), Context { url: Some(at), ..Context::default() });
            let (a, b) = (url("https://site.cn/"), url("https://www.site.cn/m/index.html"));
            assert!(reads_alike(&a, &b));
            assert_eq!(page(&a), page(&b), "{base}");
        }
    }
}
