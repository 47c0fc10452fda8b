use super::{
    Number,
    anchor::{Anchor, anchors},
    cursor::Cursor,
    filing, licence,
};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// As the ministry writes it.
    Official,
    /// Recognised, but not as the ministry writes it: `号` or `ICP` missing, a colon, a colloquial province letter.
    Malformed,
    /// Stands for a number and is none: `京ICP备XXXXXXXX号`, `12345678`.
    Placeholder,
}

/// In what a number departs from the ministry's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flaw {
    /// The province letter is missing: the number names no record.
    NoProvince,
    /// A colloquial province letter: 川 贵 云 甘 秦.
    ColloquialProvince,
    /// The letters ICP are missing or misspelt.
    NoLetters,
    /// 备 is missing.
    NoBei,
    /// 号 is missing.
    NoHao,
    /// Fewer digits, or more, than any number has: it names no record.
    WrongLength,
    /// Something stands between the parts: a colon, a bracket, 案, 第.
    ExtraMarks,
    /// What stands before the serial is no hyphen: 一, ー, `_`.
    OddDash,
}

/// A number found in running text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Bytes of the text as given (before folding), on character borders.
    pub span: Range<usize>,
    /// What it names; for a placeholder too where it has the shape of a number. `None`
    /// where it names no record.
    pub number: Option<Number>,
    /// The canonical text; for a placeholder the folded text as written.
    pub canonical: String,
    /// How it is written.
    pub form: Form,
    /// In what it departs from the ministry's form, in order; empty where it does not.
    pub flaws: Vec<Flaw>,
    /// Whether it is of a licence rather than of a filing.
    pub licence: bool,
}

