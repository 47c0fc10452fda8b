//! What reading a page costs beside the parser alone, on the same pages in one run.
//!
//! `cargo bench --bench page [FOLDER]` reads every file of the folder (default: the
//! project's own page fixtures), in turns, and prints the ratio of the two and the
//! throughput. The ratio is what to compare between commits; times differ by machine.

use beian::page::{self, Context};
use std::{
    hint::black_box,
    path::PathBuf,
    time::{Duration, Instant},
};

const ROUNDS: usize = 30;

fn main() {
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let folder = folder.map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/pages")),
        PathBuf::from,
    );
    let pages = bodies(&folder);
    let bytes: usize = pages.iter().map(Vec::len).sum();
    assert!(bytes > 0, "{} holds no pages", folder.display());

    let (mut read, mut parse) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        read.push(timed(&pages, |body| {
            black_box(page::read(body, Context::default()));
        }));
        parse.push(timed(&pages, |body| {
            let text = page::decode(body, None).text;
            black_box(scraper::Html::parse_document(&text));
        }));
    }
    let (read, parse) = (median(read), median(parse));
    let speed = |time: Duration| bytes as f64 / 1e6 / time.as_secs_f64();
    report(&format!("pages {}, bytes {bytes}", pages.len()));
    report(&format!("page::read        {:8.1} MB/s", speed(read)));
    report(&format!("decode and parse  {:8.1} MB/s", speed(parse)));
    report(&format!("ratio             {:8.2}", read.as_secs_f64() / parse.as_secs_f64()));
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

fn timed(pages: &[Vec<u8>], work: impl Fn(&[u8])) -> Duration {
    let start = Instant::now();
    pages.iter().for_each(|body| work(body));
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

#[expect(clippy::print_stdout, reason = "a benchmark's figures go to standard output")]
fn report(line: &str) {
    println!("{line}");
}
