use crate::policy::{Apps, Level};
use crate::rules::{Check, Defect, FilingCase, Na, Outcome, Rule, Text, Texts, Words, law, quote};
use regex::Regex;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// APP005
pub(super) const RULE: Rule = Rule {
    code: "APP005",
    name: "app-name-or-domain-refused",
    level: Level::Warning,
    needs: &[],
    yields_to: &[],
    sources: &["Huawei Cloud 9.21, 9.29"],
    law: &[&law::APPS],
    texts: TEXTS,
    check: Check::Filing(check),
};

/// A price, and the signs of a template that nobody filled in.
#[expect(clippy::unwrap_used, reason = "constant patterns, compiled by a test")]
static PRICE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[¥￥$]\s*\d+|\d+(?:\.\d+)?\s*(?:元|块钱|块\d)|\d块\d").unwrap());
#[expect(clippy::unwrap_used, reason = "constant patterns, compiled by a test")]
static TEMPLATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\{\{|\$\{|%s\b|^x{2,}$|^某+|\bnull\b|\bundefined\b|�").unwrap()
});

fn check(case: &FilingCase<'_>) -> Outcome {
    let filing = case.filing;
    let name = filing.service_name.as_deref();
    let mut faults: Vec<Text> =
        name.map(|name| faults_of(name, &case.policy.apps)).unwrap_or_default();
    let www = filing.written_domain.as_deref().filter(|written| written.starts_with("www."));
    faults.extend(www.map(|www| {
        Text::new(
            format!("域名写作 {www}（不能带 www.）"),
            format!("its domain is written {www} (www. is refused)"),
        )
    }));
    if faults.is_empty() {
        return match name {
            Some(name) => Outcome::Pass(Text::same(quote(name))),
            None => Outcome::Na(Na::Other(Text::new(
                "名单中没有 APP 名称",
                "the list has no name of the app",
            ))),
        };
    }
    Outcome::Fail(Defect {
        expected: Text::new(
            "名称不含特殊符号、占位文字、价格和营销用语，域名不带 www.",
            "a name without symbols, placeholders, prices and bait; a domain without www.",
        ),
        found: Text::list(faults),
        ..Defect::default()
    })
}

fn faults_of(name: &str, apps: &Apps) -> Vec<Text> {
    let folded: String = name.nfkc().collect();
    let shown = quote(name);
    let mut faults = Vec::new();
    if apps.is_placeholder(&folded) || TEMPLATE.is_match(&folded) {
        faults.push(Text::new(
            format!("名称“{shown}”是占位文字"),
            format!("the name {shown:?} is a placeholder"),
        ));
    }
    if let Some(symbol) = folded.chars().find(|&c| is_symbol(c)) {
        faults.push(Text::new(
            format!("名称“{shown}”含有符号“{symbol}”"),
            format!("the name {shown:?} holds the symbol {symbol:?}"),
        ));
    }
    let price = PRICE.find(&folded).map(|price| price.as_str());
    if let Some(bait) = price.or_else(|| apps.bait(&folded)) {
        faults.push(Text::new(
            format!("名称“{shown}”含有价格或营销用语“{bait}”"),
            format!("the name {shown:?} holds a price or a bait, {bait:?}"),
        ));
    }
    faults
}

/// The signs that the source names, and pictures. Others, as `+` or `·`, are left alone.
fn is_symbol(c: char) -> bool {
    "*&-()#@~^<>{}[]|\\★☆♥♡◆◇●○■□▲△※".contains(c)
        || matches!(c, '\u{1F000}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}')
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "APP 的名称或域名的写法不符合备案要求",
        doubt: "请核对 APP 的名称和域名的写法",
        checks: "服务类型为 APP 时，看名称里有没有特殊符号（如 * & - （））、表情、占位文字、价格和“免费”“促销”一类营销用语，以及域名是否写成了 www. 开头。用词是否过于宽泛、是否与他人重名，不作判断。",
        why: "APP 名称不得含占位文字、乱码、表情和特殊符号，不得含价格和诱导性的营销用语；备案的域名一栏出现 www. 形式的，会被管局系统自动驳回。",
        cause: "沿用了应用市场里带副标题的名称，或者从网址栏复制了域名。",
        remedy: "请在接入商的备案系统提交“变更备案”：名称改为安装后显示的正式名称，去掉符号和营销用语；域名去掉 www.。只是名单写错的，告诉我们更正即可。",
        bad: "APP 名称 示例记账-免费版，域名 www.site.example",
        good: "APP 名称 示例记账，域名 site.example",
    },
    en: Words {
        problem: "The app's name or domain is written in a form that is refused",
        doubt: "Please check how the app's name and domain are written",
        checks: "For an app, looks for symbols (such as * & - （）), pictures, placeholders, prices and bait such as 'free' or 'sale' in its name, and for a domain that is written with www. before it. Whether a name is too general or another's is not judged.",
        why: "An app's name may hold no placeholder, garbled text, picture or symbol, no price and no words of bait; an application with a www. host in place of the domain is turned down by the administration's system.",
        cause: "The name of the app store, with its subtitle, was taken over, or the domain was copied from an address bar.",
        remedy: "Submit a change of the filing (变更备案) in the access provider's system: the name as it shows once installed, without symbols and bait, and the domain without www. Where only the list is wrong, just tell us.",
        bad: "app 示例记账-免费版, domain www.site.example",
        good: "app 示例记账, domain site.example",
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    #[test]
    fn names_that_are_refused_are_told_from_those_that_are_not() {
        let apps = Policy::embedded().unwrap().apps;
        for name in [
            "示例-极速版",
            "示例（国内版）",
            "示例&样例",
            "示例😀",
            "免费示例",
            "示例9.9元",
            "¥1示例",
            "9块9示例",
            "测试",
            "Test1",
            "XXX",
            "{{name}}",
        ] {
            assert!(!faults_of(name, &apps).is_empty(), "{name}");
        }
        for name in [
            "示例记账",
            "示例 Plus",
            "示例+",
            "示例2099",
            "测试题库",
            "示例·样例",
            "二元示例",
            "XX示例",
        ] {
            assert!(faults_of(name, &apps).is_empty(), "{name}: {:?}", faults_of(name, &apps));
        }
    }
}
