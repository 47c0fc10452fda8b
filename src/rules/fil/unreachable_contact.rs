use super::subject::masked;
use crate::filing::contact::{Mailbox, Phone, mailboxes, phones};
use crate::policy::{Block, Level, Phones};
use crate::rules::{Check, Defect, Field, FilingCase, Na, Outcome, Rule, Text, Texts, Words, law};

/// FIL006
pub(super) const RULE: Rule = Rule {
    code: "FIL006",
    name: "contact-cannot-be-reached",
    level: Level::Warning,
    needs: &[Field::Contact],
    yields_to: &[],
    sources: &["Tencent Cloud, 短信核验 (2025-04)", "Huawei Cloud 13.14, 16.9"],
    law: &[&law::TRUE],
    texts: TEXTS,
    check: Check::Filing(check),
};

/// What is said of one number or address, the best first: one that works is enough.
#[derive(Clone, PartialEq)]
enum Said {
    Good(Text),
    /// The list itself hides it.
    Hidden,
    Doubtful(Text),
    Bad(Text),
}

impl Said {
    fn rank(&self) -> u8 {
        match self {
            Said::Good(_) => 0,
            Said::Hidden => 1,
            Said::Doubtful(_) => 2,
            Said::Bad(_) => 3,
        }
    }
}

fn check(case: &FilingCase<'_>) -> Outcome {
    let phone = case.filing.phone.as_deref().map(phones).unwrap_or_default();
    let phone = phone.iter().map(|(text, phone)| of_phone(text, phone, &case.policy.phones));
    let mail = case.filing.email.as_deref().map(mailboxes).unwrap_or_default();
    let mail = mail.iter().map(|(text, mailbox)| of_mailbox(text, *mailbox));
    let all: Vec<Said> =
        [phone.min_by_key(Said::rank), mail.min_by_key(Said::rank)].into_iter().flatten().collect();
    let texts = |wanted: fn(&Said) -> Option<&Text>| {
        let texts: Vec<Text> = all.iter().filter_map(wanted).cloned().collect();
        (!texts.is_empty()).then(|| Text::list(texts))
    };
    let defect = |found| Defect {
        expected: Text::new(
            "能接收短信的内地手机号码、格式正确的电子邮箱",
            "a mobile number of the mainland that takes messages, a well-formed mail address",
        ),
        found,
        ..Defect::default()
    };
    if let Some(found) = texts(|said| if let Said::Bad(text) = said { Some(text) } else { None }) {
        return Outcome::Fail(defect(found));
    }
    if let Some(found) =
        texts(|said| if let Said::Doubtful(text) = said { Some(text) } else { None })
    {
        return Outcome::Review(defect(found));
    }
    match texts(|said| if let Said::Good(text) = said { Some(text) } else { None }) {
        Some(good) => Outcome::Pass(good),
        None => Outcome::Na(Na::Other(Text::new(
            "名单中的联系方式已隐去部分内容",
            "the list itself masks the contact",
        ))),
    }
}

fn of_phone(text: &str, phone: &Phone, blocks: &Phones) -> Said {
    let shown = masked(text, 3, 4);
    let with =
        |zh: &str, en: &str| Text::new(format!("{shown}（{zh}）"), format!("{shown} ({en})"));
    match phone {
        Phone::Mobile(digits) => match blocks.block_of(digits) {
            Some(Block::Receives) => Said::Good(Text::same(masked(digits, 3, 4))),
            Some(Block::Unlisted) => Said::Doubtful(with(
                "号段不在可接收核验短信的列表中",
                "its block is not listed as one that takes the ministry's message",
            )),
            Some(Block::Machine) => {
                Said::Bad(with("数据卡、物联网号段", "a block of data cards and meters"))
            }
            None => Said::Bad(with("没有这个手机号段", "no such block of mobile numbers")),
        },
        Phone::Landline => {
            Said::Doubtful(with("固定电话，收不到短信", "a fixed line takes no message"))
        }
        Phone::Service => {
            Said::Doubtful(with("客服号码，收不到短信", "a service number takes no message"))
        }
        Phone::Elsewhere => Said::Doubtful(with("不是内地号码", "not a number of the mainland")),
        Phone::Masked => Said::Hidden,
        Phone::Malformed => Said::Bad(with("不是有效的电话号码", "not a phone number")),
    }
}

fn of_mailbox(text: &str, mailbox: Mailbox) -> Said {
    let shown = match text.split_once('@') {
        Some((local, domain)) if !local.is_empty() => {
            format!("{}***@{domain}", local.chars().next().unwrap_or('*'))
        }
        _ => masked(text, 1, 0),
    };
    match mailbox {
        Mailbox::Sound => Said::Good(Text::same(shown)),
        Mailbox::Masked => Said::Hidden,
        Mailbox::Malformed => Said::Bad(Text::new(
            format!("{shown}（不是有效的邮箱地址）"),
            format!("{shown} (not a mail address)"),
        )),
    }
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "登记的手机号码或电子邮箱无效，收不到备案核验和通知",
        doubt: "请核对登记的联系方式：这个号码可能收不到工信部的核验短信",
        checks: "看负责人的电话和邮箱写法是否有效（空格、短横、+86、全角都认得，一格多个时有一个可用即可）。不是电话号码的、没有这个手机号段的、数据卡和物联网号段的、邮箱格式不对的，提醒更正；固定电话、客服号码、境外号码，以及不在接入商所列可接收短信号段内的手机号，请人工确认。名单自己隐去的号码不作判断。",
        why: "备案时工信部向负责人的手机发送核验短信，须在 24 小时内完成核验；管局也会打电话核实。联系不上的，备案申请会被退回，整改通知也无法送达。",
        cause: "录入时少了或多了一位，表格软件把号码变成了科学记数，负责人换了号码或邮箱而没有更新。",
        remedy: "请核对负责人现在使用的手机号码和邮箱：只是名单写错的，告诉我们更正即可；备案登记的也不对的，请在接入商的备案系统提交“变更备案”，登记能接收短信的本人手机号码。",
        bad: "手机号码 1380000000（只有 10 位）",
        good: "手机号码 +86 138-0000-0000",
    },
    en: Words {
        problem: "The phone number or the mail address on file is invalid: neither the check of a filing nor a notice can reach it",
        doubt: "Please check the contact on file: this number may not take the ministry's message",
        checks: "Reads the phone and the mail address of the person responsible (spaces, hyphens, +86 and full-width signs are understood; of several in a cell one that works is enough). What is no phone number, a block of mobile numbers that is not issued, a block of data cards and meters, or no mail address is a warning; fixed lines, service numbers, numbers abroad and blocks that are not listed as taking the message are left to a person. What the list itself masks is not judged.",
        why: "During a filing the ministry sends a message to the person's mobile phone, to be confirmed within 24 hours, and the administration calls. Who cannot be reached has the application returned, and notices do not arrive.",
        cause: "A digit was left out or added, a spreadsheet turned the number into an exponent, or the person changed number or address and the filing did not follow.",
        remedy: "Check the mobile number and mail address that the person uses now: where only the list is wrong, just tell us; where the filing is, submit a change of the filing (变更备案) in the access provider's system with a mobile number of the person's own that takes messages.",
        bad: "phone 1380000000 (ten digits only)",
        good: "phone +86 138-0000-0000",
    },
};
