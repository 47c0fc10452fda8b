//! Robots of chat programs and webhooks, by HTTP.

use super::config::Channel;
use super::{Content, Outcome};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{Timestamp, ToSpan};
use reqwest::{Client, Response, StatusCode, redirect};
use rustls_pki_types::CertificateDer;
use serde_json::{Value, json};
use sha2::Sha256;
use std::time::Duration;

/// Authorities that robots and webhooks may be certified by.
#[derive(Clone)]
pub struct Roots(rustls::RootCertStore);

impl Roots {
    /// Those of the web, and more.
    pub fn with(own: Vec<CertificateDer<'static>>) -> Result<Roots, String> {
        let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for certificate in own {
            roots.add(certificate).map_err(|error| error.to_string())?;
        }
        Ok(Roots(roots))
    }
}

/// What calls robots.
pub(super) struct Caller {
    client: Client,
}

const TIMEOUT: Duration = Duration::from_secs(30);
/// What is read of an answer.
const LONGEST_ANSWER: usize = 64 << 10;
/// What WeCom takes of markdown, in bytes; the others take more.
const LONGEST_WECOM: usize = 4_096;
const LONGEST: usize = 18_000;

impl Caller {
    /// A caller that trusts these authorities and no others.
    pub(super) fn new(roots: Roots) -> Result<Caller, String> {
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots.0)
            .with_no_client_auth();
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(redirect::Policy::none())
            .timeout(TIMEOUT)
            .no_proxy()
            .user_agent(concat!("beian/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Caller { client })
    }

    /// Tells a robot or a webhook.
    pub(super) async fn tell(
        &self,
        channel: &Channel,
        id: &str,
        content: &Content,
        now: Timestamp,
    ) -> Outcome {
        let (url, body) = match channel {
            Channel::Mail(_) => return Outcome::Refused("a mail is no call".to_owned()),
            Channel::Webhook(url, secret) => {
                return self.hook(url, secret.as_deref(), id, content, now).await;
            }
            Channel::Wecom(url) => (url.clone(), wecom(content)),
            Channel::Dingtalk(url, secret) => {
                (signed_url(url, secret.as_deref(), now), dingtalk(content))
            }
            Channel::Feishu(url, secret) => (url.clone(), feishu(content, secret.as_deref(), now)),
        };
        let sent = self.client.post(url).header("content-type", "application/json");
        let response = match sent.body(body.to_string()).send().await {
            Ok(response) => response,
            Err(error) => return Outcome::Later(error.without_url().to_string()),
        };
        let status = response.status();
        if !status.is_success() {
            return of_status(&response, now);
        }
        let answer = match read(response).await {
            Ok(answer) => answer,
            Err(error) => return Outcome::Later(error),
        };
        said(&answer, now)
    }

    async fn hook(
        &self,
        url: &str,
        secret: Option<&str>,
        id: &str,
        content: &Content,
        now: Timestamp,
    ) -> Outcome {
        let body = content.data.to_string();
        let time = now.as_second().to_string();
        let mut request = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .header("x-beian-delivery", id)
            .header("x-beian-timestamp", &time);
        if let Some(secret) = secret {
            let mac = hmac(secret.as_bytes(), format!("{time}.{body}").as_bytes());
            let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
            request = request.header("x-beian-signature", format!("sha256={hex}"));
        }
        match request.body(body).send().await {
            Ok(response) if response.status().is_success() => Outcome::Sent,
            Ok(response) => of_status(&response, now),
            Err(error) => Outcome::Later(error.without_url().to_string()),
        }
    }
}

/// What a status that is no success means.
fn of_status(response: &Response, now: Timestamp) -> Outcome {
    let status = response.status();
    let said = format!("HTTP {}", status.as_u16());
    let after = response.headers().get("retry-after");
    let seconds = after.and_then(|value| value.to_str().ok()?.parse::<i64>().ok());
    match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            let seconds = seconds.unwrap_or(60).clamp(1, 3_600);
            Outcome::Slower(said, now.checked_add(seconds.seconds()).unwrap_or(now))
        }
        StatusCode::GONE | StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE => {
            Outcome::Refused(said)
        }
        // A wrong key or address is the operator's to mend: the message waits for him.
        _ => Outcome::Later(said),
    }
}

