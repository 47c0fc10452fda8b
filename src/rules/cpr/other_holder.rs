use super::holder::{Holder, Names};
use super::{is_individual, is_required};
use crate::policy::Level;
use crate::rules::sight::{doubt_of_whole, pass, quoted, review};
use crate::rules::{Check, Defect, Field, Na, Outcome, PageCase, Rule, Text, Texts, Words};

/// CPR002
pub(super) const RULE: Rule = Rule {
    code: "CPR002",
    name: "copyright-of-another",
    level: Level::Warning,
    needs: &[Field::SubjectName],
    yields_to: &[],
    sources: &[
        "Tencent Cloud, after filing: 网站添加版权所有; filing FAQ: 版权所有没有添加或添加错误",
        "Huawei Cloud 19.1",
    ],
    law: &[],
    texts: TEXTS,
    check: Check::Page(check),
};

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "网站首页版权信息中的名称与备案主体不一致",
        doubt: "请核对首页版权信息中的名称是否与备案主体相符",
        checks: "江苏等有要求的省份（可配置），版权信息中须有一处与主办单位名称一致。其他省份里，网站名称、域名、品牌、英文名称以及与主办单位相近的名称都认可，只有写着另一个单位的名称时才提醒。个人主办的网站不要求写出姓名。",
        why: "部分省份的通信管理局（如江苏省）要求版权所有与备案的单位名称一致；在其他省份，页脚署着别的单位容易被认为网站并非由备案主体主办。",
        cause: "使用了他人网站的模板；网站已转给其他单位而没有变更备案；或者写的是集团、关联公司的名称。",
        remedy: "请把首页底部的版权信息改为备案主体的名称并发布，例如：<p>© {subject} 版权所有</p>。如果网站已由其他单位主办，请在接入商处办理备案变更或重新备案。",
        bad: "备案主体是 示例科技有限公司，页脚写着 © 2099 范例网络有限公司 版权所有",
        good: "© 2099 示例科技有限公司 版权所有；江苏等省份以外也可写 © 示例商城",
    },
    en: Words {
        problem: "The copyright line of the homepage does not name the subject of the filing",
        doubt: "Please check whether the name in the homepage's copyright line agrees with the subject of the filing",
        checks: "In the provinces that demand it (Jiangsu; configurable) one copyright line must agree with the subject's name. Elsewhere the name of the site, the domain, a brand, an English name and names close to the subject's pass, and only the name of another organisation draws a warning. An individual need not put a personal name on the site.",
        why: "Some provincial administrations (Jiangsu's, for one) demand that the line agrees with the filed subject's name; elsewhere a site signed by another organisation looks as if its subject did not run it.",
        cause: "Another site's template was used; the site passed to another organisation without a change of the filing; or the line names the group or a sister company.",
        remedy: "Please put the subject's name into the copyright line at the foot of the homepage and publish it, e.g.: <p>© {subject} 版权所有</p>. Where another organisation runs the site now, please have the filing changed or file anew with the access provider.",
        bad: "The subject is 示例科技有限公司, the foot says © 2099 范例网络有限公司 版权所有",
        good: "© 2099 示例科技有限公司 版权所有; outside Jiangsu and the like also © 示例商城",
    },
};

fn check(case: &PageCase<'_>) -> Outcome {
    let Some(subject) = &case.filing.subject_name else {
        return Outcome::Na(Na::MissingField(Field::SubjectName));
    };
    let names = Names::of(case.filing);
    let lines = || case.page.copyright.iter().map(|line| (names.holder(line), line));
    let Some((best, line)) = lines().min_by_key(|(holder, _)| *holder) else {
        return Outcome::Na(Na::Yields("CPR001"));
    };
    // What is demanded is the name of the organisation; nobody has to publish a person's.
    let is_person = is_individual(case.filing);
    let required = is_required(case) && !is_person;
    let text = if line.holder.is_empty() { &line.text } else { &line.holder };
    let text = quoted(text, 120);
    match best {
        Holder::Nobody if !required => {
            return Outcome::Na(Na::Other(Text::new(
                "版权信息没有写明所有者",
                "the copyright line names nobody",
            )));
        }
        Holder::Subject => return named(&text),
        Holder::Brand if !required => return named(&text),
        Holder::Brand | Holder::Stranger | Holder::Nobody => {}
    }
    let expected = match (required, is_person) {
        (true, _) => Text::same(subject.clone()),
        (false, false) => Text::new(
            format!("{subject}，或网站自己的名称、品牌"),
            format!("{subject}, or the site's own name or brand"),
        ),
        (false, true) => Text::new("网站自己的名称", "the site's own name"),
    };
    let remedy = is_person.then(without_person);
    let defect = Defect { expected, found: Text::same(text), remedy, ..Defect::default() };
    match doubt_of_whole(case) {
        Some(reason) => review(defect, reason),
        None => Outcome::Fail(defect),
    }
}

fn named(holder: &str) -> Outcome {
    pass(format!("版权所有者：{holder}"), format!("holder named: {holder}"))
}

fn without_person() -> Text {
    Text::new(
        "请把首页底部的版权信息改为网站自己的名称并发布，例如：<p>© {service} 版权所有</p>。如果网站已由其他单位主办，请在接入商处办理备案变更或重新备案。",
        "Please put the site's own name into the copyright line and publish it, e.g.: <p>© \
         {service} 版权所有</p>. Where an organisation runs the site now, please have the filing \
         changed or file anew with the access provider.",
    )
}
