//! What reading a page costs beside the parser alone, on the same pages in one run.
//!
//! `cargo bench --bench page [FOLDER]` reads pages in turns and prints the ratio of the two,
//! the throughput, and what a page costs. Without a folder it makes the pages: 200 of sizes
//! as the web has them (median 40 KB, 95th percentile 205 KB), a fifth in GBK; with one it
//! reads every file of it. The ratio is what to compare between commits; times differ by
//! machine.

use beian::page::{self, Context};
use std::{
    fmt::Write,
    hint::black_box,
    path::PathBuf,
    time::{Duration, Instant},
};

const ROUNDS: usize = 15;
/// Pages that are made.
const PAGES: u64 = 200;

fn main() {
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let pages = match folder {
        Some(folder) => bodies(&PathBuf::from(folder)),
        None => (0..PAGES).map(made).collect(),
    };
    let bytes: usize = pages.iter().map(Vec::len).sum();
    assert!(bytes > 0, "there are no pages");

    let (mut read, mut plain, mut parse) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        read.push(timed(&pages, |body| {
            black_box(page::read(body, Context::default()));
        }));
        plain.push(timed(&pages, |body| {
            black_box(page::read_plainly(body, Context::default()));
        }));
        parse.push(timed(&pages, |body| {
            let text = page::decode(body, None).text;
            black_box(scraper::Html::parse_document(&text));
        }));
    }
    let beyond = pages.iter().filter(|body| page::is_beyond(body)).count();
    report(&format!("pages {}, bytes {bytes}, left to html5ever {beyond}", pages.len()));
    let parse = least(parse);
    for (name, time) in [
        ("page::read", least(read)),
        ("page::read, html5ever alone", least(plain)),
        ("decode and html5ever's tree", parse),
    ] {
        report(&format!(
            "{name:30} {:8.1} MB/s {:8.3} ms a page {:8.2} of the tree",
            bytes as f64 / 1e6 / time.as_secs_f64(),
            time.as_secs_f64() * 1e3 / pages.len() as f64,
            time.as_secs_f64() / parse.as_secs_f64(),
        ));
    }
}

fn bodies(folder: &std::path::Path) -> Vec<Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "html"))
        .collect();
    paths.sort();
    paths.iter().filter_map(|path| std::fs::read(path).ok()).collect()
}

/// A company's page as there are many: menus, lists of news and products, inline scripts
/// and styles, and a foot with the record number.
fn made(number: u64) -> Vec<u8> {
    let mut random = Random(number);
    // The logarithms of pages' sizes lie about normally; twelve even draws come near that.
    let normal = (0..12).map(|_| random.share()).sum::<f64>() - 6.0;
    let size = (40_000.0 * (0.99 * normal).exp()) as usize;
    let is_gbk = number.is_multiple_of(5);
    let charset = if is_gbk { "gb2312" } else { "utf-8" };
    let mut page = format!(
        "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \
         \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\r\n\
         <html xmlns=\"http://www.w3.org/1999/xhtml\">\r\n<head>\r\n\
         <meta http-equiv=\"Content-Type\" content=\"text/html; charset={charset}\" />\r\n\
         <title>示例精密机械有限公司{number}</title>\r\n\
         <meta name=\"keywords\" content=\"示例,机械,设备,加工\" />\r\n\
         <link rel=\"stylesheet\" href=\"/css/style.css\" type=\"text/css\" />\r\n\
         <style>\r\n.nav{{width:100%}}\r\n.pop{{display:none}}\r\n.foot a{{color:#999}}\r\n</style>\r\n\
         </head>\r\n<body>\r\n<div class=\"header\"><div class=\"wrap clearfix\">\r\n"
    );
    while page.len() < size {
        section(&mut page, &mut random);
    }
    let _ = write!(
        page,
        "</div></div>\r\n<div class=\"footer\"><div class=\"wrap\">\r\n\
         <p>版权所有 &copy; 2010-2099 示例精密机械有限公司 All Rights Reserved</p>\r\n\
         <p>地址：示例市示例区示例路{number}号&nbsp;&nbsp;电话：000-00000000</p>\r\n\
         <p><a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">粤ICP备2099{:06}号-1</a></p>\r\n\
         </div></div>\r\n</body>\r\n</html>\r\n",
        number % 1_000_000
    );
    if is_gbk { encoding_rs::GBK.encode(&page).0.into_owned() } else { page.into_bytes() }
}