async fn read(mut response: Response) -> Result<String, String> {
    let mut bytes = Vec::new();
    while let Some(chunk) =
        response.chunk().await.map_err(|error| error.without_url().to_string())?
    {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LONGEST_ANSWER {
            return Err("the robot's answer is too long".to_owned());
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What a robot's answer means. WeCom and DingTalk say `errcode`, Feishu `code`; none says it by
/// its HTTP status.
fn said(answer: &str, now: Timestamp) -> Outcome {
    let Ok(value) = serde_json::from_str::<Value>(answer) else {
        return Outcome::Later("the robot's answer is no JSON".to_owned());
    };
    let field = |name: &str| value.get(name).and_then(Value::as_i64);
    let code = field("errcode").or_else(|| field("code")).or_else(|| field("StatusCode"));
    let text = ["errmsg", "msg", "StatusMessage"]
        .iter()
        .find_map(|name| value.get(*name).and_then(Value::as_str));
    let told = |code: i64| {
        let text: String = text.unwrap_or_default().chars().take(200).collect();
        format!("{code} {text}").trim_end().to_owned()
    };
    match code {
        Some(0) => Outcome::Sent,
        // Too many: WeCom, DingTalk, Feishu.
        Some(code @ (45009 | 130101 | 9499 | 11232)) => {
            Outcome::Slower(told(code), now.checked_add(1.minute()).unwrap_or(now))
        }
        Some(code) => Outcome::Later(told(code)),
        None => Outcome::Later("the robot's answer says neither yes nor no".to_owned()),
    }
}

fn wecom(content: &Content) -> Value {
    let text = within(&content.markdown, LONGEST_WECOM);
    json!({"msgtype": "markdown", "markdown": {"content": text}})
}

fn dingtalk(content: &Content) -> Value {
    let text = within(&content.markdown, LONGEST);
    json!({"msgtype": "markdown", "markdown": {"title": content.title, "text": text}})
}

fn feishu(content: &Content, secret: Option<&str>, now: Timestamp) -> Value {
    let text = within(&content.text, LONGEST);
    let mut body = json!({"msg_type": "text", "content": {"text": text}});
    if let (Some(secret), Some(body)) = (secret, body.as_object_mut()) {
        let time = now.as_second().to_string();
        // The time and the secret are the key; what is signed is nothing.
        let sign = STANDARD.encode(hmac(format!("{time}\n{secret}").as_bytes(), b""));
        body.insert("timestamp".to_owned(), time.into());
        body.insert("sign".to_owned(), sign.into());
    }
    body
}

/// DingTalk's address with time and signature.
fn signed_url(url: &str, secret: Option<&str>, now: Timestamp) -> String {
    let (Some(secret), Ok(mut url)) = (secret, url::Url::parse(url)) else {
        return url.to_owned();
    };
    let time = now.as_millisecond().to_string();
    let sign = STANDARD.encode(hmac(secret.as_bytes(), format!("{time}\n{secret}").as_bytes()));
    url.query_pairs_mut().append_pair("timestamp", &time).append_pair("sign", &sign);
    url.into()
}

fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mut mac) => {
            mac.update(text);
            mac.finalize().into_bytes().to_vec()
        }
        // HMAC takes keys of any length.
        Err(_) => Vec::new(),
    }
}

/// At most so many bytes, cut between lines.
fn within(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let mut cut = String::new();
    for line in text.lines() {
        if cut.len() + line.len() + 5 > bytes {
            break;
        }
        cut.push_str(line);
        cut.push('\n');
    }
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-23T00:00:00Z";

    #[test]
    fn signatures_are_those_that_the_robots_ask_for() {
        let now: Timestamp = NOW.parse().unwrap();
        // Made by another program: hmac and base64 of Python's library.
        let url = signed_url("https://oapi.example/robot/send?access_token=t", Some("SEC1"), now);
        assert_eq!(
            url,
            "https://oapi.example/robot/send?access_token=t&timestamp=1795392000000&sign=\
             wmE3Uo6kAIboFf8QzC59j%2BorkE8VBadzr3yUj7MS2Pw%3D"
        );
        let content = Content { text: "x".to_owned(), ..Content::default() };
        assert_eq!(
            feishu(&content, Some("SEC1"), now)["sign"],
            "MMdufPRryOnUszUEqD0C+U9uuagFBfkjNSMI1IyBHfc="
        );
    }

    #[test]
    fn an_answer_says_whether_it_was_taken() {
        let now: Timestamp = NOW.parse().unwrap();
        assert_eq!(said("{\"errcode\":0,\"errmsg\":\"ok\"}", now), Outcome::Sent);
        assert_eq!(said("{\"code\":0}", now), Outcome::Sent);
        assert!(matches!(said("{\"errcode\":45009}", now), Outcome::Slower(..)));
        assert_eq!(
            said("{\"errcode\":93000,\"errmsg\":\"invalid webhook\"}", now),
            Outcome::Later("93000 invalid webhook".to_owned())
        );
        for odd in ["", "<html>", "{}", "[0]"] {
            assert!(matches!(said(odd, now), Outcome::Later(_)), "{odd}");
        }
    }

    #[test]
    fn what_is_too_long_is_cut_between_lines() {
        let text = "一行文字\n".repeat(1_000);
        let cut = within(&text, LONGEST_WECOM);
        assert!(cut.len() <= LONGEST_WECOM && cut.ends_with("一行文字\n…"), "{}", cut.len());
    }
}
