"""Makes a world to crawl: pages, a zone, certificates, a filing list, and the settings of the
two servers that play it (nginx and NSD, inside a network namespace of their own).

    python3 world.py FOLDER [DOMAINS]

Pages are synthetic: 200 texts, 40 KB in the middle, 205 KB at the 95th percentile, a fifth
in GBK, served as gzip. Two domains have one owner, whose name and number stand on their page.
Every domain answers as apex and www."""

import gzip
import random
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TEXTS = 200
# Domains of one owner.
SHARE = 2
# Stands for the owner in a text.
OWNER = "987654"
# Common words. On real pages one character in 500 is 备 or 证, which record numbers are read
# around, and one in 1,000 is 案: a text of a few words would have many times as many.
WORDS = """
示例 产品 服务 中心 新闻 动态 公司 介绍 联系 我们 技术 支持 解决 方案 客户 案例 行业 资讯 首页 关于
项目 团队 质量 管理 体系 认证 生产 设备 工程 合作 伙伴 招聘 人才 发展 历程 企业 文化 时间 今天 明天
昨天 大家 中国 国家 世界 城市 地区 生活 工作 学习 学校 学生 老师 孩子 家庭 父母 朋友 问题 方法 方面
情况 关系 结果 原因 条件 影响 作用 内容 部分 过程 经验 机会 活动 会议 报告 计划 目标 经济 社会 政府
市场 价格 投资 资金 金额 费用 收入 成本 利润 销售 购买 消费 商品 品牌 商家 订单 物流 科技 网络 手机
电脑 软件 系统 平台 数据 信息 智能 互联 应用 程序 功能 开发 测试 运营 推广 流量 用户 图片 视频 音乐
电影 游戏 小说 体育 足球 篮球 比赛 运动 健康 医院 医生 药品 食品 水果 蔬菜 饮食 营养 汽车 交通 公路
铁路 机场 航班 酒店 旅游 景点 风景 天气 温度 春天 夏天 秋天 冬天 北京 上海 广州 深圳 建筑 装修 材料
机械 电子 化工 能源 环保 农业 工业 制造 加工 模具 零件 钢材 塑料 玻璃 陶瓷 木材 纸张 教育 培训 考试
课程 专业 大学 研究 科学 实验 论文 图书 出版 历史 艺术 设计 摄影 绘画 书法 传统 民族 法律 规定 合同
责任 权利 保护 安全 监督 检查 标准 规范 要求 通知 公告 政策 措施 制度 改革 创新 建设 优质 高效 快速
先进 专注 领先 可靠 稳定 方便 简单 重要 主要 特别 一般 完全 非常 已经 正在 可以 能够 提供 选择 使用
需要 进行 实现 完成 开始 结束 继续 保持 提高 增加 减少 改变 支付 注册 登录 下载 上传 搜索 查看 更多
详情 点击 返回 收藏 分享 评论 推荐 热门 最新 相关 上篇 下篇 分类 标签 列表 地图 电话 客服 咨询 在线
留言 反馈 帮助 常见 售后 保修 退换 配送 优惠 促销 会员 积分 礼品 特价 新品 精品 热销 女性 男性 老人
青年 儿童 宝宝 母婴 服装 鞋帽 箱包 珠宝 手表 化妆 美容 护肤 家具 家电 厨房 卫浴 灯具 东方 西部 南方
北方 海洋 河流 山区 森林 草原 动物 植物 花卉 阳光 空气 水源 土地 村庄 街道 社区 公园 电视 广播 报纸
杂志 记者 编辑 作者 读者 观众 明星 导演 演员 歌曲 舞蹈 节目 频道 直播 娱乐 文学 故事
""".split()


def text(rng, count):
    return "".join(rng.choice(WORDS) for _ in range(count))


def item(rng):
    kind = rng.random()
    if kind < 0.5:
        return (f'<li class="item-{rng.randrange(9)}"><a href="/news/{rng.randrange(10**6)}.html" '
                f'title="{text(rng, 4)}">{text(rng, 8)}</a><span class="date">2099-01-'
                f'{rng.randrange(1, 29):02}</span></li>\n')
    if kind < 0.8:
        return f'<div class="col-md-4 box"><h3>{text(rng, 4)}</h3><p>{text(rng, 40)}</p></div>\n'
    if kind < 0.9:
        return ('<script>window.__d=window.__d||[];__d.push('
                + ",".join(str(rng.randrange(10**6)) for _ in range(60)) + ');</script>\n')
    return f'<table><tr><td>{text(rng, 5)}</td><td><b>{text(rng, 9)}</b></td></tr></table>\n'


def number(owner):
    return f"浙ICP备2099{owner}号-1"


def page(index, size, charset):
    rng = random.Random(index)
    head = (f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="{charset}"><title>示例网站{OWNER} - '
            f'{text(rng, 3)}</title><meta name="keywords" content="{text(rng, 12)}">'
            f'<link rel="stylesheet" href="/static/style.css"></head><body><div class="nav"><ul>')
    foot = (f'</ul></div><div class="footer"><p>Copyright © 2010-2099 示例科技{OWNER}有限公司 版权所有</p><p>'
            f'<a href="https://beian.miit.gov.cn/" target="_blank">{number(OWNER)}</a> '
            f'<a href="https://beian.mps.gov.cn/#/query/webSearch?code=33010699{OWNER}">'
            f'浙公网安备33010699{OWNER}号</a></p></div></body></html>')
    parts, length = [head], 0
    while length < size - len(head) - len(foot):
        parts.append(item(rng))
        length += len(parts[-1].encode())
    return ("".join(parts) + foot).encode("gb18030" if charset == "gbk" else "utf-8")


