use crate::policy::Level;
use crate::rules::{Check, DnsCase, Field, Outcome, Rule, Texts, Words, dns, law};

/// APP001
pub(super) const RULE: Rule = Rule {
    code: "APP001",
    name: "app-points-elsewhere",
    level: Level::Violation,
    needs: &[Field::Addresses],
    yields_to: &[],
    sources: &["Huawei Cloud 17.5.5"],
    law: &[&law::APPS],
    texts: TEXTS,
    check: Check::Dns(check),
};

fn check(case: &DnsCase<'_>) -> Outcome {
    dns::of_app(case)
}

const TEXTS: Texts = Texts {
    zh: Words {
        problem: "APP 的域名解析到了备案登记以外的地址",
        doubt: "未能确定 APP 的域名是否解析到备案登记的服务器，请确认",
        checks: "服务类型为 APP 时，查询备案的域名和登记的主机，与登记的地址比较：有境外地址或内地的其他地址的判为违规；经过别家的加速服务、归属地有争议或不明的，请人工确认。域名本身没有地址的不作判断（APP 可能只用其他主机），也不打开网页。",
        why: "APP 备案的域名应当解析到备案登记的接入商和地址；实际解析到境外或其他接入商的，需要改正解析或变更备案。",
        cause: "服务器更换或升级后地址变了而备案没有更新，接口迁到了别处，或者同一个域名还用于别的网站。",
        remedy: "仍使用备案登记的服务器的，请登录域名的解析控制台，把记录改回登记的地址；已经换用新的内地服务器的，请在接入商的备案系统提交“变更备案”，登记现在的地址（换了接入商的，办理接入备案）；在境外的，请迁回内地或注销备案。",
        bad: "服务类型 APP，登记 192.0.2.10，域名解析到 198.51.100.20",
        good: "服务类型 APP，登记 192.0.2.10，域名解析到 192.0.2.10",
    },
    en: Words {
        problem: "The app's domain points at addresses that are not the filed ones",
        doubt: "Whether the app's domain points at the filed server could not be told; please confirm",
        checks: "For an app, resolves the filed domain and the hosts on file and compares them with the filed addresses: an address abroad, or another one in the mainland, fails; another company's CDN and a place that is disputed or unknown are left to a person. A domain without addresses says nothing (the app may use other hosts), and no page is opened.",
        why: "The domain of a filed app has to point at the access provider and the addresses that were filed; where it points abroad or to another provider, the records or the filing are to be changed.",
        cause: "The server was replaced and the filing was not brought up to date, the interface moved, or the same domain serves another site as well.",
        remedy: "If the filed server is still in use, log in to the domain's DNS console and point the record back at it; if the app has moved within the mainland, submit a change of the filing (变更备案) with the present addresses (an access filing, 接入备案, with a new provider); if it is abroad, move it back or cancel the filing.",
        bad: "service type APP, filed 192.0.2.10, the domain points at 198.51.100.20",
        good: "service type APP, filed 192.0.2.10, the domain points at 192.0.2.10",
    },
};
