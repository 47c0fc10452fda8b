//! What the rules rest on: acts and orders by name, number and article. What is said of
//! each is ours and short; the text that binds is the act's own.

use super::Lang;

/// A provision.
#[derive(Debug, PartialEq, Eq)]
pub struct Law {
    /// In Chinese: name, number and article, and what it demands.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

impl Law {
    /// The provision in one language.
    pub fn of(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        }
    }
}

/// Nobody serves a site from the mainland without a filing.
pub(super) const FILED: Law = Law {
    zh: "《非经营性互联网信息服务备案管理办法》（信息产业部令第33号）第五条：先备案，后开通",
    en: "Measures on Filing Non-Commercial Internet Information Services (Order 33 of the Ministry of Information Industry), article 5: filed before it opens",
};

/// What is filed is true.
pub(super) const TRUE: Law = Law {
    zh: "《非经营性互联网信息服务备案管理办法》（信息产业部令第33号）第七条、第二十三条：备案信息应当如实填报，填报虚假信息的关闭网站并注销备案",
    en: "Measures on Filing (Order 33), articles 7 and 23: what is filed is true; for false data the site is closed and the filing cancelled",
};

/// The number stands at the foot of the homepage and links to the ministry.
pub(super) const SHOWN: Law = Law {
    zh: "《非经营性互联网信息服务备案管理办法》（信息产业部令第33号）第十三条、第二十五条：在主页底部中央标明备案编号并链接工信部备案管理系统，违者责令改正并处五千元以上一万元以下罚款",
    en: "Measures on Filing (Order 33), articles 13 and 25: the number at the bottom centre of the homepage, linked to the ministry's filing system; a fine of 5,000 to 10,000 yuan",
};

/// The number stands where everybody sees it.
pub(super) const PROMINENT: Law = Law {
    zh: "《互联网信息服务管理办法》（国务院令第292号）第十二条：在网站主页的显著位置标明许可证编号或者备案编号",
    en: "Measures on Internet Information Services (State Council Order 292), article 12: the licence or filing number in a prominent place of the homepage",
};

/// What changes is changed in the filing.
pub(super) const CHANGED: Law = Law {
    zh: "《非经营性互联网信息服务备案管理办法》（信息产业部令第33号）第十四条：备案信息变更的，应当办理备案变更手续",
    en: "Measures on Filing (Order 33), article 14: what changes is changed in the filing",
};

/// The police are told too.
pub(super) const POLICE: Law = Law {
    zh: "《计算机信息网络国际联网安全保护管理办法》（公安部令第33号）第十二条、第二十三条：自联通之日起三十日内办理公安机关备案，不履行的给予警告或者停机整顿",
    en: "Measures on the Security of International Computer Networking (Order 33 of the Ministry of Public Security), articles 12 and 23: filed with the police within thirty days; a warning or a suspension otherwise",
};

/// Some topics are approved first.
pub(super) const APPROVED: Law = Law {
    zh: "《互联网信息服务管理办法》（国务院令第292号）第五条：新闻、出版、教育、医疗保健、药品和医疗器械等服务须先经主管部门审核同意",
    en: "Measures on Internet Information Services (Order 292), article 5: news, publishing, education, health, medicines and the like are approved by their authority first",
};

/// Nothing beyond what was filed, and nothing paid without a licence.
pub(super) const WITHIN: Law = Law {
    zh: "《互联网信息服务管理办法》（国务院令第292号）第四条、第十一条：经营性服务须取得许可，服务不得超出许可或者备案的项目",
    en: "Measures on Internet Information Services (Order 292), articles 4 and 11: paid services are licensed, and none goes beyond what was licensed or filed",
};

/// What nobody may publish.
pub(super) const FORBIDDEN: Law = Law {
    zh: "《互联网信息服务管理办法》（国务院令第292号）第十五条：不得制作、复制、发布、传播的内容",
    en: "Measures on Internet Information Services (Order 292), article 15: what must not be published",
};

/// The domain belongs to who serves from it.
pub(super) const OWNED: Law = Law {
    zh: "《工业和信息化部关于规范互联网信息服务使用域名的通知》（工信部信管〔2017〕264号）第一条：所用域名应由服务提供者依法注册所有，单位的注册者可为单位（含股东）、主要负责人或高级管理人员",
    en: "Notice on Domain Names of Internet Information Services (MIIT Xinguan [2017] 264), item 1: the domain is registered to who serves from it; for an organisation: itself, a shareholder, its principal or a senior manager",
};

/// Apps are filed as well.
pub(super) const APPS: Law = Law {
    zh: "《中华人民共和国反电信网络诈骗法》第二十三条：设立移动互联网应用程序应当办理许可或者备案手续",
    en: "Anti-Telecom and Online Fraud Law, article 23: mobile applications are licensed or filed",
};
