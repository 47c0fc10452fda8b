//! RDAP's JSON (RFC 9083): the domain object, its events, status and entities.

use super::answer::{Answer, name, registrant, status};
use super::date::day;
use crate::evidence::RegistrationFailure;
use serde_json::Value;

/// Entities, events, links and status values that are looked at, each.
const MAX_ITEMS: usize = 64;

/// Reads the answer to a question for a domain.
pub(super) fn read(body: &[u8], domain: &str) -> Result<Answer, RegistrationFailure> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let object: Value = serde_json::from_slice(body).map_err(|_| RegistrationFailure::Malformed)?;
    if let Some(code) = object.get("errorCode").and_then(Value::as_u64) {
        return Err(match code {
            404 => RegistrationFailure::NotFound,
            429 => RegistrationFailure::Limited,
            _ => RegistrationFailure::Malformed,
        });
    }
    let answer = of_object(&object, domain);
    answer.filter(Answer::says_anything).ok_or(RegistrationFailure::Malformed)
}

fn of_object(object: &Value, domain: &str) -> Option<Answer> {
    if object.get("objectClassName")?.as_str()? != "domain" {
        return None;
    }
    let named = object.get("ldhName").and_then(Value::as_str);
    if named.is_some_and(|name| !name.trim_end_matches('.').eq_ignore_ascii_case(domain)) {
        return None;
    }
    let mut answer = Answer {
        registered_on: event(object, "registration"),
        expires_on: event(object, "expiration"),
        status: texts(object, "status").filter_map(status).collect(),
        referral: related(object),
        ..Answer::default()
    };
    for entity in items(object, "entities") {
        let has_role = |role: &str| texts(entity, "roles").any(|own| own == role);
        if has_role("registrar") && answer.registrar.is_none() {
            let card = card(entity, "fn").or_else(|| card(entity, "org"));
            answer.registrar = card.as_deref().and_then(name);
            answer.registrar_id = registrar_id(entity);
        }
        if has_role("registrant") && answer.registrant.is_none() {
            // Where the person behind an organisation is told too, the organisation owns it.
            let names = [card(entity, "org"), card(entity, "fn")];
            answer.registrant = names.into_iter().flatten().find_map(|name| registrant(&name));
        }
    }
    Some(answer)
}

/// The day of an event; of several the last one that has a date.
fn event(object: &Value, action: &str) -> Option<jiff::civil::Date> {
    let is_wanted =
        |event: &&Value| event.get("eventAction").and_then(Value::as_str) == Some(action);
    let dates = items(object, "events").filter(is_wanted);
    dates.filter_map(|event| day(event.get("eventDate")?.as_str()?, 0)).last()
}

/// Where the registrar tells the rest.
fn related(object: &Value) -> Option<String> {
    let text = |link: &Value, key: &str| link.get(key).and_then(Value::as_str).map(str::to_owned);
    let link = items(object, "links").find(|link| {
        text(link, "rel").as_deref() == Some("related")
            && text(link, "type").is_some_and(|kind| kind.starts_with("application/rdap+json"))
    })?;
    text(link, "href")
}

fn registrar_id(entity: &Value) -> Option<u32> {
    let is_iana = |id: &&Value| {
        let kind = id.get("type").and_then(Value::as_str).unwrap_or_default();
        kind.eq_ignore_ascii_case("IANA Registrar ID")
    };
    let id = items(entity, "publicIds").find(is_iana)?.get("identifier")?;
    id.as_str().map_or_else(|| id.as_u64()?.try_into().ok(), |text| text.trim().parse().ok())
}

/// A property of an entity's jCard (RFC 7095): `["org", {}, "text", "…"]`. A structured value
/// is a list, of which the first part is the organisation's name.
fn card(entity: &Value, property: &str) -> Option<String> {
    let properties = entity.get("vcardArray")?.get(1)?.as_array()?;
    let is_wanted = |p: &&Value| p.get(0).and_then(Value::as_str) == Some(property);
    let value = properties.iter().take(MAX_ITEMS).find(is_wanted)?.get(3)?;
    let text = value.as_str().or_else(|| value.get(0)?.as_str())?;
    (!text.trim().is_empty()).then(|| text.to_owned())
}

fn items<'a>(object: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    object.get(key).and_then(Value::as_array).into_iter().flatten().take(MAX_ITEMS)
}

