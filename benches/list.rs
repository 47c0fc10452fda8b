//! What reading a filing list costs beside the csv crate alone, on the same bytes in one
//! run, and whether memory stays flat.
//!
//! `cargo bench --bench list [ROWS]` reads a list of that many rows (default 1,000,000)
//! that is made as it is read. Memory is the process's peak so far, where the system tells.

use beian::filing::{self, Options};
use std::{
    io::Read,
    time::{Duration, Instant},
};

const ROWS: u64 = 1_000_000;

fn main() {
    let rows = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(ROWS);
    let peer = timed(|| {
        let mut reader = csv::Reader::from_reader(Rows::new(rows));
        let mut record = csv::StringRecord::new();
        let mut read = 0;
        while reader.read_record(&mut record).is_ok_and(|more| more) {
            read += 1;
        }
        assert_eq!(read, rows);
    });
    let tenth = timed(|| read(rows / 10));
    let small = peak();
    let whole = timed(|| read(rows));
    let large = peak();
    say(&format!("rows {rows}"));
    say(&format!("csv alone        {:10.0} rows/s", rows as f64 / peer.as_secs_f64()));
    say(&format!("filing::open     {:10.0} rows/s", rows as f64 / whole.as_secs_f64()));
    say(&format!("ratio            {:10.2}", whole.as_secs_f64() / peer.as_secs_f64()));
    say(&format!(
        "a tenth took     {:10.3} of the whole",
        tenth.as_secs_f64() / whole.as_secs_f64()
    ));
    if let (Some(small), Some(large)) = (small, large) {
        say(&format!("peak memory      {small} KiB at a tenth, {large} KiB at all rows"));
    }
}

fn read(rows: u64) {
    let list = filing::open(Box::new(Rows::new(rows)), Some("made.csv"), &Options::default());
    let count = list.map(|list| list.filter(Result::is_ok).count() as u64);
    assert_eq!(count.ok(), Some(rows));
}

/// A list that is made as it is read.
struct Rows {
    next: u64,
    rows: u64,
    ready: Vec<u8>,
    taken: usize,
}

impl Rows {
    fn new(rows: u64) -> Rows {
        let heading = "域名,备案号,网站名称,主办单位名称,备案IP,接入商,审核通过日期,负责人\n";
        Rows { next: 0, rows, ready: heading.as_bytes().to_vec(), taken: 0 }
    }
}

impl Read for Rows {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.taken == self.ready.len() {
            self.ready.clear();
            self.taken = 0;
            for row in (self.next..self.rows).take(256) {
                self.ready.extend(
                    format!(
                        "site{row}.example,粤ICP备2099{:06}号-1,示例网站{row},示例科技有限公司,\
                         1.12.{}.{},腾讯云,2099-01-0{},网站负责人\n",
                        row % 1_000_000,
                        row / 256 % 256,
                        row % 256,
                        row % 9 + 1,
                    )
                    .bytes(),
                );
                self.next = row + 1;
            }
        }
        let rest = self.ready.get(self.taken..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.taken += count;
        Ok(count)
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// The process's peak memory in KiB.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[expect(clippy::print_stdout, reason = "a benchmark's figures go to standard output")]
fn say(line: &str) {
    println!("{line}");
}
