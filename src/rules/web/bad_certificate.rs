use super::answers::host_of;
use crate::evidence::{Certificate, Trust};
use crate::policy::Level;
use crate::rules::{Check, Defect, Na, Outcome, Rule, Text, Texts, WebCase, Words, quote};

/// WEB008
pub(super) const RULE: Rule = Rule {
    code: "WEB008",
    name: "bad-certificate",
    level: Level::Warning,
    needs: &[],
    yields_to: &["DNS001", "WEB001", "WEB004"],
    sources: &["good practice"],
    law: &[],
    texts: TEXTS,
    check: Check::Web(check),
};

/// The host's own certificate; those of hosts that a redirect leads to are theirs.
fn check(case: &WebCase<'_>) -> Outcome {
    let own = |url: &str| host_of(url).is_some_and(|host| host == case.host.host);
    let mut hops = case.visit.attempts().flat_map(|attempt| &attempt.hops);
    let certificate = hops.find_map(|hop| hop.certificate.as_ref().filter(|_| own(&hop.url)));
    let Some(certificate) = certificate else {
        return Outcome::Na(Na::Other(Text::new(
            "没有 https 服务，不作要求",
            "no https, which is no finding",
        )));
    };
    let day = |moment: &str| moment.chars().take(10).collect::<String>();
    match fault(certificate) {
        None => Outcome::Pass(Text::new(
            format!("有效期至 {}", day(&certificate.not_after)),
            format!("valid until {}", day(&certificate.not_after)),
        )),
        Some(found) => Outcome::Fail(Defect {
            expected: Text::new(
                "为这个主机签发的有效证书",
                "a valid certificate that is made out for the host",
            ),
            found,
            ..Defect::default()
        }),
    }
}

fn fault(certificate: &Certificate) -> Option<Text> {
    let day = |moment: &str| moment.chars().take(10).collect::<String>();
    let names: Vec<&str> = certificate.names.iter().take(5).map(String::as_str).collect();
    let (zh, en) = match certificate.trust {
        Trust::Valid => return None,
        Trust::Expired => {
            let day = day(&certificate.not_after);
            (format!("证书已于 {day} 过期"), format!("expired on {day}"))
        }
        Trust::NotYetValid => {
            let day = day(&certificate.not_before);
            (format!("证书从 {day} 起才生效"), format!("not valid before {day}"))
        }
        Trust::WrongName => {
            let names = quote(&names.join(" "));
            (
                format!("证书是为其他域名签发的：{names}"),
                format!("made out for other names: {names}"),
            )
        }
        Trust::Untrusted => {
            let issuer = quote(&certificate.issuer);
            (format!("签发者不受信任：{issuer}"), format!("issuer not trusted: {issuer}"))
        }
        Trust::Malformed => ("证书无法读取".to_owned(), "cannot be read".to_owned()),
    };
    Some(Text::new(zh, en))
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站的 https 证书无效，浏览器会提示不安全",
        doubt: "请核对网站的 https 证书是否有效",
        checks: "查看 https 证书是否在有效期内、是否为本域名签发、签发者是否受信任。没有开通 https 的网站不作要求。",
        why: "证书无效时浏览器会拦住访问者，核查人员也可能因此判断网站打不开。这是建议项，不影响备案本身。",
        cause: "证书到期没有续签，证书没有包含这个主机名，使用了自签名证书，或者没有安装完整的证书链。",
        remedy: "请在证书服务的控制台（云服务商大多提供免费证书）为列出的主机重新申请证书，部署到 Web 服务器或 CDN，并打开自动续签；安装时请选择包含中间证书的完整证书链。",
        bad: "www.site.example 的证书已经过期",
        good: "证书同时包含 site.example 和 www.site.example，并在有效期内",
    },
    en: Words {
        problem: "The site's https certificate is not valid, and browsers warn of it",
        doubt: "Please check whether the site's https certificate is valid",
        checks: "Reads whether the https certificate is within its time, made out for this host and issued by a trusted authority. A site without https is no finding.",
        why: "With an invalid certificate browsers hold visitors back, and an inspector may take the site for closed. This is advice; the filing itself is not affected.",
        cause: "The certificate was not renewed, does not name this host, is self-signed, or was installed without its intermediate certificates.",
        remedy: "Apply for a new certificate for the hosts named in the console of a certificate service (most clouds offer free ones), install it on the web server or CDN together with its intermediate certificates, and switch automatic renewal on.",
        bad: "the certificate of www.site.example has expired",
        good: "one certificate names site.example and www.site.example and is within its time",
    },
};
