use crate::audit::Verdict;
use crate::filing::{FiledNumber, Filing};
use crate::rules::Lang;

/// The names that the rules' texts may hold in braces.
pub const PLACEHOLDERS: &[&str] =
    &["domain", "hosts", "expected", "found", "number", "subject", "service"];

/// What a placeholder is filled from.
pub(super) struct Values<'a> {
    pub(super) filing: &'a Filing,
    pub(super) verdict: &'a Verdict,
    pub(super) lang: Lang,
}

impl Values<'_> {
    fn of(&self, name: &str) -> Option<String> {
        let (filing, verdict, lang) = (self.filing, self.verdict, self.lang);
        Some(match name {
            "domain" => filing.domain.unicode().to_owned(),
            "hosts" if verdict.hosts.is_empty() => filing.domain.unicode().to_owned(),
            "hosts" => verdict.hosts.join(if lang == Lang::Zh { "、" } else { ", " }),
            "expected" => verdict.expected.of(lang).to_owned(),
            "found" => verdict.found.of(lang).to_owned(),
            "number" => self.or_unknown(filing.record_number.as_ref().map(FiledNumber::shown)),
            "subject" => self.or_unknown(filing.subject_name.clone()),
            "service" => self.or_unknown(filing.service_name.clone()),
            _ => return None,
        })
    }

    fn or_unknown(&self, value: Option<String>) -> String {
        let unknown = match self.lang {
            Lang::Zh => "（名单中未提供）",
            Lang::En => "(not in the list)",
        };
        value.unwrap_or_else(|| unknown.to_owned())
    }
}

/// Fills the placeholders of a text, each once: what a value holds is not filled again.
/// Braces around anything else stay as they are.
pub(super) fn fill(text: &str, values: &Values<'_>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let value =
            after.split_once('}').and_then(|(name, behind)| Some((values.of(name)?, behind)));
        rest = match value {
            Some((value, behind)) => {
                match stands_in_element(&filled, behind) {
                    true => filled.push_str(&value.replace('&', "&amp;").replace('<', "&lt;")),
                    false => filled.push_str(&value),
                }
                behind
            }
            None => {
                filled.push('{');
                after
            }
        };
    }
    filled.push_str(rest);
    filled
}

/// Whether what is filled in here stands in an element that is to be pasted into a page:
/// between the end of one tag and the beginning of a closing one.
fn stands_in_element(before: &str, behind: &str) -> bool {
    let opened = before.rfind(['<', '>']).and_then(|at| before.get(at..)?.chars().next());
    let closed = behind.find('<').and_then(|at| behind.get(at..)).unwrap_or_default();
    opened == Some('>') && closed.starts_with("</")
}

/// The names in braces in a text that nothing is filled in for.
pub fn unknown_placeholders(text: &str) -> Vec<&str> {
    let names = text.split('{').skip(1).filter_map(|part| part.split('}').next());
    names.filter(|name| !PLACEHOLDERS.contains(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{self, Words};

    #[test]
    fn every_placeholder_of_every_rule_is_known() {
        for rule in rules::all() {
            for Words { problem, doubt, cause, remedy, .. } in [&rule.texts.zh, &rule.texts.en] {
                for text in [problem, doubt, cause, remedy] {
                    assert!(unknown_placeholders(text).is_empty(), "{}: {text}", rule.code);
                }
            }
        }
    }

    #[test]
    fn an_unknown_placeholder_is_told() {
        assert_eq!(unknown_placeholders("{domain} {doman} {"), ["doman", ""]);
        assert!(unknown_placeholders("{domain}: {found}").is_empty());
    }

    #[test]
    fn a_value_is_escaped_only_where_it_is_pasted_into_an_element() {
        assert!(stands_in_element("写上：<title>", " - 首页</title>。"));
        assert!(stands_in_element("<p>© ", " 版权所有</p>"));
        assert!(!stands_in_element("<title>x</title>。名称是 ", "，<b>"));
        assert!(!stands_in_element("名称是 ", "。"));
        assert!(!stands_in_element("<a title=\"", "\">x</a>"));
    }
}