fn texts<'a>(object: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    items(object, key).filter_map(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// The shape of a registry that tells all: RFC 9083, appendix, with invented values.
    const FULL: &str = r#"{
      "rdapConformance": ["rdap_level_0", "redacted"],
      "objectClassName": "domain",
      "handle": "D99-TEST",
      "ldhName": "SITE.EXAMPLE",
      "links": [{"rel": "self", "type": "application/rdap+json", "href": "https://rdap.nic.example/domain/site.example"},
                {"rel": "related", "type": "application/rdap+json", "href": "https://rdap.registrar.example/domain/site.example"}],
      "status": ["client transfer prohibited", "auto renew period", "active"],
      "events": [
        {"eventAction": "registration", "eventDate": "2015-06-01T16:30:00Z"},
        {"eventAction": "expiration", "eventDate": "2031-06-01T03:00:00.0Z"},
        {"eventAction": "last update of RDAP database", "eventDate": "2026-11-22T00:00:00Z"}],
      "entities": [
        {"objectClassName": "entity", "roles": ["registrar"], "handle": "420",
         "publicIds": [{"type": "IANA Registrar ID", "identifier": "420"}],
         "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Example Registrar Co., Ltd."]]],
         "entities": [{"objectClassName": "entity", "roles": ["abuse"], "vcardArray": ["vcard", [["fn", {}, "text", ""]]]}]},
        {"objectClassName": "entity", "roles": ["registrant"],
         "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "域名管理员"], ["org", {}, "text", ["示例科技有限公司", "技术部"]]]]}]
    }"#;

    fn changed(from: &str, to: &str) -> Result<Answer, RegistrationFailure> {
        assert!(FULL.contains(from), "{from}");
        read(FULL.replace(from, to).as_bytes(), "site.example")
    }

    #[test]
    fn a_full_answer_is_read() {
        let answer = read(FULL.as_bytes(), "site.example").unwrap();
        assert_eq!(answer.registered_on, Some(date(2015, 6, 2)));
        assert_eq!(answer.expires_on, Some(date(2031, 6, 1)));
        assert_eq!(answer.status, ["clientTransferProhibited", "autoRenewPeriod", "ok"]);
        assert_eq!(answer.registrar.as_deref(), Some("Example Registrar Co., Ltd."));
        assert_eq!(answer.registrar_id, Some(420));
        assert_eq!(answer.registrant.as_deref(), Some("示例科技有限公司"));
        let related = "https://rdap.registrar.example/domain/site.example";
        assert_eq!(answer.referral.as_deref(), Some(related));
    }

    #[test]
    fn a_withheld_registrant_is_none() {
        let answer =
            changed(r#"["示例科技有限公司", "技术部"]"#, r#""REDACTED FOR PRIVACY""#).unwrap();
        assert_eq!(answer.registrant.as_deref(), Some("域名管理员"));
        let whole = FULL.replace(r#"["示例科技有限公司", "技术部"]"#, r#""""#);
        let whole = whole.replace("域名管理员", "Redacted for privacy");
        assert_eq!(read(whole.as_bytes(), "site.example").unwrap().registrant, None);
    }

    #[test]
    fn an_answer_about_another_domain_or_another_thing_is_none() {
        let malformed = Err(RegistrationFailure::Malformed);
        assert_eq!(changed("SITE.EXAMPLE", "other.example"), malformed);
        assert_eq!(
            changed(r#""objectClassName": "domain""#, r#""objectClassName": "ip network""#),
            malformed
        );
        for body in
            ["", "{}", "[]", "null", "<html>", r#"{"objectClassName":"domain"}"#, "\u{feff}{}"]
        {
            assert_eq!(read(body.as_bytes(), "site.example"), malformed, "{body}");
        }
        // Deeper than the reader goes.
        let deep = "[".repeat(100_000);
        assert_eq!(read(deep.as_bytes(), "site.example"), malformed);
    }

    #[test]
    fn an_error_object_says_why() {
        let body = |code: u16| format!(r#"{{"errorCode": {code}, "title": "x"}}"#);
        let failure = |code| read(body(code).as_bytes(), "site.example").unwrap_err();
        assert_eq!(failure(404), RegistrationFailure::NotFound);
        assert_eq!(failure(429), RegistrationFailure::Limited);
        assert_eq!(failure(400), RegistrationFailure::Malformed);
    }

    #[test]
    fn values_of_other_types_do_not_make_it_fail() {
        let whole = FULL.replace("\"identifier\": \"420\"", "\"identifier\": 420");
        assert_eq!(read(whole.as_bytes(), "site.example").unwrap().registrar_id, Some(420));
        for (from, to) in [
            (r#""eventDate": "2031-06-01T03:00:00.0Z""#, r#""eventDate": 5"#),
            (
                r#"["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Example Registrar Co., Ltd."]]]"#,
                "{}",
            ),
            (r#"["client transfer prohibited", "auto renew period", "active"]"#, "7"),
        ] {
            assert!(changed(from, to).is_ok(), "{from}");
        }
    }
}