def sizes():
    """Log-normal, as pages are: 40 KB in the middle, 205 KB at the 95th percentile."""
    rng = random.Random(0)
    return [min(max(int(rng.lognormvariate(10.6, 0.99)), 2_000), 600_000) for _ in range(TEXTS)]


def certificates(folder, domains):
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(timezone.utc)

    def build(name, issuer, names):
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = (x509.CertificateBuilder().subject_name(name).issuer_name(issuer or name)
                .public_key(key.public_key()).serial_number(x509.random_serial_number())
                .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=90))
                .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), True))
        if names:
            made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), False)
        return made.sign(key, hashes.SHA256())

    root = build("Bench Root", None, [])
    pem = serialization.Encoding.PEM
    (folder / "root.pem").write_bytes(root.public_bytes(pem))
    (folder / "key.pem").write_bytes(key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    certs = folder / "certs"
    certs.mkdir(exist_ok=True)
    for domain in domains:
        leaf = build(domain, root.subject, [domain, "www." + domain]).public_bytes(pem)
        for host in (domain, "www." + domain):
            (certs / host).write_bytes(leaf)


NGINX = """\
daemon on;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log crit;
worker_processes 2;
user root;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    default_type text/html;
    gzip_static on;
    keepalive_timeout 5;
    charset off;
    map $host $site {{ default 000000; "~^(?:www\\.)?s(?<index>\\d+)\\." $index; }}
    # lychee leaves reserved names out: for it the same hosts stand under another one, too.
    map $ssl_server_name $certificate {{ "~^(?<stem>.*)\\.(?:example|bench)$" $stem.example; }}
    server {{
        {listen}
        ssl_certificate {folder}/certs/$certificate;
        ssl_certificate_key {folder}/key.pem;
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_session_tickets off;
        root {folder}/sites/$site;
        index index.html;
        location /robots.txt {{ return 404; }}
    }}
}}
"""

NSD = """\
server:
    ip-address: 127.0.0.1@53
    username: ""
    chroot: ""
    zonesdir: "{folder}"
    database: ""
    pidfile: "{folder}/nsd.pid"
    xfrdfile: "{folder}/xfrd.state"
    zonelistfile: "{folder}/zone.list"
    logfile: "{folder}/nsd.log"
    server-count: 1
    # All questions come from one address: its limit of answers a second is for strangers.
    rrl-ratelimit: 0
remote-control:
    control-enable: no
zone:
    name: "example"
    zonefile: "wild.zone"
zone:
    name: "bench"
    zonefile: "wild.zone"
"""

ZONE = """\
$TTL 3600
@ IN SOA ns desk 1 3600 600 86400 300
@ IN NS ns
ns IN A 127.0.0.1
* IN A 127.0.0.1
"""


def main():
    folder = Path(sys.argv[1]).absolute()
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    folder.mkdir(parents=True, exist_ok=True)
    domains = [f"s{index:06}.example" for index in range(count)]
    texts = [page(index, size, "gbk" if index % 5 == 0 else "utf-8")
             for index, size in enumerate(sizes())]
    for index in range(count):
        owner = f"{index // SHARE:06}"
        shelf, site = folder / "pages" / owner, folder / "sites" / f"{index:06}"
        if index % SHARE == 0:
            body = texts[index // SHARE % TEXTS].replace(OWNER.encode(), owner.encode())
            shelf.mkdir(parents=True, exist_ok=True)
            (shelf / "index.html").write_bytes(body)
            (shelf / "index.html.gz").write_bytes(gzip.compress(body, 6, mtime=0))
        site.parent.mkdir(exist_ok=True)
        if not site.exists():
            site.symlink_to(shelf)
    certificates(folder, domains)
    # Where nothing listens at 443, an audit goes on to http.
    for scheme, listen in (("http", "80"), ("https", "443 ssl")):
        listen = f"listen 127.0.0.1:{listen} backlog=8192 reuseport;"
        (folder / f"nginx-{scheme}.conf").write_text(NGINX.format(folder=folder, listen=listen))
    (folder / "nsd.conf").write_text(NSD.format(folder=folder))
    (folder / "wild.zone").write_text(ZONE)
    rows = ["域名,备案号,网站名称,备案IP,状态"]
    for index, domain in enumerate(domains):
        owner = f"{index // SHARE:06}"
        rows.append(f"{domain},{number(owner)},示例网站{owner},127.0.0.1,已备案")
    (folder / "filings.csv").write_text("\n".join(rows) + "\n")
    for scheme in ("http", "https"):
        urls = (f"{scheme}://{host}/" for domain in domains for host in (domain, "www." + domain))
        (folder / f"{scheme}.txt").write_text("\n".join(urls) + "\n")


main()
