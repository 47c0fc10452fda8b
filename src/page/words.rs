//! The words of copyright lines.

use regex::Regex;
use std::sync::LazyLock;

#[expect(clippy::unwrap_used, reason = "a constant pattern, compiled by a test")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

/// The marks of a copyright line; each is one group.
pub(super) static MARKS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
        (?P<reserved> (?:all|some)\s*rights?\s*reserved )
      | (?P<owned> 版\s*[权權]\s*所\s*有 [权權]? | 版权所属 | 版权归属 | 著作[权權]所有 | (?P<belongs> (?: 版 | 著作 ) [权權] 归 ) )
      | (?P<mark> copy\s*r[ight]{3,7} | ©\u{fe0f}? | &copy;? | ⓒ | [(（]\s*c\s*[)）] )
        ",
    )
});

/// Years, alone or as a range.
pub(super) static YEARS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)
        (?:[Ss]ince\s+)? (?:19|20)\d{2} \s*年? (?:[.．/]\d{1,2}\b){0,2}
        (?: \s* [-–—~～至到―－/] \s* (?: (?:19|20)?\d{2}\b\s*年? | 至今 | 今 | 现在 | 永久 | [Pp]resent | [Nn]ow )? )*
        ",
    )
});

/// Labels behind which another name or another matter begins.
pub(super) static LABELS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?xi)
        (?: 备案序?号 | 网站备案 | ICP备案 | 备案 | 网站标识码 | 技术支持 | 技术服务 | 设计制作 | 网站建设 | 网站制作
          | 网站设计 | 建站 | 主办方? | 承办 | 协办 | 运营
          | (?:联系|公司|办公|总部|单位|学校|通讯|详细)?(?:地址|电话|邮箱|信箱|方式) | 邮政?编码? | 客服 | 传真 | 邮件
          | 法律顾问 | 公司名称 | 总机 | 手机 | 微信
          | 热线 | 中文域名 | 中文网址 | 英文域名 | 域名 | 网址 | 许可证号? | 备案/许可证号码? | 备案/许可证编?号
          | 经营许可证 | 增值电信业务经营许可证 | 版本 | 皮肤主题 | 设计师 | e-?mail | tel | fax | qq | 编号 | 统一社会信用代码 ) \s* [:：]
      | version\s*[-:]?\s*\d | power(?:ed)?\s+by | design(?:ed)?\s+by | support(?:ed)?\s+by | theme\s+(?:by|:) | hosted\s+by | 法律声明
      | 技术支持 | 网站建设 | 网站设计 | 网页设计 | 网站制作 | 设计制作 | 制作维护 | 建设维护 | 由.{1,30}(?:提供|驱动|制作|设计|承建)
      | 未经 | 禁止 | 不得 | 复制必究 | 翻版必究 | 侵权必究 | 违者必究 | 盗版必究 | 保留所有权利 | 保留一切权利 | 建议使用
        ",
    )
});

/// A name's label that says the owner follows.
pub(super) static OWNER_LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:.*[\s])?(?:主办单位|主办方|主办|承办单位|承办|制作单位|运营单位|运营主体|运营方|运营|网站名称|单位名称|公司名称|所有|本站|本网站|主管单位|主管)\s*[:：]\s*",
    )
});

/// What stands in a template for a text that is still to come.
pub(super) static TEMPLATE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\$?\{+[^{}]{0,80}\}+|<[%?][^<>]{0,80}[%?]>|\$[A-Za-z_]\w*"));

/// Words of a foot's links, that are nobody's name.
pub(super) static MENU: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:我们|政策|条款|协议|声明|反馈|地图|导航|首页|链接|收藏|登录|注册|电脑版|手机版|客户端|合作|加入|招聘|招聘信息|举报|投诉|须知|指南|订阅|RSS|(?:帮助|客服|会员|个人|下载|新闻|举报|服务)中心)$",
    )
});

/// How organisations' names end.
pub(super) static ORGANISATION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:公司|集团|中心|委员会|政府|厅|局|大学|学院|学校|中学|小学|幼儿园|医院|协会|学会|商会|研究院|研究所|工作室|事务所|银行|出版社|报社|杂志社|电视台|基金会|厂|商行|经营部|联社|合作社|分公司|俱乐部|办公室|法院|检察院|人民政府)(?:[(（][^)）]{1,12}[)）])?$",
    )
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_patterns_compile() {
        for pattern in [&MARKS, &YEARS, &LABELS, &OWNER_LABEL, &TEMPLATE, &MENU, &ORGANISATION] {
            assert!(!pattern.as_str().is_empty());
        }
    }
}