fn section(page: &mut String, random: &mut Random) {
    let at = random.below(100_000);
    let words =
        ["数控机床", "精密加工", "公司新闻", "产品中心", "行业动态", "联系方式", "技术文章"];
    let word = words.get(random.below(words.len() as u64) as usize).copied().unwrap_or_default();
    let _ = match random.below(5) {
        0 => (0..12).try_for_each(|item| {
            write!(
                page,
                "<li class=\"item\"><a href=\"/news/show-{at}-{item}.html\" title=\"{word}第{item}则\" \
                 target=\"_blank\">{word}：第{item}则消息的标题写在这里</a><span class=\"date\">2099-01-{item:02}</span></li>\r\n"
            )
        }),
        1 => write!(
            page,
            "<div class=\"pro_box\" id=\"pro{at}\">\r\n\t<dl>\r\n\t\t<dt><a href=\"/product/{at}.html\">\
             <img src=\"/upload/image/2099/{at}.jpg\" alt=\"{word}\" width=\"220\" height=\"160\" /></a></dt>\r\n\
             \t\t<dd><h3>{word}{at}型</h3><p style=\"color:#666;line-height:24px\">本公司生产的{word}设备精度高，\
             性能稳定，操作方便，广泛用于汽车、模具、电子等行业，欢迎新老客户来电洽谈。</p></dd>\r\n\t</dl>\r\n</div>\r\n"
        ),
        2 => write!(
            page,
            "<script type=\"text/javascript\">\r\nvar _hm{at} = _hm{at} || [];\r\n(function() {{\r\n  \
             var el = document.createElement(\"script\");\r\n  el.src = \"/js/count.js?{at}\";\r\n  \
             var s = document.getElementsByTagName(\"script\")[0];\r\n  s.parentNode.insertBefore(el, s);\r\n\
             }})();\r\n$(function(){{ $('.slide').slick({{autoplay:true, speed:500, arrows:false}}); }});\r\n</script>\r\n"
        ),
        3 => write!(
            page,
            "<table width=\"100%\" border=\"0\" cellspacing=\"0\"><tr><td class=\"tit\">{word}</td>\
             <td align=\"right\"><a href=\"/list/{at}/\">更多&gt;&gt;</a></td></tr>\
             <tr><td colspan=\"2\"><font color=\"#333333\">{word}的说明文字，编号 {at}。</font></td></tr></table>\r\n"
        ),
        _ => write!(
            page,
            "<div class=\"text\"><p>{word}是本公司的主要业务之一。自成立以来，公司坚持质量第一、客户至上的原则，\
             先后引进多台先进设备，产品远销各地，深受用户好评。</p><p>如有需要，请与我们联系。</p></div>\r\n<!-- {at} -->\r\n"
        ),
    };
}

/// A small generator (splitmix64): the same pages in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn share(&mut self) -> f64 {
        self.next() as f64 / u64::MAX as f64
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }
}

fn timed(pages: &[Vec<u8>], work: impl Fn(&[u8])) -> Duration {
    let start = Instant::now();
    pages.iter().for_each(|body| work(body));
    start.elapsed()
}

/// The least disturbed of the rounds.
fn least(times: Vec<Duration>) -> Duration {
    times.into_iter().min().unwrap_or_default()
}

#[expect(clippy::print_stdout, reason = "a benchmark's figures go to standard output")]
fn report(line: &str) {
    println!("{line}");
}
