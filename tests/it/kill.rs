//! The command line, killed and stopped and refused its disk, against a world that outlives
//! it: whatever happened on the way, the files are those of an unbroken run. `.ci/kills` does
//! the same at length.

use beian::demo::{Crowd, CrowdSize, Reach, World};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    thread::sleep,
    time::{Duration, Instant},
};
use tempfile::TempDir;

const FILES: [&str; 3] = ["notices.csv", "audits.jsonl", "rejected.csv"];
const SITES: u32 = 40;
/// Sites at a time.
const WIDTH: u64 = 8;
/// Requests that a look at a site of the crowd takes at most.
const REQUESTS: u64 = 12;

/// A world that is played in this process, and the folder through which others reach it.
struct Stage {
    folder: TempDir,
    crowd: Arc<Crowd>,
    _world: World,
    _runtime: tokio::runtime::Runtime,
}

impl Stage {
    fn new() -> Stage {
        let size = CrowdSize { sites: SITES, seed: 5 };
        let crowd = Arc::new(Crowd::new(size).unwrap());
        let folder = tempfile::tempdir().unwrap();
        crowd.write_list(&mut fs::File::create(folder.path().join("list.csv")).unwrap()).unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let world = runtime.block_on(World::start_crowd(Arc::clone(&crowd))).unwrap();
        let reach = serde_json::to_vec(&Reach::of(&world, size)).unwrap();
        fs::write(folder.path().join("world.json"), reach).unwrap();
        Stage { folder, crowd, _world: world, _runtime: runtime }
    }

    fn output(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The command that audits the world into a folder; `shell` is what a shell does before.
    fn command(&self, output: &str, shell: &str) -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("{shell} exec \"$@\""), "sh", env!("CARGO_BIN_EXE_beian")])
            .args(["demo", "--resume", "--lang", "en", "--world"])
            .arg(self.folder.path())
            .arg("-o")
            .arg(self.output(output))
            .env("BEIAN_PACE__CONCURRENCY", WIDTH.to_string())
            .env("BEIAN_PACE__SECOND_LOOK_AFTER", "1")
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command
    }

    fn start(&self, output: &str) -> Child {
        self.command(output, "").spawn().unwrap()
    }

    /// Goes on to the end; what was found has to be what is planted.
    fn finish(&self, output: &str) {
        let done = self.command(output, "").output().unwrap();
        assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    }

    fn assert_same(&self, one: &str, other: &str) {
        for file in FILES {
            let [one, other] = [one, other].map(|run| self.output(run).join(file));
            let same = fs::read(&one).unwrap() == fs::read(&other).unwrap();
            assert!(same, "{} is not {}", one.display(), other.display());
        }
    }
}

/// Even numbers below a bound, the same in every run of the test.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below.max(1)
    }
}

fn is_finished(output: &Path) -> bool {
    output.join("spool/finished.json").exists()
}

#[test]
fn a_run_that_is_killed_again_and_again_ends_as_an_unbroken_one() {
    const KILLS: u64 = 12;
    let stage = Stage::new();
    let begun = Instant::now();
    stage.finish("whole");
    let (took, asked) = (begun.elapsed().as_millis() as u64, stage.crowd.answered());
    let (mut dice, mut rounds) = (Dice(41), vec!["killed0".to_owned()]);
    for kill in 1..=KILLS {
        let output = rounds.last().unwrap().clone();
        let mut run = stage.start(&output);
        sleep(Duration::from_millis(dice.roll(took / 3)));
        run.kill().unwrap();
        run.wait().unwrap();
        if is_finished(&stage.output(&output)) {
            rounds.push(format!("killed{kill}"));
        }
    }
    for output in &rounds {
        stage.finish(output);
        stage.assert_same("whole", output);
    }
    let all = stage.crowd.answered();
    let most = asked * (1 + rounds.len() as u64) + KILLS * WIDTH * REQUESTS;
    assert!(all <= most, "{all} requests, {most} where only sites in flight are asked again");
}

#[test]
fn a_run_that_is_killed_while_it_judges_and_places_files_ends_as_an_unbroken_one() {
    let stage = Stage::new();
    stage.finish("whole");
    let mut dice = Dice(43);
    let mut hits = 0;
    let files = [".notices.csv.part", ".summary.json.part", "evidence", "notices.csv"];
    for file in files.iter().cycle().take(8) {
        let output = stage.output("killed");
        let mut run = stage.start("killed");
        while !output.join(file).exists() && run.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        sleep(Duration::from_micros(dice.roll(20_000)));
        run.kill().unwrap();
        run.wait().unwrap();
        if is_finished(&output) {
            stage.assert_same("whole", "killed");
            fs::remove_dir_all(output).unwrap();
        } else {
            hits += 1;
        }
    }
    assert!(hits > 0, "no kill came before the end");
    stage.finish("killed");
    stage.assert_same("whole", "killed");
    let left = fs::read_dir(stage.output("killed")).unwrap();
    let left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let hidden: Vec<String> = left.filter(|name| name.starts_with('.')).collect();
    assert!(hidden.is_empty(), "{hidden:?} were left behind");
}

#[test]
fn a_run_that_is_stopped_says_how_to_go_on() {
    let stage = Stage::new();
    stage.finish("whole");
    for signal in ["INT", "TERM"] {
        let (run, before) = (stage.start("stopped"), stage.crowd.answered());
        while stage.crowd.answered() < before + 3 {
            sleep(Duration::from_millis(5));
        }
        let sent = Command::new("kill").args(["-s", signal, &run.id().to_string()]).status();
        assert!(sent.unwrap().success());
        let end = run.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&end.stderr);
        assert_eq!(end.status.code(), Some(130), "{said}");
        assert!(said.contains("Go on: the same command with --resume"), "{said}");
    }
    stage.finish("stopped");
    stage.assert_same("whole", "stopped");
}

#[test]
fn a_disk_that_takes_no_more_is_named_and_the_run_goes_on_when_it_does() {
    let stage = Stage::new();
    stage.finish("whole");
    // A limit to the size of a file fails as a full disk does, at whichever file is first.
    let most = [8, 40, 90, 150].into_iter().chain((200..).step_by(100)).take(10);
    let mut failed = Vec::new();
    for kib in most {
        let limit = format!("trap '' XFSZ; ulimit -f {};", kib * blocks_a_kib());
        let end = stage.command("full", &limit).output().unwrap();
        if end.status.code() == Some(0) {
            break;
        }
        let said = String::from_utf8_lossy(&end.stderr).into_owned();
        assert_eq!(end.status.code(), Some(2), "{said}");
        assert!(said.contains("File too large") && said.contains("--resume"), "{said}");
        failed.push(said);
    }
    for file in ["spool/", "audits.jsonl"] {
        assert!(failed.iter().any(|said| said.contains(file)), "{file} in {failed:#?}");
    }
    stage.finish("full");
    stage.assert_same("whole", "full");
}

/// Shells count in blocks of 512 bytes or of 1024.
fn blocks_a_kib() -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    let write = "ulimit -f 1; head -c 4096 /dev/zero >\"$1\"";
    let mut shell = Command::new("sh");
    shell.args(["-c", write, "sh"]).arg(&file).stderr(Stdio::null()).status().unwrap();
    1024 / fs::metadata(&file).unwrap().len()
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let stage = Stage::new();
    fs::write(stage.output("taken"), "a file").unwrap();
    let end = stage.command("taken", "").output().unwrap();
    let said = String::from_utf8_lossy(&end.stderr);
    assert_eq!(end.status.code(), Some(2), "{said}");
    assert!(said.contains("taken/spool"), "{said}");
}
