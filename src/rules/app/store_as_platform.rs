use crate::policy::{Level, Platform};
use crate::rules::{
    Check, Defect, Field, FilingCase, Na, Outcome, Rule, Text, Texts, Words, law, quote,
};
use unicode_normalization::UnicodeNormalization;

/// APP004
pub(super) const RULE: Rule = Rule {
    code: "APP004",
    name: "store-filed-as-platform",
    level: Level::Warning,
    needs: &[Field::Platform],
    yields_to: &[],
    sources: &["Huawei Cloud 17.5.3"],
    law: &[&law::APPS],
    texts: TEXTS,
    check: Check::Filing(check),
};

/// The most platforms of one cell that are read.
const MOST: usize = 32;

fn check(case: &FilingCase<'_>) -> Outcome {
    let cell: String = case.filing.platform.iter().flat_map(|text| text.nfkc()).collect();
    let words = cell.split([';', ',', '、', '/', '|', '+', '&', '\n', '和']).map(str::trim);
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).take(MOST).collect();
    let read = |wanted: Option<Platform>| -> Vec<&str> {
        let of = |word: &&&str| case.policy.apps.platform(word) == wanted;
        words.iter().filter(of).copied().collect()
    };
    let defect = |found: &[&str]| Defect {
        expected: Text::new(
            "安卓、iOS、鸿蒙等运行平台",
            "a platform that apps run on: Android, iOS, HarmonyOS …",
        ),
        found: Text::same(quote(&found.join("、"))),
        ..Defect::default()
    };
    if words.is_empty() {
        return Outcome::Na(Na::MissingField(Field::Platform));
    }
    let stores = read(Some(Platform::Store));
    if !stores.is_empty() {
        return Outcome::Fail(defect(&stores));
    }
    let unknown = read(None);
    if !unknown.is_empty() {
        return Outcome::Review(defect(&unknown));
    }
    Outcome::Pass(Text::same(quote(&words.join("、"))))
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "登记的 APP 平台是应用市场，不是运行平台",
        doubt: "请核对登记的 APP 运行平台：它不像是安卓、iOS、鸿蒙这样的平台",
        checks: "看名单中的运行平台（一格可以有几个，版本号不计）：写的是应用市场、软件商店的，提醒更正；既不是已知平台也不是已知市场的，请人工确认。",
        why: "备案登记的平台指 APP 在什么系统上运行（安卓、iOS、鸿蒙等），不是在哪里上架；填成应用市场的为无效平台，需要变更备案。",
        cause: "填写备案时把“平台”理解成了上架的应用市场。",
        remedy: "请在接入商的备案系统提交“变更备案”，把运行平台改为 APP 实际支持的系统，如安卓、iOS、鸿蒙。只是名单写错的，告诉我们更正即可。",
        bad: "运行平台 应用宝",
        good: "运行平台 安卓、iOS",
    },
    en: Words {
        problem: "The app's platform on file is an app store, not a platform that apps run on",
        doubt: "Please check the app's platform on file: it does not look like one such as Android, iOS or HarmonyOS",
        checks: "Reads the platforms of the list (several in a cell, versions aside): the name of an app store is a warning; a word that is known as neither is left to a person.",
        why: "The platform of a filing is what the app runs on (Android, iOS, HarmonyOS and the like), not where it is got from; a store's name is an invalid platform, and the filing has to be changed.",
        cause: "Whoever filled in the form took 'platform' for the store in which the app is offered.",
        remedy: "Submit a change of the filing (变更备案) in the access provider's system and name the systems that the app runs on, such as Android, iOS or HarmonyOS. Where only the list is wrong, just tell us.",
        bad: "platform 应用宝 (an app store)",
        good: "platform 安卓、iOS",
    },
};