/// Finds record numbers in running text, in order, without overlap.
pub fn find(text: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut free = 0;
    for (at, anchor) in anchors(text) {
        let here = Cursor::new(text, at);
        let hit = match anchor {
            Anchor::Bei => filing::around_bei(here),
            Anchor::Zheng => licence::old(here),
            Anchor::P => filing::without_bei(here),
            Anchor::Class => licence::telecom(here),
        };
        if let Some(hit) = hit.filter(|hit| hit.span.start >= free) {
            free = hit.span.end;
            found.push(hit);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{FilingNumber, Licence, Province, Suffix};
    use proptest::prelude::*;

    fn one(text: &str) -> Found {
        let mut found = find(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        found.remove(0)
    }

    fn canonical(text: &str) -> Vec<String> {
        find(text).into_iter().map(|found| found.canonical).collect()
    }

    #[test]
    fn official_forms_are_read_whatever_their_width_spaces_and_dashes() {
        for (text, expected) in [
            ("粤ICP备99000123号-1", "粤ICP备99000123号-1"),
            ("粤ICP备2099000123号", "粤ICP备2099000123号"),
            ("京 ICP 备 99052560 号 - 1", "京ICP备99052560号-1"),
            ("浙 ICP 备 99005035 号 -1", "浙ICP备99005035号-1"),
            ("粵ＩＣＰ備９９０００１２３號－１", "粤ICP备99000123号-1"),
            ("粤icp备99000123号—12", "粤ICP备99000123号-12"),
            ("粤ICP备2099 000123号", "粤ICP备2099000123号"),
            ("粤I\u{200b}CP备99\u{feff}000123号\u{ad}-2", "粤ICP备99000123号-2"),
            ("粤ICP备99000123号-2A", "粤ICP备99000123号-2A"),
            ("粤ICP备99000123号-1X", "粤ICP备99000123号-1X"),
            ("粤ICP备99000123号-5k", "粤ICP备99000123号-5K"),
            ("青ICP备099000119号-2A", "青ICP备099000119号-2A"),
        ] {
            let found = one(text);
            assert_eq!(
                (found.canonical.as_str(), found.form),
                (expected, Form::Official),
                "{text}"
            );
            assert_eq!(found.span, 0..text.len(), "{text}");
        }
    }

    #[test]
    fn malformed_numbers_are_recognised_and_say_what_is_wrong() {
        use Flaw::*;
        for (text, expected, flaws) in [
            ("粤ICP备99000123-1", "粤ICP备99000123号-1", &[NoHao][..]),
            ("粤ICP备99000123", "粤ICP备99000123号", &[NoHao]),
            ("冀备99019165号-1", "冀ICP备99019165号-1", &[NoLetters]),
            ("川ICP备99000123号", "蜀ICP备99000123号", &[ColloquialProvince]),
            ("粤ICP备:99000123号", "粤ICP备99000123号", &[ExtraMarks]),
            ("粤ICP备案99000123号", "粤ICP备99000123号", &[ExtraMarks]),
            ("粤ICP备案号：99000123", "粤ICP备99000123号", &[NoHao, ExtraMarks]),
            ("粤ICP备第99000123号", "粤ICP备99000123号", &[ExtraMarks]),
            ("粤(ICP)备99000123号", "粤ICP备99000123号", &[ExtraMarks]),
            ("粤ICP备字第99000123号", "粤ICP备99000123号", &[ExtraMarks]),
            ("粤1CP备99000123号", "粤ICP备99000123号", &[NoLetters]),
            ("ICP备粤99000123号", "粤ICP备99000123号", &[ExtraMarks]),
            ("ICP备案号：粤99000123号", "粤ICP备99000123号", &[ExtraMarks]),
            ("粤ICP99000123号-1", "粤ICP备99000123号-1", &[NoBei]),
            ("粤ICP99000123", "粤ICP备99000123号", &[NoBei, NoHao]),
            ("粤ICP备99000123号一1", "粤ICP备99000123号-1", &[OddDash]),
            ("粤ICP备99000123号--1", "粤ICP备99000123号-1", &[OddDash]),
            ("鄂ICP证:029901-5", "鄂ICP证029901号-5", &[NoHao, ExtraMarks]),
            ("京ICP证990007", "京ICP证990007号", &[NoHao]),
            ("京ICP证字第990007号", "京ICP证990007号", &[ExtraMarks]),
            ("粤B2—20990059", "粤B2-20990059", &[]),
            ("粤B2 20990059", "粤B2-20990059", &[OddDash]),
            ("电信与信息服务业务经营许可证990007号", "ICP证990007号", &[NoLetters]),
        ] {
            let found = one(text);
            assert_eq!(
                (found.canonical.as_str(), found.flaws.as_slice()),
                (expected, flaws),
                "{text}"
            );
            assert_eq!(found.form == Form::Malformed, !flaws.is_empty(), "{text}");
            assert!(found.number.is_some(), "{text}");
        }
    }

    #[test]
    fn a_number_that_names_no_record_says_so() {
        for (text, flaw) in [
            ("ICP备99000123号-1", Flaw::NoProvince),
            ("粤ICP备9901号", Flaw::WrongLength),
            ("粤ICP备20990001234567号", Flaw::WrongLength),
        ] {
            let found = one(text);
            assert_eq!((found.number, found.form), (None, Form::Malformed), "{text}");
            assert!(found.flaws.contains(&flaw), "{text}");
        }
    }

    #[test]
    fn licences_are_read_in_all_their_shapes() {
        for (text, expected) in [
            ("京ICP证990173号", "京ICP证990173号"),
            ("京 ICP 证 990745 号", "京ICP证990745号"),
            ("ICP证990007号", "ICP证990007号"),
            ("粤B2-20990059-1", "粤B2-20990059-1"),
            ("粤 B2-20990203", "粤B2-20990203"),
            ("B2-20990447", "B2-20990447"),
            ("合字B2-20990051", "合字B2-20990051"),
            ("(合字)B2-20990051", "合字B2-20990051"),
            ("ICP证合字B2-20990004号", "合字B2-20990004"),
            ("A2.B1.B2-20990312", "A2.B1.B2-20990312"),
            ("合字A1.B1.B2-20990017", "合字A1.B1.B2-20990017"),
            ("沪ICP证：沪B2-20990116", "沪B2-20990116"),
            ("京ICP证B2-20990116号", "京B2-20990116"),
            ("浙ICP备B2-20990185-21", "浙B2-20990185-21"),
            ("B1-20991647", "B1-20991647"),
        ] {
            let found = one(text);
            assert_eq!(
                (found.canonical.as_str(), found.form),
                (expected, Form::Official),
                "{text}"
            );
            assert!(found.licence, "{text}");
        }
    }

    #[test]
    fn a_number_is_not_glued_to_its_neighbours() {
        for (text, expected) in [
            ("京ICP备99058363号-1 360网站安全", &["京ICP备99058363号-1"][..]),
            ("京ICP证990047号[京ICP备99010314号-6]", &["京ICP证990047号", "京ICP备99010314号-6"]),
            ("豫ICP备99024899号-2豫公网安备 41010599003949号", &["豫ICP备99024899号-2"]),
            ("京ICP备99000123号 2099-2100 版权所有", &["京ICP备99000123号"]),
            ("京ICP备99000123号 - 2010-2020", &["京ICP备99000123号"]),
            ("京ICP备99000123号-010-88880000", &["京ICP备99000123号"]),
            ("京ICP备99000123号 010-88880000", &["京ICP备99000123号"]),
            ("京ICP备99000123号-1Apple", &["京ICP备99000123号-1"]),
            ("京ICP备99000123 2020 版权", &["京ICP备99000123号"]),
            (
                "京ICP证990100号京ICP备99002058号B2-20990447",
                &["京ICP证990100号", "京ICP备99002058号", "B2-20990447"],
            ),
        ] {
            assert_eq!(canonical(text), expected, "{text}");
        }
    }

    #[test]
    fn placeholders_are_told_from_numbers() {
        for text in [
            "京ICP备XXXXXXXX号",
            "京ICP备xxxxxxxx号-1",
            "京ICP备12345678号-1",
            "粤ICP备88888888号",
            "蜀ICP备000000号",
            "京ICP备2026XXXXXXXX号",
            "京ICP备********号",
            "京ICP证XXXXXX号",
            "粤B2-20XXXXXX",
            "粤ICP备20000000号",
            "粤ICP备2025000000号",
            "京ICP备1234567890号",
        ] {
            assert_eq!(one(text).form, Form::Placeholder, "{text}");
        }
        for text in
            ["粤ICP备99000123号", "ICP证000007号", "粤ICP备2021012345号", "粤ICP备11111112号"]
        {
            assert_ne!(one(text).form, Form::Placeholder, "{text}");
        }
    }

    #[test]
    fn jokes_and_other_numbers_are_nothing() {
        for text in [
            "萌ICP备20990000号",
            "茶ICP备20990233号",
            "备案 12345678",
            "新备案号 2020",
            "ICP备案",
            "京ICP备",
            "网络视听许可证：1908317号",
            "互联网新闻信息服务许可证：31129970006",
            "苏网文〔2099〕10580-203号",
            "新出发京批字第直0673号",
            "USB2-20200101",
            "B2-2020",
            "B2-99990000",
            "浙D3-20990002",
            "ICP备案号",
            "全新备件12345678号",
            "人力资源备案 沪备20190013号",
            "粤ICP990001",
        ] {
            assert_eq!(canonical(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_hundred_thousand_numbers_on_one_line_are_read() {
        let line = "粤ICP备99000123号-1 ".repeat(100_000);
        assert_eq!(find(&line).len(), 100_000);
    }

    #[test]
    fn parsing_refuses_what_stands_around() {
        for (text, reason) in [
            ("", "empty"),
            ("无", "no digits"),
            ("备案号：粤ICP备99000123号", "around"),
            ("粤ICP备99000123号 粤ICP备99000124号", "more than one"),
            ("粤公网安备44030599000123号", "police"),
            ("粤ICP备XXXXXXXX号", "placeholder"),
            ("ICP备99000123号", "province"),
            ("12345", "form"),
        ] {
            let error = text.parse::<Number>().unwrap_err();
            assert!(error.to_string().contains(reason), "{text}: {error}");
        }
    }

    fn filing_number() -> impl Strategy<Value = Number> {
        let suffix = proptest::option::of(proptest::sample::select(vec![
            Suffix::App,
            Suffix::MiniProgram,
            Suffix::QuickApp,
        ]));
        (
            proptest::sample::select(Province::ALL),
            "[0-9]{6,10}",
            proptest::option::of((0u32..10_000, suffix)),
        )
            .prop_map(|(province, digits, service)| {
                let (serial, suffix) = match service {
                    Some((serial, suffix)) => (Some(serial), suffix),
                    None => (None, None),
                };
                Number::Filing(FilingNumber { province, digits, serial, suffix })
            })
    }

    fn licence_number() -> impl Strategy<Value = Number> {
        let base = prop_oneof![
            "[京粤蜀]?ICP证[0-9]{6,10}号",
            "([京粤蜀]|合字)?(A2\\.)?(B1\\.)?B2-20[0-9]{6}",
        ];
        (base, proptest::option::of(0u32..10_000))
            .prop_map(|(base, serial)| Number::Licence(Licence { base, serial }))
    }

    proptest! {
        #[test]
        fn a_printed_number_reads_back(number in prop_oneof![filing_number(), licence_number()]) {
            prop_assert_eq!(number.to_string().parse(), Ok(number));
        }

        #[test]
        fn any_text_is_read_without_panic_and_with_ordered_spans(text in "(\\PC|[京粤川萌ICPB2备证号安0-9X \\-:合字]){0,60}") {
            let mut free = 0;
            for found in find(&text) {
                prop_assert!(found.span.start >= free && text.get(found.span.clone()).is_some());
                prop_assert!(found.span.start < found.span.end);
                free = found.span.end;
            }
        }

        #[test]
        fn a_number_is_found_between_words_with_its_exact_span(number in filing_number(), before in "[a-z，。 ]{0,8}", after in "[，。 的]{0,8}") {
            let text = format!("{before}{number}{after}");
            let found = find(&text);
            prop_assert_eq!(found.len(), 1);
            prop_assert_eq!(text.get(found[0].span.clone()).map(str::to_owned), Some(number.to_string()));
        }
    }
}
