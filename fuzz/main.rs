//! Throws mutated inputs at the readers of what comes from the network, on the stable
//! toolchain:
//!
//! ```text
//! cargo test --test fuzz                               a second each, as part of the tests
//! cargo test --release --test fuzz -- page 600         ten minutes of one target
//! cargo test --release --test fuzz -- page 600 7       the same from another start
//! ```
//!
//! Inputs are made from the fixtures and a few hostile parts by a generator of fixed
//! start, so a run can be repeated. An input that panics, breaks an invariant or takes too
//! long is written to `target/fuzz/<target>-<number>`, and the run fails.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test program"
)]

mod targets;

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};
use targets::{TARGETS, Target};

/// Bytes of one input.
const LONGEST: usize = 64 * 1024;
/// What one input may take, even in a debug build on a busy machine.
const SLOW: Duration = Duration::from_secs(20);

fn main() -> ExitCode {
    // Arguments for the usual test harness may come along; what is no name is passed over.
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let mut numbers = arguments.iter().filter_map(|argument| argument.parse::<u64>().ok());
    let seconds = numbers.next().or_else(seconds_of_environment).unwrap_or(1);
    let start = numbers.next().unwrap_or(1);
    let names: Vec<&String> =
        arguments.iter().filter(|argument| argument.parse::<u64>().is_err()).collect();
    let chosen = TARGETS
        .iter()
        .filter(|target| names.is_empty() || names.iter().any(|name| *name == target.name));
    let mut failed = false;
    for target in chosen {
        failed |= !run(target, Duration::from_secs(seconds), start);
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn seconds_of_environment() -> Option<u64> {
    std::env::var("BEIAN_FUZZ_SECONDS").ok()?.parse().ok()
}

/// Runs one target for so long; whether all inputs were read well.
fn run(target: &Target, time: Duration, start: u64) -> bool {
    let seeds = seeds(target);
    let mut random = Random(start);
    let begun = Instant::now();
    let mut count = 0u64;
    while begun.elapsed() < time {
        let input = match seeds.get(count as usize) {
            Some(seed) => seed.clone(),
            None => mutated(&seeds, target.parts, &mut random),
        };
        let started = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| (target.check)(&input)));
        let is_slow = started.elapsed() > SLOW;
        if outcome.is_err() || is_slow {
            let path = keep(target.name, count, &input);
            let what = if is_slow { "took too long" } else { "failed" };
            println!("{}: input {count} {what}, kept in {}", target.name, path.display());
            return false;
        }
        count += 1;
    }
    println!("{}: {count} inputs in {:?}, start {start}", target.name, begun.elapsed());
    true
}

fn keep(name: &str, count: u64, input: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/fuzz");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{name}-{count}"));
    fs::write(&path, input).unwrap();
    path
}

/// The files that a target starts from, in the order of their names.
fn seeds(target: &Target) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths: Vec<PathBuf> = target
        .seeds
        .iter()
        .filter_map(|folder| fs::read_dir(root.join(folder)).ok())
        .flatten()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    paths.sort();
    let mut seeds: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    seeds.extend(target.parts.iter().map(|part| part.as_bytes().to_vec()));
    seeds
}

/// A seed with some things done to it.
fn mutated(seeds: &[Vec<u8>], parts: &[&str], random: &mut Random) -> Vec<u8> {
    let mut input = seeds[random.below(seeds.len())].clone();
    for _ in 0..=random.below(8) {
        mutate(&mut input, seeds, parts, random);
        input.truncate(LONGEST);
    }
    input
}

fn mutate(input: &mut Vec<u8>, seeds: &[Vec<u8>], parts: &[&str], random: &mut Random) {
    let at = random.below(input.len() + 1);
    let end = (at + random.below(64)).min(input.len());
    match random.below(8) {
        0 => {
            if let Some(byte) = input.get_mut(at) {
                *byte = random.next() as u8;
            }
        }
        1 => drop(input.drain(at..end)),
        2 => {
            let copy: Vec<u8> = input[at..end].to_vec();
            let times = 1 + random.below(200);
            input.splice(at..at, copy.repeat(times));
        }
        3 | 4 => {
            let part = parts[random.below(parts.len())];
            input.splice(at..at, part.bytes());
        }
        5 => {
            let other = &seeds[random.below(seeds.len())];
            let from = random.below(other.len() + 1);
            let to = (from + random.below(2_000)).min(other.len());
            input.splice(at..end, other[from..to].iter().copied());
        }
        6 => input.truncate(at),
        _ => input.splice(at..at, [random.next() as u8, random.next() as u8]).for_each(drop),
    }
}

/// A small generator (splitmix64), so that a run depends on nothing but its start.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}
