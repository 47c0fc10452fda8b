use super::listed::review;
use crate::policy::Level;
use crate::record::find;
use crate::rules::{
    Check, Defect, Field, FilingCase, Na, Outcome, Rule, Text, Texts, Words, law, quote,
};

/// FIL001
pub(super) const RULE: Rule = Rule {
    code: "FIL001",
    name: "unreadable-record-number",
    level: Level::Violation,
    needs: &[Field::RecordNumber],
    yields_to: &[],
    sources: &["Huawei Cloud 8.1"],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::Filing(check),
};

fn check(case: &FilingCase<'_>) -> Outcome {
    let Some(filed) = &case.filing.record_number else {
        return Outcome::Na(Na::MissingField(Field::RecordNumber));
    };
    match &filed.number {
        Some(number) => Outcome::Pass(Text::same(number.to_string())),
        None => unread(&filed.text),
    }
}

fn unread(text: &str) -> Outcome {
    let defect = Defect {
        expected: Text::new(
            "省份简称 + ICP备 + 6 至 10 位数字 + 号，网站另加“-序号”，如 粤ICP备2099000123号-1",
            "province letter, ICP备, 6 to 10 digits, 号, and for a site a hyphen and its serial, e.g. 粤ICP备2099000123号-1",
        ),
        found: Text::same(quote(text)),
        ..Defect::default()
    };
    if find(text).iter().filter(|found| found.number.is_some()).count() < 2 {
        return Outcome::Fail(defect);
    }
    review(
        defect,
        Text::new(
            "这一栏里有几个主体的备案号，不能确定哪一个属于本网站",
            "the cell holds numbers of several subjects, and does not tell which is the site's",
        ),
    )
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "登记的备案号不是有效的 ICP 备案号写法，无法据此核对网站",
        doubt: "请核对登记的备案号：它看来不是有效的 ICP 备案号写法",
        checks: "读取名单中“备案号”一栏：去掉空格，统一全角和半角、繁体和简体之后，应当是一个 ICP 备案号或者增值电信业务经营许可证号；号码前后另有文字的，取其中的号码；有同一主体几个号码的，取主体备案号；有几个主体的，交由人工核对；写着“备案中”等的，视为没有号码。",
        why: "备案号由省份简称、主体序列号和网站序号组成，由通信管理局下发。登记有误时，网站底部的备案号、链接和主办者都无从核对。",
        cause: "录入时漏写或多写了字符，把其他编号（如备案订单号、公安备案号）填进了这一栏，或者表格软件改动了内容。",
        remedy: "请登录工信部备案管理系统（beian.miit.gov.cn），在“ICP备案查询”中按域名查到网站的备案号，原样回复给我们，由我们更正名单；查不到时，请联系接入商确认备案是否仍然有效。",
        bad: "粤备2099-000123",
        good: "粤ICP备2099000123号-1",
    },
    en: Words {
        problem: "The record number on file is not written as an ICP record number, so the site cannot be compared with it",
        doubt: "Please check the record number on file: it does not seem to be written as an ICP record number",
        checks: "Reads the record number of the list: with spaces dropped and full-width and traditional characters folded, it has to be an ICP filing number or a telecom licence number. Words around the number do no harm; of several numbers of one subject the subject's is taken, those of several subjects are left to a person, and a cell that says that the filing is in progress has none.",
        why: "A record number consists of the province's letter, the subject's number and the site's serial, and is issued by the communications administration. Where it is wrong on file, neither the number shown on the site, nor its link, nor the operator can be compared with anything.",
        cause: "A character was left out or added when it was typed, another number (an order, a police record) was put into this column, or a spreadsheet changed the cell.",
        remedy: "Look the domain up in the ministry's filing system (beian.miit.gov.cn, \"ICP备案查询\") and send us the site's record number as it stands there, so that we correct the list; where nothing is found, ask the access provider whether the filing is still in force.",
        bad: "粤备2099-000123",
        good: "粤ICP备2099000123号-1",
    },
};
